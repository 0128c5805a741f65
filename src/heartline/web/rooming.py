"""Opening, ending and deleting rooms, and what is done with what was promised there: a form that comes back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs

from heartline.room.debrief import Moment
from heartline.web.door import Door
from heartline.web.page import BadAddress

VERBS = {"open": 0, "end": 1, "delete": 1, "promise": 2, "follow": 3}
"""What a button may say, and of how many things: the room, the number of a promise, a list and a number in it."""
LISTS = ("open_questions", "open_objections")


@dataclass(frozen=True)
class Said:
    """A form that came back: what is to be done to which room, and the fields that were filled in."""

    token: str
    verb: str
    of: tuple[str, ...]
    given: Mapping[str, str]


def button(verb: str, *of: str) -> str:
    """The value of a button."""
    return json.dumps([verb, *of])


def read_form(body: bytes) -> Said:
    """What a form says; BadAddress for one that no page of the desk made."""
    try:
        fields = parse_qs(body.decode("utf-8"), strict_parsing=True, max_num_fields=12, encoding="utf-8")
        given = {name: values[0].strip() for name, values in fields.items()}
        verb, *of = json.loads(given["said"])
        if len(of) != VERBS.get(verb, -1) or not all(isinstance(one, str) for one in of):
            raise ValueError(verb)
    except (ValueError, KeyError, TypeError) as wrong:
        raise BadAddress("this form cannot be read", "the form of a room", "load the page again") from wrong
    return Said(given.get("token", ""), verb, tuple(of), given)


def obey(door: Door, said: Said) -> str:
    """Do what was said; gives the address to go on at. RoomError and CaseError say what cannot be done."""
    if said.verb == "open":
        hosts = [one for one in said.given.get("hosts", "").split(",") if one.strip()]
        customer = said.given.get("customer_id", "")
        if customer and not door.moves.knows(customer):
            raise BadAddress("there is no such customer", "an id of the facts, or none", "look for it under Customers")
        about = door.rooms.open(said.given.get("title", ""), hosts, door.customer_of(customer) if customer else "")
        return f"/rooms/{about.room_id}"
    room_id = said.of[0]
    if said.verb == "delete":
        door.rooms.delete(room_id)
        return "/rooms"
    kept = door.rooms.named(room_id)
    if said.verb == "end":
        kept.end(datetime.now(UTC).isoformat(timespec="seconds"))
        return f"/rooms/{room_id}"
    customer, by = kept.about.customer_id, kept.about.hosts[0]
    if not customer:
        raise BadAddress("this conversation is with no customer", "one opened for a customer", "open a case by hand")
    found = kept.debrief()
    if said.verb == "promise":
        # these words are the user's own side's, never a customer's
        door.moves.promises.add(customer, _of(found.promises, said.of[1]).quote, by)
    else:
        lists = {"open_questions": found.open_questions, "open_objections": found.open_objections}
        _of(lists.get(said.of[1], ()), said.of[2])
        what = "a question was left open" if said.of[1] == LISTS[0] else "an objection was not taken up"
        door.moves.cases.open_by_hand(customer, said.given.get("team", ""), f"{what} in a conversation", by)
    return f"/rooms/{room_id}"


def _of(moments: Sequence[Moment], number: str) -> Moment:
    if not number.isdigit() or int(number) >= len(moments):
        raise BadAddress("this is no longer in the debrief", "one of its lines", "load the page again")
    return moments[int(number)]
