"""The facts of a workspace: load, list, count, compact.

A load becomes live in one transaction of the records, all tables of it at once: whatever kills the process before
that moment leaves nothing but files that the next writer sweeps away.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heartline.facts.decide import KEYS, Counts, Keys, decide
from heartline.facts.hashes import Hashes, content_hashes, key_hashes
from heartline.facts.lock import one_writer
from heartline.facts.segments import SEGMENT_BYTES, SEGMENT_ROWS, Segment, SegmentWriter, in_shape, read_rows
from heartline.facts.staging import PARTS, Staging, part_of, stored_schema
from heartline.tables import Table, bucket_of
from heartline.tables import table as table_of

MANY_SEGMENTS = 8
"""A bucket with more small segments than this is compacted by the next load that touches it."""

GRACE = timedelta(hours=1)
"""How long the files of dead segments stay, for readers that have begun."""

FILTER_KEYS = 4_000_000
"""A load of up to this many keys looks only at stored rows that it may touch."""


class SegmentInfo(Protocol):
    """What the manifest knows of a segment."""

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


class Manifest(Protocol):
    """The part of the records that says which segments are live."""

    def live_segments(self, table: str | None = None, bucket: int | None = None) -> Sequence[SegmentInfo]: ...  # noqa: D102
    def manifest_version(self) -> str: ...  # noqa: D102
    def publish(  # noqa: D102
        self, add: Sequence[SegmentInfo], drop: Sequence[str], also: Callable[[Any], None] | None = None
    ) -> None: ...
    def dead_paths(self, before: str) -> list[str]: ...  # noqa: D102
    def known_paths(self) -> set[str]: ...  # noqa: D102
    def forget(self, paths: Iterable[str]) -> None: ...  # noqa: D102


class Loading:
    """One load under way: rows of several tables, that become live together by ``commit``."""

    def __init__(self, root: Path, manifest: Manifest, load_id: str, staging: Path) -> None:
        self.load_id = load_id
        self.folder = staging
        self._root = root
        self._manifest = manifest
        self._stagings: dict[str, Staging] = {}
        self._add: list[Segment] = []
        self._drop: list[str] = []
        self.counts: dict[str, Counts] = {}
        self.written: dict[str, int] = {}

    def add(
        self, table: Table, batch: pa.RecordBatch, keys: Hashes | None = None, contents: Hashes | None = None
    ) -> None:
        """Take rows in the table's shape; hashes are computed where they are not given."""
        if batch.num_rows:
            keys = key_hashes(table, batch) if keys is None else keys
            contents = content_hashes(table, batch) if contents is None else contents
            self._staging(table).add(batch, keys, contents)

    def remove(self, table: Table, keys: Hashes) -> None:
        """Take away the rows of these keys: the newest row of that id says that there is none."""
        if len(keys):
            self._staging(table).remove(keys)

    def settle(self) -> dict[str, Counts]:
        """Decide what every row does and write the segments, still unseen; gives counts per table."""
        for name, staging in self._stagings.items():
            staging.finish()
            self.counts[name] = self._settle(staging)
        return self.counts

    def commit(self, also: Callable[[Any], None] | None = None) -> None:
        """Make everything live in one transaction, together with what ``also`` writes into it."""
        self._manifest.publish(self._add, self._drop, also)

    def close(self) -> None:
        """Close what is open, also of a load that failed."""
        for staging in self._stagings.values():
            staging.close()

    def _staging(self, table: Table) -> Staging:
        if table.name not in self._stagings:
            self._stagings[table.name] = Staging(table, self.folder / table.name)
        return self._stagings[table.name]

    def _settle(self, staging: Staging) -> Counts:
        live = list(self._manifest.live_segments(staging.table.name))
        stored = _StoredKeys(self._root, live, staging, self.folder / f"{staging.table.name}-stored")
        wanted = np.zeros(staging.rows, bool)
        counts = Counts(unchanged=staging.repeated)
        dead: dict[int, list[Hashes]] = {}
        for part, incoming in staging.parts():
            verdict = decide(incoming, stored.part(part))
            counts += verdict.counts
            wanted[verdict.write] = True
            self.written[staging.table.name] = self.written.get(staging.table.name, 0) + len(verdict.write)
            for segment in np.unique(verdict.dead_segments).tolist():
                dead.setdefault(segment, []).append(verdict.dead_keys[verdict.dead_segments == segment])
        touched = {live[number].bucket for number in dead} | set(staging.buckets())
        for bucket in sorted(touched):
            mine = {number: segment for number, segment in enumerate(live) if segment.bucket == bucket}
            self._write_bucket(staging, bucket, wanted, mine, dead)
        return counts

    def _write_bucket(
        self, staging: Staging, bucket: int, wanted: Any, live: dict[int, SegmentInfo], dead: dict[int, list[Hashes]]
    ) -> None:
        table = staging.table
        rewrite = {number for number in live if number in dead}
        small = [number for number, segment in live.items() if is_small(segment)]
        if len(small) >= MANY_SEGMENTS:
            rewrite |= set(worth_merging({number: live[number].rows for number in small}))
        writer = SegmentWriter(self._root, table, bucket, self.load_id)
        for number in sorted(rewrite):
            gone = np.concatenate(dead[number]) if number in dead else np.empty(0, np.int64)
            for rows in read_rows(self._root / live[number].path):
                keep = ~np.isin(rows.column("key_hash").to_numpy(), gone)
                writer.add(rows if keep.all() else rows.filter(pa.array(keep)))
            self._drop.append(live[number].path)
        if bucket in staging.buckets():
            for rows in staging.read(bucket):
                keep = wanted[rows.column("place").to_numpy()]
                writer.add(rows if keep.all() else rows.filter(pa.array(keep)))
        self._add += writer.finish()


class _StoredKeys:
    """Keys of the live rows, spread over parts by one pass over the segments."""

    def __init__(self, root: Path, live: Sequence[SegmentInfo], staging: Staging, folder: Path) -> None:
        self._folder = folder
        if not live:
            return
        folder.mkdir(parents=True, exist_ok=True)
        mine = None
        if staging.rows <= FILTER_KEYS:
            mine = np.unique(np.concatenate([keys["key"] for _, keys in staging.parts()] or [np.empty(0, np.int64)]))
        files: dict[int, Any] = {}
        try:
            for number, segment in enumerate(live):
                for rows in read_rows(root / segment.path, ("key_hash", "content_hash")):
                    records = np.empty(rows.num_rows, KEYS)
                    records["key"] = rows.column("key_hash").to_numpy()
                    records["content"] = rows.column("content_hash").to_numpy()
                    records["place"] = number
                    if mine is not None:
                        at = np.minimum(np.searchsorted(mine, records["key"]), max(len(mine) - 1, 0))
                        records = records[mine[at] == records["key"]] if len(mine) else records[:0]
                    self._spread(records, files)
        finally:
            for file in files.values():
                file.close()

    def _spread(self, records: Keys, files: dict[int, Any]) -> None:
        if not len(records):
            return
        parts = part_of(np.ascontiguousarray(records["key"]))
        order = np.argsort(parts, kind="stable")
        edges = np.searchsorted(parts[order], np.arange(PARTS + 1))
        records = records[order]
        for part in np.unique(parts).tolist():
            if part not in files:
                files[part] = (self._folder / str(part)).open("wb")
            records[edges[part] : edges[part + 1]].tofile(files[part])

    def part(self, part: int) -> Keys:
        file = self._folder / str(part)
        return np.fromfile(file, KEYS) if file.exists() else np.empty(0, KEYS)


class FactStore:
    """Facts below ``root`` (the workspace's folder), listed by the manifest in the records."""

    def __init__(self, root: Path, records: Manifest) -> None:
        self._root = root
        self._manifest = records

    @property
    def root(self) -> Path:
        """The workspace's folder."""
        return self._root

    @contextmanager
    def loading(self, load_id: str, brief: bool = False) -> Iterator[Loading]:
        """Begin a load as the only writer; nothing is seen until its ``commit``.

        ``brief``: other writers wait for this load. Raises WorkspaceError naming the process that is writing already.
        """
        with one_writer(self._root / ".writer", brief=brief):
            self.sweep()
            staging = self._root / ".staging" / load_id
            loading = Loading(self._root, self._manifest, load_id, staging)
            try:
                yield loading
            finally:
                loading.close()
                shutil.rmtree(staging, ignore_errors=True)

    def load(self, table: Table, batches: Iterable[pa.RecordBatch], load_id: str) -> Counts:
        """Load rows of one table in its shape; see ``decide`` for what the counts mean."""
        with self.loading(load_id) as loading:
            for batch in batches:
                loading.add(table, batch)
            counts = loading.settle()
            loading.commit()
        return counts.get(table.name, Counts())

    def files(self, table: str) -> list[Path]:
        """Live segments of a table, from the manifest."""
        return [self._root / segment.path for segment in self._manifest.live_segments(table)]

    def files_of(self, table: str, customer_id: str) -> list[Path]:
        """Live segments that may hold rows of this customer; all of them in a table without customers."""
        bucket = None if table_of(table).customer is None else bucket_of(customer_id)
        return [self._root / segment.path for segment in self._manifest.live_segments(table, bucket)]

    def find(self, table: Table, keys: Hashes, columns: Sequence[str] = ()) -> pa.Table:
        """``key_hash`` and these columns of the live rows that have one of the keys; reads the hashes of all rows."""
        wanted = np.unique(keys)
        names = ["key_hash", *columns]
        empty = stored_schema(table).empty_table().select(names)
        found = [empty]
        for file in self.files(table.name) if len(wanted) else ():
            # of a file that holds none of them the other columns are not read
            if columns and not any(_among(rows, wanted).any() for rows in read_rows(file, ("key_hash",))):
                continue
            for rows in read_rows(file, names):
                mine = _among(rows, wanted)
                if mine.any():
                    found.append(in_shape(rows.filter(pa.array(mine)), empty.schema))
        return pa.concat_tables(found)

    def version(self) -> str:
        """A text that changes whenever other files are live."""
        return self._manifest.manifest_version()

    def rows(self, table: str) -> int:
        """How many rows are live."""
        return sum(segment.rows for segment in self._manifest.live_segments(table))

    def compact(self, load_id: str | None = None) -> int:
        """Merge the small segments of every bucket that has several; gives how many segments fewer there are."""
        name = load_id or f"compact-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
        with one_writer(self._root / ".writer"):
            self.sweep()
            groups: dict[tuple[str, int], list[SegmentInfo]] = {}
            for segment in self._manifest.live_segments():
                if is_small(segment):
                    groups.setdefault((segment.table, segment.bucket), []).append(segment)
            fewer = 0
            for (table, bucket), segments in groups.items():
                if len(segments) < 2:
                    continue
                writer = SegmentWriter(self._root, table_of(table), bucket, name)
                for segment in segments:
                    for rows in read_rows(self._root / segment.path):
                        writer.add(rows)
                written = writer.finish()
                self._manifest.publish(written, [segment.path for segment in segments])
                fewer += len(segments) - len(written)
        return fewer

    def sweep(self, grace: timedelta = GRACE) -> int:
        """Remove files of unfinished loads, and of segments dead for longer than ``grace``. Writer only."""
        shutil.rmtree(self._root / ".staging", ignore_errors=True)
        known = self._manifest.known_paths()
        removed = 0
        for file in (self._root / "facts").rglob("*"):
            if file.is_file() and file.relative_to(self._root).as_posix() not in known:
                file.unlink(missing_ok=True)
                removed += 1
        old = (datetime.now(UTC) - grace).isoformat(timespec="microseconds")
        dead = self._manifest.dead_paths(old)
        for path in dead:
            (self._root / path).unlink(missing_ok=True)
        self._manifest.forget(dead)
        return removed + len(dead)


def _among(rows: pa.Table, wanted: Hashes) -> npt.NDArray[np.bool_]:
    """Which rows have a key among the wanted ones, which are sorted."""
    keys = rows.column("key_hash").to_numpy()
    found: npt.NDArray[np.bool_] = wanted[np.minimum(np.searchsorted(wanted, keys), len(wanted) - 1)] == keys
    return found


def is_small(segment: SegmentInfo) -> bool:
    """Whether a segment is worth merging with others: less than half as large as one may be."""
    return segment.rows < SEGMENT_ROWS // 2 and segment.bytes < SEGMENT_BYTES // 8


def worth_merging(rows: Mapping[int, int]) -> list[int]:
    """Which of some segments to merge, by their rows: without the large ones, each larger than all smaller together.

    So a row is rewritten a few times in its life and not with every eighth small load: a day of small loads costs as
    much as the rows that it brings, whatever was there before.
    """
    chosen = sorted(rows, key=lambda number: rows[number])
    total = sum(rows.values())
    while chosen and 2 * rows[chosen[-1]] > total:
        total -= rows[chosen.pop()]
    return chosen if len(chosen) > 1 else []
