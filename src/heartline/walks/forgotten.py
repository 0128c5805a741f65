"""What stays of a person's walk that was forgotten, so that their later ones are not taken for a first: a mark.

It says that somebody walked a script and which points of connection they came past, before a moment: that of their next
walk, or of forgetting. Not when they walked, not what it was like, and no name: instead of it a code that only this
workspace can work out, and only from the name. Who is forgotten wholly leaves none.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from heartline.facts.lock import one_writer
from heartline.facts.segments import sync_folder
from heartline.walks.past import moment_of, same_name

Rows = dict[str, list[dict[str, Any]]]
COLUMN = "forgotten_before"
"""Of `walk` and `walk_step`: how many walks of the same person stood before it and were forgotten."""


@dataclass(frozen=True)
class Mark:
    """One forgotten walk. before: UTC, ISO 8601; going: which one, while it is being forgotten; then empty."""

    code: str
    script: str
    points: tuple[str, ...]
    before: str
    going: str = ""


class Forgotten:
    """The marks of one workspace, in one file with the key of its codes."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def of(self, walker: str | None, until: datetime | None = None) -> list[Mark]:
        """Marks of a person that stand before a walk begun at ``until`` (UTC, no offset); None: all of theirs."""
        key, marks = self._read()
        code = _code(key, walker)
        return [
            one for one in marks if one.code == code and (until is None or datetime.fromisoformat(one.before) <= until)
        ]

    def leave(
        self, walker: str, script: str, points: Sequence[str], walk_id: str, began: datetime, before: datetime
    ) -> None:
        """Mark a walk that is now forgotten; once, also where that was broken off and is done again.

        began: when it began; earlier marks that end there go on to ``before``, so that none tells it
        """
        with self._alone():
            key, marks = self._read()
            key = key or secrets.token_hex(32)
            code = _code(key, walker)
            marks = [
                replace(one, before=before.isoformat()) if (one.code, one.before) == (code, began.isoformat()) else one
                for one in marks
            ]
            if walk_id not in {one.going for one in marks}:
                marks.append(Mark(code, script, tuple(sorted(set(points))), before.isoformat(), walk_id))
            self._write(key, marks)

    def over(self, walk_id: str) -> None:
        """The walk is forgotten: which one it was goes too."""
        with self._alone():
            key, marks = self._read()
            self._write(key, [replace(one, going="") if one.going == walk_id else one for one in marks])

    def wipe(self, walker: str) -> int:
        """Delete all marks of a person; gives how many."""
        if not self.of(walker):
            return 0
        with self._alone():
            key, marks = self._read()
            rest = [one for one in marks if one.code != _code(key, walker)]
            self._write(key, rest)
            return len(marks) - len(rest)

    def told(self, rows: Rows) -> Rows:
        """Rows of one walk, each with how many forgotten ones of the same person stand before it."""
        heads = rows.get("walk", [])
        if not heads or not heads[0].get("walker") or not self._file.exists():
            return rows
        marks = self.of(heads[0]["walker"], moment_of(heads[0]["started_at"]))
        same = sum(one.script == heads[0]["script"] for one in marks)
        past = [{**row, COLUMN: sum(row.get("touchpoint") in one.points for one in marks) or None}
                for row in rows.get("walk_step", [])]  # fmt: skip
        return {"walk": [{**heads[0], COLUMN: same or None}, *heads[1:]], "walk_step": past}

    def _alone(self) -> Any:
        return one_writer(self._file.with_name(".forgetting"), "forgotten", brief=True)

    def _read(self) -> tuple[str, list[Mark]]:
        if not self._file.exists():
            return "", []
        told = json.loads(self._file.read_text("utf-8"))
        return str(told["key"]), [Mark(**{**one, "points": tuple(one["points"])}) for one in told["marks"]]

    def _write(self, key: str, marks: Sequence[Mark]) -> None:
        passing = self._file.with_name(f".{self._file.name}.{secrets.token_hex(4)}")
        passing.touch(0o600)
        with passing.open("w", encoding="utf-8") as out:
            json.dump({"key": key, "marks": [asdict(one) for one in marks]}, out, ensure_ascii=False)
            out.flush()
            os.fsync(out.fileno())
        passing.replace(self._file)
        sync_folder(self._file.parent)


def _code(key: str, walker: str | None) -> str:
    """Empty for who gave no name: nobody has it."""
    name = same_name(walker)
    return hmac.new(bytes.fromhex(key), name.encode(), hashlib.sha256).hexdigest()[:32] if name and key else "-"
