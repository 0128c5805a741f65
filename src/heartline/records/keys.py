"""Write keys: who may send rows. A key is shown once, when it is made; only its hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from heartline.errors import AccessError
from heartline.records.store import Records, now

PREFIX = "hlw_"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True)
class WriteKey:
    """One key: its name, the SHA-256 (hex) of the key itself, and when it was made and revoked (ISO 8601, UTC)."""

    name: str
    key_hash: str
    created_at: str
    revoked_at: str | None = None


def create(records: Records, name: str) -> str:
    """Make a key and give it, for the only time. AccessError for a name that is taken or cannot be one."""
    key = PREFIX + secrets.token_urlsafe(32)
    with records.writing() as connection:
        free_name(connection, name)
        connection.execute(
            text("insert into write_key (name, key_hash, created_at) values (:name, :hash, :at)"),
            {"name": name, "hash": hash_of(key), "at": now()},
        )
    return key


def free_name(connection: Connection, name: str) -> None:
    """AccessError where this cannot be the name of a new key or webhook: the two share their names."""
    if not _NAME.fullmatch(name):
        raise AccessError(
            f"{name!r} is no name of a key", "letters, digits, dots, hyphens and underscores, at most 64", "e.g. shop"
        )
    used = " union all ".join(
        f"select 1 from {of} where name = :name and revoked_at is null" for of in ("write_key", "webhook")
    )
    if connection.execute(text(used), {"name": name}).first():
        raise AccessError(
            f"there is a key {name} already", "another name", f"heartline key revoke {name}, or choose another"
        )


def every(records: Records) -> list[WriteKey]:
    """All keys, also those revoked, in the order they were made."""
    with records.reading() as connection:
        found = connection.execute(text("select name, key_hash, created_at, revoked_at from write_key order by key_id"))
        return [WriteKey(*row) for row in found]


def revoke(records: Records, name: str) -> None:
    """From now on nothing is taken with this key; what came before stays. AccessError where there is none."""
    with records.writing() as connection:
        done = connection.execute(
            text("update write_key set revoked_at = :at where name = :name and revoked_at is null"),
            {"name": name, "at": now()},
        )
        if not done.rowcount:
            raise AccessError(f"there is no key {name} in use", "a name of the list", "heartline key list")


def hash_of(key: str) -> str:
    """SHA-256 (hex). A key holds 256 random bits, so that no slow hash is needed against guessing."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def owner(keys: Sequence[WriteKey], given: str) -> str | None:
    """Name of the key that was given, or None; takes as long whichever key it is, or none."""
    hashed = hash_of(given)
    found = None
    for key in keys:
        if hmac.compare_digest(key.key_hash, hashed) and key.revoked_at is None:
            found = key.name
    return found
