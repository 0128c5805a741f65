"""The value chain on Journey: stages and their consistency, who is out of step, drops at hand-offs, intentions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heartline.tables.words import stage_rank
from heartline.web.door import Door, Row, rows
from heartline.web.figures import Figure, Kind, explain_address, plain

CHAIN = "select * from synchrony order by kind, stage, unit, next_unit"
SHOWN = 8


@dataclass(frozen=True)
class StageLine:
    """One stage: level, spread between visits, between its channels and between its teams."""

    stage: str
    level: Figure
    spread: Figure
    channels: Figure
    teams: Figure


@dataclass(frozen=True)
class OutLine:
    """A channel or team that feels unlike the others of its stage."""

    what: str
    stage: str
    level: Figure
    deviation: Figure


@dataclass(frozen=True)
class DropLine:
    """A hand-off at which the feeling falls more than the two places' own levels make it."""

    before: str
    after: str
    change: Figure
    expected: Figure
    deviation: Figure


@dataclass(frozen=True)
class IntendedLine:
    """A point of connection with what was meant and what came; verdict: reached, short, open or empty."""

    touchpoint: str
    intended: str
    delivered: Figure
    gap: Figure
    verdict: str


@dataclass(frozen=True)
class Chain:
    """The value chain.

    stages: in the order of the journey; out: out of step, the lowest first; compared: channels and teams looked at
    drops: hand-offs, worst first; handoffs: how many were looked at; intended: touchpoints with an intention
    """

    stages: Sequence[StageLine]
    out: Sequence[OutLine]
    compared: int
    drops: Sequence[DropLine]
    handoffs: int
    intended: Sequence[IntendedLine]


def _figure(row: Row, column: str, kind: Kind = "valence", ends: bool = True) -> Figure:
    low, high = {
        "level": ("low", "high"), "deviation": ("deviation_low", "deviation_high"), "gap": ("gap_low", "gap_high"),
    }.get(column, ("", ""))  # fmt: skip
    address = explain_address(
        "synchrony", column, kind=row["kind"], stage=row["stage"] or None, unit=row["unit"] or None,
        next_unit=row["next_unit"] or None,
    )  # fmt: skip
    ends = ends and bool(low)
    return Figure(row[column], kind, "", row[low] if ends else None, row[high] if ends else None, row["n"], address)


def _worst(row: Row) -> tuple[float, str]:
    return (row["deviation"], row["unit"] + row["next_unit"])


def chain(door: Door) -> Chain:
    """What the table ``synchrony`` says, in the order in which a reader needs it."""
    found = rows(door, CHAIN)
    out = sorted((row for row in found if row["verdict"] == "out_of_step"), key=_worst)
    drops = sorted((row for row in found if row["verdict"] == "drop"), key=_worst)
    stages = sorted((row for row in found if row["kind"] == "stage"), key=lambda row: stage_rank(row["stage"]))
    return Chain(
        stages=[
            StageLine(
                plain(row["stage"]) or "stage not told",
                _figure(row, "level"),
                _figure(row, "spread", "spread"),
                _figure(row, "between_channels", "spread"),
                _figure(row, "between_teams", "spread"),
            )
            for row in stages
        ],
        out=[
            OutLine(
                f"team {row['unit']}" if row["kind"] == "team" else plain(row["unit"]),
                plain(row["stage"]) or "stage not told",
                _figure(row, "level"),
                _figure(row, "deviation"),
            )
            for row in out
        ],
        compared=sum(row["verdict"] in ("out_of_step", "in_step") for row in found),
        drops=[
            DropLine(
                plain(row["unit"]), plain(row["next_unit"]), _figure(row, "level"), _figure(row, "expected"),
                _figure(row, "deviation"),
            )
            for row in drops[:SHOWN]
        ],
        handoffs=sum(row["kind"] == "handoff" for row in found),
        intended=[
            IntendedLine(
                plain(row["unit"]),
                _meant(row["intended"]),
                _figure(row, "delivered", "valence" if _is_number(row["intended"]) else "share"),
                _figure(row, "gap", "valence" if _is_number(row["intended"]) else "points"),
                row["verdict"] or "",
            )
            for row in found
            if row["intended"] is not None
        ],
    )  # fmt: skip


def _is_number(text: str) -> bool:
    return text.lstrip("-")[:1].isdigit()


def _meant(text: str) -> str:
    return f"{float(text):+.2f}".replace("-", "\u2212") if _is_number(text) else text
