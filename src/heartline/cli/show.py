"""`heartline show`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from heartline.cli.console import json_text, opened, print_rows, workspace_option
from heartline.errors import EngineError, TableError
from heartline.tables import table


@click.command()
@click.argument("table_name", metavar="TABLE")
@workspace_option
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "parquet"]), default="table", show_default=True
)
@click.option("--where", help="SQL condition on the table's columns, e.g. \"segment = 'at_risk'\".")
@click.option("--customer", metavar="ID", help="Rows of one customer, by any id that leads to them.")
@click.option("--order", help='SQL order, e.g. "value_at_stake desc nulls last".')
@click.option("--columns", help="Columns to show, joined by commas; default: all.")
@click.option("--limit", type=click.IntRange(min=0), help="At most so many rows; default: 20 for table, else all.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file instead.")
def show(
    table_name: str,
    folder: Path,
    form: str,
    where: str | None,
    customer: str | None,
    order: str | None,
    columns: str | None,
    limit: int | None,
    output: Path | None,
) -> None:
    """Show the rows of a fact or derived table. `load` and `quarantine` show loads and rows not loaded."""
    if output and form == "table":
        raise TableError("-o writes no table for eyes", "--format csv, json or parquet", "add --format csv")
    if table_name in ("load", "quarantine"):
        if where or customer or order or columns:
            raise TableError(
                f"{table_name} knows no --where, --customer, --order or --columns",
                "--limit and --format",
                "filter what it prints",
            )
        last = limit if limit is not None else 100 if form == "table" else sys.maxsize
        with opened(folder) as workspace:
            rows = workspace.loads()[:last] if table_name == "load" else workspace.quarantine(last)
        _emit(pa.Table.from_pylist([_flat(row) for row in rows]), form, output, table_name)
        return
    of = table(table_name)
    if of.kind == "record":
        raise TableError(
            f"{table_name} holds people's decisions", "a fact or derived table", "see docs/reference/tables.md"
        )
    wanted = [of.column(name.strip()).name for name in columns.split(",")] if columns else list(of.names)
    most = 20 if limit is None and form == "table" else limit
    conditions = [f"({where})"] if where else []
    if customer:
        conditions.append(f"{of.column(of.customer or 'customer_id').name} = $customer")
    query = f"select {', '.join(wanted)} from {table_name}"
    query += f" where {' and '.join(conditions)}" if conditions else ""
    if form == "table" and not order:  # the same rows each time, for eyes; files are written as they come
        order = ", ".join(f"{name} asc nulls last" for name in of.key)
    query += f" order by {order}" if order else ""
    query += f" limit {most}" if most is not None else ""
    with opened(folder) as workspace:
        try:
            found = workspace.query(query, {"customer": workspace.customer_of(customer)} if customer else None)
        except EngineError as cause:
            raise TableError(
                f"--where or --order cannot be read: {cause.got}",
                f"SQL on the columns {', '.join(of.names)}",
                f"`heartline explain {table_name} --json` says what each column holds",
            ) from cause
        if not found.num_rows and of.kind == "derived" and most != 0:
            click.echo(f"{table_name} has no such rows. Has `heartline run` been run?", err=True)
    _emit(found, form, output, table_name)


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Lists and counts by name as text, so that a report fits into a table's cells."""
    flat = dict(row)
    for name, value in row.items():
        if isinstance(value, dict):
            flat[name] = ", ".join(f"{key} {count}" for key, count in value.items())
        elif isinstance(value, list):
            flat[name] = "; ".join(map(str, value))
    return flat


def _emit(found: pa.Table, form: str, output: Path | None, title: str) -> None:
    if form == "table":
        print_rows(found.to_pylist(), found.column_names, title)
    elif form == "json":
        text = json_text(found.to_pylist())
        if output:
            output.write_text(text + "\n", encoding="utf-8")
        else:
            click.echo(text)
    else:
        write = pa_csv.write_csv if form == "csv" else pq.write_table
        if output:
            with output.open("wb") as file:
                write(found, file)
        else:
            write(found, sys.stdout.buffer)
            sys.stdout.buffer.flush()
