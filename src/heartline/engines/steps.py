"""A step is a name and one SELECT; a list of them is all that an engine is ever asked to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heartline.errors import AnalysisError


@dataclass(frozen=True)
class Step:
    """One named SELECT over input tables and earlier steps.

    name: lower-case name by which later steps read it
    sql: a single SELECT in the subset that every engine answers alike
    keep: computed once and held, for steps that several later ones read
    """

    name: str
    sql: str
    keep: bool = False


def check_names(steps: Sequence[Step]) -> None:
    """AnalysisError when two steps share a name."""
    seen: set[str] = set()
    for step in steps:
        if step.name in seen:
            raise AnalysisError(f"two steps are called {step.name}", "one name a step", "rename one of them")
        seen.add(step.name)
