"""Identifiers of one kind and the members who have them, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heartline.identity.clusters import Numbers


@dataclass(frozen=True)
class Values:
    """Identifiers and who has them, sorted by value and by member: arrays of the same length, one entry a pair.

    code: number of the value; who: number of the member; known: microseconds, or the smallest number where not told
    """

    kind: str
    hashes: list[str]
    code: Numbers
    who: Numbers
    known: Numbers

    def starts(self) -> Numbers:
        """Where each value begins; one that nobody has begins where the next does."""
        found: Numbers = np.searchsorted(self.code, np.arange(len(self.hashes)))
        return found


def chosen(values: Values, keep: npt.NDArray[np.bool_]) -> Values:
    """The values that are kept, numbered anew."""
    place = np.cumsum(keep) - 1
    inside = keep[values.code]
    hashes = [values.hashes[number] for number in np.flatnonzero(keep).tolist()]
    return Values(values.kind, hashes, place[values.code[inside]], values.who[inside], values.known[inside])


def hub_ties(values: Values) -> tuple[Numbers, Numbers]:
    """Each member of a value tied to the first of its members."""
    first = np.r_[True, values.code[1:] != values.code[:-1]] if len(values.code) else np.zeros(0, bool)
    hub = np.flatnonzero(first)[np.cumsum(first) - 1] if len(first) else np.zeros(0, np.int64)
    return values.who[hub][~first], values.who[~first]
