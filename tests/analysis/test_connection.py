"""Connection: cases worked out by hand, and what must not change it."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from heartline.analysis.base import Context
from heartline.analysis.connection import ANALYSIS
from heartline.engines.duckdb import DuckDBEngine
from heartline.runner import register_facts, run_analysis
from heartline.stats.bond import Anchor, Bond, Indicator, fit_indicator, fit_scale, noise_by_weight, posterior
from heartline.tables import EMOTIONS, SIGNALS, TABLES

AS_OF = datetime(2026, 6, 30)
HALF = 180.0


def rows(name: str, given: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(given, schema=TABLES[name].arrow_schema())


def answer(
    number: int, customer: str, value: float, days: float, construct: str = "attachment", question: str | None = None,
    low: float = 1, high: float = 7,
) -> dict[str, object]:  # fmt: skip
    return {
        "response_id": f"r{number:05d}", "customer_id": customer, "answered_at": AS_OF - timedelta(days=days),
        "construct": construct, "value": value, "scale_min": low, "scale_max": high, "question": question,
    }  # fmt: skip


def event(number: int, customer: str, days: float, kind: str = "visit", **more: object) -> dict[str, object]:
    return {
        "interaction_id": f"i{number:05d}", "customer_id": customer, "occurred_at": AS_OF - timedelta(days=days),
        "channel": "web", "touchpoint": "checkout", "kind": kind, **more,
    }  # fmt: skip


def feeling(number: int, customer: str, days: float, **probabilities: float) -> dict[str, object]:
    every = {f"p_{name}": 0.02 for name in EMOTIONS} | {f"p_signal_{name}": 0.02 for name in SIGNALS}
    return {
        "interaction_id": f"i{number:05d}", "customer_id": customer, "occurred_at": AS_OF - timedelta(days=days),
        "valence": 0.3, "arousal": 0.3, "intensity": 0.3, "emotions": "", "signals": "", "about": "brand",
        "status": "scored", "model_version": "test", **every, **probabilities,
    }  # fmt: skip


def company(seed: int = 1, customers: int = 240) -> dict[str, list[dict[str, object]]]:
    """Customers with a bond, who answer, open, write and praise the more the higher it is."""
    rng = np.random.default_rng(seed)
    given: dict[str, list[dict[str, object]]] = {name: [] for name in ANALYSIS.reads}
    number = 0
    for at in range(customers):
        name = f"c{at:04d}"
        bond = float(np.clip(50 + 18 * rng.standard_normal(), 2, 98))
        given["customer"].append({"customer_id": name, "first_seen_at": AS_OF - timedelta(days=600)})
        for _ in range(int(rng.integers(0, 3))):
            days = float(rng.uniform(1, 300))
            for _ in range(4):
                number += 1
                given["survey_response"].append(answer(number, name, 1 + rng.binomial(6, bond / 100), days))
        for kind, rate in (("open", 6.0), ("suggestion", 1.0), ("visit", 8.0)):
            for _ in range(rng.poisson(rate * np.exp((bond - 50) / 40))):
                number += 1
                days = float(rng.uniform(0, 500))
                given["interaction"].append(event(number, name, days, kind))
                if kind == "suggestion":
                    love = float(np.clip(bond / 100 + 0.2 * rng.standard_normal(), 0.02, 0.98))
                    given["feeling"].append(feeling(number, name, days, p_signal_attachment=love))
    return given


def run(given: dict[str, list[dict[str, object]]], as_of: datetime = AS_OF, periods: int = 3, half: float = HALF):
    engine = DuckDBEngine(threads=1)
    for name in ANALYSIS.reads:
        engine.register_arrow(name, rows(name, given.get(name, [])))
    ran = run_analysis(engine, ANALYSIS, Context(as_of, {"periods": periods, "evidence_half_life_days": half}))
    made = {
        (row["customer_id"], row["period_end"]): row for row in engine.fetch("select * from connection").to_pylist()
    }
    engine.close()
    return made, ran


def test_posterior_is_the_precision_weighted_mean():
    model = Bond(50.0, 10.0, 0.0, 0.0, 1.0, True, {"words": Indicator(0.0, 0.01, 0.0, 0.04, 0.5, 200, True)})
    # prior precision 0.01 at 50; answers 0.03 at 70; words of weight 2: 0.01² / (0.04 / 2) = 0.005 at 0.9 / 0.01 = 90
    mean, sd = posterior(model, np.array([0.03]), np.array([2.1]), {"words": (np.array([0.9]), np.array([2.0]))})
    assert mean[0] == pytest.approx((0.01 * 50 + 0.03 * 70 + 0.005 * 90) / 0.045)
    assert sd[0] == pytest.approx(0.045**-0.5)


def test_scale_finds_planted_spreads_of_people_occasions_and_items():
    rng = np.random.default_rng(5)
    people, occasions, items = 4000, 3, 4
    bond = 55 + 15 * rng.standard_normal(people)
    day = bond[:, None] + 6 * rng.standard_normal((people, occasions))
    item = day[:, :, None] + 12 * rng.standard_normal((people, occasions, items))
    mean = item.mean(axis=2)
    full = np.full(people, float(occasions))
    found = fit_scale(
        Anchor(
            full, mean.sum(axis=1), (mean**2).sum(axis=1), full * items,
            ((item - mean[:, :, None]) ** 2).sum(axis=(1, 2)), full / items,
        )
    )  # fmt: skip
    assert found is not None
    centre, lasting, sd, occasion, one_item = found
    assert centre == pytest.approx(55, abs=1)
    assert lasting == pytest.approx(15, rel=0.05)
    assert occasion == pytest.approx(36, rel=0.15)
    assert one_item == pytest.approx(144, rel=0.05)
    assert sd == pytest.approx((15**2 + 36) ** 0.5, rel=0.05)


def test_slope_is_not_thinned_by_the_noise_of_answers():
    rng = np.random.default_rng(6)
    bond = 50 + 16 * rng.standard_normal(6000)
    answers = bond + 14 * rng.standard_normal(6000)
    weight = rng.uniform(0.5, 4, 6000)
    value = 0.02 * bond + 0.1 * rng.standard_normal(6000) + 0.3 * rng.standard_normal(6000) / np.sqrt(weight)
    found = fit_indicator(value, weight, answers, 50.0, 16.0, usual=0.4)
    assert found is not None
    assert found.slope == pytest.approx(0.02, rel=0.08)
    assert found.noise == pytest.approx(0.09, rel=0.25)


def test_noise_falls_with_weight_and_never_below_zero():
    weight = np.repeat([1.0, 2.0, 4.0], 100)
    own, noise = noise_by_weight(0.5 + 2.0 / weight, weight)
    assert (own, noise) == pytest.approx((0.5, 2.0), rel=1e-6)
    own, noise = noise_by_weight(weight, weight)
    assert noise == 0.0


def test_satisfaction_is_faded_and_pulled_to_the_mean_by_hand():
    given = {
        "survey_response": [
            answer(1, "ann", 5, HALF, "csat", low=1, high=5),
            answer(2, "ann", 1, 0.001, "csat", low=1, high=5),
            answer(3, "bob", 10, 0.001, "nps", low=0, high=10),
            answer(4, "eve", 7, 0.001, "ces", "How much effort did it take?"),
            answer(5, "kim", 7, 0.001, "ces", "It was easy to get help"),
            answer(6, "kim", 9, 0.001, "ces", "out of its scale"),
        ]
    }
    made, ran = run(given, periods=1)
    prior = ran.values["satisfaction"]
    kappa = prior["within"] / prior["between"]
    want = (0.5 * 100 + 1.0 * 0 + kappa * prior["mean"]) / (1.5 + kappa)
    assert made["ann", AS_OF]["satisfaction"] == pytest.approx(want, rel=1e-4)
    assert made["ann", AS_OF]["satisfaction_n"] == 2
    assert made["bob", AS_OF]["satisfaction"] > prior["mean"]
    assert made["eve", AS_OF]["satisfaction"] < made["kim", AS_OF]["satisfaction"]
    assert made["kim", AS_OF]["satisfaction_n"] == 1


def test_no_evidence_at_all_is_null_and_never_a_number():
    made, ran = run({"customer": [{"customer_id": "ann"}]}, periods=1)
    row = made["ann", AS_OF]
    assert row["connection"] is None
    assert row["connection_low"] is None
    assert row["satisfaction"] is None
    assert row["self_relevance"] is None
    assert row["pathway"] is None
    assert row["evidence_count"] == 0
    assert any("relative" in note for note in ran.notes)


def test_intervals_are_clipped_and_ordered_and_thin_evidence_gets_no_stage():
    made, ran = run(company())
    assert ran.values["anchored"] is True
    for row in made.values():
        assert 0 <= row["connection_low"] <= row["connection"] <= row["connection_high"] <= 100
        assert row["evidence_count"] == row["words_n"] + row["survey_n"] + row["behaviour_n"]
        assert row["pathway"] is None or not row["thin"]
    low = [row for row in made.values() if not row["thin"] and row["connection"] < 55]
    assert any(row["satisfaction"] is None for row in low)
    for row in low:  # unconnected and satisfied differ by a satisfaction: without one nobody can tell
        assert (row["pathway"] is None) == (row["satisfaction"] is None)


def test_facts_after_the_moment_change_nothing(tmp_path):
    import pyarrow.parquet as pq

    given, later = company(), company(2)
    seen, _ = run(given)
    late = {name: [*rows_] for name, rows_ in given.items()}
    for name in ("survey_response", "interaction"):
        when = "answered_at" if name == "survey_response" else "occurred_at"
        key = "response_id" if name == "survey_response" else "interaction_id"
        late[name] += [{**row, when: AS_OF + timedelta(days=1), key: "x" + str(row[key])} for row in later[name]]
    for name in ANALYSIS.reads:
        pq.write_table(rows(name, late[name]), tmp_path / f"{name}.parquet")
    engine = DuckDBEngine(threads=1)
    register_facts(engine, lambda name: [p for p in [tmp_path / f"{name}.parquet"] if p.exists()], AS_OF)
    for name in ("feeling", "touchpoint_visit"):
        engine.register_arrow(name, rows(name, given[name]))
    run_analysis(engine, ANALYSIS, Context(AS_OF, {"periods": 3, "evidence_half_life_days": HALF}))
    again = engine.fetch("select * from connection").to_pylist()
    engine.close()
    assert len(again) == len(seen)
    for row in again:
        assert row["connection"] == pytest.approx(seen[row["customer_id"], row["period_end"]]["connection"], abs=1e-9)


def test_order_of_rows_and_money_change_nothing():
    given = company()
    first, _ = run(given)
    rng = np.random.default_rng(0)
    shuffled = {name: [listed[i] for i in rng.permutation(len(listed))] for name, listed in given.items()}
    second, _ = run(shuffled)
    for key, row in first.items():
        assert row["connection"] == pytest.approx(second[key]["connection"], abs=1e-7)
    assert not {"purchase", "customer_value"} & set(ANALYSIS.reads)


def test_old_evidence_counts_half_after_a_half_life_and_more_evidence_narrows():
    given = company()
    given["customer"] += [{"customer_id": name} for name in ("once", "old", "often")]
    for number, (name, days) in enumerate([("once", 0.01), ("old", HALF), ("often", 0.01), ("often", 1.01)]):
        given["survey_response"] += [answer(90_000 + 10 * number + k, name, 7, days) for k in range(4)]
    made, ran = run(given, periods=1)
    values = ran.values
    noise = values["occasion"] + values["item"] / 4
    width = {
        name: made[name, AS_OF]["connection_high"] - made[name, AS_OF]["connection_low"] for name in ("once", "old")
    }
    assert width["once"] < width["old"]
    assert made["often", AS_OF]["connection_low"] > made["once", AS_OF]["connection_low"]
    # nothing else is known of them: the posterior of one answer of 100 by hand, without acts in the time since
    held = 1 / values["sd"] ** 2
    for name, weight in (("once", 1.0), ("old", 0.5)):
        bare = (held * values["mean"] + weight / noise * 100) / (held + weight / noise)
        assert made[name, AS_OF]["connection"] <= bare + 0.5


def test_words_of_people_who_said_no_are_not_read():
    given = company()
    yes, _ = run(given)
    who = next(row["customer_id"] for row in given["feeling"])
    for row in given["customer"]:
        if row["customer_id"] == who:
            row["consent_emotion"] = False
    no, _ = run(given)
    assert yes[who, AS_OF]["words_n"] > 0
    assert no[who, AS_OF]["words_n"] == 0


def test_both_engines_answer_alike(on_both):
    given = company(customers=150)
    context = Context(AS_OF, {"periods": 2, "evidence_half_life_days": HALF})
    on_both(ANALYSIS, context, {name: rows(name, listed) for name, listed in given.items()}, relative=1e-6)
