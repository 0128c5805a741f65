"""Where rows come from that are read again and again: the options of `heartline ingest` and `heartline feed add`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click

from heartline.cli.console import print_json
from heartline.errors import SourceError
from heartline.feeds.feed import Feed, FolderFeed, QueryFeed, Way
from heartline.feeds.report import FeedReport

Command = TypeVar("Command", bound=Callable[..., Any])

_QUERY = ("sql", "sql_file", "from_url", "password", "cursor", "overlap")
_FOLDER = ("from_folder", "pattern", "settle")
_SETTLE = 5.0


def source_options(command: Command) -> Command:
    """The options that say what is read; ``feed_of`` reads them."""
    path = click.Path(path_type=Path, dir_okay=False)
    options = (
        click.option("--sql", help="Query of a database that is read: select … from …"),
        click.option("--sql-file", type=path, help="The query in a file."),
        click.option(
            "--from-url", metavar="URL",
            help="SQLAlchemy address of the database, e.g. postgresql://reader@host/shop; env:NAME, file:PATH.",
        ),
        click.option("--password", metavar="PLACE", help="Where its password stands: env:NAME or file:PATH."),
        click.option("--cursor", metavar="COLUMN", help="Column of the query's result that tells which rows are new."),
        click.option(
            "--overlap", metavar="SPAN",
            help="How far before the highest cursor each run begins, for late commits: 10m, 2h, 3d, 500. "
            "Default: 1h for times, 1d for dates, 1000 for whole numbers.",
        ),
        click.option(
            "--folder", "from_folder", metavar="DIR", help="Folder of files that is read; new and changed files only."
        ),
        click.option("--pattern", help="Files of the folder, e.g. '*.csv' or '**/*.jsonl.gz'; default: *."),
        click.option(
            "--settle", type=click.FloatRange(min=0), metavar="SECONDS",
            help=f"How long a file must not have changed before it is read; default: {_SETTLE:g}.",
        ),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def is_quiet(as_json: bool) -> bool:
    """Whether no progress is shown: in a log each new number would be a line."""
    return as_json or not sys.stderr.isatty()


def is_asked(given: Mapping[str, Any]) -> bool:
    """Whether any of the options is given."""
    return any(given[name] is not None for name in (*_QUERY, *_FOLDER))


def feed_of(
    name: str, table_name: str | None, mapping: Path | None, export: str | None, told: Mapping[str, Any],
    given: Mapping[str, Any],
) -> Feed:  # fmt: skip
    """The feed that the options describe; SourceError where they contradict each other."""
    way = Way(table_name or "", str(mapping or ""), export or "", dict(told))
    asked = [of for of in (_QUERY, _FOLDER) if any(given[option] is not None for option in of)]
    if len(asked) != 1:
        raise SourceError(
            "a query and a folder at once" if asked else "it is not said what is read",
            "--sql with --from-url, or --folder", "see docs/how-to/feeds.md",
        )  # fmt: skip
    if asked[0] == _FOLDER:
        if given["from_folder"] is None:
            raise SourceError(
                "--pattern and --settle are of no use without --folder", "--folder DIR", "name the folder"
            )
        settle = _SETTLE if given["settle"] is None else float(given["settle"])
        return FolderFeed(name, way, given["from_folder"], given["pattern"] or "*", settle)
    if given["from_url"] is None:
        raise SourceError("no database is named", "--from-url", "e.g. --from-url postgresql://reader@host/shop")
    return QueryFeed(
        name, way, given["from_url"], given["sql"] or "", str(given["sql_file"] or ""), given["password"] or "",
        given["cursor"] or "", given["overlap"] or "",
    )  # fmt: skip


def report_json(report: FeedReport) -> dict[str, Any]:
    """A report for scripts."""
    return {**asdict(report), "failed": dict(report.failed)}


def print_feed(report: FeedReport, folder: Path, as_json: bool) -> None:
    """A run as a person reads it."""
    if as_json:
        print_json(report_json(report))
        return
    of_files = report.kind == "folder"
    if report.would_read is not None:
        what = "files" if of_files else "rows"
        click.echo(f"{report.feed}: would read {report.would_read:,} {what}{_up_to(report)}.")
    else:
        click.echo(
            f"{report.feed}: read {report.read:,} rows in {report.seconds:.1f} s: {report.new:,} new, "
            f"{report.replaced:,} replaced, {report.unchanged:,} unchanged, {report.skipped:,} skipped by the mapping, "
            f"{report.quarantined:,} in quarantine{_up_to(report)}."
        )
    if of_files and (report.would_read is None or report.loaded or report.known):
        click.echo(
            f"  {len(report.loaded):,} files new or changed, {report.known:,} known, {len(report.renamed):,} renamed, "
            f"{len(report.waiting):,} still being written, {len(report.failed):,} failed"
        )
    for note in (*report.notes, *report.reasons):
        click.echo(f"  {note}")
    for name, why in report.failed:
        click.echo(f"  failed: {name}: {why}")
    for name in report.waiting:
        click.echo(f"  still being written: {name}; the next run reads it")
    if report.quarantined:
        click.echo(f"Next: heartline quarantine list -w {folder} (then: export, mend, replay)")


def _up_to(report: FeedReport) -> str:
    return f", up to {report.cursor}" if report.cursor else ""
