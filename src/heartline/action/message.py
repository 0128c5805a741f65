"""What a notice says: as data for programs, as words for people. Only words of the house stand in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from heartline.records.notices import Notice

Naming = Callable[[str], str | None]
"""The name of a customer, for receivers that are to be told it; None where none is known or it may not be told."""

TITLES = {
    "case.opened": "New case",
    "case.due": "Case is due",
    "case.escalated": "Case is overdue and comes to you",
    "case.acted": "Somebody acted on a case",
    "case.closed": "Case closed",
    "promise.due": "A promise is due",
    "brief": "Brief",
    "walk.longer": "A way has become longer",
    "walk.due": "A walk is due",
    "test": "Test: notices arrive here",
}
"""What people read above a notice."""
_FACTS = (
    ("case_id", "Case"), ("play", "Play"), ("play_id", "Play"), ("promise_id", "Promise"), ("team", "Team"),
    ("to_team", "Told to"), ("owner", "Owner"), ("priority", "Priority"), ("due_at", "Due"), ("closed_how", "Ended"),
    ("touchpoint", "Touchpoint"), ("stage", "Stage"), ("period", "Period"), ("as_of", "As of"),
)  # fmt: skip


@dataclass(frozen=True)
class Message:
    """A notice in words.

    title: one line; who: customer, by name where that is told, else by id; reasons: why, most telling first
    facts: (what, value); link: address of its card on the desk
    """

    title: str
    who: str
    reasons: Sequence[str]
    facts: Sequence[tuple[str, str]]
    link: str


def data(notice: Notice, desk: str, name: str | None) -> dict[str, Any]:
    """What a program is sent: ``{"type", "timestamp", "data"}``, as Standard Webhooks advises; the same at every try
    as long as the customer's name is."""
    body = {key: value for key, value in notice.body.items() if key not in ("path", "files")}
    told = {"name": name} if name else {}
    return {
        "type": notice.topic, "timestamp": notice.made_at, "data": {**body, **told, "link": link(notice.body, desk)}
    }  # fmt: skip


def message(notice: Notice, desk: str, name: str | None) -> Message:
    """A notice in words."""
    body = notice.body
    customer = str(body.get("customer_id") or "")
    facts: dict[str, str] = {}
    for key, what in _FACTS:
        if body.get(key) not in (None, ""):
            facts.setdefault(what, _shown(body[key]))
    title = str(body.get("title") or TITLES[notice.topic])
    return Message(
        one_line(f"{title}: {facts['Case']}" if "Case" in facts and not body.get("title") else title),
        one_line(f"{name} ({customer})" if name and customer else customer),
        [one_line(one) for one in _lines(body)],
        [(what, one_line(value)) for what, value in facts.items() if what != "Case" or body.get("title")],
        link(body, desk),
    )


def link(body: Mapping[str, Any], desk: str) -> str:
    """Where the desk shows it: ``path`` where that is told, else the card of the case, else the customer."""
    told, case, customer = (body.get(name) for name in ("path", "case_id", "customer_id"))
    if told:
        return address(desk, *str(told).split("/"))
    if case:
        return address(desk, "case", str(case))
    return address(desk, "customers", str(customer)) if customer else address(desk)


def address(desk: str, *parts: str) -> str:
    """An address on the desk; what stands in a part cannot lead elsewhere."""
    return "/".join([desk.rstrip("/"), *(quote(part, safe="") for part in parts if part)]) + ("" if parts else "/")


def one_line(text: str) -> str:
    """Text without control characters and line ends, blanks taken together."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _lines(body: Mapping[str, Any]) -> list[str]:
    reasons = body.get("reasons") or body.get("lines") or ()
    return [one for one in reasons.split("; ") if one] if isinstance(reasons, str) else [str(one) for one in reasons]


def _shown(value: object) -> str:
    text = str(value)
    is_time = len(text) >= 16 and text[4:5] == "-" and text[10:11] == "T"
    return f"{text[:10]} {text[11:16]} UTC" if is_time else text
