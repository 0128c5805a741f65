"""Shares of the scorecard with their intervals, changes and verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context, Fit, Values
from heartline.analysis.fitted import fitted_table
from heartline.analysis.periods import windows
from heartline.errors import AnalysisError
from heartline.stats.intervals import difference_interval, wilson_interval
from heartline.tables.growth import MEASURES

PERIODS = 8
LOOK_BACK = 4
"""Periods looked back on to say whether an item was bought before."""
TABLE = "scorecard_row"


def spans(context: Context) -> list[tuple[datetime, datetime]]:
    """(start, end) of the periods that are looked back on and of those that are told, oldest first."""
    return windows(context.as_of, context.whole("window_months"), PERIODS + LOOK_BACK)


def chosen(text: str) -> dict[str, float | None]:
    """Measures on the scorecard in their order, with their targets; AnalysisError for one named twice or unknown."""
    found: dict[str, float | None] = {}
    for word in text.split():
        name, _, target = word.partition("=")
        if name not in MEASURES or name in found:
            raise AnalysisError(
                f"scorecard names {name} {'twice' if name in found else ''}".strip(),
                f"each of {', '.join(MEASURES)} at most once",
                "correct the setting",
            )
        found[name] = float(target) if target else None
    return found


def fit(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """One row a measure and period: share, interval, change against the period before, verdict."""
    targets, base, when = chosen(context.text("scorecard")), context.whole("min_base"), spans(context)
    counted = {(row["measure"], row["w"]): row for row in tables["scorecard_count"].to_pylist()}
    keys = [(name, w) for name in targets for w in range(LOOK_BACK, len(when)) if (name, w) in counted]
    hits, n = (np.array([float(counted[key][name]) for key in keys]) for name in ("hits", "n"))
    value, low, high = (np.where(n >= base, each, np.nan) for each in wilson_interval(hits, n))
    place = {key: row for row, key in enumerate(keys)}
    change = np.full((3, len(keys)), np.nan)
    pairs = [(row, place[name, w - 1]) for row, (name, w) in enumerate(keys) if (name, w - 1) in place]
    if pairs:
        now, then = (np.array(side) for side in zip(*pairs, strict=True))
        change[:, now] = difference_interval(value[now], low[now], high[now], value[then], low[then], high[then])
    target = np.array([np.nan if targets[name] is None else targets[name] for name, _ in keys], dtype=np.float64)
    rows = fitted_table("scorecard", {
        "measure": [name for name, _ in keys],
        "period_start": [when[w][0] for _, w in keys], "period_end": [when[w][1] for _, w in keys],
        "value": value, "low": low, "high": high, "hits": hits, "n": n,
        "change": change[0], "change_low": change[1], "change_high": change[2],
        "target": target, "verdict": _verdicts(low, high, target),
    })  # fmt: skip
    thin = sorted({name for row, (name, _) in enumerate(keys) if not n[row] >= base})
    silent = [name for name in targets if not any(name == key for key, _ in keys)]
    notes = [f"Fewer than {base} could have in some periods of {', '.join(thin)}: no share is told there."] * bool(thin)
    notes += [f"Nothing is told on which {', '.join(silent)} could rest."] * bool(silent)
    return Fit({TABLE: rows}, {"targets": targets}, tuple(notes))


def _verdicts(low: np.ndarray, high: np.ndarray, target: np.ndarray) -> Sequence[str | None]:
    return [
        None if np.isnan(t) or np.isnan(a) else "reached" if a >= t else "missed" if b < t else "open"
        for a, b, t in zip(low, high, target, strict=True)
    ]
