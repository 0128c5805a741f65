"""Who is still there, judged by each customer's own rhythm of contact: the beta-geometric/beta-Bernoulli model.

Time is cut into equal intervals (weeks, say). While somebody is there, each interval is active with the person's own
probability (beta distributed over people); at the end of every interval the person leaves for good with their own
probability (beta distributed too). A history is (x, last, n): active intervals, the last active one, intervals seen.

Source: Fader, Hardie & Shang (2010), Marketing Science 29(6).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats, maximise


@dataclass(frozen=True)
class Rhythm:
    """Beta(alpha, beta) of being active in an interval; beta(gamma, delta) of leaving at its end."""

    alpha: float
    beta: float
    gamma: float
    delta: float
    log_likelihood: float
    converged: bool


def _terms(parameters: Floats, x: Floats, last: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Likelihoods of (still there, left at some time since the last activity), per history."""
    alpha, beta, gamma, delta = parameters
    active, leaving = special.betaln(alpha, beta), special.betaln(gamma, delta)
    there = np.exp(special.betaln(alpha + x, beta + n - x) - active + special.betaln(gamma, delta + n) - leaving)
    gone = np.zeros_like(there)
    gaps = (n - last).astype(np.int64)
    order = np.argsort(-gaps, kind="stable")
    lengths = gaps[order]
    for step in range(int(gaps.max(initial=0))):
        rows = order[: int(np.searchsorted(-lengths, -step, side="left"))]
        gone[rows] += np.exp(
            special.betaln(alpha + x[rows], beta + last[rows] - x[rows] + step)
            - active
            + special.betaln(gamma + 1, delta + last[rows] + step)
            - leaving
        )
    return there, gone


def fit_rhythm(x: ArrayLike, last: ArrayLike, n: ArrayLike, weight: ArrayLike | None = None) -> Rhythm:
    """Maximum likelihood; ``weight``: customers who share the history. StatisticsError on impossible histories."""
    counts, recency, seen = (np.asarray(each, np.float64) for each in (x, last, n))
    w = np.ones(len(counts)) if weight is None else np.asarray(weight, np.float64)
    if not len(counts) or np.any(counts > recency) or np.any(recency > seen) or counts.sum() <= 0:
        raise StatisticsError("impossible histories, or no activity at all", "x ≤ last ≤ n", "check the intervals")

    def value(log_parameters: Floats) -> float:
        there, gone = _terms(np.exp(log_parameters), counts, recency, seen)
        return -float(np.dot(w, np.log(np.maximum(there + gone, 1e-300)))) / float(w.sum())

    def objective(log_parameters: Floats) -> tuple[float, Floats]:
        step = 1e-5
        slope = np.array(
            [
                (value(log_parameters + step * unit) - value(log_parameters - step * unit)) / (2 * step)
                for unit in np.eye(4)
            ]
        )
        return value(log_parameters), slope

    found = maximise(objective, np.log([1.0, 3.0, 1.0, 30.0]), float(w.sum()))
    alpha, beta, gamma, delta = (float(each) for each in np.exp(found.log_estimate))
    total = -value(found.log_estimate) * float(w.sum())
    return Rhythm(alpha, beta, gamma, delta, total, found.converged)


def p_there(rhythm: Rhythm, x: ArrayLike, last: ArrayLike, n: ArrayLike) -> Floats:
    """Probability that each customer is still there at the end of interval n; 1 where the last one was active."""
    histories = np.stack([np.asarray(each, np.float64) for each in (x, last, n)], axis=1)
    if not len(histories):
        return np.zeros(0)
    distinct, which = np.unique(histories, axis=0, return_inverse=True)
    parameters = np.array([rhythm.alpha, rhythm.beta, rhythm.gamma, rhythm.delta])
    there, gone = _terms(parameters, distinct[:, 0], distinct[:, 1], distinct[:, 2])
    share: Floats = there / np.maximum(there + gone, 1e-300)
    return share[which.reshape(-1)]
