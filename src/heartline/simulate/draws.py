"""Where chance comes from: one stream for all as ever, or numbers that belong to a person and a week.

A stream hands out its numbers in turn, so one contact more shifts everybody's chance from then on. To compare two
worlds that differ in what was done for some customers, the same person must meet the same chance in both (common random
numbers; Glasserman & Yao 1992). ``Keyed`` makes each number by hashing seed, customer, week and what it is drawn for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from heartline.simulate.people import Floats, Ints

Words = npt.NDArray[np.uint64]
_GOLDEN, _MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1


class Draws:
    """One stream: ``who`` says for whom numbers are drawn, of which only how many counts here.

    day: for numbers that belong to a moment of a person's life, not to a week; days since the first simulated day
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def begin(self, week: int, what: str = "week") -> None:
        """From here on numbers are drawn for that week, or for something else that happens in it."""

    def random(self, who: Ints, day: Floats | None = None) -> Floats:  # noqa: ARG002  it counts where numbers are keyed
        """Evenly in 0 to 1."""
        found: Floats = self.rng.random(len(who))
        return found

    def normal(self, who: Ints, day: Floats | None = None) -> Floats:  # noqa: ARG002  it counts where numbers are keyed
        """Standard normal."""
        found: Floats = self.rng.standard_normal(len(who))
        return found

    def uniform(self, low: float, high: float, who: Ints, day: Floats | None = None) -> Floats:  # noqa: ARG002  it counts where numbers are keyed
        """Evenly in ``low`` to ``high``."""
        found: Floats = self.rng.uniform(low, high, len(who))
        return found

    def integers(self, low: int, high: int, who: Ints, day: Floats | None = None) -> Ints:  # noqa: ARG002  it counts where numbers are keyed
        """Whole, ``low`` to below ``high``."""
        found: Ints = self.rng.integers(low, high, len(who))
        return found

    def poisson(self, rate: Floats, who: Ints) -> Ints:  # noqa: ARG002  it counts where numbers are keyed
        """Counts at those rates."""
        found: Ints = self.rng.poisson(rate)
        return found

    def binomial(self, tries: int, chance: Floats, who: Ints) -> Ints:  # noqa: ARG002  it counts where numbers are keyed
        """Hits out of so many tries."""
        found: Ints = self.rng.binomial(tries, chance)
        return found

    def choice(self, shares: Sequence[float], who: Ints) -> Ints:
        """Numbers 0, 1, ... with those shares."""
        found: Ints = self.rng.choice(len(shares), len(who), p=shares)
        return found


class Keyed(Draws):
    """The same number for the same seed, customer, week and purpose, whatever happens to anybody else.

    The purpose is the place of the call in its week: the weeks make the same calls in the same order, with nobody in
    them where nobody is concerned. Who comes twice in a call gets a second number.
    """

    def __init__(self, rng: np.random.Generator, seed: int, first_number: int, count: int) -> None:
        super().__init__(rng)
        start = int.from_bytes(hashlib.sha256(f"heartline {seed}".encode()).digest()[:8], "big")
        numbers = np.arange(first_number, first_number + count, dtype=np.uint64)
        self._people = _mixed(_mixed(numbers) ^ np.uint64(start))
        self._place, self._call = 0, 0

    def begin(self, week: int, what: str = "week") -> None:
        """As in the other; calls are counted anew."""
        self._place = int.from_bytes(hashlib.sha256(f"{what} {week}".encode()).digest()[:8], "big")
        self._call = 0

    def random(self, who: Ints, day: Floats | None = None) -> Floats:
        """Evenly between 0 and 1, both left out."""
        self._call += 1
        keys = _mixed(self._people[who] ^ np.uint64((self._place + self._call * _GOLDEN) & _MASK))
        if day is not None:
            keys = _mixed(keys ^ np.ascontiguousarray(day, dtype=np.float64).view(np.uint64))
        times = _occurrence(keys) if day is not None or not _rising(who) else np.zeros(len(who), np.uint64)
        bits = _mixed(keys + times * np.uint64(_GOLDEN)) >> np.uint64(11)
        found: Floats = (bits.astype(np.float64) + 0.5) * 2.0**-53
        return found

    def normal(self, who: Ints, day: Floats | None = None) -> Floats:
        """Standard normal, from one even number each."""
        found: Floats = ndtri(self.random(who, day))
        return found

    def uniform(self, low: float, high: float, who: Ints, day: Floats | None = None) -> Floats:
        """Evenly in ``low`` to ``high``."""
        found: Floats = low + (high - low) * self.random(who, day)
        return found

    def integers(self, low: int, high: int, who: Ints, day: Floats | None = None) -> Ints:
        """Whole, ``low`` to below ``high``."""
        found: Ints = low + np.floor((high - low) * self.random(who, day)).astype(np.int64)
        return found

    def poisson(self, rate: Floats, who: Ints) -> Ints:
        """Counts by inversion: more at a higher rate, for the same person and week."""
        drawn = self.random(who)
        chance = np.exp(-rate)
        reached, found = chance.copy(), np.zeros(len(who), dtype=np.int64)
        while (more := drawn > reached).any() and found.max(initial=0) < 10_000:
            found += more
            chance = chance * rate / np.maximum(found, 1)
            reached = reached + np.where(more, chance, 0.0)
        return found

    def binomial(self, tries: int, chance: Floats, who: Ints) -> Ints:
        """Hits by inversion, each try's chance the same."""
        drawn = self.random(who)
        share = (1 - chance) ** tries
        reached, found = share.copy(), np.zeros(len(who), dtype=np.int64)
        for hits in range(1, tries + 1):
            more = drawn > reached
            found += more
            share = share * (tries - hits + 1) / hits * chance / (1 - chance)
            reached = reached + share
        return found

    def choice(self, shares: Sequence[float], who: Ints) -> Ints:
        """Numbers 0, 1, ... with those shares."""
        found: Ints = np.searchsorted(np.cumsum(shares)[:-1], self.random(who), side="right").astype(np.int64)
        return found


def _mixed(words: Words) -> Words:
    """Each word scattered over all 64-bit words (the finaliser of SplitMix64; Steele, Lea & Flood 2014)."""
    words = words + np.uint64(_GOLDEN)
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    scattered: Words = words ^ (words >> np.uint64(31))
    return scattered


def _rising(who: Ints) -> bool:
    return bool((who[1:] > who[:-1]).all())


def _occurrence(keys: Words) -> Words:
    """How often each key came before in the same call."""
    order = np.argsort(keys, kind="stable")
    listed = keys[order]
    place = np.arange(len(keys))
    first = np.concatenate([[True], listed[1:] != listed[:-1]]) if len(keys) else np.zeros(0, bool)
    times = np.empty(len(keys), dtype=np.uint64)
    times[order] = (place - np.maximum.accumulate(np.where(first, place, 0))).astype(np.uint64)
    return times
