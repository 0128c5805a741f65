"""Small tables in and out of a fit: columns as numbers, and fitted columns in a table's declared shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.stats.likelihood import Floats
from heartline.tables import table


def numbers(rows: pa.Table, name: str) -> Floats:
    """A column as floats; not-a-number where it is missing."""
    return np.asarray(rows.column(name).to_numpy(zero_copy_only=False), dtype=np.float64)


def fitted_table(name: str, columns: Mapping[str, Iterable[Any]]) -> pa.Table:
    """Columns in the declared order and type of a table; not-a-number becomes missing.

    Whole numbers come as floats without missing ones.
    """
    schema = table(name).arrow_schema()
    arrays = []
    for field in schema:
        values = columns[field.name]
        if pa.types.is_floating(field.type):
            floats = np.asarray(values, dtype=np.float64)
            arrays.append(pa.array(floats, field.type, mask=np.isnan(floats)))
        elif pa.types.is_integer(field.type):
            arrays.append(pa.array(np.round(np.asarray(values, dtype=np.float64)).astype(np.int64), field.type))
        else:
            arrays.append(pa.array(list(values), field.type))
    return pa.Table.from_arrays(arrays, schema=schema)
