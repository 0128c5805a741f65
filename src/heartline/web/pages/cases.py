"""Queue: who needs a person now, why, by when, and who has it; one link leads to the card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from heartline.action.cases import Case
from heartline.action.house import present
from heartline.web.caring import anchor, button
from heartline.web.casework import Book, CaseLine, book_of, is_overdue, is_put_off, lines, to_do
from heartline.web.door import Door
from heartline.web.page import Page, Query, choice, told, whole

PER_PAGE = 50
STATES = {
    "open": "to do", "overdue": "overdue", "put_off": "put off", "acted": "acted",
    "closed": "closed",
}  # fmt: skip
WORK, ENDED = ("open", "waiting"), ("acted", "closed")
"""States of cases; who was drawn to be left alone is no work and is in none of them."""
NOBODY = "-"
END = datetime(9999, 1, 1)


@dataclass(frozen=True)
class Count:
    """How many cases stand so: stored name, words, number, address, and whether it is what is shown."""

    name: str
    text: str
    cases: int
    address: str
    chosen: bool


@dataclass(frozen=True)
class QueueLine:
    """A case with its place on the page and its button; ``take`` is empty where there is nothing to take."""

    case: CaseLine
    anchor: str
    take: str


@dataclass(frozen=True)
class TeamPart:
    """The cases of one team: its name, how many are to do and overdue in all, how many it can take up a day."""

    name: str
    to_do: int
    overdue: int
    per_day: int | None
    lines: Sequence[QueueLine]


@dataclass(frozen=True)
class QueueContext:
    """What the queue shows."""

    ready: bool = told("whether a run was made that cases could come from")
    playbook: bool = told("whether there is a playbook that opens cases")
    fault: str = told("what is wrong with the playbook; empty: nothing")
    waiting: int = told("cases that a person has to look at now")
    overdue: int = told("of these, those whose deadline has passed")
    nobodys: int = told("of these, those that nobody has yet")
    counts: Sequence[Count] = told("how many cases stand where, each with its address")
    team: str = told("stored name of the team that is filtered by; empty: all")
    owner: str = told("person that is filtered by; - is nobody; empty: all")
    status: str = told("where the shown cases stand: a stored name of counts")
    teams: Sequence[tuple[str, str]] = told("teams with cases or in the playbook: stored name and name")
    owners: Sequence[str] = told("persons who have a case")
    parts: Sequence[TeamPart] = told("the cases by team, most urgent first")
    total: int = told("cases that match, on all parts of the list")
    page: int = told("part of the list that is shown, from 1")
    last_page: int = told("last part of the list")
    previous: str = told("address of the part before; empty at the start")
    following: str = told("address of the next part; empty at the end")
    open_button: str = told("what the button says that opens a case by hand")


def state(case: Case, now: datetime) -> str:
    """Where a case stands, as the filter calls it; overdue ones are to do as well."""
    if to_do(case):
        return "put_off" if is_put_off(case, now) else "open"
    return case.status


def build(door: Door, query: Query) -> QueueContext:
    """The queue, filtered by team, owner and status."""
    now, book = present(door), book_of(door)
    status = choice(query, "status", tuple(STATES), "open")
    team, owner = query.get("team", ""), query.get("owner", "")
    # what has ended only grows: it is counted, and read where it is asked for
    asked = (*WORK, status) if status in ENDED else WORK
    every = [case for case in door.moves.cases.queue(status=asked, now=now) if case.arm == "act"]
    ended = door.moves.cases.counts(team or None, "" if owner == NOBODY else owner or None)
    own = [case for case in every if (not team or case.team == team) and _has(case, owner)]
    found = sorted((case for case in own if _stands(case, status, now)), key=lambda case: _urgency(case, book, now))
    last = max(-(-len(found) // PER_PAGE), 1)
    page = whole(query, "page", 1, 1, last)
    kept = {name: value for name, value in (("team", team), ("owner", owner)) if value}

    def address(of: Mapping[str, object]) -> str:
        return "/cases" + ("?" + urlencode({**kept, **of}) if kept or of else "")

    here = {"status": status} if status != "open" else {}
    live = [case for case in own if state(case, now) == "open"]
    return QueueContext(
        ready=door.as_of is not None,
        playbook=book.there,
        fault=book.fault,
        waiting=len(live),
        overdue=sum(is_overdue(case, now) for case in live),
        nobodys=sum(not case.owner for case in live),
        counts=[
            Count(
                name, text, ended.get(name, 0) if name in ENDED else sum(_stands(case, name, now) for case in own),
                address({"status": name} if name != "open" else {}), name == status,
            )
            for name, text in STATES.items()
        ],
        team=team,
        owner=owner,
        status=status,
        teams=_teams(every, book),
        owners=sorted({case.owner for case in every if case.owner}),
        parts=_parts(door, found[(page - 1) * PER_PAGE : page * PER_PAGE], found, book, now),
        total=len(found),
        page=page,
        last_page=last,
        previous=address({**here, "page": page - 1}) if page > 1 else "",
        following=address({**here, "page": page + 1}) if page < last else "",
        open_button=button("open"),
    )  # fmt: skip


def _has(case: Case, owner: str) -> bool:
    return not owner or (not case.owner if owner == NOBODY else case.owner == owner)


def _stands(case: Case, status: str, now: datetime) -> bool:
    where = state(case, now)
    return where == "open" and is_overdue(case, now) if status == "overdue" else where == status


def _urgency(case: Case, book: Book, now: datetime) -> tuple[object, ...]:
    """Team by team; overdue first, then priority, then the nearest deadline; what has ended: newest first."""
    team = book.team_name(case.team)
    if not to_do(case):
        ended = case.closed_at or case.acted_at or case.opened_at
        return (team, 0, 0, END - ended, case.case_id)
    return (team, not is_overdue(case, now), case.priority, (case.due_at or END) - datetime(1, 1, 1), case.case_id)


def _teams(every: Sequence[Case], book: Book) -> list[tuple[str, str]]:
    named = {*book.teams, *(case.team for case in every)}
    return sorted(((team, book.team_name(team)) for team in named), key=lambda one: one[1])


def _parts(
    door: Door, shown: Sequence[Case], found: Sequence[Case], book: Book, now: datetime
) -> list[TeamPart]:  # fmt: skip
    made = dict(zip((case.case_id for case in shown), lines(door, shown, book, now), strict=True))
    parts = []
    for team in dict.fromkeys(case.team for case in shown):
        all_of_team = [case for case in found if case.team == team]
        held = book.teams.get(team)
        parts.append(
            TeamPart(
                book.team_name(team),
                sum(to_do(case) for case in all_of_team),
                sum(is_overdue(case, now) for case in all_of_team),
                held.per_day if held else None,
                [
                    QueueLine(
                        made[case.case_id], anchor(case.case_id),
                        button("take", case.case_id) if to_do(case) and not case.owner else "",
                    )
                    for case in shown if case.team == team
                ],
            )
        )  # fmt: skip
    return parts


PAGE = Page("cases", "/cases", "Queue", build, QueueContext, menu="Queue")
