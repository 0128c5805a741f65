"""Card: one screen for the person with the customer: who this is, what hurt, what was promised, what to do and say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote_plus

from heartline.action.cases import Case, CaseEvent
from heartline.action.house import present
from heartline.action.opening import BY_PLAY
from heartline.action.promises import Promise
from heartline.playbook.shape import Play, Rule
from heartline.web.caring import button
from heartline.web.casework import (
    CLOSED_NAMES,
    Book,
    CaseLine,
    book_of,
    is_put_off,
    lines,
    span,
    to_do,
    until,
)
from heartline.web.consent import Consent, consent_of
from heartline.web.door import Door, Row
from heartline.web.figures import Figure, explain_address, plain
from heartline.web.next_moves import NEXT, NextMove, next_moves
from heartline.web.outcomes import Outcome, PlayLine, outcome_of, play_lines
from heartline.web.page import MissingPage, Page, Query, told
from heartline.web.pages.customer import BOND, CONSENT, LEDGER, LOYALTY, OVERVIEW
from heartline.web.praise import Praise, praises, preferred_channel
from heartline.web.reply import YOUR_NAME, filled, first_name
from heartline.web.timeline import Event, hurts

HURTS, RULES, EVENTS, OTHERS = 3, 3, 30, 6
MEASURES = {
    "disrespect": "respect", "no_empathy": "empathy", "unrecognised": "recognition", "betrayal": "promises",
    "effort": "listening", "confusion": "listening",
}  # fmt: skip
"""Which rule of conduct matters most after a hurt, by the service signal that was read."""
VERB_NAMES = {
    "taken": "took it", "snoozed": "put it off", "woken": "took it up again", "reassigned": "handed it over",
    "merged": "put it together with another", "took_over": "goes on for another", "escalated": "handed on, too late",
    "late": "the deadline passed",
}  # fmt: skip


@dataclass(frozen=True)
class PlayShown:
    """What the play asks for: its name, what to do, the principles behind it, and the rules that matter most here.

    changed: the playbook was changed since the case was opened
    """

    name: str
    says: str
    principles: Sequence[str]
    rules: Sequence[Rule]
    changed: bool


@dataclass(frozen=True)
class PromiseLine:
    """One promise: what, how it stands in words, whether that is bad, and its buttons; empty where it is settled."""

    says: str
    state: str
    bad: bool
    kept: str
    broken: str
    withdrawn: str


@dataclass(frozen=True)
class CardContext:
    """What the card of one customer shows."""

    customer_id: str = told("the customer, under the id that holds now")
    name: str = told("name; empty: not told")
    first_seen: datetime | None = told("first known moment")
    segment: str = told("stored name of the segment; empty: not placed, or not to be shown")
    channel: str = told("way of contact that they mostly choose, in words; empty: none is chosen mostly")
    consent_text: str = told("what they allow, in words")
    consent: Consent = told("what they allow")
    may_contact: bool = told("whether one may get in touch because of what was read or worked out")
    praises: Sequence[Praise] = told("what to recognise them for, counts of facts")
    motivators: Sequence[str] = told("what moves them, strongest first; empty: none seen or not to be shown")
    hurts: Sequence[Event] = told("the newest contacts that felt bad or failed, with their words")
    behind: bool = told("whether the first of these is the contact behind the case")
    harm: Figure = told("own expected value that goes with hurt")
    help: Figure = told("what those they referred brought and are expected to bring")
    promises: Sequence[PromiseLine] = told("what they were promised: overdue and broken first")
    promise_button: str = told("what the button says that notes a promise")
    case: CaseLine | None = told("the case that is shown; none: they have none")
    play: PlayShown | None = told("what the case's play asks for; none: opened by hand, or the play is no more")
    reply: str = told("a reply to start from, filled in as far as is known; empty: the play has none")
    buttons: dict[str, str] = told("what the buttons of the case say, by what they do; empty: nothing left to do")
    closings: Sequence[tuple[str, str]] = told("ways in which a case ends: stored name and words")
    teams: Sequence[tuple[str, str]] = told("teams of the playbook: stored name and name")
    open_button: str = told("what the button says that opens a case by hand; empty: one is open already")
    others: Sequence[CaseLine] = told("other cases of this customer, open ones first")
    merge_into: Sequence[tuple[str, str]] = told("open cases that this one can be put together with: id and reason")
    next_moves: Sequence[NextMove] = told("what they may do or feel next; empty: not known or not to be shown")
    next_days: int | None = told("horizon of the next moves, days")
    history: Sequence[tuple[datetime, str, str, str]] = told("what was done on the case: when, who, what, note")
    outcome: Outcome | None = told("what came of the case within its horizon; none: no case")
    effects: Sequence[PlayLine] = told("what the play does on the whole; empty: not looked at yet")
    fault: str = told("what is wrong with the playbook; empty: nothing")


def build(door: Door, query: Query) -> CardContext:
    """The card of one customer, by any id they ever had; MissingPage for an id that no fact knows."""
    customer = door.customer_of(query["customer_id"])
    now, book = present(door), book_of(door)

    def one(sql: str) -> Row:
        found: list[Row] = door.customer_query(customer, sql, {"id": customer}).to_pylist()
        return found[0] if found else {}

    told_row, overview = one(CONSENT), one(OVERVIEW)
    cases = [case for case in door.moves.cases.of_customer(customer) if case.arm == "act"]
    if not told_row and not overview and not cases:
        raise MissingPage(
            "there is no customer with this id", "an id of the table customer", "search the Customers page"
        )
    consent = consent_of(told_row.get("consent_emotion"), told_row.get("objections"), told_row.get("consents"))
    profile, name = consent.profile, told_row.get("name") or overview.get("name") or ""
    moves = door.customer_query(customer, NEXT, {"id": customer}).to_pylist() if profile else []
    ledger = one(LEDGER) if profile else {}
    first_seen = overview.get("first_seen_at") or told_row.get("first_seen_at")
    promised = sorted(door.moves.promises.of_customer(customer), key=lambda one: _standing(one, now))
    case = _chosen(cases, query.get("case", ""))
    others = [other for other in sorted(cases, key=_urgent) if other != case]
    mergeable = [other for other in others if to_do(other)]
    play = book.plays.get(case.play_id) if case and case.play_id else None
    behind = (case.interaction_id or "") if case and (play is None or play.kind == "care") else ""
    hurt = hurts(door, customer, door.as_of or now, HURTS, consent, behind)
    contact = consent.allows("contact")
    return CardContext(
        customer_id=customer,
        name=name,
        first_seen=first_seen,
        segment=one(LOYALTY).get("segment") or "" if profile else "",
        channel=preferred_channel(door, customer, (door.as_of or now) - timedelta(days=365)),
        consent_text=consent.text,
        consent=consent,
        may_contact=contact,
        praises=praises(door, customer, first_seen, door.as_of or now),
        motivators=(one(BOND).get("motivators") or "").split() if profile else [],
        hurts=hurt,
        behind=bool(behind and hurt and f"interaction_id={quote_plus(behind)}" in hurt[0].explain),
        harm=_money(ledger, "harm", customer, door),
        help=_money(ledger, "help", customer, door),
        promises=[_promise(promise, customer, now) for promise in promised],
        promise_button=button("promise", customer),
        case=lines(door, [case], book, now)[0] if case else None,
        play=_play(play, book, hurt, case) if play and case else None,
        reply=_reply(door, play, name, hurt, case, promised) if play and contact else "",
        buttons=_buttons(case, now),
        # done is what somebody did: before that a case can only end in other ways
        closings=[(how, text) for how, text in CLOSED_NAMES.items() if case and (how != "done" or not case.pending)],
        teams=sorted(((team, book.team_name(team)) for team in book.teams), key=lambda team: team[1]),
        open_button="" if any(to_do(other) for other in cases) else button("open"),
        others=lines(door, others[:OTHERS], book, now),
        merge_into=[(other.case_id, other.reasons[:80]) for other in mergeable],
        next_moves=next_moves(moves, customer),
        next_days=moves[0]["horizon_days"] if moves else None,
        history=[_event(event, book) for event in door.moves.cases.history(case.case_id)[-EVENTS:]] if case else [],
        outcome=outcome_of(door, case, profile, consent.read),
        effects=play_lines(door, case.play_id if case else None),
        fault=book.fault,
    )


def _urgent(case: Case) -> tuple[bool, int, datetime]:
    return (not to_do(case), case.priority, case.opened_at)


def _chosen(cases: Sequence[Case], asked: str) -> Case | None:
    """The case that the address asks for; without one the most urgent of those to do, else the newest."""
    found = [case for case in cases if case.case_id == asked]
    if asked and not found:
        raise MissingPage("this customer has no such case", "one of their cases", "open it from the Queue")
    waiting = sorted((case for case in cases if to_do(case)), key=_urgent)
    newest = sorted(cases, key=lambda case: (case.opened_at, case.case_id), reverse=True)
    return next(iter([*found, *waiting, *newest]), None)


def _money(row: Row, name: str, customer: str, door: Door) -> Figure:
    unit = row.get("currency") or door.settings.text("currency")
    address = explain_address("ledger", name, customer_id=customer)
    return Figure(row.get(name), "money", unit, row.get(f"{name}_low"), row.get(f"{name}_high"), explain=address)


def _standing(promise: Promise, now: datetime) -> tuple[int, datetime]:
    """Overdue first, then open by deadline, then broken, then the others; the newest first in each of these."""
    if promise.status == "open":
        overdue = promise.overdue(now)
        return (0 if overdue else 1, promise.due_at or datetime.max)
    return (2 if promise.status == "broken" else 3, promise.made_at)


def _promise(promise: Promise, customer: str, now: datetime) -> PromiseLine:
    open_, overdue = promise.status == "open", False
    if open_ and promise.due_at is None:
        state = "open, no time was told"
    elif open_ and promise.due_at is not None:
        overdue = promise.overdue(now)
        state = f"overdue by {span(now - promise.due_at)}" if overdue else f"open, due {until(promise.due_at, now)}"
    else:
        state = promise.status + (f" {promise.settled_at:%Y-%m-%d}" if promise.settled_at else "")
    said = [button(verb, customer, promise.promise_id) if open_ else "" for verb in ("kept", "broken", "withdrawn")]
    return PromiseLine(promise.says, state, overdue or promise.status == "broken", *said)


def _play(play: Play, book: Book, hurt: Sequence[Event], case: Case) -> PlayShown:
    stands_for = {one.principle: one.says for one in book.playbook.principles}
    read = {MEASURES.get(label.name) for event in hurt for label in event.labels if label.kind == "signal"}
    # what was broken towards this customer comes first, else the rules stand as the house ordered them
    rules = sorted(book.playbook.conduct, key=lambda rule: rule.measure not in read or rule.measure is None)
    return PlayShown(
        play.name,
        play.says,
        [stands_for[name] for name in play.serves if name in stands_for],
        rules[:RULES],
        bool(case.playbook) and case.playbook != book.playbook.version,
    )


def _reply(
    door: Door, play: Play, name: str, hurt: Sequence[Event], case: Case | None, promised: Sequence[Promise]
) -> str:  # fmt: skip
    touchpoint = ""
    if case is not None and case.interaction_id:
        sql = "select touchpoint from interaction where customer_id = $id and interaction_id = $contact limit 1"
        values = {"id": case.customer_id, "contact": case.interaction_id}
        touchpoint = next(iter(door.customer_query(case.customer_id, sql, values).column(0).to_pylist()), "") or ""
    if not touchpoint and hurt:
        touchpoint = hurt[0].title
    unkept = [promise.says for promise in promised if promise.status in ("open", "broken")]
    return filled(
        play.template,
        {
            "first_name": first_name(name), "touchpoint": plain(touchpoint), "promise": unkept[0] if unkept else "",
            "your_name": YOUR_NAME, "company": door.settings.text("company"),
        },
    )  # fmt: skip


def _buttons(case: Case | None, now: datetime) -> dict[str, str]:
    if case is None or case.status == "closed":
        return {}
    verbs = ["note", "close"]
    if to_do(case):
        verbs += ["act", "reassign", "merge", "wake" if is_put_off(case, now) else "snooze"]
        verbs += [] if case.owner else ["take"]
    return {verb: button(verb, case.case_id) for verb in verbs}


def _event(event: CaseEvent, book: Book) -> tuple[datetime, str, str, str]:
    by, note = ("the play", book.play_name(event.note)) if event.by == BY_PLAY else (event.by, event.note)
    return (event.at, by, VERB_NAMES.get(event.verb, plain(event.verb)), note)


PAGE = Page("card", "/card/{customer_id:path}", "Card", build, CardContext)
