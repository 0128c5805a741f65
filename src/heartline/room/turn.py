"""What happens in a room: somebody speaks, or somebody taps what they see."""

from __future__ import annotations

from dataclasses import dataclass

from heartline.errors import RoomError

GESTURES = {
    "nods": "agrees",
    "leans_in": "is engaged",
    "smiles": "is pleased",
    "writes": "is engaged",
    "wants_to_speak": "wants to say something",
    "frowns": "is puzzled or displeased",
    "looks_away": "is losing interest",
    "checks_phone": "is losing interest",
}
"""Gestures that a person may tap, and what each is taken for. Always a person's own eyes, never a camera."""

LONGEST_TEXT = 20_000
"""Characters of one turn; more is no turn."""


@dataclass(frozen=True)
class Turn:
    """One piece of speech.

    begin, end: seconds since the room was opened; end is never before begin
    """

    speaker: str
    begin: float
    end: float
    text: str

    def __post_init__(self) -> None:
        if not self.speaker.strip() or len(self.speaker) > 80:
            raise RoomError("a turn does not say who spoke", "a name of at most 80 characters", "send the speaker")
        if not (0 <= self.begin <= self.end < 7 * 86_400):
            raise RoomError("the times of a turn cannot be", "seconds, the end not before the begin", "correct them")
        if len(self.text) > LONGEST_TEXT:
            raise RoomError(
                f"a turn of {len(self.text)} characters", f"at most {LONGEST_TEXT}", "send shorter turns as they come"
            )

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.end - self.begin


@dataclass(frozen=True)
class Tap:
    """What a person saw of somebody; at: seconds since the room was opened."""

    at: float
    who: str
    gesture: str

    def __post_init__(self) -> None:
        if self.gesture not in GESTURES:
            raise RoomError(f"the gesture {self.gesture[:30]!r}", f"one of {', '.join(GESTURES)}", "choose one of them")
        if not self.who.strip() or not (0 <= self.at < 7 * 86_400):
            raise RoomError("a tap does not say of whom or when", "a name and seconds", "send both")
