"""What part of an outcome's explained variation goes with each driver, with intervals and how far to trust the order.

Shares are Shapley shares of R² (``heartline.stats.shapley``), freed from what chance gives every driver and brought to
a sum of 1. The bootstrap draws blocks of customers (``heartline.stats.moments``). Nothing here is a cause.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import stats

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats
from heartline.stats.moments import correlations, draw_totals
from heartline.stats.shapley import (
    EXACT_UP_TO,
    Shares,
    adjusted,
    draw_orders,
    exact_shares,
    inflation,
    johnson,
    sampled_shares,
    shapley,
)

REPLICATES = 200
_EXACT_DRAWS = 14  # drivers up to which every draw goes through all subsets
_PAIRS = 48


@dataclass(frozen=True)
class Importance:
    """Drivers of one outcome; one entry a driver unless said.

    share, low, high: share of the explained variation, 0 to 1, with its 90 % interval; shares sum to 1
    found: shares as they were found, in units of R², with the error of sampling orders; they sum to ``found.r2``
    r2: explained variation after controls, freed from chance (adjusted R²), with ``r2_low`` and ``r2_high``
    p_value: chance of explaining as much where no driver goes with the outcome (F test)
    inflation: variance inflation; swaps: share of draws in which the driver changes places with a neighbour in rank
    check: Johnson's relative weights, brought to a sum of 1
    """

    share: Floats
    low: Floats
    high: Floats
    found: Shares
    r2: float
    r2_low: float
    r2_high: float
    p_value: float
    inflation: Floats
    swaps: Floats
    check: Floats


def importance(
    products: Floats, controls: int, rows: float, level: float = 0.9, replicates: int = REPLICATES, seed: int = 0,
    exact_up_to: int = EXACT_UP_TO,
) -> Importance:  # fmt: skip
    """Importance of the drivers in block sums of (1, controls, drivers, outcome).

    rows: customers behind the sums; with weights, how many equal ones they are worth. Raises StatisticsError with no
    driver, no more rows than variables, or an outcome that does not vary.
    """
    count = products.shape[1] - controls - 2
    free = rows - count - controls - 1
    if count < 1 or free < 1:
        raise StatisticsError(
            f"{count} drivers, {rows:.0f} rows", "drivers, and more rows than variables", "leave drivers out"
        )
    total = products.sum(axis=0)
    if not total[0, 0] > 0 or total[-1, -1] - total[0, -1] ** 2 / total[0, 0] <= 1e-12 * abs(total[-1, -1]):
        raise StatisticsError("an outcome that is the same for all", "one that varies", "choose another outcome")
    matrix, outcome = correlations(total, controls)
    found = shapley(matrix, outcome, exact_up_to, seed=seed)
    many, with_outcome = correlations(draw_totals(products, replicates, seed), controls)
    drawn = _draws(matrix, outcome, found, many, with_outcome, seed)
    freed = adjusted(drawn, rows, controls, noise=2.0)
    share, shares = _to_one(adjusted(found.share, rows, controls)), _to_one(freed)
    tail = (1 - level) / 2
    low, high = np.quantile(shares, [tail, 1 - tail], axis=0)
    r2 = float(adjusted(found.share, rows, controls).sum())
    r2_low, r2_high = np.quantile(freed.sum(axis=1), [tail, 1 - tail])
    ratio = found.r2 / count / max((1 - found.r2) / free, 1e-12)
    return Importance(
        share, np.minimum(low, share), np.maximum(high, share), found, r2, float(min(r2_low, r2)),
        float(max(r2_high, r2)), float(stats.f.sf(ratio, count, free)), inflation(matrix), _swaps(share, shares),
        _to_one(johnson(matrix, outcome)),
    )  # fmt: skip


def _draws(
    matrix: Floats, outcome: Floats, found: Shares, many: Floats, with_outcome: Floats, seed: int
) -> Floats:  # fmt: skip
    """Shares of each draw; with many drivers by what a few orders say it differs from the whole sample.

    The same orders for both, so that the error of the few mostly cancels.
    """
    if len(outcome) <= _EXACT_DRAWS and found.method == "exact":
        return exact_shares(many, with_outcome)
    orders = draw_orders(len(outcome), _PAIRS, seed)
    whole = sampled_shares(matrix[None], outcome[None], orders)
    return np.asarray(found.share + sampled_shares(many, with_outcome, orders) - whole, dtype=np.float64)


def _to_one(shares: Floats) -> Floats:
    positive = np.maximum(shares, 0.0)
    total = positive.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(positive, total, out=np.zeros_like(positive), where=total > 0), dtype=np.float64)


def _swaps(share: Floats, drawn: Floats) -> Floats:
    order = np.argsort(-share, kind="stable")
    swaps = np.zeros(len(share))
    for first, second in pairwise(order):
        turned = float(np.mean(drawn[:, second] > drawn[:, first]))
        swaps[first], swaps[second] = max(swaps[first], turned), max(swaps[second], turned)
    return swaps
