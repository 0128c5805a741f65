"""Synthetic control: one treated unit against the mixture of others that went like it before.

Sources: Abadie & Gardeazabal (2003); Abadie, Diamond & Hainmueller (2010) for placebos in space and their ratio of
errors. Weights are not negative and add up to one, so nothing is extrapolated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize, nnls

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats

LEAST_DONORS, LEAST_BEFORE = 3, 5
FOR_INTERVAL = 19  # donors, so that a 90 % interval can be read off their placebos


@dataclass(frozen=True)
class Synthetic:
    """The mean gap after, and where it stands among placebos.

    weights: of each other unit; fit: root of the mean squared gap before
    rank: place of the treated unit's ratio of errors (after over before) among all units, 1 the largest
    p: rank / units
    low, high: not-a-number with fewer than 19 other units
    """

    estimate: float
    low: float
    high: float
    weights: Floats
    fit: float
    rank: int
    p: float
    gaps: Floats


def mixture(target: Floats, others: Floats) -> Floats:
    """Weights of ``others`` (units x periods), not negative and adding up to one, that come nearest to ``target``."""
    scale = max(float(np.abs(others).max(initial=0.0)), float(np.abs(target).max(initial=0.0)), 1e-12)
    a, b = others.T / scale, target / scale
    # a heavy row asks for a sum of one; a few steps of SLSQP then make it exact
    start, _ = nnls(np.vstack([a, np.full(a.shape[1], 100.0)]), np.append(b, 100.0))
    start = start / start.sum() if start.sum() > 0 else np.full(a.shape[1], 1 / a.shape[1])
    found = minimize(
        lambda w: float(((a @ w - b) ** 2).sum()), start, jac=lambda w: 2 * a.T @ (a @ w - b), method="SLSQP",
        bounds=[(0.0, 1.0)] * a.shape[1], constraints={"type": "eq", "fun": lambda w: w.sum() - 1.0},
        options={"maxiter": 200, "ftol": 1e-12},
    )  # fmt: skip
    best = found.x if found.success and found.fun <= ((a @ start - b) ** 2).sum() + 1e-12 else start
    best = np.clip(best, 0.0, None)
    return np.asarray(best / best.sum(), np.float64)


def synthetic_control(values: Floats, treated: int, first: int, level: float = 0.9) -> Synthetic:
    """``values``: units x periods without gaps; ``treated``: its row; ``first``: its first treated period.

    Raises StatisticsError with fewer than 3 other units, 5 periods before or 1 after.
    """
    units, periods = values.shape
    if units - 1 < LEAST_DONORS or first < LEAST_BEFORE or first >= periods:
        raise StatisticsError(
            f"{units - 1} other units, {first} periods before, {periods - first} after",
            f"{LEAST_DONORS}, {LEAST_BEFORE} and 1", "compare before with after",
        )  # fmt: skip
    gaps = np.empty_like(values, dtype=np.float64)
    own_weights = np.zeros(0)
    for unit in range(units):
        # the treated one lends to the others too: with few units a larger choice would fit better, and rank it first
        rest = [other for other in range(units) if other != unit]
        weights = mixture(values[unit, :first], values[rest, :first])
        gaps[unit] = values[unit] - weights @ values[rest]
        if unit == treated:
            own_weights = weights
    before = np.sqrt((gaps[:, :first] ** 2).mean(axis=1))
    after = np.sqrt((gaps[:, first:] ** 2).mean(axis=1))
    ratio = after / np.maximum(before, 1e-12)
    rank = int((ratio >= ratio[treated] - 1e-12).sum())
    estimate = float(gaps[treated, first:].mean())
    low = high = float("nan")
    if units - 1 >= FOR_INTERVAL:
        placebo = np.delete(gaps[:, first:].mean(axis=1), treated)
        ends = np.quantile(placebo, [(1 - level) / 2, (1 + level) / 2])
        low, high = estimate - float(ends[1]), estimate - float(ends[0])
    return Synthetic(
        estimate, low, high, own_weights, float(before[treated]), rank, rank / units, np.asarray(gaps[treated])
    )
