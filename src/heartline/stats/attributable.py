"""What share of an outcome goes with having met something: the population attributable fraction, standardised.

Those who met it are set against others of their stratum, spread over strata as they are (direct standardisation with
those who met it as the standard), so in one stratum the share is Levin's p(RR - 1) / (1 + p(RR - 1)).

Sources: Levin (1953); Miettinen (1974) for the form by strata; Greenland & Drescher (1993); Benichou (2001) on
overlapping causes, whose shares need not add up to one. Intervals by the bootstrap over groups of customers (Efron &
Tibshirani 1993).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats

PRIOR = 10.0
"""How many others' worth the wider group's rate counts where a stratum has few others of its own."""


@dataclass(frozen=True)
class Attributable:
    """An excess among those who met it.

    excess: the outcome among them beyond what others' rate would make, in units of the outcome (a count or money)
    share, low, high: the excess over the outcome of all, and its interval; excess_low, excess_high: of the excess
    met_rate, usual: mean outcome of those who met it, and of others spread as they are
    others: others in strata in which somebody met it
    """

    excess: float
    excess_low: float
    excess_high: float
    share: float
    low: float
    high: float
    met_rate: float
    usual: float
    others: int


def attributable(
    met: ArrayLike, met_outcome: ArrayLike, other: ArrayLike, other_outcome: ArrayLike, wider: ArrayLike,
    weights: Floats, level: float = 0.9, whole: ArrayLike | None = None,
) -> Attributable | None:  # fmt: skip
    """The attributable share with its interval; None where nobody met it, or nobody can stand beside those who did.

    met, met_outcome, other, other_outcome: strata x groups; how many met it, the sum of their outcome, and the same of
    others
    wider: one entry a stratum: the wider group (a channel) whose others lend their rate to strata with few
    weights: draws x groups; how often each group was drawn (``group_draws``)
    whole: one entry a group: the outcome that the share is of; None: that of those who met it and of others together
    """
    e, ed, n, nd = (np.asarray(each, np.float64) for each in (met, met_outcome, other, other_outcome))
    if e.shape != n.shape or e.ndim != 2 or weights.shape[1] != e.shape[1]:
        raise StatisticsError("counts of other shapes", "strata x groups, and draws x groups", "check the input")
    _, group = np.unique(np.asarray(wider), return_inverse=True)
    lumps = np.eye(int(group.max()) + 1)[:, group] if len(group) else np.zeros((0, 0))
    matched = (lumps.T @ (lumps @ n)).sum(axis=1) > 0 if len(group) else np.zeros(0, bool)
    e, ed, n_lent = e * matched[:, None], ed * matched[:, None], n
    if e.sum() <= 0:
        return None
    all_outcome = (np.asarray(met_outcome, np.float64) + nd).sum(axis=0) if whole is None else np.asarray(whole)
    drawn = np.vstack([np.ones(e.shape[1]), weights])
    hits, base, other_n, other_hits = (each @ drawn.T for each in (ed, e, n_lent, nd))
    lent_n, lent_hits = lumps.T @ (lumps @ other_n), lumps.T @ (lumps @ other_hits)
    with np.errstate(divide="ignore", invalid="ignore"):
        lent = np.where(lent_n > 0, lent_hits / lent_n, 0.0)
        rate = (other_hits + PRIOR * lent) / (other_n + PRIOR)
        usual = (base * rate).sum(axis=0)
        excess = hits.sum(axis=0) - usual
        share = excess / (all_outcome @ drawn.T)
    tails = [(1 - level) / 2, (1 + level) / 2]
    known = share[1:][np.isfinite(share[1:])]
    if not np.isfinite(share[0]) or not len(known):
        return None
    low, high = np.quantile(known, tails)
    excess_low, excess_high = np.quantile(excess[1:], tails)
    there = e.sum(axis=1) > 0
    people = base[:, 0].sum()
    return Attributable(
        float(excess[0]), float(excess_low), float(excess_high), float(share[0]), float(low), float(high),
        float(hits[:, 0].sum() / people), float(usual[0] / people), round(float(n[there].sum())),
    )  # fmt: skip


def group_draws(groups: int, draws: int = 400, seed: int = 0) -> Floats:
    """How often each of some groups of customers is drawn, draws x groups; same seed, same draws."""
    if groups < 2:
        raise StatisticsError(f"{groups} groups", "at least 2", "spread customers over more")
    rng = np.random.default_rng(seed)
    found: NDArray[np.int64] = rng.multinomial(groups, np.full(groups, 1 / groups), size=draws)
    return found.astype(np.float64)


def levin(prevalence: float, relative_risk: float) -> float:
    """Levin's attributable fraction of one stratum: p(RR - 1) / (1 + p(RR - 1))."""
    beyond = prevalence * (relative_risk - 1)
    return beyond / (1 + beyond)
