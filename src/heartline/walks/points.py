"""Points of connection in the order of the journey: those that customers met, and those that scripts name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heartline.tables.words import stage_rank
from heartline.walk.guide import Guide
from heartline.walk.script import Script
from heartline.walks.house import House

PRECEDENCE = """
select a.touchpoint,
       sum(cast(a.steps as double) / nullif(a.steps + coalesce(b.steps, 0), 0)) / nullif(count(*), 0) as first_share
from journey_step a left join journey_step b on b.touchpoint = a.next_touchpoint and b.next_touchpoint = a.touchpoint
where a.next_touchpoint <> '' and a.next_touchpoint <> a.touchpoint
group by a.touchpoint
"""
"""How often each point comes before its neighbours: the order within a stage."""

_MET = "select touchpoint, stage, sum(visits) as visits from touchpoint_period group by touchpoint, stage"


@dataclass(frozen=True)
class Point:
    """One point of connection. stage: where most visits to it stand, or where a script puts it; None: not told"""

    touchpoint: str
    stage: str | None


def points(house: House, scripts: Sequence[Script | Guide]) -> list[Point]:
    """Every point that customers met up to the last run, and every one on the way of a script; each once."""
    stages: dict[str, str | None] = {}
    for script in scripts:
        for step in script.steps:
            if step.touchpoint and stages.get(step.touchpoint) is None:
                stages[step.touchpoint] = step.stage
    met = house.query(_MET).to_pylist()
    for row in sorted(met, key=lambda row: (row["stage"] is not None, row["visits"] or 0, row["stage"] or "")):
        stages[row["touchpoint"]] = row["stage"] or stages.get(row["touchpoint"])
    first = {row["touchpoint"]: row["first_share"] or 0.0 for row in house.query(PRECEDENCE).to_pylist()}
    found = [Point(touchpoint, stage) for touchpoint, stage in stages.items()]
    return sorted(found, key=lambda one: (stage_rank(one.stage), -first.get(one.touchpoint, 0.0), one.touchpoint))
