"""Fits the last layer again to what people corrected, without forgetting what it knew.

The encoder stays. For each label the change d of its weights minimises

    Σ_corrected log-loss(z + xd, y)  +  (rehearsal / R) · Σ_R log-loss(z + xd, p)  +  strength / 2 · |d|²

with p what the model says today of R texts that nobody corrected: learning without forgetting (Li and Hoiem 2018). The
function is convex, so there is one answer. Its strength is chosen by folds of the corrected texts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from heartline.emotion.head import COLUMNS, DECIDED, MAIN, SUBJECT, Head, chances

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

STRENGTHS = (1.0, 3.0, 10.0, 30.0, 100.0)
LEAST = 20
"""Corrected texts below which nothing is fitted: fewer say more about the person than about the texts."""
_GROUPS = (MAIN, SUBJECT)


@dataclass(frozen=True)
class Corrected:
    """n texts as people left them.

    Attributes
    ----------
    features: (n, H) from `NetworkModel.features`
    wanted: (n, L) in 0..1 in the order of `head.COLUMNS`
    known: (n, L) whether a person judged this column of this text
    """

    features: F32
    wanted: F32
    known: NDArray[np.bool_]

    def rows(self, index: NDArray[np.int64]) -> Corrected:
        """Some of the texts."""
        return Corrected(self.features[index], self.wanted[index], self.known[index])


def refit(head: Head, corrected: Corrected, rehearsed: F32, strength: float, rehearsal: float = 50.0) -> Head:
    """The head after learning from corrected texts.

    rehearsed: (R, H) features of texts that nobody corrected
    strength: how hard a change must pay; larger stays nearer to what it was
    rehearsal: how many corrected texts all rehearsed texts weigh together
    """
    weights, offsets = head.weights.astype(np.float64), head.offsets.astype(np.float64)
    x = np.vstack([corrected.features, rehearsed]).astype(np.float64)
    n = len(corrected.features)
    now = chances((rehearsed @ head.weights + head.offsets).astype(np.float32)).astype(np.float64)
    wanted = np.vstack([corrected.wanted, now]).astype(np.float64)
    weight = np.vstack([corrected.known, np.full(now.shape, rehearsal / max(len(now), 1))]).astype(np.float64)
    grouped = {j for group in _GROUPS for j in range(group.start, group.stop)}
    for j in range(len(COLUMNS)):
        if j not in grouped and corrected.known[:, j].any():
            change = _change(x, (x @ weights[:, [j]] + offsets[j]), wanted[:, [j]], weight[:, j], strength)
            weights[:, j] += change[:-1, 0]
            offsets[j] += change[-1, 0]
    for group in _GROUPS:
        if corrected.known[:, group.start].any():
            base = x @ weights[:, group] + offsets[group]
            change = _change(x, base, wanted[:, group], weight[:, group.start], strength)
            weights[:, group] += change[:-1]
            offsets[group] += change[-1]
    if n == 0:
        return head
    return replace(head, weights=weights.astype(np.float32), offsets=offsets.astype(np.float32))


def chosen_strength(head: Head, corrected: Corrected, rehearsed: F32, seed: int = 0) -> float:
    """The strength with the least log-loss on folds of the corrected texts that were left out."""
    losses = [log_loss(head_by_fold(head, corrected, rehearsed, s, seed), corrected).mean() for s in STRENGTHS]
    return STRENGTHS[int(np.argmin(losses))]


def head_by_fold(
    head: Head, corrected: Corrected, rehearsed: F32, strength: float, seed: int = 0, folds: int = 5
) -> F32:
    """(n, L) probabilities of each corrected text from a head that has not learnt from it."""
    fold = np.random.default_rng(seed).permutation(len(corrected.features)) % folds
    p = np.zeros(corrected.wanted.shape, dtype=np.float32)
    for k in range(folds):
        inside, outside = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        fitted = refit(head, corrected.rows(inside), rehearsed, strength)
        p[outside] = chances(corrected.features[outside] @ fitted.weights + fitted.offsets)
    return p


def log_loss(p: F32, corrected: Corrected) -> F64:
    """(n,) mean log-loss over the columns that a person judged and that have a threshold."""
    p = np.clip(p[:, DECIDED].astype(np.float64), 1e-6, 1 - 1e-6)
    y, known = corrected.wanted[:, DECIDED], corrected.known[:, DECIDED]
    each = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    found: F64 = (each * known).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return found


def _change(x: F64, base: F64, wanted: F64, weight: F64, strength: float) -> F64:
    """(H + 1, k) change of weights and offset; one column is logistic, several are one choice."""
    used = weight > 0
    x, base, wanted, weight = x[used], base[used], wanted[used], weight[used]
    shape = (x.shape[1] + 1, wanted.shape[1])

    def loss(flat: F64) -> tuple[float, F64]:
        d = flat.reshape(shape)
        z = base + x @ d[:-1] + d[-1]
        if shape[1] == 1:
            value = (weight[:, None] * (np.logaddexp(0, z) - wanted * z)).sum()
            p = 1 / (1 + np.exp(-z))
        else:
            top = z.max(axis=1, keepdims=True)
            total = np.log(np.exp(z - top).sum(axis=1, keepdims=True)) + top
            value = (weight[:, None] * wanted * (total - z)).sum()
            p = np.exp(z - total)
        slope = weight[:, None] * (p - wanted)
        gradient = np.vstack([x.T @ slope, slope.sum(axis=0, keepdims=True)])
        gradient[:-1] += strength * d[:-1]
        return float(value + strength / 2 * (d[:-1] ** 2).sum()), gradient.ravel()

    found = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B")
    change: F64 = found.x.reshape(shape)
    return change
