"""Parquet, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from heartline.errors import SourceError
from heartline.sources.raw import BATCH_ROWS, RawBatch


class ParquetFile:
    """One Parquet file. Columns keep their types; the line is the row's number, from 1."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.notes: list[str] = []
        try:
            self.total_bytes = path.stat().st_size
            self._file = pq.ParquetFile(path)
        except (pa.ArrowInvalid, OSError) as cause:
            raise SourceError(
                f"{path.name} cannot be read as Parquet ({type(cause).__name__})",
                "a whole Parquet file",
                "check the path, or give text files the ending .csv or .jsonl",
            ) from cause
        self.columns = list(self._file.schema_arrow.names)
        self._rows = max(self._file.metadata.num_rows, 1)
        self._done = 0

    @property
    def done_bytes(self) -> int:
        """How far the file has been read, by rows."""
        return int(self.total_bytes * self._done // self._rows)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def batches(self) -> Iterator[RawBatch]:
        """Rows in the order of the file."""
        try:
            for batch in self._file.iter_batches(batch_size=BATCH_ROWS):
                lines = np.arange(self._done + 1, self._done + batch.num_rows + 1, dtype=np.int64)
                self._done += batch.num_rows
                yield RawBatch({n: _plain(c) for n, c in zip(self.columns, batch.columns, strict=True)}, lines)
        finally:
            self.close()


def _plain(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_large_string(column.type):
        return column.cast(pa.string())
    return column
