"""Who is still there, judged by each customer's own rhythm of contact: the beta-geometric/beta-Bernoulli model.

Time is cut into equal intervals (weeks, say). While somebody is there, each interval is active with the person's own
probability (beta distributed over people); at the end of every interval the person leaves for good with their own
probability (beta distributed too). A history is (x, last, n): active intervals, the last active one, intervals seen.

Source: Fader, Hardie & Shang (2010), Marketing Science 29(6).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats, maximise, numeric_hessian

Ints = NDArray[np.int64]


# Pseudo-weeks of staying behind a mean chance of leaving: so many that customers leave alike.
ALIKE = 1e4


@dataclass(frozen=True)
class Rhythm:
    """Beta(alpha, beta) of being active in an interval; beta(gamma, delta) of leaving at its end."""

    alpha: float
    beta: float
    gamma: float
    delta: float
    log_likelihood: float
    converged: bool


@dataclass(frozen=True)
class _Histories:
    """Whole-number histories, and one entry for every interval at whose end somebody may have left unseen."""

    x: Ints
    last: Ints
    n: Ints
    row: Ints
    end: Ints

    @classmethod
    def of(cls, x: ArrayLike, last: ArrayLike, n: ArrayLike) -> _Histories:
        counts, recency, seen = (np.rint(np.asarray(each, np.float64)).astype(np.int64) for each in (x, last, n))
        if np.any(counts < 0) or np.any(counts > recency) or np.any(recency > seen):
            raise StatisticsError("impossible histories", "0 ≤ x ≤ last ≤ n", "check the intervals")
        gaps = seen - recency
        row = np.repeat(np.arange(len(gaps)), gaps)
        step = np.arange(len(row)) - np.repeat(np.cumsum(gaps) - gaps, gaps)
        return cls(counts, recency, seen, row, recency[row] + step)


def _likelihoods(parameters: Floats, h: _Histories) -> tuple[Floats, Floats, list[Floats], list[Floats]]:
    """Likelihoods of (still there, left at each possible end), and the slopes of their logarithms by parameter.

    All arguments of the gamma functions are a parameter plus a whole number, so each function is a small table.
    """
    alpha, beta, gamma, delta = parameters
    whole = np.arange(int(h.n.max(initial=0)) + 2)

    def tables(function: Callable[[Floats], Floats]) -> tuple[Floats, ...]:
        # differences to the value at 0 keep precision where a parameter is large
        return tuple(
            np.asarray(function(at + whole) - function(np.array([at])))
            for at in (alpha, beta, alpha + beta, delta, gamma + delta)
        )

    a, b, both, d, all_ = tables(special.gammaln)
    da, db, dboth, dd, dall = tables(special.digamma)
    x, n, row, end = h.x, h.n, h.row, h.end
    there = np.exp(a[x] + b[n - x] - both[n] + d[n] - all_[n])
    there_slopes = [
        alpha * (da[x] - dboth[n]), beta * (db[n - x] - dboth[n]), -gamma * dall[n], delta * (dd[n] - dall[n])
    ]  # fmt: skip
    xs = x[row]
    gone = np.exp(a[xs] + b[end - xs] - both[end] + np.log(gamma) + d[end] - all_[end + 1])
    gone_slopes = [
        alpha * (da[xs] - dboth[end]), beta * (db[end - xs] - dboth[end]),
        1.0 - gamma * dall[end + 1], delta * (dd[end] - dall[end + 1]),
    ]  # fmt: skip
    return there, gone, there_slopes, gone_slopes


def fit_rhythm(x: ArrayLike, last: ArrayLike, n: ArrayLike, weight: ArrayLike | None = None) -> Rhythm:
    """Maximum likelihood; ``weight``: customers who share the history. StatisticsError on impossible histories.

    ``converged`` False with finite parameters usually says that customers hardly differ in how readily they leave;
    the mean chance, gamma / (gamma + delta), is then still told well.
    """
    histories = _Histories.of(x, last, n)
    if not histories.x.sum():
        raise StatisticsError("no activity at all", "at least one active interval", "use a usual rhythm")
    w = np.ones(len(histories.x)) if weight is None else np.asarray(weight, np.float64)
    total = float(w.sum())

    def objective(log_parameters: Floats) -> tuple[float, Floats]:
        there, gone, there_slopes, gone_slopes = _likelihoods(np.exp(log_parameters), histories)
        both = np.maximum(there + np.bincount(histories.row, gone, minlength=len(there)), 1e-300)
        share, value = w / both, -float(np.dot(w, np.log(both))) / total
        pairs = zip(there_slopes, gone_slopes, strict=True)
        slope = [np.dot(share * there, one) + np.dot(share[histories.row] * gone, other) for one, other in pairs]
        return value, -np.array(slope) / total

    found = maximise(objective, np.log([1.0, 3.0, 1.0, 30.0]), total)
    estimate = found.log_estimate
    if not found.converged:
        estimate = _alike(objective, estimate, total)
    alpha, beta, gamma, delta = (float(each) for each in np.exp(estimate))
    reached = -objective(estimate)[0] * total
    return Rhythm(alpha, beta, gamma, delta, reached, found.converged)


def _alike(objective: Callable[[Floats], tuple[float, Floats]], free: Floats, total: float) -> Floats:
    """The fit with ``delta`` held at ALIKE, unless that is told worse by the data; logarithms of the parameters.

    Where customers leave alike, gamma and delta grow together without end, and where a search stops on that ridge is
    decided by the last digits of its sums. Held, there is one answer, whatever the order of rows.
    """
    held = np.log(ALIKE)

    def three(log_parameters: Floats) -> tuple[float, Floats]:
        value, slope = objective(np.append(log_parameters, held))
        return value, slope[:3]

    start = np.append(free[:2], free[2] - free[3] + held)
    at = maximise(three, start, total).log_estimate
    # the value's last digits are noise at so large a delta; the slope's are not
    for _ in range(6):
        slope, curve = three(at)[1], numeric_hessian(three, at)
        if np.min(np.linalg.eigvalsh(curve)) <= 0:
            break
        step = np.linalg.solve(curve, slope)
        if float(np.abs(three(at - step)[1]).max()) >= float(np.abs(slope).max()):
            break
        at = at - step
    one = np.append(at, held)
    worse = (objective(one)[0] - objective(free)[0]) * total
    return one if worse < 0.1 else free


def p_there(rhythm: Rhythm, x: ArrayLike, last: ArrayLike, n: ArrayLike) -> Floats:
    """Probability that each customer is still there at the end of interval n; 1 where the last one was active."""
    histories = np.stack([np.asarray(each, np.float64) for each in (x, last, n)], axis=1)
    if not len(histories):
        return np.zeros(0)
    distinct, which = np.unique(histories, axis=0, return_inverse=True)
    parameters = np.array([rhythm.alpha, rhythm.beta, rhythm.gamma, rhythm.delta])
    flat = _Histories.of(distinct[:, 0], distinct[:, 1], distinct[:, 2])
    there, gone, _, _ = _likelihoods(parameters, flat)
    share: Floats = there / np.maximum(there + np.bincount(flat.row, gone, minlength=len(there)), 1e-300)
    return share[which.reshape(-1)]


def p_there_at(rhythm: Rhythm, x: ArrayLike, last: ArrayLike, n: ArrayLike, at: ArrayLike) -> Floats:
    """Probability that each customer was still there at the end of an earlier interval, all n intervals being known.

    at: the interval, 0…n, parts of one by straight lines; up to ``last`` the answer is 1, at n that of ``p_there``.
    """
    asked = np.asarray(at, np.float64)
    if not len(asked):
        return np.zeros(0)
    rows = np.stack([np.asarray(each, np.float64) for each in (x, last, n, np.floor(asked), np.ceil(asked))], axis=1)
    distinct, which = np.unique(rows, axis=0, return_inverse=True)
    parameters = np.array([rhythm.alpha, rhythm.beta, rhythm.gamma, rhythm.delta])
    flat = _Histories.of(distinct[:, 0], distinct[:, 1], distinct[:, 2])
    there, gone, _, _ = _likelihoods(parameters, flat)

    def since(interval: Floats) -> Floats:
        later = flat.end >= interval[flat.row]
        return there + np.bincount(flat.row[later], gone[later], minlength=len(there))

    whole = np.maximum(since(np.zeros(len(distinct))), 1e-300)
    below, above = (since(distinct[:, place]) / whole for place in (3, 4))
    part = asked - np.floor(asked)
    found: Floats = (1 - part) * below[which.reshape(-1)] + part * above[which.reshape(-1)]
    return found
