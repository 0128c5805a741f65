"""Second layer: signals, what it is about, valence and intensity, on the features and the emotions' log odds.

Log odds of emotions are linear in the features, so this layer folds into the first and costs nothing at run time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.model_selection import KFold

from heartline.emotion.labels import ABOUT, AFFECT, EMOTIONS, SIGNALS
from heartline.emotion.train.decide import best_thresholds, platt
from heartline.emotion.train.emotions import EmotionLayer
from heartline.emotion.train.fit import fit_logistic
from heartline.emotion.train.material import Material
from heartline.emotion.train.recipe import Recipe

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
_S = len(SIGNALS)
_VALENCE = _S + len(ABOUT)
_OPEN = ("complaint", "request", "confusion")
"""Signals of which a text from elsewhere may well hold examples: quiet texts say nothing about them."""
_QUIET = frozenset({"neutral", "realization", "curiosity", "amusement", "surprise", "sadness", "optimism", "fear"})


@dataclass(frozen=True)
class SignalLayer:
    """Folded weights (K, 25) and biases (25,) on the features alone, thresholds of the signals."""

    w: F64
    b: F64
    thresholds: F64


def fit_signals(material: Material, emotions: EmotionLayer, recipe: Recipe) -> SignalLayer:
    """Fit on annotated and own messages and quiet texts; calibrate on folds in which own lines were not seen."""
    service = _stacked(material, material.service, emotions, recipe)
    own = _stacked(material, material.own, emotions, recipe)
    go = _stacked(material, material.go, emotions, recipe, emotions.unseen)
    quiet = _quiet_rows(material.go_labels, recipe)
    x = sp.vstack([service, own, go[quiet]]).tocsr()
    n, m, q = service.shape[0], own.shape[0], len(quiet)
    y = np.vstack([material.service_targets, material.own_targets, np.zeros((q, _VALENCE + 2))]).astype(np.float32)
    cell = np.ones(y.shape, np.float32)
    cell[n : n + m] = recipe.own_weight
    cell[n + m :] = 0
    cell[n + m :, [j for j, s in enumerate(SIGNALS) if s not in _OPEN]] = recipe.quiet_weight

    unseen = np.full((n + m, _S), np.nan)
    draw = np.random.default_rng(recipe.seed)
    line_count = 1 + max(max(message.lines) for message in material.own_messages)
    line_fold = draw.permutation(np.arange(line_count) % recipe.folds)
    own_folds = [{int(line_fold[line]) for line in message.lines} for message in material.own_messages]
    for k, (inside, outside) in enumerate(KFold(recipe.folds, shuffle=True, random_state=recipe.seed).split(service)):
        own_inside = n + np.array([i for i, folds in enumerate(own_folds) if k not in folds])
        own_outside = n + np.array([i for i, folds in enumerate(own_folds) if folds == {k}])
        rows = np.concatenate([inside, own_inside, np.arange(n + m, n + m + q)])
        w, b = fit_logistic(x[rows], y[rows][:, :_S], recipe.service_cost, cell_weight=cell[rows][:, :_S])
        tested = np.concatenate([outside, own_outside])
        unseen[tested] = x[tested] @ w + b
    tested = np.flatnonzero(~np.isnan(unseen[:, 0]))
    truth = y[tested][:, :_S]
    slope, offset = platt(unseen[tested], truth)
    calibrated = 1 / (1 + np.exp(-(unseen[tested] * slope + offset)))
    thresholds = best_thresholds(calibrated, truth, default=0.5, low=0.25, high=0.7)

    raw_w, raw_b = fit_logistic(x, y, recipe.service_cost, cell_weight=cell)
    all_w, all_b = raw_w.astype(np.float64), raw_b.astype(np.float64)
    all_w[:, :_S] *= slope
    all_b[:_S] = all_b[:_S] * slope + offset
    all_w[:, _VALENCE], all_b[_VALENCE] = _fit_valence(material, service, own, go, emotions, recipe)
    k = len(material.keys)
    bridge = all_w[k:] * recipe.emotion_scale
    return SignalLayer(all_w[:k] + emotions.w @ bridge, all_b + emotions.b @ bridge, thresholds)


def _fit_valence(
    material: Material,
    service: sp.csr_matrix,
    own: sp.csr_matrix,
    go: sp.csr_matrix,
    emotions: EmotionLayer,
    recipe: Recipe,
) -> tuple[F64, float]:
    """Annotated and own valence, ratings of reviews, and the mean valence of GoEmotions labels, as log odds."""
    rated = _stacked(material, material.rated, emotions, recipe)
    affect = np.array([AFFECT[e][0] for e in EMOTIONS], np.float32)
    felt = (material.go_labels @ affect) / material.go_labels.sum(1)
    parts = (
        (service, material.service_targets[:, _VALENCE], 2.0),
        (own, material.own_targets[:, _VALENCE], recipe.own_weight),
        (rated, (material.rated_valence + 1) / 2, 0.7),
        (go, (felt + 1) / 2, recipe.valence_emotion_weight),
    )
    x = sp.vstack([p[0] for p in parts]).tocsr()
    y = np.concatenate([p[1] for p in parts]).astype(np.float32)[:, None]
    cell = np.concatenate([np.full(len(p[1]), p[2]) for p in parts]).astype(np.float32)[:, None]
    w, b = fit_logistic(x, y, recipe.valence_cost, cell_weight=cell)
    return w[:, 0].astype(np.float64), float(b[0])


def _stacked(
    material: Material, counted: sp.csr_matrix, emotions: EmotionLayer, recipe: Recipe, logits: F64 | None = None
) -> sp.csr_matrix:
    x = material.input(counted)
    z = x @ emotions.w + emotions.b if logits is None else logits
    return sp.hstack([x, sp.csr_matrix(z * recipe.emotion_scale)]).tocsr().astype(np.float32)


def _quiet_rows(labels: F32, recipe: Recipe) -> NDArray[np.int64]:
    loud = [j for j, e in enumerate(EMOTIONS) if e not in _QUIET]
    rows = np.flatnonzero(labels[:, loud].sum(1) == 0)
    chosen: NDArray[np.int64] = np.sort(
        np.random.default_rng(recipe.seed).choice(rows, min(recipe.quiet_texts, len(rows)), replace=False)
    )
    return chosen
