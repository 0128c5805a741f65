"""Caring for customers: what a form of the queue, of a card or of the advocates says when it comes back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlencode

from heartline.tables import CHANNELS, PURPOSES
from heartline.web.casework import card_address
from heartline.web.door import Door
from heartline.web.page import BadAddress

VERBS: dict[str, int] = {
    "take": 1, "note": 1, "snooze": 1, "wake": 1, "act": 1, "close": 1, "merge": 1, "reassign": 1, "open": 0,
    "asked": 2, "thanked": 2,
    "promise": 1, "kept": 2, "broken": 2, "withdrawn": 2, "consent": 3,
}  # fmt: skip
"""What a button may say, and of how many things it says so: cases, customers, promises."""
_FIELDS = 24
ASKED, THANKED = "asked for a public review, drawn by lot", "thanked for speaking for us"
"""How it is written down that somebody was asked or thanked; who was, is known by these words."""


@dataclass(frozen=True)
class Said:
    """A form that came back.

    verb, of: what is done, and to what: a case; the customer and promise; the customer, a purpose, and yes or no
    given: the fields that were filled in; address: where to go on
    """

    token: str
    verb: str
    of: tuple[str, ...]
    by: str
    given: Mapping[str, str]
    address: str

    def text(self, name: str) -> str:
        """A field without blanks at its ends; empty where it was not filled in."""
        return self.given.get(name, "").strip()

    @property
    def channel(self) -> str:
        """How somebody was reached; empty where it was not told."""
        told = self.text("channel")
        if told and told not in CHANNELS:
            raise BadAddress("there is no such way of contact", f"one of {', '.join(CHANNELS)}", "choose one of them")
        return told

    def day(self, name: str, needed: str = "") -> datetime | None:
        """A field that holds a day or a moment; BadAddress for one that does not, or that is ``needed`` and empty."""
        told = self.text(name)
        if not told:
            if needed:
                raise BadAddress(f"it is not said {needed}", "a day", "go back and fill in the day")
            return None
        try:
            return datetime.fromisoformat(told).replace(tzinfo=None)
        except ValueError as cause:
            raise BadAddress("a day cannot be read", "YYYY-MM-DD", "go back and correct the day") from cause


def anchor(case_id: str) -> str:
    """Name of a case's place on a page, made of plain letters whatever the id holds."""
    return "c" + hashlib.md5(case_id.encode(), usedforsecurity=False).hexdigest()[:10]


def button(verb: str, *of: str) -> str:
    """The value of a button."""
    return json.dumps([verb, *of], ensure_ascii=False)


def read_form(body: bytes) -> Said:
    """What a form says; BadAddress for one that no page of the desk made."""
    try:
        fields = parse_qs(body.decode("utf-8"), strict_parsing=True, max_num_fields=_FIELDS, encoding="utf-8")
        given = {name: values[0] for name, values in fields.items()}
        verb, *of = json.loads(given["said"])
        if not isinstance(verb, str) or len(of) != VERBS.get(verb, -1) or not all(isinstance(one, str) for one in of):
            raise ValueError(verb)
        if verb == "consent" and (of[1] not in PURPOSES or of[2] not in ("yes", "no")):
            raise ValueError(verb)
    except (ValueError, KeyError, TypeError) as wrong:
        raise BadAddress("this form cannot be read", "the form of a case", "load the page again") from wrong
    return Said(given.get("token", ""), verb, tuple(of), given.get("by", "").strip(), given, _address(given))


def obey(door: Door, said: Said) -> str:
    """Do what was said; gives the address to go on at. CaseError and ConsentError say what cannot be done."""
    cases, promises = door.moves.cases, door.moves.promises
    by, text = said.by, said.text("text")
    match said.verb, said.of:
        case "take", (case_id,):
            cases.take(case_id, by)
        case "note", (case_id,):
            cases.note(case_id, by, text)
        case "snooze", (case_id,):
            until = said.day("until", "until when")
            assert until is not None
            cases.snooze(case_id, until, by)
        case "wake", (case_id,):
            cases.wake(case_id, by)
        case "act", (case_id,):
            cases.act(case_id, by, text, channel=said.channel)
        case "close", (case_id,):
            cases.close(case_id, by, said.text("how"), text)
        case "merge", (case_id,):
            cases.merge(case_id, said.text("into"), by)
        case "reassign", (case_id,):
            cases.reassign(case_id, by, said.text("team") or None, said.text("owner") or None)
        case "open", ():
            customer = door.customer_of(said.text("customer_id"))
            made = cases.open_by_hand(customer, said.text("team"), said.text("reasons"), by, said.day("due_at"))
            return card_address(customer, made.case_id)
        case (("asked" | "thanked"), (customer, team)):
            _was_done(door, customer, team, ASKED if said.verb == "asked" else THANKED, said)
        case "promise", (customer,):
            promises.add(customer, said.text("says"), by, due_at=said.day("due_at"))
        case (("kept" | "broken" | "withdrawn"), (_, promise_id)):
            promises.settle(promise_id, said.verb)
        case "consent", (customer, purpose, answer):
            door.say_consent(customer, {purpose: answer == "yes"}, by)
    return said.address


def _was_done(door: Door, customer: str, team: str, what: str, said: Said) -> None:
    """Write down what was done for a customer: on the case that is open for them, else on one of its own."""
    cases, by = door.moves.cases, said.by
    open_ = [case for case in cases.of_customer(customer) if case.pending]
    if open_:
        cases.note(open_[0].case_id, by, what)
        return
    made = cases.open_by_hand(customer, team, what, by)
    cases.act(made.case_id, by, what, channel=said.channel)
    cases.close(made.case_id, by, "done")


def _address(given: Mapping[str, str]) -> str:
    """The page that the form came from, made anew out of what it says of itself: nothing else can be gone to."""
    place = f"#{given['place']}" if given.get("place", "").isalnum() else ""
    if given.get("page") == "card" and given.get("customer_id"):
        return card_address(given["customer_id"], given.get("case", "")) + place
    if given.get("page") == "advocates":
        return "/advocates" + place
    kept = {name: given[name] for name in ("of_team", "of_owner", "of_status") if given.get(name)}
    return "/cases" + ("?" + urlencode({name[3:]: value for name, value in kept.items()}) if kept else "") + place
