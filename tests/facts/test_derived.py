"""Derived tables: readers see one whole run, and what it said of itself."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from heartline.facts.derived import DerivedStore
from heartline.tables import table


def rows(folder):
    target = folder / "bucket=0"
    target.mkdir()
    pq.write_table(pa.table({"x": [1]}), target / "a.parquet")


def test_nothing_is_current_before_make_current(tmp_path):
    store = DerivedStore(tmp_path / "derived")
    assert store.files("coverage") == []
    assert store.about("coverage") is None
    store.write("coverage", "r1", {"run_id": "r1"}, rows)
    assert store.files("coverage") == []
    version = store.version()
    store.make_current({"coverage": "r1"})
    assert [file.name for file in store.files("coverage")] == ["a.parquet"]
    assert store.about("coverage") == {"run_id": "r1"}
    assert store.version() != version


def test_the_run_before_stays_for_readers_and_older_ones_go(tmp_path):
    store = DerivedStore(tmp_path)
    for run in ("r1", "r2", "r3"):
        store.write("coverage", run, {}, rows)
        store.make_current({"coverage": run})
    assert sorted(folder.name for folder in (tmp_path / "coverage").iterdir()) == ["r2", "r3"]


def test_a_write_that_fails_leaves_the_current_run(tmp_path):
    store = DerivedStore(tmp_path)
    store.write("coverage", "r1", {}, rows)
    store.make_current({"coverage": "r1"})

    def broken(folder):
        rows(folder)
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        store.write("coverage", "r2", {}, broken)
    assert store.current() == {"coverage": "r1"}
    store.write("coverage", "r3", {}, rows)
    store.make_current({"coverage": "r3"})
    assert not list((tmp_path / "coverage").glob(".*"))


def test_one_customers_files_are_those_of_the_bucket(tmp_path):
    store = DerivedStore(tmp_path)
    store.write("customer_value", "r1", {}, rows)
    store.make_current({"customer_value": "r1"})
    of = table("customer_value")
    assert sum(bool(store.files_of(of, f"c{n}")) for n in range(640)) < 30
