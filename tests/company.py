"""A small simulated company with all that every analysis made of it, worked out once for all tests and workers."""

from __future__ import annotations

import fcntl
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from tests.engines.compare import run_on

from heartline.analysis.base import Analysis, Context
from heartline.analysis.registry import ANALYSES
from heartline.engines.duckdb import DuckDBEngine
from heartline.runner import register_facts
from heartline.simulate import simulate
from heartline.tables import TABLES
from heartline.workspace import Workspace

FILES = (
    "customer", "interaction", "purchase", "survey_response", "referral", "spend", "option", "funnel", "initiative",
)  # fmt: skip
"""What a company exports and the simulator writes."""


@dataclass(frozen=True)
class Company:
    """300 customers over 12 months.

    given: fact tables as analyses see them; made: every table that the analyses wrote, on DuckDB with one thread, so
    that each run of the tests has the same numbers to the last bit, rows in an order that means nothing;
    notes: by analysis; workspace: a workspace that holds the facts alone: copy it, do not write to it
    """

    as_of: datetime
    settings: Mapping[str, Any]
    given: Mapping[str, pa.Table]
    made: Mapping[str, pa.Table]
    notes: Mapping[str, tuple[str, ...]]
    workspace: Path

    @property
    def context(self) -> Context:
        """What every analysis was told."""
        return Context(self.as_of, self.settings)


def small_company(root: Path) -> Company:
    """The company kept under ``root``, made first where nobody has; a worker waits for one who is making it."""
    with (root / "company.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = root / "company.pickle"
        if not kept.exists():
            kept.write_bytes(pickle.dumps(_made(root / "company")))
        company: Company = pickle.loads(kept.read_bytes())
    return company


def needed(*written: str) -> list[Analysis]:
    """The analyses that write these tables and those that they read, in their order: quicker than all of them."""
    wanted = set(written)
    found: list[Analysis] = []
    for analysis in reversed(ANALYSES):
        if wanted & set(analysis.writes):
            wanted |= set(analysis.reads)
            found.insert(0, analysis)
    return found


def _made(folder: Path) -> Company:
    simulate(folder / "files", customers=300, seed=3, months=12)
    engine = DuckDBEngine(memory_limit_gb=2, threads=2)
    with Workspace.create(folder / "workspace") as workspace:
        for name in FILES:
            workspace.ingest(name, [folder / "files" / f"{name}.parquet"])
        as_of, settings = workspace.last_moment(), dict(workspace.settings.values)
        register_facts(engine, workspace.facts.files, as_of)
        given = {of.name: engine.fetch(f"select * from {of.name}") for of in TABLES.values() if of.kind == "fact"}
    engine.close()
    engine = DuckDBEngine(memory_limit_gb=2, threads=1)
    made, rans = run_on(engine, ANALYSES, Context(as_of, settings), given)
    engine.close()
    made = {name: _mixed(rows) for name, rows in made.items()}
    notes = {name: tuple(ran.notes) for name, ran in rans.items()}
    return Company(as_of, settings, given, made, notes, folder / "workspace")


def _mixed(rows: pa.Table) -> pa.Table:
    """The rows in an order of chance, the same in every run: no test may live by the one in which they were written."""
    return rows.take(np.random.default_rng(5).permutation(rows.num_rows))
