"""How often a customer will buy again when nobody is assumed to leave: the gamma-Poisson (NBD) model.

The simple alternative to BG/NBD. Assumptions: every customer buys at random with a rate of their own (Poisson), the
rates differ by a gamma distribution, and nobody leaves: silence only lowers the rate that we believe in. It is the
right model where the data show no leaving, and the cautious one where they are too thin to show it.

Times are in one unit, days in Heartline. Source: Ehrenberg (1959); see also Schmittlein, Morrison & Colombo (1987).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from heartline.stats.bgnbd import mixed_poisson
from heartline.stats.likelihood import Floats
from heartline.stats.shrinkage import fit_gamma_poisson


@dataclass(frozen=True)
class Nbd:
    """Rates are gamma with shape ``r`` and rate ``alpha`` (time); ``n`` customers; ``converged`` as in the fit."""

    r: float
    alpha: float
    n: float = 0.0
    converged: bool = True
    message: str = ""


def fit(frequency: ArrayLike, age: ArrayLike, weight: ArrayLike | None = None) -> Nbd:
    """Fit repeat purchases in the time since the first one. Raises StatisticsError when nobody ever came back.

    Not converged when customers do not differ in their rates: the common rate r / alpha then still holds.
    """
    prior = fit_gamma_poisson(frequency, age, weight)
    return Nbd(prior.first, prior.second, prior.groups, prior.converged, prior.message)


def p_silence(model: Nbd, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
    """Probability that a customer with this rhythm up to the last purchase stays silent at least until ``age``.

    A tail probability of the gap under the customer's own rhythm, not a posterior of being alive: near 1 says the gap
    is ordinary, near 0 says that this customer would hardly ever be silent for so long.
    """
    x, t_x, t = (np.asarray(each, dtype=np.float64) for each in (frequency, recency, age))
    return np.asarray(np.exp((model.r + x) * (np.log(model.alpha + t_x) - np.log(model.alpha + t))))


def expected_purchases(model: Nbd, frequency: ArrayLike, age: ArrayLike, horizon: ArrayLike) -> Floats:
    """Expected purchases in the next ``horizon``: the believed rate times the horizon."""
    x, t = np.asarray(frequency, dtype=np.float64), np.asarray(age, dtype=np.float64)
    return np.asarray((model.r + x) / (model.alpha + t) * np.asarray(horizon, dtype=np.float64))


def count_probabilities(model: Nbd, frequency: ArrayLike, age: ArrayLike, horizon: float, most: int) -> Floats:
    """Probability of 0, 1, ... ``most`` purchases, one row per customer; the last column holds "or more"."""
    x, t = np.asarray(frequency, dtype=np.float64), np.asarray(age, dtype=np.float64)
    rows = mixed_poisson(model.r + x, model.alpha + t, horizon, most)
    rows[:, most] = np.maximum(1 - rows[:, :most].sum(axis=1), 0.0)
    return rows
