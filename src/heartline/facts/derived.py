"""What analyses made: one folder a run, and one small file that says which run of each table is the current one."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from heartline.tables import Table, bucket_of

CURRENT = "current.json"


class Kept(Protocol):
    """A table that no run replaces, read through the same door; see heartline.facts.kept."""

    def files(self) -> list[Path]:
        """All its Parquet files."""

    def files_of(self, customer_id: str) -> list[Path]:
        """Those that may hold rows of one customer."""

    def version(self) -> int:
        """A number that changes whenever the table does."""

    def about(self) -> dict[str, Any] | None:
        """What its latest part says of itself."""


class DerivedStore:
    """Derived tables under ``derived/<table>/<run>/bucket=<n>/*.parquet`` with ``run.json`` beside them.

    ``derived/current.json`` names the current run of each table. It is replaced by one rename, so readers see the
    old run or the new one, never a mixture. The run before is kept until the next one for readers in mid-query.

    ``kept``: tables by name that live elsewhere and that no run replaces.
    """

    def __init__(self, root: Path, kept: Mapping[str, Kept] | None = None) -> None:
        self.root = root
        self._kept = kept or {}

    def current(self) -> dict[str, str]:
        """Run id of each table that has been computed."""
        file = self.root / CURRENT
        if not file.exists():
            return {}
        found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
        return found

    def version(self) -> int:
        """A number that changes whenever a table gets a new run; 0 before the first."""
        file = self.root / CURRENT
        own = file.stat().st_mtime_ns if file.exists() else 0
        return own + sum(each.version() for each in self._kept.values())

    def files(self, table_name: str) -> list[Path]:
        """Parquet files of the current run; none before the first."""
        if table_name in self._kept:
            return self._kept[table_name].files()
        run = self.current().get(table_name)
        return sorted((self.root / table_name / run).glob("bucket=*/*.parquet")) if run else []

    def files_of(self, table: Table, customer_id: str) -> list[Path]:
        """Parquet files that may hold rows of one customer."""
        if table.name in self._kept:
            return self._kept[table.name].files_of(customer_id)
        run = self.current().get(table.name)
        if not run:
            return []
        bucket = bucket_of(customer_id) if table.customer else 0
        return sorted((self.root / table.name / run / f"bucket={bucket}").glob("*.parquet"))

    def about(self, table_name: str) -> dict[str, Any] | None:
        """What the current run says of itself (as_of, steps, settings, notes …); None before the first."""
        if table_name in self._kept:
            return self._kept[table_name].about()
        run = self.current().get(table_name)
        if not run:
            return None
        found: dict[str, Any] = json.loads((self.root / table_name / run / "run.json").read_text(encoding="utf-8"))
        return found

    def write(self, table_name: str, run_id: str, about: Mapping[str, Any], rows: Callable[[Path], object]) -> None:
        """Let ``rows`` write Parquet files into a folder, add ``run.json``; not yet current."""
        folder = self.root / table_name / run_id
        unfinished = self.root / table_name / f".{run_id}"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        rows(unfinished)
        (unfinished / "run.json").write_text(json.dumps(about, indent=1, default=str), encoding="utf-8")
        os.replace(unfinished, folder)

    def make_current(self, runs: Mapping[str, str], without: Sequence[str] = ()) -> None:
        """Make these runs the current ones of their tables, all at once, and sweep runs that nobody can be reading.

        ``without``: tables that no longer have a current run.
        """
        before = self.current()
        after = {name: run for name, run in {**before, **runs}.items() if name not in without}
        unfinished = self.root / f".{CURRENT}"
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump(after, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, self.root / CURRENT)
        for name in runs:
            kept = {after[name], before.get(name)}
            for folder in (self.root / name).iterdir():
                if folder.name not in kept:
                    shutil.rmtree(folder, ignore_errors=True)
