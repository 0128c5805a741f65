"""Group commit: one thread writes what many requests brought, in one transaction, and tells each when it is on disk."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from types import TracebackType

from heartline.records import inbox
from heartline.records.inbox import Arrival
from heartline.records.store import Records

MOST_WAITING = 50_000
"""Arrivals that may wait for the disk before more are refused."""
GROUP = 10_000
"""Arrivals after which a transaction is closed even if more have come."""


class Busy(Exception):  # noqa: N818  no fault: the sender is asked to come again
    """More waits for the disk than may; nothing was taken."""


class Committer:
    """Takes arrivals from any thread. What ``put`` gives is done once they are committed and synced to the disk."""

    def __init__(self, records: Records, most_waiting: int = MOST_WAITING) -> None:
        self._records = records
        self._most = most_waiting
        self._queue: queue.SimpleQueue[tuple[Sequence[Arrival], Future[None]] | None] = queue.SimpleQueue()
        self._counting = threading.Lock()
        self._waiting = 0
        self._thread = threading.Thread(target=self._work, name="heartline-inbox", daemon=True)

    def __enter__(self) -> Committer:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Write what was put, then end."""
        self._queue.put(None)
        self._thread.join()

    def put(self, arrivals: Sequence[Arrival]) -> Future[None]:
        """Hand over arrivals: all are kept, or none. Raises Busy; the future raises what the database did."""
        with self._counting:
            # one request alone is always taken, however large
            if self._waiting and self._waiting + len(arrivals) > self._most:
                raise Busy
            self._waiting += len(arrivals)
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

    def _commit(self, group: list[tuple[Sequence[Arrival], Future[None]]], size: int) -> None:
        try:
            with self._records.writing() as connection:
                inbox.add(connection, [arrival for arrivals, _ in group for arrival in arrivals])
        except Exception as error:  # noqa: BLE001  whatever it is, every sender has to hear that nothing was kept
            for _, done in group:
                done.set_exception(error)
        else:
            for _, done in group:
                done.set_result(None)
        finally:
            with self._counting:
                self._waiting -= size
