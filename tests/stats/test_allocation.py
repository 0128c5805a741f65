"""The exact plan against every possible plan, and what must not change it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from heartline.errors import PlanError, StatisticsError
from heartline.stats.allocation import Aim, Choice, Floor, Limits, Plan, allocate, tail_mean, worth
from heartline.stats.likelihood import Floats
from heartline.stats.responses import diminishing

AIMS = (
    Aim(), Aim(unspent=1.0), Aim("cvar", 0.8), Aim("cvar", 0.5, unspent=1.0), Aim("payback"),
)  # fmt: skip


def options(seed: int, count: int = 12, scenarios: int = 20) -> list[Choice]:
    """Options of one to three units in four departments; one saves, one excludes another, one needs another."""
    rng = np.random.default_rng(seed)
    made = []
    for n in range(count):
        units = int(rng.choice([1, 1, 1, 2, 3])) if n < 9 else 1
        cost = float(rng.integers(5, 60)) * (1.0 if n else -0.4)
        size = cost * rng.uniform(0.4, 2.2) if n else -8.0
        curve = diminishing(1.0, units, 0.6)
        gains = np.outer(size * curve, 1.0 + 0.6 * rng.standard_normal(scenarios))
        made.append(
            Choice(
                f"o{n}", np.arange(1, units + 1), cost * np.arange(1, units + 1), gains, f"d{n % 4}",
                {f"t{n % 3}": curve * (0.1 if n else -0.3)},
                excludes=("o4",) if n == 3 else (), requires=("o6",) if n == 5 else (),
            )
        )  # fmt: skip
    return made


def limits_of(choices: Sequence[Choice], share: float = 0.4) -> Limits:
    whole = sum(max(float(one.costs[-1]), 0.0) for one in choices)
    return Limits(share * whole, {"d1": 0.1 * whole}, (Floor("t0", 0.0, 0.05), Floor("t1", 0.1, 0.1)))


def every_plan(choices: Sequence[Choice], limits: Limits) -> tuple[np.ndarray, Floats, Floats]:
    """Levels (0: none), costs and gains of every plan that the limits allow."""
    levels = np.array(list(itertools.product(*(range(len(one.costs) + 1) for one in choices))))
    cost = np.zeros(len(levels))
    gains = np.zeros((len(levels), choices[0].gains.shape[1]))
    allowed = np.ones(len(levels), dtype=bool)
    places = {one.name: n for n, one in enumerate(choices)}
    by_cap = {name: np.zeros(len(levels)) for name in limits.caps}
    by_floor = {floor.touchpoint: np.full(len(levels), floor.today) for floor in limits.floors}
    for n, one in enumerate(choices):
        own = np.concatenate([[0.0], one.costs])[levels[:, n]]
        cost += own
        gains += np.vstack([np.zeros(gains.shape[1]), one.gains])[levels[:, n]]
        if one.department in by_cap:
            by_cap[one.department] += own
        for touchpoint, lift in one.lifts.items():
            if touchpoint in by_floor:
                by_floor[touchpoint] += np.concatenate([[0.0], lift])[levels[:, n]]
        for other in one.excludes:
            allowed &= ~((levels[:, n] > 0) & (levels[:, places[other]] > 0))
        for other in one.requires:
            allowed &= (levels[:, n] == 0) | (levels[:, places[other]] > 0)
        if one.must:
            allowed &= levels[:, n] > 0
    allowed &= cost <= limits.budget + 1e-9
    allowed &= cost >= limits.at_least - 1e-9
    for name, cap in limits.caps.items():
        allowed &= by_cap[name] <= cap + 1e-9
    for floor in limits.floors:
        allowed &= by_floor[floor.touchpoint] >= floor.level - 1e-9
    return levels[allowed], cost[allowed], gains[allowed]


def exhaustive(choices: Sequence[Choice], limits: Limits, aim: Aim) -> float:
    _, costs, gains = every_plan(choices, limits)
    if aim.objective == "mean":
        return float((gains.mean(axis=1) - aim.unspent * costs).max())
    if aim.objective == "payback":
        return float((gains - costs[:, None] >= -1e-9).mean(axis=1).max())
    return max(tail_mean(one - aim.unspent * cost, 1 - aim.alpha) for one, cost in zip(gains, costs, strict=True))


def kept(choices: Sequence[Choice], limits: Limits, plan: Plan) -> bool:
    levels, costs, _ = every_plan(choices, limits)
    wanted = [plan.units[one.name] for one in choices]
    at = np.flatnonzero((levels == wanted).all(axis=1))
    return len(at) == 1 and costs[at[0]] == pytest.approx(plan.cost)


@pytest.mark.parametrize("aim", AIMS, ids=lambda aim: f"{aim.objective}-{aim.unspent:g}")
@pytest.mark.parametrize("seed", [1, 2])
def test_no_plan_of_twelve_options_is_better(seed: int, aim: Aim) -> None:
    choices = options(seed)
    limits = limits_of(choices)
    if aim.objective == "payback":
        limits = replace(limits, at_least=0.5 * limits.budget)
    plan = allocate(choices, limits, aim)
    assert plan.proven
    assert kept(choices, limits, plan)
    assert plan.worth == pytest.approx(exhaustive(choices, limits, aim), rel=1e-6)
    assert plan.worth == pytest.approx(worth(plan.gains, plan.cost, aim))


def test_equal_chances_of_paying_back_are_told_apart_by_the_mean() -> None:
    choices = options(3)
    limits = replace(limits_of(choices), at_least=40.0)
    plan = allocate(choices, limits, Aim("payback"))
    _, costs, gains = every_plan(choices, limits)
    shares = (gains - costs[:, None] >= -1e-9).mean(axis=1)
    best = gains.mean(axis=1)[shares == shares.max()].max()
    assert plan.gains.mean() == pytest.approx(best, rel=1e-4)


@pytest.mark.parametrize("aim", AIMS[:4], ids=lambda aim: f"{aim.objective}-{aim.unspent:g}")
def test_more_money_is_never_worse(aim: Aim) -> None:
    choices = options(4)
    found = [
        allocate(choices, Limits(budget, floors=(Floor("t1", 0.1, 0.1),)), aim).worth for budget in range(20, 400, 60)
    ]
    assert all(later >= earlier - 1e-6 * abs(earlier) for earlier, later in itertools.pairwise(found))
    assert found[-1] > found[0]


@pytest.mark.parametrize("aim", [*AIMS[:3], AIMS[4]], ids=lambda aim: f"{aim.objective}-{aim.unspent:g}")
def test_another_currency_changes_nothing(aim: Aim) -> None:
    choices = options(5)
    limits = replace(limits_of(choices), at_least=60.0)
    plain = allocate(choices, limits, aim)
    for rate in (1e-4, 400.0, 1e6):
        dear = [replace(one, costs=rate * one.costs, gains=rate * one.gains) for one in choices]
        told = Limits(
            rate * limits.budget, {name: rate * cap for name, cap in limits.caps.items()}, limits.floors,
            rate * limits.at_least,
        )  # fmt: skip
        plan = allocate(dear, told, aim)
        assert plan.units == plain.units
        assert plan.cost == pytest.approx(rate * plain.cost)


def test_what_is_dominated_is_never_taken_in_place_of_its_dominator() -> None:
    choices = options(6)
    for n, one in enumerate(choices):
        worse = replace(one, name="worse", costs=one.costs + abs(one.costs) * 0.01, excludes=(one.name,), requires=())
        plan = allocate([*choices, worse], Limits(150.0))
        assert plan.units["worse"] == 0, n
    # as good but dearer, and money to spare: the cheaper is taken
    rich = allocate([*choices, replace(choices[7], name="dear", costs=choices[7].costs * 1.5, excludes=("o7",))],
                    Limits(1e5))  # fmt: skip
    assert rich.units["dear"] == 0


def test_money_that_buys_nothing_is_left() -> None:
    idle = Choice("idle", np.array([1]), np.array([10.0]), np.zeros((1, 5)))
    harm = Choice("harm", np.array([1]), np.array([10.0]), np.full((1, 5), -1.0))
    plan = allocate([idle, harm], Limits(100.0))
    assert plan.units == {"idle": 0, "harm": 0}
    assert (plan.cost, plan.worth) == (0.0, 0.0)


def test_the_order_of_options_changes_nothing() -> None:
    choices = options(7)
    limits = limits_of(choices)
    assert allocate(choices, limits).units == allocate(choices[::-1], limits).units


def test_the_least_units_of_an_option_are_kept() -> None:
    curve = diminishing(30.0, 3, 0.9)[1:]
    pair = Choice("pair", np.array([2, 3]), np.array([20.0, 30.0]), np.outer(curve, np.ones(4)))
    assert allocate([pair], Limits(15.0)).units == {"pair": 0}
    assert allocate([pair], Limits(25.0)).units == {"pair": 2}


def test_the_next_unit_of_money_is_the_dual_of_the_relaxed_plan() -> None:
    """Fractional knapsack by hand: gains 3 and 2 a unit of money, 10 each; with 15 the second is bought by half."""
    good = Choice("good", np.array([1]), np.array([10.0]), np.full((1, 3), 30.0))
    fair = Choice("fair", np.array([1]), np.array([10.0]), np.full((1, 3), 20.0))
    assert allocate([good, fair], Limits(15.0)).next_unit == pytest.approx(2.0, rel=1e-4)
    assert allocate([good, fair], Limits(5.0)).next_unit == pytest.approx(3.0, rel=1e-4)
    assert allocate([good, fair], Limits(25.0)).next_unit == pytest.approx(0.0, abs=1e-3)
    assert allocate([good, fair], Limits(15.0), Aim(unspent=1.0)).next_unit == pytest.approx(1.0, rel=1e-4)


def test_a_tail_that_is_all_scenarios_is_the_mean() -> None:
    choices = options(8)
    limits = limits_of(choices)
    assert allocate(choices, limits, Aim("cvar", 0.0)).worth == pytest.approx(allocate(choices, limits).worth)
    assert tail_mean(np.array([5.0, 1.0, 2.0, 8.0]), 0.5) == 1.5
    assert tail_mean(np.array([5.0, 1.0, 2.0, 8.0]), 0.375) == pytest.approx((1.0 + 0.5 * 2.0) / 1.5)


def test_the_careful_take_what_cannot_fail() -> None:
    sure = Choice("sure", np.array([1]), np.array([10.0]), np.full((1, 10), 12.0))
    bold = Choice("bold", np.array([1]), np.array([10.0]), np.array([[60.0] * 4 + [0.0] * 6]))
    either = [sure, bold]
    assert allocate(either, Limits(10.0)).units == {"sure": 0, "bold": 1}
    assert allocate(either, Limits(10.0), Aim("cvar", 0.8)).units == {"sure": 1, "bold": 0}
    assert allocate(either, Limits(10.0, at_least=5.0), Aim("payback")).units == {"sure": 1, "bold": 0}


@pytest.mark.parametrize(
    ("limits", "said", "unsaid"),
    [
        (Limits(1e4, floors=(Floor("t0", 0.0, 9.0),)), ["floor of t0 at +9.00 (today +0.00) cannot"], ["budget"]),
        (Limits(5.0, {"d2": 1e5}, (Floor("t1", -0.2, 0.0),)), ["budget of 5", "floor of t1"], ["d2"]),
        (Limits(1e4, {"d0": 0.0, "d1": 0.0, "d2": 0.0, "d3": 0.0}, (Floor("t2", 0.0, 0.05),)),
         ["floor of t2", "cap of 0 for d"], ["budget"]),
        (Limits(10.0, at_least=11.0), ["budget of 10", "spending at least 11"], ["floor"]),
    ],
)  # fmt: skip
def test_limits_in_conflict_are_named_and_no_others(limits: Limits, said: list[str], unsaid: list[str]) -> None:
    with pytest.raises(PlanError) as caught:
        allocate(options(9)[1:], limits)
    assert all(part in caught.value.got for part in said), caught.value.got
    assert not any(part in caught.value.got for part in unsaid), caught.value.got


def test_options_in_conflict_are_named() -> None:
    one = Choice("one", np.array([1]), np.array([10.0]), np.ones((1, 2)), must=True, excludes=("two",))
    two = Choice("two", np.array([1]), np.array([10.0]), np.ones((1, 2)), must=True)
    with pytest.raises(PlanError, match="one excludes two"):
        allocate([one, two], Limits(100.0))
    assert allocate([replace(one, excludes=()), two], Limits(20.0)).cost == 20.0
    with pytest.raises(PlanError, match="nobody"):
        allocate([replace(one, excludes=("nobody",)), two], Limits(100.0))
    with pytest.raises(PlanError, match="budget"):
        allocate([one, two], Limits(float("nan")))
    with pytest.raises(StatisticsError):
        allocate([two], Limits(1.0), Aim("cvar", 1.0))


@pytest.mark.parametrize("aim", [AIMS[2], AIMS[4]], ids=lambda aim: aim.objective)
def test_who_has_no_time_gets_a_plan_that_keeps_the_limits_and_is_told(aim: Aim) -> None:
    choices = options(2, scenarios=60)
    limits = replace(limits_of(choices), at_least=50.0)
    plan = allocate(choices, limits, aim, seconds=1e-6)
    assert not plan.proven
    assert kept(choices, limits, plan)
    mean = allocate(choices, limits)
    assert plan.worth >= worth(mean.gains, mean.cost, aim)


def test_without_options_there_is_no_plan_and_no_error() -> None:
    assert allocate([], Limits(10.0)).units == {}
