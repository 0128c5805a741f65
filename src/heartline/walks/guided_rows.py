"""A guided walk as rows of `walk` and `walk_step`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from heartline.walk.guide import Guide, GuideStep
from heartline.walk.guided import Course, StepCourse


@dataclass(frozen=True)
class About:
    """What is known of a guided walk before its first step.

    walker: as they call themselves, role: one of ``WALKER_ROLES``, release: what is walked; empty where not told
    opened_at: on the desk's clock, UTC
    """

    walk_id: str
    guide: Guide
    walker: str
    role: str
    release: str
    opened_at: datetime


def rows_of(about: About, course: Course) -> dict[str, list[dict[str, Any]]]:
    """Rows of both tables; none where nothing was told. A walk without an end was given up when last something was."""
    if course.started is None or course.last is None:
        return {}
    guide = about.guide
    walker = about.walker or None
    head = {
        "walk_id": about.walk_id, "script": guide.walk, "script_version": guide.version, "goal": guide.goal,
        "kind": "guided", "walker": walker, "role": about.role or None, "release": about.release or None,
        "started_at": course.started.isoformat(), "ended_at": (course.ended_at or course.last).isoformat(),
        "ended": course.ended or "given_up", "steps": sum(step.outcome == "done" for step in course.steps),
        "shortest": guide.shortest,
    }  # fmt: skip
    steps = [
        {"walk_id": about.walk_id, "script": guide.walk, "walker": walker} | _step(about, guide.steps[at], step, course)
        for at, step in enumerate(course.steps)
        if step.touched is not None
    ]
    return {"walk": [head], "walk_step": steps}


def _step(about: About, written: GuideStep, step: StepCourse, course: Course) -> dict[str, Any]:
    moment = step.finished or step.begun or step.touched
    assert moment is not None
    stopped = course.ended is None and step.number == course.at_step and step.said  # given up there, without a word
    return {
        "interaction_id": f"{about.walk_id}-{step.number:03d}", "number": step.number,
        "occurred_at": moment.isoformat(), "channel": written.channel or about.guide.channel,
        "touchpoint": written.touchpoint, "stage": written.stage, "what": written.do,
        "outcome": step.outcome or ("failed" if stopped else "left_out"), "duration_s": step.seconds,
        "felt_valence": step.valence, "feelings": " ".join(step.feelings) or None,
        "note": note_of(written, step) or None, "photo": step.photo or None,
    }  # fmt: skip


def note_of(written: GuideStep, step: StepCourse) -> str:
    """What the walker wrote of a step: the answer behind its question, then the note."""
    answer = f"{written.ask} {step.answer}" if written.ask and step.answer else ""
    return "\n".join(part for part in (answer, step.note) if part)
