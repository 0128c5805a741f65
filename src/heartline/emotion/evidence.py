"""Which words carry a label: the run of neighbouring words whose own weights add most to it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from heartline.emotion import words as wd

LONGEST_RUN = 4
"""Words in a span at most: long enough for "never buying from you", short enough to be read at a glance."""


@dataclass
class Reading:
    """One text on its way through a model.

    Attributes
    ----------
    index: row of the text
    low: its lower-case form, positions as in the text
    tokens: its words in order
    word_ids: for each token the number of the word in the model's chunk
    """

    index: int
    low: str
    tokens: list[str]
    word_ids: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))


def evidence_json(
    reading: Reading, labels: list[tuple[str, str]], by_word: NDArray[np.int32], by_pair: NDArray[np.int8]
) -> str:
    """JSON list of {"kind", "label", "start", "end"}, one for each label that any run of words speaks for.

    Parameters
    ----------
    reading: the text
    labels: decided labels as (kind, label), kind being emotion or signal
    by_word: (tokens, labels) what each word adds
    by_pair: (tokens + 1, labels) what each pair of neighbours adds, the edges of the text included
    """
    n = len(reading.tokens)
    words = by_word.astype(np.int64)
    inner = by_pair[1:-1].astype(np.int64)
    places = wd.places(reading.low)
    best = np.full(len(labels), 0.0)
    found: list[tuple[int, int] | None] = [None] * len(labels)
    run = words.copy()
    for length in range(1, min(LONGEST_RUN, n) + 1):
        if length > 1:
            run = run[:-1] + words[length - 1 :] + inner[length - 2 :]
        # A longer run must pay for the words it adds, or every span would be as long as allowed.
        worth = run / np.sqrt(length)
        top = worth.argmax(axis=0)
        for j, i in enumerate(top.tolist()):
            if worth[i, j] > best[j]:
                best[j] = worth[i, j]
                found[j] = (places[i][0], places[i + length - 1][1])
    return json.dumps(
        [
            {"kind": kind, "label": label, "start": span[0], "end": span[1]}
            for (kind, label), span in zip(labels, found, strict=True)
            if span is not None
        ]
    )


def carrying_run(places: list[tuple[int, int]], adds: NDArray[np.float32]) -> tuple[int, int] | None:
    """Characters of the run of words that adds most to a label; None where no word adds anything.

    Parameters
    ----------
    places: for each piece the characters (start, end) of its word; pieces of a word stand together
    adds: (pieces,) what each piece adds
    """
    spans: list[tuple[int, int]] = []
    sums: list[float] = []
    for place, value in zip(places, adds.tolist(), strict=True):
        if spans and spans[-1] == place:
            sums[-1] += value
        else:
            spans.append(place)
            sums.append(value)
    best, found = 0.0, None
    for start in range(len(sums)):
        total = 0.0
        for end in range(start, min(start + LONGEST_RUN, len(sums))):
            total += sums[end]
            # A longer run must pay for the words it adds, or every span would be as long as allowed.
            worth = total / math.sqrt(end - start + 1)
            if worth > best:
                best, found = worth, (spans[start][0], spans[end][1])
    return found
