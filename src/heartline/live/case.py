"""A case that another program opens: what it has to say, and who opens it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Protocol

import msgspec
from msgspec import Meta

from heartline.errors import CaseError
from heartline.live.problem import Problem

CASE_BYTES = 16_384
_PLAIN = "^[^\\u0000-\\u001f\\u007f]*$"


class CaseAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One customer who needs somebody.

    reasons: why, in the program's words and never the customer's; key: the same again opens nothing twice
    """

    customer_id: Annotated[str, Meta(min_length=1, max_length=200, pattern=_PLAIN)]
    team: Annotated[str, Meta(min_length=1, max_length=60, pattern=_PLAIN, description="a team of the playbook")]
    reasons: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=500, pattern=_PLAIN)], ...],
        Meta(min_length=1, max_length=4, description="why, in your words and never the customer's"),
    ]
    key: Annotated[
        str, Meta(min_length=1, max_length=200, pattern=_PLAIN, description="your own: the same again opens nothing")
    ]
    due_at: datetime | None = None
    priority: Annotated[int, Meta(ge=1, le=3, description="1 comes first")] = 2


class Opened(Protocol):
    """A case; ``heartline.records.cases.Case`` is one."""

    @property
    def case_id(self) -> str:
        """Its name."""

    @property
    def status(self) -> str:
        """Where it stands: also one that was opened by this key before and has ended since."""


class Opener(Protocol):
    """Opens a case; ``heartline.action.Cases.open_by_hand`` does."""

    def __call__(
        self, customer_id: str, team: str, reasons: str | Sequence[str], by: str, due_at: datetime | None = None,
        *, priority: int = 2, key: str = "",
    ) -> Opened:  # fmt: skip
        """Open it, or give the one that this key opened before."""


def open_asked(opener: Opener | None, body: bytes, sender: str) -> dict[str, object]:
    """Open what a program asks for and say which case that is. Problem 400, 404 or 422."""
    if opener is None:
        raise Problem(404, "no cases are opened here")
    try:
        asked = msgspec.json.decode(body, type=CaseAsked)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        # the message names the place and the rule; what stood there is not in it
        detail = str(cause) if isinstance(cause, msgspec.ValidationError) else "not JSON"
        raise Problem(400, f"this is no case: {detail}"[:300]) from None
    try:
        made = opener(
            asked.customer_id, asked.team, asked.reasons, sender, asked.due_at, priority=asked.priority, key=asked.key
        )
    except CaseError as error:
        raise Problem(422, f"it cannot be opened: {error.got}; expected: {error.expected}") from None
    except (OverflowError, ValueError) as error:
        raise Problem(422, f"it cannot be opened: a value is out of range ({type(error).__name__})") from None
    return {"success": True, "case_id": made.case_id, "status": made.status}
