"""customer_value: published figures through SQL, known truth with coverage, and every way in which it steps back."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.engines.compare import OnBoth, assert_alike

from heartline.analysis.base import Context
from heartline.analysis.value import ANALYSIS
from heartline.engines.base import Engine
from heartline.engines.steps import Step
from heartline.runner import Ran, as_of_condition, run_analysis
from heartline.tables import table

PURCHASE = table("purchase")
AS_OF = datetime(2026, 1, 1)
SETTINGS: dict[str, Any] = {"currency": "EUR", "horizon_days": 365, "discount_rate": 0.0, "min_base": 30,
    "periods": 6, "value_window_days": 150}  # fmt: skip
Rows = dict[str, dict[str, Any]]


def _value(engine: Engine, orders: list[dict[str, Any]], as_of: datetime = AS_OF, **settings: Any) -> tuple[Rows, Ran]:
    """Run the analysis on plain orders; the rows by customer."""
    engine.register_arrow("all_purchase", _purchases(orders))
    engine.register_arrow("customer", table("customer").arrow_schema().empty_table())
    for name in ("subscription", "referral", "connection"):
        engine.register_arrow(name, table(name).arrow_schema().empty_table())
    engine.run([Step("purchase", f"select * from all_purchase where {as_of_condition(PURCHASE, as_of)}")])
    ran = run_analysis(engine, ANALYSIS, Context(as_of, {**SETTINGS, **settings}))
    rows = engine.fetch("select * from customer_value").to_pylist()
    found = {row["customer_id"]: row for row in rows}
    assert len(found) == len(rows)
    return found, ran


def _purchases(orders: list[dict[str, Any]]) -> pa.Table:
    schema = PURCHASE.arrow_schema()
    columns = [pa.array([order.get(field.name) for order in orders], field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _order(customer: str, days_ago: float, revenue: float, **more: Any) -> dict[str, Any]:
    when = AS_OF - timedelta(days=days_ago)
    return {
        "purchase_id": f"{customer}@{days_ago}",
        "customer_id": customer,
        "occurred_at": when,
        "revenue": revenue,
        **more,
    }


def _company(
    customers: int, seed: int = 1, leaving: tuple[float, float] = (0.5, 4.0), days: int = 365
) -> list[dict[str, Any]]:
    """Orders from a known truth: gamma rates, beta leaving, gamma-gamma spend; also after AS_OF."""
    rng = np.random.default_rng(seed)
    orders = []
    for i in range(customers):
        rate, leave, scale = rng.gamma(1.0, 1 / 40), rng.beta(*leaving), rng.gamma(5.0, 1 / 20)
        clock = -float(rng.integers(60, 700)) + 0.5
        while clock < days:
            orders.append(_order(f"c{i:05d}", -clock, float(rng.gamma(6.0) / scale)))
            if rng.random() < leave and len(orders) > 1:
                break
            clock += rng.exponential(1 / rate)
    return orders


def _future(orders: list[dict[str, Any]], as_of: datetime, days: int) -> dict[str, float]:
    spent: dict[str, float] = {}
    for order in orders:
        if as_of <= order["occurred_at"] < as_of + timedelta(days=days):
            spent[order["customer_id"]] = spent.get(order["customer_id"], 0.0) + order["revenue"]
    return spent


def test_cdnow_parameters_and_the_customer_of_the_paper(duckdb_engine: Engine, shared_data: Path) -> None:
    orders = []
    for number, line in enumerate((shared_data / "cdnow" / "CDNOW_sample.txt").read_text().splitlines()):
        _, customer, day, _, dollars = line.split()
        when = datetime.strptime(day, "%Y%m%d")
        orders.append(
            {"purchase_id": str(number), "customer_id": customer, "occurred_at": when, "revenue": float(dollars)}
        )
    found, ran = _value(duckdb_engine, orders, datetime(1997, 10, 1), horizon_days=273)
    counts, spend = ran.values["counts"], ran.values["spend"]
    assert [counts["r"], counts["alpha_days"] / 7, counts["a"], counts["b"]] == pytest.approx(
        [0.243, 4.414, 0.793, 2.426], rel=0.01
    )
    assert [spend["p"], spend["q"], spend["v"]] == pytest.approx([6.25, 3.74, 15.45], rel=0.02)
    assert spend["n"] == 946
    paper = found["0001"]
    assert (paper["frequency"], paper["recency_days"], paper["age_days"]) == (2, 213, 272)
    assert paper["expected_purchases"] == pytest.approx(1.226, abs=0.005)
    assert paper["expected_value"] == pytest.approx(paper["expected_purchases"] * paper["expected_order_value"])
    assert paper["reason"] is None
    json.dumps(ran.values, allow_nan=False)
    # 8 customers took free discs only: no money, no value
    assert ran.values["customers"] == 2349
    assert any("8 orders" in note for note in ran.notes)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ninety_percent_intervals_cover_and_forecasts_rank_and_add_up(duckdb_engine: Engine, seed: int) -> None:
    orders = _company(1500, seed)
    found, ran = _value(duckdb_engine, orders)
    assert ran.values["method"] == "bg_nbd"
    assert ran.values["spend_method"] == "gamma_gamma"
    actual = _future(orders, AS_OF, 365)
    low, high, mean, truth = (
        np.array(each)
        for each in zip(
            *(
                (
                    row["expected_value_low"],
                    row["expected_value_high"],
                    row["expected_value"],
                    actual.get(customer, 0.0),
                )
                for customer, row in found.items()
            ),
            strict=True,
        )
    )
    assert 0.85 <= np.mean((truth >= low) & (truth <= high)) <= 0.95
    assert mean.sum() == pytest.approx(truth.sum(), rel=0.12)
    assert np.corrcoef(mean.argsort().argsort(), truth.argsort().argsort())[0, 1] > 0.5


def test_orders_of_a_day_are_one_and_refunds_and_currencies_are_never_added(duckdb_engine: Engine) -> None:
    extra = [
        _order("many", 100.5, 10.0), _order("many", 100.4, 30.0), _order("many", 50.0, 20.0),
        _order("refunded", 90.0, 40.0, refunded=15.0), _order("refunded", 30.0, 70.0, refunded=70.0),
        _order("dollars", 20.0, 99.0, currency="USD"), _order("mixed", 20.0, 99.0, currency="USD"),
        _order("mixed", 60.0, 12.0, currency="EUR"), _order("mixed", 50.0, float("nan")),
        _order("mixed", 40.0, float("inf")), _order("mixed", 30.0, -5.0),
    ]  # fmt: skip
    found, ran = _value(duckdb_engine, _company(200) + extra)
    assert found["many"]["frequency"] == 1
    assert found["many"]["recency_days"] == 51
    assert found["many"]["age_days"] == 100
    assert found["many"]["mean_order_value"] == pytest.approx(30.0)
    assert (found["refunded"]["frequency"], found["refunded"]["mean_order_value"]) == (0, 25.0)
    assert "dollars" not in found
    assert found["mixed"]["mean_order_value"] == 12.0
    assert any("2 of" in note and "not in EUR" in note for note in ran.notes)


def test_every_engine_abstains_alike(on_both: OnBoth) -> None:
    orders = _purchases([_order(f"c{i}", 10.0 * i + 5, 20.0) for i in range(50)])
    made = on_both(ANALYSIS, Context(AS_OF, SETTINGS), {"purchase": orders})["customer_value"].to_pylist()
    assert {row["expected_value"] for row in made} == {None}


def test_nothing_after_as_of_is_seen(duckdb_engine: Engine) -> None:
    orders = _company(300)
    whole, _ = _value(duckdb_engine, orders)
    past, _ = _value(duckdb_engine, [order for order in orders if order["occurred_at"] < AS_OF])
    assert whole.keys() == past.keys()
    for customer, row in whole.items():
        assert_alike(row, past[customer])


def test_value_grows_with_the_horizon_and_shrinks_with_the_discount(duckdb_engine: Engine) -> None:
    orders = _company(200)
    year, short, cheap = (
        _value(duckdb_engine, orders, **settings)[0] for settings in ({}, {"horizon_days": 30}, {"discount_rate": 0.5})
    )
    for customer, row in year.items():
        assert short[customer]["expected_value"] < row["expected_value"]
        assert cheap[customer]["expected_value"] < row["expected_value"]
        assert cheap[customer]["expected_purchases"] == pytest.approx(row["expected_purchases"])
        assert row["expected_value_low"] <= row["expected_value_high"]
        assert 0 <= row["p_alive"] <= 1


def test_margin_is_used_only_where_it_is_known_for_most_of_revenue(duckdb_engine: Engine) -> None:
    orders = _company(200)
    plain, _ = _value(duckdb_engine, orders)
    known, ran = _value(duckdb_engine, [{**order, "margin": 0.4 * order["revenue"]} for order in orders])
    rare, told = _value(
        duckdb_engine,
        [{**order, "margin": 0.4 * order["revenue"] if i % 5 == 0 else None} for i, order in enumerate(orders)],
    )
    for customer, row in plain.items():
        assert row["value_kind"] == rare[customer]["value_kind"] == "revenue"
        assert known[customer]["value_kind"] == "margin"
        for name in ("expected_value", "expected_value_low", "expected_value_high"):
            assert known[customer][name] == pytest.approx(0.4 * row[name], rel=1e-6)
            assert rare[customer][name] == pytest.approx(row[name])
    assert any("Value is margin: 40.0%" in note for note in ran.notes)
    assert any("told as revenue" in note for note in told.notes)


def test_few_returning_customers_get_the_simple_method_and_the_reason(duckdb_engine: Engine) -> None:
    found, ran = _value(duckdb_engine, _company(16))
    assert ran.values["repeat_customers"] < 30
    for row in found.values():
        assert (row["method"], row["spend_method"]) == ("gamma_poisson", "shrunken_mean")
        assert "customers came back and BG/NBD wants 30" in row["reason"]
        assert row["expected_value"] > 0
        assert row["interval_kind"] == "predictive"
    assert any(row["reason"] in note for note in ran.notes)


def test_where_nobody_leaves_it_says_so(duckdb_engine: Engine) -> None:
    found, _ = _value(duckdb_engine, _company(400, leaving=(1e-6, 1.0)))
    row = next(iter(found.values()))
    assert row["method"] == "gamma_poisson"
    assert "no sign that customers leave" in row["reason"]
    assert row["spend_method"] == "gamma_gamma"


def test_spend_that_goes_with_frequency_is_not_given_to_gamma_gamma(duckdb_engine: Engine) -> None:
    orders = [
        _order(f"c{i:03d}", 300.0 - 3 * j - (i % 7), 10.0 * (i % 20 + 1) + j % 3)
        for i in range(120)
        for j in range(i % 20 + 1)
    ]
    found, _ = _value(duckdb_engine, orders)
    row = next(iter(found.values()))
    assert row["spend_method"] == "shrunken_mean"
    assert "frequency and spend go together" in row["reason"]


def test_abstains_when_nobody_came_back_and_is_empty_without_orders(duckdb_engine: Engine) -> None:
    found, ran = _value(duckdb_engine, [_order(f"c{i}", 10.0 * i + 5, 20.0) for i in range(50)])
    assert len(found) == 50
    for row in found.values():
        assert row["p_alive"] is row["expected_purchases"] is row["expected_value"] is None
        assert row["expected_value_low"] is row["expected_value_high"] is None
        assert row["reason"].startswith("0 customers came back")
        assert (row["method"], row["interval_kind"]) == ("none", "none")
        assert row["mean_order_value"] == 20.0
    assert ran.values["abstains"]
    json.dumps(ran.values, allow_nan=False)
    assert _value(duckdb_engine, [])[0] == {}
