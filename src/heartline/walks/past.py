"""Walks that were made, as one reads them later: what each cost, and the how manieth of its walker it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from heartline.tables import table
from heartline.walks.house import House
from heartline.walks.outbox import Outbox

_COLUMNS = (
    "walk_id", "script", "script_version", "goal", "kind", "walker", "role", "device", "network", "release",
    "started_at", "ended_at", "ended", "effort", "clicks", "keystrokes", "waiting_s", "errors", "steps", "shortest",
    "faults", "late_s", "forgotten_before",
)  # fmt: skip
_STEP_COLUMNS = ("walk_id", "interaction_id", "outcome", "duration_s", "felt_valence", "faults")

_WORDS = frozenset({"walker", "note", "photo"})
_OF_THE_LOAD = frozenset({"source", "load_id", "known_at"})


@dataclass(frozen=True)
class Past:
    """One walk: the columns of the table ``walk``, and what follows from them.

    nth: the how manieth walk of this walker through this script, 1 is the first, forgotten ones counted; of a browser,
    the how manieth on this device; None where nobody says who walked
    forgotten_before: forgotten walks of the same walker through this script before it; None: none
    fault_kinds: names of the faults that were met; felt: mean of what a guided walker felt, -1 to 1, None where nothing
    was told
    late_s: of waiting_s what may be the walking machine's own, which was busy; None: not measured
    walked_s: of a person, time in the steps, rests left out; None: not known of some step, or a browser walked
    """

    walk_id: str
    script: str
    script_version: str | None
    goal: str
    kind: str
    walker: str | None
    role: str | None
    device: str | None
    network: str | None
    release: str | None
    started_at: datetime
    ended_at: datetime
    ended: str
    effort: float | None
    clicks: int | None
    keystrokes: int | None
    waiting_s: float | None
    errors: int | None
    steps: int
    shortest: int | None
    faults: int | None
    nth: int | None = None
    fault_kinds: frozenset[str] = frozenset()
    felt: float | None = None
    late_s: float | None = None
    forgotten_before: int | None = None
    walked_s: float | None = None

    @property
    def least_effort(self) -> float | None:
        """Effort without the waiting that may be the walking machine's own."""
        return None if self.effort is None else self.effort - (self.late_s or 0.0)

    @property
    def seconds(self) -> float:
        """From beginning to end; of a person without rests, where that is known."""
        return self.walked_s if self.walked_s is not None else (self.ended_at - self.started_at).total_seconds()

    @property
    def reached(self) -> bool:
        """Whether the goal was reached."""
        return self.ended == "goal"


def past(house: House, outbox: Outbox, script: str | None = None, device: str | None = None) -> list[Past]:
    """Walks oldest first, also those that are not in the facts yet."""
    rows = {row["walk_id"]: row for row in _rows(house, outbox, "walk", _COLUMNS)}
    steps = _rows(house, outbox, "walk_step", _STEP_COLUMNS)
    kinds: dict[str, set[str]] = {}
    felt: dict[str, dict[str, float]] = {}
    took: dict[str, list[float | None]] = {}
    for step in steps:
        kinds.setdefault(step["walk_id"], set()).update((step["faults"] or "").split())
        if step["duration_s"] is not None or step["outcome"] != "left_out":
            took.setdefault(step["walk_id"], []).append(step["duration_s"])
        if step["felt_valence"] is not None:
            felt.setdefault(step["walk_id"], {})[step["interaction_id"]] = step["felt_valence"]
    found: list[Past] = []
    count: Counter[tuple[str, str]] = Counter()
    for row in sorted(rows.values(), key=lambda one: (one["started_at"], one["walk_id"])):
        given: dict[str, Any] = {name: row.get(name) for name in _COLUMNS}
        one = Past(**given)
        who = f" {one.device} {one.network}" if one.kind == "browser" else same_name(one.walker)
        count[one.script, who] += 1
        told = felt.get(one.walk_id, {})
        found.append(replace(
            one, nth=count[one.script, who] + (one.forgotten_before or 0) if who else None,
            fault_kinds=frozenset(kinds.get(one.walk_id, ())),
            felt=sum(told.values()) / len(told) if told else None,
            walked_s=_whole(took.get(one.walk_id, ())) if one.kind == "guided" else None,
        ))  # fmt: skip
    return [one for one in found if script in (None, one.script) and device in (None, one.device)]


def _whole(seconds: Sequence[float | None]) -> float | None:
    """Their sum; None where one is not known, or there are none."""
    known = [one for one in seconds if one is not None]
    return sum(known) if known and len(known) == len(seconds) else None


def steps(house: House, outbox: Outbox, walk_id: str) -> list[dict[str, Any]]:
    """Rows of ``walk_step`` of one walk in their order, also those that are not in the facts yet."""
    found = [row for row in _rows(house, outbox, "walk_step", table("walk_step").names) if row["walk_id"] == walk_id]
    return sorted(found, key=lambda row: int(row["number"]))


def rows_of_walk(house: House, outbox: Outbox, walk_id: str) -> dict[str, list[dict[str, Any]]]:
    """Rows of ``walk`` and ``walk_step`` of one walk, as they can be put into the outbox; times as text."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name in ("walk", "walk_step"):
        columns = tuple(one.name for one in table(name).columns if one.name not in _OF_THE_LOAD)
        found[name] = [_told(row) for row in _rows(house, outbox, name, columns) if row["walk_id"] == walk_id]
    return found


def without_words(house: House, outbox: Outbox, walk_id: str) -> dict[str, list[dict[str, Any]]]:
    """Rows of a person's walk without their name, notes and photos; empty where there are none, or a browser walked."""
    found = rows_of_walk(house, outbox, walk_id)
    told = any(row.get(name) for rows in found.values() for row in rows for name in _WORDS)
    if not told or any(row["kind"] == "browser" for row in found["walk"]):
        return {}
    return {name: [row | dict.fromkeys(_WORDS & row.keys()) for row in rows] for name, rows in found.items()}


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}


def _rows(house: House, outbox: Outbox, name: str, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    """Rows in the facts, then those on their way; the later of the same key stands."""
    (key,) = table(name).key
    times = {column.name for column in table(name).columns if column.type == "timestamp"}
    held = outbox.held(name)  # asked first: what is loaded in between is then met twice, never lost
    kept = house.query(f"select {', '.join(columns)} from {name}").to_pylist()
    found = {row[key]: row for row in kept}
    for row in held:
        found[row[key]] = {
            column: moment_of(row.get(column)) if column in times else row.get(column) for column in columns
        }
    return list(found.values())


def same_name(name: str | None) -> str:
    """A name as names are told apart: without regard to capitals and blanks around its words."""
    return " ".join((name or "").split()).lower()


def moment_of(told: object) -> datetime | None:
    """A moment, or one as text, as the facts have it: UTC without an offset."""
    if told is None:
        return None
    moment = datetime.fromisoformat(str(told))
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
