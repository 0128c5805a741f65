"""`heartline funnel`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from heartline import hypotheses
from heartline.cli.console import json_option, opened, print_json, print_rows, workspace_option
from heartline.hypotheses import Hypothesis
from heartline.tables import CHANNELS

_ASKED = (
    click.argument("funnel_name", metavar="FUNNEL"),
    click.argument("step"),
    click.argument("cause"),
    click.option("--by", default="", metavar="NAME", help="Who says so."),
    click.option("--note", default="", help="Why, in your own words."),
    workspace_option,
    json_option,
)


def decision(command: Callable[..., None]) -> Callable[..., None]:
    """What every decision on a cause is told: which one, by whom, why, and where it is kept."""
    for ask in reversed(_ASKED):
        command = ask(command)
    return command


@click.group()
def funnel() -> None:
    """What people decide on causes of drop-off.

    `heartline show drop_off` lists what goes with stopping at each step. What you decide is shown beside it from the
    next `heartline run` on; once a fix is dated, the step is read out before and after it: `heartline show fix_effect`.
    """


@funnel.command()
@decision
def accept(funnel_name: str, step: str, cause: str, by: str, note: str, folder: Path, as_json: bool) -> None:
    """Say that CAUSE stands behind stopping at STEP of FUNNEL. CAUSE may be one that nothing measures yet."""
    _keep(folder, as_json, funnel_name, step, cause, "accepted", by, note)


@funnel.command()
@decision
def reject(funnel_name: str, step: str, cause: str, by: str, note: str, folder: Path, as_json: bool) -> None:
    """Say that CAUSE does not stand behind stopping at STEP of FUNNEL."""
    _keep(folder, as_json, funnel_name, step, cause, "rejected", by, note)


@funnel.command(name="open")
@decision
def open_again(funnel_name: str, step: str, cause: str, by: str, note: str, folder: Path, as_json: bool) -> None:
    """Put CAUSE at STEP of FUNNEL back among the undecided, without a date of a fix."""
    _keep(folder, as_json, funnel_name, step, cause, "open", by, note)


@funnel.command()
@click.option("--on", "fixed_at", required=True, metavar="DATE", help="Since when it is fixed, e.g. 2026-05-04.")
@click.option("--channel", type=click.Choice(CHANNELS), default=None, help="Where it was fixed in one channel only.")
@decision
def fixed(
    funnel_name: str, step: str, cause: str, fixed_at: str, channel: str | None, by: str, note: str, folder: Path,
    as_json: bool,
) -> None:  # fmt: skip
    """Say since when CAUSE at STEP of FUNNEL is fixed; the next run reads it out before and after."""
    _keep(folder, as_json, funnel_name, step, cause, "accepted", by, note, fixed_at, channel or "")


@funnel.command(name="list")
@click.option("--all", "every", is_flag=True, help="Everything that was ever said, newest first.")
@workspace_option
@json_option
def list_hypotheses(every: bool, folder: Path, as_json: bool) -> None:
    """List what people decided on causes."""
    with opened(folder) as workspace:
        found = hypotheses.history(workspace) if every else hypotheses.board(workspace)
    if as_json:
        print_json([asdict(one) for one in found])
    elif not found:
        click.echo("Nobody has decided anything yet.")
    else:
        rows = [
            {
                "funnel": one.funnel, "step": one.step, "cause": one.cause, "status": one.status, "by": one.by,
                "at": one.at[:16].replace("T", " "), "fixed": (one.fixed_at or "")[:10] or None,
                "in": one.fixed_channel, "note": one.note or None,
            }
            for one in found
        ]  # fmt: skip
        print_rows(rows, list(rows[0]))


def _keep(
    folder: Path, as_json: bool, funnel_name: str, step: str, cause: str, status: str, by: str, note: str,
    fixed_at: str = "", channel: str = "",
) -> None:  # fmt: skip
    with opened(folder) as workspace:
        kept: Hypothesis = hypotheses.say(
            workspace, funnel_name, step, cause, status, by, note, fixed_at, channel
        )  # fmt: skip
    if as_json:
        print_json(asdict(kept))
        return
    date = f", fixed on {kept.fixed_at[:10]}" if kept.fixed_at else ""
    click.echo(f"Kept: {kept.cause} at {kept.step} of {kept.funnel} is {kept.status}{date}, says {kept.by}.")
    click.echo(f"Next: it counts from the next run on: heartline run -w {folder}")
