"""`heartline case`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from heartline.action.cases import Case, OpenReport
from heartline.cli.console import json_option, opened, print_json, print_rows, workspace_option
from heartline.tables import CASE_CLOSED, CASE_STATUS, CHANNELS

MOMENT = click.DateTime(("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"))
by_option = click.option("--by", default="", metavar="NAME", help="Who says so.")
at_option = click.option("--at", type=MOMENT, default=None, help="When it was done, UTC.  [default: now]")
case_argument = click.argument("case_id", metavar="CASE")


@click.group()
def case() -> None:
    """Customers to be cared for: what to do, who does it, and what was done.

    The plays of the playbook open cases (`heartline case open`, after each `heartline run`); so can a person (`add`).
    A person decides each. CASE is a name such as C-000123, or only 123; times are UTC.
    """


@case.command(name="open")
@click.option("--as-of", type=MOMENT, default=None, help="Look from this moment.  [default: that of the last run]")
@workspace_option
@json_option
def open_cases(as_of: datetime | None, folder: Path, as_json: bool) -> None:
    """Open what the playbook asks for. Running it again opens nothing twice."""
    with opened(folder) as workspace:
        report = workspace.moves.cases.open_due(as_of)
    if as_json:
        print_json(_report(report))
    else:
        _print_report(report, folder)


@case.command(name="list")
@click.option("--team", default=None, help="Of one team.")
@click.option("--owner", default=None, metavar="NAME", help="That one person has.")
@click.option("--customer", default=None, metavar="ID", help="Of one customer, in every state.")
@click.option("--status", type=click.Choice(CASE_STATUS), default="open", show_default=True, help="Where they stand.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many.")
@workspace_option
@json_option
def list_cases(
    team: str | None, owner: str | None, customer: str | None, status: str, limit: int, folder: Path, as_json: bool
) -> None:
    """List cases, the most urgent first."""
    with opened(folder) as workspace:
        cases = workspace.moves.cases
        found = cases.queue(team, owner, status) if customer is None else cases.of_customer(customer)
        there = [one.team for one in cases.teams] if team and not found else []
    if as_json:
        print_json([asdict(one) for one in found[:limit]])
    elif not found:
        click.echo("There is no such case.")
        if there and team not in there:
            click.echo(f"No team {team} stands in the playbook; there are {', '.join(there)}.", err=True)
    else:
        rows = [
            {
                "case": one.case_id, "customer": one.customer_id, "play": one.play_id, "team": one.team,
                "with": one.owner, "due": one.due_at, "status": one.status, "why": one.reasons,
            }
            for one in found[:limit]
        ]  # fmt: skip
        print_rows(rows, list(rows[0]))
        if len(found) > limit:
            click.echo(f"… and {len(found) - limit:,} more (--limit)")


@case.command()
@case_argument
@workspace_option
@json_option
def show(case_id: str, folder: Path, as_json: bool) -> None:
    """Show CASE and everything that was done to it."""
    with opened(folder) as workspace:
        cases = workspace.moves.cases
        found, events = cases.named(case_id), cases.history(case_id)
    if as_json:
        print_json(asdict(found) | {"history": [asdict(one) for one in events]})
        return
    _told(found)
    click.echo(f"  why:      {found.reasons}")
    if found.action:
        click.echo(f"  done:     {found.action}")
    rows = [{"at": one.at, "by": one.by, "what": one.verb, "note": one.note or None} for one in events]
    print_rows(rows, ["at", "by", "what", "note"])


@case.command()
@click.argument("customer")
@click.argument("reasons", nargs=-1, required=True, metavar="REASON...")
@click.option("--team", required=True, help="Team that is to act.")
@by_option
@click.option("--due", type=MOMENT, default=None, help="Deadline.")
@click.option("--priority", type=click.IntRange(1, 3), default=2, show_default=True, help="1 comes first.")
@workspace_option
@json_option
def add(
    customer: str, reasons: tuple[str, ...], team: str, by: str, due: datetime | None, priority: int, folder: Path,
    as_json: bool,
) -> None:  # fmt: skip
    """Open a case for CUSTOMER by hand, for REASONs in your own words."""
    with opened(folder) as workspace:
        made = workspace.moves.cases.open_by_hand(customer, team, reasons, by, due, priority=priority)
    _told(made, as_json)


@case.command()
@case_argument
@by_option
@at_option
@workspace_option
@json_option
def take(case_id: str, by: str, at: datetime | None, folder: Path, as_json: bool) -> None:
    """Take CASE, so that nobody else acts on it."""
    with opened(folder) as workspace:
        found = workspace.moves.cases.take(case_id, by, at)
    _told(found, as_json)


@case.command()
@case_argument
@click.argument("text")
@by_option
@at_option
@workspace_option
@json_option
def note(case_id: str, text: str, by: str, at: datetime | None, folder: Path, as_json: bool) -> None:
    """Write TEXT down on CASE."""
    with opened(folder) as workspace:
        kept = workspace.moves.cases.note(case_id, by, text, at)
    if as_json:
        print_json(asdict(kept))
    else:
        click.echo(f"Kept on {kept.case_id}.")


@case.command()
@case_argument
@click.option("--until", type=MOMENT, required=True, help="When it is to come back.")
@by_option
@at_option
@workspace_option
@json_option
def snooze(case_id: str, until: datetime, by: str, at: datetime | None, folder: Path, as_json: bool) -> None:
    """Put CASE aside until a moment; its deadline stays."""
    with opened(folder) as workspace:
        found = workspace.moves.cases.snooze(case_id, until, by, at)
    _told(found, as_json)


@case.command()
@case_argument
@by_option
@at_option
@workspace_option
@json_option
def wake(case_id: str, by: str, at: datetime | None, folder: Path, as_json: bool) -> None:
    """Take CASE up again before its time, after it was put aside."""
    with opened(folder) as workspace:
        found = workspace.moves.cases.wake(case_id, by, at)
    _told(found, as_json)


@case.command()
@case_argument
@click.argument("action")
@click.option("--channel", type=click.Choice(CHANNELS), default=None, help="How.  [default: as the contact behind it]")
@by_option
@at_option
@workspace_option
@json_option
def act(
    case_id: str, action: str, channel: str | None, by: str, at: datetime | None, folder: Path, as_json: bool
) -> None:
    """Say what was done for the customer of CASE; ACTION is what, in your own words."""
    with opened(folder) as workspace:
        found = workspace.moves.cases.act(case_id, by, action, at, channel or "")
    _told(found, as_json)


@case.command()
@case_argument
@click.option("--how", type=click.Choice(CASE_CLOSED), default="done", show_default=True, help="How it ended.")
@click.option("--note", "why", default="", help="Why, in your own words.")
@by_option
@at_option
@workspace_option
@json_option
def close(case_id: str, how: str, why: str, by: str, at: datetime | None, folder: Path, as_json: bool) -> None:
    """End CASE. Whether it helped is measured later, on what the customer does and feels."""
    with opened(folder) as workspace:
        found = workspace.moves.cases.close(case_id, by, how, why, at)
    _told(found, as_json)


@case.command()
@case_argument
@click.argument("into", metavar="OTHER")
@by_option
@at_option
@workspace_option
@json_option
def merge(case_id: str, into: str, by: str, at: datetime | None, folder: Path, as_json: bool) -> None:
    """Let OTHER, a case of the same customer, go on for CASE."""
    with opened(folder) as workspace:
        found = workspace.moves.cases.merge(case_id, into, by, at)
    _told(found, as_json)


@case.command()
@case_argument
@click.option("--team", default=None, help="Give it to this team.")
@click.option("--to", "owner", default=None, metavar="NAME", help="Give it to this person; '' to anybody of the team.")
@by_option
@at_option
@workspace_option
@json_option
def reassign(
    case_id: str, team: str | None, owner: str | None, by: str, at: datetime | None, folder: Path, as_json: bool
) -> None:
    """Give CASE to another team or person."""
    with opened(folder) as workspace:
        found = workspace.moves.cases.reassign(case_id, by, team, owner, at)
    _told(found, as_json)


@case.command()
@click.option("--at", type=MOMENT, default=None, help="Look from this moment, UTC.  [default: now]")
@workspace_option
@json_option
def escalate(at: datetime | None, folder: Path, as_json: bool) -> None:
    """Hand on what is late to the next team, and bring back what was put aside until now. Meant for cron."""
    with opened(folder) as workspace:
        cases = workspace.moves.cases
        late = cases.escalate_due(at)
        handed = {one.case_id for one in late if cases.history(one.case_id)[-1].verb == "escalated"}
    if as_json:
        print_json([asdict(one) for one in late])
    elif not late:
        click.echo("Nothing is newly late.")
    for one in () if as_json else late:
        where = f"now with {one.team}" if one.case_id in handed else f"{one.team} hands on to nobody"
        click.echo(f"{one.case_id} of {one.customer_id} was due {one.due_at:%Y-%m-%d %H:%M}; {where}.")


@case.command()
@click.option("--team", default=None, help="Of one team.")
@click.option("--owner", default=None, metavar="NAME", help="Of one person: their cases, and what they promised.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write; else the output.")
@workspace_option
def calendar(team: str | None, owner: str | None, out: Path | None, folder: Path) -> None:
    """Write deadlines, cases put aside and promises due as a calendar file (.ics) for any calendar program.

    `heartline serve` gives the same at /calendar.ics, for programs that look again by themselves.
    """
    with opened(folder) as workspace:
        made = workspace.moves.calendar(team, owner)
    if out is None:
        click.echo(made, nl=False)
    else:
        out.write_bytes(made)
        click.echo(f"Written: {out}, {made.count(b'BEGIN:VEVENT')} follow-ups.")


def _told(one: Case, as_json: bool = False) -> None:
    if as_json:
        print_json(asdict(one))
        return
    with_whom = f", with {one.owner}" if one.owner else ""
    due = f", due {one.due_at:%Y-%m-%d %H:%M}" if one.due_at and one.pending else ""
    aside = f" until {one.snoozed_until:%Y-%m-%d %H:%M}" if one.snoozed_until else ""
    how = f" ({one.closed_how})" if one.closed_how else ""
    status = one.status.replace("_", " ")
    click.echo(f"{one.case_id} of {one.customer_id}: {status}{aside}{how}, team {one.team}{with_whom}{due}")


def _count(cases: int) -> str:
    return f"{cases:,} case{'' if cases == 1 else 's'}"


def _report(report: OpenReport) -> dict[str, object]:
    return asdict(report) | {"held_out": len(report.held_out)}


def _print_report(report: OpenReport, folder: Path) -> None:
    click.echo(f"As of {report.as_of:%Y-%m-%d %H:%M}: {_count(len(report.opened))} opened.")
    rows = [
        {
            "play": one.play_id, "asked for": one.wanted, "opened": one.opened, "left alone to compare": one.held_out,
            "not opened": "; ".join(f"{count:,} {why}" for why, count in one.not_opened.items()) or None,
        }
        for one in report.plays
    ]  # fmt: skip
    if rows:
        print_rows(rows, list(rows[0]))
    for one in report.gave_way:
        click.echo(f"{one.case_id} gave way to {one.merged_into}: nobody had begun, and the other is more urgent.")
    for team in report.teams:
        if team.days is not None and team.days > 1:
            click.echo(
                f"Team {team.team} has {team.to_do:,} to do and can take up {team.per_day} a day: "
                f"{team.days:.1f} days of work. What cannot be done in time stays in the queue."
            )
    if report.opened:
        click.echo(f"Next: heartline case list -w {folder}")
