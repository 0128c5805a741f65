"""Spans for many texts at once say what the plain search over one text says."""

from __future__ import annotations

import json

import numpy as np

from heartline.emotion.decide import LABELS
from heartline.emotion.evidence import carrying_run
from heartline.emotion.spans import Spans


def _texts(rng: np.random.Generator, count: int) -> list[list[tuple[int, int]]]:
    """Places of pieces: words of one to three pieces, texts of one to twelve words."""
    found = []
    for _ in range(count):
        words = [(7 * i, 7 * i + 5) for i in range(int(rng.integers(1, 13)))]
        found.append([word for word in words for _ in range(int(rng.integers(1, 4)))])
    return found


def test_every_span_is_the_run_that_adds_most() -> None:
    rng = np.random.default_rng(4)
    places = _texts(rng, 60)
    adds = rng.normal(size=(sum(map(len, places)), len(LABELS))).astype(np.float32)
    means = rng.normal(scale=0.3, size=(len(places), len(LABELS))).astype(np.float32)
    means[:5] = 9  # no word lies above the mean: no span
    spans = Spans(places, adds, means)
    start = seen = 0
    columns = list(range(0, len(LABELS), 3))
    for row, place in enumerate(places):
        own = adds[start : start + len(place)] - means[row]
        start += len(place)
        runs = {LABELS[j]: carrying_run(place, own[:, j]) for j in columns}
        told = {(e["kind"], e["label"]): (e["start"], e["end"]) for e in json.loads(spans(row, columns))}
        assert told == {label: run for label, run in runs.items() if run}
        seen += len(told)
    assert seen > 500


def test_a_text_has_the_same_spans_in_any_company() -> None:
    rng = np.random.default_rng(5)
    places = _texts(rng, 30)
    sizes = [len(place) for place in places]
    ends = np.cumsum(sizes)
    adds = rng.normal(size=(ends[-1], len(LABELS))).astype(np.float32)
    means = np.zeros((len(places), len(LABELS)), np.float32)
    together = Spans(places, adds, means)
    columns = list(range(len(LABELS)))
    for row in (0, 7, 29):
        alone = Spans([places[row]], adds[ends[row] - sizes[row] : ends[row]], means[[row]])
        assert alone(0, columns) == together(row, columns)
