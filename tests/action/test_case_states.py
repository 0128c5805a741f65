"""Whatever people do in whatever order: only what the table of states allows happens, and all of it is written down."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import text

from heartline.action.cases import Cases
from heartline.errors import CaseError
from heartline.playbook.shape import Limits, Playbook, Team
from heartline.records.store import Records

from .small_house import AS_OF, SmallHouse

PEOPLE = st.sampled_from(["Ada", "Bea", "Cem"])
CUSTOMERS = ("c0", "c1")
HOWS = st.sampled_from(["done", "not_needed", "customer_declined", "duplicate", "mistake"])
TEAMS = (Team("care", "Care", escalates_to="leads"), Team("leads", "Leads"))
# state before -> states after, for everything that anybody or time can do
MOVES = {
    "open": {"waiting", "acted", "closed"},
    "waiting": {"open", "acted", "closed"},
    "acted": {"closed"},
    "closed": set(),
}


class CasesOfAHouse(RuleBasedStateMachine):
    """A model beside the records: the state, owner and number of events that each case must have."""

    cases_there = Bundle("cases_there")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.house = SmallHouse(Path(self.folder.name), {"customer": [{"customer_id": one} for one in CUSTOMERS]})
        self.states: dict[str, str] = {}
        self.owners: dict[str, str | None] = {}
        self.of: dict[str, str] = {}
        self.events: dict[str, int] = {}
        self.now = AS_OF

    @initialize(most=st.integers(1, 2))
    def begin(self, most: int) -> None:
        self.most = most
        self.cases = Cases(self.house, Playbook(teams=TEAMS, limits=Limits(open_cases=most)))

    def teardown(self) -> None:
        self.house.close()
        self.folder.cleanup()

    def pending(self, customer: str) -> int:
        return sum(self.states[one] in ("open", "waiting") for one in self.states if self.of[one] == customer)

    def did(self, case: str, state: str) -> None:
        assert state == self.states[case] or state in MOVES[self.states[case]]
        self.states[case] = state
        self.events[case] += 1

    @rule(target=cases_there, customer=st.sampled_from(CUSTOMERS), by=PEOPLE, hours=st.sampled_from([None, 5, 50]))
    def add(self, customer: str, by: str, hours: int | None) -> str:
        due = None if hours is None else AS_OF + timedelta(hours=hours)
        try:
            made = self.cases.open_by_hand(customer, "care", "asked", by, due)
        except CaseError:
            assert self.pending(customer) >= self.most
            return next(one for one in self.of if self.of[one] == customer)
        assert self.pending(customer) < self.most
        self.states[made.case_id], self.of[made.case_id] = "open", customer
        self.owners[made.case_id], self.events[made.case_id] = None, 1
        return made.case_id

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(case=cases_there, by=PEOPLE)
    def take(self, case: str, by: str) -> None:
        may = self.states[case] in ("open", "waiting") and self.owners[case] in (None, by)
        if self.allowed(may, lambda: self.cases.take(case, by, self.now)):
            self.owners[case] = by
            self.did(case, self.states[case])

    @rule(case=cases_there, by=PEOPLE)
    def act(self, case: str, by: str) -> None:
        may = self.states[case] in ("open", "waiting") and self.owners[case] in (None, by)
        if self.allowed(may, lambda: self.cases.act(case, by, "called", self.now)):
            self.owners[case] = by
            self.did(case, "acted")

    @rule(case=cases_there, by=PEOPLE, how=HOWS)
    def close(self, case: str, by: str, how: str) -> None:
        may = self.states[case] == "acted" or (how != "done" and self.states[case] in ("open", "waiting"))
        if self.allowed(may, lambda: self.cases.close(case, by, how, at=self.now)):
            self.did(case, "closed")

    @rule(case=cases_there, by=PEOPLE, hours=st.integers(1, 60))
    def snooze(self, case: str, by: str, hours: int) -> None:
        may = self.states[case] in ("open", "waiting")
        if self.allowed(may, lambda: self.cases.snooze(case, self.now + timedelta(hours=hours), by, self.now)):
            self.did(case, "waiting")

    @rule(case=cases_there, by=PEOPLE)
    def wake(self, case: str, by: str) -> None:
        if self.allowed(self.states[case] == "waiting", lambda: self.cases.wake(case, by, self.now)):
            self.did(case, "open")

    @rule(case=cases_there, by=PEOPLE, to=st.sampled_from(["", "Ada", "Bea"]))
    def reassign(self, case: str, by: str, to: str) -> None:
        may = self.states[case] in ("open", "waiting")
        if self.allowed(may, lambda: self.cases.reassign(case, by, owner=to, at=self.now)):
            self.owners[case] = to or None
            self.did(case, self.states[case])

    @rule(case=cases_there, into=cases_there, by=PEOPLE)
    def merge(self, case: str, into: str, by: str) -> None:
        both = self.states[case] in ("open", "waiting") and self.states[into] in ("open", "waiting")
        may = both and case != into and self.of[case] == self.of[into]
        if self.allowed(may, lambda: self.cases.merge(case, into, by, self.now)):
            self.did(case, "closed")
            self.did(into, self.states[into])

    @rule(case=cases_there, by=PEOPLE)
    def note(self, case: str, by: str) -> None:
        self.cases.note(case, by, "seen", self.now)
        self.did(case, self.states[case])

    @precondition(lambda self: self.states)
    @rule()
    def the_clock(self) -> None:
        before = {one: self.cases.named(one) for one in self.states}
        late = {one.case_id for one in self.cases.escalate_due(self.now)}
        for name, case in before.items():
            if case.status == "waiting" and case.snoozed_until is not None and case.snoozed_until <= self.now:
                self.did(name, "open")
            is_late = case.pending and case.escalated_at is None and case.due_at is not None
            assert (name in late) == (is_late and case.due_at is not None and case.due_at <= self.now)
            if name in late:
                self.owners[name] = None
                self.did(name, self.states[name])

    def allowed(self, may: bool, what: object) -> bool:
        try:
            what()  # type: ignore[operator]
        except CaseError:
            assert not may
            return False
        assert may
        return True

    @invariant()
    def the_records_say_what_happened(self) -> None:
        there = rows(self.house.records)
        assert {name: (state, owner) for name, (state, owner, _) in there.items()} == {
            name: (self.states[name], self.owners[name]) for name in self.states
        }
        assert {name: count for name, (_, _, count) in there.items()} == self.events
        for customer in CUSTOMERS:
            assert self.pending(customer) <= self.most if self.states else True


def rows(records: Records) -> dict[str, tuple[str, str | None, int]]:
    """State, owner and number of events of each case, as the database has them."""
    with records.reading() as connection:
        found = connection.execute(
            text(
                "select c.case_number, c.status, c.owner, count(e.event_id) from care_case c "
                "left join case_event e on e.case_number = c.case_number group by c.case_number, c.status, c.owner"
            )
        )
        return {f"C-{number:06d}": (status, owner, count) for number, status, owner, count in found}


CasesOfAHouse.TestCase.settings = settings(
    max_examples=10, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestCasesOfAHouse = CasesOfAHouse.TestCase
