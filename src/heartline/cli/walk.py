"""`heartline walk`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from heartline.cli.console import json_option, opened, print_json, print_rows, progress_bar, workspace_option
from heartline.walk.browser import chromium, visit
from heartline.walk.effort import effort
from heartline.walk.explorer import DENY, HUMAN, SALE, Map, Rules
from heartline.walk.explorer import explore as explored
from heartline.walk.faults import FAULTS, faults
from heartline.walk.recorder import walk as walked
from heartline.walk.report import ENDED, map_values, walk_page, walk_values
from heartline.walk.script import Device, check_origin, read_script
from heartline.walk.step import Walk

_MOST = 20
"""Lines of a list for people."""


@click.group()
def walk() -> None:
    """Become the customer: walk your own site in a real browser, and see what it is like.

    Only sites in the setting walk_origins are walked; every request to another address is blocked. Needs the extra
    `walk` and the system's Chromium.
    """


@walk.command()
@click.argument("scripts", nargs=-1, required=True, metavar="SCRIPT…", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--device", type=click.Choice(["script", "desktop", "mobile", "both"]), default="script", show_default=True,
    help="What to walk on: as the script says, or otherwise.",
)  # fmt: skip
@click.option(
    "--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="Also write a report with film strip here."
)
@click.option("--strict", is_flag=True, help="Exit code 3 where a goal is not reached or a fault is found.")
@workspace_option
@json_option
def run(scripts: Sequence[Path], device: str, page: Path | None, strict: bool, folder: Path, as_json: bool) -> None:
    """Walk each SCRIPT once, step by step, and say what was met on the way."""
    read = [read_script(file) for file in scripts]
    with opened(folder) as workspace:
        listed = workspace.settings.text("walk_origins")
    for script in read:
        check_origin(script.origin, listed)
    every: dict[str, tuple[Device, ...]] = {"desktop": ("desktop",), "mobile": ("mobile",)}
    asked = every.get(device, ("desktop", "mobile") if device == "both" else ())
    plan = [one.on(on) for one in read for on in asked or (one.device,)]
    done: list[Walk] = []
    with chromium() as browser, progress_bar(as_json) as told:
        for number, script in enumerate(plan):
            told(f"{script.walk} on {script.device}", number, len(plan))
            with visit(browser, script.origin, script.device, script.network) as visitor:
                done.append(walked(script, visitor))
    if page:
        page.write_text(walk_page(done), encoding="utf-8")
    if as_json:
        print_json([walk_values(one) for one in done])
    else:
        for one in done:
            _print_walk(one)
        if page:
            click.echo(f"\nReport with film strip: {page}")
    if strict and any(not one.reached or faults(one) for one in done):
        sys.exit(3)


@walk.command()
@click.argument("origin")
@click.option("--sale", multiple=True, default=SALE, show_default=True, metavar="RULE", help="What a point of sale is.")
@click.option(
    "--human", multiple=True, default=HUMAN, show_default=True, metavar="RULE", help="Where a human is reached."
)
@click.option(
    "--deny", multiple=True, metavar="PATTERN", help=f"Addresses never to open, besides {', '.join(DENY)}."
)  # fmt: skip
@click.option("--pages", default=100, show_default=True, type=click.IntRange(1, 10_000), help="Most pages.")
@click.option("--seconds", default=300.0, show_default=True, type=click.FloatRange(1, 36_000), help="Most seconds.")
@click.option("--rate", default=1.0, show_default=True, type=click.FloatRange(0.01, 50), help="Most pages a second.")
@click.option("--device", type=click.Choice(["desktop", "mobile"]), default="desktop", show_default=True)
@workspace_option
@json_option
def explore(
    origin: str, sale: Sequence[str], human: Sequence[str], deny: Sequence[str], pages: int, seconds: float,
    rate: float, device: str, folder: Path, as_json: bool,
) -> None:  # fmt: skip
    """Open every page of ORIGIN, breadth-first, and find the shortest ways, the broken and the blind.

    A RULE is `address:*checkout*` (path with query), `text:words on the page`, or `way:tel:*` (where something on the
    page leads). Nothing is ever sent: no form, no button without an address. robots.txt is obeyed unless walk_robots
    is false.
    """
    with opened(folder) as workspace:
        listed, robots = workspace.settings.text("walk_origins"), bool(workspace.settings["walk_robots"])
    own = check_origin(origin, listed)
    rules = Rules(tuple(sale), tuple(human), (*DENY, *deny), pages, seconds, rate, robots)
    with (
        chromium() as browser, visit(browser, own, device, reading=True) as visitor, progress_bar(as_json) as told,
    ):  # fmt: skip
        count = iter(range(1, pages + 1))
        found = explored(own, visitor, rules, lambda _: told("pages opened", next(count), pages))
    if as_json:
        print_json(map_values(found))
    else:
        _print_map(found)


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
    blocked = sum(len(step.noise.blocked) for step in one.steps)
    if blocked:
        click.echo(f"  {blocked} requests to other addresses were blocked; what they bring was not seen")


def _print_map(found: Map) -> None:
    bound = "" if found.whole else ", and stopped at its bounds"
    click.secho(f"{len(found.pages)} pages of {found.origin} in {found.seconds:g} s{bound}", bold=True)
    for name, way in (("the point of sale", found.to_sale), ("a human", found.to_human)):
        told = f"{len(way) - 1} clicks: {' → '.join(way)}" if way else "no way was found"
        click.echo(f"  to {name}: {told}")
    broken = [f"{page} ({status or 'no answer'}), from {by or 'the start'}" for page, status, by in found.broken]
    for title, lines in (
        ("Broken", broken),
        ("No way on to either", found.blind),
        ("Not known, as not all they lead to was opened", found.unknown),
        ("Not opened", [f"{address} ({why})" for address, why in found.left]),
    ):  # fmt: skip
        if lines:
            click.secho(f"\n{title}", bold=True)
            for line in lines[:_MOST]:
                click.echo(f"  {line}")
            if len(lines) > _MOST:
                click.echo(f"  and {len(lines) - _MOST:,} more: --json lists all")
