"""Rows on their way into the facts: on disk before anybody is told that they are kept, loaded as soon as may be.

One file holds the rows of one walk or one guess. It is deleted after its rows are in the facts; a crash in between
loads them again, which changes nothing, as each row has its own id.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.errors import WorkspaceError
from heartline.facts.lock import one_writer
from heartline.facts.segments import sync_folder
from heartline.facts.store import FactStore
from heartline.ingest import ingest_source
from heartline.records.store import Records
from heartline.settings import Settings
from heartline.sources.raw import RawBatch
from heartline.tables import table

Rows = Sequence[Mapping[str, Any]]
SOURCE = "walk"
"""Source and feed of the rows."""


class Outbox:
    """The outbox of one workspace; safe to call from several threads and programs."""

    def __init__(self, folder: Path, records: Records, facts: FactStore, settings: Settings) -> None:
        self._folder, self._records, self._facts, self._settings = folder, records, facts, settings

    def put(self, name: str, rows: Mapping[str, Rows]) -> None:
        """Keep rows of tables of facts; on disk when this returns. The same name again stands for the one before.

        name: letters, digits, `-`, `_`
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"{name}.json"
        passing = file.with_suffix(f".{os.getpid()}.{os.urandom(4).hex()}")
        with passing.open("w", encoding="utf-8") as out:
            json.dump({key: list(value) for key, value in rows.items()}, out, ensure_ascii=False)
            out.flush()
            os.fsync(out.fileno())
        with self._alone(".changing"):
            passing.replace(file)
        sync_folder(self._folder)

    def settle(self) -> int:
        """Load what waits, by name, if nobody else is writing facts; gives how many rows were loaded.

        One program at a time: another could load rows in whose place others have been loaded meanwhile.
        """
        loaded = 0
        if not any(self._folder.glob("*.json")):
            return loaded
        with suppress(WorkspaceError), self._alone(".settling"):  # somebody is writing: all that is left, next time
            for file in sorted(self._folder.glob("*.json")):
                loaded += self._settle(file)
        return loaded

    def _settle(self, file: Path) -> int:
        with file.open(encoding="utf-8") as held:  # open to the end: no other file can get its number
            rows = json.load(held)
            loaded = sum(self._load(name, rows[name], file.stem) for name in rows)
            with self._alone(".changing"):
                if os.path.samestat(os.fstat(held.fileno()), file.stat()):  # else another, not loaded, stands for it
                    file.unlink()
        return loaded

    def _alone(self, name: str) -> AbstractContextManager[None]:
        return one_writer(self._folder / name, "loaded", brief=True)

    def waiting(self) -> int:
        """How many walks and guesses are not in the facts yet."""
        return len(list(self._folder.glob("*.json")))

    def held(self, table_name: str) -> list[dict[str, Any]]:
        """Rows of a table that are not in the facts yet, as they were given; times as text."""
        found: list[dict[str, Any]] = []
        for file in sorted(self._folder.glob("*.json")):
            with suppress(FileNotFoundError):  # loaded a moment ago
                found += json.loads(file.read_text("utf-8")).get(table_name, [])
        return found

    def _load(self, name: str, rows: Rows, source: str) -> int:
        if not rows:
            return 0
        report = ingest_source(
            self._records, self._facts, self._settings, name, None, source, lambda: _Given(name, rows, source),
            f"{SOURCE} {name}", lambda _: None,
        )  # fmt: skip
        return report.new + report.replaced


class _Given:
    """Rows at hand as a source."""

    def __init__(self, name: str, rows: Rows, source: str) -> None:
        held = {key for row in rows for key in row}
        self.name = source
        self.columns = [column.name for column in table(name) if column.name in held]
        self.notes: list[str] = []
        self.total_bytes = self.done_bytes = 0
        times = {column.name for column in table(name).columns if column.type == "timestamp"}
        self._columns = {
            key: pa.array([_text(row.get(key), key in times) for row in rows], pa.string()) for key in self.columns
        }
        self._count = len(rows)

    def batches(self) -> Iterator[RawBatch]:
        """All of them."""
        yield RawBatch(self._columns, np.arange(1, self._count + 1, dtype=np.int64))

    def close(self) -> None:
        """Nothing is held."""


def _text(value: object, time: bool) -> str | None:
    """As the loader reads it in every workspace: a time without an offset is UTC, not the workspace's zone."""
    if value is None or not time:
        return None if value is None else str(value)
    moment = datetime.fromisoformat(str(value))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
