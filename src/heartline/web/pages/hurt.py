"""Hurt: who is unhappy and says nothing, what goes with leaving, who feels betrayed, its price, what moved people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from heartline.tables import SEGMENTS
from heartline.web.consent import Consent, consents
from heartline.web.door import Door, Row, one, rows
from heartline.web.figures import Figure, explain_address, plain
from heartline.web.page import Chart, ChartQuery, Page, Query, told
from heartline.web.words import SEGMENT_NAMES

MOST_PEOPLE, MOST_OF_A_MOVE = 12, 4
WHOLE = "select * from iceberg where cause = 'all' order by period_end"
CAUSES = """
select * from iceberg where cause <> 'all' and period_end = (select max(period_end) from iceberg)
order by silent desc nulls last, cause
"""
LEAVING = """
select * from leaving_cause
order by case cause when 'any' then 1 when 'not_known' then 2 else 0 end, share desc nulls last, cause
"""
BETRAYED = """
select b.*, c.name from betrayal b left join customer c on c.customer_id = b.customer_id
where b.p_betrayal is not null order by b.p_betrayal desc, b.customer_id limit 60
"""
COURSE = """
select count(p_betrayal) as judged, sum(p_betrayal) as betrayed, avg(p_revenge) as revenge_0,
  avg(p_revenge_month_1) as revenge_1, avg(p_revenge_month_3) as revenge_3, avg(p_revenge_month_6) as revenge_6,
  avg(p_avoidance) as avoidance_0, avg(p_avoidance_month_1) as avoidance_1, avg(p_avoidance_month_3) as avoidance_3,
  avg(p_avoidance_month_6) as avoidance_6
from betrayal
"""
MONEY = """
select currency, count(harm) as harm_n, sum(harm) as harm, sum(harm_low) as harm_low, sum(harm_high) as harm_high,
  count(help) as help_n, sum(help) as help,
  sum(help) - sqrt(sum((help - help_low) * (help - help_low))) as help_low,
  sum(help) + sqrt(sum((help_high - help) * (help_high - help))) as help_high
from ledger group by currency order by count(*) desc, currency limit 1
"""
PATHS = """
select * from move_path where beyond_chance
order by segment_from, segment_to, abs(difference) desc, touchpoint, met
"""
QUIET = """
select segment_from, segment_to, max(movers) as movers, count(*) as compared from move_path
group by segment_from, segment_to having not max(beyond_chance) order by segment_from, segment_to
"""
COMPARED = "select count(*) as compared from move_path"


@dataclass(frozen=True)
class CauseLine:
    """One cause: what it is, and its figures."""

    cause: str
    told: Figure
    silent: Figure
    per_teller: Figure


@dataclass(frozen=True)
class LeavingLine:
    """What leavers met: share of leaving that goes with it, how many met it, how many of them had not told."""

    cause: str
    share: Figure
    met: Figure
    met_stayers: Figure
    silent: Figure


@dataclass(frozen=True)
class Betrayed:
    """One customer who probably feels betrayed."""

    customer_id: str
    name: str
    p: Figure
    revenge: Figure
    later: Figure
    reasons: Sequence[str]


@dataclass(frozen=True)
class Step:
    """What movers met more, or less, than stayers; ``first``: the first line of its move."""

    move: str
    first: bool
    met: str
    touchpoint: str
    share: Figure
    stayers: Figure
    difference: Figure


@dataclass(frozen=True)
class QuietMove:
    """A move of which nothing that was met stands out."""

    move: str
    movers: int
    compared: int


@dataclass(frozen=True)
class HurtContext:
    """What the page of hurt shows."""

    period_end: datetime | None = told("end of the latest period of the iceberg; none: nothing was worked out yet")
    period_start: datetime | None = told("its start")
    per_teller: Figure = told("unhappy customers who said nothing for each one who told")
    silent: Figure = told("the silent unhappy of the latest period")
    tellers: Figure = told("customers who told in the latest period")
    coverage: Figure = told("share of those who did not tell of whom a feeling is known")
    overlap: Figure = told("share of them who are like enough heard ones")
    basis: str = told("what the estimate rests on: asked, rated or none")
    causes: Sequence[CauseLine] = told("causes of the latest period, most silent first")
    leaving: Sequence[LeavingLine] = told("what goes with leaving, largest share first")
    leavers: int = told("customers who have left, behind the shares")
    traced: Figure = told("share of them who had met something bad that left a trace")
    betrayed: Figure = told("customers who feel betrayed: the sum of their probabilities")
    people: Sequence[Betrayed] = told("customers who most probably feel betrayed, capped")
    withheld: int = told("customers left out of that list because of a refusal or an objection")
    harm: Figure = told("own expected value that goes with hurt")
    help: Figure = told("what referred people brought and are expected to bring")
    paths: Sequence[Step] = told("what movers met beyond stayers, beyond chance: worst moves first, at most 4 a move")
    quiet: Sequence[QuietMove] = told("moves of which nothing that was met is beyond chance")
    compared: int = told("comparisons of movers with stayers that were made")
    charts: dict[str, Chart] = told("charts by name")


def iceberg_rows(door: Door, _query: Query) -> list[Row]:
    """Tellers and the silent, period by period, where enough were heard."""
    made: list[Row] = []
    for row in rows(door, WHOLE):
        if row["silent"] is None:
            continue
        address = explain_address("iceberg", "silent", period_end=row["period_end"], cause="all")
        shared = {"period_end": row["period_end"], "coverage": row["coverage"], "explain": address}
        made.append(
            {**shared, "part": "said nothing", "customers": row["silent"], "low": row["silent_low"],
             "high": row["silent_high"], "rank": 1}
        )  # fmt: skip
        made.append({**shared, "part": "told", "customers": row["told"], "low": None, "high": None, "rank": 0})
    return made


def course_rows(door: Door, _query: Query) -> list[Row]:
    """Mean probability of revenge and of having turned away, now and in the months to come, nothing new happening."""
    found = one(door, COURSE)
    if not found.get("judged"):
        return []
    return [
        {
            "month": month,
            "what": name,
            "p": found[f"{column}_{month}"],
            "n": found["judged"],
            "explain": explain_address("betrayal", f"p_{column}" + (f"_month_{month}" if month else "")),
        }
        for name, column in (("attacks within the horizon", "revenge"), ("has turned away", "avoidance"))
        for month in (0, 1, 3, 6)
        if found[f"{column}_{month}"] is not None
    ]


def build(door: Door, query: Query) -> HurtContext:
    """The page of hurt."""
    periods = rows(door, WHOLE)
    last: Row = periods[-1] if periods else {}
    leaving = rows(door, LEAVING)
    people, withheld = _people(door)
    course = one(door, COURSE)
    paths = _paths(door)
    ledger, unit = one(door, MONEY), door.settings.text("currency")

    def at(column: str) -> str:
        return explain_address("iceberg", column, period_end=last.get("period_end"), cause="all")

    quiet = (last.get("customers") or 0) - (last.get("told") or 0)
    return HurtContext(
        period_end=last.get("period_end"),
        period_start=last.get("period_start"),
        per_teller=_per_teller(last, at("per_teller")),
        silent=Figure(
            last.get("silent"), "count", "", last.get("silent_low"), last.get("silent_high"), quiet, at("silent")
        ),
        tellers=Figure(last.get("told"), "count", explain=at("told")),
        coverage=Figure(last.get("coverage"), "share", n=quiet, explain=at("coverage")),
        overlap=Figure(last.get("overlap"), "share", explain=at("overlap")),
        basis=last.get("basis") or "none",
        causes=[_cause(row) for row in rows(door, CAUSES)],
        leaving=[_leaving(row) for row in leaving],
        leavers=int(leaving[0]["leavers"] or 0) if leaving else 0,
        traced=Figure(
            next((row["met"] for row in leaving if row["cause"] == "any"), None),
            "share",
            explain=explain_address("leaving_cause", "met", cause="any"),
        ),
        betrayed=Figure(
            course.get("betrayed"), "count", n=course.get("judged"), explain=explain_address("betrayal", "p_betrayal")
        ),
        people=people,
        withheld=withheld,
        harm=_money(ledger, "harm", unit),
        help=_money(ledger, "help", unit),
        paths=paths,
        quiet=[
            QuietMove(_move(row), int(row["movers"]), int(row["compared"]))
            for row in sorted(rows(door, QUIET), key=_worse)
        ],
        compared=int(one(door, COMPARED).get("compared") or 0),
        charts={chart.name: Chart(chart.name, "", chart.rows(door, query)) for chart in PAGE.charts},
    )


def _per_teller(row: Row, address: str) -> Figure:
    low, high = row.get("per_teller_low"), row.get("per_teller_high")
    return Figure(row.get("per_teller"), "number", "", low, high, row.get("told"), address)


def _cause(row: Row) -> CauseLine:
    def at(column: str) -> str:
        return explain_address("iceberg", column, period_end=row["period_end"], cause=row["cause"])

    silent = Figure(row["silent"], "count", "", row["silent_low"], row["silent_high"], explain=at("silent"))
    return CauseLine(
        plain(row["cause"]),
        Figure(row["told"], "count", explain=at("told")),
        silent,
        _per_teller(row, at("per_teller")),
    )


def _leaving(row: Row) -> LeavingLine:
    def at(column: str) -> str:
        return explain_address("leaving_cause", column, cause=row["cause"])

    share = Figure(row["share"], "share", "", row["share_low"], row["share_high"], row["compared"] or None, at("share"))
    return LeavingLine(
        {"any": "any of these", "not_known": "nothing known"}.get(row["cause"], plain(row["cause"])),
        share,
        Figure(row["met"], "share", explain=at("met")),
        Figure(row["met_stayers"], "share", explain=at("met_stayers")),
        Figure(row["silent"], "share", explain=at("silent")),
    )


def _people(door: Door) -> tuple[list[Betrayed], int]:
    found = rows(door, BETRAYED)
    allowed = consents(door, [row["customer_id"] for row in found])
    open_ = [row for row in found if (mine := allowed.get(row["customer_id"], Consent())).profile and mine.read]
    people = [
        Betrayed(
            row["customer_id"],
            row["name"] or "",
            Figure(
                row["p_betrayal"],
                "share",
                explain=explain_address("betrayal", "p_betrayal", customer_id=row["customer_id"]),
            ),
            Figure(row["p_revenge"], "share"),
            Figure(row["p_avoidance_month_6"], "share"),
            [part.strip() for part in (row["reasons"] or "").split(";") if part.strip()],
        )
        for row in open_[:MOST_PEOPLE]
    ]
    return people, len(found) - len(open_)


def _money(row: Row, name: str, unit: str) -> Figure:
    currency = row.get("currency") or unit
    low, high = row.get(f"{name}_low"), row.get(f"{name}_high")
    return Figure(
        row.get(name), "money", currency, low, high, row.get(f"{name}_n") or None, explain_address("ledger", name)
    )


def _move(row: Row) -> str:
    return " → ".join(SEGMENT_NAMES.get(row[name]) or plain(row[name]) for name in ("segment_from", "segment_to"))


def _worse(row: Row) -> tuple[int, str, str]:
    """Moves away from the brand first, the longest way first."""
    before, now = (SEGMENTS.index(row[name]) if row[name] in SEGMENTS else 0 for name in ("segment_from", "segment_to"))
    return now - before, row["segment_from"], row["segment_to"]


def _paths(door: Door) -> list[Step]:
    met = {
        "felt_bad": "bad contact at ",
        "felt_good": "good contact at ",
        "failed": "failed contact at ",
        "visited": "any contact at ",
    }
    made: list[Step] = []
    for row in sorted(rows(door, PATHS), key=lambda row: (*_worse(row), -abs(row["difference"]))):
        move = _move(row)
        if sum(step.move == move for step in made) == MOST_OF_A_MOVE:
            continue
        address = explain_address(
            "move_path", "difference", segment_from=row["segment_from"], segment_to=row["segment_to"],
            touchpoint=row["touchpoint"], met=row["met"],
        )  # fmt: skip
        difference = Figure(
            row["difference"], "share", "", row["difference_low"], row["difference_high"], row["movers"], address
        )
        made.append(
            Step(
                move,
                not made or made[-1].move != move,
                met.get(row["met"], plain(row["met"]) + " at ") + plain(row["touchpoint"]),
                plain(row["touchpoint"]),
                Figure(row["share"], "share", n=row["movers"]),
                Figure(row["share_stayers"], "share", n=row["stayers"]),
                difference,
            )
        )
    return made


PAGE = Page(
    "hurt",
    "/hurt",
    "Hurt",
    build,
    HurtContext,
    charts=(ChartQuery("iceberg", iceberg_rows), ChartQuery("course", course_rows)),
    menu="Hurt",
)
