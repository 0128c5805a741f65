"""How fast acts after a first one fall off: the half-life of a rate that decays exponentially.

Each person's acts after the first come at a rate a · 2^(−t / half-life), seen for as long as the person could be seen
(a Poisson process with right censoring; maximum likelihood over the half-life, the rate profiled out).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from heartline.errors import StatisticsError

LEAST_ACTS = 20


def half_life(ages: ArrayLike, seen: ArrayLike, low: float = 14.0, high: float = 1460.0) -> tuple[float, float, float]:
    """(half-life, low, high) in days, with a 90 % profile-likelihood interval, kept within ``low`` … ``high``.

    ages: days from a person's first act to each later act; seen: days from the first act of each person to the end
    of what could be seen. Raises StatisticsError with fewer than 20 later acts.
    """
    t, end = np.asarray(ages, np.float64), np.asarray(seen, np.float64)
    if len(t) < LEAST_ACTS or end.sum() <= 0:
        raise StatisticsError(f"{len(t)} later acts", f"at least {LEAST_ACTS}", "use the usual half-life")
    tried = np.geomspace(low, high, 240)
    rate = np.log(2) / tried
    exposure = ((1 - np.exp(-rate[:, None] * end)) / rate[:, None]).sum(axis=1)
    score = -rate * t.sum() - len(t) * np.log(exposure)
    best = int(score.argmax())
    inside = tried[score >= score[best] - 1.353]  # half the 90 % point of chi-square with one degree of freedom
    return float(tried[best]), float(inside.min()), float(inside.max())
