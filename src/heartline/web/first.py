"""Who needs a person first: a short list by value at stake, then by risk, with reasons, for a human to decide upon.

Nobody is on it who refused that their words are read for feelings or who objected to profiling.
"""

from __future__ import annotations

from dataclasses import dataclass

from heartline.web.consent import Consent, consents
from heartline.web.door import Door, one, rows
from heartline.web.figures import Figure, explain_address

CAP = 10
_AT_RISK = "(segment in ('dissenter', 'at_risk') or p_leaving >= 0.5 or p_betrayal >= 0.5 or p_revenge >= 0.5)"
TOP = f"""
select customer_id, name, segment, connection, connection_low, connection_high, evidence_count, p_leaving,
       p_silent_leaving, p_betrayal, p_revenge, reasons, value_at_stake, expected_value, currency, last_seen_at
from customer_overview
where {_AT_RISK} and reasons is not null and reasons <> ''
order by value_at_stake desc nulls last, greatest(p_leaving, p_betrayal, p_revenge) desc nulls last, customer_id
limit {4 * CAP}
"""
COUNT = f"select count(*) as n from customer_overview where {_AT_RISK}"


@dataclass(frozen=True)
class Person:
    """One customer to be looked at by a person.

    customer_id, name: who; name may be empty
    segment: stored name of the segment
    reasons: why, most telling first
    p_leaving: probability of leaving within the risk horizon
    value_at_stake: expected value × probability of leaving
    part: value at stake as a part of the largest in the list, 0 to 1
    """

    customer_id: str
    name: str
    segment: str
    reasons: tuple[str, ...]
    p_leaving: Figure
    value_at_stake: Figure
    part: float


def people_first(door: Door) -> tuple[list[Person], int, int]:
    """The list, how many customers meet the conditions, and how many were withheld from the list's top."""
    found = rows(door, TOP)
    allowed = consents(door, [row["customer_id"] for row in found])
    kept = [row for row in found if allowed.get(row["customer_id"], Consent()).profile]
    top = kept[:CAP]
    largest = max((row["value_at_stake"] or 0.0 for row in top), default=0.0) or 1.0
    people = [
        Person(
            row["customer_id"],
            row["name"] or "",
            row["segment"],
            tuple(part.strip() for part in row["reasons"].split(";") if part.strip())[:3],
            Figure(
                row["p_leaving"],
                "share",
                explain=explain_address("loyalty", "p_leaving", customer_id=row["customer_id"]),
            ),
            Figure(
                row["value_at_stake"],
                "money",
                row["currency"] or door.settings.text("currency"),
                explain=explain_address("customer_overview", "value_at_stake", customer_id=row["customer_id"]),
            ),
            (row["value_at_stake"] or 0.0) / largest,
        )
        for row in top
    ]
    total = int(one(door, COUNT).get("n") or 0)
    return people, total, len(found) - len(kept)
