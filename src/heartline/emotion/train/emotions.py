"""First layer: the 28 emotions on GoEmotions, and which features are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.model_selection import KFold

from heartline.emotion.train.decide import best_thresholds, platt
from heartline.emotion.train.fit import fit_logistic
from heartline.emotion.train.material import Material
from heartline.emotion.train.recipe import Recipe

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class EmotionLayer:
    """Calibrated weights (K, 28) and biases (28,), thresholds, and calibrated log odds of texts out of their fold."""

    w: F64
    b: F64
    thresholds: F64
    unseen: F64


def choose_features(material: Material, recipe: Recipe) -> NDArray[np.int64]:
    """Features that matter most to emotions and to signals: |weight| · idf · root of frequency."""
    first, _ = fit_logistic(material.input(material.go), material.go_labels, recipe.emotion_cost)
    near = sp.vstack([material.service, material.own]).tocsr()
    targets = np.vstack([material.service_targets, material.own_targets])
    second, _ = fit_logistic(material.input(near), targets, recipe.service_cost)
    chosen: NDArray[np.int64] = np.union1d(
        _foremost(first, material.weight, material.go, recipe.emotion_features),
        _foremost(second, material.weight, near, recipe.signal_features),
    )
    return chosen


def fit_emotions(material: Material, recipe: Recipe, say: Callable[[str], None]) -> EmotionLayer:
    """Fit on all of train; calibration and thresholds from folds, each scored by a fit without it."""
    x, y = material.input(material.go), material.go_labels
    w, b = fit_logistic(x, y, recipe.emotion_cost)
    unseen = np.zeros(y.shape)
    folds = KFold(recipe.folds, shuffle=True, random_state=recipe.seed)
    for number, (inside, outside) in enumerate(folds.split(y)):
        say(f"fold {number + 1} of {recipe.folds}")
        fold_w, fold_b = fit_logistic(x[inside], y[inside], recipe.emotion_cost)
        unseen[outside] = x[outside] @ fold_w + fold_b
    slope, offset = platt(unseen, y)
    unseen = unseen * slope + offset
    thresholds = best_thresholds(1 / (1 + np.exp(-unseen)), y, default=0.3)
    return EmotionLayer(w * slope, b * slope + offset, thresholds, unseen)


def _foremost(w: NDArray[np.float32], weight: F64, counted: sp.csr_matrix, count: int) -> NDArray[np.int64]:
    frequency = np.bincount(counted.indices, minlength=len(weight))
    worth = np.sqrt((w.astype(np.float64) ** 2).sum(1)) * weight * np.sqrt(frequency)
    return np.sort(np.argsort(-worth, kind="stable")[:count])
