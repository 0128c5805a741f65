"""Which words carry a label: the run of neighbouring words whose own weights add most to it."""

from __future__ import annotations

import json
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
