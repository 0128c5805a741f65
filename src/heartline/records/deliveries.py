"""Deliveries of webhooks that were dealt with, so that one that comes again changes nothing.

The rows of a delivery have ids of their own, so unlike those of other events the facts cannot tell that it was there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, TextClause, bindparam, text

from heartline.records.store import Records

KEPT_DAYS = 90
"""How long a delivery is remembered; tools give up retrying after days."""
_AT_ONCE = 500


class Delivery(NamedTuple):
    """One delivery: its id, and where it holds the whole of an object, which object and how new (epoch seconds)."""

    message_id: str
    received_at: str
    object: str | None = None
    edition: float | None = None


def known(records: Records, ids: Collection[str]) -> set[str]:
    """Which of these deliveries were dealt with."""
    query = text("select message_id from delivery where message_id in :ids")
    return {row[0] for row in _several(records, query, "ids", ids)}


def newest(records: Records, objects: Collection[str]) -> dict[str, float]:
    """The newest edition that came of each of these objects."""
    query = text("select object, max(edition) from delivery where object in :objects group by object")
    return {row[0]: float(row[1]) for row in _several(records, query, "objects", objects) if row[1] is not None}


def keep(connection: Connection, deliveries: Iterable[Delivery], forget_before: str) -> None:
    """Remember deliveries inside an open transaction, and forget those that came before a moment (ISO 8601, UTC)."""
    rows = [one._asdict() for one in deliveries]
    if rows:
        connection.execute(
            text(
                "insert into delivery (message_id, received_at, object, edition) "
                "values (:message_id, :received_at, :object, :edition) on conflict (message_id) do nothing"
            ),
            rows,
        )
        connection.execute(text("delete from delivery where received_at < :before"), {"before": forget_before})


def _several(records: Records, query: TextClause, name: str, values: Collection[str]) -> Iterator[Any]:
    wanted = sorted(set(values))
    with records.reading() as connection:
        for at in range(0, len(wanted), _AT_ONCE):
            asked = query.bindparams(bindparam(name, expanding=True))
            yield from connection.execute(asked, {name: wanted[at : at + _AT_ONCE]})
