"""DuckDB: the default engine, inside this process."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from heartline.engines.arrow import plain
from heartline.engines.base import BatchFunction
from heartline.engines.fractions import doubles
from heartline.engines.functions import NUMBER, Functions, one_key
from heartline.engines.steps import Step, check_names
from heartline.errors import EngineError

_TYPES = {
    pa.string(): "VARCHAR",
    pa.float64(): "DOUBLE",
    pa.int64(): "BIGINT",
    pa.bool_(): "BOOLEAN",
    pa.timestamp("us"): "TIMESTAMP",
    pa.date32(): "DATE",
}


class DuckDBFunctions:
    """Named functions in DuckDB's words; see heartline.engines.functions.Functions for what each means."""

    def seconds_between(self, earlier: str, later: str) -> str:
        """See Functions."""
        return f"(cast(epoch_us({later}) - epoch_us({earlier}) as double) / 1e6)"

    def days_between(self, earlier: str, later: str) -> str:
        """See Functions."""
        return f"(cast(epoch_us({later}) - epoch_us({earlier}) as double) / 8.64e10)"

    def epoch_seconds(self, timestamp: str) -> str:
        """See Functions."""
        return f"(cast(epoch_us({timestamp}) as double) / 1e6)"

    def timestamp(self, text: str) -> str:
        """See Functions."""
        return f"cast('{text}' as timestamp)"

    def add_seconds(self, timestamp: str, seconds: str) -> str:
        """See Functions."""
        return f"make_timestamp(epoch_us({timestamp}) + cast(round(cast({seconds} as double) * 1e6) as bigint))"

    def month_start(self, timestamp: str) -> str:
        """See Functions."""
        return f"cast(date_trunc('month', {timestamp}) as timestamp)"

    def bucket(self, customer_id: str) -> str:
        """See Functions."""
        return f"(cast('0x' || substr(md5({customer_id}), 1, 2) as integer) % 64)"

    def join_ordered(self, value: str, order: str, separator: str) -> str:
        """See Functions."""
        return f"coalesce(string_agg(cast({value} as string), '{separator}' order by {order}), '')"

    def first_by(self, value: str, order: str) -> str:
        """See Functions."""
        return f"arg_min_null({value}, {one_key(order, 'row')})"

    def last_by(self, value: str, order: str) -> str:
        """See Functions."""
        return f"arg_max_null({value}, {one_key(order, 'row')})"

    def last_known(self, value: str, partition: str, order: str) -> str:
        """See Functions."""
        return (
            f"last_value({value} ignore nulls) over (partition by {partition} order by {order} "
            "rows between unbounded preceding and current row)"
        )

    def explode_words(self, text: str) -> str:
        """See Functions."""
        return f"unnest(string_split({text}, ' '))"

    def json_number(self, json: str, key: str) -> str:
        """See Functions."""
        text = f"case when json_valid({json}) then json_extract_string({json}, '$.\"{key}\"') end"
        return f"case when regexp_matches({text}, '{NUMBER}') then try_cast({text} as double) end"

    def json_text(self, json: str, key: str) -> str:
        """See Functions."""
        return f"case when json_valid({json}) then json_extract_string({json}, '$.\"{key}\"') end"

    def merged_json(self, json: str, order: str) -> str:
        """See Functions."""
        found = (
            f"list(json_transform({json}, '\"MAP(VARCHAR, JSON)\"') order by {order}) filter (where {json} is not null)"
        )
        return f"cast(to_json(list_reduce({found}, lambda a, b: map_concat(a, b))) as varchar)"

    def regexp_matches(self, text: str, pattern: str) -> str:
        """See Functions."""
        escaped = pattern.replace("'", "''")
        return f"regexp_matches({text}, '{escaped}')"


class DuckDBEngine:
    """An in-memory DuckDB that reads Parquet, spills to a temporary folder and stays under a memory limit."""

    name = "duckdb"

    def __init__(self, memory_limit_gb: float = 8.0, threads: int = 0, temporary: Path | None = None) -> None:
        self.functions: Functions = DuckDBFunctions()
        self._spill = tempfile.TemporaryDirectory(prefix="heartline-", dir=temporary)
        self._connection = duckdb.connect(
            config={
                "memory_limit": f"{memory_limit_gb}GB",
                "temp_directory": self._spill.name,
                "preserve_insertion_order": "false",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            }
        )
        self._connection.execute("SET TimeZone = 'UTC'")
        if threads:
            self._connection.execute(f"SET threads = {threads}")

    def _execute(self, sql: str, what: str) -> duckdb.DuckDBPyConnection:
        with _refusals(what):
            return self._connection.execute(sql)

    def register_parquet(self, name: str, files: Sequence[Path], schema: pa.Schema, private: bool = False) -> None:
        """See Engine; ``private`` tables are seen by this connection only and hide the common ones."""
        kind = "temp view" if private else "view"
        if not private:
            self._make_way(name, "view")
        if not files:
            columns = ", ".join(f"cast(null as {_TYPES[field.type]}) as {_quoted(field.name)}" for field in schema)
            self._execute(
                f"create or replace {kind} {_quoted(name)} as select {columns} where false", f"reading {name}"
            )
            return
        listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
        columns = ", ".join(
            f"cast({_quoted(field.name)} as {_TYPES[field.type]}) as {_quoted(field.name)}" for field in schema
        )
        shape = ", ".join(f"cast(null as {_TYPES[field.type]}) as {_quoted(field.name)}" for field in schema)
        # The empty second half brings the columns that no file has.
        self._execute(
            f"create or replace {kind} {_quoted(name)} as select {columns} from ("
            f"select * from read_parquet([{listed}], union_by_name = true, hive_partitioning = false) "
            f"union all by name select {shape} where false)",
            f"reading {name}",
        )

    def register_arrow(self, name: str, table: pa.Table, private: bool = False) -> None:
        """See Engine; ``private`` as for ``register_parquet``."""
        if not private:
            self._make_way(name, "table")
        kind = "temp table" if private else "table"
        self._connection.register("_incoming", table)
        self._execute(f"create or replace {kind} {_quoted(name)} as select * from _incoming", f"reading {name}")
        self._connection.unregister("_incoming")

    def run(self, steps: Sequence[Step], private: bool = False) -> None:
        """See Engine; ``private`` as for ``register_parquet``."""
        check_names(steps)
        for step in steps:
            kind = "table" if step.keep else "view"
            if private:
                kind = f"temp {kind}"
            else:
                self._make_way(step.name, kind)
            self._execute(f"create or replace {kind} {_quoted(step.name)} as {doubles(step.sql)}", f"step {step.name}")

    def forget(self, names: Sequence[str]) -> None:
        """See Engine."""
        for name, kind in self._found(names):
            self._execute(f"drop {kind} {_quoted(name)}", f"forgetting {name}")
        for name in names:
            (Path(self._spill.name) / f"{name}.parquet").unlink(missing_ok=True)

    def _make_way(self, name: str, kind: str) -> None:
        # A view is replaced by a view at once, also under other threads' eyes; by a table only when it is gone.
        for _, other in self._found([name]):
            if other != kind:
                self._execute(f"drop {other} {_quoted(name)}", f"replacing {name}")

    def _found(self, names: Sequence[str]) -> list[tuple[str, str]]:
        listed = ", ".join("'" + name.replace("'", "''") + "'" for name in names)
        if not listed:
            return []
        return self._execute(
            "select view_name, 'view' from duckdb_views() where not internal and not temporary and view_name in "
            f"({listed}) union all select table_name, 'table' from duckdb_tables() where table_name in ({listed})",
            "looking for tables",
        ).fetchall()

    def columns(self, name: str) -> list[str]:
        """See Engine."""
        return list(self.fetch(f"select * from {_quoted(name)} limit 0").column_names)

    def fetch(self, query: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """See Engine; ``parameters`` fill ``$name`` in the query."""
        with _refusals("a query"):
            return plain(self._connection.sql(doubles(query), params=dict(parameters or {})).to_arrow_table())

    def reader(self) -> DuckDBEngine:
        """A second connection to the same tables, for another thread."""
        other = object.__new__(DuckDBEngine)
        other.functions = self.functions
        other._spill = self._spill
        other._connection = self._connection.cursor()
        return other

    def batches(self, query: str, rows: int = 100_000) -> pa.RecordBatchReader:
        """Rows of one SELECT, batch by batch, for streams that do not fit in memory."""
        with _refusals("a query"):
            return self._connection.sql(doubles(query)).to_arrow_reader(rows)

    def _each(self, query: str, rows: int) -> Iterator[pa.RecordBatch]:
        batches = iter(self.batches(query, rows))
        while True:
            with _refusals("a query"):
                batch = next(batches, None)
            if batch is None:
                return
            yield batch

    def map_batches(self, source: str, function: BatchFunction, schema: pa.Schema, target: str) -> None:
        """See Engine."""
        file = Path(self._spill.name) / f"{target}.parquet"
        with pq.ParquetWriter(file, schema, compression="zstd") as writer:
            for batch in self._each(f"select * from {_quoted(source)}", 20_000):
                writer.write_batch(function(plain(batch)).select(schema.names).cast(schema))
        self.register_parquet(target, [file], schema)

    def write(self, query: str, folder: Path) -> list[Path]:
        """See Engine."""
        folder.mkdir(parents=True, exist_ok=True)
        where = str(folder).replace("'", "''")
        self._execute(
            f"copy ({doubles(query)}) to '{where}' "
            "(format parquet, compression zstd, partition_by (bucket), overwrite_or_ignore)",
            f"writing {folder.name}",
        )
        return sorted(folder.glob("bucket=*/*.parquet"))

    def close(self) -> None:
        """See Engine."""
        self._connection.close()
        self._spill.cleanup()


@contextmanager
def _refusals(what: str) -> Iterator[None]:
    """DuckDB's refusals as EngineError; a query that Ctrl+C stopped is Ctrl+C again, under whichever name it comes."""
    try:
        yield
    except (duckdb.Error, pa.ArrowException, RuntimeError) as cause:
        if isinstance(cause, duckdb.InterruptException) or "interrupted" in str(cause).lower():
            raise KeyboardInterrupt from cause
        if isinstance(cause, duckdb.Error | pa.ArrowInvalid):
            raise _engine_error(cause, what) from cause
        raise


def _engine_error(cause: Exception, what: str) -> EngineError:
    # The engine's message may quote a value of a row; only mistakes in the SQL itself are safe to repeat.
    safe = isinstance(cause, duckdb.CatalogException | duckdb.BinderException | duckdb.ParserException)
    reason = str(cause).splitlines()[0].rstrip("!.") if safe else type(cause).__name__
    return EngineError(f"{what} failed on DuckDB: {reason}", "SQL in the shared subset", "see the step's text")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
