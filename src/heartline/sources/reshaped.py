"""A source seen through something that changes its rows: columns renamed, added, or rows made into others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from heartline.sources.raw import BadRow, Lines, RawBatch, Source


class Reshape(Protocol):
    """What makes other rows out of raw rows, batch by batch."""

    def columns(self, found: Sequence[str]) -> list[str]:
        """Columns of the rows that it makes, given those of the file."""
        ...

    def batch(self, raw: RawBatch) -> RawBatch:
        """Rows out of rows, each with the line it comes from; broken rows are handed on."""
        ...

    def finish(self) -> RawBatch | None:
        """Rows that were held back until the end."""
        ...


class Reshaped:
    """A source whose rows go through a ``Reshape``. ``header`` are the columns that the file itself has."""

    def __init__(self, source: Source, reshape: Reshape) -> None:
        self._source = source
        self._reshape = reshape
        self.name = source.name
        self.notes = source.notes
        self.total_bytes = source.total_bytes
        self.header = list(getattr(source, "header", source.columns))
        self.columns = reshape.columns(source.columns)

    @property
    def done_bytes(self) -> int:
        """How far the file has been read."""
        return self._source.done_bytes

    def batches(self) -> Iterator[RawBatch]:
        """Rows in the order of the file."""
        for raw in self._source.batches():
            yield self._reshape.batch(raw)
        rest = self._reshape.finish()
        if rest is not None:
            yield rest

    def close(self) -> None:
        """Close the file."""
        self._source.close()


class Renamed:
    """Gives columns the name that a mapping uses, and adds those that a file may lack, as blanks."""

    def __init__(self, also_named: Mapping[str, Sequence[str]], optional: Sequence[str], notes: list[str]) -> None:
        self._also_named = also_named
        self._optional = optional
        self._notes = notes
        self._names: dict[str, str] = {}
        self._added: list[str] = []

    def columns(self, found: Sequence[str]) -> list[str]:
        """The columns under their usual names, and the optional ones."""
        for name, others in self._also_named.items():
            if name not in found:
                other = next((one for one in others if one in found), None)
                if other is not None:
                    self._names[other] = name
        names = [self._names.get(name, name) for name in found]
        self._added = [name for name in self._optional if name not in names]
        if self._added:
            self._notes.append(f"not in this file, and left blank: {', '.join(self._added)}")
        return [*names, *self._added]

    def batch(self, raw: RawBatch) -> RawBatch:
        """The same rows."""
        columns = {self._names.get(name, name): column for name, column in raw.columns.items()}
        for name in self._added:
            columns.setdefault(name, pa.nulls(raw.rows, pa.string()))
        broken = [replace(row, raw={self._names.get(n, n): v for n, v in row.raw.items()}) for row in raw.broken]
        return RawBatch(columns, raw.lines, broken)

    def finish(self) -> None:
        """Nothing is held back."""


def with_columns(raw: RawBatch, made: Mapping[str, pa.Array]) -> RawBatch:
    """The batch with further columns."""
    return RawBatch({**raw.columns, **made}, raw.lines, raw.broken)


def batch_of(
    columns: Sequence[str], rows: Sequence[Mapping[str, Any]], lines: Sequence[int], broken: Sequence[BadRow] = ()
) -> RawBatch:
    """A batch out of rows as dictionaries of strings; what a row does not name is blank."""
    arrays = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in columns}
    places: Lines = np.array(lines, np.int64)
    return RawBatch(arrays, places, list(broken))
