"""A sign: words that show something, and how plainly. Many signs of one text are put together as chances are."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """One sign that was found.

    measure: what it is a sign of, e.g. ``interpretation``
    sign: its name, e.g. ``feeling_named``
    start, end: characters of the text, end excluded
    weight: of empathy and recognition the chance, 0 to 1, that words like these carry it; of politeness points
    """

    measure: str
    sign: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class Sign:
    """A pattern over lower-cased text; see Mark for what its parts are."""

    measure: str
    name: str
    weight: float
    pattern: re.Pattern[str]

    def marks(self, low: str) -> Iterable[Mark]:
        """Every place where the pattern stands."""
        for found in self.pattern.finditer(low):
            yield Mark(self.measure, self.name, *found.span(), self.weight)


def signs(measure: str, listed: Mapping[str, tuple[float, str]]) -> tuple[Sign, ...]:
    """Signs of one measure: by name a weight and a pattern."""
    return tuple(Sign(measure, name, weight, re.compile(text, re.ASCII)) for name, (weight, text) in listed.items())


def together(marks: Iterable[Mark], measure: str) -> float:
    """Chance that a text carries a measure: of several signs at least one means it (noisy or; Pearl 1988).

    A sign counts once, however often it stands in a text: saying sorry thrice is not thrice as kind.
    """
    best: dict[str, float] = {}
    for mark in marks:
        if mark.measure == measure:
            best[mark.sign] = max(best.get(mark.sign, 0.0), mark.weight)
    return 1.0 - math.prod(1.0 - weight for weight in best.values())


def plainest(marks: Iterable[Mark]) -> Mark | None:
    """The mark with the largest weight, the earliest of equal ones."""
    return min(marks, key=lambda mark: (-abs(mark.weight), mark.start, mark.end, mark.sign), default=None)
