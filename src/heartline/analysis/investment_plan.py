"""From options with gains in scenarios to a plan, its reasons in words, and what more money would buy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from heartline.errors import PlanError
from heartline.stats.allocation import Aim, Choice, Floor, Limits, Plan, allocate
from heartline.stats.likelihood import Floats

SPENT_AT_LEAST = 0.5
"""Share of the budget that a plan must spend where it is to pay back: nothing at all always does."""


@dataclass(frozen=True)
class Option:
    """What planning needs of an option.

    lifts: (levels,) None: no lift is known; gains: (levels, scenarios) None: what it brings is not known
    """

    option_id: str
    department: str
    touchpoint: str
    units: Sequence[int]
    costs: Floats
    lifts: Floats | None
    gains: Floats | None
    must: bool = False
    excludes: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What is asked of a plan.

    caps: most that a department's options may cost, by department as ``word`` writes it
    """

    budget: float
    caps: Mapping[str, float]
    floors: tuple[Floor, ...]
    aim: Aim


def word(name: str | None) -> str:
    """A department or touchpoint as settings write it: lower case, underscores for blanks."""
    return re.sub(r"\W+", "_", (name or "").strip().lower())


def amounts(text: str) -> dict[str, float]:
    """``service=60000 marketing=0`` as numbers by name."""
    return {name: float(value) for name, _, value in (part.partition("=") for part in text.split())}


def choices(options: Sequence[Option], scenarios: int) -> list[Choice]:
    """Options as the optimiser wants them. What is not known counts as no gain and no lift, so it is taken only where
    it must be; an option that needs one that is not offered is left out, and so on."""
    offered = {one.option_id: one for one in options}
    while True:
        lost = [name for name, one in offered.items() if any(other not in offered for other in one.requires)]
        if not lost:
            break
        for name in lost:
            del offered[name]
    return [
        Choice(
            one.option_id,
            np.array(one.units, dtype=np.int64),
            one.costs,
            np.zeros((len(one.units), scenarios)) if one.gains is None else one.gains,
            word(one.department),
            {} if one.lifts is None else {one.touchpoint: one.lifts},
            one.must,
            tuple(other for other in one.excludes if other in offered and other != one.option_id),
            tuple(other for other in one.requires if other != one.option_id),
        )
        for one in offered.values()
    ]


def limits(made: Sequence[Choice], asked: Asked) -> Limits:
    """Limits of the optimiser; where the plan is to pay back, at least half of what can be spent must be."""
    least = SPENT_AT_LEAST * min(asked.budget, spendable(made, asked.caps)) if asked.aim.objective == "payback" else 0.0
    return Limits(asked.budget, asked.caps, asked.floors, least)


def spendable(made: Sequence[Choice], caps: Mapping[str, float]) -> float:
    """What all options cost together, by department no more than its cap."""
    by: dict[str, float] = {}
    for one in made:
        by[one.department] = by.get(one.department, 0.0) + max(float(one.costs.max()), 0.0)
    return sum(min(total, caps.get(department, np.inf)) for department, total in by.items())


def plan(made: Sequence[Choice], asked: Asked, seconds: float = 60.0, gap: float = 0.0) -> Plan:
    """The best plan; PlanError names limits in conflict."""
    return allocate(made, limits(made, asked), asked.aim, seconds, gap)


def frontier(
    made: Sequence[Choice], asked: Asked, points: int, seconds: float = 60.0, gap: float = 0.0
) -> list[tuple[float, Plan]]:
    """Best plans for budgets from nothing to all that can be spent; budgets that the limits forbid are left out."""
    most = spendable(made, asked.caps)
    budgets = {round(most * step / points, 2) for step in range(points + 1)} | {asked.budget}
    found = []
    for budget in sorted(budgets):
        try:
            found.append((budget, plan(made, replace(asked, budget=budget), seconds, gap)))
        except PlanError:
            continue
    return found


def next_money(made: Sequence[Choice], asked: Asked, now: Plan, seconds: float = 60.0, gap: float = 0.0) -> float:
    """Mean gain of each unit of money when the budget grows by a tenth; not-a-number without a budget."""
    more = 0.1 * asked.budget
    if more <= 0:
        return float("nan")
    later = plan(made, replace(asked, budget=asked.budget + more), seconds, gap)
    return (float(later.gains.mean()) - float(now.gains.mean())) / more


def named(found: Plan) -> str:
    """Funded options by blanks, the units after a colon where there are several."""
    return " ".join(f"{name}:{units}" if units > 1 else name for name, units in sorted(found.units.items()) if units)


def reason(one: Option, found: Plan, options: Sequence[Option], asked: Asked) -> str:
    """Why an option is funded or not, in words."""
    units = found.units.get(one.option_id, 0)
    if units:
        return _why(one, units, found, options, asked)
    funded = {name for name, number in found.units.items() if number}
    if one.option_id not in found.units:
        missing = [other for other in one.requires if other not in {each.option_id for each in options}]
        return f"needs {', '.join(missing) or 'an option'}, which cannot be had"
    if one.lifts is None:
        return "no lift is told or measured: try it small first"
    if one.gains is None:
        return f"how much {one.touchpoint} matters is not known"
    means = one.gains.mean(axis=1)
    if means.max() <= 0:
        return "brings nothing in the mean"
    if asked.aim.unspent >= 1.0 and (means - one.costs).max() <= 0:
        return "does not bring back its cost in the mean"
    if one.costs.min() > asked.budget:
        return "costs more than the budget"
    rivals = sorted(
        each.option_id for each in options
        if each.option_id in funded and (one.option_id in each.excludes or each.option_id in one.excludes)
    )  # fmt: skip
    if rivals:
        return f"cannot be had with {', '.join(rivals)}, which brings more"
    needed = [other for other in one.requires if other not in funded]
    if needed:
        return f"needs {', '.join(needed)}, which is not funded"
    cap = asked.caps.get(word(one.department))
    if cap is not None and _spent(found, options, one.department) + one.costs.min() > cap:
        return f"the cap of {one.department} goes to what brings more"
    if found.cost + one.costs.min() <= asked.budget:
        return "too unsure for this aim"
    return "others bring more for the money"


def _why(one: Option, units: int, found: Plan, options: Sequence[Option], asked: Asked) -> str:
    level = list(one.units).index(units)
    cost = float(one.costs[level])
    gain = None if one.gains is None else float(one.gains[level].mean())
    if gain is not None and gain > 0 and cost > 0:
        share = gain / cost
        back = f"brings back {'less than 0.01' if share < 0.005 else f'{share:.2f}'} of each unit of money in the mean"
        return ("must be funded; " if one.must else "") + back + ("" if gain >= cost else ", less than it costs")
    if one.must:
        return "must be funded"
    if cost < 0:
        return "saves more than it loses, or pays for what brings more"
    needing = [each.option_id for each in options if one.option_id in each.requires and found.units.get(each.option_id)]
    if needing:
        return f"needed by {', '.join(needing)}"
    if any(floor.touchpoint == one.touchpoint for floor in asked.floors):
        return f"keeps the floor of {one.touchpoint}"
    return "funded"


def _spent(found: Plan, options: Sequence[Option], department: str) -> float:
    return sum(
        float(each.costs[list(each.units).index(found.units[each.option_id])])
        for each in options
        if word(each.department) == word(department) and found.units.get(each.option_id)
    )
