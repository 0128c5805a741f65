"""`heartline run`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from heartline.cli.console import json_option, opened, print_json, print_rows, progress_bar, workspace_option
from heartline.errors import SettingsError


def moment(text: str | None) -> datetime | None:
    """A moment from ISO text, in UTC without an offset; a date alone is its midnight. SettingsError if unreadable."""
    if text is None:
        return None
    try:
        given = datetime.fromisoformat(text)
    except ValueError as cause:
        raise SettingsError(
            f"--as-of {text!r} is not a date or time", "ISO 8601, e.g. 2026-06-30", "write year-month-day"
        ) from cause
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
        click.echo(f"\nRows written: {written}")
        click.echo(f"Next: heartline serve -w {folder}; heartline show TABLE or explain TABLE -w {folder}")
