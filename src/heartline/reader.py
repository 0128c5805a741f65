"""Reading doors: SQL over the live facts and the current derived tables, for pages, `show` and `explain`.

Reading is always done by DuckDB, whichever engine ran the analyses: the files are the same.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from heartline.engines.duckdb import DuckDBEngine
from heartline.facts.derived import DerivedStore
from heartline.facts.store import FactStore
from heartline.tables import TABLES

# Pages sort and page through these; in memory that takes milliseconds at a million customers.
IN_MEMORY = (
    "customer_overview",
    "period_summary",
    "coverage",
    "touchpoint_period",
    "segment_move",
    "funnel_step",
    "journey_step",
)


class Reader:
    """One DuckDB over a workspace's files; every thread gets a connection of its own.

    Tables are registered anew when a load or a run has made other files live.
    """

    def __init__(self, facts: FactStore, derived: DerivedStore, memory_limit_gb: float = 2.0, threads: int = 0) -> None:
        self._facts = facts
        self._derived = derived
        self._engine = DuckDBEngine(memory_limit_gb, threads)
        self._lock = threading.Lock()
        self._local = threading.local()
        self._registered: dict[str, tuple[str, ...]] = {}
        self._version: tuple[str, int] = ("", -1)

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Rows of one SELECT; ``$name`` in it is filled from ``parameters``. EngineError where DuckDB refuses it."""
        self._refresh()
        return self._mine().fetch(sql, parameters)

    def customer_query(self, customer_id: str, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """As ``query``, but tables keyed by customer hold only the rows of this customer's bucket, so it is fast."""
        self._refresh()
        own = self._engine.reader()
        for of in TABLES.values():
            if of.kind == "record" or not of.customer or of.name not in sql or of.name in IN_MEMORY:
                continue
            store = self._facts.files_of(of.name, customer_id) if of.kind == "fact" else None
            files = self._derived.files_of(of, customer_id) if store is None else store
            own.register_parquet(of.name, files, of.arrow_schema(), private=True)
        return own.fetch(sql, parameters)

    def close(self) -> None:
        """Free memory and temporary files."""
        self._engine.close()

    def _mine(self) -> DuckDBEngine:
        if not hasattr(self._local, "engine"):
            self._local.engine = self._engine.reader()
        mine: DuckDBEngine = self._local.engine
        return mine

    def _refresh(self) -> None:
        version = (self._facts.version(), self._derived.version())
        if version == self._version:
            return
        with self._lock:
            if version == self._version:
                return
            for of in TABLES.values():
                if of.kind == "record":
                    continue
                files = self._facts.files(of.name) if of.kind == "fact" else self._derived.files(of.name)
                key = tuple(map(str, files))
                if self._registered.get(of.name) == key:
                    continue
                if of.name in IN_MEMORY and files:
                    self._engine.register_arrow(of.name, _held(files, of.arrow_schema()))
                else:
                    self._engine.register_parquet(of.name, files, of.arrow_schema())
                self._registered[of.name] = key
            self._version = version


def _held(files: Sequence[Path], schema: pa.Schema) -> pa.Table:
    """All rows in memory; a column that an earlier version did not write yet is NULL."""
    found = pa.concat_tables([pq.read_table(file, partitioning=None) for file in files])
    columns = [
        found.column(field.name).cast(field.type)
        if field.name in found.column_names
        else pa.nulls(found.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)
