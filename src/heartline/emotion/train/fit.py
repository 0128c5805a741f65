"""Logistic regression of many labels at once, with unknown cells, by L-BFGS."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import minimize

F32 = NDArray[np.float32]


def side_by_side(fits: Sequence[Callable[[], tuple[F32, F32]]]) -> list[tuple[F32, F32]]:
    """What each fit gives, in order. Products of sparse matrices run without Python's lock, so cores share them."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda fit: fit(), fits))


def fit_logistic(
    x: sp.csr_matrix, y: F32, cost: float, iterations: int = 60, cell_weight: F32 | None = None
) -> tuple[F32, F32]:
    """Weights (K, L) and biases (L,) that minimise Σ cell · log loss + Σ w² / (2 · cost).

    Parameters
    ----------
    x: (n, K) input
    y: (n, L) targets in 0..1, soft targets allowed
    cost: inverse strength of the ridge; the bias is free
    iterations: L-BFGS steps at most: a fixed number, so that training repeats
    cell_weight: (n, L) weight of each cell; 0 where the label of a row is not known. None: all 1
    """
    n, k = x.shape
    labels = y.shape[1]
    xt = x.T.tocsr()
    cell = np.ones((n, labels), np.float32) if cell_weight is None else cell_weight
    mean = np.clip((cell * y).sum(0) / np.maximum(cell.sum(0), 1e-9), 1e-4, 1 - 1e-4)
    start = np.zeros((k + 1, labels))
    start[k] = np.log(mean / (1 - mean))

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        w = flat.reshape(k + 1, labels).astype(np.float32)
        z = x @ w[:k] + w[k]
        value = (cell * (np.logaddexp(0, z) - z * y)).sum(dtype=np.float64)
        value += 0.5 / cost * float((w[:k].astype(np.float64) ** 2).sum())
        residual = cell * (1 / (1 + np.exp(-z)) - y)
        gradient = np.empty((k + 1, labels))
        gradient[:k] = xt @ residual + w[:k] / cost
        gradient[k] = residual.sum(0)
        return float(value), gradient.ravel()

    found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": iterations, "maxcor": 5})
    w = found.x.reshape(k + 1, labels)
    return w[:k].astype(np.float32), w[k].astype(np.float32)
