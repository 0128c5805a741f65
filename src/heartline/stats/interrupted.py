"""Interrupted time series: what a series does after a date, against its own trend from before carried on.

Segmented regression with a change of level and of slope (Wagner, Soumerai, Zhang & Ross-Degnan 2002), weighted by what
stands behind each period. What lingers from period to period is a first-order autoregression whose strength a short
series hardly tells: every strength from 0 to 0.98 is fitted by generalised least squares, and counts as the data speak
for it (restricted likelihood: Cheang & Reinsel 2000; averaging: Zellner & Tiao 1964). Intervals are those of the
mixture, so that not knowing the strength makes them wider.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special, stats

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats

LEAST_BEFORE, LEAST_AFTER = 8, 4
LINGERING = np.linspace(0.0, 0.98, 50)


@dataclass(frozen=True)
class Interruption:
    """The mean difference after, with interval and p-value.

    estimate: mean over the periods after of what was seen minus the trend from before carried on
    before, after: plain means; expected: mean of the trend carried on; autocorrelation: lag one, 0 or more, its mean as
    the data speak for it
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
    shares = w[after] / w[after].sum()
    reach = float(shares @ (place[after] - first))
    toward = np.array([0.0, 1.0, 0.0, reach])[: x.shape[1]]
    found, error, count, rho = _lingering(np.sqrt(w) * y, np.sqrt(w)[:, None] * x, toward)
    estimate, freedom = float(count @ found), n - x.shape[1]

    def below(at: float) -> float:
        return float(count @ special.stdtr(freedom, (at - found) / error))

    widest = 1e4 * error.max() + np.ptp(found)
    low, high = (
        optimize.brentq(lambda at, part=part: below(at) - part, estimate - widest, estimate + widest)
        for part in ((1 - level) / 2, (1 + level) / 2)
    )
    chance = 2 * min(below(0.0), 1 - below(0.0))
    mean_after = float(shares @ y[after])
    return Interruption(
        estimate, float(low), float(high), float(min(chance, 1.0)), float((w[~after] @ y[~after]) / w[~after].sum()),
        mean_after, mean_after - estimate, rho,
    )  # fmt: skip


def _lingering(y: Floats, x: Floats, toward: Floats) -> tuple[Floats, Floats, Floats, float]:
    """For each strength of lingering: estimate and error of ``toward``, and how much it counts; the mean strength."""
    n, fitted = x.shape
    rho = LINGERING[:, None]
    start = np.sqrt(1 - rho**2)
    own = np.concatenate([start * y[0], y[1:] - rho * y[:-1]], axis=1)[..., None]
    rows = np.concatenate([start[..., None] * x[:1], x[1:] - rho[..., None] * x[:-1]], axis=1)
    inverse = np.linalg.inv(rows.transpose(0, 2, 1) @ rows)
    beta = inverse @ (rows.transpose(0, 2, 1) @ own)
    least = 1e-24 * float(y @ y) + 1e-300  # a series without any noise
    left = np.maximum(((own - rows @ beta) ** 2).sum(axis=(1, 2)), least)
    errors = np.sqrt(left / (n - fitted) * (inverse @ toward @ toward))
    logs = np.log(start[:, 0]) + 0.5 * np.linalg.slogdet(inverse)[1] - (n - fitted) / 2 * np.log(left)
    count = np.exp(logs - logs.max())
    count /= count.sum()
    return np.asarray(beta[..., 0] @ toward), errors, count, float(count @ LINGERING)


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
