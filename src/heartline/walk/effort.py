"""One figure for what a walk costs a customer, in clicks. Formula, source and assumptions: docs/explanation/walk.md."""

from __future__ import annotations

from dataclasses import dataclass

from heartline.walk.step import StepRecord, Walk

KEYSTROKES_A_CLICK = 5.0
FREE_WAITING = 1.0
ERROR = 5.0
_CLICKS = {"open": 1, "click": 1, "choose": 2}
"""Least clicks of a step that was never come to."""


@dataclass(frozen=True)
class Effort:
    """Effort of one walk.

    effort: clicks + keystrokes / 5 + seconds waited beyond the first of each step + 5 × errors + undone
    waiting: that of steps that could be done; how long the walk looked for what never came is its script's patience
    errors: steps that could not be done and pages that answered with an error, each step once
    undone: the least effort of the steps that the walk never came to; 0 where the goal was reached
    steps: steps that something was done in; detour: steps over those of the shortest way known, None without one
    """

    effort: float
    clicks: int
    keystrokes: int
    waiting: float
    errors: int
    undone: float
    seconds: float
    steps: int
    detour: float | None


def effort(walk: Walk) -> Effort:
    """The effort of a walk and what it is made of."""
    clicks = sum(one.clicks for one in walk.steps) + sum(one.verb == "open" for one in walk.steps)
    keystrokes = sum(one.keystrokes for one in walk.steps)
    waiting = sum(max(0.0, one.waiting - FREE_WAITING) for one in walk.steps if not one.failed)
    errors = sum(map(erred, walk.steps))
    undone = 0.0 if walk.reached else sum(_least(walk, number) for number in walk.undone)
    steps = sum(one.clicks + one.keystrokes > 0 or one.verb == "open" for one in walk.steps)
    total = clicks + keystrokes / KEYSTROKES_A_CLICK + waiting + ERROR * errors + undone
    shortest = walk.script.shortest
    return Effort(
        round(total, 2), clicks, keystrokes, round(waiting, 2), errors, round(undone, 2), walk.seconds, steps,
        round(steps / shortest, 2) if shortest else None,
    )  # fmt: skip


def erred(step: StepRecord) -> bool:
    """Whether a person would notice that something went wrong in this step."""
    return step.failed or any(one.page for one in step.noise.failures)


def _least(walk: Walk, number: int) -> float:
    step = walk.script.steps[number - 1]
    if step.if_there:
        return 0.0
    if step.verb == "fill":
        return 1 + len(step.value or "") / KEYSTROKES_A_CLICK
    return float(_CLICKS.get(step.verb, 0))
