"""One run of a folder: each new or changed file in a transaction of its own; a bad one does not stop the others."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.exc import OperationalError

from heartline.errors import HeartlineError, SourceError, WorkspaceError
from heartline.feeds.feed import SEGMENT, FolderFeed
from heartline.feeds.files import Found, digest_of, found, looked_at
from heartline.feeds.report import FeedReport
from heartline.feeds.rooms import Rooms
from heartline.ingest import LoadReport, Progress, ingest_source
from heartline.live.archive import ingest_calls
from heartline.records import feeds
from heartline.records.feeds import FileRow
from heartline.sources.exports import open_mapped

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 30.0
"""How long a run waits at most for files that are being written; with a longer ``settle_s`` the next run reads them."""


class FolderRun:
    """One run under way. ``full`` loads every file again, whatever is known of it; ``dry_run`` none."""

    def __init__(
        self, rooms: Rooms, feed: FolderFeed, full: bool = False, dry_run: bool = False,
        progress: Progress | None = None,
    ) -> None:  # fmt: skip
        self._rooms = rooms
        self._feed = feed
        self._full = full
        self._dry = dry_run
        self._progress = progress
        self._way = (None, None) if feed.way.export == SEGMENT else feed.read()
        self._known = feeds.files(rooms.records, feed.name)
        self._report = FeedReport(feed.name, feed.kind)

    def run(self) -> FeedReport:
        """Every file that is new or changed. Those still being written are waited for once, then left for next time.

        Raises SourceError (no folder) and WorkspaceError (somebody else is writing for long).
        """
        files = found(self._feed)
        there = {file.name for file in files}
        young = self._take(files, there)
        wait = max((self._feed.settle_s - file.age() for file in young), default=0.0)
        if young and wait <= LONGEST_WAIT_S and not self._dry:
            time.sleep(max(0.0, wait) + 0.05)
            again = {file.name: file for file in found(self._feed)}
            young = self._take([again[file.name] for file in young if file.name in again], there)
        self._report = replace(self._report, waiting=[file.name for file in young])
        if not files:
            self._note(f"no file in {self._feed.folder} fits {self._feed.pattern}")
        return replace(self._report, would_read=len(self._report.loaded) if self._dry else None)

    def _take(self, files: Sequence[Found], there: set[str]) -> list[Found]:
        """Load what is new; gives the files that are still being written."""
        young = []
        for number, file in enumerate(files):
            held = self._known.get(file.name)
            done = held is not None and held.status != feeds.FAILED and not self._full
            if done and held is not None and held.stamp == file.stamp:
                self._report = replace(self._report, known=self._report.known + 1)
            elif file.age() < self._feed.settle_s or not self._one(file, held if done else None, there):
                young.append(file)
            if self._progress:
                self._progress(number + 1, len(files), self._report.read)
        return young

    def _one(self, file: Found, held: FileRow | None, there: set[str]) -> bool:
        """Look at one file that is whole; False where it is being written after all."""
        try:
            digest = digest_of(file.path)
            if looked_at(file.path, file.name).stamp != file.stamp:
                return False
        except OSError as cause:
            self._failed(file, "", (cause.strerror or type(cause).__name__).lower())
            return True
        if held is not None and held.digest == digest:
            self._report = replace(self._report, known=self._report.known + 1)
            self._keep(replace(held, stamp=file.stamp))
            return True
        if not self._full and (before := self._name_before(digest, there)):
            self._report = replace(self._report, renamed=[*self._report.renamed, file.name])
            self._keep(FileRow(file.name, file.stamp, digest, feeds.SAME, f"was {before}"))
            return True
        if self._dry:
            self._report = replace(self._report, loaded=[*self._report.loaded, file.name])
            return True
        return self._load(file, digest)

    def _load(self, file: Found, digest: str) -> bool:
        row = FileRow(file.name, file.stamp, digest, feeds.LOADED)
        changed = False

        def keep(connection: Any) -> None:
            nonlocal changed
            if looked_at(file.path, file.name).stamp != file.stamp:
                changed = True
                raise SourceError(f"{file.name} changed while it was read", "a file that is whole", "wait for its end")
            feeds.keep_file(connection, self._feed.name, row)

        try:
            report = self._rows(file, keep)
        except (WorkspaceError, OperationalError):
            raise  # no fault of the file
        except (HeartlineError, OSError) as fault:
            if changed:
                return False
            self._failed(file, digest, fault.got if isinstance(fault, HeartlineError) else str(fault.strerror))
        except Exception as fault:  # noqa: BLE001  whatever it is, the other files must get past it
            log.error("a file of the feed %s could not be loaded (%s)", self._feed.name, type(fault).__name__)
            self._failed(file, digest, f"it could not be loaded ({type(fault).__name__})")
        else:
            self._report = replace(self._report.with_load(report), loaded=[*self._report.loaded, file.name])
        return True

    def _rows(self, file: Found, keep: Any) -> LoadReport:
        rooms = self._rooms
        if self._feed.way.export == SEGMENT:
            return ingest_calls(
                rooms.records, rooms.facts, rooms.settings, rooms.root, file.path, file.name, self._feed.name, keep
            )
        table_name, mapping = self._way
        return ingest_source(
            rooms.records, rooms.facts, rooms.settings, table_name, mapping, file.name,
            lambda: open_mapped(file.path, mapping), self._feed.name, keep,
        )  # fmt: skip

    def _name_before(self, digest: str, there: set[str]) -> str:
        """The name under which the same content was loaded, if no file has that name any more: it was renamed.

        The rows of a copy beside it are loaded again, and their ids say that they are known.
        """
        return next(
            (row.name for row in self._known.values()
             if row.digest == digest and row.status != feeds.FAILED and row.name not in there), "",
        )  # fmt: skip

    def _failed(self, file: Found, digest: str, why: str) -> None:
        self._report = replace(self._report, failed=[*self._report.failed, (file.name, why)])
        self._keep(FileRow(file.name, file.stamp, digest, feeds.FAILED, why))

    def _keep(self, row: FileRow) -> None:
        if not self._dry:
            with self._rooms.records.writing() as connection:
                feeds.keep_file(connection, self._feed.name, row)

    def _note(self, note: str) -> None:
        self._report = replace(self._report, notes=[*self._report.notes, note])
