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
    """Two plays of one team of which one is triggered wherever the other is: one of them is too much."""
    plays = [(number, one) for number, one in enumerate(playbook.plays) if one.on and one.trigger != Trigger()]
    for place, (number, narrow) in enumerate(plays):
        for other, (_, wide) in enumerate(plays):
            if other == place or (narrow.team, narrow.kind) != (wide.team, wide.kind):
                continue
            if not _covers(wide.trigger, narrow.trigger):
                continue
            both = _covers(narrow.trigger, wide.trigger)
            if both and other > place:
                continue
            how = "is triggered by the same as" if both else "is triggered only where that happens which triggers"
            yield at.warning(
                ("plays", number, "trigger"), "play.overlap",
                f"play {narrow.play} {how} {wide.play}, for the same team {wide.team}",
                "put them together, or tell them apart in their triggers",
            )  # fmt: skip
            break


def _covers(wide: Trigger, narrow: Trigger) -> bool:
    """Whether everything that meets the one trigger meets the other too."""
    if wide.promise and wide.promise != narrow.promise:
        return False
    if wide.contact and not (narrow.contact and _covers_contact(wide.contact, narrow.contact)):
        return False
    return all(
        name in narrow.customer and _within(narrow.customer[name], bound) for name, bound in wide.customer.items()
    )


def _covers_contact(wide: ContactTrigger, narrow: ContactTrigger) -> bool:
    if narrow.within_days > wide.within_days:
        return False
    for part in _NARROWING:
        allowed, asked = set(getattr(wide, part)), set(getattr(narrow, part))
        if allowed and not (asked and asked <= allowed):
            return False
    return wide.felt is None or (narrow.felt is not None and _within(narrow.felt, wide.felt))


def _within(narrow: Bound, wide: Bound) -> bool:
    if wide.at_least is not None and (narrow.at_least is None or narrow.at_least < wide.at_least):
        return False
    if wide.at_most is not None and (narrow.at_most is None or narrow.at_most > wide.at_most):
        return False
    return not wide.one_of or (bool(narrow.one_of) and set(narrow.one_of) <= set(wide.one_of))
