"""Examines a model on customers' messages from sources that never train: what the card says about customer language."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.labels import ABOUT, MAIN_EMOTIONS, SIGNALS
from heartline.emotion.model import EmotionModel
from heartline.emotion.train import data as sources
from heartline.emotion.train import report
from heartline.emotion.train.reliability import coverage, decided_error, expected_error
from heartline.emotion.wordpiece import words

F32 = NDArray[np.float32]

ENOUGH = 20
"""Positives from which a signal's F1 counts in the mean."""
BAND = 0.2
"""Valence within ±BAND is neutral: where the touchpoints analysis draws the line between bad, neither and good."""
_RESAMPLES = 1000


def examine(model: EmotionModel, data: Path, seed: int) -> dict[str, Any]:
    """Figures on the annotated messages of evaluation sources, each with a 95 % bootstrap interval over messages."""
    service = sources.service_signals(data)
    service = service.where(~sources.may_train(service))
    scores = model.score(service.texts)
    decided = np.array([[s in told.split() for s in SIGNALS] for told in scores.signals], np.float32)
    f1, ends = report.f1_with_interval(service.signals, decided, seed)
    positives = service.signals.sum(0).astype(int)
    often = np.flatnonzero(positives >= ENOUGH)
    often_f1, often_ends = report.f1_with_interval(service.signals[:, often], decided[:, often], seed)
    main = np.array([MAIN_EMOTIONS.index(m) if m else -1 for m in scores.main_emotion])
    about = np.array([ABOUT.index(a) if a else -1 for a in scores.about])
    valence = np.nan_to_num(scores.valence)
    read = ~np.isnan(scores.p_signal[:, 0])
    right = main == service.main_emotion.argmax(1)
    sure = np.nan_to_num(np.abs(scores.valence)) + np.nan_to_num(scores.intensity)
    names = np.array(service.sources)
    return {
        "rows": len(service.texts),
        "status": {str(s): int((scores.status == s).sum()) for s in np.unique(scores.status)},
        "signal_f1": f1.tolist(),
        "signal_ends": ends.tolist(),
        "signal_positives": positives.tolist(),
        "signal_decided": decided.sum(0).astype(int).tolist(),
        "signal_macro_often": [float(often_f1[-2]), *map(float, often_ends[-2])],
        "signals_often": [SIGNALS[j] for j in often],
        "signal_calibration": expected_error(service.signals[read], scores.p_signal[read]),
        "signal_calibration_decided": decided_error(service.signals, np.nan_to_num(scores.p_signal), decided),
        "valence": list(report.correlation_with_interval(valence, service.valence, seed)),
        "intensity": list(report.correlation_with_interval(np.nan_to_num(scores.intensity), service.intensity, seed)),
        "main_emotion": share(right, seed),
        "main_emotion_confusion": _confusion(service.main_emotion.argmax(1), main),
        "main_emotion_coverage": coverage(right, sure),
        "about": share(about == service.about.argmax(1), seed),
        "about_confusion": _confusion(service.about.argmax(1), about, len(ABOUT)),
        "by_source": {
            str(source): {
                "rows": int((names == source).sum()),
                "valence": report.correlation_with_interval(
                    valence[names == source], service.valence[names == source], seed
                ),
                "main_emotion": share(right[names == source], seed),
            }
            for source in sorted(set(service.sources))
        },
        "slices": _slices(service.texts, valence, service.valence, right),
    }


def airline(model: EmotionModel, data: Path, seed: int) -> dict[str, Any]:
    """Three-class sentiment of airline tweets from valence alone, none of which trained the model."""
    with gzip.open(data / "airline_tweets" / "airline_tweets.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    scores = model.score([row["text"] for row in rows])
    told = three_classes(scores.valence)
    true = np.array([("negative", "neutral", "positive").index(row["airline_sentiment"]) - 1 for row in rows])
    y, d = (np.stack([values == k for k in (-1, 0, 1)], axis=1).astype(np.float32) for values in (true, told))
    f1, ends = report.f1_with_interval(y, d, seed)
    return {
        "rows": len(rows),
        "accuracy": share(told == true, seed),
        "macro_f1": [float(f1[-2]), *map(float, ends[-2])],
        "confusion": _confusion(true + 1, told + 1, 3),
        "read": float((scores.status == "scored").mean()),
    }


def three_classes(valence: F32) -> NDArray[np.int64]:
    """-1, 0 or 1; unscored texts are 0."""
    known = np.nan_to_num(valence)
    return (known > BAND).astype(np.int64) - (known < -BAND).astype(np.int64)


def share(right: NDArray[np.bool_], seed: int) -> list[float]:
    """Share of True with its 95 % bootstrap interval."""
    draw = np.random.default_rng(seed)
    n = len(right)
    shares = [right[draw.integers(0, n, n)].mean() for _ in range(_RESAMPLES)]
    return [float(right.mean()), *np.quantile(shares, [0.025, 0.975]).tolist()]


def _confusion(true: NDArray[np.int64], told: NDArray[np.int64], classes: int = len(MAIN_EMOTIONS)) -> list[list[int]]:
    """Rows: true; columns: told, the last one for texts without an answer."""
    table = np.zeros((classes, classes + 1), dtype=int)
    np.add.at(table, (true, np.where(told < 0, classes, told)), 1)
    return table.tolist()


_SLICES: dict[str, Callable[[str], bool]] = {
    "up to 8 words": lambda text: len(words(text)) <= 8,
    "9 to 25 words": lambda text: 9 <= len(words(text)) <= 25,
    "over 25 words": lambda text: len(words(text)) > 25,
    "with an emoji": lambda text: any(ord(c) > 0x2600 for c in text),
    "slang or dialect spellings": lambda text: bool(
        {"gonna", "wanna", "gotta", "aint", "y'all", "yall", "u", "ur", "tho", "thru", "finna", "bruh", "bro", "lol"}
        & {word for word, _, _ in words(text)}
    ),
    "capitals": lambda text: sum(c.isupper() for c in text) > 0.5 * max(sum(c.isalpha() for c in text), 1),
}


def _slices(texts: list[str], valence: F32, true: F32, right: NDArray[np.bool_]) -> dict[str, dict[str, float]]:
    """Error of valence and share of right main emotions by kind of text; rests of under 20 texts are left out."""
    found = {}
    for name, belongs in _SLICES.items():
        inside = np.array([belongs(text) for text in texts])
        if inside.sum() >= ENOUGH:
            gap = valence[inside] - true[inside]
            found[name] = {
                "rows": int(inside.sum()),
                "valence_error": float(np.abs(gap).mean()),
                "valence_bias": float(gap.mean()),
                "main_emotion": float(right[inside].mean()),
            }
    return found
