"""Contracts in customer_value: by hand, known truth, beside orders, a real telephone company, both engines."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.engines.compare import assert_alike, run_on

from heartline.analysis.base import Context
from heartline.analysis.value import ANALYSIS
from heartline.stats import contracts
from heartline.tables import TABLES

AS_OF = datetime(2026, 1, 1)
MONTH = 30.4375
SETTINGS: dict[str, Any] = {"currency": "EUR", "horizon_days": 365, "discount_rate": 0.1, "min_base": 30,
    "periods": 6, "value_window_days": 150}  # fmt: skip


def contract(
    customer: str, months: float, ended: float | None = None, fee: float = 10.0, **more: Any
) -> dict[str, Any]:
    """A contract that began so many months ago and ended some months ago."""
    return {
        "subscription_id": f"{customer}{months}", "customer_id": customer, "fee": fee,
        "started_at": AS_OF - timedelta(days=months * MONTH),
        "ended_at": None if ended is None else AS_OF - timedelta(days=ended * MONTH), **more,
    }  # fmt: skip


def arrow(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=TABLES[name].arrow_schema())


def valued(engine, rows, orders=(), people=(), as_of=AS_OF, **settings):
    given = {"subscription": arrow("subscription", list(rows)), "purchase": arrow("purchase", list(orders)),
             "customer": arrow("customer", list(people))}  # fmt: skip
    made, rans = run_on(engine, [ANALYSIS], Context(as_of, SETTINGS | settings), given)
    engine.forget(ANALYSIS.writes)
    return {row["customer_id"]: row for row in made["customer_value"].to_pylist()}, rans["value"]


def firm(
    seed: int, count: int = 1500, alpha: float = 0.8, beta: float = 6.0
) -> tuple[list[dict[str, Any]], np.ndarray]:
    """Contracts of a known truth begun over four years, and how many payments each will make in the coming year."""
    rng = np.random.default_rng(seed)
    lasts = rng.geometric(np.maximum(rng.beta(alpha, beta, count), 1e-9))  # periods paid for in all
    age = rng.uniform(0.5, 48, count)
    rows, ahead = [], []
    for n in range(count):
        over = lasts[n] < age[n]
        rows.append(contract(f"c{n}", age[n], age[n] - lasts[n] if over else None))
        ahead.append(0 if over else min(int(lasts[n]) - int(age[n]) - 1, 12))
    return rows, np.array(ahead)


def test_known_truth_adds_up_and_intervals_hold(duckdb_engine):
    said, came, inside = 0.0, 0.0, []
    for seed in (1, 2, 3):
        rows, ahead = firm(seed)
        found, ran = valued(duckdb_engine, rows, discount_rate=0.0)
        assert ran.values["contracts"]["month"]["method"] == "sbg"
        for n in (n for n, row in enumerate(rows) if row["ended_at"] is None):
            own, paid = found[f"c{n}"], 10.0 * ahead[n]
            said, came = said + own["expected_value"], came + paid
            inside.append(own["expected_value_low"] - 1e-9 <= paid <= own["expected_value_high"] + 1e-9)
            assert own["p_alive"] == 1.0
    assert said == pytest.approx(came, rel=0.03)
    assert 0.88 <= np.mean(inside) <= 0.99


def test_an_ended_contract_is_worth_nothing_and_a_long_one_more_than_a_new_one(duckdb_engine):
    rows, _ = firm(2)
    extra = [contract("gone", 9, 3), contract("new", 0.2), contract("old", 47.2), contract("dear", 0.2, fee=20.0)]
    found, _ = valued(duckdb_engine, rows + extra)
    assert (found["gone"]["expected_value"], found["gone"]["p_alive"], found["gone"]["method"]) == (0.0, 0.0, "ended")
    assert found["old"]["expected_value"] > 1.1 * found["new"]["expected_value"]
    assert found["dear"]["expected_value"] == pytest.approx(2 * found["new"]["expected_value"])
    assert found["new"]["contract_value"] == found["new"]["expected_value"]
    assert found["new"]["frequency"] is None


def test_a_month_by_hand(duckdb_engine):
    """Forty contracts in their fifth month, one in eight of which ended: all the same chance, one payment ahead."""
    rows = [contract(f"c{n}", 4.5) for n in range(35)] + [contract(f"e{n}", 4.5, 2.5) for n in range(4)]
    found, ran = valued(duckdb_engine, rows, horizon_days=30, discount_rate=0.0)
    fitted = ran.values["contracts"]["month"]
    # books begin with the first end, two months after the start of all: one renewal of each was made unseen
    assert (fitted["ends"], fitted["method"]) == (4.0, "geometric")
    assert fitted["exposed"] == 35 * 2 + 4 * 1
    chance = (4 + 0.5) / (fitted["exposed"] + 1)
    assert found["c0"]["expected_value"] == pytest.approx(10 * (1 - chance), rel=1e-4)


def test_orders_and_contracts_of_one_customer_are_added(duckdb_engine):
    rows, _ = firm(3)
    rng = np.random.default_rng(3)
    orders = [
        {"purchase_id": f"{n}-{k}", "customer_id": f"c{n}", "revenue": float(rng.gamma(5, 4)),
         "occurred_at": AS_OF - timedelta(days=float(rng.uniform(0, 500)))}
        for n in range(200) for k in range(int(rng.geometric(0.3)))
    ]  # fmt: skip
    both, _ = valued(duckdb_engine, rows, orders)
    one, _ = valued(duckdb_engine, [], orders)
    other, _ = valued(duckdb_engine, rows)
    who = next(f"c{n}" for n in range(200) if rows[n]["ended_at"] is None and f"c{n}" in one)
    for name in ("expected_value", "expected_value_low", "expected_value_high"):
        assert both[who][name] == pytest.approx(one[who][name] + other[who][name])
    assert both[who]["method"] == f"{one[who]['method']} + sbg"
    assert both[who]["p_alive"] == 1.0
    assert both[who]["expected_purchases"] == pytest.approx(one[who]["expected_purchases"])
    assert both["c1400"]["expected_value"] == pytest.approx(other["c1400"]["expected_value"])


def test_too_few_say_nothing_and_faults_are_counted(duckdb_engine):
    found, ran = valued(duckdb_engine, [contract("a", 3), contract("b", 5, currency="USD"), contract("c", 2, fee=0.0)])
    assert set(found) == {"a"}
    assert found["a"]["expected_value"] is None
    assert found["a"]["interval_kind"] == "none"
    assert "too few contracts" in found["a"]["reason"]
    assert any("1 of 3 contracts are not in EUR" in note for note in ran.notes)
    assert any("1 of 3 contracts are without a fee" in note for note in ran.notes)


def test_an_end_after_as_of_has_not_happened(duckdb_engine):
    rows, _ = firm(4)
    past = AS_OF - timedelta(days=120)
    known = [row for row in rows if row["started_at"] < past]
    ahead = [row | ({"ended_at": None} if row["ended_at"] and row["ended_at"] >= past else {}) for row in known]
    one, other = (valued(duckdb_engine, given, as_of=past)[0] for given in (known, ahead))
    assert one.keys() == other.keys()
    for who, row in one.items():
        assert_alike(row, other[who])


def test_who_objects_is_not_valued(duckdb_engine):
    rows, _ = firm(5)
    found, _ = valued(duckdb_engine, rows, people=[{"customer_id": "c7", "objections": "profiling"}])
    assert "c7" not in found
    assert "c8" in found


def test_both_engines_say_the_same(on_both):
    rows, _ = firm(6, 300)
    given = {"subscription": arrow("subscription", rows), "purchase": arrow("purchase", []),
             "customer": arrow("customer", [])}  # fmt: skip
    made = on_both(ANALYSIS, Context(AS_OF, SETTINGS), given, 1e-6)
    assert made["customer_value"].num_rows == 300


def test_a_real_telephone_company_by_age(duckdb_engine, shared_data):
    """One month of a company's contracts: the chance to end falls with age as the model says, in every band of age."""
    with (shared_data / "telco_churn" / "WA_Fn-UseC_-Telco-Customer-Churn.csv").open(encoding="utf-8") as file:
        told = [row for row in csv.DictReader(file) if row["tenure"] != "0"]
    rows = [
        contract(row["customerID"], int(row["tenure"]), 0.001 if row["Churn"] == "Yes" else None,
                 float(row["MonthlyCharges"]))
        for row in told
    ]  # fmt: skip
    found, ran = valued(duckdb_engine, rows)
    fitted = ran.values["contracts"]["month"]
    assert (fitted["method"], fitted["ends"], fitted["exposed"]) == ("sbg", 1869.0, 7032.0)
    model = contracts.Sbg(fitted["alpha"], fitted["beta"], 0, 0, np.eye(2))
    age, left = np.array([int(row["tenure"]) for row in told]), np.array([row["Churn"] == "Yes" for row in told])
    for low, high in ((1, 1), (2, 4), (5, 12), (13, 24), (25, 48), (49, 72)):
        band = (age >= low) & (age <= high)
        said = float(np.mean(1 - contracts.survival(model, 1, age[band] - 1)))
        assert said == pytest.approx(left[band].mean(), abs=0.06)
    stayed = [found[row["customerID"]]["expected_value"] for row in told if row["Churn"] == "No"]
    assert min(stayed) > 0
