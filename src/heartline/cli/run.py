"""`heartline run`, `heartline show`, `heartline explain`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from heartline.cli.console import json_option, json_text, opened, print_json, print_rows, progress_bar, workspace_option
from heartline.errors import SettingsError, TableError
from heartline.explain import Explanation
from heartline.tables import TABLES, table


def moment(text: str | None) -> datetime | None:
    """A moment from ISO text, in UTC without an offset; a date alone is its midnight. SettingsError if unreadable."""
    if text is None:
        return None
    try:
        given = datetime.fromisoformat(text)
    except ValueError as cause:
        raise SettingsError(f"--as-of {text!r} is not a date or time", "ISO 8601, e.g. 2026-06-30") from cause
    return given.astimezone(UTC).replace(tzinfo=None) if given.tzinfo else given


@click.command()
@click.argument("analyses", nargs=-1)
@click.option("--as-of", help="Look from this moment (ISO, UTC); default: the midnight after the last fact.")
@workspace_option
@json_option
def run(analyses: tuple[str, ...], as_of: str | None, folder: Path, as_json: bool) -> None:
    """Run all analyses, or the named ones, in the order that their tables need."""
    with opened(folder) as workspace:
        with progress_bar(quiet=as_json) as progress:
            report = workspace.run(analyses or None, moment(as_of), progress)
        if as_json:
            print_json(asdict(report))
            return
        rows = [
            {"analysis": name, "seconds": round(seconds, 1), "notes": " · ".join(report.notes[name]) or None}
            for name, seconds in report.seconds.items()
        ]
        print_rows(
            rows, ("analysis", "seconds", "notes"), f"As of {report.as_of:%Y-%m-%d %H:%M} UTC on {report.engine}"
        )
        written = ", ".join(f"{name} {count:,}" for name, count in report.rows.items())
        click.echo(f"\nRows written: {written}\nNext: heartline show TABLE, heartline serve, heartline explain TABLE")


@click.command()
@click.argument("table_name", metavar="TABLE")
@workspace_option
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "parquet"]), default="table", show_default=True
)
@click.option("--where", help="SQL condition on the table's columns, e.g. \"segment = 'at_risk'\".")
@click.option("--order", help='SQL order, e.g. "value_at_stake desc nulls last".')
@click.option("--columns", help="Columns to show, joined by commas; default: all.")
@click.option("--limit", type=click.IntRange(min=0), help="At most so many rows; default: 20 for table, else all.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file instead.")
def show(
    table_name: str,
    folder: Path,
    form: str,
    where: str | None,
    order: str | None,
    columns: str | None,
    limit: int | None,
    output: Path | None,
) -> None:
    """Show the rows of a fact or derived table. `load` and `quarantine` show loads and rows not loaded."""
    if table_name in ("load", "quarantine"):
        with opened(folder) as workspace:
            rows = workspace.loads() if table_name == "load" else workspace.quarantine(limit or 100)
        _emit(pa.Table.from_pylist(rows), form, output, table_name)
        return
    of = table(table_name)
    if of.kind == "record":
        raise TableError(f"{table_name} holds people's decisions", "a fact or derived table")
    wanted = [of.column(name.strip()).name for name in columns.split(",")] if columns else list(of.names)
    most = 20 if limit is None and form == "table" else limit
    query = f"select {', '.join(wanted)} from {table_name}"
    query += f" where {where}" if where else ""
    query += f" order by {order}" if order else ""
    query += f" limit {most}" if most is not None else ""
    with opened(folder) as workspace:
        found = workspace.query(query)
        if not found.num_rows and table_name in {t.name for t in TABLES.values() if t.kind == "derived"}:
            click.echo(f"{table_name} has no such rows. Has `heartline run` been run?", err=True)
    _emit(found, form, output, table_name)


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
        target = output.open("wb") if output else sys.stdout.buffer
        if form == "csv":
            pa_csv.write_csv(found, target)
        else:
            pq.write_table(found, target)
        target.flush()


@click.command()
@click.argument("table_name", metavar="TABLE")
@click.option("--key", multiple=True, metavar="COLUMN=VALUE", help="Rows to show; may be given several times.")
@click.option("--sql", is_flag=True, help="Print the steps' SQL too.")
@workspace_option
@json_option
def explain(table_name: str, key: tuple[str, ...], sql: bool, folder: Path, as_json: bool) -> None:
    """Say how a table came to be: analysis, moment, settings, inputs, notes, steps; and the rows asked for."""
    wrong = [pair for pair in key if "=" not in pair]
    if wrong:
        raise TableError(f"--key {wrong[0]!r} has no =", "COLUMN=VALUE, e.g. customer_id=C001")
    pairs = dict(pair.split("=", 1) for pair in key)
    with opened(folder) as workspace:
        told = workspace.explain(table_name, **pairs)
    if as_json:
        print_json(told.as_json())
        return
    _print_explanation(told, sql)


def _print_explanation(told: Explanation, sql: bool) -> None:
    click.echo(f"{told.table}: one row per {told.grain}. {told.meaning}")
    if told.run_id:
        click.echo(
            f"Made by {told.analysis} as of {told.as_of} on {told.engine} in {told.seconds:.1f} s (run {told.run_id})."
        )
        click.echo("Read: " + ", ".join(f"{name} ({rows:,} rows)" for name, rows in told.inputs))
        click.echo("Settings: " + (", ".join(f"{k} = {v}" for k, v in told.settings.items()) or "none"))
        click.echo(f"Method: {told.method}")
    for note in told.notes:
        click.echo(f"Note: {note}")
    if told.rows:
        for row in told.rows[:10]:
            print_rows([{"column": k, "value": v} for k, v in row.items()], ("column", "value"))
    click.echo(f"\n{len(told.steps)} steps: " + ", ".join(name for name, _ in told.steps) if told.steps else "")
    if sql:
        for name, text in told.steps:
            click.echo(f"\n-- {name}\n{text};")
    elif told.steps:
        click.echo("Next: --sql prints the steps, --key COLUMN=VALUE shows rows")
