"""One call of a Segment client: what every kind of it has in common, read as leniently as is sound."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from heartline.live.event_map import CALLS

ANONYMOUS = "anon:"
"""Begins the customer id of somebody who is known by a cookie only."""
EVENT_BYTES = 32 << 10
ID_LENGTH = 512
"""Characters of a message id; a longer one is no id."""
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What reading JSON may raise; the last where it is nested without end."""


@dataclass(frozen=True)
class Call:
    """A call that can be understood. Times are as the sender wrote them, ``occurred_at`` set right where it can be.

    kind: identify, track, page, screen, group, alias, or what else the sender says
    customer_id: the user, else ``anon:`` and the cookie; None where neither is told
    """

    message_id: str
    kind: str
    event: str
    user_id: str | None
    anonymous_id: str | None
    occurred_at: str
    received_at: str
    body: dict[str, Any]

    @property
    def customer_id(self) -> str | None:
        """Whom the call is of."""
        if self.user_id is not None:
            return self.user_id
        return None if self.anonymous_id is None else ANONYMOUS + self.anonymous_id

    def part(self, name: str) -> dict[str, Any]:
        """``properties``, ``traits`` or ``context``; empty where there is none."""
        found = self.body.get(name)
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Fault:
    """Why an arrival is no call: column, shape without words, reason, what was expected."""

    shape: str
    reason: str
    expected: str


def read_call(body: bytes, kind: str, message_id: str, received_at: str, sent_at: str | None) -> Call | Fault:
    """A call out of its JSON; ``kind`` is empty where the call says it itself, ``sent_at`` is that of its batch."""
    if len(body) > EVENT_BYTES:
        return Fault(f"{len(body)} bytes", "the event is too large", f"at most {EVENT_BYTES} bytes")
    try:
        given = msgspec.json.decode(body)
    except UNREADABLE:
        return Fault(f"{len(body)} bytes", "the event is not valid JSON", "one JSON object")
    if not isinstance(given, dict):
        return Fault(f"{len(body)} bytes", "the event is JSON but no object", "one JSON object")
    return call_of(given, kind, message_id, received_at, sent_at)


def call_of(given: dict[str, Any], kind: str, message_id: str, received_at: str, sent_at: str | None) -> Call | Fault:
    """A call out of its object; see ``read_call``."""
    found = kind or text(given.get("type")) or ""
    if not found:
        return Fault("nothing", "the event does not say its type", f"a type: {', '.join(CALLS)}")
    event = text(given.get("event")) or "" if found == "track" else ""
    if found not in CALLS:
        event = text(given.get("event")) or found
    sent = text(given.get("sentAt")) or sent_at
    stamped = text(given.get("originalTimestamp")) or text(given.get("timestamp"))
    return Call(
        message_id, found, event, text(given.get("userId")), text(given.get("anonymousId")),
        happened(stamped, sent, received_at), received_at, given,
    )  # fmt: skip


def happened(stamped: str | None, sent_at: str | None, received_at: str) -> str:
    """When it happened by our clock: ``timestamp`` moved by what the sender's clock is wrong, received less sent.

    So does Segment's specification. Where a moment is missing or has no offset, the sender's own word stands; one
    that cannot be read stays as it is, for the check of the table to refuse.
    """
    if stamped is None:
        return received_at
    at, sent = moment(stamped), moment(sent_at)
    received = moment(received_at)
    if at is None or sent is None or received is None:
        return stamped
    try:
        return (at + (received - sent)).astimezone(UTC).isoformat(timespec="microseconds")
    except OverflowError:
        return stamped


def moment(written: str | None) -> datetime | None:
    """An ISO time with offset; None for anything else."""
    if written is None:
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def text(value: object) -> str | None:
    """A value as a cell: a string without blanks around it, numbers and truth as JSON writes them, else JSON."""
    if value is None:
        return None
    if isinstance(value, str):
        # half a character, which JSON can spell and nothing can store
        return (value if value.isascii() else value.encode("utf-8", "replace").decode()).strip() or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return msgspec.json.encode(value).decode()


def at_path(held: dict[str, Any], path: str) -> Any:
    """The value at ``a.b.c``; None where there is none."""
    found: Any = held
    for name in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(name)
    return found
