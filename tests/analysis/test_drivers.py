"""Drivers: a shop whose truth is planted, both engines, abstention, and rules that can be read aloud."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.engines.compare import OnBoth, run_on

from heartline.analysis.base import Context
from heartline.analysis.drivers import ANALYSIS
from heartline.analysis.drivers_rules import Place, class_of, floor_of, spend_verdict
from heartline.engines.base import Engine
from heartline.engines.duckdb import DuckDBEngine
from heartline.tables import TABLES

AS_OF = datetime(2026, 6, 30)
SETTINGS = {"min_base": 30, "currency": "EUR", "evidence_half_life_days": 180.0}
# place: stated importance on 1 to 10, monthly spend, mean surprise, share of customers who meet it
PLACES = {
    "note": (2.0, 60.0, 0.3, 0.5), "opening": (9.0, 3000.0, 0.0, 0.7), "help": (8.0, 500.0, -0.1, 0.5),
    "search": (3.0, 400.0, 0.0, 0.8), "parcel": (8.5, 700.0, 0.0, 0.8), "advert": (2.2, 2000.0, 0.0, 0.6),
}  # fmt: skip
Rows = list[dict[str, Any]]


def shaped(name: str, rows: Rows) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=TABLES[name].arrow_schema())


def shop(count: int, seed: int = 1, objecting: int = 0) -> dict[str, pa.Table]:
    """Notes and parcels raise the bond, bad help lowers satisfaction and drives away; opening and search do nothing.

    Some people are warm: they feel everything warmly, and are closer to the company, because of nothing it does.
    """
    rng = np.random.default_rng(seed)
    warm = rng.normal(0, 0.3, count)
    then = 50 + 10 * warm / 0.3 + rng.normal(0, 8, count)
    bond, liking, leaves = np.zeros(count), np.zeros(count), np.full(count, 0.15)
    made: dict[str, Rows] = {
        name: [] for name in ("interaction", "touchpoint_visit", "purchase", "survey_response", "connection")
    }
    split = AS_OF - timedelta(days=180)
    for place, (stated, _, mean, share) in PLACES.items():
        for who in np.flatnonzero(rng.random(count) < share).tolist():
            felt = mean + 0.3 * rng.normal()
            valence = float(np.clip(felt + warm[who], -1, 1))
            day = split - timedelta(days=float(rng.uniform(5, 170)))
            key = f"{place}-{who}"
            seen = {"interaction_id": key, "customer_id": f"c{who:05d}", "occurred_at": day, "channel": "web"}
            rating = {"rating": 3 + 2 * valence, "rating_min": 1.0, "rating_max": 5.0}
            made["interaction"].append({**seen, "touchpoint": place, "kind": "visit", **rating})
            made["touchpoint_visit"].append(
                {**seen, "touchpoint": place, "felt_valence": valence, "felt_from": "rating",
                 "baseline": float(warm[who]), "baseline_n": 5, "surprise": valence - float(warm[who])}
            )  # fmt: skip
            bond[who] += {"note": 14.0, "parcel": 8.0}.get(place, 0.0) * felt
            liking[who] += {"help": 40.0 * min(felt, 0.0), "parcel": 12.0 * felt}.get(place, 0.0)
            leaves[who] += 0.6 if place == "help" and felt < -0.2 else 0.0
        for who in rng.integers(0, count, max(count // 8, 12)).tolist():
            made["survey_response"].append(
                {"response_id": f"s-{place}-{len(made['survey_response'])}", "customer_id": f"c{who:05d}",
                 "answered_at": split, "construct": "importance", "subject": place, "scale_min": 1.0, "scale_max": 10.0,
                 "value": float(np.clip(np.rint(stated + rng.normal()), 1, 10))}
            )  # fmt: skip
    # the estimate holds on to older evidence, which has faded by 150 days: new evidence moves it by the rest
    now = then + (1 - 0.5 ** (150 / 180)) * (bond + 9 * rng.normal(size=count))
    for who in range(count):
        customer = f"c{who:05d}"
        half = 28.0 if who % 50 == 0 else 8.0  # of a few hardly anything is known
        for end, mean in ((AS_OF - timedelta(days=150), then[who]), (AS_OF, now[who])):
            bounds = {"connection_low": float(mean - half), "connection_high": float(mean + half)}
            made["connection"].append(
                {"customer_id": customer, "period_end": end, "connection": float(mean), **bounds, "evidence_count": 3}
            )
        order = {"customer_id": customer, "revenue": 50.0, "currency": "EUR"}
        made["purchase"].append({**order, "purchase_id": f"p{who}", "occurred_at": split - timedelta(days=30)})
        if rng.random() >= leaves[who]:
            later = {"customer_id": customer, "occurred_at": split + timedelta(days=60), "channel": "web"}
            score = float(np.clip(60 + liking[who] + 20 * warm[who] + 6 * rng.normal(), 0, 100))
            rated = {"rating": score, "rating_min": 0.0, "rating_max": 100.0, "touchpoint": "search", "kind": "visit"}
            made["interaction"].append({"interaction_id": f"later-{who}", **later, **rated})
            paid = {**order, "revenue": float(np.exp(3 + 0.01 * bond[who] + 0.5 * rng.normal()))}
            made["purchase"].append({**paid, "purchase_id": f"q{who}", "occurred_at": split + timedelta(days=61)})
    people: Rows = [
        {"customer_id": f"c{who:05d}", "objections": "profiling" if who < objecting else None} for who in range(count)
    ]
    spend: Rows = [
        {"touchpoint": place, "period": f"2026-{month:02d}", "amount": PLACES[place][1], "currency": "EUR",
         "department": "all"}
        for place in PLACES for month in range(1, 7)
    ]  # fmt: skip
    return {name: shaped(name, rows) for name, rows in {**made, "customer": people, "spend": spend}.items()}


def judged(engine: Engine, given: Mapping[str, pa.Table], **settings: object) -> dict[tuple[str, str], dict[str, Any]]:
    made, _ = run_on(engine, [ANALYSIS], Context(AS_OF, {**SETTINGS, **settings}), given)  # type: ignore[dict-item]
    return {(row["outcome"], row["touchpoint"]): row for row in made["driver"].to_pylist()}


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], dict[str, Any]]:
    engine = DuckDBEngine(memory_limit_gb=2, threads=2)
    rows = judged(engine, shop(2000))
    engine.close()
    return rows


def test_what_was_planted_comes_out(found: Mapping[tuple[str, str], dict[str, Any]]) -> None:
    bond = {place: found["connection", place] for place in PLACES}
    assert max(bond, key=lambda place: bond[place]["derived"]) == "note"
    assert {place: row["class"] for place, row in bond.items()} == {
        "note": "hidden_driver", "parcel": "says_and_feels", "opening": "overrated", "help": "overrated",
        "search": "minor", "advert": "minor",
    }  # fmt: skip
    assert sum(row["derived"] for row in bond.values()) == pytest.approx(1.0)
    assert all(row["derived_low"] <= row["derived"] <= row["derived_high"] for row in bond.values())
    # what matters little here is a must-have elsewhere; what is only said to matter is kept, too
    assert found["connection", "opening"]["floor"] == "stated"
    assert found["leaving", "help"]["kind"] == "must_have" == found["satisfaction", "help"]["kind"]
    assert found["leaving", "help"]["floor"] == "shown"
    assert found["leaving", "help"]["penalty_low"] > 0.2  # of less, more is worse
    assert found["satisfaction", "help"]["penalty_high"] < 0
    assert found["connection", "note"]["floor"] == "none"


def test_slopes_are_what_one_contact_brings(found: Mapping[tuple[str, str], dict[str, Any]]) -> None:
    # planted: 14 and 8 points of connection for one valence point, all of it before the last 150 days
    for place, planted in (("note", 14.0), ("parcel", 8.0), ("search", 0.0)):
        row = found["connection", place]
        assert row["slope"] == pytest.approx(planted, abs=2.0)
        assert row["slope_low"] <= row["slope"] <= row["slope_high"]


def test_spend_is_held_against_effect(found: Mapping[tuple[str, str], dict[str, Any]]) -> None:
    assert found["connection", "opening"]["spend_verdict"] == "over"
    assert found["connection", "note"]["spend_verdict"] == "under"
    assert found["connection", "opening"]["spend_share"] == pytest.approx(3000 / 6660)
    assert found["connection", "opening"]["spend"] == pytest.approx(18000.0)


def test_what_is_stated_has_its_interval_and_base(found: Mapping[tuple[str, str], dict[str, Any]]) -> None:
    row = found["value", "opening"]
    assert row["stated"] == pytest.approx(8 / 9, abs=0.03)
    assert row["stated_low"] < row["stated"] < row["stated_high"]
    assert row["stated_n"] == 250
    shares = [found["connection", place]["stated_share"] for place in PLACES]
    assert sum(shares) == pytest.approx(1.0)


def test_a_warm_person_is_not_taken_for_an_effect(found: Mapping[tuple[str, str], dict[str, Any]]) -> None:
    # warmth colours every rating, and the warm are closer to begin with: opening and search still have no part
    for place in ("opening", "search", "advert"):
        assert found["connection", place]["derived_high"] < 0.1


def test_too_few_customers_get_no_figure(duckdb_engine: DuckDBEngine) -> None:
    rows = judged(duckdb_engine, shop(90))
    assert {row["derived"] for row in rows.values()} == {None}
    assert all(row["reason"] for row in rows.values())
    assert {row["class"] for row in rows.values()} == {None}
    assert len(rows) == 4 * len(PLACES)  # every touchpoint has a line that says so


def test_nothing_is_made_of_noise(duckdb_engine: DuckDBEngine) -> None:
    given = shop(600, seed=2)
    rng = np.random.default_rng(5)
    shuffled = given["touchpoint_visit"].column("customer_id").to_numpy(zero_copy_only=False)[rng.permutation(
        given["touchpoint_visit"].num_rows)]  # fmt: skip
    at = given["touchpoint_visit"].schema.get_field_index("customer_id")
    visits = given["touchpoint_visit"].set_column(at, "customer_id", pa.array(shuffled))
    ids = dict(zip(visits.column("interaction_id").to_pylist(), shuffled.tolist(), strict=True))
    contacts = [
        {**row, "customer_id": ids.get(row["interaction_id"], row["customer_id"])}
        for row in given["interaction"].to_pylist()
    ]
    rows = judged(duckdb_engine, {**given, "touchpoint_visit": visits, "interaction": shaped("interaction", contacts)})
    assert [row for row in rows.values() if row["class"] in ("hidden_driver", "says_and_feels")] == []


def test_who_objects_is_not_looked_at(duckdb_engine: DuckDBEngine) -> None:
    some, all_ = judged(duckdb_engine, shop(700, objecting=300)), None
    all_ = judged(duckdb_engine, shop(700))
    assert all_["value", "parcel"]["n"] - some["value", "parcel"]["n"] > 200
    assert some["value", "parcel"]["stated_n"] < all_["value", "parcel"]["stated_n"]


def test_units_of_money_and_order_of_rows_change_no_share(duckdb_engine: DuckDBEngine) -> None:
    given = shop(700, seed=3)
    plain = judged(duckdb_engine, given)
    at = given["purchase"].schema.get_field_index("revenue")
    cents = given["purchase"].set_column(at, "revenue", pa.compute.multiply(given["purchase"].column("revenue"), 100.0))
    turned = {name: rows.take(pa.array(np.arange(rows.num_rows)[::-1])) for name, rows in given.items()}
    other = judged(duckdb_engine, {**turned, "purchase": cents})
    for key, row in plain.items():
        if row["derived"] is not None:
            assert other[key]["derived"] == pytest.approx(row["derived"], abs=1e-6)
    assert other["value", "note"]["reward"] == pytest.approx(100 * plain["value", "note"]["reward"], rel=1e-6)


def test_both_engines_agree(on_both: OnBoth) -> None:
    made = on_both(ANALYSIS, Context(AS_OF, SETTINGS), shop(300), relative=1e-6)
    assert made["driver"].num_rows == 4 * len(PLACES)


def place(**changed: Any) -> Place:
    usual = {
        "stated": 0.8, "stated_low": 0.75, "stated_high": 0.85, "stated_mean": 0.5, "stated_share": 0.15,
        "derived": 0.2, "derived_low": 0.12, "derived_high": 0.3, "fair": 0.1, "kind": "", "hurts": False,
        "spend_share": 0.2,
    }  # fmt: skip
    return Place(**{**usual, **changed})


LOW = {"stated": 0.1, "stated_low": 0.05, "stated_high": 0.15, "stated_share": 0.02}


@pytest.mark.parametrize(
    ("changed", "name", "floor"),
    [
        ({}, "says_and_feels", "none"),
        (LOW, "hidden_driver", "none"),
        ({"derived": 0.01, "derived_low": 0.0, "derived_high": 0.05}, "overrated", "stated"),
        ({"derived": 0.01, "derived_low": 0.0, "derived_high": 0.05, "hurts": True}, None, "stated"),
        ({"derived": 0.01, "derived_low": 0.0, "derived_high": 0.05, "kind": "must_have"}, "hygiene", "shown"),
        ({**LOW, "derived": 0.01, "derived_low": 0.0, "derived_high": 0.05}, "minor", "none"),
        ({**LOW, "derived": 0.01, "derived_low": 0.0, "derived_high": 0.12}, None, "none"),  # straddles the fair share
        ({**LOW, "derived": 0.06, "derived_low": 0.03, "derived_high": 0.09}, "hidden_driver", "none"),
        ({**LOW, "derived": 0.06, "derived_low": 0.01, "derived_high": 0.12}, None, "none"),  # straddles what is stated
        ({"derived": 0.12, "derived_low": 0.04}, None, "stated"),
        ({"stated_low": 0.45}, None, "none"),  # stated straddles its mean
        ({"stated": None, "stated_low": None, "stated_high": None, "stated_share": None}, None, "none"),
        ({"derived": None, "derived_low": None, "derived_high": None}, None, "stated"),
        ({"kind": "must_have"}, "says_and_feels", "shown"),
    ],
)
def test_classes_and_floors(changed: dict[str, Any], name: str | None, floor: str) -> None:
    assert class_of(place(**changed)) == name
    assert floor_of(place(**changed), name) == floor


@pytest.mark.parametrize(("spend", "said"), [(0.05, "under"), (0.2, "in_line"), (0.4, "over"), (None, None)])
def test_spend_against_the_interval(spend: float | None, said: str | None) -> None:
    assert spend_verdict(place(spend_share=spend)) == said


def test_an_empty_company_and_one_without_spend_or_questions(duckdb_engine: DuckDBEngine) -> None:
    assert judged(duckdb_engine, {name: shaped(name, []) for name in ANALYSIS.reads}) == {}
    given = shop(500, seed=4)
    rows = judged(
        duckdb_engine, {**given, "spend": shaped("spend", []), "survey_response": shaped("survey_response", [])}
    )
    assert rows["connection", "note"]["derived"] > 0.3  # importance is derived without a question
    assert {(row["stated"], row["stated_share"], row["class"], row["spend_verdict"]) for row in rows.values()} == {
        (None, None, None, None)
    }
    assert {row["floor"] for row in rows.values()} <= {"none", "shown"}
