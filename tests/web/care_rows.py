"""A playbook and cases for the pages' small workspace: a care play with a hold-out, an advocate play, promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from heartline.action import Moves
from heartline.records import cases as kept
from heartline.records.cases import Case, CaseEvent

PLAYBOOK = """
vision: Everybody is known here.
mantra: We mend it the same day.
principles:
  - principle: own_it
    says: We own what went wrong.
conduct:
  - rule: listen
    says: Let them finish.
    kept: [They told all of it before we answered.]
    broken: [We cut them short.]
    measure: listening
  - rule: respect
    says: Speak to them as to a guest.
    kept: [We asked how they want to be called.]
    broken: [We told them to calm down.]
    measure: respect
    never: [calm down]
teams:
  - team: care
    name: Customer care
    per_day: 20
    escalates_to: lead
  - team: lead
    name: Team lead
plays:
  - play: mend
    name: Mend a hurt
    trigger:
      customer: {p_leaving: {at_least: 0.5}}
    team: care
    says: Call them, say what went wrong, and mend it.
    helped: {behaviour: stays, horizon_days: 90}
    serves: [own_it]
    template: |
      Dear {first_name}, I am sorry for what happened at {touchpoint}. {promise} {your_name}, {company}
    hold_out: 0.2
  - play: thank_advocates
    name: Thank who speaks for us
    trigger:
      customer: {referred: {at_least: 1}}
    team: care
    says: Thank them by hand.
    helped: {behaviour: refers, horizon_days: 180}
    kind: advocate
    priority: 3
"""
STORED = {"helped_by": "stays", "playbook": "an earlier one", "interaction_id": "c0000-i2"}


def keep(moves: Moves, as_of: datetime) -> None:
    """Cases of the queue's every state, and promises of every state, kept as the run of ``as_of`` would have."""
    at = as_of - timedelta(days=2)
    base = Case("c0000", "act", "no contact for 90 days; two failed checkouts", "care", 1, "open", at, at, "play", 90)
    mend = replace(base, play_id="mend", **STORED)
    for number, case in enumerate(
        (
            replace(mend, due_at=at + timedelta(days=1)),
            replace(mend, customer_id="c0001", due_at=as_of + timedelta(days=1), as_of=as_of, opened_at=as_of),
            replace(mend, customer_id="c0003", owner="Dana", due_at=datetime(9998, 1, 1)),
            replace(mend, customer_id="c0004", status="waiting", snoozed_until=datetime(9998, 1, 1), owner="Dana"),
            replace(mend, customer_id="c0005", arm="hold_out", status="held_out"),
            replace(
                mend, customer_id="c0006", status="closed", acted_at=as_of, acted_by="Dana", action="called",
                closed_at=as_of, closed_how="done", opened_at=at - timedelta(days=100), as_of=at - timedelta(days=100),
            ),
            replace(
                base, customer_id="c0007", play_id="thank_advocates", helped_by="refers", team="lead", priority=3,
                reasons="referred 2",
            ),
        )
    ):  # fmt: skip
        with moves.house.records.writing() as connection:
            kept.add(connection, case, f"test/{number}", CaseEvent("", case.opened_at, "play", "opened", ""))
    for says, due, status in (
        ("A call before noon", as_of - timedelta(days=3), ""), ("A new key", datetime(9998, 1, 1), ""),
        ("No third reminder", None, "broken"), ("A refund", None, "kept"),
    ):  # fmt: skip
        made = moves.promises.add("c0000", says, "Dana", due_at=due, at=as_of - timedelta(days=9))
        if status:
            moves.promises.settle(made.promise_id, status)


def outcomes(made: dict[str, list[dict[str, Any]]], as_of: datetime) -> None:
    """What came of the closed case, and of its play: drawn at random for one outcome, only matched for another."""
    began = as_of - timedelta(days=102)
    made["case_outcome"].append(
        {"case_id": "C-000006", "customer_id": "c0006", "play_id": "mend", "arm": "act", "acted": True,
         "began_at": began, "ends_at": began + timedelta(days=90), "complete": True, "felt_before": -0.4,
         "felt_after": 0.2, "felt_change": 0.6, "stays": True, "buys": False, "refers": False, "no_complaint": True,
         "felt_better": True, "helped": True}
    )  # fmt: skip
    told = {"play_id": "mend", "acted": 80, "others": 24, "horizon_days": 90, "margin": 0.02}
    known = {"rate_acted": 0.7, "rate_others": 0.5, "effect": 0.2, "low": 0.05, "high": 0.35}
    for outcome, method, verdict, more in (
        ("stays", "hold_out", "helps", known),
        ("buys", "matched", "higher", known),
        ("felt_better", "none", "not_enough_evidence", {"reason": "nobody to compare with"}),
    ):
        judged = {"proof": outcome == "stays", "adjusted": method == "hold_out", "method": method, "verdict": verdict}
        made["play_effect"].append(told | judged | {"outcome": outcome} | more)
