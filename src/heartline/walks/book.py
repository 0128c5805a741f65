"""The way in to walks; ``Workspace.walks`` is one."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from heartline.action.house import present, real
from heartline.facts.lock import one_writer
from heartline.walk.guide import Guide
from heartline.walk.script import Script
from heartline.walk.step import Walk
from heartline.walks import past, standing, telling, trend
from heartline.walks.forgetting import forget_walk, forget_walker
from heartline.walks.forgotten import Forgotten
from heartline.walks.guesses import Guesses
from heartline.walks.guided import Guided
from heartline.walks.guided_report import guided_page
from heartline.walks.house import House
from heartline.walks.kept import Kept
from heartline.walks.maps import Maps
from heartline.walks.outbox import Outbox
from heartline.walks.past import Past
from heartline.walks.points import Point, points
from heartline.walks.shelf import Shelf, read_shelf
from heartline.walks.standing import Standing
from heartline.walks.trend import Change

Answer = TypeVar("Answer")


class Walks:
    """Walks of one workspace.

    Scripts stand in ``walks/`` as YAML; what a walk leaves behind (pictures, its report) in ``walked/<walk_id>/``.
    """

    def __init__(self, house: House) -> None:
        self.house = house
        self.guided = Guided(self)
        """Walks that a person is led through on a phone."""
        self._read: dict[str, Any] | None = None

    def once(self) -> Walks:
        """The same for the time of one answer: scripts and walks are read once, however often it asks."""
        made = copy.copy(self)
        made._read = {}
        return made

    @property
    def scripts_folder(self) -> Path:
        """Where scripts stand."""
        return self.house.root / "walks"

    @property
    def kept_folder(self) -> Path:
        """Where walks are kept, a folder each."""
        return self.house.root / "walked"

    @property
    def outbox(self) -> Outbox:
        """Rows on their way into the facts."""
        house = self.house
        return Outbox(self.kept_folder / "outbox", house.records, house.facts, house.settings)

    @property
    def guesses(self) -> Guesses:
        """How people think that customers feel, said before they walk."""
        return Guesses(self.house, self.outbox, self.forgotten)

    @property
    def forgotten(self) -> Forgotten:
        """Marks of walks that were forgotten, so that later ones are not taken for a first."""
        return Forgotten(self.kept_folder / "forgotten.json")

    # scripts

    @property
    def shelf(self) -> Shelf:
        """Scripts as they stand in the folder now, and what is wrong with those that cannot be read."""
        return self._answer("shelf", lambda: read_shelf(self.scripts_folder))

    def scripts(self) -> list[Script | Guide]:
        """All scripts by name. WalkError with file and line where one cannot be read, or two have one name."""
        shelf = self.shelf
        for error in shelf.errors:
            raise error
        return list(shelf.scripts)

    def script(self, name: str) -> Script | Guide:
        """The script of that name. WalkError where there is none."""
        return self.shelf.named(name)

    def points(self) -> list[Point]:
        """Points of connection that customers met or scripts name, in the order of the journey; each once."""
        return points(self.house, self.shelf.scripts)

    # walks that were made

    @property
    def kept(self) -> Kept:
        """Folders of walks: pictures, and what was recorded."""
        return Kept(self.kept_folder, self.outbox)

    @property
    def maps(self) -> Maps:
        """Maps of sites that were explored, the latest of each."""
        return Maps(self.kept_folder)

    def keep(self, walk: Walk, started_at: datetime, ended_at: datetime, release: str = "") -> str:
        """Keep a browser's walk: a row of `walk`, rows of `walk_step`, a folder with pictures; gives its id.

        started_at, ended_at: UTC; release: version or name of what was walked, empty where not told
        """
        walk_id = self.kept.keep(walk, started_at, ended_at, release)
        self.settle()
        return walk_id

    def past(self, script: str | None = None, device: str | None = None) -> list[Past]:
        """Walks that were made, oldest first, of browsers and of people; all, or of one script, on one device."""
        found = self._answer("past", lambda: past.past(self.house, self.outbox))
        return [one for one in found if script in (None, one.script) and device in (None, one.device)]

    def steps(self, walk_id: str) -> list[dict[str, Any]]:
        """What was met on one walk: its rows of `walk_step` in their order; empty for a walk that there is not."""
        return list(self._answer(f"steps of {walk_id}", lambda: past.steps(self.house, self.outbox, walk_id)))

    def change(self, walks: Sequence[Past]) -> Change | None:
        """The last of these walks against those before it of the same script, device, network and kind; None where it
        is the first. ``Change.verdict`` says longer, shorter or alike, or why that cannot be said."""
        return trend.change(walks)

    def standing(self, now: datetime | None = None) -> list[Standing]:
        """Every script on every device: last walk, how often and by whom, change, whether it is due.

        now: what is due is held against; None: as the setting ``clock`` says (``action.house.present``)
        """
        return standing.standing(self.shelf.scripts, self.past(), self._now(now))

    def due(self, now: datetime | None = None) -> list[Script]:
        """Scripts that a browser should walk: those whose last walk on their device is older than their ``every``."""
        late = {one.script for one in self.standing(now) if one.due and one.kind == "browser"}
        return [one for one in self.shelf.scripts if isinstance(one, Script) and one.walk in late]

    def report(self, walk_id: str) -> str:
        """A walk as one HTML file with film strip. WalkError where it is not kept, or not any more."""
        made = [one for one in self.past() if one.walk_id == walk_id and one.kind == "guided"]
        if made and self.kept.of(walk_id).is_dir():
            return guided_page(made[0], self.steps(walk_id), self.kept.of(walk_id))
        return self.kept.report(walk_id)

    def forget(self, walk_id: str) -> bool:
        """Delete what is kept of a walk: its folder with pictures and record, and of a person's walk the name they gave
        and what they wrote; whether there was anything.

        What remains in the facts (`walk`, `walk_step`) are figures, the words of the script, and what was felt; besides
        these a mark, so that a later walk of the same person is not taken for their first. Files of facts that hold
        what is gone are deleted by the first load an hour later.
        """
        return forget_walk(self, walk_id)

    def forget_walker(self, name: str) -> tuple[int, int]:
        """Delete all that names a person: their walks as ``forget`` does, their name at guesses, and every mark.

        Gives how many walks and how many guesses there were. If they walk again it is for the first time.
        """
        return forget_walker(self, name)

    def alone(self) -> AbstractContextManager[None]:
        """While walks that are due are walked: WorkspaceError where another process is at it."""
        return one_writer(self.kept_folder / ".walking", "walked")

    # chores

    def settle(self) -> int:
        """Load what waits into the facts, if nobody else is writing; gives how many rows were loaded."""
        self.kept.mend()
        return self.outbox.settle()

    def purge(self, now: datetime | None = None) -> int:
        """Delete the folders of walks that are older than the setting ``walk_days``, whatever ``clock`` says; gives how
        many."""
        moment = real() if now is None else _utc(now)
        started = {one.walk_id: one.started_at for one in self.past()}
        return self.kept.purge(moment - timedelta(days=self.house.settings.whole("walk_days")), started, moment)

    def tell(self, now: datetime | None = None) -> int:
        """Tell receivers of ways that have become longer and of guided walks that are due, each once."""
        return telling.tell(self.house.moves.notices, self.standing(now), self._now(now))

    def chores(self) -> None:
        """What is to be done now and then: while the desk is served, every minute."""
        self.guided.tidy()
        self.settle()
        self.tell()
        self.purge()

    def _now(self, told: datetime | None) -> datetime:
        return present(self.house) if told is None else _utc(told)

    def _answer(self, key: str, ask: Callable[[], Answer]) -> Answer:
        if self._read is None:
            return ask()
        if key not in self._read:
            self._read[key] = ask()
        found: Answer = self._read[key]
        return found


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
