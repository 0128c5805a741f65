"""The inbox: what was acknowledged over HTTP, exactly as it came, until it is in the facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, text

from heartline.records.store import Records

_COLUMNS = "message_id, door, sender, received_at, sent_at, body"


class Arrival(NamedTuple):
    """One event or row as it came.

    message_id: the sender's id, that makes a second arrival none; None for rows, whose own key does that later
    door: how it came and what it is, e.g. ``call``, ``call/track``, ``cloud_event``, ``row/purchase``
    sender: name of the write key; received_at: ISO 8601, UTC; sent_at: as the sender wrote it; body: JSON
    """

    message_id: str | None
    door: str
    sender: str
    received_at: str
    sent_at: str | None
    body: bytes


class Waiting(NamedTuple):
    """An arrival with its running number, from 1, never used twice."""

    seq: int
    arrival: Arrival


def add(connection: Connection, arrivals: Sequence[Arrival]) -> None:
    """Keep arrivals inside an open transaction; one whose id is here already changes nothing."""
    if arrivals:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        connection.exec_driver_sql(
            f"insert into inbox ({_COLUMNS}) values ({', '.join([mark] * 6)}) on conflict (message_id) do nothing",
            list(arrivals),
        )


def waiting(records: Records, most: int, most_bytes: int) -> list[Waiting]:
    """The oldest arrivals in their order, at most so many, and no more once so many bytes are read."""
    found: list[Waiting] = []
    size = 0
    with records.reading() as connection:
        query = text(f"select seq, {_COLUMNS} from inbox order by seq limit :most")
        with connection.execution_options(yield_per=1000).execute(query, {"most": most}) as rows:
            for seq, message_id, door, sender, received_at, sent_at, kept in rows:
                body = bytes(kept)
                found.append(Waiting(seq, Arrival(message_id, door, sender, received_at, sent_at, body)))
                size += len(body)
                if size >= most_bytes:
                    break
    return found


def take_away(connection: Connection, numbers: Iterable[int]) -> None:
    """Forget arrivals inside the transaction that makes them facts."""
    gone = [{"seq": number} for number in numbers]
    if gone:
        connection.execute(text("delete from inbox where seq = :seq"), gone)


def reach(connection: Connection) -> int:
    """How many arrivals wait at most: from the first to the last number, read off the index without counting."""
    query = "select coalesce((select max(seq) from inbox) - (select min(seq) from inbox) + 1, 0)"
    return int(connection.execute(text(query)).scalar_one())


def count(records: Records) -> int:
    """How many arrivals wait."""
    with records.reading() as connection:
        return int(connection.execute(text("select count(*) from inbox")).scalar_one())
