"""Texts that are read together: cut into windows of pieces, with what is needed to find their words again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from heartline.emotion import words as wd
from heartline.emotion.chunks import MOST_PIECES, WINDOW, Chunk, Chunks
from heartline.emotion.language import is_english

I64 = NDArray[np.int64]

_FULL: Final = 8192
"""Pieces of a group: enough for runs of one length, few enough for memory."""
_pieces, _places, _words, _doubtful, _width = (attrgetter(name) for name in Chunk._fields)


class Group:
    """Some texts: their rows, chunks and windows. Nothing of one text reaches another.

    Attributes
    ----------
    rows: which texts these are
    windows: pieces that the encoder sees at once, marks included; those of a text follow each other
    sizes: pieces of each text, marks included
    inner: the same without marks
    """

    def __init__(self, first: int, last: int) -> None:
        self.rows: list[int] = []
        self.windows: list[list[int]] = []
        self.sizes: list[int] = []
        self.inner: list[int] = []
        self._marks = first, last
        self._chunks: list[Chunk] = []
        self._counts: list[int] = []

    def add(self, row: int, chunks: list[Chunk], pieces: list[int]) -> int:
        """Takes a text in and says how many pieces it has, marks included."""
        first, last = self._marks
        windows = [[first, *pieces[a : a + WINDOW], last] for a in range(0, len(pieces), WINDOW)]
        size = len(pieces) + 2 * len(windows)
        self.rows.append(row)
        self.windows += windows
        self.sizes.append(size)
        self.inner.append(len(pieces))
        self._chunks += chunks
        self._counts.append(len(chunks))
        return size

    def lengths(self) -> I64:
        """(windows,) pieces of each window, marks included."""
        return np.fromiter(map(len, self.windows), np.int64, len(self.windows))

    def pieces(self) -> I64:
        """(pieces,) of all windows."""
        return np.fromiter(chain.from_iterable(self.windows), np.int64, sum(self.sizes))

    def inside(self) -> I64:
        """Which of these pieces are no marks."""
        lengths = self.lengths()
        ends = np.cumsum(lengths)
        found = np.ones(ends[-1], dtype=bool)
        found[ends - lengths] = found[ends - 1] = False
        return np.flatnonzero(found)

    def places(self) -> I64:
        """(pieces, 2) characters of its text that the whole word of each piece inside stands for, end exclusive."""
        chunks, counts = self._chunks, np.array(self._counts)
        ends = np.cumsum(np.fromiter(map(_width, chunks), np.int64, len(chunks)))
        begins = np.concatenate([[0], ends[:-1]])
        # Counted from the first chunk of the same text.
        begins -= np.repeat(begins[np.cumsum(counts) - counts], counts)
        each = np.fromiter(map(len, map(_pieces, chunks)), np.int64, len(chunks))
        flat = np.fromiter(chain.from_iterable(map(_places, chunks)), np.int64, 2 * int(each.sum()))
        found: I64 = flat.reshape(-1, 2) + np.repeat(begins, each)[:, None]
        return found


def groups(
    texts: Sequence[str | None], status: NDArray[np.str_], chunks: Chunks, first: int, last: int
) -> Iterator[Group]:
    """Texts that can be read, in groups; the status of every text is set.

    first, last: the marks at the ends of a window
    """
    group = Group(first, last)
    full = 0
    for row, text in enumerate(texts):
        if not text:
            continue
        cut = chunks.of(text)
        if wd.SILENT.issuperset(chain.from_iterable(map(_words, cut))):
            continue
        if any(map(_doubtful, cut)) and not is_english(wd.lower(wd.cut(text)), chain.from_iterable(map(_words, cut))):
            status[row] = "unsupported_language"
            continue
        pieces = list(chain.from_iterable(map(_pieces, cut)))
        if not pieces:
            continue
        if len(pieces) > MOST_PIECES:
            cut = [chunks.whole(text)]
            pieces = list(cut[0].pieces)
        status[row] = "scored"
        full += group.add(row, cut, pieces)
        if full >= _FULL:
            yield group
            group, full = Group(first, last), 0
    if group.rows:
        yield group
