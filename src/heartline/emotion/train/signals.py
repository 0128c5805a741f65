"""Second layer: all columns but the emotions, on the features and the emotions' log odds.

Log odds of emotions are linear in the features, so this layer folds into the first and costs nothing at run time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from heartline.emotion.head import AROUSAL, COLUMNS, EMOTION, MOTIVATOR, VALENCE
from heartline.emotion.labels import EMOTIONS, SIGNALS
from heartline.emotion.train.emotions import EmotionLayer
from heartline.emotion.train.fit import fit_logistic, side_by_side
from heartline.emotion.train.material import Material
from heartline.emotion.train.recipe import Recipe

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Index = NDArray[np.int64]

_OTHERS = slice(EMOTION.stop, len(COLUMNS))
_AFFECT = [VALENCE, AROUSAL]
_OPEN = ("complaint", "request", "confusion")
"""Signals of which a text from elsewhere may well hold examples: quiet texts say nothing about them."""
_QUIET = frozenset({"neutral", "realization", "curiosity", "amusement", "surprise", "sadness", "optimism", "fear"})


@dataclass(frozen=True)
class SignalLayer:
    """Folded weights (K, 51) and offsets (51,) on the features alone; log odds (n, 51) from fits without the fold."""

    w: F64
    b: F64
    unseen: F64


def fit_signals(material: Material, emotions: EmotionLayer, recipe: Recipe, say: Callable[[str], None]) -> SignalLayer:
    """Fit on customers' messages and quiet texts; valence and arousal on every text that has them."""
    scaled = sp.csr_matrix((emotions.unseen * recipe.emotion_scale).astype(np.float32))
    x = sp.hstack([material.input(), scaled]).tocsr().astype(np.float32)
    y, cell = material.rows.targets[:, _OTHERS], material.rows.weights[:, _OTHERS].copy()
    quiet = _quiet_rows(material.rows.targets[: material.reddit, EMOTION], recipe)
    told = [COLUMNS.index(f"signal_{s}") - EMOTION.stop for s in SIGNALS if s not in _OPEN]
    told += [j - EMOTION.stop for j in range(MOTIVATOR.start, MOTIVATOR.stop)]
    cell[np.ix_(quiet, np.array(told))] = recipe.quiet_weight
    rows = np.concatenate([quiet, np.arange(material.reddit, material.labelled)])
    say(f"all other columns, and without each of {recipe.folds} folds")
    learnt = [rows[material.fold[rows] != k] for k in range(recipe.folds)]
    fits = side_by_side(
        [
            partial(fit_logistic, x[used], y[used], recipe.service_cost, recipe.iterations, cell[used])
            for used in (rows, *learnt)
        ]
    )
    unseen = np.zeros((x.shape[0], y.shape[1]))
    for k, (w, b) in enumerate(fits[1:]):
        outside = np.flatnonzero(material.fold == k)
        unseen[outside] = x[outside] @ w + b
    fit_w, fit_b = fits[0][0].astype(np.float64), fits[0][1].astype(np.float64)
    say("valence and arousal")
    affect = [j - EMOTION.stop for j in _AFFECT]
    fit_w[:, affect], fit_b[affect] = fit_logistic(
        x, y[:, affect], recipe.valence_cost, recipe.iterations, cell[:, affect]
    )
    k = len(material.keys)
    bridge = fit_w[k:] * recipe.emotion_scale
    return SignalLayer(fit_w[:k] + emotions.w @ bridge, fit_b + emotions.b @ bridge, unseen)


def _quiet_rows(labels: F32, recipe: Recipe) -> Index:
    """GoEmotions texts without a loud emotion, as examples that say nothing about a service."""
    loud = [j for j, e in enumerate(EMOTIONS) if e not in _QUIET]
    rows = np.flatnonzero(labels[:, loud].sum(1) == 0)
    chosen: Index = np.sort(
        np.random.default_rng(recipe.seed).choice(rows, min(recipe.quiet_texts, len(rows)), replace=False)
    )
    return chosen
