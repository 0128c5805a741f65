"""Tables as files: CSV for programs, XLSX for people, both with texts that no spreadsheet runs as a formula.

XLSX is written by XlsxWriter (BSD licence, one package of Python without others). Its second sheet says what each
column holds and what an empty cell means, as ``heartline.tables`` declares it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa
import xlsxwriter
from fastapi.responses import Response

from heartline.action.table_file import csv_bytes
from heartline.errors import TableError
from heartline.tables import Table, table
from heartline.web.door import Door
from heartline.web.page import MissingPage

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_ROWS = 200_000
Guide = Sequence[tuple[str, str, str, str]]
"""(column, meaning, unit, what an empty cell means)."""


def as_file(form: str, name: str, rows: pa.Table, guide: Guide) -> Response:
    """An answer that the browser saves as ``name.form``."""
    body = csv_bytes(rows) if form == "csv" else xlsx_bytes(name, rows, guide)
    return Response(
        body, media_type=FORMS[form], headers={"content-disposition": f'attachment; filename="{name}.{form}"'}
    )


def whole_table(door: Door, name: str, form: str) -> Response:
    """A derived table that holds no customers, as a file; MissingPage for any other."""
    try:
        of = table(name)
    except TableError as cause:
        raise MissingPage("there is no such table", "a table of docs/reference/tables.md") from cause
    if of.kind != "derived" or of.customer or form not in FORMS:
        raise MissingPage(
            "this table is not given out as a file here", "a derived table without customers, as csv or xlsx",
            "use `heartline show TABLE --format csv`",
        )  # fmt: skip
    order = ", ".join(f"{column} asc nulls last" for column in of.key)
    rows = door.query(f"select {', '.join(of.names)} from {name} order by {order} limit {MOST_ROWS}")
    return as_file(form, name, rows, guide_of(of))


def guide_of(of: Table, names: Sequence[str] | None = None) -> Guide:
    """What the columns of a declared table hold."""
    return [
        (column.name, column.meaning, column.unit, "" if column.required else column.null)
        for column in (of if names is None else (of.column(name) for name in names))
    ]


def xlsx_bytes(name: str, rows: pa.Table, guide: Guide) -> bytes:
    """A workbook with the rows and, on a second sheet, what their columns mean."""
    sink = io.BytesIO()
    # texts stay texts: nothing becomes a formula, a link or a number
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(sink, options) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(name[:31])
        for at, column in enumerate(rows.column_names):
            values = rows.column(column).to_pylist()
            sheet.write_string(0, at, column, head)
            for line, value in enumerate(values, 1):
                if value is None or value != value:
                    continue
                if isinstance(value, bool):
                    sheet.write_boolean(line, at, value)
                elif isinstance(value, int | float):
                    sheet.write_number(line, at, value)
                elif isinstance(value, datetime):
                    sheet.write_datetime(line, at, value, moment)
                else:
                    sheet.write_string(line, at, str(value)[:32_767])
            longest = max((len(str(value)) for value in values[:500]), default=0)
            sheet.set_column(at, at, min(max(longest, len(column)) + 2, 48))
        sheet.freeze_panes(1, 1)
        if rows.num_rows:
            sheet.autofilter(0, 0, rows.num_rows, rows.num_columns - 1)
        columns = book.add_worksheet("columns")
        for at, (title, width) in enumerate((("column", 22), ("holds", 80), ("unit", 20), ("empty means", 40))):
            columns.write_string(0, at, title, head)
            columns.set_column(at, at, width)
        for line, parts in enumerate(guide, 1):
            for at, part in enumerate(parts):
                columns.write_string(line, at, part, wrapped)
    return sink.getvalue()
