"""What a fit to corrections gained and lost, with intervals, before anybody uses it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.decide import LABELS
from heartline.emotion.head import DECIDED, MAIN, SUBJECT, VALENCE
from heartline.emotion.refit import Corrected, agreed
from heartline.emotion.refit_choice import log_loss, wrong

F32 = NDArray[np.float32]

_ENOUGH = 10
_RESAMPLES = 1000
_LESS = " (less is better)"


@dataclass(frozen=True)
class Change:
    """One figure before and after; the interval is the 95 % bootstrap interval of the difference over texts.

    what: what is measured; base: texts behind it
    """

    what: str
    base: int
    before: float
    after: float
    low: float
    high: float

    @property
    def worse(self) -> bool:
        """Whether the whole interval is on the wrong side of 0."""
        return self.low > 0 if self.what.endswith(_LESS) else self.high < 0


@dataclass(frozen=True)
class LabelChange:
    """F1 of one label on the check messages, before and after; base: messages that have it."""

    label: str
    base: int
    before: float
    after: float


def gained(before: F32, after: F32, thresholds: F32, corrected: Corrected, seed: int = 0) -> tuple[Change, ...]:
    """Figures on corrected texts; ``after`` from heads that have not learnt from them."""
    both = (before, after)
    right = [agreed(p, thresholds, corrected)[:, DECIDED] for p in both]
    return (
        _change("wrong decisions a text" + _LESS, [wrong(p, thresholds, corrected) for p in both], seed),
        _change("labels as the person has them", [one.mean(axis=1) for one in right], seed),
        _change("texts with every label as the person has it", [(~one).sum(axis=1) == 0 for one in right], seed),
        _change("log-loss" + _LESS, [log_loss(p, corrected) for p in both], seed),
    )


def kept(before: F32, after: F32, thresholds: F32, known: Corrected, seed: int = 0) -> tuple[Change, ...]:
    """Figures on messages that nobody corrected."""
    both = (before, after)
    right = [agreed(p, thresholds, known) for p in both]
    found = [_change("labels as they should be", [one[:, DECIDED].mean(axis=1) for one in right], seed)]
    for what, group in (("main emotion right", MAIN), ("about right", SUBJECT)):
        told = known.known[:, group.start]
        if told.any():
            found.append(_change(what, [one[told, group.start] for one in right], seed))
    rated = known.known[:, VALENCE]
    if rated.any():
        gaps = [2 * np.abs(p[rated, VALENCE] - known.wanted[rated, VALENCE]) for p in both]
        found.append(_change("error of valence" + _LESS, gaps, seed))
    return tuple(found)


def labels_moved(before: F32, after: F32, thresholds: F32, known: Corrected) -> tuple[LabelChange, ...]:
    """Labels with 10 messages or more whose F1 moved by 0.01 or more, worst first."""
    found = []
    for j, (kind, label) in enumerate(LABELS):
        true = (known.wanted[:, j] > 0.5) & known.known[:, j]
        if true.sum() < _ENOUGH:
            continue
        scores = [_f1(true, (p[:, j] >= thresholds[j]) & known.known[:, j]) for p in (before, after)]
        if abs(scores[0] - scores[1]) >= 0.01:
            found.append(LabelChange(f"{kind}:{label}", int(true.sum()), *scores))
    return tuple(sorted(found, key=lambda one: one.after - one.before))


def _f1(true: NDArray[np.bool_], told: NDArray[np.bool_]) -> float:
    return float(2 * (true & told).sum() / max(true.sum() + told.sum(), 1))


def _change(what: str, both: Sequence[NDArray[np.generic]], seed: int) -> Change:
    a, b = (np.asarray(one, dtype=np.float64) for one in both)
    draw = np.random.default_rng(seed)
    gaps = [float((b - a)[draw.integers(0, len(a), len(a))].mean()) for _ in range(_RESAMPLES)]
    low, high = np.quantile(gaps, [0.025, 0.975])
    return Change(what, len(a), float(a.mean()), float(b.mean()), float(low), float(high))
