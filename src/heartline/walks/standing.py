"""How walks stand: each script with its last walk, who walked how often, whether it became longer, what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from heartline.walk.guide import Guide
from heartline.walk.script import Script, period_of
from heartline.walks.past import Past, same_name
from heartline.walks.trend import Change, change

Way = tuple[str, str, str | None, str | None]
"""Script, kind, device, network."""


@dataclass(frozen=True)
class Standing:
    """One script on one device and network (a guided one: on all of them).

    script: its name, also of one whose file is gone; every: as its script says it
    last: its last walk; walks: how many there were; walkers: names of guided walkers, and how often each walked it
    change: the last walk against those before; None without any before
    due: whether it should be walked; due_since: since when, None where it is not due or was never walked
    """

    script: str
    goal: str
    kind: str
    device: str | None
    network: str | None
    every: str | None
    last: Past | None
    walks: int
    walkers: Mapping[str, int]
    change: Change | None
    due: bool
    due_since: datetime | None


def standing(scripts: Sequence[Script | Guide], walks: Sequence[Past], now: datetime) -> list[Standing]:
    """Every script, and every one that was walked and is no more; by name, then device. now: UTC, no offset."""
    ways: dict[Way, list[Past]] = {}
    for one in scripts:
        if isinstance(one, Guide):
            ways[one.walk, "guided", None, None] = []
        else:
            ways[one.walk, "browser", one.device, one.network] = []
    for walk in walks:
        guided = walk.kind == "guided"
        way = (walk.script, walk.kind, None if guided else walk.device, None if guided else walk.network)
        ways.setdefault(way, []).append(walk)
    by_name = {one.walk: one for one in scripts}
    found = [_one(way, made, by_name.get(way[0]), now) for way, made in ways.items()]
    return sorted(found, key=lambda one: (one.script, one.kind, one.device or "", one.network or ""))


def _one(way: Way, made: Sequence[Past], script: Script | Guide | None, now: datetime) -> Standing:
    name, kind, device, network = way
    last = made[-1] if made else None
    every = script.every if script is not None and _is_own_way(script, way) else None
    period = period_of(every)
    then = last.started_at + period if last is not None and period is not None else None
    due = period is not None and (then is None or then <= now)
    goal = script.goal if script is not None else last.goal if last is not None else ""
    # a walker's names are written as they were last
    names = {same_name(one.walker): one.walker for one in made if one.walker}
    count: dict[str, int] = {}
    for one in made:
        if one.walker:  # the how manieth the last one was: what is forgotten is counted, too
            count[same_name(one.walker)] = max(count.get(same_name(one.walker), 0), one.nth or 0)
    walkers = {names[key]: number for key, number in sorted(count.items())}
    return Standing(
        name, goal, kind, device, network, every, last, len(made), walkers, change(made), due, then if due else None
    )  # fmt: skip


def _is_own_way(script: Script | Guide, way: Way) -> bool:
    """Whether a schedule is for this way: a browser's is for the device and network that the script names."""
    _, kind, device, network = way
    if isinstance(script, Guide):
        return kind == "guided"
    return (kind, device, network) == ("browser", script.device, script.network)
