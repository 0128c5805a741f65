"""Every analysis on a company that is a loaded one several times over: how far seconds and memory grow.

python benchmarks/bench_scaled.py WORKSPACE TIMES [WITHOUT]

Each customer of the workspace stands TIMES times, under ids of their own, with the same history and the feelings that
were read from its words; so a large company costs neither simulation nor loading nor reading. Nothing of the workspace
is changed. Prints what it reaches, JSON last.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from bench_main_job import names_without, peak_mb
from peaks import Peaks

from heartline.analysis.base import Context, in_order
from heartline.analysis.registry import ANALYSES
from heartline.engines.base import Engine
from heartline.engines.duckdb import DuckDBEngine
from heartline.engines.steps import Step
from heartline.facts.derived import DerivedStore
from heartline.identity.mapped import ALL
from heartline.runner import as_of_condition, register_facts, run_analysis, write_tables
from heartline.tables import Table, facts, table
from heartline.workspace import Workspace

_IDS = ("interaction_id", "customer_id", "purchase_id", "response_id", "conversation_id", "referrer_id", "referred_id")
_MEMORY_GB = 6.0


def several(of: Table, source: str, times: int, condition: str) -> str:
    """SELECT of the rows of a source that many times, each under ids of its own."""
    columns = ", ".join(f"{name} || '-' || k.k as {name}" if name in _IDS else name for name in of.names)
    return f"select {columns} from {source} cross join (select unnest(range({times})) as k) k where {condition}"


def main() -> None:
    """Run all analyses and print their figures."""
    times = int(sys.argv[2])
    names = names_without(",".join(["text_emotion", *sys.argv[3:]]), {"feeling"})
    with Workspace(Path(sys.argv[1])) as workspace, tempfile.TemporaryDirectory(prefix="heartline-bench-") as scratch:
        moment = workspace.as_of or workspace.last_moment()
        engine: Engine = DuckDBEngine(_MEMORY_GB)
        register_facts(engine, workspace.facts.files, moment)
        own = [of for of in facts() if of.customer]
        engine.run([Step(of.name, several(of, ALL + of.name, times, as_of_condition(of, moment))) for of in own])
        feeling = table("feeling")
        engine.register_parquet("feeling_once", workspace.derived.files("feeling"), feeling.arrow_schema())
        engine.run([Step("feeling", several(feeling, "feeling_once", times, "true"))])
        figures = {
            "customers": times * workspace.facts.rows("customer"),
            "text_model": f"one {times} times, words read before",
            "interactions": times * workspace.facts.rows("interaction"),
            "texts": times * workspace.facts.rows("verbatim"),
        }  # fmt: skip
        print(json.dumps(figures), flush=True)
        derived = DerivedStore(Path(scratch) / "derived")
        settings = workspace.settings.values
        started = time.perf_counter()
        with Peaks(printed=True) as peaks:
            for analysis in in_order([one for one in ANALYSES if one.name in names]):
                peaks.began(analysis.name)
                ran = run_analysis(engine, analysis, Context(moment, settings))
                write_tables(engine, analysis, ran, moment, "scaled", settings, derived)
        figures |= {"run_s": round(time.perf_counter() - started, 1), "peak_mb": round(peak_mb())}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
