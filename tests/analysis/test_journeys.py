"""Journeys by hand, and rules that any input must keep."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from tests.engines.compare import run_on

from heartline.analysis.base import Context
from heartline.analysis.journeys import ANALYSIS
from heartline.tables import TABLES

START = datetime(2026, 1, 5, 9)
AS_OF = datetime(2026, 6, 30)
GAP = {"journey_gap_days": 30.0}


def funnel_of(name: str, *touchpoints: str) -> list[dict[str, object]]:
    return [{"funnel": name, "position": place, "touchpoint": each} for place, each in enumerate(touchpoints, 1)]


BUY = funnel_of("buy", "search", "cart", "pay")


def arrow(name: str, rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=TABLES[name].arrow_schema())


def visit(number: int, touchpoint: str, days: float, customer: str = "ann", felt: float | None = None, **more: object):
    return {
        "interaction_id": f"i{number:05d}", "customer_id": customer, "occurred_at": START + timedelta(days=days),
        "channel": "web", "touchpoint": touchpoint, "felt_valence": felt,
        "felt_from": "none" if felt is None else "words", "baseline_n": 0, **more,
    }  # fmt: skip


def bought(customer: str, days: float) -> dict[str, object]:
    return {
        "purchase_id": f"{customer}{days}", "customer_id": customer, "occurred_at": START + timedelta(days=days),
        "revenue": 10.0,
    }  # fmt: skip


def run(engine, visits, purchases=(), funnel=(), as_of=AS_OF):
    given = {
        "touchpoint_visit": arrow("touchpoint_visit", visits), "purchase": arrow("purchase", list(purchases)),
        "funnel": arrow("funnel", list(funnel)),
    }  # fmt: skip
    made, _ = run_on(engine, [ANALYSIS], Context(as_of, GAP), given)
    engine.forget(ANALYSIS.writes)
    journeys = {row["journey_id"]: row for row in made["journey"].to_pylist()}
    steps = {(row["touchpoint"], row["next_touchpoint"]): row for row in made["journey_step"].to_pylist()}
    return journeys, steps, {(row["funnel"], row["position"]): row for row in made["funnel_step"].to_pylist()}


def test_a_longer_silence_than_the_gap_begins_a_new_journey(duckdb_engine):
    visits = [
        visit(1, "search", 0), visit(2, "cart", 30), visit(3, "pay", 60.001), visit(4, "pay", 60.001),
        visit(5, "search", 1, customer="ben"),
    ]  # fmt: skip
    journeys, _, _ = run(duckdb_engine, visits)
    assert {key: (row["customer_id"], row["interactions"]) for key, row in journeys.items()} == {
        "i00001": ("ann", 2), "i00003": ("ann", 2), "i00005": ("ben", 1),
    }  # fmt: skip
    assert journeys["i00001"]["ended_at"] == START + timedelta(days=30)


def test_stages_touchpoints_channels_peak_and_end(duckdb_engine):
    visits = [
        visit(1, "search", 0, stage="look", felt=0.4), visit(2, "search", 1, felt=-0.7, channel="app"),
        visit(3, "cart", 2, stage="look", felt=0.7), visit(4, "my cart", 3, stage="buy", felt=0.2),
        visit(5, "search", 4, stage="look", channel="call"),
    ]  # fmt: skip
    row = run(duckdb_engine, visits)[0]["i00001"]
    assert row["stages"] == "look buy look"
    assert row["touchpoints"] == "search cart my_cart search"
    assert (row["channels"], row["interactions"], row["felt_n"]) == (3, 5, 4)
    assert row["felt_mean"] == pytest.approx(0.15)
    assert (row["peak_valence"], row["peak_touchpoint"]) == (0.7, "cart")  # as far from 0 as -0.7, and later
    assert (row["end_valence"], row["end_touchpoint"]) == (0.2, "search")


def test_what_is_not_known_is_null(duckdb_engine):
    row = run(duckdb_engine, [visit(1, "search", 0)])[0]["i00001"]
    for name in ("stages", "felt_mean", "peak_valence", "peak_touchpoint", "end_valence", "funnel", "drop_off_step"):
        assert row[name] is None, name
    assert row["felt_n"] == 0
    assert row["outcome"] == "ended"


@pytest.mark.parametrize(
    ("visits", "purchases", "outcome", "drop_off"),
    [
        ([visit(1, "search", 0), visit(2, "cart", 1)], [bought("ann", 2)], "purchased", "cart"),
        ([visit(1, "search", 0), visit(2, "cart", 1)], [bought("ann", 2.01)], "ended", "cart"),
        ([visit(1, "search", 0), visit(2, "cart", 1)], [bought("ann", -0.01)], "ended", "cart"),
        ([visit(1, "search", 0), visit(2, "cart", 1)], [bought("ben", 1)], "ended", "cart"),
        ([visit(1, "search", 0), visit(2, "pay", 1), visit(3, "help", 2, outcome="failed")], [], "completed", None),
        ([visit(1, "search", 0), visit(2, "pay", 1, outcome="failed")], [], "failed", "pay"),
        ([visit(1, "cart", 0), visit(2, "pay", 1, outcome="abandoned")], [], "abandoned", None),  # not from step 1
        ([visit(1, "search", 0), visit(2, "help", 1, outcome="completed")], [], "completed", "search"),
        ([visit(1, "search", 170), visit(2, "cart", 171, outcome="abandoned")], [], "open", None),
        ([visit(1, "search", 170), visit(2, "pay", 171)], [], "completed", None),
        ([visit(1, "pay", 0), visit(2, "search", 1)], [], "ended", "search"),  # paid before it entered
    ],
)
def test_how_a_journey_ends(duckdb_engine, visits, purchases, outcome, drop_off):
    row = run(duckdb_engine, visits, purchases, BUY)[0]["i00001"]
    assert (row["outcome"], row["drop_off_step"]) == (outcome, drop_off)


def walkers() -> list[dict[str, object]]:
    """Four who only search, three who reach the cart, two who pay, one whose payment fails, one still on the way."""
    routes = [["search"]] * 4 + [["search", "cart"]] * 3 + [["search", "cart", "pay"]] * 2 + [["search", "pay!"]]
    feelings = {"search": 0.1, "cart": -0.4, "pay": 0.5, "pay!": -0.9}
    visits, number = [], 0
    for who, route in enumerate([*routes, ["search", "cart"]]):
        for place, name in enumerate(route):
            number += 1
            visits.append(
                visit(number, name.strip("!"), (160 if who == 10 else 0) + place, f"c{who:02d}", feelings[name],
                      outcome="failed" if name.endswith("!") else None)
            )  # fmt: skip
    return visits


def test_funnel_rates_by_hand(duckdb_engine):
    journeys, _, funnel = run(duckdb_engine, walkers(), funnel=BUY)
    assert [funnel["buy", place]["reached"] for place in (1, 2, 3)] == [10, 6, 3]
    assert [funnel["buy", place]["dropped"] for place in (1, 2, 3)] == [4, 3, 1]
    first = funnel["buy", 1]
    # Wilson's interval for 4 of 10 at 90 %: (0.4 + z²/20 ± z √(0.024 + z²/400)) / (1 + z²/10), z = 1.6449
    assert first["drop_rate"] == pytest.approx(0.4)
    assert first["drop_low"] == pytest.approx(0.1942, abs=1e-4)
    assert first["drop_high"] == pytest.approx(0.6484, abs=1e-4)
    assert funnel["buy", 2]["felt_dropped"] == pytest.approx(-0.4)
    assert funnel["buy", 3]["felt_dropped"] == pytest.approx(-0.9)
    assert funnel["buy", 3]["felt_continued"] == pytest.approx(0.5)
    dropped = Counter(row["drop_off_step"] for row in journeys.values() if row["drop_off_step"])
    assert dropped == {row["touchpoint"]: row["dropped"] for row in funnel.values()}


def test_a_funnel_nobody_entered_has_no_rate(duckdb_engine):
    funnel = run(duckdb_engine, [visit(1, "help", 0)], funnel=BUY)[2]
    for place in (1, 2, 3):
        row = funnel["buy", place]
        assert (row["reached"], row["dropped"]) == (0, 0)
        assert row["drop_rate"] is row["drop_low"] is row["drop_high"] is row["felt_dropped"] is None


def test_what_follows_what_and_how_the_feeling_changes(duckdb_engine):
    visits = [
        visit(1, "a", 0, felt=0.0), visit(2, "b", 1, felt=0.4), visit(3, "a", 2), visit(4, "b", 3, felt=-0.2),
        visit(5, "a", 0, "ben", felt=-0.5), visit(6, "b", 1, "ben", felt=0.5),
        visit(7, "a", 170, "cem"), visit(8, "b", 171, "cem"),
    ]  # fmt: skip
    _, steps, _ = run(duckdb_engine, visits)
    assert {key: row["steps"] for key, row in steps.items()} == {("a", "b"): 4, ("b", "a"): 1, ("b", ""): 2}
    row = steps["a", "b"]
    assert (row["customers"], row["change_n"]) == (3, 2)
    assert row["change_mean"] == pytest.approx(0.7)
    assert row["change_low"] < 0.4
    assert row["change_high"] > 1.0
    assert steps["b", "a"]["change_mean"] is None
    assert steps["b", ""]["change_n"] == 0


def many(customers: int = 80, seed: int = 5) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    rng = np.random.default_rng(seed)
    visits, purchases, number = [], [], 0
    for who in range(customers):
        days = np.sort(rng.uniform(0, 176, rng.integers(1, 12))).round(3)
        for day in days:
            number += 1
            felt = None if rng.random() < 0.3 else float(rng.uniform(-1, 1))
            visits.append(
                visit(number, str(rng.choice(["search", "cart", "pay", "help"])), float(day), f"c{who:03d}", felt,
                      outcome=rng.choice([None, "completed", "abandoned", "failed"]),
                      stage=rng.choice([None, "look", "buy"]), channel=str(rng.choice(["web", "app", "call"])))
            )  # fmt: skip
            if rng.random() < 0.1:
                purchases.append(bought(f"c{who:03d}", float(day)))
    return visits, purchases


def renamed(visits: list[dict[str, object]]) -> list[dict[str, object]]:
    return [
        {**row, "interaction_id": f"x{row['interaction_id']}", "customer_id": f"x{row['customer_id']}"}
        for row in visits
    ]


def test_every_contact_is_in_one_journey_and_every_step_is_counted_once(duckdb_engine):
    visits, purchases = many()
    journeys, steps, _ = run(duckdb_engine, visits, purchases, BUY)
    assert sum(row["interactions"] for row in journeys.values()) == len(visits)
    over = sum((AS_OF - row["ended_at"]).total_seconds() > 30 * 86400 for row in journeys.values())
    assert sum(row["steps"] for key, row in steps.items() if key[1]) == len(visits) - len(journeys)
    assert sum(row["steps"] for key, row in steps.items() if not key[1]) == over
    for row in journeys.values():
        if row["felt_n"]:
            assert abs(row["peak_valence"]) >= abs(row["end_valence"])
            assert abs(row["peak_valence"]) >= abs(row["felt_mean"])


def test_order_of_rows_other_customers_and_a_shift_in_time_change_nothing(duckdb_engine):
    visits, purchases = many()
    journeys, steps, funnel = run(duckdb_engine, visits, purchases, BUY)
    again = run(duckdb_engine, visits[::-1], purchases[::-1], BUY[::-1])
    assert same(again[0], journeys)
    assert same(again[1], steps)
    assert same(again[2], funnel)
    crowd = run(duckdb_engine, visits + renamed(visits), purchases, BUY)[0]
    assert same({key: crowd[key] for key in journeys}, journeys)
    move = timedelta(days=400)
    moved = run(
        duckdb_engine,
        [{**row, "occurred_at": row["occurred_at"] + move} for row in visits],
        [{**row, "occurred_at": row["occurred_at"] + move} for row in purchases],
        BUY,
        AS_OF + move,
    )[0]
    back = {
        key: {**row, "started_at": row["started_at"] - move, "ended_at": row["ended_at"] - move}
        for key, row in moved.items()
    }
    assert same(back, journeys)


def test_both_engines_make_the_same_journeys(on_both):
    visits, purchases = many(40)
    visits += renamed(walkers())
    made = on_both(ANALYSIS, Context(AS_OF, GAP), {
        "touchpoint_visit": arrow("touchpoint_visit", visits), "purchase": arrow("purchase", purchases),
        "funnel": arrow("funnel", BUY + funnel_of("help first", "help", "pay")),
    })  # fmt: skip
    assert set(made["journey"].column("outcome").to_pylist()) == {
        "purchased", "completed", "abandoned", "failed", "ended", "open",
    }  # fmt: skip


def same(left, right) -> bool:
    assert left.keys() == right.keys()
    for key, row in left.items():
        for name, value in row.items():
            wanted = right[key][name]
            if isinstance(value, float) and wanted is not None:
                assert value == pytest.approx(wanted, abs=1e-9), (key, name)
            else:
                assert value == wanted, (key, name)
    return True
