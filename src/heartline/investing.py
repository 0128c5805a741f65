"""What-if plans: another budget, other caps, another aim, over what the last run worked out of each option."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.investment_plan import Asked, Option, amounts, choices, next_money, plan, reason, word
from heartline.errors import AnalysisError, PlanError
from heartline.settings import Settings
from heartline.stats.allocation import OBJECTIVES, Aim, Floor, tail_mean

Query = Callable[[str], pa.Table]
AIMS = OBJECTIVES
LEVELS = (
    "select option_id, units, scenario, gain, lift, cost from investment_scenario order by option_id, units, scenario"
)
OPTIONS = """
select i.option_id, i.name, i.department, i.touchpoint, i.basis, i.max_units, i.reason, o.must, o.excludes, o.requires
from investment i left join option o on o.option_id = i.option_id order by i.option_id
"""
FLOORS = "select touchpoint, felt_today, floor from investment_place where floor is not null order by touchpoint"


@dataclass(frozen=True)
class Ask:
    """What is asked; None takes the setting.

    caps: by department, names as ``word`` writes them
    alpha: share of scenarios better than those that the aim ``cvar`` looks at
    seconds: when to stop looking for something better; gap: how far from the best is near enough, as a share of it
    """

    budget: float | None = None
    caps: Mapping[str, float] | None = None
    aim: str | None = None
    kept: bool | None = None
    alpha: float = 0.9
    seconds: float = 60.0
    gap: float = 0.0


@dataclass(frozen=True)
class Line:
    """One option in a plan: units (0: not funded), their cost and gain (of what is not funded, of its least units)."""

    option_id: str
    name: str
    department: str
    touchpoint: str
    units: int
    max_units: int
    cost: float
    gain: float | None
    low: float | None
    high: float | None
    p_payback: float | None
    lift: float | None
    basis: str
    reason: str


@dataclass(frozen=True)
class Answer:
    """The best plan for what was asked.

    gain, low, high: mean and 90 % interval of what the plan brings over the horizon; tail: mean of its worst scenarios
    next_money: mean gain of each unit of money when the budget grows by a tenth (only for the aim mean)
    next_unit: what one more unit of budget adds to the worth were options to be had in parts; None for payback
    best_possible: what all options together would bring in the mean, without any limit
    proven: whether nothing better is possible, but for the gap that was allowed
    """

    budget: float
    caps: Mapping[str, float]
    aim: str
    kept: bool
    alpha: float
    currency: str
    horizon_days: int
    cost: float = 0.0
    gain: float = 0.0
    low: float = 0.0
    high: float = 0.0
    tail: float = 0.0
    p_payback: float | None = None
    next_money: float | None = None
    next_unit: float | None = None
    best_possible: float = 0.0
    scenarios: int = 0
    proven: bool = True
    seconds: float = 0.0
    lines: Sequence[Line] = field(default_factory=tuple)

    @property
    def funded(self) -> list[Line]:
        """What is funded, the largest gain for its money first."""
        taken = [line for line in self.lines if line.units]
        return sorted(taken, key=lambda one: (-(one.gain or 0.0) / max(one.cost, 1e-9), one.option_id))

    @property
    def left(self) -> list[Line]:
        """What is not funded."""
        return [line for line in self.lines if not line.units]


def answer(query: Query, settings: Settings, ask: Ask) -> Answer:
    """The best plan. PlanError names limits that cannot be kept together; AnalysisError before the first run."""
    started = time.perf_counter()
    rows = query(OPTIONS).to_pylist()
    if not rows:
        raise AnalysisError(
            "no option has been worked out",
            "options in the table `option` and a run",
            "load options, then heartline run",
        )
    options = _options(query(LEVELS), {row["option_id"]: row for row in rows})
    asked = _asked(query, settings, ask)
    scenarios = next((one.gains.shape[1] for one in options if one.gains is not None), 1)
    made = choices(options, scenarios)
    found = plan(made, asked, ask.seconds, ask.gap)
    more = next_money(made, asked, found, ask.seconds, ask.gap) if asked.aim.objective == "mean" else float("nan")
    low, high = np.quantile(found.gains, (0.05, 0.95))
    by = {one.option_id: one for one in options}
    return Answer(
        budget=asked.budget,
        caps=asked.caps,
        aim=asked.aim.objective,
        kept=asked.aim.unspent > 0,
        alpha=ask.alpha,
        currency=settings.text("currency"),
        horizon_days=settings.whole("horizon_days"),
        cost=found.cost,
        gain=float(found.gains.mean()),
        low=float(low),
        high=float(high),
        tail=tail_mean(found.gains, 1.0 - ask.alpha),
        p_payback=float((found.gains >= found.cost).mean()) if any(found.units.values()) else None,
        next_money=None if np.isnan(more) else more,
        next_unit=None if np.isnan(found.next_unit) else found.next_unit,
        best_possible=sum(max(float(one.gains.mean(axis=1).max()), 0.0) for one in options if one.gains is not None),
        scenarios=scenarios,
        proven=found.proven,
        lines=[
            _line(row, by.get(row["option_id"]), found.units.get(row["option_id"], 0),
                  reason(by[row["option_id"]], found, options, asked) if row["option_id"] in by
                  else row["reason"])
            for row in rows
        ],
        seconds=time.perf_counter() - started,
    )  # fmt: skip


def _asked(query: Query, settings: Settings, ask: Ask) -> Asked:
    budget = settings.number("budget") if ask.budget is None else ask.budget
    if not (np.isfinite(budget) and 0.0 <= budget <= 1e15):
        raise PlanError(f"a budget of {budget}", "an amount of 0 or more", "say how much may be spent")
    aim = settings.text("budget_aim") if ask.aim is None else ask.aim
    if aim not in AIMS:
        raise PlanError(f"the aim {aim}", f"one of {', '.join(AIMS)}", "choose one of them")
    kept = bool(settings["budget_kept"]) if ask.kept is None else ask.kept
    caps = caps_of(settings) if ask.caps is None else dict(ask.caps)
    floors = tuple(Floor(row["touchpoint"], row["felt_today"], row["floor"]) for row in query(FLOORS).to_pylist())
    return Asked(budget, caps, floors, Aim(aim, ask.alpha, float(kept)))


def _options(levels: pa.Table, rows: Mapping[str, Mapping[str, Any]]) -> list[Option]:
    """Options from their rows by units and scenario, which come in that order."""
    names = np.asarray(levels.column("option_id").to_pylist(), dtype=object)
    units, cost, lift, gain = (
        np.asarray(levels.column(name).to_numpy(zero_copy_only=False), dtype=np.float64)
        for name in ("units", "cost", "lift", "gain")
    )
    if not len(names):
        return []
    edges = np.flatnonzero(np.append(True, names[1:] != names[:-1]))
    made = []
    for start, end in zip(edges, np.append(edges[1:], len(names)), strict=True):
        row = rows.get(names[start])
        first = slice(start, end)
        if row is None or not np.isfinite(cost[first]).all() or not np.isfinite(units[first]).all():
            continue
        own = np.unique(units[first])
        shape = (len(own), -1)
        gains = gain[first].reshape(shape)
        lifts = lift[first].reshape(shape)[:, 0]
        made.append(
            Option(
                row["option_id"], row["department"], row["touchpoint"], [int(one) for one in own],
                cost[first].reshape(shape)[:, 0], None if np.isnan(lifts).any() else lifts,
                None if np.isnan(gains).any() else gains, bool(row["must"]), tuple((row["excludes"] or "").split()),
                tuple((row["requires"] or "").split()),
            )
        )  # fmt: skip
    return made


def _line(row: Mapping[str, Any], one: Option | None, units: int, why: str) -> Line:
    level = list(one.units).index(units) if one and units else 0
    gains = one.gains[level] if one and one.gains is not None else None
    cost = float(one.costs[level]) if one else float("nan")
    low, high = (None, None) if gains is None else (float(end) for end in np.quantile(gains, (0.05, 0.95)))
    return Line(
        option_id=row["option_id"],
        name=row["name"] or row["option_id"],
        department=row["department"] or "",
        touchpoint=row["touchpoint"] or "",
        units=units,
        max_units=int(row["max_units"] or 1),
        cost=cost,
        gain=None if gains is None else float(gains.mean()),
        low=low,
        high=high,
        p_payback=None if gains is None else float((gains >= cost).mean()),
        lift=float(one.lifts[level]) if one and one.lifts is not None else None,
        basis=row["basis"],
        reason=why,
    )


def department(name: str) -> str:
    """A department as settings and addresses write it: lower case, underscores for blanks."""
    return word(name)


def caps_of(settings: Settings) -> dict[str, float]:
    """Caps of departments in the settings."""
    return amounts(settings.text("budget_caps"))
