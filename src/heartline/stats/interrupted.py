"""Interrupted time series: what a series does after a date, against its own trend from before carried on.

Segmented regression with a change of level and of slope (Wagner, Soumerai, Zhang & Ross-Degnan 2002), weighted by what
stands behind each period. Errors allow for autocorrelation (Newey & West 1987) with Bartlett weights and the degrees of
freedom left. That is too small in short series: they are never less than the plain ones, nor than those of a
first-order autoregression.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from heartline.errors import StatisticsError

LEAST_BEFORE, LEAST_AFTER = 8, 4


@dataclass(frozen=True)
class Interruption:
    """The mean difference after, with interval and p-value.

    estimate: mean over the periods after of what was seen minus the trend from before carried on
    before, after: plain means; expected: mean of the trend carried on; autocorrelation: of the residuals, lag one
    """

    estimate: float
    low: float
    high: float
    p: float
    before: float
    after: float
    expected: float
    autocorrelation: float


def interrupted(
    values: ArrayLike, weights: ArrayLike, first: int, level: float = 0.9, trend: bool = True
) -> Interruption:
    """The series against its own trend; one entry a period, ``first`` the first one after.

    trend: False compares the two means alone, for a series that is itself a difference between treated and others.
    Periods of weight 0 are left out. Raises StatisticsError with fewer than 8 periods before or 4 after.
    """
    y, w = np.asarray(values, np.float64), np.asarray(weights, np.float64)
    place = np.arange(len(y), dtype=np.float64)
    keep = np.isfinite(y) & (w > 0)
    y, w, place = y[keep], w[keep] / w[keep].mean(), place[keep]
    after = place >= first
    n, later = len(y), int(after.sum())
    if n - later < LEAST_BEFORE or later < LEAST_AFTER:
        raise StatisticsError(
            f"{n - later} periods before and {later} after", f"{LEAST_BEFORE} and {LEAST_AFTER}", "wait for more"
        )
    x = np.column_stack([np.ones(n), after, place - first, after * (place - first)])[:, : 4 if trend else 2]
    fitted = x.shape[1]
    root = np.sqrt(w)
    bread = np.linalg.inv((x * w[:, None]).T @ x)
    beta = bread @ (x * w[:, None]).T @ y
    left = y - x @ beta
    scores = x * (w * left)[:, None]
    own = left * root
    rho = float(np.clip((own[1:] * own[:-1]).sum() / max((own**2).sum(), 1e-300), -0.9, 0.9))
    # a residual's autocorrelation falls short of the error's by about this much for the terms that are fitted
    rho = min(0.9, rho + fitted * (1 + max(rho, 0.0)) / n)
    lags = max(1, int(np.floor(4 * (n / 100) ** (2 / 9))))
    meat = scores.T @ scores
    for lag in range(1, lags + 1):
        cross = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (cross + cross.T)
    freedom = n - fitted
    robust = bread @ meat @ bread * n / freedom
    plain = bread * float((own**2).sum()) / freedom
    inflated = plain * max(1.0, (1 + rho) / (1 - rho))
    shares = w[after] / w[after].sum()
    reach = float(shares @ (place[after] - first))
    toward = np.array([0.0, 1.0, 0.0, reach])[:fitted]
    estimate = float(toward @ beta)
    variance = max(float(toward @ each @ toward) for each in (robust, plain, inflated))
    error = float(np.sqrt(variance))
    half = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    mean_after = float(shares @ y[after])
    return Interruption(
        estimate, estimate - half, estimate + half,
        float(2 * stats.t.sf(abs(estimate) / error, freedom)) if error > 0 else 1.0,
        float((w[~after] @ y[~after]) / w[~after].sum()), mean_after, mean_after - estimate, rho,
    )  # fmt: skip


def slope(values: ArrayLike, weights: ArrayLike) -> tuple[float, float]:
    """(slope per period, p-value) of a series, its errors taken as a first-order autoregression.

    Not-a-number with fewer than 8 periods of a weight above 0.
    """
    y, w = np.asarray(values, np.float64), np.asarray(weights, np.float64)
    place = np.arange(len(y), dtype=np.float64)
    keep = np.isfinite(y) & (w > 0)
    y, w, place = y[keep], w[keep], place[keep]
    n = len(y)
    if n < LEAST_BEFORE:
        return float("nan"), float("nan")
    off = place - (w @ place) / w.sum()
    spread = float(w @ off**2)
    found = float((w * off) @ y) / spread
    own = np.sqrt(w) * (y - (w @ y) / w.sum() - found * off)
    rho = float(np.clip((own[1:] @ own[:-1]) / max(float(own @ own), 1e-300), 0.0, 0.9))
    rho = min(0.9, rho + 2 * (1 + rho) / n)
    error = float(np.sqrt((own @ own) / (n - 2) / spread * (1 + rho) / (1 - rho)))
    return found, float(2 * stats.t.sf(abs(found) / error, n - 2)) if error > 0 else float(found == 0)
