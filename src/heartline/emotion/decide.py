"""From probabilities to what is said about a text: decided labels, numbers, and whether to speak at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.head import AROUSAL, DECIDED, EMOTION, INTENSITY, MAIN, MOTIVATOR, SIGNAL, SUBJECT, VALENCE
from heartline.emotion.labels import ABOUT, EMOTIONS, MAIN_EMOTIONS, MOTIVATORS, SIGNALS
from heartline.emotion.model import Scores

F32 = NDArray[np.float32]

LABELS: tuple[tuple[str, str], ...] = (
    *(("emotion", e) for e in EMOTIONS),
    *(("signal", s) for s in SIGNALS),
    *(("motivator", m) for m in MOTIVATORS),
)
"""(kind, label) of each column that is decided by a threshold."""
_NEUTRAL = EMOTIONS.index("neutral")

Evidence = Callable[[int, list[int]], str]
"""Told a row and the columns decided in it, gives the JSON of their spans."""


def scores_of(
    p: F32,
    status: NDArray[np.str_],
    thresholds: F32,
    evidence: Evidence | None,
    sure_otherwise: NDArray[np.bool_] | None = None,
) -> Scores:
    """Scores of n texts from (n, L) probabilities in the order of `head.COLUMNS`.

    A text whose `status` is ``scored`` on entry, that is: it was read, stays so when one emotion or signal reaches
    its threshold, or where `sure_otherwise` says so (n,), and is ``abstained`` otherwise.
    """
    n = len(status)
    sure = p[:, DECIDED] >= thresholds
    read = status == "scored"
    speaks = sure[:, : SIGNAL.stop].any(axis=1)
    if sure_otherwise is not None:
        speaks |= sure_otherwise
    speaks &= read
    status = np.where(read & ~speaks, "abstained", status)
    emotions, signals, motivators, main, about = (np.full(n, "", dtype=object) for _ in range(5))
    spans = np.full(n, "[]", dtype=object)
    rows = np.flatnonzero(speaks)
    strongest = p[rows, MAIN].argmax(axis=1)
    subject = p[rows, SUBJECT].argmax(axis=1)
    for row, felt, what in zip(rows.tolist(), strongest.tolist(), subject.tolist(), strict=True):
        columns = np.flatnonzero(sure[row])
        columns = columns[np.argsort(-p[row, columns], kind="stable")]
        chosen = columns.tolist()
        emotions[row] = _joined(chosen, EMOTION)
        signals[row] = _joined(chosen, SIGNAL)
        motivators[row] = _joined(chosen, MOTIVATOR)
        main[row] = MAIN_EMOTIONS[felt]
        about[row] = ABOUT[what]
        if evidence:
            shown = [j for j in chosen if j != _NEUTRAL]
            if shown:
                spans[row] = evidence(row, shown)

    def told(values: F32) -> F32:
        return np.where(speaks, values, np.nan).astype(np.float32)

    return Scores(
        status=status,
        p_emotion=p[:, EMOTION],
        p_signal=p[:, SIGNAL],
        valence=told(2.0 * p[:, VALENCE] - 1.0),
        arousal=told(p[:, AROUSAL]),
        intensity=told(p[:, INTENSITY]),
        emotions=emotions,
        signals=signals,
        motivators=motivators,
        main_emotion=main,
        about=about,
        evidence=spans,
    )


def _joined(columns: Sequence[int], group: slice) -> str:
    return " ".join(LABELS[j][1] for j in columns if group.start <= j < group.stop)
