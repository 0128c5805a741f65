"""What a bad and what a good experience each go with: must-haves, performance, delighters, and where more adds less.

A regression on two marks a driver, bad and good, against everything between (Brandt 1987). The penalty is what a bad
experience goes with, the reward what a good one does. A must-have costs when bad and brings little when good, a
delighter the other way round; the three factors are those of Kano (1984), told apart by regression as in Matzler,
Bailom, Hinterhuber, Renzl & Pichler (2004); that key drivers hold two sorts is Conklin, Powaga & Lipovetsky (2004).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heartline.stats.likelihood import Floats
from heartline.stats.moments import coefficients, draw_totals

MUST_HAVE, PERFORMANCE, DELIGHTER = "must_have", "performance", "delighter"
REPLICATES = 200


@dataclass(frozen=True)
class Effects:
    """Penalty and reward of each driver in outcome points, with 90 % intervals; not-a-number with too few marks.

    kind: must_have, performance or delighter; empty where the intervals leave it open, or where a bad experience goes
        with a better outcome, or a good one with a worse, than the middle: something else stands behind it
    """

    penalty: Floats
    penalty_low: Floats
    penalty_high: Floats
    reward: Floats
    reward_low: Floats
    reward_high: Floats
    kind: tuple[str, ...]


@dataclass(frozen=True)
class Saturation:
    """How much a very good experience adds to a good one, in outcome points, and that less the step to good.

    more, more_low, more_high: from good to very good; bend: ``more`` minus the step from the middle to good, with
    ``bend_low`` and ``bend_high``, 90 %; not-a-number with too few marks
    """

    more: Floats
    more_low: Floats
    more_high: Floats
    bend: Floats
    bend_low: Floats
    bend_high: Floats


def penalty_reward(
    products: Floats, controls: int, least: float, better: float = 1.0, level: float = 0.9,
    replicates: int = REPLICATES, seed: int = 0,
) -> Effects:  # fmt: skip
    """Effects from block sums of (1, controls, bad marks, good marks, outcome).

    least: customers who must have a mark for its effect to be told; better: -1 where less of the outcome is better
    """
    count = (products.shape[1] - controls - 2) // 2
    first = controls + 1
    point, drawn = _fit(products, replicates, seed)
    marked = products.sum(axis=0)[0, first : first + 2 * count] >= least
    bad, good = slice(first, first + count), slice(first + count, first + 2 * count)
    tail = (1 - level) / 2
    harm, gain = -better * drawn[:, bad], better * drawn[:, good]
    harm_low = np.quantile(harm, tail, axis=0)
    gain_low = np.quantile(gain, tail, axis=0)
    tilt_low, tilt_high = np.quantile(gain - harm, [tail, 1 - tail], axis=0)
    kinds = np.full(count, "", dtype="<U12")
    kinds[(harm_low > 0) & (gain_low > 0)] = PERFORMANCE
    kinds[(harm_low > 0) & (tilt_high < 0)] = MUST_HAVE
    kinds[(gain_low > 0) & (tilt_low > 0)] = DELIGHTER
    odd = (np.quantile(harm, 1 - tail, axis=0) < 0) | (np.quantile(gain, 1 - tail, axis=0) < 0)
    kinds[odd | ~(marked[:count] & marked[count:])] = ""
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    known = np.concatenate([np.ones(first, dtype=bool), marked])
    point, low, high = (np.where(known, each, np.nan) for each in (point, low, high))
    return Effects(point[bad], low[bad], high[bad], point[good], low[good], high[good], tuple(kinds.tolist()))


def saturation(
    products: Floats, controls: int, least: float, level: float = 0.9, replicates: int = REPLICATES, seed: int = 0
) -> Saturation:
    """Steps from block sums of (1, controls, bad marks, good marks, very good marks, outcome).

    A very good experience bears both of the last two marks. ``least`` as in ``penalty_reward``, of those who stop at
    good and of those who go on.
    """
    count = (products.shape[1] - controls - 2) // 3
    first = controls + 1
    point, drawn = _fit(products, replicates, seed)
    marks = products.sum(axis=0)[0]
    good, top = slice(first + count, first + 2 * count), slice(first + 2 * count, first + 3 * count)
    known = (marks[top] >= least) & (marks[good] - marks[top] >= least)
    tail = (1 - level) / 2
    bends = drawn[:, top] - drawn[:, good]
    ends = [*np.quantile(drawn[:, top], [tail, 1 - tail], axis=0), *np.quantile(bends, [tail, 1 - tail], axis=0)]
    more_low, more_high, bend_low, bend_high = (np.where(known, each, np.nan) for each in ends)
    more, bend = np.where(known, point[top], np.nan), np.where(known, point[top] - point[good], np.nan)
    return Saturation(more, more_low, more_high, bend, bend_low, bend_high)


def _fit(products: Floats, replicates: int, seed: int) -> tuple[Floats, Floats]:
    return coefficients(products.sum(axis=0)), coefficients(draw_totals(products, replicates, seed))
