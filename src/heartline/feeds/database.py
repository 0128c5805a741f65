"""A database that a feed reads: its address, its driver, a connection that cannot write, errors without secrets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from heartline.errors import SourceError

ENV, FILE = "env:", "file:"
SECRETS = ("pass", "pwd", "secret", "token", "key", "credential", "odbc_connect")
"""Parts of the names of what an address may hold after ``?`` and must not be kept."""
WAIT_S = 20
"""How long a server is waited for."""
DRIVERS = {
    "postgresql": 'pip install "heartline[postgres]"',
    "mysql": "pip install pymysql, with an address that begins with mysql+pymysql://",
    "mariadb": "pip install pymysql, with an address that begins with mariadb+pymysql://",
    "mssql": "pip install pyodbc, with an address that begins with mssql+pyodbc://",
    "oracle": "pip install oracledb, with an address that begins with oracle+oracledb://",
    "duckdb": "pip install duckdb-engine",
    "snowflake": "pip install snowflake-sqlalchemy",
    "bigquery": "pip install sqlalchemy-bigquery",
    "redshift": "pip install sqlalchemy-redshift",
    "databricks": "pip install databricks-sqlalchemy",
    "clickhouse": "pip install clickhouse-sqlalchemy",
    "trino": 'pip install "trino[sqlalchemy]"',
}
_EXPECTED = "an address as SQLAlchemy takes it, e.g. postgresql://reader@host/shop or sqlite:////data/shop.db"
_WITHHELD = "what it says may hold what customers wrote, and is not repeated"


def told(place: str, what: str) -> str:
    """A value that stands in the environment (``env:NAME``) or a file (``file:PATH``); any other stands for itself."""
    if place.startswith(ENV):
        name = place.removeprefix(ENV)
        found = os.environ.get(name, "")
        if not found:
            raise SourceError(f"the environment has no {name}, which is to hold {what}", "it set", f"export {name}=…")
        return found
    if place.startswith(FILE):
        path = Path(place.removeprefix(FILE)).expanduser()
        try:
            return path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as cause:
            raise SourceError(
                f"{path} cannot be read, which is to hold {what}", "a readable text file", "check the path"
            ) from cause
    return place


def address(place: str, password: str = "") -> URL:
    """The address of a database. ``place`` and ``password`` may be ``env:NAME`` or ``file:PATH``.

    SourceError never repeats it: it may hold a password.
    """
    written = told(place, "the address of the database")
    try:
        url = make_url(written)
    except (ArgumentError, ValueError) as cause:
        raise SourceError("the address of the database cannot be read", _EXPECTED, "check --from-url") from cause
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")  # version 3, whatever spelling the address has
    if password:
        if not password.startswith((ENV, FILE)):
            raise SourceError("the password stands in the command", "env:NAME or file:PATH", "--password env:NAME")
        url = url.set(password=told(password, "the password"))
    return url


def holds_secret(url: URL) -> bool:
    """Whether an address has a password, or anything else that must not be kept."""
    return bool(url.password) or any(mark in name.lower() for name in url.query for mark in SECRETS)


@contextmanager
def reading(url: URL) -> Iterator[Connection]:
    """A connection that cannot write, in one transaction. SourceError where there is none to be had."""
    engine = _engine(url)
    try:
        # what goes wrong later is no fault of this database alone: it must not be told as one
        with asked(url, "cannot be reached"):
            connection = engine.connect()
        with connection:
            with asked(url, "cannot be reached"):
                _set_to_read(connection)
            yield connection
    finally:
        engine.dispose()


def _set_to_read(connection: Connection) -> None:
    backend = connection.dialect.name
    if backend == "postgresql":
        # one look at the data for all that is asked, and no function that writes
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    elif backend in ("mysql", "mariadb"):
        connection.exec_driver_sql("set session transaction read only")
        connection.commit()


@contextmanager
def asked(url: URL, fault: str = "refuses the query") -> Iterator[None]:
    """Turns what a database says into a SourceError without password and without values of rows."""
    try:
        yield
    except SQLAlchemyError as cause:
        said = _said(cause, url)
        raise SourceError(
            f"the database ({url.get_backend_name()}) {fault}: {said}",
            "a server that can be reached, credentials that are right, a query that it can answer",
            "try the query in the database's own tool; see docs/how-to/feeds.md",
        ) from None


def _engine(url: URL) -> Engine:
    backend = url.get_backend_name()
    if backend == "sqlite" and not _is_there(url.database or ":memory:"):
        # SQLite would make an empty file of that name
        raise SourceError(
            "there is no SQLite file at the address", "a file that exists",
            "check the path; an absolute one begins with sqlite:////",
        )  # fmt: skip
    waits = {"connect_timeout": WAIT_S} if backend in ("postgresql", "mysql", "mariadb") else {}
    try:
        engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=waits)
    except (NoSuchModuleError, ModuleNotFoundError, ImportError) as cause:
        extra = DRIVERS.get(backend, "install the package that SQLAlchemy's page on this database names")
        raise SourceError(f"the driver for {backend} is not installed", "its Python package", extra) from cause
    except (SQLAlchemyError, ValueError, TypeError) as cause:
        raise SourceError("the address of the database cannot be read", _EXPECTED, "check --from-url") from cause
    if backend == "sqlite":
        event.listen(engine, "connect", _only_read)
    return engine


def _is_there(database: str) -> bool:
    return database == ":memory:" or database.startswith("file:") or Path(database).is_file()


def _only_read(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("pragma query_only = on")
    cursor.close()


def _said(error: SQLAlchemyError, url: URL) -> str:
    if not isinstance(error, DBAPIError) or error.orig is None:
        return type(error).__name__
    state = str(getattr(error.orig, "sqlstate", "") or "")
    if isinstance(error, DataError | IntegrityError) or state.startswith("22"):
        return f"{type(error.orig).__name__}{f' ({state})' if state else ''}; {_WITHHELD}"
    lines = str(error.orig).strip().splitlines() or [type(error.orig).__name__]
    said = lines[0].strip()[:300]
    for secret in _spellings(url):
        said = said.replace(secret, "***")
    return said


def _spellings(url: URL) -> list[str]:
    held = [url.password] if url.password else []
    for name, value in url.query.items():
        if any(mark in name.lower() for mark in SECRETS):
            held += [value] if isinstance(value, str) else list(value)
    return [form for secret in held for form in {str(secret), quote(str(secret)), quote_plus(str(secret))} if form]
