"""Group commit: one thread writes what many requests brought, in one transaction, and tells each when it is on disk."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from types import TracebackType

from sqlalchemy import Connection

from heartline.records import inbox
from heartline.records.inbox import Arrival
from heartline.records.store import Records

MOST_WAITING = 50_000
"""Arrivals that may wait for the disk before more are refused."""
BYTES_WAITING = 256 << 20
"""Bytes that may wait for the disk; rows may be large."""
GROUP = 10_000
"""Arrivals after which a transaction is closed even if more have come."""
FULL_S = 30
"""Seconds after which a sender may come again to a full inbox: the compactor has emptied some of it by then."""

_Put = tuple[Sequence[Arrival], Future[None]]


class Busy(Exception):  # noqa: N818  no fault: the sender is asked to come again
    """More waits than may; nothing was taken. ``after_s``: when it is worth coming again."""

    def __init__(self, what: str = "more waits for the disk than may", after_s: int = 1) -> None:
        super().__init__(what)
        self.what = what
        self.after_s = after_s


class Committer:
    """Takes arrivals from any thread. What ``put`` gives is done once they are committed and synced to the disk."""

    def __init__(
        self, records: Records, most_waiting: int = MOST_WAITING, most_kept: int | None = None,
        bytes_waiting: int = BYTES_WAITING,
    ) -> None:  # fmt: skip
        """``most_kept``: arrivals that may be in the inbox, however many come; None: as many as the disk holds."""
        self._records = records
        self._most = most_waiting
        self._most_kept = most_kept
        self._most_bytes = bytes_waiting
        self._queue: queue.SimpleQueue[_Put | None] = queue.SimpleQueue()
        self._counting = threading.Lock()
        self._waiting = self._bytes = 0
        self._thread = threading.Thread(target=self._work, name="heartline-inbox", daemon=True)

    def __enter__(self) -> Committer:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Write what was put, then end."""
        self._queue.put(None)
        self._thread.join()

    def put(self, arrivals: Sequence[Arrival]) -> Future[None]:
        """Hand over arrivals: all are kept, or none. Raises Busy; so does the future where the inbox is full, else it
        raises what the database did."""
        size = sum(len(arrival.body) for arrival in arrivals)
        with self._counting:
            # one request alone is always taken, however large
            full = self._waiting + len(arrivals) > self._most or self._bytes + size > self._most_bytes
            if self._waiting and full:
                raise Busy
            self._waiting += len(arrivals)
            self._bytes += size
        done: Future[None] = Future()
        # from here on nobody can take it back: a sender that hangs up must not stop what others wait for
        done.set_running_or_notify_cancel()
        self._queue.put((arrivals, done))
        return done

    def _work(self) -> None:
        ended = False
        while not ended:
            first = self._queue.get()
            if first is None:
                return
            group, size = [first], len(first[0])
            while size < GROUP:
                try:
                    more = self._queue.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    ended = True
                    break
                group.append(more)
                size += len(more[0])
            self._commit(group, size)

    def _commit(self, group: list[_Put], size: int) -> None:
        fits = group
        try:
            with self._records.writing() as connection:
                fits = self._fitting(connection, group)
                inbox.add(connection, [arrival for arrivals, _ in fits for arrival in arrivals])
        except Exception as error:  # noqa: BLE001  whatever it is, every sender has to hear that nothing was kept
            for _, done in group:
                done.set_exception(error)
        else:
            for _, done in fits:
                done.set_result(None)
            if len(fits) < len(group):
                kept = {id(done) for _, done in fits}
                for _, done in group:
                    if id(done) not in kept:
                        done.set_exception(Busy("the inbox is full", FULL_S))
        finally:
            with self._counting:
                self._waiting -= size
                self._bytes -= sum(len(arrival.body) for arrivals, _ in group for arrival in arrivals)

    def _fitting(self, connection: Connection, group: list[_Put]) -> list[_Put]:
        """The requests for which the inbox has room; an empty one has room for any."""
        if self._most_kept is None:
            return group
        kept = inbox.reach(connection)
        fits = []
        for arrivals, done in group:
            if kept and kept + len(arrivals) > self._most_kept:
                continue
            kept += len(arrivals)
            fits.append((arrivals, done))
        return fits
