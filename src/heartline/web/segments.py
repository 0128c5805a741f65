"""Segments: how many customers each holds, who moved, how bonded they are and what is at stake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from heartline.tables import SEGMENTS
from heartline.web.door import Door, Row, one, rows
from heartline.web.figures import Figure, explain_address
from heartline.web.words import SEGMENT_NAMES

PERIODS = "select distinct period_end from period_summary order by period_end desc nulls last limit 2"
SUMMARY = "select * from period_summary where period_end = $period_end"
MOVES = """
select segment_from, segment_to, sum(customers) as customers,
       cast(sum(customers) as double) / nullif(sum(sum(customers)) over (partition by segment_from), 0) as share
from segment_move where period_end = (select max(period_end) from segment_move)
group by segment_from, segment_to order by segment_from, segment_to
"""


@dataclass(frozen=True)
class SegmentLine:
    """One segment in the latest period.

    segment: stored name
    name: name in words
    customers: how many
    share: share of all customers
    arrived, departed: customers who came from, or went to, another known segment since the period before
    connection: mean connection
    expected_value, value_at_stake: money over the horizon, and how much of it may leave
    address: the customers of this segment
    """

    segment: str
    name: str
    customers: Figure
    share: float | None
    arrived: Figure
    departed: Figure
    connection: Figure
    expected_value: Figure
    value_at_stake: Figure
    address: str


def periods(door: Door) -> list[datetime]:
    """Ends of the latest two periods, latest first; fewer where there are fewer."""
    return [row["period_end"] for row in rows(door, PERIODS)]


def summary(door: Door, period_end: datetime) -> dict[str, Row]:
    """Rows of ``period_summary`` of one period by segment; ``all`` is the company."""
    return {row["segment"]: row for row in rows(door, SUMMARY, {"period_end": period_end})}


def moves(door: Door) -> list[Row]:
    """The migration matrix of the latest period: from, to, customers, share of those who were in ``from``."""
    last = one(door, "select max(period_end) as period_end from segment_move").get("period_end")
    return [
        {
            "from": SEGMENT_NAMES.get(row["segment_from"], row["segment_from"]),
            "to": SEGMENT_NAMES.get(row["segment_to"], row["segment_to"]),
            "segment_from": row["segment_from"],
            "segment_to": row["segment_to"],
            "customers": row["customers"],
            "share": row["share"],
            "kind": _kind(row["segment_from"], row["segment_to"]),
            "explain": explain_address(
                "segment_move",
                "customers",
                period_end=last,
                segment_from=row["segment_from"],
                segment_to=row["segment_to"],
            ),
        }
        for row in rows(door, MOVES)
    ]


def _kind(before: str, now: str) -> str:
    if before == now:
        return "stayed"
    if before not in SEGMENTS or now not in SEGMENTS:
        return "new"
    return "better" if SEGMENTS.index(now) > SEGMENTS.index(before) else "worse"


def lines(door: Door, period_end: datetime, currency: str) -> list[SegmentLine]:
    """Every segment of the latest period, from super-advocates down to dissenters."""
    found = summary(door, period_end)
    everyone = (found.get("all") or {}).get("customers")
    arrived: dict[str, int] = {}
    departed: dict[str, int] = {}
    known = False
    for move in moves(door):
        known = True
        if move["kind"] in ("better", "worse"):
            arrived[move["segment_to"]] = arrived.get(move["segment_to"], 0) + int(move["customers"])
            departed[move["segment_from"]] = departed.get(move["segment_from"], 0) + int(move["customers"])
    least = door.settings.whole("min_base")
    result = []
    for segment in reversed(SEGMENTS):
        row = found.get(segment)
        if row is None:
            continue

        def at(column: str, segment: str = segment) -> str:
            return explain_address("period_summary", column, period_end=period_end, segment=segment)

        result.append(
            SegmentLine(
                segment,
                SEGMENT_NAMES[segment],
                Figure(row["customers"], "count", explain=at("customers")),
                row["customers"] / everyone if everyone else None,
                Figure(
                    arrived.get(segment, 0) if known else None,
                    "count",
                    explain=explain_address("segment_move", "customers", period_end=period_end, segment_to=segment),
                ),
                Figure(
                    departed.get(segment, 0) if known else None,
                    "count",
                    explain=explain_address("segment_move", "customers", period_end=period_end, segment_from=segment),
                ),
                Figure(
                    row["connection_mean"] if (row["judged"] or 0) >= least else None,
                    "score",
                    "",
                    row["connection_low"],
                    row["connection_high"],
                    row["judged"],
                    at("connection_mean"),
                ),
                Figure(row["expected_value"], "money", row["currency"] or currency, explain=at("expected_value")),
                Figure(row["value_at_stake"], "money", row["currency"] or currency, explain=at("value_at_stake")),
                f"/customers?segment={segment}",
            )
        )
    return result
