"""What every engine must do, whichever it is: the contract of heartline.engines.base.Engine."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from heartline.engines.arrow import plain
from heartline.engines.base import Engine
from heartline.engines.fractions import doubles
from heartline.engines.steps import Step
from heartline.errors import AnalysisError, EngineError

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("moment", pa.timestamp("us")),
        ("score", pa.float64()),
        ("count", pa.int64()),
        ("kept", pa.bool_()),
        ("day", pa.date32()),
    ]
)
ROWS = [
    {"id": "a", "moment": datetime(2026, 3, 29, 1, 30, 0, 123456), "score": 0.5, "count": 2**40, "kept": True,
     "day": date(2024, 2, 29)},
    {"id": "it's", "moment": datetime(1969, 12, 31, 23, 59), "score": None, "count": None, "kept": False, "day": None},
    {"id": None, "moment": None, "score": -1e-300, "count": -1, "kept": None, "day": date(1900, 1, 1)},
]  # fmt: skip
TABLE = pa.Table.from_pylist(ROWS, schema=SCHEMA)


def ordered(table: pa.Table) -> list[dict[str, object]]:
    return table.sort_by([("score", "ascending")]).to_pylist()


def test_tables_come_back_as_they_went_in(engine: Engine) -> None:
    engine.register_arrow("given", TABLE)
    found = engine.fetch("select * from given")
    assert found.schema.equals(SCHEMA)
    assert ordered(found) == ordered(TABLE)
    assert engine.columns("given") == SCHEMA.names


def test_empty_tables_keep_their_columns(engine: Engine) -> None:
    engine.register_arrow("nothing", SCHEMA.empty_table())
    engine.register_parquet("no_file", [], SCHEMA)
    for name in ("nothing", "no_file"):
        assert engine.fetch(f"select * from {name}").equals(SCHEMA.empty_table())


def test_computed_types_are_the_six_of_the_tables(engine: Engine) -> None:
    engine.register_arrow("given", TABLE)
    found = engine.fetch(
        "select count(*) as n, sum(count) as total, avg(count) as mean, 1 as one, 0.5 as half, 1.0 / 3 as third, "
        "cast(day as timestamp) as moment, cast('2026-01-31' as date) as day, count(*) > 1 as many, 'x' as word "
        "from given where day is not null group by day order by day nulls last limit 1"
    )
    assert [str(kind) for kind in found.schema.types] == (
        ["int64", "int64", "double", "int64", "double", "double", "timestamp[us]", "date32[day]", "bool", "string"]
    )
    assert found["third"][0].as_py() == 1 / 3


def test_only_listed_files_are_read_and_missing_columns_are_null(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "it's [odd] {name}*" / "bucket=7"
    folder.mkdir(parents=True)
    old = pa.table({"count": pa.array([1], pa.int32()), "id": ["old"], "beyond": [1.5]})
    new = pa.Table.from_pylist([{**ROWS[0], "id": "new"}], schema=SCHEMA)
    zoned = new.cast(SCHEMA.set(1, pa.field("moment", pa.timestamp("us", tz="UTC"))))
    for name, table in {"old": old, "new": new, "zoned": zoned, "unlisted": new}.items():
        pq.write_table(table, folder / f"{name}.parquet")
    engine.register_parquet("facts", [folder / f"{name}.parquet" for name in ("old", "new")], SCHEMA)
    found = engine.fetch("select * from facts order by id nulls last")
    assert found.schema.equals(SCHEMA)
    missing = dict.fromkeys(SCHEMA.names)
    assert found.to_pylist() == [{**ROWS[0], "id": "new"}, {**missing, "id": "old", "count": 1}]
    engine.register_parquet("facts", [folder / "zoned.parquet"], SCHEMA)
    assert engine.fetch("select moment from facts").to_pylist() == [{"moment": ROWS[0]["moment"]}]


def test_steps_read_earlier_steps_and_can_be_forgotten(engine: Engine) -> None:
    engine.register_arrow("given", TABLE)
    engine.run([Step("known", "select * from given where id is not null", keep=True)])
    engine.run([Step("scored", "select id from known where score is not null")])
    assert engine.fetch("select * from scored").to_pylist() == [{"id": "a"}]
    engine.forget(["scored", "known", "never_was"])
    with pytest.raises(EngineError, match="failed on"):
        engine.fetch("select * from known")


def test_a_step_made_again_replaces_the_old_one(engine: Engine) -> None:
    for number, keep in enumerate((True, False, False, True, True)):
        engine.run([Step("answer", f"select {number} as n", keep=keep)])
        assert engine.fetch("select * from answer").to_pylist() == [{"n": number}]
    engine.register_arrow("answer", pa.table({"n": [9]}))
    assert engine.fetch("select * from answer").to_pylist() == [{"n": 9}]
    engine.register_parquet("answer", [], pa.schema([("n", pa.int64())]))
    assert engine.fetch("select * from answer").num_rows == 0


def test_two_steps_of_one_name_are_refused(engine: Engine) -> None:
    with pytest.raises(AnalysisError, match="two steps are called twice"):
        engine.run([Step("twice", "select 1 as a"), Step("twice", "select 2 as a")])


def _shift(by: float) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    # A function made here travels to Spark's processes as code; one of this module could not be found there.
    def shift(batch: pa.RecordBatch) -> pa.RecordBatch:
        if [str(kind) for kind in batch.schema.types] != ["string", "timestamp[us]", "double", "int64"]:
            raise TypeError("other types than on the other engine")
        score = pa.array([None if value is None else value + by for value in batch["score"].to_pylist()], pa.float64())
        return pa.RecordBatch.from_arrays([score, batch["moment"], batch["id"]], names=["score", "moment", "id"])

    return shift


def test_batches_go_through_python_with_the_same_types(engine: Engine) -> None:
    engine.register_arrow("given", TABLE)
    engine.run([Step("wanted", "select id, moment, score, cast(1 as int) as one from given")])
    schema = pa.schema([("id", pa.string()), ("moment", pa.timestamp("us")), ("score", pa.float64())])
    engine.map_batches("wanted", _shift(1.0), schema, "shifted")
    found = engine.fetch("select * from shifted order by id nulls last")
    assert found.schema.equals(schema)
    assert found.to_pylist() == [
        {"id": "a", "moment": ROWS[0]["moment"], "score": 1.5},
        {"id": "it's", "moment": ROWS[1]["moment"], "score": None},
        {"id": None, "moment": None, "score": 1.0},
    ]
    engine.run([Step("wanted", "select id, moment, score, cast(1 as int) as one from given where id = 'nobody'")])
    engine.map_batches("wanted", _shift(1.0), schema, "shifted")
    assert engine.fetch("select * from shifted").equals(schema.empty_table())


def test_written_files_lie_in_buckets_and_read_back(engine: Engine, tmp_path: Path) -> None:
    engine.register_arrow("given", TABLE)
    folder = tmp_path / "odd [name]"
    files = engine.write("select *, case when id = 'a' then 3 else 61 end as bucket from given", folder)
    assert {file.parent.name for file in files} == {"bucket=3", "bucket=61"}
    assert [file for file in folder.rglob("*") if file.is_file() and file not in files] == []
    shapes = {pq.read_schema(file).remove_metadata().to_string() for file in files}
    assert shapes == {SCHEMA.to_string()}
    engine.register_parquet("again", files, SCHEMA)
    assert ordered(engine.fetch("select * from again")) == ordered(TABLE)
    assert engine.write("select *, 1 as bucket from given where id = 'nobody'", tmp_path / "nothing") == []


@pytest.mark.parametrize("keep", [True, False])
def test_failures_name_the_step_and_hide_values(engine: Engine, keep: bool, capfd: pytest.CaptureFixture[str]) -> None:
    engine.register_arrow("words", pa.table({"text": ["my secret words"]}))
    with pytest.raises(EngineError, match=r"step broken failed on .*no_such") as caught:
        engine.run([Step("broken", "select no_such from words", keep=keep)])
    assert caught.value.next_step
    # A step that is not kept fails when it is first read.
    with pytest.raises(EngineError) as caught:  # noqa: PT012
        engine.run([Step("broken", "select cast(text as bigint) as n from words", keep=keep)])
        engine.fetch("select * from broken")
    assert "secret" not in str(caught.value)
    assert ("step broken" in str(caught.value)) == keep
    printed = capfd.readouterr()
    assert "secret" not in printed.out + printed.err


@pytest.mark.parametrize(
    ("written", "run"),
    [
        ("select 0.5 * x, 1.0/3", "select 0.5e0 * x, 1.0e0/3"),
        ("x > .25 and y < 2.", "x > .25e0 and y < 2.e0"),
        ("1.5e3 + t.x1 + 17", "1.5e3 + t.x1 + 17"),
        ("'0.5 it''s 0.5' || \"0.5\" -- 0.5", "'0.5 it''s 0.5' || \"0.5\" -- 0.5"),
    ],
)
def test_fractions_become_doubles(written: str, run: str) -> None:
    assert doubles(written) == run


def test_types_beyond_the_six_come_out_plain() -> None:
    wide = pa.table(
        {
            "sum": pa.array([5], pa.decimal128(38, 0)),
            "money": pa.array(["1.5"]).cast(pa.decimal128(5, 1)),
            "word": pa.array(["a"]).dictionary_encode(),
            "long": pa.array(["a"], pa.large_string()),
            "moment": pa.array([0], pa.timestamp("s", tz="Europe/Paris")),
            "nothing": pa.nulls(1),
        }
    )
    assert re.findall(r": (\S+)", plain(wide).schema.to_string()) == (
        ["int64", "double", "string", "string", "timestamp[us]", "int64"]
    )
    assert plain(wide)["moment"][0].as_py() == datetime(1970, 1, 1)
