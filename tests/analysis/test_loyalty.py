"""Loyalty: the published rhythm, rules on hand-made customers, and what must not change them."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.analysis.test_connection import event, feeling, rows
from tests.analysis.test_truth import _shaped
from tests.engines.compare import run_on

from heartline.analysis import touchpoints
from heartline.analysis.base import Context
from heartline.analysis.loyalty import ANALYSIS
from heartline.engines.duckdb import DuckDBEngine
from heartline.errors import StatisticsError
from heartline.runner import run_analysis
from heartline.settings import load_settings
from heartline.simulate import simulate
from heartline.stats.ranking import calibration_error, reliability
from heartline.stats.rhythm import Rhythm, fit_rhythm, p_there, p_there_at
from heartline.stats.risk import fit_risk, prior_risk

AS_OF = datetime(2026, 6, 30)
SETTINGS = {"periods": 2, "risk_horizon_days": 90}

# Cohort of 11,104 donors over six yearly opportunities: (active years, last active year, donors).
# Figures as published by Fader, Hardie & Shang (2010).
DONORS = (
    (6, 6, 1203), (5, 6, 728), (4, 6, 512), (3, 6, 357), (2, 6, 234), (1, 6, 129), (5, 5, 335), (4, 5, 284),
    (3, 5, 225), (2, 5, 173), (1, 5, 119), (4, 4, 240), (3, 4, 181), (2, 4, 155), (1, 4, 78), (3, 3, 322),
    (2, 3, 255), (1, 3, 129), (2, 2, 613), (1, 2, 277), (1, 1, 1091), (0, 0, 3464),
)  # fmt: skip


def test_rhythm_reproduces_the_published_parameters():
    x, last, donors = (np.array(each, float) for each in zip(*DONORS, strict=True))
    found = fit_rhythm(x, last, np.full(len(x), 6.0), donors)
    assert donors.sum() == 11_104
    assert (found.alpha, found.beta, found.gamma, found.delta) == pytest.approx((1.204, 0.750, 0.657, 2.783), abs=0.001)
    assert found.log_likelihood == pytest.approx(-33225.6, abs=0.05)
    assert found.converged


def test_where_customers_leave_alike_the_order_of_histories_decides_nothing():
    rng = np.random.default_rng(9)
    n = rng.integers(5, 80, 1500)
    there = np.minimum(rng.geometric(0.02, 1500), n)  # one chance of leaving for all
    pace = rng.beta(3.0, 9.0, 1500)
    weeks = [np.flatnonzero(rng.random(end) < each) + 1 for end, each in zip(there, pace, strict=True)]
    x, last = (np.array(each, float) for each in ([len(w) for w in weeks], [w.max(initial=0) for w in weeks]))
    order = rng.permutation(1500)
    first, second = fit_rhythm(x, last, n), fit_rhythm(x[order], last[order], n[order])
    assert not first.converged
    for name in ("alpha", "beta", "gamma", "delta"):
        assert getattr(first, name) == pytest.approx(getattr(second, name), rel=1e-7)
    assert first.gamma / (first.gamma + first.delta) == pytest.approx(0.02, rel=0.15)


def test_silence_counts_against_those_who_used_to_come_often():
    rhythm = Rhythm(1.0, 3.0, 1.0, 39.0, 0.0, True)
    often, rarely, just = p_there(rhythm, [30.0, 3.0, 30.0], [40.0, 40.0, 52.0], [52.0, 52.0, 52.0])
    assert often < rarely < just == 1.0
    gaps = p_there(rhythm, np.full(10, 10.0), np.arange(50.0, 30.0, -2), np.full(10, 52.0))
    assert np.all(np.diff(gaps) < 0)


def test_when_somebody_left_is_told_from_the_weeks_since():
    """Known truth: of customers with drawn days of leaving, as many are gone at each week as the model says."""
    rng = np.random.default_rng(4)
    weeks, many = 60, 8000
    pace, leaves = rng.beta(2.0, 6.0, many), rng.beta(1.2, 40.0, many)
    stays = np.minimum(rng.geometric(leaves) - 1, weeks)
    active = (rng.random((many, weeks)) < pace[:, None]) & (np.arange(weeks) < stays[:, None])
    x, last = active.sum(axis=1), np.where(active.any(axis=1), weeks - np.argmax(active[:, ::-1], axis=1), 0)
    rhythm, n = Rhythm(2.0, 6.0, 1.2, 40.0, 0.0, True), np.full(many, weeks)
    for week in (20.0, 41.5, 60.0):
        there = p_there_at(rhythm, x, last, n, np.full(many, week))
        assert there.mean() == pytest.approx((stays >= week).mean(), abs=0.012)
        assert calibration_error(reliability(there, stays >= week)) < 0.02
    assert p_there_at(rhythm, x, last, n, n) == pytest.approx(p_there(rhythm, x, last, n))
    assert np.all(p_there_at(rhythm, x, last, n, last) == pytest.approx(1.0))
    assert p_there_at(rhythm, [], [], [], []).shape == (0,)


def test_impossible_histories_are_refused():
    with pytest.raises(StatisticsError):
        fit_rhythm([3.0], [2.0], [5.0])
    with pytest.raises(StatisticsError):
        fit_rhythm([0.0, 0.0], [0.0, 0.0], [5.0, 6.0])


def test_risk_starts_from_the_prior_and_moves_with_outcomes():
    rng = np.random.default_rng(2)
    x = rng.standard_normal((40_000, 2))
    y = (rng.random(40_000) < 1 / (1 + np.exp(-(-2 + 1.5 * x[:, 0] - 0.5 * x[:, 1])))).astype(float)
    many = fit_risk(x, y, [0.0, 0.0])
    few = fit_risk(x[:60], y[:60], [0.0, 0.0], spread=0.1)
    assert many.slopes == pytest.approx((1.5, -0.5), abs=0.08)
    assert abs(few.slopes[0]) < 0.5
    assert prior_risk([1.0, 0.0], 0.05, x).slopes == (1.0, 0.0)
    with pytest.raises(StatisticsError):
        fit_risk(x, np.zeros(40_000), [0.0, 0.0])
    weight = rng.integers(0, 3, 300).astype(float)
    again = np.repeat(np.arange(300), weight.astype(int))
    weighted, repeated = fit_risk(x[:300], y[:300], [0.0, 0.0], weight=weight), fit_risk(x[again], y[again], [0.0, 0.0])
    assert (weighted.intercept, *weighted.slopes) == pytest.approx((repeated.intercept, *repeated.slopes))


def company() -> dict[str, list[dict[str, object]]]:
    """Eighty who come every other week, and a few of whom something is told."""
    given: dict[str, list[dict[str, object]]] = {name: [] for name in ANALYSIS.reads}
    number = 0

    def came(name: str, days: list[float], valence: float = 0.3, **more: object) -> None:
        nonlocal number
        for day in days:
            number += 1
            given["interaction"].append(event(number, name, day, **more))
            given["touchpoint_visit"].append(
                {"interaction_id": f"i{number:05d}", "customer_id": name, "occurred_at": AS_OF - timedelta(days=day),
                 "channel": "web", "touchpoint": "checkout", "felt_valence": valence, "felt_from": "rating"}
            )  # fmt: skip

    def said(name: str, day: float, valence: float, signals: str, kind: str, channel: str) -> None:
        nonlocal number
        number += 1
        given["interaction"].append(event(number, name, day, kind, channel=channel))
        given["feeling"].append(feeling(number, name, day) | {"valence": valence, "signals": signals})

    def bonded(name: str, connection: float, self_relevance: float = 0.5) -> None:
        for end in (datetime(2026, 5, 30), AS_OF):
            given["connection"].append(
                {"customer_id": name, "period_end": end, "connection": connection, "connection_low": connection - 10,
                 "connection_high": connection + 10, "evidence_count": 5, "self_relevance": self_relevance,
                 "thin": False}
            )  # fmt: skip

    often = [float(day) for day in range(4, 500, 14)]
    for at in range(80):
        came(f"usual{at:02d}", [day + at % 7 for day in often if (int(day) + at) % 3], 0.05)
        bonded(f"usual{at:02d}", 45 + at % 10)
    for name, connection in (("fan", 82.0), ("friend", 63.0), ("cold", 40.0)):
        came(name, often, 0.5 if name != "cold" else -0.1)
        bonded(name, connection)
    given["referral"] = [
        {"referrer_id": who, "referred_id": f"new{k}", "occurred_at": AS_OF - timedelta(days=100 + k)}
        for k, who in enumerate(["fan", "fan", "friend"])
    ]
    came("away", [day for day in often if day > 200], 0.3)
    came("quitter", [day for day in often if day > 20], 0.3)
    said("quitter", 15, -0.5, "leaving", "cancellation", "email")
    came("warm", often, 0.6)
    for who, posts in (("angry", 3), ("once", 1)):
        came(who, often, 0.1)
        bonded(who, 60, 0.9)
        for k in range(posts):
            said(who, 40 + 10 * k, -0.7, "complaint revenge", "social_post", "social")
    return given


def run(given: dict[str, list[dict[str, object]]]):
    engine = DuckDBEngine(threads=1)
    for name in ANALYSIS.reads:
        engine.register_arrow(name, rows(name, given.get(name, [])))
    ran = run_analysis(engine, ANALYSIS, Context(AS_OF, SETTINGS))
    made = {(r["customer_id"], r["period_end"]): r for r in engine.fetch("select * from loyalty").to_pylist()}
    moves = engine.fetch("select * from segment_move").to_pylist()
    engine.close()
    return made, moves, ran


def test_rules_place_hand_made_customers():
    made, moves, ran = run(company())
    segment = {name: row["segment"] for (name, end), row in made.items() if end == AS_OF}
    assert segment["fan"] == "super_advocate"
    assert segment["friend"] == "advocate"
    assert segment["away"] == "defector"
    assert segment["quitter"] == "defector"
    assert segment["warm"] == "content"
    assert segment["angry"] == "dissenter"
    assert segment["once"] != "dissenter"  # one message, and nothing else speaks of hurt
    assert segment["usual00"] == "indifferent"
    assert sum(row["customers"] for row in moves) == len(segment)
    assert any("calibrated" in note or "Fewer than" in note for note in ran.notes)


def test_risks_have_reasons_in_words_and_keep_their_bounds():
    made, _, _ = run(company())
    for row in made.values():
        for name in ("p_betrayal", "p_revenge", "p_silent_leaving", "p_leaving"):
            assert row[name] is None or 0 <= row[name] <= 1
        assert -1 <= row["staying"] <= 1
        assert -1 <= row["promoting"] <= 1
        if row["p_silent_leaving"] is not None:
            assert row["p_silent_leaving"] <= row["p_leaving"] + 1e-9
        assert row["rule"]
        assert row["horizon_days"] == 90
    away, quitter, angry, warm = (made[name, AS_OF] for name in ("away", "quitter", "angry", "warm"))
    assert "silent for" in away["reasons"]
    assert quitter["reasons"].startswith("cancelled")
    assert "attacked in public 3 times" in angry["reasons"]
    assert "attacked in public once in six months" in made["once", AS_OF]["reasons"]
    assert "1 promoting act in a year" in made["friend", AS_OF]["rule"]
    assert away["p_leaving"] > 0.8 > 0.3 > warm["p_leaving"]
    assert angry["p_revenge"] > 3 * warm["p_revenge"]


def test_newcomers_have_no_risk_yet_but_say_why():
    given = company()
    given["customer"].append({"customer_id": "fresh", "first_seen_at": AS_OF - timedelta(days=6)})
    given["interaction"].append(event(90_001, "fresh", 5))
    made, moves, _ = run(given)
    assert made["fresh", AS_OF]["p_leaving"] is None
    assert made["fresh", AS_OF]["staying"] is None
    assert "too briefly" in made["fresh", AS_OF]["reasons"]
    assert ("fresh", datetime(2026, 5, 30)) not in made
    assert sum(row["customers"] for row in moves if row["segment_from"] == "new") == 1


def test_what_nobody_felt_is_not_known_and_is_not_what_others_felt():
    given = company()
    for number, day in enumerate((5, 20, 40, 60, 80), start=95_000):
        given["interaction"].append(event(number, "silent", day))
        given["touchpoint_visit"].append(
            {"interaction_id": f"i{number}", "customer_id": "silent", "occurred_at": AS_OF - timedelta(days=day),
             "channel": "web", "touchpoint": "lounge", "felt_from": "none"}
        )  # fmt: skip
        given["touchpoint_visit"].append(
            {"interaction_id": f"x{number}", "customer_id": "warm", "occurred_at": AS_OF - timedelta(days=day),
             "channel": "web", "touchpoint": "lounge", "felt_from": "rating", "felt_valence": 0.9}
        )  # fmt: skip
    silent = run(given)[0]["silent", AS_OF]
    assert silent["segment"] == "indifferent"  # the lounge usually delights; what it was for this customer nobody knows
    assert silent["p_betrayal"] is None
    assert silent["p_revenge"] is None
    assert silent["p_leaving"] is not None  # silence and visits tell that


@pytest.mark.parametrize(("values", "segment"), [((10.0, 3.0, 40.0), "indifferent"), ((3.0, 10.0, -40.0), "advocate")])
def test_of_answers_of_one_moment_the_later_id_counts_and_none_outside_its_scale(values, segment):
    given = company()
    given["survey_response"] = [
        {"response_id": f"r{number}", "customer_id": "usual09", "answered_at": AS_OF - timedelta(days=9),
         "construct": "nps", "value": value, "scale_min": 0.0, "scale_max": 10.0}
        for number, value in enumerate(values)
    ]  # fmt: skip
    for row in given["connection"]:
        if row["customer_id"] == "usual09":
            row["connection"] = 60.0
    for answers in (given["survey_response"], given["survey_response"][::-1]):
        assert run({**given, "survey_response": answers})[0]["usual09", AS_OF]["segment"] == segment


def test_hysteresis_keeps_somebody_just_below_a_threshold():
    given = company()
    for row in given["connection"]:
        if row["customer_id"] == "fan":
            row["connection"] = 75.0 if row["period_end"] < AS_OF else 68.0
        if row["customer_id"] == "friend":
            row["connection"] = 50.0 if row["period_end"] < AS_OF else 56.0
    made, _, _ = run(given)
    assert made["fan", AS_OF]["segment"] == "super_advocate"
    assert made["friend", AS_OF]["segment"] != "advocate"


@pytest.fixture(scope="module")
def then(tmp_path_factory):
    """1,500 simulated customers without words seen 90 days before their end, beside what came of them."""
    folder, at = tmp_path_factory.mktemp("then"), AS_OF - timedelta(days=90)
    simulate(folder, customers=1500, seed=5, texts=False)
    given, when = {}, {"customer": "first_seen_at", "survey_response": "answered_at"}
    for name in ("customer", "interaction", "survey_response", "referral", "purchase"):
        made = _shaped(pq.read_table(folder / f"{name}.parquet"), name)
        given[name] = made.filter(pc.less(made[when.get(name, "occurred_at")], pa.scalar(at, pa.timestamp("us"))))
    engine = DuckDBEngine(memory_limit_gb=2, threads=2)
    settings = load_settings(None, {}).values
    made, _ = run_on(engine, [touchpoints.ANALYSIS, ANALYSIS], Context(at, settings), given)
    engine.register_arrow("truth", pq.read_table(folder / "truth_customer.parquet"))
    engine.register_arrow("whole", pq.read_table(folder / "interaction.parquet"))
    told = "i.customer_id = t.customer_id and i.kind in ('problem', 'complaint', 'cancellation')"
    found = engine.fetch(
        "select l.*, coalesce(t.left_at::timestamp < l.period_end, false) as gone, t.left_at is not null as left_by,"
        f" t.left_at is not null and not exists (select 1 from whole i where {told}"
        " and i.occurred_at >= t.left_at - interval '180' day) as silent"
        f" from loyalty l join truth t on t.customer_id = l.customer_id where l.period_end = timestamp '{at}'"
        " and l.p_leaving is not null"
    ).to_pylist()
    engine.close()
    return found


@pytest.mark.parametrize(
    ("said", "came"), [("p_gone", "gone"), ("p_leaving", "left_by"), ("p_silent_leaving", "silent")]
)
def test_leaving_comes_as_often_as_it_is_said(then, said, came):
    """Whoever has left already is no outcome of the horizon: risks that count them again are twice too high."""
    p, y = ([float(row[name]) for row in then] for name in (said, came))
    error = calibration_error(reliability(p, y))
    print(f"{said}: said {np.mean(p):.3f}, came {np.mean(y):.3f}, calibration error {error:.3f}")
    assert len(p) > 1300
    assert np.mean(p) == pytest.approx(np.mean(y), abs=0.025)
    assert error <= 0.05


def test_who_told_before_going_has_not_left_in_silence():
    given = company()
    for who in ("mute", "loud", "early"):
        for day in range(210, 500, 14):
            given["interaction"].append(event(70_000 + len(given["interaction"]), who, float(day)))
    given["interaction"].append(event(60_001, "loud", 300.0, "complaint"))  # 90 days before the last sign of life
    given["interaction"].append(event(60_002, "early", 470.0, "complaint"))  # 260 days before it
    made, _, _ = run(given)
    mute, loud, early, quitter = (made[who, AS_OF] for who in ("mute", "loud", "early", "quitter"))
    assert mute["p_gone"] > 0.8
    assert mute["p_silent_leaving"] > 0.8
    assert early["p_silent_leaving"] > 0.8
    assert loud["p_silent_leaving"] < 0.1 < 0.8 < loud["p_gone"]
    assert quitter["p_silent_leaving"] < 0.1  # cancelled: gone, not in silence


def test_order_of_rows_changes_nothing():
    given = company()
    first, _, _ = run(given)
    rng = np.random.default_rng(0)
    second, _, _ = run({name: [listed[i] for i in rng.permutation(len(listed))] for name, listed in given.items()})
    for key, row in first.items():
        assert row["segment"] == second[key]["segment"]
        assert row["p_leaving"] == pytest.approx(second[key]["p_leaving"], abs=1e-7)


def test_both_engines_answer_alike(on_both):
    given: dict[str, pa.Table] = {name: rows(name, listed) for name, listed in company().items()}
    on_both(ANALYSIS, Context(AS_OF, SETTINGS), given, relative=1e-6)
