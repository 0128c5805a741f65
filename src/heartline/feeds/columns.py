"""Columns as a database driver gives them, as Arrow columns: each in its type where all values have one, else text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa

_encode = msgspec.json.Encoder(enc_hook=str).encode


def column_of(values: Sequence[Any]) -> pa.Array:
    """One column. A missing value is NULL; whole numbers, fractions, yes/no, dates and times keep their type."""
    kinds = set(map(type, values)) - {type(None)}
    if not kinds:
        return pa.nulls(len(values), pa.string())
    kind = kinds.pop() if len(kinds) == 1 else object
    try:
        if kind is datetime:
            zoned = {value.tzinfo is not None for value in values if value is not None}
            if len(zoned) == 1:
                return pa.array(values, pa.timestamp("us", "UTC" if zoned.pop() else None))
        elif kind in _TYPED:
            return pa.array(values, _TYPED[kind])
    except (pa.ArrowInvalid, OverflowError, UnicodeEncodeError):
        pass  # numbers of more than 64 bits, half characters
    return pa.array([None if value is None else cell_of(value) for value in values], pa.string())


_TYPED: dict[type, pa.DataType] = {
    str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_(), date: pa.date32(),
}  # fmt: skip


def cell_of(value: Any) -> str:
    """A value as text: times in ISO 8601, decimals without exponent, objects and lists as JSON, bytes as their text, or
    as ``\\x`` and hexadecimal digits where they are none."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else "nan"
    if isinstance(value, bytes | bytearray | memoryview):
        body = bytes(value)
        try:
            return body.decode()
        except UnicodeDecodeError:
            return "\\x" + body.hex()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict | list | tuple | set | frozenset):
        return _encode(value).decode("utf-8", "replace")
    return str(value).encode("utf-8", "replace").decode()
