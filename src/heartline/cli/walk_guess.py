"""`heartline walk guess`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from heartline.cli.console import json_option, opened, print_json, workspace_option
from heartline.errors import WalkError
from heartline.tables.walks import WALKER_ROLES
from heartline.walks import Walks
from heartline.walks.guesses import FACES, Guess

_FACE = click.Choice(list(FACES))


@click.command()
@click.option("--as", "guesser", metavar="NAME", help="Who guesses: any name you like, the same one when you walk.")
@click.option("--role", type=click.Choice(WALKER_ROLES), default="decides", show_default=True, help="What you do.")
@click.option("--touchpoint", "touchpoints", multiple=True, metavar="NAME", help="Where; give --felt as often.")
@click.option("--felt", multiple=True, type=_FACE, help="How customers feel there, as you think.")
@workspace_option
@json_option
def guess(
    guesser: str | None, role: str, touchpoints: Sequence[str], felt: Sequence[str], folder: Path, as_json: bool
) -> None:
    """Guess how customers feel at each point of connection, before you walk there.

    Without --touchpoint you are asked for one after the other, in the order of the journey; Enter leaves one out. Of
    those who decide, the last guess before their own first walk is held against what customers feel.
    """
    if len(touchpoints) != len(felt):
        raise click.UsageError(f"{len(touchpoints)} --touchpoint and {len(felt)} --felt; give one for the other.")
    asking = not touchpoints and not as_json
    if guesser is None and not asking:
        raise click.UsageError("say who guesses: --as NAME")
    name: str = (
        click.prompt("Your name, or any other that you will walk under", err=True) if guesser is None else guesser
    )
    with opened(folder) as workspace:
        walks = workspace.walks
        places = [one.touchpoint for one in walks.points()]
        if not touchpoints and as_json:
            print_json({"asked": walks.guesses.asked(name, places), "faces": dict(FACES)})
            return
        told = _asked(walks, name, places) if asking else _given(touchpoints, felt, places)
        kept = walks.guesses.add(name, role, told) if told else []
    if as_json:
        print_json([asdict(one) | {"counts": one.counts} for one in kept])
    else:
        _print(kept, asking)


def _given(touchpoints: Sequence[str], felt: Sequence[str], places: Sequence[str]) -> dict[str, float]:
    for one in touchpoints:
        if one not in places:
            known = ", ".join(places) or "none yet: load facts and run the analyses, or write a walk"
            raise WalkError(f"there is no point of connection {one[:80]}", f"one of {known}", "correct --touchpoint")
    return {touchpoint: FACES[face] for touchpoint, face in zip(touchpoints, felt, strict=True)}


def _asked(walks: Walks, name: str, places: Sequence[str]) -> dict[str, float]:
    wanted = walks.guesses.asked(name, places)
    if not wanted:
        return {}
    click.echo(f"How do customers feel there, as you think? {', '.join(FACES)}; Enter leaves one out.", err=True)
    told: dict[str, float] = {}
    for place in wanted:
        face = click.prompt(
            f"  {place.replace('_', ' ')}", default="", show_default=False, err=True,
            type=click.Choice([*FACES, ""]), show_choices=False,
        )  # fmt: skip
        if face:
            told[place] = FACES[face]
    return told


def _print(kept: Sequence[Guess], asking: bool) -> None:
    if not kept:
        click.echo("No guess was given." if not asking else "There was nothing left to guess, or nothing was guessed.")
        return
    click.echo("1 guess is kept." if len(kept) == 1 else f"{len(kept)} guesses are kept.")
    late = [one.touchpoint.replace("_", " ") for one in kept if one.walks_before]
    if late:
        click.echo(f"You have walked past {', '.join(late)} already: what you know now is kept, and no guess any more.")
    if kept[0].role != "decides":
        click.echo("Only guesses of those who decide are held against what customers feel; yours is kept beside them.")
    click.echo("They count from the next run on (heartline run).")
