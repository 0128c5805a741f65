"""Reading doors: SQL over the live facts and the current derived tables, for pages, `show` and `explain`.

Reading is always done by DuckDB, whichever engine ran the analyses: the files are the same.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from heartline.engines.duckdb import DuckDBEngine
from heartline.errors import WorkspaceError
from heartline.facts.derived import DerivedStore
from heartline.facts.store import FactStore
from heartline.identity.mapped import ALL, mapped_steps, mapped_tables
from heartline.tables import TABLES, Table, table

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

    Tables are registered anew when a load or a run has made other files live. Where the last run decided who is who,
    the customers of facts are persons; a member that came after it is a customer alone until the next run.
    """

    def __init__(self, facts: FactStore, derived: DerivedStore, memory_limit_gb: float = 2.0, threads: int = 0) -> None:
        self._facts = facts
        self._derived = derived
        self._engine = DuckDBEngine(memory_limit_gb, threads)
        self._lock = threading.Lock()
        self._local = threading.local()
        self._registered: dict[str, tuple[str, ...]] = {}
        self._version: tuple[str, int] = ("", -1)
        self._joined = False

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Rows of one SELECT; ``$name`` in it is filled from ``parameters``. EngineError where DuckDB refuses it."""
        self._refresh()
        return self._mine().fetch(sql, parameters)

    def customer_query(self, customer_id: str, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """As ``query``, but tables keyed by customer hold only the rows of this customer's bucket, so it is fast."""
        self._refresh()
        own = self._engine.reader()
        told = [of for of in TABLES.values() if of.name in sql and of.name not in IN_MEMORY and of.customer]
        facts = [of for of in told if of.kind == "fact"]
        members = self._members_of(customer_id) if facts else None
        for of in told:
            if of.kind == "record":
                continue
            if of.name == "member" and members is not None:
                continue
            if of.kind == "derived":
                files = self._derived.files_of(of, customer_id)
            elif members is None:
                files = self._facts.files_of(of.name, customer_id)
            else:
                continue
            own.register_parquet(of.name, files, of.arrow_schema(), private=True)
        if members is not None:
            self._register_members(own, facts, members)
        return own.fetch(sql, parameters)

    def last_moment(self) -> datetime:
        """Midnight (UTC) after the last fact that is not in the future; WorkspaceError without one."""
        tomorrow = datetime.now(UTC).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        newest: datetime | None = None
        for name in ("interaction", "purchase", "survey_response"):
            when = table(name).time
            # a slip of the pen (2199) must not move the day that everything is looked at from, nor must what people did
            # in a case (written down at once, while the other facts may be of last week)
            own = " and coalesce(kind, '') <> 'care'" if name == "interaction" else ""
            asked = f"select max({when}) as t from {name} where {when} < $tomorrow{own}"
            found = self.query(asked, {"tomorrow": tomorrow})
            newest = max(filter(None, (newest, found.column(0)[0].as_py())), default=None)
        if newest is None:
            raise WorkspaceError(
                "there are no facts yet", "at least one interaction, purchase or answer", "run `heartline ingest`"
            )
        return newest.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)

    def customer_of(self, any_id: str) -> str:
        """The customer that an id leads to, also one that a merge made void or that of a member; else the id itself."""
        self._refresh()
        if not self._derived.files("member"):
            return any_id
        own = self._engine.reader()
        of = table("member")
        own.register_parquet("member", self._derived.files_of(of, any_id), of.arrow_schema(), private=True)
        if own.fetch("select 1 as n from member where customer_id = $id limit 1", {"id": any_id}).num_rows:
            return any_id
        found = self._mine().fetch(
            "select customer_id from member where own_id = $id or member_id = $id order by own_id = $id desc limit 1",
            {"id": any_id},
        )
        return str(found.column(0)[0].as_py()) if found.num_rows else any_id

    def members_of(self, any_id: str) -> list[str]:
        """Ids in the facts of the customer that an id leads to; the id itself where it is nobody's."""
        members = self._members_of(self.customer_of(any_id))
        return sorted(members.column("member_id").to_pylist()) if members is not None and len(members) else [any_id]

    def _members_of(self, customer_id: str) -> pa.Table | None:
        """Rows of ``member`` that say something of a customer; None where customers are as the sources gave them."""
        about = self._derived.about("member")
        if about is None:
            return None
        of = table("member")
        own = self._engine.reader()
        own.register_parquet("member", self._derived.files_of(of, customer_id), of.arrow_schema(), private=True)
        rows = own.fetch("select * from member where customer_id = $id", {"id": customer_id})
        if not about["values"].get("past"):
            return rows
        # looked at from a past day: also those who are this person by what is known today, for what they refuse
        return self._mine().fetch(
            "select * from member where customer_today in (select customer_today from member where customer_id = $id)"
            " or customer_id = $id",
            {"id": customer_id},
        )

    def _register_members(self, own: DuckDBEngine, facts: Sequence[Table], members: pa.Table) -> None:
        own.register_arrow("member", members, private=True)
        ids = members.column("member_id").to_pylist()
        for of in facts:
            files = {file: None for one in ids for file in self._facts.files_of(of.name, one)}
            own.register_parquet(ALL + of.name, list(files), of.arrow_schema(), private=True)
        own.run(mapped_steps(own.functions, _everything, [of.name for of in facts], whole=False), private=True)

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
            joined = bool(self._derived.files("member"))
            moved = joined != self._joined
            for of in TABLES.values():
                if of.kind == "record":
                    continue
                files = self._facts.files(of.name) if of.kind == "fact" else self._derived.files(of.name)
                key = tuple(map(str, files))
                if self._registered.get(of.name) == key and not moved:
                    continue
                if joined and of in mapped_tables():
                    self._engine.register_parquet(ALL + of.name, files, of.arrow_schema())
                elif of.name in IN_MEMORY and files:
                    self._engine.register_arrow(of.name, _held(files, of.arrow_schema()))
                else:
                    self._engine.register_parquet(of.name, files, of.arrow_schema())
                if of.name in ("customer", "identity") and not joined:
                    self._engine.register_parquet(ALL + of.name, files, of.arrow_schema())
                self._registered[of.name] = key
            if joined and moved:
                self._engine.run(mapped_steps(self._engine.functions, _everything, whole=False))
            self._joined = joined
            self._version = version


def _everything(_: Table) -> str:
    return "true"


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
