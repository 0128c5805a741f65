"""Rooms that are kept: one file each, on disk before anything is answered, gone when their time is over.

A room is private to the person who uses it. Its words stand in its own file and nowhere else: no table, no log, no
record. Deleting the room deletes the file.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from heartline.emotion import EmotionModel, load_model
from heartline.errors import RoomError
from heartline.line_file import append, lines_of
from heartline.room import state
from heartline.room.debrief import Debrief, debrief
from heartline.room.measures import Measures
from heartline.room.play import take
from heartline.room.state import Room, Suggestion
from heartline.room.turn import Tap, Turn

_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_OPEN_AT_ONCE = 500
_MOST_EVENTS = 20_000

Event = Turn | Tap | str
"""What a room is told; a text is the kind of suggestion that was dismissed."""


@dataclass(frozen=True)
class About:
    """What is known of a kept room without its words.

    room_id: also the key to it, 128 random bits; hosts: names of the user's side; customer_id: empty where not told
    opened_at, ended_at: ISO 8601, UTC; ended_at is None while it goes on
    """

    room_id: str
    title: str
    hosts: tuple[str, ...]
    customer_id: str
    opened_at: str
    ended_at: str | None = None


@dataclass(frozen=True)
class Taken:
    """What came of an event: its number, the room after it, a suggestion where one was made; new: not there before."""

    seq: int
    room: Room
    suggestion: Suggestion | None
    new: bool


class KeptRoom:
    """One room, its file, and its state; safe to call from several threads."""

    def __init__(self, file: Path, about: About, model: EmotionModel) -> None:
        self.about = about
        self._file = file
        self._model = model
        self._lock = threading.Lock()
        self._seen: dict[str, int] = {}
        self.room = Room(frozenset(about.hosts))
        for line in lines_of(file):
            if "event" in line:
                self._apply(_event(line["event"]), str(line["id"]))
            elif "ended_at" in line:
                self.about = replace(self.about, ended_at=str(line["ended_at"]))

    def take(self, event_id: str, event: Event) -> Taken:
        """Keep an event and give the room after it; one that is there already changes nothing.

        event_id: the sender's id, so that what is sent again after a break is not taken twice
        RoomError: the room has ended or is full, or the id is none.
        """
        if not 1 <= len(event_id) <= 100:
            raise RoomError(
                "an event without an id", "an id of at most 100 characters", "send a new one for each event"
            )
        with self._lock:
            if event_id in self._seen:
                return Taken(self._seen[event_id], self.room, None, new=False)
            if self.about.ended_at is not None:
                raise RoomError("this room has ended", "a room that goes on", "open a new one")
            if len(self._seen) >= _MOST_EVENTS:
                raise RoomError("this room is full", f"at most {_MOST_EVENTS} events", "end it and open a new one")
            if not self._file.exists():
                raise RoomError("this room was deleted", "one that is kept", "open a new one at /rooms")
            append(self._file, [{"id": event_id, "event": _body(event)}])
            suggestion = self._apply(event, event_id)
            return Taken(self._seen[event_id], self.room, suggestion, new=True)

    def _apply(self, event: Event, event_id: str) -> Suggestion | None:
        suggestion = None
        if isinstance(event, str):
            self.room = state.dismissed(self.room, event)
        else:
            step = take(self.room, event, self._model)
            self.room, suggestion = step.room, step.suggestion
        self._seen[event_id] = len(self._seen) + 1
        return suggestion

    @property
    def seq(self) -> int:
        """How many events it has."""
        return len(self._seen)

    def end(self, at: str) -> None:
        """End it; a second time changes nothing."""
        with self._lock:
            if self.about.ended_at is None:
                append(self._file, [{"ended_at": at}])
                self.about = replace(self.about, ended_at=at)

    def debrief(self) -> Debrief:
        """What it was, so far."""
        return debrief(self.room)


class Rooms:
    """The rooms of one workspace."""

    def __init__(self, folder: Path, keep_days: int, model: str = "default") -> None:
        self._folder = folder
        self._keep_days = keep_days
        self._model_name = model
        self._lock = threading.Lock()
        self._open: dict[str, KeptRoom] = {}
        self._model: EmotionModel | None = None

    def open(self, title: str, hosts: Sequence[str], customer_id: str = "", now: datetime | None = None) -> About:
        """A new room. RoomError where nobody is named as the user's side, or a name is none."""
        names = tuple(dict.fromkeys(name.strip() for name in hosts if name.strip()))
        if not names or any(len(name) > 80 for name in names) or len(title) > 120:
            raise RoomError("it is not said who you are", "your name as the turns write it", "give at least one name")
        moment = (now or datetime.now(UTC)).isoformat(timespec="seconds")
        about = About(secrets.token_urlsafe(16), title.strip() or "A conversation", names, customer_id.strip(), moment)
        self._folder.mkdir(exist_ok=True)
        append(self._file(about.room_id), [{"about": asdict(about)}], new=True)
        return about

    def named(self, room_id: str) -> KeptRoom:
        """The room of this id; RoomError where there is none, or none any more."""
        with self._lock:
            if room_id not in self._open:
                about = self._about(room_id) if _ID.fullmatch(room_id) else None
                if about is None:
                    raise RoomError("there is no such room", "one that is kept", "open a new one at /rooms")
                if len(self._open) >= _OPEN_AT_ONCE:
                    # only those that take nothing more: of one that goes on there must never be two
                    for old in [key for key, one in self._open.items() if one.about.ended_at is not None]:
                        del self._open[old]
                if self._model is None:
                    self._model = load_model(self._model_name)
                self._open[room_id] = KeptRoom(self._file(room_id), about, self._model)
            return self._open[room_id]

    def every(self, now: datetime | None = None) -> list[About]:
        """All rooms that are kept, newest first; what is older than its time is deleted on the way."""
        self.purge(now)
        found = [self._about(file.stem) for file in self._folder.glob("*.jsonl")]
        return sorted((one for one in found if one is not None), key=lambda one: one.opened_at, reverse=True)

    def delete(self, room_id: str) -> None:
        """Delete a room with all its words; one that is not there changes nothing."""
        with self._lock:
            self._open.pop(room_id, None)
            if _ID.fullmatch(room_id):
                self._file(room_id).unlink(missing_ok=True)

    def purge(self, now: datetime | None = None) -> int:
        """Delete rooms that were opened longer ago than they are kept; gives how many."""
        before = (now or datetime.now(UTC)) - timedelta(days=self._keep_days)
        gone = 0
        for file in self._folder.glob("*.jsonl"):
            about = self._about(file.stem)
            if about is not None and datetime.fromisoformat(about.opened_at) < before:
                self.delete(about.room_id)
                gone += 1
        return gone

    def usual(self, beside: About, most: int = 20) -> dict[str, tuple[float, int]]:
        """Median and number of the user's own rooms that ended earlier, measure by measure; never anybody else's.

        Whose a room is, the first name of its own side says.
        """
        own = (one for one in self.every() if one.hosts[0] == beside.hosts[0] and one.room_id != beside.room_id)
        ended = [one for one in own if one.ended_at is not None and one.opened_at <= beside.opened_at][:most]
        told = [self.named(one.room_id).debrief().measures for one in ended]
        return {name: found for name in _COMPARED if (found := _median(told, name)) is not None}

    def _file(self, room_id: str) -> Path:
        return self._folder / f"{room_id}.jsonl"

    def _about(self, room_id: str) -> About | None:
        file = self._file(room_id)
        if not file.exists():
            return None
        lines = list(lines_of(file))
        if not lines or "about" not in lines[0]:
            return None
        told = lines[0]["about"]
        ended = next((str(line["ended_at"]) for line in lines if "ended_at" in line), None)
        return About(**{**told, "hosts": tuple(told["hosts"]), "ended_at": ended})


_COMPARED = ("talk_share", "longest_monologue", "question_rate", "patience", "pace")


def _median(told: Sequence[Measures], name: str) -> tuple[float, int] | None:
    values = [value for one in told if (value := getattr(one, name)) is not None]
    return (median(values), len(values)) if values else None


def _body(event: Event) -> dict[str, Any]:
    if isinstance(event, str):
        return {"dismiss": event}
    return {"tap": asdict(event)} if isinstance(event, Tap) else {"turn": asdict(event)}


def _event(body: dict[str, Any]) -> Event:
    if "dismiss" in body:
        return str(body["dismiss"])
    return Tap(**body["tap"]) if "tap" in body else Turn(**body["turn"])
