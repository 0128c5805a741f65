"""Betrayal and the ledger: hand-made customers whose order is known, and sums worked out by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from tests.engines.compare import run_on

from heartline.analysis.base import Context
from heartline.analysis.betrayal import ANALYSIS
from heartline.engines.duckdb import DuckDBEngine
from heartline.tables import TABLES

AS_OF = datetime(2026, 6, 30)
CONTEXT = Context(AS_OF, {"currency": "EUR"})
Given = dict[str, list[dict[str, Any]]]


def tables(given: Given) -> dict[str, pa.Table]:
    return {name: pa.Table.from_pylist(given.get(name, []), TABLES[name].arrow_schema()) for name in ANALYSIS.reads}


def run(given: Given) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]], Any]:
    engine = DuckDBEngine(memory_limit_gb=2, threads=1)
    made, rans = run_on(engine, [ANALYSIS], CONTEXT, tables(given))
    engine.close()
    betrayal, ledger = ({row["customer_id"]: row for row in made[name].to_pylist()} for name in ("betrayal", "ledger"))
    return betrayal, ledger, rans["betrayal"]


class Company:
    """Customers added one by one; identifiers count up."""

    def __init__(self) -> None:
        self.given: Given = {name: [] for name in ANALYSIS.reads}
        self.number = 0

    def person(self, name: str, self_relevance: float | None = 0.5, **loyalty: Any) -> None:
        self.given["loyalty"].append(
            {"customer_id": name, "period_end": AS_OF, "segment": "content", "p_betrayal": 0.01, "p_revenge": 0.1,
             "p_leaving": 0.2, "p_gone": 0.1, "horizon_days": 90, **loyalty}
        )  # fmt: skip
        self.given["connection"].append(
            {"customer_id": name, "period_end": AS_OF, "self_relevance": self_relevance, "evidence_count": 3}
        )

    def contact(
        self, name: str, days: float, touchpoint: str = "delivery", outcome: str = "completed",
        felt: float | None = None, p_words: float | None = None, stage: str = "delivery", kind: str = "visit",
        channel: str = "web", signals: str = "",
    ) -> None:  # fmt: skip
        self.number += 1
        at = {"interaction_id": f"i{self.number:05d}", "customer_id": name, "occurred_at": AS_OF - timedelta(days=days)}
        self.given["interaction"].append({**at, "channel": channel, "touchpoint": touchpoint, "kind": kind})
        self.given["touchpoint_visit"].append(
            {**at, "channel": channel, "touchpoint": touchpoint, "stage": stage, "outcome": outcome,
             "felt_valence": felt,
             "felt_from": "none" if felt is None else "words" if p_words is not None else "rating"}
        )  # fmt: skip
        if p_words is not None:
            self.given["feeling"].append(
                {**at, "status": "scored", "valence": felt, "signals": signals, "p_signal_betrayal": p_words,
                 "p_signal_disrespect": 0.02, "p_signal_revenge": 0.9 if "revenge" in signals else 0.02,
                 "model_version": "test"}
            )  # fmt: skip


@pytest.fixture
def company() -> Company:
    """A hundred and twenty whom nothing happened to, twenty who speak of betrayal after a failed delivery."""
    made = Company()
    for at in range(120):
        made.person(f"usual{at:03d}", 0.3 + 0.4 * (at % 10) / 10)
        made.contact(f"usual{at:03d}", 100, felt=0.4, p_words=0.01 if at % 3 == 0 else None)
    for at in range(20):
        made.person(f"hurt{at:02d}", 0.8)
        made.contact(f"hurt{at:02d}", 60 + at, outcome="failed", felt=-0.7, p_words=0.9 if at % 2 else 0.1)
    return made


def test_each_factor_raises_it_and_mending_lowers_it(company: Company) -> None:
    for name, relevance in (("loose", 0.1), ("tied", 0.9), ("mended", 0.9), ("twice", 0.9), ("mild", 0.9)):
        company.person(name, relevance)
        company.contact(name, 50, outcome="failed", felt=-0.1 if name == "mild" else -0.8)
    company.contact("mended", 45, "support_call", felt=0.6, stage="support")
    company.contact("twice", 45, "support_call", outcome="failed", felt=-0.2, stage="support")
    company.person("untouched", 0.9)
    company.contact("untouched", 50, felt=0.3)
    made, _, _ = run(company.given)
    p = {name: row["p_betrayal"] for name, row in made.items()}
    assert p["untouched"] == 0.0
    assert p["untouched"] < p["loose"] < p["tied"]
    assert p["mild"] < p["tied"]
    assert p["mended"] < p["tied"] < p["twice"]
    assert (made["mended"]["failed_recovery"], made["tied"]["failed_recovery"], made["twice"]["failed_recovery"]) == (
        0,
        0.5,
        1,
    )
    assert "what was done about it failed too" in made["twice"]["reasons"]
    assert "the brand is part of who they are" in made["tied"]["reasons"]
    assert made["tied"]["worst_touchpoint"] == "delivery"
    assert made["untouched"]["severity"] is None
    assert all(0 <= value <= 1 for value in p.values())


def test_own_words_and_attacks_count_most_one_harsh_post_does_not(company: Company) -> None:
    for name in ("spoke", "posted", "raged", "again"):
        company.person(name)
    company.contact("spoke", 30, felt=-0.8, p_words=0.95)
    company.contact("posted", 30, "community", felt=-0.8, p_words=0.02, kind="social_post", channel="social")
    company.contact(
        "raged", 30, "community", felt=-0.9, p_words=0.1, kind="social_post", channel="social", signals="revenge"
    )
    for day in (20, 30, 40):
        company.contact("again", day, "community", felt=-0.8, p_words=0.02, kind="review")
    made, _, _ = run(company.given)
    p = {name: made[name]["p_betrayal"] for name in ("spoke", "posted", "raged", "again")}
    assert p["posted"] < 0.2 < 0.5 < p["again"]
    assert p["spoke"] > 0.85
    assert p["raged"] > 0.7
    assert made["again"]["attacks"] == 3
    assert "3 in a year" in made["again"]["reasons"]
    assert "their own words speak of betrayal" in made["spoke"]["reasons"]


def test_revenge_falls_and_avoidance_grows(company: Company) -> None:
    made, _, ran = run(company.given)
    row = made["hurt01"]
    falling = [row[name] for name in ("p_revenge", *(f"p_revenge_month_{month}" for month in (1, 3, 6)))]
    growing = [row[name] for name in ("p_avoidance", *(f"p_avoidance_month_{month}" for month in (1, 3, 6)))]
    assert falling == sorted(falling, reverse=True)
    assert growing == sorted(growing)
    assert falling[0] == pytest.approx(0.1)
    # after one half-life the rate is half: 1 - 0.9 ** 0.5 (a half-life of 180 days is assumed: nobody attacked)
    assert row["p_revenge_month_6"] == pytest.approx(1 - 0.9 ** (0.5 ** (6 * 30.4375 / 180)))
    # gone 0.1; of those there (0.2 - 0.1) / 0.9 leave in 90 days
    assert row["p_avoidance_month_3"] == pytest.approx(0.1 + 0.9 * (1 - (8 / 9) ** (3 * 30.4375 / 90)))
    assert any("half-life of 180 days is assumed" in note for note in ran.notes)


def test_what_is_not_known_stays_unknown(company: Company) -> None:
    company.person("silent", None, p_betrayal=None, p_revenge=None)
    company.person("new", None, p_leaving=None, p_gone=None)
    made, _, _ = run(company.given)
    for name in ("p_betrayal", "p_revenge", "p_revenge_month_3", "words", "motive", "self_relevance"):
        assert made["silent"][name] is None
    assert made["new"]["p_avoidance"] is None
    assert made["new"]["p_avoidance_month_6"] is None


def test_without_anybody_who_shows_it_published_directions_are_used_and_said() -> None:
    company = Company()
    for at in range(40):
        company.person(f"c{at}")
        company.contact(f"c{at}", 30, outcome="failed" if at < 5 else "completed")
    made, _, ran = run(company.given)
    assert any("published directions" in note for note in ran.notes)
    assert made["c0"]["p_betrayal"] > made["c9"]["p_betrayal"] == 0


def value(name: str, expected: float, low: float, high: float, alive: float = 1.0) -> dict[str, Any]:
    return {
        "customer_id": name, "p_alive": alive, "expected_value": expected, "expected_value_low": low,
        "expected_value_high": high, "currency": "EUR", "value_kind": "revenue",
    }  # fmt: skip


def test_the_ledger_adds_up_by_hand(company: Company) -> None:
    company.person("angry", p_leaving=0.7)
    for day in (20, 30):
        company.contact("angry", day, "community", felt=-0.9, p_words=0.9, kind="review")
    company.person("fan")
    given = company.given
    given["referral"] = [
        {"referrer_id": who, "referred_id": whom, "occurred_at": AS_OF - timedelta(days=day), "converted": came}
        for who, whom, day, came in (
            ("fan", "friend", 90, True), ("fan", "prospect", 80, False), ("usual001", "friend", 50, True),
        )
    ]  # fmt: skip
    given["purchase"] = [
        {"purchase_id": f"p{at}", "customer_id": "friend", "occurred_at": AS_OF - timedelta(days=day), "revenue": 40.0,
         "refunded": back, "currency": currency}
        for at, (day, back, currency) in enumerate(((60, 0.0, "EUR"), (50, 40.0, "EUR"), (40, 0.0, "USD")))
    ]  # fmt: skip
    given["customer_value"] = [value("friend", 100.0, 10.0, 250.0), value("angry", 200.0, 0.0, 500.0, alive=0.5)]
    _, ledger, _ = run(given)
    fan, angry = ledger["fan"], ledger["angry"]
    assert (fan["referred"], fan["converted"]) == (2, 1)
    assert fan["brought"] == pytest.approx(40.0)  # the refunded and the dollars do not count
    assert fan["help"] == pytest.approx(140.0)
    # one referred person's interval: half its width on either side of the expectation
    assert (fan["help_low"], fan["help_high"]) == (pytest.approx(40.0, abs=1e-9), pytest.approx(260.0, abs=0.01))
    assert fan["harm"] is None
    assert "would have come anyway" in fan["assumed"]
    # risk of leaving 0.7 against the usual 0.2, on a value that already counts being there with 0.5
    assert angry["harm"] == pytest.approx(200.0 * 0.5 / 0.5)
    assert (angry["harm_low"], angry["harm_high"]) == (pytest.approx(0.0), pytest.approx(500.0))
    assert angry["help"] is None
    assert "harm_of_others" not in angry  # who read a post is in no company's data
    assert "usual001" not in ledger  # whom they named had been named before


def test_harm_without_a_known_value_is_not_zero(company: Company) -> None:
    company.person("angry", p_leaving=0.9)
    company.contact("angry", 20, "community", felt=-0.9, p_words=0.9, kind="review")
    assert run(company.given)[1]["angry"]["harm"] is None


def test_both_engines_answer_alike(company: Company, on_both: Any) -> None:
    company.contact("hurt01", 20, "community", felt=-0.9, p_words=0.9, kind="review")
    on_both(ANALYSIS, CONTEXT, tables(company.given), relative=1e-6)
