"""BG/NBD with covariates that do not change: who starts out buying more often, and who is less likely to leave.

As ``heartline.stats.bgnbd``, with a population that differs by covariates z (no unit, 0 is the usual customer):

    alpha(z) = alpha exp(-rate · z)     the mean rate of buying is multiplied by exp(rate · z)
    a(z)     = a exp(-stay · z)         the odds of leaving after a repeat purchase are multiplied by exp(-stay · z)

r and b are shared. At rate = stay = 0 it is the plain model, number for number. A customer's own history still counts:
z says where the belief starts, and purchases move it from there.

What explains must come before what it explains. Given histories as they stood when z was measured (``before``), the fit
maximises the likelihood of what came *after* given what was before; histories up to z then prove nothing about z.

Source: Fader & Hardie (2007), Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models; there b
may have a coefficient of its own, here it has none, which few data can tell apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from heartline.errors import StatisticsError
from heartline.stats import bgnbd
from heartline.stats.bgnbd import BgNbd, checked
from heartline.stats.likelihood import Floats, maximise

BASE = 4
"""Parameters before the coefficients: r, alpha, a, b."""


class Histories(NamedTuple):
    """Frequency, recency, age of each customer, in one time unit."""

    frequency: ArrayLike
    recency: ArrayLike
    age: ArrayLike


@dataclass(frozen=True, eq=False)
class Covaried:
    """A fitted model.

    base: the model of a customer with z = 0; rate, stay: coefficients, one a covariate
    log_covariance: of (log r, log alpha, log a, log b, rate, stay); not-a-number where coefficients were given
    log_likelihood: at the maximum, of what came after where ``before`` was given; n: customers
    converged, message: whether to trust it and why not
    """

    base: BgNbd
    rate: Floats
    stay: Floats
    log_likelihood: float
    n: float
    log_covariance: Floats
    converged: bool
    message: str

    @property
    def rate_errors(self) -> Floats:
        """Standard errors of ``rate``."""
        count = len(self.rate)
        return np.asarray(np.sqrt(np.diag(self.log_covariance)[BASE : BASE + count]))

    @property
    def stay_errors(self) -> Floats:
        """Standard errors of ``stay``."""
        return np.asarray(np.sqrt(np.diag(self.log_covariance)[BASE + len(self.rate) :]))

    def at(self, z: ArrayLike) -> BgNbd:
        """The plain model of customers with covariates ``z``."""
        return at(self.base, self.rate, self.stay, z)


def at(base: BgNbd, rate: Floats, stay: Floats, z: ArrayLike) -> BgNbd:
    """The plain model of customers with covariates ``z``, from the model at 0 and the coefficients."""
    row = np.asarray(z, dtype=np.float64)
    alpha, a = base.alpha * np.exp(-float(rate @ row)), base.a * np.exp(-float(stay @ row))
    return BgNbd(base.r, float(alpha), float(a), base.b, n=base.n, converged=base.converged, message=base.message)


def fit(
    histories: Histories, covariates: ArrayLike, weight: ArrayLike | None = None, before: Histories | None = None,
    given: tuple[Floats, Floats] | None = None, leaving: bool = True, near: Covaried | None = None,
) -> Covaried:  # fmt: skip
    """Fit by maximum likelihood.

    covariates: customers x covariates; weight: customers that share the row (default 1 each)
    before: the same customers' histories when the covariates were measured; then only what came after is explained
    given: (rate, stay) that are not fitted, only allowed for; leaving: False leaves ``stay`` at 0
    near: a fit of the same shape on much the same customers, from which the search starts; errors are then not told
    Raises StatisticsError on shapes, impossible histories, histories that shrank, or where nobody came back.
    """
    x, t_x, t, w = checked(*histories, weight)
    z = np.asarray(covariates, dtype=np.float64)
    if z.ndim != 2 or len(z) != len(x) or not np.all(np.isfinite(z)):
        raise StatisticsError(f"covariates of shape {z.shape}", "a row a customer, nothing missing", "fill in the mean")
    if not np.any(x > 0):
        raise StatisticsError("no customer with a repeat purchase", "at least one", "wait for more data")
    distinct, kind = kinds(z)
    total = float(w.sum())
    scale = float(np.dot(w, t) / total)
    after = _Rows.of(x, t_x / scale, t / scale, w, kind, len(distinct))
    earlier, seen = None, x
    if before is not None:
        x0, t_x0, t0, _ = checked(*before, weight)
        if x0.shape != x.shape or np.any(x0 > x) or np.any(t0 > t):
            raise StatisticsError("histories that shrank", "later histories of the same customers", "align them")
        earlier, seen = _Rows.of(x0, t_x0 / scale, t0 / scale, w, kind, len(distinct)), x - x0
    count = z.shape[1]
    fitted = 0 if given else 2 * count if leaving else count

    def coefficients(parameters: Floats) -> tuple[Floats, Floats]:
        rate = parameters[BASE : BASE + count]
        return given or (rate, parameters[BASE + count :] if leaving else np.zeros(count))

    def objective(parameters: Floats) -> tuple[float, Floats]:
        base = np.exp(parameters[:BASE])
        rate, stay = coefficients(parameters)
        alpha, a = base[1] * np.exp(-(distinct @ rate)), base[2] * np.exp(-(distinct @ stay))
        value, d_r, d_alpha, d_a, d_b = after.likelihood(base[0], alpha, a, base[3])
        if earlier is not None:
            less = earlier.likelihood(base[0], alpha, a, base[3])
            value, d_r, d_b = value - less[0], d_r - less[1], d_b - less[4]
            d_alpha, d_a = d_alpha - less[2], d_a - less[3]
        by_alpha, by_a = d_alpha * alpha, d_a * a
        gradient = np.array(
            [d_r * base[0], by_alpha.sum(), by_a.sum(), d_b * base[3], *-(by_alpha @ distinct), *-(by_a @ distinct)]
        )
        return -value / total, -gradient[: BASE + fitted] / total

    start = np.concatenate([[-0.5, -0.5, 0.0, 1.0], np.zeros(fitted)])
    if near is not None:
        known = np.log(near.base.parameters) - np.array([0.0, np.log(scale), 0.0, 0.0])
        start = np.concatenate([known, near.rate, near.stay])[: BASE + fitted]
    found = maximise(objective, start, total, judged=near is None)
    r, alpha, a, b = (float(one) for one in np.exp(found.log_estimate[:BASE]))
    rate, stay = coefficients(found.log_estimate)
    log_likelihood = -objective(found.log_estimate)[0] * total - np.log(scale) * float(np.dot(w, seen))
    four = found.log_covariance[:BASE, :BASE]
    base = BgNbd(r, alpha * scale, a, b, float(log_likelihood), total, four, found.converged, found.message)
    # coefficients that were not fitted are certain where they are left out, and not known where they were given
    covariance = np.full((BASE + 2 * count,) * 2, np.nan if given else 0.0)
    covariance[: BASE + fitted, : BASE + fitted] = found.log_covariance
    return Covaried(
        base, np.asarray(rate, dtype=np.float64), np.asarray(stay, dtype=np.float64), float(log_likelihood), total,
        covariance, found.converged, found.message,
    )  # fmt: skip


def expected_purchases(
    base: BgNbd, coefficients: tuple[Floats, Floats], covariates: ArrayLike, histories: Histories, horizon: float
) -> Floats:
    """Expected purchases in the next ``horizon`` of customers with their own covariates; coefficients: (rate, stay)."""
    z = np.asarray(covariates, dtype=np.float64)
    x, t_x, t, _ = checked(*histories, None)
    rate, stay = coefficients
    alpha, a = base.alpha * np.exp(-(z @ rate)), base.a * np.exp(-(z @ stay))
    # the closed form of ``bgnbd`` for all rows at once; the few where it divides zero by zero, or breaks, one by one
    less, c = a - 1, a + base.b + x - 1
    share = horizon / (alpha + t + horizon)
    most = (base.r + x) / (alpha + t) * horizon
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        kept = np.exp(less * np.log1p(-share)) * special.hyp2f1(less, a + base.b - 1 - base.r, c, share)
        found = c / less * (1 - kept)
        sound = (np.abs(less) > bgnbd.NEAR_ONE) & (found >= 0) & (found <= most * (1 + 1e-9))
        odds = a / (base.b + np.maximum(x, 1) - 1) * np.exp((base.r + x) * (np.log(alpha + t) - np.log(alpha + t_x)))
    found = np.where(x > 0, 1 / (1 + odds), 1.0) * found
    for row in np.flatnonzero(~sound):
        own = at(base, rate, stay, z[row])
        found[row] = bgnbd.expected_purchases(own, x[row], t_x[row], t[row], horizon)[0]
    return np.asarray(found)


def log_likelihoods(
    model: Covaried, histories: Histories, covariates: ArrayLike, before: Histories | None = None
) -> Floats:
    """Log-likelihood of each customer's history, given the one ``before`` where there is one."""
    z = np.asarray(covariates, dtype=np.float64)
    alpha, a = model.base.alpha * np.exp(-(z @ model.rate)), model.base.a * np.exp(-(z @ model.stay))
    said = _each(model.base.r, alpha, a, model.base.b, *checked(*histories, None)[:3])
    return said - _each(model.base.r, alpha, a, model.base.b, *checked(*before, None)[:3]) if before else said


def _each(r: float, alpha: Floats, a: Floats, b: float, x: Floats, t_x: Floats, t: Floats) -> Floats:
    known = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
    known = known + special.gammaln(a + b) + special.gammaln(b + x) - special.gammaln(b) - special.gammaln(a + b + x)
    stayed = -(r + x) * np.log(alpha + t)
    with np.errstate(divide="ignore"):
        left = np.where(x > 0, np.log(a / (b + np.maximum(x, 1) - 1)) - (r + x) * np.log(alpha + t_x), -np.inf)
    return np.asarray(known + np.logaddexp(stayed, left))


def kinds(z: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Distinct rows of covariates, and which of them each customer has."""
    if not z.shape[1]:
        return np.zeros((1, 0)), np.zeros(len(z), dtype=np.int64)
    distinct, kind = np.unique(z, axis=0, return_inverse=True)
    return distinct, np.asarray(kind, dtype=np.int64).ravel()


@dataclass(frozen=True, eq=False)
class _Rows:
    """Histories with the number of their covariates, and pairs of (purchases, covariates) with their weight."""

    x: Floats
    t_x: Floats
    t: Floats
    w: Floats
    kind: NDArray[np.int64]
    kinds: int
    pair_x: Floats
    pair_kind: NDArray[np.int64]
    pair_w: Floats

    @classmethod
    def of(cls, x: Floats, t_x: Floats, t: Floats, w: Floats, kind: NDArray[np.int64], kinds: int) -> _Rows:
        """What depends on purchases and covariates only is worked out once per distinct pair of them."""
        pairs, which = np.unique(x * kinds + kind, return_inverse=True)
        return cls(
            x, t_x, t, w, kind, kinds, np.floor_divide(pairs, kinds), np.mod(pairs, kinds).astype(np.int64),
            np.asarray(np.bincount(which, weights=w), dtype=np.float64),
        )  # fmt: skip

    def likelihood(self, r: float, alpha: Floats, a: Floats, b: float) -> tuple[float, float, Floats, Floats, float]:
        """(log-likelihood, its derivatives by r, by alpha and a of each kind, and by b)."""
        x, own_alpha, own_a = self.pair_x, alpha[self.pair_kind], a[self.pair_kind]
        by_pair = (
            special.gammaln(r + x) - special.gammaln(r) + r * np.log(own_alpha)
            + special.gammaln(own_a + b) + special.gammaln(b + x) - special.gammaln(b) - special.gammaln(own_a + b + x)
        )  # fmt: skip
        until, last = alpha[self.kind] + self.t, alpha[self.kind] + self.t_x
        log_until, log_last = np.log(until), np.log(last)
        previous = b + np.maximum(self.x, 1) - 1
        stayed = -(r + self.x) * log_until
        left = np.where(self.x > 0, np.log(a)[self.kind] - np.log(previous) - (r + self.x) * log_last, -np.inf)
        both = np.logaddexp(stayed, left)
        value = float(self.pair_w @ by_pair + self.w @ both)
        gone = self.w * np.exp(left - both)
        there = self.w - gone
        d_r = self.pair_w @ (special.digamma(r + x) - special.digamma(r) + np.log(own_alpha))
        d_r -= there @ log_until + gone @ log_last
        d_alpha = self._by_kind(self.pair_kind, self.pair_w) * r / alpha
        d_alpha -= self._by_kind(self.kind, (r + self.x) * (there / until + gone / last))
        shared = special.digamma(own_a + b) - special.digamma(own_a + b + x)
        d_a = self._by_kind(self.pair_kind, self.pair_w * shared) + self._by_kind(self.kind, gone) / a
        d_b = self.pair_w @ (shared + special.digamma(b + x) - special.digamma(b)) - gone @ (1 / previous)
        return value, float(d_r), d_alpha, d_a, float(d_b)

    def _by_kind(self, kind: NDArray[np.int64], values: Floats) -> Floats:
        return np.asarray(np.bincount(kind, weights=values, minlength=self.kinds), dtype=np.float64)
