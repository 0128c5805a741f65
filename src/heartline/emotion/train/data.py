"""Reads the public data sets that may train, and those that may only examine."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.labels import ABOUT, EMOTIONS, MAIN_EMOTIONS, SIGNALS
from heartline.errors import ModelError

MAY_TRAIN = ("cfpb", "skytrax", "clothing", "chat_turns")


@dataclass(frozen=True)
class EmotionTexts:
    """GoEmotions rows: texts and (n, 28) 0/1 labels."""

    texts: list[str]
    labels: NDArray[np.float32]


@dataclass(frozen=True)
class ServiceTexts:
    """Annotated customer messages.

    signals (n, 17) 0/1, about (n, 6) and main_emotion (n, 14) one-hot, valence -1..1, intensity 0..1.
    """

    texts: list[str]
    sources: list[str]
    signals: NDArray[np.float32]
    about: NDArray[np.float32]
    valence: NDArray[np.float32]
    intensity: NDArray[np.float32]
    main_emotion: NDArray[np.float32]

    def where(self, mask: NDArray[np.bool_]) -> ServiceTexts:
        """The rows of a mask."""
        rows = np.flatnonzero(mask)
        return ServiceTexts(
            [self.texts[i] for i in rows],
            [self.sources[i] for i in rows],
            self.signals[rows],
            self.about[rows],
            self.valence[rows],
            self.intensity[rows],
            self.main_emotion[rows],
        )


def goemotions(data: Path, part: str) -> EmotionTexts:
    """Part ``train`` or ``dev`` of GoEmotions (CC BY 4.0). ModelError when the label order is not ours."""
    folder = data / "goemotions"
    names = tuple((folder / "emotions.txt").read_text(encoding="utf-8").split())
    if names != EMOTIONS:
        raise ModelError("emotions.txt has another order of labels", "the order of labels.EMOTIONS", "check the data")
    texts, rows = [], []
    for line in (folder / f"{part}.tsv").read_text(encoding="utf-8").split("\n"):
        if not line:
            continue
        text, labels, _ = line.rstrip("\r").split("\t")
        texts.append(text)
        row = np.zeros(len(EMOTIONS), np.float32)
        row[[int(k) for k in labels.split(",")]] = 1
        rows.append(row)
    return EmotionTexts(texts, np.array(rows))


def service_signals(data: Path) -> ServiceTexts:
    """All annotated messages; `sources` without the ending ``_enriched``."""
    with (data / "service_signals" / "service_signals.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    signals = np.array([[s in r["signals"].split() for s in SIGNALS] for r in rows], np.float32)
    about = np.array([[r["about"] == a for a in ABOUT] for r in rows], np.float32)
    return ServiceTexts(
        [r["text"] for r in rows],
        [r["source"].removesuffix("_enriched") for r in rows],
        signals,
        about,
        np.array([float(r["valence"]) / 2 for r in rows], np.float32),
        np.array([float(r["intensity"]) / 3 for r in rows], np.float32),
        np.array([[r["emotion"] == m for m in MAIN_EMOTIONS] for r in rows], np.float32),
    )


def may_train(service: ServiceTexts) -> NDArray[np.bool_]:
    """Rows whose source's licence and role allow training."""
    return np.array([s in MAY_TRAIN for s in service.sources])


def rated(data: Path, known: set[str], each: int) -> tuple[list[str], NDArray[np.float32]]:
    """Texts with a rating as valence in -1..1: clothing reviews (stars, CC0) and seat reviews (0-10, CC0).

    Texts in `known` are left out, so that no annotated message is met twice. At most `each` of a rating and source.
    """
    texts: list[str] = []
    valence: list[float] = []
    sources = (
        ("womens_clothing_reviews/reviews.csv.gz", "Review Text", "Rating", 1.0, 5.0),
        ("skytrax_reviews/seat.csv.gz", "content", "overall_rating", 1.0, 10.0),
    )
    for file_name, text_column, rating_column, low, high in sources:
        taken: dict[float, int] = {}
        with gzip.open(data / file_name, "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                text = row[text_column]
                if not text or not row[rating_column] or text in known:
                    continue
                rating = float(row[rating_column])
                taken[rating] = taken.get(rating, 0) + 1
                if taken[rating] <= each:
                    texts.append(text)
                    valence.append(2 * (rating - low) / (high - low) - 1)
    return texts, np.clip(np.array(valence, np.float32), -0.95, 0.95)


def brighter(data: Path, language: str, part: str) -> list[str]:
    """Texts of one language of BRIGHTER (CC BY 4.0), for measuring the test of language."""
    path = data / "brighter_semeval2025" / f"track_a_{part}_{language}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]
