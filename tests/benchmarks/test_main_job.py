"""Figures of the main job are read from what it printed, also where it was stopped."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pyarrow as pa

from heartline.engines.duckdb import DuckDBEngine
from heartline.tables import table

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from bench_main_job import names_without  # noqa: E402
from bench_scaled import several  # noqa: E402
from main_job_page import figures_of, page  # noqa: E402
from peaks import Peaks  # noqa: E402

PRINTED = """{"customers": 1000, "text_model": "none", "interactions": 20000, "texts": 0, "ingest_s": 1.5}
touchpoints: 2.0 s, 1.5 CPU s, 400 MB
loyalty: 3.5 s, 2.5 CPU s, 700 MB
"""


def test_a_stopped_run_tells_the_parts_that_were_done() -> None:
    found = figures_of(PRINTED + "betrayal: 9")
    assert found["stopped"]
    assert (found["run_s"], found["run_cpu_s"], found["peak_mb"]) == (5.5, 4.0, 700)
    told = page([found], "2 cores")
    assert "| loyalty | 3.5; 2.5; 700 |" in told
    assert "1,000 without words: stopped by its time limit; parts that were done by then: 2." in told
    assert "| all analyses, s | not done |" in told
    assert "betrayal" not in told


def test_a_whole_run_tells_what_it_summed_up() -> None:
    last = '{"customers": 1000, "text_model": "none", "interactions": 20000, "run_s": 6.0, "peak_mb": 720}\n'
    found = figures_of(PRINTED + last)
    assert not found["stopped"]
    assert (found["run_s"], found["peak_mb"], found["ingest_s"]) == (6.0, 720, 1.5)
    assert "stopped" not in page([found], "2 cores")


def test_seconds_and_memory_are_told_by_part() -> None:
    with Peaks() as peaks:
        peaks.began("idle", 0, 2)
        time.sleep(0.2)
        peaks.began("busy", 1, 2)
        held = bytearray(200 << 20)
        until = time.process_time() + 0.2
        while time.process_time() < until:
            held[0] += 1 if held[0] < 200 else 0
    assert list(peaks.seconds) == ["idle", "busy"]
    assert peaks.seconds["idle"] >= 0.2
    assert peaks.cpu_seconds["idle"] < 0.15 < peaks.cpu_seconds["busy"]
    assert peaks.peak_mb["busy"] > peaks.peak_mb["idle"] + 150


def test_what_reads_what_is_left_out_is_left_out_too() -> None:
    left = names_without("loyalty")
    assert "connection" in left
    assert not {"loyalty", "next_move", "associations", "overview"} & set(left)
    assert "touchpoints" not in names_without("text_emotion")
    assert "touchpoints" in names_without("text_emotion", {"feeling"})


def test_a_company_several_times_over_has_ids_of_its_own(duckdb_engine: DuckDBEngine) -> None:
    one = pa.Table.from_pylist(
        [{"referrer_id": "a", "referred_id": "b", "converted": True}], table("referral").arrow_schema()
    )
    duckdb_engine.register_arrow("once", one)
    rows = duckdb_engine.fetch(several(table("referral"), "once", 3, "true")).to_pylist()
    assert {(row["referrer_id"], row["referred_id"]) for row in rows} == {(f"a-{k}", f"b-{k}") for k in range(3)}
    assert all(row["converted"] for row in rows)
