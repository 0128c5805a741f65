"""What `initiatives` works out in memory: panels of units and four-week periods, and the design that each allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import factorial, prod
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context, Fit, Values
from heartline.analysis.effects import effect_row, no_effect_row
from heartline.analysis.initiatives_facts import AFTER, BEFORE
from heartline.errors import StatisticsError
from heartline.stats.differences import Effect, changes, compare, slopes, staggered
from heartline.stats.interrupted import interrupted, slope
from heartline.stats.likelihood import Floats
from heartline.stats.synthetic import LEAST_BEFORE, LEAST_DONORS, synthetic_control
from heartline.tables import table

OUTCOMES = ("felt", "rating", "completion", "orders")
SPAN = 4  # weeks of a period
Row = dict[str, Any]


@dataclass(frozen=True)
class Panel:
    """Sums and counts by unit and week; the initiative's first day is where week ``BEFORE`` begins.

    start, end: days of each unit from that day on, infinite for never
    """

    units: list[str]
    sums: Floats
    n: Floats
    start: Floats
    end: Floats

    @property
    def treated(self) -> Any:
        """Which units began."""
        return np.isfinite(self.start)

    def running(self) -> Any:
        """Units x weeks: whether the unit has begun; weeks in which it began in the midst, or after its end, count in
        neither state and have been emptied."""
        day = 7.0 * (np.arange(self.n.shape[1]) - BEFORE)
        return day >= self.start[:, None] - 1e-6

    def periods(self) -> tuple[Floats, Floats, Floats]:
        """(mean, weight, first treated period) by periods of four weeks, a period of both states emptied."""
        count = self.n.shape[1] // SPAN
        shape = (len(self.units), count, SPAN)
        cut = slice(0, count * SPAN)
        on = self.running()[:, cut].reshape(shape)
        n = self.n[:, cut].reshape(shape)
        sums = self.sums[:, cut].reshape(shape)
        mixed = on.any(axis=2) & ~on.all(axis=2)
        weight = np.where(mixed, 0.0, n.sum(axis=2))
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = np.where(weight > 0, sums.sum(axis=2) / n.sum(axis=2), np.nan)
        full = on.all(axis=2)
        first = np.where(full.any(axis=1), full.argmax(axis=1), np.inf)
        return mean, weight, first


def fit_initiatives(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """The table ``initiative_effect`` as rows."""
    people = {row["initiative_id"]: row["customers"] for row in tables["initiative_people"].to_pylist()}
    listed = {name: tables[f"initiative_{name}"].to_pylist() for name in ("unit", "cell", "order", "joined")}
    rows: list[Row] = []
    for head in tables["initiative_head"].to_pylist():
        own = {
            name: [row for row in rows_of if row["initiative_id"] == head["initiative_id"]]
            for name, rows_of in listed.items()
        }
        for outcome in OUTCOMES:
            if outcome == "orders" and head["unit_kind"] == "team":
                continue  # a team sells to nobody in particular
            panel = _panel(head, own, outcome, context.whole("min_base"))
            base = {
                "initiative_id": head["initiative_id"], "name": head["name"], "touchpoint": head["touchpoint"],
                "unit_kind": head["unit_kind"], "started_at": head["first_at"], "outcome": outcome,
                "n_units": len(panel.units), "n_treated": int(panel.treated.sum()),
                "n_customers": int(people.get(head["initiative_id"], 0)),
            }  # fmt: skip
            rows += [base | one for one in read(panel, context.whole("min_base"))]
    made = pa.Table.from_pylist(rows, table("initiative_effect").arrow_schema())
    notes = (
        "An initiative was not put at random: each figure is an effect only if what its method assumes holds, which is"
        " said beside it.",
    ) if rows else ()  # fmt: skip
    return Fit(tables={"initiative_effect_row": made}, notes=notes)


def read(panel: Panel, least: int) -> list[Row]:
    """One row a method that the panel allows; a row that says why where it allows none."""
    on, treated = panel.running(), panel.treated
    if not treated.any():
        return [no_effect_row("interrupted_series", "nothing is known of the units that began")]
    before = float(panel.n[treated][~on[treated]].sum())
    after = float(panel.n[treated][on[treated]].sum())
    if before < least or after < least:
        method = "difference_in_differences" if (~treated).any() else "interrupted_series"
        return [no_effect_row(method, f"{before:.0f} before and {after:.0f} since, of what was treated")]
    sums = panel.sums[treated]
    means = (float(sums[~on[treated]].sum() / before), float(sums[on[treated]].sum() / after))
    others = int((~treated).sum())
    mean, weight, first = panel.periods()
    starts = set(first[treated])
    method = (
        "staggered" if len(starts) > 1 and len(panel.units) > 2
        else "difference_in_differences" if others else "interrupted_series"
    )  # fmt: skip
    try:
        if method == "staggered":
            found = staggered(mean, weight, first)
            return [_row(method, found, means, _trend(mean, weight, first), _ways(first))]
        if method == "difference_in_differences" and others >= 2:
            after_it = np.broadcast_to(np.arange(mean.shape[1]) >= min(starts), mean.shape)
            found = compare(changes(mean, weight, after_it), treated)
            made = [_row(method, found, means, _trend(mean, weight, first), _ways(first))]
            return [*made, *_mixture(mean, weight, first, means)]
        return [_series(panel, means)]
    except StatisticsError as error:
        return [no_effect_row(method, error.got)]


def _row(method: str, found: Effect, means: tuple[float, float], trend: tuple[float, float], ways: float) -> Row:
    return effect_row(
        method, found.estimate, found.low, found.high, found.p, means[0], means[1], trend[0], trend[1],
        least_p=1 / ways, student=found.student,
    )  # fmt: skip


def _ways(first: Floats) -> float:
    """In how many ways the start times could have fallen on the units."""
    return factorial(len(first)) / prod(factorial(times) for times in Counter(first.tolist()).values())


def _trend(mean: Floats, weight: Floats, first: Floats) -> tuple[float, float]:
    """How much faster the treated rose before anybody began, by period, and its p-value."""
    earliest = np.broadcast_to(np.arange(mean.shape[1]) < np.min(first), mean.shape)
    try:
        found = compare(slopes(mean, weight, earliest), np.isfinite(first))
    except StatisticsError:
        return float("nan"), float("nan")
    return found.estimate, found.student


def _mixture(mean: Floats, weight: Floats, first: Floats, means: tuple[float, float]) -> list[Row]:
    """Synthetic control where one unit began; periods and units with a gap are left out."""
    treated = np.flatnonzero(np.isfinite(first))
    if len(treated) != 1:
        return []
    start = int(first[treated[0]])
    own = np.isfinite(mean[treated[0]])
    seen = np.isfinite(mean[:, own]).mean(axis=1) >= 0.9
    periods = own & np.isfinite(mean[seen]).all(axis=0)
    values = mean[seen][:, periods]
    at, begins = int(seen[: treated[0]].sum()), int(periods[:start].sum())
    if len(values) - 1 < LEAST_DONORS or begins < LEAST_BEFORE or begins >= values.shape[1]:
        return []
    found = synthetic_control(values, at, begins)
    row = effect_row(
        "synthetic_control", found.estimate, found.low, found.high, found.p, means[0], means[1],
        least_p=1 / len(values),
    )  # fmt: skip
    return [row | {"placebo_rank": found.rank}]


def _series(panel: Panel, means: tuple[float, float]) -> Row:
    """Week by week: everybody's own trend, or the difference from the only other unit."""
    on, treated = panel.running(), panel.treated
    first = BEFORE
    if len(set(panel.start[treated])) > 1:  # began here and there: everything between is left out
        mixed = on[treated].any(axis=0) & ~on[treated].all(axis=0)
        first = int(np.flatnonzero(on[treated].all(axis=0)).min(initial=on.shape[1]))
        weights = np.where(mixed, 0.0, panel.n[treated].sum(axis=0))
    else:
        weights = panel.n[treated].sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = panel.sums[treated].sum(axis=0) / panel.n[treated].sum(axis=0)
        if treated.all():
            found = interrupted(rate, weights, first)
            return effect_row("interrupted_series", found.estimate, found.low, found.high, found.p, means[0], means[1])
        other = panel.n[~treated].sum(axis=0)
        gap = rate - panel.sums[~treated].sum(axis=0) / other
        weights = np.where((weights > 0) & (other > 0), weights * other / (weights + other), 0.0)
    found = interrupted(gap, weights, first, trend=False)
    steep, p = slope(gap[:first], weights[:first])
    return effect_row(
        "difference_in_differences", found.estimate, found.low, found.high, found.p, means[0], means[1],
        steep * SPAN, p,
    )  # fmt: skip


def _panel(head: Row, own: Mapping[str, list[Row]], outcome: str, least: int) -> Panel:
    weeks = BEFORE + min(AFTER, max(int(head["last_week"]), 0))
    began = {row["unit"]: (row["start_day"], row["end_day"]) for row in own["unit"]}
    source, name = (own["order"], "orders") if outcome == "orders" else (own["cell"], outcome)
    units = sorted({row["unit"] for row in source} | set(began))
    at = {unit: place for place, unit in enumerate(units)}
    sums, n = np.zeros((len(units), weeks)), np.zeros((len(units), weeks))
    for row in source:
        place = (at[row["unit"]], row["week"] + BEFORE)
        sums[place] += row[name]
        n[place] += 0.0 if outcome == "orders" else row[f"{outcome}_n"]
    if outcome == "orders":
        n = _people(own["joined"], units, weeks)
    start = np.array([began.get(unit, (np.inf, None))[0] for unit in units], np.float64)
    ends = [began.get(unit, (None, None))[1] for unit in units]
    end = np.array([np.inf if day is None else day for day in ends], np.float64)
    day = 7.0 * (np.arange(weeks) - BEFORE)
    torn = (day < start[:, None] - 1e-6) & (day + 7 > start[:, None] + 1e-6)
    dead = torn | (day + 7 > end[:, None] + 1e-6)
    sums, n = np.where(dead, 0.0, sums), np.where(dead, 0.0, n)
    keep = (n.sum(axis=1) >= least) | np.isfinite(start)
    return Panel(
        [unit for unit, kept in zip(units, keep, strict=True) if kept], sums[keep], n[keep], start[keep], end[keep]
    )


def _people(joined: list[Row], units: list[str], weeks: int) -> Floats:
    """Customers known in each week, by unit; of channels and of all, everybody stands under no name."""
    found = np.zeros((len(units), weeks))
    for row in joined:
        those = [units.index(row["unit"])] if row["unit"] in units else range(len(units)) if row["unit"] == "" else []
        if row["week"] + BEFORE < weeks:
            for one in those:
                found[one, row["week"] + BEFORE :] += row["customers"]
    return found
