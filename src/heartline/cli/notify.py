"""`heartline notify`."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from heartline.cli.console import json_option, opened, print_json, print_rows, workspace_option
from heartline.errors import NoticeError
from heartline.records.notices import STATUSES, TOPICS, Notice
from heartline.records.receivers import Receiver
from heartline.workspace import Workspace

_TOLD = (
    click.option("--topic", "topics", multiple=True, type=click.Choice(TOPICS), metavar="TOPIC",
                 help=f"Tell it of this only; several times for more: {', '.join(TOPICS)}."),
    click.option("--team", "teams", multiple=True, metavar="TEAM", help="Tell it of the cases of this team only."),
    click.option("--names", is_flag=True, help="Tell it the customer's name as well, not only the id."),
    workspace_option,
)  # fmt: skip
_limit_option = click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
_receiver_option = click.option("--receiver", default="", metavar="NAME", help="Of this receiver only.")


def told(command: Callable[..., None]) -> Callable[..., None]:
    """What every receiver is asked for."""
    for ask in reversed(_TOLD):
        command = ask(command)
    return command


@click.group()
def notify() -> None:
    """Who is told of cases and briefs, and what became of it.

    Notices wait on disk until they are taken. `heartline serve` sends them; without it, `heartline notify send` does.
    """


@notify.group()
def add() -> None:
    """Add a receiver: a program (webhook), a channel of Slack, or an e-mail address."""


@add.command()
@click.argument("name")
@click.argument("address", metavar="URL")
@click.option("--own-secret", is_flag=True, help="The receiver made the secret: it is read from the input.")
@told
def webhook(
    name: str, address: str, own_secret: bool, topics: tuple[str, ...], teams: tuple[str, ...], names: bool,
    folder: Path,
) -> None:  # fmt: skip
    """Tell a program, by Standard Webhooks, at URL. The secret that proves who sent it is shown this once."""
    given = _hidden("The secret (whsec_…)") if own_secret else ""
    with opened(folder) as workspace:
        secret = workspace.moves.notices.add_webhook(name, address, topics, teams, names, given)
        _strange(workspace, teams)
    if own_secret:
        click.echo(f"Added: {name}.")
    else:
        click.echo(secret)
        click.echo("Give the receiver this secret; this is the only time that it is shown.", err=True)
    _next(name, folder)


@add.command()
@click.argument("name")
@click.argument("address", metavar="[URL]", required=False)
@told
def slack(
    name: str, address: str | None, topics: tuple[str, ...], teams: tuple[str, ...], names: bool, folder: Path
) -> None:
    """Tell a channel of Slack. Its webhook's URL is a secret: without it here, it is read from the input."""
    with opened(folder) as workspace:
        workspace.moves.notices.add_slack(name, address or _hidden("The webhook's URL"), topics, teams, names)
        _strange(workspace, teams)
    click.echo(f"Added: {name}.")
    _next(name, folder)


@add.command()
@click.argument("name")
@click.argument("address")
@click.option("--digest", default="", metavar="HH:MM", help="A day's notices in one mail at this hour.")
@told
def mail(
    name: str, address: str, digest: str, topics: tuple[str, ...], teams: tuple[str, ...], names: bool, folder: Path
) -> None:
    """Tell a person or list by e-mail, through the server of the settings smtp_host and smtp_from."""
    with opened(folder) as workspace:
        workspace.moves.notices.add_mail(name, address, topics, teams, names, digest)
        _strange(workspace, teams)
    click.echo(f"Added: {name}.")
    _next(name, folder)


@notify.command(name="list")
@workspace_option
@json_option
def list_receivers(folder: Path, as_json: bool) -> None:
    """List the receivers and how each does."""
    with opened(folder) as workspace:
        counted = workspace.moves.notices.counts()
        rows = [_line(one, counted.get(one.receiver_id, {})) for one in workspace.moves.notices.receivers()]
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo("Nobody is told anything yet. Next: heartline notify add webhook NAME URL")
    else:
        print_rows(rows, list(rows[0]))


@notify.command()
@click.argument("name")
@workspace_option
def remove(name: str, folder: Path) -> None:
    """Take a receiver away, with its secret and what still waits for it."""
    with opened(folder) as workspace:
        waited = workspace.moves.notices.remove(name)
    click.echo(f"Removed: {name}." + (f" {waited} notices that waited for it are withdrawn." if waited else ""))


@notify.command()
@click.argument("name")
@workspace_option
def off(name: str, folder: Path) -> None:
    """Hold back what goes to a receiver; it waits."""
    with opened(folder) as workspace:
        workspace.moves.notices.switch(name, on=False)
    click.echo(f"Off: {name}. Next: heartline notify on {name}")


@notify.command()
@click.argument("name")
@workspace_option
def on(name: str, folder: Path) -> None:
    """Send to a receiver again that is off, by hand or since it said that it is gone; what waited goes first."""
    with opened(folder) as workspace:
        workspace.moves.notices.switch(name, on=True)
    click.echo(f"On: {name}.")


@notify.command()
@click.argument("name")
@workspace_option
def test(name: str, folder: Path) -> None:
    """Send one notice to a receiver now, and say what it answered."""
    with opened(folder) as workspace:
        answer = workspace.moves.notices.test(name)
    if not answer.taken:
        raise NoticeError(f"{name} did not take the test: {answer.fault}", "an answer of 2xx", "mend it there")
    click.echo(f"Taken by {name}.")


@notify.command()
@click.option("--watch", is_flag=True, help="Go on until Ctrl+C.")
@workspace_option
@json_option
def send(watch: bool, folder: Path, as_json: bool) -> None:
    """Send what waits and is due, once. May run beside `heartline serve`: nothing is sent by both at the same time."""
    with opened(folder) as workspace:
        if watch:
            with workspace.moves.notices.sending() as postman:
                click.echo("Sending what comes (Ctrl+C ends it).", err=True)
                _until_stopped()
            sent = postman.sent
        else:
            sent = workspace.moves.notices.deliver()
    if as_json:
        print_json(asdict(sent))
        return
    given_up = f", of these given up: {sent.dead}" if sent.dead else ""
    click.echo(f"Taken: {sent.taken}. Not taken: {sent.failed}{given_up}.")


@notify.command()
@_receiver_option
@_limit_option
@workspace_option
@json_option
def dead(receiver: str, limit: int, folder: Path, as_json: bool) -> None:
    """List notices that were given up, the newest first."""
    with opened(folder) as workspace:
        found = workspace.moves.notices.dead(receiver, limit)
    _print(found, as_json, "Nothing was given up.")
    if found and not as_json:
        click.echo("\nNext: heartline notify replay NOTICE, or --receiver NAME for all of one receiver")


@notify.command()
@click.option("--status", type=click.Choice(STATUSES), default=None, help="Only those that stand so.")
@_receiver_option
@_limit_option
@workspace_option
@json_option
def log(status: str | None, receiver: str, limit: int, folder: Path, as_json: bool) -> None:
    """List notices and what became of them, the newest first."""
    with opened(folder) as workspace:
        _print(workspace.moves.notices.log(status, receiver, limit), as_json, "There are no such notices.")


@notify.command()
@click.argument("ids", metavar="[NOTICE]...", nargs=-1)
@_receiver_option
@click.option("--since", type=click.DateTime(), default=None, help="Made at this moment (UTC) or later.")
@click.option("--delivered", is_flag=True, help="Also what the receiver took, for one that lost it.")
@workspace_option
def replay(ids: tuple[str, ...], receiver: str, since: datetime | None, delivered: bool, folder: Path) -> None:
    """Send again what was given up: notices by id, or all of a receiver or since a moment. Their ids stay the same."""
    if not ids and not receiver and since is None:
        raise click.UsageError("say which: NOTICE, --receiver NAME or --since DATE")
    with opened(folder) as workspace:
        moment = None if since is None else since.replace(tzinfo=UTC)
        number = workspace.moves.notices.replay(ids, receiver, moment, delivered)
    click.echo(f"{number} notices wait to be sent again. Next: heartline notify send -w {folder}")


def _line(one: Receiver, counted: dict[str, int]) -> dict[str, Any]:
    """A receiver without what only it may know: of a web address nothing but the host."""
    return {
        "name": one.name, "kind": one.kind,
        "to": one.address if one.kind == "mail" else urlsplit(one.address).hostname,
        "topics": " ".join(one.topics) or "all", "teams": " ".join(one.definition.get("teams") or ()) or "all",
        "names": one.names, "digest": one.definition.get("digest") or None, "status": one.status,
        "waiting": counted.get("waiting", 0), "delivered": counted.get("delivered", 0), "dead": counted.get("dead", 0),
        "fault": one.fault or None,
    }  # fmt: skip


def _print(found: list[Notice], as_json: bool, none: str) -> None:
    if as_json:
        print_json([asdict(one) for one in found])
    elif not found:
        click.echo(none)
    else:
        rows = [
            {
                "notice": one.notice_id, "receiver": one.receiver, "topic": one.topic, "of": one.told_as,
                "made": _moment(one.made_at), "status": one.status, "tries": one.tries,
                "next": _moment(one.next_at) if one.status == "waiting" else None, "fault": one.fault or None,
            }
            for one in found
        ]  # fmt: skip
        print_rows(rows, list(rows[0]))


def _moment(text: str) -> str:
    return text[:19].replace("T", " ")


def _hidden(what: str) -> str:
    """What must not stand in a list of commands: asked for, or read from the input."""
    if sys.stdin.isatty():
        return str(click.prompt(what, hide_input=True)).strip()
    return sys.stdin.readline().strip()


def _until_stopped() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("Ending after the answers under way.", err=True)


def _strange(workspace: Workspace, teams: tuple[str, ...]) -> None:
    """Warn of a team that no case can belong to as the playbook stands, for that receiver would hear of nothing."""
    playbook = workspace.moves.playbook()
    there = {one.team for one in playbook.teams} if playbook else set()
    for team in teams:
        if there and team not in there:
            click.echo(f"No team {team} stands in the playbook; there are {', '.join(sorted(there))}.", err=True)


def _next(name: str, folder: Path) -> None:
    click.echo(f"Next: heartline notify test {name} -w {folder}", err=True)
