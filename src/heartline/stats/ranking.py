"""How good probabilities were, once it is known what came: ranking, calibration, lift, and all of it with intervals.

Intervals are from a bootstrap of customers: whoever is drawn comes with all of their predictions, because what is said
of one person month after month is not many independent trials. Same seed, same answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats

LEAST = 1e-6
"""A probability this near 0 or 1 counts as no surer: one surprise would otherwise outweigh every other case."""


@dataclass(frozen=True)
class Bin:
    """Cases of alike probability: how many, the mean of what was said and the share of those who did it."""

    n: int
    said: float
    came: float


class Ranked:
    """Probabilities sorted once, so that the area under the curve of any weighting of the cases is quick."""

    def __init__(self, said: ArrayLike, came: ArrayLike) -> None:
        scores = np.asarray(said, np.float64)
        self._came = np.asarray(came, np.float64)
        distinct, self._place = np.unique(scores, return_inverse=True)
        self._size = len(distinct)

    def auc(self, weight: Floats | None = None) -> float:
        """Chance that one who did it was told a higher probability than one who did not; ties count half.

        Not-a-number where everybody or nobody did it.
        """
        w = np.ones(len(self._came)) if weight is None else weight
        did = np.bincount(self._place, w * self._came, self._size)
        did_not = np.bincount(self._place, w * (1 - self._came), self._size)
        pairs = did.sum() * did_not.sum()
        if pairs <= 0:
            return float("nan")
        return float(np.dot(did, np.cumsum(did_not) - did_not / 2) / pairs)


def auc(said: ArrayLike, came: ArrayLike) -> float:
    """Area under the ROC curve; see ``Ranked.auc``."""
    return Ranked(said, came).auc()


def log_losses(said: ArrayLike, came: ArrayLike) -> Floats:
    """Log loss of each case, in nats."""
    p = np.clip(np.asarray(said, np.float64), LEAST, 1 - LEAST)
    y = np.asarray(came, np.float64)
    found: Floats = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    return found


def brier(said: ArrayLike, came: ArrayLike) -> float:
    """Mean squared distance of what was said from what came; not-a-number without a case."""
    p, y = np.asarray(said, np.float64), np.asarray(came, np.float64)
    return float(((p - y) ** 2).mean()) if len(p) else float("nan")


def reliability(said: ArrayLike, came: ArrayLike, bins: int = 10) -> list[Bin]:
    """Cases in ``bins`` parts of nearly equal size by what was said, lowest first; equal ones stay together."""
    p, y = np.asarray(said, np.float64), np.asarray(came, np.float64)
    if len(p) != len(y):
        raise StatisticsError("probabilities and outcomes of different lengths", "one outcome a case", "align them")
    if not len(p):
        return []
    edges = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)[1:-1], method="lower"))
    which = np.searchsorted(edges, p, side="left")
    return [
        Bin(int(here.sum()), float(p[here].mean()), float(y[here].mean()))
        for each in range(len(edges) + 1)
        if (here := which == each).any()
    ]


def calibration_error(bins: list[Bin]) -> float:
    """Mean distance between what was said and what came over bins, weighted by their cases; not-a-number without."""
    n = sum(one.n for one in bins)
    return sum(one.n * abs(one.said - one.came) for one in bins) / n if n else float("nan")


def lift(said: ArrayLike, came: ArrayLike, share: float) -> float:
    """How many times the usual rate the top ``share`` reaches; of those who tie at its edge, the mean counts.

    Not-a-number where nobody did it.
    """
    p, y = np.asarray(said, np.float64), np.asarray(came, np.float64)
    usual = y.mean() if len(y) else 0.0
    if usual <= 0:
        return float("nan")
    most = max(1.0, share * len(p))
    edge = np.sort(p)[::-1][int(np.ceil(most)) - 1]
    above, at = p > edge, p == edge
    found = y[above].sum() + (most - above.sum()) * y[at].mean()
    return float(found / most / usual)


def customer_weights(customers: ArrayLike, replicates: int, seed: int = 0) -> NDArray[np.float64]:
    """``replicates`` x cases: how often each case counts when customers are drawn with replacement."""
    _, which = np.unique(np.asarray(customers), return_inverse=True)
    many = int(which.max()) + 1 if len(which) else 0
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(many, np.full(many, 1 / many), size=replicates) if many else np.zeros((replicates, 0))
    found: NDArray[np.float64] = drawn[:, which].astype(np.float64)
    return found


def bounds(draws: ArrayLike, level: float = 0.9) -> tuple[float | None, float | None]:
    """(low, high) of bootstrap draws; None where fewer than half of them are numbers."""
    found = np.asarray(draws, np.float64)
    known = found[np.isfinite(found)]
    if len(known) < len(found) / 2 or not len(known):
        return None, None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
