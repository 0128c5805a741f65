"""Risks from few outcomes: logistic regression whose slopes start from what research says and move with the data.

Each slope has a normal prior around a documented value, so that ten outcomes nudge it and a thousand decide it; the
intercept is free, so that the mean risk is always the company's own. Outcomes may be fractions (a probability that
somebody has left). Source: maximum a posteriori logistic regression, e.g. Gelman et al. (2008).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats


@dataclass(frozen=True)
class Risk:
    """``intercept`` and ``slopes`` of the log-odds; ``outcomes``: how many happened in ``cases``."""

    intercept: float
    slopes: tuple[float, ...]
    outcomes: float
    cases: int


def fit_risk(
    features: ArrayLike, outcome: ArrayLike, prior: ArrayLike, spread: float = 0.5, weight: ArrayLike | None = None
) -> Risk:
    """Most probable slopes given outcomes in 0…1 and normal priors (mean ``prior``, sd ``spread``).

    weight: how much of a case each row is, 0…1 (the probability that it belongs here); None: all of it

    Raises StatisticsError without any outcome, or when everybody had it.
    """
    x, y, start = (np.asarray(each, np.float64) for each in (features, outcome, prior))
    if x.ndim != 2 or len(x) != len(y) or x.shape[1] != len(start):
        raise StatisticsError("features and outcomes of different shapes", "one row a case", "align them")
    w = np.ones(len(y)) if weight is None else np.asarray(weight, np.float64)
    happened, cases = float((w * y).sum()), float(w.sum())
    if not 0 < happened < cases:
        raise StatisticsError(f"{happened:g} outcomes in {cases:g} cases", "some, but not all", "use the prior slopes")
    design = np.column_stack([np.ones(len(x)), x])
    at = np.concatenate([[0.0], start])
    share = happened / cases
    at[0] = np.log(share / (1 - share)) - float(np.average(x @ start, weights=w))
    held = np.concatenate([[1e-6], np.full(len(start), 1 / spread**2)])
    centre = at.copy()
    for _ in range(100):
        p = 1 / (1 + np.exp(-np.clip(design @ at, -30, 30)))
        slope = design.T @ (w * (y - p)) - held * (at - centre)
        curve = (design * (w * p * (1 - p))[:, None]).T @ design + np.diag(held)
        step = np.linalg.solve(curve, slope)
        # full Newton steps overshoot where nearly nobody has the outcome
        at = at + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-8:
            break
    return Risk(float(at[0]), tuple(float(each) for each in at[1:]), happened, len(y))


def prior_risk(prior: ArrayLike, usual: float, features: ArrayLike) -> Risk:
    """Prior slopes with the intercept that makes the mean risk ``usual``, a documented rate."""
    x, slopes = np.asarray(features, np.float64), np.asarray(prior, np.float64)
    low, high = -40.0, 40.0
    score = x @ slopes if len(x) else np.zeros(1)
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if p_of(middle + score).mean() < usual else (low, middle)
    return Risk(float(high), tuple(float(each) for each in slopes), 0.0, len(x))


def p_of(log_odds: Floats) -> Floats:
    """Probability of log-odds."""
    found: Floats = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
    return found
