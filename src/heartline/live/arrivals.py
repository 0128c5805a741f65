"""What a request holds, as arrivals for the inbox. Only what makes the whole request unreadable is refused here;
what is wrong with one event is found on the way into the facts, and goes to the quarantine."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

import msgspec

from heartline.live import cloud_event
from heartline.live.call import EVENT_BYTES, ID_LENGTH, UNREADABLE, text
from heartline.live.collecting import CALL, CLOUD_EVENT, ROW
from heartline.live.event_map import CALLS
from heartline.live.problem import Problem
from heartline.records.inbox import Arrival
from heartline.sources.own_rows import own_names, required_columns
from heartline.tables import Table, facts

CALL_BYTES = 500 << 10
"""Most bytes of one request of calls, as Segment documents it."""
ROW_BYTES = 4 << 20
"""Most bytes of one request of rows."""


class _Batch(msgspec.Struct):
    batch: list[msgspec.Raw]
    sentAt: Any = None  # noqa: N815  the sender's spelling
    writeKey: Any = None  # noqa: N815


class _Head(msgspec.Struct):
    messageId: Any = None  # noqa: N815
    sentAt: Any = None  # noqa: N815
    writeKey: Any = None  # noqa: N815


_batch = msgspec.json.Decoder(_Batch)
_head = msgspec.json.Decoder(_Head)
_raws = msgspec.json.Decoder(list[msgspec.Raw])
_any = msgspec.json.Decoder()

TABLES = {of.name: of for of in facts() if of.name != "verbatim"}
"""Tables whose rows can be sent."""


def write_key(body: bytes) -> str | None:
    """The key that some clients send inside the body."""
    try:
        return text(_head.decode(body).writeKey)
    except UNREADABLE:
        return None


def batch(body: bytes, sender: str, at: str) -> list[Arrival]:
    """Calls of a batch. Problem 400 where the body is none."""
    try:
        found = _batch.decode(body)
    except UNREADABLE:
        found = _mended_batch(body)
    sent = short(found.sentAt)
    return [_call(bytes(raw), CALL, sender, at, sent) for raw in found.batch]


def single(body: bytes, kind: str, sender: str, at: str) -> list[Arrival]:
    """One call. Problem 400 where it is no JSON object, 413 where it is too large."""
    if len(body) > EVENT_BYTES:
        raise Problem(413, f"the event is larger than {EVENT_BYTES} bytes")
    return [_call(_object(body), f"{CALL}/{kind}" if kind in CALLS else CALL, sender, at, None)]


def cloud_events(body: bytes, headers: dict[str, str], sender: str, at: str) -> list[Arrival]:
    """CloudEvents in structured, batched or binary mode. Problem 400 where one alone cannot be taken."""
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    several = kind == "application/cloudevents-batch+json"
    try:
        if several:
            events = [bytes(raw) for raw in _raws.decode(body)]
        elif kind == "application/cloudevents+json":
            events = [body]
        else:
            events = [cloud_event.from_headers(headers, body)]
        read = [_any.decode(event) for event in events]
    except UNREADABLE as cause:
        raise Problem(400, "the body is not the JSON that its content type promises") from cause
    fault = None if several else cloud_event.fault_of(read[0])
    if fault is not None:
        raise Problem(400, f"{fault.reason}; expected {fault.expected}")
    return [
        Arrival(_id(cloud_event.message_id(one), event), CLOUD_EVENT, sender, at, None, event)
        for one, event in zip(read, events, strict=True)
    ]


def table_rows(body: bytes, of: Table, sender: str, at: str) -> list[Arrival]:
    """Rows of a table: an object, an array of objects, or JSON Lines.

    Problem 400 where the body is none of them, 422 where no row has a column that the table needs.
    """
    try:
        raws = _rows(body)
        read = [_any.decode(raw) for raw in raws] or [_any.decode(body)]
    except UNREADABLE as cause:
        raise Problem(400, "the body is no JSON object, no array of objects and no JSON Lines") from cause
    names = {name for row in read if isinstance(row, dict) for name in row}
    missing = set(required_columns(of)) - set(own_names(of, names).values())
    if raws and missing:
        lacking = ", ".join(name for name in required_columns(of) if name in missing)
        raise Problem(422, f"no row has the column {lacking}, which {of.name} needs")
    return [Arrival(None, f"{ROW}/{of.name}", sender, at, None, raw) for raw in raws]


def _mended_batch(body: bytes) -> _Batch:
    """A batch that is JSON only nearly, so that one event does not take the others with it.

    NaN and Infinity, which Python writes, become null; an event with half a character or bytes that are no UTF-8
    stays unreadable, and goes to the quarantine alone.
    """
    refused = Problem(400, 'the body is no batch; expected JSON like {"batch": [{"type": "track", …}]}')
    try:
        found = json.loads(body.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        raise refused from None
    if not isinstance(found, dict) or not isinstance(found.get("batch"), list):
        raise refused
    return _Batch([msgspec.Raw(_written(one)) for one in found["batch"]], found.get("sentAt"), found.get("writeKey"))


def _written(event: object) -> bytes:
    try:
        return msgspec.json.encode(event)
    except (ValueError, RecursionError, OverflowError):
        return json.dumps(event).encode("ascii")


def _rows(body: bytes) -> list[bytes]:
    start = body.lstrip()[:1]
    if start == b"[":
        return [bytes(raw) for raw in _raws.decode(body)]
    try:
        _any.decode(body)
    except UNREADABLE:
        return [line for line in body.splitlines() if line.strip()]
    return [body]


def _object(body: bytes) -> bytes:
    try:
        _head.decode(body)
        _any.decode(body)
    except UNREADABLE as cause:
        raise Problem(400, "the body is no JSON object") from cause
    return body


def _call(raw: bytes, door: str, sender: str, at: str, sent: str | None) -> Arrival:
    try:
        head = _head.decode(raw)
    except UNREADABLE:
        return Arrival(_id("", raw), door, sender, at, sent, raw)
    return Arrival(_id(text(head.messageId), raw), door, sender, at, short(head.sentAt) or sent, raw)


def _id(given: str | None, raw: bytes) -> str:
    """The sender's id; a new one where there is none; one made of the content where it cannot be one."""
    if given is None:
        return str(uuid.uuid4())
    if not given or len(given) > ID_LENGTH or "\0" in given:
        return "content-" + hashlib.blake2b(raw, digest_size=16).hexdigest()
    return given


def short(value: object) -> str | None:
    """A moment as the sender wrote it; None for what cannot be one."""
    found = text(value)
    return found if found and len(found) <= 64 and "\0" not in found else None
