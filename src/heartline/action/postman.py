"""Sends notices in the background while a workspace is served."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from heartline.action.sending import AT_ONCE, Sender, Sent, real_time
from heartline.records import notices
from heartline.records.store import Records

log = logging.getLogger(__name__)

EVERY_S = 1.0
CHORES_S = 60.0
TIDY_S = 3600.0
KEPT = timedelta(days=90)
"""How long a notice that was taken stays in the list, and is known not to be made a second time."""


class Postman:
    """Use it in a ``with`` block: it looks for what is due every second, and each receiver has a thread of its own."""

    def __init__(
        self, records: Records, sender: Sender, every_s: float = EVERY_S, chores: Sequence[Callable[[], object]] = ()
    ) -> None:
        """``chores``: what makes notices when their time has come, done every minute."""
        self._chores = chores
        self._records = records
        self._sender = sender
        self._every_s = every_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="heartline-postman", daemon=True)
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="heartline-notices")
        self._busy: set[int] = set()
        self._changing = threading.Lock()
        self.sent = Sent()

    def __enter__(self) -> Postman:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for the answers under way, each bounded by the setting ``notice_timeout_s``."""
        self._ended.set()
        self._sender.end()
        self._thread.join()
        self._pool.shutdown(wait=True)

    def _work(self) -> None:
        tidied, did = -TIDY_S, -CHORES_S
        while not self._ended.wait(self._every_s):
            try:
                if time.monotonic() - tidied >= TIDY_S:
                    notices.tidy(self._records, real_time() - KEPT)
                    tidied = time.monotonic()
                if time.monotonic() - did >= CHORES_S:
                    did = time.monotonic()
                    for chore in self._chores:
                        self._do(chore)
                for receiver_id in self._sender.due():
                    with self._changing:
                        if receiver_id in self._busy:
                            continue
                        self._busy.add(receiver_id)
                    self._pool.submit(self._serve, receiver_id)
            except Exception as error:  # noqa: BLE001  the next look may do better; what waits stays on disk
                log.error("notices could not be looked for (%s); it is tried again", type(error).__name__)

    def _do(self, chore: Callable[[], object]) -> None:
        try:
            chore()
        except Exception as error:  # noqa: BLE001  one chore must not keep the others, and what waits, from going
            log.error("what makes notices in time failed (%s); it is tried again", type(error).__name__)

    def _serve(self, receiver_id: int) -> None:
        try:
            sent = self._sender.serve(receiver_id)
            with self._changing:
                self.sent += sent
        except Exception as error:  # noqa: BLE001  the lease ends by itself, and what was not noted is sent again
            log.error("notices could not be sent (%s); they are tried again", type(error).__name__)
        finally:
            with self._changing:
                self._busy.discard(receiver_id)
