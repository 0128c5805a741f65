"""Intervals, and which of three different things each of them is about.

- *confidence of a summary* (``mean_interval``, ``wilson_interval``, ``bootstrap_interval``): where the mean, share or
  statistic of the population lies.
- *parametric interval of an expectation* (``parameter_draws`` with ``expectation_interval``): where a model's expected
  value lies, given that its parameters were estimated. It narrows with more customers and says nothing about how far
  one customer will stray from the expectation.
- *predictive interval* (``count_interval`` here; ``heartline.stats.future_value`` for money): where the actual number
  of one customer will fall. It does not narrow to a point however large the data.

``level`` is the coverage meant, in 0…1 (0.9 leaves 5 % on each side).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats

Z90 = 1.6448536269514722
"""How many standard errors the ends of a 90 % interval lie from its middle, where it is normal."""


def mean_interval(
    n: ArrayLike, total: ArrayLike, total_squares: ArrayLike, level: float = 0.9
) -> tuple[Floats, Floats, Floats]:
    """(mean, low, high) by Student's t from counts, sums and sums of squares, vectorised over groups.

    Not-a-number where it cannot be known: all three with no value, the bounds with one value.
    """
    _check_level(level)
    counts, sums, squares = (np.asarray(each, dtype=np.float64) for each in (n, total, total_squares))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(counts > 0, sums / counts, np.nan)
        variance = np.maximum(squares - counts * mean**2, 0.0) / (counts - 1)
        half = stats.t.ppf((1 + level) / 2, np.where(counts > 1, counts - 1, np.nan)) * np.sqrt(variance / counts)
    half = np.where(counts > 1, half, np.nan)
    return mean, mean - half, mean + half


def wilson_interval(successes: ArrayLike, n: ArrayLike, level: float = 0.9) -> tuple[Floats, Floats, Floats]:
    """(share, low, high) of a proportion; honest at 0 and 1 and with few trials. Not-a-number where n is 0.

    Source: Wilson (1927).
    """
    _check_level(level)
    hits, tries = np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64)
    z = float(special.ndtri((1 + level) / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(tries > 0, hits / tries, np.nan)
        middle = (share + z * z / (2 * tries)) / (1 + z * z / tries)
        half = z * np.sqrt(share * (1 - share) / tries + (z / (2 * tries)) ** 2) / (1 + z * z / tries)
    return share, np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def difference_interval(
    first: Floats, first_low: Floats, first_high: Floats, second: Floats, second_low: Floats, second_high: Floats
) -> tuple[Floats, Floats, Floats]:
    """(difference, low, high) of ``first - second`` from the interval of each, taken as independent.

    Keeps the asymmetry of intervals of shares. Not-a-number where a part of either is. Source: Newcombe (1998),
    method 10; Zou & Donner (2008).
    """
    difference = np.asarray(first - second, dtype=np.float64)
    low = difference - np.hypot(first - first_low, second_high - second)
    high = difference + np.hypot(first_high - first, second - second_low)
    return difference, np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)


def misread_share(share: Floats, low: Floats, high: Floats, error: float) -> tuple[Floats, Floats]:
    """(low, high) of a true share whose reading errs by ``error`` (standard deviation, logit scale): 90 %.

    share, low, high: as read, with its 90 % interval as if read without error. The error is the same for all that is
    read in one place, so more of it does not shrink it; it is independent of the sample.
    """
    middle, below, above = (special.logit(np.clip(each, 1e-6, 1 - 1e-6)) for each in (share, low, high))
    reach = Z90 * error
    return (
        np.asarray(special.expit(middle - np.hypot(middle - below, reach)), dtype=np.float64),
        np.asarray(special.expit(middle + np.hypot(above - middle, reach)), dtype=np.float64),
    )


def bootstrap_interval(
    values: ArrayLike,
    statistic: Callable[[Floats, Floats], float],
    level: float = 0.9,
    weight: ArrayLike | None = None,
    replicates: int = 1000,
    seed: int = 0,
) -> tuple[float, float, float]:
    """(estimate, low, high) of ``statistic(values, weights)`` by the percentile bootstrap.

    ``values``: first axis is the observation. ``weight``: how many equal observations a row stands for (whole
    numbers); they are resampled as that many separate ones. Same seed, same answer.
    """
    _check_level(level)
    data = np.asarray(values, dtype=np.float64)
    w = np.ones(len(data)) if weight is None else np.asarray(weight, dtype=np.float64)
    if not len(data) or len(w) != len(data) or np.any(w < 0) or w.sum() <= 0 or np.any(w != np.round(w)):
        raise StatisticsError("no observations or fractional weights", "rows with whole weights", "check the input")
    rng = np.random.default_rng(seed)
    share, size = w / w.sum(), int(w.sum())
    found = [statistic(data, rng.multinomial(size, share).astype(np.float64)) for _ in range(replicates)]
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(statistic(data, w)), float(low), float(high)


def parameter_draws(log_estimate: ArrayLike, log_covariance: ArrayLike, draws: int = 200, seed: int = 0) -> Floats:
    """``draws`` x parameters: positive parameters drawn from the normal approximation on the log scale."""
    mean, covariance = np.asarray(log_estimate, dtype=np.float64), np.asarray(log_covariance, dtype=np.float64)
    if covariance.shape != (len(mean), len(mean)) or not np.all(np.isfinite(covariance)):
        raise StatisticsError("an unknown covariance", "a fit that converged", "use the fallback method")
    rng = np.random.default_rng(seed)
    return np.asarray(np.exp(rng.multivariate_normal(mean, covariance, size=draws)))


def expectation_interval(
    predict: Callable[[Floats], Floats], draws: Floats, level: float = 0.9
) -> tuple[Floats, Floats]:
    """(low, high) of the EXPECTED value per customer: ``predict(parameters)`` over parameter draws.

    This is uncertainty of the fit alone, not of what one customer will do.
    """
    _check_level(level)
    found = np.stack([predict(one) for one in draws])
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return np.asarray(low), np.asarray(high)


def count_interval(probabilities: Floats, level: float = 0.9) -> tuple[Floats, Floats]:
    """(low, high) of the ACTUAL count per customer, from rows of probabilities of 0, 1, 2, ... .

    Counts are whole, so the interval covers at least ``level``, and often more.
    """
    _check_level(level)
    rows = np.cumsum(probabilities, axis=1)
    tail = (1 - level) / 2
    low = (rows < tail).sum(axis=1)
    high = (rows < 1 - tail - 1e-12).sum(axis=1)
    return low.astype(np.float64), np.minimum(high, probabilities.shape[1] - 1).astype(np.float64)


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise StatisticsError(f"level {level}", "between 0 and 1", "write 0.9 for a 90 % interval")
