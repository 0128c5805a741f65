"""From the inbox into the facts, by the way that files take: the same checks, the same quarantine, one transaction.

What makes segments live also empties the inbox of their rows. Killed before it, everything is done again; killed after
it, everything is done.
"""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from heartline.errors import WorkspaceError
from heartline.facts.store import FactStore
from heartline.ingest.load import Load, LoadReport, new_load_id
from heartline.ingest.masking import Masking
from heartline.ingest.sent import own_mappings, sent_name
from heartline.live.collecting import ROW, Collector
from heartline.live.delivery import HOOK
from heartline.live.event_map import EventMap, load_event_map
from heartline.live.memory import give_back
from heartline.live.portion import load_portion
from heartline.live.pushed import Owned, gather, is_pushed
from heartline.records import inbox, quarantine
from heartline.records.quarantine import SENT, QuarantineRow
from heartline.records.store import Records
from heartline.settings import Settings

log = logging.getLogger(__name__)

LIVE = "live"
"""Stands where a load report names its table."""
MOST_ROWS = 20_000
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

    def __init__(
        self, records: Records, facts: FactStore, settings: Settings, events: EventMap, own: Owned | None = None
    ) -> None:
        self._own = own or {}
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
            finally:
                give_back()
        return None

    def _set_aside(self, fault: str) -> None:
        load_id, masking = new_load_id(), Masking(self._facts, self._settings)
        with self._facts.loading(load_id, brief=True), self._records.writing() as connection:
            for seq, arrival in inbox.waiting(self._records, 1, 1):
                door, _, name = arrival.door.partition("/")
                source = sent_name(name, arrival.sender) if door == HOOK else SENT + arrival.sender
                row = QuarantineRow(
                    name if door == ROW else "interaction", source, seq, "(row)",
                    f"{len(arrival.body)} bytes", f"it could not be loaded ({fault})", "what its table can hold",
                    {"_text": masking.words(arrival.body.decode("utf-8", "replace"))},
                )  # fmt: skip
                quarantine.add(connection, [row], load_id)
                inbox.take_away(connection, [seq])

    def _load(self) -> LoadReport:
        load = Load(self._records, self._facts, self._settings, [], None, feed=LIVE)
        with self._facts.loading(load.load_id, brief=True) as loading:
            waiting = inbox.waiting(self._records, self._most, MOST_BYTES)
            collected = Collector(self._facts, self._events).collect([one for one in waiting if not is_pushed(one)])
            gathered = gather(self._records, self._own, [one for one in waiting if is_pushed(one)])

            def taken(connection: Any) -> None:
                inbox.take_away(connection, (seq for seq, _ in waiting))

            return load_portion(load, loading, collected, LIVE, len(waiting), taken, gathered)


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
    return Compactor(records, facts, settings, load_event_map(root), own_mappings(root)).drain()
