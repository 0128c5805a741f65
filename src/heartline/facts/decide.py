"""Which rows of a load are new, which replace one, and which change nothing.

Rows are taken in their order, as if each were loaded alone: the first of an id is compared with what is stored,
each later one with the one before it. So ``read = new + replaced + unchanged``, and the last row wins. Where a load
leaves an id as it was, all its rows of that id are unchanged: the same file again changes nothing, even a file
that holds an id twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heartline.facts.hashes import ABSENT, Hashes

KEYS = np.dtype([("key", "<i8"), ("content", "<i8"), ("place", "<i8")])
"""Key hash, content hash, and place: the running number in the load, or the number of the stored segment."""

Keys = npt.NDArray[np.void]


@dataclass(frozen=True)
class Counts:
    """What became of the rows of a load."""

    new: int = 0
    replaced: int = 0
    unchanged: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.new + other.new, self.replaced + other.replaced, self.unchanged + other.unchanged)


@dataclass(frozen=True)
class Verdict:
    """Counts, places of the rows to write, and the stored keys (with their segments) that are no longer true."""

    counts: Counts
    write: npt.NDArray[np.int64]
    dead_keys: Hashes
    dead_segments: npt.NDArray[np.int64]


def decide(incoming: Keys, stored: Keys) -> Verdict:
    """Compare rows with what is stored. A content of ``ABSENT`` takes the row of that id away.

    ``stored`` holds each key once. Taking away counts as nothing when there was nothing, else as replaced.
    """
    order = np.lexsort((incoming["place"], incoming["key"]))
    key, content, place = (incoming[name][order] for name in ("key", "content", "place"))
    if not len(key):
        empty = np.empty(0, np.int64)
        return Verdict(Counts(), empty, empty, empty)
    first = np.r_[True, key[1:] != key[:-1]]
    last = np.r_[first[1:], True]

    by_key = np.argsort(stored["key"], kind="stable")
    stored_key, stored_content = stored["key"][by_key], stored["content"][by_key]
    at = np.searchsorted(stored_key, key)
    found = np.zeros(len(key), bool)
    if len(stored_key):
        found = stored_key[np.minimum(at, len(stored_key) - 1)] == key
    held = np.full(len(key), ABSENT, np.int64)
    held[found] = stored_content[at[found]]

    before = np.where(first, held, np.r_[np.int64(ABSENT), content[:-1]])
    told = content != ABSENT
    changed = last & (content != held)
    # whether anything of this id changes in the end, known at each of its rows
    stirs = np.add.reduceat(changed, np.flatnonzero(first))[np.cumsum(first) - 1] > 0
    counts = Counts(
        new=int((stirs & told & (before == ABSENT)).sum()),
        replaced=int((stirs & (content != before) & (before != ABSENT)).sum()),
        unchanged=int((told & ((content == before) | ~stirs)).sum()),
    )
    gone = changed & found
    return Verdict(
        counts,
        place[changed & told],
        key[gone],
        stored["place"][by_key][at[gone]],
    )
