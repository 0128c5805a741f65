"""Every named function gives the same rows on every engine, also where values are missing, tied or odd."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from heartline.engines.base import Engine
from heartline.engines.functions import Functions
from heartline.tables import bucket_of

START = datetime(2026, 2, 1)
MOMENTS = {
    "just_before": START - timedelta(microseconds=1),
    "leap_day": datetime(2024, 2, 29, 0, 0, 0, 500_000),
    "before_1970": datetime(1969, 12, 31, 23, 59, 58, 250_000),
    "later": datetime(2026, 3, 31, 12, 30),
    "unknown": None,
}


@pytest.fixture
def f(engine: Engine) -> Functions:
    """The engine's functions; ``moments`` and ``visits`` are readable on the engine."""
    engine.register_arrow(
        "moments", pa.table({"id": list(MOMENTS), "moment": pa.array(MOMENTS.values(), pa.timestamp("us"))})
    )
    engine.register_arrow(
        "visits",
        pa.table(
            {
                "customer": ["a", "a", "a", "b", "b"],
                "seen": [1, 2, 2, 1, None],
                "id": ["p", "r", "q", "p", "q"],
                "word": ["x", None, "z", "it's", "w"],
                "score": [0.5, 1.5, None, None, -2.0],
            }
        ),
    )
    return engine.functions


def answers(engine: Engine, expression: str) -> dict[str, object]:
    """The value of an expression for each row of ``moments``."""
    rows = engine.fetch(f"select id, {expression} as value from moments").to_pylist()
    return {row["id"]: row["value"] for row in rows}


def test_elapsed_time_counts_fractions_and_is_negative_when_reversed(engine: Engine, f: Functions) -> None:
    start = f.timestamp(START.isoformat())
    expected = {name: None if at is None else (START - at).total_seconds() for name, at in MOMENTS.items()}
    assert answers(engine, f.seconds_between("moment", start)) == pytest.approx(expected)
    assert answers(engine, f.seconds_between(start, "moment"))["just_before"] == pytest.approx(-1e-6)
    days = {name: None if value is None else value / 86_400 for name, value in expected.items()}
    assert answers(engine, f.days_between("moment", start)) == pytest.approx(days)


def test_epoch_seconds_are_those_of_python(engine: Engine, f: Functions) -> None:
    found = answers(engine, f.epoch_seconds("moment"))
    assert found == {
        name: None if at is None else (at - datetime(1970, 1, 1)) / timedelta(seconds=1) for name, at in MOMENTS.items()
    }


def test_added_seconds_keep_microseconds_and_may_be_negative(engine: Engine, f: Functions) -> None:
    for seconds in (0.0000015, -3.5, 86_400, 1e-6 * 2.4):
        found = answers(engine, f.add_seconds("moment", str(seconds)))
        microseconds = {0.0000015: 2, 1e-6 * 2.4: 2}.get(seconds, seconds * 1e6)
        expected = {n: None if at is None else at + timedelta(microseconds=microseconds) for n, at in MOMENTS.items()}
        assert found == expected


def test_months_start_on_their_first_moment(engine: Engine, f: Functions) -> None:
    expected = {
        name: None if at is None else at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        for name, at in MOMENTS.items()
    }
    assert answers(engine, f.month_start("moment")) == expected


def test_bucket_is_that_of_the_tables(engine: Engine, f: Functions) -> None:
    ids = ["", "a", "C-00017", "naïve", "顧客", "x" * 200]
    engine.register_arrow("people", pa.table({"id": [*ids, None]}))
    rows = engine.fetch(f"select id, {f.bucket('id')} as bucket from people").to_pylist()
    assert {row["id"]: row["bucket"] for row in rows} == {**{name: bucket_of(name) for name in ids}, None: None}


def test_join_keeps_order_and_leaves_out_missing_values(engine: Engine, f: Functions) -> None:
    query = f"select customer, {f.join_ordered('word', 'customer, id', ' | ')} as words from visits group by customer"
    found = {row["customer"]: row["words"] for row in engine.fetch(query).to_pylist()}
    assert found == {"a": "x | z", "b": "it's | w"}
    numbers = f.join_ordered("cast(score * 2 as bigint)", "id", "")
    nobody = f"select {numbers} as words from visits where customer = 'nobody'"
    assert engine.fetch(nobody).to_pylist() == [{"words": ""}]
    assert engine.fetch(f"select {numbers} as words from visits where customer = 'a'").to_pylist() == [{"words": "13"}]


def test_first_and_last_keep_missing_values_and_break_ties(engine: Engine, f: Functions) -> None:
    query = (
        f"select customer, {f.first_by('word', 'seen, id')} as first_word, "
        f"{f.last_by('word', 'seen, id')} as last_word, "
        f"{f.last_by('score', 'id')} as last_score, {f.first_by('id', 'seen')} as first_id "
        "from visits where customer = 'a' or seen is not null group by customer"
    )
    found = {row.pop("customer"): row for row in engine.fetch(query).to_pylist()}
    assert found == {
        "a": {"first_word": "x", "last_word": None, "last_score": 1.5, "first_id": "p"},
        "b": {"first_word": "it's", "last_word": "it's", "last_score": None, "first_id": "p"},
    }


def test_rows_whose_only_key_is_missing_are_passed_over(engine: Engine, f: Functions) -> None:
    query = f"select {f.first_by('id', 'seen')} as a, {f.last_by('id', 'seen')} as z from visits where customer = 'b'"
    assert engine.fetch(query).to_pylist() == [{"a": "p", "z": "p"}]
    none = f"select {f.first_by('id', 'seen')} as a from visits where customer = 'nobody'"
    assert engine.fetch(none).to_pylist() == [{"a": None}]


def test_last_known_looks_back_only(engine: Engine, f: Functions) -> None:
    query = f"select customer, id, {f.last_known('score', 'customer', 'id nulls last')} as known from visits"
    found = {(row["customer"], row["id"]): row["known"] for row in engine.fetch(query).to_pylist()}
    assert found == {("a", "p"): 0.5, ("a", "q"): 0.5, ("a", "r"): 1.5, ("b", "p"): None, ("b", "q"): -2.0}


def test_words_split_at_every_blank(engine: Engine, f: Functions) -> None:
    engine.register_arrow("texts", pa.table({"id": [1, 2, 3], "text": ["to  be ", "", None]}))
    rows = engine.fetch(f"select id, {f.explode_words('text')} as word from texts").to_pylist()
    assert sorted((row["id"], row["word"]) for row in rows) == [(1, ""), (1, ""), (1, "be"), (1, "to"), (2, "")]


JSON = {
    '{"a": 1}': 1.0,
    '{"a": "2.5"}': 2.5,
    '{"a": " 3 "}': 3.0,
    '{"a": 1e3, "b": 2}': 1000.0,
    '{"a": -0.5}': -0.5,
    '{"a": null}': None,
    '{"a": true}': None,
    '{"a": "1d"}': None,
    '{"a": "NaN"}': None,
    '{"a": "1.2.3"}': None,
    '{"a": {"a": 1}}': None,
    '{"a": [1]}': None,
    '{"b": 1}': None,
    "{}": None,
    "": None,
    "no JSON": None,
    '{"a": 1': None,
}


def test_numbers_in_json(engine: Engine, f: Functions) -> None:
    engine.register_arrow("notes", pa.table({"json": [*JSON, None]}))
    rows = engine.fetch(f"select json, {f.json_number('json', 'a')} as number from notes").to_pylist()
    assert {row["json"]: row["number"] for row in rows} == {**JSON, None: None}
    engine.register_arrow("odd_keys", pa.table({"json": ['{"a b": 1, "c.d": 2}']}))
    for key, number in (("a b", 1.0), ("c.d", 2.0), ("c", None)):
        assert engine.fetch(f"select {f.json_number('json', key)} as n from odd_keys").to_pylist() == [{"n": number}]


def test_texts_in_json(engine: Engine, f: Functions) -> None:
    told = {
        '{"a": "north"}': "north", '{"a": "it\'s \\"x\\""}': 'it\'s "x"', '{"a": 12}': "12", '{"a": true}': "true",
        '{"a": null}': None, '{"b": "x"}': None, "no JSON": None,
    }  # fmt: skip
    engine.register_arrow("notes", pa.table({"json": [*told, None]}))
    rows = engine.fetch(f"select json, {f.json_text('json', 'a')} as text from notes").to_pylist()
    assert {row["json"]: row["text"] for row in rows} == {**told, None: None}


def test_objects_in_json_are_merged_the_last_wins(engine: Engine, f: Functions) -> None:
    objects = [
        '{"a": 2, "c": {"d": 1.5}, "z": "ä"}', '{"a": 1, "b": "q", "c": {"e": [1, 2]}}', '{"k": true}', None, None,
    ]  # fmt: skip
    engine.register_arrow("bags", pa.table({"who": list("xxyxz"), "turn": [1, 3, 1, 4, 1], "bag": objects}))
    rows = engine.fetch(f"select who, {f.merged_json('bag', 'turn')} as bag from bags group by who").to_pylist()
    assert {row["who"]: row["bag"] and json.loads(row["bag"]) for row in rows} == {
        "x": {"a": 1, "b": "q", "c": {"e": [1, 2]}, "z": "ä"},
        "y": {"k": True},
        "z": None,
    }


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"\bcat\b", "a cat.", True),
        (r"\bcat\b", "cats", False),
        (r"it's \d+", "it's 12", True),
        (r"^$", "", True),
        (r"(?i)never again", "NEVER again!", True),
        (r"a\.b", "axb", False),
        (r"\\", "a\\b", True),
        ("a", None, None),
    ],
)
def test_patterns(engine: Engine, f: Functions, pattern: str, text: str | None, found: bool | None) -> None:
    engine.register_arrow("texts", pa.table({"text": pa.array([text], pa.string())}))
    query = f"select {f.regexp_matches('text', pattern)} as found from texts"
    assert engine.fetch(query).to_pylist() == [{"found": found}]
