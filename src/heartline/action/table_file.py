"""A table as a CSV file in which no spreadsheet runs a text as a formula."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.csv as pa_csv

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet run a text when it opens a CSV file."""


def csv_bytes(rows: pa.Table) -> bytes:
    """CSV in UTF-8; a text that begins like a formula gets a quote in front."""
    columns = [
        pa.array([_harmless(value) for value in column.to_pylist()], pa.string())
        if pa.types.is_string(column.type)
        else column
        for column in rows.columns
    ]
    sink = io.BytesIO()
    pa_csv.write_csv(pa.table(dict(zip(rows.column_names, columns, strict=True))), sink)
    return sink.getvalue()


def _harmless(value: str | None) -> str | None:
    return f"'{value}" if value and value.startswith(FORMULA) else value
