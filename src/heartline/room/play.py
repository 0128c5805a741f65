"""A whole conversation through the room, turn by turn, as it would have come: for transcripts and for practice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from heartline.emotion import EmotionModel
from heartline.room import state
from heartline.room.reading import read
from heartline.room.state import Room, Suggestion
from heartline.room.suggesting import suggest
from heartline.room.turn import Tap, Turn


@dataclass(frozen=True)
class Step:
    """What happened, the room after it, and the suggestion that it led to, if any."""

    event: Turn | Tap
    room: Room
    suggestion: Suggestion | None


def take(room: Room, event: Turn | Tap, model: EmotionModel) -> Step:
    """The room after one event, with a suggestion where one is due."""
    if isinstance(event, Tap):
        room = state.seen(room, event)
    else:
        whole = state.going_on(room, event)
        if whole is None:
            room = state.heard(room, event, read([event.text], model)[0])
        else:
            room = state.heard_on(room, whole, read([whole.text], model)[0])
    after, suggestion = suggest(room)
    return Step(event, after, suggestion)


def play(events: Sequence[Turn | Tap], hosts: frozenset[str], model: EmotionModel) -> Iterator[Step]:
    """Every step of a conversation, in the order of its times."""
    room = Room(hosts)
    for event in sorted(events, key=lambda one: one.at if isinstance(one, Tap) else one.begin):
        step = take(room, event, model)
        room = step.room
        yield step
