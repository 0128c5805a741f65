"""The register of promises: what single customers were promised, by when, and whether it was kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from heartline.action import saying
from heartline.action.house import House
from heartline.action.people import ids_of, known, of_today
from heartline.errors import CaseError
from heartline.playbook.shape import Expectation, Playbook
from heartline.records import cases as kept_cases
from heartline.records import promises as kept
from heartline.records.promises import Promise
from heartline.tables import PROMISE_STATUS

__all__ = ["Promise", "Promises"]

SETTLED = ("kept", "broken", "withdrawn")
"""How a promise can end."""


class Promises:
    """The promises of one workspace. CaseError, everywhere, says what cannot be taken as it was given."""

    def __init__(self, house: House, playbook: Playbook | Callable[[], Playbook | None] | None = None) -> None:
        self.house = house
        self._given = playbook

    def add(
        self, customer_id: str, says: str, by: str, due_at: datetime | None = None, *, expectation: str | None = None,
        interaction_id: str | None = None, case_id: str | None = None, at: datetime | None = None,
    ) -> Promise:  # fmt: skip
        """Keep what a customer was promised.

        says: what, in the words of who promised it; expectation: standing promise of the playbook that it is one of,
        by which it is due where no time is given; interaction_id, case_id: where it was made; at: when (default: now)
        """
        who, what = saying.name(by), saying.words(says, "the promise")
        customer, made_at = known(self.house, customer_id), saying.clock(at)
        standing = None if expectation is None else self._expectation(expectation)
        due = None if due_at is None else saying.utc(due_at)
        if due is None and standing is not None and standing.within_hours is not None:
            due = made_at + timedelta(hours=standing.within_hours)
        if due is not None and due < made_at:
            raise CaseError(
                f"it is due on {due:%Y-%m-%d %H:%M}, before it was made", f"{made_at:%Y-%m-%d %H:%M} or later (UTC)",
                "correct the time",
            )  # fmt: skip
        if interaction_id is not None:
            self._check_contact(customer, interaction_id)
        case = None if case_id is None else self._case(customer, case_id)
        return kept.add(
            self.house.records,
            Promise(
                customer, what, made_at, who, expectation=expectation, due_at=due, interaction_id=interaction_id,
                case_id=case,
            ),
        )  # fmt: skip

    def settle(self, promise_id: str, status: str, at: datetime | None = None) -> Promise:
        """Say that an open promise was kept, broken or withdrawn."""
        if status not in SETTLED:
            raise CaseError(f"a promise that is {status[:40]!r}", f"one of {', '.join(SETTLED)}", "choose one of them")
        promise = self.named(promise_id)
        moment = saying.clock(at, promise.made_at)
        number = kept.number_of_promise(promise.promise_id)
        settled = None if number is None else kept.settle(self.house.records, number, status, moment)
        if settled is None:
            raise CaseError(
                f"{promise.promise_id} was {self.named(promise_id).status} before", "an open promise",
                "heartline promise list",
            )  # fmt: skip
        return of_today(self.house, [settled])[0]

    def named(self, promise_id: str) -> Promise:
        """The promise of a name such as P-000123, also written 123. CaseError where there is none."""
        number = kept.number_of_promise(promise_id)
        found = None if number is None else kept.one(self.house.records, number)
        if found is None:
            raise CaseError(f"there is no promise {promise_id[:20]!r}", "e.g. P-000123", "heartline promise list")
        return of_today(self.house, [found])[0]

    def listed(self, status: str | Sequence[str] = ("open",)) -> list[Promise]:
        """Promises in these states, what is due first comes first."""
        states = (status,) if isinstance(status, str) else tuple(status)
        unknown = [one for one in states if one not in PROMISE_STATUS]
        if unknown:
            raise CaseError(f"a promise that is {unknown[0][:40]!r}", f"one of {', '.join(PROMISE_STATUS)}", "choose")
        return of_today(self.house, kept.listed(self.house.records, states))

    def of_customer(self, customer_id: str) -> list[Promise]:
        """Every promise to a customer, what is due first comes first."""
        return of_today(self.house, kept.listed(self.house.records, customers=ids_of(self.house, customer_id)))

    def overdue(self, as_of: datetime | None = None) -> list[Promise]:
        """Promises that are open and whose time has passed, the oldest first."""
        moment = saying.clock(as_of)
        return [one for one in self.listed() if one.overdue(moment)]

    def _expectation(self, name: str) -> Expectation:
        playbook = self._given() if callable(self._given) else self._given
        standing = {one.promise: one for one in playbook.expectations} if playbook else {}
        if name not in standing:
            raise CaseError(
                f"the playbook promises nothing called {name[:60]!r}", ", ".join(standing) or "no promise stands there",
                "standing promises are the `expectations` of the playbook",
            )  # fmt: skip
        return standing[name]

    def _check_contact(self, customer: str, interaction_id: str) -> None:
        found = self.house.customer_query(
            customer, "select 1 as n from interaction where customer_id = $id and interaction_id = $contact limit 1",
            {"id": customer, "contact": interaction_id},
        )  # fmt: skip
        if not found.num_rows:
            raise CaseError(
                f"the customer had no contact {interaction_id[:60]!r}", "an interaction_id of theirs", "leave it out"
            )

    def _case(self, customer: str, case_id: str) -> str:
        number = kept_cases.number_of(case_id)
        with self.house.records.reading() as connection:
            case = None if number is None else kept_cases.one(connection, number)
        if case is None or of_today(self.house, [case])[0].customer_id != customer:
            raise CaseError(f"the customer has no case {case_id[:20]!r}", "one of theirs", "heartline case list")
        return case.case_id
