"""From probabilities to what is said about a text: decided labels, numbers, and whether to speak at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.head import AROUSAL, DECIDED, EMOTION, INTENSITY, MAIN, MOTIVATOR, SIGNAL, SUBJECT, VALENCE
from heartline.emotion.labels import ABOUT, EMOTIONS, MAIN_EMOTIONS, MOTIVATORS, SIGNALS
from heartline.emotion.model import Scores

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]

LABELS: tuple[tuple[str, str], ...] = (
    *(("emotion", e) for e in EMOTIONS),
    *(("signal", s) for s in SIGNALS),
    *(("motivator", m) for m in MOTIVATORS),
)
"""(kind, label) of each column that is decided by a threshold."""
_NEUTRAL = EMOTIONS.index("neutral")

_ITEMS = tuple(f'{{"kind": {json.dumps(kind)}, "label": {json.dumps(label)}, "start": ' for kind, label in LABELS)
"""How an item of evidence begins, column by column."""
_NAMES = np.array([label for _, label in LABELS], dtype=object)
_MAINS, _ABOUTS = np.array(MAIN_EMOTIONS, dtype=object), np.array(ABOUT, dtype=object)

Evidence = Callable[[I64, I64], I64]
"""Told rows (n,) and columns (n,) decided in them, gives the characters (n, 2) that carry them; -1 where none do."""


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
    rows, columns = np.nonzero(sure & speaks[:, None])
    falling = np.lexsort((-p[rows, columns], rows))
    rows, columns = rows[falling], columns[falling]

    def told(values: F32) -> F32:
        return np.where(speaks, values, np.nan).astype(np.float32)

    return Scores(
        status=status,
        p_emotion=p[:, EMOTION],
        p_signal=p[:, SIGNAL],
        valence=told(2.0 * p[:, VALENCE] - 1.0),
        arousal=told(p[:, AROUSAL]),
        intensity=told(p[:, INTENSITY]),
        emotions=_joined(n, rows, columns, EMOTION),
        signals=_joined(n, rows, columns, SIGNAL),
        motivators=_joined(n, rows, columns, MOTIVATOR),
        main_emotion=np.where(speaks, _MAINS[p[:, MAIN].argmax(axis=1)], ""),
        about=np.where(speaks, _ABOUTS[p[:, SUBJECT].argmax(axis=1)], ""),
        evidence=_listed(n, rows, columns, evidence),
    )


def _joined(n: int, rows: I64, columns: I64, group: slice) -> NDArray[np.object_]:
    """(n,) the labels of a group that are decided in each row."""
    mine = (columns >= group.start) & (columns < group.stop)
    return _by_row(n, rows[mine], _NAMES[columns[mine]].tolist(), " ")


def _listed(n: int, rows: I64, columns: I64, evidence: Evidence | None) -> NDArray[np.object_]:
    """(n,) JSON of what carries the labels that are decided in each row."""
    if evidence is None:
        return np.full(n, "[]", dtype=object)
    shown = columns != _NEUTRAL
    rows, columns = rows[shown], columns[shown]
    places = evidence(rows, columns)
    carried = places[:, 0] >= 0
    told = zip(columns[carried].tolist(), *places[carried].T.tolist(), strict=True)
    items = [f'{_ITEMS[column]}{start}, "end": {end}}}' for column, start, end in told]
    found: NDArray[np.object_] = "[" + _by_row(n, rows[carried], items, ", ") + "]"
    return found


def _by_row(n: int, rows: I64, parts: list[str], between: str) -> NDArray[np.object_]:
    """(n,) the parts of each row in one; `rows` rise."""
    ends = np.searchsorted(rows, np.arange(n + 1)).tolist()
    found = np.empty(n, dtype=object)
    found[:] = [between.join(parts[a:b]) for a, b in pairwise(ends)]
    return found
