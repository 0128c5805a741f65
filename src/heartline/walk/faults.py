"""What is wrong on a way, by rules over its record: each fault with the step it was met in and its evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from heartline.walk.step import Look, StepRecord, Walk

FAULTS = {
    "missing_way": "what was to be pressed or filled in is not there",
    "hidden": "it stands in the page, but nobody can see it",
    "covered": "something lies over it, so that it cannot be pressed",
    "not_as_expected": "what was to be seen did not come",
    "entry_refused": "what was entered was not taken",
    "loop": "the same page came back without a word why",
    "nothing_happens": "it was pressed, and nothing happened",
    "dead_end": "no way leads on from the page",
    "forced_account": "an account is demanded, and there is no way on without",
    "repeated_entry": "the same had to be typed again",
    "price_surprise": "it costs more at the end than was shown first",
    "page_error": "a page answered with an error",
    "part_error": "a part of a page could not be loaded",
    "script_error": "a script of the page failed",
    "slow": "the step was waited for too long",
    "pop_up": "something put itself before the page",
    "layout_shift": "the page moved while it was looked at",
    "overlap": "two things to press lie on each other",
    "off_screen": "something to press lies beyond the edge of the screen",
    "no_label": "a field or button does not say what it is for",
    "contrast": "a text is too faint to be read by everybody",
}
"""Every fault there is, and what it says."""

SHIFT = 0.1
_OF_EVERY_PAGE = ("contrast", "no_label", "overlap", "off_screen")
"""What lies in the frame around all pages is told once."""
_GUEST = re.compile(r"\bguest|without (an |your )?account|ohne (kunden)?konto|\bgast\b|invit[ée]|invitado", re.I)
_ACCOUNT = re.compile(r"\b(sign|log)[ -]?(in|up)\b|account|register|anmeld|registrier|konto|connexion|sesión", re.I)
_GIVEN = re.compile(rf"passw|kennwort|mot de passe|contraseñ|{_ACCOUNT.pattern}", re.I)


@dataclass(frozen=True)
class Fault:
    """One fault. name: one of FAULTS; step, page: where it was met first; evidence: what was seen

    pages: on how many pages of the walk the same was seen
    """

    name: str
    step: int
    page: str
    evidence: str
    pages: int = 1


def faults(walk: Walk) -> list[Fault]:
    """All faults in the order of steps; what is wrong with a page is told once, not in every step on it."""
    found: dict[tuple[str, str, str], Fault] = {}
    pages: dict[tuple[str, str, str], set[str]] = {}
    for place, step in enumerate(walk.steps):
        page = urlsplit(step.look.address).path or "/"
        for name, evidence in _of(walk, place):
            key = (name, "" if name in _OF_EVERY_PAGE else page, evidence)
            found.setdefault(key, Fault(name, step.number, page, evidence))
            pages.setdefault(key, set()).add(page)
    return [replace(fault, pages=len(pages[key])) for key, fault in found.items()]


def _of(walk: Walk, place: int) -> Iterator[tuple[str, str]]:
    step = walk.steps[place]
    before = walk.steps[place - 1].look if place else None
    yield from _done(step)
    if before is not None and step.verb == "click" and step.outcome == "done":
        yield from _after_click(walk, place, before)
    yield from _answers(step)
    yield from _way_on(walk, place)
    yield from _price(walk, place)
    if step.waiting > walk.script.slow and not step.failed:
        yield "slow", f"{step.waiting:.1f} s, more than {walk.script.slow:g} s"
    for window in step.noise.windows:
        yield "pop_up", f"opened by itself: {window}"
    yield from _drawn(step.look)


def _done(step: StepRecord) -> Iterator[tuple[str, str]]:
    if step.outcome in ("hidden", "covered"):
        yield step.outcome, f"“{step.words}”"
    elif step.outcome == "refused":
        yield "entry_refused", f"“{step.words}” does not take it"
    elif step.outcome == "absent":
        looked = step.verb in ("expect", "expect_address", "price")
        yield ("not_as_expected" if looked else "missing_way"), f"no “{step.words}”"
    if step.repeated:
        yield "repeated_entry", f"“{step.repeated}” had been given before"


def _after_click(walk: Walk, place: int, before: Look) -> Iterator[tuple[str, str]]:
    """What came of pressing something, with regard to what had been typed before."""
    step = walk.steps[place]
    typed = _typed_before(walk.steps, place)
    after = step.look
    said = [text for text in after.alerts if text not in before.alerts]
    missed = place + 1 < len(walk.steps) and walk.steps[place + 1].verb in ("expect", "expect_address")
    missed = missed and walk.steps[place + 1].failed
    same = (_path(before), before.text) == (_path(after), after.text)
    if typed and (after.invalid or (said and missed)):
        yield "entry_refused", f"after {', '.join(typed)}: {' / '.join(said) or 'the field is marked as wrong'}"
    elif same and step.noise.moved and typed and not after.alerts:
        yield "loop", f"after {', '.join(typed)} the same page came back"
    elif same and before.state == after.state and not step.noise.moved and not step.noise.windows:
        yield "nothing_happens", f"“{step.words}” was pressed"


def _typed_before(steps: Sequence[StepRecord], place: int) -> list[str]:
    """Labels that were filled in since the last press."""
    typed: list[str] = []
    for one in reversed(steps[:place]):
        if one.verb in ("click", "open") and one.outcome == "done":
            break
        if one.verb in ("fill", "choose") and one.outcome == "done":
            typed.insert(0, f"“{one.words}”")
    return typed


def _answers(step: StepRecord) -> Iterator[tuple[str, str]]:
    for failure in step.noise.failures:
        said = str(failure.status) if failure.status else failure.why or "no answer"
        name = "page_error" if failure.page else "part_error"
        if failure.page and "TOO_MANY_REDIRECTS" in failure.why:
            name = "loop"
        yield name, f"{urlsplit(failure.address).path}: {said}"
    for error in step.noise.console:
        yield "script_error", error


def _way_on(walk: Walk, place: int) -> Iterator[tuple[str, str]]:
    """Whether the page leaves a way on, and whether it has one without an account."""
    step, look = walk.steps[place], walk.steps[place].look
    last = place + 1 == len(walk.script.steps)
    if not look.ways and look.text and not last:
        yield "dead_end", "nothing on the page can be pressed"
    asked = step.verb in ("click", "open") and _ACCOUNT.search(step.words)
    new = place == 0 or not walk.steps[place - 1].look.password
    guest = any(_GUEST.search(way) for way in look.ways)
    free = walk.script.account or asked or guest
    if look.password and new and not free and _gave_in(walk.steps[place + 1 :], look):
        yield "forced_account", f"“{look.title}” asks for a password"


def _gave_in(after: Sequence[StepRecord], look: Look) -> bool:
    """Whether on this page the visitor had to open an account, or came no further; a box to sign in is neither."""
    for one in after:
        if one.failed:
            return True
        if one.outcome == "done" and one.verb in ("fill", "click") and _GIVEN.search(one.words):
            return True
        if _path(one.look) != _path(look):
            return False
    return False


def _price(walk: Walk, place: int) -> Iterator[tuple[str, str]]:
    amounts = [one.amount for one in walk.steps[: place + 1] if one.amount is not None]
    now = walk.steps[place].amount
    later = any(one.amount is not None for one in walk.steps[place + 1 :])
    if now is not None and not later and now > amounts[0] + 0.005:
        yield "price_surprise", f"{amounts[0]:.2f} at first, {now:.2f} at the end"


def _drawn(look: Look) -> Iterator[tuple[str, str]]:
    for text in look.covers:
        yield "pop_up", f"over the page: {text}"
    if look.shift > SHIFT:
        yield "layout_shift", f"a shift of {look.shift:.2f}, more than {SHIFT:g}"
    for one, other in look.overlaps:
        yield "overlap", f"“{one}” and “{other}”"
    for name in look.off_screen:
        yield "off_screen", f"“{name}”"
    for name in look.unlabelled:
        yield "no_label", f"“{name}”"
    for text, ratio, wanted in look.faint:
        yield "contrast", f"“{text}”: {ratio:.1f} to 1, less than {wanted:g}"


def _path(look: Look) -> str:
    return urlsplit(look.address).path
