"""Cases and everything that was done to each: no change of a case without an event in the same transaction.

A change names the states from which it may be made; of two people who change a case at once, one comes too late and is
told so. No words of customers are kept here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from heartline.records.store import Records

ACT, HOLD_OUT = "act", "hold_out"
PENDING = ("open", "waiting")
"""States in which somebody still has to act."""


@dataclass(frozen=True)
class Case:
    """A row of the table ``care_case``; times are UTC without an offset. ``case_id`` is empty until it is kept."""

    customer_id: str
    arm: str
    reasons: str
    team: str
    priority: int
    status: str
    as_of: datetime
    opened_at: datetime
    opened_by: str
    horizon_days: int
    case_id: str = ""
    play_id: str | None = None
    playbook: str | None = None
    interaction_id: str | None = None
    owner: str | None = None
    due_at: datetime | None = None
    snoozed_until: datetime | None = None
    escalated_at: datetime | None = None
    acted_at: datetime | None = None
    acted_by: str | None = None
    action: str | None = None
    closed_at: datetime | None = None
    closed_how: str | None = None
    merged_into: str | None = None
    helped_by: str | None = None

    @property
    def pending(self) -> bool:
        """Whether somebody still has to act."""
        return self.status in PENDING


@dataclass(frozen=True)
class CaseEvent:
    """Something that was done to a case, by whom and when (UTC), on the clock of the doer."""

    case_id: str
    at: datetime
    by: str
    verb: str
    note: str


_TIMES = frozenset(
    ("as_of", "opened_at", "due_at", "snoozed_until", "escalated_at", "acted_at", "closed_at")
)  # fmt: skip
_COLUMNS = tuple(field.name for field in fields(Case) if field.name != "case_id")
_SELECT = f"select case_number, {', '.join(_COLUMNS)} from care_case"


def case_id(number: int) -> str:
    """How a case is called: C-000123."""
    return f"C-{number:06d}"


def number_of(shown: str) -> int | None:
    """The number of a case by its name, also without the letter or the zeros; None where it is no such name."""
    digits = shown.strip().upper().removeprefix("C").removeprefix("-")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None


@contextmanager
def deciding(records: Records) -> Iterator[Connection]:
    """One transaction that nobody else's opening of cases comes between."""
    with records.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("lock table care_case in share row exclusive mode"))
        yield connection


def add(connection: Connection, case: Case, opened_for: str, event: CaseEvent) -> Case | None:
    """Keep a new case and its first event; None where one was opened for the same before."""
    values = {name: _out(name, getattr(case, name)) for name in _COLUMNS} | {"opened_for": opened_for}
    names = ", ".join(values)
    found = connection.execute(
        text(
            f"insert into care_case ({names}) values ({', '.join(f':{name}' for name in values)}) "
            f"on conflict (opened_for) do nothing returning case_number, {', '.join(_COLUMNS)}"
        ),
        values,
    ).first()
    if found is None:
        return None
    kept = _case(found)
    note(connection, kept.case_id, event)
    return kept


def change(
    connection: Connection, case_name: str, allowed: Sequence[str], values: Mapping[str, object], event: CaseEvent,
    only_free_for: str | None = None, not_escalated: bool = False,
) -> Case | None:  # fmt: skip
    """Change columns of a case that is in one of the allowed states, and write the event; None where it is not.

    only_free_for: the change is made only where nobody has the case, or this person
    not_escalated: only where it was not handed on before
    """
    told = {name: _out(name, value) for name, value in values.items()}
    states = {f"state_{place}": state for place, state in enumerate(allowed)}
    free = " and (owner is null or owner = :free_for)" if only_free_for is not None else ""
    free += " and escalated_at is null" if not_escalated else ""
    listed = ", ".join(f"{name} = :{name}" for name in told)
    row = connection.execute(
        text(
            f"update care_case set {listed} where case_number = :number and status in "
            f"({', '.join(f':{name}' for name in states)}){free} returning case_number, {', '.join(_COLUMNS)}"
        ),
        told | states | {"number": number_of(case_name), "free_for": only_free_for},
    ).first()
    if row is None:
        return None
    note(connection, case_name, event)
    return _case(row)


def note(connection: Connection, case_name: str, event: CaseEvent) -> None:
    """Write an event of a case."""
    connection.execute(
        text(
            "insert into case_event (case_number, at, said_by, verb, note) values (:number, :at, :by, :verb, :note)"
        ),
        {
            "number": number_of(case_name), "at": _text(event.at), "by": event.by, "verb": event.verb,
            "note": event.note,
        },
    )  # fmt: skip


def one(connection: Connection, number: int) -> Case | None:
    """The case of a number."""
    row = connection.execute(text(f"{_SELECT} where case_number = :number"), {"number": number}).first()
    return None if row is None else _case(row)


def of_key(connection: Connection, opened_for: str) -> Case | None:
    """The case that was opened for something."""
    row = connection.execute(text(f"{_SELECT} where opened_for = :key"), {"key": opened_for}).first()
    return None if row is None else _case(row)


def pending_of(connection: Connection, customers: Sequence[str]) -> list[Case]:
    """Cases of a customer, under any of their ids, on which somebody still has to act."""
    names = {f"id_{place}": one for place, one in enumerate(customers)}
    found = connection.execute(
        text(
            f"{_SELECT} where status in ('open', 'waiting') and customer_id in "
            f"({', '.join(f':{name}' for name in names)}) order by case_number"
        ),
        names,
    )
    return [_case(row) for row in found]


def listed(
    records: Records, statuses: Sequence[str] = (), team: str | None = None, owner: str | None = None,
    customers: Sequence[str] | None = None,
) -> list[Case]:  # fmt: skip
    """Cases in some states (none named: in all), of a team, an owner, or customers; what is due first comes first."""
    where = ["1 = 1"]
    values: dict[str, Any] = {}
    for column, some in (("status", statuses or None), ("customer_id", customers)):
        if some is not None:
            names = {f"{column}_{place}": value for place, value in enumerate(some)}
            where.append(f"{column} in ({', '.join(f':{name}' for name in names)})" if names else "1 = 0")
            values |= names
    for column, value in (("team", team), ("owner", owner)):
        if value is not None:
            where.append(f"{column} = :{column}")
            values[column] = value
    with records.reading() as connection:
        found = connection.execute(
            text(
                f"{_SELECT} where {' and '.join(where)} "
                "order by priority, coalesce(due_at, '9999'), opened_at, case_number"
            ),
            values,
        )
        return [_case(row) for row in found]


def since(connection: Connection, moment: datetime) -> list[Case]:
    """Cases that bear on what may be opened: still to be acted on, or opened, due or acted on since a moment.

    Ids of customers are as they were when the case was opened.
    """
    found = connection.execute(
        text(
            f"{_SELECT} where status in ('open', 'waiting') or opened_at >= :since or acted_at >= :since "
            "or due_at >= :since order by case_number"
        ),
        {"since": _text(moment)},
    )
    return [_case(row) for row in found]


def keys(connection: Connection) -> list[str]:
    """What plays opened cases for."""
    return list(connection.execute(text("select opened_for from care_case where play_id is not null")).scalars())


def events(records: Records, case_name: str) -> list[CaseEvent]:
    """What was done to a case, oldest first."""
    with records.reading() as connection:
        found = connection.execute(
            text("select at, said_by, verb, note from case_event where case_number = :number order by event_id"),
            {"number": number_of(case_name)},
        )
        return [CaseEvent(case_name, datetime.fromisoformat(at), by, verb, said) for at, by, verb, said in found]


def noted(records: Records, what: str) -> dict[str, datetime]:
    """Customers, as they were then, on whose cases these very words were written down, and when they last were."""
    with records.reading() as connection:
        found = connection.execute(
            text(
                "select c.customer_id, max(e.at) from case_event e join care_case c on c.case_number = e.case_number "
                "where e.note = :what group by c.customer_id"
            ),
            {"what": what},
        )
        return {customer: datetime.fromisoformat(at) for customer, at in found}


def counts(records: Records, team: str | None = None, owner: str | None = None) -> dict[str, int]:
    """How many cases stand in each state; of a team, of an owner (empty: of nobody), or all."""
    where = ["1 = 1"]
    where += ["team = :team"] if team is not None else []
    where += ["coalesce(owner, '') = :owner"] if owner is not None else []
    with records.reading() as connection:
        found = connection.execute(
            text(f"select status, count(*) from care_case where {' and '.join(where)} group by status"),
            {"team": team, "owner": owner},
        )
        return {status: int(count) for status, count in found}


def _text(moment: datetime) -> str:
    plain = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return plain.isoformat(timespec="microseconds")  # one length, so that texts sort as times do


def _out(name: str, value: object) -> object:
    if name == "merged_into" and isinstance(value, str):
        return number_of(value)
    return _text(value) if isinstance(value, datetime) else value


def _case(row: Any) -> Case:
    values = dict(row._mapping)
    values["case_id"] = case_id(values.pop("case_number"))
    for name in _TIMES:
        values[name] = None if values[name] is None else datetime.fromisoformat(values[name])
    if values["merged_into"] is not None:
        values["merged_into"] = case_id(values["merged_into"])
    return Case(**values)
