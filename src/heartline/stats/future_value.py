"""What one customer will actually spend: the distribution of a random number of purchases of random value.

Given ``y`` purchases, their sum under the Gamma-Gamma model is (v + spent so far) times a beta-prime variable with
shapes (p y, q + p x). So the distribution of future value is a mixture over y, and - after division by (v + spent so
far) - depends on the count history alone: quantiles are worked out once per distinct history and multiplied back.

Everything here is exact up to numerical tolerance: no random numbers, so that the answer is the same on every engine
and in whatever order customers come.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats

# Of the probability at the quantile.
TOLERANCE = 1e-6
# Counts less likely than this cannot move a quantile by anything that shows.
NEGLIGIBLE = 1e-5


def value_interval(
    probabilities: ArrayLike, observed: ArrayLike, p: float, q: float, level: float = 0.9
) -> tuple[Floats, Floats]:
    """(low, high) of the ACTUAL future value divided by (v + spent so far), one per row.

    Both tails hold (1 - level) / 2 where that can be. Where no purchase at all is likelier than a tail, the lower end
    is 0 and cuts nothing off; the upper end is then the quantile at ``level``, so that coverage stays what it says.
    Where no purchase is likelier than ``level``, both ends are 0 and coverage is higher. Arguments as below.
    """
    rows = np.atleast_2d(np.asarray(probabilities, dtype=np.float64))
    tail = (1 - level) / 2
    one_sided = rows[:, 0] >= tail
    low = value_quantile(rows, observed, p, q, tail)
    return low, value_quantile(rows, observed, p, q, np.where(one_sided, level, 1 - tail))


def value_quantile(probabilities: ArrayLike, observed: ArrayLike, p: float, q: float, level: ArrayLike) -> Floats:
    """Quantile of future value divided by (v + spent so far), one per row.

    ``probabilities``: rows of probabilities of 0, 1, 2, ... purchases; ``observed``: purchases x behind "spent so far"
    (0 where none); ``p``, ``q``: of the Gamma-Gamma model; ``level`` in 0…1, one or one per row. 0 where no purchase
    is likelier than ``level``. Multiply by (v + x * mean value) for money.
    """
    levels = np.asarray(level, dtype=np.float64)
    if np.any(levels <= 0) or np.any(levels >= 1) or p <= 0 or q <= 0:
        raise StatisticsError(f"p {p}, q {q} or a level", "level in 0…1, positive p and q", "check the fit")
    rows = np.atleast_2d(np.asarray(probabilities, dtype=np.float64))
    shape = q + p * np.atleast_1d(np.asarray(observed, dtype=np.float64))
    levels = np.broadcast_to(levels, len(rows))
    answer = np.zeros(len(rows))
    open_rows = np.flatnonzero(rows[:, 0] < levels)
    if not len(open_rows):
        return answer
    answer[open_rows] = _mixture_quantile(rows[open_rows], shape[open_rows], p, levels[open_rows])
    return answer


def _mixture_quantile(rows: Floats, shape: Floats, p: float, level: Floats) -> Floats:
    """Solve sum_y P(y) I_u(p y, shape) = level for u = s / (1 + s), by Newton steps kept inside a shrinking bracket."""
    n = len(rows)
    low, high = np.zeros(n), np.ones(n)
    y_mean = (rows * np.arange(rows.shape[1])).sum(axis=1) / np.maximum(1 - rows[:, 0], 1e-12)
    u = np.clip(p * y_mean / (p * y_mean + shape), 1e-6, 1 - 1e-6)
    active = np.arange(n)
    row_of, y_of = np.nonzero((rows > NEGLIGIBLE) & (np.arange(rows.shape[1]) > 0))
    weight, first, second = rows[row_of, y_of], p * y_of, shape[row_of]
    log_beta = special.betaln(first, second)
    nothing = rows[:, 0].copy()
    for _ in range(60):
        at = u[row_of]
        below = np.bincount(row_of, weights=weight * special.betainc(first, second, at), minlength=n) + nothing
        log_density = (first - 1) * np.log(at) + (second - 1) * np.log1p(-at) - log_beta
        density = np.bincount(row_of, weights=weight * np.exp(log_density), minlength=n)
        gap = below - level
        low[active] = np.where(gap[active] < 0, u[active], low[active])
        high[active] = np.where(gap[active] >= 0, u[active], high[active])
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            step = u - gap / density
        middle = (low + high) / 2
        moved = np.where(np.isfinite(step) & (step > low) & (step < high), step, middle)
        settled = (np.abs(gap) < TOLERANCE) | (high - low < 1e-12)
        u = np.where(settled, u, moved)
        active = active[~settled[active]]
        if not len(active):
            break
        keep = ~settled[row_of]
        row_of, weight, first, second = row_of[keep], weight[keep], first[keep], second[keep]
        log_beta = log_beta[keep]
        # the terms of a settled row are gone: this makes its gap 0, so that it keeps its answer
        nothing[settled] = level[settled]
    return np.asarray(u / (1 - u))


def discount_factors(rate_per_year: float, days: ArrayLike) -> Floats:
    """Present value of 1 paid after ``days``: (1 + rate) ^ -(days / 365.25)."""
    if rate_per_year <= -1:
        raise StatisticsError(f"a discount rate of {rate_per_year}", "above -1 (0.1 is 10 % a year)", "check settings")
    return np.asarray((1 + rate_per_year) ** (-np.asarray(days, dtype=np.float64) / 365.25))
