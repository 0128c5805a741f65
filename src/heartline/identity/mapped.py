"""Facts of persons out of facts of members: the same tables, whose customer is the person.

Nothing on disk changes; a table ``member`` that says otherwise gives other facts. Expects the facts as the sources gave
them under ``all_<table>``, and ``member`` (heartline.tables.people) beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.identity.ids import own_id_sql
from heartline.tables import TABLES, Table, table

ALL = "all_"
_SQL_TYPES = {"string": "string", "timestamp": "timestamp", "json": "string", "bool": "boolean"}
_NEWEST = "newest, member_id"


def mapped_tables() -> tuple[Table, ...]:
    """Tables of facts that are about customers."""
    return tuple(of for of in TABLES.values() if of.kind == "fact" and of.customer)


def mapped_steps(
    f: Functions, seen: Callable[[Table], str], names: Sequence[str] | None = None, whole: bool = True
) -> list[Step]:
    """A step for each table of facts about customers, called like the table, or for the named ones.

    seen: SQL condition that keeps the rows that may be seen
    whole: all tables are there, so that refusals are shown only of customers who are seen in one of them
    """
    steps: list[Step] = []
    for of in mapped_tables():
        if of.name == "customer" or (names is not None and of.name not in names):
            continue
        special = {"identity": _identity, "referral": _referral}.get(of.name, _plain)
        steps.append(Step(of.name, special(of, seen(of))))
    if names is None or "customer" in names:
        steps += _customers(f, seen(table("customer")), whole and names is None)
    return steps


def _person(member: str, of: str = "m") -> str:
    return f"coalesce({of}.customer_id, {own_id_sql(member)})"


def _plain(of: Table, seen: str) -> str:
    columns = ", ".join(
        f"{_person('t.customer_id')} as customer_id" if name == of.customer else f"t.{name}" for name in of.names
    )
    return (
        f"select {columns} from (select * from {ALL}{of.name} where {seen}) t"
        " left join member m on m.member_id = t.customer_id"
    )


def _identity(of: Table, seen: str) -> str:
    """An identifier that several members of a person have is one row, the earliest."""
    listed = ", ".join(of.names)
    return (
        f"select {listed} from ({_plain(of, seen).replace('select ', 'select t.customer_id as member_id, ', 1)}) every"
        " qualify row_number() over (partition by kind, value_hash, customer_id order by seen_at asc nulls last,"
        " member_id asc nulls last) = 1"
    )


def _referral(of: Table, seen: str) -> str:
    """Who brought whom, once a pair; nobody brings themselves."""
    told = ", ".join(f"t.{name}" for name in of.names if name not in ("referrer_id", "referred_id"))
    return (
        f"select {', '.join(of.names)} from (select {_person('t.referrer_id', 'a')} as referrer_id,"
        f" {_person('t.referred_id', 'b')} as referred_id, t.referrer_id as from_member_id,"
        f" t.referred_id as to_member_id, {told}"
        f" from (select * from {ALL}referral where {seen}) t left join member a on a.member_id = t.referrer_id"
        " left join member b on b.member_id = t.referred_id) every where referrer_id <> referred_id"
        " qualify row_number() over (partition by referrer_id, referred_id order by converted desc nulls last,"
        " occurred_at asc nulls last, from_member_id asc nulls last, to_member_id asc nulls last) = 1"
    )


def _customers(f: Functions, seen: str, whole: bool) -> list[Step]:
    of = table("customer")
    told = ", ".join(f"t.{name}" for name in of.names if name != "customer_id")
    nothing = ", ".join(
        name
        if name in ("consent_emotion", "objections")
        else f"cast(null as {_SQL_TYPES[of.column(name).type]}) as {name}"
        for name in of.names
        if name != "customer_id"
    )
    rows = ", ".join(name for name in of.names if name != "customer_id")
    start = f.timestamp("0001-01-01T00:00:00")
    return [
        Step(
            "customer_told",
            f"select {_person('t.customer_id')} as customer_id, t.customer_id as member_id,"
            f" coalesce(t.known_at, t.first_seen_at, {start}) as newest, {told}"
            f" from (select * from {ALL}customer where {seen}) t left join member m on m.member_id = t.customer_id",
        ),
        Step("customer_refused", _refused(whole)),
        Step(
            "customer_every",
            f"select customer_id, member_id, newest, {rows} from customer_told union all"
            f" select customer_id, '' as member_id, {start} as newest, {nothing} from customer_refused",
        ),
        Step(
            "customer_word",
            f"select customer_id, {f.explode_words('words')} as word from (select customer_id,"
            " replace(replace(replace(objections, ',', ' '), ';', ' '), '|', ' ') as words from customer_every"
            " where objections is not null) said",
        ),
        Step(
            "customer_objection",
            f"select customer_id, {f.join_ordered('word', 'word', ' ')} as objections from"
            " (select distinct customer_id, word from customer_word where word <> '') each group by customer_id",
        ),
        Step("customer", _one_row(f, of)),
    ]


def _refused(whole: bool) -> str:
    """What any member refuses by all that is known today, also before they were known to be this person."""
    found = (
        "select distinct m.customer_id, case when r.consent_emotion = false then false end as consent_emotion,"
        f" r.objections from (select customer_id, consent_emotion, objections from {ALL}customer"
        " where consent_emotion = false or objections is not null) r"
        " join member t on t.member_id = r.customer_id join member m on m.customer_today = t.customer_today"
    )
    if not whole:
        return found
    facts = [of for of in mapped_tables() if of.name not in ("customer", "identity")]
    seen = " union ".join(
        [
            "select customer_id from customer_told",
            *(f"select {of.customer} as customer_id from {of.name}" for of in facts),
        ]
    )
    return f"select r.* from ({found}) r join ({seen}) s on s.customer_id = r.customer_id"


def _one_row(f: Functions, of: Table) -> str:
    """One row a person: known since the earliest, called as the newest said, refusing what any of them refused."""
    newest = {
        name: f"{f.last_by(name, _NEWEST)} filter (where {name} is not null)" for name in ("name", "email", "phone")
    }
    origin = {name: f"{f.last_by(name, _NEWEST)} filter (where member_id <> '')" for name in ("source", "load_id")}
    consent = "min(case when consent_emotion then 1 when not consent_emotion then 0 end)"
    order = "cast(newest as string) || ' ' || member_id"
    made = {
        "first_seen_at": "min(first_seen_at)",
        **newest,
        "consent_emotion": f"case {consent} when 0 then false when 1 then true end",
        "consents": f.merged_json("consents", order),
        "traits": f.merged_json("traits", order),
        **origin,
        "known_at": "min(known_at)",
    }
    listed = ", ".join(f"{sql} as {name}" for name, sql in made.items())
    columns = ", ".join("o.objections" if name == "objections" else f"g.{name}" for name in of.names)
    return (
        f"select {columns} from (select customer_id, {listed} from customer_every group by customer_id) g"
        " left join customer_objection o on o.customer_id = g.customer_id"
    )
