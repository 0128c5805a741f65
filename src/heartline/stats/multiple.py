"""Many comparisons at once: which of them stand when chance alone would make some."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from heartline.errors import StatisticsError
from heartline.stats.intervals import Z90
from heartline.stats.likelihood import Floats


def false_discovery(p: ArrayLike) -> Floats:
    """The share of false findings among all whose value is as small as this one's, one for each p-value.

    Not-a-number stays so and counts as no comparison. Source: Benjamini & Hochberg (1995), as adjusted p-values.
    Raises StatisticsError for a p-value outside 0…1.
    """
    values = np.asarray(p, dtype=np.float64)
    known = np.isfinite(values)
    if np.any((values[known] < 0) | (values[known] > 1)):
        raise StatisticsError("a p-value outside 0 to 1", "0 <= p <= 1", "check the test")
    found = np.full(values.shape, np.nan)
    order = np.argsort(values[known], kind="stable")
    count = len(order)
    if not count:
        return found
    scaled = values[known][order] * count / np.arange(1, count + 1)
    adjusted = np.empty(count)
    adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    found[known] = np.minimum(adjusted, 1.0)
    return found


def two_sided(estimate: ArrayLike, low: ArrayLike, high: ArrayLike) -> Floats:
    """p-value of "it is 0" from an estimate and its 90 % interval, by the half that reaches towards 0.

    Not-a-number where the interval is unknown; 1 where the estimate is 0.
    """
    middle, below, above = (np.asarray(each, dtype=np.float64) for each in (estimate, low, high))
    half = np.where(middle > 0, middle - below, above - middle)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(middle == 0, np.where(np.isfinite(half), 0.0, np.nan), np.abs(middle) / half * Z90)
    return np.asarray(2 * special.ndtr(-z), dtype=np.float64)


def differ_at_all(mean: ArrayLike, variance: ArrayLike) -> float:
    """p-value of "all true means are 0" by Cochran's (1954) Q: squares over variances, one degree of freedom given up.

    The means are differences from one common whole, so that the last of them follows from the others.
    Not-a-number with fewer than two means. Raises StatisticsError for a variance that is not above 0.
    """
    y, v = np.asarray(mean, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    if np.any(~(v > 0)):
        raise StatisticsError("a variance that is not above 0", "above 0", "leave out groups without spread")
    if len(y) < 2:
        return float("nan")
    return float(special.chdtrc(len(y) - 1, np.sum(y**2 / v)))
