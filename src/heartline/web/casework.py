"""Cases as pages show them: words for where they stand and for the time that is left, and who holds which play."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from heartline.action.cases import Case
from heartline.errors import PlaybookError
from heartline.playbook.shape import Play, Playbook, Team
from heartline.web.consent import Consent, consents
from heartline.web.door import Door, rows
from heartline.web.figures import plain

STATUS_NAMES = {"open": "to do", "waiting": "put off", "acted": "acted", "closed": "closed"}
CLOSED_NAMES = {
    "done": "done", "not_needed": "not needed", "customer_declined": "the customer declined",
    "duplicate": "a duplicate", "mistake": "opened by mistake",
}  # fmt: skip
PRIORITY_NAMES = {1: "first", 2: "soon", 3: "when there is time"}
NAMES = "select customer_id, name from customer where customer_id in (select unnest(cast($ids as varchar[])))"


@dataclass(frozen=True)
class CaseLine:
    """One case in a list.

    customer_id, name: of whom; the name may be empty; address: their card, with this case
    reasons: why, most telling first; withheld: they refused or objected since, so reasons are not shown
    no_contact: they object to being contacted because of what was read or worked out
    play: name of the play; by whom it was opened where no play did
    new: opened at the last run
    since, due: when it was opened and the time that is left, in words; overdue: the deadline has passed
    owner: empty: nobody yet; priority, status: in words; open: whether there is something left to do
    """

    case_id: str
    customer_id: str
    name: str
    address: str
    reasons: Sequence[str]
    withheld: bool
    no_contact: bool
    play: str
    new: bool
    since: str
    due: str
    overdue: bool
    owner: str
    team: str
    priority: str
    status: str
    open: bool


@dataclass(frozen=True)
class Book:
    """The playbook by name; empty where there is none or it cannot be read, which ``fault`` says."""

    playbook: Playbook
    plays: Mapping[str, Play]
    teams: Mapping[str, Team]
    there: bool
    fault: str

    def play_name(self, play_id: str | None) -> str:
        """A play as the house calls it; one that is no more by its old id; empty for none."""
        if not play_id:
            return ""
        return self.plays[play_id].name if play_id in self.plays else plain(play_id)

    def team_name(self, team: str) -> str:
        """A team as the house calls it."""
        return self.teams[team].name if team in self.teams else plain(team)


def book_of(door: Door) -> Book:
    """The playbook of the workspace."""
    fault = ""
    try:
        found = door.moves.playbook()
    except PlaybookError as error:
        found, fault = None, str(error)
    book = found or Playbook()
    return Book(
        book, {one.play: one for one in book.plays}, {one.team: one for one in book.teams}, found is not None, fault
    )


def card_address(customer_id: str, case_id: str = "") -> str:
    """Address of a customer's card, with one of their cases."""
    return f"/card/{quote(customer_id, safe='')}" + (f"?case={quote(case_id, safe='')}" if case_id else "")


def to_do(case: Case) -> bool:
    """Whether a person still has to act or to decide; who was drawn to be left alone is nobody's work."""
    return case.arm == "act" and case.status in ("open", "waiting")


def is_overdue(case: Case, now: datetime) -> bool:
    """Whether the deadline has passed before anybody acted."""
    return to_do(case) and case.due_at is not None and case.due_at < now


def is_put_off(case: Case, now: datetime) -> bool:
    """Whether somebody put it off until later."""
    return to_do(case) and case.snoozed_until is not None and case.snoozed_until > now


def span(length: timedelta) -> str:
    """A length of time in the words of people: minutes up to two hours, hours up to two days, then days."""
    minutes = max(int(abs(length).total_seconds() // 60), 1)
    for size, word in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= 2 * size or size == 1:
            count = minutes // size
            return f"{count} {word}{'' if count == 1 else 's'}"
    return ""


def until(due: datetime, now: datetime) -> str:
    """The time that is left: in words while it is near, else the day."""
    return f"in {span(due - now)}" if due - now < timedelta(days=60) else f"by {due:%Y-%m-%d}"


def due_words(case: Case, now: datetime) -> str:
    """The time that is left, or since when it is overdue; what ended it where it has ended."""
    if case.status == "closed":
        return f"closed {case.closed_at:%Y-%m-%d}" if case.closed_at else "closed"
    if case.acted_at is not None:
        return f"acted {case.acted_at:%Y-%m-%d}"
    if is_put_off(case, now):
        return f"put off until {case.snoozed_until:%Y-%m-%d}"
    if case.due_at is None:
        return "no deadline"
    if case.due_at < now:
        return f"overdue by {span(now - case.due_at)}"
    return until(case.due_at, now)


def parts(text: str | None) -> list[str]:
    """Reasons one by one."""
    return [part.strip() for part in (text or "").split(";") if part.strip()]


def lines(door: Door, cases: Sequence[Case], book: Book, now: datetime) -> list[CaseLine]:
    """Cases of a list in words, in their order."""
    ids = list(dict.fromkeys(case.customer_id for case in cases))
    names = {row["customer_id"]: row["name"] or "" for row in rows(door, NAMES, {"ids": ids})} if ids else {}
    allowed = consents(door, ids)
    return [_line(case, names, allowed, book, now, door.as_of) for case in cases]


def _line(
    case: Case, names: Mapping[str, str], allowed: Mapping[str, Consent], book: Book, now: datetime,
    as_of: datetime | None,
) -> CaseLine:  # fmt: skip
    consent = allowed.get(case.customer_id, Consent())
    return CaseLine(
        case_id=case.case_id,
        customer_id=case.customer_id,
        name=names.get(case.customer_id, ""),
        address=card_address(case.customer_id, case.case_id),
        reasons=parts(case.reasons) if consent.profile or not case.play_id else (),
        withheld=not consent.profile and case.play_id is not None,
        no_contact=not consent.allows("contact"),
        play=book.play_name(case.play_id) or f"opened by {case.opened_by}",
        new=case.as_of == as_of and case.status == "open" and case.play_id is not None,
        since=case.opened_at.strftime("%Y-%m-%d"),
        due=due_words(case, now),
        overdue=is_overdue(case, now),
        owner=case.owner or "",
        team=book.team_name(case.team),
        priority=PRIORITY_NAMES.get(case.priority, str(case.priority)),
        status="put off" if is_put_off(case, now) else STATUS_NAMES.get(case.status, plain(case.status)),
        open=to_do(case),
    )
