"""`heartline events`."""

from __future__ import annotations

from pathlib import Path

import click

from heartline.cli.console import json_option, opened, print_json, print_rows, workspace_option
from heartline.live.event_map import load_event_map, shipped_text


@click.command()
@click.option("--file", "as_file", is_flag=True, help="Print the events file that comes with Heartline, to copy from.")
@workspace_option
@json_option
def events(as_file: bool, folder: Path, as_json: bool) -> None:
    """Say what events become: the shipped rules with those of the workspace's own events.toml over them."""
    if as_file:
        click.echo(shipped_text(), nl=False)
        return
    with opened(folder) as workspace:
        found = load_event_map(workspace.root)
    rows = [
        {
            "event": name, "touchpoint": rule.said.get("touchpoint"), "stage": rule.said.get("stage"),
            "kind": rule.said.get("kind"), "outcome": rule.said.get("outcome"),
            "also": "left out" if rule.leave_out else "purchase" if rule.purchase else None,
        }
        for name, rule in sorted(found.events.items())
    ]  # fmt: skip
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, list(rows[0]))
