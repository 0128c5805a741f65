"""A step before and after its cause was fixed, by weeks: against its own trend, or channels left as they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context
from heartline.analysis.drop_off_causes import CAUSES
from heartline.analysis.drop_off_facts import WEEKS
from heartline.analysis.effects import effect_row, no_effect_row
from heartline.errors import StatisticsError
from heartline.stats.interrupted import interrupted, slope
from heartline.stats.likelihood import Floats

Row = dict[str, Any]
FOUR_WEEKS = 4


def fixes(
    weeks: pa.Table, said: Sequence[Mapping[str, Any]], steps: Sequence[Mapping[str, Any]], context: Context
) -> list[Row]:
    """Rows of ``fix_effect``: the drop rate, and how many met the cause, for each fix with a date before ``as_of``."""
    place = {(step["funnel"], step["touchpoint"]): step["position"] for step in steps}
    listed = weeks.to_pylist()
    made: list[Row] = []
    for one in said:
        at = place.get((one["funnel"], one["step"]))
        if one["fixed_at"] is None or at is None:
            continue
        own = [row for row in listed if row["funnel"] == one["funnel"] and row["position"] == at]
        back = int((context.as_of - one["fixed_at"]).total_seconds() // (7 * 86_400))
        for outcome, column in (("drop_rate", "dropped"), ("met", f"m_{one['cause']}")):
            if outcome == "met" and one["cause"] not in CAUSES:
                continue
            key = {name: one[name] for name in ("funnel", "step", "cause", "fixed_at", "fixed_channel")}
            made.append(key | {"outcome": outcome} | _read(own, column, back, one["fixed_channel"], context))
    return made


def _read(rows: list[Row], column: str, back: int, channel: str | None, context: Context) -> Row:
    first = WEEKS - back
    ours = [row for row in rows if channel is None or row["channel"] == channel]
    others = [row for row in rows if channel is not None and row["channel"] != channel]
    rate, n = _series(ours, column, back)
    other_rate, other_n = _series(others, column, back)
    before, after = slice(0, max(first, 0)), slice(max(first, 0), None)
    counts = {
        "n_before": int(n[before].sum()), "n_after": int(n[after].sum()),
        "n_units": len({row["channel"] for row in rows}),
    }  # fmt: skip
    compared = other_n.sum() >= context.whole("min_base")
    method = "difference_in_differences" if compared else "interrupted_series"
    if min(counts["n_before"], counts["n_after"]) < context.whole("min_base"):
        return counts | no_effect_row(method, f"{counts['n_before']} attempts before, {counts['n_after']} since")
    gap, w = rate, n
    if compared:
        with np.errstate(divide="ignore", invalid="ignore"):
            gap = rate - other_rate
            w = np.where((n > 0) & (other_n > 0), n * other_n / (n + other_n), 0.0)
    try:
        found = interrupted(gap, w, first, trend=not compared)
    except StatisticsError as error:
        return counts | no_effect_row(method, error.got)
    trend, p = slope(gap[before], w[before]) if compared else (float("nan"), float("nan"))
    sooner, later = (
        float(np.average(rate[part][n[part] > 0], weights=n[part][n[part] > 0])) for part in (before, after)
    )
    return counts | effect_row(
        method, found.estimate, found.low, found.high, found.p, sooner, later,
        pre_trend=trend * FOUR_WEEKS, pre_trend_p=p,
    )  # fmt: skip


def _series(rows: list[Row], column: str, back: int) -> tuple[Floats, Floats]:
    """(rate, attempts) by week, oldest first; the week of the fix itself belongs to neither side."""
    hits, n = np.zeros(WEEKS), np.zeros(WEEKS)
    for row in rows:
        if row["week"] != back:
            hits[WEEKS - 1 - row["week"]] += row[column]
            n[WEEKS - 1 - row["week"]] += row["n"]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(n > 0, hits / n, np.nan), n
