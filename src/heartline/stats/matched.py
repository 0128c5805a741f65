"""Shares among some against shares among others of the same strata, with an interval and a p-value.

The others are weighted so that they are spread over strata as the first are (direct standardisation), which is what
matching each of the first with all others of their stratum gives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from heartline.stats.intervals import wilson_interval


@dataclass(frozen=True)
class Difference:
    """``met`` and ``met_others``: shares among the matched; ``value``: their difference with its interval and p-value.

    matched: how many of the first have others in their stratum; others: how many others those are
    """

    met: float
    met_others: float
    value: float
    low: float
    high: float
    p: float
    matched: int
    others: int


def matched_difference(
    first: ArrayLike, first_met: ArrayLike, others: ArrayLike, others_met: ArrayLike, level: float = 0.9
) -> Difference | None:
    """Difference of shares, one entry a stratum; None where nobody can be matched.

    The interval puts Wilson's intervals of both shares together (Newcombe 1998), the p-value is that of the score test
    with the others' share for both; both stay honest where nobody of the first met it. Others count as many as their
    weights leave of them (Kish 1965).
    """
    m, a, n, b = (np.asarray(each, np.float64) for each in (first, first_met, others, others_met))
    both = (m > 0) & (n > 0)
    m, a, n, b = m[both], a[both], n[both], b[both]
    total = m.sum()
    if total <= 0:
        return None
    met, base = float(a.sum() / total), float((m * b / n).sum() / total)
    size = float(1 / ((m / total) ** 2 / n).sum())
    _, low, high = wilson_interval([a.sum(), base * size], [total, size], level)
    value = met - base
    usual = (a.sum() + base * size) / (total + size)
    error = float(np.sqrt(usual * (1 - usual) * (1 / total + 1 / size)))
    return Difference(
        met,
        base,
        value,
        value - float(np.hypot(met - low[0], high[1] - base)),
        value + float(np.hypot(high[0] - met, base - low[1])),
        float(2 * ndtr(-abs(value) / error)) if error > 0 else 1.0,
        int(total),
        int(n.sum()),
    )
