"""How much of an outcome's explained variation each driver has: Shapley shares of R², exact or sampled, and a check.

A driver's share is what it adds to R², averaged over all orders in which drivers can enter the regression (Lindeman,
Merenda & Gold 1980; Kruskal 1987; the Shapley value of the game whose worth is R²). Shares are never negative, add up
to R², and give collinear drivers the same part of what they share. They describe variation; they name no cause.

All functions start from correlations, so that the number of rows costs nothing. Sampled orders: Castro, Gómez & Tejada
(2009), with each order beside its reverse. Quick check: Johnson (2000).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats

EXACT_UP_TO = 16
"""Drivers up to which all subsets are gone through; 2 to the power of it is their number."""
MOST_EXACT = 22
ORDERS = 2000
_CELLS = 4_000_000  # floats held at once
_SINGULAR = 1e-10  # a driver with less variation of its own than this has none


@dataclass(frozen=True)
class Shares:
    """Shares of R².

    share: one a driver, in units of R²; sums to ``r2``
    error: standard error of each from sampling orders; 0 where exact
    method: exact or sampled
    """

    share: Floats
    error: Floats
    r2: float
    method: str


def shapley(
    correlation: ArrayLike, outcome: ArrayLike, exact_up_to: int = EXACT_UP_TO, orders: int = ORDERS, seed: int = 0
) -> Shares:
    """Shares of R² from the correlations of the drivers (p x p) and of each with the outcome (p).

    Up to ``exact_up_to`` drivers exact, beyond by ``orders`` sampled orders. Raises StatisticsError for correlations
    that no data can have, or more than 22 drivers asked to be exact.
    """
    drivers, with_outcome = _checked(correlation, outcome)
    count = len(with_outcome)
    if not count:
        return Shares(np.zeros(0), np.zeros(0), 0.0, "exact")
    if count <= exact_up_to:
        share = exact_shares(drivers[None], with_outcome[None])[0]
        return Shares(share, np.zeros(count), float(share.sum()), "exact")
    pairs = draw_orders(count, max(orders // 2, 2), seed)
    each = _by_order(drivers[None], with_outcome[None], pairs)[0]
    halves = each.reshape(2, -1, count).mean(axis=0)
    error = np.std(halves, axis=0, ddof=1) / np.sqrt(len(halves))
    return Shares(halves.mean(axis=0), error, float(halves.mean(axis=0).sum()), "sampled")


def subset_r2(correlation: Floats, outcome: Floats) -> Floats:
    """R² of every subset of drivers: (batch, 2^p) from (batch, p, p) and (batch, p).

    Bit j of a subset's number says whether driver j is in. Drivers are swept in one after the other, all subsets so
    far at once, and a driver that has been decided on leaves the matrix, which therefore shrinks as subsets double.
    """
    batch, count = outcome.shape
    if count > MOST_EXACT:
        raise StatisticsError(f"{count} drivers", f"at most {MOST_EXACT} for all subsets", "sample orders instead")
    left = np.empty((batch, 1, count + 1, count + 1))
    left[:, 0, :count, :count] = correlation
    left[:, 0, :count, count] = left[:, 0, count, :count] = outcome
    left[:, 0, count, count] = 1.0
    for _ in range(count):
        own, row, rest = left[:, :, 0, 0], left[:, :, 0, 1:], left[:, :, 1:, 1:]
        scale = np.divide(1.0, own, out=np.zeros_like(own), where=own > _SINGULAR)
        swept = np.einsum("bsi,bsj->bsij", row * scale[:, :, None], row)
        np.subtract(rest, swept, out=swept)
        left = np.concatenate([rest, swept], axis=1)
    return np.asarray(1.0 - left[:, :, 0, 0], dtype=np.float64)


def exact_shares(correlation: Floats, outcome: Floats) -> Floats:
    """Shares of R² of a batch: (batch, p) from (batch, p, p) and (batch, p), over all subsets."""
    batch, count = outcome.shape
    portion = max(1, _CELLS // (6 * 2**count))
    parts = [
        _spread(subset_r2(correlation[at : at + portion], outcome[at : at + portion]), count)
        for at in range(0, batch, portion)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, count))


def sampled_shares(correlation: Floats, outcome: Floats, orders: NDArray[np.int64]) -> Floats:
    """Shares of R² of a batch from given orders: (batch, p) from (batch, p, p), (batch, p) and (orders, p)."""
    count = outcome.shape[1]
    portion = max(1, _CELLS // (len(orders) * (count + 1) ** 2))
    parts = [
        _by_order(correlation[at : at + portion], outcome[at : at + portion], orders).mean(axis=1)
        for at in range(0, len(outcome), portion)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, count))


def draw_orders(count: int, pairs: int, seed: int = 0) -> NDArray[np.int64]:
    """``pairs`` random orders of ``count`` drivers, followed by the reverse of each."""
    rng = np.random.default_rng(seed)
    orders = np.argsort(rng.random((pairs, count)), axis=1)
    return np.concatenate([orders, orders[:, ::-1]])


def adjusted(shares: Floats, rows: ArrayLike, controls: int = 0, noise: float = 1.0) -> Floats:
    """Shares freed from what chance gives every driver: each loses (1 - R²) / degrees of freedom.

    Drivers that explain nothing still have about 1 / rows of R² each. The sum becomes the adjusted R² (Ezekiel
    1930); a share may fall below 0. ``shares``: (..., p); rows: as many as customers; controls: taken out
    before; ``noise``: how often the sample's own noise is in it (2 in a bootstrap draw, which has its own as well).
    """
    count = shares.shape[-1]
    free = np.maximum(np.asarray(rows, dtype=np.float64) - count - controls - 1, 1.0)
    lost = noise * (1 - shares.sum(axis=-1)) / free
    return np.asarray(shares - lost[..., None], dtype=np.float64)


def johnson(correlation: ArrayLike, outcome: ArrayLike) -> Floats:
    """Relative weights: near to the Shapley shares at the cost of one decomposition; they too sum to R².

    Raises StatisticsError as ``shapley`` does.
    """
    drivers, with_outcome = _checked(correlation, outcome)
    values, vectors = np.linalg.eigh(drivers)
    kept = values > _SINGULAR
    root = (vectors[:, kept] * np.sqrt(values[kept])) @ vectors[:, kept].T
    back = (vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T
    return np.asarray(root**2 @ (back @ with_outcome) ** 2, dtype=np.float64)


def inflation(correlation: ArrayLike) -> Floats:
    """Variance inflation of each driver: 1 where it goes with no other, infinite where others give it away."""
    matrix = np.asarray(correlation, dtype=np.float64)
    values, vectors = np.linalg.eigh(matrix)
    with np.errstate(divide="ignore"):
        return np.asarray((vectors**2 / np.maximum(values, _SINGULAR)).sum(axis=1), dtype=np.float64)


def _spread(r2: Floats, count: int) -> Floats:
    """Each driver's average gain from the R² of all subsets, halving the table driver by driver.

    A subset with s drivers counts 1 / (p C(p-1, s-1)) for each that is in and against 1 / (p C(p-1, s)) for each that
    is not; the sum over subsets without a driver is the whole sum less that over subsets with it.
    """
    size = np.array([bin(number).count("1") for number in range(256)])
    numbers = np.arange(2**count)
    sizes = size[numbers & 255] + size[(numbers >> 8) & 255] + size[numbers >> 16]
    into = np.array([0.0] + [1 / (count * comb(count - 1, s - 1)) for s in range(1, count + 1)])
    against = np.array([1 / (count * comb(count - 1, s)) for s in range(count)] + [0.0])
    whole = r2 @ against[sizes]
    weighted = r2 * (into + against)[sizes]
    shares = np.empty((len(r2), count))
    for driver in reversed(range(count)):
        half = 2**driver
        shares[:, driver] = weighted[:, half:].sum(axis=1) - whole
        weighted = weighted[:, :half] + weighted[:, half:]
    return shares


def _by_order(correlation: Floats, outcome: Floats, orders: NDArray[np.int64]) -> Floats:
    """What each driver adds in each order: (batch, orders, p). The last row of a triangular root holds it."""
    batch, count = outcome.shape
    bordered = np.empty((batch, len(orders), count + 1, count + 1))
    bordered[:, :, :count, :count] = correlation[:, orders[:, :, None], orders[:, None, :]]
    bordered[:, :, count, :count] = bordered[:, :, :count, count] = outcome[:, orders]
    bordered[:, :, count, count] = 1.0
    at = np.arange(count + 1)
    bordered[:, :, at, at] += 1e-9
    added = np.linalg.cholesky(bordered)[:, :, count, :count] ** 2
    placed = np.empty_like(added)
    np.put_along_axis(placed, np.broadcast_to(orders, added.shape), added, axis=2)
    return placed


def _checked(correlation: ArrayLike, outcome: ArrayLike) -> tuple[Floats, Floats]:
    drivers, with_outcome = np.asarray(correlation, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    count = len(with_outcome)
    if with_outcome.ndim != 1 or drivers.shape != (count, count):
        raise StatisticsError(
            f"correlations of shape {drivers.shape} and {with_outcome.shape}", "p x p and p", "correlate them anew"
        )
    whole = np.block([[drivers, with_outcome[:, None]], [with_outcome[None], np.ones((1, 1))]])
    sound = np.all(np.isfinite(whole)) and np.allclose(np.diag(whole), 1.0) and np.allclose(whole, whole.T)
    if not sound or np.linalg.eigvalsh(whole)[0] < -1e-6:
        raise StatisticsError(
            "correlations that no rows can have", "a correlation matrix", "use the rows that have every driver"
        )
    return drivers, with_outcome
