"""Figures of the model card with their intervals: F1 of labels, agreement with annotated messages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
RESAMPLES = 1000


def f1_with_interval(y: F32, decided: F32, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Per label and, last two, macro and micro: F1 and its 95 % bootstrap interval over texts.

    Returns (L + 2,) and (L + 2, 2). A label without a positive and without a decision counts as NaN and is left
    out of macro.
    """
    tp, claimed, true = y * decided, decided, y
    draw = np.random.default_rng(seed)
    n = len(y)
    weights = np.stack([np.ones(n), *(np.bincount(draw.integers(0, n, n), minlength=n) for _ in range(RESAMPLES))])
    sums = [weights @ m.astype(np.float64) for m in (tp, claimed, true)]
    with np.errstate(invalid="ignore", divide="ignore"):
        each = 2 * sums[0] / (sums[1] + sums[2])
        micro = 2 * sums[0].sum(1) / (sums[1].sum(1) + sums[2].sum(1))
    known = ~np.isnan(each)
    macro = np.where(known, each, 0).sum(1) / np.maximum(known.sum(1), 1)
    table = np.column_stack([each, macro, micro])
    low, high = _ends(table[1:])
    return table[0], np.column_stack([low, high])


def _ends(resampled: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    empty = np.isnan(resampled).all(axis=0)
    safe = np.where(empty, 0.0, resampled)
    low, high = np.nanquantile(safe, [0.025, 0.975], axis=0)
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def correlation_with_interval(a: F32, b: F32, seed: int) -> tuple[float, float, float]:
    """Pearson correlation and its 95 % bootstrap interval."""
    draw = np.random.default_rng(seed)
    n = len(a)
    values = []
    for _ in range(RESAMPLES):
        i = draw.integers(0, n, n)
        values.append(float(np.corrcoef(a[i], b[i])[0, 1]))
    low, high = np.quantile(values, [0.025, 0.975])
    return float(np.corrcoef(a, b)[0, 1]), float(low), float(high)
