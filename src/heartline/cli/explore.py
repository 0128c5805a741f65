"""`heartline walk explore`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from heartline.cli.console import json_option, opened, print_json, progress_bar, shown_value, workspace_option
from heartline.walk.atlas import Map
from heartline.walk.browser import chromium, visit
from heartline.walk.explorer import explore as explored
from heartline.walk.map_page import map_page, wrong
from heartline.walk.report import map_values
from heartline.walk.rules import DENY, HUMAN, SALE, Exploration, read_rules
from heartline.walk.script import check_origin
from heartline.walk.trust import pins

_MOST = 20
"""Lines of a list for people."""


@click.command()
@click.argument("what", metavar="FILE|ORIGIN")
@click.option("--sale", multiple=True, metavar="RULE", help=f"What a point of sale is. [default: {', '.join(SALE)}]")
@click.option("--human", multiple=True, metavar="RULE", help=f"Where a human is reached. [default: {', '.join(HUMAN)}]")
@click.option(
    "--deny", multiple=True, metavar="PATTERN", help=f"Addresses never to open, besides {', '.join(DENY)}."
)  # fmt: skip
@click.option("--pages", type=click.IntRange(1, 10_000), help="Most pages. [default: 100]")
@click.option("--seconds", type=click.FloatRange(1, 36_000), help="Most seconds. [default: 300]")
@click.option("--rate", type=click.FloatRange(0.01, 50), help="Most pages a second. [default: 1]")
@click.option("--search", metavar="WORD", help="Also open what the site's own searches find for this word.")
@click.option("--device", type=click.Choice(["desktop", "mobile"]), help="What to look on. [default: desktop]")
@click.option(
    "--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="Also write a report with a picture here."
)
@click.option("--no-keep", is_flag=True, help="Keep nothing of it in the workspace.")
@workspace_option
@json_option
def explore(what: str, page: Path | None, no_keep: bool, folder: Path, as_json: bool, **asked: Any) -> None:
    """Open every page of a site, breadth-first, and find the shortest ways, the broken and the blind.

    FILE holds the rules as YAML (kind: explore); ORIGIN is a site such as https://shop.example. Options go before what
    the file says. A RULE is `address:*checkout*` (path with query), `text:words on the page`, or `way:tel:*` (where
    something on the page leads). Nothing is ever sent: no form, no button without an address. robots.txt is obeyed
    unless walk_robots is false. The map is kept for walk_days, without what its addresses may tell of people, and shown
    on the desk's page Walks; the next one takes its place.
    """
    named = "://" not in what
    told = read_rules(Path(what)) if named else Exploration(kind="explore", walk="explore", origin=what)
    told = told.given({name: value for name, value in asked.items() if value not in (None, ())})
    with opened(folder) as workspace:
        settings = workspace.settings
        own = check_origin(told.origin, settings.text("walk_origins"))
        trusted = settings.text("walk_trust")
        rules = told.rules(bool(settings["walk_robots"]))
        taken = pins([own], workspace.root / trusted if trusted else None)
        with (
            chromium(taken) as browser,
            visit(browser, own, told.device, told.network, True, told.access, rules.denies) as reader,
            progress_bar(as_json) as said,
        ):
            count = iter(range(1, rules.pages + 1))
            found = explored(own, reader, rules, lambda _: said("pages opened", next(count), rules.pages))
        if not no_keep:
            maps = workspace.walks.maps
            map_id = maps.keep(found, told.walk if named else "", told.device, datetime.now(UTC))
    if page:
        page.write_text(map_page(found), encoding="utf-8")
    if as_json:
        print_json(map_values(found))
        return
    _print_map(found)
    if not no_keep:
        click.echo(f"\nKept as {map_id}; heartline serve shows it at /walks/map/{map_id}")
    if page:
        click.echo(f"\nReport with a picture: {page}")


def _print_map(found: Map) -> None:
    bound = "" if found.whole else ", and stopped at its bounds"
    click.secho(f"{len(found.pages)} pages of {found.origin} in {found.seconds:g} s{bound}", bold=True)
    for name, way in (("the point of sale", found.to_sale), ("a human", found.to_human)):
        told = f"{len(way) - 1} clicks: {' → '.join(map(shown_value, way))}" if way else "no way was found"
        click.echo(f"  to {name}: {told}")
    for title, lines in wrong(found):
        click.secho(f"\n{title}", bold=True)
        for line in lines[:_MOST]:
            click.echo(f"  {shown_value(line)}")
        if len(lines) > _MOST:
            click.echo(f"  and {len(lines) - _MOST:,} more: --json lists all")
