"""The six Arrow types that leave and enter an engine, whatever the engine computes with inside."""

from __future__ import annotations

from typing import TypeVar

import pyarrow as pa

UTC = pa.timestamp("us", tz="UTC")
NAIVE = pa.timestamp("us")

Rows = TypeVar("Rows", pa.Table, pa.RecordBatch)


def plain(rows: Rows) -> Rows:
    """The same rows as string, float64, int64, bool, timestamp[us] without a zone, and date32.

    Whole-number types of any width become int64 (an error where the number does not fit), other decimals and
    floats float64, zoned times the same moment in UTC. Types that tables do not have (lists, structs) stay.
    """
    return _as(rows, pa.schema([pa.field(field.name, _plain_type(field.type)) for field in rows.schema]))


def zoned(rows: Rows) -> Rows:
    """The same rows with times said to be in UTC, which is what they are."""
    return _as(rows, zoned_schema(rows.schema))


def zoned_schema(schema: pa.Schema) -> pa.Schema:
    """The schema with every timestamp without a zone as a UTC timestamp."""
    return pa.schema([field.with_type(UTC) if field.type == NAIVE else field for field in schema])


def _as(rows: Rows, schema: pa.Schema) -> Rows:
    return rows if rows.schema.equals(schema) else rows.cast(schema)


def _plain_type(given: pa.DataType) -> pa.DataType:
    if pa.types.is_integer(given) or (pa.types.is_decimal(given) and given.scale == 0) or pa.types.is_null(given):
        return pa.int64()
    if pa.types.is_floating(given) or pa.types.is_decimal(given):
        return pa.float64()
    if pa.types.is_timestamp(given):
        return NAIVE
    if pa.types.is_date(given):
        return pa.date32()
    if pa.types.is_string(given) or pa.types.is_large_string(given) or pa.types.is_string_view(given):
        return pa.string()
    return pa.string() if pa.types.is_dictionary(given) else given
