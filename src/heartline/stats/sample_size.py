"""How many are needed to find a difference: two groups, by themselves or in clusters.

Two-sided test at ``alpha``, power as asked. Groups are compared by their means with Student's t; the figures of Cohen
(1992) come out. What is measured several times on one customer, or on customers of one team, is worth less
than as many strangers: by the design effect of Kish (1965), as Donner & Klar (2000) use it for trials.
"""

from __future__ import annotations

import math

from scipy import stats

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats

ALPHA, POWER = 0.05, 0.8
MOST = 10**9


def power_of(n_per_arm: int, effect: float, spread: float, alpha: float = ALPHA) -> float:
    """Probability that a difference of ``effect`` is found with so many in each of two groups of equal ``spread``."""
    degrees = 2 * n_per_arm - 2
    shift = abs(effect) / spread * math.sqrt(n_per_arm / 2)
    edge = float(stats.t.ppf(1 - alpha / 2, degrees))
    if degrees > 2000:  # then the t is a normal to four digits, and the noncentral t loses its own
        return float(stats.norm.sf(edge - shift) + stats.norm.cdf(-edge - shift))
    return float(stats.nct.sf(edge, degrees, shift) + stats.nct.cdf(-edge, degrees, shift))


def two_means(effect: float, spread: float, alpha: float = ALPHA, power: float = POWER) -> int:
    """The fewest in each group with which a difference of means is found at that power.

    effect, spread: in the same unit; only their ratio counts. StatisticsError where it is 0 or no number.
    """
    if not (math.isfinite(effect) and math.isfinite(spread)) or effect == 0.0 or spread <= 0.0:
        raise StatisticsError(
            f"an effect of {effect} with a spread of {spread}", "numbers that are not 0", "name an effect to be found"
        )
    if not (0.0 < alpha < 1.0 and alpha < power < 1.0):
        raise StatisticsError(f"alpha {alpha}, power {power}", "0 < alpha < power < 1", "e.g. 0.05 and 0.8")
    z = float(stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power))
    about = 2.0 * (z * spread / effect) ** 2
    if about > MOST:
        return MOST
    low, high = 1, max(2, math.ceil(about) + 2)
    while power_of(high, effect, spread, alpha) < power:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if power_of(middle, effect, spread, alpha) < power else (low, middle)
    return high


def design_effect(size: float, alike: float, uneven: float = 0.0) -> float:
    """How many times more measurements are needed in clusters of a mean ``size`` that are ``alike``.

    alike: intraclass correlation; uneven: coefficient of variation of the sizes (Eldridge, Ashby & Kerry 2006)
    """
    return max(1.0, 1.0 + ((uneven**2 + 1.0) * size - 1.0) * alike)


def intraclass(n: Floats, total: Floats, squares: Floats) -> tuple[float, float]:
    """(spread of all, intraclass correlation) by one-way analysis of variance, from sums of each cluster.

    n, total, squares: measurements, their sum and sum of squares, one entry a cluster. The correlation is not below 0;
    not-a-number where no cluster has two measurements, or there is only one cluster.
    """
    used = n > 0
    n, total, squares = n[used], total[used], squares[used]
    means = total**2 / n
    return intraclass_of_sums(
        len(n),
        float(n.sum()),
        float((n**2).sum()),
        float(total.sum()),
        float(means.sum()),
        float((squares - means).sum()),
    )


def intraclass_of_sums(
    clusters: int, n: float, n_squared: float, total: float, between_sum: float, within_sum: float
) -> tuple[float, float]:
    """As ``intraclass``, from sums over all clusters of n, n², total, total² / n, and squares - total² / n."""
    if n < 2:
        return float("nan"), float("nan")
    apart = between_sum - total**2 / n  # sum of squares between clusters
    if clusters < 2 or n <= clusters:
        return math.sqrt(max((apart + within_sum) / (n - 1), 0.0)), float("nan")
    within = max(within_sum, 0.0) / (n - clusters)
    between = max(apart, 0.0) / (clusters - 1)
    usual = (n - n_squared / n) / (clusters - 1)
    shared = max((between - within) / usual, 0.0) if usual > 0 else 0.0
    whole = within + shared
    return math.sqrt(whole), min(shared / whole, 1.0) if whole > 0 else 0.0
