"""What a browser's walk leaves behind: rows of facts, and a folder with its pictures, whole or not at all."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from heartline.errors import WalkError
from heartline.facts.segments import sync_folder
from heartline.walk.effort import effort
from heartline.walk.faults import faults
from heartline.walk.report import page_of, walk_values
from heartline.walk.step import StepRecord, Walk
from heartline.walks.outbox import Outbox

_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
_UNFINISHED = timedelta(days=1)
"""Age after which what a crash left half written is deleted."""
_ABOUT, _ROWS = "walk.json", "rows.json"


class Kept:
    """The kept walks of one workspace: ``walked/<walk_id>/`` with ``walk.json`` and pictures ``00.jpg``, ``01.jpg``…"""

    def __init__(self, folder: Path, outbox: Outbox) -> None:
        self._folder, self._outbox = folder, outbox

    def keep(self, walk: Walk, started_at: datetime, ended_at: datetime, release: str = "") -> str:
        """Keep a walk; gives its id. When this returns, nothing of it can be lost; see ``mend`` for a crash within.

        started_at, ended_at: UTC; release: version or name of what was walked, at most 120 signs, empty where not told
        """
        told = " ".join(release.split())
        if len(told) > 120 or not told.isprintable():
            raise WalkError("a release cannot be called that", "at most 120 signs on one line", "give another name")
        began, over = _utc(started_at), _utc(ended_at)
        walk_id = f"{began:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        rows = _rows(walk, walk_id, began, over, told or None)
        about = walk_values(walk) | {
            "walk_id": walk_id, "release": told or None, "script_version": walk.script.version,
            "started_at": f"{began.isoformat()}+00:00", "ended_at": f"{over.isoformat()}+00:00",
        }  # fmt: skip
        files = {f"{number:02d}.jpg": shot for number, shot in enumerate(walk.shots)}
        files[_ABOUT] = json.dumps(about, ensure_ascii=False).encode()
        files[_ROWS] = json.dumps(rows, ensure_ascii=False).encode()
        self._write(walk_id, files)
        self._hand_on(self._folder / walk_id)
        return walk_id

    def mend(self) -> int:
        """Hand on the rows of walks at which a crash came in between; gives how many. Nothing is doubled by it."""
        found = sorted(self._folder.glob(f"[!.]*/{_ROWS}"))  # one that begins with a dot is not whole yet, or goes
        return sum(self._hand_on(file.parent) for file in found)

    def about(self, walk_id: str) -> dict[str, Any] | None:
        """What was kept of a browser's walk (``report.walk_values`` and more); None where it is not kept any more."""
        file = self.of(walk_id) / _ABOUT
        if not file.exists():
            return None
        told: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return told

    def pictures(self, walk_id: str) -> list[bytes]:
        """The pictures of a browser's walk in their order."""
        return [file.read_bytes() for file in sorted(self.of(walk_id).glob("*.jpg"))]

    def report(self, walk_id: str) -> str:
        """A browser's walk as one HTML file with film strip. WalkError where it is not kept, or not any more."""
        about = self.about(walk_id)
        if about is None:
            raise WalkError(
                f"of walk {walk_id[:80]} no pictures are kept", "a walk of a browser, younger than walk_days",
                "heartline walk list",
            )  # fmt: skip
        return page_of([(about, self.pictures(walk_id))])

    def forget(self, walk_id: str) -> bool:
        """Delete the folder of a walk; whether there was one. Its figures stay in the facts."""
        folder = self.of(walk_id)
        if not folder.is_dir():
            return False
        if (folder / _ROWS).exists():
            self._hand_on(folder)
        going = self._folder / f".{walk_id}.{secrets.token_hex(4)}"
        folder.rename(going)  # gone at once for whoever looks; a crash leaves what purge takes away
        shutil.rmtree(going)
        return True

    def purge(self, before: datetime, started: Mapping[str, datetime], now: datetime) -> int:
        """Delete the folders of walks that began before a moment; gives how many.

        started: when walks began, by id; a folder that it does not name is as old as its newest file
        """
        gone = 0
        for folder in self._folders():
            if folder.name.startswith("."):
                if _touched(folder) < _utc(now) - _UNFINISHED:
                    shutil.rmtree(folder, ignore_errors=True)
            elif _ID.fullmatch(folder.name) and started.get(folder.name, _touched(folder)) < _utc(before):
                gone += self.forget(folder.name)
        return gone

    def of(self, walk_id: str) -> Path:
        """The folder of a walk, also of one that is not kept. WalkError for what is no id."""
        if not _ID.fullmatch(walk_id) or walk_id == "outbox":
            raise WalkError(f"{walk_id[:80]!r} is no walk", "an id of the list", "heartline walk list")
        return self._folder / walk_id

    def _folders(self) -> Iterator[Path]:
        if self._folder.is_dir():
            yield from (one for one in sorted(self._folder.iterdir()) if one.is_dir() and one.name != "outbox")

    def _write(self, walk_id: str, files: Mapping[str, bytes]) -> None:
        """A folder with these files, on disk, whole or not at all."""
        passing = self._folder / f".{walk_id}"
        passing.mkdir(parents=True)
        for name, content in files.items():
            with (passing / name).open("wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
        sync_folder(passing)
        passing.rename(self._folder / walk_id)
        sync_folder(self._folder)

    def _hand_on(self, folder: Path) -> bool:
        """Whether there was something to hand on: another program may have done it a moment ago."""
        rows = folder / _ROWS
        with suppress(FileNotFoundError):
            self._outbox.put(folder.name, json.loads(rows.read_text("utf-8")))
            rows.unlink()
            return True
        return False


def _rows(walk: Walk, walk_id: str, began: datetime, over: datetime, release: str | None) -> dict[str, Any]:
    script, cost, found = walk.script, effort(walk), faults(walk)
    head = {
        "walk_id": walk_id, "script": script.walk, "script_version": script.version, "goal": script.goal,
        "kind": "browser", "walker": None, "role": None, "device": walk.device, "network": script.network,
        "release": release, "started_at": f"{began.isoformat()}+00:00", "ended_at": f"{over.isoformat()}+00:00",
        "ended": walk.ended, "effort": cost.effort, "clicks": cost.clicks, "keystrokes": cost.keystrokes,
        "waiting_s": cost.waiting, "errors": cost.errors, "steps": cost.steps, "shortest": script.shortest,
        "faults": len(found), "late_s": cost.late,
    }  # fmt: skip
    met: dict[int, set[str]] = {}
    for fault in found:
        met.setdefault(fault.step, set()).add(fault.name)
    steps = list[dict[str, Any]]()
    moment, touchpoint, stage = began, None, None
    for step in walk.steps:
        written = script.steps[step.number - 1]
        touchpoint, stage = written.touchpoint or touchpoint, written.stage or stage
        steps.append(_step_row(step, walk_id, moment, met.get(step.number, set())) | {
            "script": script.walk, "channel": script.channel, "touchpoint": touchpoint, "stage": stage,
        })  # fmt: skip
        moment += timedelta(seconds=step.seconds)
    return {"walk": [head], "walk_step": steps}


def _step_row(step: StepRecord, walk_id: str, moment: datetime, kinds: set[str]) -> dict[str, Any]:
    return {
        "interaction_id": f"{walk_id}-{step.number:03d}", "walk_id": walk_id, "walker": None, "number": step.number,
        "occurred_at": f"{moment.isoformat()}+00:00", "what": f"{step.verb} {step.words}",
        "outcome": step.outcome if step.outcome in ("done", "left_out") else "failed", "duration_s": step.seconds,
        "waiting_s": step.waiting, "clicks": step.clicks + (step.verb == "open"), "keystrokes": step.keystrokes,
        "felt_valence": None, "feelings": None, "note": None, "photo": f"{step.shot:02d}.jpg",
        "faults": " ".join(sorted(kinds)) or None,
    }  # fmt: skip


def _touched(folder: Path) -> datetime:
    """When something in a folder was last written, UTC."""
    newest = max(file.stat().st_mtime for file in (folder, *folder.iterdir()))
    return datetime.fromtimestamp(newest, UTC).replace(tzinfo=None)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
