"""The table feeling, from verbatims and consents."""

from __future__ import annotations

import pickle
from datetime import datetime

import pyarrow as pa
import pytest
from tests.engines.compare import OnBoth

from heartline.analysis.base import Context
from heartline.analysis.text_emotion import ANALYSIS, SCHEMA, score_batch
from heartline.engines.duckdb import DuckDBEngine
from heartline.runner import run_analysis
from heartline.tables import table

WHEN = datetime(2026, 3, 1, 12)


def _verbatim(rows: list[tuple[str, str, str, str | None, str]]) -> pa.Table:
    schema = table("verbatim").arrow_schema(
        ["interaction_id", "customer_id", "occurred_at", "speaker", "language", "text"]
    )
    lines = [dict(zip(schema.names, (r[0], r[1], WHEN, *r[2:]), strict=True)) for r in rows]
    return pa.Table.from_pylist(lines, schema=schema)


def _customers() -> pa.Table:
    schema = table("customer").arrow_schema(["customer_id", "consent_emotion", "objections"])
    return pa.Table.from_pylist(
        [
            {"customer_id": "yes", "consent_emotion": True, "objections": None},
            {"customer_id": "unasked", "consent_emotion": None, "objections": "marketing"},
            {"customer_id": "refused", "consent_emotion": False, "objections": None},
            {"customer_id": "objects", "consent_emotion": True, "objections": "marketing Feelings"},
        ],
        schema=schema,
    )


@pytest.fixture(scope="module")
def feelings() -> dict[str, dict[str, object]]:
    engine = DuckDBEngine()
    try:
        engine.register_arrow("customer", _customers())
        engine.register_arrow("correction", table("correction").arrow_schema().empty_table())
        engine.register_arrow(
            "verbatim",
            _verbatim(
                [
                    ("thanks", "yes", "customer", None, "Thank you so much, that was wonderful help!"),
                    (
                        "angry",
                        "unasked",
                        "customer",
                        "en-GB",
                        "Your agent was rude to me. I will never buy from you again.",
                    ),
                    ("stranger", "nobody_knows", "customer", None, "I love this, it is great."),
                    ("employee", "yes", "employee", None, "I am so sorry to hear that, we love to help."),
                    ("refused", "refused", "customer", None, "I hate this."),
                    ("objects", "objects", "customer", None, "I hate this."),
                    ("blank", "yes", "customer", None, "   "),
                    ("told_german", "yes", "customer", "de", "Super!"),
                    ("read_german", "yes", "customer", None, "Ich warte noch auf die Antwort und das ist nicht gut"),
                ]
            ),
        )
        run_analysis(engine, ANALYSIS, Context(datetime(2026, 4, 1), {"emotion_model": "bulk"}))
        return {row["interaction_id"]: row for row in engine.fetch("select * from feeling").to_pylist()}
    finally:
        engine.close()


def test_reads_only_customers_who_allow_it(feelings: dict[str, dict[str, object]]) -> None:
    assert set(feelings) == {"thanks", "angry", "stranger", "blank", "told_german", "read_german"}


def test_says_what_the_words_say(feelings: dict[str, dict[str, object]]) -> None:
    assert "gratitude" in str(feelings["thanks"]["emotions"]).split()
    assert float(str(feelings["thanks"]["valence"])) > 0.4
    assert {"disrespect", "leaving"} <= set(str(feelings["angry"]["signals"]).split())
    assert float(str(feelings["angry"]["valence"])) < -0.4


def test_unknown_is_null_with_its_reason(feelings: dict[str, dict[str, object]]) -> None:
    expected = {"blank": "empty", "told_german": "unsupported_language", "read_german": "unsupported_language"}
    for key, status in expected.items():
        row = feelings[key]
        assert row["status"] == status
        judged = set(row) - {"interaction_id", "customer_id", "occurred_at", "status", "model_version"}
        assert all(row[name] is None for name in judged)


def test_score_batch_is_picklable_and_takes_no_rows() -> None:
    assert pickle.loads(pickle.dumps(score_batch)) is score_batch
    columns = _verbatim([]).select(["interaction_id", "customer_id", "occurred_at", "language", "text"])
    empty = pa.RecordBatch.from_arrays([c.combine_chunks() for c in columns.columns], names=columns.column_names)
    assert score_batch(empty).num_rows == 0
    assert score_batch(empty).schema == SCHEMA


def test_corrections_are_followed_alike_on_both_engines(on_both: OnBoth) -> None:
    """A person's labels and valence take the place of the model's; `no_empathy` must not be taken for `empathy`."""
    schema = table("correction").arrow_schema()
    said = {
        "correction_id": 1, "customer_id": "yes", "model_version": "m", "corrected_by": "Dana", "corrected_at": WHEN,
        "motivators": None, "main_emotion": "worry", "about": None, "valence": None, "shown_valence": 0.7,
    }  # fmt: skip
    corrections = [
        {**said, "interaction_id": "thanks", "emotions": "pride", "signals": "no_empathy"},
        {**said, "interaction_id": "german", "emotions": "", "signals": "", "valence": -1.0, "motivators": ""},
        {**said, "interaction_id": "refused", "emotions": "anger", "signals": ""},
    ]
    given = {
        "customer": _customers(),
        "correction": pa.Table.from_pylist(corrections, schema=schema),
        "verbatim": _verbatim(
            [
                ("thanks", "yes", "customer", None, "Thank you so much, that was wonderful help!"),
                ("angry", "unasked", "customer", None, "Your agent was rude to me. I will never buy again."),
                ("german", "yes", "customer", "de", "Super!"),
                ("refused", "refused", "customer", None, "I hate this."),
            ]
        ),
    }
    context = Context(datetime(2026, 4, 1), {"emotion_model": "bulk"})
    made = on_both(ANALYSIS, context, given)["feeling"]
    rows = {row["interaction_id"]: row for row in made.to_pylist()}
    assert set(rows) == {"thanks", "angry", "german"}
    thanks, german, angry = rows["thanks"], rows["german"], rows["angry"]
    assert (thanks["emotions"], thanks["signals"], thanks["main_emotion"]) == ("pride", "no_empathy", "worry")
    assert (thanks["p_pride"], thanks["p_gratitude"], thanks["p_signal_no_empathy"]) == (1.0, 0.0, 1.0)
    assert thanks["p_signal_empathy"] < 1
    assert 0 < thanks["p_signal_revenge"] < 1, "nobody spoke of it: the model's own"
    assert thanks["valence"] == thanks["read_valence"]
    assert "gratitude" in thanks["read_emotions"].split()
    assert (german["status"], german["valence"], german["emotions"], german["motivators"]) == ("scored", -1.0, "", "")
    assert (german["read_status"], german["p_anger"]) == ("unsupported_language", None)
    assert angry["corrected_by"] is None is angry["read_status"]
