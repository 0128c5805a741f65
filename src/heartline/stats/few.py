"""Means of a few persons' answers on a coarse scale, and how far two means are apart.

Three persons who choose the same one of five faces leave no spread; that they agree by chance is likely, and an
interval of no width would claim the opposite. So each spread borrows from those of the other means, as a prior worth
two more persons, and is never taken below what the coarse scale itself adds.

Sources: the borrowed variance is a posterior mean under a scaled inverse chi-square prior (Smyth 2004) with two degrees
of freedom; the floor is the variance of a rounding error (Sheppard 1898); the difference is Welch's (1947).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from heartline.stats.likelihood import Floats

BORROWED = 2.0
"""How many persons the spread of the other means stands for, chosen on planted answers of 2 to 8 persons on five faces
(docs/explanation/empathy-gap.md)."""


@dataclass(frozen=True)
class Means:
    """Several means: each with its standard error and degrees of freedom; not-a-number where they are not known."""

    mean: Floats
    error: Floats
    freedom: Floats

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """(low, high) by Student's t."""
        half = stats.t.ppf((1 + level) / 2, self.freedom) * self.error
        return self.mean - half, self.mean + half


def few_means(n: ArrayLike, total: ArrayLike, squares: ArrayLike, step: float = 0.0) -> Means:
    """Means of persons' answers from counts, sums and sums of squares, one entry a mean.

    step: distance of two answers next to each other on the scale; 0 where answers are fine
    Fewer than two persons: no error is known. One mean alone borrows nothing.
    """
    counts, sums, squared = (np.asarray(each, dtype=np.float64) for each in (n, total, squares))
    several = counts > 1
    degrees = np.where(several, counts - 1, 0.0)
    floor = step**2 / 12
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(counts > 0, sums / counts, np.nan)
        own = np.where(several, np.maximum(squared - counts * mean**2, 0.0) / degrees, np.nan)
        pooled = float(np.nansum(own * degrees) / max(float(degrees.sum()), 1.0))
        weight = BORROWED * (1 - 1 / max(int(several.sum()), 1))
        variance = np.maximum((degrees * own + weight * max(pooled, floor)) / (degrees + weight), floor)
        error = np.where(several, np.sqrt(variance / counts), np.nan)
    return Means(mean, error, np.where(several, degrees + weight, np.nan))


def apart(first: Means, second: Means) -> Means:
    """Differences of independent means, first minus second, with Welch's degrees of freedom."""
    a, b = first.error**2, second.error**2
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = (a + b) ** 2 / (a**2 / first.freedom + b**2 / second.freedom)
    return Means(first.mean - second.mean, np.sqrt(a + b), freedom)


def beyond(difference: Means, margin: float) -> Floats:
    """p-value of "it lies within the margin around 0", both sides, one for each difference; small: it lies beyond.

    At most 1 - level exactly where the interval of that level holds nothing of the margin. Not-a-number where no error
    is known.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (np.abs(difference.mean) - margin) / difference.error
        p = 2 * stats.t.sf(t, difference.freedom)
    return np.asarray(np.where(np.isfinite(difference.error), np.minimum(p, 1.0), np.nan), dtype=np.float64)
