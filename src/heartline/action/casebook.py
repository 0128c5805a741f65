"""Reading cases: queues, a customer's cases, one case and all that was done to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import pyarrow as pa

from heartline.action import saying
from heartline.action.house import House
from heartline.action.people import customers_of, ids_of, of_today
from heartline.errors import CaseError
from heartline.playbook.shape import Expectation, Limits, Playbook, Team
from heartline.records import cases as kept
from heartline.records.cases import Case, CaseEvent
from heartline.records.store import Records
from heartline.tables import CASE_STATUS, table


class Casebook:
    """The cases of one workspace, to be read."""

    def __init__(self, house: House, playbook: Playbook | Callable[[], Playbook | None] | None = None) -> None:
        self.house = house
        self._given = playbook

    @property
    def playbook(self) -> Playbook | None:
        """The playbook; read only where something depends on it, so that a fault in it stops nobody from acting."""
        return self._given() if callable(self._given) else self._given

    @property
    def teams(self) -> tuple[Team, ...]:
        """Teams of the playbook."""
        playbook = self.playbook
        return playbook.teams if playbook else ()

    @property
    def expectations(self) -> tuple[Expectation, ...]:
        """Standing promises of the playbook."""
        playbook = self.playbook
        return playbook.expectations if playbook else ()

    @property
    def limits(self) -> Limits:
        """What keeps customers from being pestered."""
        playbook = self.playbook
        return playbook.limits if playbook else Limits()

    def queue(
        self, team: str | None = None, owner: str | None = None, status: str | Sequence[str] = ("open",),
        now: datetime | None = None,
    ) -> list[Case]:  # fmt: skip
        """Cases in these states, most urgent first. Among the open are those that were put aside until now."""
        states = (status,) if isinstance(status, str) else tuple(status)
        unknown = [one for one in states if one not in CASE_STATUS]
        if unknown:
            raise CaseError(f"status {unknown[0][:40]!r}", f"one of {', '.join(CASE_STATUS)}", "choose one of them")
        asked = tuple(dict.fromkeys((*states, "waiting"))) if "open" in states else states
        moment = saying.clock(now)
        found = (_woken(one, moment) for one in kept.listed(self.house.records, asked, team, owner))
        return of_today(self.house, [one for one in found if one.status in states])

    def of_customer(self, customer_id: str) -> list[Case]:
        """Every case of a customer, also held out, newest first."""
        found = kept.listed(self.house.records, customers=ids_of(self.house, customer_id))
        return sorted(of_today(self.house, found), key=lambda one: (one.opened_at, one.case_id), reverse=True)

    def named(self, case_id: str) -> Case:
        """The case of a name such as C-000123, also written 123. CaseError where there is none."""
        number = kept.number_of(case_id)
        with self.house.records.reading() as connection:
            found = None if number is None else kept.one(connection, number)
        if found is None:
            raise CaseError(f"there is no case {case_id[:20]!r}", "e.g. C-000123", "heartline case list")
        return of_today(self.house, [found])[0]

    def history(self, case_id: str) -> list[CaseEvent]:
        """What was done to a case, oldest first."""
        return kept.events(self.house.records, self.named(case_id).case_id)

    def noted(self, what: str) -> dict[str, datetime]:
        """Customers on whose cases these very words were written down, as noted or done, and when they last were."""
        found = kept.noted(self.house.records, what)
        leads, newest = customers_of(self.house, found), dict[str, datetime]()
        for customer, at in found.items():
            newest[leads[customer]] = max(newest.get(leads[customer], at), at)
        return newest

    def counts(self, team: str | None = None, owner: str | None = None) -> dict[str, int]:
        """How many cases stand in each state; of a team, of an owner (empty: of nobody), or all."""
        return kept.counts(self.house.records, team, owner)


def _woken(case: Case, moment: datetime) -> Case:
    if case.status == "waiting" and case.snoozed_until is not None and case.snoozed_until <= moment:
        return replace(case, status="open")
    return case


def standing_table(records: Records) -> pa.Table:
    """Every case, also closed and held out, in the shape of the table ``care_case``; customers as they were then."""
    of = table("care_case")
    rows = [{name: getattr(one, name) for name in of.names} for one in kept.listed(records)]
    return pa.Table.from_pylist(rows, of.arrow_schema())
