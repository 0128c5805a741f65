"""JSON Lines: one object a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from heartline.errors import SourceError
from heartline.sources.file_bytes import FileBytes, lines_of
from heartline.sources.raw import BATCH_ROWS, BadRow, RawBatch

SAMPLE_LINES = 1000


class JsonLines:
    """One JSON Lines file. Values come as strings (objects and lists as JSON); null and missing as NULL."""

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        self.name = path.name
        self._bytes = FileBytes(path, encoding)
        self.notes = self._bytes.notes
        self.total_bytes = self._bytes.total_bytes
        self._groups = lines_of(self._bytes)
        self._first = next(self._groups, (1, []))
        self._decoder = msgspec.json.Decoder()
        names: dict[str, None] = {}
        for line in self._first[1][:SAMPLE_LINES]:
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
            yield from self._of(*self._first)
            for number, lines in self._groups:
                yield from self._of(number, lines)
        finally:
            self.close()

    def _of(self, number: int, lines: list[bytes]) -> Iterator[RawBatch]:
        for start in range(0, len(lines), BATCH_ROWS):
            yield self._batch(number + start, lines[start : start + BATCH_ROWS])

    def _batch(self, number: int, lines: list[bytes]) -> RawBatch:
        rows: list[dict[str, Any]] = []
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
        names = dict.fromkeys(self.columns)
        for row in rows:
            if not names.keys() >= row.keys():
                names.update(dict.fromkeys(row))
        columns = {name: pa.array([cell_of(row.get(name)) for row in rows], pa.string()) for name in names}
        return RawBatch(columns, np.array(places, np.int64), broken)

    def _row(self, line: bytes) -> dict[str, Any] | str:
        try:
            value = self._decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return "the line is not valid JSON"
        if not isinstance(value, dict):
            return "the line is JSON but no object"
        return value


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
