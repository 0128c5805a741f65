"""What comes to mind, by hand and against planted phrases: privacy first."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from tests.engines.compare import run_on

from heartline.analysis import associations
from heartline.analysis.associations import ANALYSIS
from heartline.analysis.base import Context
from heartline.tables import TABLES

AS_OF = datetime(2026, 7, 1)
SETTINGS = {"min_base": 20, "window_months": 3}
FILLER = ("parcel", "garden", "shop", "price", "colour", "chair", "lamp", "order", "phone", "store")


class Texts:
    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, object]]] = {name: [] for name in ANALYSIS.reads}

    def say(self, customer: str, text: str, days: float = 10, valence: float | None = 0.1, segment: str = "content",
            emotion: str | None = "neutral", **more: object) -> str:  # fmt: skip
        number = f"i{len(self.rows['verbatim']):05d}"
        key = {"interaction_id": number, "customer_id": customer, "occurred_at": AS_OF - timedelta(days=days)}
        self.rows["verbatim"].append(key | {"speaker": "customer", "text": text} | more)
        self.rows["feeling"].append(
            key | {"status": "scored", "valence": valence, "main_emotion": emotion, "model_version": "t"}
        )
        if not any(row["customer_id"] == customer for row in self.rows["loyalty"]):
            self.rows["loyalty"].append({"customer_id": customer, "period_end": AS_OF, "segment": segment})
        return number

    def fill(self, count: int = 40, days: float = 10, start: int = 0, segment: str = "content") -> None:
        rng = np.random.default_rng(start)
        for number in range(count):
            words = rng.choice(FILLER, 3, replace=False)
            self.say(f"f{start + number}", ". ".join(words), days, segment=segment)

    def run(self, engine):
        given = {name: pa.Table.from_pylist(rows, TABLES[name].arrow_schema()) for name, rows in self.rows.items()}
        made, rans = run_on(engine, [ANALYSIS], Context(AS_OF, SETTINGS), given)
        engine.forget(ANALYSIS.writes)
        rows = made["association"].to_pylist()
        phrases = {(row["source"], row["term"], row["segment"]): row for row in rows if row["kind"] == "phrase"}
        return phrases, [row for row in rows if row["kind"] == "topic"], rans["associations"].notes


def test_nothing_that_fewer_than_five_customers_said(duckdb_engine):
    texts = Texts()
    texts.fill()
    for number in range(4):
        for _ in range(5):
            texts.say(f"f{number}", "purple elephants")
    for number in range(5):
        texts.say(f"f{number}", "green frogs", valence=-0.5, emotion="anger")
    found, _, _ = texts.run(duckdb_engine)
    assert not [key for key in found if "purple" in key[1] or "elephants" in key[1]]
    row = found["texts", "green frogs", ""]
    assert (row["customers"], row["texts"], row["of_customers"]) == (5, 5, 40)
    assert row["valence"] == pytest.approx(-0.5)
    assert row["emotion"] == "anger"
    assert min(each["customers"] for each in found.values()) >= 5
    assert ("texts", "green", "") not in found  # the pair says it all


def test_names_are_left_out_however_they_are_written(duckdb_engine):
    texts = Texts()
    texts.fill()
    for number in range(8):
        texts.say(f"f{number}", "today Maria helped kindly" if number % 2 else "maria helped kindly")
        texts.say(f"f{number}", "with regards gustav")
    texts.rows["customer"] = [{"customer_id": f"f{number}", "name": "Gustav Gans"} for number in range(8)]
    terms = {key[1] for key in texts.run(duckdb_engine)[0]}
    assert "helped kindly" in terms
    assert not [term for term in terms if "maria" in term or "gustav" in term]


def test_who_refused_the_reading_or_objects_to_research_is_not_learnt_from(duckdb_engine):
    texts = Texts()
    texts.fill()
    for number in range(7):
        texts.say(f"f{number}", "secret recipe")
    texts.rows["customer"] = [
        {"customer_id": "f0", "consent_emotion": False}, {"customer_id": "f1", "objections": "research"},
    ]  # fmt: skip
    assert texts.run(duckdb_engine)[0]["texts", "secret recipe", ""]["customers"] == 5
    texts.rows["customer"].append({"customer_id": "f2", "objections": "all"})
    assert ("texts", "secret recipe", "") not in texts.run(duckdb_engine)[0]


def test_what_is_new_and_what_a_segment_says_more(duckdb_engine):
    texts = Texts()
    texts.fill(150, days=120)
    texts.fill(150, days=10)
    texts.fill(150, days=10, start=1000, segment="dissenter")
    for number in range(40):
        texts.say(f"f{number}", "robot answers")
        texts.say(f"f{1000 + number}", "never return", segment="dissenter")
    found, _, _ = texts.run(duckdb_engine)
    new = found["texts", "robot answers", ""]
    assert new["log_odds_low"] > 0
    assert new["q"] < 0.05
    own = found["texts", "never return", "dissenter"]
    assert own["log_odds_low"] > 0.5
    assert found["texts", "robot answers", "content"]["log_odds_low"] > 0
    assert ("texts", "never return", "content") not in found
    usual = [found["texts", word, ""] for word in FILLER]
    assert sum(row["q"] <= 0.1 and abs(row["log_odds"]) > 0.5 for row in usual) == 0


def test_answers_to_the_prompt_are_a_source_of_their_own(duckdb_engine):
    texts = Texts()
    texts.fill()
    for number in range(25):
        response = texts.say(f"f{number}", "cosy evenings")
        texts.rows["survey_response"].append(
            {"response_id": response, "customer_id": f"f{number}", "answered_at": AS_OF - timedelta(days=10),
             "construct": "attachment", "value": 1.0, "scale_min": 0.0, "scale_max": 1.0,
             "question": "What comes to mind when you think of us?"}
        )  # fmt: skip
    found, _, notes = texts.run(duckdb_engine)
    assert found["prompt", "cosy evenings", ""]["share"] == 1
    assert ("texts", "cosy evenings", "") not in found
    assert notes[0].startswith("Phrases of 25 customers in prompt")


def test_answers_in_other_languages_are_phrases_without_a_feeling(duckdb_engine):
    texts = Texts()
    for number in range(60):
        if number < 30:
            said, more = ("Freundliche Beratung, aber nicht billig", {"language": "de"})
        else:
            said, more = ("friendly staff", {})
        response = texts.say(f"f{number}", said, valence=None if number < 30 else 0.4, **more)
        if number < 30:
            texts.rows["feeling"][-1] |= {"status": "unsupported_language", "main_emotion": None}
        texts.rows["interaction"].append(
            {"interaction_id": response, "customer_id": f"f{number}", "occurred_at": AS_OF - timedelta(days=10),
             "channel": "survey", "touchpoint": "survey", "kind": "prompt"}
        )  # fmt: skip
    # words in a language that is not read, but no answer to the prompt, stay unread
    for number in range(30):
        texts.say(f"g{number}", "Freundliche Beratung", valence=None)
        texts.rows["feeling"][-1] |= {"status": "unsupported_language", "main_emotion": None}
    given = {name: pa.Table.from_pylist(rows, TABLES[name].arrow_schema()) for name, rows in texts.rows.items()}
    made, rans = run_on(duckdb_engine, [ANALYSIS], Context(AS_OF, SETTINGS), given)
    duckdb_engine.forget(ANALYSIS.writes)
    rows = {(row["source"], row["language"], row["term"]): row for row in made["association"].to_pylist()
            if not row["segment"]}  # fmt: skip
    assert {key[:2] for key in rows} == {("prompt", "de"), ("prompt", "en")}
    german, english = rows["prompt", "de", "nicht billig"], rows["prompt", "en", "friendly staff"]
    assert (german["share"], german["of_customers"], german["valence"], german["emotion"]) == (1, 30, None, None)
    assert (english["share"], english["valence"]) == (1, pytest.approx(0.4))
    assert not [key for key in rows if key[2] in ("aber", "nicht")]
    assert any("prompt de" in note for note in rans["associations"].notes)


def test_more_texts_than_can_be_read_are_those_of_some_customers_whole(duckdb_engine, monkeypatch):
    texts = Texts()
    texts.fill(400)
    texts.fill(400)
    monkeypatch.setattr(associations, "_MOST", 300)
    found, _, notes = texts.run(duckdb_engine)
    taken = next(row for row in found.values())["of_customers"]
    assert 60 < taken <= 150
    assert f"{2 * taken} of 800 texts" in notes[-1]


def test_too_few_customers_say_nothing(duckdb_engine):
    texts = Texts()
    texts.fill(10)
    found, topics, notes = texts.run(duckdb_engine)
    assert (found, topics) == ({}, [])
    assert "too few" in notes[0]


def test_planted_topics_carry_their_feelings(duckdb_engine):
    rng = np.random.default_rng(4)
    texts = Texts()
    good, bad = ("friendly", "staff", "smile", "advice"), ("parcel", "late", "driver", "lost")
    extra = [f"filler{letter}{other}" for letter in "abcdef" for other in "abcdef"]
    for number in range(400):
        of = (good, bad)[number % 2]
        words = [*rng.choice(of, 3, replace=False), *rng.choice(extra, 2, replace=False)]
        texts.say(f"f{number}", ". ".join(words), valence=0.6 if of is good else -0.6)
    _, topics, notes = texts.run(duckdb_engine)
    everybody = [row for row in topics if row["segment"] == ""]
    assert "3 topics" in notes[1]
    best, worst = (pick(everybody, key=lambda row: row["valence"]) for pick in (max, min))
    assert set(best["term"].replace(",", "").split()) & set(good)
    assert set(worst["term"].replace(",", "").split()) & set(bad)
    assert worst["valence"] < -0.4 < 0.4 < best["valence"]
