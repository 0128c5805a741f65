"""What a room was, afterwards: peak, turning points, what stayed open, what was promised, and how it compares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heartline.room.measures import Measures, measures
from heartline.room.state import Room, Said, Suggestion

TURNING = 0.35
"""Change of the mood by one turn that makes it a turning point."""
_MOST = 5


@dataclass(frozen=True)
class Moment:
    """One moment: seconds since the start, who spoke, the words, and what is to be said of it."""

    at: float
    who: str
    quote: str
    says: str


@dataclass(frozen=True)
class PersonLine:
    """One attendee at the end. mood, engagement: None where nothing was known."""

    name: str
    turns: int
    talk_share: float
    mood: float | None
    asked: int
    agreed: int


@dataclass(frozen=True)
class Debrief:
    """A debrief. Every list is in the order of time; promises are those of hosts, follow-ups wait for somebody."""

    seconds: float
    turns: int
    measures: Measures
    mood: float | None
    people: Sequence[PersonLine]
    peak: Moment | None
    turning_points: Sequence[Moment]
    confusion: Sequence[Moment]
    open_questions: Sequence[Moment]
    open_objections: Sequence[Moment]
    promises: Sequence[Moment]
    suggestions: Sequence[Suggestion]


def debrief(room: Room) -> Debrief:
    """The debrief of a room as it stands; an empty room has an empty one."""
    now = measures(room)
    total = room.host_seconds + sum(one.seconds for one in room.attendees.values())
    return Debrief(
        seconds=room.now,
        turns=len(room.said),
        measures=now,
        mood=room.mood,
        people=[
            PersonLine(
                one.name, one.turns, one.seconds / total if total else 0.0, one.mood, one.asked, one.agreed
            )
            for one in room.attendees.values()
        ],
        peak=_peak(room, now),
        turning_points=_turning(room),
        confusion=[_moment(said, "could not follow") for said in _theirs(room) if said.read.does("confusion")],
        open_questions=[
            Moment(one.question.at, one.name, one.question.quote, "asked and not answered")
            for one in room.attendees.values()
            if one.question is not None
        ],
        open_objections=[
            Moment(said.at, one.name, said.quote, what)
            for one in room.attendees.values()
            for said, what in ((one.objection, "objection, not taken up"), (one.hesitation, "hesitation, not taken up"))
            if said is not None
        ],
        promises=[
            Moment(said.turn.begin, said.turn.speaker, said.read.promise, "promised")
            for said in room.said
            if said.read.promise is not None and room.is_host(said.turn.speaker)
        ],
        suggestions=room.suggestions,
    )  # fmt: skip


def _theirs(room: Room) -> list[Said]:
    return [said for said in room.said if not room.is_host(said.turn.speaker)]


def _moment(said: Said, says: str) -> Moment:
    return Moment(said.turn.begin, said.turn.speaker, said.read.quote, says)


def _peak(room: Room, now: Measures) -> Moment | None:
    if now.peak is None:
        return None
    said = next(one for one in room.said if one.turn.end == now.peak[0])
    return _moment(said, f"mood {now.peak[1]:+.2f}, the best of the meeting")


def _turning(room: Room) -> list[Moment]:
    """The largest changes of the mood of the room by one turn of an attendee, at most five."""
    found: list[tuple[float, Moment]] = []
    was: float | None = None
    for said in _theirs(room):
        if was is not None and said.mood is not None and abs(said.mood - was) >= TURNING:
            way = "up" if said.mood > was else "down"
            found.append((abs(said.mood - was), _moment(said, f"mood went {way} from {was:+.2f} to {said.mood:+.2f}")))
        was = said.mood if said.mood is not None else was
    largest = sorted(found, key=lambda one: -one[0])[:_MOST]
    return sorted((one for _, one in largest), key=lambda one: one.at)
