"""Small companies for the tests of who is who."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import pyarrow as pa

from heartline.identity.clusters import Told
from heartline.identity.gather import Gathered
from heartline.identity.resolve import Resolved, Rules, resolve
from heartline.identity.rulings import Rulings
from heartline.records.identity import Decision

START = datetime(2025, 1, 1)
Key = tuple[str, str, str]
"""Member, kind, value."""

KEY = pa.schema(
    [pa.field(name, pa.string()) for name in ("member_id", "kind", "value_hash")]
    + [pa.field("known_at", pa.timestamp("us"))]
)


def gathered(
    keys: Iterable[Key], told: Mapping[str, Told] | None = None, alone: Sequence[str] = (), days: Mapping[str, int] = {}
) -> Gathered:
    """As the facts would say it: a member is known on the day of its place in the alphabet, or as ``days`` say."""
    keys = list(keys)
    names = sorted({*(key[0] for key in keys), *alone, *(told or {})})
    since = {name: START + timedelta(days=days.get(name, at)) for at, name in enumerate(names)}
    members = pa.table(
        {"member_id": pa.array(names, pa.string()), "first_seen_at": pa.array(since.values(), pa.timestamp("us"))}
    )
    rows = [{"member_id": m, "kind": k, "value_hash": v, "known_at": since[m]} for m, k, v in keys]
    table = pa.Table.from_pylist(rows, schema=KEY)
    aliases = pa.Table.from_pylist([row for row in rows if row["kind"] == "alias"], schema=KEY)
    held = {**(told or {})}
    return Gathered(members, table, aliases, lambda ids: {one: held[one] for one in ids if one in held})


def named(name: str, birth_date: str | None = None, **cards: str) -> Told:
    """What a member told; ``cards`` by kind."""
    return Told(name or None, birth_date, {kind: frozenset([value]) for kind, value in cards.items()})


def decided(*decisions: tuple[str, Sequence[str], Sequence[str]]) -> Rulings:
    """Decisions in the order they were made: verb, left, right."""
    return Rulings(
        [Decision(verb, tuple(left), tuple(right), "Kim", decision_id=number)  # type: ignore[arg-type]
         for number, (verb, left, right) in enumerate(decisions, 1)]
    )  # fmt: skip


def groups(found: Resolved) -> set[frozenset[str]]:
    """Members that are one customer; those alone are left out."""
    who: dict[str, set[str]] = {}
    for member, customer in found.customers().items():
        who.setdefault(customer, set()).add(member)
    return {frozenset(members) for members in who.values() if len(members) > 1}


def who(
    keys: Iterable[Key], told: Mapping[str, Told] | None = None, rulings: Rulings | None = None,
    rules: Rules | None = None, pairs: pa.Table | None = None, **more: object,
) -> Resolved:  # fmt: skip
    """Resolve it."""
    return resolve(gathered(keys, told, **more), rulings or Rulings(), rules or Rules(), pairs)  # type: ignore[arg-type]
