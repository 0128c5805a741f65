"""How far a query was read: the highest value of its cursor, kept with its kind, and the place to begin at next time.

A row that is written while another transaction is still open may become visible after later ones. So each run begins
``overlap`` before the highest value: what is read again changes nothing, and what was committed late is read.
"""

from __future__ import annotations

import math
import operator
import re
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from heartline.errors import SourceError

Overlap = timedelta | int
AHEAD = timedelta(days=2)
"""How far a time may lie in the future, clocks and zones allowed for. One slip of the pen (2199) must not become the
place from which everything after it is thought to be read."""
USUAL: dict[str, Overlap] = {
    "time": timedelta(hours=1), "day": timedelta(days=1), "whole": 1000, "time_text": timedelta(hours=1),
}  # fmt: skip
"""Overlap where none is told, by the kind of the cursor; other kinds have none, and only ties are read again."""
ORDER = "see docs/how-to/feeds.md on what can be a cursor"

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:([T ])(\d\d:\d\d)(:\d\d)?(\.\d+)? ?(Z|[+-]\d\d(?::?\d\d)?)?)?")
_UNORDERED = re.compile(
    r"[+-]?\d+([.,]\d+)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*|[\da-fA-F]{8}-[\da-fA-F]{4}-[^67][\da-fA-F]{3}-.*"
)
"""Numbers, dates with the day or month first, random identifiers."""


def overlap_of(told: str) -> Overlap | None:
    """An overlap as it is written: ``90s``, ``10m``, ``2h``, ``3d``, ``1w``, or a number; None for no word."""
    if not told:
        return None
    found = re.fullmatch(r"(\d{1,9})\s*([smhdw]?)", told.strip())
    if found is None:
        raise SourceError(f"the overlap {told} cannot be read", "e.g. 10m, 2h, 3d, or a number such as 500", ORDER)
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found[2] else int(found[1])


def kind_of(value: Any) -> str:
    """What kind of value a cursor has; SourceError for what has no order in time."""
    if isinstance(value, bool):
        return "yes or no"
    if isinstance(value, int):
        return "whole"
    if isinstance(value, Decimal | float):
        return (
            "whole" if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral() else "number"
        )
    if isinstance(value, datetime):
        return "time"
    if isinstance(value, date):
        return "day"
    if isinstance(value, str):
        return "time_text" if _ISO.fullmatch(value) else "text"
    if isinstance(value, uuid.UUID):
        return "uuid"
    return "bytes" if isinstance(value, bytes | bytearray | memoryview) else type(value).__name__


def kept(value: Any) -> dict[str, str]:
    """A value as the records keep it."""
    kind = kind_of(value)
    if kind == "bytes":
        return {"kind": kind, "value": bytes(value).hex()}
    if kind in ("time", "day"):
        return {"kind": kind, "value": value.isoformat()}
    if isinstance(value, float):
        return {"kind": "float", "value": repr(value)}
    return {"kind": kind, "value": format(value, "f") if isinstance(value, Decimal) else str(value)}


def read(held: dict[str, str]) -> Any:
    """A kept value as it was."""
    kind, value = held["kind"], held["value"]
    if kind == "whole":
        return int(Decimal(value))
    makes: dict[str, Any] = {
        "number": Decimal, "float": float, "time": datetime.fromisoformat, "day": date.fromisoformat,
        "uuid": uuid.UUID, "bytes": bytes.fromhex,
    }  # fmt: skip
    return makes.get(kind, str)(value)


def shown(held: dict[str, str] | None) -> str:
    """A kept value for people: times and numbers as they are, of texts the kind only."""
    if held is None:
        return ""
    return f"a {held['kind']}" if held["kind"] in ("text", "bytes") else held["value"]


def begin_at(highest: Any, overlap: Overlap | None) -> Any:
    """The lowest value to be read. SourceError where the overlap is of another kind than the cursor."""
    kind = kind_of(highest)
    wanted = USUAL.get(kind, 0) if overlap is None else overlap
    if not wanted:
        return highest
    timely = kind in ("time", "day", "time_text")
    if timely != isinstance(wanted, timedelta) or kind in ("text", "bytes", "uuid"):
        raise SourceError(
            "the overlap does not fit the cursor", "a duration such as 2h for times, a number for numbers", ORDER
        )
    try:
        if kind == "time_text":
            return _earlier(highest, cast(timedelta, wanted))
        return highest - wanted
    except OverflowError:
        return highest


def _earlier(highest: str, by: timedelta) -> str:
    """A time in text before another, in the same form and never longer: it sorts before all that begin with it."""
    found = _ISO.fullmatch(highest)
    assert found is not None
    if found[2] is None:
        return (date.fromisoformat(found[1]) - max(by, timedelta(days=1))).isoformat()
    moment = datetime.fromisoformat(f"{found[1]}T{found[3]}{found[4] or ''}") - by
    return moment.isoformat(found[2], "seconds" if found[4] else "minutes")


class Highest:
    """Follows a cursor through the rows of a query, which the database gives in its order."""

    def __init__(self, column: str, now: datetime | None = None) -> None:
        self.value: Any = None
        self.missing = 0
        self.ahead = 0
        self._column = column
        self._latest = (now or datetime.now(UTC)) + AHEAD
        self._kind = ""
        self._form: tuple[str, str] | None = None
        self._last: Any = None

    def take(self, values: Sequence[Any]) -> None:
        """Take the cursors of the next rows. SourceError where they cannot tell what is new."""
        known = [value for value in values if value is not None]
        self.missing += len(values) - len(known)
        if not known:
            return
        for value in (known[0], known[-1]) if len(set(map(type, known))) == 1 else known:
            self._check_kind(value)
        if self._kind in ("text", "time_text"):
            self._check_texts(known)
        elif not self._in_order(known):
            raise self._refused("is not in order, or is not a number")
        self._last = known[-1]
        while known and self._too_late(known[-1]):
            self.ahead += 1
            known.pop()
        if known:
            self.value = known[-1]

    def _in_order(self, known: list[Any]) -> bool:
        run = known if self._last is None else [self._last, *known]
        try:
            ends_well = not isinstance(run[-1], float | Decimal) or math.isfinite(run[-1])
            return ends_well and all(map(operator.le, run, run[1:]))
        except TypeError:  # times with and without an offset
            return False

    def _check_kind(self, value: Any) -> None:
        kind = {"number": "number", "whole": "number"}.get(kind_of(value), kind_of(value))
        if kind == "time":
            kind += " with offset" if value.tzinfo else ""
        if kind not in ("number", "time", "time with offset", "day", "text", "time_text", "uuid", "bytes"):
            raise self._refused(f"is {kind}")
        if self._kind and kind != self._kind:
            raise self._refused(f"is of several kinds: {self._kind.replace('_', ' ')} and {kind.replace('_', ' ')}")
        if isinstance(value, uuid.UUID) and value.version not in (6, 7):
            raise self._refused("is a random identifier")
        self._kind = kind

    def _check_texts(self, known: list[str]) -> None:
        for value in known:
            found = _ISO.fullmatch(value)
            if self._kind == "time_text" and found is None:
                raise self._refused("is of several kinds: times and other text")
            if self._kind == "text" and (found is not None or _UNORDERED.fullmatch(value)):
                raise self._refused("is text whose order is not that of time or of numbers")
            form = (found[2] or "", found[6] or "") if found else ("", str(len(value)))
            if self._form is not None and form != self._form:
                raise self._refused("is text in several forms, whose order is not that of time")
            self._form = form

    def _too_late(self, value: Any) -> bool:
        if isinstance(value, str):
            found = _ISO.fullmatch(value)
            return found is not None and found[1] > self._latest.date().isoformat()
        if isinstance(value, datetime):
            return value > (self._latest if value.tzinfo else self._latest.replace(tzinfo=None))
        return isinstance(value, date) and value > self._latest.date()

    def _refused(self, why: str) -> SourceError:
        return SourceError(
            f"the cursor {self._column} {why}",
            "times, dates or numbers that grow as rows are written or changed, all of one kind",
            f"cast it in the query, or choose another column; {ORDER}",
        )
