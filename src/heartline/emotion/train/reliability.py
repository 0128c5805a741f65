"""Do probabilities come true? Bins of a reliability diagram, the calibration error, and what silence buys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]


@dataclass(frozen=True)
class Bin:
    """Cases whose probability lies in one tenth: how many, the mean probability, and how often it was so."""

    cases: int
    said: float
    came: float


def bins(y: F32, p: F32, count: int = 10) -> list[Bin]:
    """Bins of equal width over all labels of (n, L) truth and probabilities; empty ones are left out."""
    at = np.minimum((p.ravel() * count).astype(int), count - 1)
    flat_y, flat_p = y.ravel(), p.ravel()
    found = []
    for k in range(count):
        inside = at == k
        if inside.any():
            found.append(Bin(int(inside.sum()), float(flat_p[inside].mean()), float(flat_y[inside].mean())))
    return found


def expected_error(y: F32, p: F32, count: int = 10) -> float:
    """Expected calibration error: mean distance of what was said and what came, weighted by cases (Guo et al. 2017)."""
    found = bins(y, p, count)
    total = sum(b.cases for b in found)
    return sum(b.cases * abs(b.said - b.came) for b in found) / total


def decided_error(y: F32, p: F32, decided: F32, count: int = 10) -> float:
    """The same over decided labels only, where the many easy noes cannot flatter it."""
    chosen = decided.astype(bool)
    return expected_error(y[chosen][:, None], p[chosen][:, None], count)


def coverage(
    right: NDArray[np.bool_], sure: F32, shares: tuple[float, ...] = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
) -> list[tuple[float, float]]:
    """(share of texts spoken about, share right among them), speaking first where it is surest."""
    order = np.argsort(-sure, kind="stable")
    return [(share, float(right[order[: max(round(share * len(order)), 1)]].mean())) for share in shares]
