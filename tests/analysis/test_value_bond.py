"""What the bond adds to value: planted effects found from what came after, nothing left out; referrals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.engines.compare import OnBoth, assert_alike, run_on

from heartline.analysis.base import Context
from heartline.analysis.value import ANALYSIS
from heartline.engines.base import Engine
from heartline.tables import TABLES

AS_OF = datetime(2026, 1, 1)
THEN = datetime(2025, 8, 1)  # the latest end of a month with 150 days after it
SETTINGS: dict[str, Any] = {
    "currency": "EUR", "horizon_days": 180, "discount_rate": 0.0, "min_base": 30, "periods": 6,
    "value_window_days": 150,
}  # fmt: skip
Rows = list[dict[str, Any]]


def company(customers: int, effect: float, seed: int = 1) -> tuple[Rows, Rows]:
    """(orders, bonds): the rate of buying is multiplied by exp(effect) for each 15 points of connection."""
    rng = np.random.default_rng(seed)
    orders: Rows = []
    bonds: Rows = []
    for n in range(customers):
        who, z = f"c{n:05d}", float(rng.normal())
        rate = rng.gamma(1.2, 1 / 60) * np.exp(effect * z)
        leave, mean = rng.beta(0.6, 4.0), rng.gamma(5.0, 10.0)
        clock, bought = -float(rng.uniform(160, 600)), 0
        while clock < 0:
            order = {"purchase_id": f"{who}@{bought}", "customer_id": who, "revenue": float(mean * rng.gamma(6) / 6)}
            orders.append(order | {"occurred_at": AS_OF + timedelta(days=clock)})
            bought += 1
            if bought > 1 and rng.random() < leave:
                break
            clock += rng.exponential(1 / rate)
        for end in (THEN, AS_OF):
            known = n % 5 > 0
            bonds.append({"customer_id": who, "period_end": end, "connection": float(np.clip(50 + 15 * z, 1, 99)),
                          "satisfaction": float(rng.uniform(5, 95)) if n % 3 else None, "thin": not known})  # fmt: skip
    return orders, bonds


def arrow(name: str, rows: Rows) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=TABLES[name].arrow_schema())


def made(engine: Engine, orders: Rows, bonds: Rows = (), referrals: Rows = (), **settings: Any):  # type: ignore[assignment]
    given = {"purchase": arrow("purchase", list(orders)), "connection": arrow("connection", list(bonds)),
             "referral": arrow("referral", list(referrals))}  # fmt: skip
    tables, rans = run_on(engine, [ANALYSIS], Context(AS_OF, SETTINGS | settings), given)
    engine.forget(ANALYSIS.writes)
    found = {(row["covariate"], row["part"]): row for row in tables["value_covariate"].to_pylist()}
    return {row["customer_id"]: row for row in tables["customer_value"].to_pylist()}, found, rans["value"]


@pytest.fixture(scope="module")
def told() -> tuple[Rows, Rows]:
    return company(1200, 0.6)


def test_a_planted_effect_is_found_and_used(duckdb_engine: Engine, told: tuple[Rows, Rows]) -> None:
    values, found, ran = made(duckdb_engine, *told)
    buying = found["connection", "buying"]
    assert buying["used"]
    assert (buying["reason"], buying["measured_at"]) == (None, THEN)
    assert buying["gain"] > 0
    assert buying["p_value"] < 0.01
    assert buying["ratio_low"] <= np.exp(0.6) <= buying["ratio_high"]
    assert buying["ratio"] == pytest.approx(np.exp(0.6), rel=0.25)
    assert buying["points"] == pytest.approx(15, abs=2)
    assert buying["known"] == pytest.approx(0.8, abs=0.02)
    nothing = found["satisfaction", "buying"]
    assert nothing["ratio_low"] <= 1 <= nothing["ratio_high"]
    assert any("is in the forecast" in note for note in ran.notes)
    # of those who bought once the close are expected to buy more than purchases alone say, and the sum is the same
    orders, bonds = told
    plain, none, _ = made(duckdb_engine, orders)
    assert not any(row["used"] for row in none.values())
    latest = {row["customer_id"]: row for row in bonds if row["period_end"] == AS_OF and not row["thin"]}
    close, far = (
        [who for who in latest if low < latest[who]["connection"] < high and not values[who]["frequency"]]
        for low, high in ((60, 100), (0, 40))
    )

    def times(group: list[str]) -> float:
        both = (sum(rows[who]["expected_purchases"] for who in group) for rows in (values, plain))
        return float(next(both) / next(both))

    assert times(close) > 1.15 * times(far)
    assert times(list(values)) == pytest.approx(1.0, abs=0.06)


def test_where_it_adds_nothing_it_is_left_out(duckdb_engine: Engine) -> None:
    orders, bonds = company(600, 0.0, seed=2)
    values, found, ran = made(duckdb_engine, orders, bonds)
    row = found["connection", "buying"]
    assert not row["used"]
    assert "not foretold better" in row["reason"]
    assert row["ratio_low"] <= 1 <= row["ratio_high"]
    assert any("not in the forecast" in note for note in ran.notes)
    plain = made(duckdb_engine, orders)[0]
    for who, one in values.items():
        assert_alike(one, plain[who])


def test_a_bond_measured_after_the_purchases_is_not_set_against_them(
    duckdb_engine: Engine, told: tuple[Rows, Rows]
) -> None:
    """Connection of today that echoes what was just bought must not look as if it had foretold it."""
    orders, bonds = company(600, 0.0, seed=3)
    lately: dict[str, int] = {}
    for order in orders:
        if order["occurred_at"] >= THEN:
            lately[order["customer_id"]] = lately.get(order["customer_id"], 0) + 1
    for row in bonds:
        if row["period_end"] == AS_OF:
            row["connection"] = min(99.0, 30.0 + 15.0 * lately.get(row["customer_id"], 0))
    found = made(duckdb_engine, orders, bonds)[1]["connection", "buying"]
    assert not found["used"]
    assert found["ratio_low"] <= 1 <= found["ratio_high"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"value_window_days": 400}, "no period ended 400 days ago"), ({"min_base": 2000}, "BG/NBD wants 2000")],
)
def test_why_it_cannot_be_looked_at_is_said(
    duckdb_engine: Engine, told: tuple[Rows, Rows], settings: Mapping[str, Any], said: str
) -> None:
    _, found, _ = made(duckdb_engine, *told, **settings)
    assert len(found) == 4
    for row in found.values():
        assert (row["used"], row["ratio"]) == (False, None)
        assert said in row["reason"]


def test_every_engine_gives_the_same_rows(on_both: OnBoth) -> None:
    orders, bonds = company(400, 0.8, seed=4)
    orders = [{**order, "margin": order["revenue"] * (0.2 + 0.1 * (i % 5))} for i, order in enumerate(orders)]
    extra = {"occurred_at": AS_OF - timedelta(days=40), "revenue": 80.0}
    orders += [{**extra, "purchase_id": "back", "customer_id": "back", "refunded": 30.0},
               {**extra, "purchase_id": "dollars", "customer_id": "dollars", "currency": "USD"}]  # fmt: skip
    whom = [{"referrer_id": f"c{n:05d}", "referred_id": f"c{n + 1:05d}", "occurred_at": THEN} for n in range(0, 60, 3)]
    given = {"purchase": arrow("purchase", orders), "connection": arrow("connection", bonds),
             "referral": arrow("referral", whom)}  # fmt: skip
    tables = on_both(ANALYSIS, Context(AS_OF, SETTINGS | {"discount_rate": 0.1}), given, relative=1e-5)
    assert any(row["used"] for row in tables["value_covariate"].to_pylist())
    values = tables["customer_value"].to_pylist()
    assert len(values) == 401
    assert {row["method"] for row in values} == {"bg_nbd"}
    assert {row["value_kind"] for row in values} == {"margin"}


def test_what_the_referred_bring_counts_for_the_first_who_named_them(
    duckdb_engine: Engine, told: tuple[Rows, Rows]
) -> None:
    orders = told[0]
    named = [
        ("c00001", "c00002", 200), ("c00001", "c00003", 190), ("c00004", "c00002", 100), ("c00005", "stranger", 50),
        ("c00006", "c00006", 40), ("not_a_buyer", "c00007", 40),
    ]  # fmt: skip
    referrals = [
        {"referrer_id": who, "referred_id": whom, "occurred_at": AS_OF - timedelta(days=days)}
        for who, whom, days in named
    ]
    found = made(duckdb_engine, orders, referrals=referrals)[0]
    one, two = found["c00002"], found["c00003"]
    fan = found["c00001"]
    assert fan["referral_n"] == 2
    assert fan["referral_value"] == pytest.approx(one["expected_value"] + two["expected_value"])
    half = np.hypot(*((row["expected_value_high"] - row["expected_value_low"]) / 2 for row in (one, two)))
    assert fan["referral_value_high"] == pytest.approx(fan["referral_value"] + half)
    assert fan["referral_value_low"] == pytest.approx(max(0.0, fan["referral_value"] - half))
    assert found["c00004"]["referral_value"] == found["c00006"]["referral_value"] == 0.0  # named before; oneself
    assert (found["c00005"]["referral_n"], found["c00005"]["referral_value"]) == (1, 0.0)
    plain = made(duckdb_engine, orders)[0]
    for who, row in plain.items():
        assert row["referral_value"] is row["referral_n"] is None
        own = pytest.approx(row["expected_value"], rel=1e-9)  # threads sum in any order
        assert found[who]["expected_value"] == own  # it is never added to the customer's own


def test_what_objectors_bring_is_nobodys_figure(duckdb_engine: Engine, told: tuple[Rows, Rows]) -> None:
    referrals = [{"referrer_id": "c00001", "referred_id": who, "occurred_at": THEN} for who in ("c00002", "c00003")]
    given = {"purchase": arrow("purchase", told[0]), "referral": arrow("referral", referrals),
             "customer": arrow("customer", [{"customer_id": "c00002", "objections": "profiling"}])}  # fmt: skip
    tables, _ = run_on(duckdb_engine, [ANALYSIS], Context(AS_OF, SETTINGS), given)
    duckdb_engine.forget(ANALYSIS.writes)
    rows = {row["customer_id"]: row for row in tables["customer_value"].to_pylist()}
    assert "c00002" not in rows
    assert rows["c00001"]["referral_value"] == pytest.approx(rows["c00003"]["expected_value"])
