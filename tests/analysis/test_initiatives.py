"""Initiatives: each design finds what was planted, none finds what was not, and each says what it assumes."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.engines.compare import OnBoth, run_on

from heartline.analysis.base import Context
from heartline.analysis.initiatives import ANALYSIS
from heartline.engines.duckdb import DuckDBEngine
from heartline.tables import TABLES

AS_OF = datetime(2026, 6, 30)
SETTINGS: dict[str, Any] = {"min_base": 30, "currency": "EUR"}
BEGAN = AS_OF - timedelta(days=196)
REGIONS = ("north", "south", "east", "west", "coast", "lakes")
Row = dict[str, Any]
Effects = dict[tuple[str, str], Row]


def arrow(name: str, rows: list[Row]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=TABLES[name].arrow_schema())


def company(lift: dict[str, datetime], seed: int = 21, by: str = "trait", visits: int = 9000, size: float = 0.3) -> Any:
    """Contacts of 600 customers in six regions, six teams; whoever's unit has begun feels and rates better."""
    rng = np.random.default_rng(seed)
    levels = dict(zip(REGIONS, rng.normal(0.1, 0.15, len(REGIONS)), strict=True))
    customers = [
        {"customer_id": f"c{n:03d}", "first_seen_at": AS_OF - timedelta(days=900), "traits": json.dumps({
            "region": REGIONS[n % 6], "age": n})}
        for n in range(600)
    ]  # fmt: skip
    contacts, felt, orders = [], [], []
    for n in range(visits):
        who = int(rng.integers(600))
        region, team = REGIONS[who % 6], REGIONS[int(rng.integers(6))]
        at = AS_OF - timedelta(days=float(rng.uniform(0.5, 560)))
        unit = {"trait": region, "team": team, "all": "all"}[by]
        on = unit in lift and at >= lift[unit]
        value = float(np.clip(levels[region if by == "trait" else team] + size * on + rng.normal(0, 0.3), -1, 1))
        name = {"interaction_id": f"i{n:05d}", "customer_id": f"c{who:03d}", "occurred_at": at, "channel": "web",
                "touchpoint": "advice" if n % 2 else "delivery"}  # fmt: skip
        rating = round(2.5 + 2.5 * value)
        ended = "completed" if rng.random() < 0.8 else "failed"
        scale = {"rating": rating, "rating_min": 0, "rating_max": 5}
        contacts.append(name | scale | {"team": team, "outcome": ended})
        felt.append(name | {"team": team, "felt_valence": value, "felt_from": "rating", "baseline_n": 0})
        if n % 3 == 0:
            orders.append({"purchase_id": f"p{n}", "customer_id": f"c{who:03d}", "occurred_at": at, "revenue": 20.0,
                           "channel": "web"})  # fmt: skip
    return {
        "customer": arrow("customer", customers), "interaction": arrow("interaction", contacts),
        "touchpoint_visit": arrow("touchpoint_visit", felt), "purchase": arrow("purchase", orders),
    }  # fmt: skip


def began(kind: str, units: dict[str, datetime], **more: Any) -> pa.Table:
    return arrow("initiative", [
        {"initiative_id": "letter", "name": "Letter", "unit_kind": kind, "unit": unit, "started_at": at, **more}
        for unit, at in units.items()
    ])  # fmt: skip


def effects(engine: DuckDBEngine, tables: dict[str, pa.Table], as_of: datetime = AS_OF) -> Effects:
    made, _ = run_on(engine, [ANALYSIS], Context(as_of, SETTINGS), tables)
    engine.forget(ANALYSIS.writes)
    return {(row["outcome"], row["method"]): row for row in made["initiative_effect"].to_pylist()}


def test_one_region_by_differences_and_by_a_mixture(duckdb_engine: DuckDBEngine) -> None:
    units = {"north": BEGAN}
    rows = effects(duckdb_engine, company(units) | {"initiative": began("region", units)})
    felt = rows["felt", "difference_in_differences"]
    assert felt["estimate"] == pytest.approx(0.3, abs=0.1)
    assert felt["low"] < felt["estimate"] < felt["high"]
    assert felt["verdict"] == "effect_if_assumed"
    assert felt["p"] == pytest.approx(1 / 6), "six units allow no smaller one"
    assert "would have changed alike" in felt["assumes"]
    assert (felt["n_units"], felt["n_treated"], felt["n_customers"]) == (6, 1, 600)
    assert felt["pre_trend_p"] > 0.05
    mixture = rows["felt", "synthetic_control"]
    assert mixture["estimate"] == pytest.approx(0.3, abs=0.1)
    assert mixture["placebo_rank"] == 1
    assert (mixture["low"], mixture["verdict"]) == (None, "none_shown"), "first of six may be chance"
    rating = rows["rating", "difference_in_differences"]
    assert rating["estimate"] == pytest.approx(0.15, abs=0.06)
    for outcome in ("completion", "orders"):
        assert rows[outcome, "difference_in_differences"]["verdict"] != "effect_if_assumed"
    assert rows["orders", "difference_in_differences"]["before"] == pytest.approx(3000 / 600 / 80, rel=0.15)


def test_starts_apart_are_read_by_group_and_time(duckdb_engine: DuckDBEngine) -> None:
    units = {"north": BEGAN, "east": BEGAN + timedelta(days=56), "west": BEGAN + timedelta(days=85)}
    rows = effects(duckdb_engine, company(units, visits=12000) | {"initiative": began("region", units)})
    felt = rows["felt", "staggered"]
    assert felt["estimate"] == pytest.approx(0.3, abs=0.1)
    assert felt["low"] < felt["estimate"] < felt["high"]
    assert felt["verdict"] == "effect_if_assumed"
    assert "nobody acted ahead" in felt["assumes"]


def test_everybody_at_once_is_read_against_its_trend(duckdb_engine: DuckDBEngine) -> None:
    units = {"all": BEGAN}
    rows = effects(duckdb_engine, company(units, by="all") | {"initiative": began("all", units)})
    felt = rows["felt", "interrupted_series"]
    assert felt["estimate"] == pytest.approx(0.3, abs=0.1)
    assert felt["low"] < felt["estimate"] < felt["high"]
    assert felt["verdict"] == "effect_if_assumed"
    assert felt["pre_trend"] is None
    assert set(rows) == {(outcome, "interrupted_series") for outcome in ("felt", "rating", "completion", "orders")}


def test_teams_have_no_orders_and_a_touchpoint_narrows(duckdb_engine: DuckDBEngine) -> None:
    units = {"north": BEGAN, "south": BEGAN}
    tables = company(units, by="team")
    whole = effects(duckdb_engine, tables | {"initiative": began("team", units)})
    assert {outcome for outcome, _ in whole} == {"felt", "rating", "completion"}
    felt = whole["felt", "difference_in_differences"]
    assert felt["estimate"] == pytest.approx(0.3, abs=0.1)
    assert felt["low"] < felt["estimate"] < felt["high"]
    assert felt["n_treated"] == 2
    half = effects(duckdb_engine, tables | {"initiative": began("team", units, touchpoint="advice")})
    assert half["felt", "difference_in_differences"]["n_customers"] <= 600
    assert half["felt", "difference_in_differences"]["before"] != felt["before"]
    nowhere = effects(duckdb_engine, tables | {"initiative": began("team", units, touchpoint="returns")})
    assert {row["verdict"] for row in nowhere.values()} == {"not_enough_evidence"}
    assert all(row["reason"].startswith("0 before and 0 since") for row in nowhere.values())


def test_nothing_planted_shows_nothing_and_the_future_is_not_seen(duckdb_engine: DuckDBEngine) -> None:
    units = {"north": BEGAN}
    tables = company({}) | {"initiative": began("region", units)}
    rows = effects(duckdb_engine, tables)
    assert "effect_if_assumed" not in {row["verdict"] for row in rows.values()}
    assert all(row["low"] < 0 < row["high"] for row in rows.values() if row["low"] is not None)
    assert effects(duckdb_engine, tables, BEGAN - timedelta(days=1)) == {}


def test_a_trend_of_its_own_is_no_effect(duckdb_engine: DuckDBEngine) -> None:
    tables = company({})
    visits = [
        row | {"felt_valence": float(np.clip(
            row["felt_valence"] + (0.5 * (row["occurred_at"] - BEGAN).days / 365
                                   if int(row["customer_id"][1:]) % 6 == 0 else 0), -1, 1))}
        for row in tables["touchpoint_visit"].to_pylist()
    ]  # fmt: skip
    tables |= {"touchpoint_visit": arrow("touchpoint_visit", visits), "initiative": began("region", {"north": BEGAN})}
    felt = effects(duckdb_engine, tables)["felt", "difference_in_differences"]
    assert felt["low"] > 0, "it looks like an effect"
    assert felt["pre_trend"] > 0.01
    assert felt["verdict"] == "trends_differed"


def test_what_ended_counts_until_then(duckdb_engine: DuckDBEngine) -> None:
    units, over = {"north": BEGAN}, BEGAN + timedelta(days=84)
    tables = company(units)
    faded = [
        row | {"felt_valence": row["felt_valence"] - (0.9 if int(row["customer_id"][1:]) % 6 == 0
                                                      and row["occurred_at"] >= over else 0)}
        for row in tables["touchpoint_visit"].to_pylist()
    ]  # fmt: skip
    tables |= {
        "touchpoint_visit": arrow("touchpoint_visit", faded),
        "initiative": began("region", units, ended_at=over),
    }
    felt = effects(duckdb_engine, tables)["felt", "difference_in_differences"]
    assert felt["estimate"] == pytest.approx(0.3, abs=0.1)


def test_units_that_no_import_can_name_are_passed_over(duckdb_engine: DuckDBEngine) -> None:
    rows = effects(duckdb_engine, company({}, visits=200) | {"initiative": began("x'; drop", {"north": BEGAN})})
    assert {row["verdict"] for row in rows.values()} == {"not_enough_evidence"}


def test_both_engines_alike(on_both: OnBoth) -> None:
    units = {"north": BEGAN}
    tables = company(units, visits=2500) | {"initiative": began("region", units)}
    made = on_both(ANALYSIS, Context(AS_OF, SETTINGS), tables)
    assert made["initiative_effect"].num_rows >= 4
