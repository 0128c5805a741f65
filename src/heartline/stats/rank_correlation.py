"""Whether two lists put the same things in the same order: Spearman's correlation of ranks with its interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from heartline.errors import StatisticsError

LEAST = 4


def rank_correlation(one: ArrayLike, other: ArrayLike, level: float = 0.9) -> tuple[float, float, float]:
    """(correlation, low, high), each in -1…1; equal values share their rank; not-a-number where a list is constant.

    Interval: Fisher's z with the variance 1.06 / (n - 3) of ranks (Fieller, Hartley & Pearson 1957). Raises
    StatisticsError below ``LEAST`` pairs.
    """
    a, b = stats.rankdata(np.asarray(one, np.float64)), stats.rankdata(np.asarray(other, np.float64))
    if len(a) != len(b) or len(a) < LEAST:
        raise StatisticsError(f"lists of {len(a)} and {len(b)}", f"{LEAST} pairs", "compare more things")
    spread = float(a.std() * b.std())
    if spread < 1e-12:
        return float("nan"), float("nan"), float("nan")
    rank = float(np.clip(((a - a.mean()) * (b - b.mean())).mean() / spread, -1.0, 1.0))
    middle = float(np.arctanh(np.clip(rank, -0.999, 0.999)))
    half = float(special.ndtri((1 + level) / 2)) * np.sqrt(1.06 / (len(a) - 3))
    return rank, float(np.tanh(middle - half)), float(np.tanh(middle + half))
