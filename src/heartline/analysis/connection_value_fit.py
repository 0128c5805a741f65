"""What `connection_value` works out in memory from one row a customer: ratios of three kinds, and the dose-response."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from heartline.analysis.base import Context, Fit, Values
from heartline.analysis.connection_value_facts import window
from heartline.analysis.fitted import numbers
from heartline.errors import StatisticsError
from heartline.stats.dose import Curve, adjusted_curve, bins_of, raw_curve
from heartline.stats.doubly_robust import LEAST, Ratio, adjusted_ratio, between, e_value, raw_ratio
from heartline.stats.likelihood import Floats
from heartline.tables import table
from heartline.tables.claims import COMPARISONS, KINDS, MEASURES

HELD_EQUAL = ("orders_before", "order_value", "away", "known")
FOLDS = 5
EDGES = (0.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 100.0)
STEP = 10.0
Row = dict[str, Any]
Bools = NDArray[np.bool_]


def fit(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """The tables ``connection_value`` and ``dose_response`` as rows."""
    rows = tables["cv_row"]
    found = window(context)
    notes: list[str] = []
    ratios: list[Row] = []
    doses: list[Row] = []
    common: Row = {
        "window_start": found[0] if found else None,
        "window_end": found[1] if found else None,
        "currency": context.text("currency"),
    }
    if found is None:
        why = (
            f"connection is not known from {context.whole('value_window_days')} days ago: ask for more `periods` or"
            " shorten `value_window_days`"
        )
        notes.append(f"Value of connection: {why}.")
        ratios = [row | common for measure in MEASURES for c in COMPARISONS for row in _unknown(measure, c, why)]
    else:
        data = _Data(rows, max(context.whole("min_base"), LEAST))
        for measure in MEASURES:
            for comparison in COMPARISONS:
                ratios += [row | common for row in _compared(data, measure, comparison)]
        doses = [row | common for row in _doses(data)]
        notes += _notes(data, found)
    return Fit(
        tables={
            "cv_ratio": pa.Table.from_pylist(ratios, table("connection_value").arrow_schema()),
            "cv_dose": pa.Table.from_pylist(doses, table("dose_response").arrow_schema()),
        },
        notes=tuple(notes),
    )


class _Data:
    """Columns of the sampled customers."""

    def __init__(self, rows: pa.Table, least: int) -> None:
        self.n = rows.num_rows
        self.least = least
        self.connection = numbers(rows, "connection")
        self.fold = np.asarray(rows.column("bucket").to_numpy(), np.int64) % FOLDS
        self.covariates: Floats = (
            np.column_stack([numbers(rows, name) for name in HELD_EQUAL]) if self.n else np.zeros((0, len(HELD_EQUAL)))
        )
        self.outcome = {name: numbers(rows, name) for name in MEASURES}
        self.is_ = {name: _flag(rows, name) for name in ("connected", "own_rating", "company_data")}


def _flag(rows: pa.Table, name: str) -> Bools:
    return np.array([one is True for one in rows.column(name).to_pylist()], dtype=bool)


def _compared(data: _Data, measure: str, comparison: str) -> list[Row]:
    y = data.outcome[measure]
    if comparison == "ten_points":
        here = np.isfinite(y)
        return _per_step(data, measure, here)
    first = data.is_["connected"]
    here = (first | data.is_[comparison]) & np.isfinite(y)
    counts = int((here & first).sum()), int((here & ~first).sum())
    if min(counts) < data.least:
        why = f"{counts[0]} connected and {counts[1]} compared customers are known; {data.least} of each are wanted"
        return _unknown(measure, comparison, why, counts)
    a, outcome = first[here].astype(np.float64), y[here]
    raw = raw_ratio(a, outcome)
    if not np.isfinite(raw.log_ratio):
        return _unknown(measure, comparison, "nobody of one group did it in the window", counts)
    try:
        held = adjusted_ratio(data.covariates[here], a, outcome, data.fold[here], FOLDS)
    except StatisticsError as cause:
        return [_told(measure, comparison, "raw", raw, counts), *_unknown(measure, comparison, _why(cause), counts)[1:]]
    return _three(measure, comparison, raw, held, counts)


def _three(measure: str, comparison: str, raw: Ratio, held: Ratio, counts: tuple[int, int]) -> list[Row]:
    one = _told(measure, comparison, "raw", raw, counts)
    if not np.isfinite(held.log_ratio):
        return [
            one,
            *_unknown(measure, comparison, "the groups are too unlike to hold earlier buying equal", counts)[1:],
        ]
    two = _told(measure, comparison, "held_equal", held, counts)
    ratio, low, high = between(held, raw)
    of, end = e_value(ratio, low, high)
    three = two | {
        "kind": "adjusted", "connected": None, "compared": None, "ratio": ratio, "ratio_low": low, "ratio_high": high,
        "e_value": of, "e_value_end": end,
    }  # fmt: skip
    return [one, two, three]


def _told(measure: str, comparison: str, kind: str, found: Ratio, counts: tuple[int, int]) -> Row:
    ratio, low, high = found.interval()
    of, end = e_value(ratio, low, high)
    trend = comparison == "ten_points"
    return {
        "measure": measure, "comparison": comparison, "kind": kind,
        "connected": None if trend else found.first, "compared": None if trend else found.other,
        "ratio": ratio, "ratio_low": low, "ratio_high": high, "n_connected": counts[0], "n_compared": counts[1],
        "outside": None if kind == "raw" else found.outside,
        "effective": None if trend or kind == "raw" else min(found.effective), "e_value": of,
        "e_value_end": end, "reason": None,
    }  # fmt: skip


def _unknown(measure: str, comparison: str, why: str, counts: tuple[int, int] = (0, 0)) -> list[Row]:
    return [
        {"measure": measure, "comparison": comparison, "kind": kind, "n_connected": counts[0], "n_compared": counts[1],
         "reason": why}
        for kind in KINDS
    ]  # fmt: skip


def _why(cause: StatisticsError) -> str:
    return f"{cause.got}; {cause.expected} are wanted"


def _per_step(data: _Data, measure: str, here: Bools) -> list[Row]:
    counts = (int(here.sum()), 0)
    try:
        raw, held = _curves(data, measure, here)
    except StatisticsError as cause:
        return _unknown(measure, "ten_points", _why(cause), counts)
    before, after = raw.trend(STEP), held.trend(STEP)
    if not np.isfinite(before.log_ratio):
        return _unknown(measure, "ten_points", "nobody in a bin of connection did it in the window", counts)
    return _three(measure, "ten_points", before, after, counts)


def _curves(data: _Data, measure: str, here: Bools) -> tuple[Curve, Curve]:
    """Plain and with earlier buying held equal; StatisticsError where there are not two bins of enough customers."""
    dose, y = data.connection[here], data.outcome[measure][here]
    edges = bins_of(dose, EDGES, data.least)
    if len(edges) < 3 or len(dose) < 2 * data.least:
        raise StatisticsError(
            f"{len(dose)} customers of known connection", f"two bins of {data.least}", "wait for more customers"
        )
    return raw_curve(dose, y, edges), adjusted_curve(data.covariates[here], dose, y, data.fold[here], edges, FOLDS)


def _doses(data: _Data) -> list[Row]:
    here = np.isfinite(data.outcome["value"])
    try:
        raw, held = _curves(data, "value", here)
    except StatisticsError:
        return []
    edges = bins_of(data.connection[here], EDGES, data.least)
    parts = [raw.interval(), held.interval()]
    rows: list[Row] = []
    for at in range(len(raw.n)):
        row: Row = {
            "bin": at + 1, "connection_from": edges[at], "connection_to": edges[at + 1],
            "connection_mean": float(raw.dose[at]), "n": int(raw.n[at]), "outside": float(held.outside[at]),
        }  # fmt: skip
        for name, part in zip(("raw", "held_equal"), parts, strict=True):
            row |= dict(zip((name, f"{name}_low", f"{name}_high"), (float(p[at]) for p in part), strict=True))
        if held.value[at] > 0 and raw.value[at] > 0:
            ends = between(held.bin_ratio(at), raw.bin_ratio(at))
            row |= dict(zip(("adjusted", "adjusted_low", "adjusted_high"), ends, strict=True))
        else:
            row |= {"held_equal": None, "held_equal_low": None, "held_equal_high": None, "outside": None}
        rows.append(row)
    return rows


def _notes(data: _Data, found: tuple[datetime, datetime]) -> list[str]:
    groups = ", ".join(f"{int(those.sum())} {name}" for name, those in data.is_.items())
    return [
        f"Connection as of {found[0]:%Y-%m-%d}, money and behaviour until {found[1]:%Y-%m-%d}: {data.n} customers whose"
        f" connection rests on enough evidence ({groups}).",
        "Earlier buying may have come from connection itself: held equal, it takes that part away (too little is left);"
        " raw leaves what heavy buyers bring along (too much). `adjusted` is half-way, its interval holds both. Only an"
        " experiment tells more.",
    ]
