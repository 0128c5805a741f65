"""A house of a few rows: real records, tables in memory."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pyarrow as pa

from heartline.records.store import Records
from heartline.settings import Settings, load_settings
from heartline.tables import TABLES

AS_OF = datetime(2026, 5, 10)


class SmallHouse:
    """What moves need of a workspace, over rows by table; ``leads``: ids that lead to another customer."""

    def __init__(
        self, root: Path, rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        as_of: datetime | None = AS_OF, records: str = "",
    ) -> None:  # fmt: skip
        self.root = root
        self.records = Records(records or root / "records.db")
        self.settings: Settings = load_settings(None, {})
        self.as_of = as_of
        self._lock = threading.Lock()
        self._connection = duckdb.connect(config={"threads": 1})
        self._rows = dict(rows or {})
        self._there: set[str] = set()

    def put(self, name: str, table: pa.Table) -> None:
        """Let a table hold other rows."""
        self._there.add(name)
        self._connection.register(name, table)

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        with self._lock:
            for name in {name for name, of in TABLES.items() if of.kind != "record" and name in sql} - self._there:
                some = [dict(row) for row in self._rows.get(name, [])]
                self.put(name, pa.Table.from_pylist(some, TABLES[name].arrow_schema()))
            return self._connection.sql(sql, params=dict(parameters or {})).to_arrow_table()

    def customer_query(self, customer_id: str, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        return self.query(sql, parameters)

    def customer_of(self, any_id: str) -> str:
        found = self.query("select customer_id from member where own_id = $id or member_id = $id", {"id": any_id})
        return str(found.column(0)[0].as_py()) if found.num_rows else any_id

    def explain(self, table_name: str, **key: object) -> SimpleNamespace:
        """Which run wrote a table."""
        return SimpleNamespace(run_id=f"run-{table_name}", as_of=None if self.as_of is None else self.as_of.isoformat())

    def close(self) -> None:
        self.records.close()
