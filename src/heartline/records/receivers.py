"""Receivers: where notices go, and how each of them does at the moment.

A secret must be read to sign with, and the address of a Slack channel is a secret itself. Both stand in the records
database, whose file is made readable by its owner only; they are never printed, and gone once a receiver is removed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from heartline.errors import NoticeError
from heartline.records.store import Records

KINDS = ("webhook", "slack", "mail")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True)
class Receiver:
    """One receiver.

    kind: webhook, slack or mail; address: URL or e-mail address; topics: empty for all; definition: ``names`` (whether
    the customer's name is told), ``teams`` (of whom alone it is told; none for all), ``digest`` (HH:MM at which a day's
    notices go together) with its ``zone``; status: on, or off since it said that it is gone; fault: what went wrong
    last; failures: tries in a row that failed; rests_until: not to be tried before; times ISO 8601, UTC
    """

    receiver_id: int
    name: str
    kind: str
    topics: tuple[str, ...]
    definition: Mapping[str, Any]
    status: str
    fault: str
    failures: int
    rests_until: str | None
    created_at: str
    address: str = field(repr=False)
    secret: str | None = field(repr=False)

    @property
    def names(self) -> bool:
        """Whether it is told the customer's name."""
        return bool(self.definition.get("names"))

    @property
    def digest(self) -> bool:
        """Whether the notices of a day go together."""
        return bool(self.definition.get("digest"))

    def wants(self, topic: str, team: object) -> bool:
        """Whether it is told of a topic; a notice of no team goes to the receivers of every team."""
        teams = self.definition.get("teams") or ()
        return topic in (self.topics or (topic,)) and (not teams or team is None or team in teams)


def utc(moment: datetime | None) -> datetime:
    """A moment (None: now) in UTC; one without a zone is taken to be in UTC."""
    known = moment or datetime.now(UTC)
    return known.replace(tzinfo=UTC) if known.tzinfo is None else known.astimezone(UTC)


def written(moment: datetime | None) -> str:
    """A moment (None: now) as the records keep it: ISO 8601 in UTC with microseconds, so that text sorts like time."""
    return utc(moment).isoformat(timespec="microseconds")


def create(
    records: Records, name: str, kind: str, address: str, topics: tuple[str, ...], definition: Mapping[str, Any],
    secret: str | None = None,
) -> Receiver:  # fmt: skip
    """Keep a new receiver; it is told of what happens from now on. NoticeError for a name that is none, or taken."""
    if not _NAME.fullmatch(name):
        raise NoticeError(
            f"{name!r} is no name of a receiver", "letters, digits, dots, hyphens and underscores, at most 64",
            "e.g. support-desk",
        )  # fmt: skip
    records.keep_private()
    values = {
        "name": name, "kind": kind, "address": address, "secret": secret, "definition": json.dumps(dict(definition)),
        "topics": " ".join(topics), "at": written(None),
    }  # fmt: skip
    with records.writing() as connection:
        if _live(connection, name):
            raise NoticeError(
                f"there is a receiver {name} already", "another name", f"choose one, or heartline notify remove {name}"
            )
        connection.execute(
            text(
                "insert into receiver (name, kind, address, secret, definition, topics, status, fault, failures, "
                "created_at) values (:name, :kind, :address, :secret, :definition, :topics, 'on', '', 0, :at)"
            ),
            values,
        )
        return _receiver(_live(connection, name)[0])


def every(records: Records) -> list[Receiver]:
    """All receivers that are not removed, in the order they were added."""
    with records.reading() as connection:
        return in_use(connection)


def in_use(connection: Connection) -> list[Receiver]:
    """The same, inside an open transaction."""
    found = connection.execute(text("select * from receiver where removed_at is null order by receiver_id"))
    return [_receiver(row) for row in found.mappings()]


def named(records: Records, name: str) -> Receiver:
    """One receiver; NoticeError where there is none of that name."""
    with records.reading() as connection:
        found = _live(connection, name)
    if not found:
        raise _unknown(name)
    return _receiver(found[0])


def numbered(connection: Connection, receiver_id: int) -> Receiver:
    """One receiver by its id, which must be there, inside an open transaction."""
    found = connection.execute(text("select * from receiver where receiver_id = :id"), {"id": receiver_id})
    return _receiver(found.mappings().one())


def remove(records: Records, name: str) -> int:
    """Take a receiver away, and what still waits for it; its address and secret are forgotten. Gives how many waited.

    NoticeError where there is none.
    """
    with records.writing() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("pragma secure_delete = on")
        found = _live(connection, name)
        if not found:
            raise _unknown(name)
        values = {"id": found[0]["receiver_id"], "at": written(None)}
        connection.execute(
            text(
                "update receiver set removed_at = :at, address = '', secret = null, leased_by = null "
                "where receiver_id = :id"
            ),
            values,
        )
        done = connection.execute(
            text(
                "update notice set status = 'withdrawn', ended_at = :at, fault = 'the receiver was removed' "
                "where receiver_id = :id and status in ('waiting', 'dead')"
            ),
            values,
        )
        return int(done.rowcount)


def switch(records: Records, name: str, on: bool) -> None:
    """Let notices go to a receiver again, or hold them back until then. NoticeError where there is none."""
    with records.writing() as connection:
        done = connection.execute(
            text(
                "update receiver set status = :status, fault = :fault, failures = 0, rests_until = null "
                "where name = :name and removed_at is null"
            ),
            {"name": name, "status": "on" if on else "off", "fault": "" if on else "switched off by hand"},
        )
        if not done.rowcount:
            raise _unknown(name)
        if on:  # what waits for a later try goes at once
            connection.execute(
                text(
                    "update notice set next_at = :now where status = 'waiting' and tries > 0 and next_at > :now and "
                    "receiver_id in (select receiver_id from receiver where name = :name and removed_at is null)"
                ),
                {"name": name, "now": written(None)},
            )


def lease(connection: Connection, receiver_id: int, sender: str, now: datetime, until: datetime) -> bool:
    """Let one sender alone send to a receiver until a moment, inside an open transaction that writes.

    False where another one does, where the receiver is off or removed, or where it rests. A sender may ask again.
    """
    done = connection.execute(
        text(
            "update receiver set leased_by = :sender, leased_until = :until where receiver_id = :id "
            "and removed_at is null and status = 'on' and (rests_until is null or rests_until <= :now) "
            "and (leased_by is null or leased_by = :sender or leased_until <= :now)"
        ),
        {"id": receiver_id, "sender": sender, "now": written(now), "until": written(until)},
    )
    return bool(done.rowcount)


def give_back(connection: Connection, receiver_id: int, sender: str) -> None:
    """End a lease before its time, where it is still the sender's."""
    connection.execute(
        text(
            "update receiver set leased_by = null, leased_until = null where receiver_id = :id and leased_by = :sender"
        ),
        {"id": receiver_id, "sender": sender},
    )


def answered(connection: Connection, receiver_id: int, fault: str, rests_until: datetime | None, off: bool) -> None:
    """Note how a receiver did at the last try: no fault means that it took something, and all is well again."""
    connection.execute(
        text(
            "update receiver set fault = :fault, failures = case when :fault = '' then 0 else failures + 1 end, "
            "rests_until = :until, status = case when :off = 1 then 'off' else status end where receiver_id = :id"
        ),
        {
            "id": receiver_id, "fault": fault, "off": int(off),
            "until": None if rests_until is None else written(rests_until),
        },
    )  # fmt: skip


def _live(connection: Connection, name: str) -> list[RowMapping]:
    found = connection.execute(text("select * from receiver where name = :name and removed_at is null"), {"name": name})
    return list(found.mappings())


def _unknown(name: str) -> NoticeError:
    return NoticeError(f"there is no receiver {name}", "a name of the list", "heartline notify list")


def _receiver(row: RowMapping) -> Receiver:
    return Receiver(
        row["receiver_id"], row["name"], row["kind"], tuple(row["topics"].split()), json.loads(row["definition"]),
        row["status"], row["fault"], row["failures"], row["rests_until"], row["created_at"], row["address"],
        row["secret"],
    )  # fmt: skip
