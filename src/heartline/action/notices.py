"""Notices of one workspace: who is told, of what, and what became of it."""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from heartline.action import standard_webhook
from heartline.action.answer import Answer
from heartline.action.channels import Channels
from heartline.action.house import House
from heartline.action.mail import address_of, mail_server
from heartline.action.posting import Post, place_of
from heartline.action.postman import EVERY_S, KEPT, Postman
from heartline.action.retries import Retries, retries_of
from heartline.action.sending import Sender, Sent, real_time
from heartline.analysis.consent import objects_to
from heartline.engines.duckdb import DuckDBFunctions
from heartline.errors import NoticeError
from heartline.records import notices as outbox
from heartline.records import receivers
from heartline.records.notices import TOPICS, Body, Notice
from heartline.records.receivers import Receiver, utc

_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Notices:
    """``Workspace.moves.notices``."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._records = house.records

    # what is told

    def tell(self, topic: str, body: Body, key: str, at: datetime | None = None) -> int:
        """Tell every receiver that wants it; the same topic and key again changes nothing. Gives how many are told.

        ``heartline.records.notices.add`` does the same inside an open transaction. NoticeError as there.
        """
        with self._records.writing() as connection:
            return outbox.add(connection, topic, body, key, at)

    # receivers

    def add_webhook(
        self, name: str, address: str, topics: Sequence[str] = (), teams: Sequence[str] = (), names: bool = False,
        secret: str = "",
    ) -> str:  # fmt: skip
        """Add a receiver that takes Standard Webhooks, and give its secret, this once.

        ``secret``: one that the receiver made; else a new one. NoticeError for an address or secret that is none.
        """
        self._check(topics)
        place_of(address, bool(self._house.settings["notice_plain_http"]))
        chosen = secret or standard_webhook.new_secret()
        standard_webhook.request("check", {}, chosen, real_time())
        definition = {"names": names, "teams": list(teams)}
        receivers.create(self._records, name, "webhook", address, tuple(topics), definition, chosen)
        return chosen

    def add_slack(
        self, name: str, address: str, topics: Sequence[str] = (), teams: Sequence[str] = (), names: bool = False
    ) -> Receiver:
        """Add a channel of Slack, or of a tool that takes the same, by the address of its incoming webhook."""
        self._check(topics)
        place_of(address, bool(self._house.settings["notice_plain_http"]))
        definition = {"names": names, "teams": list(teams)}
        return receivers.create(self._records, name, "slack", address, tuple(topics), definition)

    def add_mail(
        self, name: str, address: str, topics: Sequence[str] = (), teams: Sequence[str] = (), names: bool = False,
        digest: str = "",
    ) -> Receiver:  # fmt: skip
        """Add an e-mail address; ``digest``: the hour (HH:MM, in the workspace's time zone) at which a day's notices
        go together; empty: each at once."""
        self._check(topics)
        mail_server(self._house.settings, {})
        if digest and not _HOUR.fullmatch(digest):
            raise NoticeError(f"{digest!r} is no hour of the day", "HH:MM, such as 07:30", "correct the hour")
        when = {"digest": digest, "zone": self._house.settings.text("timezone")} if digest else {}
        definition = {"names": names, "teams": list(teams), **when}
        return receivers.create(self._records, name, "mail", address_of(address), tuple(topics), definition)

    def receivers(self) -> list[Receiver]:
        """All receivers, in the order they were added."""
        return receivers.every(self._records)

    def counts(self) -> dict[int, dict[str, int]]:
        """How many notices each receiver (by id) has of each status."""
        return outbox.counts(self._records)

    def remove(self, name: str) -> int:
        """Take a receiver away, with what still waits for it; gives how many waited. NoticeError for no receiver."""
        return receivers.remove(self._records, name)

    def switch(self, name: str, on: bool) -> None:
        """Let notices go to a receiver again, or hold them back until then."""
        receivers.switch(self._records, name, on)

    # sending

    def sender(
        self, now: datetime | Callable[[], datetime] | None = None, post: Post | None = None, seed: int | None = None
    ) -> Sender:
        """What sends: at a moment or on a clock (default: real time); ``post`` in place of HTTP, ``seed`` for waits
        that can be told beforehand."""
        settings = self._house.settings
        clock = now if callable(now) else real_time if now is None else partial(utc, now)
        steps = retries_of(settings.text("notice_retries")).steps
        retries = Retries(steps) if seed is None else Retries(steps, random.Random(seed).random)  # noqa: S311  no secret
        return Sender(self._records, Channels(settings, self._name, post, root=self._house.root), retries, clock)

    def deliver(
        self, now: datetime | Callable[[], datetime] | None = None, post: Post | None = None, seed: int | None = None
    ) -> Sent:
        """Send everything whose time has come; see ``sender``."""
        if now is None:
            outbox.tidy(self._records, real_time() - KEPT)
        return self.sender(now, post, seed).round()

    def sending(self, every_s: float = EVERY_S, chores: Sequence[Callable[[], object]] = ()) -> Postman:
        """Sends in the background, in a ``with`` block; ``chores`` make notices in time, and are done every minute."""
        return Postman(self._records, self.sender(), every_s, chores)

    def test(self, name: str, post: Post | None = None) -> Answer:
        """Send one notice of the topic ``test`` to a receiver, now and once, and give what it said. It is not kept."""
        receiver = receivers.named(self._records, name)
        at = receivers.written(None)
        notice = Notice(
            0, f"ntc_test_{uuid.uuid4().hex}", receiver.receiver_id, name, "test", "", None, at,
            {"reasons": ["Somebody asked for this test; nothing has happened"]}, "waiting", 0, None, at, None, "",
        )  # fmt: skip
        return Channels(self._house.settings, self._name, post, root=self._house.root).send(
            receiver, [notice], datetime.now(UTC)
        )

    # what became of it

    def dead(self, receiver: str = "", limit: int = 100) -> list[Notice]:
        """Notices that were given up, the newest first."""
        return outbox.listed(self._records, "dead", self._known(receiver), limit)

    def log(self, status: str | None = None, receiver: str = "", limit: int = 100) -> list[Notice]:
        """Notices of a status (None: all) and receiver, the newest first."""
        return outbox.listed(self._records, status, self._known(receiver), limit)

    def replay(
        self, ids: Sequence[str] = (), receiver: str = "", since: datetime | None = None, delivered_too: bool = False,
        now: datetime | None = None,
    ) -> int:  # fmt: skip
        """Send again what was given up, or notices by id, under the ids they had; gives how many.

        ``delivered_too``: also what the receiver took, for one that lost it. NoticeError for an unknown id or name.
        """
        known = {one.notice_id for one in outbox.listed(self._records, ids=ids, limit=len(ids))} if ids else set()
        if missing := sorted(set(ids) - known):
            raise NoticeError(f"there is no notice {missing[0][:60]}", "an id of the list", "heartline notify log")
        return outbox.replay(self._records, ids, self._known(receiver), since, delivered_too, now)

    def _known(self, receiver: str) -> str:
        return receivers.named(self._records, receiver).name if receiver else ""

    def _name(self, customer_id: str) -> str | None:
        """The customer's name, where they do not object to what is known of them being handed on."""
        customer = self._house.customer_of(customer_id)
        allowed = f"not {objects_to(DuckDBFunctions(), 'sharing')}"
        found = self._house.customer_query(
            customer, f"select name from customer where customer_id = $id and {allowed}", {"id": customer}
        ).to_pylist()
        return found[0]["name"] if found else None

    def _check(self, topics: Sequence[str]) -> None:
        if strange := sorted(set(topics) - set(TOPICS)):
            raise NoticeError(f"there is no topic {strange[0]}", f"one of {', '.join(TOPICS)}", "or none, for all")
