"""The answer of a database as a source: typed columns, batch by batch, from a cursor on."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection

from heartline.errors import SourceError
from heartline.feeds.columns import column_of
from heartline.feeds.cursor import Highest, Overlap, begin_at, kept, shown
from heartline.feeds.cursor import read as read_cursor
from heartline.feeds.database import asked
from heartline.feeds.statement import Statement, Wrapped, checked
from heartline.sources.raw import RawBatch

FETCH = 1000
"""Rows that the driver fetches at once."""
BATCH_ROWS = 20_000
BATCH_CHARACTERS = 16 << 20


class QuerySource:
    """One query under way. ``connection`` stays open until it has been read, and is closed by who opened it.

    since: how far it was read before, as the records keep it; None reads everything. Raises SourceError for a query
    that is refused, a cursor that is not among its columns, and (while it is read) one that cannot tell what is new.
    """

    def __init__(
        self, connection: Connection, name: str, sql: str, cursor: str = "", since: dict[str, str] | None = None,
        overlap: Overlap | None = None,
    ) -> None:  # fmt: skip
        self.name = name
        self.notes: list[str] = []
        self.total_bytes = self.done_bytes = 0
        self._connection = connection
        self._before = since
        self._wrapped = Wrapped(checked(sql), connection.dialect.paramstyle)
        self._all = self._names()
        self.columns = self._all
        self._hidden = ""
        self._place = self._found(cursor) if cursor else -1
        self.highest = Highest(cursor) if cursor else None
        self._since = begin_at(read_cursor(since), overlap) if since and cursor else None

    def hide_cursor(self) -> None:
        """Leave the cursor out of the rows: where it only tells what is new, it says nothing of a row."""
        if self._place >= 0:
            self._hidden = self._all[self._place]
            self.columns = [name for name in self._all if name != self._hidden]

    def place(self) -> dict[str, str] | None:
        """How far it has been read, to be kept; None where there is no cursor or no row has told one."""
        highest = self.highest
        return None if highest is None or highest.value is None else kept(highest.value)

    def outlook(self) -> tuple[int, str]:
        """How many rows would be read, and the highest cursor in words; reads none."""
        statement = self._wrapped.summary(self._quoted, self._since)
        with asked(self._connection.engine.url):
            count, highest = self._execute(statement).one()
        return int(count), "" if highest is None else shown(kept(highest))

    def batches(self) -> Iterator[RawBatch]:
        """Rows in the order of the cursor; a row's line is its number in the answer, from 1."""
        done = 0
        for rows in self._portions():
            values = list(zip(*rows, strict=True))
            if self.highest is not None:
                self.highest.take(values[self._place])
            columns = {
                name: column_of(column) for name, column in zip(self._all, values, strict=True) if name != self._hidden
            }
            yield RawBatch(columns, np.arange(done + 1, done + len(rows) + 1, dtype=np.int64))
            done += len(rows)
        self._finish(done)

    def close(self) -> None:
        """The connection is closed by who opened it."""

    def _finish(self, done: int) -> None:
        highest = self.highest
        if highest is None:
            return
        if highest.missing:
            self.notes.append(f"rows without a cursor, which are read each time ({highest.missing})")
        if highest.ahead:
            self.notes.append(f"rows whose cursor lies in the future, which are read until then ({highest.ahead})")
        if self._since is not None and done == highest.missing:
            self._look_back()

    def _look_back(self) -> None:
        """Not even the row that told the cursor is there: either rows were deleted, or the data begin anew."""
        statement = self._wrapped.summary(self._quoted, self._since)
        with asked(self._connection.engine.url):
            count, highest = self._execute(statement).one()
        if count > (self.highest.missing if self.highest else 0):
            return  # written since
        if highest is not None:
            now = shown(kept(highest))
            raise SourceError(
                f"the cursor went backwards: it was read up to {shown(self._before)}, and the highest is now {now}",
                "values that grow", "look whether rows were deleted or the table made anew, then read everything once "
                "with --full: what is known already changes nothing",
            )  # fmt: skip
        self.notes.append("the query gives no rows")

    def _portions(self) -> Iterator[Sequence[Any]]:
        statement = self._wrapped.rows(self._quoted, self._since)
        options = {"stream_results": True, "yield_per": FETCH}
        with asked(self._connection.engine.url):
            held: list[Any] = []
            size = 0
            for rows in self._execute(statement, options).partitions():
                held += rows
                size += sum(len(value) for row in rows for value in row if isinstance(value, str | bytes))
                if len(held) >= BATCH_ROWS or size >= BATCH_CHARACTERS:
                    yield held
                    held, size = [], 0
            if held:
                yield held

    def _execute(self, statement: Statement, options: dict[str, Any] | None = None) -> Any:
        return self._connection.exec_driver_sql(statement.sql, statement.parameters, execution_options=options)

    @property
    def _quoted(self) -> str:
        return self._connection.dialect.identifier_preparer.quote(self._all[self._place]) if self._place >= 0 else ""

    def _names(self) -> list[str]:
        with asked(self._connection.engine.url):
            names = list(map(str, self._execute(self._wrapped.nothing()).keys()))
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise SourceError(
                f"the query gives several columns named {', '.join(twice)}", "each name once", "name them with `as`"
            )
        return names

    def _found(self, cursor: str) -> int:
        for names, wanted in ((self._all, cursor), ([name.lower() for name in self._all], cursor.lower())):
            if names.count(wanted) == 1:
                return names.index(wanted)
        close = difflib.get_close_matches(cursor, self._all, 1, 0.5)
        raise SourceError(
            f"the query has no column {cursor}, which is to be the cursor; found: {', '.join(self._all)}",
            "a column of the query's result",
            f"did you mean {close[0]}?" if close else "add the column to the query, or name another one",
        )
