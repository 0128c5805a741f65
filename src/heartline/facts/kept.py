"""What is kept for ever: predictions, a chapter for each moment that they look from. See docs/decisions.

``predictions/<moment>/<run>/bucket=<n>/*.parquet``. A chapter is replaced as a whole (when something is added to it or
it is scored) by the same rename that makes derived tables current; a run of analyses never touches the others.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from heartline.facts.derived import DerivedStore
from heartline.tables import bucket_of

_NAME = "%Y%m%dT%H%M%S%f"


class KeptStore:
    """Chapters of one table under one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._chapters = DerivedStore(root)

    def moments(self) -> list[datetime]:
        """Moments of which there is a chapter, oldest first."""
        return sorted(datetime.strptime(name, _NAME) for name in self._chapters.current())

    def files(self, moments: Iterable[datetime] | None = None) -> list[Path]:
        """Parquet files of all chapters, or of the named ones."""
        named = self.moments() if moments is None else moments
        return [file for moment in named for file in self._chapters.files(moment.strftime(_NAME))]

    def files_of(self, customer_id: str) -> list[Path]:
        """Parquet files that may hold rows of one customer."""
        bucket = f"bucket={bucket_of(customer_id)}"
        return [file for file in self.files() if file.parent.name == bucket]

    def version(self) -> int:
        """A number that changes whenever a chapter does; 0 before the first."""
        return self._chapters.version()

    def about(self) -> dict[str, Any] | None:
        """What the latest chapter says of itself; None before the first."""
        moments = self.moments()
        return self._chapters.about(moments[-1].strftime(_NAME)) if moments else None

    def write(self, moment: datetime, run_id: str, about: Mapping[str, Any], rows: Callable[[Path], object]) -> None:
        """Let ``rows`` write a chapter's Parquet files, and make it the current one."""
        name = moment.strftime(_NAME)
        self._chapters.write(name, run_id, about, rows)
        self._chapters.make_current({name: run_id})

    def forget_customers(self, customer_ids: Collection[str], run_id: str) -> int:
        """Leave these customers out of every chapter, for good; gives how many rows that were.

        Files without them are taken over as they are; what held them is deleted before this returns.
        """
        ids = pa.array(sorted(customer_ids), pa.string())
        buckets = {f"bucket={bucket_of(one)}" for one in customer_ids}
        gone = 0
        for moment in self.moments():
            name = moment.strftime(_NAME)
            before = self._chapters.files(name)
            kept: dict[Path, pa.Table] = {}
            for file in before:
                if file.parent.name in buckets:
                    rows = pq.read_table(file, partitioning=None)
                    stay = rows.filter(pc.invert(pc.is_in(rows.column("customer_id"), value_set=ids)))
                    if stay.num_rows < rows.num_rows:
                        gone += rows.num_rows - stay.num_rows
                        kept[file] = stay
            about = self._chapters.about(name)
            if not kept or about is None:
                continue

            def rewrite(folder: Path, files: list[Path] = before, changed: dict[Path, pa.Table] = kept) -> None:
                for file in files:
                    target = folder / file.parent.name / file.name
                    target.parent.mkdir(exist_ok=True)
                    if file in changed:
                        pq.write_table(changed[file], target)
                    else:
                        os.link(file, target)

            self._chapters.write(name, run_id, about, rewrite)
            self._chapters.make_current({name: run_id})
            for folder in (self.root / name).iterdir():
                if folder.name != run_id:
                    shutil.rmtree(folder)
        return gone
