"""Who is who: cookies and aliases as identity rows, and what ``identify`` tells added to what is known of a customer.

Traits are put together with what is stored, since a row replaces the row of its key: an identify that tells the plan
must not lose the name. A cookie has a row for everybody who was met with it; who of them are one person is said later,
by heartline.identity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from heartline.live.call import Call, moment, text
from heartline.live.rows import Row
from heartline.sources.consent_words import CONSENT_AT, CONSENT_COLUMNS

COOKIE, ALIAS = "cookie", "alias"

Key = tuple[str, str]
"""Kind and value of an identifier."""

SAID = (*CONSENT_COLUMNS, CONSENT_AT, "objections")
"""Traits that say what the customer agrees to. What was said before is put together with them at the load."""
_OWN = ("name", "email", "phone", *SAID)
_NOT_TRAITS = {*_OWN, "firstName", "lastName", "first_name", "last_name", "createdAt", "created_at"}


def identifiers(call: Call) -> list[Key]:
    """Identifiers that the call ties to its customer."""
    found = [] if call.anonymous_id is None else [(COOKIE, call.anonymous_id)]
    previous = text(call.body.get("previousId"))
    if call.kind == "alias" and previous is not None and call.user_id is not None:
        found.append((ALIAS, previous))
    return found


def link(call: Call, key: Key) -> Row | None:
    """The identity row that the call makes of a key; None where it says nothing new of its customer."""
    customer = call.customer_id
    if customer is None or (key[0] == ALIAS and key[1] == customer):
        return None
    rule = ALIAS if key[0] == ALIAS else "given" if call.user_id is None else "same_call"
    return {
        "customer_id": customer, "kind": key[0], "value": key[1], "seen_at": call.occurred_at, "matched_by": rule,
        "reversible": "true", "known_at": call.received_at,
    }  # fmt: skip


def told(call: Call, before: Mapping[str, Any] | None) -> Row | None:
    """The customer's row after an identify, over what was known ``before`` (its columns as strings); else None.

    A trait that is null is forgotten, one that is not told stays; what was said of consent is never forgotten so.
    """
    customer = call.customer_id
    if call.kind != "identify" or customer is None:
        return None
    traits = call.part("traits") or call.part("context").get("traits") or {}
    if not isinstance(traits, dict):
        traits = {}
    row: Row = dict(before or {})
    kept: dict[str, Any] = msgspec.json.decode(row.get("traits") or "{}")
    for name, value in traits.items():
        if name in _OWN:
            row[name] = text(value)
        elif name not in _NOT_TRAITS:
            kept[name] = value
            if value is None:
                del kept[name]
    if "name" not in traits and (named := _full_name(traits)):
        row["name"] = named
    row["traits"] = msgspec.json.encode(kept).decode() if kept else None
    row["customer_id"] = customer
    row["first_seen_at"] = _earlier(row.get("first_seen_at"), traits, call)
    row["known_at"] = row.get("known_at") or call.received_at
    return row


def _full_name(traits: dict[str, Any]) -> str | None:
    parts = [text(traits.get(f"{which}Name")) or text(traits.get(f"{which}_name")) for which in ("first", "last")]
    return " ".join(part for part in parts if part) or None


def _earlier(before: str | None, traits: dict[str, Any], call: Call) -> str:
    """The earliest moment that is told and can be read; the call's own word where none can."""
    created = text(traits.get("createdAt")) or text(traits.get("created_at"))
    moments = [at for at in map(moment, (before, created, call.occurred_at)) if at is not None]
    return min(moments).isoformat(timespec="microseconds") if moments else call.occurred_at
