"""How much groups differ beyond chance, and what each is worth believing: random effects within strata.

Groups (channels, teams) are compared with the middle one of their stratum (a stage): a mean would make everybody differ
where one does. One spread for all strata is estimated, because two or three groups tell none; a stratum's own spread is
then drawn towards it.

Sources: Paule & Mandel (1982) for the spread; Efron & Morris (1975), Morris (1983) for what each group is worth
believing; Smyth (2004) for drawing variances together; Gelman, Hill & Yajima (2012) on comparing many shrunken groups.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from heartline.errors import StatisticsError
from heartline.stats.intervals import Z90
from heartline.stats.likelihood import Floats

Ints = NDArray[np.int64]

# Degrees of freedom that the common spread counts against a stratum's own.
PRIOR_DEGREES = 4.0


@dataclass(frozen=True)
class Deviations:
    """Groups against the middle of their stratum, shrunken.

    between: common variance of true group means within a stratum; 0 where they differ no more than chance
    deviation, low, high: posterior mean and 90 % interval per group; not-a-number where it stands alone or is unknown
    spread: shrunken standard deviation between groups, per stratum in the order of ``strata``
    """

    between: float
    deviation: Floats
    low: Floats
    high: Floats
    strata: tuple[str, ...]
    spread: Floats


def deviations(stratum: ArrayLike, mean: ArrayLike, variance: ArrayLike) -> Deviations:
    """Shrunken deviations of group means with known sampling ``variance`` from the median of their stratum.

    The sole middle one is compared with its two neighbours. Which group is the middle one is taken as known.
    Raises StatisticsError for a negative variance. Groups with an unknown mean or variance count for nothing.
    """
    names, y, v = np.asarray(stratum), np.asarray(mean, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    if np.any(v < 0):
        raise StatisticsError("a negative variance", "0 or more", "check the sums")
    strata, place = np.unique(names, return_inverse=True)
    v = np.maximum(v, 1e-12)
    known = np.isfinite(y) & np.isfinite(v)
    size = np.bincount(place[known], minlength=len(strata))
    used = known & (size[place] >= 2)
    degrees = np.maximum(size - 1, 0)

    def squares(between: float) -> Floats:
        weight = np.where(used, 1 / (between + v), 0.0)
        total = np.bincount(place, weights=weight, minlength=len(strata))
        summed = np.bincount(place, weights=weight * np.where(used, y, 0.0), minlength=len(strata))
        middle = np.divide(summed, total, out=np.zeros_like(summed), where=total > 0)
        left = np.where(used, weight * (np.where(used, y, 0.0) - middle[place]) ** 2, 0.0)
        return np.asarray(np.bincount(place, weights=left, minlength=len(strata)), dtype=np.float64)

    both = size >= 2
    common = _root(lambda between: float(squares(between)[both].sum()), float(degrees[both].sum()))

    def of(at: int) -> Callable[[float], float]:
        return lambda between: float(squares(between)[at])

    own = np.array([_root(of(at), float(degrees[at])) if both[at] else np.nan for at in range(len(strata))])
    spread = np.sqrt((degrees * own + PRIOR_DEGREES * common) / (degrees + PRIOR_DEGREES))
    deviation, half = np.full(len(y), np.nan), np.full(len(y), np.nan)
    for at in np.flatnonzero(both):
        rows = np.flatnonzero(used & (place == at))
        believed, covariance = _believed(y[rows], v[rows], common)
        order = np.argsort(believed, kind="stable")
        for number, row in enumerate(rows):
            contrast = _against_middle(number, order)
            deviation[row] = contrast @ believed
            half[row] = Z90 * np.sqrt(contrast @ covariance @ contrast)
    return Deviations(common, deviation, deviation - half, deviation + half, tuple(strata.tolist()), spread)


def shrunken(mean: ArrayLike, variance: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """(posterior mean, low, high) of means that are 0 but for an unknown common spread; 90 %.

    Not-a-number where mean or variance is unknown. Raises StatisticsError for a negative variance.
    """
    y, v = np.asarray(mean, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    if np.any(v < 0):
        raise StatisticsError("a negative variance", "0 or more", "check the sums")
    v = np.maximum(v, 1e-12)
    known = np.isfinite(y) & np.isfinite(v)
    between = _root(lambda spread: float(np.sum(y[known] ** 2 / (spread + v[known]))), float(known.sum()))
    keep = between / (between + v)
    half = Z90 * np.sqrt(between * (1 - keep))
    return keep * y, keep * y - half, keep * y + half


def _believed(y: Floats, v: Floats, between: float) -> tuple[Floats, Floats]:
    """Posterior mean and covariance of the true means of one stratum, its own mean unknown."""
    keep = between / (between + v)
    weight = 1 / (between + v)
    middle = float(np.sum(weight * y) / weight.sum())
    covariance = np.diag(between * (1 - keep)) + np.outer(1 - keep, 1 - keep) / weight.sum()
    return middle + keep * (y - middle), np.asarray(covariance, dtype=np.float64)


def _against_middle(number: int, order: Ints) -> Floats:
    """Weights of one group minus the median of all; of the sole middle one minus its neighbours."""
    size = len(order)
    middles = [size // 2] if size % 2 else [size // 2 - 1, size // 2]
    if size % 2 and order[size // 2] == number:
        middles = [size // 2 - 1, size // 2 + 1]
    contrast = np.zeros(size)
    contrast[number] = 1.0
    for each in middles:
        contrast[order[each]] -= 1 / len(middles)
    return contrast


def _root(squares: Callable[[float], float], degrees: float) -> float:
    """Variance at which the weighted squares are what chance would make; 0 where they are smaller at 0 already."""
    if degrees <= 0 or squares(0.0) <= degrees:
        return 0.0
    high = 1e-6
    while squares(high) > degrees:
        high *= 4
    return float(optimize.brentq(lambda between: squares(between) - degrees, 0.0, high, xtol=1e-12, rtol=1e-10))
