"""Promises to single customers: what was promised, by whom, by when, and whether it was kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import text

from heartline.records.cases import case_id, number_of
from heartline.records.store import Records


@dataclass(frozen=True)
class Promise:
    """A row of the table ``promise``; times are UTC without an offset. ``promise_id`` is empty until it is kept."""

    customer_id: str
    says: str
    made_at: datetime
    made_by: str
    status: str = "open"
    promise_id: str = ""
    expectation: str | None = None
    due_at: datetime | None = None
    settled_at: datetime | None = None
    interaction_id: str | None = None
    case_id: str | None = None

    def overdue(self, moment: datetime) -> bool:
        """Whether it was open at a moment and its time had passed."""
        stood = self.settled_at is None or self.settled_at >= moment
        return stood and self.made_at <= moment and self.due_at is not None and self.due_at < moment


_TIMES = ("made_at", "due_at", "settled_at")
_COLUMNS = tuple(field.name for field in fields(Promise) if field.name not in ("promise_id", "case_id"))
_ALL = f"promise_number, case_number, {', '.join(_COLUMNS)}"


def promise_id(number: int) -> str:
    """How a promise is called: P-000123."""
    return f"P-{number:06d}"


def number_of_promise(shown: str) -> int | None:
    """The number of a promise by its name; None where it is no such name."""
    return number_of("C" + shown.strip().upper().removeprefix("P"))


def add(records: Records, promise: Promise) -> Promise:
    """Keep a new promise; gives it with its name."""
    values = {name: _out(getattr(promise, name)) for name in _COLUMNS}
    values["case_number"] = None if promise.case_id is None else number_of(promise.case_id)
    names = ", ".join(values)
    with records.writing() as connection:
        row = connection.execute(
            text(f"insert into promise ({names}) values ({', '.join(f':{name}' for name in values)}) returning {_ALL}"),
            values,
        ).one()
        return _promise(row)


def settle(records: Records, number: int, status: str, at: datetime) -> Promise | None:
    """Say how an open promise ended; None where there is none of that number that is open."""
    with records.writing() as connection:
        row = connection.execute(
            text(
                "update promise set status = :status, settled_at = :at where promise_number = :number "
                f"and status = 'open' returning {_ALL}"
            ),
            {"status": status, "at": _out(at), "number": number},
        ).first()
        return None if row is None else _promise(row)


def one(records: Records, number: int) -> Promise | None:
    """The promise of a number."""
    with records.reading() as connection:
        row = connection.execute(text(f"select {_ALL} from promise where promise_number = :n"), {"n": number}).first()
        return None if row is None else _promise(row)


def listed(records: Records, statuses: Sequence[str] = (), customers: Sequence[str] | None = None) -> list[Promise]:
    """Promises in some states (none named: in all), to some customers (None: to all), what is due first comes first."""
    where = ["1 = 1"]
    values: dict[str, Any] = {}
    for column, some in (("status", statuses or None), ("customer_id", customers)):
        if some is not None:
            names = {f"{column}_{place}": value for place, value in enumerate(some)}
            where.append(f"{column} in ({', '.join(f':{name}' for name in names)})" if names else "1 = 0")
            values |= names
    with records.reading() as connection:
        found = connection.execute(
            text(
                f"select {_ALL} from promise where {' and '.join(where)} "
                "order by coalesce(due_at, '9999'), promise_number"
            ),
            values,
        )
        return [_promise(row) for row in found]


def _out(value: object) -> object:
    return value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def _promise(row: Any) -> Promise:
    values = dict(row._mapping)
    number, case = values.pop("promise_number"), values.pop("case_number")
    for name in _TIMES:
        values[name] = None if values[name] is None else datetime.fromisoformat(values[name])
    return Promise(promise_id=promise_id(number), case_id=None if case is None else case_id(case), **values)
