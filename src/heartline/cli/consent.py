"""`heartline consent`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from heartline.cli.console import json_option, opened, print_json, print_rows, workspace_option
from heartline.tables import PURPOSES


@click.command()
@click.argument("customer_id")
@click.option("--refuse", multiple=True, metavar="PURPOSE", help=f"They object: {', '.join(PURPOSES)}, or all.")
@click.option("--agree", multiple=True, metavar="PURPOSE", help="They agree; `all` takes every objection back.")
@click.option("--by", default="", metavar="NAME", help="Who took the customer's word.")
@workspace_option
@json_option
def consent(
    customer_id: str, refuse: tuple[str, ...], agree: tuple[str, ...], by: str, folder: Path, as_json: bool
) -> None:
    """Say what CUSTOMER_ID agrees or objects to; without options, show it with since when and by whom.

    Pages obey at once, the analyses from the next run on. No file that is silent about it takes it back.
    """
    with opened(folder) as workspace:
        strange = (refuse or agree) and not workspace.moves.knows(customer_id)
        if refuse or agree:
            words = workspace.say_consent(customer_id, _said(refuse, agree), by)
        else:
            words = workspace.consent(customer_id)
    if strange:
        told = f"No fact names a customer {customer_id!r} so far: what was said holds from the first one on."
        click.echo(f"{told} Look at the id if that is not what you meant.", err=True)
    if as_json:
        print_json(words)
        return
    lines = [
        {
            "purpose": purpose,
            "said": "agrees" if one["agreed"] else "objects",
            "since": one["since"][:19].replace("T", " ") or None,
            "by": one["by"] or None,
            "meaning": PURPOSES.get(purpose, "everything" if purpose == "all" else "no known purpose: counts as all"),
        }
        for purpose, one in words.items()
    ]
    if not lines:
        click.echo("Nothing was said of any purpose.")
    else:
        print_rows(lines, list(lines[0]))
    if refuse or agree:
        click.echo(f"\nNext: what was worked out before goes with the next run: heartline run -w {folder}")


def _said(refuse: tuple[str, ...], agree: tuple[str, ...]) -> dict[str, Any]:
    """Purposes named on both sides are refused."""
    return {name.strip().lower(): True for name in agree} | {name.strip().lower(): False for name in refuse}
