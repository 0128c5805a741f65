"""A plain table whose rows become others by the way that JSON objects of the same tool take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from heartline.sources.open_file import FileOptions, open_file
from heartline.sources.raw import BadRow, RawBatch, Source
from heartline.sources.record_file import Conversion, RecordOpener

NoRow = Callable[[BadRow], bool]


class TableRecords:
    """The rows made of a table's; ``header`` are the columns that the file itself has."""

    def __init__(
        self, file: Source, rows: Conversion, columns: Sequence[str], options: FileOptions, is_no_row: NoRow
    ) -> None:
        self.name = file.name
        self.notes = file.notes
        self.header = list(file.columns)
        self.columns = [*columns, *(name for name in file.columns if name not in columns)]
        self._made = RecordOpener(rows, columns).source(file.name, _objects(file, is_no_row), options, file)
        self.total_bytes = file.total_bytes

    @property
    def done_bytes(self) -> int:
        """How far the file has been read."""
        return self._made.done_bytes

    def batches(self) -> Iterator[RawBatch]:
        """Rows in the order of the file."""
        return self._made.batches()

    def close(self) -> None:
        """Close the file."""
        self._made.close()


def table_opener(
    rows: Conversion, columns: Sequence[str], is_no_row: NoRow = lambda _row: False
) -> Callable[[Path, FileOptions], Source]:
    """What opens such a file: ``rows`` makes those of one row, given as its cells by the names of the header;
    ``is_no_row`` tells lines of another width that the tool writes beside its rows."""

    def opened(path: Path, options: FileOptions) -> Source:
        return TableRecords(open_file(path, options), rows, columns, options, is_no_row)

    return opened


def _objects(file: Source, is_no_row: NoRow) -> Iterator[tuple[int, dict[str, Any]] | BadRow]:
    for raw in file.batches():
        yield from (row for row in raw.broken if not is_no_row(row))
        cells = {name: column.to_pylist() for name, column in raw.columns.items()}
        for at, line in enumerate(raw.lines.tolist()):
            yield line, {name: values[at] for name, values in cells.items()}
