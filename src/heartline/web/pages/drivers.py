"""Drivers: what customers call important against what goes with how they act, and where the money goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from heartline.tables.drivers import DRIVER_OUTCOMES
from heartline.web.door import Door, Row, rows
from heartline.web.figures import Figure, Kind, explain_address, plain
from heartline.web.page import Chart, ChartQuery, Page, Query, choice, told

DRIVERS = "select * from driver where outcome = $outcome order by derived desc nulls last, touchpoint"
OUTCOMES = {
    "connection": "Connection", "satisfaction": "Satisfaction", "value": "Value", "leaving": "Leaving",
}  # fmt: skip
POINTS = {
    "connection": "points of connection", "satisfaction": "points of satisfaction", "value": "money in 180 days",
    "leaving": "chance of leaving",
}  # fmt: skip
CLASSES = {
    "hygiene": "Hygiene", "says_and_feels": "Says and feels", "hidden_driver": "Hidden driver",
    "overrated": "Overrated", "minor": "Minor",
}  # fmt: skip
OPEN = "Left open"
KINDS = {"must_have": "must-have", "performance": "performance", "delighter": "delighter"}
FLOORS = {"shown": "keep: a must-have", "stated": "keep: customers call it important", "none": ""}
VERDICTS = {"over": "more than its effect", "under": "less than its effect", "in_line": "in line"}
COLLINEAR, UNSURE = 5.0, 0.35


@dataclass(frozen=True)
class DriverLine:
    """One touchpoint: what is said, what is derived, what a bad and a good contact go with, and how far to trust it."""

    touchpoint: str
    name: str
    tone: str
    floor: str
    kind: str
    stated: Figure
    derived: Figure
    penalty: Figure
    reward: Figure
    more: str
    trust: str
    told: Figure
    reason: str


@dataclass(frozen=True)
class SpendLine:
    """Share of spend against share of effect."""

    touchpoint: str
    spend: Figure
    share: Figure
    derived: Figure
    verdict: str
    tone: str
    floor: str


@dataclass(frozen=True)
class DriversContext:
    """What the page of drivers shows."""

    computed: bool = told("whether drivers were worked out at all")
    outcome: str = told("stored name of the outcome that is shown")
    outcome_name: str = told("the same in words")
    outcomes: Sequence[tuple[str, str]] = told("outcomes to choose from: stored name and words")
    points: str = told("what penalty and reward are counted in")
    top: DriverLine | None = told(
        "the touchpoint to name first: the top hidden driver, else the one that goes with most"
    )
    overrated: Sequence[str] = told("touchpoints that customers overrate, in words")
    r2: Figure = told("share of the outcome's variance that all touchpoints explain beyond what is held equal")
    lines: Sequence[DriverLine] = told("touchpoints, largest derived share first")
    spend: Sequence[SpendLine] = told("touchpoints of which spend is told, most misallocated first")
    files: Sequence[tuple[str, str]] = told("downloads: name and address")
    charts: dict[str, Chart] = told("charts by name")


def _chosen(query: Query) -> str:
    return choice(query, "outcome", DRIVER_OUTCOMES, "connection")


def _found(door: Door, query: Query) -> list[Row]:
    return rows(door, DRIVERS, {"outcome": _chosen(query)})


def _at(row: Row, column: str) -> str:
    return explain_address("driver", column, outcome=row["outcome"], touchpoint=row["touchpoint"])


def quadrant_rows(door: Door, query: Query) -> list[Row]:
    """Stated against derived share of every touchpoint that has both."""
    known = [row for row in _found(door, query) if row["derived"] is not None and row["stated_share"] is not None]
    return [
        {
            "touchpoint": plain(row["touchpoint"]),
            "stated": row["stated_share"],
            "derived": row["derived"],
            "low": row["derived_low"],
            "high": row["derived_high"],
            "fair": 1 / len(known),
            "class": CLASSES.get(row["class"] or "", OPEN),
            "n": row["n"],
            "explain": _at(row, "derived"),
        }
        for row in known
    ]


def effect_rows(door: Door, query: Query) -> list[Row]:
    """Penalty and reward of every touchpoint, with their intervals."""
    return [
        {
            "touchpoint": plain(row["touchpoint"]),
            "what": what,
            "effect": row[name],
            "low": row[f"{name}_low"],
            "high": row[f"{name}_high"],
            "kind": KINDS.get(row["kind"] or "", "left open"),
            "told": row["told"],
            "explain": _at(row, name),
        }
        for row in _found(door, query)
        for what, name in (("a bad contact", "penalty"), ("a good contact", "reward"))
        if row[name] is not None
    ]


def build(door: Door, query: Query) -> DriversContext:
    """The page of drivers for the outcome of the address."""
    chosen = _chosen(query)
    found = _found(door, query)
    lines = [_line(row) for row in found]
    known = [row for row in found if row["derived"] is not None]
    hidden = [line for row, line in zip(found, lines, strict=True) if row["class"] == "hidden_driver"]
    most = [line for line in lines if line.derived.known and line.derived.value]
    first: Row = known[0] if known else {}
    address = urlencode({"outcome": chosen})
    return DriversContext(
        computed=bool(found),
        outcome=chosen,
        outcome_name=OUTCOMES[chosen],
        outcomes=list(OUTCOMES.items()),
        points=POINTS[chosen],
        top=hidden[0] if hidden else most[0] if most else None,
        overrated=[plain(row["touchpoint"]) for row in found if row["class"] == "overrated"],
        r2=Figure(
            first.get("r2"), "share", "", first.get("r2_low"), first.get("r2_high"), first.get("n"),
            _at(first, "r2") if first else "",
        ),
        lines=lines,
        spend=_spend(found),
        files=[(form.upper(), f"/tables/driver.{form}") for form in ("csv", "xlsx")],
        charts={chart.name: Chart(chart.name, address, chart.rows(door, query)) for chart in PAGE.charts},
    )  # fmt: skip


def _line(row: Row) -> DriverLine:
    kind: Kind = "points" if row["outcome"] == "leaving" else "money" if row["outcome"] == "value" else "number"
    unit = row["currency"] if kind == "money" else ""

    def effect(name: str) -> Figure:
        return Figure(row[name], kind, unit, row[f"{name}_low"], row[f"{name}_high"], explain=_at(row, name))

    shaky = []
    if row["inflation"] is not None and row["inflation"] >= COLLINEAR:
        shaky.append("hardly told apart from others")
    if row["swaps"] is not None and row["swaps"] >= UNSURE:
        shaky.append("its place may be a neighbour's")
    more = {True: "very good adds less", False: "very good adds as much again"}.get(row["saturates"], "")
    return DriverLine(
        plain(row["touchpoint"]),
        CLASSES.get(row["class"] or "", OPEN),
        {"hidden_driver": "good", "overrated": "bad"}.get(row["class"] or "", "plain"),
        FLOORS[row["floor"]],
        KINDS.get(row["kind"] or "", ""),
        Figure(
            row["stated_share"], "share", n=row["stated_n"] or None, explain=_at(row, "stated_share")
        ),
        Figure(
            row["derived"], "share", "", row["derived_low"], row["derived_high"], row["n"], _at(row, "derived")
        ),
        effect("penalty"),
        effect("reward"),
        more,
        ", ".join(shaky),
        Figure(row["told"], "count", explain=_at(row, "told")),
        row["reason"] or "",
    )  # fmt: skip


def _spend(found: Sequence[Row]) -> list[SpendLine]:
    known = [row for row in found if row["spend_verdict"] is not None]
    known.sort(key=lambda row: (-abs(row["spend_share"] - row["derived"]), row["touchpoint"]))
    return [
        SpendLine(
            plain(row["touchpoint"]),
            Figure(row["spend"], "money", row["currency"], explain=_at(row, "spend")),
            Figure(row["spend_share"], "share", explain=_at(row, "spend_share")),
            Figure(
                row["derived"], "share", "", row["derived_low"], row["derived_high"], explain=_at(row, "derived")
            ),
            VERDICTS[row["spend_verdict"]],
            {"over": "bad", "under": "good"}.get(row["spend_verdict"], "plain"),
            FLOORS[row["floor"]],
        )
        for row in known
    ]  # fmt: skip


PAGE = Page(
    "drivers",
    "/drivers",
    "Drivers",
    build,
    DriversContext,
    charts=(ChartQuery("driver_quadrant", quadrant_rows), ChartQuery("driver_effects", effect_rows)),
    menu="Drivers",
)
