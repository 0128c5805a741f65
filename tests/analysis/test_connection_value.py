"""Value of connection: a planted multiple behind heavy buyers, what lies outside the window, every way to abstain."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.engines.compare import OnBoth, run_on

from heartline.analysis import connection_value
from heartline.analysis.base import Context
from heartline.engines.duckdb import DuckDBEngine
from heartline.settings import load_settings
from heartline.tables import TABLES
from heartline.tables.claims import COMPARISONS, KINDS, MEASURES

AS_OF = datetime(2026, 6, 30)
START = datetime(2026, 1, 30)
TRUE = 1.8
Rows = dict[str, list[dict[str, Any]]]
Given = dict[str, pa.Table]


def company(customers: int = 900, seed: int = 1) -> Rows:
    """A third connected, a third satisfied; heavy buyers are connected more often, and connection buys 1.8 times."""
    rng = np.random.default_rng(seed)
    rows: Rows = {name: [] for name in ("customer", "connection", "purchase", "interaction", "touchpoint_visit")}
    for number in range(customers):
        who = f"c{number:05d}"
        rate = rng.gamma(3.0, 1 / 3)
        draw = rng.random()
        bond = 78.0 if draw < 0.2 + 0.3 * (rate > 1.0) else 48.0 if draw < 0.75 else 62.0
        bond += rng.normal(0, 4)
        pathway = "connected" if bond >= 70 else "differentiated" if bond >= 55 else "satisfied"
        rows["customer"].append({"customer_id": who, "first_seen_at": datetime(2023, 5, 1)})
        rows["connection"].append(
            {"customer_id": who, "period_end": START, "connection": bond, "connection_low": bond - 8,
             "connection_high": bond + 8, "satisfaction": 75.0, "pathway": pathway, "thin": False}
        )  # fmt: skip
        for days, factor in ((-360.0, 1.0), (150.0, TRUE if pathway == "connected" else 1.0)):
            for _ in range(rng.poisson(6 * rate * factor * abs(days) / 365)):
                when = START + timedelta(days=float(rng.uniform(min(days, 0), max(days, 0))))
                amount = float(rng.gamma(4.0, 15.0))
                rows["purchase"].append(
                    {"purchase_id": f"p{len(rows['purchase'])}", "customer_id": who, "occurred_at": when,
                     "revenue": amount, "list_value": amount * 1.1, "discount": amount * 0.1}
                )  # fmt: skip
        for _ in range(rng.poisson(4 if pathway == "connected" else 2)):
            when = START + timedelta(days=float(rng.uniform(0, 149)))
            rows["interaction"].append(
                {"interaction_id": f"i{len(rows['interaction'])}", "customer_id": who, "occurred_at": when,
                 "channel": "web", "touchpoint": "shop", "kind": "visit"}
            )  # fmt: skip
        for day in (20, 40):
            rows["touchpoint_visit"].append(
                {"interaction_id": f"v{who}{day}", "customer_id": who, "occurred_at": START - timedelta(days=day),
                 "channel": "web", "touchpoint": "shop", "felt_valence": 0.4, "felt_from": "rating"}
            )  # fmt: skip
    return rows


def shaped(rows: Rows) -> Given:
    return {name: pa.Table.from_pylist(those, schema=TABLES[name].arrow_schema()) for name, those in rows.items()}


def run(given: Given, **settings: Any) -> tuple[dict[str, list[dict[str, Any]]], Any]:
    engine = DuckDBEngine(memory_limit_gb=2, threads=2)
    context = Context(AS_OF, {**load_settings(None, {}).values, **settings})
    made, rans = run_on(engine, [connection_value.ANALYSIS], context, given)
    engine.close()
    found = {
        name: made[name].sort_by([(key, "ascending") for key in TABLES[name].key]).to_pylist()
        for name in connection_value.ANALYSIS.writes
    }
    return found, rans["connection_value"]


def of(
    made: dict[str, list[dict[str, Any]]], measure: str, kind: str, comparison: str = "own_rating"
) -> dict[str, Any]:
    return next(
        row for row in made["connection_value"]
        if (row["measure"], row["kind"], row["comparison"]) == (measure, kind, comparison)
    )  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> Rows:
    return company()


@pytest.fixture(scope="module")
def made(rows: Rows) -> dict[str, list[dict[str, Any]]]:
    return run(shaped(rows))[0]


def test_planted_multiple_is_found_where_the_plain_one_misleads(made):
    raw, held, adjusted = (of(made, "value", kind) for kind in KINDS)
    assert raw["ratio_low"] > TRUE  # heavy buyers are more often connected
    # here connection did nothing before the window, so that all of earlier buying may be held equal
    assert held["ratio_low"] <= TRUE <= held["ratio_high"]
    assert adjusted["ratio_low"] <= TRUE <= adjusted["ratio_high"]
    assert adjusted["ratio"] == pytest.approx(np.sqrt(raw["ratio"] * held["ratio"]))
    assert raw["connected"] / raw["compared"] == pytest.approx(raw["ratio"])
    assert raw["e_value"] > raw["e_value_end"] > 1
    assert raw["outside"] is None
    assert 0 <= held["outside"] < 0.2
    assert held["effective"] < min(held["n_connected"], held["n_compared"])


def test_every_measure_is_there_and_behaviour_is_counted(made):
    assert len(made["connection_value"]) == len(MEASURES) * len(COMPARISONS) * len(KINDS)
    visits = of(made, "visits", "raw")
    assert visits["ratio"] == pytest.approx(2, rel=0.15)
    share = of(made, "discount_share", "raw")
    assert share["connected"] == pytest.approx(0.1 / 1.1)
    assert share["ratio"] == pytest.approx(1)
    assert share["n_connected"] < visits["n_connected"]  # of buyers only
    nobody = of(made, "word_of_mouth", "adjusted")
    assert nobody["ratio"] is None
    assert nobody["reason"]


def test_dose_response_rises_and_its_bins_hold_all(made, rows):
    doses = made["dose_response"]
    assert sum(row["n"] for row in doses) == len(rows["customer"])
    assert [row["bin"] for row in doses] == list(range(1, len(doses) + 1))
    assert doses[-1]["raw"] > doses[0]["raw"] * 1.5
    assert doses[-1]["raw"] > doses[-1]["adjusted"] > doses[-1]["held_equal"]
    assert all(row["adjusted_low"] < row["adjusted"] < row["adjusted_high"] for row in doses)
    step = of(made, "value", "held_equal", "ten_points")
    assert 1.05 < step["ratio"] < 1.5


def test_nothing_outside_the_window_is_value(rows, made):
    late = {
        "purchase_id": "late", "customer_id": "c00000", "occurred_at": START + timedelta(days=150, seconds=1),
        "revenue": 1e6,
    }  # fmt: skip
    yen = {
        "purchase_id": "yen", "customer_id": "c00000", "occurred_at": START + timedelta(days=3), "revenue": 1e6,
        "currency": "JPY",
    }  # fmt: skip
    again, _ = run(shaped({**rows, "purchase": [*rows["purchase"], late, yen]}))
    assert of(again, "value", "raw")["ratio"] == pytest.approx(of(made, "value", "raw")["ratio"])
    assert of(made, "value", "raw")["window_start"] == START
    assert of(made, "value", "raw")["window_end"] == START + timedelta(days=150)


def test_who_is_satisfied_by_company_data_has_not_complained_and_felt_well(rows, made):
    assert of(made, "value", "raw", "company_data")["n_compared"] == of(made, "value", "raw")["n_compared"]
    satisfied = [row["customer_id"] for row in rows["connection"] if row["pathway"] == "satisfied"]
    complaint = {
        "interaction_id": "complaint", "customer_id": satisfied[0], "occurred_at": START - timedelta(days=5),
        "channel": "email", "touchpoint": "support", "kind": "complaint",
    }  # fmt: skip
    visits = [{**row, "felt_valence": -0.2 if row["customer_id"] == satisfied[1] else row["felt_valence"]}
              for row in rows["touchpoint_visit"]]  # fmt: skip
    again, _ = run(shaped({**rows, "interaction": [*rows["interaction"], complaint], "touchpoint_visit": visits}))
    counted = of(again, "value", "raw", "company_data")["n_compared"]
    assert counted == of(made, "value", "raw", "company_data")["n_compared"] - 2


def test_who_objects_or_is_hardly_known_is_not_counted(rows, made):
    people = [{**row, "objections": "profiling" if at % 2 else None} for at, row in enumerate(rows["customer"])]
    objecting, _ = run(shaped({**rows, "customer": people}))
    whole = of(made, "value", "raw")
    assert of(objecting, "value", "raw")["n_connected"] == pytest.approx(whole["n_connected"] / 2, rel=0.15)
    thin = [{**row, "thin": at % 2 == 1} for at, row in enumerate(rows["connection"])]
    known, _ = run(shaped({**rows, "connection": thin}))
    assert of(known, "value", "raw")["n_connected"] == of(objecting, "value", "raw")["n_connected"]


def test_abstains_with_a_reason(rows):
    few, _ = run(shaped(rows), min_base=100_000)
    assert all(row["ratio"] is None and "wanted" in row["reason"] for row in few["connection_value"]
               if row["comparison"] != "ten_points")  # fmt: skip
    assert few["dose_response"] == []
    long, ran = run(shaped(rows), value_window_days=200)
    assert all(row["ratio"] is None and row["window_start"] is None for row in long["connection_value"])
    assert "periods" in long["connection_value"][0]["reason"]
    assert any("value_window_days" in note for note in ran.notes)
    none, _ = run(shaped({**rows, "connection": []}))
    assert {row["ratio"] for row in none["connection_value"]} == {None}


def test_order_changes_nothing_and_ten_times_the_money_no_ratio(rows, made):
    richer = [
        {**row, **{name: 10 * row[name] for name in ("revenue", "list_value", "discount")}} for row in rows["purchase"]
    ]
    again, _ = run(shaped({name: those[::-1] for name, those in {**rows, "purchase": richer}.items()}))
    for one, other in zip(made["connection_value"], again["connection_value"], strict=True):
        for name in ("ratio", "ratio_low", "ratio_high", "outside", "e_value", "n_connected"):
            same = one[name] if one[name] is None else pytest.approx(one[name], rel=1e-7)
            assert other[name] == same, (one["measure"], one["comparison"], one["kind"])
    for one, other in zip(made["dose_response"], again["dose_response"], strict=True):
        assert other["adjusted"] == pytest.approx(10 * one["adjusted"], rel=1e-7)


def test_same_on_both_engines(on_both: OnBoth):
    context = Context(AS_OF, {**load_settings(None, {}).values, "min_base": 20})
    made = on_both(connection_value.ANALYSIS, context, shaped(company(240)), 1e-7)
    known = [row["ratio"] for row in made["connection_value"].to_pylist()]
    assert sum(ratio is not None for ratio in known) > 20
    assert made["dose_response"].num_rows > 2
