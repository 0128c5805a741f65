"""A source out of rows that a reader makes one by one: transcripts, letters, conversations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from heartline.sources.raw import BATCH_ROWS, BadRow, RawBatch
from heartline.sources.reshaped import batch_of

Row = tuple[int, Mapping[str, str | None]]
"""The line that a row begins on, and its cells; rows of several kinds say which they are in a column of their own."""


class OpenFile(Protocol):
    """What rows are read from: a file, an archive or a folder."""

    notes: list[str]
    total_bytes: int

    @property
    def done_bytes(self) -> int:
        """How far it has been read."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


class RowSource:
    """Gives the rows of ``rows`` in batches; a BadRow among them is set aside.

    ``columns`` are all names that a row may have. ``file`` is what the rows are read from: its size is the
    progress, its notes are told, and it is closed at the end.
    """

    def __init__(self, name: str, columns: Sequence[str], rows: Iterable[Row | BadRow], file: OpenFile) -> None:
        self.name = name
        self.columns = list(columns)
        self.notes = file.notes
        self.total_bytes = file.total_bytes
        self._rows = rows
        self._file = file

    @property
    def done_bytes(self) -> int:
        """How far the file has been read."""
        return self._file.done_bytes

    def batches(self) -> Iterator[RawBatch]:
        """Rows in the order of the file."""
        try:
            made: list[Mapping[str, str | None]] = []
            lines: list[int] = []
            broken: list[BadRow] = []
            for row in self._rows:
                if isinstance(row, BadRow):
                    broken.append(row)
                else:
                    lines.append(row[0])
                    made.append(row[1])
                if len(made) + len(broken) >= BATCH_ROWS:
                    yield batch_of(self.columns, made, lines, broken)
                    made, lines, broken = [], [], []
            if made or broken:
                yield batch_of(self.columns, made, lines, broken)
        finally:
            self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
