"""The Desk: are we more connected than last period, what is at stake, what broke, who needs a person first?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from heartline.web.broken import Broken, broken, changes
from heartline.web.change import Change, compare
from heartline.web.door import Door, Row, rows
from heartline.web.figures import Figure, explain_address
from heartline.web.first import Person, people_first
from heartline.web.headline import Phrase, headline
from heartline.web.page import Chart, ChartQuery, Page, Query, told
from heartline.web.segments import SegmentLine, lines, moves, periods, summary
from heartline.web.words import SEGMENT_NAMES, coverage_name

BONDS = """
select period_end, 'Connection' as axis, connection_mean as mean, connection_low as low, connection_high as high,
       judged as n, 'connection_mean' as measure
from period_summary where segment = 'all' and connection_mean is not null and judged >= $base
union all
select period_end, 'Satisfaction', satisfaction_mean, satisfaction_low, satisfaction_high, satisfaction_n,
       'satisfaction_mean'
from period_summary where segment = 'all' and satisfaction_mean is not null and satisfaction_n >= $base
order by axis, period_end
"""

# Parts of ``coverage`` that say how much is known; the others say why something is not.
KNOWN_PARTS = {
    ("customers", "with scored words"), ("customers", "with a rating"), ("customers", "with a survey answer"),
    ("customers", "with a contact"), ("customers", "with a purchase"),
    ("customers", "connection judged on own evidence"), ("texts", "scored"), ("visits", "words"), ("visits", "rating"),
}  # fmt: skip
COVERAGE = 'select measure, part, n, "of", share from coverage order by measure, share desc nulls last, part'


@dataclass(frozen=True)
class CoverageLine:
    """How much of one thing is known: measure and part as stored, the line in words, and the share with its base."""

    measure: str
    part: str
    name: str
    share: Figure


@dataclass(frozen=True)
class DeskContext:
    """What the Desk shows."""

    period_end: datetime | None = told("end of the latest period; None before the first run")
    before: datetime | None = told("end of the period before; None where there is only one")
    headline: Sequence[Phrase] = told("the briefing in one paragraph, each figure opening to where it came from")
    connection: Change | None = told("mean connection now against the period before")
    satisfaction: Change | None = told("mean satisfaction now against the period before")
    connected_share: Figure | None = told("share of judged customers on the pathway's last stage")
    judged: Figure | None = told("customers whose connection rests on their own evidence, as a share of all")
    stake: Figure | None = told("expected value × probability of leaving, summed over customers")
    expected: Figure | None = told("value expected of all customers over the horizon")
    horizon_days: int = told("how far ahead value is looked at, days")
    segments: Sequence[SegmentLine] = told("each segment with its size, movement, bond and money")
    broken: Broken = told("touchpoints and funnel steps that got worse")
    people: Sequence[Person] = told("customers to be called first, highest value at stake first, capped")
    people_total: int = told("how many customers meet the same conditions")
    people_withheld: int = told("customers left out of the list because of a refusal or an objection of theirs")
    gaps: Sequence[CoverageLine] = told(
        "shares of customers, visits and texts of which something is known, least first"
    )
    charts: dict[str, Chart] = told("charts by name")


def bond_rows(door: Door, _query: Query) -> list[Row]:
    """Mean connection and satisfaction of each period with their intervals, where ``min_base`` customers carry them."""
    return [
        {
            **row,
            "explain": explain_address(
                "period_summary", row.pop("measure"), period_end=row["period_end"], segment="all"
            ),
        }
        for row in rows(door, BONDS, {"base": door.settings.whole("min_base")})
    ]


def move_rows(door: Door, _query: Query) -> list[Row]:
    """The migration matrix, long."""
    return moves(door)


def stake_rows(door: Door, _query: Query) -> list[Row]:
    """Money at stake and expected, by segment."""
    found = periods(door)
    if not found:
        return []
    return [
        {
            "name": SEGMENT_NAMES.get(segment, segment),
            "segment": segment,
            "value_at_stake": row["value_at_stake"],
            "expected_value": row["expected_value"],
            "customers": row["customers"],
            "currency": row["currency"] or door.settings.text("currency"),
            "explain": explain_address("period_summary", "value_at_stake", period_end=found[0], segment=segment),
        }
        for segment, row in summary(door, found[0]).items()
        if segment != "all" and row["value_at_stake"] is not None
    ]


def change_rows(door: Door, _query: Query) -> list[Row]:
    """Change of felt valence of each touchpoint, latest month against the one before; the worst twelve."""
    return [
        {
            **row,
            "name": row["touchpoint"].replace("_", " "),
            "kind": "worse"
            if row["change_high"] is not None and row["change_high"] < 0
            else "better"
            if row["change_low"] is not None and row["change_low"] > 0
            else "no real change",
        }
        for row in changes(door)[:12]
    ]


def build(door: Door, query: Query) -> DeskContext:
    """The Desk of the latest period."""
    ends = periods(door)
    currency, least = door.settings.text("currency"), door.settings.whole("min_base")
    now = summary(door, ends[0]) if ends else {}
    old = summary(door, ends[1]) if len(ends) > 1 else {}
    whole, before = now.get("all"), old.get("all")
    connection = satisfaction = None
    connected = judged = stake = expected = None
    segment_lines: list[SegmentLine] = []
    if whole is not None:
        connection = compare(
            _mean(whole, "connection", "judged", least), _mean(before or {}, "connection", "judged", least)
        )
        satisfaction = compare(
            _mean(whole, "satisfaction", "satisfaction_n", least),
            _mean(before or {}, "satisfaction", "satisfaction_n", least),
        )

        def at(column: str) -> str:
            return explain_address("period_summary", column, period_end=ends[0], segment="all")

        share = whole["connected_share"] if (whole["judged"] or 0) >= least else None
        connected = Figure(share, "share", n=whole["judged"], explain=at("connected_share"))
        share = whole["judged"] / whole["customers"] if whole["customers"] and whole["judged"] is not None else None
        judged = Figure(share, "share", n=whole["customers"], explain=at("judged"))
        unit = whole["currency"] or currency
        stake = Figure(whole["value_at_stake"], "money", unit, n=whole["value_n"], explain=at("value_at_stake"))
        expected = Figure(whole["expected_value"], "money", unit, explain=at("expected_value"))
        segment_lines = lines(door, ends[0], currency)
    broke = broken(door)
    people, total, withheld = people_first(door)
    return DeskContext(
        period_end=ends[0] if ends else None,
        before=ends[1] if len(ends) > 1 else None,
        headline=headline(connection, satisfaction, stake, expected, broke) if whole is not None else (),
        connection=connection,
        satisfaction=satisfaction,
        connected_share=connected,
        judged=judged,
        stake=stake,
        expected=expected,
        horizon_days=door.settings.whole("horizon_days"),
        segments=segment_lines,
        broken=broke,
        people=people,
        people_total=total,
        people_withheld=withheld,
        gaps=gaps(door),
        charts={chart.name: Chart(chart.name, "", chart.rows(door, query)) for chart in PAGE.charts},
    )


def gaps(door: Door) -> list[CoverageLine]:
    """The six parts of ``coverage`` that say what is known, and of which least is known."""
    found = [line for line in coverage(door) if (line.measure, line.part) in KNOWN_PARTS and line.share.known]
    return sorted(found, key=lambda line: (line.share.value or 0, line.measure, line.part))[:6]


def coverage(door: Door) -> list[CoverageLine]:
    """Every line of ``coverage``."""
    return [
        CoverageLine(
            row["measure"],
            row["part"],
            coverage_name(row["measure"], row["part"]),
            Figure(
                row["share"],
                "share",
                n=row["of"],
                explain=explain_address("coverage", "share", measure=row["measure"], part=row["part"]),
            ),
        )
        for row in rows(door, COVERAGE)
    ]


def _mean(row: Row, axis: str, base: str, least: int) -> Figure:
    """Mean of an axis; not known where fewer than ``least`` customers carry it with evidence of their own."""
    if not row:
        return Figure(None, "score")
    if (row[base] or 0) < least:
        return Figure(None, "score", n=row[base])
    address = explain_address("period_summary", f"{axis}_mean", period_end=row["period_end"], segment="all")
    return Figure(row[f"{axis}_mean"], "score", "", row[f"{axis}_low"], row[f"{axis}_high"], row[base], address)


PAGE = Page(
    "desk",
    "/",
    "Desk",
    build,
    DeskContext,
    charts=(
        ChartQuery("bond_over_time", bond_rows),
        ChartQuery("segment_moves", move_rows),
        ChartQuery("value_at_stake", stake_rows),
        ChartQuery("touchpoint_change", change_rows),
    ),
    menu="Desk",
)
