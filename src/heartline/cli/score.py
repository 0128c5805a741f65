"""`heartline score`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from heartline.cli.console import json_option, print_json, progress_bar


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--text", required=True, metavar="COLUMN", help="Column that holds the words.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False),
              help="Where to write: .csv, .parquet or .jsonl.")  # fmt: skip
@click.option("--model", default="default", show_default=True, help="Text model: a name, or a folder.")
@click.option("--prefix", default="", help="Put before every added column, where a name is taken.")
@click.option("--strict", is_flag=True, help="Exit with 3 when rows could not be read.")
@json_option
def score(file: Path, text: str, output: Path, model: str, prefix: str, strict: bool, as_json: bool) -> None:
    """Score the texts of a CSV, Parquet or JSON Lines FILE: its rows come back with feelings beside them."""
    from heartline.score import score_file  # weights and readers load only here

    with progress_bar(quiet=as_json) as progress:
        report = score_file(
            file, text, output, model, prefix, lambda done, total, rows: progress(f"{rows:,} rows", done, total)
        )
    if as_json:
        print_json(asdict(report))
    else:
        parts = ", ".join(f"{count:,} {status}" for status, count in sorted(report.statuses.items()))
        click.echo(f"Wrote {report.rows:,} rows to {output} (model {report.model_version}): {parts or 'no rows'}.")
        for note in report.notes:
            click.echo(f"  {note}")
        if report.unread_lines:
            lines = ", ".join(map(str, report.unread_lines[:10]))
            click.echo(
                f"  {len(report.unread_lines):,} rows could not be read, at lines {lines}, and are not in {output}:"
                f" {'; '.join(report.unread_reasons)}."
            )
    if strict and report.unread_lines:
        sys.exit(3)
