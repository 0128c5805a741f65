"""Is the evidence true to the model? Without the words that it names, the probability of the label must fall.

For each decided label the named words are cut out of the text and the text is read again; so it is with runs of as
many words drawn at random. The figure is the mean fall with the named words over the mean fall with drawn ones
(comprehensiveness: DeYoung et al., ERASER, ACL 2020).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.labels import EMOTIONS, SIGNALS
from heartline.emotion.model import EmotionModel
from heartline.emotion.wordpiece import words

_COLUMN = {("emotion", e): j for j, e in enumerate(EMOTIONS)} | {
    ("signal", s): len(EMOTIONS) + j for j, s in enumerate(SIGNALS)
}


@dataclass(frozen=True)
class Faithfulness:
    """Mean fall of probability per decided label, with a 95 % bootstrap interval of the ratio over texts."""

    labels: int
    texts: int
    named: float
    drawn: float
    ratio: float
    low: float
    high: float


def faithfulness(model: EmotionModel, texts: Sequence[str], draws: int = 5, seed: int = 0) -> Faithfulness:
    """Measured on texts of at least six words, so that something is left; labels without a span count as no fall."""
    rng = np.random.default_rng(seed)
    long = [text for text in texts if len(words(text)) >= 6]
    scores = model.score(long)
    p = np.hstack([scores.p_emotion, scores.p_signal])
    cases: list[tuple[int, int]] = []
    without: list[str] = []
    for i, text in enumerate(long):
        places = sorted({(start, end) for _, start, end in words(text)})
        for item in json.loads(scores.evidence[i]):
            column = _COLUMN.get((item["kind"], item["label"]))
            if column is None:
                continue
            inside = [k for k, (a, b) in enumerate(places) if a >= item["start"] and b <= item["end"]]
            if not inside or len(inside) == len(places):
                continue
            cases.append((i, column))
            without.append(_cut(text, item["start"], item["end"]))
            for _ in range(draws):
                first = int(rng.integers(0, len(places) - len(inside) + 1))
                without.append(_cut(text, places[first][0], places[first + len(inside) - 1][1]))
    again = model.score(without)
    left = np.nan_to_num(np.hstack([again.p_emotion, again.p_signal])).reshape(len(cases), draws + 1, -1)
    named = np.array([p[i, j] - left[k, 0, j] for k, (i, j) in enumerate(cases)])
    drawn = np.array([p[i, j] - left[k, 1:, j].mean() for k, (i, j) in enumerate(cases)])
    owner = np.array([i for i, _ in cases])
    ratios = _resampled(named, drawn, owner, rng)
    low, high = np.quantile(ratios, [0.025, 0.975])
    mean_named, mean_drawn = float(named.mean()), float(drawn.mean())
    return Faithfulness(
        len(cases), len(set(owner.tolist())), mean_named, mean_drawn, mean_named / mean_drawn, float(low), float(high)
    )


def _cut(text: str, start: int, end: int) -> str:
    return f"{text[:start].rstrip()} {text[end:].lstrip()}"


def _resampled(
    named: NDArray[np.float64], drawn: NDArray[np.float64], owner: NDArray[np.int64], rng: np.random.Generator
) -> list[float]:
    _, place = np.unique(owner, return_inverse=True)
    n = int(place.max()) + 1
    a, b = np.bincount(place, named, n), np.bincount(place, drawn, n)
    found = []
    for _ in range(1000):
        i = rng.integers(0, n, n)
        found.append(float(a[i].sum() / b[i].sum()))
    return found
