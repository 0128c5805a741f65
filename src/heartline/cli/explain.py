"""`heartline explain`."""

from __future__ import annotations

from pathlib import Path

import click

from heartline.cli.console import json_option, opened, print_json, print_rows, workspace_option
from heartline.errors import TableError
from heartline.explain import Explanation


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
    if pairs and not told.rows:
        click.echo(f"No row of {table_name} has {', '.join(key)}.")


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
