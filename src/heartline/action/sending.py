"""Sends what waits: each receiver's notices in order, receivers beside each other, no notice by two senders at once.

A receiver is leased to one sender at a time. What it answers is noted before the next notice goes, in the transaction
that claims it: killed between the answer and the note, a sender leaves a notice that is sent once more under the same
id, by which the receiver knows it. Nothing is ever sent that is not on disk, and nothing on disk is forgotten.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from heartline.action.answer import Answer
from heartline.action.channels import Channels
from heartline.action.retries import Retries
from heartline.records import notices, receivers
from heartline.records.notices import Notice
from heartline.records.receivers import Receiver
from heartline.records.store import Records

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
AT_ONCE = 16
"""How many receivers are served beside each other."""
BACK_AFTER = 2
"""After so many failures in a row a success means that the receiver is back: what waits for it goes at once. After one
alone the notice itself may be at fault, and is tried again in its own time."""
MOST_IN_DIGEST = 200
SLACK_S = 120.0
"""How much longer a lease holds than a try may take: for the look-up of a name, which cannot be broken off."""


def real_time() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Sent:
    """What a round did: tries that were taken, tries that failed, notices that were given up."""

    taken: int = 0
    failed: int = 0
    dead: int = 0

    def __add__(self, other: Sent) -> Sent:
        return Sent(self.taken + other.taken, self.failed + other.failed, self.dead + other.dead)


class Sender:
    """Sends the notices of one workspace. Several may work at once, also in different processes."""

    def __init__(self, records: Records, channels: Channels, retries: Retries, clock: Clock = real_time) -> None:
        self._records = records
        self._channels = channels
        self._retries = retries
        self._clock = clock
        self._ended = threading.Event()

    def end(self) -> None:
        """Let every round end after the notice under way."""
        self._ended.set()

    def due(self) -> list[int]:
        """Receivers (ids) for which something is to be sent now."""
        with self._records.reading() as connection:
            return notices.due(connection, self._clock())

    def round(self) -> Sent:
        """Send everything whose time has come, to all receivers."""
        waiting = self.due()
        if len(waiting) < 2:
            return sum((self.serve(one) for one in waiting), Sent())
        with ThreadPoolExecutor(min(len(waiting), AT_ONCE), thread_name_prefix="heartline-notices") as pool:
            return sum(pool.map(self.serve, waiting), Sent())

    def serve(self, receiver_id: int) -> Sent:
        """Send to one receiver what is to be sent now, the oldest first, until it fails or nothing is left."""
        sender, sent = uuid.uuid4().hex, Sent()
        with self._records.writing() as connection:
            claimed = self._claim(connection, receiver_id, sender)
        while claimed is not None:
            receiver, some = claimed
            answer = self._send(receiver, some)
            with self._records.writing() as connection:
                sent += self._note(connection, receiver, some, answer)
                claimed = None if self._ended.is_set() else self._claim(connection, receiver_id, sender)
                if claimed is None:
                    receivers.give_back(connection, receiver_id, sender)
        return sent

    def _claim(self, connection: Connection, receiver_id: int, sender: str) -> tuple[Receiver, list[Notice]] | None:
        """The receiver and what goes to it next; None where that is nothing, or another sender is at it."""
        now = self._clock()
        until = now + timedelta(seconds=self._channels.within_s + SLACK_S)
        if not receivers.lease(connection, receiver_id, sender, now, until):
            return None
        receiver = receivers.numbered(connection, receiver_id)
        some = notices.waiting(connection, receiver_id, now, MOST_IN_DIGEST if receiver.digest else 1)
        if not some:
            receivers.give_back(connection, receiver_id, sender)
            return None
        return receiver, some

    def _send(self, receiver: Receiver, some: Sequence[Notice]) -> Answer:
        try:
            return self._channels.send(receiver, some, self._clock())
        except Exception as error:  # noqa: BLE001  a fault that nobody foresaw must not hold up the others
            log.error("a notice to %s could not be sent (%s); it is tried again", receiver.name, type(error).__name__)
            return Answer(False, f"it could not be sent ({type(error).__name__})")

    def _note(self, connection: Connection, receiver: Receiver, some: Sequence[Notice], answer: Answer) -> Sent:
        now = self._clock()
        if answer.taken:
            notices.delivered(connection, [one.seq for one in some], now)
            if receiver.failures >= BACK_AFTER and receiver.rests_until is not None:
                notices.hasten(connection, receiver.receiver_id, now)
            if receiver.failures or receiver.fault:
                receivers.answered(connection, receiver.receiver_id, "", None, off=False)
            return Sent(taken=len(some))
        dead = 0
        for one in some:
            first = datetime.fromisoformat(one.first_tried_at) if one.first_tried_at else now
            again = self._retries.again(one.tries + 1, first, now, answer)
            dead += again is None
            notices.failed(connection, one.seq, answer.fault, now, again)
        rests = self._retries.rest(receiver.failures + 1, now, answer)
        receivers.answered(connection, receiver.receiver_id, answer.fault, rests, off=answer.gone)
        if answer.gone:
            log.warning("the receiver %s says that it is gone and is switched off", receiver.name)
        return Sent(failed=len(some), dead=dead)
