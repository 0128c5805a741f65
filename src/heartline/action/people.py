"""Which customer an id leads to, for many at once: cases and promises follow a person whom a merge gave another id."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TypeVar

from heartline.action.house import House
from heartline.errors import CaseError
from heartline.records.cases import Case
from heartline.records.promises import Promise

Theirs = TypeVar("Theirs", Case, Promise)

_LEADS = """
select id, arg_min(customer_id, by_what) as customer_id from (
    select a.id, m.customer_id, 0 as by_what from (select unnest(cast($ids as varchar[])) as id) a
    join member m on m.customer_id = a.id
    union all
    select a.id, m.customer_id, 1 as by_what from (select unnest(cast($ids as varchar[])) as id) a
    join member m on m.own_id = a.id
    union all
    select a.id, m.customer_id, 2 as by_what from (select unnest(cast($ids as varchar[])) as id) a
    join member m on m.member_id = a.id
) each group by id
"""


def customers_of(house: House, ids: Collection[str]) -> dict[str, str]:
    """The customer that each id leads to; the id itself where it is nobody else's."""
    own = {one: one for one in ids}
    if not own or house.settings.text("identity") == "given":
        return own
    found = house.query(_LEADS, {"ids": sorted(own)})
    return own | dict(zip(found.column("id").to_pylist(), found.column("customer_id").to_pylist(), strict=True))


def ids_of(house: House, customer_id: str) -> list[str]:
    """Every id under which something may have been kept for the customer that an id leads to; theirs comes first."""
    customer = house.customer_of(customer_id)
    if house.settings.text("identity") == "given":
        return [customer]
    members = house.customer_query(
        customer, "select own_id, member_id from member where customer_id = $id", {"id": customer}
    )
    others = {one for column in members.columns for one in column.to_pylist()} - {customer}
    return [customer, *sorted(others)]


def of_today(house: House, kept: Iterable[Theirs]) -> list[Theirs]:
    """Cases or promises with the customers that they belong to by what is known today."""
    some = list(kept)
    leads = customers_of(house, {one.customer_id for one in some})
    return [
        one if leads[one.customer_id] == one.customer_id else replace(one, customer_id=leads[one.customer_id])
        for one in some
    ]


def known(house: House, any_id: str) -> str:
    """The customer that an id leads to; CaseError where no fact is about them."""
    customer = house.customer_of(any_id.strip())
    sql = (
        "select 1 as n from customer_overview where customer_id = $id"
        " union all select 1 as n from customer where customer_id = $id"
        " union all select 1 as n from interaction where customer_id = $id limit 1"
    )
    if not customer or not house.customer_query(customer, sql, {"id": customer}).num_rows:
        raise CaseError(
            f"no customer is called {any_id[:60]!r}",
            "a customer_id",
            "`heartline show customer_overview` lists them",
        )
    return customer
