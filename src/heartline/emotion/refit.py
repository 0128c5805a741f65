"""Fits the last layer again to what people changed, and keeps everything else as the model has it.

The encoder stays. The change d of weights and offsets of all columns minimises

    Σ_corrected w · log-loss(z + xd, t)  +  (rehearsal / R) · Σ_R log-loss(z + xd, p)  +  strength / 2 · |d|²

- R are texts that nobody corrected, p what the model says of them today: learning without forgetting (Li, Hoiem 2018).
- Where a person's word is the model's decision, t is the model's own p: there is nothing to learn, and a probability
  just above its threshold must not be pulled to 1, nor one just below it to 0. Only where they differ, t is the word.
- w is 1 where the person saw the label or changed it, `UNSEEN` where they only left out what nobody had shown them.
- A column moves only where `LEAST_CHANGES` texts say otherwise than the model.

So texts on which people agree with the model change nothing, and hold it where it is. The function is convex: there is
one answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from heartline.emotion.head import COLUMNS, DECIDED, MAIN, SUBJECT, VALENCE, Head, chances

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEAST = 20
"""Corrected texts below which nothing is fitted: fewer say more about the person than about the texts."""
LEAST_CHANGES = 3
"""Texts that must say otherwise before a label moves: one or two may be slips."""
UNSEEN = 0.1
"""Weight of a label that was not shown and that a person did not miss: few people read a list of 56 labels."""
REHEARSAL = 100.0
"""How many corrected texts all rehearsed texts weigh together."""
_GROUPS = (MAIN, SUBJECT)
_HALF_STEP = 1 / 8  # of valence as a probability: people choose between five steps


@dataclass(frozen=True)
class Corrected:
    """n texts as people left them.

    Attributes
    ----------
    features: (n, H) from `NetworkModel.features`
    wanted: (n, L) in 0..1 in the order of `head.COLUMNS`
    known: (n, L) whether a person judged this column of this text
    seen: (n, L) whether they were shown it or changed it; else they only left it out
    """

    features: F32
    wanted: F32
    known: Flags
    seen: Flags

    def rows(self, index: NDArray[np.int64]) -> Corrected:
        """Some of the texts."""
        return Corrected(self.features[index], self.wanted[index], self.known[index], self.seen[index])


def probabilities(head: Head, features: F32) -> F32:
    """(n, L) what a head says of texts."""
    return chances((features @ head.weights + head.offsets).astype(np.float32))


def agreed(p: F32, thresholds: F32, corrected: Corrected) -> Flags:
    """(n, L) whether what would be decided from p is what the person says; True where nobody judged.

    A group of which one label holds agrees or differs as a whole; the valence agrees within half a step.
    """
    same = np.ones(p.shape, dtype=np.bool_)
    same[:, DECIDED] = (p[:, DECIDED] >= thresholds) == (corrected.wanted[:, DECIDED] > 0.5)
    for group in _GROUPS:
        same[:, group] = (p[:, group].argmax(axis=1) == corrected.wanted[:, group].argmax(axis=1))[:, None]
    same[:, VALENCE] = np.abs(p[:, VALENCE] - corrected.wanted[:, VALENCE]) <= _HALF_STEP
    found: Flags = same | ~corrected.known
    return found


def refit(head: Head, corrected: Corrected, rehearsed: F32, strength: float, rehearsal: float = REHEARSAL) -> Head:
    """The head after learning from corrected texts.

    rehearsed: (R, H) features of texts that nobody corrected
    strength: how hard a change must pay; larger stays nearer to what it was
    rehearsal: how many corrected texts all rehearsed texts weigh together
    """
    said = probabilities(head, corrected.features)
    same = agreed(said, head.thresholds, corrected)
    moved = np.flatnonzero((~same & corrected.seen).sum(axis=0) >= LEAST_CHANGES)
    if not len(moved):
        return head
    x = np.vstack([corrected.features, rehearsed]).astype(np.float64)
    wanted = np.vstack([np.where(same, said, corrected.wanted), probabilities(head, rehearsed)])[:, moved]
    weight = np.vstack(
        [
            corrected.known * np.where(corrected.seen, 1.0, UNSEEN),
            np.full((len(rehearsed), len(COLUMNS)), rehearsal / max(len(rehearsed), 1)),
        ]
    )[:, moved]
    weights, offsets = head.weights.astype(np.float64), head.offsets.astype(np.float64)
    change = _change(x, x @ weights[:, moved] + offsets[moved], wanted.astype(np.float64), weight, moved, strength)
    weights[:, moved] += change[:-1]
    offsets[moved] += change[-1]
    return replace(head, weights=weights.astype(np.float32), offsets=offsets.astype(np.float32))


def _change(x: F64, base: F64, wanted: F64, weight: F64, moved: NDArray[np.int64], strength: float) -> F64:
    """(H + 1, k) change of the weights and the offset of the k columns that move."""
    groups = [np.flatnonzero((moved >= group.start) & (moved < group.stop)) for group in _GROUPS]
    groups = [group for group in groups if len(group)]
    alone = np.setdiff1d(np.arange(len(moved)), np.concatenate([np.empty(0, dtype=np.int64), *groups]))
    shape = (x.shape[1] + 1, len(moved))

    def loss(flat: F64) -> tuple[float, F64]:
        d = flat.reshape(shape)
        z = base + x @ d[:-1] + d[-1]
        p = np.empty_like(z)
        own = z[:, alone]
        value = (weight[:, alone] * (np.logaddexp(0, own) - wanted[:, alone] * own)).sum()
        p[:, alone] = 1 / (1 + np.exp(-own))
        for group in groups:
            top = z[:, group].max(axis=1, keepdims=True)
            total = np.log(np.exp(z[:, group] - top).sum(axis=1, keepdims=True)) + top
            value += (weight[:, group] * wanted[:, group] * (total - z[:, group])).sum()
            p[:, group] = np.exp(z[:, group] - total)
        slope = weight * (p - wanted)
        gradient = np.vstack([x.T @ slope, slope.sum(axis=0, keepdims=True)])
        return float(value + strength / 2 * (d**2).sum()), (gradient + strength * d).ravel()

    # The products are small: threads that wait for each other take longer than one, far longer beside other work.
    with threadpool_limits(1):
        found = minimize(
            loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 100, "ftol": 1e-6}
        )
    change: F64 = found.x.reshape(shape)
    return change
