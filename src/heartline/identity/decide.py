"""What people decide on who is who: checked, kept with who, when and why, and taken back as easily.

A decision counts from the next run on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from heartline.errors import IdentityError
from heartline.records import identity as kept
from heartline.records.identity import Decision
from heartline.records.store import Records
from heartline.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,80}")
MOST = 200
"""Members of one decision."""


class House(Protocol):
    """What decisions need of a workspace; ``heartline.workspace.Workspace`` is one."""

    @property
    def records(self) -> Records:
        """The records database."""

    @property
    def settings(self) -> Settings:
        """Settings of the workspace."""

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Rows of one SELECT over all tables by name, with ``$name`` parameters."""

    def customer_query(self, customer_id: str, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """The same, where tables keyed by customer hold only the bucket of that customer."""

    def customer_of(self, any_id: str) -> str:
        """The customer that an id leads to."""


@dataclass(frozen=True)
class MemberRow:
    """A member as one source knows it; ``reason``: why it is part of the customer; None: not told."""

    member_id: str
    own_id: str
    first_seen_at: datetime | None
    matched_by: str
    reason: str
    since: datetime | None


@dataclass(frozen=True)
class Known:
    """A customer and the members that it is known as, the founder first."""

    customer_id: str
    members: tuple[MemberRow, ...]


@dataclass(frozen=True)
class Doubt:
    """Two members that may be one person. probability: 0 to 1, None: found by an identifier; name: None: not told."""

    member_a: str
    member_b: str
    customer_a: str
    customer_b: str
    found_by: str
    probability: float | None
    reason: str
    name_a: str | None
    name_b: str | None


def known_as(house: House, any_id: str) -> Known:
    """Who a customer is known as, by its id, a former one, or a member's. IdentityError where nobody is."""
    _check_on(house)
    customer = house.customer_of(any_id)
    found = house.customer_query(
        customer,
        "select member_id, own_id, first_seen_at, matched_by, reason, since from member where customer_id = $id"
        " order by matched_by in ('alone', 'founder') desc, first_seen_at asc nulls last, own_id",
        {"id": customer},
    ).to_pylist()
    if not found:
        raise IdentityError(
            "nobody has this id",
            "the id of a customer, a former id of one, or a customer_id of the facts",
            "`heartline run` takes up who came since the last run; `heartline show member` lists the ids",
        )
    return Known(customer, tuple(MemberRow(**row) for row in found))


def join(house: House, members: Sequence[str], by: str, note: str = "") -> Decision:
    """All of these are one person. An id of a customer stands for all its members."""
    found = _members(house, members)
    if len(found) < 2:
        raise IdentityError("only one member was named", "at least two members", "name those that are one person")
    return _kept(house, Decision("join", tuple(found), (), by, note))


def apart(house: House, left: Sequence[str], right: Sequence[str], by: str, note: str = "") -> Decision:
    """Nobody of the one side is the same person as anybody of the other."""
    one, other = _members(house, left), _members(house, right)
    if not one or not other or set(one) & set(other):
        raise IdentityError(
            "a member stands on both sides" if one and other else "one side is empty",
            "different members on either side",
            "name the members, not the customer that they share",
        )
    return _kept(house, Decision("apart", tuple(one), tuple(other), by, note))


def split(house: House, customer: str, members: Sequence[str], by: str, note: str = "") -> Decision:
    """These members are not the same person as the others of the customer."""
    known = known_as(house, customer)
    mine = {row.member_id for row in known.members}
    leaving = _members(house, members)
    strange = [name for name in leaving if name not in mine]
    staying = [row.member_id for row in known.members if row.member_id not in leaving]
    if strange or not leaving or not staying:
        raise IdentityError(
            f"{len(strange)} of the members named are not known as this customer"
            if strange
            else "all of its members would leave the customer"
            if leaving
            else "no member was named",
            "some, not all, of the members of this customer",
            f"heartline identity show {known.customer_id}",
        )
    return _kept(house, Decision("apart", tuple(leaving), tuple(staying), by, note))


def withdraw(house: House, decision_id: int, by: str, note: str = "") -> Decision:
    """Take a decision back: from the next run on everything is as if it had not been made."""
    who, why = _checked(by, note)
    found = kept.withdraw(house.records, decision_id, who, why)
    if found is None:
        raise IdentityError(
            f"there is no decision {decision_id} that stands", "the number of one", "heartline identity list"
        )
    return found


def history(house: House, limit: int = 100) -> list[Decision]:
    """Every decision, also those taken back; newest first."""
    return kept.history(house.records, limit)


def doubtful(house: House, limit: int = 50, offset: int = 0) -> list[Doubt]:
    """Pairs in doubt that nobody has decided on, the likeliest first, with the names that their sources gave."""
    _check_on(house)
    decided = {pair for one in kept.standing(house.records) for pair in _pairs(one)}
    rows = house.query(
        "select member_a, member_b, customer_a, customer_b, found_by, probability, reason from doubtful_pair"
        " order by probability desc nulls first, member_a, member_b"
    ).to_pylist()
    open_ = [row for row in rows if frozenset((row["member_a"], row["member_b"])) not in decided]
    shown = open_[offset : offset + limit]
    names = _names(house, [row[name] for row in shown for name in ("customer_a", "customer_b")])
    return [Doubt(**row, name_a=names.get(row["customer_a"]), name_b=names.get(row["customer_b"])) for row in shown]


def _pairs(one: Decision) -> list[frozenset[str]]:
    right = one.left if one.verb == "join" else one.right
    return [frozenset((a, b)) for a in one.left for b in right if a != b]


def _names(house: House, customers: Sequence[str]) -> dict[str, str | None]:
    if not customers:
        return {}
    rows = house.query(
        "select customer_id, name from customer where customer_id in (select unnest(cast($ids as varchar[])))",
        {"ids": sorted(set(customers))},
    )
    return dict(zip(rows.column(0).to_pylist(), rows.column(1).to_pylist(), strict=True))


def _check_on(house: House) -> None:
    if house.settings.text("identity") == "given":
        raise IdentityError(
            "customers are as the sources give them",
            "the setting identity = keys or probable",
            "set it in heartline.toml, then heartline run",
        )


def _members(house: House, ids: Sequence[str]) -> list[str]:
    """Members that ids name: themselves, or all of a customer."""
    found: dict[str, None] = {}
    for one in ids:
        known = known_as(house, one)
        mine = [row.member_id for row in known.members]
        found |= dict.fromkeys([one] if one in mine else mine)
    if len(found) > MOST:
        raise IdentityError(f"{len(found):,} members in one decision", f"at most {MOST}", "decide on fewer at a time")
    return list(found)


def _checked(by: str, note: str) -> tuple[str, str]:
    who, why = by.strip(), note.strip()
    if not _NAME.fullmatch(who):
        raise IdentityError(
            "it is not said by whom" if not who else "the name of who says so is too long or has several lines",
            "a name of 1 to 80 characters",
            "say who you are (on the command line --by NAME)",
        )
    if len(why) > 300 or not why.isprintable():
        raise IdentityError("the note is too long or has several lines", "at most 300 characters", "shorten it")
    return who, why


def _kept(house: House, decision: Decision) -> Decision:
    who, why = _checked(decision.by, decision.note)
    made: dict[str, Any] = {"verb": decision.verb, "left": decision.left, "right": decision.right}
    return kept.add(house.records, Decision(**made, by=who, note=why))
