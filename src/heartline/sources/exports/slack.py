"""Slack: the export of a workspace, a zip archive or the folder it unpacks to."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from heartline.errors import SourceError
from heartline.sources.archive import Archive
from heartline.sources.conversation import Sides, bad_piece, fault_of, person_tables, sound
from heartline.sources.export import Export
from heartline.sources.json_lines import cell_of
from heartline.sources.open_file import FileOptions
from heartline.sources.people import CUSTOMER, EMPLOYEE, People
from heartline.sources.raw import BadRow, Source
from heartline.sources.row_source import Row, RowSource

COLUMNS = (
    "Turn", "Conversation", "At", "Direction", "Side", "Speaker", "Customer", "Customer key", "Customer address",
    "Customer name", "Words", "Words not read", "Channel", "Reactions",
)  # fmt: skip

_USERS, _CHANNELS = "users.json", ("channels.json", "groups.json", "mpims.json", "dms.json")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\.json")
_TS = re.compile(r"\d{9,11}\.\d{1,6}")
_SPOKEN = ("", "thread_broadcast", "me_message", "file_share")
"""Subtypes of messages that people write; others are notices, of bots and of people who come and go."""
_MENTION = re.compile(r"<([@#!]?)([^<>|\n]{1,2000})(?:\|([^<>\n]{0,2000}))?>")
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass(frozen=True)
class _User:
    """A member of the workspace, as its list of users tells it."""

    key: str
    name: str = ""
    address: str = ""
    is_bot: bool = False


@dataclass
class _Spoken:
    """Who of the customers spoke last, in a channel and in each of its threads."""

    last: _User | None = None
    threads: dict[str, _User] = field(default_factory=dict)


def _opened(path: Path, options: FileOptions) -> Source:
    archive = Archive(path)
    try:
        users = {user.key: user for one in _list(archive, _USERS) if (user := _user(one)).key}
        names = {_text(one.get("name")): _text(one.get("id")) for file in _CHANNELS for one in _list(archive, file)}
        days = [name for name in archive.names if _DAY.fullmatch(name.rpartition("/")[2]) and "/" in name]
        if not days:
            raise SourceError(
                f"{path.name} holds no messages", "folders of channels with files such as 2025-03-01.json",
                "export the workspace again, or give the zip archive as it came",
            )  # fmt: skip
        rows = _Rows(archive, users, names, options.people).rows(days)
        return RowSource(path.name, COLUMNS, rows, archive)
    except BaseException:
        archive.close()
        raise


class _Rows:
    """Makes the rows of all channels, day by day."""

    def __init__(
        self, archive: Archive, users: Mapping[str, _User], channels: Mapping[str, str], people: People
    ) -> None:
        self._archive = archive
        self._users = users
        self._channels = channels
        self._people = people
        self._sides = Sides(people)
        self._line = 0
        self._notices = 0

    def rows(self, days: list[str]) -> Iterator[Row | BadRow]:
        """Rows in the order of channels and days. The line of a message is its number in the export."""
        channel, spoken = "", _Spoken()
        for day in days:
            folder = day.split("/")[-2]
            if folder != channel:
                channel, spoken = folder, _Spoken()
            try:
                messages = msgspec.json.decode(self._archive.read(day))
            except (ValueError, *_UNREADABLE) as cause:
                self._line += 1
                # msgspec's own words would repeat what stands in the file
                reason = "the day's file is not valid JSON" if isinstance(cause, _UNREADABLE) else str(cause)
                yield bad_piece(self._line, day, reason, "a whole file of messages")
                continue
            for message in messages if isinstance(messages, list) else [messages]:
                self._line += 1
                made = self._made(message, folder, spoken)
                if made is None:
                    self._notices += 1
                else:
                    yield made
        if self._notices:
            self._archive.notes.append(f"{self._notices} notices and messages of bots were left out")
        self._archive.notes += self._sides.notes()

    def _made(self, message: object, folder: str, spoken: _Spoken) -> Row | BadRow | None:
        raw = cell_of(message) or ""
        moment = _text(message.get("ts")) if isinstance(message, dict) else ""
        if not isinstance(message, dict) or not _TS.fullmatch(moment):
            return bad_piece(self._line, raw, "the message has no time of its own", '"ts" such as "1740823200.000100"')
        if _text(message.get("subtype")) not in _SPOKEN or message.get("bot_id"):
            return None
        user = self._writer(message)
        if user.is_bot or not user.key:
            return None
        text = self._plain(_text(message.get("text")))
        if fault := fault_of(text):
            return bad_piece(self._line, raw, *fault)
        side = self._people.side(user.name or user.key, user.address)
        thread = _text(message.get("thread_ts")) or moment
        if side == CUSTOMER:
            spoken.last = spoken.threads[thread] = user
        # who is answered: the customer of the thread, else the last one in the channel
        mine = spoken.threads.get(thread, spoken.last) if side == EMPLOYEE else user
        channel = self._channels.get(folder) or folder
        reactions = message.get("reactions")
        return self._line, {
            "Turn": f"slack:{channel}:{moment}",
            "Conversation": f"slack:{channel}:{thread}",
            "At": datetime.fromtimestamp(float(moment), UTC).isoformat(),
            "Direction": {CUSTOMER: "inbound", EMPLOYEE: "outbound"}.get(side),
            "Customer key": mine.key if mine else None,
            "Customer address": mine.address or None if mine else None,
            "Customer name": mine.name or None if mine else None,
            "Channel": sound(folder),
            "Reactions": _reactions(reactions) or None,
            **self._sides.cells(user.name or user.key, side, text),
        }  # fmt: skip

    def _writer(self, message: Mapping[str, Any]) -> _User:
        key = _text(message.get("user"))
        if key in self._users:
            return self._users[key]
        # people of a shared channel may stand in their messages only
        profile = message.get("user_profile")
        given = profile if isinstance(profile, dict) else {}
        return _User(key, _text(given.get("real_name")) or _text(given.get("display_name")), "", key == "USLACKBOT")

    def _plain(self, text: str) -> str:
        """The words as they are seen: names for numbers, labels for links, signs for entities."""

        def seen(found: re.Match[str]) -> str:
            kind, target, label = found.groups()
            if kind == "@":
                user = self._users.get(target)
                return f"@{label or (user.name if user else '') or 'somebody'}"
            if kind == "#":
                return f"#{label or target}"
            return label or (f"@{target}" if kind else target.removeprefix("mailto:"))

        return html.unescape(_MENTION.sub(seen, text)).strip()


def _list(archive: Archive, file: str) -> list[dict[str, Any]]:
    """The objects of one of the lists beside the channels; empty where it is not there."""
    name = next((one for one in archive.names if one.count("/") < 2 and one.rpartition("/")[2] == file), None)
    if name is None:
        return []
    try:
        found = msgspec.json.decode(archive.read(name))
    except (ValueError, *_UNREADABLE):
        archive.notes.append(f"{file} cannot be read and was left out")
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _user(given: Mapping[str, Any]) -> _User:
    profile = given.get("profile")
    about: Mapping[str, Any] = profile if isinstance(profile, dict) else {}
    name = _text(about.get("real_name")) or _text(given.get("real_name")) or _text(given.get("name"))
    key = _text(given.get("id"))
    return _User(key, name, _text(about.get("email")).lower(), given.get("is_bot") is True or key == "USLACKBOT")


def _reactions(given: object) -> str:
    several = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    return " ".join(f"{_text(one.get('name'))}:{cell_of(one.get('count')) or 1}" for one in several)


def _text(value: object) -> str:
    return sound(value).strip() if isinstance(value, str) else ""


def _looks(path: Path, _: str) -> bool:
    if not path.is_dir() and path.suffix.lower() != ".zip":
        return False
    try:
        archive = Archive(path)
    except SourceError:
        return False
    archive.close()
    files = {name.rpartition("/")[2] for name in archive.names}
    return _USERS in files and any(_DAY.fullmatch(name) for name in files)


EXPORT = Export(
    name="slack",
    title="a Slack export",
    about="Each message that a person wrote becomes an interaction with its words, each thread a conversation; "
    "customers whose address the export tells become customers.",
    fetch="in Slack under Settings, Workspace settings, choose Import/Export data, Export",
    looks=_looks,
    opener=_opened,
    tables=person_tables(
        "slack", {"direction": "Direction"}, {"channel": "chat", "touchpoint": "chat", "kind": "message"}
    ),
)
