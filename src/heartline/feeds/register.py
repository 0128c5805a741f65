"""The feeds of a workspace: add, list, run, remove."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from heartline.errors import HeartlineError, SourceError
from heartline.facts.store import FactStore
from heartline.feeds.cursor import shown
from heartline.feeds.feed import (
    FOLDER,
    GIVEN,
    HOW_TO,
    Feed,
    FolderFeed,
    QueryFeed,
    alias,
    check,
    check_secrets,
    defined,
    definition,
)
from heartline.feeds.files import found
from heartline.feeds.folder_run import FolderRun
from heartline.feeds.query_run import look, run_query
from heartline.feeds.report import FeedReport
from heartline.feeds.rooms import Rooms
from heartline.ingest import Progress
from heartline.records import feeds
from heartline.records.feeds import FeedRow
from heartline.records.store import Records
from heartline.settings import Settings


class Feeds:
    """Feeds and their runs. Every run is written down: when, how many rows, and why it failed where it did."""

    def __init__(self, records: Records, facts: FactStore, settings: Settings, root: Path) -> None:
        self._rooms = Rooms(records, facts, settings, root)

    def every(self) -> list[FeedRow]:
        """All feeds, by name."""
        return feeds.every(self._rooms.records)

    def lines(self) -> list[dict[str, Any]]:
        """All feeds as people look at them: what is read, how far, when last (UTC), and why a run failed.

        reads: the folder and pattern, or the cursor of a query; runs, rows: so far; failures: in a row, until now
        """
        return [_line(row) for row in self.every()]

    def named(self, name: str) -> Feed:
        """The feed of this name; SourceError where there is none that can be run by its name."""
        held = feeds.named(self._rooms.records, name)
        if held is None:
            names = ", ".join(row.name for row in self.every()) or "none"
            raise SourceError(f"there is no feed {name}", f"one of these: {names}", "heartline feed add NAME …")
        feed = defined(held.name, held.kind, held.definition)
        if isinstance(feed, QueryFeed) and feed.url == GIVEN:
            raise SourceError(
                f"the address of {name} is not kept", "the whole command once more", "or heartline feed add NAME …"
            )
        return feed

    def add(self, feed: Feed, instead: bool = False) -> FeedReport:
        """Keep a feed, after a look at what it would read. ``instead`` replaces one of that name, which goes on from
        where it was if it reads the same place by the same cursor.

        Raises SourceError and MappingError; then nothing is kept.
        """
        feed = check(feed)
        before = feeds.named(self._rooms.records, feed.name)
        if before is not None and not instead:
            raise SourceError(f"there is a feed {feed.name} already", "another name", f"--replace, or {HOW_TO}")
        if isinstance(feed, QueryFeed):
            check_secrets(feed)
            report = look(self._rooms, feed, full=True)
        else:
            report = replace(FeedReport(feed.name, FOLDER), would_read=len(found(feed)))
        feeds.write(self._rooms.records, feed.name, feed.kind, definition(feed), _goes_on(before, feed))
        return report

    def remove(self, name: str) -> None:
        """Forget a feed and how far it was read; what it brought stays."""
        if not feeds.remove(self._rooms.records, name):
            raise SourceError(f"there is no feed {name}", "a name of the list", "heartline feed list")

    def run(
        self, feed: Feed, full: bool = False, dry_run: bool = False, progress: Progress | None = None
    ) -> FeedReport:
        """Read what is new. ``full`` reads everything again: what is known changes nothing. ``dry_run`` reads nothing.

        Raises what went wrong with the run as a whole, after it was written down.
        """
        began = time.perf_counter()
        if dry_run:
            return self._once(feed, full, True, progress)
        feeds.begin(self._rooms.records, feed.name)
        rows, fault = 0, "it was stopped"
        try:
            report = self._once(feed, full, False, progress)
            rows, fault = report.read, ", ".join(f"{name}: {why}" for name, why in report.failed)[:500]
        except HeartlineError as error:
            fault = error.got
            raise
        except Exception as error:
            fault = f"it could not be read ({type(error).__name__})"
            raise
        finally:
            feeds.end(self._rooms.records, feed.name, rows, fault)
        return replace(report, seconds=round(time.perf_counter() - began, 3))

    def run_once(
        self, feed: Feed, full: bool = False, dry_run: bool = False, progress: Progress | None = None
    ) -> FeedReport:
        """Run a feed that nobody has named: it goes on from where the same command ended. Its address is not kept."""
        feed = check(replace(feed, name=alias(feed)))
        if dry_run:
            return self._once(feed, full, True, progress)
        if isinstance(feed, QueryFeed) and not feed.cursor:
            return self.run(feed, full, progress=progress)  # there is nothing to go on from
        kept = replace(feed, url=GIVEN, password="") if isinstance(feed, QueryFeed) else feed
        new = feeds.named(self._rooms.records, feed.name) is None
        feeds.write(self._rooms.records, feed.name, feed.kind, definition(kept), keep_place=True)
        try:
            return self.run(feed, full, progress=progress)
        except Exception:
            if new:
                feeds.remove(self._rooms.records, feed.name)
            raise

    def _once(self, feed: Feed, full: bool, dry_run: bool, progress: Progress | None) -> FeedReport:
        if isinstance(feed, FolderFeed):
            return FolderRun(self._rooms, feed, full, dry_run, progress).run()
        return look(self._rooms, feed, full) if dry_run else run_query(self._rooms, feed, full, progress)


def _line(row: FeedRow) -> dict[str, Any]:
    told = row.definition
    reads = f"{told['folder']}/{told['pattern']}" if row.kind == FOLDER else f"by {told['cursor'] or 'all rows'}"
    status = "running, or cut off" if row.status == feeds.RUNNING else row.status or "not run yet"
    return {
        "name": row.name, "kind": row.kind, "reads": reads, "up_to": shown(row.cursor) or None,
        "last_run": (row.ended_at or row.started_at or "")[:16].replace("T", " ") or None, "runs": row.runs,
        "rows": row.rows, "status": status, "failures": row.failures, "fault": row.fault or None,
    }  # fmt: skip


def _goes_on(before: FeedRow | None, feed: Feed) -> bool:
    if before is None or before.kind != feed.kind:
        return False
    held = defined(before.name, before.kind, before.definition)
    if isinstance(held, QueryFeed) and isinstance(feed, QueryFeed):
        return held.cursor == feed.cursor
    return isinstance(held, FolderFeed) and isinstance(feed, FolderFeed) and held.folder == feed.folder
