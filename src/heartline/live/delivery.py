"""What a webhook brings, as an arrival for the inbox: as it came, or without its body where its kind is not loaded."""

from __future__ import annotations

from typing import Any

import msgspec

from heartline.live.call import UNREADABLE
from heartline.live.collecting import UNWRITABLE
from heartline.live.hook_tools import delivery_id
from heartline.live.signature import Headers
from heartline.records.inbox import Arrival
from heartline.records.webhooks import Webhook
from heartline.sources.exports import EXPORTS
from heartline.sources.json_records import several

HOOK, LEFT_OUT = "hook", "hook_left_out"
"""Doors: the first word of an arrival's ``door``, the tool is the second."""
HOOK_BYTES = 4 << 20
"""Most bytes of one delivery."""

_any = msgspec.json.Decoder()


def delivery(hook: Webhook, headers: Headers, body: bytes, at: str) -> Arrival:
    """The arrival of a delivery that was found to be the webhook's. What cannot be read is kept, for the quarantine."""
    try:
        read = _any.decode(body)
    except UNREADABLE:
        return Arrival(delivery_id(hook, headers, body, None), f"{HOOK}/{hook.tool}", hook.name, at, None, body)
    left_out = not _makes_rows(hook.tool, read)
    door = f"{LEFT_OUT if left_out else HOOK}/{hook.tool}"
    return Arrival(delivery_id(hook, headers, body, read), door, hook.name, at, None, b"" if left_out else body)


def objects_of(tool: str, read: object) -> list[Any]:
    """The objects of a delivery; some tools send several at once."""
    records = EXPORTS[tool].records
    assert records is not None
    return several(read, records.within)


def _makes_rows(tool: str, read: object) -> bool:
    """Whether the importer makes anything of a delivery, or has to say why it cannot."""
    records = EXPORTS[tool].records
    assert records is not None
    try:
        return any(not isinstance(one, dict) or records.rows(one, {}) for one in objects_of(tool, read))
    except UNWRITABLE:
        return True
