"""Reading doors: new loads and runs are seen, by every thread, also where an older version wrote the files."""

from __future__ import annotations

import threading
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from heartline.errors import TableError
from heartline.tables import table
from heartline.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    with Workspace.create(tmp_path / "ws") as opened:
        yield opened


def write_run(workspace, name, run, rows, leave_out=()):
    of = table(name)
    made = pa.Table.from_pylist(rows, schema=of.arrow_schema()).drop_columns(list(leave_out))

    def write(folder):
        (folder / "bucket=0").mkdir()
        pq.write_table(made, folder / "bucket=0" / "a.parquet")

    workspace.derived.write(name, run, ABOUT, write)
    workspace.derived.make_current({name: run})


ABOUT = {
    "run_id": "r", "analysis": "journeys", "as_of": "2026-06-30T00:00:00", "engine": "duckdb", "seconds": 0.1,
    "settings": {}, "inputs": {}, "steps": [], "notes": [], "values": {},
}  # fmt: skip
STEP = {"funnel": "order", "position": 1, "touchpoint": "cart", "reached": 10}


@pytest.mark.parametrize("name", ["funnel_step", "journey"])
def test_a_column_that_an_earlier_version_did_not_write_is_null(workspace, name):
    row = STEP if name == "funnel_step" else {"journey_id": "j", "customer_id": "c", "started_at": datetime(2026, 1, 1)}
    missing = "dropped" if name == "funnel_step" else "felt_n"
    write_run(workspace, name, "r1", [row], leave_out=[missing])
    assert workspace.query(f"select {missing} as m, count(*) over () as n from {name}").to_pylist() == [
        {"m": None, "n": 1}
    ]


def test_a_new_run_and_a_new_load_are_seen(workspace, tmp_path):
    for run, reached in (("r1", 10), ("r2", 20)):
        write_run(workspace, "funnel_step", run, [{**STEP, "reached": reached}])
        assert workspace.query("select reached from funnel_step").to_pylist() == [{"reached": reached}]
    orders = tmp_path / "orders.csv"
    orders.write_text("purchase_id,customer_id,occurred_at,revenue\no1,c1,2026-01-01,10\n")
    assert workspace.query("select count(*) as n from purchase").to_pylist() == [{"n": 0}]
    workspace.ingest("purchase", [orders])
    assert workspace.query("select count(*) as n from purchase").to_pylist() == [{"n": 1}]
    assert workspace.customer_query("c1", "select revenue from purchase").to_pylist() == [{"revenue": 10.0}]


def test_threads_read_while_runs_replace_each_other(workspace):
    write_run(workspace, "funnel_step", "r0", [STEP])
    wrong: list[object] = []
    done = threading.Event()

    def read():
        while not done.is_set():
            try:
                found = workspace.query("select funnel from funnel_step").to_pylist()
                if found != [{"funnel": "order"}]:
                    wrong.append(found)
            except Exception as error:  # noqa: BLE001  whatever a reader meets is what the test is about
                wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 15):
        write_run(workspace, "funnel_step", f"r{number}", [STEP])
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_a_value_that_its_column_cannot_hold_is_answered_with_the_type(workspace):
    write_run(workspace, "funnel_step", "r1", [STEP])
    assert len(workspace.explain("funnel_step", touchpoint="cart").rows) == 1
    with pytest.raises(TableError, match="position: int64"):
        workspace.explain("funnel_step", position="first")
