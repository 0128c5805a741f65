"""Who is to be left in peace: nobody gets in touch because of what was read or worked out where they object to it."""

from __future__ import annotations

from heartline.action.house import House
from heartline.analysis.consent import objects_to
from heartline.engines.duckdb import DuckDBFunctions
from heartline.playbook.shape import Kind


def objects(house: House, customer_id: str) -> bool:
    """Whether a customer does not want to be contacted because of what was read or worked out."""
    found = house.customer_query(
        customer_id, f"select 1 as n from ({left_in_peace('care')}) p where customer_id = $id", {"id": customer_id}
    )
    return bool(found.num_rows)


def left_in_peace(kind: Kind) -> str:
    """SELECT of the customers for whom no play of a kind is opened; advocates are asked for something, so that who
    objects to marketing is not asked either."""
    f = DuckDBFunctions()
    purposes = ("contact", "marketing") if kind == "advocate" else ("contact",)
    objects = " or ".join(objects_to(f, purpose) for purpose in purposes)
    return f"select distinct customer_id from customer where customer_id is not null and ({objects})"
