"""From the inbox into the facts, by the way that files take: the same checks, the same quarantine, one transaction.

What makes segments live also empties the inbox of their rows. Killed before it, everything is done again; killed after
it, everything is done.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from heartline.errors import WorkspaceError
from heartline.facts.decide import Counts
from heartline.facts.store import FactStore
from heartline.ingest.load import Load, LoadReport, Spool, Target, new_load_id
from heartline.live.collecting import ROW, Collected, Collector
from heartline.live.event_map import EventMap, load_event_map
from heartline.records import inbox, quarantine
from heartline.records.inbox import Waiting
from heartline.records.quarantine import SENT, QuarantineRow
from heartline.records.store import LoadRow, Records, now, write_load
from heartline.settings import Settings

log = logging.getLogger(__name__)

LIVE = "live"
"""Stands where a load report names its table."""
MOST_ROWS = 50_000
MOST_BYTES = 64 << 20
EVERY_S = 3.0
LONGEST_S = 30.0
"""Between loads while something comes all the time: each load leaves files and a report, and a run loads what waits."""
SMALLER = 8
"""How many times smaller the next load is after one that failed."""
REST = 4
"""After a load the compactor rests at least so many times as long as it took; only once as long while more waits."""


class Compactor:
    """Moves what waits into the facts."""

    def __init__(self, records: Records, facts: FactStore, settings: Settings, events: EventMap) -> None:
        self._records = records
        self._facts = facts
        self._settings = settings
        self._events = events
        self._most = MOST_ROWS

    def drain(self) -> int:
        """Load until nothing waits; gives how many arrivals were moved. WorkspaceError where a file load is at work."""
        moved = 0
        while (report := self.once()) is not None:
            moved += report.read
        return moved

    def once(self) -> LoadReport | None:
        """One load of what waits, at most ``MOST_ROWS``; None where nothing does.

        Should one arrival break the load in a way that nobody foresaw, loads become smaller until it is alone; then it
        is set aside, so that it does not hold up the others for ever.
        """
        while inbox.count(self._records):
            try:
                report = self._load()
            except (WorkspaceError, OperationalError, OSError):
                raise  # no fault of what waits
            except Exception as fault:  # noqa: BLE001  whatever it is, the others must get past it
                log.error("a load from the inbox failed (%s); trying a smaller one", type(fault).__name__)
                if self._most == 1:
                    self._set_aside(type(fault).__name__)
                self._most = max(self._most // SMALLER, 1)
            else:
                self._most = min(self._most * SMALLER, MOST_ROWS)
                return report
        return None

    def _set_aside(self, fault: str) -> None:
        load_id = new_load_id()
        with self._facts.loading(load_id, brief=True), self._records.writing() as connection:
            for seq, arrival in inbox.waiting(self._records, 1, 1):
                door, _, name = arrival.door.partition("/")
                row = QuarantineRow(
                    name if door == ROW else "interaction", SENT + arrival.sender, seq, "(row)",
                    f"{len(arrival.body)} bytes", f"it could not be loaded ({fault})", "what its table can hold",
                    {"_text": arrival.body.decode("utf-8", "replace")},
                )  # fmt: skip
                quarantine.add(connection, [row], load_id)
                inbox.take_away(connection, [seq])

    def _load(self) -> LoadReport:
        load = Load(self._records, self._facts, self._settings, [], None)
        started_at, began = now(), time.perf_counter()
        with self._facts.loading(load.load_id, brief=True) as loading:
            waiting = inbox.waiting(self._records, self._most, MOST_BYTES)
            collected = Collector(self._facts, self._events).collect(waiting)
            spool = Spool(loading.folder / "quarantine.jsonl")
            try:
                for part in collected.parts:
                    target = Target(part.target, None, part, part.name, load)
                    for raw in part.batches():
                        spool.add(part.target.name, part.name, raw.broken)
                        target.take(loading, spool, raw)
                    target.finish(loading, spool)
                counts = sum(loading.settle().values(), Counts())
                report = _report(load.load_id, waiting, collected, counts, loading.written, spool, began)

                def also(connection: Any) -> None:
                    if collected.parts:
                        values = {k: v for k, v in asdict(report).items() if k != "mended"}
                        write_load(connection, LoadRow(**values, started_at=started_at, ended_at=now()))
                        quarantine.add(connection, spool.rows(), load.load_id)
                    inbox.take_away(connection, (seq for seq, _ in waiting))

                loading.commit(also)
            finally:
                spool.close()
        return report


def _report(
    load_id: str, waiting: list[Waiting], collected: Collected, counts: Counts, written: dict[str, int],
    spool: Spool, began: float,
) -> LoadReport:  # fmt: skip
    """Counts are over the rows of all tables, ``read`` counts arrivals."""
    names = list(dict.fromkeys(part.name for part in collected.parts))
    notes = [f"{collected.doubled} events were there already"] if collected.doubled else []
    return LoadReport(
        load_id, LIVE, names, len(waiting), counts.new, counts.replaced, counts.unchanged, spool.count,
        round(time.perf_counter() - began, 3), written=dict(written), notes=notes, reasons=spool.reasons,
    )  # fmt: skip


class Compacting:
    """The compactor as a thread, every few seconds."""

    def __init__(self, compactor: Compactor, every_s: float = EVERY_S) -> None:
        self._compactor = compactor
        self._every_s = every_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="heartline-compactor", daemon=True)
        self.fault: str = ""
        """Why the last load failed; empty where it did not."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the load under way."""
        self._ended.set()
        self._thread.join()

    def _work(self) -> None:
        rest = calm = self._every_s
        while not self._ended.wait(rest):
            began = time.monotonic()
            report, full = None, False
            try:
                report = self._compactor.once()
                full, self.fault = report is not None and report.read >= MOST_ROWS, ""
            except WorkspaceError:
                pass  # a file load is at work: its turn first
            except Exception as error:  # noqa: BLE001  what waits must not wait for ever because of one fault
                self.fault = type(error).__name__
                log.error("what waits in the inbox could not be loaded (%s); it is tried again", self.fault)
            took = time.monotonic() - began
            calm = self._every_s if report is None else min(2 * calm, max(LONGEST_S, self._every_s))
            rest = took if full else max(calm, REST * took)


def empty_inbox(records: Records, facts: FactStore, settings: Settings, root: Path) -> int:
    """Load what waits, and give how many arrivals that were. MappingError for a wrong events.toml, WorkspaceError
    where a file load is at work."""
    if not inbox.count(records):
        return 0
    return Compactor(records, facts, settings, load_event_map(root)).drain()
