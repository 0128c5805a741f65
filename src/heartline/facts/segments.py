"""Parquet segments: written under a hidden name, made durable, then renamed; read back by rows or by hashes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from heartline.facts.staging import stored_schema
from heartline.tables import Table

SEGMENT_ROWS = 1_000_000
SEGMENT_BYTES = 96 << 20
ROW_GROUP = 65_536


@dataclass(frozen=True)
class Segment:
    """A written segment: path below the workspace, table, bucket 0 to 63, rows, bytes, the load that wrote it."""

    path: str
    table: str
    bucket: int
    rows: int
    bytes: int
    load_id: str


class SegmentWriter:
    """Writes segments of one bucket, each sorted by customer and time, none larger than a chunk of memory."""

    def __init__(self, root: Path, table: Table, bucket: int, load_id: str) -> None:
        self._root = root
        self._table = table
        self._bucket = bucket
        self._load_id = load_id
        self._schema = stored_schema(table)
        self._waiting: list[pa.Table] = []
        self._rows = 0
        self._bytes = 0
        self.written: list[Segment] = []

    def add(self, rows: pa.Table) -> None:
        """Take rows in the stored shape; further columns are left out."""
        if not rows.num_rows:
            return
        rows = in_shape(rows, self._schema)
        self._waiting.append(rows)
        self._rows += rows.num_rows
        self._bytes += rows.nbytes
        if self._rows >= SEGMENT_ROWS or self._bytes >= SEGMENT_BYTES:
            self._write()

    def finish(self) -> list[Segment]:
        """Write what is left and make the folder durable; gives all segments written."""
        self._write()
        return self.written

    def _write(self) -> None:
        if not self._rows:
            return
        rows = pa.concat_tables(self._waiting).combine_chunks()
        self._waiting, self._rows, self._bytes = [], 0, 0
        keys = [name for name in (self._table.customer, self._table.time) if name] or [self._table.key[0]]
        order = pc.sort_indices(rows, sort_keys=[(name, "ascending") for name in keys])
        folder = self._root / "facts" / self._table.name / f"bucket={self._bucket}"
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{self._load_id}-{len(self.written):04d}.parquet"
        hidden, final = folder / f".{name}.tmp", folder / name
        with hidden.open("wb") as file:
            pq.write_table(rows.take(order), file, compression="zstd", row_group_size=ROW_GROUP, write_statistics=True)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        hidden.replace(final)
        sync_folder(folder)
        path = final.relative_to(self._root).as_posix()
        self.written.append(Segment(path, self._table.name, self._bucket, rows.num_rows, size, self._load_id))


def in_shape(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """The columns of a schema; one that an earlier version did not write yet is NULL."""
    for field in schema:
        if field.name not in rows.column_names:
            rows = rows.append_column(field, pa.nulls(rows.num_rows, field.type))
    return rows.select(schema.names).cast(schema)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_rows(file: Path, columns: Iterable[str] | None = None) -> Iterator[pa.Table]:
    """Rows of a segment, a row group's part at a time."""
    with pq.ParquetFile(file, memory_map=False) as parquet:
        names = None if columns is None else list(columns)
        for batch in parquet.iter_batches(batch_size=ROW_GROUP, columns=names):
            yield pa.Table.from_batches([batch])
