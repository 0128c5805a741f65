"""`heartline init`, `heartline ingest`, `heartline quarantine`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from heartline import ingest as ingesting
from heartline.cli.console import json_option, opened, print_json, print_rows, progress_bar, workspace_option
from heartline.cli.feeding import feed_of, is_asked, is_quiet, print_feed, source_options
from heartline.errors import SourceError
from heartline.live.archive import ARCHIVE, looks_archived
from heartline.tables import facts
from heartline.workspace import Workspace


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--company", help="Name shown on every page.")
@click.option("--currency", help="Currency of the workspace (ISO 4217).")
@click.option("--timezone", help="Zone of times without an offset (IANA name).")
def init(folder: Path, company: str | None, currency: str | None, timezone: str | None) -> None:
    """Make a new workspace folder with a commented heartline.toml."""
    given = {"company": company, "currency": currency, "timezone": timezone}
    Workspace.create(folder, {name: value for name, value in given.items() if value}).close()
    click.echo(f"Made the workspace {folder}. Settings: {folder / 'heartline.toml'}")
    click.echo(f"Next: heartline ingest interaction FILE... -w {folder}, then heartline run -w {folder}")


@click.command()
@click.argument("arguments", nargs=-1, metavar="[TABLE] FILE...")
@click.option("--map", "mapping", type=click.Path(path_type=Path, dir_okay=False), help="Mapping file (TOML).")
@click.option(
    "--from", "export", metavar="NAME",
    help=f"Tool that wrote the files: {', '.join(sorted((*ingesting.EXPORTS, ARCHIVE)))}.",
)  # fmt: skip
@click.option("--show-mapping", is_flag=True, help="Print the mapping of --from, to copy and change; load nothing.")
@click.option(
    "--set", "told", multiple=True, metavar="KEY=VALUE",
    help="Tell --from what the files do not say, e.g. employees=NAME, customer=ID, start=TIME; again for more names.",
)  # fmt: skip
@source_options
@click.option("--full", is_flag=True, help="With --sql or --folder: read everything again, not only what is new.")
@click.option("--dry-run", is_flag=True, help="With --sql or --folder: say what would be read; read nothing.")
@click.option("--suggest", is_flag=True, help="Print a mapping file proposed from names and values; load nothing.")
@click.option("--strict", is_flag=True, help="Exit with 3 when rows went to quarantine.")
@workspace_option
@json_option
def ingest(
    arguments: tuple[str, ...], mapping: Path | None, export: str | None, show_mapping: bool,
    told: tuple[str, ...], suggest: bool, strict: bool, folder: Path, as_json: bool, full: bool, dry_run: bool,
    **asked: Any,
) -> None:  # fmt: skip
    """Load CSV, Parquet or JSON Lines files into a fact table.

    With Heartline's own columns, name the TABLE first: heartline ingest interaction visits.csv. What another tool
    wrote is loaded by its name: heartline ingest --from zendesk tickets.csv. Any other file goes through a mapping:
    heartline ingest --map mapping.toml export.csv. Loading the same rows again changes nothing.

    With --sql or --folder in place of files, the same command again reads what is new: heartline ingest purchase
    --from-url URL --sql QUERY --cursor COLUMN. Under a name: heartline feed add.
    """
    given = told_pairs(told)
    if show_mapping:
        _show_mapping(export, given)
        return
    names = {of.name for of in facts()}
    table_name = arguments[0] if arguments and arguments[0] in names else None
    files = [Path(argument) for argument in arguments[1 if table_name else 0 :]]
    if is_asked(asked) and not files:
        feed = feed_of("", table_name, mapping, export, given, asked)
        with opened(folder) as workspace, progress_bar(is_quiet(as_json)) as progress:
            run = workspace.feeds.run_once(
                feed, full, dry_run, lambda done, total, rows: progress(f"{rows:,} rows", done, total)
            )
        print_feed(run, folder, as_json)
        if not run.ok:
            sys.exit(1)
        if strict and run.quarantined:
            sys.exit(3)
        return
    if is_asked(asked) or full or dry_run:
        raise SourceError(
            "options of --sql and --folder together with files, or without either", "files, or a query, or a folder",
            "see docs/how-to/feeds.md",
        )  # fmt: skip
    if not files:
        raise SourceError(
            f"no file given{f' after {table_name}' if table_name else ''}", "one or more files",
            f"heartline ingest {table_name or 'interaction'} FILE",
        )  # fmt: skip
    if export and (mapping or table_name):
        raise SourceError(
            f"--from {export} says already what the files become",
            "--from, or --map, or a table",
            f"heartline ingest --from {export} FILE",
        )
    if given and not export:
        raise SourceError("--set is of no use without --from", "--from NAME", "write it under [file] of the mapping")
    missing = [file for file in files if not file.exists()]
    if missing:
        hint = "" if table_name else f"; tables are {', '.join(sorted(names))}"
        raise SourceError(f"there is no file {missing[0]}", f"CSV, Parquet or JSON Lines files{hint}", "check the path")
    if suggest:
        for file in files:
            _suggest(file)
        return
    if export == ARCHIVE:
        with opened(folder) as workspace:
            reports = workspace.ingest_calls(files)
        if as_json:
            print_json([asdict(report) for report in reports])
        for report in () if as_json else reports:
            print_load(report, folder)
        if strict and any(report.quarantined for report in reports):
            sys.exit(3)
        return
    if not (table_name or mapping or export):
        raise _unsaid(files[0])
    chosen = ingesting.export_named(export).mapping(given) if export else mapping
    with opened(folder) as workspace, progress_bar(quiet=as_json) as progress:
        report = workspace.ingest(
            table_name, files, chosen, lambda done, total, rows: progress(f"{rows:,} rows", done, total)
        )
    if as_json:
        print_json(asdict(report))
    else:
        print_load(report, folder)
    if strict and report.quarantined:
        sys.exit(3)


def told_pairs(pairs: tuple[str, ...]) -> dict[str, Any]:
    """Keys of ``[file]`` out of KEY=VALUE; those that may have several values gather them."""
    several = ("employees", "customers", "own_domains")
    known = (*several, "customer", "unnamed", "direction", "start", "encoding", "delimiter", "decimal")
    given: dict[str, Any] = {}
    for pair in pairs:
        key, _, value = (part.strip() for part in pair.partition("="))
        if key not in known or not value:
            raise SourceError(
                "--set tells nothing that is known", f"KEY=VALUE with one of {', '.join(known)}",
                'e.g. --set employees="Anna Berg"; see docs/how-to/exports.md',
            )  # fmt: skip
        if key in several:
            given.setdefault(key, []).append(value)
        else:
            given[key] = value
    return given


def _unsaid(file: Path) -> SourceError:
    """What to say where neither a table nor a tool nor a mapping is named."""
    found = ingesting.recognised(file)
    if found is None:
        return SourceError(
            f"nothing says what becomes of {file.name}", "a table, --from NAME or --map FILE",
            f"heartline ingest --suggest {file}",
        )  # fmt: skip
    return SourceError(
        f"nothing says what becomes of {file.name}, which looks like {found.title}", "--from, or a table, or a mapping",
        f"heartline ingest --from {found.name} {file}",
    )  # fmt: skip


def _show_mapping(export: str | None, given: dict[str, Any]) -> None:
    if export is None:
        raise SourceError(
            "--show-mapping does not say of which export", f"--from with one of {', '.join(ingesting.EXPORTS)}",
            "heartline ingest --from zendesk --show-mapping",
        )  # fmt: skip
    if export == ARCHIVE:
        raise SourceError(
            f"{ARCHIVE} has no mapping file", "an events file, as for calls over HTTP", "heartline events --file"
        )
    found = ingesting.export_named(export)
    click.echo(f"# The mapping of {found.title}. {found.about}")
    click.echo("# Change a copy and load with: heartline ingest --map THIS_FILE FILE\n")
    click.echo(ingesting.toml_text(found.told(given)), nl=False)


def _suggest(file: Path) -> None:
    if looks_archived(file):
        click.echo(f"# {file.name} looks like archived calls of Segment: heartline ingest --from {ARCHIVE} {file}")
        return
    found = ingesting.recognised(file)
    if found is None:
        click.echo(ingesting.suggest(file).to_toml())
        return
    click.echo(f"# {file.name} looks like {found.title}: heartline ingest --from {found.name} {file}")
    click.echo("# No mapping file is needed. This is the mapping that it uses; change a copy where it does not fit.\n")
    click.echo(ingesting.toml_text(found.text), nl=False)


def print_load(report: ingesting.LoadReport, folder: Path) -> None:
    """A load report as a person reads it."""
    click.echo(
        f"Read {report.read:,} rows in {report.seconds:.1f} s: {report.new:,} new, {report.replaced:,} replaced, "
        f"{report.unchanged:,} unchanged, {report.skipped:,} skipped by the mapping, "
        f"{report.quarantined:,} in quarantine."
    )
    click.echo("Written: " + (", ".join(f"{name} {rows:,}" for name, rows in report.written.items()) or "nothing"))
    for reason in (*report.notes, *report.reasons):
        click.echo(f"  {reason}")
    if report.quarantined > len(report.reasons):
        more = report.quarantined - len(report.reasons)
        click.echo(f"  … and {more:,} more row{'' if more == 1 else 's'} in quarantine")
    if report.mended:
        click.echo(f"Mended: {report.mended:,} rows of the quarantine.")
    if report.quarantined:
        click.echo(f"Next: heartline quarantine list -w {folder} (then: export, mend, replay)")


@click.group()
def quarantine() -> None:
    """Rows that could not be loaded: list them, export them for mending, load the mended file again."""


@quarantine.command(name="list")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@workspace_option
@json_option
def list_rows(limit: int, folder: Path, as_json: bool) -> None:
    """List rows in quarantine: where, which column, the value's shape and the reason; never customer words."""
    with opened(folder) as workspace:
        rows = workspace.quarantine(limit)
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo("The quarantine is empty.")
    else:
        print_rows(rows, [name for name in rows[0] if name != "load_id"])
        click.echo(f"\nNext: heartline quarantine export FILE -w {folder}, mend it, then replay FILE -w {folder}")


@quarantine.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@workspace_option
def export(file: Path, folder: Path) -> None:
    """Write the rows in quarantine to a CSV or JSON Lines FILE, as they came and with their reasons, for mending."""
    with opened(folder) as workspace:
        rows = ingesting.export_quarantine(workspace.records, file)
    click.echo(f"Wrote {rows:,} rows to {file}. They hold what customers wrote: keep the file safe.")


@quarantine.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False, exists=True))
@workspace_option
@json_option
def replay(file: Path | None, folder: Path, as_json: bool) -> None:
    """Load the mended FILE, or without one the rows as they are (after a setting or mapping was corrected)."""
    with opened(folder) as workspace:
        report = ingesting.replay_quarantine(workspace.records, workspace.facts, workspace.settings, file)
    if as_json:
        print_json(asdict(report))
    else:
        print_load(report, folder)
