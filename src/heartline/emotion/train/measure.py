"""Measures a written hashed model as users will meet it: whole numbers, thresholds, status and all."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.hashed import HashedModel
from heartline.emotion.labels import ABOUT, EMOTIONS, SIGNALS
from heartline.emotion.load import load_folder
from heartline.emotion.model import EmotionModel
from heartline.emotion.train import data as sources
from heartline.emotion.train import report

_BRIGHTER = {"de": "deu", "es": "esp", "pt": "ptbr", "zh": "chn", "sv": "swe", "en": "eng"}


def measure(folder: Path, data: Path, seed: int, examine: bool) -> dict[str, Any]:
    """All figures of the card. `examine`: also the annotated messages of sources that never train."""
    model = load_folder(folder)
    if not isinstance(model, HashedModel):
        raise TypeError("the hashed model is needed")
    dev = sources.goemotions(data, "dev")
    # CPU time, not the clock: what else the machine does must not count.
    began = time.process_time()
    scores = model.score(dev.texts)
    seconds = time.process_time() - began
    # A refused text has no label: that counts against the model here.
    decided = _decided(scores.emotions, EMOTIONS)
    f1, ends = report.f1_with_interval(dev.labels, decided, seed)
    read = ~np.isnan(scores.p_emotion[:, 0])
    found: dict[str, Any] = {
        "bytes": sum(p.stat().st_size for p in folder.iterdir() if p.name != "MODEL_CARD.md"),
        "texts_per_second": len(dev.texts) / seconds,
        "thresholds": model.thresholds.tolist(),
        "dev_rows": len(dev.texts),
        "dev_f1": f1.tolist(),
        "dev_ends": ends.tolist(),
        "dev_positives": dev.labels.sum(0).astype(int).tolist(),
        "dev_calibration": report.calibration_error(dev.labels[read], scores.p_emotion[read]).tolist(),
        "dev_abstained": float((scores.status == "abstained").mean()),
        "dev_refused": float((scores.status == "unsupported_language").mean()),
        "language": _languages(model, data),
    }
    if examine:
        service = sources.service_signals(data)
        found["examined"] = _examine(model, service.where(~sources.may_train(service)), seed)
    return found


def _languages(model: EmotionModel, data: Path) -> dict[str, tuple[int, float]]:
    """Per language of BRIGHTER dev: rows and the share that is refused."""
    found = {}
    for code, name in _BRIGHTER.items():
        texts = sources.brighter(data, name, "dev")
        status = model.score(texts).status
        found[code] = (len(texts), float((status == "unsupported_language").mean()))
    return found


def _examine(model: EmotionModel, service: sources.ServiceTexts, seed: int) -> dict[str, Any]:
    scores = model.score(service.texts)
    decided = _decided(scores.signals, SIGNALS)
    f1, ends = report.f1_with_interval(service.signals, decided, seed)
    spoken = scores.status == "scored"
    valence = scores.valence[spoken]
    told = np.array([ABOUT.index(a) if a else -1 for a in scores.about])
    right = told == service.about.argmax(1)
    draw = np.random.default_rng(seed)
    shares = [right[draw.integers(0, len(right), len(right))].mean() for _ in range(report.RESAMPLES)]
    found: dict[str, Any] = {
        "rows": len(service.texts),
        "status": {s: int((scores.status == s).sum()) for s in np.unique(scores.status)},
        "signal_f1": f1.tolist(),
        "signal_ends": ends.tolist(),
        "positives": service.signals.sum(0).astype(int).tolist(),
        "decided": decided.sum(0).astype(int).tolist(),
        "valence": report.correlation_with_interval(valence, service.valence[spoken], seed),
        "intensity": report.correlation_with_interval(scores.intensity[spoken], service.intensity[spoken], seed),
        "about": (float(right.mean()), *np.quantile(shares, [0.025, 0.975]).tolist()),
        "valence_by_source": {},
    }
    names = np.array(service.sources)
    for source in sorted(set(service.sources)):
        mask = spoken & (names == source)
        found["valence_by_source"][source] = (
            int(mask.sum()),
            *report.correlation_with_interval(scores.valence[mask], service.valence[mask], seed),
        )
    return found


def _decided(joined: NDArray[np.object_], labels: tuple[str, ...]) -> NDArray[np.float32]:
    return np.array([[label in text.split() for label in labels] for text in joined], np.float32)
