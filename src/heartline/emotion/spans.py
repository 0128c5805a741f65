"""Which words carry a label, for many texts and labels at once: the run of neighbouring words that adds most to it.

The same rule as `evidence.carrying_run`. All sums go over the pieces of one text only, in their order, so that a text
has the same spans in any company.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.evidence import LONGEST_RUN

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]


class Spans:
    """Spans of the decided labels of a group of texts.

    Parameters
    ----------
    places: (pieces, 2) for each piece the characters (start, end) of its word; texts follow each other
    sizes: (texts,) pieces of each text, one at least
    adds: (pieces, columns) what each piece adds to a label
    means: (texts, columns) what is left out of each piece: the mean of what all pieces of its text add
    inside: (pieces,) the rows of `adds` that they have; None where there are no others
    """

    def __init__(self, places: I64, sizes: I64, adds: F32, means: F32, inside: I64 | None = None) -> None:
        self._places, self._sizes, self._adds, self._means = places, sizes, adds, means
        self._rows = np.arange(len(places)) if inside is None else inside
        self._firsts = np.cumsum(sizes) - sizes
        self._begins = np.ones(len(places), dtype=bool)
        """Whether a piece is the first of its word."""
        self._begins[1:] = places[1:, 0] != places[:-1, 0]
        self._begins[self._firsts] = True

    def __call__(self, texts: I64, columns: I64) -> I64:
        """(n, 2) characters (start, end) that carry `columns` (n,) in `texts` (n,); -1 where no word adds anything."""
        if not len(texts):
            return np.empty((0, 2), dtype=np.int64)
        sizes = self._sizes[texts]
        pieces = _ramps(self._firsts[texts], sizes)
        # Taking words away leaves the mean of the others, so a word counts by how far it lies above the mean.
        above = self._adds[self._rows[pieces], np.repeat(columns, sizes)]
        above -= np.repeat(self._means[texts, columns], sizes)
        words = np.flatnonzero(self._begins[pieces])
        above = np.add.reduceat(above, words)
        first = np.searchsorted(words, np.cumsum(sizes) - sizes)
        count = np.diff(first, append=len(words))
        left = np.repeat(first + count, count) - np.arange(len(words))
        worth = np.full((LONGEST_RUN, len(words)), -np.inf, dtype=np.float32)
        run = above.copy()
        for length in range(1, LONGEST_RUN + 1):
            if length > 1:
                run[: 1 - length] += above[length - 1 :]
            # A longer run must pay for the words it adds, or every span would be as long as allowed.
            np.multiply(run, np.float32(length**-0.5), out=worth[length - 1], where=left >= length)
        best = np.maximum.reduceat(worth, first, axis=1)
        most, longer = best.max(axis=0), best.argmax(axis=0)
        # Of the runs of this length the first that is worth most.
        hits = np.flatnonzero(worth[np.repeat(longer, count), np.arange(len(words))] == np.repeat(most, count))
        at = hits[np.searchsorted(hits, first)]
        begin, end = self._places[pieces[words[at]], 0], self._places[pieces[words[at + longer]], 1]
        found: I64 = np.where(most > 0, [begin, end], -1).T
        return found


def _ramps(starts: I64, lengths: I64) -> I64:
    """Whole numbers that rise from each start, as many as its length."""
    ends = np.cumsum(lengths)
    found: I64 = np.repeat(starts - ends + lengths, lengths) + np.arange(ends[-1])
    return found
