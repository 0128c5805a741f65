"""Difference in differences over few units (regions, teams, channels), each a series of periods.

With few units the usual cluster-robust errors are far too small. So each unit is one observation: its mean after minus
its mean before (Bertrand, Duflo & Mullainathan 2004), compared by Student's t between treated and others (Donald & Lang
2007), beside the exact permutation of who was treated. Roll-outs at different times are read by group-time averages
against units not yet treated, which does not take earlier treated ones for controls (Callaway & Sant'Anna 2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats

PERMUTATIONS = 1999


@dataclass(frozen=True)
class Effect:
    """An estimate with its interval (not-a-number where there are too few units for one) and p-value.

    units, treated: how many; p: share of all ways (or of many drawn) to choose as many treated that show as much
    student: p-value of Student's test where there is one, else not-a-number
    """

    estimate: float
    low: float
    high: float
    p: float
    units: int
    treated: int
    student: float = float("nan")


def two_by_two(
    treated_before: float, treated_after: float, other_before: float, other_after: float,
    treated_error: float, other_error: float, level: float = 0.9,
) -> Effect:  # fmt: skip
    """Difference of two changes whose standard errors are known and independent; normal interval and p-value."""
    estimate = (treated_after - treated_before) - (other_after - other_before)
    error = float(np.hypot(treated_error, other_error))
    half = float(stats.norm.ppf((1 + level) / 2)) * error
    p = float(2 * stats.norm.sf(abs(estimate) / error)) if error > 0 else float(estimate == 0)
    return Effect(float(estimate), estimate - half, estimate + half, p, 2, 1)


def changes(values: Floats, weights: Floats, after: NDArray[np.bool_]) -> Floats:
    """Mean after minus mean before of each unit, weighted by what stands behind each period; units x periods in.

    Not-a-number for a unit without anything before or after.
    """
    known = np.isfinite(values) & (weights > 0)
    w, v = np.where(known, weights, 0.0), np.where(known, values, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        later = (v * w * after).sum(axis=1) / (w * after).sum(axis=1)
        sooner = (v * w * ~after).sum(axis=1) / (w * ~after).sum(axis=1)
    return np.asarray(later - sooner, np.float64)


def slopes(values: Floats, weights: Floats, before: NDArray[np.bool_]) -> Floats:
    """Weighted least-squares slope of each unit over the periods before, per period; not-a-number with fewer than 3."""
    place = np.arange(values.shape[1], dtype=np.float64)
    known = np.isfinite(values) & (weights > 0) & before
    w, v = np.where(known, weights, 0.0), np.where(known, values, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = w.sum(axis=1)
        middle = (w * place).sum(axis=1) / total
        level = (w * v).sum(axis=1) / total
        off = (place - middle[:, None]) * w
        found = (off * (v - level[:, None])).sum(axis=1) / (off * (place - middle[:, None])).sum(axis=1)
    return np.where(known.sum(axis=1) >= 3, found, np.nan)


def compare(each: ArrayLike, treated: ArrayLike, level: float = 0.9) -> Effect:
    """Treated units' mean against the others', each unit one observation.

    The interval is Student's with the pooled spread between units (Donald & Lang 2007), Welch's where both sides have
    five or more. Needs one treated and two others; raises StatisticsError below that.
    """
    values, mark = np.asarray(each, np.float64), np.asarray(treated, bool)
    mark, values = mark[np.isfinite(values)], values[np.isfinite(values)]
    ours, theirs = values[mark], values[~mark]
    k, m = len(ours), len(theirs)
    if k < 1 or m < 2:
        raise StatisticsError(f"{k} treated and {m} other units", "1 and 2", "wait, or compare before with after")
    estimate = float(ours.mean() - theirs.mean())
    if k >= 5 and m >= 5:
        a, b = ours.var(ddof=1) / k, theirs.var(ddof=1) / m
        error = float(np.sqrt(a + b))
        freedom = (a + b) ** 2 / (a**2 / (k - 1) + b**2 / (m - 1)) if a + b > 0 else k + m - 2
    else:
        inside = ((ours - ours.mean()) ** 2).sum() + ((theirs - theirs.mean()) ** 2).sum()
        freedom = k + m - 2
        error = float(np.sqrt(inside / freedom * (1 / k + 1 / m)))
    half = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    student = float(2 * stats.t.sf(abs(estimate) / error, freedom)) if error > 0 else float(estimate == 0)
    return Effect(estimate, estimate - half, estimate + half, exchange_p(values, mark), k + m, k, student)


def exchange_p(values: Floats, treated: NDArray[np.bool_], seed: int = 0) -> float:
    """How often another choice of as many treated units differs as much: all choices where they are few, else drawn.

    Never below one over the number of choices: with 5 units of which 1 is treated the smallest is 0.2.
    """
    k, total = int(treated.sum()), len(values)
    own = abs(values[treated].mean() - values[~treated].mean())
    if comb(total, k) <= PERMUTATIONS:
        chosen = np.array(list(combinations(range(total), k)))
        extra = 0
    else:
        rng = np.random.default_rng(seed)
        chosen = np.argsort(rng.random((PERMUTATIONS, total)), axis=1)[:, :k]
        extra = 1
    sums = values[chosen].sum(axis=1)
    gaps = np.abs(sums / k - (values.sum() - sums) / (total - k))
    return float(((gaps >= own - 1e-12).sum() + extra) / (len(chosen) + extra))


def staggered(values: Floats, weights: Floats, start: ArrayLike, level: float = 0.9, permutations: int = 199) -> Effect:
    """Mean effect on the treated over all group-time averages against units not yet treated.

    values, weights: units x periods; start: first treated period of each unit, infinite for never
    ATT(g, t) = change of those starting at g from period g - 1 to t, minus that of units not treated by t; the mean
    over all t >= g weighs each by its units. Interval: jackknife over units, Student's with units - 2 degrees; p: start
    times exchanged between units. Raises StatisticsError where no group has a period before and a unit beside it.
    """
    first = np.asarray(start, np.float64)
    y = np.where(weights > 0, values, np.nan)
    total = len(first)
    estimate = _group_time(y, first)
    if not np.isfinite(estimate):
        raise StatisticsError("no group of units with others not yet treated", "two start times or untreated units")
    treated = int(np.isfinite(first).sum())
    kept = [np.arange(total) != one for one in range(total)]
    without = np.array([_group_time(y[keep], first[keep]) for keep in kept])
    low = high = np.nan
    if np.isfinite(without).all() and total >= 4:
        error = float(np.sqrt((total - 1) / total * ((without - without.mean()) ** 2).sum()))
        half = float(stats.t.ppf((1 + level) / 2, total - 2)) * error
        low, high = estimate - half, estimate + half
    rng = np.random.default_rng(0)
    other = np.array([_group_time(y, rng.permutation(first)) for _ in range(permutations)])
    other = other[np.isfinite(other)]
    p = float(((np.abs(other) >= abs(estimate) - 1e-12).sum() + 1) / (len(other) + 1))
    return Effect(estimate, low, high, p, total, treated)


def _group_time(y: Floats, first: Floats) -> float:
    total, weight = 0.0, 0.0
    periods = y.shape[1]
    for g in np.unique(first[np.isfinite(first)]).astype(int):
        if g < 1 or g >= periods:
            continue
        own = first == g
        base = _level(y, g)
        for t in range(g, periods):
            rest = first > t
            moved = y[:, t] - base
            ours, theirs = moved[own], moved[rest]
            ours, theirs = ours[np.isfinite(ours)], theirs[np.isfinite(theirs)]
            if len(ours) and len(theirs):
                total += len(ours) * float(ours.mean() - theirs.mean())
                weight += len(ours)
    return total / weight if weight else float("nan")


def _level(y: Floats, g: int) -> Floats:
    """Each unit's level just before ``g``: the latest period known of the two before it."""
    return np.where(np.isfinite(y[:, g - 1]), y[:, g - 1], y[:, g - 2] if g >= 2 else np.nan)
