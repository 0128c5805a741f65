"""`heartline audience`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from heartline.action.table_file import csv_bytes
from heartline.cli.console import json_option, opened, print_json, workspace_option
from heartline.playbook.conditions import CONDITIONS
from heartline.tables import PURPOSES


@click.command()
@click.option(
    "--where",
    "conditions",
    multiple=True,
    metavar="CONDITION",
    help="E.g. p_leaving>=0.5, connection<=40, segment=advocate|super_advocate; several must all hold.",
)
@click.option(
    "--for",
    "purposes",
    multiple=True,
    type=click.Choice(list(PURPOSES)),
    metavar="PURPOSE",
    help=f"What they are wanted for: {', '.join(PURPOSES)}. Who objects is left out.",
)
@click.option("--names", is_flag=True, help="Write names as well as ids.")
@click.option("--conditions", "listing", is_flag=True, help="List what can be asked for, and write nobody.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write; else the output.")
@workspace_option
@json_option
def audience(
    conditions: tuple[str, ...], purposes: tuple[str, ...], names: bool, listing: bool, out: Path | None, folder: Path,
    as_json: bool,
) -> None:  # fmt: skip
    """Write the customers of whom conditions hold, as CSV, for a purpose that each of them does not object to."""
    if listing:
        for one in CONDITIONS.values():
            asked = " or ".join(one.allowed) if one.allowed else one.unit or one.kind
            click.echo(f"{one.name:<24} {one.meaning} ({asked})")
        return
    with opened(folder) as workspace:
        found = workspace.moves.audience(conditions, purposes, names)
    if as_json:
        print_json({"met": found.met, "objecting": found.objecting, "customers": found.rows.to_pylist()})
    elif out is not None:
        out.write_bytes(csv_bytes(found.rows))
    else:
        sys.stdout.write(csv_bytes(found.rows).decode())
    left_out = f", {found.objecting} left out who object" if found.objecting else ""
    click.echo(f"{found.rows.num_rows} customers for {' and '.join(found.purposes)}{left_out}.", err=True)
