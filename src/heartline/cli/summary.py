"""A page of words and figures that says how a company's customers feel; printed after `heartline demo`."""

from __future__ import annotations

from typing import Any

import click

from heartline.cli.console import print_rows
from heartline.workspace import Workspace

_PERIODS = """
select period_end, customers, judged, connection_mean, connection_low, connection_high, satisfaction_mean,
       satisfaction_low, satisfaction_high, satisfaction_n, expected_value, value_at_stake, currency
from period_summary where segment = 'all' order by period_end desc limit 2
"""
_SEGMENTS = """
with now as (select * from period_summary where segment <> 'all'
             and period_end = (select max(period_end) from period_summary))
select segment, customers, round(100.0 * customers / sum(customers) over (), 1) as "% of customers",
       round(connection_mean, 1) as connection, round(expected_value) as "value expected",
       round(value_at_stake) as "value at stake"
from now order by customers desc
"""
_TOUCHPOINTS = """
select touchpoint, sum(felt_visits) as "felt visits",
       round(sum(felt_mean * felt_visits) / sum(felt_visits), 2) as "mean felt",
       round(sum(negative_share * felt_visits) / sum(felt_visits), 2) as "share bad",
       round(sum(surprise_mean * felt_visits) / sum(felt_visits), 2) as surprise
from touchpoint_period where felt_visits > 0
group by touchpoint having sum(felt_visits) >= $base order by 3 desc
"""
_COVERAGE = "select part, n, of, share from coverage where measure = $measure order by n desc"

_PARTS = {
    "none": "nothing",
    "unsupported_language": "a language that the model cannot read",
    "abstained": "kept silent",
}


def print_summary(workspace: Workspace) -> None:
    """Connection, satisfaction, segments, touchpoints, value at stake, and how much is not known."""
    periods = workspace.query(_PERIODS).to_pylist()
    if not periods:
        click.echo("Nothing to summarise yet. Next: heartline run")
        return
    now = periods[0]
    click.echo(f"\n{workspace.settings.text('company')}, as of {workspace.as_of:%d %B %Y}")
    click.echo(f"{now['customers']:,} customers; connection of {now['judged']:,} rests on evidence of their own.\n")
    _axis("Connection", "connection", now, periods[1:])
    _axis("Satisfaction", "satisfaction", now, periods[1:])
    if now["expected_value"]:
        days = workspace.settings["horizon_days"]
        line = f"Value expected over {days} days: {now['expected_value']:,.0f} {now['currency']}"
        if now["value_at_stake"] is not None:
            share = now["value_at_stake"] / now["expected_value"]
            line += f"; at stake through leaving: {now['value_at_stake']:,.0f} ({share:.0%})"
        click.echo(line + ".")
    segments = workspace.query(_SEGMENTS).to_pylist()
    click.echo()
    print_rows(segments, list(segments[0]) if segments else [], "Segments")
    base = workspace.settings.whole("min_base")
    felt = workspace.query(_TOUCHPOINTS, {"base": base}).to_pylist()
    if felt:
        click.echo()
        shown = felt if len(felt) <= 8 else [*felt[:4], *felt[-4:]]
        print_rows(shown, list(felt[0]), f"Touchpoints that feel best and worst (at least {base} felt visits)")
    for measure in ("visits", "texts"):
        known = workspace.query(_COVERAGE, {"measure": measure}).to_pylist()
        if known:
            parts = ", ".join(f"{_PARTS.get(row['part'], row['part'])} {row['share']:.0%}" for row in known)
            click.echo(f"\nWhat {measure} are known from: {parts} (of {known[0]['of']:,}).")


def _axis(title: str, name: str, now: dict[str, Any], before: list[dict[str, Any]]) -> None:
    mean, low, high = now[f"{name}_mean"], now[f"{name}_low"], now[f"{name}_high"]
    if mean is None:
        click.echo(f"{title}: not enough evidence.")
        return
    interval = f" [{low:.1f} to {high:.1f}]" if low is not None else ""
    line = f"{title}: {mean:.1f} of 100{interval}"
    if before and before[0][f"{name}_mean"] is not None:
        old_low, old_high = before[0][f"{name}_low"], before[0][f"{name}_high"]
        change = mean - before[0][f"{name}_mean"]
        apart = low is not None and old_low is not None and (low > old_high or high < old_low)
        by = f"{change:+.1f}" if abs(change) >= 0.05 else "no change"
        line += f", {by} against a month before" + ("" if apart or abs(change) < 0.05 else " (within the doubt)")
    click.echo(line + ".")
