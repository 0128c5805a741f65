"""A call into rows: always an interaction, with an order also a purchase. Cells are strings, as in an import file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from heartline.live.call import Call, at_path, text
from heartline.live.event_map import EventMap, Rule, plain
from heartline.tables import CHANNELS

Row = dict[str, str | None]

_PAGE = ("url", "path", "title", "referrer")


def interaction(call: Call, events: EventMap) -> Row | None:
    """The interaction of a call, its id the call's message id; None where the rule leaves the event out."""
    rule = events.rule(call.kind, call.event)
    if rule.leave_out:
        return None
    properties = call.part("properties")
    row: Row = {
        "interaction_id": call.message_id,
        "customer_id": call.customer_id,
        "occurred_at": call.occurred_at,
        "known_at": call.received_at,
        "direction": "inbound",
        **rule.said,
    }
    row.setdefault("touchpoint", _touchpoint(call))
    row.setdefault("kind", plain(call.event) or None)
    if "channel" not in rule.said:
        given = text(properties.get("channel"))
        row["channel"] = given if given in CHANNELS else events.channel(_library(call))
    row["campaign"] = text(at_path(call.part("context"), "campaign.name"))
    used: set[str] = set()
    for column, paths in rule.take.items():
        path, value = _first(properties, paths)
        if value is not None:
            row[column] = value
            used.add(path)
    for column, constant in rule.set.items():
        # a scale without a rating says nothing
        if column not in ("rating_min", "rating_max") or row.get("rating") is not None:
            row.setdefault(column, constant)
    row["properties"] = msgspec.json.encode(_kept(call, used)).decode()
    return row


def purchase(call: Call, rule: Rule, channel: str | None = None) -> Row | None:
    """The purchase of an order; None for an event that is none. An order without id is called by its message.

    ``channel`` is that of its interaction, which goes for the purchase as well where the rule says no other.
    """
    if not rule.purchase or rule.leave_out:
        return None
    properties = call.part("properties")
    row: Row = {name: _first(properties, paths)[1] for name, paths in rule.purchase.items()}
    row["purchase_id"] = row.get("purchase_id") or call.message_id
    row["channel"] = row.get("channel") or channel
    return row | {"customer_id": call.customer_id, "occurred_at": call.occurred_at, "known_at": call.received_at}


def _touchpoint(call: Call) -> str | None:
    """The name of what was seen or done; None for a track that does not say of what, which the table refuses."""
    if call.kind in ("page", "screen"):
        named = text(call.body.get("name")) or text(call.body.get("category"))
        named = named or text(call.part("properties").get("name"))
        return plain(named) or named if named else call.kind
    if call.kind == "track":
        return plain(call.event) or call.event or None
    return plain(call.event) or call.event or call.kind


def _library(call: Call) -> str:
    return text(at_path(call.part("context"), "library.name")) or ""


def _first(properties: dict[str, Any], paths: Sequence[str]) -> tuple[str, str | None]:
    for path in paths:
        value = text(at_path(properties, path))
        if value is not None:
            return path, value
    return "", None


def _kept(call: Call, used: set[str]) -> dict[str, Any]:
    """What has no column of its own. Neither address nor device of the sender is kept; traits go to the customer."""
    kept = {name: value for name, value in call.part("properties").items() if name not in used}
    if call.event:
        kept.setdefault("event", call.event)
    if call.anonymous_id is not None:
        kept["anonymous_id"] = call.anonymous_id
    page = call.part("context").get("page")
    if isinstance(page, dict):
        for name in _PAGE:
            if page.get(name) is not None:
                kept.setdefault(name, page[name])
    for theirs, ours in (("groupId", "group_id"), ("previousId", "previous_id")):
        if call.body.get(theirs) is not None:
            kept[ours] = call.body[theirs]
    return kept
