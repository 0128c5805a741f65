"""The empathy gap by hand, against planted gaps, and what must not change it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats
from tests.analysis.test_promises import broken_promises
from tests.engines.compare import OnBoth, assert_alike, run_on

from heartline.analysis import text_emotion, touchpoints
from heartline.analysis.base import Context
from heartline.analysis.empathy_gap import ANALYSIS
from heartline.analysis.empathy_gap_fit import FACE, MARGIN, fit_gap
from heartline.stats.few import apart, beyond, few_means
from heartline.tables import TABLES

AS_OF = datetime(2026, 7, 1)
BEFORE = AS_OF - timedelta(days=20)
SETTINGS = {"min_base": 30, "window_months": 3}
Row = dict[str, Any]
_number = count()


def guess(person: str, touchpoint: str, valence: float, at: datetime = BEFORE, **more: object) -> Row:
    return {
        "guess_id": f"g{next(_number)}", "guesser": person, "role": "decides", "touchpoint": touchpoint,
        "valence": valence, "guessed_at": at, "walks_before": 0,
    } | more  # fmt: skip


def step(person: str | None, touchpoint: str, felt: float | None, at: datetime = BEFORE, **more: object) -> Row:
    return {
        "interaction_id": f"s{next(_number)}", "walk_id": f"{person}-{at:%m%d}", "script": "return", "walker": person,
        "number": 1, "occurred_at": at, "touchpoint": touchpoint, "what": "look", "outcome": "done",
        "felt_valence": felt,
    } | more  # fmt: skip


def visit(customer: str, touchpoint: str, felt: float | None, days: float = 10, source: str = "words") -> Row:
    return {
        "interaction_id": f"i{next(_number)}", "customer_id": customer, "stage": "support", "channel": "web",
        "occurred_at": AS_OF - timedelta(days=days), "touchpoint": touchpoint, "felt_valence": felt,
        "felt_from": source, "baseline_n": 0,
    }  # fmt: skip


def arrow(name: str, rows: Sequence[Row]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=TABLES[name].arrow_schema())


def given(guesses: Sequence[Row] = (), steps: Sequence[Row] = (), visits: Sequence[Row] = ()) -> dict[str, pa.Table]:
    return {
        "walk_guess": arrow("walk_guess", guesses), "walk_step": arrow("walk_step", steps),
        "touchpoint_visit": arrow("touchpoint_visit", visits),
    }  # fmt: skip


def run(engine: Any, *rows: Sequence[Row], **settings: int) -> tuple[dict[str, Row], tuple[str, ...]]:
    made, rans = run_on(engine, [ANALYSIS], Context(AS_OF, SETTINGS | settings), given(*rows))
    return {row["touchpoint"]: row for row in made["empathy_gap"].to_pylist()}, rans["empathy_gap"].notes


def clients(touchpoint: str, level: float, spread: float = 0.3, n: int = 60, seed: int = 0) -> list[Row]:
    """Customers of whom two thirds come twice; their own means lie around the level exactly."""
    rng = np.random.default_rng(seed)
    own = rng.normal(0, spread, n)
    own = np.clip(level + own - own.mean(), -1, 1)
    return [visit(f"c{k}", touchpoint, float(own[k])) for k in range(n) for _ in range(1 + (k % 3 > 0))]


def test_three_means_side_by_side_by_hand(duckdb_engine: Any) -> None:
    guesses = [guess(f"Walker {k}", "returns", value) for k, value in enumerate((0.5, 0.5, 1.0, 0.0, 0.5))]
    guesses += [guess(f"Walker {k}", "advert", value) for k, value in enumerate((0.0, 0.5, 0.5))]
    steps = [step("Walker 7", "returns", -0.5), step("Walker 8", "returns", 0.0), step("Walker 9", "returns", None)]
    visits = clients("returns", -0.2) + clients("advert", 0.3, n=29)
    found, notes = run(duckdb_engine, guesses, steps, visits)
    returns, advert = found["returns"], found["advert"]
    assert (returns["guess"], returns["guessers"], returns["walked"], returns["walkers"]) == (0.5, 5, -0.25, 2)
    assert returns["customers_felt"] == pytest.approx(-0.2)
    assert (returns["customers"], returns["stage"]) == (60, "support")
    assert returns["guess_gap"] == pytest.approx(0.7)
    # the other point's spread (variance 1/12) is worth one person here: two persons, times 1 - 1/2
    variances = [np.var([0.5, 0.5, 1.0, 0.0, 0.5], ddof=1), np.var([0.0, 0.5, 0.5], ddof=1)]
    pooled = (4 * variances[0] + 2 * variances[1]) / 6
    error = np.sqrt((4 * variances[0] + pooled) / 5 / 5)
    assert returns["guess_low"] == pytest.approx(0.5 - stats.t.ppf(0.975, 5) * error)
    assert returns["guess_verdict"] == "rosier"
    assert returns["walk_verdict"] == "not_enough_evidence"
    # too few customers told at the other point
    assert (advert["customers"], advert["customers_felt"], advert["guess_gap"]) == (29, None, None)
    assert (advert["guess_verdict"], advert["walk_verdict"]) == ("not_enough_evidence", "not_enough_evidence")
    assert (advert["walked"], advert["walkers"]) == (None, 0)
    assert "1 of 2 differences" in notes[0]
    assert "At 1 of 2 points fewer than 30 customers" in notes[1]


def test_one_guesser_has_no_interval_and_no_verdict(duckdb_engine: Any) -> None:
    found, _ = run(duckdb_engine, [guess("Walker 1", "returns", 1.0)], [], clients("returns", -0.8, 0.05))
    row = found["returns"]
    assert row["guess_gap"] == pytest.approx(1.8)
    assert [row[name] for name in ("guess_low", "guess_high", "guess_gap_low", "guess_q")] == [None] * 4
    assert row["guess_verdict"] == "not_enough_evidence"


def test_only_the_last_guess_before_the_first_walk_of_those_who_decide_counts(duckdb_engine: Any) -> None:
    day = timedelta(days=1)
    guesses = [
        guess("Walker 1", "returns", -1.0, BEFORE - 3 * day),
        guess(" walker 1", "returns", 0.5, BEFORE - day),  # the same person, and the last before their walk
        guess("Walker 1", "returns", -1.0, BEFORE + day),  # after it, though it says otherwise
        guess("Walker 2", "returns", -1.0, walks_before=1),
        guess("Walker 3", "returns", -1.0, role="meets_customers"),
        guess("Walker 4", "returns", 1.0, BEFORE - day),
        guess("Walker 4", "returns", -1.0, BEFORE, walks_before=2),
        guess("Walker 5", "returns", 7.0),  # off the scale
    ]
    steps = [step("WALKER 1", "returns", 0.0), step("Walker 5", "returns", 0.0, outcome="left_out")]
    found, notes = run(duckdb_engine, guesses, steps, clients("returns", 0.0))
    assert (found["returns"]["guess"], found["returns"]["guessers"]) == (0.75, 2)
    assert "1 of people who do not decide, 3 made after the guesser had walked there, 1 with a later one" in notes[-1]


def test_only_the_first_walk_of_a_person_counts_with_one_value(duckdb_engine: Any) -> None:
    later = BEFORE + timedelta(days=5)
    steps = [
        step("Walker 1", "returns", -0.5),
        step("Walker 1", "returns", 0.5, number=2),
        step("walker 1 ", "returns", 1.0, later),
        step("Walker 2", "returns", None),
        step("Walker 2", "returns", 1.0, later),  # nothing was told on the first walk
        step("Walker 3", "returns", -0.5, BEFORE - timedelta(days=1), outcome="left_out"),
        step("Walker 3", "returns", 0.5, later),
        step(None, "returns", 1.0),  # a browser
    ]
    found, _ = run(duckdb_engine, [], steps, clients("returns", 0.0))
    assert (found["returns"]["walked"], found["returns"]["walkers"]) == (0.25, 2)


def test_customers_are_those_of_the_last_window_who_told_one_value_each(duckdb_engine: Any) -> None:
    told = [visit(f"c{k}", "returns", 0.5) for k in range(30)]
    extra = [visit("c0", "returns", -0.5)] * 3  # four contacts of one customer are one mean: -0.25
    elsewhere = [
        *(visit(f"d{k}", "returns", -1.0, days=95) for k in range(40)),
        *(visit(f"e{k}", "returns", -1.0, source="behaviour") for k in range(40)),
        *(visit(f"f{k}", "advert", -1.0) for k in range(40)),
    ]
    found, _ = run(duckdb_engine, [guess("Walker 1", "returns", 0.0)], [], [*told, *extra, *elsewhere])
    assert set(found) == {"returns"}
    assert found["returns"]["customers"] == 30
    assert found["returns"]["customers_felt"] == pytest.approx((29 * 0.5 - 0.25) / 30)


def test_words_of_those_who_refuse_reading_are_in_no_mean(duckdb_engine: Any) -> None:
    """Through the analyses that make a feeling: the words of refusers never become one."""
    people = [{"customer_id": f"c{k}", "consent_emotion": k >= 5} for k in range(40)]
    contacts = [
        {"interaction_id": f"i{k}", "customer_id": f"c{k}", "occurred_at": AS_OF - timedelta(days=9), "channel": "web",
         "touchpoint": "returns"}
        for k in range(40)
    ]  # fmt: skip
    text = {True: "I am furious, this was terrible.", False: "I love it, thank you!"}
    words = [
        {"interaction_id": f"i{k}", "customer_id": f"c{k}", "speaker": "customer", "language": "en",
         "occurred_at": AS_OF - timedelta(days=9), "text": text[k < 5]}
        for k in range(40)
    ]  # fmt: skip
    tables = {"customer": people, "interaction": contacts, "verbatim": words}
    facts = {name: arrow(name, rows) for name, rows in tables.items()}
    guesses = {"walk_guess": arrow("walk_guess", [guess("Walker 1", "returns", 0.0)])}
    settings = SETTINGS | {"emotion_model": "bulk"}
    made, _ = run_on(
        duckdb_engine,
        [text_emotion.ANALYSIS, touchpoints.ANALYSIS, ANALYSIS],
        Context(AS_OF, settings),
        facts | guesses,
    )
    (row,) = made["empathy_gap"].to_pylist()
    assert row["customers"] == 35
    assert row["customers_felt"] > 0.3


def test_no_walk_and_no_guess_is_no_row(duckdb_engine: Any) -> None:
    found, notes = run(duckdb_engine, [], [], clients("returns", 0.0))
    assert found == {}
    assert notes == ("Nobody who decides has guessed, and nobody has walked.",)


def planted(rng: np.random.Generator) -> tuple[list[Row], list[Row], list[Row]]:
    """Rows of a company with three points, a few people and customers."""
    people = [f"Walker {k}" for k in range(5)]
    places = {"returns": -0.2, "advert": 0.4, "delivery": 0.1}
    guesses = [guess(who, at, float(rng.choice([0.0, 0.5, 1.0]))) for who in people for at in places]
    steps = [step(who, at, float(rng.choice([-0.5, 0.0, 0.5]))) for who in people[:3] for at in places]
    visits = [one for at, level in places.items() for one in clients(at, level, n=40)]
    return guesses, steps, visits


def test_what_must_not_change_anything_does_not(duckdb_engine: Any) -> None:
    guesses, steps, visits = planted(np.random.default_rng(1))
    plain, _ = run(duckdb_engine, guesses, steps, visits)
    names = {f"Walker {k}": f"Fern {9 - k}" for k in range(5)}
    renamed = [row | {"guesser": names[row["guesser"]]} for row in guesses]
    walked = [row | {"walker": names[row["walker"]]} for row in steps]
    customers = [row | {"customer_id": f"z{row['customer_id']}"} for row in visits]
    again = [step("walker 1", place, -1.0, BEFORE + timedelta(days=3)) for place in plain]
    changes = {
        "other names": (renamed, walked, customers),
        "another order": (guesses[::-1], steps[::-1], visits[::-1]),
        "a second walk": (guesses, steps + again, visits),
        "a guess after a walk": ([*guesses, guess("Walker 1", "returns", -1.0, AS_OF, walks_before=1)], steps, visits),
        "a colleague's guess": ([*guesses, guess("Fern", "returns", -1.0, role="other")], steps, visits),
        "an earlier guess": ([*guesses, guess("Walker 1", "returns", -1.0, BEFORE - timedelta(9))], steps, visits),
        "the same contacts twice": (guesses, steps, visits + visits),
        "an old contact": (guesses, steps, [*visits, visit("old", "returns", -1.0, days=200)]),
    }
    for rows in changes.values():
        other, _ = run(duckdb_engine, *rows)
        assert other.keys() == plain.keys()
        for place, row in plain.items():
            assert_alike(other[place], row)


def test_one_more_of_the_mean_moves_no_mean_and_narrows_the_interval(duckdb_engine: Any) -> None:
    guesses, steps, visits = planted(np.random.default_rng(2))
    plain, _ = run(duckdb_engine, guesses, steps, visits)
    mean = plain["returns"]["customers_felt"]
    more, _ = run(duckdb_engine, guesses, steps, [*visits, visit("new", "returns", mean)])
    assert more["returns"]["customers_felt"] == pytest.approx(mean)
    assert more["returns"]["customers"] == plain["returns"]["customers"] + 1
    assert more["returns"]["customers_high"] < plain["returns"]["customers_high"]
    raised = [row | {"valence": row["valence"] - 0.5} if row["touchpoint"] == "returns" else row for row in guesses]
    moved, _ = run(duckdb_engine, raised, steps, visits)
    assert moved["returns"]["guess_gap"] == pytest.approx(plain["returns"]["guess_gap"] - 0.5)
    assert moved["returns"]["walk_gap"] == pytest.approx(plain["returns"]["walk_gap"])


@pytest.mark.parametrize("seed", [1])
def test_both_engines_write_the_same(on_both: OnBoth, seed: int) -> None:
    guesses, steps, visits = planted(np.random.default_rng(seed))
    guesses += [guess("WALKER 1", "returns", -1.0, AS_OF - timedelta(days=1)), guess("Fern", "none", 0.5, role="other")]
    steps += [step("Walker 2", "hall", None), step(None, "hall", None), step("Walker 4", "hall", 0.5, stage="arrival")]
    made = on_both(ANALYSIS, Context(AS_OF, SETTINGS), given(guesses, steps, visits))
    rows = made["empathy_gap"].to_pylist()
    assert [(row["touchpoint"], row["stage"]) for row in rows if row["touchpoint"] == "hall"] == [("hall", "arrival")]
    assert len(rows) == 4
    assert broken_promises(TABLES["empathy_gap"], made["empathy_gap"]) == []


# Known truth: people answer on five faces, with a mood of their own over all points; customers vary finely.
LEVELS = np.array([-0.6, -0.3, -0.1, 0.0, 0.2, 0.4, 0.6, 0.8])
OWN, MOOD, CUSTOMERS = 0.3, 0.2, 80


def faces(level: np.ndarray, n: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    mood = rng.normal(0, MOOD, 8)
    return [
        np.clip(np.round((each + mood[:k] + rng.normal(0, OWN, k)) / FACE) * FACE, -1, 1)
        for each, k in zip(level, n, strict=True)
    ]


def expected(level: np.ndarray) -> np.ndarray:
    """The mean that faces around a level have, with very many people."""
    cuts = stats.norm.cdf((np.array([-0.75, -0.25, 0.25, 0.75]) - level[:, None]) / np.hypot(OWN, MOOD))
    return np.diff(cuts, prepend=0.0, append=1.0, axis=1) @ np.array([-1.0, -0.5, 0.0, 0.5, 1.0])


def sums(values: Sequence[np.ndarray]) -> pa.Table:
    rows = [
        {"touchpoint": f"t{k}", "n": float(len(one)), "total": float(one.sum()), "squares": float((one * one).sum())}
        for k, one in enumerate(values)
    ]
    return pa.Table.from_pylist(rows)


def drawn(felt: np.ndarray, rng: np.random.Generator) -> list[Row]:
    """One company: guessers 3 to 8 and walkers 3 to 5 a point around LEVELS, customers around ``felt``."""
    people = [sums(faces(LEVELS, rng.integers(3, most + 1, 8), rng)) for most in (8, 5)]
    customers = sums([rng.normal(each, 0.35, CUSTOMERS) for each in felt])
    empty = pa.table({name: pa.array([], pa.string()) for name in ("touchpoint", "stage", "contacts", "steps")})
    left = pa.table({"of_others": [0], "too_late": [0], "replaced": [0]})
    tables = dict(zip(("gap_guess_sums", "gap_walk_sums", "gap_customer_sums", "gap_stage", "gap_left"),
                      (*people, customers, empty, left), strict=True))  # fmt: skip
    return fit_gap(tables, Context(AS_OF, SETTINGS), {}).tables["gap_known"].to_pylist()


def test_intervals_hold_the_truth_and_planted_gaps_are_found() -> None:
    rng = np.random.default_rng(11)
    truth = expected(LEVELS)
    gaps = np.array([-0.7, -0.7, 0.0, 0.0, 0.0, 0.0, 0.7, 0.7])
    held: dict[str, list[bool]] = {name: [] for name in ("guess", "walked", "customers", "guess_gap", "walk_gap")}
    right = wrong = found = 0
    for _ in range(300):
        for at, row in enumerate(drawn(truth - gaps, rng)):
            of = {"guess": truth[at], "walked": truth[at], "customers": truth[at] - gaps[at]}
            of |= {"guess_gap": gaps[at], "walk_gap": gaps[at]}
            for name, value in of.items():
                held[name].append(row[f"{name}_low"] <= value <= row[f"{name}_high"])
            if gaps[at]:
                right += row["guess_verdict"] == ("rosier" if gaps[at] > 0 else "darker")
                wrong += row["guess_verdict"] == ("darker" if gaps[at] > 0 else "rosier")
                found += row["walk_verdict"] == ("rosier" if gaps[at] > 0 else "darker")
    assert {name: float(np.mean(each)) > 0.935 for name, each in held.items()} == dict.fromkeys(held, True)
    assert wrong == 0
    assert right / 1200 > 0.55
    assert found / 1200 > 0.4


@pytest.mark.parametrize("gap", [0.0, MARGIN])
def test_where_there_is_no_gap_at_most_one_company_in_twenty_is_told_of_one(gap: float) -> None:
    """Any of sixteen verdicts wrong counts; also where all gaps lie exactly on the margin."""
    rng = np.random.default_rng(12)
    told = [
        any(row[f"{name}_verdict"] in ("rosier", "darker") for row in drawn(expected(LEVELS) - gap, rng)
            for name in ("guess", "walk"))
        for _ in range(400)
    ]  # fmt: skip
    assert np.mean(told) <= 0.05


def test_alike_is_told_where_many_agree(duckdb_engine: Any) -> None:
    guesses = [guess(f"Walker {k}", "returns", 0.5) for k in range(20)]
    found, _ = run(duckdb_engine, guesses, [], clients("returns", 0.48, 0.1, 200))
    assert found["returns"]["guess_verdict"] == "alike"
    assert found["returns"]["guess_gap_low"] >= -MARGIN
    few, _ = run(duckdb_engine, guesses[:4], [], clients("returns", 0.48, 0.1, 200))
    assert few["returns"]["guess_verdict"] == "not_enough_evidence"


def test_persons_who_agree_leave_an_interval_all_the_same() -> None:
    means = few_means([3, 3], [1.5, 1.5], [0.75, 0.75], FACE)
    low, high = means.interval()
    assert np.all(high - low > 0.3)
    alone = few_means([1], [0.5], [0.25], FACE)
    assert np.isnan(alone.error[0])
    assert np.isnan(apart(alone, alone).freedom[0])
    assert np.isnan(beyond(alone, MARGIN)[0])


def test_a_walk_after_one_that_was_forgotten_is_no_first_walk(duckdb_engine: Any) -> None:
    steps = [step(f"Walker {k}", "returns", 0.5, forgotten_before=1) for k in range(3)]
    assert run(duckdb_engine, (), steps)[0] == {}
    steps.append(step("Walker 9", "returns", -0.5))
    assert [(one["walked"], one["walkers"]) for one in run(duckdb_engine, (), steps)[0].values()] == [(-0.5, 1)]
