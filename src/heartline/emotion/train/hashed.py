"""Trains the hashed model: features chosen, emotions fitted, signals on top, folded into one layer of whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.hashed import COLUMNS, Weights
from heartline.emotion.labels import SIGNALS
from heartline.emotion.train import matrix
from heartline.emotion.train.emotions import EmotionLayer, choose_features, fit_emotions
from heartline.emotion.train.material import Material, gather
from heartline.emotion.train.recipe import Recipe
from heartline.emotion.train.signals import SignalLayer, fit_signals
from heartline.errors import ModelError


@dataclass(frozen=True)
class Trained:
    """The outcome: weights, thresholds, and counts for the card."""

    weights: Weights
    emotion_thresholds: NDArray[np.float64]
    signal_thresholds: NDArray[np.float64]
    signal_positives: NDArray[np.int64]
    rows: dict[str, int]


def train(data: Path, recipe: Recipe, say: Callable[[str], None]) -> Trained:
    """Fit everything. Repeats bit for bit on one machine with the same libraries and OMP_NUM_THREADS=1."""
    say("reading texts")
    everything = gather(data, recipe)
    say("choosing features")
    material = everything.keep(choose_features(everything, recipe))
    say("fitting emotions")
    emotions = fit_emotions(material, recipe, say)
    say("fitting signals and valence")
    return fold(material, emotions, fit_signals(material, emotions, recipe), recipe)


def fold(material: Material, emotions: EmotionLayer, signals: SignalLayer, recipe: Recipe) -> Trained:
    """Both layers as one of whole numbers: a step per column, set by a high percentile of its weights."""
    w = np.column_stack([emotions.w, signals.w]) * material.weight[:, None]
    if w.shape[1] != len(COLUMNS):
        raise ModelError(f"{w.shape[1]} fitted columns", f"{len(COLUMNS)}", "bring labels and layers together")
    step = np.quantile(np.abs(w), recipe.clip, axis=0) / 127
    weights = Weights(
        material.keys,
        np.clip(np.rint(w / step), -127, 127).astype(np.int8),
        np.rint(material.weight**2 * matrix.SQUARE_UNIT).astype(np.uint16),
        # The root of the sum of squares is taken in units of 1/64: the unit goes into the step.
        step * np.sqrt(matrix.SQUARE_UNIT),
        np.concatenate([emotions.b, signals.b]),
    )
    return Trained(
        weights,
        emotions.thresholds,
        signals.thresholds,
        material.service_targets[:, : len(SIGNALS)].sum(0).astype(np.int64),
        {
            "goemotions": material.go.shape[0],
            "service_signals": material.service.shape[0],
            "own messages": material.own.shape[0],
            "rated reviews": material.rated.shape[0],
        },
    )
