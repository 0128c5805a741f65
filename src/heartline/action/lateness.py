"""What time alone does to cases: put aside ones come back, late ones go to the next team."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from heartline.action.house import House
from heartline.action.people import of_today
from heartline.action.telling import tell
from heartline.playbook.shape import Team
from heartline.records import cases as kept
from heartline.records import notices
from heartline.records import promises as kept_promises
from heartline.records.cases import PENDING, Case, CaseEvent

CLOCK = "clock"
"""Who did what nobody did."""
REMINDED_DAYS = 7
"""What is overdue for longer is not told of any more: a notice that was told is not kept for ever."""


def escalate(house: House, teams: Mapping[str, Team], moment: datetime) -> list[Case]:
    """Wake what was put aside until now, and hand on what was not acted on by its deadline; gives what was late.

    A case goes to the team that its team escalates to, once; where there is none it only counts as late.
    """
    late: list[Case] = []
    for case in kept.listed(house.records, PENDING):
        if case.status == "waiting" and case.snoozed_until is not None and case.snoozed_until <= moment:
            with house.records.writing() as connection:
                woke = CaseEvent(case.case_id, moment, CLOCK, "woken", "")
                kept.change(connection, case.case_id, ("waiting",), {"status": "open", "snoozed_until": None}, woke)
        if case.due_at is not None and case.due_at <= moment and case.escalated_at is None:
            changed = _hand_on(house, teams, case, moment)
            late += [] if changed is None else [changed]
    return of_today(house, late)


def remind(house: House, owners: Mapping[str, str], moment: datetime) -> None:
    """Tell of promises whose time has passed, once each; ``owners``: team of each standing promise of the playbook."""
    since = moment - timedelta(days=REMINDED_DAYS)
    late = [
        one
        for one in of_today(house, kept_promises.listed(house.records, ("open",)))
        if one.overdue(moment) and one.due_at is not None and one.due_at >= since
    ]
    with house.records.writing() as connection:
        for one in late:
            told = {
                "promise_id": one.promise_id, "customer_id": one.customer_id, "expectation": one.expectation,
                "case_id": one.case_id, "due_at": one.due_at, "team": owners.get(one.expectation or ""),
            }  # fmt: skip
            body = {name: value for name, value in told.items() if value is not None}
            notices.add(connection, "promise.due", body, one.promise_id, moment)


def _hand_on(house: House, teams: Mapping[str, Team], case: Case, moment: datetime) -> Case | None:
    to = teams[case.team].escalates_to if case.team in teams else None
    values: dict[str, object] = {"escalated_at": moment} | ({"team": to, "owner": None} if to else {})
    had = f"; {case.owner} had it" if case.owner else ""
    said = f"from {case.team} to {to}{had}" if to else f"{case.team} hands on to nobody"
    event = CaseEvent(case.case_id, moment, CLOCK, "escalated" if to else "late", said)
    with house.records.writing() as connection:
        changed = kept.change(connection, case.case_id, PENDING, values, event, not_escalated=True)
        if changed is not None:
            tell(connection, "case.due", case, moment)
            if to:
                tell(connection, "case.escalated", changed, moment)
    return changed
