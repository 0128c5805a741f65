"""What people say of causes of drop-off: kept for ever, the newest on a step and cause counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from heartline.records.store import Records, now


@dataclass(frozen=True)
class Hypothesis:
    """What one person says of one cause at one step of a funnel.

    status: open, accepted or rejected
    at: ISO 8601, UTC
    fixed_at: ISO 8601, UTC without an offset, None where it is not fixed; fixed_channel: None where fixed in all
    """

    funnel: str
    step: str
    cause: str
    status: str
    by: str
    note: str = ""
    fixed_at: str | None = None
    fixed_channel: str | None = None
    at: str = ""
    hypothesis_id: int = 0


_COLUMNS = "hypothesis_id, funnel, step, cause, status, decided_by, decided_at, note, fixed_at, fixed_channel"


def add(records: Records, said: Hypothesis) -> Hypothesis:
    """Keep what was said; gives it with number and time."""
    values = {
        "funnel": said.funnel, "step": said.step, "cause": said.cause, "status": said.status, "by": said.by,
        "at": now(), "note": said.note, "fixed_at": said.fixed_at, "fixed_channel": said.fixed_channel,
    }  # fmt: skip
    with records.writing() as connection:
        row = connection.execute(
            text(
                "insert into hypothesis (funnel, step, cause, status, decided_by, decided_at, note, fixed_at, "
                "fixed_channel) values (:funnel, :step, :cause, :status, :by, :at, :note, :fixed_at, :fixed_channel) "
                f"returning {_COLUMNS}"
            ),
            values,
        ).one()
        return _hypothesis(row)


def standing(records: Records) -> list[Hypothesis]:
    """The newest on each funnel, step and cause, in their order."""
    with records.reading() as connection:
        found = connection.execute(
            text(
                f"select {_COLUMNS} from hypothesis where hypothesis_id in "
                "(select max(hypothesis_id) from hypothesis group by funnel, step, cause) "
                "order by funnel, step, cause"
            )
        )
        return [_hypothesis(row) for row in found]


def history(records: Records, limit: int = 100) -> list[Hypothesis]:
    """Everything that was said, newest first."""
    with records.reading() as connection:
        found = connection.execute(
            text(f"select {_COLUMNS} from hypothesis order by hypothesis_id desc limit :limit"), {"limit": limit}
        )
        return [_hypothesis(row) for row in found]


def _hypothesis(row: Any) -> Hypothesis:
    return Hypothesis(
        row.funnel, row.step, row.cause, row.status, row.decided_by, row.note, row.fixed_at, row.fixed_channel,
        row.decided_at, row.hypothesis_id,
    )  # fmt: skip
