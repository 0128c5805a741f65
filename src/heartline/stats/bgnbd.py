"""How often a customer will buy again, and whether they are still there: the BG/NBD model.

Assumptions, in words:
1. While alive, a customer buys at random with a rate of their own (Poisson).
2. Rates differ between customers by a gamma distribution (shape ``r``, rate ``alpha``).
3. After every purchase a customer leaves for good with a probability of their own, and nobody tells us.
4. Leaving probabilities differ by a beta distribution (``a``, ``b``).
5. Rate and leaving probability are independent of each other.

A customer is summed up by three numbers: ``frequency`` (repeat purchases, the first one excluded), ``recency``
(time from first to last purchase, 0 for one purchase only) and ``age`` (time from first purchase to now), all in one
time unit. Heartline uses days everywhere; any other unit gives the same forecasts.

A customer with frequency 0 has a probability alive of exactly 1: the model lets people leave only after a *repeat*
purchase, so it cannot have lost somebody who never made one. It is the known weak spot of the model and callers must
say so.

Source: Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats, maximise

# Closer to a = 1 than this the closed form divides zero by zero; the forecast is smooth there and averaged across.
NEAR_ONE = 1e-4
# The slow way adds up blocks of so many counts, up to a count that no shop sees.
SUM_BLOCK = 256
LONGEST_SUM = 200_000


@dataclass(frozen=True, eq=False)
class BgNbd:
    """A fitted model. Times are in the unit of the fit (days in Heartline).

    ``r`` (no unit), ``alpha`` (time): buying rates; their mean is r / alpha. ``a``, ``b`` (no unit): leaving
    probabilities; their mean is a / (a + b). ``log_likelihood``: at the maximum, in the unit of the fit.
    ``n``: customers. ``log_covariance``: 4 x 4, of the logarithms of (r, alpha, a, b).
    ``converged`` and ``message``: whether to trust it and why not.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = float("nan")
    n: float = 0.0
    log_covariance: Floats | None = None
    converged: bool = True
    message: str = ""

    @property
    def parameters(self) -> Floats:
        """(r, alpha, a, b)."""
        return np.array([self.r, self.alpha, self.a, self.b])

    @property
    def covariance(self) -> Floats:
        """4 x 4 covariance of (r, alpha, a, b) by the delta method; not-a-number where unknown."""
        if self.log_covariance is None:
            return np.full((4, 4), np.nan)
        return self.log_covariance * np.outer(self.parameters, self.parameters)

    @property
    def standard_errors(self) -> Floats:
        """Standard errors of (r, alpha, a, b)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))


def fit(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, weight: ArrayLike | None = None) -> BgNbd:
    """Fit by maximum likelihood.

    ``weight``: number of customers that share the triple (default 1 each). Equal triples are put together first: the
    cost is per distinct one. Raises StatisticsError on shapes, negative numbers, recency beyond age, or when nobody
    ever came back.
    """
    x, t_x, t, w = _together(*checked(frequency, recency, age, weight))
    if not np.any(x > 0):
        raise StatisticsError(
            "no customer with a repeat purchase", "at least one", "wait for more data or use another method"
        )
    total = float(w.sum())
    scale = float(np.dot(w, t) / total)
    t_x, t = t_x / scale, t / scale
    counts, which = np.unique(x, return_inverse=True)
    count_weight = np.bincount(which, weights=w)
    repeat = x > 0

    def objective(log_parameters: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(log_parameters)
        # everything that depends on the count only is worked out once per distinct count
        by_count = (
            special.gammaln(r + counts) - special.gammaln(r) + r * np.log(alpha)
            + special.gammaln(a + b) + special.gammaln(b + counts)
            - special.gammaln(b) - special.gammaln(a + b + counts)
        )  # fmt: skip
        log_t, log_tx = np.log(alpha + t), np.log(alpha + t_x)
        stayed = -(r + x) * log_t
        previous = b + np.maximum(x, 1) - 1
        left = np.where(repeat, np.log(a) - np.log(previous) - (r + x) * log_tx, -np.inf)
        both = np.logaddexp(stayed, left)
        value = float(np.dot(count_weight, by_count) + np.dot(w, both))
        p_left = np.exp(left - both)
        w_left, w_stay = w * p_left, w * (1 - p_left)
        d_r = np.dot(count_weight, special.digamma(r + counts) - special.digamma(r) + np.log(alpha))
        d_r -= np.dot(w_stay, log_t) + np.dot(w_left, log_tx)
        d_alpha = total * r / alpha - np.dot(r + x, w_stay / (alpha + t) + w_left / (alpha + t_x))
        shared = special.digamma(a + b) - special.digamma(a + b + counts)
        d_a = np.dot(count_weight, shared) + w_left.sum() / a
        d_b = np.dot(count_weight, shared + special.digamma(b + counts) - special.digamma(b))
        d_b -= np.dot(w_left, 1 / previous)
        gradient = np.array([d_r * r, d_alpha * alpha, d_a * a, d_b * b])
        return -value / total, -gradient / total

    found = maximise(objective, np.array([-0.5, -0.5, 0.0, 1.0]), total)
    r, alpha, a, b = (float(value) for value in np.exp(found.log_estimate))
    log_likelihood = -objective(found.log_estimate)[0] * total - np.log(scale) * float(np.dot(w, x))
    return BgNbd(
        r, alpha * scale, a, b, float(log_likelihood), total, found.log_covariance, found.converged, found.message
    )


def _together(x: Floats, t_x: Floats, t: Floats, w: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Distinct triples with the weight of all that share them; as given where hardly any are shared."""
    order = np.lexsort((t_x, t, x))
    sorted_rows = np.stack([x[order], t_x[order], t[order]])
    starts = np.flatnonzero(np.r_[True, (sorted_rows[:, 1:] != sorted_rows[:, :-1]).any(axis=0)])
    if len(starts) > 0.9 * len(x):
        return x, t_x, t, w
    one, two, three = sorted_rows[:, starts]
    return one, two, three, np.add.reduceat(w[order], starts)


def p_alive(model: BgNbd, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
    """Probability that a customer is still there at ``age``; exactly 1 for frequency 0 (see the module's text)."""
    x, t_x, t, _ = checked(frequency, recency, age, None)
    silence = np.log(model.alpha + t) - np.log(model.alpha + t_x)
    log_odds_left = np.log(model.a) - np.log(model.b + np.maximum(x, 1) - 1) + (model.r + x) * silence
    return np.where(x > 0, special.expit(-log_odds_left), 1.0)


def expected_purchases(
    model: BgNbd, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, horizon: ArrayLike
) -> Floats:
    """Expected number of purchases in the next ``horizon`` time units, leaving allowed for. 0 at horizon 0."""
    x, t_x, t, _ = checked(frequency, recency, age, None)
    ahead = np.asarray(horizon, dtype=np.float64)
    if np.any(ahead < 0) or not np.all(np.isfinite(ahead)):
        raise StatisticsError("a negative or unknown horizon", "a horizon of 0 or more", "check horizon_days")
    alive = p_alive(model, x, t_x, t)
    return np.asarray(alive * _expected_while_alive(model, x, t, ahead))


def expected_purchases_new(model: BgNbd, horizon: ArrayLike) -> Floats:
    """Expected repeat purchases of a customer just won, in the first ``horizon`` time units."""
    ahead = np.asarray(horizon, dtype=np.float64)
    nothing = np.zeros_like(ahead)
    return _expected_while_alive(model, nothing, nothing, ahead)


def _expected_while_alive(model: BgNbd, x: Floats, t: Floats, ahead: Floats) -> Floats:
    """Closed form with Gauss's 2F1 after Euler's transformation.

    The untransformed series multiplies a tiny power by a huge 2F1 once x is large. Transformed, its first two
    arguments no longer grow with x and the product stays near 1.
    """
    if abs(model.a - 1) < NEAR_ONE:
        below, above = (BgNbd(model.r, model.alpha, side, model.b) for side in (1 - 2 * NEAR_ONE, 1 + 2 * NEAR_ONE))
        return (_expected_while_alive(below, x, t, ahead) + _expected_while_alive(above, x, t, ahead)) / 2
    less = model.a - 1
    c = model.a + model.b + x - 1
    z = ahead / (model.alpha + t + ahead)
    with np.errstate(over="ignore", invalid="ignore"):
        kept = np.exp(less * np.log1p(-z)) * special.hyp2f1(less, model.a + model.b - 1 - model.r, c, z)
        expected = np.where(ahead > 0, c / less * (1 - kept), 0.0)
        # nobody can buy more than by never leaving; rounding, or a 2F1 beyond its range, shows itself here
        most = (model.r + x) / (model.alpha + t) * ahead
        broken = ~((expected >= 0) & (expected <= most * (1 + 1e-9)))
    if np.any(broken):
        x, t, ahead, broken = np.broadcast_arrays(x, t, ahead, broken)
        expected = np.broadcast_to(expected, broken.shape).copy()
        expected[broken] = _summed_while_alive(model, x[broken], t[broken], ahead[broken])
    return np.asarray(expected)


def _summed_while_alive(model: BgNbd, x: Floats, t: Floats, ahead: Floats) -> Floats:
    """The same as a sum over y >= 1 of P(y or more purchases): all terms positive, slow, never wrong.

    y purchases need a customer who would have bought y times without leaving and who stayed after the first y - 1.
    """
    z = ahead / (model.alpha + t + ahead)
    b = model.b + x
    total = np.zeros(len(x))
    unsettled = np.arange(len(x))
    for start in range(1, LONGEST_SUM, SUM_BLOCK):
        y = np.arange(start, start + SUM_BLOCK, dtype=np.float64)[None, :]
        own = b[unsettled, None]
        stayed = np.exp(special.betaln(model.a, own + y - 1) - special.betaln(model.a, own))
        terms = stayed * special.betainc(y, model.r + x[unsettled, None], z[unsettled, None])
        total[unsettled] += terms.sum(axis=1)
        unsettled = unsettled[terms[:, -1] * y[0, -1] > 1e-10 * total[unsettled]]
        if not len(unsettled):
            break
    return total


def count_probabilities(
    model: BgNbd, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, horizon: float, most: int
) -> Floats:
    """Probability of 0, 1, ... ``most`` purchases in the next ``horizon``: one row per customer.

    A customer alive now is a new customer of an updated model (r + x, alpha + age, a, b + x). The last column holds
    "``most`` or more", so that every row sums to 1.
    """
    x, t_x, t, _ = checked(frequency, recency, age, None)
    alive = p_alive(model, x, t_x, t)
    b = (model.b + x)[:, None]
    a = model.a
    y = np.arange(most + 1, dtype=np.float64)[None, :]
    poisson = mixed_poisson(model.r + x, model.alpha + t, horizon, most)
    at_least = 1 - np.cumsum(poisson, axis=1) + poisson
    base = special.betaln(a, b)
    never_left = np.exp(special.betaln(a, b + y) - base)
    left_here = np.exp(special.betaln(a + 1, b + np.maximum(y, 1) - 1) - base)
    rows: Floats = never_left * poisson + np.where(y > 0, left_here * np.maximum(at_least, 0.0), 0.0)
    rows *= alive[:, None]
    rows[:, 0] += 1 - alive
    rows[:, most] = np.maximum(1 - rows[:, :most].sum(axis=1), 0.0)
    return rows


def mixed_poisson(shape: Floats, rate: Floats, horizon: float, most: int) -> Floats:
    """Probabilities of 0 ... ``most`` events of a Poisson whose rate is gamma(shape, rate): one row each."""
    y = np.arange(most + 1, dtype=np.float64)[None, :]
    s = np.asarray(shape, dtype=np.float64)[:, None]
    z = horizon / (np.asarray(rate, dtype=np.float64)[:, None] + horizon)
    log_rows = special.gammaln(s + y) - special.gammaln(s) - special.gammaln(y + 1) + s * np.log1p(-z)
    return np.asarray(np.exp(log_rows + special.xlogy(y, z)))


def simulate(
    model: BgNbd, age: ArrayLike, rng: np.random.Generator, horizon: float = 0.0
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Customers drawn from the model: (frequency, recency, purchases in the ``horizon`` after ``age``)."""
    t = np.asarray(age, dtype=np.float64)
    rate = rng.gamma(model.r, 1 / model.alpha, len(t))
    leaving = rng.beta(model.a, model.b, len(t))
    frequency, recency = np.zeros(len(t)), np.zeros(len(t))
    later = np.zeros(len(t), dtype=np.int64)
    clock = np.zeros(len(t))
    active = np.arange(len(t))
    while len(active):
        clock[active] += rng.exponential(1.0, len(active)) / np.maximum(rate[active], 1e-300)
        active = active[clock[active] <= t[active] + horizon]
        seen = active[clock[active] <= t[active]]
        frequency[seen] += 1
        recency[seen] = clock[seen]
        later[active[clock[active] > t[active]]] += 1
        active = active[rng.random(len(active)) >= leaving[active]]
    return frequency, recency, later


def checked(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, weight: ArrayLike | None
) -> tuple[Floats, Floats, Floats, Floats]:
    """Histories and weights as arrays of floats. Raises StatisticsError on shapes and impossible customers."""
    x, t_x, t = (np.atleast_1d(np.asarray(each, dtype=np.float64)) for each in (frequency, recency, age))
    w = np.ones_like(x) if weight is None else np.atleast_1d(np.asarray(weight, dtype=np.float64))
    if not (x.shape == t_x.shape == t.shape == w.shape) or x.ndim != 1 or not len(x):
        raise StatisticsError(
            f"shapes {x.shape}, {t_x.shape}, {t.shape}, {w.shape}", "four equally long, non-empty arrays", "align them"
        )
    wrong = ~np.isfinite(x + t_x + t + w) | (x < 0) | (t_x < 0) | (t_x > t) | (w <= 0) | ((x == 0) & (t_x > 0))
    if np.any(wrong):
        raise StatisticsError(
            f"{int(wrong.sum())} impossible customers",
            "frequency >= 0, 0 <= recency <= age, recency 0 where frequency is 0, weight > 0, nothing missing",
            "check how purchases were summed up",
        )
    return x, t_x, t, w
