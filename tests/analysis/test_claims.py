"""Claims: the verdict's rule, figures read from other tables, and the ones counted here, from plain rows."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from tests.engines.compare import run_on

from heartline.analysis import claims
from heartline.analysis.base import Context
from heartline.analysis.claims_fit import Own, verdict
from heartline.analysis.claims_list import CLAIMS
from heartline.engines.duckdb import DuckDBEngine
from heartline.settings import load_settings
from heartline.tables import TABLES
from heartline.tables.claims import VERDICTS

AS_OF = datetime(2026, 6, 30)
Rows = dict[str, list[dict[str, Any]]]


def run(rows: Rows, **settings: Any) -> dict[str, dict[str, Any]]:
    given = {name: pa.Table.from_pylist(those, schema=TABLES[name].arrow_schema()) for name, those in rows.items()}
    engine = DuckDBEngine(memory_limit_gb=2, threads=2)
    context = Context(AS_OF, {**load_settings(None, {}).values, **settings})
    made, _ = run_on(engine, [claims.ANALYSIS], context, given)
    engine.close()
    return {row["claim"]: row for row in made["claim"].to_pylist()}


def worth(low: float, ratio: float, high: float, **more: Any) -> dict[str, Any]:
    return {"measure": "value", "comparison": "own_rating", "kind": "adjusted", "ratio": ratio, "ratio_low": low,
            "ratio_high": high, "n_connected": 100, "n_compared": 200, **more}  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "direction", "said"),
    [
        (2.1, 3.0, "above", "supported"), (1.2, 1.9, "above", "not_supported"),
        (1.5, 2.5, "above", "not_enough_evidence"),
        (2.1, 3.0, "below", "not_supported"), (1.2, 1.9, "below", "supported"),
        (2.0, 3.0, "above", "not_enough_evidence"),
    ],
)  # fmt: skip
def test_a_verdict_wants_the_whole_interval_on_one_side(low: float, high: float, direction: str, said: str) -> None:
    assert verdict(Own((low + high) / 2, low, high), 2.0, direction) == said
    assert verdict(Own(None, None, None), 2.0, direction) == "not_enough_evidence"


def test_without_evidence_every_claim_is_there_and_says_why() -> None:
    found = run({})
    assert set(found) == {claim.name for claim in CLAIMS}
    for row in found.values():
        assert row["verdict"] == "not_enough_evidence"
        assert row["estimate"] is None
        assert row["reason"]
        assert row["wording"]
        assert row["computed"]


def test_more_than_twice_follows_the_value_of_connection() -> None:
    for low, ratio, high, said in (
        (2.2, 2.6, 3.0, "supported"), (1.1, 1.4, 1.8, "not_supported"), (1.1, 1.9, 3.1, "not_enough_evidence"),
    ):  # fmt: skip
        row = run({"connection_value": [worth(low, ratio, high), worth(9, 9.5, 10, kind="raw")]})
        twice = row["more_than_twice"]
        assert (twice["estimate"], twice["low"], twice["high"], twice["n"]) == (ratio, low, high, 300)
        assert (twice["verdict"], twice["published"], twice["adjusted"]) == (said, 2.0, True)
        key = {"measure": "value", "comparison": "own_rating", "kind": "adjusted"}
        assert json.loads(twice["from_key"]) == key
        assert row["more_than_twice_as_it_looks"]["verdict"] == "supported"
        assert row["more_than_twice_as_it_looks"]["adjusted"] is False
        assert row["connected_visit_more"]["verdict"] == "not_enough_evidence"


def test_caring_less_about_price_is_a_smaller_discount() -> None:
    found = run({"connection_value": [worth(0.4, 0.5, 0.7, measure="discount_share")]})
    assert found["connected_mind_prices_less"]["verdict"] == "supported"


def leaving(cause: str, share: float, half: float) -> dict[str, Any]:
    return {"cause": cause, "share": share, "share_low": share - half, "share_high": share + half, "leavers": 400,
            "compared": 390, "met": share, "met_stayers": 0.0, "status": "estimated"}  # fmt: skip


def test_over_service_counts_what_nobody_knows_as_possible() -> None:
    mostly_unknown = [leaving("service", 0.10, 0.03), leaving("product", 0.05, 0.02), leaving("not_known", 0.8, 0.05)]
    found = run({"leaving_cause": mostly_unknown})
    assert found["six_in_ten_over_service"]["estimate"] == 0.10
    assert found["six_in_ten_over_service"]["verdict"] == "not_enough_evidence"
    assert "85%" in found["six_in_ten_over_service"]["reason"]
    share = found["service_more_than_product"]
    assert share["estimate"] == pytest.approx(2 / 3)
    assert share["low"] < 2 / 3 < share["high"]
    assert share["verdict"] == "not_enough_evidence"
    assert "either" in share["reason"]
    mostly_known = [leaving("service", 0.30, 0.03), leaving("product", 0.45, 0.02), leaving("not_known", 0.2, 0.05)]
    found = run({"leaving_cause": mostly_known})
    assert found["six_in_ten_over_service"]["verdict"] == "not_supported"  # at most 0.33 + 0.25
    assert found["service_more_than_product"]["verdict"] == "not_supported"


def test_most_unhappy_customers_do_not_complain() -> None:
    row = {"period_start": datetime(2026, 3, 30), "period_end": AS_OF, "cause": "all", "customers": 900, "told": 100,
           "silent": 300.0, "silent_low": 200.0, "silent_high": 400.0, "basis": "asked",
           "status": "estimated"}  # fmt: skip
    found = run({"iceberg": [row, {**row, "period_end": datetime(2026, 3, 30), "silent": 1.0}]})
    mine = found["unhappy_do_not_complain"]
    assert (mine["estimate"], mine["low"], mine["high"]) == (0.75, pytest.approx(2 / 3), 0.8)
    assert mine["verdict"] == "supported"
    assert json.loads(mine["from_key"])["period_end"] == AS_OF.isoformat()


def driver(touchpoint: str, stated: float | None, derived: float) -> dict[str, Any]:
    return {"outcome": "connection", "touchpoint": touchpoint, "stated": stated, "derived": derived,
            "derived_low": derived - 0.02, "derived_high": derived + 0.02, "n": 500}  # fmt: skip


def test_customers_cannot_tell_where_ranks_do_not_agree() -> None:
    places = ["thank_you_note", "account_opening", *(f"place{n}" for n in range(18))]
    against = [driver(name, 1 - at / 20, at / 200) for at, name in enumerate(reversed(places))]
    found = run({"driver": against})
    assert found["customers_cannot_tell"]["estimate"] == pytest.approx(-1)
    assert found["customers_cannot_tell"]["verdict"] == "supported"
    agree = [driver(name, at / 20, at / 200) for at, name in enumerate(reversed(places))]
    assert run({"driver": agree})["customers_cannot_tell"]["verdict"] == "not_supported"
    few = run({"driver": agree[:5]})["customers_cannot_tell"]
    assert few["estimate"] is None
    assert "5 points" in few["reason"]


def test_a_thank_you_note_against_opening_an_account() -> None:
    visits = [
        {"interaction_id": f"{place}{n}", "customer_id": f"c{n}", "occurred_at": datetime(2026, 5, 1), "channel": "web",
         "touchpoint": place, "felt_valence": felt + 0.1 * (n % 3 - 1), "felt_from": "rating"}
        for place, felt in (("thank_you_note", 0.5), ("account_opening", 0.1), ("delivery", 0.9)) for n in range(60)
    ]  # fmt: skip
    found = run({"touchpoint_visit": visits})["thanks_beat_opening_an_account"]
    assert found["estimate"] == pytest.approx(0.4)
    assert found["low"] < 0.4 < found["high"] < 0.45
    assert (found["verdict"], found["n"], found["unit"]) == ("supported", 120, "valence")
    guessed = [{**row, "felt_from": "behaviour"} for row in visits]
    assert run({"touchpoint_visit": guessed})["thanks_beat_opening_an_account"]["estimate"] is None


def spoke(number: int, days_ago: float, signals: str, back_after: float | None) -> Rows:
    who, when = f"c{number:04d}", AS_OF - timedelta(days=days_ago)
    text = {"interaction_id": f"t{number}", "customer_id": who, "occurred_at": when, "signals": signals,
            "status": "scored", "valence": -0.5, "model_version": "test"}  # fmt: skip
    rows: Rows = {"feeling": [text], "interaction": []}
    if back_after is not None:
        rows["interaction"] = [
            {"interaction_id": f"i{number}", "customer_id": who, "occurred_at": when + timedelta(days=back_after),
             "channel": "web", "touchpoint": "shop", "kind": "visit"}
        ]  # fmt: skip
    return rows


def test_who_was_not_respected_is_followed_until_now() -> None:
    people = [
        *(spoke(n, 300, "disrespect effort", None) for n in range(30)),  # stayed away
        *(spoke(n, 300, "disrespect", 60) for n in range(30, 90)),  # came back
        *(spoke(n, 300, "disrespect", 5) for n in range(90, 100)),  # the same matter still: stayed away
        *(spoke(n, 100, "disrespect", None) for n in range(100, 140)),  # too recent to tell
        *(spoke(n, 300, "", None) for n in range(140, 160)),
        *(spoke(n, 300, "", 60) for n in range(160, 340)),
    ]
    rows: Rows = {name: [row for one in people for row in one[name]] for name in ("feeling", "interaction")}
    found = run(rows)
    never = found["disrespected_never_return"]
    assert (never["estimate"], never["n"], never["verdict"]) == (pytest.approx(0.4), 100, "not_supported")
    more = found["disrespected_stay_away_more"]
    assert more["estimate"] == pytest.approx(4.0)
    assert more["verdict"] == "supported"
    # who was treated badly once and praised later belongs to the first
    praised = {
        **rows["feeling"][0],
        "interaction_id": "later",
        "occurred_at": AS_OF - timedelta(days=200),
        "signals": "",
    }
    assert run({**rows, "feeling": [*rows["feeling"], praised]})["disrespected_never_return"]["n"] == 100
    objects = {"customer_id": "c0000", "objections": "profiling"}
    assert run({**rows, "customer": [objects]})["disrespected_never_return"]["n"] == 99
    # nobody's data, nobody's share
    assert run(rows, min_base=200)["disrespected_never_return"]["estimate"] is None


def test_satisfaction_and_carts_are_read_from_their_tables() -> None:
    bonds = [{"customer_id": f"c{n}", "period_end": AS_OF, "satisfaction": 80.0 if n < 80 else 40.0, "thin": True}
             for n in range(100)]  # fmt: skip
    step = {"funnel": "order", "step": "checkout", "cause": "any", "status": "open", "position": 2, "reached": 1000,
            "dropped": 200, "drop_rate": 0.2, "drop_low": 0.18, "drop_high": 0.22}  # fmt: skip
    found = run(
        {"connection": bonds, "drop_off": [step, {**step, "step": "delivery", "dropped": 900, "drop_rate": 0.9}]}
    )
    assert found["satisfaction_is_high_already"]["estimate"] == 0.8
    assert found["satisfaction_is_high_already"]["verdict"] == "supported"
    assert found["carts_are_abandoned"]["estimate"] == 0.2
    assert found["carts_are_abandoned"]["verdict"] == "not_supported"
    assert {row["verdict"] for row in found.values()} <= set(VERDICTS)
