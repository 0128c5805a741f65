"""What acting changed: those acted for against those left alone, or against customers who are alike.

Shares: Newcombe (1998), method 10. Means: Welch (1947). Both can be adjusted for what was known before by regression
with its own slopes in each group and robust errors, which never needs the regression to be right where who was left
alone was drawn at random (Lin 2013; HC2: MacKinnon & White 1985). No worth: two one-sided tests (Schuirmann 1987).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from heartline.errors import StatisticsError
from heartline.stats.intervals import difference_interval, wilson_interval
from heartline.stats.likelihood import Floats

LEAST = 10
"""Customers on either side below which nothing is said."""
LEAST_ADJUSTED = 40
LEAST_EVENTS = 5


@dataclass(frozen=True)
class Uplift:
    """``rate`` and ``rate_others``: plain shares or means; ``effect``: their difference, adjusted where said.

    Not-a-number where it cannot be told.
    """

    n: int
    others: int
    rate: float
    rate_others: float
    effect: float
    low: float
    high: float
    adjusted: bool = False


def uplift(values: ArrayLike, acted: ArrayLike, known: Floats | None = None, level: float = 0.9) -> Uplift:
    """Mean of ``values`` among the acted minus that among the others; entries that are not a number are left out.

    values: 0 and 1 (a share), or any measure; acted: who was drawn to be acted for
    known: customers x what was known of them before the draw; missing values count as the mean and as missing

    Adjusted with at least 40 customers and, of a share, five hits and five misses on either side; then the interval is
    Student's. Else Newcombe's for a share, Welch's for a measure. Fewer than ten on either side: no effect is told.
    """
    outcome, mark = np.asarray(values, np.float64), np.asarray(acted, bool)
    there = np.isfinite(outcome)
    outcome, mark = outcome[there], mark[there]
    ours, theirs = outcome[mark], outcome[~mark]
    n, m = len(ours), len(theirs)
    rate = float(ours.mean()) if n else float("nan")
    rate_others = float(theirs.mean()) if m else float("nan")
    if n < LEAST or m < LEAST:
        return Uplift(n, m, rate, rate_others, float("nan"), float("nan"), float("nan"))
    share = bool(np.isin(outcome, (0.0, 1.0)).all())
    rich = min(n, m) >= LEAST_ADJUSTED
    if share and rich:
        rich = min(ours.sum(), n - ours.sum(), theirs.sum(), m - theirs.sum()) >= LEAST_EVENTS
    if known is not None and rich:
        found = _adjusted(outcome, mark, _features(known[there], mark), level)
        if found is not None:
            return Uplift(n, m, rate, rate_others, *found, adjusted=True)
    if share:
        (first, low, high), (second, low_others, high_others) = (
            wilson_interval(side.sum(), len(side), level) for side in (ours, theirs)
        )
        effect, lower, upper = difference_interval(first, low, high, second, low_others, high_others)
        return Uplift(n, m, rate, rate_others, float(effect), float(lower), float(upper))
    return Uplift(n, m, rate, rate_others, *welch(n, rate, ours.var(ddof=1), m, rate_others, theirs.var(ddof=1), level))


def welch(
    n: float, mean: float, variance: float, m: float, mean_others: float, variance_others: float, level: float = 0.9
) -> tuple[float, float, float]:
    """(difference, low, high) of two means from their counts, means and variances; Welch (1947)."""
    a, b = variance / n, variance_others / m
    error = float(np.sqrt(a + b))
    difference = mean - mean_others
    if error <= 0:
        return difference, difference, difference
    freedom = (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (m - 1))
    half = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    return float(difference), float(difference - half), float(difference + half)


def matched_mean(
    n: ArrayLike, total: ArrayLike, squares: ArrayLike,
    m: ArrayLike, total_others: ArrayLike, squares_others: ArrayLike, level: float = 0.9,
) -> Uplift | None:  # fmt: skip
    """Mean of some against that of others of the same strata, spread over strata as the first are; one entry a stratum.

    From counts, sums and sums of squares. Within a stratum values spread as in all strata together. None where fewer
    than ten of the first, or of the others, are matched.
    """
    a, s, q, b, t, r = (np.asarray(each, np.float64) for each in (n, total, squares, m, total_others, squares_others))
    both = (a > 0) & (b > 0)
    a, s, q, b, t, r = a[both], s[both], q[both], b[both], t[both], r[both]
    if a.sum() < LEAST or b.sum() < LEAST:
        return None
    weights = a / a.sum()
    mean, others = float(s.sum() / a.sum()), float((weights * t / b).sum())
    inside = [(squares - sums**2 / counts).sum() / max(counts.sum() - len(counts), 1.0)
              for counts, sums, squares in ((a, s, q), (b, t, r))]  # fmt: skip
    size = float(1 / (weights**2 / b).sum())
    return Uplift(int(a.sum()), int(b.sum()), mean, others,
                  *welch(a.sum(), mean, inside[0], max(size, 2.0), others, inside[1], level))  # fmt: skip


def e_value(rate: float, rate_others: float) -> float:
    """How strongly (as a ratio of risks) something unknown would have to go both with being acted for and with the
    outcome to make all of a ratio of two shares; 1: nothing is needed. VanderWeele & Ding (2017).

    Not-a-number where either share is 0.
    """
    if not (rate > 0 and rate_others > 0):
        return float("nan")
    ratio = max(rate / rate_others, rate_others / rate)
    return float(ratio + np.sqrt(ratio * (ratio - 1)))


def side(low: float, high: float, margin: float) -> str:
    """Where an interval lies: ``above`` or ``below`` 0, ``within`` the margin around it, or ``open``.

    Above and below come first: a small gain that is certain is a gain.
    """
    if not margin > 0:
        raise StatisticsError(f"a margin of {margin}", "above 0", "say from which difference on a play is worth it")
    if not (np.isfinite(low) and np.isfinite(high)):
        return "open"
    if low > 0:
        return "above"
    if high < 0:
        return "below"
    return "within" if -margin < low and high < margin else "open"


def _features(known: Floats, acted: NDArray[np.bool_]) -> Floats:
    """Without gaps, centred, and without columns that say nothing or repeat others.

    That something is missing is a column of its own where it is and is not on either side, ten times at least.
    """
    gaps = ~np.isfinite(known)
    told = np.stack([(each & gaps.T).sum(axis=1) for each in (acted, ~acted)])
    there = np.stack([(each & ~gaps.T).sum(axis=1) for each in (acted, ~acted)])
    often = (told >= LEAST).all(axis=0) & (there >= LEAST).all(axis=0)
    counts = np.maximum((~gaps).sum(axis=0), 1)
    filled = np.where(gaps, np.where(gaps, 0.0, known).sum(axis=0) / counts, known)
    both = np.concatenate([filled, gaps[:, often].astype(np.float64)], axis=1)
    centred = both - both.mean(axis=0)
    spread = centred.std(axis=0)
    kept = np.asarray(centred[:, spread > 1e-9] / spread[spread > 1e-9], np.float64)
    if not kept.size:
        return kept
    # directions of the data, so that two columns that say the same are one
    left, size, _ = np.linalg.svd(kept, full_matrices=False)
    return np.asarray(left[:, size > 1e-6 * size[0]] * np.sqrt(len(kept)), np.float64)


def _adjusted(
    outcome: Floats, acted: NDArray[np.bool_], features: Floats, level: float
) -> tuple[float, float, float] | None:
    mark = acted.astype(np.float64)[:, None]
    design = np.concatenate([np.ones_like(mark), mark, features, mark * features], axis=1)
    freedom = len(outcome) - design.shape[1]
    if freedom < LEAST or np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    inverse = np.linalg.inv(design.T @ design)
    fitted = inverse @ design.T @ outcome
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    left = (outcome - design @ fitted) ** 2 / np.maximum(1 - leverage, 1e-6)
    error = float(np.sqrt((inverse @ (design.T * left) @ design @ inverse)[1, 1]))
    half = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    return float(fitted[1]), float(fitted[1] - half), float(fitted[1] + half)
