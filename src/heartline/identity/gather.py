"""What deciding who is who needs of the facts: ids, identifiers, and of a few members their name and traits. No words.

The same SQL on every engine. Only columns of ids and times are read of the large tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from heartline.engines.base import Engine
from heartline.engines.steps import Step
from heartline.identity.clusters import Told
from heartline.identity.likeness import iso_date
from heartline.identity.names import borne_by, fills_the_field, of_household
from heartline.identity.pairs import RECORDS
from heartline.tables import Table, table

MET = ("interaction", "purchase", "survey_response")
"""Tables that tell when a member was met who is in no file of customers."""
TRAITS = {
    "birth_date": ("birth_date", "birthdate", "date_of_birth", "birthday", "dob"),
    "street": ("street", "street_address", "address", "address1"),
    "postcode": ("postcode", "postal_code", "zip", "zip_code"),
    "city": ("city", "town"),
}
"""Traits that are looked at, by the names that sources give them."""

_NAMES = ("who_key", "who_asked", *(f"who_{name}" for name in ("customer", "identity", "referral", *MET)))
_MEMBER = pa.schema([pa.field("member_id", pa.string()), pa.field("first_seen_at", pa.timestamp("us"))])
_KEY = pa.schema(
    [pa.field(name, pa.string()) for name in ("member_id", "kind", "value_hash")]
    + [pa.field("known_at", pa.timestamp("us"))]
)


@dataclass(frozen=True)
class Gathered:
    """What is known, at the moment looked from.

    members: every id of a source that stands on a fact: member_id, first_seen_at (NULL: not told)
    keys: identifiers that several members have: member_id, kind, value_hash, known_at
    aliases: identifiers of the kind alias, which name another member
    told: name, birth date and cards of some members, by their ids
    """

    members: pa.Table
    keys: pa.Table
    aliases: pa.Table
    told: Callable[[Sequence[str]], Mapping[str, Told]]


class Gathering:
    """Reads the facts of one moment on one engine; ``close`` takes away what it left there."""

    def __init__(
        self,
        engine: Engine,
        files: Callable[[str], Sequence[Path]],
        seen: Callable[[Table], str],
        kinds: Sequence[str],
        one_of: Sequence[str],
    ) -> None:
        self._engine = engine
        self._kinds, self._one_of = tuple(kinds), tuple(one_of)
        self._seen = {name: seen(table(name)) for name in ("customer", "identity", "referral", *MET)}
        for name in self._seen:
            engine.register_parquet(f"who_{name}", files(name), table(name).arrow_schema())
        listed = ", ".join(f"'{kind}'" for kind in sorted({*kinds, *one_of}))
        every = Step(
            "who_key",
            "select customer_id as member_id, kind, value_hash, min(coalesce(known_at, seen_at)) as known_at"
            f" from who_identity where {self._seen['identity']} and kind in ({listed})"
            " group by customer_id, kind, value_hash",
            keep=True,
        )
        self.steps = [(every.name, every.sql)]
        """What was asked, for `heartline explain`."""
        engine.run([every])

    def gathered(self) -> Gathered:
        """Members, the identifiers that several of them have, and a way to ask for more of some of them."""
        listed = ", ".join(f"'{kind}'" for kind in self._kinds)
        keys = self._asked(
            "who_shared",
            "with shared as (select kind, value_hash from who_key group by kind, value_hash having count(*) > 1)"
            " select k.member_id, k.kind, k.value_hash, k.known_at from who_key k"
            f" join shared s on s.kind = k.kind and s.value_hash = k.value_hash where k.kind in ({listed})",
        )
        aliases = "alias" in self._kinds
        named = self._engine.fetch(
            "select member_id, kind, value_hash, known_at from who_key where kind = 'alias'"
            f" and {'true' if aliases else 'false'}"
        )
        return Gathered(self._members(), keys.cast(_KEY), named.cast(_KEY), self.told)

    def told(self, member_ids: Sequence[str]) -> dict[str, Told]:
        """Name, birth date and cards of these members; who told nothing is left out."""
        if not member_ids:
            return {}
        self._ask(member_ids)
        cards: dict[str, dict[str, set[str]]] = {}
        if self._one_of:
            listed = ", ".join(f"'{kind}'" for kind in self._one_of)
            found = self._engine.fetch(
                "select k.member_id, k.kind, k.value_hash from who_key k join who_asked a on a.member_id = k.member_id"
                f" where k.kind in ({listed})"
            ).to_pydict()
            for member, kind, value in zip(*found.values(), strict=True):
                cards.setdefault(member, {}).setdefault(kind, set()).add(value)
        rows = self._customers("c.name, c.email, c.traits")
        births = map(iso_date, _births(rows.column("traits")))
        written = (rows.column(name).to_pylist() for name in ("member_id", "name", "email"))
        told = {
            member: _by_mailbox(email, birth) if fills_the_field(name) else Told(name, birth)
            for member, name, email, birth in zip(*written, births, strict=True)
        }
        for member, mine in cards.items():
            one = told.get(member, Told())
            told[member] = replace(one, one_of={kind: frozenset(values) for kind, values in mine.items()})
        return told

    def records(self) -> pa.Table:
        """Records of all members with a row in ``customer``, for probable linkage; see ``pairs.RECORDS``."""
        rows = self._engine.fetch(
            "select customer_id as member_id, name, email, phone, traits from who_customer"
            f" where customer_id is not null and {self._seen['customer']}"
        ).sort_by("member_id")
        traits = [_traits(given) for given in rows.column("traits").to_pylist()]
        places = {name: [_text(trait(one, name)) for one in traits] for name in ("street", "postcode", "city")}
        columns = {
            **{name: rows.column(name) for name in ("member_id", "name", "email", "phone")},
            "birth_date": [iso_date(_text(trait(one, "birth_date"))) for one in traits],
            **places,
        }
        return pa.table({name: columns[name] for name in RECORDS.names}, schema=RECORDS)

    def known_at(self, member_ids: Sequence[str]) -> dict[str, Any]:
        """When the record of each of these members was known; None where not told."""
        if not member_ids:
            return {}
        self._ask(member_ids)
        found = self._customers("coalesce(c.known_at, c.first_seen_at) as at").to_pydict()
        return dict(zip(found["member_id"], found["at"], strict=True))

    def close(self) -> None:
        """Take away what this left on the engine."""
        self._engine.forget(_NAMES)

    def _asked(self, name: str, sql: str) -> pa.Table:
        self.steps.append((name, sql))
        return self._engine.fetch(sql)

    def _ask(self, member_ids: Sequence[str]) -> None:
        self._engine.register_arrow("who_asked", pa.table({"member_id": pa.array(member_ids, pa.string())}))

    def _customers(self, columns: str) -> pa.Table:
        return self._engine.fetch(
            f"select a.member_id, {columns} from who_asked a join (select * from who_customer where"
            f" {self._seen['customer']}) c on c.customer_id = a.member_id"
        )

    def _members(self) -> pa.Table:
        nothing = "cast(null as timestamp)"
        parts = [
            f"select customer_id as member_id, {when} as told, {nothing} as met from who_{name}"
            f" where {self._seen[name]}"
            for name, when in (("customer", "first_seen_at"), ("identity", "seen_at"))
        ]
        met = [(name, "customer_id", table(name).time) for name in MET]
        met += [("referral", column, "occurred_at") for column in ("referrer_id", "referred_id")]
        parts += [
            f"select {column}, {nothing}, min({when}) from who_{name} where {self._seen[name]} group by {column}"
            for name, column, when in met
        ]
        found = self._asked(
            "who_member",
            "select member_id, coalesce(min(told), min(met)) as first_seen_at from"
            f" ({' union all '.join(parts)}) every where member_id is not null group by member_id",
        )
        return found.cast(_MEMBER)


def _by_mailbox(email: str | None, birth_date: str | None) -> Told:
    """What is known of whoever wrote no name: the mailbox may have told it."""
    whole = of_household(email)
    return Told(None, birth_date, borne=None if whole else " ".join(borne_by(email)) or None, family_mailbox=whole)


def _births(traits: pa.ChunkedArray) -> list[str | None]:
    """Birth dates in traits as they are written, without reading the rest of the JSON."""
    found: pa.ChunkedArray = pa.chunked_array([pa.nulls(len(traits), pa.string())])
    for name in TRAITS["birth_date"]:
        parts = pc.extract_regex(traits, f'(?i)"{name}" *: *"(?P<day>[^"\\\\]*)"')
        found = pc.coalesce(found, pc.struct_field(parts, "day"))
    dates: list[str | None] = found.to_pylist()
    return dates


def trait(traits: Mapping[str, Any], name: str) -> Any:
    """A trait under the first of its names that a source gave."""
    return next((traits[one] for one in TRAITS[name] if traits.get(one) not in (None, "")), None)


def _traits(given: str | None) -> dict[str, Any]:
    if not given:
        return {}
    found = msgspec.json.decode(given)
    return {str(name).casefold(): value for name, value in found.items()} if isinstance(found, dict) else {}


def _text(value: Any) -> str | None:
    return None if value is None or isinstance(value, dict | list) else str(value).strip() or None
