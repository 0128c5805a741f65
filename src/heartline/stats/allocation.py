"""Which options to fund, and how many units of each, under a budget: the exact best, as a mixed-integer programme.

Every level of an option (1 unit, 2 units …) is a choice of its own, so a response may have any shape. What a plan
brings is known in scenarios, each as likely as any other: rows of gains per level. Three aims:

- ``mean``: the highest mean gain (scenarios only say how sure it is).
- ``cvar``: the highest mean of the worst ``1 - alpha`` of scenarios; linear by Rockafellar & Uryasev (2000).
- ``payback``: the highest share of scenarios in which the plan brings back what it costs, and among equal shares the
  highest mean; one binary a scenario, tied to the plan by the largest shortfall that is possible in it.

Solved by HiGHS (Huangfu & Hall 2018) through ``scipy.optimize.milp`` without any gap. Amounts are scaled first, so that
another currency changes nothing. Among plans of equal worth the cheaper one is taken: a euro that buys nothing is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse import csr_array

from heartline.errors import PlanError, StatisticsError
from heartline.stats.likelihood import Floats

Objective = Literal["mean", "cvar", "payback"]
OBJECTIVES: tuple[Objective, ...] = ("mean", "cvar", "payback")
WHOLE = 1e4
"""The largest worth that a plan can have after scaling: HiGHS stops 1e-6 before the best, so that is nothing here."""
THRIFT = 1e-6
"""Weight of the cost, as a share of the scaled worth: it decides between plans of equal worth, and nothing else."""


@dataclass(frozen=True)
class Choice:
    """One option.

    units: units of each level, rising; taking none is always possible unless ``must``
    costs: cost of each level, currency; below 0 where it saves
    gains: (levels, scenarios), currency
    lifts: what each level adds to a touchpoint's level (valence points), by touchpoint; for floors
    excludes, requires: names of other choices
    """

    name: str
    units: NDArray[np.int64]
    costs: Floats
    gains: Floats
    department: str = ""
    lifts: Mapping[str, Floats] = field(default_factory=dict)
    must: bool = False
    excludes: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()


@dataclass(frozen=True)
class Floor:
    """A touchpoint that must not be felt worse than ``level``; today it is felt as ``today`` (both valence)."""

    touchpoint: str
    today: float
    level: float


@dataclass(frozen=True)
class Limits:
    """What a plan must keep to.

    budget: what all options may cost together
    caps: what a department's options may cost, by department; one that is not named is not capped
    at_least: what the plan must cost at least
    """

    budget: float
    caps: Mapping[str, float] = field(default_factory=dict)
    floors: tuple[Floor, ...] = ()
    at_least: float = 0.0


@dataclass(frozen=True)
class Aim:
    """What the best plan is best in.

    alpha: for cvar, the share of scenarios that are better than those looked at (0.9: the worst tenth counts)
    unspent: what an amount of 1 that is not spent is worth: 0, the budget is there to be spent; 1, it is kept
    """

    objective: Objective = "mean"
    alpha: float = 0.9
    unspent: float = 0.0


@dataclass(frozen=True)
class Plan:
    """The best plan.

    units: units of each choice, 0 where it is not funded
    gains: what the plan brings in each scenario
    worth: what it was chosen for: mean or tail mean of gains less ``unspent`` × cost, or the share that pays back
    next_unit: what one more unit of budget would add to the worth if options could be bought in parts (the dual of
        the budget in the relaxed programme); not-a-number for payback
    proven: whether HiGHS has shown that nothing is better
    """

    units: Mapping[str, int]
    cost: float
    gains: Floats
    worth: float
    next_unit: float
    proven: bool


@dataclass(frozen=True)
class Row:
    """One constraint: its name for people, its coefficients, its bounds."""

    name: str
    of: Floats
    low: float
    high: float


class Programme:
    """Choices laid out as columns: one binary for each level of each choice."""

    def __init__(self, choices: Sequence[Choice], limits: Limits) -> None:
        self.choices = list(choices)
        _check(self.choices, limits)
        sizes = [len(one.costs) for one in self.choices]
        ends = np.cumsum(sizes)
        self.places = {
            one.name: slice(int(end) - size, int(end)) for one, size, end in zip(self.choices, sizes, ends, strict=True)
        }
        self.width = int(ends[-1])
        self.costs = np.concatenate([one.costs for one in self.choices])
        self.gains = np.concatenate([one.gains for one in self.choices])
        self.rows = [*self._levels(), *self._between(), *self._money(limits), *self._floors(limits)]

    def on(self, name: str) -> Floats:
        """1 in the columns of a choice."""
        marked = np.zeros(self.width)
        marked[self.places[name]] = 1.0
        return marked

    def _levels(self) -> list[Row]:
        return [
            Row(f"{one.name} must be funded" if one.must else "", self.on(one.name), float(one.must), 1.0)
            for one in self.choices
        ]

    def _between(self) -> list[Row]:
        made: dict[tuple[str, ...], Row] = {}
        for one in self.choices:
            for other in one.excludes:
                pair = tuple(sorted((one.name, other)))
                made[pair] = Row(f"{pair[0]} excludes {pair[1]}", self.on(one.name) + self.on(other), -np.inf, 1.0)
            for other in one.requires:
                made[(one.name, "→", other)] = Row(
                    f"{one.name} requires {other}", self.on(one.name) - self.on(other), -np.inf, 0.0
                )
        return list(made.values())

    def _money(self, limits: Limits) -> list[Row]:
        scale = max(float(np.abs(self.costs).max(initial=0.0)), 1e-12)
        rows = [Row(f"the budget of {limits.budget:,.0f}", self.costs / scale, -np.inf, limits.budget / scale)]
        for department, cap in limits.caps.items():
            own = np.zeros(self.width)
            for one in self.choices:
                if one.department == department:
                    own[self.places[one.name]] = one.costs / scale
            rows.append(Row(f"the cap of {cap:,.0f} for {department}", own, -np.inf, cap / scale))
        if limits.at_least > 0:
            rows.append(
                Row(f"spending at least {limits.at_least:,.0f}", self.costs / scale, limits.at_least / scale, np.inf)
            )
        return rows

    def _floors(self, limits: Limits) -> list[Row]:
        rows = []
        for floor in limits.floors:
            of = np.zeros(self.width)
            for one in self.choices:
                if floor.touchpoint in one.lifts:
                    of[self.places[one.name]] = one.lifts[floor.touchpoint]
            missing = floor.level - floor.today
            name = f"the floor of {floor.touchpoint} at {floor.level:+.2f} (today {floor.today:+.2f})"
            rows.append(Row(name, of, missing - 1e-9, np.inf))
        return rows


def allocate(
    choices: Sequence[Choice], limits: Limits, aim: Aim | None = None, seconds: float = 60.0, gap: float = 0.0
) -> Plan:
    """The best plan. Raises PlanError that names the limits which cannot be kept together.

    seconds: when to stop looking; the best plan so far is given then, with ``proven`` False
    gap: how far from the best a plan may be, as a share of its worth, so that an answer comes sooner
    """
    aim = aim or Aim()
    if aim.objective not in OBJECTIVES or not 0.0 <= aim.alpha < 1.0 or not 0.0 <= aim.unspent <= 1.0:
        raise StatisticsError(f"{aim}", "mean, cvar or payback, alpha 0 to 1, unspent 0 to 1", "choose in that range")
    if not choices:
        return Plan({}, 0.0, np.zeros(1), 0.0, float("nan"), True)
    programme = Programme(choices, limits)
    cost, whole, rows, bounds = _laid_out(programme, limits, aim)
    found = milp(
        cost, integrality=whole, bounds=bounds, constraints=rows,
        options={"mip_rel_gap": gap, "time_limit": seconds},
    )  # fmt: skip
    late = found.status == 1 and aim.objective != "mean"
    if found.x is None and not late:
        if found.status == 2:
            raise PlanError(*_conflict(programme))
        raise StatisticsError(f"the solver stopped: {found.message}", "a plan", "allow more seconds")
    best = None
    if found.x is not None:
        taken = np.round(found.x[: programme.width])
        best = _plan(programme, taken, aim, _next_unit(programme, cost, rows, bounds, aim), found)
    if late:
        # the plan of the highest mean is found in no time, and is often better than what the search had come to
        mean = allocate(choices, limits, Aim(unspent=aim.unspent))
        value = worth(mean.gains, mean.cost, aim)
        if best is None or value > best.worth:
            best = replace(mean, worth=value, next_unit=float("nan"), proven=False)
    assert best is not None
    return best


def _laid_out(
    programme: Programme, limits: Limits, aim: Aim
) -> tuple[Floats, NDArray[np.int64], LinearConstraint, Bounds]:
    """Objective (to be made small), which columns are whole, constraints and bounds, in scaled amounts."""
    gains, costs, n = programme.gains, programme.costs, programme.gains.shape[1]
    worth = gains - aim.unspent * costs[:, None]
    scale = max(float(np.abs(worth).sum(axis=0).max(initial=0.0)), 1e-300) / WHOLE
    thrift = THRIFT * WHOLE * costs / max(float(np.abs(costs).sum()), 1e-300)
    base = np.stack([row.of for row in programme.rows])
    low = [row.low for row in programme.rows]
    high = [row.high for row in programme.rows]
    width = programme.width
    if aim.objective == "mean":
        cost = -worth.mean(axis=1) / scale + thrift
        return cost, np.ones(width, np.int64), LinearConstraint(csr_array(base), low, high), Bounds(0, 1)
    if aim.objective == "cvar":
        # columns: levels, the tail's edge, how far each scenario falls below it
        cost = np.concatenate([thrift, [-1.0], np.full(n, 1.0 / ((1.0 - aim.alpha) * n))])
        block = np.hstack([worth.T / scale, -np.ones((n, 1)), np.eye(n)])
        edge = np.concatenate([np.zeros(width), [-np.inf], np.zeros(n)])
        top = np.concatenate([np.ones(width), [np.inf], np.full(n, np.inf)])
        whole = np.concatenate([np.ones(width, np.int64), np.zeros(n + 1, np.int64)])
    else:
        # columns: levels, whether a scenario pays back; a scenario that does not may fall short by no more than it can
        short = (costs[:, None] - gains) / scale
        most = np.maximum(_largest_shortfall(programme, short, limits.budget / scale), 1e-9)
        mean = gains.mean(axis=1)
        reach = max(float(np.abs(mean).sum()), 1e-300)
        # all means together weigh less than one scenario
        cost = np.concatenate([-0.25 * mean / reach * WHOLE / n + thrift / n, np.full(n, -WHOLE / n)])
        block = np.hstack([-short.T / most[:, None], -np.eye(n)])
        low += [-1.0] * n
        high += [np.inf] * n
        edge, top = np.zeros(width + n), np.ones(width + n)
        whole = np.ones(width + n, np.int64)
    if aim.objective == "cvar":
        low += [0.0] * n
        high += [np.inf] * n
    wide = np.hstack([base, np.zeros((len(base), block.shape[1] - width))])
    return cost, whole, LinearConstraint(csr_array(np.vstack([wide, block])), low, high), Bounds(edge, top)


def _largest_shortfall(programme: Programme, short: Floats, budget: float) -> Floats:
    """The most that cost can exceed gain in each scenario: every choice at its worst level, within the budget."""
    worst = np.stack([np.maximum(short[programme.places[one.name]].max(axis=0), 0.0) for one in programme.choices]).sum(
        axis=0
    )
    if float(programme.gains.min(initial=0.0)) >= 0.0:  # then nothing falls short by more than it costs
        worst = np.minimum(worst, max(budget, 0.0))
    result: Floats = worst
    return result


def _plan(programme: Programme, taken: Floats, aim: Aim, next_unit: float, found: OptimizeResult) -> Plan:
    units = {one.name: int(one.units @ taken[programme.places[one.name]].astype(np.int64)) for one in programme.choices}
    cost = float(programme.costs @ taken)
    gains = taken @ programme.gains
    return Plan(units, cost, gains, worth(gains, cost, aim), next_unit, found.status == 0)


def worth(gains: Floats, cost: float, aim: Aim) -> float:
    """What a plan is worth under an aim, from its gains in each scenario and its cost."""
    if aim.objective == "payback":
        return float(np.mean(gains - cost >= -1e-9 * max(abs(cost), 1.0)))
    left = gains - aim.unspent * cost
    return float(left.mean()) if aim.objective == "mean" else tail_mean(left, 1.0 - aim.alpha)


def tail_mean(values: Floats, share: float) -> float:
    """Mean of the lowest ``share`` of values, the last of them counted in part."""
    ordered = np.sort(values)
    whole = share * len(ordered)
    weights = np.clip(whole - np.arange(len(ordered)), 0.0, 1.0)
    return float(ordered @ weights / whole)


def _next_unit(programme: Programme, cost: Floats, rows: LinearConstraint, bounds: Bounds, aim: Aim) -> float:
    """Dual of the budget where options may be bought in parts, in worth per unit of money."""
    if aim.objective == "payback":
        return float("nan")
    at = next(n for n, row in enumerate(programme.rows) if row.name.startswith("the budget"))
    matrix, low, high = rows.A, np.asarray(rows.lb), np.asarray(rows.ub)
    upper = np.isfinite(high)
    lower = np.isfinite(low)
    stacked = np.vstack([matrix.toarray()[upper], -matrix.toarray()[lower]])
    limits = np.concatenate([high[upper], -low[lower]])
    relaxed = linprog(cost, A_ub=csr_array(stacked), b_ub=limits, bounds=np.column_stack([bounds.lb, bounds.ub])
                      if np.ndim(bounds.lb) else (0, 1), method="highs")  # fmt: skip
    if relaxed.status != 0:
        return float("nan")
    place = int(np.flatnonzero(np.flatnonzero(upper) == at)[0])
    value = programme.gains - aim.unspent * programme.costs[:, None]
    scale = max(float(np.abs(value).sum(axis=0).max(initial=0.0)), 1e-300) / WHOLE
    money = max(float(np.abs(programme.costs).max(initial=0.0)), 1e-12)
    return float(-relaxed.ineqlin.marginals[place] * scale / money)


def _conflict(programme: Programme) -> tuple[str, str, str]:
    """The limits that cannot be kept together: each of them could be dropped and the rest would be possible.

    A deletion filter (Chinneck 2008): take limits away one by one, and leave away each whose absence does not help.
    """
    named = [row for row in programme.rows if row.name]
    fixed = [row for row in programme.rows if not row.name]
    # what people may change last is looked at first, so that it is named only where it must be
    kept = list(named)
    for row in sorted(named, key=lambda one: one.name.startswith(("the floor", "the cap", "the budget"))):
        without = [one for one in kept if one is not row]
        if not _possible(programme, [*fixed, *without]):
            kept = without
    if not kept:
        return "no plan is possible", "limits that some plan keeps", "look at the options' costs and units"
    names = [row.name for row in kept]
    listed = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
    together = "cannot be kept" if len(names) == 1 else "cannot be kept together"
    return f"{listed} {together}", "limits that some plan keeps", "loosen one of them, or add an option that helps"


def _possible(programme: Programme, rows: Sequence[Row]) -> bool:
    if not rows:
        return True
    matrix = csr_array(np.stack([row.of for row in rows]))
    limits = LinearConstraint(matrix, [row.low for row in rows], [row.high for row in rows])
    found = milp(
        np.zeros(programme.width), integrality=np.ones(programme.width), bounds=Bounds(0, 1), constraints=limits
    )
    return bool(found.status == 0)


def _check(choices: Sequence[Choice], limits: Limits) -> None:
    names = [one.name for one in choices]
    if len(set(names)) < len(names):
        raise StatisticsError("two options have the same name", "one name an option", "rename one")
    for one in choices:
        unknown = [other for other in (*one.excludes, *one.requires) if other not in names or other == one.name]
        if unknown:
            raise PlanError(
                f"{one.name} excludes or requires {', '.join(unknown)}", "another option that is offered",
                "correct the option",
            )  # fmt: skip
        if one.gains.shape != (len(one.costs), choices[0].gains.shape[1]) or len(one.units) != len(one.costs):
            raise StatisticsError(
                f"{one.name} has {one.gains.shape} gains", "one row a level, one column a scenario", "shape them"
            )
        if not (np.isfinite(one.costs).all() and np.isfinite(one.gains).all()):
            raise StatisticsError(f"{one.name} has a cost or gain that is no number", "finite amounts", "leave it out")
    if not np.isfinite(limits.budget) or limits.budget < 0:
        raise PlanError(f"a budget of {limits.budget}", "0 or more", "say how much may be spent")
