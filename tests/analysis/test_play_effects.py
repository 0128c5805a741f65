"""Play effects by hand, on drawn cases with known truth, and rules that any cases must keep."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.engines.compare import OnBoth, run_on

from heartline.analysis import play_effects_facts
from heartline.analysis.base import Context
from heartline.analysis.play_effects import ANALYSIS
from heartline.engines.base import Engine
from heartline.engines.duckdb import DuckDBEngine
from heartline.tables import TABLES

AS_OF = datetime(2026, 6, 30)
OPENED = AS_OF - timedelta(days=120)
SETTINGS: dict[str, Any] = {"play_margin": 5.0, "min_base": 30}
Row = dict[str, Any]
Given = dict[str, list[Row]]


def arrow(name: str, rows: list[Row]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=TABLES[name].arrow_schema())


def case(customer: str, arm: str = "act", at: datetime = OPENED, **more: Any) -> Row:
    return {
        "case_id": f"case {customer} {at:%j%H} {more.get('play_id', 'mend')}", "customer_id": customer,
        "play_id": "mend", "arm": arm, "reasons": "why", "team": "care", "priority": 1, "status": "closed",
        "as_of": at, "opened_at": at, "opened_by": "play", "helped_by": "stays", "horizon_days": 90,
        "acted_at": at + timedelta(hours=5) if arm == "act" else None, **more,
    }  # fmt: skip


def visit(customer: str, days: float, **more: Any) -> Row:
    """A contact so many days after the opening."""
    return {
        "interaction_id": f"{customer} {days} {more.get('kind', '')}", "customer_id": customer,
        "occurred_at": OPENED + timedelta(days=days), "channel": "web", "touchpoint": "search", "direction": "inbound",
        **more,
    }  # fmt: skip


def felt(customer: str, days: float, valence: float | None) -> Row:
    return {
        "interaction_id": f"{customer} {days} ", "customer_id": customer, "occurred_at": OPENED + timedelta(days=days),
        "channel": "web", "touchpoint": "search", "felt_valence": valence, "felt_from": "rating",
    }  # fmt: skip


def run(
    engine: Engine, given: Given, as_of: datetime = AS_OF, **settings: Any
) -> tuple[dict[str, Row], dict[Any, Row]]:
    """Outcomes by case, effects by (play, outcome)."""
    tables = {name: arrow(name, rows) for name, rows in given.items()}
    made, _ = run_on(engine, [ANALYSIS], Context(as_of, SETTINGS | settings), tables)
    engine.forget(ANALYSIS.writes)
    cases = {row["case_id"]: row for row in made["case_outcome"].to_pylist()}
    return cases, {(row["play_id"], row["outcome"]): row for row in made["play_effect"].to_pylist()}


def one(engine: Engine, given: Given, as_of: datetime = AS_OF) -> Row:
    (found,) = run(engine, given, as_of)[0].values()
    return found


@pytest.mark.parametrize(
    ("days", "more", "stays"),
    [
        (60, {}, True), (30, {}, False), (95, {}, False), (44.9, {}, False), (45.1, {}, True),
        (60, {"direction": "outbound"}, False), (60, {"kind": "cancellation"}, False), (60, {"kind": "parcel"}, False),
        (60, {"kind": "care", "direction": "outbound"}, False),
    ],
)  # fmt: skip
def test_who_stays_shows_a_sign_of_life_in_the_second_half(
    duckdb_engine: DuckDBEngine, days: float, more: Row, stays: bool
) -> None:
    found = one(duckdb_engine, {"care_case": [case("ann")], "interaction": [visit("ann", days, **more)]})
    assert (found["complete"], found["stays"], found["helped"]) == (True, stays, stays)


def test_what_else_came_of_a_case(duckdb_engine: DuckDBEngine) -> None:
    day = timedelta(days=1)
    paid = {"purchase_id": "p", "customer_id": "ann", "revenue": 20.0, "currency": "EUR"}
    told = {"referrer_id": "ann", "referred_id": "bob", "converted": True}
    given: Given = {
        "care_case": [case("ann", helped_by="felt_better")],
        "interaction": [visit("ann", 10, kind="complaint"), visit("ann", 20), visit("ann", -5),
                        visit("ann", 1, kind="care", direction="outbound")],
        "purchase": [{**paid, "occurred_at": OPENED + 50 * day}],
        "referral": [{**told, "occurred_at": OPENED - 1 * day}],
        "touchpoint_visit": [felt("ann", -5, -0.5), felt("ann", 20, 0.1), felt("ann", 10, None), felt("ann", -95, 1.0),
                             {**felt("ann", 1, 0.9), "interaction_id": "ann 1 care"}],
    }  # fmt: skip
    found = one(duckdb_engine, given)
    assert [found[name] for name in ("stays", "buys", "refers", "no_complaint")] == [True, True, False, False]
    assert (found["felt_before"], found["felt_after"]) == (-0.5, 0.1), (
        "neither the deed itself nor what lies long before"
    )
    assert found["felt_change"] == pytest.approx(0.6)
    assert (found["felt_better"], found["helped"], found["acted"]) == (True, True, True)


def test_before_the_horizon_is_over_nothing_is_told(duckdb_engine: DuckDBEngine) -> None:
    given: Given = {
        "care_case": [case("ann")], "interaction": [visit("ann", 60)],
        "touchpoint_visit": [felt("ann", -5, 0.2), felt("ann", 5, 0.4)],
    }  # fmt: skip
    found = one(duckdb_engine, given, OPENED + timedelta(days=89.9))
    assert found["complete"] is False
    told = {name: value for name, value in found.items() if value is not None}
    assert set(told) == {"case_id", "customer_id", "play_id", "arm", "acted", "began_at", "ends_at", "complete"}
    assert run(duckdb_engine, given, OPENED - timedelta(hours=1))[0] == {}, "a case is not known before it is opened"
    assert not one(duckdb_engine, given, OPENED + timedelta(hours=1))["acted"], "nor that somebody acted"


def test_who_acts_after_the_horizon_did_not_act_on_it(duckdb_engine: DuckDBEngine) -> None:
    late = case("a", acted_at=OPENED + timedelta(days=1 + case("a")["horizon_days"]))
    assert one(duckdb_engine, {"care_case": [late], "interaction": [], "touchpoint_visit": []})["acted"] is False
    assert one(duckdb_engine, {"care_case": [case("a")], "interaction": [], "touchpoint_visit": []})["acted"] is True


def test_who_objects_is_not_judged_and_who_refuses_is_not_read(duckdb_engine: DuckDBEngine) -> None:
    given: Given = {
        "care_case": [case("ann"), case("bob")],
        "customer": [
            {"customer_id": "ann", "objections": "profiling"},
            {"customer_id": "bob", "consent_emotion": False},
        ],
        "touchpoint_visit": [felt(who, days, 0.3) for who in ("ann", "bob") for days in (-5, 5)],
    }
    cases, _ = run(duckdb_engine, given)
    (found,) = cases.values()
    assert (found["customer_id"], found["felt_before"], found["felt_change"]) == ("bob", None, None)
    assert found["no_complaint"] is True


def many(
    seed: int = 1, n: int = 400, effect: float = 0.25, hold_out: float = 0.3, play: str = "mend", prefix: str = "c"
) -> Given:
    """Cases on random days; whoever was acted for stays more often, by so much."""
    rng = np.random.default_rng(seed)
    given: Given = {name: [] for name in ("care_case", "interaction", "touchpoint_visit", "loyalty")}
    for number in range(n):
        who, arm = f"{prefix}{number:04d}", "hold_out" if rng.random() < hold_out else "act"
        at = OPENED + timedelta(days=float(rng.integers(0, 25)))
        risk = float(rng.uniform(0.1, 0.6))
        given["care_case"].append(case(who, arm, at, play_id=play))
        start = (at - OPENED).days
        given["interaction"].append(visit(who, start - float(rng.integers(1, 60))))
        if rng.random() < 1 - risk + (effect if arm == "act" else 0):
            given["interaction"].append(visit(who, start + 60, kind="visit"))
        given["loyalty"].append({"customer_id": who, "period_end": OPENED - timedelta(days=3), "segment": "content",
                                 "p_leaving": risk})  # fmt: skip
    return given


def together(*given: Given) -> Given:
    names = {name for part in given for name in part}
    return {name: [row for part in given for row in part.get(name, [])] for name in names}


def test_a_play_that_helps_one_that_harms_and_one_that_does_nothing(duckdb_engine: DuckDBEngine) -> None:
    given = together(
        many(1), many(2, effect=-0.3, play="nag", prefix="n"), many(3, 2400, 0.0, 0.5, play="spam", prefix="s"),
        many(4, 20, play="rare", prefix="r"),
    )  # fmt: skip
    _, effects = run(duckdb_engine, given)
    verdicts = {play: effects[play, "stays"]["verdict"] for play in ("mend", "nag", "spam", "rare")}
    assert verdicts == {"mend": "helps", "nag": "harms", "spam": "useless", "rare": "not_enough_evidence"}
    mend = effects["mend", "stays"]
    assert (mend["method"], mend["proof"], mend["adjusted"]) == ("hold_out", True, True)
    assert mend["low"] < 0.25 < mend["high"]
    assert mend["acted"] + mend["others"] >= 380
    assert (effects["rare", "stays"]["effect"], effects["mend", "felt_better"]["effect"]) == (None, None)
    assert "needed" in effects["rare", "stays"]["reason"]
    assert not effects["mend", "buys"]["proof"]


def test_other_names_for_the_arms_flip_the_sign(duckdb_engine: DuckDBEngine) -> None:
    given = many(5)
    other = {"act": "hold_out", "hold_out": "act"}
    flipped = given | {"care_case": [{**row, "arm": other[row["arm"]]} for row in given["care_case"]]}
    one, two = (run(duckdb_engine, each)[1]["mend", "stays"] for each in (given, flipped))
    # held-out cases also say from when to when cases count
    assert two["effect"] == pytest.approx(-one["effect"], abs=0.02)
    assert (two["rate_acted"], two["rate_others"]) == (
        pytest.approx(one["rate_others"], abs=0.02), pytest.approx(one["rate_acted"], abs=0.02)
    )  # fmt: skip


def test_cases_of_other_plays_and_second_cases_change_nothing(duckdb_engine: DuckDBEngine) -> None:
    given = many(6)
    alone = run(duckdb_engine, given)[1]["mend", "stays"]
    again = [
        {**row, "case_id": row["case_id"] + " again", "opened_at": row["opened_at"] + timedelta(days=2)}
        for row in given["care_case"]
    ]
    more = together(given, many(7, 100, play="other", prefix="o"), {"care_case": again})
    assert run(duckdb_engine, more)[1]["mend", "stays"] == alone


def matched(seed: int = 8, n: int = 300) -> Given:
    """Nobody held out: those with a case are at risk more often, which is why they leave more often."""
    rng = np.random.default_rng(seed)
    given = many(seed, 0)
    for number in range(4 * n):
        who, risky = f"c{number:04d}", rng.random() < 0.5
        if rng.random() < (0.5 if risky else 0.1):
            given["care_case"].append(case(who, "act", OPENED + timedelta(hours=float(rng.integers(0, 48)))))
        given["interaction"].append(visit(who, -5))
        if rng.random() < (0.4 if risky else 0.9):
            given["interaction"].append(visit(who, 60, kind="visit"))
        given["loyalty"].append({"customer_id": who, "period_end": OPENED - timedelta(days=3), "p_leaving": 0.6 if risky
                                 else 0.1, "segment": "at_risk" if risky else "content"})  # fmt: skip
    return given


def test_without_a_hold_out_customers_alike_stand_in_and_no_word_says_effect(duckdb_engine: DuckDBEngine) -> None:
    _, effects = run(duckdb_engine, matched())
    found = effects["mend", "stays"]
    assert (found["method"], found["adjusted"]) == ("matched", False)
    assert found["verdict"] in ("alike", "not_enough_evidence")
    assert found["low"] < 0 < found["high"]
    assert abs(found["effect"]) < 0.06, "the plain difference is about -0.3"
    assert found["e_value"] >= 1
    assert run(duckdb_engine, matched(), as_of=OPENED + timedelta(days=30))[1]["mend", "stays"]["method"] == "none"


def test_a_customer_with_any_case_is_nobodys_match(duckdb_engine: DuckDBEngine) -> None:
    given = matched()
    before = run(duckdb_engine, given)[1]["mend", "stays"]["others"]
    with_case = {row["customer_id"] for row in given["care_case"]}
    free = sorted({row["customer_id"] for row in given["loyalty"]} - with_case)[:50]
    more = together(given, {"care_case": [case(who, play_id="other", horizon_days=365) for who in free]})
    assert run(duckdb_engine, more)[1]["mend", "stays"]["others"] == before - 50


def test_of_many_customers_alike_some_are_drawn(duckdb_engine: DuckDBEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run(duckdb_engine, matched())[1]["mend", "stays"]
    monkeypatch.setattr(play_effects_facts, "MOST_ALIKE", 400)
    some = run(duckdb_engine, matched())[1]["mend", "stays"]
    assert 300 < some["others"] < 500 < whole["others"]
    assert some["rate_others"] == pytest.approx(whole["rate_others"], abs=0.1)


def test_no_cases_no_rows(duckdb_engine: DuckDBEngine) -> None:
    assert run(duckdb_engine, {"interaction": [visit("ann", 1)]}) == ({}, {})


def test_same_on_both_engines(on_both: OnBoth) -> None:
    parts = together(many(9, 60, prefix="h"), matched(10, 60))
    given = {name: arrow(name, [{**row} for row in rows]) for name, rows in parts.items()}
    cases = given["care_case"].to_pylist()
    for row in cases[60:]:
        row["play_id"] = "alike"
    made = on_both(ANALYSIS, Context(AS_OF, SETTINGS), given | {"care_case": arrow("care_case", cases)})
    assert {row["method"] for row in made["play_effect"].to_pylist()} >= {"hold_out", "matched"}
