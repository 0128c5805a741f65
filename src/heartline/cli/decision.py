"""`heartline decision`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from heartline.cli.console import json_option, opened, print_json, print_rows, shown_value, workspace_option
from heartline.records.decisions import Decision
from heartline.tables import DECISION_CAME

by_option = click.option("--by", default="", metavar="NAME", help="Who says so.")


@click.group()
def decision() -> None:
    """The decisions log: what was decided, on which figure, and what became of it.

    A decision cites a figure by its address on the desk (open it and copy), or short, TABLE.COLUMN?key=value; without
    one it must be marked --judgement. From the day of its review on, `heartline brief` asks what came of it.
    """


@decision.command()
@click.argument("what")
@by_option
@click.option("--evidence", default="", metavar="FIGURE", help="e.g. 'period_summary.connection_mean?segment=all'.")
@click.option("--judgement", is_flag=True, help="No figure stands behind it.")
@click.option("--expect", "expected", default="", metavar="TEXT", help="What is expected to come of it.")
@click.option("--review", "review_on", default="", metavar="DATE", help="When to look back, e.g. 2026-09-01.")
@workspace_option
@json_option
def add(
    what: str, by: str, evidence: str, judgement: bool, expected: str, review_on: str, folder: Path, as_json: bool
) -> None:
    """Keep what was decided, with the figure as it stands now."""
    with opened(folder) as workspace:
        kept = workspace.moves.decisions.add(what, by, evidence, judgement, expected, review_on)
    if as_json:
        print_json(asdict(kept))
        return
    click.echo(f"Kept as decision {kept.decision_id}: {kept.what}")
    if kept.figure is not None:
        figure = _figure(kept.figure, kept.low, kept.high, kept.n)
        click.echo(f"{figure} in {kept.evidence_table}.{kept.evidence_column}, run {kept.run_id}.")
    if kept.kind == "single_request":
        click.echo("It rests on few: a single request, not a pattern.")
    if kept.review_on:
        click.echo(f"Next: heartline brief asks from {kept.review_on} on what came of it.")


@decision.command(name="list")
@workspace_option
@json_option
def list_decisions(folder: Path, as_json: bool) -> None:
    """List decisions with their figure then and now, newest first."""
    with opened(folder) as workspace:
        found = workspace.moves.decisions.standing(1000)
    if as_json:
        print_json([{**asdict(one.decision), "now": asdict(one.now) if one.now else None, "due": one.due}
                    for one in found])  # fmt: skip
    elif not found:
        click.echo("Nothing was decided yet.")
    else:
        rows = [
            {
                "no": one.decision.decision_id, "on": one.decision.at[:10], "what": one.decision.what,
                "by": one.decision.by, "rests on": one.decision.kind.replace("_", " "),
                "then": one.decision.figure,
                "now": one.now.value if one.now else one.decision.later_figure,
                "review": one.decision.review_on, "came": _came(one.decision, one.due),
            }
            for one in found
        ]  # fmt: skip
        print_rows(rows, list(rows[0]))


@decision.command()
@click.argument("number", type=int)
@click.option("--came", type=click.Choice(DECISION_CAME), required=True, help="What came of it.")
@by_option
@click.option("--note", default="", help="Why you say so.")
@workspace_option
@json_option
def review(number: int, came: str, by: str, note: str, folder: Path, as_json: bool) -> None:
    """Keep what came of decision NUMBER, with its figure as it stands now; once."""
    with opened(folder) as workspace:
        kept = workspace.moves.decisions.review(number, by, came, note)
    if as_json:
        print_json(asdict(kept))
        return
    click.echo(f"Decision {kept.decision_id} came out {came.replace('_', ' ')}, says {kept.reviewed_by}.")
    if kept.figure is not None:
        then = _figure(kept.figure, kept.low, kept.high, kept.n)
        later = _figure(kept.later_figure, kept.later_low, kept.later_high, kept.later_n)
        click.echo(f"Then {then}; now {later}.")


def _figure(value: float | None, low: float | None, high: float | None, n: int | None) -> str:
    if value is None:
        return "not known"
    ends = f" [{shown_value(low)} to {shown_value(high)}]" if low is not None and high is not None else ""
    return f"{shown_value(value)}{ends}" + (f", n = {shown_value(n)}" if n is not None else "")


def _came(one: Decision, due: bool) -> str | None:
    return "to be reviewed" if due else (one.came or "").replace("_", " ") or None
