"""`heartline backtest`."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from heartline import backtest as replays
from heartline.backtest.replay import STEPS
from heartline.cli.console import json_option, opened, print_json, print_rows, progress_bar, workspace_option
from heartline.errors import SettingsError

_SCORES = """
select quantity, n, outcomes, auc, auc_low as "from", auc_high as "to", rating_auc as "last rating",
       rhythm_auc as "recency and frequency", calibration_error as "calibration error", lift_10 as "lift top 10 %"
from backtest_score s where scope = 'so_far'
and as_of = (select max(as_of) from backtest_score o where o.quantity = s.quantity and o.analysis = s.analysis)
order by analysis desc, quantity
"""


def month(text: str, option: str) -> datetime:
    """First moment of a month written YYYY-MM; SettingsError otherwise."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text) or text.startswith("0000"):
        raise SettingsError(f"{option} {text!r} is not a month", "YYYY-MM, e.g. 2024-01", "write year-month")
    return datetime(int(text[:4]), int(text[5:]), 1)


@click.command()
@click.option("--from", "first", required=True, help="First month, YYYY-MM.")
@click.option("--to", "last", required=True, help="Last month, YYYY-MM.")
@click.option(
    "--step", type=click.Choice(list(STEPS)), default="month", show_default=True, help="From one to the next."
)
@workspace_option
@json_option
def backtest(first: str, last: str, step: str, folder: Path, as_json: bool) -> None:
    """Replay the past: say what would have been said at the start of each month, and hold it against what came.

    Every replay sees only what was known then. What was said is kept for good (`heartline show prediction`), scored,
    and summed up in `backtest_score`. Stopped, it goes on where it stopped.
    """
    with opened(folder) as workspace:
        with progress_bar(quiet=as_json) as progress:
            found = replays.backtest(workspace, month(first, "--from"), month(last, "--to"), step, progress)
        if as_json:
            print_json(asdict(found))
            return
        rows = workspace.query(_SCORES).to_pylist()
        print_rows(rows, list(rows[0]) if rows else [], "All months together; intervals are 90 %")
        click.echo(
            f"\n{len(found.moments)} months, {found.done_before} of them replayed before; {found.added:,} predictions"
            f" added, {found.scored:,} scored."
        )
        click.echo(f"Next: heartline serve -w {folder}, page Predictions; heartline show backtest_score -w {folder}")
