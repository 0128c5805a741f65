"""A walk that a person makes, as it is written down: what they are led through, where, and what they look for."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from heartline.walk.reading import content_of, fault_at, shaped, tree_of
from heartline.walk.script import Channel, Every, Name, Script, parse_script
from heartline.walk.verbs import Point, Words

MANUAL = "docs/how-to/guided-walk.md"


class GuideStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One step that a person is led through.

    do: what to do; touchpoint, stage: where that stands in the journey, written as in the facts; look_for: what to
    watch while doing it; channel: where it is not that of the whole walk
    ask: one more question; answer: in what way it is answered
    minutes: after how long the walker is told that they may give this step up
    """

    do: Words
    touchpoint: Point
    stage: Point | None = None
    look_for: Words | None = None
    channel: Channel | None = None
    ask: Words | None = None
    answer: Literal["yes_no", "words"] = "yes_no"
    minutes: Annotated[float, msgspec.Meta(gt=0, le=1440)] | None = None


class GuideStop(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """When the walk is over without its goal. minutes: most minutes in all, pauses left out"""

    minutes: Annotated[float, msgspec.Meta(gt=0, le=1440)] = 90.0


class Guide(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One guided walk.

    walk: its name; persona, goal, place: in words; ways: what is allowed, in words
    channel: way of contact of every step that names none; shortest: steps of the shortest way known, if any
    every: how often somebody is to walk it
    """

    kind: Literal["guided"]
    walk: Name
    persona: Words
    goal: Words
    place: Words
    steps: Annotated[tuple[GuideStep, ...], msgspec.Meta(min_length=1, max_length=60)]
    channel: Channel | None = None
    ways: Annotated[tuple[Words, ...], msgspec.Meta(max_length=12)] = ()
    shortest: Annotated[int, msgspec.Meta(ge=1)] | None = None
    stop: GuideStop = GuideStop()
    every: Every | None = None

    @property
    def version(self) -> str:
        """12 signs that change where what is to be done changes; not with its name, its place, or how often."""
        same = msgspec.structs.replace(self, walk="", persona="", place="", every=None, shortest=None)
        return hashlib.sha256(msgspec.json.encode(same)).hexdigest()[:12]

    @property
    def touchpoints(self) -> tuple[str, ...]:
        """Points of connection on the way, each once, in order."""
        return tuple(dict.fromkeys(step.touchpoint for step in self.steps))


def read_guide(file: Path) -> Guide:
    """The guided walk in a YAML file. WalkError with file and line, what stands there, and how to mend it."""
    return parse_guide(content_of(file), file.name)


def parse_guide(content: bytes, file: str = "walk.yaml") -> Guide:
    """As ``read_guide``, from bytes."""
    node = tree_of(content, file, "kind, walk, persona, goal, place, steps")
    guide = shaped(node, Guide, MANUAL)
    for place, step in enumerate(guide.steps):
        at = node.at(["steps", place])
        if step.ask is None and "answer" in at.parts:
            raise fault_at(at.at(["answer"]), "`answer` without a question", "give `ask`, or take out `answer`")
        if step.minutes is not None and step.minutes > guide.stop.minutes:
            told = f"a step of {step.minutes:g} minutes in a walk of {guide.stop.minutes:g}"
            raise fault_at(at.at(["minutes"]), told, "give it fewer, or `stop: {minutes: …}` more")
    return guide


def parse_walk(content: bytes, file: str = "walk.yaml") -> Script | Guide:
    """The walk in a YAML file of either kind: guided where it says ``kind: guided``. WalkError as of either."""
    node = tree_of(content, file, "walk, persona, goal, steps")
    return parse_guide(content, file) if "kind" in node.parts else parse_script(content, file)


def read_walk(file: Path) -> Script | Guide:
    """As ``parse_walk``, from a file."""
    return parse_walk(content_of(file), file.name)
