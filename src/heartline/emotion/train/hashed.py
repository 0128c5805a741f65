"""Trains the hashed model: features chosen, emotions fitted, all else on top, folded into whole numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.hashed import Weights
from heartline.emotion.head import AROUSAL, COLUMNS, SIGNAL, VALENCE
from heartline.emotion.train import matrix
from heartline.emotion.train.calibrate import Calibration, calibrated
from heartline.emotion.train.emotions import EmotionLayer, choose_features, fit_emotions
from heartline.emotion.train.material import Material, gather
from heartline.emotion.train.recipe import Recipe, Weighing
from heartline.emotion.train.rows import kind_of
from heartline.emotion.train.signals import SignalLayer, fit_signals
from heartline.errors import ModelError


@dataclass(frozen=True)
class Trained:
    """The outcome: weights, thresholds, and counts for the card."""

    weights: Weights
    thresholds: NDArray[np.float64]
    signal_positives: NDArray[np.int64]
    rows: dict[str, int]


def train(data: Path, recipe: Recipe, say: Callable[[str], None]) -> Trained:
    """Fit everything. Repeats bit for bit on one machine with the same libraries and OMP_NUM_THREADS=1."""
    say("reading texts")
    everything = gather(data, recipe, Weighing())
    say("choosing features")
    material = everything.keep(choose_features(everything, recipe))
    emotions = fit_emotions(material, recipe, say)
    signals = fit_signals(material, emotions, recipe, say)
    say("calibration")
    labelled = np.arange(material.labelled)
    unseen = np.column_stack([emotions.unseen, signals.unseen])[labelled].astype(np.float32)
    return fold(material, emotions, signals, _as_fitted(calibrated(unseen, material.rows.at(labelled))), recipe)


def fold(
    material: Material, emotions: EmotionLayer, signals: SignalLayer, calibration: Calibration, recipe: Recipe
) -> Trained:
    """Both layers as one of whole numbers: a step per column, set by a high percentile of its weights."""
    w = np.column_stack([emotions.w, signals.w]) * calibration.slopes * material.weight[:, None]
    if w.shape[1] != len(COLUMNS):
        raise ModelError(f"{w.shape[1]} fitted columns", f"{len(COLUMNS)}", "bring labels and layers together")
    step = np.quantile(np.abs(w), recipe.clip, axis=0) / 127
    weights = Weights(
        material.keys,
        np.clip(np.rint(w / step), -127, 127).astype(np.int8),
        np.rint(material.weight**2 * matrix.SQUARE_UNIT).astype(np.uint16),
        # The root of the sum of squares is taken in units of 1/64: the unit goes into the step.
        step * np.sqrt(matrix.SQUARE_UNIT),
        np.concatenate([emotions.b, signals.b]) * calibration.slopes + calibration.offsets,
    )
    return Trained(
        weights,
        calibration.thresholds,
        material.rows.targets[material.reddit : material.labelled, SIGNAL].sum(0).astype(np.int64),
        dict(Counter(kind_of(source) for source in material.rows.sources)),
    )


def _as_fitted(found: Calibration) -> Calibration:
    """Valence and arousal come from a fit to more texts than the folds had: the folds say nothing about them."""
    slopes, offsets = found.slopes.copy(), found.offsets.copy()
    slopes[[VALENCE, AROUSAL]], offsets[[VALENCE, AROUSAL]] = 1.0, 0.0
    return replace(found, slopes=slopes, offsets=offsets)
