"""Whom a play asks for at some moments, and why in words: one query over the facts and the current derived tables.

What a customer was like at a past moment: see ``heartline.action.known``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from heartline.action.house import House
from heartline.action.known import by_period, known_then, met_by
from heartline.action.objections import left_in_peace
from heartline.action.reasons import contact_reason, customer_reason, promise_reason
from heartline.playbook.conditions import CONDITIONS
from heartline.playbook.shape import ContactTrigger, Play
from heartline.records.promises import Promise

BROKEN_DAYS = 30
"""A broken promise asks for a play for so long."""

# A survey's words have no contact of their own.
_CONTACTS = """
select i.interaction_id, i.customer_id, i.occurred_at, i.known_at, i.channel, i.touchpoint, i.stage, i.outcome,
    coalesce(v.felt_valence, f.valence) as felt, f.signals, f.emotions, f.about
from interaction i
left join touchpoint_visit v on v.interaction_id = i.interaction_id
left join feeling f on f.interaction_id = i.interaction_id
where i.occurred_at >= $first and i.occurred_at < $last
union all
select f.interaction_id, f.customer_id, f.occurred_at, r.known_at, 'survey', r.subject, null, null,
    f.valence, f.signals, f.emotions, f.about
from feeling f
join survey_response r on r.response_id = f.interaction_id
where f.occurred_at >= $first and f.occurred_at < $last
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A customer whom a play asks for at a moment.

    key: what triggered it: a contact, a promise, or the period that was looked at
    objects: whether the customer does not want to be contacted for it
    row: what was found
    """

    play: Play
    customer_id: str
    moment: datetime
    key: str
    interaction_id: str | None
    objects: bool
    row: Mapping[str, Any]

    @property
    def opened_for(self) -> str:
        """The same trigger opens once."""
        return f"{self.play.play}/{self.customer_id}/{self.key}"

    @property
    def reasons(self) -> str:
        """Why, in words, most telling first; never the customer's."""
        found: list[str] = []
        trigger = self.play.trigger
        if trigger.promise:
            found.append(promise_reason(trigger.promise, self.row))
        if trigger.contact is not None:
            found.append(contact_reason(trigger.contact, self.row, self.moment))
        found += [customer_reason(CONDITIONS[name], self.row[f"v_{name}"]) for name in trigger.customer]
        return "; ".join(found)


def wanted(house: House, play: Play, moments: Sequence[datetime], promises: Sequence[Promise] = ()) -> Iterator[Wanted]:
    """Whom a play asks for at each moment, in the order of moments and customers; at most once a customer and moment.

    promises: the register, for plays that ask for it
    """
    trigger = play.trigger
    if not moments or not (trigger.contact or trigger.customer or trigger.promise):
        return
    parts: dict[str, str] = {"moment": "select unnest(cast($moments as timestamp[])) as moment"}
    values: dict[str, object] = {"moments": list(moments)}
    joined: list[str] = []
    if trigger.promise:
        found = _promises(trigger.promise, moments, promises)
        if not found:
            return
        for place, name in enumerate(("moment", "customer", "id", "since")):
            values[f"promise_{name}"] = [one[place] for one in found]
        parts["promised"] = (
            "select unnest(cast($promise_moment as timestamp[])) as moment,"
            " unnest(cast($promise_customer as varchar[])) as customer_id,"
            " unnest(cast($promise_id as varchar[])) as promise_id,"
            " unnest(cast($promise_since as timestamp[])) as promise_since"
        )
        joined.append("promised")
    if trigger.contact is not None:
        parts |= _contact_parts(trigger.contact, values, min(moments), max(moments))
        joined.append("contacted")
    ends: list[str] = []
    past = any(moment != house.as_of for moment in moments)
    for number, (name, bound) in enumerate(trigger.customer.items()):
        parts |= known_then(name, bound, number, values, past)
        joined.append(f"known_{number}")
        if by_period(name):
            ends.append(f"known_{number}.period_end")
    period = f"greatest({', '.join(ends)})" if ends else "cast(null as timestamp)"
    others = "".join(f" join {name} using (moment, customer_id)" for name in joined[1:])
    parts["peace"] = left_in_peace(play.kind)
    sql = (
        f"with {', '.join(f'{name} as ({sql})' for name, sql in parts.items())} "
        f"select *, {period} as newest_end, customer_id in (select customer_id from peace) as objects"
        f" from {joined[0]}{others} order by moment nulls last, customer_id nulls last"
    )
    for row in house.query(sql, values).to_pylist():
        day = row["newest_end"] or row["moment"]
        contact = row.get("interaction_id")
        key = row.get("promise_id") or contact or f"{day:%Y-%m-%dT%H:%M}"
        yield Wanted(play, row["customer_id"], row["moment"], key, contact, row["objects"], row)


def _contact_parts(asked: ContactTrigger, values: dict[str, object], first: datetime, last: datetime) -> dict[str, str]:
    """What is asked of a contact, the newest that meets it at each moment."""
    values |= {"first": first - timedelta(days=asked.within_days), "last": last, "within": asked.within_days}
    where = []
    for column in ("touchpoints", "stages", "channels", "outcomes", "about"):
        if some := getattr(asked, column):
            values[column] = list(some)
            where.append(f"{column.removesuffix('s')} in (select unnest(cast(${column} as varchar[])))")
    for column in ("signals", "emotions"):
        if some := getattr(asked, column):
            values[column] = list(some)
            where.append(f"list_has_any(string_split(coalesce({column}, ''), ' '), cast(${column} as varchar[]))")
    if asked.felt is not None:
        where += met_by("felt", asked.felt, "felt", values)
    met = " and ".join(where) or "true"
    return {
        "contact": f"select * from ({_CONTACTS}) every where {met}",
        "contacted": (
            "select m.moment, c.* from contact c join moment m on c.occurred_at < m.moment"
            " and c.occurred_at >= m.moment - to_days(cast($within as integer))"
            " and (c.known_at is null or c.known_at < m.moment)"
            " qualify row_number() over (partition by m.moment, c.customer_id"
            " order by c.occurred_at desc nulls last, c.interaction_id desc nulls last) = 1"
        ),
    }


def _promises(
    asked: str, moments: Sequence[datetime], promises: Sequence[Promise]
) -> list[tuple[datetime, str, str, datetime]]:
    """(moment, customer, promise, since when) of promises that are overdue, or were broken lately: the oldest."""
    found: dict[tuple[datetime, str], tuple[datetime, str]] = {}
    for moment in moments:
        for one in promises:
            since = one.due_at if asked == "overdue" else one.settled_at
            if since is None:
                continue
            broken = one.status == "broken" and moment - timedelta(days=BROKEN_DAYS) <= since < moment
            if one.overdue(moment) if asked == "overdue" else broken:
                here = (moment, one.customer_id)
                found[here] = min(found.get(here, (since, one.promise_id)), (since, one.promise_id))
    return [(moment, customer, promise, since) for (moment, customer), (since, promise) in found.items()]
