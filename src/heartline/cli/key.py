"""`heartline key`."""

from __future__ import annotations

from pathlib import Path

import click

from heartline.cli.console import json_option, opened, print_json, print_rows, workspace_option
from heartline.records import keys


@click.group()
def key() -> None:
    """Keys with which other programs send events and rows to `heartline serve`."""


@key.command()
@click.argument("name")
@click.option("--write", is_flag=True, required=True, help="The key may send; it can read nothing.")
@workspace_option
def create(name: str, write: bool, folder: Path) -> None:  # noqa: ARG001  the only kind there is, said aloud
    """Make a key called NAME and print it, this once: only its hash is kept."""
    with opened(folder) as workspace:
        made = keys.create(workspace.records, name)
    click.echo(made)
    click.echo("This is the only time that the key is shown. A lost one is revoked and made anew.", err=True)


@key.command(name="list")
@workspace_option
@json_option
def list_keys(folder: Path, as_json: bool) -> None:
    """List the keys: name, when made, when revoked. The keys themselves are not kept."""
    with opened(folder) as workspace:
        rows = [
            {"name": one.name, "may": "write", "created_at": one.created_at, "revoked_at": one.revoked_at}
            for one in keys.every(workspace.records)
        ]
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo(f"There are no keys. Next: heartline key create NAME --write -w {folder}")
    else:
        print_rows(rows, list(rows[0]))


@key.command()
@click.argument("name")
@workspace_option
def revoke(name: str, folder: Path) -> None:
    """Take nothing more with the key NAME. What it sent before stays; a running server follows within seconds."""
    with opened(folder) as workspace:
        keys.revoke(workspace.records, name)
    click.echo(f"Revoked {name}.")
