"""What the company decided: kept for ever, with the evidence as it stood at that time, and what came of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import text

from heartline.records.store import Records


@dataclass(frozen=True)
class Decision:
    """One decision.

    kind: pattern (the evidence rests on many customers), single_request (on few) or judgement (there is none)
    at, evidence_as_of, reviewed_at: ISO 8601, UTC without an offset; review_on: a day in ISO form
    evidence_key: JSON; figure, low, high, n, run_id: of the evidence when it was decided
    came, later_…: what was said at the review, and the figure at that time; empty or None before it
    """

    what: str
    by: str
    at: str
    kind: str
    evidence_table: str | None = None
    evidence_column: str | None = None
    evidence_key: str | None = None
    run_id: str | None = None
    evidence_as_of: str | None = None
    figure: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    expected: str = ""
    review_on: str | None = None
    reviewed_at: str | None = None
    reviewed_by: str | None = None
    came: str | None = None
    review_note: str = ""
    later_figure: float | None = None
    later_low: float | None = None
    later_high: float | None = None
    later_n: int | None = None
    later_run_id: str | None = None
    decision_id: int = 0


_KEPT = (
    "what", "by", "at", "kind", "evidence_table", "evidence_column", "evidence_key", "run_id", "evidence_as_of",
    "figure", "low", "high", "n", "expected", "review_on",
)  # fmt: skip
_LATER = (
    "reviewed_at", "reviewed_by", "came", "review_note", "later_figure", "later_low", "later_high", "later_n",
    "later_run_id",
)  # fmt: skip
_NAMES = {
    "by": "decided_by", "at": "decided_at", "low": "figure_low", "high": "figure_high", "n": "figure_n",
}  # fmt: skip
_COLUMNS = ", ".join(_NAMES.get(name, name) for name in ("decision_id", *_KEPT, *_LATER))


def add(records: Records, decision: Decision) -> Decision:
    """Keep a decision; gives it with its number."""
    values = {name: value for name, value in asdict(decision).items() if name in _KEPT}
    with records.writing() as connection:
        row = connection.execute(
            text(
                f"insert into decision ({', '.join(_NAMES.get(name, name) for name in _KEPT)}, review_note) "
                f"values ({', '.join(f':{name}' for name in _KEPT)}, '') returning {_COLUMNS}"
            ),
            values,
        ).one()
        return _decision(row)


def review(records: Records, reviewed: Decision) -> Decision | None:
    """Keep what was said at the review; None where it was reviewed before, or is not there."""
    values = {name: value for name, value in asdict(reviewed).items() if name in (*_LATER, "decision_id")}
    with records.writing() as connection:
        row = connection.execute(
            text(
                f"update decision set {', '.join(f'{name} = :{name}' for name in _LATER)} "
                f"where decision_id = :decision_id and reviewed_at is null returning {_COLUMNS}"
            ),
            values,
        ).one_or_none()
        return _decision(row) if row else None


def named(records: Records, decision_id: int) -> Decision | None:
    """One decision by its number; None where there is none."""
    with records.reading() as connection:
        row = connection.execute(
            text(f"select {_COLUMNS} from decision where decision_id = :id"), {"id": decision_id}
        ).one_or_none()
        return _decision(row) if row else None


def newest(records: Records, limit: int = 100) -> list[Decision]:
    """Decisions, newest first."""
    with records.reading() as connection:
        found = connection.execute(
            text(f"select {_COLUMNS} from decision order by decision_id desc limit :limit"), {"limit": limit}
        )
        return [_decision(row) for row in found]


def open_on(records: Records, day: str) -> list[Decision]:
    """Decisions whose review is due by a day (ISO) and that nobody has reviewed, the longest due first."""
    with records.reading() as connection:
        found = connection.execute(
            text(
                f"select {_COLUMNS} from decision where review_on <= :day and reviewed_at is null "
                "order by review_on, decision_id"
            ),
            {"day": day},
        )
        return [_decision(row) for row in found]


def _decision(row: Any) -> Decision:
    names = (*_KEPT, *_LATER, "decision_id")
    return Decision(**{name: getattr(row, _NAMES.get(name, name)) for name in names})
