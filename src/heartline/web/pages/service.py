"""Service: what it is made of at each point of connection, what changed, and what an average hides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from heartline.tables.services import INGREDIENTS
from heartline.web.door import Door, Row, rows
from heartline.web.figures import Figure, Kind, day, explain_address, plain
from heartline.web.page import Chart, ChartQuery, Page, Query, choice, told

LATEST = """
select * from service_ingredient where period_end = (select max(period_end) from service_ingredient)
order by touchpoint, team, source desc, side, sign
"""
TEAMS = "select * from team_difference where difference is not null order by team, sign"
MOMENTS = """
select * from touchpoint_moment where period_end = (select max(period_end) from touchpoint_moment) order by touchpoint
"""
# Among changes listed together at most this share is expected to be false.
FALSE_SHARE = 0.1
SIGN_NAMES = {
    "effort": "say it is hard work", "ease": "say it is easy", "error": "failed", "retry": "tried again at once",
    "waiting": "took twice as long", "repeat_contact": "had to come back",
    "gave_up": "left before the end", "unrecognised": "say they are not known",
    "recognition": "say they are known", "disrespect": "say it was disrespectful", "respect": "say it was respectful",
    "no_empathy": "say nobody cared", "empathy": "say somebody felt with them",
}  # fmt: skip


@dataclass(frozen=True)
class SignCell:
    """One sign at one point of connection.

    rate: with its sampling interval; read: the same with the model's error added; tone: good, bad or plain news of a
    change beyond chance, empty without one
    """

    sign: str
    rate: Figure
    read: Figure
    change: Figure
    tone: str


@dataclass(frozen=True)
class ServiceLine:
    """One point of connection, or one team at it, with the signs of the ingredient chosen."""

    touchpoint: str
    team: str
    cells: Sequence[SignCell]


@dataclass(frozen=True)
class SignLine:
    """One sign at one point of connection in a list."""

    touchpoint: str
    sign: str
    side: str
    figure: Figure
    tone: str


@dataclass(frozen=True)
class TeamLine:
    """One team, with its difference from the usual by each sign of the ingredient chosen.

    differences: one a sign, with interval and contacts; tones: good or bad where a difference is beyond chance, else
    empty; rates: the rate itself, in the same order
    """

    team: str
    differences: Sequence[Figure]
    tones: Sequence[str]
    rates: Sequence[Figure]


@dataclass(frozen=True)
class MomentLine:
    """What an average hides at one point of connection."""

    touchpoint: str
    n: Figure
    spread: Figure
    flat: Figure
    best: Figure
    worst: Figure


@dataclass(frozen=True)
class ServiceContext:
    """What Service shows."""

    ingredient: str = told("ingredient chosen: hassle, recognition, respect or empathy")
    ingredients: Sequence[str] = told("ingredients to choose from")
    since: str = told("first day of the period; empty before the first run")
    until: str = told("day on which the period ends")
    signs: Sequence[str] = told("signs of the ingredient in words, in the order of the columns")
    lines: Sequence[ServiceLine] = told("points of connection, the most signs against the service first")
    teams: Sequence[ServiceLine] = told("teams above the minimum size at each point of connection")
    team_signs: Sequence[str] = told("signs of the ingredient by which teams can be compared, in words")
    team_lines: Sequence[TeamLine] = told("teams against the usual at the same points of connection")
    team_since: str = told("first day of what teams are compared by; empty where they cannot be")
    team_until: str = told("day on which it ends")
    changes: Sequence[SignLine] = told("changes of any ingredient beyond chance, worst first")
    compared: int = told("how many changes were looked at together")
    together: Sequence[SignLine] = told(
        "signs of the ingredient with which contacts feel clearly better or worse than without"
    )
    clear: float | None = told("how far from the own baseline counts as clear, in valence points")
    moments: Sequence[MomentLine] = told("spread, flat contacts, best and worst moments of each point of connection")
    charts: dict[str, Chart] = told("charts by name")


def _chosen(query: Query) -> str:
    return choice(query, "ingredient", INGREDIENTS, "hassle")


def _address(row: Row, column: str) -> str:
    key = {name: row[name] for name in ("touchpoint", "sign", "period_end")} | {"team": row["team"] or None}
    return explain_address("service_ingredient", column, **key)


def sign_rows(door: Door, query: Query) -> list[Row]:
    """Rates of the ingredient's signs at every point of connection with enough contacts, with their intervals."""
    ingredient = _chosen(query)
    return [
        {
            **row,
            "name": plain(row["touchpoint"]),
            "sign_name": SIGN_NAMES[row["sign"]],
            "explain": _address(row, "rate"),
        }
        for row in rows(door, LATEST)
        if row["ingredient"] == ingredient and row["team"] == "" and row["rate"]
    ]


def _worse(row: Row) -> bool:
    """Whether more of it is bad news."""
    return bool(row["side"] == "bad")


def _cell(row: Row) -> SignCell:
    def figure(value: str, low: str, high: str, kind: Kind = "share") -> Figure:
        return Figure(row[value], kind, "", row[low], row[high], row["n"], _address(row, value))

    beyond = row["change_q"] is not None and row["change_q"] <= FALSE_SHARE
    tone = "" if not beyond else "bad" if (row["change"] > 0) == _worse(row) else "good"
    return SignCell(
        row["sign"],
        figure("rate", "low", "high"),
        figure("rate", "read_low", "read_high"),
        figure("change", "change_low", "change_high", "points"),
        tone,
    )


def _lines(found: Iterable[Row], signs: Sequence[str]) -> list[ServiceLine]:
    places: dict[tuple[str, str], dict[str, Row]] = {}
    for row in found:
        places.setdefault((row["touchpoint"], row["team"]), {})[row["sign"]] = row
    empty = Figure(None, "share")
    lines = []
    for (touchpoint, team), by_sign in places.items():
        cells = [_cell(by_sign[sign]) if sign in by_sign else SignCell(sign, empty, empty, empty, "") for sign in signs]
        bad = [row["rate"] for row in by_sign.values() if _worse(row) and row["rate"] is not None]
        lines.append((max(bad, default=-1.0), ServiceLine(touchpoint, team, cells)))
    lines.sort(key=lambda each: (-each[0], each[1].touchpoint, each[1].team))
    return [line for _, line in lines]


def _listed(row: Row, value: str, tone: str) -> SignLine:
    kind: Kind = "points" if value == "change" else "valence"
    ends = row[f"{value}_low"], row[f"{value}_high"]
    figure = Figure(row[value], kind, "", *ends, row["n"], _address(row, value))
    return SignLine(row["touchpoint"], SIGN_NAMES[row["sign"]], row["side"], figure, tone)


def _moments(door: Door) -> tuple[float | None, list[MomentLine]]:
    found = rows(door, MOMENTS)

    def figure(row: Row, name: str, n: str) -> Figure:
        address = explain_address("touchpoint_moment", name, touchpoint=row["touchpoint"], period_end=row["period_end"])
        if name in ("n", "spread"):
            return Figure(row[name], "count" if name == "n" else "spread", explain=address)
        return Figure(row[name], "share", "", row[f"{name}_low"], row[f"{name}_high"], row[n], address)

    lines = [
        MomentLine(
            row["touchpoint"],
            *(figure(row, name, n) for name, n in
              (("n", ""), ("spread", ""), ("flat", "n"), ("best", "known"), ("worst", "known"))),
        )
        for row in found if row["spread"] is not None or row["best"] is not None
    ]  # fmt: skip
    return (found[0]["clear"] if found else None), lines


def _team_lines(found: Sequence[Row]) -> tuple[list[str], list[TeamLine]]:
    """Signs by which teams can be compared, in the order of SIGN_NAMES, and a line a team."""
    signs = [sign for sign in SIGN_NAMES if any(row["sign"] == sign for row in found)]
    by_team: dict[str, dict[str, Row]] = {}
    for row in found:
        by_team.setdefault(row["team"], {})[row["sign"]] = row
    lines = []
    for team, of in by_team.items():
        differences, tones, rates = [], [], []
        for sign in signs:
            if sign not in of:
                differences.append(Figure(None, "points"))
                rates.append(Figure(None, "share"))
                tones.append("")
                continue
            row = of[sign]
            ends = row["difference_low"], row["difference_high"]
            where = [explain_address("team_difference", name, team=team, sign=sign) for name in ("difference", "rate")]
            differences.append(Figure(row["difference"], "points", "", *ends, row["n"], where[0]))
            rates.append(Figure(row["rate"], "share", n=row["n"], explain=where[1]))
            called = row["verdict"] in ("more", "less")
            tones.append("" if not called else "bad" if (row["verdict"] == "more") == _worse(row) else "good")
        lines.append(TeamLine(team, differences, tones, rates))
    return [SIGN_NAMES[sign] for sign in signs], lines


def build(door: Door, query: Query) -> ServiceContext:
    """Service for the ingredient of the address, in the latest period."""
    ingredient = _chosen(query)
    found = rows(door, LATEST)
    compared = [row for row in rows(door, TEAMS) if row["ingredient"] == ingredient]
    team_signs, team_lines = _team_lines(compared)
    own = [row for row in found if row["ingredient"] == ingredient]
    signs = list(dict.fromkeys(row["sign"] for row in sorted(own, key=lambda row: list(SIGN_NAMES).index(row["sign"]))))
    all_places = [row for row in found if row["team"] == ""]
    sure = [row for row in all_places if row["change_q"] is not None and row["change_q"] <= FALSE_SHARE]
    sure.sort(key=lambda row: (-(row["change"] if _worse(row) else -row["change"]), row["touchpoint"], row["sign"]))
    beside = [
        row for row in own
        if row["team"] == "" and row["surprise_gap_low"] is not None
        and (row["surprise_gap_low"] > 0 or row["surprise_gap_high"] < 0)
    ]  # fmt: skip
    beside.sort(key=lambda row: (row["surprise_gap"], row["touchpoint"], row["sign"]))
    clear, moments = _moments(door)
    kept = urlencode({"ingredient": query["ingredient"]} if query.get("ingredient") else {})
    return ServiceContext(
        ingredient=ingredient,
        ingredients=INGREDIENTS,
        since=day(found[0]["period_start"]) if found else "",
        until=day(found[0]["period_end"]) if found else "",
        signs=[SIGN_NAMES[sign] for sign in signs],
        lines=_lines((row for row in own if row["team"] == ""), signs),
        teams=_lines((row for row in own if row["team"] != ""), signs),
        team_signs=team_signs,
        team_lines=team_lines,
        team_since=day(compared[0]["period_start"]) if compared else "",
        team_until=day(compared[0]["period_end"]) if compared else "",
        changes=[_listed(row, "change", _cell(row).tone) for row in sure],
        compared=sum(row["change"] is not None for row in all_places),
        together=[_listed(row, "surprise_gap", "") for row in beside],
        clear=clear,
        moments=moments,
        charts={chart.name: Chart(chart.name, kept, chart.rows(door, query)) for chart in PAGE.charts},
    )


PAGE = Page(
    "service",
    "/service",
    "Service",
    build,
    ServiceContext,
    charts=(ChartQuery("service_signs", sign_rows),),
    menu="Service",
)
