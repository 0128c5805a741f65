"""CSV, TSV and their kin, block by block: the fast way where it is exact, the slow way where a row is broken."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from heartline.errors import SourceError
from heartline.sources.csv_exact import MAX_RECORD, blank, exact_header, iterate, read_exactly, wrong_width
from heartline.sources.file_bytes import FileBytes
from heartline.sources.header import unique_names
from heartline.sources.raw import BATCH_ROWS, RawBatch

MOST_COLUMNS = 20_000
"""Columns of a file; spreadsheets have at most 16,384."""
MOST_LINES = 4 * BATCH_ROWS
"""Lines that are read at once: of lines without anything in them a block may hold millions."""
DELIMITERS = (",", ";", "\t", "|")
WHITESPACE = "whitespace"


class CsvFile:
    """One delimited text file. All columns come as strings; blank cells as empty strings.

    ``delimiter`` is found out from the header when not given; ``whitespace`` means any run of blanks.
    Without a ``header`` the names are ``columns`` (or ``column_1`` …). Raises SourceError for what is no such file.
    """

    def __init__(
        self, path: Path, delimiter: str | None = None, encoding: str | None = None, header: bool = True,
        columns: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self._bytes = FileBytes(path, encoding)
        self.name = path.name
        self.notes = self._bytes.notes
        self.total_bytes = self._bytes.total_bytes
        self._squeeze = delimiter == WHITESPACE
        self._blocks = self._bytes.blocks()
        head = b""
        while len(head) < 1 << 16 or b"\n" not in head:
            block = next(self._blocks, None)
            if block is None:
                break
            head += block
            if len(head) > MAX_RECORD:
                break
        self._rest = head
        first = head.lstrip(b"\r\n")
        self._line = 1 + head[: len(head) - len(first)].count(b"\n")
        self._rest = first
        if first.lstrip().startswith((b"{", b"[")) and b'":' in first[:4096].replace(b" ", b""):
            self.close()
            raise SourceError(
                f"{path.name} looks like JSON, not like columns",
                "one row a line with delimiters",
                "give JSON Lines files the ending .jsonl",
            )
        if first.lstrip()[:15].lower().startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
            self.close()
            raise SourceError(
                f"{path.name} looks like a web page or XML", "a delimited text file", "export the data as CSV"
            )
        if delimiter is None and by_blanks(first):
            self._squeeze = True
            self.notes.append("columns are parted by blanks")
        self.delimiter = "\t" if self._squeeze else delimiter or sniff(first, self.notes)
        sample = squeeze(first[: 1 << 16]) if self._squeeze else first
        cells, after, lines = exact_header(sample, self.delimiter)
        if len(cells) > MOST_COLUMNS:
            self.close()
            raise SourceError(
                f"the first line of {path.name} has {len(cells):,} columns", f"at most {MOST_COLUMNS:,}",
                "check the delimiter, or leave columns out of the export",
            )  # fmt: skip
        if header:
            self.columns = unique_names(cells, self.notes)
            self._rest = first[first.find(b"\n") + 1 :] if self._squeeze else first[after:]
            self._line += lines
        else:
            given = list(columns) or [f"column_{number + 1}" for number in range(len(cells))]
            self.columns = unique_names(given, self.notes)

    @property
    def done_bytes(self) -> int:
        """How far the file on disk has been read."""
        return self._bytes.done_bytes

    def close(self) -> None:
        """Close the file."""
        self._bytes.close()

    def batches(self) -> Iterator[RawBatch]:
        """Rows in the order of the file, each with the line it begins on."""
        try:
            body = self._rest
            loose = b""
            if self._squeeze:
                body, loose = _whole_lines(body)
                body = squeeze(body)
            for block in self._blocks:
                if self._squeeze:
                    block, loose = _whole_lines(loose + block)
                    block = squeeze(block)
                body += block
                body = yield from self._some(body, False)
            yield from self._some(body + (squeeze(loose) if self._squeeze else b""), True)
        finally:
            self.close()

    def _some(self, body: bytes, last: bool) -> Generator[RawBatch, None, bytes]:
        """Rows of the whole records in ``body``; gives back what is left of it."""
        while body := self._without_blank_lines(body):
            few = _lines(body, MOST_LINES)
            cut, sound = whole_records(body[:few], self.delimiter, False) if few else (0, False)
            if not (cut and sound):
                cut, sound = whole_records(body, self.delimiter, last)
            if sound and cut:
                block, body = body[:cut], body[cut:]
                batch = self._fast(block)
                if batch is None:
                    yield from self._slow(block, True)
                else:
                    yield from pieces(batch)
                continue
            if sound and not last and len(body) <= MAX_RECORD:
                return body
            used = (yield from self._slow(body[:few], False)) if few else 0
            if not used:
                used = yield from self._slow(body, last)
            if not used:
                return body
            body = body[used:]
            if not last and len(body) <= MAX_RECORD:
                return body
        return b""

    def _without_blank_lines(self, body: bytes) -> bytes:
        if body[:1] not in (b"\n", b"\r"):
            return body
        rest = body.lstrip(b"\r\n")
        # a return whose line end has not been read yet is left
        rest = b"\r" + rest if not rest and body.endswith(b"\r") else rest
        self._line += body.count(b"\n", 0, len(body) - len(rest))
        return rest

    def _fast(self, block: bytes) -> RawBatch | None:
        """The block by Arrow's reader, or None where only the exact way is safe."""
        if b"\0" in block or not _is_utf8(block):
            return None
        invalid: list[arrow_csv.InvalidRow] = []

        def set_aside(row: arrow_csv.InvalidRow) -> str:
            invalid.append(row)
            return "skip"

        try:
            table = arrow_csv.read_csv(
                pa.py_buffer(block),
                arrow_csv.ReadOptions(column_names=self.columns, use_threads=False, block_size=len(block) + 1),
                arrow_csv.ParseOptions(
                    delimiter=self.delimiter, newlines_in_values=True, ignore_empty_lines=False,
                    invalid_row_handler=set_aside,
                ),
                arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(self.columns, pa.string()), strings_can_be_null=False, null_values=[],
                    check_utf8=True,
                ),
            )  # fmt: skip
        except (pa.ArrowInvalid, pa.ArrowKeyError):
            return None
        columns = {name: _one(table.column(name)) for name in self.columns}
        newlines = block.count(b"\n") + (not block.endswith(b"\n"))
        records = table.num_rows + len(invalid)
        # a broken record that spans lines may have swallowed good ones
        if any(row.number is None or "\n" in row.text for row in invalid):
            return None
        lines = np.arange(records, dtype=np.int64) + self._line
        sound = np.ones(records, bool)
        sound[[row.number - 1 for row in invalid]] = False
        if newlines != records:
            inside = np.zeros(records, np.int64)
            for column in columns.values():
                inside[sound] += pc.count_substring(column, "\n").to_numpy(zero_copy_only=False)
            if records + int(inside.sum()) != newlines:
                return None
            lines[1:] += np.cumsum(inside)[:-1]
        broken = [
            wrong_width(row.text, row.actual_columns, self.columns, self.delimiter, int(lines[row.number - 1]))
            for row in invalid
            if not blank(row.text, self.delimiter)
        ]
        self._line += newlines
        return without_blanks(RawBatch(columns, lines[sound], broken))

    def _slow(self, block: bytes, last: bool) -> Generator[RawBatch, None, int]:
        found = read_exactly(block, self.columns, self.delimiter, self._line, last)
        self._line = found.next_line
        arrays = [pa.array(column, pa.string()) for column in iterate(found, len(self.columns))]
        columns = dict(zip(self.columns, arrays, strict=True))
        yield from pieces(RawBatch(columns, np.array(found.lines, np.int64), found.broken))
        return found.used


def whole_records(body: bytes, delimiter: str, last: bool) -> tuple[int, bool]:
    """Where the last whole record of a block ends, and whether its quotes leave no doubt.

    Quotes are taken in pairs from the block's start. That is the right reading exactly when every opening one
    stands at a field's start and every closing one at a field's end; then a line end after an even number of
    quotes ends a record.
    """
    if b'"' not in body:
        return (len(body) if last else body.rfind(b"\n") + 1), True
    data = np.frombuffer(body, np.uint8)
    quotes = np.flatnonzero(data == 34)
    if last and len(quotes) % 2 == 0:
        cut = len(body)
    else:
        ends = np.flatnonzero(data == 10)
        even = ends[np.searchsorted(quotes, ends) % 2 == 0]
        cut = int(even[-1]) + 1 if len(even) else 0
        if last and cut < len(body):
            return 0, False
    quotes = quotes[quotes < cut]
    return cut, _paired(data, quotes, cut, ord(delimiter))


def _paired(data: npt.NDArray[np.uint8], quotes: npt.NDArray[np.int64], size: int, delimiter: int) -> bool:
    opening, closing = quotes[0::2], quotes[1::2]
    before = data[np.maximum(opening - 1, 0)]
    starts = (opening == 0) | (before == delimiter) | (before == 10)
    # a quote written twice inside a value closes and opens again at once
    again = np.zeros(len(opening), bool)
    again[1:] = opening[1:] == closing[: len(opening) - 1] + 1
    after = data[np.minimum(closing + 1, size - 1)]
    ends = (closing + 1 >= size) | (after == delimiter) | (after == 10)
    returns = (after == 13) & (data[np.minimum(closing + 2, size - 1)] == 10)
    ends |= returns
    ends[: len(again) - 1] |= again[1:]
    return bool((starts | again).all() and ends.all())


def without_blanks(batch: RawBatch) -> RawBatch:
    """The batch without rows that hold nothing at all, which spreadsheets leave at the end."""
    blank: npt.NDArray[np.bool_] | None = None
    for column in batch.columns.values():
        empty = pc.equal(column, "").to_numpy(zero_copy_only=False)
        blank = empty if blank is None else blank & empty
        if not blank.any():
            return batch
    assert blank is not None
    keep = pa.array(~blank)
    columns = {name: column.filter(keep) for name, column in batch.columns.items()}
    return RawBatch(columns, batch.lines[~blank], batch.broken)


def pieces(batch: RawBatch) -> Iterator[RawBatch]:
    """A batch in pieces of bounded size, so that memory stays small for rows of a few bytes."""
    if batch.rows <= BATCH_ROWS:
        yield batch
        return
    for start in range(0, batch.rows, BATCH_ROWS):
        columns = {name: column.slice(start, BATCH_ROWS) for name, column in batch.columns.items()}
        broken = batch.broken if start == 0 else []
        yield RawBatch(columns, batch.lines[start : start + BATCH_ROWS], broken)


def sniff(head: bytes, notes: list[str]) -> str:
    """The delimiter that splits the first lines into the most columns, the same number in each."""
    lines = [line for line in head[: 1 << 16].decode("utf-8", "replace").splitlines()[:50] if line.strip()]
    best, score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        rows = [len(row) for row in csv.reader(io.StringIO("\n".join(lines[:50]), newline=""), delimiter=delimiter)]
        if not rows or rows[0] < 2:
            continue
        found = (sum(width == rows[0] for width in rows) / len(rows) > 0.6, rows[0])
        if found > score:
            best, score = delimiter, found
    if best != ",":
        notes.append(f"columns are parted by {'tabs' if best == chr(9) else best}")
    return best


def _is_utf8(block: bytes) -> bool:
    """Arrow hands on broken rows as text: where one is none, it writes a traceback and goes on."""
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _lines(body: bytes, most: int) -> int:
    """Where the first ``most`` lines end; 0 where there are no more than that."""
    if body.count(b"\n") <= most:
        return 0
    return int(np.flatnonzero(np.frombuffer(body, np.uint8) == 10)[most - 1]) + 1


def by_blanks(head: bytes) -> bool:
    """Whether no delimiter is there, but blanks part every line into the same number of columns, three or more."""
    lines = [line for line in head[: 1 << 14].split(b"\n")[:50] if line.strip()][:-1] or [head]
    if any(mark.encode() in line for line in lines for mark in DELIMITERS):
        return False
    widths = {len(line.split()) for line in lines}
    return len(lines) > 1 and len(widths) == 1 and widths.pop() > 2


def squeeze(body: bytes) -> bytes:
    """Lines with their cells parted by single tabs instead of any run of blanks."""
    return re.sub(rb"[ \t]+", b"\t", re.sub(rb"(?m)^[ \t]+|[ \t\r]+$", b"", body))


def _whole_lines(body: bytes) -> tuple[bytes, bytes]:
    cut = body.rfind(b"\n") + 1
    return body[:cut], body[cut:]


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
