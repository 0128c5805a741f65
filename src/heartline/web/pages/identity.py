"""Identity: pairs that may be one person side by side, what was joined lately, and what people decided."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from heartline.web.door import Decision, Door, Row, rows
from heartline.web.figures import Figure, day
from heartline.web.identifying import anchor, button, left_for_later
from heartline.web.page import Page, Query, told, whole

SHOWN = 20
MERGED = 12
DECIDED = 10
MEMBERS = 8  # of one customer

PAIRS = """
select member_a, member_b, customer_a, customer_b, found_by, probability, reason from doubtful_pair
order by coalesce(probability, 0.75) desc nulls last, member_a nulls last, member_b nulls last
"""
_IDS = "(select unnest(cast($ids as varchar[])))"
KNOWN = f"""
select customer_id as member_id, name, email, phone, first_seen_at, traits, source from all_customer
where customer_id in {_IDS}
"""
HASHES = f"""
select customer_id as member_id, kind, min(value_hash) as value_hash from all_identity
where kind in ('email', 'phone') and customer_id in {_IDS} group by customer_id, kind
"""
JOINED = """
select customer_id, count(*) as members, max(since) as since from member
group by customer_id having count(*) > 1
order by max(since) desc nulls last, customer_id nulls last limit $most
"""
OF_JOINED = f"""
select customer_id, member_id, matched_by, reason, since from member where customer_id in {_IDS}
order by customer_id nulls last, since asc nulls first, member_id nulls last
"""
_NAMED = {
    "Name": ("name", "given name", "family name"), "E-mail": ("e-mail address",), "Telephone": ("telephone number",),
    "Birth date": ("birth date",), "Street": ("address",), "Postcode": ("address",), "City": ("address",),
}  # fmt: skip
"""What reasons call a line; the first where it being the same is the same line."""
COUNTS = """
select count(*) as members, count(distinct customer_id) as customers from member
"""


@dataclass(frozen=True)
class Line:
    """One thing that is known of either: what, of the one, of the other; same, other, or empty where it is neither."""

    what: str
    left: str
    right: str
    same: str


@dataclass(frozen=True)
class Why:
    """One reason: what agrees or differs, and how much it weighs.

    weight: doublings of the odds that it is one person, below 0 against it; None: not weighed
    tone: good speaks for one person, bad against, plain for neither
    """

    text: str
    weight: float | None
    tone: str


@dataclass(frozen=True)
class Pair:
    """Two members that may be one person.

    anchor: its place on the page; names: what they are called here
    sure: the probability; not known where an identifier that both have brought them here
    same, two, later: values of the buttons
    """

    anchor: str
    names: tuple[str, str]
    customers: tuple[str, str]
    found_by: str
    sure: Figure
    lines: Sequence[Line]
    reasons: Sequence[Why]
    same: str
    two: str
    later: str


@dataclass(frozen=True)
class MergedMember:
    """A member of a joined customer: its name, why it belongs, since when, and the button that splits it off."""

    member_id: str
    name: str
    matched_by: str
    reason: str
    since: datetime | None
    split: str


@dataclass(frozen=True)
class Merged:
    """A customer that was joined; more: members that are not shown."""

    customer_id: str
    since: datetime | None
    members: Sequence[MergedMember]
    more: int


@dataclass(frozen=True)
class Decided:
    """What somebody decided, when (UTC), whether it was taken back by whom, and the button that takes it back."""

    text: str
    by: str
    at: str
    note: str
    withdrawn: str
    back: str


@dataclass(frozen=True)
class IdentityContext:
    """What Identity shows."""

    setting: str = told("who is one customer: given, keys or probable, as the settings say")
    computed: bool = told("whether a run has said who is one person")
    members: int = told("ids of sources")
    customers: int = told("people that they make")
    hashed: bool = told("whether addresses and numbers are shown as hashes, since nothing else is kept")
    waiting: int = told("pairs in doubt that nobody has decided on")
    pairs: Sequence[Pair] = told("the pairs of this part, surest first, at most 20; those left for later last")
    page: int = told("which part of the pairs this is, from 1")
    parts: int = told("how many parts there are")
    later: str = told("anchors of the pairs that were left for later, joined by blanks")
    merged: Sequence[Merged] = told("customers that were joined last, at most 12")
    decided: Sequence[Decided] = told("what people decided last, at most 10")


def build(door: Door, query: Query) -> IdentityContext:
    """Pairs in doubt, joined customers and decisions."""
    setting = door.settings.text("identity")
    decisions = list(door.identity_history(1000))
    done = {pair for one in decisions if one.stands for pair in _pairs_of(one.left, one.right)}
    later = left_for_later(query)
    found = [row for row in rows(door, PAIRS) if (row["member_a"], row["member_b"]) not in done]
    last = {place: n for n, place in enumerate(later)}
    found.sort(key=lambda row: last.get(anchor(row["member_a"], row["member_b"]), -1))
    parts = max(1, -(-len(found) // SHOWN))
    page = whole(query, "page", 1, 1, parts)
    shown = found[(page - 1) * SHOWN : page * SHOWN]
    joined = rows(door, JOINED, {"most": MERGED})
    members = rows(door, OF_JOINED, {"ids": [row["customer_id"] for row in joined]}) if joined else []
    hashed = door.settings["identity_hashed"] is True
    known = _known(door, [*_members(shown), *(row["member_id"] for row in members)], hashed)
    counts = rows(door, COUNTS)[0]
    return IdentityContext(
        setting=setting,
        computed=bool(counts["members"]),
        members=counts["members"],
        customers=counts["customers"],
        hashed=hashed,
        waiting=len(found),
        pairs=[_pair(row, known) for row in shown],
        page=page,
        parts=parts,
        later=" ".join(later),
        merged=[_merged(row, [one for one in members if one["customer_id"] == row["customer_id"]], known)
                for row in joined],
        decided=[_decided(one) for one in decisions[:DECIDED]],
    )  # fmt: skip


def _members(pairs: Sequence[Row]) -> list[str]:
    return [row[side] for row in pairs for side in ("member_a", "member_b")]


def _pairs_of(left: Sequence[str], right: Sequence[str]) -> set[tuple[str, str]]:
    """Pairs of members that a decision settles: all of the left with one another, or left with right."""
    others = right or left
    return {(min(one, other), max(one, other)) for one in left for other in others if one != other}


def _known(door: Door, ids: Sequence[str], hashed: bool) -> dict[str, dict[str, str]]:
    """What is known of each member, by what people call it; hashes of addresses where only those are kept."""
    found: dict[str, dict[str, str]] = {}
    for row in rows(door, KNOWN, {"ids": list(ids)}) if ids else []:
        held = {"Name": row["name"], "E-mail": row["email"], "Telephone": row["phone"]}
        held |= _traits(row["traits"])
        held |= {"First seen": row["first_seen_at"] and day(row["first_seen_at"]), "Source": row["source"]}
        found[row["member_id"]] = {what: str(value) for what, value in held.items() if value not in (None, "")}
    if hashed and ids:
        for row in rows(door, HASHES, {"ids": list(ids)}):
            what = {"email": "E-mail", "phone": "Telephone"}[row["kind"]]
            found.setdefault(row["member_id"], {}).setdefault(what, f"hash {row['value_hash'][:10]}…")
    return found


def _traits(text: str | None) -> dict[str, Any]:
    try:
        held = json.loads(text or "{}")
    except ValueError:
        return {}
    plain = ((name, value) for name, value in held.items() if isinstance(value, str | int | float) and value != "")
    return {name.replace("_", " ").capitalize(): value for name, value in list(plain)[:10]}


def _pair(row: Row, known: Mapping[str, dict[str, str]]) -> Pair:
    one, other = str(row["member_a"]), str(row["member_b"])
    left, right = known.get(one, {}), known.get(other, {})
    order = dict.fromkeys(("Name", "E-mail", "Telephone", *left, *right))
    lines = [_line(what, left.get(what, ""), right.get(what, ""), row["reason"]) for what in order]
    return Pair(
        anchor=anchor(one, other),
        names=(left.get("Name") or one, right.get("Name") or other),
        customers=(row["customer_a"], row["customer_b"]),
        found_by=row["found_by"],
        sure=Figure(row["probability"], "share"),
        lines=[*(line for line in lines if line.left or line.right), Line("Id", one, other, "")],
        reasons=[_why(part) for part in row["reason"].split("; ")],
        same=button("same", one, other),
        two=button("two", one, other),
        later=button("later", one, other),
    )


def _line(what: str, left: str, right: str, reason: str) -> Line:
    """same and other by what the reasons say of it; two spellings of one number are the same."""
    if what in ("First seen", "Source") or not left or not right:
        return Line(what, left, right, "")
    named = _NAMED.get(what, ())
    if left.casefold() == right.casefold() or any(f"same {name} (" in reason for name in named[:1]):
        return Line(what, left, right, "same")
    return Line(what, left, right, "other" if any(f"other {name} (" in reason for name in named) else "")


def _why(part: str) -> Why:
    weighed = re.fullmatch(r"(.+) \(([+-]\d+\.\d)\)", part)
    if weighed is None:
        return Why(part, None, "plain")
    weight = float(weighed[2])
    return Why(weighed[1], weight, "good" if weight >= 0.5 else "bad" if weight <= -0.5 else "plain")


def _merged(row: Row, members: Sequence[Row], known: Mapping[str, dict[str, str]]) -> Merged:
    return Merged(
        row["customer_id"],
        row["since"],
        [
            MergedMember(
                one["member_id"],
                known.get(one["member_id"], {}).get("Name", ""),
                one["matched_by"],
                one["reason"],
                one["since"],
                button("split", one["member_id"], row["customer_id"]),
            )
            for one in members[:MEMBERS]
        ],
        max(0, len(members) - MEMBERS),
    )


def _decided(one: Decision) -> Decided:
    left, right = ", ".join(one.left[:4]), ", ".join(one.right[:4])
    text = f"{left} are one person" if one.verb == "join" else f"{left} and {right} are two people"
    back = "" if one.stands else f"taken back by {one.withdrawn_by}, {str(one.withdrawn_at)[:16].replace('T', ' ')}"
    return Decided(
        text, one.by, one.at[:16].replace("T", " "), one.note, back,
        button("back", str(one.decision_id)) if one.stands else "",
    )  # fmt: skip


PAGE = Page("identity", "/identity", "Identity", build, IdentityContext, menu="Identity")
