"""JSON Lines: one object a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from heartline.errors import SourceError
from heartline.sources.file_bytes import FileBytes, lines_of
from heartline.sources.raw import BATCH_ROWS, BadRow, RawBatch

SAMPLE_LINES = 1000
SAMPLE_GROUPS = 4
MOST_CELLS = 4_000_000
"""Cells of a batch, blank ones among them."""


class JsonLines:
    """One JSON Lines file. Values come as strings (objects and lists as JSON); null and missing as NULL."""

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        self.name = path.name
        self._bytes = FileBytes(path, encoding)
        self.notes = self._bytes.notes
        self.total_bytes = self._bytes.total_bytes
        self._groups = lines_of(self._bytes)
        self._first: list[tuple[int, list[bytes]]] = []
        self._decoder = msgspec.json.Decoder()
        names: dict[str, None] = {}
        while not names and len(self._first) < SAMPLE_GROUPS and (group := next(self._groups, None)):
            self._first.append(group)
            for place, line in enumerate(group[1]):
                if names and place >= SAMPLE_LINES:
                    break
                row = self._row(line)
                if isinstance(row, dict):
                    names.update(dict.fromkeys(row))
        self.columns = list(names)
        if not names:
            self.close()
            raise SourceError(
                f"no line of {path.name} is a JSON object",
                'one object a line, e.g. {"customer_id": "c1", …}',
                "a single large JSON array has to be written as one object a line",
            )

    @property
    def done_bytes(self) -> int:
        """How far the file on disk has been read."""
        return self._bytes.done_bytes

    def close(self) -> None:
        """Close the file."""
        self._bytes.close()

    def batches(self) -> Iterator[RawBatch]:
        """Rows in the order of the file, each with its line."""
        try:
            for number, lines in chain(self._first, self._groups):
                yield from self._of(number, lines)
        finally:
            self.close()

    def _of(self, number: int, lines: list[bytes]) -> Iterator[RawBatch]:
        for start in range(0, len(lines), BATCH_ROWS):
            yield from self._batch(number + start, lines[start : start + BATCH_ROWS])

    def _batch(self, number: int, lines: list[bytes]) -> Iterator[RawBatch]:
        rows: list[dict[str, str | None]] = []
        places: list[int] = []
        broken: list[BadRow] = []
        for at, line in enumerate(lines, number):
            if not line.strip():
                continue
            row = self._row(line)
            if isinstance(row, dict):
                rows.append(row)
                places.append(at)
            else:
                text = line.decode("utf-8", "replace")
                broken.append(
                    BadRow(at, "(row)", f"line of {len(text)} characters", row, "one JSON object", {"_text": text})
                )
        yield from row_batches(dict.fromkeys(self.columns), rows, places, broken)

    def _row(self, line: bytes) -> dict[str, str | None] | str:
        try:
            value = self._decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return "the line is not valid JSON"
        except RecursionError:
            return "the line is nested without end"
        if not isinstance(value, dict):
            return "the line is JSON but no object"
        try:
            return {name: cell_of(cell) for name, cell in value.items()}
        except (ValueError, RecursionError):
            return "the line holds a number or a list that cannot be written"


def row_batches(
    columns: Mapping[str, None], rows: Sequence[Mapping[str, str | None]], lines: Sequence[int], broken: list[BadRow]
) -> Iterator[RawBatch]:
    """Rows with whatever names each has, as batches that are short where names are many: else rows that have names of
    their own would make as many cells as there are rows times rows."""
    start, more = 0, dict[str, None]()
    for at, row in enumerate(rows):
        fresh = [name for name in row if name not in columns and name not in more]
        if at > start and (at + 1 - start) * (len(columns) + len(more) + len(fresh)) > MOST_CELLS:
            yield _batch_of((*columns, *more), rows[start:at], lines[start:at], [])
            start, more = at, {}
            fresh = [name for name in row if name not in columns]
        more.update(dict.fromkeys(fresh))
    yield _batch_of((*columns, *more), rows[start:], lines[start:], broken)


def _batch_of(
    names: Iterable[str], rows: Sequence[Mapping[str, str | None]], lines: Sequence[int], broken: list[BadRow]
) -> RawBatch:
    given = {name for row in rows for name in row}
    nothing = pa.nulls(len(rows), pa.string())
    columns = {
        name: pa.array([row.get(name) for row in rows], pa.string()) if name in given else nothing for name in names
    }
    return RawBatch(columns, np.array(lines, np.int64), broken)


def cell_of(value: Any) -> str | None:
    """A JSON value as the text of a cell: words as they are, objects and lists as JSON, null as None."""
    if value is None or isinstance(value, str):
        # a lone surrogate cannot be stored; msgspec refuses most of them already
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return msgspec.json.encode(value).decode()
