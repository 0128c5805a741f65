"""`heartline invest`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from heartline import investing
from heartline.cli.console import json_option, opened, print_json, print_rows, shown_value, workspace_option
from heartline.errors import PlanError
from heartline.investing import AIMS, Answer, Ask


@click.command()
@click.option("--budget", type=float, help="What may be spent; default: the setting budget.")
@click.option("--cap", "caps", multiple=True, metavar="DEPARTMENT=AMOUNT", help="Most for a department; repeat it.")
@click.option("--aim", type=click.Choice(AIMS), help="What the plan is best in; default: the setting budget_aim.")
@click.option("--kept/--lost", default=None, help="Whether money that is not spent is kept.")
@click.option("--seconds", type=click.FloatRange(min=0.1), default=60.0, show_default=True, help="Longest search.")
@workspace_option
@json_option
def invest(
    budget: float | None, caps: tuple[str, ...], aim: str | None, kept: bool | None, seconds: float, folder: Path,
    as_json: bool,
) -> None:  # fmt: skip
    """Print the best plan under a budget, over what the last run worked out of each option."""
    with opened(folder) as workspace:
        told = workspace.settings.number("budget") if budget is None else budget
        if told <= 0:
            raise PlanError("no budget is told", "an amount above 0", "add --budget, or set it in heartline.toml")
        ask = Ask(told, _caps(caps) if caps else None, aim, kept, seconds=seconds)
        with _solver_aside():
            found = investing.answer(workspace.query, workspace.settings, ask)
    if as_json:
        print_json(asdict(found))
        return
    _print(found)


@contextmanager
def _solver_aside() -> Iterator[None]:
    """What the solver prints of its own accord goes to the error stream: the output is for what was asked."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _caps(told: tuple[str, ...]) -> dict[str, float]:
    caps = {}
    for one in told:
        name, _, amount = one.rpartition("=")
        try:
            caps[investing.department(name)] = float(amount)
        except ValueError as cause:
            raise PlanError(f"--cap {one}", "a department and an amount, e.g. service=60000", "correct it") from cause
    return caps


def _print(found: Answer) -> None:
    rows = [
        {"option": line.name, "department": line.department, "units": line.units, "cost": line.cost, "gain": line.gain,
         "from": line.low, "to": line.high, "pays back": line.p_payback, "lift": line.basis, "why": line.reason}
        for line in [*found.funded, *found.left]
    ]  # fmt: skip
    title = f"Best plan for {found.budget:,.0f} {found.currency} over {found.horizon_days} days"
    print_rows(rows, list(rows[0]) if rows else [], title)
    click.echo(
        f"\nCosts {found.cost:,.0f}, brings {found.gain:,.0f} [{found.low:,.0f} to {found.high:,.0f}] {found.currency} "
        f"in the mean of {found.scenarios} scenarios."
    )
    if found.p_payback is not None:
        click.echo(f"It brings back its cost in {found.p_payback:.0%} of them.")
    for text, value in (
        ("If the budget grew by a tenth, each unit more would bring", found.next_money),
        ("Were options to be had in parts, the next unit would bring", found.next_unit),
    ):
        if value is not None:
            click.echo(f"{text} {shown_value(value)}.")
    click.echo("Gains hold as far as what goes with a touchpoint is caused by it; each scenario counts a part of it.")
    if not found.proven:
        click.echo(f"A better plan is not ruled out after {found.seconds:.0f} s; --seconds looks longer.")
