"""A room as it stands: a pure state machine. Everything that happens makes another state of it.

Nothing here asks for the time, reads a file or draws a number: the same events give the same room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from heartline.room import cues
from heartline.room.attendee import Attendee, content
from heartline.room.reading import Reading
from heartline.room.turn import Tap, Turn

SMALL = 4
"""Words from which a turn of the host counts as an answer."""
ANSWERS = frozenset({
    "yes", "yeah", "yep", "no", "nope", "sure", "sorry", "it", "it's", "that", "that's", "they", "they're", "because",
    "about", "i", "i'm", "ja", "nein", "es", "das", "sí",
})  # fmt: skip
"""First words of answers."""
PAUSE = 2.0
"""Seconds of silence after which the same speaker begins a new turn."""
LONGEST = 1200
"""Characters after which a new turn begins, though nobody else spoke."""


@dataclass(frozen=True)
class Said:
    """A turn with what was read of it, and the mood of the room after it (None: not known yet)."""

    turn: Turn
    read: Reading
    mood: float | None


@dataclass(frozen=True)
class Suggestion:
    """One thing that the host may do now.

    kind: the rule; about: attendee that it is about, empty for the room; says: what to do; reason: why, in words
    quote: what was said, empty where a measure tells
    """

    kind: str
    at: float
    about: str
    says: str
    reason: str
    quote: str = ""


@dataclass(frozen=True)
class Room:
    """The room as it stands.

    hosts: names of the side that it is read for; of them nobody's mood is ever read
    monologue: seconds that the hosts have been speaking without a word of anybody else
    """

    hosts: frozenset[str]
    attendees: Mapping[str, Attendee] = field(default_factory=lambda: MappingProxyType({}))
    said: tuple[Said, ...] = ()
    taps: tuple[Tap, ...] = ()
    now: float = 0.0
    host_seconds: float = 0.0
    host_words: int = 0
    host_asked: int = 0
    monologue: float = 0.0
    longest_monologue: float = 0.0
    interruptions: int = 0
    pauses: tuple[float, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    dismissed: tuple[str, ...] = ()
    asked_at: float | None = None
    before: Room | None = field(default=None, repr=False, compare=False)

    @property
    def mood(self) -> float | None:
        """Mean mood of the attendees of whom anything is known, -1 to 1; None before that."""
        known = [one.mood for one in self.attendees.values() if one.mood is not None]
        return sum(known) / len(known) if known else None

    @property
    def engagement(self) -> float | None:
        """Mean engagement of the attendees, 0 to 1; None while nobody is known."""
        known = [one.now(self.now).engagement for one in self.attendees.values()]
        return sum(known) / len(known) if known else None

    def is_host(self, name: str) -> bool:
        """Whether somebody belongs to the side that the room is read for."""
        return name in self.hosts


def joined(room: Room, name: str) -> Room:
    """The room with one more attendee; one that is there stays as they are."""
    if room.is_host(name) or name in room.attendees:
        return room
    return _with(room, Attendee(name, at=room.now))


def going_on(room: Room, turn: Turn) -> Turn | None:
    """The last turn with this one added, where its speaker only goes on speaking; None where a new turn begins.

    Speech recognisers cut where they like; what is cut must be read as one, with ``heard_on``.
    """
    last = room.said[-1].turn if room.said else None
    if last is None or room.before is None or last.speaker != turn.speaker or turn.begin < last.begin:
        return None
    if turn.begin - last.end > PAUSE or len(last.text) + len(turn.text) > LONGEST:
        return None
    return Turn(turn.speaker, last.begin, max(last.end, turn.end), f"{last.text} {turn.text}")


def heard_on(room: Room, whole: Turn, read: Reading) -> Room:
    """The room after the last turn has gone on: as if the whole had been said at once."""
    assert room.before is not None
    earlier = replace(room.before, taps=room.taps, suggestions=room.suggestions, dismissed=room.dismissed)
    return heard(_tapped_since(earlier, room), whole, read)


def heard(room: Room, turn: Turn, read: Reading) -> Room:
    """The room after a turn."""
    before = replace(room, before=None)
    last = room.said[-1].turn if room.said else None
    other = last is not None and last.speaker != turn.speaker
    by_host = room.is_host(turn.speaker)
    gap = turn.begin - last.end if last is not None else 0.0
    room = replace(
        room,
        now=max(room.now, turn.end),
        interruptions=room.interruptions + (other and by_host and not room.is_host(last.speaker) and gap < -0.5)
        if last is not None
        else 0,
        pauses=(*room.pauses, gap)
        if last is not None and by_host and not room.is_host(last.speaker) and gap >= 0
        else room.pauses,
    )
    room = _host_spoke(room, turn, read) if by_host else _attendee_spoke(room, turn, read)
    return replace(room, said=(*room.said, Said(turn, read, room.mood)), before=before)


def seen(room: Room, tap: Tap) -> Room:
    """The room after a tap; one of a host changes nothing."""
    if room.is_host(tap.who):
        return room
    return _tapped(replace(room, taps=(*room.taps, tap)), tap)


def dismissed(room: Room, kind: str) -> Room:
    """The room after the host has dismissed suggestions of a kind: it is not made again."""
    return replace(room, dismissed=tuple(sorted({*room.dismissed, kind})))


def _tapped(room: Room, tap: Tap) -> Room:
    room = replace(joined(room, tap.who), now=max(room.now, tap.at))
    return _with(room, room.attendees[tap.who].saw(tap))


def _tapped_since(earlier: Room, later: Room) -> Room:
    """The earlier room with the taps that came between it and the later one."""
    assert later.before is not None
    for tap in later.taps[len(later.before.taps) :]:
        earlier = _tapped(earlier, tap)
    return earlier


def _host_spoke(room: Room, turn: Turn, read: Reading) -> Room:
    monologue = room.monologue + turn.seconds
    room = replace(
        room,
        host_seconds=room.host_seconds + turn.seconds,
        host_words=room.host_words + read.words,
        host_asked=room.host_asked + read.asks,
        monologue=monologue,
        longest_monologue=max(room.longest_monologue, monologue),
        asked_at=turn.end if read.asks else room.asked_at,
    )
    if read.words < SMALL:
        return room
    words = content(turn.text)
    if turn.text.split()[0].lower().strip(",.!") in ANSWERS:
        words = frozenset()  # however much follows, it began as an answer
    shifts = cues.found(turn.text, "shift")
    answered = {name: one.answered(words, shifts, turn.end) for name, one in room.attendees.items()}
    return replace(room, attendees=MappingProxyType(answered))


def _attendee_spoke(room: Room, turn: Turn, read: Reading) -> Room:
    room = joined(room, turn.speaker)
    room = _with(room, room.attendees[turn.speaker].spoke(turn, read))
    small = read.words <= 3 and not read.asks and read.acts <= {"agreement"}
    return room if small else replace(room, monologue=0.0)


def _with(room: Room, one: Attendee) -> Room:
    return replace(room, attendees=MappingProxyType({**room.attendees, one.name: one}))
