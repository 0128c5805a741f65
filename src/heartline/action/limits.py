"""Who may be opened now: what keeps customers from being pestered, and who is drawn to be left alone.

The same book is kept over the records, when cases are opened, and in memory, when the past is rehearsed.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from heartline.action.house import House
from heartline.playbook.shape import Limits, Play
from heartline.records.cases import ACT, HOLD_OUT, Case

OBJECTS = "object to being contacted"
SAME = "had the play opened for the same before"
AGAIN = "had the play not long ago"
OPEN = "have an open case"
LEFT_ALONE = "are left alone, so that a play can be compared"
OFTEN = "were contacted often enough"
REASONS = (OBJECTS, SAME, AGAIN, OPEN, LEFT_ALONE, OFTEN)
"""Why customers whom a play asks for are not opened."""

# What reaches out to somebody: no advert that they saw, no answer in a conversation that they began.
_OUTBOUND = """
select distinct customer_id, occurred_at from interaction i
where i.direction = 'outbound' and coalesce(i.kind, '') <> 'advert'
    and i.occurred_at >= $since and i.occurred_at < $until
    and i.customer_id in (select unnest(cast($customers as varchar[])))
    and (i.conversation_id is null or i.conversation_id not in (
        select conversation_id from interaction where conversation_id is not null
        and coalesce(direction, 'inbound') <> 'outbound'))
"""


@dataclass(slots=True)
class Past:
    """What a case means for later ones.

    ended_at: when nobody had to act any more, None: still; taken: whether a person has it
    """

    play: str | None
    arm: str
    priority: int
    opened_at: datetime
    due_at: datetime | None
    acted_at: datetime | None
    ended_at: datetime | None
    case_id: str = ""
    taken: bool = False


class Ledger:
    """Cases and contacts so far, by customer."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._past: dict[str, list[Past]] = defaultdict(list)
        self._reached: dict[str, list[datetime]] = defaultdict(list)
        self._opened_for: set[str] = set()

    def remember(self, customer: str, past: Past, opened_for: str = "") -> None:
        """Take in a case."""
        self._past[customer].append(past)
        if opened_for:
            self._opened_for.add(opened_for)

    def remember_keys(self, opened_for: Iterable[str]) -> None:
        """Take in what cases were opened for."""
        self._opened_for.update(opened_for)

    def reached(self, customers: Iterable[str], moments: Iterable[datetime]) -> None:
        """Take in when the house got in touch with customers; the two run side by side."""
        for customer, moment in zip(customers, moments, strict=True):
            self._reached[customer].append(moment)

    def contacts(self, customer: str, moment: datetime) -> int:
        """Days of the last ``limits.per_days`` on which the house got in touch: what it did in a case and the message
        or call that this was are one; and one for each case in which it still will."""
        since = moment - timedelta(days=self.limits.per_days)
        past = self._past.get(customer, ())
        days = {one.date() for one in self._reached.get(customer, ()) if since <= one < moment}
        days |= {
            one.acted_at.date() for one in past if one.acted_at and since <= one.acted_at and not _pending(one, moment)
        }
        return len(days) + self.pending(customer, moment)

    def most_contacts(self, days: int) -> dict[str, int]:
        """Of each customer with a case, on how many days within so many the house got in touch at most."""
        found = {}
        for customer, past in self._past.items():
            dates = sorted({one.date() for one in self._reached.get(customer, ())} | {
                one.acted_at.date() for one in past if one.acted_at
            })  # fmt: skip
            first = most = 0
            for place, date in enumerate(dates):
                while (date - dates[first]).days >= days:
                    first += 1
                most = max(most, place - first + 1)
            found[customer] = most
        return found

    def pending(self, customer: str, moment: datetime) -> int:
        """Cases of a customer on which somebody still has to act."""
        return sum(_pending(one, moment) for one in self._past.get(customer, ()))

    def gives_way(self, play: Play, customer: str, moment: datetime) -> list[Past]:
        """Cases of less urgent plays that a case of this one takes the place of: no more than it must, none that a
        person has, and none where that would not be enough."""
        must = self.pending(customer, moment) - self.limits.open_cases + 1
        can = [
            one
            for one in self._past.get(customer, ())
            if _pending(one, moment) and one.play is not None and one.priority > play.priority and not one.taken
        ]
        can.sort(key=lambda one: (-one.priority, one.opened_at, one.play or ""))
        return can[:must] if 0 < must <= len(can) else []

    def refusal(self, play: Play, customer: str, moment: datetime, opened_for: str) -> str:
        """Why the play is not opened; empty where it may be."""
        if opened_for in self._opened_for:
            return SAME
        past = self._past.get(customer, ())
        again = moment - timedelta(days=play.again_after_days)
        if any(one.play == play.play and again < one.opened_at <= moment for one in past):
            return AGAIN
        yielding = len(self.gives_way(play, customer, moment))
        pending = self.pending(customer, moment) - yielding
        if pending >= self.limits.open_cases:
            return OPEN
        # an urgent play goes through; what comes no earlier must not do in its place what was held out
        if any(
            one.arm == HOLD_OUT and one.priority <= play.priority and one.due_at is not None
            and one.opened_at <= moment < one.due_at
            for one in past
        ):  # fmt: skip
            return LEFT_ALONE
        if self.contacts(customer, moment) - yielding >= self.limits.contacts:
            return OFTEN
        return ""


def arm(play: Play, customer: str) -> str:
    """``act`` or ``hold_out``, drawn from play and customer alone, so that it is the same whenever it is asked."""
    if not play.hold_out:
        return ACT
    drawn = hashlib.sha256(f"{play.play}\n{customer}".encode()).digest()
    return HOLD_OUT if int.from_bytes(drawn[:8], "big") / 2**64 < play.hold_out else ACT


def past_of(case: Case) -> Past:
    """What a kept case means for later ones, as it stands now: facts are those before a midnight, people act since."""
    ended = None if case.pending else case.opened_at
    return Past(
        case.play_id, case.arm, case.priority, case.opened_at, case.due_at, case.acted_at, ended, case.case_id,
        case.owner is not None,
    )  # fmt: skip


def outbound(house: House, customers: Iterable[str], since: datetime, until: datetime) -> Mapping[str, list[Any]]:
    """``customer_id`` and ``occurred_at``: when the house got in touch with these customers by itself."""
    asked = {"customers": sorted(set(customers)), "since": since, "until": until}
    found: dict[str, list[Any]] = house.query(_OUTBOUND, asked).to_pydict()
    return found


def _pending(past: Past, moment: datetime) -> bool:
    return past.arm == ACT and past.opened_at <= moment and (past.ended_at is None or past.ended_at > moment)
