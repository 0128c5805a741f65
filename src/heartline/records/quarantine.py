"""Rows that could not be loaded: kept as they were, with place and reason, until somebody mends them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, text

from heartline.records.store import Records, now

BATCH = 5000
SENT = "live/"
"""Begins the name of a source that is no file, but what was sent with a write key."""
ASKED = "query/"
"""Begins the name of a source that is no file, but the answer of a database."""


@dataclass(frozen=True)
class QuarantineRow:
    """One row set aside.

    ``line`` is the physical line of the file (for Parquet the row number), from 1. ``shape`` says what the value
    looks like without repeating a customer's words; ``raw`` is the row as it was read, for mending only.
    """

    table: str
    file: str
    line: int
    column: str
    shape: str
    reason: str
    expected: str
    raw: dict[str, Any]
    load_id: str = ""
    status: str = "open"
    quarantine_id: int = 0
    mended_by: str | None = None


def _row_hash(row: QuarantineRow) -> str:
    """The same line of the same file with the same content is the same row, however often it is loaded.

    What was sent over HTTP or came from a database has no line: the second time it has another number, and is the same
    row all the same.
    """
    place = 0 if row.file.startswith((SENT, ASKED)) else row.line
    body = json.dumps([row.table, row.file, place, row.raw], sort_keys=True, default=str)
    return hashlib.blake2b(body.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def add(connection: Connection, rows: Iterable[QuarantineRow], load_id: str) -> None:
    """Keep rows inside an open transaction; a row that is kept already stays as it is."""
    at = now()
    insert = text(
        "insert into quarantine_row (row_hash, load_id, table_name, file, line, column_name, shape, reason, expected, "
        "raw, status, created_at) values (:row_hash, :load_id, :table, :file, :line, :column, :shape, :reason, "
        ":expected, :raw, 'open', :at) on conflict (row_hash) do nothing"
    )
    stream = iter(rows)
    while batch := list(islice(stream, BATCH)):
        connection.execute(
            insert,
            [
                {
                    "row_hash": _row_hash(row), "load_id": load_id, "table": row.table, "file": row.file,
                    "line": row.line, "column": row.column, "shape": row.shape, "reason": row.reason,
                    "expected": row.expected, "raw": json.dumps(row.raw, default=str), "at": at,
                }
                for row in batch
            ],
        )  # fmt: skip


def settle(connection: Connection, mended: Iterable[int], load_id: str) -> None:
    """Mark rows as mended by a load."""
    values = [{"id": number, "load_id": load_id} for number in mended]
    if values:
        connection.execute(
            text("update quarantine_row set status = 'mended', mended_by = :load_id where quarantine_id = :id"), values
        )


def revise(connection: Connection, rows: Iterable[tuple[int, QuarantineRow]]) -> None:
    """Give rows that failed again their new reason; the row stays open and keeps its place of origin."""
    values = [
        {"id": number, "column": row.column, "shape": row.shape, "reason": row.reason, "expected": row.expected,
         "raw": json.dumps(row.raw, default=str)}
        for number, row in rows
    ]  # fmt: skip
    if values:
        connection.execute(
            text(
                "update quarantine_row set column_name = :column, shape = :shape, reason = :reason, "
                "expected = :expected, raw = :raw where quarantine_id = :id and status = 'open'"
            ),
            values,
        )


def rows(
    records: Records, table: str | None = None, load_id: str | None = None, status: str | None = "open",
    limit: int | None = None, offset: int = 0,
) -> Iterator[QuarantineRow]:  # fmt: skip
    """Rows set aside, in the order they came; of one table, load or status, or of all (None)."""
    where, values = _where(table, load_id, status)
    query = (
        "select table_name, file, line, column_name, shape, reason, expected, raw, load_id, status, quarantine_id, "
        f"mended_by from quarantine_row {where} and quarantine_id > :after order by quarantine_id limit :page"
    )
    after, left, skip = 0, limit, offset
    while left is None or left > 0:
        # pages, so that no long read holds the database while rows are being mended
        with records.reading() as connection:
            page = connection.execute(text(query), values | {"after": after, "page": BATCH}).all()
        for row in page:
            after = row.quarantine_id
            if skip > 0:
                skip -= 1
                continue
            if left is not None:
                if left <= 0:
                    return
                left -= 1
            body = list(row)
            body[7] = json.loads(body[7])
            yield QuarantineRow(*body)
        if len(page) < BATCH:
            return


def count(records: Records, table: str | None = None, load_id: str | None = None, status: str | None = "open") -> int:
    """How many rows are set aside."""
    where, values = _where(table, load_id, status)
    with records.reading() as connection:
        return int(connection.execute(text(f"select count(*) from quarantine_row {where}"), values).scalar_one())


def _where(table: str | None, load_id: str | None, status: str | None) -> tuple[str, dict[str, Any]]:
    given = {"table_name": table, "load_id": load_id, "status": status}
    chosen = {name: value for name, value in given.items() if value is not None}
    return "where 1 = 1" + "".join(f" and {name} = :{name}" for name in chosen), chosen
