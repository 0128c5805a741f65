"""The ways on which notices leave the house: one for each kind of receiver."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from heartline.action import mail, slack, standard_webhook
from heartline.action.answer import Answer
from heartline.action.message import Message, Naming, data, message
from heartline.action.posting import Post, post
from heartline.errors import NoticeError
from heartline.records.notices import Notice
from heartline.records.receivers import Receiver
from heartline.settings import Settings

FILES = "briefs"
"""Folder of the workspace with what goes with e-mails."""
_FILE = re.compile(r"[\w-]{1,80}\.(pdf|html)")


class Channels:
    """Sends notices to their receivers, by the settings of one workspace."""

    def __init__(
        self, settings: Settings, naming: Naming, own_post: Post | None = None,
        environment: Mapping[str, str] | None = None, root: Path | None = None,
    ) -> None:  # fmt: skip
        self._root = root
        self._settings = settings
        self._naming = naming
        self.within_s = settings.number("notice_timeout_s")
        self._post: Post = own_post or partial(
            post, within_s=self.within_s, plain_http=bool(settings["notice_plain_http"])
        )
        self._environment = os.environ if environment is None else environment
        self._desk = desk_of(settings)

    def send(self, receiver: Receiver, notices: Sequence[Notice], moment: datetime) -> Answer:
        """Send notices together, several only to who gets a digest; what cannot be sent at all is an answer as well."""
        try:
            if receiver.kind == "mail":
                return self._by_mail(receiver, notices)
            notice = notices[0]
            if receiver.kind == "slack":
                body = json.dumps(slack.blocks(self._message(receiver, notice)), ensure_ascii=False).encode()
                return self._post(receiver.address, {"Content-Type": "application/json; charset=utf-8"}, body)
            told = data(notice, self._desk, self._name(receiver, notice))
            headers, body = standard_webhook.request(notice.notice_id, told, receiver.secret or "", moment)
            return self._post(receiver.address, headers, body)
        except NoticeError as error:
            return Answer(False, error.got, everything=True)

    def _by_mail(self, receiver: Receiver, notices: Sequence[Notice]) -> Answer:
        server = mail.mail_server(self._settings, self._environment)
        composed = mail.compose(
            [self._message(receiver, one) for one in notices], [one.notice_id for one in notices],
            self._settings.text("company"), server.sender, receiver.address, datetime.fromisoformat(notices[0].made_at),
            self._files(notices),
        )  # fmt: skip
        return mail.send(server, composed, self.within_s)

    def _files(self, notices: Sequence[Notice]) -> list[tuple[str, bytes]]:
        """Files that go with a mail, of the workspace's folder ``briefs`` alone; one that is gone is left out."""
        names = [str(name) for notice in notices for name in notice.body.get("files") or ()]
        if self._root is None:
            return []
        found = [self._root / FILES / name for name in dict.fromkeys(names) if _FILE.fullmatch(name)]
        return [(place.name, place.read_bytes()) for place in found if place.is_file()]

    def _message(self, receiver: Receiver, notice: Notice) -> Message:
        return message(notice, self._desk, self._name(receiver, notice))

    def _name(self, receiver: Receiver, notice: Notice) -> str | None:
        return self._naming(notice.customer_id) if receiver.names and notice.customer_id else None


def desk_of(settings: Settings) -> str:
    """Where people open the desk: the setting ``desk_url``, else its address on this computer."""
    host = settings.text("host")
    shown = f"[{host}]" if ":" in host else host
    return settings.text("desk_url") or f"http://{shown}:{settings.whole('port')}"
