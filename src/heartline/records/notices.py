"""The outbox: one row for each notice and receiver, kept until the receiver has taken it or it is given up.

A notice is added inside the transaction of what it tells of, so that there is never one without the other. It holds
ids and words of the house, never those of a customer, and no name: names are looked up when it is sent, and only for
receivers that are to be told them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, text

from heartline.errors import NoticeError
from heartline.records.receivers import Receiver, in_use, utc, written
from heartline.records.store import Records

TOPICS = (
    "case.opened", "case.due", "case.escalated", "case.acted", "case.closed", "promise.due", "brief", "walk.longer",
    "walk.due", "test",
)  # fmt: skip
"""What notices tell of."""
FIELDS = frozenset((
    "case_id", "customer_id", "play_id", "play", "playbook", "team", "to_team", "owner", "priority", "reasons",
    "status", "opened_at", "opened_by", "due_at", "snoozed_until", "escalated_at", "acted_at", "closed_at",
    "closed_how", "merged_into", "promise_id", "expectation", "as_of", "touchpoint", "stage", "title", "lines",
    "count", "period", "path", "files",
))  # fmt: skip
"""What the body of a notice may say. Nothing here is ever written by a customer; ``path`` is an address on the desk,
``files`` are names of files in the workspace's folder ``briefs``, which go with e-mails."""
MOST_BYTES = 16_384
STATUSES = ("waiting", "delivered", "dead", "withdrawn")

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Notice:
    """One notice to one receiver.

    notice_id: the same at every try, so that a receiver knows what it has had; told_as: what the teller calls it, once
    a receiver and topic; body: of ``FIELDS``; status: waiting, delivered, dead (given up) or withdrawn; tries: how
    often it was sent; ended_at: when it was taken or given up; fault: why the last try failed; times ISO 8601, UTC
    """

    seq: int
    notice_id: str
    receiver_id: int
    receiver: str
    topic: str
    told_as: str
    customer_id: str | None
    made_at: str
    body: Body
    status: str
    tries: int
    first_tried_at: str | None
    next_at: str
    ended_at: str | None
    fault: str


_SELECT = "select n.*, r.name as receiver from notice n join receiver r on r.receiver_id = n.receiver_id "


def add(connection: Connection, topic: str, body: Body, key: str, at: datetime | None = None) -> int:
    """Tell every receiver that wants it, inside the open transaction of what is told; gives how many notices were made.

    The same topic and key again makes none. ``body``: see ``FIELDS``; its ``team`` decides which receivers hear of it,
    its ``customer_id`` is kept so that a customer's notices can be forgotten. ``at``: when it was (default: now).
    For a receiver that is off notices are made as well; they wait until it is on again.
    NoticeError for an unknown topic, or a body that says what it may not.
    """
    check(topic, body)
    moment = utc(at)
    wanting = [one for one in in_use(connection) if one.wants(topic, body.get("team"))]
    return sum(put(connection, one, topic, body, key, moment) for one in wanting)


def put(connection: Connection, receiver: Receiver, topic: str, body: Body, key: str, moment: datetime) -> int:
    """Make the notice for one receiver; 0 where it has it already."""
    values = {
        "id": _identity(receiver, topic, key), "receiver": receiver.receiver_id, "topic": topic, "key": key,
        "customer": body.get("customer_id"), "at": written(moment), "next": written(_first_try(receiver, moment)),
        "body": json.dumps(dict(body), ensure_ascii=False, default=_plain),
    }  # fmt: skip
    done = connection.execute(
        text(
            "insert into notice (notice_id, receiver_id, topic, told_as, customer_id, made_at, body, status, tries, "
            "next_at, fault) values (:id, :receiver, :topic, :key, :customer, :at, :body, 'waiting', 0, :next, '') "
            "on conflict do nothing"
        ),
        values,
    )
    return int(done.rowcount)


def check(topic: str, body: Body) -> None:
    """NoticeError for an unknown topic, or a body that says what a notice may not."""
    if topic not in TOPICS:
        raise NoticeError(f"there is no topic {topic}", f"one of {', '.join(TOPICS)}", "see docs/how-to/notices.md")
    strange = sorted(set(body) - FIELDS)
    if strange:
        raise NoticeError(
            f"a notice of {topic} may not say {', '.join(strange)}", f"of {', '.join(sorted(FIELDS))}",
            "let the card on the desk show it",
        )  # fmt: skip
    if len(json.dumps(dict(body), ensure_ascii=False, default=_plain).encode()) > MOST_BYTES:
        raise NoticeError(f"a notice of {topic} is too long", f"at most {MOST_BYTES:,} bytes", "let the desk show it")


def due(connection: Connection, now: datetime) -> list[int]:
    """Ids of receivers that are on, do not rest, are not leased, and have a notice whose time has come."""
    found = connection.execute(
        text(
            "select distinct n.receiver_id from notice n join receiver r on r.receiver_id = n.receiver_id "
            "where n.status = 'waiting' and n.next_at <= :now and r.removed_at is null and r.status = 'on' "
            "and (r.rests_until is null or r.rests_until <= :now) "
            "and (r.leased_by is null or r.leased_until <= :now) order by n.receiver_id"
        ),
        {"now": written(now)},
    )
    return list(found.scalars())


def waiting(connection: Connection, receiver_id: int, now: datetime, limit: int) -> list[Notice]:
    """Notices of one receiver whose time has come, the oldest first."""
    where = "where n.receiver_id = :id and n.status = 'waiting' and n.next_at <= :now order by n.seq limit :limit"
    return _read(connection, where, {"id": receiver_id, "now": written(now), "limit": limit})


def delivered(connection: Connection, sequence: Sequence[int], at: datetime) -> None:
    """Note that these were taken."""
    connection.execute(
        text(
            "update notice set status = 'delivered', tries = tries + 1, ended_at = :at, fault = '', "
            "first_tried_at = coalesce(first_tried_at, :at) where seq = :seq"
        ),
        [{"seq": one, "at": written(at)} for one in sequence],
    )


def failed(connection: Connection, seq: int, fault: str, at: datetime, again_at: datetime | None) -> None:
    """Note that one was not taken, and when it is sent again; None gives it up: it goes to the dead letters."""
    connection.execute(
        text(
            "update notice set status = :status, tries = tries + 1, fault = :fault, next_at = :next, "
            "ended_at = :ended, first_tried_at = coalesce(first_tried_at, :at) where seq = :seq and status = 'waiting'"
        ),
        {
            "seq": seq, "fault": fault, "at": written(at), "status": "dead" if again_at is None else "waiting",
            "next": written(again_at or at), "ended": None if again_at else written(at),
        },
    )  # fmt: skip


def hasten(connection: Connection, receiver_id: int, now: datetime) -> None:
    """Let what waits for a later try go at once, since the receiver takes notices again. Digests keep their hour."""
    connection.execute(
        text(
            "update notice set next_at = :now where receiver_id = :id and status = 'waiting' and tries > 0 "
            "and next_at > :now"
        ),
        {"id": receiver_id, "now": written(now)},
    )


def replay(
    records: Records, ids: Sequence[str] = (), receiver: str = "", since: datetime | None = None,
    delivered_too: bool = False, now: datetime | None = None,
) -> int:  # fmt: skip
    """Send again what was given up (by id: whatever became of it), under the same ids; gives how many.

    ids: of these notices; receiver: of this one; since: made at this moment or later; all that is given must hold.
    delivered_too: also what the receiver has taken, for one that lost it.
    """
    conditions, values = ["removed_at is null"], {"now": written(now), "since": written(since) if since else ""}
    statuses = "('dead', 'delivered', 'waiting')" if ids else "('dead', 'delivered')" if delivered_too else "('dead')"
    if receiver:
        conditions.append("name = :receiver")
        values["receiver"] = receiver
    wanted = f"receiver_id in (select receiver_id from receiver where {' and '.join(conditions)})"
    update = (
        "update notice set status = 'waiting', tries = 0, first_tried_at = null, ended_at = null, next_at = :now "
        f"where status in {statuses} and made_at >= :since and {wanted}"
    )
    with records.writing() as connection:
        if not ids:
            return int(connection.execute(text(update), values).rowcount)
        one_by_one = text(f"{update} and notice_id = :id")
        return sum(connection.execute(one_by_one, {**values, "id": one}).rowcount for one in ids)


def listed(
    records: Records, status: str | None = None, receiver: str = "", limit: int = 100, ids: Sequence[str] = ()
) -> list[Notice]:
    """Notices, the newest first: of a status, of a receiver, or by id."""
    conditions: list[str] = ["1 = 1"]
    values: dict[str, Any] = {"limit": limit, "status": status, "receiver": receiver}
    conditions += ["n.status = :status"] * (status is not None) + ["r.name = :receiver"] * bool(receiver)
    if ids:
        values |= {f"id{place}": one for place, one in enumerate(ids)}
        conditions.append(f"n.notice_id in ({', '.join(f':id{place}' for place in range(len(ids)))})")
    with records.reading() as connection:
        return _read(connection, f"where {' and '.join(conditions)} order by n.seq desc limit :limit", values)


def counts(records: Records) -> dict[int, dict[str, int]]:
    """How many notices each receiver (by id) has of each status."""
    with records.reading() as connection:
        found = connection.execute(
            text("select receiver_id, status, count(*) from notice group by receiver_id, status")
        ).all()
    counted: dict[int, dict[str, int]] = {}
    for receiver_id, status, number in found:
        counted.setdefault(receiver_id, {})[status] = number
    return counted


def tidy(records: Records, before: datetime) -> int:
    """Remove notices that were delivered or withdrawn before a moment; gives how many. What was given up stays."""
    with records.writing() as connection:
        done = connection.execute(
            text("delete from notice where status in ('delivered', 'withdrawn') and ended_at < :before"),
            {"before": written(before)},
        )
        return int(done.rowcount)


def forget(connection: Connection, customer_id: str) -> int:
    """Remove every notice of a customer, inside an open transaction; gives how many."""
    done = connection.execute(text("delete from notice where customer_id = :id"), {"id": customer_id})
    return int(done.rowcount)


def _identity(receiver: Receiver, topic: str, key: str) -> str:
    """The same for the same notice even when the records come from a backup, and another one for every receiver."""
    parts = (str(receiver.receiver_id), receiver.name, receiver.created_at, topic, key)
    return "ntc_" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _first_try(receiver: Receiver, moment: datetime) -> datetime:
    """At once, or at the hour of the day at which a receiver gets its digest.

    The clock of facts may run ahead of ours, to the midnight to come; what is told on it is sent now all the same.
    """
    if not receiver.digest:
        return min(moment, utc(None))
    zone = ZoneInfo(receiver.definition.get("zone") or "UTC")
    hour, _, minute = str(receiver.definition["digest"]).partition(":")
    local = moment.astimezone(zone)
    sent = local.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    return sent if sent > local else sent + timedelta(days=1)


def _read(connection: Connection, where: str, values: Mapping[str, Any]) -> list[Notice]:
    return [_notice(row) for row in connection.execute(text(_SELECT + where), values).mappings()]


def _notice(row: RowMapping) -> Notice:
    kept = {name: row[name] for name in Notice.__dataclass_fields__}
    return Notice(**{**kept, "body": json.loads(row["body"])})


def _plain(value: object) -> str:
    return written(value) if isinstance(value, datetime) else str(value)
