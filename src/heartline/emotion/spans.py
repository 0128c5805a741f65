"""Which words carry a label, for many texts and labels at once: the run of neighbouring words that adds most to it.

The same rule as `evidence.carrying_run`. All sums go over the pieces of one text only, in their order, so that a text
has the same spans in any company.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.decide import LABELS
from heartline.emotion.evidence import LONGEST_RUN

F32 = NDArray[np.float32]


class Spans:
    """Spans of the decided labels of a group of texts.

    Parameters
    ----------
    places: for each text and each of its pieces the characters (start, end) of its word
    adds: (pieces of all texts, marks left out, decided columns) what each piece adds to a label
    means: (texts, decided columns) mean of what all pieces of a text add, marks included
    """

    def __init__(self, places: Sequence[Sequence[tuple[int, int]]], adds: F32, means: F32) -> None:
        sizes = np.array([len(one) for one in places])
        flat = np.fromiter(chain.from_iterable(chain.from_iterable(places)), np.int64, 2 * len(adds)).reshape(-1, 2)
        firsts = np.cumsum(sizes) - sizes
        starts = np.ones(len(flat), dtype=bool)
        starts[1:] = flat[1:, 0] != flat[:-1, 0]
        starts[firsts] = True
        words = np.flatnonzero(starts)
        self._characters = flat[words]
        # Taking words away leaves the mean of the others, so a word counts by how far it lies above the mean.
        above = np.add.reduceat(adds - np.repeat(means, sizes, axis=0), words, axis=0)
        self._first = np.searchsorted(words, firsts)
        self._count = np.diff(self._first, append=len(words))
        left = np.repeat(self._first + self._count, self._count) - np.arange(len(words))
        self._worth: list[F32] = []
        best = []
        run = above
        for length in range(1, LONGEST_RUN + 1):
            if length > 1:
                run = run.copy()
                run[: 1 - length] += above[length - 1 :]
            # A longer run must pay for the words it adds, or every span would be as long as allowed.
            worth = run * np.float32(length**-0.5)
            worth[left < length] = -np.inf
            self._worth.append(worth)
            best.append(np.maximum.reduceat(worth, self._first, axis=0))
        self._most = np.max(best, axis=0)
        self._length = np.argmax(best, axis=0)

    def __call__(self, row: int, columns: list[int]) -> str:
        """JSON of the words that carry each of these columns in the text of this row."""
        first = int(self._first[row])
        end = first + int(self._count[row])
        found = []
        for column in columns:
            if self._most[row, column] <= 0:
                continue
            length = int(self._length[row, column])
            at = first + int(self._worth[length][first:end, column].argmax())
            kind, label = LABELS[column]
            span = int(self._characters[at, 0]), int(self._characters[at + length, 1])
            found.append({"kind": kind, "label": label, "start": span[0], "end": span[1]})
        return json.dumps(found)
