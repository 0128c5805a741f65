"""The records database: SQLite inside the workspace, or PostgreSQL by URL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from heartline.errors import WorkspaceError
from heartline.records.migrations import migrate, unknown


class SegmentLike(Protocol):
    """One Parquet file of facts, as the manifest keeps it."""

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def table(self) -> str: ...  # noqa: D102
    @property
    def bucket(self) -> int: ...  # noqa: D102
    @property
    def rows(self) -> int: ...  # noqa: D102
    @property
    def bytes(self) -> int: ...  # noqa: D102
    @property
    def load_id(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class SegmentRow:
    """A live segment: path below the workspace, table, bucket 0 to 63, rows, bytes, the load that wrote it."""

    path: str
    table: str
    bucket: int
    rows: int
    bytes: int
    load_id: str


@dataclass(frozen=True)
class LoadRow:
    """The report of one load. Times are ISO 8601 in UTC; ``written`` counts rows per table.

    ``feed`` names what is loaded again and again, whose ``loads`` of one day are this one line; else it is empty.
    """

    load_id: str
    table: str
    files: list[str]
    started_at: str
    ended_at: str
    read: int
    new: int
    replaced: int
    unchanged: int
    quarantined: int
    seconds: float
    skipped: int = 0
    written: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    mapping: dict[str, Any] = field(default_factory=dict)
    feed: str = ""
    loads: int = 1


@dataclass(frozen=True)
class RunRow:
    """One table written by one analysis in one run. Times are ISO 8601 in UTC."""

    run_id: str
    analysis: str
    table: str
    as_of: str
    started_at: str
    ended_at: str
    engine: str
    rows: int
    details: dict[str, Any] = field(default_factory=dict)


def now() -> str:
    """This moment in UTC, ISO 8601 with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


class Records:
    """Opens the database, brings it up to date, and reads and writes its rows.

    SQLite runs in WAL mode with synchronous FULL: what is committed survives a power cut, and readers never
    wait for the writer. Raises WorkspaceError where the database cannot be opened or is of a newer version.
    """

    def __init__(self, url_or_path: str | Path) -> None:
        place = str(url_or_path)
        url = place if "://" in place else f"sqlite:///{Path(place).resolve()}"
        # PostgreSQL is served by psycopg 3, whatever spelling the address has
        if url.startswith(("postgres://", "postgresql://")):
            url = "postgresql+psycopg://" + url.split("://", 1)[1]
        # neither a secret nor a customer's words may get into a log or an error with the statement that wrote them
        self._engine: Engine = create_engine(url, hide_parameters=True)
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _set_up_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
        try:
            with self.writing() as connection:
                migrate(connection)
                newer = unknown(connection)
        except OperationalError as cause:
            self.close()
            raise WorkspaceError(
                f"the records database {make_url(url).render_as_string(hide_password=True)} cannot be opened",
                "a readable and writable SQLite file, or the address of a PostgreSQL database",
                "check the setting records_url and the rights on the folder",
            ) from cause
        except SQLAlchemyError:
            self.close()
            raise
        if newer:
            self.close()
            raise WorkspaceError(
                f"the records were written by a newer version (unknown: {', '.join(newer)})",
                "a version that knows these changes",
                "update heartline",
            )

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()

    def keep_private(self) -> None:
        """Let only the owner read the file of an SQLite database, since from now on it holds a secret of use elsewhere.

        The files that SQLite puts beside it take the same rights. A PostgreSQL server has rights of its own.
        """
        if self._engine.dialect.name == "sqlite" and self._engine.url.database:
            place = Path(self._engine.url.database)
            for file in (place, *(place.with_name(place.name + ending) for ending in ("-wal", "-shm"))):
                if file.exists():
                    file.chmod(0o600)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that takes the write lock at once: all of it is committed, or nothing."""
        with self._engine.connect().execution_options(immediate=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent look at the records."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    # --- manifest of facts

    def live_segments(self, table: str | None = None, bucket: int | None = None) -> list[SegmentRow]:
        """Live segments of a table (or of all), of one bucket (or of all), oldest first."""
        query = "select path, table_name, bucket, rows, bytes, load_id from segment where live = 1"
        values: dict[str, Any] = {}
        if table is not None:
            query += " and table_name = :table"
            values["table"] = table
        if bucket is not None:
            query += " and bucket = :bucket"
            values["bucket"] = bucket
        with self.reading() as connection:
            found = connection.execute(text(query + " order by table_name, bucket, created_at, path"), values)
            return [SegmentRow(*row) for row in found]

    def manifest_version(self) -> str:
        """A text that changes whenever segments become live or dead."""
        query = "select count(*), coalesce(max(created_at), ''), coalesce(max(dead_at), '') from segment"
        with self.reading() as connection:
            return " ".join(str(part) for part in connection.execute(text(query)).one())

    def publish(
        self, add: Sequence[SegmentLike], drop: Sequence[str], also: Callable[[Connection], None] | None = None
    ) -> None:
        """Make segments live and others dead in one transaction; ``also`` writes more into the same one."""
        at = now()
        with self.writing() as connection:
            if drop:
                connection.execute(
                    text("update segment set live = 0, dead_at = :at where path = :path"),
                    [{"at": at, "path": path} for path in drop],
                )
            if add:
                connection.execute(
                    text("insert into segment values (:path, :table, :bucket, :rows, :bytes, :load_id, 1, :at, null)"),
                    [
                        {
                            "path": s.path, "table": s.table, "bucket": s.bucket, "rows": s.rows,
                            "bytes": s.bytes, "load_id": s.load_id, "at": at,
                        }
                        for s in add
                    ],
                )  # fmt: skip
            if also is not None:
                also(connection)

    def dead_paths(self, before: str) -> list[str]:
        """Paths of segments that died before a moment (ISO 8601, UTC)."""
        with self.reading() as connection:
            query = text("select path from segment where live = 0 and dead_at < :before")
            return list(connection.execute(query, {"before": before}).scalars())

    def known_paths(self) -> set[str]:
        """Every path in the manifest, live or dead."""
        with self.reading() as connection:
            return set(connection.execute(text("select path from segment")).scalars())

    def forget(self, paths: Iterable[str]) -> None:
        """Remove dead segments whose files are gone."""
        gone = [{"path": path} for path in paths]
        if gone:
            with self.writing() as connection:
                connection.execute(text("delete from segment where live = 0 and path = :path"), gone)

    # --- loads and runs

    def loads(self, limit: int = 100) -> list[LoadRow]:
        """Reports of loads, newest first."""
        with self.reading() as connection:
            found = connection.execute(
                text("select * from load order by ended_at desc, load_id desc limit :limit"), {"limit": limit}
            ).mappings()
            return [load_row(row) for row in found]

    def load(self, load_id: str) -> LoadRow | None:
        """The report of one load, or None."""
        with self.reading() as connection:
            row = connection.execute(text("select * from load where load_id = :id"), {"id": load_id}).mappings().first()
            return None if row is None else load_row(row)

    def add_run(self, run: RunRow) -> None:
        """Record what an analysis did; the same run, analysis and table again replaces it."""
        values = asdict(run) | {"details": json.dumps(run.details, default=str)}
        key = "run_id = :run_id and analysis = :analysis and table_name = :table"
        with self.writing() as connection:
            connection.execute(text(f"delete from run where {key}"), values)
            connection.execute(
                text(
                    "insert into run values (:run_id, :analysis, :table, :as_of, :started_at, :ended_at, :engine, "
                    ":rows, :details)"
                ),
                values,
            )

    def runs(self, table: str | None = None, limit: int = 1000) -> list[RunRow]:
        """Runs, newest first; of one table, or of all."""
        where = "where table_name = :table " if table is not None else ""
        query = text(
            "select run_id, analysis, table_name, as_of, started_at, ended_at, engine, rows, details from run "
            f"{where}order by ended_at desc, analysis limit :limit"
        )
        with self.reading() as connection:
            found = connection.execute(query, {"table": table, "limit": limit})
            return [RunRow(*[*row[:8], json.loads(row[8])]) for row in found]


def write_load(connection: Connection, load: LoadRow) -> None:
    """Write the report of a load inside the transaction that makes its segments live."""
    values = asdict(load)
    for name in ("files", "written", "notes", "reasons", "mapping"):
        values[name] = json.dumps(values[name], default=str)
    connection.execute(
        text(
            "insert into load (load_id, table_name, files, mapping, started_at, ended_at, read, new, replaced, "
            "unchanged, skipped, quarantined, seconds, written, notes, reasons, feed, loads) values (:load_id, :table, "
            ":files, :mapping, :started_at, :ended_at, :read, :new, :replaced, :unchanged, :skipped, :quarantined, "
            ":seconds, :written, :notes, :reasons, :feed, :loads)"
        ),
        values,
    )


def load_row(row: Mapping[Any, Any]) -> LoadRow:
    """The report out of its row in the database."""
    values = {str(name): value for name, value in row.items()}
    values["table"] = values.pop("table_name")
    for name in ("files", "written", "notes", "reasons", "mapping"):
        values[name] = json.loads(values[name])
    return LoadRow(**values)


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # SQLAlchemy's own BEGIN, below, must be the only one
    connection.isolation_level = None
    cursor = connection.cursor()
    # secure_delete: what is taken out of the inbox is overwritten, not only forgotten
    pragmas = (
        "busy_timeout = 30000",
        "journal_mode = wal",
        "synchronous = full",
        "foreign_keys = on",
        "secure_delete = on",
    )
    for pragma in pragmas:
        cursor.execute(f"pragma {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # a deferred transaction that turns into a writer is refused at once instead of waiting
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("begin immediate" if immediate else "begin")
