"""One figure for what a walk costs a customer, in clicks. Formula, source and assumptions: docs/explanation/walk.md."""

from __future__ import annotations

from dataclasses import dataclass

from heartline.walk.step import StepRecord, Walk
from heartline.walk.verbs import Step

KEYSTROKES_A_CLICK = 5.0
FREE_WAITING = 1.0
ERROR = 5.0
BUSY_SHARE = 0.05
_CLICKS = {
    "open": 1, "click": 1, "choose": 2, "hover": 1, "upload": 2, "scroll": 1, "press": 1 / KEYSTROKES_A_CLICK,
}  # fmt: skip
"""Least clicks of a step."""


@dataclass(frozen=True)
class Effort:
    """Effort of one walk.

    effort: clicks + keystrokes / 5 + seconds waited beyond the first of each step + 5 × errors + undone
    waiting: that of steps that could be done; how long the walk looked for what never came is its script's patience
    late: how much of it may be the walking machine's own; effort without it lies between effort - late and effort
    errors: steps that could not be done and pages that answered with an error, each step once; a goal not seen at last
    undone: the least effort of all steps, where the goal was not reached: who fails here begins anew elsewhere; else 0
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
    late: float = 0.0

    @property
    def busy(self) -> bool:
        """Whether the walking machine may have made a part of it that is more than the same walk twice differs by."""
        return is_busy(self.effort, self.late)


def is_busy(effort: float | None, late: float | None) -> bool:
    """The same of a walk that is kept; False where either is not known."""
    return effort is not None and late is not None and late > BUSY_SHARE * effort


def effort(walk: Walk) -> Effort:
    """The effort of a walk and what it is made of."""
    clicks = sum(one.clicks for one in walk.steps) + sum(one.verb == "open" for one in walk.steps)
    keystrokes = sum(one.keystrokes for one in walk.steps)
    waited = [one for one in walk.steps if not one.failed]
    waiting = sum(_beyond(one.waiting) for one in waited)
    late = waiting - sum(_beyond(one.waiting - one.late) for one in waited)
    errors = sum(map(erred, walk.steps)) + (walk.ended == "no_goal")
    undone = 0.0 if walk.reached else sum(map(_least, walk.script.steps))
    steps = sum(one.clicks + one.keystrokes > 0 or one.verb == "open" for one in walk.steps)
    total = clicks + keystrokes / KEYSTROKES_A_CLICK + waiting + ERROR * errors + undone
    shortest = walk.script.shortest
    return Effort(
        round(total, 2), clicks, keystrokes, round(waiting, 2), errors, round(undone, 2), walk.seconds, steps,
        round(steps / shortest, 2) if shortest else None, round(late, 2),
    )  # fmt: skip


def _beyond(waiting: float) -> float:
    return max(0.0, waiting - FREE_WAITING)


def erred(step: StepRecord) -> bool:
    """Whether a person would notice that something went wrong in this step."""
    return step.failed or any(one.page for one in step.noise.failures)


def _least(step: Step) -> float:
    if step.if_there:
        return 0.0
    if step.verb == "fill":
        return 1 + len(step.value or "") / KEYSTROKES_A_CLICK
    return float(_CLICKS.get(step.verb, 0))
