"""Deciding on causes of drop-off: what a form of the page says when it comes back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs

from heartline.web.door import Door
from heartline.web.page import BadAddress

Verb = Literal["accept", "reject", "open", "fixed"]
STATUS: dict[str, str] = {"accept": "accepted", "reject": "rejected", "open": "open", "fixed": "accepted"}
_FIELDS = 20


@dataclass(frozen=True)
class Said:
    """A form that came back.

    of: funnel, step and cause; fixed_at, channel: of the verb fixed, else empty
    address: where to go on
    """

    token: str
    verb: str
    of: tuple[str, str, str]
    by: str
    note: str
    fixed_at: str
    channel: str
    address: str


def anchor(funnel: str, step: str, cause: str) -> str:
    """Name of a cause's place on the page, made of plain letters whatever the names hold."""
    return "h" + hashlib.md5(f"{funnel}\n{step}\n{cause}".encode(), usedforsecurity=False).hexdigest()[:10]


def button(verb: Verb, funnel: str, step: str, cause: str) -> str:
    """The value of a button."""
    return json.dumps([verb, funnel, step, cause], ensure_ascii=False)


def read_form(body: bytes) -> Said:
    """What a form says; BadAddress for one that no page of the desk made."""
    try:
        fields = parse_qs(body.decode("utf-8"), strict_parsing=True, max_num_fields=_FIELDS, encoding="utf-8")
        given = {name: values[0] for name, values in fields.items()}
        verb, funnel, step, cause = json.loads(given["said"])
        if verb not in STATUS or not all(isinstance(one, str) for one in (funnel, step, cause)):
            raise ValueError(verb)
    except (ValueError, KeyError, TypeError) as wrong:
        raise BadAddress("this form cannot be read", "the form of a cause", "load the page again") from wrong
    fixed = verb == "fixed"
    if fixed and not given.get("fixed_at"):
        raise BadAddress("it is not said since when", "the day of the fix", "go back and fill in the day")
    return Said(
        given.get("token", ""), verb, (funnel, step, cause), given.get("by", ""), given.get("note", ""),
        given.get("fixed_at", "") if fixed else "", given.get("channel", "") if fixed else "",
        f"/drop-offs#{anchor(funnel, step, cause)}",
    )  # fmt: skip


def obey(door: Door, said: Said) -> None:
    """Keep what was decided; HypothesisError says what is wrong with it."""
    door.decide_hypothesis(*said.of, STATUS[said.verb], said.by, said.note, said.fixed_at, said.channel)
