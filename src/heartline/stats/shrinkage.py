"""Empirical Bayes: what a group is worth believing when its own evidence is thin.

Every function takes sufficient statistics (one entry per group) and is vectorised over groups, so that millions of
customers cost one pass. A group without evidence gets the prior: its mean, with the prior's own spread.

Sources: Efron & Morris (1975) for the normal case; Robbins (1956) and Efron & Hastie (2016, ch. 6) for counts;
Searle, Casella & McCulloch (1992) for the analysis-of-variance estimate of the between-group variance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats, maximise


@dataclass(frozen=True)
class NormalPrior:
    """Group means are normal around ``mean`` with variance ``between``; values in a group vary by ``within``.

    ``groups``: groups with evidence. ``between`` is 0 when groups differ no more than chance alone would make them.
    """

    mean: float
    between: float
    within: float
    groups: int


@dataclass(frozen=True)
class Prior:
    """A two-parameter prior: gamma (``first`` shape, ``second`` rate) or beta (``first`` alpha, ``second`` beta).

    ``converged`` False: the groups do not differ enough, or are too few, to tell the spread; ``message`` says which.
    """

    first: float
    second: float
    groups: float
    converged: bool
    message: str


def fit_normal(n: ArrayLike, total: ArrayLike, total_squares: ArrayLike) -> NormalPrior:
    """Estimate the prior from group counts, sums and sums of squares.

    Groups with n = 0 are allowed and carry nothing. Raises StatisticsError when fewer than 2 groups have evidence or
    no group has 2 values (the variance within groups would be a guess).
    """
    counts, sums, squares = (np.asarray(each, dtype=np.float64) for each in (n, total, total_squares))
    if not (counts.shape == sums.shape == squares.shape):
        raise StatisticsError("arrays of different length", "one entry per group in each", "align them")
    seen = counts > 0
    counts, sums, squares = counts[seen], sums[seen], squares[seen]
    rough = fit_normal_sums(
        groups=len(counts),
        values=float(counts.sum()),
        total=float(sums.sum()),
        total_squares=float(squares.sum()),
        squares_over_n=float(np.sum(sums**2 / counts)),
        n_squares=float(np.sum(counts**2)),
    )
    # with the variances known, the best grand mean gives each group the weight that its mean deserves
    weight = 1 / np.maximum(rough.between + rough.within / counts, 1e-300)
    return replace(rough, mean=float(np.average(sums / counts, weights=weight)))


def fit_normal_sums(
    *, groups: int, values: float, total: float, total_squares: float, squares_over_n: float, n_squares: float
) -> NormalPrior:
    """The same from six sums, for groups that an engine has already condensed.

    ``groups`` with evidence, ``values`` in all, their ``total`` and ``total_squares``; over groups the sums of
    (group total)² / n (``squares_over_n``) and of n² (``n_squares``). ``mean`` is then the plain mean of all values.
    """
    if groups < 2 or values <= groups:
        raise StatisticsError(
            f"{groups} groups with {values:g} values", "two groups and more values than groups", "use a fixed prior"
        )
    within = max(total_squares - squares_over_n, 0.0) / (values - groups)
    grand = total / values
    around = max(squares_over_n - total * grand, 0.0)
    size = (values - n_squares / values) / (groups - 1)
    between = max(0.0, (around / (groups - 1) - within) / size)
    return NormalPrior(grand, between, within, groups)


def posterior_normal(prior: NormalPrior, n: ArrayLike, total: ArrayLike) -> tuple[Floats, Floats]:
    """(posterior mean, posterior standard deviation) per group; the prior itself where n is 0."""
    counts, sums = np.asarray(n, dtype=np.float64), np.asarray(total, dtype=np.float64)
    if prior.between <= 0:
        return np.full(counts.shape, prior.mean), np.zeros(counts.shape)
    if prior.within <= 0:
        own = np.divide(sums, counts, out=np.full(counts.shape, prior.mean), where=counts > 0)
        return own, np.where(counts > 0, 0.0, np.sqrt(prior.between))
    precision = 1 / prior.between + counts / prior.within
    mean = (prior.mean / prior.between + sums / prior.within) / precision
    return mean, np.sqrt(1 / precision)


def shrunken_estimates(estimates: Floats, errors: Floats) -> tuple[Floats, Floats]:
    """(mean, error) of estimates of one kind, each drawn towards what all say, the more the less certain it is.

    errors: standard errors, above 0. Who takes the largest of many uncertain estimates takes one that is too large
    (Smith & Winkler 2006); these are right on the average of those taken. The spread between them is the estimate of
    Paule & Mandel (1982). Fewer than three are left as they are.
    """
    y, variance = np.asarray(estimates, dtype=np.float64), np.maximum(np.asarray(errors, dtype=np.float64) ** 2, 1e-300)
    if len(y) < 3:
        return y, np.sqrt(variance)

    def excess(between: float) -> float:
        weight = 1.0 / (variance + between)
        return float((weight * (y - (weight @ y) / weight.sum()) ** 2).sum()) - (len(y) - 1)

    high = float(np.var(y)) * len(y) + 1e-300
    between = float(optimize.brentq(excess, 0.0, high)) if excess(0.0) > 0 > excess(high) else 0.0
    weight = 1.0 / (variance + between)
    middle = float(weight @ y / weight.sum())
    pull = variance / (variance + between)
    # the spread between them is itself estimated: the last part, by Morris (1983), is for that
    unsure = 2.0 / max(len(y) - 3, 1) * (pull * (y - middle)) ** 2
    spread = np.sqrt((1.0 - pull) * variance + pull**2 / weight.sum() + unsure)
    return np.asarray(pull * middle + (1.0 - pull) * y, dtype=np.float64), np.asarray(spread, dtype=np.float64)


def fit_gamma_poisson(count: ArrayLike, exposure: ArrayLike, weight: ArrayLike | None = None) -> Prior:
    """Gamma prior of event rates by maximum likelihood: ``count`` events in ``exposure`` time units, per group.

    ``weight``: groups that share the pair. Not converged when counts vary no more than one common rate would make
    them; ``first / second`` is then still the common rate. Raises StatisticsError when there is no event at all.
    """
    events, time, w = _three(count, exposure, weight)
    if np.any(events < 0) or np.any(time < 0) or events.sum() <= 0 or np.dot(w, time) <= 0:
        raise StatisticsError("no events, or negative counts", "at least one event in some time", "use a fixed prior")
    total = float(w.sum())
    scale = float(np.dot(w, time) / np.dot(w, events))
    scaled = time / scale
    counts, which = np.unique(events, return_inverse=True)
    count_weight = np.bincount(which, weights=w)

    def objective(log_parameters: Floats) -> tuple[float, Floats]:
        shape, rate = np.exp(log_parameters)
        log_all = np.log(rate + scaled)
        value = np.dot(count_weight, special.gammaln(shape + counts) - special.gammaln(shape))
        value += total * shape * np.log(rate) - np.dot(w, (shape + events) * log_all)
        d_shape = np.dot(count_weight, special.digamma(shape + counts) - special.digamma(shape))
        d_shape += total * np.log(rate) - np.dot(w, log_all)
        d_rate = total * shape / rate - np.dot(w, (shape + events) / (rate + scaled))
        return -float(value) / total, -np.array([d_shape * shape, d_rate * rate]) / total

    found = maximise(objective, np.zeros(2), total)
    shape, rate = (float(value) for value in np.exp(found.log_estimate))
    return Prior(shape, rate * scale, total, found.converged, found.message)


def posterior_rate(prior: Prior, count: ArrayLike, exposure: ArrayLike) -> tuple[Floats, Floats]:
    """(posterior mean, standard deviation) of the event rate per time unit, per group."""
    shape = prior.first + np.asarray(count, dtype=np.float64)
    rate = prior.second + np.asarray(exposure, dtype=np.float64)
    return shape / rate, np.sqrt(shape) / rate


def fit_beta_binomial(successes: ArrayLike, trials: ArrayLike, weight: ArrayLike | None = None) -> Prior:
    """Beta prior of shares by maximum likelihood: ``successes`` of ``trials``, per group.

    ``weight``: groups that share the pair. Not converged when the shares vary no more than chance; ``first / (first +
    second)`` is then still the common share. Raises StatisticsError when there are no trials or impossible counts.
    """
    hits, tries, w = _three(successes, trials, weight)
    if np.any(hits < 0) or np.any(hits > tries) or np.dot(w, tries) <= 0:
        raise StatisticsError("impossible successes or no trials", "0 <= successes <= trials", "check the counts")
    total = float(w.sum())
    misses = tries - hits
    distinct = [np.unique(each, return_inverse=True) for each in (hits, misses, tries)]
    grouped = [(values, np.bincount(which, weights=w)) for values, which in distinct]

    def objective(log_parameters: Floats) -> tuple[float, Floats]:
        alpha, beta = np.exp(log_parameters)
        value = d_alpha = d_beta = 0.0
        for (counts, each_weight), base, sign, parts in zip(
            grouped, (alpha, beta, alpha + beta), (1.0, 1.0, -1.0), ((1, 0), (0, 1), (1, 1)), strict=True
        ):
            value += sign * float(np.dot(each_weight, special.gammaln(base + counts) - special.gammaln(base)))
            slope = sign * float(np.dot(each_weight, special.digamma(base + counts) - special.digamma(base)))
            d_alpha += slope * parts[0]
            d_beta += slope * parts[1]
        return -value / total, -np.array([d_alpha * alpha, d_beta * beta]) / total

    share = min(max(float(np.dot(w, hits) / np.dot(w, tries)), 1e-3), 1 - 1e-3)
    found = maximise(objective, np.log([2 * share, 2 * (1 - share)]), total)
    alpha, beta = (float(value) for value in np.exp(found.log_estimate))
    return Prior(alpha, beta, total, found.converged, found.message)


def posterior_share(prior: Prior, successes: ArrayLike, trials: ArrayLike) -> tuple[Floats, Floats]:
    """(posterior mean, standard deviation) of the share in 0…1, per group."""
    hits, tries = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    alpha, beta = prior.first + hits, prior.second + tries - hits
    both = alpha + beta
    return alpha / both, np.sqrt(alpha * beta / (both**2 * (both + 1)))


def _three(first: ArrayLike, second: ArrayLike, weight: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    w = np.ones_like(one) if weight is None else np.asarray(weight, dtype=np.float64)
    if not (one.shape == two.shape == w.shape) or one.ndim != 1 or not len(one):
        raise StatisticsError("arrays of different length, or none", "one entry per group in each", "align them")
    if not np.all(np.isfinite(one + two + w)) or np.any(w <= 0):
        raise StatisticsError("missing numbers or weights of 0 or less", "finite numbers", "leave those groups out")
    return one, two, w
