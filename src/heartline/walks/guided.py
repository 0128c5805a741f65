"""Guided walks that are kept: one file of events each, on disk before a phone is told so, then rows of facts.

What a walker writes stands in the walk's own file and, when the walk is over, in `walk_step`; in no log.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from heartline.errors import WalkError
from heartline.facts.segments import sync_folder
from heartline.line_file import append, lines_of
from heartline.privacy import kinds_of, masked
from heartline.tables.walks import WALKER_ROLES
from heartline.walk.guide import Guide
from heartline.walk.guided import Answered, Course, Event, Kept, Noted, Pictured, check_step, course
from heartline.walks.guided_rows import About, rows_of
from heartline.walks.photos import bare

if TYPE_CHECKING:
    from heartline.walks.book import Walks

GIVEN_UP_AFTER = timedelta(days=1)
"""How long after the last word a walk that nobody ended counts as given up."""
FILE = "guided.jsonl"

_ID = re.compile(r"[A-Za-z0-9-]{1,80}")
_EVENT_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_PHOTO = re.compile(r"[A-Za-z0-9-]{8,64}\.(jpg|png|webp)")
_MOST_EVENTS = 5_000
_MOST_PHOTOS = 120
_LONGEST_NAME = 120
_OPEN_AT_ONCE = 500


@dataclass(frozen=True)
class Taken:
    """What came of a sending: how many events were new, and the walk after it."""

    new: int
    course: Course


class GuidedWalk:
    """One guided walk and its file; safe to call from several threads."""

    def __init__(self, folder: Path, walks: Walks) -> None:
        self._folder, self._walks = folder, walks
        self._lock = threading.Lock()
        self._kept: dict[str, Kept] = {}
        self._recorded = -1
        """How many events it had when its rows were last handed on; -1: never."""
        self.given_up = False
        lines = lines_of(self._file)
        head = next(lines, None)
        if head is None:  # a crash came while it was opened, and nobody was told its id
            raise WalkError("there is no such walk", "one that is kept", "begin a new one at /walks/go")
        self.about = _about(head["about"])
        for line in lines:
            if "event" in line:
                event = msgspec.convert(line["event"], Event)
                self._kept[str(line["id"])] = Kept(str(line["id"]), event, int(line["sent"]), int(line["received"]))
            self._recorded = int(line.get("recorded", self._recorded))
            self.given_up = bool(line.get("given_up", self.given_up))
        self._course = self._now()

    @property
    def course(self) -> Course:
        """The walk so far."""
        return self._course

    @property
    def events(self) -> Sequence[Kept]:
        """All that was told, as it was taken."""
        with self._lock:
            return list(self._kept.values())

    @property
    def goes_on(self) -> bool:
        """Whether nobody has ended it. One that counts as given up may still be ended when its phone comes back."""
        return self._course.ended is None

    def take(self, told: Mapping[str, Event], sent: int, received: int) -> Taken:
        """Keep events by their ids, all on disk when this returns; those that are there already change nothing.

        sent: what the phone's clock shows, received: what the desk's does, both in milliseconds since 1970
        WalkError: an id that is none, a step that the guide does not have, too many events, a walk that is gone.
        """
        for event_id, event in told.items():
            _check_id(event_id)
            check_step(self.about.guide, event)
            if isinstance(event, Pictured) and event.photo:
                raise WalkError("a picture without its content", "no name: it is taken back", "send the picture itself")
        return self._keep(told, sent, received)

    def _keep(self, told: Mapping[str, Event], sent: int, received: int) -> Taken:
        with self._lock:
            self._check_there()
            new = {
                event_id: Kept(event_id, self._masked(event), sent, received)
                for event_id, event in told.items()
                if event_id not in self._kept
            }
            if len(self._kept) + len(new) > _MOST_EVENTS:
                raise WalkError("this walk is full", f"at most {_MOST_EVENTS} events", "end it and begin a new one")
            if new:
                append(self._file, [_line(one) for one in new.values()])
                self._kept |= new
                self._course = self._now()
            if self._course.ended is not None or self.given_up:
                self._record()
            return Taken(len(new), self._course)

    def photo(self, event_id: str, event: Pictured, body: bytes, sent: int, received: int) -> Taken:
        """Keep a picture and the event that it was taken; the name follows from the id. WalkError as of ``bare``."""
        _check_id(event_id)
        check_step(self.about.guide, event)
        content, ending = bare(body)
        name = f"{event_id}.{ending}"
        with self._lock:
            self._check_there()
            if event_id not in self._kept:
                if sum(isinstance(one.event, Pictured) for one in self._kept.values()) >= _MOST_PHOTOS:
                    raise WalkError(f"more than {_MOST_PHOTOS} pictures", "one a step", "end the walk")
                _write(self._folder / name, content)
        return self._keep({event_id: msgspec.structs.replace(event, photo=name)}, sent, received)

    def picture(self, name: str) -> Path:
        """File of a picture; WalkError where there is none of that name."""
        file = self._folder / name
        if not _PHOTO.fullmatch(name) or not file.is_file():
            raise WalkError("there is no such picture", "one of this walk", "load the page again")
        return file

    def tidy(self, now: datetime) -> bool:
        """Do what time asks for: count it as given up, hand on rows that a crash held back; whether anything was done.

        One in which nothing was ever told is deleted.
        """
        with self._lock:
            if not self._file.exists():
                return False
            last = max((one.received for one in self._kept.values()), default=_ms(self.about.opened_at))
            late = self._course.ended is None and not self.given_up and _ms(now - GIVEN_UP_AFTER) >= last
            if late and not self._kept:
                shutil.rmtree(self._folder)
                return True
            if late:
                append(self._file, [{"given_up": True}])
                self.given_up = True
            if (self._course.ended is None and not self.given_up) or self._recorded == len(self._kept):
                return False
            self._record()
            return True

    @property
    def _file(self) -> Path:
        return self._folder / FILE

    def _now(self) -> Course:
        return course(self.about.guide, self.about.opened_at, self._kept.values())

    def _check_there(self) -> None:
        if not self._file.exists():
            raise WalkError("this walk was deleted", "one that is kept", "begin a new one at /walks/go")

    def _masked(self, event: Event) -> Event:
        """What a walker writes goes through the door that every free text goes through, before it is kept."""
        kinds = kinds_of(self._walks.house.settings.text("mask_text"))
        if not kinds or not isinstance(event, Noted | Answered):
            return event
        return msgspec.structs.replace(event, text=masked(event.text, kinds)[0])

    def _record(self) -> None:
        """Hand the rows on; pictures that were taken back or replaced go."""
        rows = rows_of(self.about, self._course)
        self._walks.outbox.put(self.about.walk_id, self._walks.forgotten.told(rows))
        shown = {step.photo for step in self._course.steps}
        for file in self._folder.iterdir():
            if _PHOTO.fullmatch(file.name) and file.name not in shown:
                file.unlink()
        append(self._file, [{"recorded": len(self._kept)}])
        self._recorded = len(self._kept)


class Guided:
    """The guided walks of one workspace."""

    def __init__(self, walks: Walks) -> None:
        self._walks = walks
        self._lock = threading.Lock()
        self._open: dict[str, GuidedWalk] = {}

    def open(
        self, script: str, walker: str = "", role: str = "", release: str = "", now: datetime | None = None
    ) -> str:
        """Begin a guided walk; gives its id. WalkError where there is no such guide, or a name or role is none.

        walker: any name they like, or none; role: one of ``WALKER_ROLES``, or none
        """
        guide = self._walks.script(script)
        if not isinstance(guide, Guide):
            raise WalkError(f"{guide.walk} is for a browser", "a script with `kind: guided`", "heartline walk run")
        if role and role not in WALKER_ROLES:
            raise WalkError("there is no such role", f"one of {', '.join(WALKER_ROLES)}", "choose one of them")
        moment = now or datetime.now(UTC)
        walk_id = f"{moment:%Y%m%dT%H%M%S}-{secrets.token_hex(8)}"
        about = About(walk_id, guide, _named(walker), role, _named(release), moment)
        folder = self._walks.kept_folder / walk_id
        folder.mkdir(parents=True)
        append(folder / FILE, [{"about": _plain(about)}], new=True)
        sync_folder(folder)
        sync_folder(folder.parent)
        return walk_id

    def take(self, walk_id: str, told: Mapping[str, Event], sent: int, now: datetime | None = None) -> Taken:
        """Keep events of a walk by their ids; see ``GuidedWalk.take``. Of a walk that is over, rows are loaded."""
        taken = self.named(walk_id).take(told, sent, _ms(now or datetime.now(UTC)))
        self._settle(taken)
        return taken

    def photo(
        self, walk_id: str, event_id: str, event: Pictured, body: bytes, sent: int, now: datetime | None = None
    ) -> Taken:
        """Keep a picture of a walk; see ``GuidedWalk.photo``."""
        taken = self.named(walk_id).photo(event_id, event, body, sent, _ms(now or datetime.now(UTC)))
        self._settle(taken)
        return taken

    def named(self, walk_id: str) -> GuidedWalk:
        """The guided walk of this id; WalkError where there is none, or none any more."""
        folder = self._walks.kept_folder / walk_id
        with self._lock:
            if not _ID.fullmatch(walk_id) or not (folder / FILE).is_file():
                self._open.pop(walk_id, None)
                raise WalkError("there is no such walk", "one that is kept", "begin a new one at /walks/go")
            if walk_id not in self._open:
                if len(self._open) >= _OPEN_AT_ONCE:
                    # of one that goes on there must never be two
                    for old in [key for key, one in self._open.items() if not one.goes_on]:
                        del self._open[old]
                self._open[walk_id] = GuidedWalk(folder, self._walks)
            return self._open[walk_id]

    def every(self) -> list[GuidedWalk]:
        """All guided walks that are kept, newest first."""
        found: list[GuidedWalk] = []
        for file in sorted(self._walks.kept_folder.glob(f"*/{FILE}"), reverse=True):
            with suppress(WalkError):  # it was deleted a moment ago
                found.append(self.named(file.parent.name))
        return found

    def tidy(self, now: datetime | None = None) -> int:
        """Count walks that nobody ended as given up; gives how many walks changed. A chore of the desk."""
        return sum(one.tidy(now or datetime.now(UTC)) for one in self.every())

    def _settle(self, taken: Taken) -> None:
        if taken.new and taken.course.ended is not None:
            self._walks.outbox.settle()


def _check_id(event_id: str) -> None:
    if not _EVENT_ID.fullmatch(event_id):
        raise WalkError("an event without an id", "8 to 64 letters, digits and -", "load the page of the walk again")


def _about(told: dict[str, Any]) -> About:
    guide = msgspec.convert(told["guide"], Guide)
    return About(**{**told, "guide": guide, "opened_at": datetime.fromisoformat(told["opened_at"])})


def _plain(about: About) -> dict[str, Any]:
    return {
        "walk_id": about.walk_id, "guide": msgspec.to_builtins(about.guide), "walker": about.walker,
        "role": about.role, "release": about.release, "opened_at": about.opened_at.isoformat(),
    }  # fmt: skip


def _line(kept: Kept) -> dict[str, Any]:
    return {
        "id": kept.event_id, "sent": kept.sent, "received": kept.received, "event": msgspec.to_builtins(kept.event)
    }  # fmt: skip


def _named(text: str) -> str:
    found = " ".join(text.split())
    if len(found) > _LONGEST_NAME or not found.isprintable():
        raise WalkError("a name that is too long", f"at most {_LONGEST_NAME} signs on one line", "write a shorter one")
    return found


def _write(file: Path, content: bytes) -> None:
    passing = file.with_name(f".{file.name}")
    with passing.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    passing.replace(file)
    sync_folder(file.parent)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
