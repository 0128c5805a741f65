"""`heartline walk`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from heartline.cli.console import json_option, opened, print_json, print_rows, progress_bar, workspace_option
from heartline.cli.explore import explore
from heartline.cli.walk_guess import guess
from heartline.cli.walked import forget, list_walks, show
from heartline.errors import WalkError
from heartline.walk.browser import chromium, visit
from heartline.walk.effort import effort
from heartline.walk.faults import FAULTS, faults
from heartline.walk.guide import Guide, read_walk
from heartline.walk.recorder import walk as walked
from heartline.walk.report import ENDED, cautions, walk_page, walk_values
from heartline.walk.script import Device, Script, check_origin
from heartline.walk.step import MOST, Walk
from heartline.walk.trust import pins
from heartline.walks.trend import Change
from heartline.workspace import Workspace

_MOST = 20
"""Lines of a list for people."""


@click.group()
def walk() -> None:
    """Become the customer: walk your own site in a real browser, and see what it is like.

    Only sites in the setting walk_origins are walked; every request to another address is blocked. Needs the extra
    `walk` and the system's Chromium.
    """


release_option = click.option("--release", default="", metavar="NAME", help="What is walked: version or release.")


@dataclass(frozen=True)
class Done:
    """One walk that was made. walk_id: None where it was not kept; change: against earlier ones, if there are any."""

    walk: Walk
    walk_id: str | None
    change: Change | None

    @property
    def longer(self) -> bool:
        """Whether the way has become longer."""
        return self.change is not None and self.change.verdict == "longer"


@walk.command()
@click.argument("scripts", nargs=-1, required=True, metavar="SCRIPT…")
@click.option(
    "--device", type=click.Choice(["script", "desktop", "mobile", "both"]), default="script", show_default=True,
    help="What to walk on: as the script says, or otherwise.",
)  # fmt: skip
@click.option(
    "--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="Also write a report with film strip here."
)
@release_option
@click.option("--no-keep", is_flag=True, help="Keep nothing of it, and compare it with nothing.")
@click.option(
    "--strict", is_flag=True, help="Exit code 3 where a goal is not reached, a fault is found, or a way became longer."
)
@workspace_option
@json_option
def run(
    scripts: Sequence[str], device: str, page: Path | None, release: str, no_keep: bool, strict: bool, folder: Path,
    as_json: bool,
) -> None:  # fmt: skip
    """Walk each SCRIPT once, step by step, say what was met on the way, and whether it became longer.

    A SCRIPT is the name of one in the workspace's folder walks/, or the path of a file.
    """
    with opened(folder) as workspace:
        read = [_script(workspace, told) for told in scripts]
        for script in read:
            check_origin(script.origin, workspace.settings.text("walk_origins"))
        every: dict[str, tuple[Device, ...]] = {"desktop": ("desktop",), "mobile": ("mobile",)}
        asked = every.get(device, ("desktop", "mobile") if device == "both" else ())
        plan = [one.on(on) for one in read for on in asked or (one.device,)]
        with chromium(_taken(workspace, plan)) as browser, progress_bar(as_json) as told:
            done = []
            for number, script in enumerate(plan):
                told(f"{script.walk} on {script.device}", number, len(plan))
                done.append(_walked(workspace, browser, script, release, not no_keep))
        if not no_keep:
            workspace.walks.tell()
    if page:
        page.write_text(walk_page([one.walk for one in done]), encoding="utf-8")
    if as_json:
        print_json([_values(one) for one in done])
    else:
        for one in done:
            _print_done(one)
        if page:
            click.echo(f"\nReport with film strip: {page}")
    if strict and any(not one.walk.reached or faults(one.walk) or one.longer for one in done):
        sys.exit(3)


@walk.command()
@release_option
@click.option("--strict", is_flag=True, help="Exit code 3 where a goal is not reached, or a way became longer.")
@workspace_option
@json_option
def due(release: str, strict: bool, folder: Path, as_json: bool) -> None:
    """Walk every script in walks/ whose last walk is longer ago than its `every` says, on its own device.

    For cron, or a build that has put out a release. `heartline serve` does the same by itself with the setting
    walk_schedule. One that cannot be walked keeps none of the others from it; the exit code is then 1.
    """
    done: list[Done] = []
    with opened(folder) as workspace, workspace.walks.alone():
        failed = list(workspace.walks.shelf.errors)
        plan = list[Script]()
        for script in workspace.walks.due():
            try:
                check_origin(script.origin, workspace.settings.text("walk_origins"))
                plan.append(script)
            except WalkError as why:
                failed.append(why)
        with progress_bar(as_json) as told:
            for number, script in enumerate(plan):
                told(f"{script.walk} on {script.device}", number, len(plan))
                try:
                    with chromium(_taken(workspace, [script])) as browser:  # one for each: it may crash
                        done.append(_walked(workspace, browser, script, release, keep=True))
                except WalkError as why:
                    failed.append(why)
                except Exception as why:  # noqa: BLE001  the browser's own errors
                    kind = type(why).__name__
                    failed.append(WalkError(f"{script.walk}: the browser failed ({kind})", "", "heartline walk run"))
        workspace.walks.chores()
        guided = [one for one in workspace.walks.standing() if one.due and one.kind == "guided"]
    if as_json:
        print_json({
            "walked": [_values(one) for one in done], "failed": [str(one) for one in failed],
            "to_be_walked_by_people": [one.script for one in guided],
        })  # fmt: skip
    else:
        for one in done:
            _print_done(one)
        if not plan and not failed:
            click.echo("No walk of a browser is due.")
        for late in guided:
            click.echo(f"Somebody should walk {late.script}: {late.goal}")
        for error in failed:
            click.secho(str(error), err=True, fg="red")
    if failed:
        sys.exit(1)
    if strict and any(not one.walk.reached or one.longer for one in done):
        sys.exit(3)


def _script(workspace: Workspace, told: str) -> Script:
    """The script of a browser that is meant by a name, or by the path of a file."""
    is_file = told.endswith((".yaml", ".yml")) or os.sep in told
    found = read_walk(Path(told)) if is_file else workspace.walks.script(told)
    if isinstance(found, Guide):
        raise WalkError(
            f"{found.walk} is walked by a person, not by a browser", "a script without `kind: guided`",
            "open it on a phone: the desk's page Walks leads there",
        )  # fmt: skip
    return found


def _walked(workspace: Workspace, browser: Any, script: Script, release: str, keep: bool) -> Done:
    began = datetime.now(UTC)
    avoid = script.astray if script.avoid else None
    with visit(browser, script.origin, script.device, script.network, access=script.access, avoid=avoid) as visitor:
        made = walked(script, visitor)
    if not keep:
        return Done(made, None, None)
    walks = workspace.walks
    walk_id = walks.keep(made, began, datetime.now(UTC), release)
    return Done(made, walk_id, walks.change(walks.past(script.walk, script.device)))


def _taken(workspace: Workspace, plan: Sequence[Script]) -> tuple[str, ...]:
    """Public keys of own certificates that the browser takes, as the setting walk_trust says."""
    file = workspace.settings.text("walk_trust")
    return pins((one.origin for one in plan), workspace.root / file if file else None)


def _values(one: Done) -> dict[str, Any]:
    change = one.change.values if one.change else None
    return walk_values(one.walk) | {"walk_id": one.walk_id, "change": change}


def _print_done(one: Done) -> None:
    _print_walk(one.walk)
    if one.change is not None:
        colour = {"longer": "red", "shorter": "green"}.get(one.change.verdict)
        click.secho(f"  {one.change.words}", fg=colour)
    if one.walk_id is not None:
        click.echo(f"  kept as {one.walk_id}")


def _print_walk(one: Walk) -> None:
    cost, found = effort(one), faults(one)
    click.secho(f"\n{one.script.goal} ({one.device}): {ENDED[one.ended]}", bold=True)
    click.echo(
        f"  effort {cost.effort:g} = {cost.clicks} clicks + {cost.keystrokes} keystrokes / 5 + {cost.waiting:g} s "
        f"waited + 5 × {cost.errors} errors" + (f" + {cost.undone:g} undone" if cost.undone else "")
    )  # fmt: skip
    if cost.detour is not None:
        click.echo(f"  {cost.steps} steps, {cost.detour:g} times the shortest way known")
    if not found:
        click.echo("  none of the faults that are looked for")
    rows = [
        {
            "step": met.step,
            "fault": met.name,
            "page": met.page,
            "pages": met.pages,
            "seen": met.evidence,
            "means": FAULTS[met.name],
        }
        for met in found
    ]
    if rows:
        print_rows(rows, list(rows[0]))
    for caution in cautions(walk_values(one)):
        click.echo(f"  {caution}")
    each = [len(step.noise.blocked) for step in one.steps]
    if blocked := sum(each):
        least = "at least " if MOST in each else ""
        click.echo(f"  {least}{blocked} requests to other addresses were blocked; what they bring was not seen")


for _command in (explore, list_walks, show, forget, guess):
    walk.add_command(_command)
