"""How walks stand, as pages write it: the last walk, whether the way became longer, who walked, what is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from heartline.walk.effort import is_busy
from heartline.walks.past import Past
from heartline.walks.standing import Standing
from heartline.web.figures import Figure, explain_address, plain

ENDED = {
    "goal": "goal reached", "no_goal": "goal not reached", "failed": "a step could not be done",
    "steps": "too many steps", "seconds": "out of time", "given_up": "given up",
}  # fmt: skip
TONES = {"longer": "bad", "shorter": "good"}


@dataclass(frozen=True)
class WayLine:
    """One script on one device and network, or walked by people.

    busy: whether the walking machine was, so that the effort may be less
    cost: effort of the last walk, or its minutes; change: the last walk against those before it, in words
    walkers: names with how often each walked; first: people who walked it once
    go: address that begins a guided walk; command: what makes a browser walk it; due: why, empty where it is not
    """

    script: str
    address: str
    goal: str
    kind: str
    on: str
    last: str
    release: str
    ended: str
    reached: bool
    cost: Figure
    busy: bool
    change: str
    tone: str
    walks: int
    walkers: Sequence[tuple[str, int]]
    first: int
    go: str
    command: str
    due: str


def way_line(one: Standing) -> WayLine:
    """A standing as a page writes it."""
    last, guided = one.last, one.kind == "guided"
    return WayLine(
        one.script, script_address(one.script), one.goal, one.kind, on_what(one), f"{last.started_at:%Y-%m-%d}" if last
        else "", (last.release or "") if last else "", ENDED[last.ended] if last else "", bool(last and last.reached),
        cost(last) if last else Figure(None, "number"), bool(last and is_busy(last.effort, last.late_s)),
        one.change.words if one.change else "",
        TONES.get(one.change.verdict, "") if one.change else "", one.walks, sorted(one.walkers.items()),
        sum(times == 1 for times in one.walkers.values()),
        f"/walks/go?script={quote(one.script, safe='')}" if guided else "",
        "" if guided else f"heartline walk run {one.script}" + (f" --device {one.device}" if one.device else ""),
        _due(one),
    )  # fmt: skip


def script_address(name: str) -> str:
    """Address of a script's page."""
    return f"/walks/{quote(name, safe='')}"


def on_what(one: Standing | Past) -> str:
    """Device and network, or that people walk it."""
    if one.kind == "guided":
        return "people"
    network = "" if one.network in (None, "full") else f", {plain(one.network).replace('g', 'G')}"
    return f"{one.device or 'browser'}{network}"


def cost(walk: Past) -> Figure:
    """Effort of a browser's walk in clicks, minutes of a person's; opens its row, or all walks of people."""
    if walk.effort is not None:
        return Figure(walk.effort, "number", "clicks", explain=explain_address("walk", "effort", walk_id=walk.walk_id))
    address = explain_address("walk", "ended_at", script=walk.script)
    return Figure(walk.seconds / 60, "number", "minutes", explain=address)


def first_eyes(lines: Iterable[WayLine]) -> tuple[int, int]:
    """How many people walked anything, and how many of them walked nothing twice."""
    times: dict[str, int] = {}
    for line in lines:
        for name, count in line.walkers:
            key = " ".join(name.split()).lower()
            times[key] = max(times.get(key, 0), count)
    return len(times), sum(most == 1 for most in times.values())


def _due(one: Standing) -> str:
    if not one.due:
        return ""
    return "never walked" if one.due_since is None else f"due since {one.due_since:%Y-%m-%d}"
