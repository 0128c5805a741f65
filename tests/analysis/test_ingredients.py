"""Signs of service by hand, their intervals against planted rates, and rules that any input must keep."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import spearmanr
from tests.engines.compare import run_on

from heartline.analysis.base import Context
from heartline.analysis.ingredients import ANALYSIS
from heartline.analysis.ingredients_fit import READING_ERROR, SIGNS
from heartline.stats.intervals import misread_share
from heartline.tables import SIGNALS, TABLES

AS_OF = datetime(2026, 7, 1)
SETTINGS = {"min_base": 5, "window_months": 3}


def arrow(name: str, rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=TABLES[name].arrow_schema())


class Facts:
    """Contacts as they come, with what was read of their words and how they felt."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, object]]] = {name: [] for name in ANALYSIS.reads}

    def add(
        self, days: float, customer: str = "ann", touchpoint: str = "call", p: dict[str, float] | None = None,
        decided: str = "", surprise: float | None = None, felt: float | None = None, **more: object,
    ) -> None:  # fmt: skip
        number = len(self.rows["interaction"])
        key = {
            "interaction_id": f"i{number:06d}", "customer_id": customer, "occurred_at": AS_OF - timedelta(days=days),
        }  # fmt: skip
        self.rows["interaction"].append(key | {"channel": "call", "touchpoint": touchpoint} | more)
        visit = {"channel": "call", "touchpoint": touchpoint, "team": more.get("team"), "felt_valence": felt,
                 "surprise": surprise, "felt_from": "none" if felt is None else "rating"}  # fmt: skip
        self.rows["touchpoint_visit"].append(key | visit)
        if p is not None:
            read = {f"p_signal_{name}": p.get(name, 0.0) for name in SIGNALS}
            self.rows["feeling"].append(key | read | {"status": "scored", "signals": decided, "model_version": "t"})

    def run(self, engine, **settings: object):
        given = {name: arrow(name, rows) for name, rows in self.rows.items()}
        made, rans = run_on(engine, [ANALYSIS], Context(AS_OF, SETTINGS | settings), given)
        engine.forget(ANALYSIS.writes)
        signs = {
            (row["touchpoint"], row["team"], row["sign"], row["period_end"]): row
            for row in made["service_ingredient"].to_pylist()
        }
        moments = {(row["touchpoint"], row["period_end"]): row for row in made["touchpoint_moment"].to_pylist()}
        return signs, moments, rans["ingredients"].notes


def test_a_rate_is_the_mean_probability_and_its_base_is_told(duckdb_engine):
    facts = Facts()
    for number in range(10):
        facts.add(
            number + 1, f"c{number}", p={"effort": 0.9 if number < 4 else 0.1}, decided="effort" if number < 4 else ""
        )
    row = facts.run(duckdb_engine)[0]["call", "", "effort", AS_OF]
    assert row["rate"] == pytest.approx(0.42)
    assert (row["n"], row["customers"], row["decided"]) == (10, 10, 4)
    assert row["low"] < 0.42 < row["high"]
    assert row["read_low"] < row["low"]
    assert row["high"] < row["read_high"]
    assert (row["ingredient"], row["side"], row["source"]) == ("hassle", "bad", "words")


def test_thin_places_say_nothing_but_their_base(duckdb_engine):
    facts = Facts()
    for number in range(4):
        facts.add(number + 1, f"c{number}", p={"respect": 0.5})
    row = facts.run(duckdb_engine)[0]["call", "", "respect", AS_OF]
    assert row["n"] == 4
    assert all(row[name] is None for name in ("rate", "low", "high", "read_low", "change", "surprise_gap"))


def test_what_happened_is_counted_as_hassle(duckdb_engine):
    facts = Facts()
    for number in range(8):  # usual duration 100 s; ann waits once, fails, tries again at once and again next day
        facts.add(40 + number, f"c{number}", outcome="completed", duration_s=100.0)
    facts.add(10.0, outcome="failed", duration_s=250.0, conversation_id="k")
    facts.add(9.99, outcome="failed", duration_s=100.0, conversation_id="k")
    facts.add(9.0, outcome="completed", duration_s=100.0, conversation_id="k")
    facts.add(1.0, outcome="completed", duration_s=100.0)  # over a week later: another matter
    facts.add(0.5, "ben", direction="outbound", kind="open")
    found = facts.run(duckdb_engine)[0]
    counted = {
        sign: found["call", "", sign, AS_OF]["decided"] for sign in ("error", "retry", "waiting", "repeat_contact")
    }
    assert counted == {"error": 2, "retry": 1, "waiting": 1, "repeat_contact": 1}
    assert found["call", "", "error", AS_OF]["n"] == 12
    assert found["call", "", "error", AS_OF]["rate"] == pytest.approx(2 / 12)
    assert found["call", "", "error", AS_OF]["read_low"] is None


def test_change_compares_with_the_period_before_and_only_with_it(duckdb_engine):
    facts = Facts()
    for number in range(60):
        facts.add(120 + number % 30, f"c{number}", p={"effort": 0.0})
        facts.add(10 + number % 30, f"c{number}", p={"effort": 1.0 if number % 2 else 0.0})
    found = facts.run(duckdb_engine)[0]
    row, before = found["call", "", "effort", AS_OF], found["call", "", "effort", datetime(2026, 4, 1)]
    assert row["change"] == pytest.approx(0.5)
    assert 0.3 < row["change_low"] < 0.5 < row["change_high"] < 0.7
    assert row["change_q"] < 0.01
    assert before["change"] is None
    assert found["call", "", "ease", AS_OF]["change_q"] == pytest.approx(1.0)


def compared(facts: Facts, engine, **settings: object) -> dict[tuple[str, str], dict[str, object]]:
    given = {name: arrow(name, rows) for name, rows in facts.rows.items()}
    made, _ = run_on(engine, [ANALYSIS], Context(AS_OF, SETTINGS | settings), given)
    engine.forget(ANALYSIS.writes)
    return {(row["team"], row["sign"]): row for row in made["team_difference"].to_pylist()}


def shifts(rates: tuple[float, ...], seed: int, calls: int = 260) -> Facts:
    """Five teams at one touchpoint; with each some customers leave before the end, as often as its rate says."""
    rng = np.random.default_rng(seed)
    facts = Facts()
    for team, rate in zip("abcde", rates, strict=True):
        for number in range(calls):
            gone = rng.random() < rate
            facts.add(rng.uniform(1, 400), f"c{rng.integers(900)}", team=f"team-{team}",
                      conversation_id=f"{team}{number}", outcome="abandoned" if gone else "completed")  # fmt: skip
    return facts


def test_the_order_of_teams_is_found_and_the_worst_is_called_so(duckdb_engine):
    rates = (0.015, 0.03, 0.045, 0.07, 0.13)
    ranks, called = [], []
    for seed in range(5):
        found = compared(shifts(rates, seed), duckdb_engine)
        rows = [found[f"team-{team}", "gave_up"] for team in "abcde"]
        ranks.append(spearmanr(rates, [row["difference"] for row in rows]).statistic)
        called.append(rows[-1]["verdict"])
        assert all(abs(row["difference"]) <= abs(row["rate"] - row["expected"]) + 1e-12 for row in rows)
        assert sum(row["rate"] * row["n"] for row in rows) == pytest.approx(sum(r["expected"] * r["n"] for r in rows))
    print(ranks, called)
    assert np.mean(ranks) >= 0.85
    assert called.count("more") >= 4


def test_teams_that_are_alike_are_hardly_ever_called_different(duckdb_engine):
    verdicts = [
        row["verdict"] for seed in range(10, 14) for row in compared(shifts((0.05,) * 5, seed), duckdb_engine).values()
    ]
    assert len(verdicts) > 40
    assert sum(verdict in ("more", "less") for verdict in verdicts) <= 2


def test_rare_words_that_come_by_chance_make_no_team_better(duckdb_engine):
    """Skewed probabilities: whose few texts hold none of a rare sign spreads little, and would be called better."""
    rng = np.random.default_rng(21)
    called = []
    for _ in range(4):
        facts = Facts()
        for team in "abcde":
            for number in range(90):
                p = {sign: float(rng.beta(8, 2) if rng.random() < 0.03 else rng.beta(0.3, 30)) for sign in SIGNALS}
                facts.add(rng.uniform(1, 400), f"{team}{number}", team=team, p=p)
        called += [row["verdict"] for row in compared(facts, duckdb_engine).values()]
    assert len(called) > 150
    assert sum(verdict in ("more", "less") for verdict in called) <= 4


def test_a_team_is_measured_by_where_it_works(duckdb_engine):
    """Returns fail more often than calls, with whomever: who works there only differs from nobody."""
    facts = Facts()
    for number in range(120):
        for team, place, share in (("a", "call", 10), ("b", "call", 10), ("b", "returns", 3), ("c", "returns", 3)):
            facts.add(
                5 + number / 9,
                f"{team}{number}",
                place,
                team=team,
                outcome="failed" if number % share == 0 else "completed",
            )
    found = compared(facts, duckdb_engine)
    assert found["c", "error"]["rate"] == pytest.approx(1 / 3)
    assert found["c", "error"]["expected"] == pytest.approx(1 / 3)
    assert {row["verdict"] for row in found.values() if row["sign"] == "error"} == {"none"}


def test_small_teams_and_a_sole_one_are_not_compared(duckdb_engine):
    facts = Facts()
    for number in range(12):
        facts.add(5, f"c{number}", p={"effort": 0.5}, team="amber")
        facts.add(6, f"c{number % 9}", p={"effort": 0.1}, team="birch")
    found = compared(facts, duckdb_engine)
    assert {team for team, _ in found} == {"amber"}
    assert found["amber", "effort"]["difference"] is None
    assert found["amber", "effort"]["verdict"] is None


def test_teams_are_shown_above_a_minimum_only(duckdb_engine):
    facts = Facts()
    for number in range(12):
        facts.add(5, f"c{number}", p={}, team="amber")
        facts.add(6, f"c{number % 9}", p={}, team="birch")
    teams = {key[1] for key in facts.run(duckdb_engine)[0]}
    assert teams == {"", "amber"}


def test_the_feeling_that_goes_with_a_sign_needs_both_sides(duckdb_engine):
    facts = Facts()
    for number in range(40):
        bad = number < 12
        facts.add(5, f"c{number}", p={"disrespect": float(bad), "ease": float(number < 3)}, felt=0.0,
                  decided="disrespect" if bad else "", surprise=-0.5 if bad else 0.1)  # fmt: skip
    found = facts.run(duckdb_engine)[0]
    row = found["call", "", "disrespect", AS_OF]
    assert (row["surprise_with_n"], row["surprise_without_n"]) == (12, 28)
    assert row["surprise_gap"] == pytest.approx(-0.6)
    assert row["surprise_gap_low"] <= -0.6 <= row["surprise_gap_high"]
    assert found["call", "", "ease", AS_OF]["surprise_gap"] is None


def test_who_refused_is_not_counted_by_what_they_did(duckdb_engine):
    facts = Facts()
    for number in range(10):
        facts.add(5, f"c{number}", outcome="failed")
    facts.rows["customer"].append({"customer_id": "c0", "consent_emotion": False})
    assert facts.run(duckdb_engine)[0]["call", "", "error", AS_OF]["n"] == 9


def test_moments_count_what_is_clear_against_the_own_baseline(duckdb_engine):
    facts = Facts()
    for number, (felt, surprise) in enumerate(
        [(0.9, 0.9), (0.0, 0.0), (0.1, 0.1), (0.15, None), (-0.6, -0.9), (0.3, 0.0)]
    ):
        facts.add(5, f"c{number}", felt=felt, surprise=surprise)
    row = facts.run(duckdb_engine)[1]["call", AS_OF]
    assert row["clear"] == pytest.approx(np.std([0.9, 0, 0.1, -0.9, 0], ddof=1))
    assert (row["n"], row["known"]) == (6, 5)
    assert (row["flat"], row["best"], row["worst"]) == pytest.approx((0.5, 0.2, 0.2))
    assert row["spread"] == pytest.approx(np.std([0.9, 0, 0.1, 0.15, -0.6, 0.3], ddof=1))


def test_intervals_hold_planted_rates_as_often_as_they_say(duckdb_engine):
    """Forty points of connection with their own true rate; customers come several times and have habits."""
    rng = np.random.default_rng(11)
    facts, truth = Facts(), {}
    for place in range(40):
        share = rng.uniform(0.03, 0.5)
        truth[f"t{place}"] = share
        for customer in range(60):
            own = rng.beta(share * 8, (1 - share) * 8)
            for _ in range(rng.integers(1, 5)):
                facts.add(
                    rng.uniform(1, 80), f"{place}-{customer}", f"t{place}", p={"effort": float(rng.random() < own)}
                )
    found = facts.run(duckdb_engine)[0]
    inside = [
        found[name, "", "effort", AS_OF]["low"] <= share <= found[name, "", "effort", AS_OF]["high"]
        for name, share in truth.items()
    ]
    print(f"coverage {np.mean(inside):.3f}")
    assert np.mean(inside) >= 0.8


def test_more_of_the_same_customers_twice_changes_no_rate(duckdb_engine):
    """Metamorphic: the same contacts by as many other customers leave the rate and narrow its interval."""
    once, twice = Facts(), Facts()
    for copy in range(2):
        rng = np.random.default_rng(2)
        for number in range(50):
            p = {"empathy": float(rng.random())}
            for facts in (once, twice) if copy == 0 else (twice,):
                facts.add(3, f"{copy}{number}", p=p)
    a, b = (facts.run(duckdb_engine)[0]["call", "", "empathy", AS_OF] for facts in (once, twice))
    assert a["rate"] == pytest.approx(b["rate"])
    assert b["high"] - b["low"] < a["high"] - a["low"]


def test_the_model_s_error_widens_by_what_was_measured():
    low, high = misread_share(np.array([0.5]), np.array([0.5]), np.array([0.5]), READING_ERROR)
    assert np.log(high / (1 - high))[0] == pytest.approx(1.6448536 * READING_ERROR)
    assert low[0] == pytest.approx(1 - high[0])
    assert all(sign in SIGNALS for sign, (_, _, source) in SIGNS.items() if source == "words")
