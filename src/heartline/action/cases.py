"""Cases: customers to be cared for. A play, a person or a program opens one; a person decides what is done and acts.

    open ⇄ waiting (snoozed)      open, waiting → acted → closed
    open, waiting → closed        as not needed, declined by the customer, duplicate or mistake; merged is a duplicate
    held_out                      drawn at random to be left alone: nothing may be done to it

Every change is an event with who and when, in the same transaction. Of two people who act at once one comes too late.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from heartline.action import opening, rehearsal, saying
from heartline.action.came_back import care_contact
from heartline.action.casebook import Casebook, standing_table
from heartline.action.lateness import escalate, remind
from heartline.action.objections import objects
from heartline.action.opening import OpenReport
from heartline.action.people import ids_of, known, of_today
from heartline.action.refusal import ALLOWED, refusal
from heartline.action.telling import tell
from heartline.errors import CaseError
from heartline.playbook.shape import Playbook
from heartline.records import cases as kept
from heartline.records import inbox
from heartline.records.cases import ACT, Case, CaseEvent
from heartline.tables import CASE_CLOSED

__all__ = ["ALLOWED", "HORIZON_DAYS", "Case", "CaseEvent", "Cases", "OpenReport", "standing_table"]

HORIZON_DAYS = 90
"""After how long the outcome of a case that was opened by hand is measured."""
LONGEST_SNOOZE_DAYS = 365
_SAID = {
    "take": "taken", "snooze": "snoozed", "wake": "woken", "act": "acted", "close": "closed", "reassign": "reassigned",
}  # fmt: skip


class Cases(Casebook):
    """Opening cases, and what people do with them. CaseError, everywhere, says what cannot be done and what can.

    ``at`` is when something was done, default now, but never before what it follows on.
    """

    def open_due(self, as_of: datetime | None = None, now: datetime | None = None) -> OpenReport:
        """Open what the playbook asks for at a moment (default: that of the last run); once for each trigger."""
        playbook = self._needed()
        moment = as_of or self.house.as_of
        if moment is None:
            raise CaseError("nothing was computed yet", "a run", "heartline run")
        return opening.open_due(self.house, playbook, saying.utc(moment), now)

    def rehearse(self, first: datetime, last: datetime, step: rehearsal.Step = "day") -> rehearsal.Rehearsal:
        """Run the playbook over history, both moments included; nothing is written."""
        return rehearsal.rehearse(self.house, self._needed(), first, last, step)

    def open_by_hand(
        self, customer_id: str, team: str, reasons: str | Sequence[str], by: str, due_at: datetime | None = None,
        *, priority: int = 2, key: str = "", at: datetime | None = None,
    ) -> Case:  # fmt: skip
        """Open a case that no play asked for.

        reasons: why, in the opener's words; key: the same key of the same opener again gives the case that is there
        at: on the clock of the facts (default: the moment of the last run)

        As with plays, not beyond the number of open cases that a customer may have.
        """
        who, customer = saying.name(by), known(self.house, customer_id)
        each = [reasons] if isinstance(reasons, str) else list(reasons)
        why = saying.words("; ".join(saying.words(one, "a reason") for one in each), "the reason")
        if priority not in (1, 2, 3):
            raise CaseError(f"priority {priority}", "1, 2 or 3; 1 comes first", "choose one")
        opened_at = saying.utc(at or self.house.as_of or saying.clock(None))
        due = None if due_at is None else saying.utc(due_at)
        if due is not None and due <= opened_at:
            raise CaseError(
                f"the deadline {due:%Y-%m-%d %H:%M} has passed", f"after {opened_at:%Y-%m-%d %H:%M} (UTC)",
                "set a later one",
            )  # fmt: skip
        case = Case(
            customer, ACT, why, self._team(team), priority, "open", opened_at, opened_at, who, HORIZON_DAYS, due_at=due
        )
        opened_for = f"key/{who}/{key}" if key else f"hand/{uuid.uuid4().hex}"
        most, ids = self.limits.open_cases, ids_of(self.house, customer)
        warning = (
            "the customer objects to being contacted for what was worked out" if objects(self.house, customer) else ""
        )
        with kept.deciding(self.house.records) as connection:
            there = kept.of_key(connection, opened_for)
            if there is not None:
                return of_today(self.house, [there])[0]
            pending = kept.pending_of(connection, ids)
            if len(pending) >= most:
                raise CaseError(
                    f"{', '.join(one.case_id for one in pending)} is open for this customer",
                    f"at most {most} at a time",
                    f"write a note there, or close it: heartline case show {pending[0].case_id}",
                )  # fmt: skip
            made = kept.add(connection, case, opened_for, CaseEvent("", opened_at, who, "opened", warning))
            if made is None:
                raise CaseError("it was opened meanwhile", "once", "look at it: heartline case list")
            tell(connection, "case.opened", made)
        return made

    def take(self, case_id: str, by: str, at: datetime | None = None) -> Case:
        """Have a case that nobody else has."""
        who = saying.name(by)
        return self._change(case_id, "take", who, at, {"owner": who}, only_free_for=who)

    def note(self, case_id: str, by: str, text: str, at: datetime | None = None) -> CaseEvent:
        """Write something down on a case; also on one that is closed."""
        who, said, case = saying.name(by), saying.words(text, "the note"), self.named(case_id)
        if case.status not in ALLOWED["note"]:
            raise refusal(case, "note")
        event = CaseEvent(case.case_id, saying.clock(at, case.opened_at), who, "noted", said)
        with self.house.records.writing() as connection:
            kept.note(connection, case.case_id, event)
        return event

    def snooze(self, case_id: str, until: datetime, by: str, at: datetime | None = None) -> Case:
        """Put a case aside until a moment; its deadline stays."""
        who, case = saying.name(by), self.named(case_id)
        now, later = saying.clock(at, case.opened_at), saying.utc(until)
        if not now < later <= now + timedelta(days=LONGEST_SNOOZE_DAYS):
            raise CaseError(
                f"it cannot be put aside until {later:%Y-%m-%d %H:%M}",
                f"a moment after {now:%Y-%m-%d %H:%M} (UTC), within {LONGEST_SNOOZE_DAYS} days",
                "choose another, or close it as not needed",
            )
        values = {"status": "waiting", "snoozed_until": later}
        return self._change(case_id, "snooze", who, now, values, f"until {later:%Y-%m-%d %H:%M}")

    def wake(self, case_id: str, by: str, at: datetime | None = None) -> Case:
        """Take up a case again that was put aside."""
        return self._change(case_id, "wake", saying.name(by), at, {"status": "open", "snoozed_until": None})

    def act(self, case_id: str, by: str, action: str, at: datetime | None = None, channel: str = "") -> Case:
        """Say what was done for the customer. Only who has the case can, or anybody where nobody has it.

        It is a fact as well: see ``came_back``. channel: how they did it; else that of the contact behind the case.
        """
        who, did, case = saying.name(by), saying.words(action, "what was done"), self.named(case_id)
        now = saying.clock(at, case.opened_at)
        values = {
            "status": "acted", "acted_at": now, "acted_by": who, "owner": who, "action": did, "snoozed_until": None,
        }  # fmt: skip
        fact = care_contact(self.house, case, now, channel)
        return self._change(case_id, "act", who, now, values, did, only_free_for=who, topic="case.acted", fact=fact)

    def close(self, case_id: str, by: str, how: str, note: str = "", at: datetime | None = None) -> Case:
        """End a case: done (after it was acted on), not_needed, customer_declined, duplicate or mistake."""
        who, why = saying.name(by), saying.words(note, "the note", needed=False)
        if how not in CASE_CLOSED:
            raise CaseError(f"closed as {how[:40]!r}", f"one of {', '.join(CASE_CLOSED)}", "choose one of them")
        case = self.named(case_id)
        now = saying.clock(at, case.acted_at or case.opened_at)
        values = {"status": "closed", "closed_at": now, "closed_how": how, "snoozed_until": None}
        allowed = ("acted",) if how == "done" else ()
        said = f"{how}: {why}" if why else how
        return self._change(case_id, "close", who, now, values, said, allowed=allowed, topic="case.closed")

    def merge(self, case_id: str, into: str, by: str, at: datetime | None = None) -> Case:
        """Let another case of the same customer go on for this one; gives the one that goes on."""
        who, gone, stays = saying.name(by), self.named(case_id), self.named(into)
        if gone.case_id == stays.case_id:
            raise CaseError(f"{gone.case_id} cannot go on for itself", "another case", "name another case")
        if gone.customer_id != stays.customer_id:
            raise CaseError(
                f"{gone.case_id} and {stays.case_id} are about two customers", "cases of one customer",
                "join the customers first where they are one person: heartline identity join",
            )  # fmt: skip
        now = saying.clock(at, max(gone.opened_at, stays.opened_at))
        due = min((one for one in (gone.due_at, stays.due_at) if one is not None), default=None)
        values = {
            "status": "closed", "closed_at": now, "closed_how": "duplicate", "merged_into": stays.case_id,
            "snoozed_until": None,
        }  # fmt: skip
        with kept.deciding(self.house.records) as connection:
            went = CaseEvent(gone.case_id, now, who, "merged", f"goes on as {stays.case_id}")
            came = CaseEvent(stays.case_id, now, who, "took_over", f"{gone.case_id}: {gone.reasons}")
            closed = kept.change(connection, gone.case_id, ALLOWED["merge"], values, went)
            on = kept.change(connection, stays.case_id, ALLOWED["merge"], {"due_at": due}, came)
            if closed is None or on is None:
                raise refusal(_now(connection, gone if closed is None else stays), "merge")
            tell(connection, "case.closed", closed, at)
        return of_today(self.house, [on])[0]

    def reassign(
        self, case_id: str, by: str, team: str | None = None, owner: str | None = None, at: datetime | None = None
    ) -> Case:
        """Give a case to another team, or another person; an empty owner gives it back to the team."""
        who, values, said = saying.name(by), dict[str, object](), []
        if team is None and owner is None:
            raise CaseError("nobody was named", "a team or a person", "--team TEAM or --to NAME")
        if team is not None:
            values |= {"team": self._team(team), "owner": None}
            said.append(f"team {team}")
        if owner is not None:
            values["owner"] = saying.name(owner) if owner.strip() else None
            said.append(f"to {values['owner'] or 'anybody of the team'}")
        return self._change(case_id, "reassign", who, at, values, ", ".join(said))

    def escalate_due(self, now: datetime | None = None) -> list[Case]:
        """Wake what was put aside until now, and hand on what was not acted on by its deadline; gives what was late.

        Whoever is to be told hears of it, and of promises whose time has passed.
        """
        moment = saying.clock(now)
        remind(self.house, {one.promise: one.owner for one in self.expectations}, moment)
        return escalate(self.house, {one.team: one for one in self.teams}, moment)

    def _change(
        self, case_id: str, verb: str, who: str, at: datetime | None, values: Mapping[str, object], note: str = "",
        *, allowed: Sequence[str] = (), only_free_for: str | None = None, topic: str = "",
        fact: inbox.Arrival | None = None,
    ) -> Case:  # fmt: skip
        case = self.named(case_id)
        event = CaseEvent(case.case_id, saying.clock(at, case.opened_at), who, _SAID[verb], note)
        with self.house.records.writing() as connection:
            changed = kept.change(connection, case.case_id, allowed or ALLOWED[verb], values, event, only_free_for)
            if changed is None:
                raise refusal(_now(connection, case), verb, only_free_for, allowed)
            if topic:
                tell(connection, topic, changed, at)
            if fact is not None:
                inbox.add(connection, [fact])
        return of_today(self.house, [changed])[0]

    def _needed(self) -> Playbook:
        playbook = self.playbook
        if playbook is None:
            raise CaseError("there is no playbook", "a folder `playbook` in the workspace", "heartline playbook init")
        return playbook

    def _team(self, team: str) -> str:
        listed = [one.team for one in self.teams]
        if not team.strip() or (listed and team not in listed):
            raise CaseError(
                f"there is no team {team[:60]!r}", ", ".join(listed) or "a name", "teams stand in the playbook"
            )
        return team


def _now(connection: Any, case: Case) -> Case:
    """The case as it stands inside the transaction."""
    number = kept.number_of(case.case_id)
    return (None if number is None else kept.one(connection, number)) or case
