"""How long contracts last: renewals at a chance of each contract's own, the shifted-beta-geometric model (sBG).

A contract is paid for in advance, period by period, and at the end of each it is renewed or ends. Every contract ends
with a probability of its own that does not change; between contracts these follow a beta distribution (alpha, beta).
So those who stayed long are those who leave seldom, and the renewal rate of a group rises with its age, though nobody's
own does.

Source: Fader & Hardie (2007), How to Project Customer Retention, Journal of Interactive Marketing 21(1); residual
lifetime after Fader & Hardie (2010), Customer-Base Valuation in a Contractual Setting, Marketing Science 29(1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats, maximise

# A beta worth this many renewals stands for "contracts do not differ".
FIRM = 1e6


@dataclass(frozen=True, eq=False)
class Sbg:
    """Chances of ending are beta with shapes ``alpha`` (ends) and ``beta`` (renewals).

    ends, exposed: contracts that ended, and chances to end that were seen; log_covariance: of the logarithms of both
    shapes, not-a-number where it is not known; converged, message: as in the fit
    """

    alpha: float
    beta: float
    ends: float
    exposed: float
    log_covariance: Floats
    converged: bool = True
    message: str = ""


def fit(renewed: ArrayLike, ended: ArrayLike, entry: ArrayLike | None = None, weight: ArrayLike | None = None) -> Sbg:
    """Fit by maximum likelihood.

    Parameters
    ----------
    renewed: renewals that were made before the contract ended or until today, 0 or more
    ended: 1 where it was not renewed after that, 0 where it still runs
    entry: renewals that were made before anybody kept count, at most ``renewed``: contracts that ended earlier are not
        in the data, so each is told on condition that it had come so far (left truncation); default 0
    weight: contracts that share the three; default 1

    Raises StatisticsError on shapes, negative numbers, or when no chance to end was seen.
    """
    n, e = np.asarray(renewed, dtype=np.float64), np.asarray(ended, dtype=np.float64)
    n0 = np.zeros_like(n) if entry is None else np.asarray(entry, dtype=np.float64)
    w = np.ones_like(n) if weight is None else np.asarray(weight, dtype=np.float64)
    if not n.shape == e.shape == n0.shape == w.shape or n.ndim != 1:
        raise StatisticsError("columns of different lengths", "one entry a group of contracts", "check the input")
    if not (np.all(n >= n0) and np.all(n0 >= 0) and np.all(w >= 0) and np.all((e == 0) | (e == 1))):
        raise StatisticsError("negative renewals, or more before the count than in all", "0 <= entry <= renewed",
                              "check the input")  # fmt: skip
    ends, exposed = float(w @ e), float(w @ (n - n0 + e))
    if not exposed > 0:
        raise StatisticsError("no contract has come to a renewal yet", "at least one", "wait for more data")
    total = float(w.sum())

    def objective(log_shapes: Floats) -> tuple[float, Floats]:
        a, b = np.exp(log_shapes)
        seen = special.betaln(a + e, b + n) - special.betaln(a, b + n0)
        d_a = special.digamma(a + e) - special.digamma(a)
        d_a += special.digamma(a + b + n0) - special.digamma(a + b + e + n)
        d_b = special.digamma(b + n) - special.digamma(b + n0)
        d_b += special.digamma(a + b + n0) - special.digamma(a + b + e + n)
        gradient = np.array([float(w @ d_a) * a, float(w @ d_b) * b])
        return -float(w @ seen) / total, -gradient / total

    if ends > 0:
        found = maximise(objective, np.log(np.array([1.0, max(exposed / ends - 1, 0.5)])), total)
        if found.converged:
            a, b = (float(each) for each in np.exp(found.log_estimate))
            return Sbg(a, b, ends, exposed, found.log_covariance)
        message = found.message
    else:
        message = "no contract has ended"
    return one_chance(ends, exposed, message)


def one_chance(ends: float, exposed: float, message: str) -> Sbg:
    """Every contract ends with the same chance: Jeffreys' estimate of it, which is not 0 where nobody ended yet."""
    chance = (ends + 0.5) / (exposed + 1)
    return Sbg(chance * FIRM, (1 - chance) * FIRM, ends, exposed, np.full((2, 2), np.nan), False, message)


def survival(model: Sbg, ahead: ArrayLike, renewed: ArrayLike = 0.0) -> Floats:
    """Probability that a contract with ``renewed`` renewals is renewed ``ahead`` more times; 1 for 0 ahead."""
    k, n = np.asarray(ahead, dtype=np.float64), np.asarray(renewed, dtype=np.float64)
    return np.asarray(
        np.exp(special.betaln(model.alpha, model.beta + n + k) - special.betaln(model.alpha, model.beta + n))
    )


def payments(
    model: Sbg, renewed: ArrayLike, periods: int, period_days: float, discount_rate: float, level: float = 0.9
) -> tuple[Floats, Floats, Floats, Floats]:
    """(expected, discounted, low, high) payments of the next ``periods`` renewals, per entry of ``renewed``.

    discounted: each payment at its present value (``discount_rate``: share a year); low, high: bounds of the discounted
    payments that will actually come, which hold with probability ``level`` and take the shapes as known.
    """
    if periods < 0 or not 0 < level < 1:
        raise StatisticsError(f"{periods} periods at level {level}", "0 or more, level between 0 and 1", "check both")
    n = np.asarray(renewed, dtype=np.float64)[:, None]
    stays = survival(model, np.arange(1, periods + 1)[None, :], n)
    factors = (1 + discount_rate) ** (-np.arange(1, periods + 1) * period_days / 365.25)
    worth = np.concatenate([[0.0], np.cumsum(factors)])
    # P(k renewals or more) falls with k: the smallest number with enough probability at or below it
    below = 1 - np.concatenate([stays, np.zeros((len(n), 1))], axis=1)  # P(at most k), k = 0 ... periods
    tail = (1 - level) / 2
    low, high = ((below < share).sum(axis=1) for share in (tail, 1 - tail - 1e-12))
    return stays.sum(axis=1), stays @ factors, worth[low], worth[np.minimum(high, periods)]
