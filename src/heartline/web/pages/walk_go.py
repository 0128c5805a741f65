"""A guided walk on a phone: one step at a time while it goes on, its felt curve when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from heartline.walk.guided import FACES, FEELINGS, LONGEST_ANSWER, LONGEST_NOTE, Course, StepCourse
from heartline.walks.guided import GuidedWalk
from heartline.walks.guided_rows import About
from heartline.web.door import Door
from heartline.web.page import Page, Query, told
from heartline.web.pages.walk_start import ENDED

_WIDE, _HIGH = 320.0, 96.0
"""The felt curve's picture, in its own units."""
_CLOCK_OFF_S = 60.0
"""From here on it is told that a phone's clock was wrong."""


@dataclass(frozen=True)
class StepLine:
    """One step as the walker is led through it. answer: yes_no or words; minutes: when it may be given up, 0: never"""

    number: int
    do: str
    touchpoint: str
    look_for: str
    ask: str
    answer: str
    minutes: float


@dataclass(frozen=True)
class PassedLine:
    """One step of a walk that is over. x, y: its place in the felt curve; None where no feeling was told"""

    number: int
    do: str
    ended: str
    time: str
    felt: str
    feelings: str
    question: str
    answer: str
    note: str
    photo: str
    x: str
    y: str | None


@dataclass(frozen=True)
class AfterLine:
    """A walk that is over. line: points of its felt curve; clock: what was wrong with the phone's clock, or empty"""

    ended: str
    time: str
    steps: Sequence[PassedLine]
    line: str
    clock: str


@dataclass(frozen=True)
class GoContext:
    """What a guided walk shows."""

    walk_id: str = told("id of the walk")
    name: str = told("name of its guide")
    persona: str = told("who the walker is for this while")
    goal: str = told("what is to be reached")
    place: str = told("where it is walked")
    ways: Sequence[str] = told("what is allowed")
    minutes: float = told("most minutes")
    walker: str = told("who walks, as they call themselves; empty where not told")
    release: str = told("what is walked; empty where not told")
    steps: Sequence[StepLine] = told("the steps")
    faces: Sequence[tuple[float, str]] = told("faces that can be tapped: valence, -1 to 1, and word")
    feelings: Sequence[str] = told("feelings that can be tapped")
    limits: tuple[int, int] = told("most characters of a note and of an answer")
    events: Sequence[dict[str, Any]] = told("what was told so far, each with its id; empty when it is over")
    after: AfterLine | None = told("what it was like; None while it goes on")


def build(door: Door, query: Query) -> GoContext:
    """One guided walk; WalkError where there is none."""
    walk = door.walks.guided.named(query["walk_id"])
    about, guide = walk.about, walk.about.guide
    return GoContext(
        walk_id=about.walk_id, name=guide.walk, persona=guide.persona, goal=guide.goal, place=guide.place,
        ways=guide.ways, minutes=guide.stop.minutes, walker=about.walker, release=about.release,
        steps=[
            StepLine(
                number, one.do, one.touchpoint, one.look_for or "", one.ask or "", one.answer, one.minutes or 0.0
            )
            for number, one in enumerate(guide.steps, 1)
        ],
        faces=FACES, feelings=FEELINGS, limits=(LONGEST_NOTE, LONGEST_ANSWER),
        events=_events(walk) if walk.goes_on else [],
        after=None if walk.goes_on else _after(about, walk.course),
    )  # fmt: skip


def _events(walk: GuidedWalk) -> list[dict[str, Any]]:
    return [{"id": one.event_id, "event": msgspec.to_builtins(one.event)} for one in walk.events]


def _after(about: About, course: Course) -> AfterLine:
    many = len(course.steps)
    passed = [_passed(about, one, many) for one in course.steps]
    points = " ".join(f"{one.x},{one.y}" for one in passed if one.y is not None)
    return AfterLine(ENDED[course.ended or "given_up"], clock(course.seconds), passed, points, _clock_words(course))


def _passed(about: About, step: StepCourse, many: int) -> PassedLine:
    written = about.guide.steps[step.number - 1]
    words = dict(FACES)
    felt = "" if step.valence is None else words.get(step.valence, f"{step.valence:+.1f}")
    ended = {"done": "done", "failed": "could not be done", None: "left out"}[step.outcome]
    return PassedLine(
        number=step.number, do=written.do, ended=ended, time=clock(step.seconds) if step.touched else "", felt=felt,
        feelings=", ".join(step.feelings), question=written.ask or "", answer=step.answer, note=step.note,
        photo=f"/walks/photo/{about.walk_id}/{step.photo}" if step.photo else "",
        x=f"{_WIDE * (step.number - 0.5) / many:.1f}",
        y=None if step.valence is None else f"{_HIGH / 2 - step.valence * (_HIGH / 2 - 10):.1f}",
    )  # fmt: skip


def _clock_words(course: Course) -> str:
    off = course.clock_off
    if abs(off) < _CLOCK_OFF_S:
        return ""
    return f"The phone's clock was {clock(abs(off))} {'fast' if off > 0 else 'slow'}; times are by the desk's clock."


def clock(seconds: float | None) -> str:
    """Seconds as minutes and seconds, or hours and minutes, in words."""
    if seconds is None:
        return "not known"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02d} h"


PAGE = Page("walk_go", "/walks/go/{walk_id}", "Walk", build, GoContext)
