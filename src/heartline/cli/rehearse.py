"""`heartline playbook rehearse`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import get_args

import click

from heartline.action.limits import AGAIN, SAME
from heartline.action.rehearsal import Rehearsal, RehearsedPlay, Step
from heartline.cli.case import MOMENT
from heartline.cli.console import json_option, opened, print_json, print_rows, workspace_option

_MOST_OVERLAPS = 10


@click.command()
@click.option("--from", "first", type=MOMENT, required=True, help="First day to look from, e.g. 2026-01-01.")
@click.option("--to", "last", type=MOMENT, required=True, help="Last day, not after that of the last run.")
@click.option(
    "--step", type=click.Choice(get_args(Step)), default="day", show_default=True, help="Look from every day or week."
)
@workspace_option
@json_option
def rehearse(first: datetime, last: datetime, step: Step, folder: Path, as_json: bool) -> None:
    """Run the playbook over history: what it would have opened, and for whom that is too much. Nothing is written.

    Every guard and limit holds as in `heartline case open`, from an empty register of cases on; each case is taken to
    be acted on at its deadline. What was said and done then is read as it is read today.
    """
    with opened(folder) as workspace:
        found = workspace.moves.cases.rehearse(first, last, step)
    if as_json:
        print_json(asdict(found))
    else:
        _print(found)


def _kept_back(play: RehearsedPlay) -> str | None:
    """How often limits or objections kept customers back; that the same contact opens once is no news."""
    told = [f"{count:,} times: {why}" for why, count in play.not_opened.items() if why not in (SAME, AGAIN)]
    return "; ".join(told) or None


def _customers(count: int) -> str:
    return f"{count:,} customer{'' if count == 1 else 's'}"


def _print(found: Rehearsal) -> None:
    click.echo(
        f"From {found.first:%Y-%m-%d} to {found.last:%Y-%m-%d}, every {found.step}: "
        f"{found.cases:,} case{'' if found.cases == 1 else 's'} for {_customers(found.customers)}."
    )
    rows = [
        {
            "play": one.play_id, "team": one.team, "asked for": one.customers if not one.skipped else None,
            "opened": one.opened if not one.skipped else None,
            "left alone to compare": one.held_out if not one.skipped else None,
            "kept back": _kept_back(one),
        }
        for one in found.plays
    ]  # fmt: skip
    if rows:
        print_rows(rows, list(rows[0]), "Plays: customers asked for, cases")
    for one in found.plays:
        for example in one.examples[:1]:
            click.echo(f"  {one.play_id}, for example: {example}")
    teams = [
        {
            "team": one.team, "cases": one.cases, "a day at most": one.per_day, "busiest day": one.busiest_day,
            "cases then": one.on_busiest_day or None, f"{found.step}s with more than that": one.days_over,
            "longest queue": one.longest_queue,
        }
        for one in found.teams
    ]  # fmt: skip
    if teams:
        print_rows(teams, list(teams[0]), "Teams")
    overlaps = [
        {"play": one.play_a, "and": one.play_b, "customers": one.customers} for one in found.overlaps[:_MOST_OVERLAPS]
    ]
    if overlaps:
        print_rows(overlaps, list(overlaps[0]), "Customers whom two plays asked for at the same time")
    worst = f", one of them on {found.most_contacts} days within the time of the limits" if found.pestered else ""
    click.echo(
        f"Without limits {_customers(found.pestered)} would be contacted more often than the limits allow{worst}."
    )
    click.echo(f"With limits {_customers(found.never_reached)} whom plays ask for would never be reached.")
    click.echo(f"Plays asked for {_customers(found.objecting)} who object to being contacted.")
    for note in found.notes:
        click.echo(f"Note: {note}")
