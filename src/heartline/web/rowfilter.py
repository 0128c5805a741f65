"""From the parts of an address to a condition on one table: only its own columns, values always as parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime

from heartline.tables import Table
from heartline.web.page import BadAddress, Query

_OWN = ("column", "table", "theme")


@dataclass(frozen=True)
class Condition:
    """One condition: column, sign (``=``, ``>=`` or ``<=``) and value; None: the value is missing."""

    column: str
    sign: str
    value: str | float | int | bool | datetime | date | None

    @property
    def text(self) -> str:
        """The condition in words."""
        shown = self.value.isoformat(" ") if isinstance(self.value, datetime) else self.value
        return f"{self.column} {self.sign} {'(missing)' if shown is None else shown}"


def condition_of(table: Table, query: Query) -> tuple[str, dict[str, object], list[Condition]]:
    """WHERE text, its parameters and the conditions. ``since`` and ``until`` (months) bound the table's time column.

    BadAddress for a column that the table does not have or a value that is not of its type.
    """
    parts: list[str] = []
    values: dict[str, object] = {}
    found: list[Condition] = []
    for name, text in query.items():
        if name in _OWN or not text:
            continue
        if name in ("since", "until") and table.time:
            condition = Condition(table.time, ">=" if name == "since" else "<=", _month(name, text))
        elif name in table:
            condition = Condition(name, "=", _typed(name, table.column(name).type, text))
        else:
            raise BadAddress(
                f"table {table.name} cannot be filtered by that", "one of its columns", "correct the address"
            )
        key = f"v{len(found)}"
        parts.append(f"{condition.column} {condition.sign} ${key}")
        values[key] = condition.value
        found.append(condition)
    return (" where " + " and ".join(parts) if parts else ""), values, found


def _month(name: str, text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m")
    except ValueError as cause:
        raise BadAddress(f"{name} is not a month", "YYYY-MM", "correct the address") from cause


def _typed(name: str, kind: str, text: str) -> str | float | int | bool | datetime | date:
    try:
        if kind == "timestamp":
            return datetime.fromisoformat(text).replace(tzinfo=None)
        if kind == "date":
            return date.fromisoformat(text)
        if kind == "int64":
            return int(text)
        if kind == "double":
            number = float(text)
            if math.isfinite(number):
                return number
            raise ValueError(name)
        if kind == "bool":
            return {"true": True, "false": False}[text.lower()]
    except (ValueError, KeyError) as cause:
        raise BadAddress(f"{name} is not of the type {kind}", kind, "correct the address") from cause
    return text
