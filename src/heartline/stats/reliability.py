"""How well several questions measure one thing: alpha and omega, with intervals that assume no normality.

Sources: Cronbach (1951) for alpha; McDonald (1999) for omega of one common factor; Harman & Jones (1966) for the
factor by least squares (minres); Maydeu-Olivares, Coffman & Hartmann (2007) for the distribution-free variance of such
a coefficient; Bonett (2002) for the interval on the logarithm of 1 - alpha.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats

ROUNDS, CLOSE = 500, 1e-10
STEP = 1e-5  # of a numerical slope, in units of the mean variance of the items


@dataclass(frozen=True)
class Coefficient:
    """A coefficient with its interval; NaN where it cannot be told."""

    value: float
    low: float
    high: float


def alpha_of(covariance: Floats) -> float:
    """Coefficient alpha of k items from their covariance matrix (k, k); NaN where the sum does not vary."""
    k = len(covariance)
    total = float(covariance.sum())
    return float("nan") if total <= 0 else k / (k - 1) * (1 - float(np.trace(covariance)) / total)


def omega_of(covariance: Floats) -> float:
    """Coefficient omega: share of the sum's variance that one common factor explains, from the covariances (k, k).

    (Σ loadings)² / ((Σ loadings)² + Σ rests). NaN for fewer than three items, or where an item's covariances with
    the others give no factor.
    """
    if len(covariance) < 3:
        return float("nan")
    loadings = loadings_of(covariance)
    shared = float(loadings.sum()) ** 2
    rests = float(np.maximum(np.diag(covariance) - loadings**2, 0.0).sum())
    return shared / (shared + rests) if shared + rests > 0 else float("nan")


def loadings_of(covariance: Floats) -> Floats:
    """Loadings (k,) of one factor that fit the covariances between different items best by least squares.

    Each item's loading is solved for in turn, the others held, until none moves. No item explains more of itself than
    all of it.
    """
    variance = np.diag(covariance)
    off = covariance - np.diag(variance)
    found: Floats = np.sqrt(np.maximum(np.abs(off).sum(axis=1) / (len(variance) - 1), 0.0))
    most = np.sqrt(np.maximum(variance, 0.0))
    for _ in range(ROUNDS):
        before = found.copy()
        for at in range(len(found)):
            others = float((found**2).sum() - found[at] ** 2)
            if others > 0:
                found[at] = np.clip(float(off[at] @ found) / others, -most[at], most[at])
        if np.abs(found - before).max() <= CLOSE * max(float(most.max()), 1e-300):
            break
    return found


def alpha(answers: ArrayLike, level: float = 0.9) -> Coefficient:
    """Coefficient alpha of persons × items, all answered; see ``_estimate`` for the interval."""
    return _estimate(alpha_of, answers, level)


def omega(answers: ArrayLike, level: float = 0.9) -> Coefficient:
    """Coefficient omega of persons × items, all answered, three items or more; see ``_estimate`` for the interval."""
    return _estimate(omega_of, answers, level)


def _estimate(of: Callable[[Floats], float], answers: ArrayLike, level: float) -> Coefficient:
    """The coefficient with its interval.

    Its variance is that of each person's influence on it: slopes of the coefficient by every covariance, times how far
    the person's product of deviations is from that covariance. The interval is made on ln(1 - coefficient), where it is
    nearly symmetric. NaN bounds with fewer than three persons or a coefficient of 1.
    """
    if not 0 < level < 1:
        raise StatisticsError(f"level {level}", "between 0 and 1", "write 0.9 for a 90 % interval")
    x = np.asarray(answers, dtype=np.float64)
    if x.ndim != 2 or x.shape[1] < 2 or not np.isfinite(x).all():
        raise StatisticsError(
            f"answers of shape {x.shape}", "persons × two items or more, none missing", "leave out who skipped an item"
        )
    n, k = x.shape
    nothing = float("nan")
    if n < 2:
        return Coefficient(nothing, nothing, nothing)
    deviations = x - x.mean(axis=0)
    covariance = deviations.T @ deviations / (n - 1)
    value = of(covariance)
    if n < 3 or not np.isfinite(value) or value >= 1:
        return Coefficient(value, nothing, nothing)
    slopes = np.zeros((k, k))
    step = STEP * float(np.trace(covariance)) / k
    for a in range(k):
        for b in range(a, k):
            moved = np.zeros((k, k))
            moved[a, b] = moved[b, a] = step
            slope = (of(covariance + moved) - of(covariance - moved)) / (2 * step)
            slopes[a, b] = slopes[b, a] = slope if a == b else slope / 2
    influence = np.einsum("na,ab,nb->n", deviations, slopes, deviations) - float((slopes * covariance).sum())
    spread = np.sqrt(float(influence.var(ddof=1)) / n) / (1 - value)
    half = float(stats.norm.ppf((1 + level) / 2)) * spread
    return Coefficient(value, float(1 - (1 - value) * np.exp(half)), float(1 - (1 - value) * np.exp(-half)))
