"""Webhooks: which tool may push to which address, and how it proves that it is the tool.

A secret with which a tool signs has to be read for every delivery, so it cannot be kept as a hash: it stands in the
records database, whose file is made readable by its owner only. It is never printed, and gone once revoked. An address
that holds a key of its own, for tools that do not sign, is kept as a hash like a write key.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from heartline.records.keys import free_name, hash_of
from heartline.records.store import Records, now

PREFIX = "hlh_"
"""Begins the key in an address."""


@dataclass(frozen=True)
class Webhook:
    """One webhook: its name, the tool, when it was made and revoked (ISO 8601, UTC), deliveries loaded and left out.

    ``secret`` for a tool that signs, else ``key_hash`` (SHA-256, hex) of the key in its address; neither is shown.
    """

    name: str
    tool: str
    created_at: str
    revoked_at: str | None = None
    taken: int = 0
    ignored: int = 0
    secret: str | None = field(default=None, repr=False)
    key_hash: str | None = field(default=None, repr=False)


def create(records: Records, name: str, tool: str, secret: str | None) -> str:
    """Make a webhook, and give the last part of its address: its name where it signs with ``secret``, else a key that
    is given this once. AccessError for a name that is taken or cannot be one."""
    records.keep_private()
    place = name if secret else PREFIX + secrets.token_urlsafe(32)
    values = {
        "name": name, "tool": tool, "secret": secret or None, "hash": None if secret else hash_of(place), "at": now(),
    }  # fmt: skip
    with records.writing() as connection:
        free_name(connection, name)
        connection.execute(
            text(
                "insert into webhook (name, tool, secret, key_hash, created_at, taken, ignored) "
                "values (:name, :tool, :secret, :hash, :at, 0, 0)"
            ),
            values,
        )
    return place


def every(records: Records) -> list[Webhook]:
    """All webhooks, also those revoked, in the order they were made."""
    query = "select name, tool, created_at, revoked_at, taken, ignored, secret, key_hash from webhook order by hook_id"
    with records.reading() as connection:
        return [Webhook(*row) for row in connection.execute(text(query))]


def revoke(records: Records, name: str) -> bool:
    """From now on nothing is taken by this webhook, and its secret is forgotten; False where there is none."""
    with records.writing() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("pragma secure_delete = on")
        done = connection.execute(
            text("update webhook set revoked_at = :at, secret = null where name = :name and revoked_at is null"),
            {"name": name, "at": now()},
        )
        return bool(done.rowcount)


def found(webhooks: Sequence[Webhook], tool: str, place: str) -> Webhook | None:
    """The webhook of an address, or None; a key in it is compared with all, in the same time whichever it is."""
    mine = [one for one in webhooks if one.tool == tool and one.revoked_at is None]
    if not place.startswith(PREFIX):
        return next((one for one in mine if one.secret is not None and one.name == place), None)
    hashed = hash_of(place)
    fitting = [one for one in mine if hmac.compare_digest(one.key_hash or "", hashed)]
    return fitting[0] if fitting else None


def count(connection: Connection, taken: Mapping[str, int], ignored: Mapping[str, int]) -> None:
    """Add to the counts of webhooks, by name, inside an open transaction."""
    for column, numbers in (("taken", taken), ("ignored", ignored)):
        for name, more in numbers.items():
            connection.execute(
                text(f"update webhook set {column} = {column} + :more where name = :name and revoked_at is null"),
                {"more": more, "name": name},
            )
