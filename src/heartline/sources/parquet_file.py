"""Parquet, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from heartline.errors import SourceError
from heartline.sources.file_bytes import opened_file
from heartline.sources.header import unique_names
from heartline.sources.raw import BATCH_ROWS, BadRow, RawBatch

_DAMAGED = (pa.ArrowException, OSError, ValueError, OverflowError)
_YEARS = ("1700-01-01", "2262-01-01")
"""Years that timestamps of every unit have, and all that a time may be of."""
_encode = msgspec.json.Encoder(enc_hook=str).encode


class ParquetFile:
    """One Parquet file. Numbers, times and text keep their types, all else is text; the line is the row's number."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.notes: list[str] = []
        self.total_bytes, disk = opened_file(path)
        try:
            self._file = pq.ParquetFile(disk)
            names = list(self._file.schema_arrow.names)
        except _DAMAGED as cause:
            disk.close()
            raise SourceError(
                f"{path.name} cannot be read as Parquet ({type(cause).__name__})",
                "a whole Parquet file without encryption",
                "check the path, or give text files the ending .csv or .jsonl",
            ) from cause
        self._disk = disk
        self.columns = unique_names(names, self.notes)
        self._rows = max(self._file.metadata.num_rows, 1)
        self._done = 0

    @property
    def done_bytes(self) -> int:
        """How far the file has been read, by rows."""
        return int(self.total_bytes * self._done // self._rows)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self._disk.close()

    def batches(self) -> Iterator[RawBatch]:
        """Rows in the order of the file. SourceError where a page of it is damaged."""
        try:
            for batch in self._file.iter_batches(batch_size=BATCH_ROWS):
                lines = np.arange(self._done + 1, self._done + batch.num_rows + 1, dtype=np.int64)
                self._done += batch.num_rows
                yield self._sound({n: _plain(c) for n, c in zip(self.columns, batch.columns, strict=True)}, lines)
        except _DAMAGED as cause:
            raise SourceError(
                f"{self.name} is damaged after row {self._done:,} ({type(cause).__name__})",
                "a whole Parquet file", "write or fetch the file again",
            ) from cause  # fmt: skip
        finally:
            self.close()

    def _sound(self, columns: dict[str, pa.Array], lines: np.ndarray[tuple[int], np.dtype[np.int64]]) -> RawBatch:
        """The rows whose text is text: what a writer put there may be any bytes."""
        wrong = np.zeros(len(lines), bool)
        for column in columns.values():
            if pa.types.is_string(column.type):
                wrong |= _no_text(column)
        if not wrong.any():
            return RawBatch(columns, lines)
        broken = []
        for at in np.flatnonzero(wrong).tolist():
            raw = {name: _shown(column[at]) for name, column in columns.items()}
            broken.append(
                BadRow(int(lines[at]), "(row)", "text", "the row holds bytes that are not UTF-8", "UTF-8", raw)
            )
        keep = pa.array(~wrong)
        return RawBatch({n: column.filter(keep) for n, column in columns.items()}, lines[~wrong], broken)


def _no_text(column: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    wrong = np.zeros(len(column), bool)
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        for at, value in enumerate(column.cast(pa.binary()).to_pylist()):
            try:
                _ = None if value is None else value.decode()
            except UnicodeDecodeError:
                wrong[at] = True
    return wrong


def _shown(value: pa.Scalar) -> object:
    if pa.types.is_string(value.type):
        held = value.cast(pa.binary()).as_py()
        return None if held is None else held.decode("utf-8", "replace")
    return value.as_py()


def _plain(column: pa.Array) -> pa.Array:
    """A column whose every value Python can hold, as numbers, yes or no, times or text."""
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_timestamp(kind):
        # times of any zone in UTC, to the microsecond: what is finer, or of an unknown zone, Python cannot hold
        column = column.cast(pa.timestamp(kind.unit, "UTC" if kind.tz else None))
        if not _in_years(column.view(pa.timestamp(kind.unit))):
            return column.cast(pa.string())
        return column.cast(pa.timestamp("us", column.type.tz), safe=False)
    if pa.types.is_date(kind):
        return column if _in_years(column) else column.cast(pa.string())
    if pa.types.is_fixed_size_binary(kind):
        return column.cast(pa.binary())
    if pa.types.is_float16(kind):
        return column.cast(pa.float32())
    if pa.types.is_nested(kind):
        return pa.array([_json(value) for value in column], pa.string())
    if (
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind) or pa.types.is_string(kind)
        or pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_decimal(kind)
    ):  # fmt: skip
        return column
    try:
        return column.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return pa.array([None if not value.is_valid else str(value) for value in column], pa.string())


def _in_years(column: pa.Array) -> bool:
    """Whether Python's calendar has all of these days or moments."""
    low, high = (pa.scalar(text).cast(column.type) for text in _YEARS)
    return pc.all(pc.and_(pc.greater_equal(column, low), pc.less_equal(column, high))).as_py() is not False


def _json(value: pa.Scalar) -> str | None:
    try:
        held = value.as_py()
        return None if held is None else _encode(held).decode()
    except (ValueError, OverflowError, RecursionError, LookupError, TypeError):
        return "null"
