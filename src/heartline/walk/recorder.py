"""Walks a script with the hands it is given and records every step."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from heartline.walk.script import Script
from heartline.walk.step import Deed, Hands, Look, StepRecord, Walk
from heartline.walk.verbs import LOOKING, Step

_QUIET = {"fill": 0.04, "choose": 0.04}
"""Seconds without anything happening after which a page counts as at rest."""
Told = Callable[[StepRecord], None]


@dataclass
class _Memory:
    """What a walker remembers: what was entered on which page, pictures taken, pages looked at."""

    entered: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    presses: int = 0
    shots: list[bytes] = field(default_factory=list)
    pictured: tuple[str, str] = ("", "")
    pages: set[str] = field(default_factory=set)


def walk(script: Script, hands: Hands, told: Told | None = None) -> Walk:
    """The walk as it went. told: is given each step when it is done."""
    begun = time.monotonic()
    memory, steps = _Memory(), list[StepRecord]()
    look: Look | None = None
    ended = ""
    for number, step in enumerate(script.steps, 1):
        if number > script.stop.steps:
            ended = "steps"
        elif time.monotonic() - begun > script.stop.seconds:
            ended = "seconds"
        if ended:
            break
        record = _step(number, step, script, hands, look, memory)
        look = record.look
        steps.append(record)
        if told:
            told(record)
        if record.outcome == "astray" or (record.failed and not step.go_on):
            ended = "failed"
    if not ended:
        ended = "goal" if _reached(script, hands) else "no_goal"
    undone = tuple(range(len(steps) + 1, len(script.steps) + 1))
    seconds = round(time.monotonic() - begun, 3)
    return Walk(script, script.device, tuple(steps), ended, seconds, undone, tuple(memory.shots))  # type: ignore[arg-type]


def _step(number: int, step: Step, script: Script, hands: Hands, before: Look | None, memory: _Memory) -> StepRecord:
    begun = time.monotonic()
    patience = 0.0 if step.if_there else script.stop.patience
    late = hands.late()
    deed = _deed(step, hands, patience)
    memory.presses += step.verb in ("open", "click", "press") and deed.outcome == "done"
    idle = step.verb in LOOKING or deed.outcome != "done"
    resting = (
        0.0 if idle and step.verb != "open" else hands.rest(max(10.0, script.stop.patience), _QUIET.get(step.verb, 0.1))
    )
    late = hands.late() - late
    outcome = "left_out" if step.if_there and deed.outcome in ("absent", "hidden") else deed.outcome
    unchanged = outcome == "left_out" and before is not None
    look = before if unchanged and before is not None else hands.look()
    if script.glance and not (unchanged and before is not None):
        look = _glance(script, hands, look, memory)
    noise = hands.noise()
    if outcome == "done" and script.astray(look.address):
        outcome = "astray"
    here = (look.address, look.text)
    if not memory.shots or here != memory.pictured or outcome not in ("done", "left_out"):
        memory.shots.append(hands.shot())
        memory.pictured = here
    waiting = 0.0 if outcome == "left_out" else deed.waited + resting
    return StepRecord(
        number, step.verb, step.words, outcome, deed.clicks + len(noise.dialogs), deed.keystrokes,
        round(time.monotonic() - begun, 3), round(waiting, 3), noise, look, len(memory.shots) - 1, deed.amount,
        _repeated(step, deed, look, memory), step.go_on, deed.over, deed.keyless,
        round(min(waiting, late), 3), deed.unmarked,
    )  # fmt: skip


def _glance(script: Script, hands: Hands, look: Look, memory: _Memory) -> Look:
    """The page as it is when somebody has looked at it, where it was never before one's eyes.

    What happens meanwhile belongs to the page as well: it moved, or said something that has gone again.
    """
    page = _page(look.address)
    if page in memory.pages or script.astray(look.address):
        return look
    memory.pages.add(page)
    hands.wait(script.glance)
    hands.rest(script.stop.patience, 0.1)
    later = hands.look()
    return replace(
        later, shift=look.shift + later.shift, alerts=_both(look.alerts, later.alerts),
        notes=_both(look.notes, later.notes), covers=_both(look.covers, later.covers),
    )  # fmt: skip


def _page(address: str) -> str:
    """What tells a page from another one: path and query, and the part after # where it is a path as well."""
    whole, _, route = address.partition("#")
    return f"{whole}#{route}" if route[:1] in ("/", "!") else whole


def _both(first: tuple[str, ...], later: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *later)))


def _deed(step: Step, hands: Hands, patience: float) -> Deed:
    deeds: dict[str, Callable[[], Deed]] = {
        "open": lambda: hands.go(step.words),
        "click": lambda: hands.click(step.words, step.role, patience),
        "fill": lambda: hands.fill(step.words, step.entered(), patience),
        "choose": lambda: hands.choose(step.words, step.entered(), patience),
        "expect": lambda: hands.expect(step.words, patience),
        "expect_address": lambda: hands.arrive(step.words, patience),
        "price": lambda: hands.price(step.words, patience),
        "hover": lambda: hands.hover(step.words, step.role, patience),
        "press": lambda: hands.press(step.words),
        "scroll": lambda: hands.scroll(step.words, patience),
        "upload": lambda: hands.upload(step.words, step.entered(), patience),
        "wait": lambda: hands.wait(step.wait or 0.0),
    }
    return deeds[step.verb]()


def _repeated(step: Step, deed: Deed, look: Look, memory: _Memory) -> str:
    """The label of a field into which the same was typed before something was pressed, on this page or another.

    A code of two signs is no such thing. What still stands in its field is not typed.
    """
    if step.verb != "fill" or not deed.keystrokes:
        return ""
    value = step.entered().strip().lower()
    page = urlsplit(look.address).path
    key = (step.words.strip().lower(), value)
    first = memory.entered.setdefault(key, (page, memory.presses))
    return step.words if first != (page, memory.presses) and len(value) > 2 else ""


def _reached(script: Script, hands: Hands) -> bool:
    wanted, patience = script.success, script.stop.patience
    seen = wanted.text is None or hands.expect(wanted.text, patience).outcome == "done"
    return seen and (wanted.address is None or hands.arrive(wanted.address, patience).outcome == "done")
