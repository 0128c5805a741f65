"""Calibration and decision thresholds from scores of texts that the fitted weights have not seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

F64 = NDArray[np.float64]
ENOUGH = 15
"""Positives from which a label's own calibration and threshold are trusted."""


def platt(logits: F64, y: NDArray[np.float32]) -> tuple[F64, F64]:
    """Per label slope and offset of the calibrated log odds; 1 and 0 where positives are fewer than `ENOUGH`."""
    slope, offset = np.ones(y.shape[1]), np.zeros(y.shape[1])
    for j in range(y.shape[1]):
        if min(y[:, j].sum(), (1 - y[:, j]).sum()) >= ENOUGH:
            line = LogisticRegression(C=1.0, max_iter=1000).fit(logits[:, [j]], y[:, j].astype(int))
            slope[j], offset[j] = max(float(line.coef_[0, 0]), 0.05), float(line.intercept_[0])
    return slope, offset


def best_thresholds(p: F64, y: NDArray[np.float32], default: float, low: float = 0.05, high: float = 0.8) -> F64:
    """Per label the probability with the best F1; `default` where positives are fewer than `ENOUGH`."""
    chosen = np.full(y.shape[1], default)
    for j in range(y.shape[1]):
        if y[:, j].sum() < ENOUGH:
            continue
        order = np.argsort(-p[:, j], kind="stable")
        hits = np.cumsum(y[order, j])
        f1 = 2 * hits / (np.arange(1, len(y) + 1) + y[:, j].sum())
        sorted_p = p[order, j]
        last_of_tie = np.append(sorted_p[1:] != sorted_p[:-1], True)
        allowed = last_of_tie & (sorted_p >= low) & (sorted_p <= high)
        if allowed.any():
            best = int(np.argmax(np.where(allowed, f1, -1)))
            after = sorted_p[best + 1] if best + 1 < len(sorted_p) else 0.0
            chosen[j] = round(float((sorted_p[best] + after) / 2), 4)
    clipped: F64 = np.clip(chosen, low, high)
    return clipped
