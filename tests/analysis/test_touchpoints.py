"""How visits felt: tiny cases by hand, planted truth found again, and rules that any input must keep."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from heartline.analysis.base import Context
from heartline.analysis.behaviour_model import LEAST_GAIN, MOST_SHIFT, Level, level_of
from heartline.analysis.touchpoints import ANALYSIS
from heartline.engines.duckdb import DuckDBEngine
from heartline.runner import as_of_condition, forget, run_analysis
from heartline.tables import TABLES

START = datetime(2026, 1, 5, 9)
AS_OF = datetime(2026, 6, 30)


def arrow(name: str, rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=TABLES[name].arrow_schema())


def visit(number: int, customer: str = "ann", hours: float = 0, **more: object) -> dict[str, object]:
    return {
        "interaction_id": f"i{number:06d}", "customer_id": customer, "occurred_at": START + timedelta(hours=hours),
        "channel": "web", "touchpoint": "checkout", **more,
    }  # fmt: skip


def rating(value: float, worst: float = 1, best: float = 5) -> dict[str, object]:
    return {"rating": value, "rating_min": worst, "rating_max": best}


def felt(number: int, valence: float | None, status: str = "scored", customer: str = "ann") -> dict[str, object]:
    return {
        "interaction_id": f"i{number:06d}", "customer_id": customer, "occurred_at": START, "valence": valence,
        "status": status, "model_version": "test",
    }  # fmt: skip


def run(engine, visits, feelings=(), min_base=30, people=()):
    """(visits by id, rows of touchpoint_period, what ran)."""
    engine.register_arrow("customer", arrow("customer", list(people)))
    engine.register_arrow("interaction", visits if isinstance(visits, pa.Table) else arrow("interaction", visits))
    engine.register_arrow("feeling", feelings if isinstance(feelings, pa.Table) else arrow("feeling", list(feelings)))
    ran = run_analysis(engine, ANALYSIS, Context(AS_OF, {"min_base": min_base}))
    made = {row["interaction_id"]: row for row in engine.fetch("select * from touchpoint_visit").to_pylist()}
    periods = engine.fetch("select * from touchpoint_period").to_pylist()
    forget(engine, ran)
    return made, periods, ran


def test_words_come_before_ratings_and_unknown_is_null_never_zero(duckdb_engine):
    visits = [
        visit(1, hours=0, **rating(5)),
        visit(2, hours=1, **rating(9, 0, 10)),
        visit(3, hours=2, **rating(3)),
        visit(4, hours=3),
        visit(5, hours=4, **rating(5)),
        visit(6, hours=5, **rating(5)),
        visit(7, hours=6, **rating(5, 5, 1)),  # a scale upside down is no scale
        visit(8, hours=7, **rating(7)),  # outside its own scale
        visit(9, hours=8, **rating(3, 3, 3)),
        visit(10, hours=9, kind="open", direction="outbound", duration_s=2.0, touchpoint="newsletter"),
    ]
    feelings = [felt(5, -0.6), felt(6, 0.9, "abstained"), felt(4, None, "empty")]
    made, periods, ran = run(duckdb_engine, visits, feelings)
    got = {number: made[f"i{number:06d}"] for number in range(1, 11)}
    assert {number: (row["felt_valence"], row["felt_from"]) for number, row in got.items()} == {
        1: (1.0, "rating"), 2: (pytest.approx(0.8), "rating"), 3: (0.0, "rating"), 4: (None, "none"),
        5: (-0.6, "words"), 6: (1.0, "rating"), 7: (None, "none"), 8: (None, "none"), 9: (None, "none"),
        10: (None, "none"),
    }  # fmt: skip
    checkout = next(row for row in periods if row["touchpoint"] == "checkout")
    counts = ("visits", "felt_visits", "words_visits", "rating_visits")
    assert [checkout[name] for name in counts] == [9, 5, 1, 4]
    assert checkout["felt_mean"] == pytest.approx((1 + 0.8 + 0 - 0.6 + 1) / 5)
    assert (checkout["negative_share"], checkout["positive_share"]) == (pytest.approx(0.2), pytest.approx(0.6))
    assert checkout["felt_low"] is None  # one customer tells nothing about another
    newsletter = next(row for row in periods if row["touchpoint"] == "newsletter")
    assert (newsletter["felt_visits"], newsletter["felt_mean"], newsletter["negative_share"]) == (0, None, None)
    assert ran.values["behaviour_effects"] is None
    assert any("Nothing is read from behaviour" in note for note in ran.notes)


def test_nothing_is_read_from_the_behaviour_of_who_refused_and_nothing_worked_out_on_who_objects(duckdb_engine):
    visits, feelings = [], []
    for number in range(400):
        bad = number % 2
        more = {"outcome": "failed" if bad else "completed", **(rating(1 if bad else 5) if number % 8 < 6 else {})}
        visits.append(visit(number, f"c{number % 40}", number, **more))
    people = [
        {"customer_id": "c6", "consent_emotion": False}, {"customer_id": "c14", "objections": "emotion"},
        {"customer_id": "c7", "objections": "profiling"},
    ]  # fmt: skip
    before, sums, _ = run(duckdb_engine, visits, feelings)
    after, kept, _ = run(duckdb_engine, visits, feelings, people=people)
    silent = {name for name, row in before.items() if row["customer_id"] in ("c6", "c14")}
    assert {before[name]["felt_from"] for name in silent} == {"behaviour"}
    assert {after[name]["felt_from"] for name in silent} == {"none"}
    assert all(after[name]["felt_valence"] is None for name in silent)
    objects = [row for row in after.values() if row["customer_id"] == "c7"]
    assert {(row["baseline"], row["surprise"]) for row in objects} == {(None, None)}
    assert {row["felt_from"] for row in objects} == {"behaviour"}
    assert sum(row["visits"] for row in kept) == sum(row["visits"] for row in sums) == 400
    assert sum(row["behaviour_visits"] for row in sums) - sum(row["behaviour_visits"] for row in kept) == len(silent)


def test_no_visit_at_all_gives_empty_tables(duckdb_engine):
    made, periods, _ = run(duckdb_engine, [])
    assert made == {}
    assert periods == []


def test_baseline_is_what_came_before_with_ties_broken_by_id(duckdb_engine):
    # Two customers who differ, two values each, so that both variances are known by hand.
    visits = [
        visit(2, "ann", 1, **rating(5)), visit(1, "ann", 1, **rating(4)), visit(3, "ann", 3, **rating(5)),
        visit(4, "ben", 2, **rating(1)), visit(5, "ben", 2, **rating(2)), visit(6, "ben", 9),
        visit(7, "cem", 9, **rating(3)),
    ]  # fmt: skip
    made, _, ran = run(duckdb_engine, visits)
    values = {"ann": [0.5, 1.0, 1.0], "ben": [-1.0, -0.5], "cem": [0.0]}
    flat = [value for each in values.values() for value in each]
    n, grand = len(flat), sum(flat) / len(flat)
    means = {name: sum(each) / len(each) for name, each in values.items()}
    within = sum((x - means[name]) ** 2 for name, each in values.items() for x in each) / (n - 3)
    around = sum(len(each) * (means[name] - grand) ** 2 for name, each in values.items()) / 2
    between = (around - within) / ((n - sum(len(each) ** 2 for each in values.values()) / n) / 2)
    assert ran.values["half_visits"] == pytest.approx(within / between)

    def expected(before: list[float]) -> float:
        trust = len(before) / (len(before) + within / between)
        return (1 - trust) * grand + trust * sum(before) / len(before) if before else grand

    assert made["i000001"]["baseline"] is None  # the company has heard nothing before
    assert made["i000001"]["surprise"] is None
    for number, before in ((2, [0.5]), (3, [0.5, 1.0]), (4, []), (5, [-1.0]), (6, [-1.0, -0.5]), (7, [])):
        row = made[f"i{number:06d}"]
        assert row["baseline"] == pytest.approx(expected(before)), number
        assert row["baseline_n"] == len(before)
    assert made["i000003"]["surprise"] == pytest.approx(1.0 - expected([0.5, 1.0]))
    assert made["i000006"]["surprise"] is None  # nothing felt, so no surprise


def company(seed: int = 1, customers: int = 400, each: int = 12, told: float = 0.5, effect: float = 1.0):
    """Visits whose felt valence is known: levels of touchpoints, effects of behaviour, customers who differ."""
    rng = np.random.default_rng(seed)
    n = customers * each
    levels = np.array([0.3, 0.1, -0.1, 0.0])
    who, where = np.repeat(np.arange(customers), each), rng.integers(0, 4, n)
    own = rng.normal(0, 0.25, customers)
    outcome = rng.choice(4, n, p=[0.25, 0.5, 0.15, 0.1])
    slow = rng.normal(0, 0.5, n)
    true = levels[where] + own[who] + effect * (np.array([0, 0.1, -0.3, -0.5])[outcome] - 0.15 * (slow > np.log(2)))
    true = true + rng.normal(0, 0.25, n)
    hours = np.sort(rng.uniform(0, 24 * 150, n).reshape(customers, each), axis=1).ravel()
    rated = rng.random(n) < told
    rows = [
        visit(
            i, f"c{who[i]:04d}", float(hours[i]), touchpoint=f"t{where[i]}",
            outcome=(None, "completed", "abandoned", "failed")[outcome[i]], duration_s=float(100 * np.exp(slow[i])),
            **(rating(float(np.clip(true[i], -1, 1)), -1, 1) if rated[i] else {}),
        )
        for i in range(n)
    ]  # fmt: skip
    return rows, true, outcome, own, who


def test_the_behaviour_model_finds_planted_effects_and_says_what_it_explains(duckdb_engine):
    rows, true, _, _, _ = company()
    made, _, ran = run(duckdb_engine, rows)
    effects = ran.values["behaviour_effects"]["outcome"]
    for word, planted in (("completed", 0.1), ("abandoned", -0.3), ("failed", -0.5)):
        assert effects[word] - effects["not told"] == pytest.approx(planted, abs=0.05)
    slower = ran.values["behaviour_effects"]["duration"]
    assert slower["2 to 4 times the usual"] - slower["about as usual"] == pytest.approx(-0.15, abs=0.06)
    assert ran.values["behaviour_gain"]["low"] > LEAST_GAIN
    silent = [i for i, row in enumerate(rows) if "rating" not in row]
    guess = np.array([made[rows[i]["interaction_id"]]["felt_valence"] for i in silent])
    assert {made[rows[i]["interaction_id"]]["felt_from"] for i in silent} == {"behaviour"}
    left = true[silent] - guess
    assert abs(left.mean()) < 0.03
    assert np.var(left) < 0.8 * np.var(true[silent])
    assert np.var(guess) < np.var(true[silent])  # expectations are shrunken


def test_a_touchpoint_that_nobody_rates_is_not_felt_by_behaviour(duckdb_engine):
    rows, *_ = company()
    unrated = [visit(900_000 + n, f"u{n}", n / 10, touchpoint="newsletter", outcome="completed") for n in range(50)]
    made, _, ran = run(duckdb_engine, [*rows, *unrated])
    assert ran.values["behaviour_effects"] is not None
    assert {
        (made[row["interaction_id"]]["felt_valence"], made[row["interaction_id"]]["felt_from"]) for row in unrated
    } == {(None, "none")}


def test_without_an_effect_nothing_is_read_from_behaviour(duckdb_engine):
    rows, *_ = company(effect=0.0)
    made, _, ran = run(duckdb_engine, rows)
    assert ran.values["behaviour_effects"] is None
    assert {row["felt_from"] for row in made.values()} == {"rating", "none"}
    assert any("the lower end must be above" in note for note in ran.notes)


def test_a_baseline_predicts_the_next_feeling_better_than_the_company_mean(duckdb_engine):
    rows, *_ = company(told=0.9)
    made, _, ran = run(duckdb_engine, rows)
    late = [row for row in made.values() if row["felt_from"] == "rating" and row["baseline_n"] >= 5]
    surprise = np.array([row["surprise"] for row in late])
    plain = np.array([row["felt_valence"] - ran.values["company_mean"] for row in late])
    assert np.mean(surprise**2) < 0.9 * np.mean(plain**2)
    assert ran.values["between"] == pytest.approx(0.25**2, rel=0.25)


def test_monthly_intervals_cover_the_true_mean_when_customers_repeat(duckdb_engine):
    """Visits of one customer are alike; an interval that took them as independent would cover far less."""
    hits = cells = 0
    for seed in range(4):
        rng = np.random.default_rng(seed)
        rows, number = [], 0
        for touchpoint in range(25):
            for customer in range(15):
                own = rng.normal(0, 0.3)
                for _ in range(rng.integers(1, 7)):
                    number += 1
                    value = float(np.clip(own + rng.normal(0, 0.2), -1, 1))
                    rows.append(
                        visit(number, f"c{touchpoint}-{customer}", number / 1e4, touchpoint=f"t{touchpoint}",
                              **rating(value, -1, 1))
                    )  # fmt: skip
        for row in run(duckdb_engine, rows)[1]:
            cells += 1
            hits += row["felt_low"] <= 0 <= row["felt_high"]
    assert cells == 100
    assert 0.82 <= hits / cells <= 0.97


def test_words_are_put_onto_the_level_of_ratings_only_with_enough_agreement():
    rng = np.random.default_rng(3)
    rated = rng.uniform(-1, 1, 2000)
    words = 0.5 * rated - 0.1 + rng.normal(0, 0.1, 2000)

    def sums(words: np.ndarray, rated: np.ndarray) -> dict[str, float]:
        return {
            "n": len(words), "words": words.sum(), "rated": rated.sum(), "words_squares": (words**2).sum(),
            "rated_squares": (rated**2).sum(), "products": (words * rated).sum(),
        }  # fmt: skip

    level, note = level_of(sums(words, rated), 30)
    assert level.shift == pytest.approx((rated.mean() - words.mean()) * 2000 / 2030)
    assert "2000 visits with both" in note
    few, note = level_of(sums(words[:29], rated[:29]), 30)
    assert few.shift == 0.0
    assert "29 visits" in note
    apart, note = level_of(sums(rng.permutation(words), rated), 30)
    assert apart.shift == 0.0
    assert "agree too little" in note
    wild, _ = level_of(sums(words - 0.8, rated), 30)
    assert wild.shift == MOST_SHIFT


def test_moved_sums_equal_the_sums_of_moved_words():
    values = np.array([-1.0, 0.25, 0.75])
    total, squares = Level(0.1, 100, 0.9).moved(np.array(3.0), values.sum(), (values**2).sum())
    assert total == pytest.approx((0.1 + values).sum())
    assert squares == pytest.approx(((0.1 + values) ** 2).sum())


def test_retries_and_trouble_just_before_are_seen(duckdb_engine):
    """Features come from what was before the visit, never from what followed."""
    visits = [
        visit(1, hours=0, outcome="failed"), visit(2, hours=0.5), visit(3, hours=0.9), visit(4, hours=1.2),
        visit(5, hours=80), visit(6, hours=300), visit(7, hours=300.5, touchpoint="call"),
        visit(8, hours=400, touchpoint="call", outcome="abandoned", conversation_id="x"),
        visit(9, hours=500, touchpoint="mail", conversation_id="x"),
        visit(10, "ben", 1, touchpoint="newsletter", kind="open", outcome="completed"),
    ]  # fmt: skip
    duckdb_engine.register_arrow("customer", arrow("customer", []))
    duckdb_engine.register_arrow("interaction", arrow("interaction", visits))
    duckdb_engine.register_arrow("feeling", arrow("feeling", []))
    functions, context = duckdb_engine.functions, Context(AS_OF, {"min_base": 30})
    duckdb_engine.run(list(ANALYSIS.stages[0].steps(functions, context, {})))
    seen = duckdb_engine.fetch("select * from visit_seen order by interaction_id").to_pylist()
    assert [row["again_code"] for row in seen] == [0, 2, 3, 3, 1, 0, 0, 1, 0, 0]
    assert [row["trouble_code"] for row in seen] == [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    assert [row["outcome_code"] for row in seen] == [3, 0, 0, 0, 0, 0, 0, 2, 0, 1]
    assert [row["behaved"] for row in seen] == [True] + [False] * 6 + [True, False, False]
    duckdb_engine.forget(["visit_seen", "duration_usual", "visit_both", "visit_told", "visit_first", "visit_cell"])


def test_order_of_rows_is_irrelevant_and_a_shift_in_time_shifts_only_times(duckdb_engine):
    rows, *_ = company(customers=40)
    made, periods, _ = run(duckdb_engine, rows)
    again, periods_again, _ = run(duckdb_engine, rows[::-1])
    assert_close(made, again)
    assert len(periods) == len(periods_again)
    year = timedelta(days=365)
    earlier, _, _ = run(duckdb_engine, [{**row, "occurred_at": row["occurred_at"] - year} for row in rows])
    assert_close(made, {key: {**row, "occurred_at": row["occurred_at"] + year} for key, row in earlier.items()})


def test_what_comes_after_as_of_changes_nothing(duckdb_engine):
    rows, *_ = company(customers=40)
    limit = START + timedelta(days=60)
    of = TABLES["interaction"]
    known = [row for row in rows if row["occurred_at"] < limit]
    late = [{**row, "interaction_id": f"z{row['interaction_id']}", "known_at": limit} for row in known[:50]]
    results = []
    for given in (known, rows + late):
        duckdb_engine.register_arrow("all_interaction", arrow("interaction", given))
        shown = duckdb_engine.fetch(f"select * from all_interaction where {as_of_condition(of, limit)}")
        results.append(run(duckdb_engine, shown)[0])
    assert len(results[0]) < len(rows)
    assert_close(*results)


def test_copies_of_other_customers_change_a_baseline_only_through_what_is_common(duckdb_engine):
    rows, *_ = company(customers=60)
    copies = [
        {**row, "interaction_id": f"x{row['interaction_id']}", "customer_id": f"x{row['customer_id']}"}
        for row in rows if row["customer_id"] != "c0000"
    ]  # fmt: skip
    alone, _, one = run(duckdb_engine, rows)
    crowd, _, two = run(duckdb_engine, rows + copies)
    assert two.values["between"] == pytest.approx(one.values["between"], rel=0.15)
    assert two.values["company_mean"] == pytest.approx(one.values["company_mean"], abs=0.02)
    for key, row in alone.items():
        if row["customer_id"] == "c0000":
            assert crowd[key]["baseline_n"] == row["baseline_n"]
            if row["baseline"] is not None:
                assert crowd[key]["baseline"] == pytest.approx(row["baseline"], abs=0.05)


def test_both_engines_feel_the_same(on_both):
    rows, true, *_ = company(customers=60)
    for place, row in enumerate(rows):
        row["stage"] = (None, "buy")[place % 2]
        row["direction"] = (None, "outbound", "inbound")[place % 3]
    said = [
        felt(i, float(np.clip(true[i], -1, 1)) * 0.6, customer=str(rows[i]["customer_id"]))
        for i in range(0, len(rows), 3)
    ]
    # ties in time, scales that are none, retries, an unknown month
    rows += [
        visit(9001, hours=2, **rating(5)), visit(9002, hours=2, **rating(9, 0, 10)),
        visit(9003, hours=2.2, outcome="failed"), visit(9004, hours=2.3, **rating(5, 5, 1)),
        visit(9005, hours=2.4, **rating(3, 3, 3)), visit(9006, "cy", 4000),
    ]  # fmt: skip
    said += [felt(9001, 0.9, "abstained"), felt(9003, None, "empty")]
    made = on_both(ANALYSIS, Context(AS_OF, {"min_base": 30}), {
        "interaction": arrow("interaction", rows), "feeling": arrow("feeling", said),
    })  # fmt: skip
    assert set(made["touchpoint_visit"].column("felt_from").to_pylist()) == {"words", "rating", "behaviour", "none"}


def assert_close(left, right):
    assert left.keys() == right.keys()
    for key, row in left.items():
        for name, value in row.items():
            other = right[key][name]
            if isinstance(value, float) and other is not None:
                assert math.isclose(value, other, abs_tol=1e-9), (key, name)
            else:
                assert value == other, (key, name)


def test_an_engine_that_is_new_each_time_gives_the_same(duckdb_engine):
    rows, *_ = company(customers=30)
    other = DuckDBEngine(memory_limit_gb=1, threads=1)
    assert_close(run(duckdb_engine, rows)[0], run(other, rows)[0])
    other.close()
