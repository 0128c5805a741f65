"""A room: live while it goes on, a debrief when it has ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from heartline.room.debrief import Debrief, Moment, PersonLine
from heartline.room.state import Suggestion
from heartline.room.turn import GESTURES
from heartline.room.view import clock
from heartline.rooms import About, Rooms
from heartline.web.door import Door
from heartline.web.page import Page, Query, told
from heartline.web.rooming import LISTS, button

_TAPS = {
    "nods": "Nods", "leans_in": "Leans in", "smiles": "Smiles", "writes": "Writes", "wants_to_speak": "Wants to speak",
    "frowns": "Frowns", "looks_away": "Looks away", "checks_phone": "Checks phone",
}  # fmt: skip
_MEASURES = {
    "talk_share": ("Your share of the talk", "{:.0%}"),
    "longest_monologue": ("Longest stretch without them", "{:.0f} s"),
    "question_rate": ("Your questions in ten minutes", "{:.1f}"),
    "patience": ("Before you answer (median)", "{:.1f} s"),
    "pace": ("Your pace", "{:.0f} words a minute"),
}  # fmt: skip


@dataclass(frozen=True)
class MomentLine:
    """A moment with its time as minutes and seconds; keep: the button that hands it on, empty where there is none."""

    clock: str
    who: str
    quote: str
    says: str
    keep: str


@dataclass(frozen=True)
class MeasureLine:
    """A measure of this room, and of the user's own earlier ones; empty where not known."""

    name: str
    value: str
    usual: str


@dataclass(frozen=True)
class AfterLine:
    """A debrief, in words."""

    length: str
    turns: int
    people: Sequence[PersonLine]
    measures: Sequence[MeasureLine]
    sections: Sequence[tuple[str, Sequence[MomentLine]]]
    suggestions: Sequence[MomentLine]


@dataclass(frozen=True)
class RoomContext:
    """What a room shows."""

    room_id: str = told("id of the room, which is also the key to it")
    room_title: str = told("its title")
    hosts: Sequence[str] = told("names of the user's side, whose mood is never read")
    customer_id: str = told("customer it is about; empty where not told")
    opened_ms: int = told("when it was opened, in milliseconds since 1970")
    goes_on: bool = told("whether it goes on")
    taps: Sequence[tuple[str, str]] = told("gestures that can be tapped: name and words")
    asks: Sequence[tuple[str, Sequence[str]]] = told("stages of the playbook with the questions worth asking there")
    teams: Sequence[str] = told("teams of the playbook, for a case")
    keep_days: int = told("days after which it is deleted with all its words")
    after: AfterLine | None = told("the debrief; None while it goes on")
    end: str = told("value of the button that ends it")
    delete: str = told("value of the button that deletes it")


def build(door: Door, query: Query) -> RoomContext:
    """One room; RoomError where there is none."""
    kept = door.rooms.named(query["room_id"])
    about = kept.about
    playbook = door.moves.playbook()
    ended = about.ended_at is not None
    return RoomContext(
        room_id=about.room_id, room_title=about.title, hosts=about.hosts, customer_id=about.customer_id,
        opened_ms=int(datetime.fromisoformat(about.opened_at).timestamp() * 1000), goes_on=not ended,
        taps=[(name, _TAPS[name]) for name in GESTURES],
        asks=[(stage.stage, stage.ask) for stage in playbook.stages if stage.ask] if playbook else [],
        teams=[team.team for team in playbook.teams] if playbook else [],
        keep_days=door.settings.whole("room_days"),
        after=_after(kept.debrief(), door.rooms, about) if ended else None,
        end=button("end", about.room_id), delete=button("delete", about.room_id),
    )  # fmt: skip


def _after(found: Debrief, rooms: Rooms, about: About) -> AfterLine:
    usual = rooms.usual(about)
    sections: list[tuple[str, Sequence[Moment], str]] = [
        ("Peak", [found.peak] if found.peak else [], ""),
        ("Turning points", found.turning_points, ""),
        ("Could not follow", found.confusion, ""),
        ("Asked and left open", found.open_questions, LISTS[0]),
        ("Not taken up", found.open_objections, LISTS[1]),
        ("You promised", found.promises, "promise"),
    ]
    return AfterLine(
        clock(found.seconds), found.turns, list(found.people),
        [
            MeasureLine(name, _value(getattr(found.measures, key), form), _usual(usual.get(key), form))
            for key, (name, form) in _MEASURES.items()
        ],
        [
            (title, [_moment(one, _keep(kind, about, at)) for at, one in enumerate(moments)])
            for title, moments, kind in sections
            if moments
        ],
        [_suggested(one) for one in found.suggestions],
    )  # fmt: skip


def _keep(kind: str, about: About, at: int) -> str:
    if not kind or not about.customer_id:
        return ""
    if kind == "promise":
        return button("promise", about.room_id, str(at))
    return button("follow", about.room_id, kind, str(at))


def _moment(one: Moment, keep: str) -> MomentLine:
    return MomentLine(clock(one.at), one.who, one.quote, one.says, keep)


def _suggested(one: Suggestion) -> MomentLine:
    return MomentLine(clock(one.at), one.about, one.quote, f"{one.says} ({one.reason})", "")


def _value(value: Any, form: str) -> str:
    return "" if value is None else form.format(value)


def _usual(told: tuple[float, int] | None, form: str) -> str:
    return "" if told is None else f"{form.format(told[0])} in {told[1]} of your own before"


PAGE = Page("room", "/rooms/{room_id}", "Room", build, RoomContext)
