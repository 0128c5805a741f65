"""The scorecard by hand: who could have, and who did."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from tests.engines.compare import run_on

from heartline.analysis.base import Context
from heartline.analysis.scorecard import ANALYSIS
from heartline.analysis.scorecard_fit import chosen
from heartline.analysis.scorecard_items import items
from heartline.errors import AnalysisError, SettingsError
from heartline.settings import check_text
from heartline.stats.intervals import wilson_interval
from heartline.tables import TABLES
from heartline.tables.growth import MEASURES

AS_OF = datetime(2026, 7, 1)
NOW, BEFORE = datetime(2026, 5, 1), datetime(2026, 2, 1)
LONG_AGO = datetime(2024, 1, 1)


def order(customer: str, when: datetime, *products: str) -> dict[str, object]:
    told = json.dumps([{"sku": one} for one in products]) if products else None
    return {"purchase_id": f"{customer}{when}", "customer_id": customer, "occurred_at": when, "revenue": 10.0,
            "products": told}  # fmt: skip


def visit(customer: str, when: datetime, felt: float, surprise: float | None = None) -> dict[str, object]:
    return {"interaction_id": f"{customer}{when}", "customer_id": customer, "occurred_at": when, "channel": "web",
            "touchpoint": "chat", "felt_valence": felt, "felt_from": "rating", "surprise": surprise,
            "baseline_n": 0}  # fmt: skip


def said(customer: str, signals: str) -> dict[str, object]:
    return {"interaction_id": customer, "customer_id": customer, "occurred_at": NOW, "status": "scored",
            "signals": signals}  # fmt: skip


def card(engine, setting="", base=2, **given):
    tables = {name: pa.Table.from_pylist(rows, schema=TABLES[name].arrow_schema()) for name, rows in given.items()}
    settings = {"scorecard": setting or " ".join(MEASURES), "window_months": 3, "min_base": base}
    made, rans = run_on(engine, [ANALYSIS], Context(AS_OF, settings), tables)
    engine.forget(ANALYSIS.writes)
    return {(row["measure"], row["period_end"]): row for row in made["scorecard"].to_pylist()}, rans["scorecard"].notes


def counts(rows, measure, end=AS_OF):
    return rows[measure, end]["hits"], rows[measure, end]["n"]


def test_retention_and_repeat(duckdb_engine):
    orders = [order(one, BEFORE) for one in "abcd"] + [order(one, NOW) for one in "abe"]
    orders += [order("a", NOW + timedelta(days=9)), order("b", NOW + timedelta(hours=3))]
    rows, _ = card(duckdb_engine, purchase=orders)
    assert counts(rows, "retention") == (2, 4)
    assert counts(rows, "repeat") == (1, 3)  # b came twice on one day
    share, low, high = wilson_interval([2.0], [4.0])
    row = rows["retention", AS_OF]
    assert (row["value"], row["low"], row["high"]) == (share[0], low[0], high[0])


def test_related_is_what_the_year_before_did_not_have(duckdb_engine):
    orders = [order("opens", LONG_AGO, "x"), order("a", BEFORE, "x"), order("a", NOW, "x", "y"),
              order("b", BEFORE, "x"), order("b", NOW, "x"), order("c", LONG_AGO, "y"), order("c", BEFORE, "x"),
              order("c", NOW, "y"), order("new", NOW, "z"), order("untold", BEFORE),
              order("untold", NOW, "x")]  # fmt: skip
    rows, _ = card(duckdb_engine, purchase=orders)
    assert counts(rows, "related") == (2, 3)
    young, notes = card(duckdb_engine, purchase=[each for each in orders if each["occurred_at"] > LONG_AGO])
    assert not any(measure == "related" for measure, _ in young)
    assert "related" in notes[-1]


def test_referral_among_the_active_once_any_is_told(duckdb_engine):
    orders = [order(one, NOW) for one in "abc"] + [order("a", BEFORE)]
    told = [{"referrer_id": "a", "referred_id": one, "occurred_at": NOW} for one in "xy"]
    met = [{"interaction_id": "i", "customer_id": "d", "occurred_at": NOW, "channel": "web", "touchpoint": "chat"}]
    rows, _ = card(duckdb_engine, purchase=orders, referral=told, interaction=met)
    assert counts(rows, "referral") == (1, 4)
    assert ("referral", datetime(2026, 4, 1)) not in rows
    assert not any(measure == "referral" for measure, _ in card(duckdb_engine, purchase=orders)[0])


def test_recognition_and_respect_among_those_who_say_either(duckdb_engine):
    feelings = [said("a", "recognition ease"), said("b", "unrecognised"), said("c", "ease"), said("d", "recognition"),
                said("e", "recognition unrecognised"), said("f", "disrespect"), said("g", "respect")]  # fmt: skip
    rows, _ = card(duckdb_engine, feeling=feelings)
    assert counts(rows, "recognition") == (2, 4)
    assert counts(rows, "respect") == (1, 2)


def test_recovery_is_a_later_contact_as_good_as_usual(duckdb_engine):
    later = BEFORE + timedelta(days=3)
    rows, _ = card(duckdb_engine, touchpoint_visit=[
        visit("mended", BEFORE, -0.6), visit("mended", NOW, 0.1, 0.0),
        visit("silent", BEFORE, -0.6),
        visit("worse", BEFORE, -0.3), visit("worse", later, 0.1, -0.2),
        visit("again", BEFORE, 0.5), visit("again", later, -0.5), visit("again", NOW, -0.4, 0.2),
        visit("fine", BEFORE, -0.2), visit("late", NOW, -0.9),
    ])  # fmt: skip
    assert counts(rows, "recovery") == (2, 4)


def test_relation_counts_those_who_can_be_judged(duckdb_engine):
    bonds = [{"customer_id": str(n), "period_end": AS_OF, "pathway": "connected" if n < 3 else "satisfied",
              "thin": n > 7, "evidence_count": 1} for n in range(10)]  # fmt: skip
    assert counts(card(duckdb_engine, connection=bonds)[0], "relation") == (3, 8)


def test_too_few_say_nothing(duckdb_engine):
    orders = [order(one, BEFORE) for one in "abcd"] + [order("a", NOW)]
    row = card(duckdb_engine, base=5, purchase=orders)[0]["retention", AS_OF]
    assert (row["value"], row["verdict"], row["n"]) == (None, None, 4)


def test_a_target_is_reached_or_missed_only_beyond_doubt(duckdb_engine):
    orders = [order(f"c{n}", BEFORE) for n in range(100)] + [order(f"c{n}", NOW) for n in range(50)]
    for target, verdict in (("0.3", "reached"), ("0.52", "open"), ("0.8", "missed")):
        row = card(duckdb_engine, f"retention={target}", purchase=orders)[0]["retention", AS_OF]
        assert (row["target"], row["verdict"]) == (float(target), verdict)


def test_what_is_chosen_stands_in_its_order_and_nothing_else(duckdb_engine):
    orders = [order(one, when) for one in "abc" for when in (BEFORE, NOW)]
    rows, _ = card(duckdb_engine, "repeat retention=0.4", purchase=orders)
    assert {measure for measure, _ in rows} == {"repeat", "retention"}
    assert list(chosen("repeat retention=0.4")) == ["repeat", "retention"]
    with pytest.raises(AnalysisError, match="twice"):
        chosen("repeat repeat=0.1")
    with pytest.raises(SettingsError):
        check_text('scorecard = "revenge"', "heartline.toml")


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ('[{"sku": "b", "name": "Lamp"}, {"sku": "a"}]', "a b"), ('[{"Name": "Reading lamp"}]', "Reading_lamp"),
        ('["x", "y"]', "x y"), ('{"product_id": 7}', "7"), ('[{"quantity": 2}]', None), ("not json", None),
        ("[]", None), (None, None), ('[{"sku": ""}, {"sku": true}]', None), ("3", "3"),
    ],
)  # fmt: skip
def test_items_as_shops_write_them(told, read):
    batch = pa.RecordBatch.from_pydict({"products": pa.array([told], pa.string())})
    assert items(batch).to_pydict()["items"] == [read]
