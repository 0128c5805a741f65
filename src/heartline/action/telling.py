"""What other programs and people are told of a case, in the transaction of what was done to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from heartline.records import notices
from heartline.records.cases import Case

_TOLD = (
    "case_id", "customer_id", "play_id", "playbook", "team", "owner", "priority", "reasons", "status", "opened_at",
    "opened_by", "due_at", "snoozed_until", "escalated_at", "acted_at", "closed_at", "closed_how", "merged_into",
)  # fmt: skip


def tell(connection: Connection, topic: str, case: Case, at: datetime | None = None) -> None:
    """Write the notice; the same topic of the same case again is the same notice. ``at``: default now.

    Reasons that a person wrote stay on the desk: they may hold a name, or what the customer said.
    """
    body = {name: value for name in _TOLD if (value := getattr(case, name)) is not None}
    if case.play_id is None:
        del body["reasons"]
    notices.add(connection, topic, body, case.case_id, at)
