"""`heartline feed`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from heartline.cli.console import json_option, opened, print_json, print_rows, progress_bar, workspace_option
from heartline.cli.data import told_pairs
from heartline.cli.feeding import feed_of, is_quiet, print_feed, report_json, source_options
from heartline.errors import HeartlineError, SourceError
from heartline.feeds.feed import GIVEN
from heartline.feeds.report import FeedReport
from heartline.workspace import Workspace


@click.group()
def feed() -> None:
    """Queries of databases and folders that are read again and again, each time what is new."""


@feed.command()
@click.argument("name")
@click.argument("table_name", metavar="[TABLE]", required=False)
@source_options
@click.option("--map", "mapping", type=click.Path(path_type=Path, dir_okay=False), help="Mapping file (TOML).")
@click.option("--from", "export", metavar="TOOL", help="Tool that wrote the files of the folder.")
@click.option("--set", "told", multiple=True, metavar="KEY=VALUE", help="As for `heartline ingest`.")
@click.option("--replace", "instead", is_flag=True, help="Change a feed; it goes on from where it was.")
@workspace_option
@json_option
def add(
    name: str, table_name: str | None, mapping: Path | None, export: str | None, told: tuple[str, ...], instead: bool,
    folder: Path, as_json: bool, **given: Any,
) -> None:  # fmt: skip
    """Keep a query or a folder under NAME, to be read by `heartline feed run NAME`.

    The rows have Heartline's own columns, then name the TABLE, or go through --map, or are files of a tool (--from).
    Nothing is loaded yet; the place is looked at once, so that a mistake shows now. No password is kept.
    """
    made = feed_of(name, table_name, mapping, export, told_pairs(told), given)
    with opened(folder) as workspace:
        report = workspace.feeds.add(made, instead)
    print_feed(report, folder, as_json)
    if not as_json:
        click.echo(f"Next: heartline feed run {name} -w {folder}")


@feed.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "every", is_flag=True, help="Run every feed, one after the other.")
@click.option(
    "--full", is_flag=True, help="Read everything again, not only what is new; what is known changes nothing."
)
@click.option("--dry-run", is_flag=True, help="Say what would be read; read and keep nothing.")
@click.option("--strict", is_flag=True, help="Exit with 3 when rows went to quarantine.")
@workspace_option
@json_option
def run(
    names: tuple[str, ...], every: bool, full: bool, dry_run: bool, strict: bool, folder: Path, as_json: bool
) -> None:
    """Read what is new. One line for cron: heartline feed run --all -w FOLDER

    A feed that fails does not stop the others. Exits with 1 when one failed as a whole or a file of it did.
    """
    if bool(names) == every:
        raise SourceError("it is not said which feed", "one or more names, or --all", "heartline feed list")
    with opened(folder) as workspace:
        chosen = names or tuple(row.name for row in workspace.feeds.every() if row.definition.get("url") != GIVEN)
        reports = [_one(workspace, name, full, dry_run, folder, as_json) for name in chosen]
    if as_json:
        print_json([report_json(report) for report in reports])
    elif not reports:
        click.echo(f"There are no feeds. Next: heartline feed add NAME … -w {folder}")
    if not all(report.ok for report in reports):
        sys.exit(1)
    if strict and any(report.quarantined for report in reports):
        sys.exit(3)


def _one(workspace: Workspace, name: str, full: bool, dry_run: bool, folder: Path, as_json: bool) -> FeedReport:
    kind = ""
    try:
        made = workspace.feeds.named(name)
        kind = made.kind
        with progress_bar(is_quiet(as_json)) as progress:
            report = workspace.feeds.run(
                made, full, dry_run, lambda done, total, rows: progress(f"{name}: {rows:,} rows", done, total)
            )
    except HeartlineError as error:
        if not as_json:
            click.echo(f"{name}: failed. {error}", err=True)
        return FeedReport(name, kind, fault=str(error))
    if not as_json:
        print_feed(report, folder, as_json=False)
    return report


@feed.command(name="list")
@workspace_option
@json_option
def list_feeds(folder: Path, as_json: bool) -> None:
    """List the feeds: what they read, how far, when last, how many rows, and why they failed."""
    with opened(folder) as workspace:
        rows = workspace.feeds.lines()
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo(f"There are no feeds. Next: heartline feed add NAME … -w {folder}")
    else:
        print_rows(rows, list(rows[0]))


@feed.command()
@click.argument("name")
@workspace_option
def remove(name: str, folder: Path) -> None:
    """Forget the feed NAME and how far it was read. What it brought stays; added anew, it reads everything again."""
    with opened(folder) as workspace:
        workspace.feeds.remove(name)
    click.echo(f"Removed {name}.")
