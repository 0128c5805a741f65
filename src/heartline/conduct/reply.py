"""One reply: which signs of empathy, politeness, recognition and disrespect it holds, and what it promises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from heartline.conduct import empathy, politeness
from heartline.conduct.promises import Promise, promises_in
from heartline.conduct.recognition import recognition_marks
from heartline.conduct.sentences import Sentence, lower, sentences
from heartline.conduct.signs import Mark, Sign, plainest, together

MECHANISMS: Final = ("emotional_reaction", "interpretation", "exploration")
"""How a reply can show empathy."""
DECIDED: Final = 0.5
"""Chance from which a reply is said to show something."""
MOST_OF_A_SIGN: Final = 2
"""Times that one sign of politeness counts."""


@dataclass(frozen=True)
class Reply:
    """What was found in one text.

    marks: every sign, in the order of the text
    emotional_reaction, interpretation, exploration, recognition, disrespect: judged chance, 0 to 1, that the reply
        shows it; no calibrated probability, see docs/explanation/conduct.md
    politeness: points for minus points against; 0 says neither
    promises: sentences that promise something
    """

    marks: tuple[Mark, ...]
    emotional_reaction: float
    interpretation: float
    exploration: float
    recognition: float
    disrespect: float
    politeness: float
    promises: tuple[Promise, ...]

    @property
    def empathy(self) -> float:
        """The largest of the three mechanisms."""
        return max(self.emotional_reaction, self.interpretation, self.exploration)

    def plainest(self, *measures: str) -> Mark | None:
        """The mark that shows one of these measures most plainly; None where nothing does."""
        return plainest(mark for mark in self.marks if mark.measure in measures and mark.weight > 0)


def read_reply(text: str, before: Sequence[str] = ()) -> Reply:
    """Read one English reply; ``before`` is what the other side had said before it, as far as it may be read."""
    low = lower(text)
    told = sentences(low)
    asked = [sentence for sentence in told if sentence.asks]
    marks = [
        *_each(empathy.ALL, told),
        *_each(empathy.EXPLORATION, asked),
        *_each(politeness.ALL, told),
        *_each(politeness.DISRESPECT, told),
        *recognition_marks(text, low, before),
    ]
    marks.sort(key=lambda mark: (mark.start, mark.end, mark.measure, mark.sign))
    chance = {name: together(marks, name) for name in (*MECHANISMS, "recognition", "disrespect")}
    return Reply(tuple(marks), **chance, politeness=_points(marks), promises=tuple(promises_in(low)))


def _each(signs: Iterable[Sign], told: Sequence[Sentence]) -> Iterable[Mark]:
    for sentence in told:
        for sign in signs:
            for mark in sign.marks(sentence.low):
                yield Mark(mark.measure, mark.sign, mark.start + sentence.start, mark.end + sentence.start, mark.weight)


def _points(marks: Iterable[Mark]) -> float:
    """Sum over signs of politeness, each at most so often as MOST_OF_A_SIGN."""
    found: dict[str, list[float]] = {}
    for mark in marks:
        if mark.measure == "politeness":
            found.setdefault(mark.sign, []).append(mark.weight)
    return round(sum(sum(weights[:MOST_OF_A_SIGN]) for weights in found.values()), 6)
