"""Growth by hand, to the last cent, and rules that hold for any company."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.engines.compare import run_on

from heartline.analysis.base import Context
from heartline.analysis.growth import ANALYSIS
from heartline.tables import TABLES

AS_OF = datetime(2026, 7, 1)
PARTS = ("new_bought", "new_referred", "came_back", "expansion", "contraction", "lost")


def order(customer: str, when: str, revenue: float, **more: object) -> dict[str, object]:
    return {
        "purchase_id": f"{customer}{when}{revenue}", "customer_id": customer, "revenue": revenue,
        "occurred_at": datetime.fromisoformat(when), "known_at": datetime.fromisoformat(when),
    } | more  # fmt: skip


def referral(referrer: str, referred: str, when: str, converted: bool | None = True) -> dict[str, object]:
    return {"referrer_id": referrer, "referred_id": referred, "occurred_at": datetime.fromisoformat(when),
            "converted": converted}  # fmt: skip


def arrow(orders, referrals=(), customers=()):
    return {
        name: pa.Table.from_pylist(list(rows), schema=TABLES[name].arrow_schema())
        for name, rows in (("purchase", orders), ("referral", referrals), ("customer", customers))
    }


def context(as_of=AS_OF, months=3):
    return Context(as_of, {"currency": "EUR", "window_months": months})


def bridges(engine, orders, referrals=(), customers=(), as_of=AS_OF, months=3):
    made, rans = run_on(engine, [ANALYSIS], context(as_of, months), arrow(orders, referrals, customers))
    engine.forget(ANALYSIS.writes)
    rows = {(row["against"], row["period_end"]): row for row in made["growth_bridge"].to_pylist()}
    return rows, rans["growth"].notes


# January to March against April to June: what each customer did is their name
BY_HAND = [
    order("stays", "2026-01-02", 50), order("stays", "2026-05-01", 50),
    order("more", "2026-02-01", 100), order("more", "2026-04-01", 80), order("more", "2026-06-01", 45.5),
    order("less", "2026-02-01", 90), order("less", "2026-05-05", 30),
    order("gone", "2026-03-31", 70.25),
    order("back", "2025-12-24", 10), order("back", "2026-06-30", 60),
    order("new", "2026-06-01", 20),
    order("friend", "2026-06-01", 33, refunded=3.0),
    order("opens", "2025-01-01", 1),
]  # fmt: skip


def test_by_hand(duckdb_engine):
    rows, notes = bridges(duckdb_engine, BY_HAND, [referral("more", "friend", "2026-05-01")])
    row = rows["before", AS_OF]
    assert (row["revenue_before"], row["revenue"]) == (310.25, 315.5)
    assert [row[name] for name in PARTS] == [20.0, 30.0, 60.0, 25.5, -60.0, -70.25]
    assert [row[f"n_{name}"] for name in PARTS] == [1, 1, 1, 1, 1, 1]
    assert (row["n_before"], row["n"]) == (4, 6)
    assert row["growth"] == pytest.approx(315.5 / 310.25 - 1)
    assert row["net_retention"] == pytest.approx((50 + 125.5 + 30) / 310.25)
    assert row["earned_growth"] == pytest.approx((50 + 125.5 + 30 + 60 + 30) / 310.25 - 1)
    assert "no interval" in notes[0]


def test_against_a_year_earlier_a_customer_of_last_autumn_is_new(duckdb_engine):
    orders = [order("old", "2025-05-01", 100), order("old", "2026-05-01", 40), order("opens", "2024-01-01", 1),
              order("autumn", "2025-10-01", 5), order("autumn", "2026-05-01", 60)]  # fmt: skip
    rows, _ = bridges(duckdb_engine, orders)
    year, before = rows["year", AS_OF], rows["before", AS_OF]
    assert (year["new_bought"], year["contraction"], year["came_back"]) == (60.0, -60.0, 0.0)
    assert (before["new_bought"], before["came_back"]) == (0.0, 100.0)
    assert year["period_start"] == before["period_start"] == datetime(2026, 4, 1)


def test_without_a_referral_nobody_can_tell_who_was_referred(duckdb_engine):
    row = bridges(duckdb_engine, BY_HAND)[0]["before", AS_OF]
    assert [row[name] for name in ("new_referred", "n_new_referred", "earned_growth")] == [None] * 3
    assert row["new_bought"] == 50.0
    assert row["net_retention"] is not None


def test_a_friend_who_did_not_come_by_it_or_was_referred_later_is_not_referred(duckdb_engine):
    told = [referral("more", "friend", "2026-05-01", converted=False), referral("more", "less", "2026-01-01")]
    row = bridges(duckdb_engine, BY_HAND, told)[0]["before", AS_OF]
    assert (row["new_referred"], row["new_bought"]) == (0.0, 50.0)


def test_a_period_before_the_books_began_is_not_compared(duckdb_engine):
    rows, _ = bridges(duckdb_engine, [each for each in BY_HAND if each["customer_id"] not in ("opens", "back")])
    assert list(rows) == [("before", AS_OF)]
    assert bridges(duckdb_engine, [order("a", "2026-03-01", 5), order("a", "2026-05-01", 5)])[0] == {}


def test_other_currencies_are_counted_and_never_added(duckdb_engine):
    plain = bridges(duckdb_engine, BY_HAND)[0]
    with_dollars, notes = bridges(duckdb_engine, [*BY_HAND, order("us", "2026-05-01", 999.0, currency="USD")])
    assert with_dollars == plain
    assert any(note.startswith("1 of 14 orders") for note in notes)


def test_new_ones_known_before_the_books_began_are_counted(duckdb_engine):
    known = [{"customer_id": "new", "first_seen_at": datetime(2020, 1, 1)},
             {"customer_id": "friend", "first_seen_at": datetime(2026, 6, 1)}]  # fmt: skip
    assert bridges(duckdb_engine, BY_HAND, customers=known)[0]["before", AS_OF]["n_unsure"] == 1


def many(seed: int) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    start = datetime(2024, 1, 1)
    return [
        {
            "purchase_id": str(number), "customer_id": f"c{rng.integers(0, 90)}",
            "occurred_at": start + timedelta(days=float(rng.uniform(0, 912))),
            "revenue": round(float(rng.lognormal(3, 2)), 2), "refunded": round(float(rng.choice([0, 0, 7.13])), 2),
        }
        for number in range(700)
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_every_bridge_adds_up_exactly_and_to_what_the_books_say(duckdb_engine, seed):
    orders = many(seed)
    referrals = [referral("c1", f"c{number}", "2024-06-01") for number in range(40)]
    rows, _ = bridges(duckdb_engine, orders, referrals)
    assert len(rows) > 8
    for row in rows.values():
        cents = {name: round(row[name] * 100) for name in (*PARTS, "revenue", "revenue_before")}
        assert sum(cents[name] for name in PARTS) == cents["revenue"] - cents["revenue_before"]
        booked = sum(
            round((one["revenue"] - one["refunded"]) * 100)
            for one in orders
            if row["period_start"] <= one["occurred_at"] < row["period_end"]
        )
        assert cents["revenue"] == booked
        gained, kept = row["n_new_bought"] + row["n_new_referred"] + row["n_came_back"], row["n_before"] - row["n_lost"]
        assert row["n"] == gained + kept


def test_twice_the_prices_are_twice_every_part_and_the_same_growth(duckdb_engine):
    orders = many(5)
    doubled = [{**one, "revenue": 2 * one["revenue"], "refunded": 2 * one["refunded"]} for one in orders]
    one, two = (bridges(duckdb_engine, each)[0] for each in (orders, doubled))
    for key, row in one.items():
        for name in ("revenue", "new_bought", "came_back", "expansion", "contraction", "lost"):
            assert two[key][name] == pytest.approx(2 * row[name])
        assert two[key]["growth"] == pytest.approx(row["growth"])


def test_both_engines_make_the_same_bridges(on_both):
    referrals = [referral("c1", f"c{number}", "2024-06-01") for number in range(40)]
    made = on_both(ANALYSIS, context(), arrow(many(6), referrals), relative=0.0)
    assert made["growth_bridge"].num_rows > 8
