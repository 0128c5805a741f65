"""CloudEvents 1.0: an event in an envelope of its own, read as a call that tracks ``type``.

Whom it is of is told by the data (``customer_id``, ``user_id`` or ``userId``; ``anonymous_id`` or ``anonymousId``),
else by the attribute ``subject``. ``source`` and ``id`` together make an event the same one.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import msgspec

from heartline.live.call import EVENT_BYTES, UNREADABLE, Call, Fault, text

REQUIRED = ("id", "source", "specversion", "type")
EXPECTED = "the attributes id, source, type and specversion 1.0"

_TOLD = {"id", "specversion", "type", "subject", "time", "datacontenttype", "dataschema", "data"}
_USER = ("customer_id", "customerId", "user_id", "userId")
_ANONYMOUS = ("anonymous_id", "anonymousId")


def is_json(content_type: str) -> bool:
    """Whether a media type is JSON; no type at all counts as JSON."""
    kind = content_type.split(";")[0].strip().lower()
    return not kind or kind.endswith(("/json", "+json"))


def from_headers(headers: Mapping[str, str], body: bytes) -> bytes:
    """An event in binary mode (attributes in ``ce-`` headers, data as body) as the JSON of structured mode.

    Raises msgspec.DecodeError where the data is said to be JSON and is not.
    """
    event: dict[str, Any] = {name[3:]: unquote(value) for name, value in headers.items() if name.startswith("ce-")}
    kind = headers.get("content-type", "")
    if kind:
        event["datacontenttype"] = kind
    if body and is_json(kind):
        event["data"] = msgspec.json.decode(body)
    elif body:
        event["data_base64"] = base64.b64encode(body).decode()
    return msgspec.json.encode(event)


def fault_of(event: object) -> Fault | None:
    """What is wrong with an event; None where it can be taken."""
    if not isinstance(event, dict):
        return Fault("JSON", "the event is no object", "one JSON object")
    for name in REQUIRED:
        if not isinstance(event.get(name), str) or not event[name]:
            return Fault("nothing", f"the attribute {name} is missing", EXPECTED)
    if event["specversion"] != "1.0":
        return Fault("text", "another specversion than 1.0", EXPECTED)
    return None


def message_id(event: object) -> str | None:
    """What makes an event the same one: its source and its id."""
    if not isinstance(event, dict) or not event.get("source") or not event.get("id"):
        return None
    return f"{event['source']}#{event['id']}"


def read_cloud_event(body: bytes, identity: str, received_at: str) -> Call | Fault:
    """An event in structured mode as a call; ``identity`` is its message id."""
    if len(body) > EVENT_BYTES:
        return Fault(f"{len(body)} bytes", "the event is too large", f"at most {EVENT_BYTES} bytes")
    try:
        event = msgspec.json.decode(body)
    except UNREADABLE:
        return Fault(f"{len(body)} bytes", "the event is not valid JSON", "one JSON object")
    fault = fault_of(event)
    if fault is not None:
        return fault
    data = event.get("data")
    properties: dict[str, Any] = dict(data) if isinstance(data, dict) else {} if data is None else {"data": data}
    for name, value in event.items():
        # the source, data that is no JSON, and what the sender added to the envelope
        if name not in _TOLD:
            properties.setdefault(name, value)
    user = next((found for name in _USER if (found := text(properties.get(name)))), None)
    anonymous = next((found for name in _ANONYMOUS if (found := text(properties.get(name)))), None)
    if user is None and anonymous is None:
        user = text(event.get("subject"))
    for name in (*_USER, *_ANONYMOUS):
        properties.pop(name, None)
    return Call(
        identity, "track", str(event["type"]), user, anonymous, text(event.get("time")) or received_at, received_at,
        {"properties": properties},
    )  # fmt: skip
