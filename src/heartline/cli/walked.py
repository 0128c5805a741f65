"""`heartline walk list`, `show` and `forget`: walks that were made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from heartline.cli.console import json_option, opened, print_json, print_rows, shown_value, workspace_option
from heartline.errors import WalkError
from heartline.walk.faults import FAULTS
from heartline.walk.report import ENDED
from heartline.walks import Walks
from heartline.walks.past import Past
from heartline.walks.standing import Standing

_ENDED = {"goal": "goal reached", "no_goal": "goal not reached", "failed": "stuck", "steps": "too many steps",
          "seconds": "too slow", "given_up": "given up"}  # fmt: skip
_WHO = {"guided": "people", "browser": "a browser"}
_TREND = {"longer": "longer", "shorter": "shorter", "alike": "as before", "script_changed": "script changed",
          "too_few": "too few walks"}  # fmt: skip


@click.command(name="list")
@click.option("--each", is_flag=True, help="List each walk that was made, the newest first, not each script.")
@click.option("--script", "name", metavar="NAME", help="Only walks of this script.")
@workspace_option
@json_option
def list_walks(each: bool, name: str | None, folder: Path, as_json: bool) -> None:
    """List scripts with their last walk: effort, whether the way became longer, how often, by whom, what is due."""
    with opened(folder) as workspace:
        walks = workspace.walks
        if each:
            made = walks.past(name)[::-1]
        else:
            ways = [one for one in walks.standing() if name in (None, one.script)]
        errors = walks.shelf.errors
    if as_json:
        print_json(
            [_past_values(one) for one in made] if each else [_standing_values(one) for one in ways]
        )  # fmt: skip
        return
    rows = [_past_row(one) for one in made] if each else [_standing_row(one) for one in ways]
    if rows:
        print_rows(rows, list(rows[0]))
    elif name is not None:
        told = shown_value(name[:80])
        click.echo(f"No walk of {told} was made." if each else f"There is no script {told}, and none was walked.")
    elif each:
        click.echo("Nothing was walked yet: heartline walk run SCRIPT, or /walks/go on the desk")
    else:
        click.echo(f"There are no scripts in {walks.scripts_folder}; docs/how-to/walk.md shows how to write one.")
    for error in errors:
        click.secho(str(error), err=True, fg="red")


@click.command()
@click.argument("walk_id")
@click.option(
    "--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="Write the report with film strip here."
)
@workspace_option
@json_option
def show(walk_id: str, page: Path | None, folder: Path, as_json: bool) -> None:
    """Show one walk step by step, as it is kept."""
    with opened(folder) as workspace:
        walks = workspace.walks
        made = _named(walks, walk_id)
        change = walks.change([one for one in walks.past(made.script) if one.started_at <= made.started_at])
        steps = walks.steps(walk_id)
        if page:
            page.write_text(walks.report(walk_id), encoding="utf-8")
    if as_json:
        print_json(_past_values(made) | {"change": change.values if change else None, "met": steps})
        return
    _print_past(made)
    if change:
        click.echo(f"  {change.words}")
    rows = [_step_row(step) for step in steps]
    if rows:
        shown = [name for name in rows[0] if any(row[name] is not None for row in rows)]
        print_rows(rows, shown)
    if page:
        click.echo(f"Report with film strip: {page}")


@click.command()
@click.argument("walk_id", required=False)
@click.option("--walker", metavar="NAME", help="Forget all that names this person: walks, guesses, marks.")
@workspace_option
def forget(walk_id: str | None, walker: str | None, folder: Path) -> None:
    """Delete the pictures and the record of one walk, and of a person's the name they gave and what they wrote.

    Its figures stay, so that later walks can be compared; and a mark without a name, so that a later walk of the same
    person is not taken for their first. With --walker no mark stays either.
    """
    if (walk_id is None) == (walker is None):
        raise click.UsageError("give WALK_ID, or --walker NAME.")
    with opened(folder) as workspace:
        if walker is not None:
            _forget_walker(workspace.walks, walker)
            return
        assert walk_id is not None
        walks = workspace.walks
        gone = walks.forget(walk_id)
        known = any(one.walk_id == walk_id for one in walks.past())
        steps = walks.steps(walk_id)
    if not gone and not known:
        raise _unknown(walk_id)
    click.echo("What was kept of it is deleted." if gone else "Nothing but figures was kept of it.")
    if known:
        click.echo(f"Its figures stay in the facts: 1 row of walk, {len(steps)} of walk_step.")


def _forget_walker(walks: Walks, walker: str) -> None:
    marks = len(walks.forgotten.of(walker))
    made, guesses = walks.forget_walker(walker)
    if not (made or guesses or marks):
        raise WalkError(
            f"nobody walked or guessed under the name {shown_value(walker[:80])}", "a name as it was given",
            "heartline walk list shows those of walkers",
        )  # fmt: skip
    counted = f"{made} walk{'' if made == 1 else 's'} and {guesses} guess{'' if guesses == 1 else 'es'}"
    click.echo(
        f"No name stands any more at {counted}; their figures stay." + (f" Marks deleted: {marks}." if marks else "")
    )


def _named(walks: Walks, walk_id: str) -> Past:
    for one in walks.past():
        if one.walk_id == walk_id:
            return one
    raise _unknown(walk_id)


def _unknown(walk_id: str) -> WalkError:
    return WalkError(f"there is no walk {walk_id[:80]}", "an id of the list", "heartline walk list --each")


def _print_past(made: Past) -> None:
    on = f" on {made.device}" if made.device else ""
    ended = ENDED.get(made.ended, "was given up")
    click.secho(f"{made.goal}{on}: {ended}", bold=True)
    when = f"{made.script}, {made.started_at:%Y-%m-%d %H:%M} UTC"
    release = f", release {shown_value(made.release)}" if made.release else ""
    click.echo(f"  {when}{release}, {made.seconds / 60:.1f} minutes")
    if made.effort is not None:
        click.echo(
            f"  effort {made.effort:g}: {made.clicks} clicks, {made.keystrokes} keystrokes, {made.waiting_s:g} s "
            f"waited, {made.errors} errors; {made.steps} steps, {made.faults} faults"
        )
    if made.walker:
        click.echo(f"  walked by {shown_value(made.walker)}, for the {_nth(made.nth)} time")


def _nth(number: int | None) -> str:
    told = number or 0
    if told in (1, 2, 3):
        return ("first", "second", "third")[told - 1]
    return f"{told}" + ("th" if told % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(told % 10, "th"))


def _step_row(step: Mapping[str, Any]) -> dict[str, Any]:
    kinds = [FAULTS.get(one, one) for one in (step["faults"] or "").split()]
    return {
        "step": step["number"], "what": step["what"], "touchpoint": step["touchpoint"], "outcome": step["outcome"],
        "seconds": step["duration_s"], "waited": step["waiting_s"], "clicks": step["clicks"],
        "keys": step["keystrokes"], "felt": step["felt_valence"], "feelings": step["feelings"],
        "faults": "; ".join(kinds) or None,
    }  # fmt: skip


def _standing_row(one: Standing) -> dict[str, Any]:
    last, change = one.last, one.change
    minutes = None if last is None or one.kind == "browser" else f"{last.seconds / 60:.0f} min"
    return {
        "script": one.script, "on": one.device and f"{one.device}{'' if one.network == 'full' else f', {one.network}'}",
        "last walked": last and last.started_at, "ended": last and _ENDED[last.ended],
        "effort": minutes or (None if last is None or last.effort is None else f"{last.effort:.1f}"),
        "trend": change and _TREND[change.verdict], "walks": one.walks,
        "by": ", ".join(f"{name} {number}×" for name, number in one.walkers.items()) or _WHO[one.kind],
        "every": one.every, "due": _due(one),
    }  # fmt: skip


def _due(one: Standing) -> str | None:
    if not one.due:
        return None
    return "never walked" if one.due_since is None else f"since {one.due_since:%Y-%m-%d}"


def _past_row(one: Past) -> dict[str, Any]:
    return {
        "walk": one.walk_id, "script": one.script, "on": one.device, "release": one.release,
        "began": one.started_at, "ended": _ENDED[one.ended], "effort": one.effort, "steps": one.steps,
        "faults": one.faults, "minutes": round(one.seconds / 60, 1), "felt": one.felt,
    }  # fmt: skip


def _past_values(one: Past) -> dict[str, Any]:
    return asdict(one) | {"fault_kinds": sorted(one.fault_kinds), "seconds": one.seconds}


def _standing_values(one: Standing) -> dict[str, Any]:
    return {
        "script": one.script, "goal": one.goal, "kind": one.kind, "device": one.device, "network": one.network,
        "every": one.every, "due": one.due, "due_since": one.due_since, "walks": one.walks,
        "walkers": dict(one.walkers), "last": _past_values(one.last) if one.last else None,
        "change": one.change.values if one.change else None,
    }  # fmt: skip
