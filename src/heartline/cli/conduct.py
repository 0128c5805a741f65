"""`heartline conduct`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from heartline.cli.console import json_option, print_json, shown_value

if TYPE_CHECKING:
    from heartline.debrief import Talk

_MARKS = {"kept": "+", "broken": "–", "not_applicable": " ", "not_read": "?"}


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…",
                type=click.Path(path_type=Path, dir_okay=False, exists=True))  # fmt: skip
@click.option("--me", default="", metavar="NAME", help="Your name as a transcript writes it.")
@click.option("--start", default="", metavar="TIME", help="When a recording began whose file does not say it.")
@click.option("--model", default="default", show_default=True, help="Text model for the other side's words.")
@json_option
def conduct(files: tuple[Path, ...], me: str, start: str, model: str, as_json: bool) -> None:
    """Hold your own conversations against the code of conduct, for yourself alone.

    FILEs are transcripts (WebVTT, SRT, Gong, Slack, help desks) or a CSV with the columns of an interaction. What is
    found is printed here and nowhere else: nothing is stored, nothing is logged, and nobody else is told.
    """
    from heartline.debrief import debrief  # the text model loads only here

    talks = debrief(files, me, model, start)
    if as_json:
        print_json([asdict(talk) for talk in talks])
        return
    for talk in talks:
        _print(talk)
    click.echo("Only you see this: nothing was stored. Rules read words, not people; you know what was meant.")


def _print(talk: Talk) -> None:
    share = "" if talk.share is None else f", {talk.share:.0%} of the words were yours"
    click.echo(f"{shown_value(talk.began_at)}  {shown_value(talk.conversation)}")
    click.echo(
        f"  {talk.turns} turns{share}; at most {talk.longest} words in one go; {talk.asked} "
        f"question{'' if talk.asked == 1 else 's'} asked"
    )
    for seen in talk.seen:
        if seen.status == "not_applicable":
            continue
        telling = seen.words and (seen.measure, seen.status) != ("listening", "kept")
        quoted = f"  “{shown_value(_short(seen.words))}”" if telling else ""
        found = "" if seen.sign == "none_found" else f" ({seen.sign.replace('_', ' ')})" if seen.sign else ""
        missing = ": nothing of it found, e.g. in" if seen.status == "broken" and seen.sign == "none_found" else found
        unread = ": not in English, not read" if seen.status == "not_read" else ""
        click.echo(f"  {_MARKS[seen.status]} {seen.measure}{unread or missing}{quoted}")
    for one in talk.promised:
        due = f"by {shown_value(one.due_at)}" if one.due_at else "no time said"
        click.echo(f"  ! you promised ({one.kind.replace('_', ' ')}, {due})  “{shown_value(_short(one.words))}”")
    click.echo("")


def _short(words: str, most: int = 160) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"
