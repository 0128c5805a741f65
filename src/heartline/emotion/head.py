"""The last layer of a network model: from the vectors of a text's pieces to labels.

For a text of T pieces with vectors h_t, weights W and offsets b (calibration is inside both),

    z = b + (1 / T) · Σ_t h_t W,     p = 1 / (1 + exp(-z)), or softmax within main emotion and about

Since the sum is over pieces, h_t W says what each piece adds: evidence costs nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.labels import ABOUT, EMOTIONS, MAIN_EMOTIONS, MOTIVATORS, SIGNALS

F32 = NDArray[np.float32]

COLUMNS = (
    *EMOTIONS,
    *(f"signal_{s}" for s in SIGNALS),
    *(f"motivator_{m}" for m in MOTIVATORS),
    *(f"main_{m}" for m in MAIN_EMOTIONS),
    *(f"about_{a}" for a in ABOUT),
    "valence",
    "intensity",
    "arousal",
)
_E, _S, _M = len(EMOTIONS), len(SIGNALS), len(MOTIVATORS)
EMOTION = slice(0, _E)
SIGNAL = slice(_E, _E + _S)
MOTIVATOR = slice(_E + _S, _E + _S + _M)
MAIN = slice(MOTIVATOR.stop, MOTIVATOR.stop + len(MAIN_EMOTIONS))
SUBJECT = slice(MAIN.stop, MAIN.stop + len(ABOUT))
VALENCE, INTENSITY, AROUSAL = SUBJECT.stop, SUBJECT.stop + 1, SUBJECT.stop + 2
DECIDED = slice(0, MOTIVATOR.stop)
"""Columns that have a threshold each: emotions, signals, motivators."""


@dataclass(frozen=True)
class Head:
    """Weights (H, L), offsets (L,) and thresholds (number of `DECIDED` columns,), in the order of `COLUMNS`."""

    weights: F32
    offsets: F32
    thresholds: F32

    def adds(self, vectors: F32) -> F32:
        """(T, L) what each of T pieces adds to z times T."""
        found: F32 = vectors @ self.weights
        return found

    def write(self, file: Path) -> None:
        """Write as ``.npz``."""
        np.savez(file, weights=self.weights, offsets=self.offsets, thresholds=self.thresholds)


def read_head(file: Path) -> Head:
    """The head in a ``.npz`` file. Raises OSError, KeyError or ValueError where it is none of ours."""
    with np.load(file, allow_pickle=False) as stored:
        head = Head(stored["weights"], stored["offsets"], stored["thresholds"])
    if head.weights.shape[1:] != (len(COLUMNS),) or head.offsets.shape != (len(COLUMNS),):
        raise ValueError(f"a head of {head.weights.shape[1:]} columns, not {len(COLUMNS)}")
    if head.thresholds.shape != (DECIDED.stop,):
        raise ValueError(f"{head.thresholds.shape} thresholds, not {DECIDED.stop}")
    return head


def chances(z: F32) -> F32:
    """(n, L) probabilities of log odds; rows of NaN stay NaN."""
    p = (1.0 / (1.0 + np.exp(-z))).astype(np.float32)
    for group in (MAIN, SUBJECT):
        part = np.exp(z[:, group] - z[:, group].max(axis=1, keepdims=True))
        p[:, group] = part / part.sum(axis=1, keepdims=True)
    return p
