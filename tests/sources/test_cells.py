"""Numbers, yes and no, words and JSON."""

from __future__ import annotations

import json
import math

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartline.sources.cells import flags, json_cells, numbers, objects, one_of, strings, whole_numbers, words
from heartline.sources.raw import shape_of


@pytest.mark.parametrize(
    ("value", "expected", "bad"),
    [("12.50", 12.5, False), ("+3", 3.0, False), ("-.5", -0.5, False), ("1e3", 1000.0, False), (" 7 ", 7.0, False),
     ("", None, False), ("NaN", None, False), ("n/a", None, False), (None, None, False),
     ("1,234", None, True), ("12 EUR", None, True), ("inf", None, True), ("1e999", None, True), ("--1", None, True)],
)  # fmt: skip
def test_numbers(value: str | None, expected: float | None, bad: bool) -> None:
    cells = numbers(pa.array([value, "1"], pa.string()))
    assert cells.values.to_pylist() == [expected, 1.0]
    assert (cells.bad is not None and bool(cells.bad[0])) is bad


def test_a_decimal_comma_has_to_be_told() -> None:
    assert numbers(pa.array(["12,50"]), ",").values.to_pylist() == [12.5]


def test_thousands_in_groups_are_read_where_they_cannot_be_mistaken() -> None:
    comma = ["1.700,17", "1.234.567,8", "-2.004", "1 234,50", "1\u00a0234", "12'345,6"]
    assert numbers(pa.array(comma), ",").values.to_pylist() == [1700.17, 1234567.8, -2004, 1234.5, 1234, 12345.6]
    point = ["1,700.17", "1,234,567", "1'234.5", "1\u202f234"]
    assert numbers(pa.array(point)).values.to_pylist() == [1700.17, 1234567, 1234.5, 1234]
    for text, sign in (("1,234", "."), ("1,23,456", "."), ("12,34.5", "."), ("1.23,4.5", ","), ("1 23", ",")):
        assert numbers(pa.array([text]), sign).values.to_pylist() == [None], text


@given(value=st.floats(allow_nan=False, allow_infinity=False))
@settings(max_examples=300, deadline=None)
def test_every_finite_number_comes_back(value: float) -> None:
    assert numbers(pa.array([repr(value)])).values[0].as_py() == value
    assert numbers(pa.array([value])).values[0].as_py() == value


@given(text=st.text(max_size=12))
@settings(max_examples=300, deadline=None)
def test_a_number_is_finite_or_it_is_none(text: str) -> None:
    value = numbers(pa.array([text])).values[0].as_py()
    assert value is None or math.isfinite(value)


def test_whole_numbers_take_no_fraction() -> None:
    cells = whole_numbers(pa.array(["3", "3.0", "3.5", ""]))
    assert cells.values.to_pylist() == [3, 3, None, None]
    assert cells.bad is not None
    assert cells.bad.tolist() == [False, False, True, False]


def test_yes_and_no() -> None:
    cells = flags(pa.array(["Yes", "TRUE", "1", "no", "F", "", "maybe"]))
    assert cells.values.to_pylist() == [True, True, True, False, False, None, None]
    assert cells.bad is not None
    assert cells.bad.tolist() == [False] * 6 + [True]


def test_allowed_words_in_any_case() -> None:
    cells = one_of(pa.array(["Web", " store ", "fax", ""]), ("web", "store"))
    assert cells.values.to_pylist() == ["web", "store", None, None]
    assert cells.bad is not None
    assert cells.bad.tolist() == [False, False, True, False]


def test_what_was_said_is_kept_to_the_letter() -> None:
    assert words(pa.array(["  well\n", " ", ""])).to_pylist() == ["  well\n", None, None]
    assert strings(pa.array(["  id ", " "])).to_pylist() == ["id", None]


def test_an_id_that_became_a_decimal_is_an_id_again() -> None:
    assert strings(pa.array([17850.0, None])).to_pylist() == ["17850", None]


def test_json_must_be_what_it_says() -> None:
    cells = json_cells(pa.array(['{"a": 1}', "[1]", "{", None]), dict)
    assert cells.bad is not None
    assert cells.bad.tolist() == [False, True, True, False]


@given(value=st.text(max_size=20), name=st.text(min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_other_columns_become_json_that_reads_back(value: str, name: str) -> None:
    made = objects({name: pa.array([value])})
    bare = strings(pa.array([value]))[0].as_py()
    if bare is None:
        assert made is None or made[0].as_py() is None
    else:
        assert made is not None
        assert json.loads(made[0].as_py()) == {name: bare}


def test_given_properties_win_over_other_columns() -> None:
    made = objects({"a": pa.array(["1", "2"]), "n": pa.array([5, None])}, pa.array(['{"a":"x"}', None]))
    assert made is not None
    assert [json.loads(value) for value in made.to_pylist()] == [{"a": "x", "n": 5}, {"a": "2"}]


@pytest.mark.parametrize(
    ("value", "shape"),
    [("dear sir", "text of 8 characters"), ("7", "number 7"), ("31/02/2024", "looks like a date 31/02/2024"),
     ("", "nothing"), (None, "nothing"), (3.5, "number 3.5"), ("491701234567890", "number of 15 characters")],
)  # fmt: skip
def test_shapes_never_repeat_words(value: object, shape: str) -> None:
    assert shape_of(value) == shape
