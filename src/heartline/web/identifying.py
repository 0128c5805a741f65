"""Deciding who is one person: what a form of the page says when it comes back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, urlencode

from heartline.web.door import Door
from heartline.web.page import BadAddress

Verb = Literal["same", "two", "later", "split", "back"]
VERBS: tuple[Verb, ...] = ("same", "two", "later", "split", "back")
_FIELDS = 20
_LATER = 60


@dataclass(frozen=True)
class Said:
    """A form that came back.

    verb: same or two of a pair of members; later: leave it; split: take a member out of a customer; back: take a
    decision back
    of: the two members; of split the member and the customer; of back the number of the decision
    address: where to go on
    """

    token: str
    verb: Verb
    of: tuple[str, ...]
    by: str
    note: str
    address: str


def anchor(one: str, other: str) -> str:
    """Name of a pair's place on the page, made of plain letters whatever the ids hold."""
    return "p" + hashlib.md5(f"{one}\n{other}".encode(), usedforsecurity=False).hexdigest()[:10]


def button(verb: Verb, *of: str) -> str:
    """The value of a button."""
    return json.dumps([verb, *of], ensure_ascii=False)


def read_form(body: bytes) -> Said:
    """What a form says; BadAddress for one that no page of the desk made."""
    try:
        fields = parse_qs(body.decode("utf-8"), strict_parsing=True, max_num_fields=_FIELDS, encoding="utf-8")
        given = {name: values[0] for name, values in fields.items()}
        verb, *of = json.loads(given["said"])
        if verb not in VERBS or len(of) != (1 if verb == "back" else 2) or not all(isinstance(one, str) for one in of):
            raise ValueError(verb)
        if verb == "back":
            int(of[0])
    except (ValueError, KeyError, TypeError) as cause:
        raise BadAddress("this form cannot be read", "the form of a pair", "load the page again") from cause
    return Said(
        given.get("token", ""), verb, tuple(of), given.get("by", ""), given.get("note", ""), _address(verb, of, given)
    )


def obey(door: Door, said: Said) -> None:
    """Keep what was decided; IdentityError says what is wrong with it."""
    if said.verb == "same":
        door.decide_join(said.of, said.by, said.note)
    elif said.verb == "two":
        door.decide_apart(said.of[:1], said.of[1:], said.by, said.note)
    elif said.verb == "split":
        door.decide_split(said.of[1], said.of[:1], said.by, said.note)
    elif said.verb == "back":
        door.decide_withdraw(int(said.of[0]), said.by, said.note)


def left_for_later(query: Mapping[str, str]) -> list[str]:
    """Anchors of the pairs that the reader left for later, in this address only."""
    return [one for one in query.get("later", "").split()[-_LATER:] if one.isalnum()]


def _address(verb: Verb, of: list[str], given: Mapping[str, str]) -> str:
    later = left_for_later(given)
    if verb == "later":
        later = [*later, anchor(*of)]
    pairs = [("later", " ".join(later))] if later else []
    if given.get("page", "").isdigit() and given["page"] != "1":
        pairs.append(("page", given["page"]))
    place = "#merged" if verb == "split" else "#decided" if verb == "back" else "#pairs"
    return f"/identity{'?' + urlencode(pairs) if pairs else ''}{place}"
