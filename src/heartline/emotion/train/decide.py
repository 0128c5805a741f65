"""Calibration and decision thresholds from scores of texts that the fitted weights have not seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

F64 = NDArray[np.float64]
ENOUGH = 15
"""Positives from which a label's own calibration is trusted."""
_TRUST = 60.0
"""Positives at which a label's own F1 counts as much as what its probabilities let expect."""
_GRID, _BLUR = 80, 0.25


def platt(logits: F64, y: NDArray[np.float32]) -> tuple[F64, F64]:
    """Per label slope and offset of the calibrated log odds; 1 and 0 where positives are fewer than `ENOUGH`."""
    slope, offset = np.ones(y.shape[1]), np.zeros(y.shape[1])
    for j in range(y.shape[1]):
        if min(y[:, j].sum(), (1 - y[:, j]).sum()) >= ENOUGH:
            line = LogisticRegression(C=1.0, max_iter=1000).fit(logits[:, [j]], y[:, j].astype(int))
            slope[j], offset[j] = max(float(line.coef_[0, 0]), 0.05), float(line.intercept_[0])
    return slope, offset


def best_thresholds(p: F64, y: NDArray[np.float32], low: float = 0.05, high: float = 0.8) -> F64:
    """Per label the probability from `low` to `high` that promises the best F1.

    The best of the few texts with a rare label is mostly chance. So F1 is counted over a blurred threshold, and what it
    says is mixed, in log odds, with the best F1 that calibrated probabilities alone let expect, the more so the fewer
    positives there are.
    """
    found = np.empty(y.shape[1])
    grid = np.linspace(_log_odds(low), _log_odds(high), _GRID)
    for j in range(y.shape[1]):
        odds = _log_odds(np.clip(p[:, j], 1e-6, 1 - 1e-6))
        positives = float(y[:, j].sum())
        decided = 1 / (1 + np.exp(-(odds[:, None] - grid) / _BLUR))
        f1 = 2 * (decided * y[:, [j]]).sum(axis=0) / (decided.sum(axis=0) + positives)
        own = grid[int(np.argmax(f1))] if positives else 0.0
        share = positives / (positives + _TRUST)
        found[j] = share * own + (1 - share) * _log_odds(_expected(p[:, j], low, high))
    clipped: F64 = np.clip(np.round(1 / (1 + np.exp(-found)), 4), low, high)
    return clipped


def _expected(p: F64, low: float, high: float) -> float:
    """The threshold of the best F1 where each text has the label with its probability."""
    falling = np.sort(p)[::-1]
    f1 = 2 * np.cumsum(falling) / (np.arange(1, len(p) + 1) + p.sum())
    return float(np.clip(falling[int(np.argmax(f1))], low, high))


def _log_odds(p: F64 | float) -> F64:
    found: F64 = np.log(np.asarray(p) / (1 - np.asarray(p)))
    return found
