"""What a purchase of a customer is worth: the Gamma-Gamma model of spend.

Assumptions, in words:
1. The value of a customer's purchases varies around a mean of their own (gamma, shape ``p``).
2. That mean differs between customers and does not drift (gamma mixing with ``q`` and ``v``).
3. How much a customer spends does not depend on how often they buy. ``correlation`` reports how far the data deny it.

Input is one row per customer with at least one purchase counted in ``count`` and a positive ``mean_value``.
Source: Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats, maximise


@dataclass(frozen=True, eq=False)
class GammaGamma:
    """A fitted model; money in the currency of the fit.

    ``p``, ``q`` (no unit), ``v`` (money). ``correlation``: Pearson, of count and mean value, as the literature
    reports it. ``rank_correlation``: Spearman, which a few large customers cannot move. ``n``: customers.
    ``log_covariance``: 3 x 3, of the logarithms of (p, q, v).
    """

    p: float
    q: float
    v: float
    log_likelihood: float = float("nan")
    n: float = 0.0
    correlation: float = float("nan")
    rank_correlation: float = float("nan")
    log_covariance: Floats | None = None
    converged: bool = True
    message: str = ""

    @property
    def parameters(self) -> Floats:
        """(p, q, v)."""
        return np.array([self.p, self.q, self.v])

    @property
    def standard_errors(self) -> Floats:
        """Standard errors of (p, q, v) by the delta method; not-a-number where unknown."""
        if self.log_covariance is None:
            return np.full(3, np.nan)
        return np.asarray(np.sqrt(np.diag(self.log_covariance)) * self.parameters)

    @property
    def mean(self) -> float:
        """Expected value of a purchase of a customer about whom nothing is known; needs q > 1."""
        return self.p * self.v / (self.q - 1)


def fit(count: ArrayLike, mean_value: ArrayLike, weight: ArrayLike | None = None) -> GammaGamma:
    """Fit by maximum likelihood.

    ``count``: purchases (1 or more); ``mean_value``: their mean, above 0; ``weight``: customers that share the row.
    Not converged when q <= 1, for then the population has no finite mean. Raises StatisticsError on impossible rows.
    """
    x, m, w = _checked(count, mean_value, weight)
    total = float(w.sum())
    scale = float(np.exp(np.dot(w, np.log(m)) / total))
    scaled = m / scale
    log_m, log_x = np.log(scaled), np.log(x)
    counts, which = np.unique(x, return_inverse=True)
    count_weight = np.bincount(which, weights=w)

    def objective(log_parameters: Floats) -> tuple[float, Floats]:
        p, q, v = np.exp(log_parameters)
        px = p * counts
        by_count = special.gammaln(px + q) - special.gammaln(px) - special.gammaln(q) + q * np.log(v)
        log_sum = np.log(v + scaled * x)
        rows = p * x * (log_m + log_x) - log_m - (p * x + q) * log_sum
        value = float(np.dot(count_weight, by_count) + np.dot(w, rows))
        d_p = np.dot(count_weight, counts * (special.digamma(px + q) - special.digamma(px)))
        d_p += np.dot(w * x, log_m + log_x - log_sum)
        d_q = np.dot(count_weight, special.digamma(px + q) - special.digamma(q) + np.log(v)) - np.dot(w, log_sum)
        d_v = total * q / v - np.dot(w, (p * x + q) / (v + scaled * x))
        return -value / total, -np.array([d_p * p, d_q * q, d_v * v]) / total

    found = maximise(objective, np.array([0.7, 1.2, 0.5]), total)
    p, q, v = (float(value) for value in np.exp(found.log_estimate))
    converged, message = found.converged, found.message
    if converged and q <= 1:
        converged, message = False, "spend is so uneven that its mean is not finite (q <= 1)"
    log_likelihood = -objective(found.log_estimate)[0] * total - np.log(scale) * total
    return GammaGamma(
        p, q, v * scale, float(log_likelihood), total, *correlations(x, m, w), found.log_covariance, converged, message
    )


def expected_value(model: GammaGamma, count: ArrayLike, mean_value: ArrayLike) -> Floats:
    """Expected value of a customer's next purchase, between their own mean and everybody's.

    ``count`` 0 gives everybody's mean (``mean_value`` is then ignored and may be missing).
    """
    x = np.asarray(count, dtype=np.float64)
    spent = np.where(x > 0, x * np.asarray(mean_value, dtype=np.float64), 0.0)
    return np.asarray(model.p * (model.v + spent) / (model.p * x + model.q - 1))


def correlations(count: ArrayLike, mean_value: ArrayLike, weight: ArrayLike) -> tuple[float, float]:
    """(Pearson, Spearman) correlation of count and mean value over customers; not-a-number where either is constant."""
    x, m, w = (np.asarray(each, dtype=np.float64) for each in (count, mean_value, weight))
    return _pearson(x, m, w), _pearson(_ranks(x, w), _ranks(m, w), w)


def simulate(model: GammaGamma, count: ArrayLike, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """(mean value of ``count`` purchases, true mean) of customers drawn from the model; 0 purchases give NaN."""
    x = np.asarray(count, dtype=np.float64)
    rate = rng.gamma(model.q, 1 / model.v, len(x))
    total = np.where(x > 0, rng.gamma(np.maximum(model.p * x, 1e-12)) / rate, np.nan)
    return total / np.where(x > 0, x, np.nan), model.p / rate


def _pearson(x: Floats, y: Floats, w: Floats) -> float:
    x, y = x - np.average(x, weights=w), y - np.average(y, weights=w)
    spread = np.sqrt(np.dot(w, x * x) * np.dot(w, y * y))
    return float(np.dot(w, x * y) / spread) if spread > 0 else float("nan")


def _ranks(values: Floats, w: Floats) -> Floats:
    """Middle ranks where a row stands for ``w`` equal customers."""
    distinct, which = np.unique(values, return_inverse=True)
    share = np.bincount(which, weights=w, minlength=len(distinct))
    return np.asarray((np.cumsum(share) - share / 2)[which])


def _checked(count: ArrayLike, mean_value: ArrayLike, weight: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    x, m = (np.atleast_1d(np.asarray(each, dtype=np.float64)) for each in (count, mean_value))
    w = np.ones_like(x) if weight is None else np.atleast_1d(np.asarray(weight, dtype=np.float64))
    if not (x.shape == m.shape == w.shape) or x.ndim != 1 or not len(x):
        raise StatisticsError(f"shapes {x.shape}, {m.shape}, {w.shape}", "three equally long arrays", "align them")
    wrong = ~np.isfinite(x + m + w) | (x < 1) | (m <= 0) | (w <= 0)
    if np.any(wrong):
        raise StatisticsError(
            f"{int(wrong.sum())} impossible customers", "count of 1 or more and a mean value above 0", "leave them out"
        )
    return x, m, w
