"""Investment: gains by hand, the plan against every plan, what must not change it, what is said of the unknown."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.engines.compare import OnBoth, assert_alike, run_on

from heartline.analysis import investment
from heartline.analysis.base import Context
from heartline.analysis.investment_trials import experiments
from heartline.analysis.investment_worth import Offer, Place
from heartline.engines.duckdb import DuckDBEngine
from heartline.runner import Ran
from heartline.settings import load_settings
from heartline.simulate.company import OPTIONS, TOUCHPOINTS, Effects
from heartline.stats.sample_size import two_means
from heartline.tables import TABLES

AS_OF = datetime(2026, 7, 1)
PLACES = [place.name for place in TOUCHPOINTS]
CONTACTS = {name: 40 + 2 * number for number, name in enumerate(PLACES)}
Rows = list[dict[str, Any]]


def visits() -> Rows:
    """A year of contacts; customer ``c3`` has a value of 3 × 50; the first of all is a year ago to the day."""
    made = [
        {"interaction_id": f"{name}{n}", "customer_id": f"c{n % 20}", "touchpoint": name, "channel": "web",
         "occurred_at": AS_OF - timedelta(days=365) + timedelta(days=5 * n), "team": f"t{n % 6}",
         "felt_valence": 0.1 + 0.3 * (-1) ** n + 0.02 * (n % 5), "felt_from": "rating"}
        for name in PLACES for n in range(CONTACTS[name])
    ]  # fmt: skip
    return [row for row in made if row["occurred_at"] < AS_OF]


def option(name: str, **more: Any) -> dict[str, Any]:
    base = {"option_id": name, "name": name.replace("_", " "), "department": "service", "touchpoint": "thank_you_note",
            "cost": 1000.0, "currency": "EUR", "expected_lift": 0.1, "max_units": 1}  # fmt: skip
    return {**base, **more}


def of_company(lifts: Mapping[str, float | None]) -> Rows:
    return [
        option(name, department=department, touchpoint=place, cost=cost, expected_lift=lifts[name], max_units=units)
        for name, (place, department, cost, _, units) in OPTIONS.items()
    ]


def driver(name: str, slope: float, floor: str = "none", outcome: str = "connection") -> dict[str, Any]:
    return {"outcome": outcome, "touchpoint": name, "slope": slope, "slope_low": slope - 0.3, "slope_high": slope + 0.3,
            "floor": floor, "currency": "EUR"}  # fmt: skip


def given(options: Sequence[Mapping[str, Any]], **more: Rows) -> dict[str, pa.Table]:
    rows: dict[str, Any] = {
        "touchpoint_visit": visits(),
        "customer": [{"customer_id": f"c{n}"} for n in range(20)],
        "customer_value": [
            {"customer_id": f"c{n}", "expected_value": 50.0 * n, "n": 20, "value_kind": "revenue"} for n in range(20)
        ],
        "purchase": [
            {"purchase_id": f"p{n}", "customer_id": f"c{n % 20}", "occurred_at": AS_OF - timedelta(days=5 + n),
             "revenue": 20.0 + n} for n in range(60)
        ],
        "option": list(options),
        "driver": [driver(place.name, place.bond_gain) for place in TOUCHPOINTS],
        "connection_value": [
            {"measure": "value", "comparison": "ten_points", "kind": "adjusted", "ratio": 1.2, "ratio_low": 1.1,
             "ratio_high": 1.3}
        ],
        "spend": [
            {"touchpoint": name, "period": period, "amount": 100.0 * (n + 1), "department": "all"}
            for n, name in enumerate(PLACES) for period in ("2025-06", "2025-07", "2026-06", "2026-07")
        ],
        "initiative_effect": [],
        **more,
    }  # fmt: skip
    return {name: pa.Table.from_pylist(each, schema=TABLES[name].arrow_schema()) for name, each in rows.items()}


def run(tables: Mapping[str, pa.Table], **settings: Any) -> tuple[dict[str, Rows], Ran]:
    engine = DuckDBEngine(memory_limit_gb=1, threads=1)
    context = Context(AS_OF, {**load_settings(None, {}).values, "budget": 100_000.0, **settings})
    made, rans = run_on(engine, [investment.ANALYSIS], context, tables)
    engine.close()
    return {name: rows.to_pylist() for name, rows in made.items()}, rans["investment"]


def by_option(made: Mapping[str, Rows]) -> dict[str, dict[str, Any]]:
    return {row["option_id"]: row for row in made["investment"]}


def best_of_all(made: Mapping[str, Rows], budget: float) -> float:
    """Highest mean gain of every plan that the budget allows, from the scenarios."""
    levels: dict[str, dict[int, tuple[float, list[float]]]] = {}
    for row in made["investment_scenario"]:
        levels.setdefault(row["option_id"], {}).setdefault(row["units"], (row["cost"], []))[1].append(
            row["gain"] or 0.0
        )
    costs, gains = np.zeros(1), np.zeros(1)
    for one in levels.values():
        own = [(0.0, 0.0), *((cost, float(np.mean(each))) for cost, each in one.values())]
        costs = np.concatenate([costs + cost for cost, _ in own])
        gains = np.concatenate([gains + gain for _, gain in own])
        costs, gains = costs[costs <= budget + 1e-6], gains[costs <= budget + 1e-6]
    return float(gains.max())


@pytest.mark.parametrize("budget", [60_000.0, 150_000.0, 320_000.0])
def test_with_true_lifts_no_plan_of_the_company_is_better(budget: float) -> None:
    made, ran = run(given(of_company(Effects().option_lifts)), budget=budget)
    plan = [row for row in made["investment"] if row["funded"]]
    assert sum(row["expected_gain"] for row in plan) == pytest.approx(best_of_all(made, budget), rel=1e-6)
    assert sum(row["cost"] for row in plan) <= budget
    assert ran.values["proven"]
    told = next(row for row in made["investment_frontier"] if row["told"])
    assert told["gain"] == pytest.approx(sum(row["expected_gain"] for row in plan))
    assert set(told["options"].split()) == {
        row["option_id"] + (f":{row['units']:.0f}" if row["units"] > 1 else "") for row in plan
    }


def test_a_gain_by_hand() -> None:
    """Lift × slope × what a point of connection is worth × half of the horizon, over the contacts of the year."""
    place = "thank_you_note"
    exact = [{**driver(place, 4.5), "slope_low": 4.5, "slope_high": 4.5}]
    worth = [{"measure": "value", "comparison": "ten_points", "kind": "adjusted", "ratio": 1.2, "ratio_low": 1.2,
              "ratio_high": 1.2}]  # fmt: skip
    rows = [row for row in visits() if row["touchpoint"] == place]
    exposed = sum(50.0 * int(row["customer_id"][1:]) for row in rows)
    a_point = 4.5 * np.log(1.2) / 10 * exposed * 0.5
    made, _ = run(given([option("note")], driver=exact, connection_value=worth), causal_share=1.0)
    found = by_option(made)["note"]
    assert found["expected_gain"] == pytest.approx(0.1 * a_point)
    assert found["gain_if_cause"] == pytest.approx(0.1 * a_point)
    assert found["break_even_lift"] == pytest.approx(1000.0 / a_point)
    # the belief is drawn evenly from nothing to twice of it
    assert found["gain_low"] == pytest.approx(0.1 * 2 * a_point * 0.05, rel=0.06)
    assert found["gain_high"] == pytest.approx(0.1 * 2 * a_point * 0.95, rel=0.02)
    at = next(row for row in made["investment_place"] if row["touchpoint"] == place)
    assert (at["point_worth"], at["contacts"]) == (pytest.approx(a_point), len(rows))
    half, _ = run(given([option("note")], driver=exact, connection_value=worth))
    assert by_option(half)["note"]["expected_gain"] == pytest.approx(0.05 * a_point)
    none, _ = run(given([option("note")], driver=exact, connection_value=worth), causal_share=0.0)
    assert by_option(none)["note"]["expected_gain"] == 0.0
    assert not by_option(none)["note"]["funded"]


def test_without_what_connection_is_worth_the_way_is_through_value() -> None:
    drivers = [driver("checkout", 3.0), driver("checkout", 12.0, outcome="value")]
    made, _ = run(given([option("till", touchpoint="checkout")], driver=drivers, connection_value=[]), causal_share=1.0)
    at = next(row for row in made["investment_place"] if row["touchpoint"] == "checkout")
    assert (at["route"], at["point_worth"]) == ("value", pytest.approx(12.0 * at["contacts"], rel=1e-3))
    both, _ = run(given([option("till", touchpoint="checkout")], driver=drivers))
    assert {row["route"] for row in both["investment_place"] if row["point_worth"] is not None} == {"connection"}


def test_what_is_not_known_brings_no_number_and_no_money() -> None:
    offered = [option("guess", expected_lift=None), option("blind", touchpoint="nowhere"), option("known")]
    made, ran = run(given(offered))
    found = by_option(made)
    assert found["guess"]["expected_gain"] is None
    assert found["blind"]["expected_gain"] is None
    assert (found["guess"]["basis"], found["guess"]["funded"]) == ("not_known", False)
    assert "try it small" in found["guess"]["reason"]
    assert found["blind"]["reason"] == "how much nowhere matters is not known"
    assert found["known"]["funded"]
    assert "of each unit of money in the mean, less than it costs" in found["known"]["reason"]
    assert any("2 of 3 lifts are as the company believes" in note for note in ran.notes)
    blank, ran = run(given(offered, driver=[]))
    assert {row["expected_gain"] for row in blank["investment"]} == {None}
    assert {row["funded"] for row in blank["investment"]} == {False}
    assert any("no gain is told" in note for note in ran.notes)
    _, ran = run(given(offered))
    assert any("no more of connection than chance may" in note for note in ran.notes)
    thin, _ = run(given(offered), min_base=5000)
    assert {row["expected_gain"] for row in thin["investment"]} == {None}


def test_what_was_measured_is_believed_before_what_is_believed() -> None:
    effect = {"initiative_id": "note", "outcome": "felt", "method": "staggered", "estimate": 0.02, "low": 0.0,
              "high": 0.04, "verdict": "none_shown"}  # fmt: skip
    rows = [effect, {**effect, "method": "interrupted_series", "estimate": 0.5},
            {**effect, "initiative_id": "other", "verdict": "trends_differed"}]  # fmt: skip
    made, _ = run(given([option("note", max_units=2), option("other")], initiative_effect=rows), causal_share=1.0)
    plain, _ = run(given([option("note", max_units=2), option("other")]), causal_share=1.0)
    found, before = by_option(made), by_option(plain)
    assert found["note"]["basis"] == "measured"
    assert found["note"]["gain_if_cause"] == pytest.approx(0.2 * before["note"]["gain_if_cause"], rel=0.05)
    assert_alike(found["other"], before["other"])


def test_without_a_budget_gains_are_told_and_no_plan() -> None:
    made, ran = run(given([option("note")]), budget=0.0)
    row = by_option(made)["note"]
    assert (row["funded"], row["units"], row["reason"]) == (None, None, "no budget is told")
    assert row["expected_gain"] > 0
    assert [one["options"] for one in made["investment_frontier"]][-1] == "note"
    assert any("No budget" in note for note in ran.notes)


def test_must_haves_do_not_fall_and_floors_are_reached() -> None:
    """Cutting a must-have that brings nothing would pay for something better; its floor forbids it."""
    cut = option("close_it", touchpoint="account_opening", cost=-5000.0, expected_lift=-0.05)
    good = option("note", cost=4000.0)
    drivers = [driver("thank_you_note", 4.5), driver("account_opening", 0.0)]
    free, _ = run(given([cut, good], driver=drivers), budget=100.0)
    assert [row["funded"] for row in free["investment"]] == [True, True]
    kept, _ = run(given([cut, good], driver=[drivers[0], driver("account_opening", 0.0, "stated")]), budget=100.0)
    assert [row["funded"] for row in kept["investment"]] == [False, False]
    at = next(row for row in kept["investment_place"] if row["touchpoint"] == "account_opening")
    assert (at["hygiene"], at["floor"]) == (True, at["felt_today"])
    dull = option("sign_up", touchpoint="account_opening", cost=60.0, expected_lift=0.08)
    floor = f"account_opening={at['felt_today'] + 0.05:.3f}"
    told, _ = run(given([dull, good], driver=drivers), budget=5000.0, budget_floors=floor)
    assert by_option(told)["sign_up"]["funded"]
    assert "floor" in by_option(told)["sign_up"]["reason"] or by_option(told)["sign_up"]["expected_gain"] > 0
    never, ran = run(given([dull, good], driver=drivers), budget=50.0, budget_floors=floor)
    assert {row["funded"] for row in never["investment"]} == {None}
    assert any("floor of account_opening" in note and "budget of 50" in note for note in ran.notes)


def test_caps_exclusions_and_needs_are_kept_and_said() -> None:
    offered = [
        option("a", department="Customer Care", cost=900.0),
        option("b", department="Customer Care", expected_lift=0.09),
        option("c", department="shops", excludes="a"), option("d", department="shops", requires="b", expected_lift=0.4),
        option("law", must=True, expected_lift=0.0, touchpoint="advert"), option("lost", requires="unheard_of"),
    ]  # fmt: skip
    made, _ = run(given(offered), budget_caps="customer_care=1000")
    found = by_option(made)
    assert {name for name, row in found.items() if row["funded"]} == {"b", "c", "d", "law"}
    assert found["law"]["reason"] == "must be funded"
    assert found["lost"]["reason"] == "needs unheard_of, which cannot be had"
    assert "cannot be had with c" in found["a"]["reason"] or "cap of Customer Care" in found["a"]["reason"]


def test_least_units_and_responses() -> None:
    offered = [
        option("pair", min_units=2, max_units=3, cost=10.0),
        option("told", response=json.dumps({"1": 0.05, "3": 0.2}), max_units=3, expected_lift=None),
        option("tried", response=json.dumps({"measured": [[1, 0.1, 50], [2, 0.3, 10], [2, 0.1, 30]]}), max_units=2),
        option("odd", response='{"a": 1}'), option("vast", max_units=1000), option("dollars", currency="USD"),
    ]  # fmt: skip
    made, ran = run(given(offered), budget=1e6)
    lifts: dict[str, list[float]] = {}
    for row in made["investment_scenario"]:
        if row["scenario"] == 0:
            lifts.setdefault(row["option_id"], []).append(row["lift"])
    assert len(lifts["pair"]) == 2
    assert lifts["told"] == pytest.approx([0.05, 0.125, 0.2])
    assert lifts["tried"] == pytest.approx([0.1, 0.15])
    assert not {"odd", "vast", "dollars"} & set(lifts)
    found = by_option(made)
    assert "response cannot be read" in found["odd"]["reason"]
    assert "60" in found["vast"]["reason"]
    assert (found["dollars"]["cost"], found["dollars"]["reason"]) == (None, "its cost is in another currency")
    assert any("odd" in note and "dollars" in note for note in ran.notes)


def test_another_option_changes_no_gain_of_others_and_their_order_nothing() -> None:
    offered = of_company({name: lift for name, (_, _, _, lift, _) in OPTIONS.items()})
    made, _ = run(given(offered))
    more, _ = run(given([option("new"), *offered[::-1]]))
    told = ("expected_gain", "gain_low", "gain_high", "gain_if_cause", "lift", "p_payback", "break_even_lift")
    for name, row in by_option(made).items():
        same = by_option(more)[name]
        if row["units"] == same["units"]:
            assert [row[column] for column in told] == pytest.approx([same[column] for column in told], nan_ok=True)


def test_more_money_buys_no_less_and_no_more_than_is_offered() -> None:
    made, _ = run(given(of_company(Effects().option_lifts)))
    edge = made["investment_frontier"]
    assert all(later["gain"] >= earlier["gain"] - 1e-6 for earlier, later in itertools.pairwise(edge))
    assert all(row["cost"] <= row["budget"] + 1e-6 for row in edge)
    assert all(row["low"] <= row["gain"] <= row["high"] for row in edge)
    assert edge[0]["options"] == ""
    assert edge[-1]["cost"] == sum(cost * units for _, _, cost, _, units in OPTIONS.values())


def test_spend_of_twelve_whole_months_stands_beside_the_plan() -> None:
    made, _ = run(given([option("note")]))
    at = {row["touchpoint"]: row for row in made["investment_place"]}
    assert at["advert"]["spend"] == 200.0  # not the month that has not ended, nor one before the year
    assert sum(row["spend_share"] for row in at.values()) == pytest.approx(1.0)
    assert sum(row["worth_share"] for row in at.values()) == pytest.approx(1.0)
    assert (at["thank_you_note"]["plan_cost"], at["advert"]["plan_cost"]) == (1000.0, 0.0)


def test_what_is_funded_becomes_an_experiment() -> None:
    offered = [option("note"), option("guess", expected_lift=None), option("poor", cost=1e9)]
    made, _ = run(given(offered), causal_share=1.0, min_base=15)
    rows = {(row["option_id"], row["outcome"], row["design"]): row for row in made["planned_experiment"]}
    assert {key[0] for key in rows} == {"note", "guess"}
    felt = rows["note", "felt", "by_customer"]
    n = sum(row["touchpoint"] == "thank_you_note" for row in visits())
    assert felt["effect"] == pytest.approx(0.1)
    assert felt["n_per_arm"] > 2 * (2.8 * felt["spread"] / 0.1) ** 2 * 0.98
    assert felt["weeks"] == pytest.approx(2 * felt["n_per_arm"] / (n / 365 * 7))
    assert not felt["possible"]
    assert "104 weeks" in felt["reason"]
    assert rows["note", "felt", "by_team"]["units_per_arm"] >= 2
    value = rows["note", "value", "by_customer"]
    assert "look at felt instead" in value["reason"]
    assert rows["guess", "felt", "by_customer"]["effect"] == by_option(made)["guess"]["break_even_lift"]


@pytest.mark.parametrize(("alike", "teams", "possible"), [(0.01, 12, True), (0.01, 2, False), (0.2, 12, False)])
def test_whole_teams_are_enough_only_where_they_are_many_and_unlike_each_other_by_chance(
    alike: float, teams: int, possible: bool
) -> None:
    """k teams an arm of m contacts each are worth k m / (1 + (m - 1) alike) strangers (Donner & Klar 2000)."""
    each, spread, lift = 400, 0.5, 0.1
    shared, within = alike * spread**2, (1 - alike) * spread**2
    n = each * teams
    sums = {
        "touchpoint": "call", "design": "by_team", "clusters": teams, "n": n, "n_squared": n * each, "total": 0.0,
        "between_sum": (teams - 1) * (within + each * shared), "within_sum": (n - teams) * within,
    }  # fmt: skip
    tables: dict[str, Rows] = {
        "investment_alike": [sums],
        "investment_contact": [{"touchpoint": "call", "contacts": 2 * n, "told_n": n}],
        "investment_money": [],
    }
    place = Place(2.0 * n, 0.1, False, None, None, np.ones(1))
    offer = Offer({"option_id": "train", "touchpoint": "call"}, [1], np.array([10.0]))
    made = experiments([offer], {"call": place}, tables, {"train": lift}, 365.0, 30)
    row = next(one for one in made if one["design"] == "by_team")
    assert row["alike"] == pytest.approx(alike)
    assert row["spread"] == pytest.approx(spread)
    assert row["possible"] == possible
    if possible:
        size = row["n_per_arm"] / row["units_per_arm"]
        worth = row["n_per_arm"] / (1 + (size - 1) * alike)
        assert worth == pytest.approx(two_means(lift, spread), rel=0.01)
    else:
        assert f"there are {teams} teams" in row["reason"]


def test_the_careful_and_those_who_keep_money_plan_otherwise() -> None:
    offered = of_company(Effects().option_lifts)
    kept, _ = run(given(offered), budget_kept=True)
    assert not any(row["funded"] for row in kept["investment"])
    assert "does not bring back its cost in the mean" in {row["reason"] for row in kept["investment"]}
    cheap = [option("sure", cost=1.0), option("big", cost=60.0, touchpoint="product_use")]
    back, _ = run(given(cheap), budget=61.0, budget_aim="payback")
    assert by_option(back)["sure"]["p_payback"] > 0.9
    plan = next(row for row in back["investment_frontier"] if row["told"])
    assert plan["cost"] >= 30.0
    tail, _ = run(given(offered), budget_aim="cvar")
    mean, _ = run(given(offered))
    lows = [next(row["low"] for row in made["investment_frontier"] if row["told"]) for made in (tail, mean)]
    assert lows[0] >= 0.9 * lows[1]


def test_both_engines(on_both: OnBoth) -> None:
    effect = {"initiative_id": "parcel_tracking", "outcome": "felt", "method": "staggered", "estimate": 0.02,
              "low": 0.0, "high": 0.04, "verdict": "none_shown"}  # fmt: skip
    tables = given(of_company({name: one[3] for name, one in OPTIONS.items()}), initiative_effect=[effect])
    context = Context(AS_OF, {**load_settings(None, {}).values, "budget": 100_000.0})
    made = on_both(investment.ANALYSIS, context, tables)
    assert all(rows.num_rows for rows in made.values())
