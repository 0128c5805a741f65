"""Spark: the same steps on a cluster, or on this machine to prove that they give the same answer."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from heartline.engines.arrow import plain, zoned, zoned_schema
from heartline.engines.base import BatchFunction
from heartline.engines.fractions import doubles
from heartline.engines.functions import Functions
from heartline.engines.sparkwords import SparkFunctions
from heartline.engines.steps import Step, check_names
from heartline.errors import EngineError

try:
    from py4j.protocol import Py4JError
    from pyspark import SparkContext, StorageLevel
    from pyspark.errors import AnalysisException, ParseException, PySparkException
    from pyspark.sql import DataFrame, SparkSession
except ImportError:
    _INSTALLED = False
else:
    _INSTALLED = True

_TYPES = {
    pa.string(): "string",
    pa.float64(): "double",
    pa.int64(): "bigint",
    pa.bool_(): "boolean",
    pa.timestamp("us"): "timestamp",
    pa.date32(): "date",
}

# What makes Spark read the shared subset as DuckDB does. Set on a session of our own, never on the user's.
_SQL = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    # A doubled quote inside a text literal is one quote. A backslash still escapes: see SparkFunctions.
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.legacy.consecutiveStringLiterals.enabled": "false",
    # Times in a file have no zone; they are moments in UTC all the same.
    "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "20000",
    "spark.sql.adaptive.enabled": "true",
    # Spark 4.3 loses track of a checkpointed frame's columns under a union while it infers filters from them.
    "spark.sql.constraintPropagation.enabled": "false",
}


def missing() -> str:
    """What Spark lacks here, as one sentence with the package to install; empty if nothing."""
    if not _INSTALLED:
        return "PySpark is not installed: pip install 'heartline[spark]'"
    home = os.environ.get("JAVA_HOME")
    if not (home and Path(home, "bin", "java").exists()) and shutil.which("java") is None:
        return "Java is not installed: on Debian or Ubuntu, apt-get install default-jre-headless"
    return ""


class SparkEngine:
    """Steps as temporary views of one Spark session.

    memory_limit_gb: memory of the driver when Spark is started here
    threads: cores of this machine to use where ``master`` is not given; 0 takes all
    temporary: folder for scratch files
    master: address of a cluster; empty is this machine
    session: an existing session to run beside; its context is used, its views and settings are left alone
    options: settings of Spark's SQL session, for tuning

    EngineError names what to install when PySpark or Java is missing.
    """

    name = "spark"

    def __init__(
        self,
        memory_limit_gb: float = 2.0,
        threads: int = 2,
        temporary: Path | None = None,
        master: str = "",
        session: Any = None,
        options: Mapping[str, str] | None = None,
    ) -> None:
        for logger in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
            # PySpark would print every failure with the values that it met.
            logging.getLogger(logger).setLevel(logging.CRITICAL + 1)
        lacking = missing()
        if lacking:
            got, _, next_step = lacking.partition(": ")
            raise EngineError(got, "PySpark 4 and Java 17 or newer", next_step)
        self.functions: Functions = SparkFunctions()
        self._scratch = tempfile.TemporaryDirectory(prefix="heartline-spark-", dir=temporary)
        self._owns = session is None and SparkContext._active_spark_context is None
        address = master or f"local[{threads or '*'}]"
        base = session or _started(address, memory_limit_gb, Path(self._scratch.name))
        self._session = base.newSession()
        for key, value in _SQL.items():
            self._session.conf.set(key, value)
        if base.sparkContext.master.startswith("local"):
            # The default of 200 is for clusters; here each one is overhead.
            self._session.conf.set("spark.sql.shuffle.partitions", str(max(4, base.sparkContext.defaultParallelism)))
        for key, value in (options or {}).items():
            self._session.conf.set(key, value)
        self._held: dict[str, DataFrame] = {}

    @property
    def session(self) -> Any:
        """The Spark session that holds the steps, for another engine that shares its context."""
        return self._session

    def _select(self, sql: str, what: str) -> DataFrame:
        try:
            return self._session.sql(doubles(sql))
        except (PySparkException, Py4JError) as cause:
            raise _engine_error(cause, what) from cause

    def _hold(self, name: str, frame: DataFrame, what: str) -> None:
        """Compute a frame once, now, so that its failure carries its own name.

        A checkpoint, not a cache: Spark would plan everything that led to a cached frame again with each later step,
        which took minutes for steps that read steps that read steps. Spark frees it when nothing refers to it.
        """
        try:
            if self._session.sparkContext.getCheckpointDir():
                held = frame.checkpoint(eager=True)
            else:
                held = frame.localCheckpoint(eager=True, storageLevel=StorageLevel.MEMORY_AND_DISK)
        except (PySparkException, Py4JError) as cause:
            raise _engine_error(cause, what) from cause
        self._show(name, held)
        self._held[name] = held

    def _show(self, name: str, frame: DataFrame) -> None:
        before = self._held.pop(name, None)
        frame.createOrReplaceTempView(name)
        if before is not None:
            before.unpersist()

    def register_parquet(self, name: str, files: Sequence[Path], schema: pa.Schema) -> None:
        """See Engine."""
        if not files:
            self.register_arrow(name, schema.empty_table())
            return
        whole: DataFrame | None = None
        for group in _by_shape(files):
            try:
                part = self._session.read.parquet(*[_address(file) for file in group])
            except (PySparkException, Py4JError) as cause:
                raise _engine_error(cause, f"reading {name}") from cause
            known = {column.lower() for column in part.columns}
            part = part.selectExpr(
                *[
                    f"cast({_quoted(field.name)} as {_TYPES[field.type]}) as {_quoted(field.name)}"
                    if field.name.lower() in known
                    else f"cast(null as {_TYPES[field.type]}) as {_quoted(field.name)}"
                    for field in schema
                ]
            )
            whole = part if whole is None else whole.unionAll(part)
        assert whole is not None
        self._show(name, whole)

    def register_arrow(self, name: str, table: pa.Table) -> None:
        """See Engine."""
        rows = zoned(plain(table))
        columns = ", ".join(f"{_quoted(field.name)} {_TYPES[field.type]}" for field in plain(table).schema)
        try:
            frame = self._session.createDataFrame(rows, schema=columns.replace('"', "`")) if columns else None
        except (PySparkException, Py4JError) as cause:
            raise _engine_error(cause, f"reading {name}") from cause
        if frame is None:
            raise EngineError(f"table {name} has no columns", "at least one column")
        self._show(name, frame)

    def run(self, steps: Sequence[Step]) -> None:
        """See Engine."""
        check_names(steps)
        for step in steps:
            what = f"step {step.name}"
            frame = self._select(step.sql, what)
            if step.keep:
                self._hold(step.name, frame, what)
            else:
                self._show(step.name, frame)

    def forget(self, names: Sequence[str]) -> None:
        """See Engine."""
        for name in names:
            self._session.catalog.dropTempView(name)
            held = self._held.pop(name, None)
            if held is not None:
                held.unpersist()

    def columns(self, name: str) -> list[str]:
        """See Engine."""
        return list(self._select(f"select * from {_quoted(name)}", f"columns of {name}").columns)

    def fetch(self, query: str) -> pa.Table:
        """See Engine."""
        frame = self._select(query, "a query")
        try:
            return plain(frame.toArrow())
        except (PySparkException, Py4JError, pa.ArrowInvalid) as cause:
            raise _engine_error(cause, "a query") from cause

    def map_batches(self, source: str, function: BatchFunction, schema: pa.Schema, target: str) -> None:
        """See Engine."""
        what = f"mapping {source} to {target}"
        frame = self._select(f"select * from {_quoted(source)}", what)
        columns = ", ".join(f"`{field.name}` {_TYPES[field.type]}" for field in schema)
        self._hold(target, frame.mapInArrow(_Mapped(function, schema), columns), what)

    def write(self, query: str, folder: Path) -> list[Path]:
        """See Engine."""
        what = f"writing {folder.name}"
        frame = self._select(query, what)
        # Without a zone in the file, as DuckDB writes it: readers see the same UTC times from either engine.
        frame = frame.selectExpr(
            *[
                f"cast({_quoted(name)} as timestamp_ntz) as {_quoted(name)}" if kind == "timestamp" else _quoted(name)
                for name, kind in frame.dtypes
            ]
        )
        try:
            writer = frame.repartition("bucket").write.partitionBy("bucket").option("compression", "zstd")
            writer.mode("append").parquet(_address(folder, glob=False))
        except (PySparkException, Py4JError) as cause:
            raise _engine_error(cause, what) from cause
        folder.mkdir(parents=True, exist_ok=True)
        for extra in (folder / "_SUCCESS", *folder.rglob(".*.crc")):
            extra.unlink(missing_ok=True)
        return sorted(folder.glob("bucket=*/*.parquet"))

    def close(self) -> None:
        """See Engine."""
        for view in self._session.catalog.listTables():
            if view.isTemporary:
                self.forget([view.name])
        if self._owns:
            self._session.stop()
        self._scratch.cleanup()


class _Mapped:
    """A batch function as Spark calls it, in another process: batches in, batches out, times without a zone inside."""

    def __init__(self, function: BatchFunction, schema: pa.Schema) -> None:
        self.function = function
        self.schema = schema

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        wanted = zoned_schema(self.schema)
        for batch in batches:
            if batch.num_rows:
                yield self.function(plain(batch)).select(self.schema.names).cast(wanted)


def _started(master: str, memory_limit_gb: float, scratch: Path) -> Any:
    quiet = scratch / "log4j2.properties"
    # Spark logs the values of rows that it fails on; what a user may see is said by EngineError.
    quiet.write_text(
        "appender.none.type = Null\nappender.none.name = none\n"
        "rootLogger.level = off\nrootLogger.appenderRef.none.ref = none\n",
        encoding="utf-8",
    )
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = (
        SparkSession.builder.master(master)
        .appName("heartline")
        .config("spark.driver.memory", f"{max(1, round(memory_limit_gb * 1024))}m")
        .config("spark.driver.extraJavaOptions", f"-Dlog4j2.configurationFile={quiet.as_uri()} -Duser.timezone=UTC")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.warehouse.dir", (scratch / "warehouse").as_uri())
        .config("spark.local.dir", str(scratch))
        .config("spark.sql.catalogImplementation", "in-memory")
        .config("spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
    )
    if master.startswith("local"):
        builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
    return builder.getOrCreate()


def _engine_error(cause: Exception, what: str) -> EngineError:
    # Only mistakes in the SQL itself are safe to repeat; every other message may quote a value of a row.
    if isinstance(cause, AnalysisException | ParseException):
        reason = str(cause).strip().splitlines()[0].rstrip(".")
    else:
        condition = cause.getCondition() if isinstance(cause, PySparkException) else None
        reason = condition or type(cause).__name__
    return EngineError(f"{what} failed on Spark: {reason}", "SQL in the shared subset", "see the step's text")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _address(file: Path, glob: bool = True) -> str:
    path = str(file.absolute())
    if glob:
        path = "".join(f"\\{letter}" if letter in "*?[]{}\\" else letter for letter in path)
    return f"file:{path}"


def _by_shape(files: Sequence[Path]) -> list[list[Path]]:
    """Files with the same columns together: Spark reads the first file's columns and takes them for all."""
    groups: dict[str, list[Path]] = {}
    for file in files:
        try:
            shape = pq.read_schema(file).remove_metadata().to_string()
        except (OSError, pa.ArrowException) as cause:
            got = f"a file in {file.parent.name} cannot be read as Parquet: {type(cause).__name__}"
            raise EngineError(got, "files that the manifest lists", "run `heartline doctor`") from cause
        groups.setdefault(shape, []).append(file)
    return list(groups.values())
