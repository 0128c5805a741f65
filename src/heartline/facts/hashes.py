"""64-bit hashes of ids and of contents, and the bucket of each row.

The hash is blake2b cut to 8 bytes, so that it is the same in every version and on every machine. Two different ids
among 40 million share one with a probability of 0.00004; see docs/decisions/ids-and-content.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from heartline.tables import Table, bucket_of

Hashes = npt.NDArray[np.int64]

ABSENT = 0
"""Content hash that says: there is no such row."""

_SEPARATOR, _ESCAPE, _NULL = "\x1f", "\x1e", "\x1d"


def as_text(column: pa.Array) -> pa.Array:
    """A column as unambiguous strings; NULL stays NULL."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.timestamp("us")).cast(pa.int64())
    elif pa.types.is_date(kind):
        column = column.cast(pa.date32()).cast(pa.int32())
    if not pa.types.is_string(column.type):
        return column.cast(pa.string())
    # a separator inside a value must not move the border between two columns
    if pc.any(pc.match_substring_regex(column, "[\x1d\x1e\x1f]")).as_py():
        for mark, instead in ((_ESCAPE, "\x1e0"), (_SEPARATOR, "\x1e1"), (_NULL, "\x1e2")):
            column = pc.replace_substring(column, mark, instead)
    return column


def hash_rows(columns: Sequence[pa.Array]) -> Hashes:
    """One hash per row over all columns in their order; never ``ABSENT``."""
    size = len(columns[0])
    # a column without any value joins faster as one NULL
    texts = [pa.scalar(None, pa.string()) if c.null_count == size else as_text(c) for c in columns]
    if all(isinstance(text, pa.Scalar) for text in texts):
        texts[0] = pa.nulls(size, pa.string())
    if len(texts) == 1:
        joined = pc.fill_null(texts[0], _NULL)
    else:
        joined = pc.binary_join_element_wise(*texts, _SEPARATOR, null_handling="replace", null_replacement=_NULL)
    if isinstance(joined, pa.ChunkedArray):
        joined = joined.combine_chunks()
    return _hash_strings(joined)


def _hash_strings(array: pa.Array) -> Hashes:
    count = len(array)
    if count == 0:
        return np.empty(0, np.int64)
    _, offsets, data = array.buffers()
    width = np.int64 if pa.types.is_large_string(array.type) else np.int32
    edges = np.frombuffer(offsets, width)[array.offset : array.offset + count + 1].tolist()
    body = data.to_pybytes() if data is not None else b""
    blake2b = hashlib.blake2b
    digests = b"".join([blake2b(body[start:end], digest_size=8).digest() for start, end in pairwise(edges)])
    hashes = np.frombuffer(digests, "<i8").astype(np.int64)
    hashes[hashes == ABSENT] = 1
    return hashes


def key_hashes(table: Table, batch: pa.RecordBatch) -> Hashes:
    """Hash of each row's key."""
    return hash_rows([batch.column(name) for name in table.key])


def content_hashes(table: Table, batch: pa.RecordBatch, more: Sequence[pa.Array] = ()) -> Hashes:
    """Hash of each row's content: every column but where it came from, and ``more`` columns."""
    names = [name for name in table.names if name not in ("source", "load_id")]
    return hash_rows([*(batch.column(name) for name in names), *more])


def buckets(table: Table, batch: pa.RecordBatch) -> npt.NDArray[np.uint8]:
    """Bucket of each row by its customer; 0 in tables without one."""
    if table.customer is None:
        return np.zeros(batch.num_rows, np.uint8)
    encoded = batch.column(table.customer).dictionary_encode()
    of_each = np.array([bucket_of(value) for value in encoded.dictionary.to_pylist()], np.uint8)
    chosen: npt.NDArray[np.uint8] = of_each[encoded.indices.to_numpy(zero_copy_only=False)]
    return chosen
