"""What people decided on who is who: kept for ever, each can be withdrawn, the newest on a pair of members counts.

Members are named by their ids in the facts, which no merge changes, so a decision outlives every rule.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import text

from heartline.records.store import Records, now

Verb = Literal["join", "apart"]


@dataclass(frozen=True)
class Decision:
    """One decision of one person on who is who.

    verb: join: all of ``left`` are one person; apart: nobody of ``left`` is one person with anybody of ``right``
    at: ISO 8601, UTC; withdrawn_at, withdrawn_by, withdrawn_note: when it was taken back, None where it stands
    """

    verb: Verb
    left: tuple[str, ...]
    right: tuple[str, ...]
    by: str
    note: str = ""
    at: str = ""
    decision_id: int = 0
    withdrawn_by: str | None = None
    withdrawn_at: str | None = None
    withdrawn_note: str | None = None

    @property
    def stands(self) -> bool:
        """Whether nobody has taken it back."""
        return self.withdrawn_at is None


_COLUMNS = (
    "decision_id, verb, left_members, right_members, decided_by, decided_at, note, withdrawn_by, withdrawn_at, "
    "withdrawn_note"
)


def add(records: Records, decision: Decision) -> Decision:
    """Keep a decision; gives it with number and time."""
    values = {
        "verb": decision.verb, "left": json.dumps(decision.left), "right": json.dumps(decision.right),
        "by": decision.by, "at": now(), "note": decision.note,
    }  # fmt: skip
    with records.writing() as connection:
        row = connection.execute(
            text(
                "insert into identity_decision (verb, left_members, right_members, decided_by, decided_at, note) "
                f"values (:verb, :left, :right, :by, :at, :note) returning {_COLUMNS}"
            ),
            values,
        ).one()
        return _decision(row)


def withdraw(records: Records, decision_id: int, by: str, note: str = "") -> Decision | None:
    """Take a decision back; None where there is none of this number that stands."""
    with records.writing() as connection:
        row = connection.execute(
            text(
                "update identity_decision set withdrawn_by = :by, withdrawn_at = :at, withdrawn_note = :note "
                f"where decision_id = :id and withdrawn_at is null returning {_COLUMNS}"
            ),
            {"id": decision_id, "by": by, "at": now(), "note": note},
        ).first()
        return None if row is None else _decision(row)


def standing(records: Records) -> list[Decision]:
    """Decisions that nobody took back, oldest first."""
    with records.reading() as connection:
        found = connection.execute(
            text(f"select {_COLUMNS} from identity_decision where withdrawn_at is null order by decision_id")
        )
        return [_decision(row) for row in found]


def history(records: Records, limit: int = 100) -> list[Decision]:
    """Every decision, also those taken back; newest first."""
    with records.reading() as connection:
        found = connection.execute(
            text(f"select {_COLUMNS} from identity_decision order by decision_id desc limit :limit"), {"limit": limit}
        )
        return [_decision(row) for row in found]


def _decision(row: Any) -> Decision:
    return Decision(
        row.verb,
        tuple(json.loads(row.left_members)),
        tuple(json.loads(row.right_members)),
        row.decided_by,
        row.note,
        row.decided_at,
        row.decision_id,
        row.withdrawn_by,
        row.withdrawn_at,
        row.withdrawn_note,
    )
