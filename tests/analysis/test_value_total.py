"""The total of all customers: it is their sum, and its interval holds the true expectation about nine times in ten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pytest
from tests.analysis.test_value_contracts import arrow, firm
from tests.engines.compare import run_on

from heartline.analysis.base import Context
from heartline.analysis.value import ANALYSIS
from heartline.analysis.value_fit import choose_counts, choose_spend
from heartline.analysis.value_total import of_orders
from heartline.stats import bgnbd, forecast
from heartline.stats.bgnbd import BgNbd

AS_OF = datetime(2026, 1, 1)
SETTINGS: dict[str, Any] = {"currency": "EUR", "horizon_days": 365, "discount_rate": 0.1, "min_base": 30,
    "periods": 6, "value_window_days": 150}  # fmt: skip
TRUE = BgNbd(0.8, 60.0, 0.8, 3.0)
WORTH = (6.0, 4.0, 15.0)


def drawn(seed: int, customers: int = 1000) -> tuple[np.ndarray, ...]:
    """(frequency, recency, age, spent again) of customers whose rates, leaving and spend follow TRUE and WORTH."""
    rng = np.random.default_rng(seed)
    p, q, v = WORTH
    rows = []
    for _ in range(customers):
        rate, leave, scale = rng.gamma(TRUE.r, 1 / TRUE.alpha), rng.beta(TRUE.a, TRUE.b), rng.gamma(q, 1 / v)
        age, clock, x, last = float(rng.integers(100, 700)), 0.0, 0, 0.0
        while True:
            clock += rng.exponential(1 / rate)
            if clock > age:
                break
            x, last = x + 1, clock
            if rng.random() < leave:
                break
        rows.append((x, last, age, rng.gamma(p * x) / scale if x else 0.0, rng.gamma(p) / scale))
    return tuple(np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))


def test_the_interval_holds_the_true_expectation():
    """The truth: what these very customers are expected to bring under the parameters that made them."""
    inside, widths, seeds = [], [], range(20)
    p, q, v = WORTH
    for seed in seeds:
        x, t_x, t, again, first = drawn(seed)
        one = np.ones(len(x))
        counts = choose_counts(x, t_x, t, one, 30)
        back = x > 0
        spend = choose_spend(x[back], again[back] / x[back], one[back], evidence={}, min_base=30)
        spent = again + first
        ahead = forecast.discounted(counts.model, x, t_x, t, 365, 0.1)
        found = of_orders(counts, spend, (x, t_x, t), one, spent, ahead, 365)
        true = forecast.discounted(TRUE, x, t_x, t, 365, 0.1) @ (p * (v + spent) / (p * (x + 1) + q - 1))
        low, high = np.percentile(found.draws, [5, 95])
        inside.append(low <= true <= high)
        widths.append((high - low) / found.expected)
    assert sum(inside) >= 14  # 18 expected; fewer than 14 come once in 90
    assert 0.02 < np.median(widths) < 0.3


def test_more_customers_are_surer():
    widths = []
    for customers in (600, 4800):
        x, t_x, t, again, first = drawn(99, customers)
        one = np.ones(len(x))
        counts = choose_counts(x, t_x, t, one, 30)
        back = x > 0
        spend = choose_spend(x[back], again[back] / x[back], one[back], evidence={}, min_base=30)
        ahead = bgnbd.expected_purchases(counts.model, x, t_x, t, 365)
        found = of_orders(counts, spend, (x, t_x, t), one, again + first, ahead, 365)
        low, high = np.percentile(found.draws, [5, 95])
        widths.append((high - low) / found.expected)
    assert widths[1] < 0.6 * widths[0]


def test_the_total_is_the_sum_of_the_customers(duckdb_engine):
    rows, _ = firm(1, 400)
    rng = np.random.default_rng(1)
    orders = [
        {"purchase_id": f"{n}-{k}", "customer_id": f"b{n}", "revenue": float(rng.gamma(6) * scale),
         "occurred_at": datetime(2025, 1, 1) + (AS_OF - datetime(2025, 1, 1)) * float(rng.uniform(0, 1))}
        for n, scale in enumerate(rng.gamma(4, 5, 400)) for k in range(int(rng.geometric(0.25)))
    ]  # fmt: skip
    given = {"subscription": arrow("subscription", rows), "purchase": arrow("purchase", orders)}
    made, _ = run_on(duckdb_engine, [ANALYSIS], Context(AS_OF, SETTINGS), given)
    parts = {row["part"]: row for row in made["value_total"].to_pylist()}
    assert set(parts) == {"orders", "contracts", "all"}
    values = made["customer_value"].to_pylist()
    for part, own in (("orders", "b"), ("contracts", "c"), ("all", "")):
        total = sum(row["expected_value"] for row in values if row["customer_id"].startswith(own))
        assert parts[part]["expected_value"] == pytest.approx(total, rel=1e-9)
    assert parts["all"]["customers"] == parts["orders"]["customers"] + parts["contracts"]["customers"]
    for row in parts.values():
        known = row["expected_value_low"] is not None
        assert known == (row["reason"] is None)
        assert not known or row["expected_value_low"] < row["expected_value"] < row["expected_value_high"]


def test_a_simple_rule_has_no_interval(duckdb_engine):
    orders = [{"purchase_id": f"{n}-{k}", "customer_id": f"b{n}", "revenue": 10.0 + n + k,
               "occurred_at": datetime(2025, 6, 1 + 3 * k)} for n in range(8) for k in range(4)]  # fmt: skip
    made, _ = run_on(duckdb_engine, [ANALYSIS], Context(AS_OF, SETTINGS), {"purchase": arrow("purchase", orders)})
    (row,) = made["value_total"].to_pylist()
    assert row["expected_value"] > 0
    assert (row["expected_value_low"], row["reason"]) == (
        None,
        "a simple rule was used, of which no uncertainty is known",
    )
