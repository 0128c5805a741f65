"""`heartline promise`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from heartline.action.promises import Promise
from heartline.cli.case import MOMENT, at_option, by_option
from heartline.cli.console import json_option, opened, print_json, print_rows, workspace_option
from heartline.tables import PROMISE_STATUS


@click.group()
def promise() -> None:
    """The register of promises: what single customers were promised, and whether it was kept.

    Plays can ask for customers whose promise is overdue or was broken. Times are UTC.
    """


@promise.command()
@click.argument("customer")
@click.argument("says")
@by_option
@click.option("--due", type=MOMENT, default=None, help="By when, e.g. 2026-05-04 or 2026-05-04T12:00.")
@click.option("--expectation", default=None, metavar="NAME", help="Standing promise of the playbook that it is one of.")
@click.option("--contact", default=None, metavar="INTERACTION_ID", help="Contact in which it was made.")
@click.option("--case", "case_id", default=None, metavar="CASE", help="Case that it belongs to.")
@at_option
@workspace_option
@json_option
def add(
    customer: str, says: str, by: str, due: datetime | None, expectation: str | None, contact: str | None,
    case_id: str | None, at: datetime | None, folder: Path, as_json: bool,
) -> None:  # fmt: skip
    """Keep what CUSTOMER was promised; SAYS is what, in the words of who promised it."""
    with opened(folder) as workspace:
        kept = workspace.moves.promises.add(
            customer, says, by, due, expectation=expectation, interaction_id=contact, case_id=case_id, at=at
        )
    _told(kept, as_json)


@promise.command(name="list")
@click.option("--customer", default=None, metavar="ID", help="Of one customer, in every state.")
@click.option("--overdue", is_flag=True, help="Only those that are open and late.")
@click.option(
    "--status", type=click.Choice(PROMISE_STATUS), default="open", show_default=True, help="Where they stand."
)
@workspace_option
@json_option
def list_promises(customer: str | None, overdue: bool, status: str, folder: Path, as_json: bool) -> None:
    """List promises, what is due first comes first."""
    with opened(folder) as workspace:
        promises = workspace.moves.promises
        if customer is not None:
            found = promises.of_customer(customer)
        else:
            found = promises.overdue() if overdue else promises.listed(status)
    if as_json:
        print_json([asdict(one) for one in found])
    elif not found:
        click.echo("There is no such promise.")
    else:
        rows = [
            {
                "promise": one.promise_id, "customer": one.customer_id, "says": one.says, "by": one.made_by,
                "due": one.due_at, "status": one.status, "settled": one.settled_at, "case": one.case_id,
            }
            for one in found
        ]  # fmt: skip
        print_rows(rows, list(rows[0]))


@promise.command()
@click.argument("promise_id", metavar="PROMISE")
@at_option
@workspace_option
@json_option
def kept(promise_id: str, at: datetime | None, folder: Path, as_json: bool) -> None:
    """Say that PROMISE was kept."""
    _settle(promise_id, "kept", at, folder, as_json)


@promise.command()
@click.argument("promise_id", metavar="PROMISE")
@at_option
@workspace_option
@json_option
def broken(promise_id: str, at: datetime | None, folder: Path, as_json: bool) -> None:
    """Say that PROMISE was broken; plays that ask for broken promises see it from now on."""
    _settle(promise_id, "broken", at, folder, as_json)


@promise.command()
@click.argument("promise_id", metavar="PROMISE")
@at_option
@workspace_option
@json_option
def withdraw(promise_id: str, at: datetime | None, folder: Path, as_json: bool) -> None:
    """Take PROMISE back: it was kept here by mistake, or the customer no longer wants it."""
    _settle(promise_id, "withdrawn", at, folder, as_json)


@promise.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many at most.")
@workspace_option
@json_option
def heard(limit: int, folder: Path, as_json: bool) -> None:
    """List promises that were heard in conversations and are not in the register, what is due first comes first.

    Only with the setting `conduct`. They are proposals: `heartline promise take` puts one into the register.
    """
    with opened(folder) as workspace:
        found = workspace.moves.proposals.listed(limit)
    if as_json:
        print_json([asdict(one) for one in found])
    elif not found:
        click.echo("No promise was heard that the register does not have, or conduct is not read (setting conduct).")
    else:
        shown = ("interaction_id", "customer_id", "team", "words", "made_at", "due_at", "status")
        print_rows([asdict(one) for one in found], shown)


@promise.command()
@click.argument("interaction_id")
@by_option
@click.option("--says", default="", help="What was promised, in your words; else the sentence that was heard.")
@workspace_option
@json_option
def take(interaction_id: str, by: str, says: str, folder: Path, as_json: bool) -> None:
    """Put what was promised in a text, as `heartline promise heard` lists it, into the register."""
    with opened(folder) as workspace:
        kept = workspace.moves.proposals.take(interaction_id, by, says)
    _told(kept, as_json)


def _settle(promise_id: str, status: str, at: datetime | None, folder: Path, as_json: bool) -> None:
    with opened(folder) as workspace:
        settled = workspace.moves.promises.settle(promise_id, status, at)
    _told(settled, as_json)


def _told(one: Promise, as_json: bool) -> None:
    if as_json:
        print_json(asdict(one))
        return
    due = f", due {one.due_at:%Y-%m-%d %H:%M}" if one.due_at and one.status == "open" else ""
    click.echo(f"{one.promise_id} to {one.customer_id} is {one.status}{due}: {one.says}")
