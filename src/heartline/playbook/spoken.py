"""A playbook in words that the person with the customer can read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from heartline.errors import PlaybookError
from heartline.playbook.shape import Bound, ContactTrigger, Helped, Playbook, Standard, Trigger

_SIGNS = {
    "effort": "it was hard work", "ease": "it was easy", "disrespect": "they were treated without respect",
    "respect": "they were treated with respect", "recognition": "they are known", "unrecognised": "they are not known",
    "empathy": "somebody felt with them", "no_empathy": "nobody felt with them", "betrayal": "they were betrayed",
    "revenge": "they want to get back at us", "leaving": "they leave", "staying": "they stay",
    "recommending": "they recommend us", "attachment": "they are fond of us", "complaint": "they complain",
    "request": "they ask for something", "confusion": "they are confused",
}  # fmt: skip
_HELPED = {
    "stays": "is still a customer after {} days", "buys": "buys again within {} days",
    "refers": "brings somebody within {} days", "no_complaint": "has no complaint within {} days",
    "felt_better": "feels better in the {} days after than in those before",
}  # fmt: skip
_CHANCES = {
    "p_leaving": "of leaving", "p_silent_leaving": "of leaving without a word", "p_gone": "of having left",
    "p_betrayal": "of feeling betrayed", "p_revenge": "of an attack", "p_avoidance": "of having turned away",
    "p_alive": "of still being a customer", "next_complaint": "of a complaint",
    "next_silent_leaving": "of leaving without a word next", "next_repeat_purchase": "of buying again",
    "next_referral": "of referring somebody", "next_feeling_bad": "of a next contact that feels bad",
    "next_feeling_neutral": "of a next contact that feels neither good nor bad",
    "next_feeling_good": "of a next contact that feels good",
}  # fmt: skip
_PROMISES = {"overdue": "a promise to them is overdue", "broken": "a promise to them was broken"}


def trigger_in_words(trigger: Trigger) -> str:
    """When a play is thought of, in one sentence without its full stop."""
    parts = [_contact(trigger.contact)] if trigger.contact else []
    parts += [_condition(name, bound) for name, bound in trigger.customer.items()]
    parts += [_PROMISES[trigger.promise]] if trigger.promise else []
    return ", and ".join(parts) or "never"


def helped_in_words(helped: Helped) -> str:
    """How it is known that a play helped."""
    return f"the customer {_HELPED[helped.behaviour].format(helped.horizon_days)}"


def hours_in_words(hours: float) -> str:
    """A deadline: hours up to two days, then days."""
    if hours < 48 or hours % 24:
        return f"{hours:g} hour{'' if hours == 1 else 's'}"
    return f"{hours / 24:g} days"


def standard_in_words(standard: Standard) -> str:
    """What a touchpoint or stage is meant to feel like."""
    least = "" if standard.at_least is None else f"at least {standard.at_least:+.2f}"
    return ", ".join(part for part in (plain(standard.feeling), least) if part) or "not said"


def plain(name: str) -> str:
    """A stored name as words."""
    return name.replace("_", " ")


def builtins(playbook: Playbook) -> dict[str, Any]:
    """The playbook in Python's own types, for JSON."""
    made: dict[str, Any] = msgspec.to_builtins(playbook)
    return made


def only(playbook: Playbook, name: str) -> Playbook:
    """The parts of one name: a play, rule, principle, team, promise or stage. PlaybookError where there is none."""
    found = Playbook(
        principles=tuple(one for one in playbook.principles if one.principle == name),
        conduct=tuple(one for one in playbook.conduct if one.rule == name),
        teams=tuple(one for one in playbook.teams if one.team == name),
        expectations=tuple(one for one in playbook.expectations if one.promise == name),
        stages=tuple(one for one in playbook.stages if one.stage == name),
        plays=tuple(one for one in playbook.plays if one.play == name),
        limits=playbook.limits,
        version=playbook.version,
    )
    if not any((found.principles, found.conduct, found.teams, found.expectations, found.stages, found.plays)):
        known = ", ".join((*(one.play for one in playbook.plays), *(one.rule for one in playbook.conduct)))
        raise PlaybookError(f"nothing in the playbook is called {name[:60]}", f"name one of {known}, or none for all")
    return found


def _contact(contact: ContactTrigger) -> str:
    said = list(_said(contact))
    where = [
        _listed(names, before)
        for names, before in (
            (contact.touchpoints, "at "), (contact.stages, "in the stage "), (contact.channels, "by ")
        )
        if names
    ]  # fmt: skip
    days = "day" if contact.within_days == 1 else f"{contact.within_days} days"
    return " ".join(["a contact of the last", days, *where, ", ".join(said)]).strip()


def _said(contact: ContactTrigger) -> Iterator[str]:
    if contact.outcomes:
        yield "that " + " or ".join("failed" if one == "failed" else f"was {one}" for one in contact.outcomes)
    if contact.about:
        yield _listed(contact.about, "about ")
    if contact.signals:
        yield "in which they say " + " or ".join(_SIGNS.get(name, plain(name)) for name in contact.signals)
    if contact.emotions:
        yield _listed(contact.emotions, "with ")
    if contact.felt:
        yield f"that felt {_bound(contact.felt)}"


def _condition(name: str, bound: Bound) -> str:
    if name in _CHANCES:
        return f"a chance {_CHANCES[name]} of {_bound(bound, 100, ' %')}"
    return f"{plain(name)} {_bound(bound)}"


def _bound(bound: Bound, times: int = 1, unit: str = "") -> str:
    if bound.one_of:
        return _listed(bound.one_of, "is ")
    parts = [f"at least {times * bound.at_least:g}{unit}"] if bound.at_least is not None else []
    parts += [f"at most {times * bound.at_most:g}{unit}"] if bound.at_most is not None else []
    return " and ".join(parts)


def _listed(names: Sequence[str], before: str) -> str:
    return before + " or ".join(plain(name) for name in names)
