"""Forecasts per purchase history: everything about the future that depends on (frequency, recency, age) alone.

Many customers share a history, and money enters only as a factor (see ``future_value``), so a forecast is made once per
distinct history and joined back.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from heartline.stats import bgnbd, nbd
from heartline.stats.bgnbd import BgNbd
from heartline.stats.future_value import discount_factors, value_interval
from heartline.stats.likelihood import Floats
from heartline.stats.nbd import Nbd

# Money later in the horizon is worth less: the horizon is cut into this many days a slice, at most MOST_SLICES.
SLICE_DAYS = 30.0
MOST_SLICES = 24
# Memory: probabilities held at once (about 4 MB an array). Counts beyond MOST_COUNT are lumped together.
CELLS = 500_000
MOST_THREADS = 4
MOST_COUNT = 4096
# Chance that the count lies beyond the last column.
BEYOND = 1e-4


@dataclass(frozen=True, eq=False)
class Forecast:
    """One entry per history.

    ``p_alive``: probability of still being a customer (of the BG/NBD; ``nbd.p_silence`` under the NBD, see there).
    ``purchases``: expected over the horizon. ``discounted``: the same, each purchase counted at its present value.
    ``low``, ``high``: interval of the ACTUAL present value, divided by (v + spent so far).
    """

    p_alive: Floats
    purchases: Floats
    discounted: Floats
    low: Floats
    high: Floats


def forecast(
    model: BgNbd | Nbd,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    horizon_days: float,
    discount_rate: float,
    spend_shape: tuple[float, float],
    level: float = 0.9,
) -> Forecast:
    """Forecast each history (times in days) over ``horizon_days``.

    ``discount_rate``: share a year. ``spend_shape``: (p, q) of the spend model, whose evidence is the first purchase
    and all repeats (frequency + 1 purchases). The interval is predictive and takes the fitted parameters as given;
    its discount is the average one of the history's expected purchases.
    """
    x, t_x, t = (np.asarray(each, dtype=np.float64) for each in (frequency, recency, age))
    purchases = _expected(model, x, t_x, t, horizon_days)
    worth = discounted(model, x, t_x, t, horizon_days, discount_rate)
    ratio = np.divide(worth, purchases, out=np.ones_like(purchases), where=purchases > 0)
    low, high = np.zeros_like(purchases), np.zeros_like(purchases)

    def fill(task: tuple[NDArray[np.int64], int]) -> None:
        chunk, most = task
        rows = _probabilities(model, x[chunk], t_x[chunk], t[chunk], horizon_days, most)
        low[chunk], high[chunk] = value_interval(rows, x[chunk] + 1, *spend_shape, level)

    # numpy and scipy work outside the interpreter's lock, and chunks write to places of their own
    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
        list(pool.map(fill, _chunks(model, x, t, horizon_days)))
    alive = bgnbd.p_alive(model, x, t_x, t) if isinstance(model, BgNbd) else nbd.p_silence(model, x, t_x, t)
    return Forecast(alive, purchases, worth, low * ratio, high * ratio)


def _expected(model: BgNbd | Nbd, x: Floats, t_x: Floats, t: Floats, horizon: float) -> Floats:
    if isinstance(model, BgNbd):
        return bgnbd.expected_purchases(model, x, t_x, t, horizon)
    return nbd.expected_purchases(model, x, t, horizon)


def _probabilities(model: BgNbd | Nbd, x: Floats, t_x: Floats, t: Floats, horizon: float, most: int) -> Floats:
    if isinstance(model, BgNbd):
        return bgnbd.count_probabilities(model, x, t_x, t, horizon, most)
    return nbd.count_probabilities(model, x, t, horizon, most)


def discounted(model: BgNbd | Nbd, x: Floats, t_x: Floats, t: Floats, horizon: float, rate: float) -> Floats:
    """Expected purchases over ``horizon`` days per history, each at its present value at ``rate`` a year."""
    slices = min(max(1, ceil(horizon / SLICE_DAYS)), MOST_SLICES)
    edges = np.linspace(0.0, horizon, slices + 1)
    factors = discount_factors(rate, (edges[1:] + edges[:-1]) / 2)
    total, before = np.zeros_like(x), np.zeros_like(x)
    for edge, factor in zip(edges[1:], factors, strict=True):
        until = _expected(model, x, t_x, t, float(edge))
        total += (until - before) * factor
        before = until
    return total


def _chunks(model: BgNbd | Nbd, x: Floats, t: Floats, horizon: float) -> list[tuple[NDArray[np.int64], int]]:
    """Histories grouped by how many purchases are possible, so that rare heavy buyers do not widen every row."""
    share = (model.alpha + t) / (model.alpha + t + horizon)
    # the count cannot exceed that of a customer who never leaves, which is negative binomial
    most = np.full(len(x), 4)
    unsettled = np.arange(len(x))
    while len(unsettled):
        beyond = special.betainc(most[unsettled] + 1.0, model.r + x[unsettled], 1 - share[unsettled])
        unsettled = unsettled[(beyond > BEYOND) & (most[unsettled] < MOST_COUNT)]
        most[unsettled] *= 2
    chunks = []
    for size in np.unique(most):
        members = np.flatnonzero(most == size)
        step = max(1, CELLS // int(size + 1))
        chunks += [(members[start : start + step], int(size)) for start in range(0, len(members), step)]
    return chunks
