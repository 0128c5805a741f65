"""Ids of customers: made from the id of a member, so that the same member always gives the same one.

A customer is called by its founding member, the one who was known first. Every member has an id of its own, so an id
that a merge made void still says whose it was, without a table of former ids.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

ANONYMOUS = "anon:"
"""Begins the id of a member who is known by a cookie only (heartline.live)."""

_SALT, _LETTERS = "heartline customer ", 20
"""80 bits: two of ten million members share an id with a probability of 0.00000004."""


def own_id(member_id: str) -> str:
    """The customer id of a member who is alone, or the founder: ``p`` and 20 hexadecimal digits."""
    return "p" + hashlib.md5((_SALT + member_id).encode(), usedforsecurity=False).hexdigest()[:_LETTERS]


def own_ids(member_ids: Iterable[str]) -> list[str]:
    """``own_id`` of each."""
    salt = hashlib.md5(_SALT.encode(), usedforsecurity=False)
    found = []
    for member_id in member_ids:
        hashed = salt.copy()
        hashed.update(member_id.encode())
        found.append("p" + hashed.hexdigest()[:_LETTERS])
    return found


def own_id_sql(member_id: str) -> str:
    """The same as SQL on a NOT NULL expression."""
    return f"'p' || substr(md5('{_SALT}' || {member_id}), 1, {_LETTERS})"


def alias_hashes(member_ids: Iterable[str]) -> list[tuple[str, str]]:
    """Hashes by which an alias may name each member: its id, and of a visitor also that of the cookie."""
    return [
        (member_id, hashlib.sha256(name.encode()).hexdigest())
        for member_id in member_ids
        for name in {member_id, member_id.removeprefix(ANONYMOUS)}
    ]
