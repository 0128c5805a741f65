"""Means whose values come in clusters (the visits of one customer), from sums over clusters.

Sources: the cluster-robust variance of a ratio mean (Liang & Zeger 1986; Cochran 1977, ch. 9A); analysis of variance
for the spread between clusters (Searle, Casella & McCulloch 1992).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from heartline.errors import StatisticsError
from heartline.stats.intervals import wilson_interval
from heartline.stats.likelihood import Floats
from heartline.stats.shrinkage import NormalPrior


def clustered_mean(
    clusters: ArrayLike, n: ArrayLike, total: ArrayLike, n_squares: ArrayLike, total_squares: ArrayLike,
    products: ArrayLike, level: float = 0.9,
) -> tuple[Floats, Floats, Floats]:  # fmt: skip
    """(mean, low, high) of several means at once, one entry a mean.

    clusters: clusters with a value; n, total: values and their sum; n_squares, total_squares, products: the sums over
    clusters of (values in it)², (its sum)² and values × sum.

    The variance of each mean is mixed with the pooled one, which counts as one more cluster: two customers who happen
    to agree exactly are no proof that nobody disagrees. Not-a-number: the mean with no value, the bounds with fewer
    than two clusters.
    """
    if not 0 < level < 1:
        raise StatisticsError(f"level {level}", "between 0 and 1", "write 0.9 for a 90 % interval")
    groups, counts, sums, squares, sum_squares, cross = (
        np.asarray(each, dtype=np.float64) for each in (clusters, n, total, n_squares, total_squares, products)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(counts > 0, sums / counts, np.nan)
        known = groups > 1
        left = np.maximum(sum_squares - 2 * mean * cross + mean**2 * squares, 0.0)
        variance = np.where(known, groups / (groups - 1) * left / counts**2, np.nan)
        degrees = np.where(known, groups - 1, 0.0)
        pooled = np.nansum(np.where(known, variance * counts * degrees, 0.0)) / max(float(degrees.sum()), 1.0)
        mixed = (degrees * variance + pooled / counts) / (degrees + 1)
        half = stats.t.ppf((1 + level) / 2, np.where(known, degrees + 1, np.nan)) * np.sqrt(mixed)
    half = np.where(known, half, np.nan)
    return mean, mean - half, mean + half


def clustered_share(
    n: ArrayLike, hits: ArrayLike, n_squares: ArrayLike, hit_squares: ArrayLike, products: ArrayLike, level: float = 0.9
) -> tuple[Floats, Floats, Floats]:
    """(share, low, high) of several shares at once, one entry a share: Wilson's interval on the effective base.

    n, hits: tries and hits; n_squares, hit_squares, products: the sums over clusters of (tries in it)², (hits in it)²
    and tries × hits.

    The base is divided by the design effect (Kish 1965): the clustered variance over that of independent tries, never
    below 1. Where every cluster has one try this is Wilson's interval. Not-a-number where n is 0.
    """
    tries, found, squares, hit_sums, cross = (
        np.asarray(each, dtype=np.float64) for each in (n, hits, n_squares, hit_squares, products)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(tries > 0, found / tries, np.nan)
        left = np.maximum(hit_sums - 2 * share * cross + share**2 * squares, 0.0)
        effect = left / (tries * share * (1 - share))
    # all or none hit: how alike the tries of a cluster are cannot be seen, so each cluster counts by its size
    effect = np.where(np.isfinite(effect), effect, np.divide(squares, tries, out=np.ones_like(tries), where=tries > 0))
    base = tries / np.maximum(effect, 1.0)
    return wilson_interval(np.where(tries > 0, share * base, 0.0), base, level)


def spread_of_clusters(
    clusters: float, n: float, total: float, n_squares: float, inside: float, mean_squares: float
) -> NormalPrior:
    """The prior of cluster means from six sums, for millions of clusters that never meet in memory.

    clusters, n, total, n_squares: clusters, values, their sum, and the sum of (values in a cluster)²
    inside: sum over clusters of the squared deviations from the cluster's own mean
    mean_squares: sum over clusters of (its sum)² / (its values)

    Equal to ``heartline.stats.shrinkage.fit_normal`` but for ``mean``, which is the plain mean of all values. Raises
    StatisticsError with fewer than 2 clusters, or never two values in one.
    """
    if clusters < 2 or n <= clusters:
        raise StatisticsError(
            f"{clusters:g} clusters with {n:g} values", "two clusters, more values than clusters", "use the mean alone"
        )
    within = max(0.0, inside) / (n - clusters)
    mean = total / n
    around = max(0.0, mean_squares - mean * total) / (clusters - 1)
    size = (n - n_squares / n) / (clusters - 1)
    return NormalPrior(mean, max(0.0, (around - within) / size), within, int(clusters))
