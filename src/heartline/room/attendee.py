"""What is known of one person in the room, as it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace

from heartline.room.reading import Reading
from heartline.room.turn import Tap, Turn

HALF_LIFE = 120.0
"""Seconds after which half of what was seen of engagement and confusion is gone."""
PAST, LONG_PAST = 7, 16
"""Different words of content from which a turn that shifts the subject is no answer, and any other turn."""
_SEEN = {"nods": 0.15, "leans_in": 0.25, "writes": 0.2, "smiles": 0.15, "wants_to_speak": 0.3, "frowns": 0.0,
         "looks_away": -0.25, "checks_phone": -0.3}  # fmt: skip
_MOOD = {"smiles": 0.4, "nods": 0.2, "frowns": -0.3}


@dataclass(frozen=True)
class Heard:
    """A sentence of somebody and when it was said: what a suggestion quotes."""

    at: float
    quote: str


@dataclass(frozen=True)
class Attendee:
    """One person.

    mood: -1 to 1, how they feel by their own words and what was tapped, newest weighing most; None: nothing known yet
    engagement, confusion: 0 to 1, falling back to 0.5 and 0 with a half-life of two minutes
    question: asked and not answered yet; missed: a host has spoken past it
    objection, hesitation: said and not taken up yet; ready: they want to go on
    leaving: they said that they have to go; hostile: hostile words so far; last_spoke: seconds, None: never
    """

    name: str
    mood: float | None = None
    engagement: float = 0.5
    confusion: float = 0.0
    at: float = 0.0
    words: int = 0
    seconds: float = 0.0
    turns: int = 0
    asked: int = 0
    agreed: int = 0
    question: Heard | None = None
    missed: bool = False
    objection: Heard | None = None
    hesitation: Heard | None = None
    ready: Heard | None = None
    puzzled: Heard | None = None
    leaving: Heard | None = None
    wants_to_speak: float | None = None
    hostile: int = 0
    last_spoke: float | None = None

    def now(self, at: float) -> Attendee:
        """As it stands at a later moment, though nothing was seen since."""
        kept = 0.5 ** (max(0.0, at - self.at) / HALF_LIFE)
        return replace(
            self,
            at=max(self.at, at),
            engagement=0.5 + (self.engagement - 0.5) * kept,
            confusion=self.confusion * kept,
        )

    def spoke(self, turn: Turn, read: Reading) -> Attendee:
        """After a turn of their own."""
        was = self.now(turn.begin)
        mood = read.felt if was.mood is None else read.weight * read.felt + (1 - read.weight) * was.mood
        said = Heard(turn.begin, read.quote)
        confused = 1.0 if read.does("confusion") else was.confusion * (0.4 if read.does("agreement", "pleased") else 1)
        asked = read.question
        settled = read.does("agreement")  # who agrees goes on from what is being said now
        return replace(
            was,
            at=turn.end,
            mood=mood if read.words else was.mood,
            engagement=min(1.0, was.engagement + 0.05 * min(read.words, 8)),
            confusion=confused,
            words=was.words + read.words,
            seconds=was.seconds + turn.seconds,
            turns=was.turns + 1,
            asked=was.asked + read.asks,
            agreed=was.agreed + read.does("agreement"),
            question=Heard(turn.begin, asked) if asked else None if settled else was.question,
            missed=was.missed and not asked and not settled,
            objection=said if read.does("objection") else was.objection,
            hesitation=said if read.does("hesitation") and not read.does("objection") else was.hesitation,
            ready=said if read.does("decision") else was.ready,
            puzzled=said if read.does("confusion") else was.puzzled,
            leaving=said if read.does("wind_down") else was.leaving,
            wants_to_speak=None,
            hostile=was.hostile + read.does("hostile"),
            last_spoke=turn.end,
        )

    def saw(self, tap: Tap) -> Attendee:
        """After a tap of a person who saw them."""
        was = self.now(tap.at)
        mood = was.mood
        if tap.gesture in _MOOD:
            mood = 0.75 * (was.mood or 0.0) + 0.25 * _MOOD[tap.gesture]
        return replace(
            was,
            mood=mood,
            engagement=max(0.0, min(1.0, was.engagement + _SEEN[tap.gesture])),
            confusion=min(1.0, was.confusion + 0.5 * (tap.gesture == "frowns")),
            agreed=was.agreed + (tap.gesture == "nods"),
            wants_to_speak=tap.at if tap.gesture == "wants_to_speak" else was.wants_to_speak,
        )

    def answered(self, words: frozenset[str], shifts: bool, at: float) -> Attendee:
        """After a turn of the other side with these words of content, which may answer or take up what they said.

        shifts: whether the turn begins as another subject does. Who then speaks long and takes up no word of the
        question has most probably spoken past it; who speaks very long, however they begin.
        """
        past = len(words) >= (PAST if shifts else LONG_PAST)
        waits = not _taken_up(self.question, words) and (self.missed or past)
        return replace(
            self,
            question=self.question if waits else None,
            missed=waits and self.question is not None,
            objection=None if _taken_up(self.objection, words) else self.objection,
            hesitation=None if _taken_up(self.hesitation, words) else self.hesitation,
            confusion=self.confusion * 0.5,
            at=max(self.at, at),
        )


def _taken_up(said: Heard | None, words: frozenset[str]) -> bool:
    return said is not None and bool(words & content(said.quote))


_EMPTY = frozenset({
    "about", "would", "could", "should", "there", "their", "these", "those", "which", "where", "when", "what", "your",
    "with", "that", "this", "from", "have", "will", "just", "really", "very", "well", "than", "then", "them", "they",
    "into", "some", "much", "more", "most", "also", "because",
})  # fmt: skip


def content(text: str) -> frozenset[str]:
    """Words of a text that carry content, to see whether somebody takes up what another said."""
    words = (word.strip(".,!?;:'\"()…").lower() for word in text.split())
    return frozenset(word for word in words if len(word) >= 4 and word not in _EMPTY)
