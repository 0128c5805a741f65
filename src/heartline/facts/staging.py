"""Rows on their way into a table: spread over one file per bucket, their keys over one file per part of the hash.

Nothing here grows with the load but the files: memory holds one chunk of rows and, later, one part of the keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import ipc

from heartline.facts.decide import KEYS, Keys
from heartline.facts.hashes import ABSENT, Hashes, buckets
from heartline.tables import Table

PARTS = 64
CHUNK_ROWS = 200_000
CHUNK_BYTES = 48 << 20

STORAGE = (("key_hash", pa.int64()), ("content_hash", pa.int64()))


def stored_schema(table: Table) -> pa.Schema:
    """Columns of a segment: the table's, then the hashes of key and content."""
    schema = table.arrow_schema()
    for name, kind in STORAGE:
        schema = schema.append(pa.field(name, kind))
    return schema


def part_of(keys: Hashes) -> npt.NDArray[np.uint8]:
    """Part 0 to 63 of each key: the top bits of its hash."""
    return (keys.view(np.uint64) >> np.uint64(58)).astype(np.uint8)


class Staging:
    """Takes rows in order and gives them back by bucket, their keys by part.

    rows: taken so far; repeated: of them, those that say again what the row just before said, which are not kept
    """

    def __init__(self, table: Table, folder: Path) -> None:
        self.table = table
        self.rows = 0
        self.repeated = 0
        self._folder = folder
        self._schema = stored_schema(table).append(pa.field("place", pa.int64()))
        self._waiting: list[pa.RecordBatch] = []
        self._waiting_rows = 0
        self._waiting_bytes = 0
        self._writers: dict[int, ipc.RecordBatchFileWriter] = {}
        self._keys: dict[int, IO[bytes]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, batch: pa.RecordBatch, keys: Hashes, contents: Hashes) -> None:
        """Take rows in the table's shape with their hashes."""
        places = np.arange(self.rows, self.rows + batch.num_rows, dtype=np.int64)
        self.rows += batch.num_rows
        said = np.r_[True, (keys[1:] != keys[:-1]) | (contents[1:] != contents[:-1])]
        if not said.all():
            # one row millions of times over would otherwise be held in memory as millions of keys of one part
            self.repeated += int((~said).sum())
            batch = batch.filter(pa.array(said))
            keys, contents, places = keys[said], contents[said], places[said]
        self._add_keys(keys, contents, places)
        arrays = [*batch.columns, pa.array(keys), pa.array(contents), pa.array(places)]
        whole = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        self._waiting.append(whole)
        self._waiting_rows += whole.num_rows
        self._waiting_bytes += whole.nbytes
        if self._waiting_rows >= CHUNK_ROWS or self._waiting_bytes >= CHUNK_BYTES:
            self._spread()

    def remove(self, keys: Hashes) -> None:
        """Take away the rows of these keys, should there be any."""
        places = np.arange(self.rows, self.rows + len(keys), dtype=np.int64)
        self.rows += len(keys)
        self._add_keys(keys, np.full(len(keys), ABSENT, np.int64), places)

    def finish(self) -> None:
        """No more rows will come."""
        self._spread()
        self.close()

    def close(self) -> None:
        """Close the files, also of a load that failed."""
        for writer in self._writers.values():
            writer.close()
        for file in self._keys.values():
            file.close()

    def parts(self) -> Iterator[tuple[int, Keys]]:
        """Keys part by part, rows of a part in their order."""
        for part in sorted(self._keys):
            yield part, np.fromfile(self._folder / f"keys-{part}", KEYS)

    def buckets(self) -> list[int]:
        """Buckets that rows have come for."""
        return sorted(self._writers)

    def read(self, bucket: int) -> Iterator[pa.Table]:
        """Rows of a bucket in their order, with their ``place``, a chunk at a time."""
        with pa.OSFile(str(self._folder / f"rows-{bucket}")) as file, ipc.open_file(file) as reader:
            for number in range(reader.num_record_batches):
                yield pa.Table.from_batches([reader.get_batch(number)])

    def _add_keys(self, keys: Hashes, contents: Hashes, places: npt.NDArray[np.int64]) -> None:
        records = np.empty(len(keys), KEYS)
        records["key"], records["content"], records["place"] = keys, contents, places
        parts = part_of(keys)
        order = np.argsort(parts, kind="stable")
        edges = np.searchsorted(parts[order], np.arange(PARTS + 1))
        records = records[order]
        for part in np.unique(parts):
            if part not in self._keys:
                self._keys[part] = (self._folder / f"keys-{part}").open("wb")
            records[edges[part] : edges[part + 1]].tofile(self._keys[part])

    def _spread(self) -> None:
        if not self._waiting:
            return
        table = pa.Table.from_batches(self._waiting, self._schema).combine_chunks()
        self._waiting, self._waiting_rows, self._waiting_bytes = [], 0, 0
        for batch in table.to_batches():
            numbers = buckets(self.table, batch)
            order = np.argsort(numbers, kind="stable")
            sorted_batch = batch.take(pa.array(order))
            edges = np.searchsorted(numbers[order], np.arange(257))
            for bucket in np.unique(numbers).tolist():
                if bucket not in self._writers:
                    options = ipc.IpcWriteOptions(compression="lz4")
                    file = str(self._folder / f"rows-{bucket}")
                    self._writers[bucket] = ipc.new_file(file, self._schema, options=options)
                self._writers[bucket].write_batch(sorted_batch.slice(edges[bucket], edges[bucket + 1] - edges[bucket]))
