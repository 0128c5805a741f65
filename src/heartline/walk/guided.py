"""A guided walk as it goes: what a walker's phone told, in any order and as often as it likes, as one course.

The phone numbers what it tells (``n``) and stamps it with its own clock (``at``); with every sending it tells what
that clock shows (``sent``), so that a wrong clock is seen and set right. Nothing here reads a clock of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec

from heartline.errors import WalkError
from heartline.tables.words import MAIN_EMOTIONS
from heartline.walk.guide import MANUAL, Guide

FACES = ((-1.0, "very bad"), (-0.5, "bad"), (0.0, "neither"), (0.5, "good"), (1.0, "very good"))
"""The faces that can be tapped: valence and word."""
FEELINGS = tuple(name for name in MAIN_EMOTIONS if name != "neutral")
"""Names of feelings that can be tapped; "neither" says neutral."""
LONGEST_NOTE = 4000
LONGEST_ANSWER = 1000
LAST_MS = 253_402_300_799_000
"""The end of the year 9999: beyond it there is no date."""

Stamp = Annotated[int, msgspec.Meta(ge=0, le=LAST_MS)]
Number = Annotated[int, msgspec.Meta(ge=1, le=60)]


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    """n: the phone counts what it tells; at: the phone's clock, milliseconds since 1970."""

    n: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    at: Stamp


class OfStep(Told, frozen=True, kw_only=True):
    """Something of one step; 1 is the first."""

    step: Number


class Begin(OfStep, frozen=True, kw_only=True, tag="begin"):
    """A step is begun; a second time while it goes on changes nothing."""


class Done(OfStep, frozen=True, kw_only=True, tag="done"):
    """A step is done."""


class Failed(OfStep, frozen=True, kw_only=True, tag="failed"):
    """A step could not be done, or was given up."""


class Felt(OfStep, frozen=True, kw_only=True, tag="felt"):
    """How it felt, -1 to 1; the last one counts."""

    valence: Annotated[float, msgspec.Meta(ge=-1, le=1)]


class Named(OfStep, frozen=True, kw_only=True, tag="named"):
    """All names of feelings that are tapped for a step now."""

    feelings: Annotated[tuple[str, ...], msgspec.Meta(max_length=len(FEELINGS))]


class Noted(OfStep, frozen=True, kw_only=True, tag="noted"):
    """The note of a step as it is now; empty takes it back."""

    text: Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)]


class Answered(OfStep, frozen=True, kw_only=True, tag="answered"):
    """The answer to the question of a step as it is now."""

    text: Annotated[str, msgspec.Meta(max_length=LONGEST_ANSWER)]


class Pictured(OfStep, frozen=True, kw_only=True, tag="pictured"):
    """The picture of a step, by its name; empty takes it back."""

    photo: Annotated[str, msgspec.Meta(max_length=80)]


class Paused(Told, frozen=True, kw_only=True, tag="paused"):
    """The walk rests."""


class Resumed(Told, frozen=True, kw_only=True, tag="resumed"):
    """The walk goes on."""


class Ended(Told, frozen=True, kw_only=True, tag="ended"):
    """The walk is over; how, the walker says."""

    how: Literal["goal", "no_goal", "given_up"]


Event = Begin | Done | Failed | Felt | Named | Noted | Answered | Pictured | Paused | Resumed | Ended


@dataclass(frozen=True)
class Kept:
    """An event as it was taken. sent: the phone's clock when it was sent, received: the desk's, both in ms."""

    event_id: str
    event: Event
    sent: int
    received: int


@dataclass(frozen=True)
class StepCourse:
    """What became of one step.

    begun, finished: on the desk's clock; None: not told; outcome: None while it goes on, or was left
    seconds: from begin to end without pauses; None where the phone's clock makes no sense of it
    valence: -1 to 1, None: not told; photo: name of its picture, empty for none
    """

    number: int
    begun: datetime | None = None
    finished: datetime | None = None
    outcome: Literal["done", "failed"] | None = None
    seconds: float | None = None
    valence: float | None = None
    feelings: tuple[str, ...] = ()
    note: str = ""
    answer: str = ""
    photo: str = ""
    touched: datetime | None = None
    """When something of it was last told."""

    @property
    def said(self) -> bool:
        """Whether the walker told anything of it besides that it began or ended."""
        return self.valence is not None or bool(self.feelings or self.note or self.answer or self.photo)


@dataclass(frozen=True)
class Course:
    """A guided walk so far.

    steps: one for each of the guide; at_step: the one begun last, 1 before any
    started, ended_at: on the desk's clock; last: when anything was told last
    ended: None while it goes on; seconds: all in all without pauses, None where it is not known
    clock_off: seconds by which the phone's clock was ahead of the desk's, 0.0 before anything was told
    """

    steps: tuple[StepCourse, ...]
    at_step: int
    paused: bool
    started: datetime | None
    last: datetime | None
    ended: Literal["goal", "no_goal", "seconds", "given_up"] | None
    ended_at: datetime | None
    seconds: float | None
    clock_off: float


def read_event(body: bytes | str) -> Event:
    """One event from JSON, ``{"do": …, "n": …, "at": …}``. WalkError where it is none."""
    try:
        event: Event = msgspec.json.decode(body, type=Event)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as cause:
        raise WalkError("an event that cannot be read", "one of a guided walk", f"see {MANUAL}") from cause
    if isinstance(event, Named) and not set(event.feelings) <= set(FEELINGS):
        raise WalkError("a feeling that there is not", f"some of {', '.join(FEELINGS)}", "tap one of them")
    return event


def check_step(guide: Guide, event: Event) -> None:
    """WalkError where the guide has no such step, or asks no such question."""
    if isinstance(event, OfStep) and event.step > len(guide.steps):
        raise WalkError(f"there is no step {event.step}", f"1 to {len(guide.steps)}", "load the page again")


def course(guide: Guide, opened_at: datetime, told: Iterable[Kept]) -> Course:
    """The course that these events make, whatever their order and however often each is given.

    opened_at: when the walk was opened, on the desk's clock. Nothing that was told happened before it, nor after it was
    received: what a wrong clock puts there is pulled to that bound.
    """
    kept = _once(told)
    clock = _Clock(opened_at, kept)
    paused = _pauses(kept)
    last_end = next((one for one in reversed(kept) if isinstance(one.event, Ended)), None)
    begins = [one.event.step for one in kept if isinstance(one.event, Begin)]
    steps = tuple(
        _step(number, kept, clock, paused, last_end if begins[-1:] == [number] else None)
        for number in range(1, len(guide.steps) + 1)
    )
    first, last = (kept[0], kept[-1]) if kept else (None, None)
    until = last_end or last
    seconds = None if first is None or until is None else clock.between(first.event.at, until.event.at, paused)
    return Course(
        steps=steps,
        at_step=begins[-1] if begins else 1,
        paused=bool(paused) and paused[-1][1] is None,
        started=clock.of(first) if first else None,
        last=max(map(clock.of, kept), default=None),
        ended=_how(guide, last_end, seconds),
        ended_at=clock.of(last_end) if last_end else None,
        seconds=seconds,
        clock_off=-clock.skew / 1000,
    )


class _Clock:
    """The phone's clock against the desk's, all in milliseconds.

    A sending takes time, so the least difference ever seen between what was received and what was sent is nearest to
    the true one.
    """

    def __init__(self, opened_at: datetime, kept: Sequence[Kept]) -> None:
        self._opened = round(opened_at.timestamp() * 1000)
        self.skew = min((one.received - one.sent for one in kept), default=0)
        self._most = max((one.received for one in kept), default=self._opened) - self._opened

    def of(self, kept: Kept) -> datetime:
        """When it happened, on the desk's clock."""
        moment = max(min(kept.event.at + self.skew, kept.received), self._opened)
        return datetime.fromtimestamp(moment / 1000, UTC)

    def between(self, begin: int, end: int, paused: Sequence[tuple[int, int | None]]) -> float | None:
        """Seconds between two stamps of the phone without pauses; None where its clock was set meanwhile."""
        if not 0 <= end - begin <= self._most + 1000:
            return None
        rests = sum(max(0, min(end, end if stop is None else stop) - max(begin, start)) for start, stop in paused)
        return max(0, end - begin - rests) / 1000


def _once(told: Iterable[Kept]) -> list[Kept]:
    """Each event once, as it was first received, in the order in which the phone told it."""
    first: dict[str, Kept] = {}
    for one in told:
        held = first.get(one.event_id)
        if held is None or _arrival(one) < _arrival(held):
            first[one.event_id] = one
    return sorted(first.values(), key=lambda one: (one.event.n, one.event.at, one.event_id))


def _arrival(kept: Kept) -> tuple[int, int, bytes]:
    return kept.received, kept.sent, msgspec.json.encode(kept.event)


def _pauses(kept: Sequence[Kept]) -> list[tuple[int, int | None]]:
    """Begin and end of each pause on the phone's clock; None: it lasts. Who does a step rests no longer."""
    found: list[tuple[int, int | None]] = []
    since: int | None = None
    for one in kept:
        if isinstance(one.event, Paused):
            since = one.event.at if since is None else since
        elif since is not None and isinstance(one.event, Resumed | Begin | Done | Failed | Ended):
            found.append((since, one.event.at))
            since = None
    return [*found, (since, None)] if since is not None else found


def _step(
    number: int, kept: Sequence[Kept], clock: _Clock, paused: Sequence[tuple[int, int | None]], end: Kept | None
) -> StepCourse:
    """end: that of the walk, for the step that was begun last: it ends this step, too, if nothing else did."""
    own = [(one, one.event) for one in kept if isinstance(one.event, OfStep) and one.event.step == number]
    made = StepCourse(number, touched=max((clock.of(one) for one, _ in own), default=None))
    begun: int | None = None
    goes: list[float | None] = []
    told: dict[str, Any] = {}
    for one, event in own:
        match event:
            case Begin():
                begun = event.at if begun is None else begun
                told.setdefault("begun", clock.of(one))
            case Done() | Failed():
                if begun is not None:
                    goes.append(clock.between(begun, event.at, paused))
                begun = None
                told |= {"finished": clock.of(one), "outcome": "done" if isinstance(event, Done) else "failed"}
            case Felt():
                told["valence"] = event.valence
            case Named():
                told["feelings"] = tuple(name for name in FEELINGS if name in event.feelings)
            case Noted():
                told["note"] = event.text.strip()
            case Answered():
                told["answer"] = event.text.strip()
            case Pictured():
                told["photo"] = event.photo
    made = replace(made, **told)
    if begun is not None and end is not None and isinstance(end.event, Ended):
        goes.append(clock.between(begun, end.event.at, paused))
        if made.said:
            made = replace(made, finished=clock.of(end), outcome="done" if end.event.how == "goal" else "failed")
    known = [one for one in goes if one is not None]
    return replace(made, seconds=sum(known) if known and len(known) == len(goes) else None)


def _how(
    guide: Guide, end: Kept | None, seconds: float | None
) -> Literal["goal", "no_goal", "seconds", "given_up"] | None:
    """How it ended: as the walker says; out of time where the goal was not reached after the guide's minutes."""
    if end is None or not isinstance(end.event, Ended):
        return None
    if end.event.how == "no_goal" and seconds is not None and seconds > 60 * guide.stop.minutes:
        return "seconds"
    return end.event.how
