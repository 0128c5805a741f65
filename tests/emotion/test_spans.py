"""Spans for many texts at once say what the plain search over one text says."""

from __future__ import annotations

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


def _spans(places: list[list[tuple[int, int]]], adds: np.ndarray, means: np.ndarray) -> Spans:
    return Spans(np.array([place for text in places for place in text]), np.array([*map(len, places)]), adds, means)


def _pairs(texts: int, columns: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Every text with every column."""
    return np.repeat(np.arange(texts), len(columns)), np.tile(columns, texts)


def test_every_span_is_the_run_that_adds_most() -> None:
    rng = np.random.default_rng(4)
    places = _texts(rng, 60)
    adds = rng.normal(size=(sum(map(len, places)), len(LABELS))).astype(np.float32)
    means = rng.normal(scale=0.3, size=(len(places), len(LABELS))).astype(np.float32)
    means[:5] = 9  # no word lies above the mean: no span
    columns = list(range(0, len(LABELS), 3))
    pairs = _pairs(len(places), columns)
    told = _spans(places, adds, means)(*pairs)
    ends = np.cumsum([*map(len, places)])
    seen = 0
    for row, column, span in zip(*pairs, told.tolist(), strict=True):
        own = adds[ends[row] - len(places[row]) : ends[row], column] - means[row, column]
        assert tuple(span) == (carrying_run(places[row], own) or (-1, -1))
        seen += span[0] >= 0
    assert seen > 500


def test_a_text_has_the_same_spans_in_any_company() -> None:
    rng = np.random.default_rng(5)
    places = _texts(rng, 30)
    sizes = [len(place) for place in places]
    ends = np.cumsum(sizes)
    adds = rng.normal(size=(ends[-1], len(LABELS))).astype(np.float32)
    means = np.zeros((len(places), len(LABELS)), np.float32)
    columns = list(range(len(LABELS)))
    rows = _pairs(len(places), columns)
    together = _spans(places, adds, means)(*rows)
    for row in (0, 7, 29):
        alone = _spans([places[row]], adds[ends[row] - sizes[row] : ends[row]], means[[row]])
        assert np.array_equal(alone(*_pairs(1, columns)), together[rows[0] == row])


def test_pieces_that_are_no_words_are_passed_over_and_no_pair_has_no_span() -> None:
    adds = np.array([[9], [0], [3], [9], [9], [2], [9]], np.float32)
    places, inside = np.array([[0, 2], [3, 8], [0, 4]]), np.array([1, 2, 5])
    spans = Spans(places, np.array([2, 1]), adds, np.ones((2, 1), np.float32), inside)
    assert spans(np.array([0, 1]), np.array([0, 0])).tolist() == [[3, 8], [0, 4]]
    assert spans(np.array([], int), np.array([], int)).shape == (0, 2)
