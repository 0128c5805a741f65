"""Feeds: what is read again and again, how far it was read, and how its last run ended.

How far is written in the transaction that makes the rows live: neither can be ahead of the other. Addresses are kept
without passwords.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from heartline.records.store import Records, now

OK, FAILED, RUNNING = "ok", "failed", "running"
LOADED, SAME = "loaded", "renamed"


@dataclass(frozen=True)
class FeedRow:
    """One feed. Times are ISO 8601 in UTC, None before the first run.

    definition: what is read and what becomes of it; cursor: how far a query was read, as its kind and value
    status: ok, failed, running (or cut off); fault: why it failed; failures: how many in a row; rows: read so far
    """

    name: str
    kind: str
    definition: dict[str, Any]
    cursor: dict[str, str] | None
    added_at: str
    started_at: str | None
    ended_at: str | None
    status: str
    fault: str
    failures: int
    runs: int
    rows: int


@dataclass(frozen=True)
class FileRow:
    """One file of a folder: its name below the folder, its stamp (size and times on disk), the hash of its content.

    status: loaded, renamed (loaded before under another name), failed, with the reason
    """

    name: str
    stamp: str
    digest: str
    status: str
    fault: str = ""


_COLUMNS = (
    "name, kind, definition, cursor_value, added_at, started_at, ended_at, status, fault, failures, runs, rows_read"
)


def every(records: Records) -> list[FeedRow]:
    """All feeds, by name."""
    with records.reading() as connection:
        return [_feed(row) for row in connection.execute(text(f"select {_COLUMNS} from feed order by name"))]


def named(records: Records, name: str) -> FeedRow | None:
    """The feed of this name, or None."""
    with records.reading() as connection:
        row = connection.execute(text(f"select {_COLUMNS} from feed where name = :name"), {"name": name}).first()
        return None if row is None else _feed(row)


def write(records: Records, name: str, kind: str, definition: dict[str, Any], keep_place: bool = False) -> None:
    """Keep a feed; one of that name is replaced, and begins anew unless ``keep_place``."""
    values = {"name": name, "kind": kind, "definition": json.dumps(definition), "at": now()}
    with records.writing() as connection:
        found = connection.execute(text("select 1 from feed where name = :name"), values).first()
        if found is None:
            connection.execute(
                text(
                    "insert into feed (name, kind, definition, added_at, status, fault, failures, runs, rows_read) "
                    "values (:name, :kind, :definition, :at, '', '', 0, 0, 0)"
                ),
                values,
            )
            return
        connection.execute(text("update feed set kind = :kind, definition = :definition where name = :name"), values)
        if not keep_place:
            connection.execute(text("update feed set cursor_value = null where name = :name"), values)
            connection.execute(text("delete from feed_file where feed = :name"), values)


def remove(records: Records, name: str) -> bool:
    """Forget a feed and how far it was read; its rows stay. False where there is none."""
    with records.writing() as connection:
        connection.execute(text("delete from feed_file where feed = :name"), {"name": name})
        return bool(connection.execute(text("delete from feed where name = :name"), {"name": name}).rowcount)


def begin(records: Records, name: str) -> None:
    """A run begins."""
    with records.writing() as connection:
        connection.execute(
            text("update feed set started_at = :at, ended_at = null, status = :status, fault = '' where name = :name"),
            {"name": name, "at": now(), "status": RUNNING},
        )


def end(records: Records, name: str, rows: int, fault: str) -> None:
    """A run ended; ``fault`` says why it failed and is empty where it did not."""
    with records.writing() as connection:
        connection.execute(
            text(
                "update feed set ended_at = :at, status = :status, fault = :fault, runs = runs + 1, "
                "rows_read = rows_read + :rows, failures = case when :fault = '' then 0 else failures + 1 end "
                "where name = :name"
            ),
            {"name": name, "at": now(), "status": FAILED if fault else OK, "fault": fault, "rows": rows},
        )


def cursor(records: Records, name: str) -> dict[str, str] | None:
    """How far a query was read; None where it was not."""
    found = named(records, name)
    return None if found is None else found.cursor


def move_cursor(connection: Connection, name: str, value: dict[str, str]) -> None:
    """Keep how far a query was read, inside the transaction of the load that read it."""
    connection.execute(
        text("update feed set cursor_value = :value where name = :name"), {"name": name, "value": json.dumps(value)}
    )


def files(records: Records, name: str) -> dict[str, FileRow]:
    """Files of a folder that were looked at, by name."""
    query = text("select name, stamp, digest, status, fault from feed_file where feed = :feed order by name")
    with records.reading() as connection:
        return {row[0]: FileRow(*row) for row in connection.execute(query, {"feed": name})}


def keep_file(connection: Connection, feed: str, file: FileRow) -> None:
    """Keep what became of a file, inside the transaction of its load where it was loaded."""
    values = {"feed": feed, "name": file.name, "stamp": file.stamp, "digest": file.digest, "status": file.status,
              "fault": file.fault, "at": now()}  # fmt: skip
    connection.execute(
        text(
            "insert into feed_file (feed, name, stamp, digest, status, fault, looked_at) values (:feed, :name, :stamp, "
            ":digest, :status, :fault, :at) on conflict (feed, name) do update set stamp = excluded.stamp, "
            "digest = excluded.digest, status = excluded.status, fault = excluded.fault, looked_at = excluded.looked_at"
        ),
        values,
    )


def _feed(row: Any) -> FeedRow:
    held = list(row)
    held[2] = json.loads(held[2])
    held[3] = None if held[3] is None else json.loads(held[3])
    return FeedRow(*held)
