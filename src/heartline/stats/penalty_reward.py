"""What a bad and what a good experience each go with: must-haves, performance, delighters, and where more adds less.

A regression on two marks a driver, bad and good, against everything between (Brandt 1987). The penalty is what a bad
experience goes with, the reward what a good one does. A must-have costs when bad and brings little when good, a
delighter the other way round; the three factors are those of Kano (1984), told apart by regression as in Matzler,
Bailom, Hinterhuber, Renzl & Pichler (2004); that key drivers hold two sorts is Conklin, Powaga & Lipovetsky (2004).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from heartline.stats.likelihood import Floats
from heartline.stats.moments import coefficients, draw_totals
from heartline.stats.multiple import false_discovery

MUST_HAVE, PERFORMANCE, DELIGHTER = "must_have", "performance", "delighter"
REPLICATES = 200
FALSE, ODD = 0.1, 0.25


@dataclass(frozen=True)
class Effects:
    """Penalty and reward of each driver in outcome points, with 90 % intervals; not-a-number with too few marks.

    kind: must_have, performance or delighter, among all drivers at a false discovery rate of 10 %; empty where that
        leaves it open, or where a bad experience goes with a better outcome than the middle, or a good one with a
        worse, by more than a quarter of the other effect: something else stands behind it
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
    verdict: whether the second step brings less than the first; None where the interval of the bend leaves it open
    """

    more: Floats
    more_low: Floats
    more_high: Floats
    bend: Floats
    bend_low: Floats
    bend_high: Floats
    verdict: tuple[bool | None, ...]


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
    both = marked[:count] & marked[count:]
    harms, gains = _sure(-better * point[bad], harm, both), _sure(better * point[good], gain, both)
    tilts = _sure(better * (point[good] + point[bad]), gain - harm, both)
    kinds = np.full(count, "", dtype="<U12")
    kinds[(harms > 0) & (gains > 0)] = PERFORMANCE
    kinds[(harms > 0) & (tilts < 0)] = MUST_HAVE
    kinds[(gains > 0) & (tilts > 0)] = DELIGHTER
    down, up = np.abs(point[bad]), np.abs(point[good])
    odd = ((harms < 0) & (down > ODD * up)) | ((gains < 0) & (up > ODD * down))
    kinds[odd | ~both] = ""
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    known = np.concatenate([np.ones(first, dtype=bool), marked])
    point, low, high = (np.where(known, each, np.nan) for each in (point, low, high))
    return Effects(point[bad], low[bad], high[bad], point[good], low[good], high[good], tuple(kinds.tolist()))


def saturation(
    products: Floats, controls: int, least: float, better: float = 1.0, level: float = 0.9,
    replicates: int = REPLICATES, seed: int = 0,
) -> Saturation:  # fmt: skip
    """Steps from block sums of (1, controls, bad marks, good marks, very good marks, outcome).

    A very good experience bears both of the last two marks. ``least`` and ``better`` as in ``penalty_reward``; as many
    must stop at good, and as many go on.
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
    less, no_less = better * bend_high < 0, better * bend_low >= 0
    if better < 0:
        less, no_less = better * bend_low < 0, better * bend_high >= 0
    verdict = tuple(True if one else False if other else None for one, other in zip(less, no_less, strict=True))
    return Saturation(more, more_low, more_high, bend, bend_low, bend_high, verdict)


def _sure(point: Floats, drawn: Floats, known: NDArray[np.bool_]) -> Floats:
    """Sign of each effect that stands among all at ``FALSE``; 0 of the others."""
    spread = np.std(drawn, axis=0, ddof=1)
    score = np.divide(point, spread, out=np.zeros_like(point), where=known & (spread > 0))
    chance = np.where(known, 2 * special.ndtr(-np.abs(score)), np.nan)
    return np.asarray(np.where(false_discovery(chance) < FALSE, np.sign(score), 0.0), dtype=np.float64)


def _fit(products: Floats, replicates: int, seed: int) -> tuple[Floats, Floats]:
    return coefficients(products.sum(axis=0)), coefficients(draw_totals(products, replicates, seed))
