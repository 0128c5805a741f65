"""Calibration and thresholds of a network, from texts that the network asked has not been fitted to.

A column that is a yes is stretched and shifted (Platt 1999); a group of which one is right is divided by one
temperature (Guo, Pleiss, Sun and Weinberger 2017). Both fold into the head, so they cost nothing at run time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from heartline.emotion.head import (
    AROUSAL,
    COLUMNS,
    DECIDED,
    EMOTION,
    INTENSITY,
    MAIN,
    MOTIVATOR,
    SIGNAL,
    SUBJECT,
    VALENCE,
    Head,
)
from heartline.emotion.train.decide import best_thresholds, platt
from heartline.emotion.train.rows import GOEMOTIONS, Rows

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

REAL_ENOUGH = 40
"""Positives among annotated public texts from which own messages, which hold more of the rare, are left out."""
_LEAST_ROWS = 50


@dataclass(frozen=True)
class Calibration:
    """Per column slope and offset of the log odds (L,), and thresholds of the decided columns."""

    slopes: F64
    offsets: F64
    thresholds: F64

    def head(self, weights: F32, offsets: F32) -> Head:
        """The head (H, L) and (L,) with the calibration inside."""
        return Head(
            (weights * self.slopes).astype(np.float32),
            (offsets * self.slopes + self.offsets).astype(np.float32),
            self.thresholds.astype(np.float32),
        )


def calibrated(z: F32, rows: Rows) -> Calibration:
    """Fit all columns.

    z: (n, L) log odds of networks that were not fitted to the row
    rows: their labels; emotions are calibrated on GoEmotions' own rows, all else on customers'
    """
    source = np.array(rows.sources)
    reddit = source == GOEMOTIONS
    own = np.array([name.startswith("own:") for name in rows.sources])
    slopes, offsets = np.ones(len(COLUMNS)), np.zeros(len(COLUMNS))
    thresholds = np.zeros(DECIDED.stop)

    def decided(columns: slice, used: NDArray[np.bool_], low: float, high: float) -> None:
        found = z[used, columns].astype(np.float64), rows.targets[used, columns]
        slopes[columns], offsets[columns] = platt(*found)
        p = 1 / (1 + np.exp(-(found[0] * slopes[columns] + offsets[columns])))
        thresholds[columns] = best_thresholds(p, found[1], low, high)

    decided(EMOTION, reddit, low=0.05, high=0.8)
    for group in (SIGNAL, MOTIVATOR):
        for j in range(group.start, group.stop):
            known = (rows.weights[:, j] > 0) & ~reddit
            real = known & ~own
            used = real if rows.targets[real, j].sum() >= REAL_ENOUGH else known
            decided(slice(j, j + 1), used, low=0.2, high=0.8)
    for group in (MAIN, SUBJECT):
        known = (rows.weights[:, group.start] > 0) & ~reddit
        if known.sum() >= _LEAST_ROWS:
            slopes[group] = 1 / _temperature(z[known, group], rows.targets[known, group])
    for j in (VALENCE, INTENSITY, AROUSAL):
        known = (rows.weights[:, j] > 0) & (~reddit | (j == AROUSAL))
        if known.sum() >= _LEAST_ROWS:
            slopes[j], offsets[j] = _line(z[known, j], rows.targets[known, j])
    return Calibration(slopes, offsets, thresholds)


def _temperature(z: F32, y: F32) -> float:
    """The temperature with the least cross-entropy."""
    values, right = z.astype(np.float64), y.argmax(axis=1)

    def loss(log_temperature: float) -> float:
        cold = values / np.exp(log_temperature)
        top = cold.max(axis=1, keepdims=True)
        total = np.log(np.exp(cold - top).sum(axis=1)) + top[:, 0]
        return float((total - cold[np.arange(len(right)), right]).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-1.5, 1.5), method="bounded").x))


def _line(z: F32, y: F32) -> tuple[float, float]:
    """Slope and offset with the least cross-entropy to targets in 0..1."""
    values, wanted = z.astype(np.float64), y.astype(np.float64)

    def loss(line: F64) -> tuple[float, F64]:
        stretched = values * line[0] + line[1]
        residual = 1 / (1 + np.exp(-stretched)) - wanted
        value = (np.logaddexp(0, stretched) - wanted * stretched).mean()
        return float(value), np.array([(residual * values).mean(), residual.mean()])

    slope, offset = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B").x
    return max(float(slope), 0.05), float(offset)
