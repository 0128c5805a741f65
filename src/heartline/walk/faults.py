"""What is wrong on a way, by rules over its record: each fault with the step it was met in and its evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from urllib.parse import urlsplit

from heartline.walk.money import amount_in
from heartline.walk.step import Look, Noise, StepRecord, Walk

FAULTS = {
    "missing_way": "what was to be pressed or filled in is not there",
    "astray": "the way leads through an address that the script avoids",
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
    "preselected": "what costs extra, or advertising, was chosen beforehand",
    "pop_up": "something put itself before the page",
    "layout_shift": "the page moved while it was looked at",
    "overlap": "two things to press lie on each other",
    "off_screen": "something lies beyond the edge of the screen",
    "no_label": "a field, button or frame does not say what it is for",
    "contrast": "a text is too faint to be read by everybody",
    "small_target": "something to press is too small for a finger, and too near to something else",
    "no_zoom": "the page cannot be made larger with two fingers",
    "wrong_keyboard": "the keyboard that comes up does not fit what is asked for",
    "no_autofill": "the browser is kept from filling in what it knows",
    "loose_error": "a field is marked as wrong, and nothing tied to it says why",
    "mouse_only": "what was pressed cannot be reached by keyboard",
    "focus_unseen": "nothing shows that the keyboard has come to what was pressed",
    "certificate": "the browser does not trust the certificate of the site",
}
"""Every fault there is, and what it says."""

SHIFT = 0.1
MOVES = 8
"""Pages that load one after the other in one step, without anybody's doing."""
_OF_EVERY_PAGE = ("contrast", "no_label", "overlap", "off_screen", "small_target", "no_zoom", "pop_up")
"""What lies in the frame around all pages is told once."""
_GUEST = re.compile(r"\bguest|without (an |your )?account|ohne (kunden)?konto|\bgast\b|invit[ée]|invitado", re.I)
_ACCOUNT = re.compile(r"\b(sign|log)[ -]?(in|up)\b|account|register|anmeld|registrier|konto|connexion|sesión", re.I)
_CONSENT = re.compile(r"\bcookies?\b|\bconsent\b|einwillig|consentement|consentimiento", re.I)
"""Asked because the law asks for it; what it costs stands in the effort."""
_EXPIRED = re.compile(r"\b(expired?|timed out|abgelaufen|expir[éa]\w*|caducad\w*)\b", re.I)
_UNASKED = re.compile(
    r"newsletter|\boffers\b|marketing|angebote\b|werbung|\boffres\b|publicit|\bofertas\b|\bpromo", re.I
)
_TO_THE_GOOD = re.compile(
    r"\bsave\b|\bcredit\b|voucher|discount|gutschein|guthaben|rabatt|sparen|remise|\bavoir\b|descuento|\bsaldo\b", re.I
)
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
    told = [replace(fault, pages=len(pages[key])) for key, fault in found.items()]
    if walk.ended == "no_goal" and walk.steps:
        last, wanted = walk.steps[-1], walk.script.success
        missed = " at ".join(f"“{one}”" for one in (wanted.text, wanted.address) if one)
        told.append(Fault("not_as_expected", last.number, _path(last.look) or "/", f"at the end, no {missed}"))
    return told


def waits_unjudged(walk: Walk) -> list[int]:
    """Numbers of steps that were waited for too long, perhaps only because the walking machine was behind itself."""
    slow = walk.script.slow
    return [one.number for one in walk.steps if not one.failed and one.waiting > slow >= one.waiting - one.late]


def _of(walk: Walk, place: int) -> Iterator[tuple[str, str]]:
    step = walk.steps[place]
    before = walk.steps[place - 1].look if place else None
    if step.outcome == "astray":  # what is there is not the site's page
        yield "astray", f"“{step.words}”"
        return
    yield from _done(step)
    if before is not None and step.verb == "click" and step.outcome == "done":
        yield from _after_click(walk, place, before)
    yield from _answers(step)
    yield from _way_on(walk, place)
    yield from _price(walk, place)
    yield from _preselected(walk, place)
    if step.waiting - step.late > walk.script.slow and not step.failed:
        yield "slow", f"{step.waiting:.1f} s, more than {walk.script.slow:g} s"
    for window in step.noise.windows:
        yield "pop_up", f"opened by itself: {window}"
    if step.over and step.outcome == "done" and not (before and before.covers):
        yield "pop_up", f"over “{step.words}”, to be put away first: {step.over}"
    for text in step.look.covers:
        if not _CONSENT.search(text) and not _asked_for(walk, text):
            yield "pop_up", f"over the page: {text}"
    if not step.look.address.startswith("chrome-error:"):  # the browser's own words, where no page came
        yield from _drawn(step.look)


def _done(step: StepRecord) -> Iterator[tuple[str, str]]:
    if step.outcome in ("hidden", "covered"):
        yield step.outcome, f"“{step.words}”" + (f" under “{step.over}”" if step.over else "")
    elif step.outcome == "refused":
        yield "entry_refused", f"“{step.words}” does not take it"
    elif step.outcome == "absent":
        looked = step.verb in ("expect", "expect_address", "price")
        yield ("not_as_expected" if looked else "missing_way"), f"no “{step.words}”"
    if step.keyless and step.outcome == "done":
        yield "mouse_only", f"“{step.words}”"
    if step.unmarked and step.outcome == "done":
        yield "focus_unseen", f"“{step.words}”"
    if step.repeated:
        yield "repeated_entry", f"“{step.repeated}” had been given before"


def _after_click(walk: Walk, place: int, before: Look) -> Iterator[tuple[str, str]]:
    """What came of pressing something, with regard to what had been typed before."""
    step = walk.steps[place]
    typed = _typed_before(walk.steps, place)
    after = step.look
    said = [*(text for text in after.alerts if text not in before.alerts), *step.noise.dialogs]
    missed = place + 1 < len(walk.steps) and walk.steps[place + 1].verb in ("expect", "expect_address")
    missed = missed and walk.steps[place + 1].failed
    if missed and not said:  # said by the way, and it matters
        said = [text for text in after.notes if text not in before.notes]
    same = (_path(before), before.text) == (_path(after), after.text)
    if typed and missed and after.password and any(map(_EXPIRED.search, said)):
        yield "loop", f"after {', '.join(typed)} to be given again: {' / '.join(said)}"
    elif typed and (after.invalid or (said and missed)):
        yield "entry_refused", f"after {', '.join(typed)}: {' / '.join(said) or 'the field is marked as wrong'}"
    elif said and (again := _typed_again(walk.steps, place)):
        yield "entry_refused", f"after {', '.join(again)}: {' / '.join(said)}"
    elif same and typed and (step.noise.moved or _emptied(walk.steps, place)) and not said and not after.alerts:
        yield "loop", f"after {', '.join(typed)} the same page came back"
    elif same and step.clicks and before.state == after.state and not _stirred(step.noise):
        yield "nothing_happens", f"“{step.words}” was pressed"


def _typed_again(steps: Sequence[StepRecord], place: int) -> list[str]:
    """Labels typed into on this page before the press and after it; empty if it was not pressed again thereafter."""
    here, before, after = _path(steps[place].look), set[str](), list[str]()
    for one in takewhile(lambda one: _path(one.look) == here, reversed(steps[:place])):
        before |= {one.words} if one.verb == "fill" and one.outcome == "done" else set()
    for earlier, one in pairwise(steps[place:]):
        if _path(earlier.look) != here:
            break
        if one.verb == "fill" and one.keystrokes and one.words in before:
            after.append(f"“{one.words}”")
        if one.verb == "click" and one.outcome == "done":
            return after if one.words == steps[place].words else []
    return []


def _emptied(steps: Sequence[StepRecord], place: int) -> bool:
    """Whether what was typed since the last press is gone again, as if the page were new."""
    first = place
    while first and steps[first - 1].verb not in ("click", "open"):
        first -= 1
    now = steps[place].look.state
    return bool(first) and now == steps[first - 1].look.state != steps[place - 1].look.state


def _stirred(noise: Noise) -> bool:
    """Whether something came of it that is not to be seen on the page."""
    return bool(noise.moved or noise.windows or noise.dialogs or noise.downloads or noise.tabs)


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
        if failure.page and "ERR_CERT" in failure.why:
            name = "certificate"
        yield name, f"{urlsplit(failure.address).path}: {said}"
    if step.noise.moved > MOVES:
        yield "loop", f"the page loaded itself or others {step.noise.moved} times, one after the other"
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


def _preselected(walk: Walk, place: int) -> Iterator[tuple[str, str]]:
    """What a new page has ticked by itself, where it costs or is advertising and nobody had pressed it."""
    step, before = walk.steps[place], walk.steps[place - 1].look if place else None
    if before is not None and _path(before) == _path(step.look) and not step.noise.moved:
        return
    pressed = [one.words.casefold() for one in walk.steps[: place + 1] if one.verb in ("click", "choose", "price")]
    for said in step.look.ticked:
        amount = None if _TO_THE_GOOD.search(said) else amount_in(said)
        if (amount or _UNASKED.search(said)) and not any(words in said.casefold() for words in pressed):
            yield "preselected", f"“{said[:80]}”"


def _asked_for(walk: Walk, layer: str) -> bool:
    """Whether a press brought this layer up, and not the page by itself."""
    first = next(place for place, step in enumerate(walk.steps) if layer in step.look.covers)
    step = walk.steps[first]
    pressed = step.verb in ("click", "hover", "press") and step.outcome == "done"
    return pressed and first > 0 and not _other_page(walk.steps[first - 1].look, step)


def _other_page(before: Look, step: StepRecord) -> bool:
    """Whether the step came to another page; one with another query and the same title may be the same."""
    if _path(before) != _path(step.look):
        return True
    queries = {urlsplit(one.address).query for one in (before, step.look)}
    return bool(step.noise.moved) and len(queries) > 1 and before.title != step.look.title


def _drawn(look: Look) -> Iterator[tuple[str, str]]:
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
    for name, width, height, near in look.small:
        yield "small_target", f"“{name}”: {width} by {height} px, beside “{near}”"
    if look.no_zoom:
        yield "no_zoom", look.no_zoom
    for name, kind in look.keyboard:
        yield "wrong_keyboard", f"“{name}” is no field of the kind {kind}"
    for name, told in look.autofill:
        yield "no_autofill", f"“{name}” says autocomplete={told}"
    for name in look.untied:
        yield "loose_error", f"“{name}”"


def _path(look: Look) -> str:
    return urlsplit(look.address).path
