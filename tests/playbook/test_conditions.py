"""Conditions stand in tables that there are, and give one value a customer."""

from __future__ import annotations

import pyarrow as pa
import pytest
from tests.company import Company

from heartline.engines.duckdb import DuckDBEngine
from heartline.playbook.conditions import CONDITIONS, Condition
from heartline.tables import MOVES, SEGMENTS, table


@pytest.mark.parametrize("one", CONDITIONS.values(), ids=CONDITIONS)
def test_a_condition_says_what_it_is(one: Condition) -> None:
    column = table(one.table).column(one.column)
    assert (one.kind == "word") == (column.type == "string")
    assert len(one.meaning) > 5
    assert one.unit or one.kind == "word" or column.type == "int64"
    if one.unit == "0 to 1":
        assert (one.low, one.high) == (0.0, 1.0)


def test_names_that_others_rely_on() -> None:
    assert CONDITIONS["segment"].allowed == SEGMENTS
    assert {f"next_{move}" for move in MOVES} <= set(CONDITIONS)
    assert not CONDITIONS["orders"].sentiment
    assert CONDITIONS["satisfaction"].sentiment
    assert CONDITIONS["next_referral"].sentiment


def test_each_gives_one_value_a_customer(company: Company, duckdb_engine: DuckDBEngine) -> None:
    for name in {one.table for one in CONDITIONS.values()}:
        duckdb_engine.register_arrow(name, company.made[name])
    for one in CONDITIONS.values():
        found: pa.Table = duckdb_engine.fetch(one.sql)
        assert found.column_names == ["customer_id", "value"]
        customers = found.column("customer_id").to_pylist()
        assert len(customers) == len(set(customers)) > 0, one.name
        values = [value for value in found.column("value").to_pylist() if value is not None]
        assert values, one.name
        if one.low is not None and one.high is not None:
            assert one.low <= min(values) <= max(values) <= one.high, one.name
        if one.allowed:
            assert set(values) <= set(one.allowed)
