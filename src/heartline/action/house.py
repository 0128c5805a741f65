"""What the moves need of a workspace, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from heartline.records.store import Records
from heartline.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa


class Clocked(Protocol):
    """What says what time it is for people."""

    @property
    def settings(self) -> Settings:
        """Settings of the workspace."""

    @property
    def as_of(self) -> datetime | None:
        """Moment of the last run; None where none was made."""


def real() -> datetime:
    """This moment, UTC without offset."""
    return datetime.now(UTC).replace(tzinfo=None)


def present(house: Clocked) -> datetime:
    """What deadlines are held against, on the desk and the command line: this moment, and never before the one that the
    last run looked from; that one where the setting ``clock`` says facts."""
    now, last = real(), house.as_of
    if last is None:
        return now
    return last if house.settings.text("clock") == "facts" else max(now, last)


class Told(Protocol):
    """How a table came to be; ``heartline.explain.Explanation`` is one."""

    @property
    def run_id(self) -> str | None:
        """Run that wrote it; None before the first."""

    @property
    def as_of(self) -> str | None:
        """Moment that the run looked from, ISO 8601; None before the first."""


class House(Protocol):
    """``heartline.workspace.Workspace`` is one; tests bring a small one of their own."""

    @property
    def root(self) -> Path:
        """Folder of the workspace."""

    @property
    def records(self) -> Records:
        """The records database."""

    @property
    def settings(self) -> Settings:
        """Settings of the workspace."""

    @property
    def as_of(self) -> datetime | None:
        """Moment of the last run; None where none was made."""

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Rows of one SELECT over all tables by name, with ``$name`` parameters."""

    def customer_query(self, customer_id: str, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """The same, where tables keyed by customer hold only the bucket of that customer."""

    def customer_of(self, any_id: str) -> str:
        """The customer that an id leads to."""

    def explain(self, table_name: str, **key: object) -> Told:
        """How a table came to be."""
