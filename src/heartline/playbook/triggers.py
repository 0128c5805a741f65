"""Whether a trigger can ever be met, and whether it asks of a customer what there is."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from heartline.playbook.conditions import CONDITIONS, Condition
from heartline.playbook.faults import Fault
from heartline.playbook.places import Path, Places
from heartline.playbook.shape import Bound, ContactTrigger, Play, Playbook, Trigger

_NARROWING = ("touchpoints", "stages", "channels", "outcomes", "signals", "emotions", "about")


def triggers(playbook: Playbook, at: Places) -> Iterator[Fault]:
    """Faults ``trigger.*`` and ``reference.condition``."""
    for number, play in enumerate(playbook.plays):
        path = ("plays", number, "trigger")
        trigger = play.trigger
        if trigger == Trigger():
            yield at.fault(
                path, "trigger.empty", f"nothing triggers play {play.play}",
                "give its trigger a contact, a customer or a promise",
            )  # fmt: skip
        if trigger.contact:
            yield from _contact(trigger.contact, (*path, "contact"), play, at)
        for name, bound in trigger.customer.items():
            yield from _customer(name, bound, (*path, "customer", name), at)
    yield from _same(playbook, at)


def _contact(contact: ContactTrigger, path: Path, play: Play, at: Places) -> Iterator[Fault]:
    if contact.felt is not None:
        yield from _numbers("felt", contact.felt, -1.0, 1.0, (*path, "felt"), at)
    elif play.trigger == Trigger(contact) and not any(getattr(contact, part) for part in _NARROWING):
        yield at.warning(
            path, "trigger.everybody", f"every contact triggers play {play.play}",
            "say which: touchpoints, signals, emotions, outcomes or felt",
        )  # fmt: skip


def _customer(name: str, bound: Bound, path: Path, at: Places) -> Iterator[Fault]:
    of = CONDITIONS.get(name)
    if of is None:
        near = difflib.get_close_matches(name, CONDITIONS, 1)
        mend = f"write `{near[0]}`" if near else "`heartline playbook triggers` lists them"
        yield at.fault(path, "reference.condition", f"nothing is known of a customer under `{name}`", mend)
    elif of.kind == "number":
        yield from _numbers(name, bound, of.low, of.high, path, at)
    else:
        yield from _words(of, bound, path, at)


def _numbers(name: str, bound: Bound, low: float | None, high: float | None, path: Path, at: Places) -> Iterator[Fault]:
    """Bounds that no value can meet, that every value meets, or that are none."""
    if bound.one_of:
        yield at.fault(
            (*path, "one_of"), "trigger.kind", f"`{name}` is a number and never one of some words",
            "write at_least or at_most",
        )  # fmt: skip
        return
    least, most = bound.at_least, bound.at_most
    if least is None and most is None:
        yield at.fault(path, "trigger.unbound", f"`{name}` is given no bound", "write at_least or at_most")
        return
    if least is not None and most is not None and least > most:
        yield at.fault(
            (*path, "at_least"), "trigger.never", f"`{name}` has to be at least {least:g} and at most {most:g}: never",
            "swap them",
        )  # fmt: skip
        return
    for part, value in (("at_least", least), ("at_most", most)):
        if value is None or low is None or high is None or low <= value <= high:
            continue
        never = value > high if part == "at_least" else value < low
        said = "it never is" if never else "it always is"
        mend = f"write a number from {low:g} to {high:g}"
        if high == 1 and 1 < value <= 100:
            mend += f", such as {value / 100:g} for {value:g} %"
        yield at.fault(
            (*path, part), "trigger.range", f"`{name}` has to be {part.replace('_', ' ')} {value:g}: {said}", mend
        )


def _words(of: Condition, bound: Bound, path: Path, at: Places) -> Iterator[Fault]:
    if bound.at_least is not None or bound.at_most is not None:
        part = "at_least" if bound.at_least is not None else "at_most"
        yield at.fault(
            (*path, part), "trigger.kind", f"`{of.name}` is a word and has no size", "write one_of with a list of words"
        )
    elif not bound.one_of:
        yield at.fault(path, "trigger.unbound", f"`{of.name}` is given no words", "write one_of with a list of words")
    for place, word in enumerate(bound.one_of):
        if of.allowed and word not in of.allowed:
            yield at.fault(
                (*path, "one_of", place), "trigger.never", f"`{of.name}` is never `{word}`", _one_of(word, of.allowed)
            )


def _one_of(word: str, allowed: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, allowed, 1)
    return f"write `{near[0]}`" if near else f"write one of {', '.join(allowed)}"


def _same(playbook: Playbook, at: Places) -> Iterator[Fault]:
    """Two plays that open a case of the same team at the same moment: one of them is too much."""
    first: dict[str, Play] = {}
    for number, play in enumerate(playbook.plays):
        if not play.on:
            continue
        key = f"{play.team} {play.kind} {_plain(play.trigger)}"
        if key in first:
            yield at.warning(
                ("plays", number, "trigger"), "play.overlap",
                f"play {play.play} is triggered by the same as {first[key].play}, for the same team {play.team}",
                "put them together, or tell them apart in their triggers",
            )  # fmt: skip
        first.setdefault(key, play)


def _plain(trigger: Trigger) -> str:
    """A trigger as text that does not depend on the order of its lists."""
    contact = trigger.contact
    told = contact and (contact.within_days, contact.felt, *(sorted(getattr(contact, part)) for part in _NARROWING))
    customer = sorted((name, one.at_least, one.at_most, sorted(one.one_of)) for name, one in trigger.customer.items())
    return repr((told, customer, trigger.promise))
