"""`heartline identity`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from heartline.cli.console import json_option, opened, print_json, print_rows, workspace_option
from heartline.identity import decide
from heartline.records.identity import Decision

by_option = click.option("--by", default="", metavar="NAME", help="Who says so.")
note_option = click.option("--note", default="", help="Why, in your own words.")


@click.group()
def identity() -> None:
    """Who is one customer: look, join, split, and take back.

    Needs the setting `identity = "keys"` or `"probable"`. Ids may be those of customers, former ones, or the
    customer_id of a source. What you decide stands above every rule and counts from the next `heartline run` on.
    """


@identity.command()
@click.argument("customer")
@workspace_option
@json_option
def show(customer: str, folder: Path, as_json: bool) -> None:
    """Show who CUSTOMER is known as, and why."""
    with opened(folder) as workspace:
        known = decide.known_as(workspace, customer)
    if as_json:
        print_json(asdict(known))
        return
    rows = [
        {"member": one.member_id, "first seen": one.first_seen_at, "by": one.matched_by, "why": one.reason}
        for one in known.members
    ]
    print_rows(rows, list(rows[0]), f"Customer {known.customer_id}")


@identity.command()
@click.argument("members", nargs=-1, required=True, metavar="MEMBER...")
@by_option
@note_option
@workspace_option
@json_option
def join(members: tuple[str, ...], by: str, note: str, folder: Path, as_json: bool) -> None:
    """Say that all MEMBERs are one person. An id of a customer stands for all its members."""
    with opened(folder) as workspace:
        _told(decide.join(workspace, members, by, note), folder, as_json)


@identity.command()
@click.argument("customer")
@click.argument("members", nargs=-1, required=True, metavar="MEMBER...")
@by_option
@note_option
@workspace_option
@json_option
def split(customer: str, members: tuple[str, ...], by: str, note: str, folder: Path, as_json: bool) -> None:
    """Say that these MEMBERs of CUSTOMER are not the same person as its others."""
    with opened(folder) as workspace:
        _told(decide.split(workspace, customer, members, by, note), folder, as_json)


@identity.command()
@click.argument("member")
@click.argument("other")
@by_option
@note_option
@workspace_option
@json_option
def apart(member: str, other: str, by: str, note: str, folder: Path, as_json: bool) -> None:
    """Say that MEMBER and OTHER are two people, also where they are not joined yet."""
    with opened(folder) as workspace:
        _told(decide.apart(workspace, [member], [other], by, note), folder, as_json)


@identity.command()
@click.argument("decision", type=int)
@by_option
@note_option
@workspace_option
@json_option
def undo(decision: int, by: str, note: str, folder: Path, as_json: bool) -> None:
    """Take back the decision of this number."""
    with opened(folder) as workspace:
        _told(decide.withdraw(workspace, decision, by, note), folder, as_json)


@identity.command(name="list")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many.")
@workspace_option
@json_option
def list_decisions(limit: int, folder: Path, as_json: bool) -> None:
    """List what people decided, newest first."""
    with opened(folder) as workspace:
        found = decide.history(workspace, limit)
    if as_json:
        print_json([asdict(one) for one in found])
    elif not found:
        click.echo("Nobody has decided anything yet.")
    else:
        rows = [
            {
                "decision": one.decision_id, "at": one.at[:16].replace("T", " "), "by": one.by, "said": _said(one),
                "note": one.note or None, "taken back": one.withdrawn_by,
            }
            for one in found
        ]  # fmt: skip
        print_rows(rows, list(rows[0]))


@identity.command()
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many.")
@workspace_option
@json_option
def review(limit: int, folder: Path, as_json: bool) -> None:
    """List pairs that may be one person and were not joined, the likeliest first."""
    with opened(folder) as workspace:
        found = decide.doubtful(workspace, limit)
    if as_json:
        print_json([asdict(one) for one in found])
    elif not found:
        click.echo("No pair is in doubt.")
    else:
        rows = [
            {
                "member": one.member_a, "name": one.name_a, "other": one.member_b, "their name": one.name_b,
                "probability": None if one.probability is None else f"{one.probability:.0%}", "why": one.reason,
            }
            for one in found
        ]  # fmt: skip
        print_rows(rows, list(rows[0]))
        click.echo(f"Next: heartline identity join MEMBER OTHER --by NAME -w {folder}, or apart MEMBER OTHER")


def _told(kept: Decision, folder: Path, as_json: bool) -> None:
    if as_json:
        print_json(asdict(kept))
        return
    if kept.stands:
        click.echo(f"Kept decision {kept.decision_id} by {kept.by}: {_said(kept)}.")
    else:
        click.echo(f"Decision {kept.decision_id} was taken back by {kept.withdrawn_by}: {_said(kept)}.")
    click.echo(f"Next: it counts from the next run on: heartline run -w {folder}")


def _said(one: Decision) -> str:
    left = ", ".join(one.left)
    if one.verb == "join":
        return f"{left} are one person"
    return f"{left} {'is' if len(one.left) == 1 else 'are'} not {', '.join(one.right)}"
