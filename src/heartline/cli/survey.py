"""`heartline survey`."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import click

from heartline.cli.console import json_option, print_json
from heartline.survey import LANGUAGES, sheet
from heartline.survey.items import COMPANY


@click.group()
def survey() -> None:
    """Questions to ask customers about affection, connection, passion, being understood, and what comes to mind."""


@survey.command()
@click.option(
    "--language", type=click.Choice([*LANGUAGES, "all"]), default="en", show_default=True, help="Of the wordings."
)
@click.option("--company", default=COMPANY, show_default=True, help="The name that customers know.")
@click.option("--short", is_flag=True, help="Only the short form: the open question and five items, a minute.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write a CSV file, with a mark of UTF-8."
)
@json_option
def items(language: str, company: str, short: bool, output: Path | None, as_json: bool) -> None:
    """Print the items as CSV for form tools: wording, answers 1 to 7 with their labels, scale, what each measures.

    Name the columns of the form by `code`, or leave the wording as the column's name: either is known again by
    `heartline ingest`. See docs/how-to/ask-customers.md.
    """
    rows = sheet(language, company, short)
    if as_json:
        print_json(rows)
        return
    held = io.StringIO()
    writer = csv.DictWriter(held, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    if output is None:
        sys.stdout.write(held.getvalue())
        return
    # spreadsheets take a file without the mark for another encoding, and spoil umlauts and accents
    output.write_text(held.getvalue(), encoding="utf-8-sig")
    click.echo(f"Wrote {len(rows)} items to {output}.", err=True)
