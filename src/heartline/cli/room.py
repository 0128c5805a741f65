"""`heartline room`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from heartline.cli.console import json_option, print_json, print_rows, shown_value
from heartline.errors import RoomError
from heartline.room.debrief import Debrief, Moment, debrief
from heartline.room.play import play
from heartline.room.state import Room, Suggestion
from heartline.room.turn import Tap, Turn
from heartline.room.view import clock
from heartline.transcript import HOUSE, read_transcript


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--me", "hosts", multiple=True, metavar="NAME", help="Your name in the transcript, and those of your side."
)
@click.option("--model", default="default", show_default=True, help="Text model: a name, or a folder.")
@click.option("--practice", is_flag=True, help="Replay it, with the suggestions as they would have come.")
@click.option("--speed", default=10.0, show_default=True, type=click.FloatRange(0.1, 1000), help="How fast to replay.")
@json_option
def room(file: Path, hosts: Sequence[str], model: str, practice: bool, speed: float, as_json: bool) -> None:
    """Read a recorded conversation (WebVTT, SRT, Gong, Whisper) and say what happened in it.

    Nothing is kept. Only the words of the other side are read for how they feel, never yours.
    """
    from heartline.emotion import load_model  # weights load only here

    told = read_transcript(file)
    mine = frozenset(hosts) or frozenset(name for name in told.speakers if name == HOUSE)
    unknown = sorted(mine - set(told.speakers))
    if not mine or unknown:
        raise RoomError(
            f"{', '.join(unknown)} does not speak in it" if unknown else "it is not said who you are",
            f"one of {', '.join(told.speakers) or 'nobody speaks'}",
            "give your name with --me",
        )
    now = Room(mine)
    was = 0.0
    for step in play(told.turns, mine, load_model(model)):
        now = step.room
        if practice and not as_json:
            time.sleep(max(0.0, min(5.0, (now.now - was) / speed)))
            _line(step.event, step.suggestion)
        was = now.now
    if as_json:
        print_json(asdict(debrief(now)))
        return
    print_debrief(debrief(now), told.unread)


def _line(event: Turn | Tap, suggestion: Suggestion | None) -> None:
    if isinstance(event, Turn):
        who = click.style(shown_value(event.speaker), bold=True)
        click.echo(f"{clock(event.begin):>6}  {who}  {shown_value(event.text)}")
    if suggestion is not None:
        click.echo(
            click.style(f"        → {shown_value(suggestion.says)} ({shown_value(suggestion.reason)})", fg="cyan")
        )


def print_debrief(found: Debrief, unread: int = 0) -> None:
    """A debrief for people."""
    now = found.measures
    rows = [
        ("your share of the talk", _told(now.talk_share, ".0%")),
        ("your longest stretch without them", f"{now.longest_monologue:.0f} s"),
        ("your questions in ten minutes", _told(now.question_rate, ".1f")),
        ("before you answer (median)", _told(now.patience, ".1f", " s")),
        ("times you cut in", str(now.interruptions)),
        ("your pace", _told(now.pace, ".0f", " words a minute")),
        ("their mood at the end, -1 to 1", _told(found.mood, "+.2f")),
    ]
    click.secho(f"{found.turns} turns in {clock(found.seconds)}", bold=True)
    for name, value in rows:
        click.echo(f"  {name:<36}{value}")
    click.echo()
    people = [
        {"who": one.name, "turns": one.turns, "share of talk": f"{one.talk_share:.0%}",
         "mood": _told(one.mood, "+.2f"), "asked": one.asked, "agreed": one.agreed}
        for one in found.people
    ]  # fmt: skip
    print_rows(people, ["who", "turns", "share of talk", "mood", "asked", "agreed"])
    _moments("Peak", [found.peak] if found.peak else [])
    _moments("Turning points", found.turning_points)
    _moments("Could not follow", found.confusion)
    _moments("Asked and left open", found.open_questions)
    _moments("Not taken up", found.open_objections)
    _moments("You promised", found.promises)
    if found.suggestions:
        click.secho("\nWhat would have been suggested", bold=True)
        for made in found.suggestions:
            click.echo(f"{clock(made.at):>6}  {shown_value(made.says)} ({shown_value(made.reason)})")
    if unread:
        click.echo(f"{unread} pieces of the file could not be read.")


def _moments(title: str, moments: Sequence[Moment]) -> None:
    if moments:
        click.secho(f"\n{title}", bold=True)
    for one in moments:
        click.echo(f"{clock(one.at):>6}  {shown_value(one.who)}: “{shown_value(one.quote)}” ({one.says})")


def _told(value: float | None, form: str, unit: str = "") -> str:
    return "not known" if value is None else f"{value:{form}}{unit}"
