"""How much groups differ beyond chance, and what each is worth believing: random effects within strata.

Groups (channels, teams) are compared with the middle one of their stratum (a stage): a mean would make everybody differ
where one does. One spread serves all strata, because two or three groups tell none. It is not known, so every spread
that may be is taken with its weight: one best guess would often be 0, and nobody could then differ at all.

Sources: Efron & Morris (1975) for what each group is worth believing; Gelman (2006) for the flat prior of the spread;
Gelman, Hill & Yajima (2012) on comparing many shrunken groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heartline.errors import StatisticsError
from heartline.stats.intervals import Z90
from heartline.stats.likelihood import Floats

Ints = NDArray[np.int64]

# Groups that all other strata together count against a stratum's own.
PRIOR_GROUPS = 4.0
STEPS = 40


@dataclass(frozen=True)
class Deviations:
    """Groups against the middle of their stratum, shrunken.

    between: posterior mean of the common variance of true group means within a stratum
    deviation, low, high: posterior mean and 90 % interval per group; not-a-number where it stands alone or is unknown
    spread: standard deviation between groups, per stratum in the order of ``strata``, drawn towards the others'
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
    members = [np.flatnonzero(known & (place == at)) for at in range(len(strata))]
    several = [rows for rows in members if len(rows) >= 2]
    deviation, half = np.full(len(y), np.nan), np.full(len(y), np.nan)
    spread = np.full(len(strata), np.nan)
    if not several:
        return Deviations(0.0, deviation, deviation, deviation, tuple(strata.tolist()), spread)
    everyone = np.concatenate(several)
    grid = _grid(np.concatenate([y[rows] - y[rows].mean() for rows in several]))
    logs = np.array([[_log_likelihood(y[rows], v[rows], each) for each in grid] for rows in several])
    common = _weights(logs.sum(axis=0))
    between = float(common @ grid)
    for rows, own in zip(several, logs, strict=True):
        believed = [_believed(y[rows], v[rows], each) for each in grid]
        order = np.argsort(common @ np.array([mean for mean, _ in believed]), kind="stable")
        for number, row in enumerate(rows):
            contrast = _against_middle(number, order)
            found = np.array([contrast @ mean for mean, _ in believed])
            doubt = np.array([contrast @ covariance @ contrast for _, covariance in believed])
            deviation[row] = common @ found
            half[row] = Z90 * np.sqrt(common @ (doubt + found**2) - deviation[row] ** 2)
        mine = _weights(own + PRIOR_GROUPS / max(len(everyone) - len(rows), PRIOR_GROUPS) * (logs.sum(axis=0) - own))
        spread[place[rows[0]]] = np.sqrt(mine @ grid)
    return Deviations(between, deviation, deviation - half, deviation + half, tuple(strata.tolist()), spread)


def shrunken(mean: ArrayLike, variance: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """(posterior mean, low, high) of means that are 0 but for an unknown common spread; 90 %.

    Not-a-number where mean or variance is unknown. Raises StatisticsError for a negative variance.
    """
    y, v = np.asarray(mean, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    if np.any(v < 0):
        raise StatisticsError("a negative variance", "0 or more", "check the sums")
    v = np.maximum(v, 1e-12)
    known = np.isfinite(y) & np.isfinite(v)
    best, half = np.full(y.shape, np.nan), np.full(y.shape, np.nan)
    if known.any():
        y, v = y[known], v[known]
        grid = _grid(y)
        weight = _weights(np.array([-0.5 * float(np.sum(np.log(each + v) + y**2 / (each + v))) for each in grid]))
        keep = grid[:, None] / (grid[:, None] + v)
        best[known] = weight @ (keep * y)
        second = weight @ (grid[:, None] * (1 - keep) + (keep * y) ** 2)
        half[known] = Z90 * np.sqrt(np.maximum(second - best[known] ** 2, 0.0))
    return best, best - half, best + half


def _grid(y: Floats) -> Floats:
    """Variances that the true spread may have: squares of even steps from 0 to well beyond what was seen."""
    return np.asarray(np.linspace(0.0, 3 * np.sqrt(np.mean(y**2)) + 1e-6, STEPS) ** 2, dtype=np.float64)


def _weights(log_likelihood: Floats) -> Floats:
    found = np.exp(log_likelihood - log_likelihood.max())
    return np.asarray(found / found.sum(), dtype=np.float64)


def _log_likelihood(y: Floats, v: Floats, between: float) -> float:
    """Of a common variance of the true means of one stratum, its own mean integrated out."""
    weight = 1 / (between + v)
    middle = np.sum(weight * y) / weight.sum()
    return float(0.5 * (np.sum(np.log(weight)) - np.log(weight.sum()) - np.sum(weight * (y - middle) ** 2)))


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
