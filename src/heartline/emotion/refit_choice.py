"""Whether a fit to corrections helps, and how hard it must be held back: told by texts that it has not learnt from.

Decisions count, not log-loss: thresholds stay where they were, so log-loss may fall while decisions get worse. Each
kind of decision (emotions, signals, motivators, main emotion, about, valence) is chosen for on its own; the columns of
one do not touch those of another. By the one-standard-error rule (Breiman and others, *Classification and regression
trees*, 1984) the choice is the strongest holding back that is no worse than the best by more than one standard error of
their difference. Changing nothing is always a candidate: it wins unless another leaves fewer wrong decisions by more
than 1.64 such errors, which chance alone does once in twenty.

A strength that reads check messages worse by more than 1.96 such errors is passed over, unless nothing else helps at
all. The check messages choose among five strengths in this way, so what they tell afterwards is a little too kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.head import DECIDED, EMOTION, MAIN, MOTIVATOR, SIGNAL, SUBJECT, VALENCE, Head
from heartline.emotion.refit import Corrected, agreed, probabilities, refit

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

STRENGTHS = (3.0, 10.0, 30.0, 100.0, 300.0)
KINDS = {
    "emotions": EMOTION,
    "signals": SIGNAL,
    "motivators": MOTIVATOR,
    "main emotion": MAIN,
    "about": SUBJECT,
    "valence": slice(VALENCE, VALENCE + 1),
}
"""Kinds of decisions and their columns."""
_GAIN, _HARM = 1.645, 1.96


@dataclass(frozen=True)
class Choice:
    """A fit, and what it does to texts that it has not learnt from.

    helps: whether any kind of decision gets better
    strengths: by kind that changes; where nothing helps, the best try, of all kinds alike
    before, after: (n, L) probabilities of the corrected texts, after from heads that have not learnt from them
    head: fitted to all corrected texts with these strengths
    """

    helps: bool
    strengths: Mapping[str, float]
    before: F32
    after: F32
    head: Head


def choose(head: Head, corrected: Corrected, rehearsed: F32, check: Corrected, seed: int = 0) -> Choice:
    """The strength of each kind by wrong decisions on folds that were left out; between equals, by log-loss.

    check: messages that nobody corrected, with all their labels
    """
    thresholds = head.thresholds
    before = probabilities(head, corrected.features)
    tried = {s: by_fold(head, corrected, rehearsed, s, seed) for s in STRENGTHS}
    fitted = {s: refit(head, corrected, rehearsed, s) for s in STRENGTHS}
    checked = {s: probabilities(one, check.features) for s, one in fitted.items()}
    was = probabilities(head, check.features)

    def cost(s: float, columns: slice) -> tuple[float, float]:
        p = tried[s]
        return float(wrong(p, thresholds, corrected, columns).sum()), float(log_loss(p, corrected, columns).mean())

    safe: dict[str, float] = {}
    harmful: dict[str, float] = {}
    for kind, columns in KINDS.items():
        none = wrong(before, thresholds, corrected, columns)
        missed = {s: wrong(p, thresholds, corrected, columns) for s, p in tried.items()}
        better = [s for s in STRENGTHS if _clearly(none - missed[s], _GAIN)]
        for found, candidates in (
            (safe, [s for s in better if not _clearly(_harm(was, checked[s], thresholds, check, columns), _HARM)]),
            (harmful, better),
        ):
            if candidates:
                best = min(candidates, key=lambda s: cost(s, columns))
                found[kind] = max(s for s in candidates if not _clearly(missed[s] - missed[best]))
    best_try = dict.fromkeys(KINDS, min(STRENGTHS, key=lambda s: cost(s, slice(None))))
    helps = bool(harmful)
    strengths = safe or harmful or best_try
    after, weights, offsets = before.copy(), head.weights.copy(), head.offsets.copy()
    for kind, strength in strengths.items():
        columns = KINDS[kind]
        after[:, columns] = tried[strength][:, columns]
        weights[:, columns] = fitted[strength].weights[:, columns]
        offsets[columns] = fitted[strength].offsets[columns]
    return Choice(helps, strengths, before, after, replace(head, weights=weights, offsets=offsets))


def by_fold(head: Head, corrected: Corrected, rehearsed: F32, strength: float, seed: int = 0, folds: int = 5) -> F32:
    """(n, L) probabilities of each corrected text from a head that has not learnt from it, nor from the same words."""
    _, text = np.unique(corrected.features, axis=0, return_inverse=True)
    fold = (np.random.default_rng(seed).permutation(int(text.max()) + 1) % folds)[text.ravel()]
    p = np.zeros(corrected.wanted.shape, dtype=np.float32)
    for k in range(folds):
        inside, outside = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        fitted = refit(head, corrected.rows(inside), rehearsed, strength)
        p[outside] = probabilities(fitted, corrected.features[outside])
    return p


def wrong(p: F32, thresholds: F32, corrected: Corrected, columns: slice = slice(None)) -> F64:
    """(n,) decisions of each text that are not the person's: labels, main emotion, about, and valence's step."""
    counted = np.zeros(p.shape[1], dtype=np.bool_)
    counted[[*range(DECIDED.stop), MAIN.start, SUBJECT.start, VALENCE]] = True  # a group is one decision
    found: F64 = (~agreed(p, thresholds, corrected) & counted)[:, columns].sum(axis=1).astype(np.float64)
    return found


def log_loss(p: F32, corrected: Corrected, columns: slice = DECIDED) -> F64:
    """(n,) mean log-loss over the columns that a person judged."""
    p = np.clip(p[:, columns].astype(np.float64), 1e-6, 1 - 1e-6)
    y, known = corrected.wanted[:, columns], corrected.known[:, columns]
    each = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    found: F64 = (each * known).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return found


def _harm(before: F32, after: F32, thresholds: F32, check: Corrected, columns: slice) -> F64:
    """(n,) how much worse each check message is read; valence by its error, which is finer than its step."""
    if columns == KINDS["valence"]:
        errors = [np.abs(p[:, VALENCE] - check.wanted[:, VALENCE]) * check.known[:, VALENCE] for p in (before, after)]
        return np.asarray(errors[1] - errors[0], dtype=np.float64)
    found: F64 = wrong(after, thresholds, check, columns) - wrong(before, thresholds, check, columns)
    return found


def _clearly(gap: F64, errors: float = 1.0) -> bool:
    """Whether a difference over texts is above 0 by more than so many of its standard errors."""
    return bool(gap.mean() > errors * gap.std(ddof=1) / np.sqrt(len(gap)))
