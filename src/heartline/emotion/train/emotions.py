"""First layer: the 28 emotions, and which features are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from heartline.emotion.head import DECIDED, EMOTION, SIGNAL
from heartline.emotion.train.fit import fit_logistic, side_by_side
from heartline.emotion.train.material import Material
from heartline.emotion.train.recipe import Recipe
from heartline.emotion.train.rows import ANNOTATED_REDDIT

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]


@dataclass(frozen=True)
class EmotionLayer:
    """Weights (K, 28), offsets (28,), and log odds (n, 28) of each text from a fit without its fold."""

    w: F64
    b: F64
    unseen: F64


def choose_features(material: Material, recipe: Recipe) -> NDArray[np.int64]:
    """Features that matter most to emotions and to signals: |weight| · idf · root of frequency."""
    x = material.input()
    reddit, customers = slice(0, material.reddit), slice(material.reddit, material.labelled)
    rows = material.rows
    group = slice(SIGNAL.start, DECIDED.stop)
    (first, _), (second, _) = side_by_side(
        [
            partial(
                fit_logistic,
                x[reddit],
                rows.targets[reddit, EMOTION],
                recipe.emotion_cost,
                recipe.choosing_iterations,
            ),
            partial(
                fit_logistic,
                x[customers],
                rows.targets[customers, group],
                recipe.service_cost,
                recipe.choosing_iterations,
                rows.weights[customers, group],
            ),
        ]
    )
    chosen: NDArray[np.int64] = np.union1d(
        _foremost(first, material.weight, material.counted[reddit], recipe.emotion_features),
        _foremost(second, material.weight, material.counted[customers], recipe.signal_features),
    )
    return chosen


def fit_emotions(material: Material, recipe: Recipe, say: Callable[[str], None]) -> EmotionLayer:
    """Fit to GoEmotions and to customers' messages, once to all and once without each fold."""
    x = material.input()
    labelled = np.arange(material.labelled)
    y, cell = material.rows.targets[labelled, EMOTION], material.rows.weights[labelled, EMOTION].copy()
    cell[material.reddit :] *= recipe.customer_emotions
    # These are rows of GoEmotions already.
    cell[[source == ANNOTATED_REDDIT for source in material.rows.sources[: material.labelled]]] = 0
    used = cell[:, 0] > 0
    say(f"emotions, and without each of {recipe.folds} folds")
    learnt = [np.flatnonzero(used & (material.fold[labelled] != k)) for k in range(recipe.folds)]
    fits = side_by_side(
        [
            partial(fit_logistic, x[rows], y[rows], recipe.emotion_cost, recipe.iterations, cell[rows])
            for rows in (np.flatnonzero(used), *learnt)
        ]
    )
    unseen = np.zeros((x.shape[0], y.shape[1]))
    for k, (w, b) in enumerate(fits[1:]):
        outside = np.flatnonzero(material.fold == k)
        unseen[outside] = x[outside] @ w + b
    w, b = fits[0]
    return EmotionLayer(w.astype(np.float64), b.astype(np.float64), unseen)


def _foremost(w: F32, weight: F64, counted: sp.csr_matrix, count: int) -> NDArray[np.int64]:
    frequency = np.bincount(counted.indices, minlength=len(weight))
    worth = np.sqrt((w.astype(np.float64) ** 2).sum(1)) * weight * np.sqrt(frequency)
    return np.sort(np.argsort(-worth, kind="stable")[:count])
