"""Sums of squares and products by block of customers: all that a regression and its bootstrap need of the rows.

Each block holds a random part of the customers. Drawing blocks with replacement is the bootstrap over customers at the
price of a weighted sum of small matrices; rows are read once. Sources: Efron & Tibshirani (1993, ch. 8); random groups:
Wolter (2007, ch. 2).

Variables stand in the order: the constant 1, controls, drivers, outcome.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats

BLOCKS = 64
_FLAT = 1e-12  # variation, against the raw sum of squares, below which a variable is constant


def block_products(columns: Floats, block: ArrayLike, weight: ArrayLike | None = None, blocks: int = BLOCKS) -> Floats:
    """Weighted sums of products in each block: (blocks, m, m) from rows (n, m), block numbers (n) and weights (n).

    Raises StatisticsError for values that are not numbers.
    """
    rows = np.asarray(columns, dtype=np.float64)
    place = np.asarray(block, dtype=np.int64)
    weights = np.ones(len(rows)) if weight is None else np.asarray(weight, dtype=np.float64)
    if not (np.all(np.isfinite(rows)) and np.all(np.isfinite(weights))):
        raise StatisticsError("rows with missing values", "numbers", "fill them, and say how, or leave them out")
    order = np.argsort(place, kind="stable")
    ends = np.searchsorted(place[order], np.arange(blocks + 1))
    products = np.empty((blocks, rows.shape[1], rows.shape[1]))
    for number in range(blocks):
        mine = order[ends[number] : ends[number + 1]]
        products[number] = (rows[mine] * weights[mine, None]).T @ rows[mine]
    return products


def draw_totals(products: Floats, replicates: int, seed: int = 0) -> Floats:
    """Sums over blocks drawn with replacement: (replicates, m, m)."""
    count = len(products)
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=replicates)
    size = products.shape[1]
    return (drawn.astype(np.float64) @ products.reshape(count, -1)).reshape(replicates, size, size)


def after_controls(totals: Floats, controls: int) -> Floats:
    """Sums of products of what the constant and the first ``controls`` variables leave over: (..., m', m')."""
    split = controls + 1
    held, across, rest = totals[..., :split, :split], totals[..., :split, split:], totals[..., split:, split:]
    return np.asarray(rest - np.swapaxes(across, -1, -2) @ solve(held, across), dtype=np.float64)


def correlations(totals: Floats, controls: int) -> tuple[Floats, Floats]:
    """(between drivers, with the outcome) of what controls leave over: (..., p, p) and (..., p).

    A driver that does not vary correlates with nothing.
    """
    left = after_controls(totals, controls)
    own = np.diagonal(left, axis1=-2, axis2=-1)
    raw = np.diagonal(totals, axis1=-2, axis2=-1)[..., controls + 1 :]
    moves = own > _FLAT * raw
    scale = np.where(moves, 1 / np.sqrt(np.where(moves, own, 1.0)), 0.0)
    found = np.clip(left * scale[..., :, None] * scale[..., None, :], -1.0, 1.0)
    at = np.arange(found.shape[-1])
    found[..., at, at] = 1.0
    return found[..., :-1, :-1], found[..., :-1, -1]


def coefficients(totals: Floats) -> Floats:
    """Least-squares coefficients of every variable but the last, the outcome: (..., m - 1)."""
    return np.asarray(solve(totals[..., :-1, :-1], totals[..., :-1, -1:])[..., 0], dtype=np.float64)


def slopes(
    products: Floats, controls: int, level: float = 0.9, replicates: int = 200, seed: int = 0
) -> tuple[Floats, Floats, Floats]:
    """(coefficient, low, high) of each driver in the regression on all of them, from block sums."""
    first, tail = controls + 1, (1 - level) / 2
    point = coefficients(products.sum(axis=0))[first:]
    drawn = coefficients(draw_totals(products, replicates, seed))[:, first:]
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return point, np.minimum(low, point), np.maximum(high, point)


def solve(matrix: Floats, right: Floats) -> Floats:
    """Solution of symmetric equations that may be nearly singular, each variable first brought to one scale."""
    size = np.sqrt(np.maximum(np.diagonal(matrix, axis1=-2, axis2=-1), 1e-300))
    scaled = matrix / size[..., :, None] / size[..., None, :]
    at = np.arange(matrix.shape[-1])
    scaled[..., at, at] = np.maximum(scaled[..., at, at], 1.0) + 1e-10
    return np.asarray(np.linalg.solve(scaled, right / size[..., :, None]) / size[..., :, None], dtype=np.float64)
