"""What to recognise a customer for: what they gave the company beyond money, and for how long. Counts of facts only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from heartline.web.door import Door, Row
from heartline.web.figures import Figure, day, explain_address

ACTS = """
select case when kind in ('defence', 'defense', 'recommendation', 'share') then 'defence'
            when kind in ('suggestion', 'idea') then 'suggestion' else kind end as act,
       count(*) as n, max(occurred_at) as newest, min(kind) as kind
from interaction where customer_id = $id
  and kind in ('defence', 'defense', 'recommendation', 'share', 'suggestion', 'idea', 'review', 'compliment')
group by act order by act
"""
REFERRED = """
select count(*) as n, count(*) filter (where converted) as came, max(occurred_at) as newest
from referral where referrer_id = $id
"""
ORDERS = "select count(*) as n, max(occurred_at) as newest from purchase where customer_id = $id"
ACT_NAMES = {
    "defence": ("time they spoke up for us", "times they spoke up for us"),
    "suggestion": ("suggestion", "suggestions"),
    "review": ("review", "reviews"),
    "compliment": ("compliment", "compliments"),
}  # fmt: skip
CHANNEL = """
select channel, count(*) as n, cast(sum(count(*)) over () as bigint) as of_all from interaction
where customer_id = $id and occurred_at >= $since and coalesce(direction, 'inbound') = 'inbound'
  and channel in ('call', 'chat', 'email', 'mail', 'social', 'store')
group by channel order by n desc, channel limit 1
"""
FEWEST, PART = 3, 0.5


@dataclass(frozen=True)
class Praise:
    """One thing to recognise: how many, of what, and the newest or the first day of it."""

    figure: Figure
    text: str
    when: str


def praises(door: Door, customer: str, first_seen: datetime | None, now: datetime) -> list[Praise]:
    """Years, referrals, defences, suggestions and orders; what they did not do is left out."""

    def ask(sql: str) -> list[Row]:
        found: list[Row] = door.customer_query(customer, sql, {"id": customer}).to_pylist()
        return found

    made = []
    if first_seen is not None and first_seen <= now:
        months = (now.year - first_seen.year) * 12 + now.month - first_seen.month - (now.day < first_seen.day)
        count, word = (months // 12, "year") if months >= 24 else (max(months, 1), "month")
        word += "" if count == 1 else "s"
        made.append(Praise(Figure(count, "count"), f"{word} with us", f"since {day(first_seen)}"))
    row = ask(REFERRED)[0]
    if row["n"]:
        came = f", {row['came']} of them came" if row["came"] else ""
        text = f"{'person' if row['n'] == 1 else 'people'} referred{came}"
        address = explain_address("referral", referrer_id=customer)
        made.append(Praise(Figure(row["n"], "count", explain=address), text, f"last {day(row['newest'])}"))
    for act in ask(ACTS):
        one, many = ACT_NAMES[act["act"]]
        address = explain_address("interaction", "kind", customer_id=customer, kind=act["kind"])
        figure = Figure(act["n"], "count", explain=address)
        made.append(Praise(figure, one if act["n"] == 1 else many, f"last {day(act['newest'])}"))
    row = ask(ORDERS)[0]
    if row["n"]:
        address = explain_address("purchase", customer_id=customer)
        figure = Figure(row["n"], "count", explain=address)
        made.append(Praise(figure, "order" if row["n"] == 1 else "orders", f"last {day(row['newest'])}"))
    return made


def preferred_channel(door: Door, customer: str, since: datetime) -> str:
    """The way of talking to us that they mostly choose themselves, in words; empty where none is chosen mostly."""
    found = door.customer_query(customer, CHANNEL, {"id": customer, "since": since}).to_pylist()
    if not found or found[0]["of_all"] < FEWEST or found[0]["n"] <= PART * found[0]["of_all"]:
        return ""
    return f"{found[0]['channel']} ({found[0]['n']} of {int(found[0]['of_all'])} times within a year)"
