"""Which write key a request has, or which webhook it is; the lists are looked up again every other second."""

from __future__ import annotations

import base64
import binascii
import time

from heartline.records import keys, webhooks
from heartline.records.keys import WriteKey
from heartline.records.store import Records
from heartline.records.webhooks import Webhook

FRESH_S = 2.0
"""How long a key that was just revoked may still be taken."""


class Keyring:
    """Knows the keys of a workspace."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._keys: list[WriteKey] = []
        self._webhooks: list[Webhook] = []
        self._read_at = float("-inf")

    def stale(self) -> bool:
        """Whether the list has to be read again."""
        return time.monotonic() - self._read_at > FRESH_S

    def read(self) -> None:
        """Read the lists."""
        self._keys, self._webhooks = keys.every(self._records), webhooks.every(self._records)
        self._read_at = time.monotonic()

    def owner(self, given: str) -> str | None:
        """Name of the key, or None."""
        return keys.owner(self._keys, given)

    def webhook(self, tool: str, place: str) -> Webhook | None:
        """The webhook at an address, or None."""
        return webhooks.found(self._webhooks, tool, place)


def key_of(authorization: str) -> str | None:
    """The key in an Authorization header: the user of Basic, as Segment's clients send it, or a Bearer."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip() or None
    if scheme.lower() != "basic":
        return None
    try:
        user = base64.b64decode(value.strip(), validate=True).decode("utf-8", "replace").partition(":")[0]
    except (binascii.Error, ValueError):
        return None
    return user or None
