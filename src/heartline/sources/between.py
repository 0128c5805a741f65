"""How long it is from one time of a row to another: what came late, and by how much.

A mapping file says it as ``[file.between]``; docs/how-to/mapping-files.md explains the keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from heartline.errors import MappingError
from heartline.sources.header import told_names
from heartline.sources.raw import RawBatch
from heartline.sources.times import times

UNITS = ("days", "seconds")
HOW_TO = "see docs/how-to/mapping-files.md"
_KEYS = ("from", "to", "in", "format", "zone")


@dataclass(frozen=True)
class Between:
    """A new column: from one time to another, below 0 where the second is the earlier.

    ``unit`` days are days of the calendar as the file writes them, whatever the hour: due on the 3rd and come on the
    3rd is 0. Seconds are those that passed; clocks that are set back and forward count where a ``zone`` is told.
    """

    name: str
    start: str
    end: str
    unit: str
    formats: tuple[str, ...] = ()
    zone: str = ""


def between_of(given: object, where: str) -> tuple[Between, ...]:
    """The columns that ``[file.between]`` says; MappingError for what is none."""
    place = f"[file.between] in {where}"
    if not isinstance(given, Mapping):
        raise MappingError(f"{place} is no block", 'days_late = { from = "due", to = "came", in = "days" }', HOW_TO)
    found = []
    for name, rule in given.items():
        keys = set(rule) if isinstance(rule, Mapping) else set()
        if not isinstance(rule, Mapping) or not {"from", "to"} <= keys or keys - set(_KEYS):
            raise MappingError(f"{place}: {name} does not say from where to where",
                               f"{{ from = …, to = … }} and maybe {', '.join(_KEYS[2:])}", HOW_TO)  # fmt: skip
        unit = str(rule.get("in", "seconds"))
        if unit not in UNITS:
            raise MappingError(f"{place}: {name} is counted in {unit}", f"one of {', '.join(UNITS)}", HOW_TO)
        formats = rule.get("format", ())
        found.append(
            Between(
                str(name), str(rule["from"]), str(rule["to"]), unit,
                tuple(map(str, formats)) if isinstance(formats, list | tuple) else (str(formats),),
                str(rule.get("zone", "")),
            )
        )  # fmt: skip
        _zone(found[-1], place)
    return tuple(found)


def _zone(rule: Between, place: str = "[file.between]") -> tzinfo:
    try:
        return ZoneInfo(rule.zone) if rule.zone else UTC
    except (ValueError, OSError, KeyError) as cause:
        raise MappingError(f"{place}: there is no zone {rule.zone}", "e.g. Europe/Berlin", HOW_TO) from cause


class WithBetween:
    """Adds the columns; where one of the two times is blank or cannot be read, the cell is blank."""

    def __init__(self, rules: Sequence[Between], file: str) -> None:
        self._rules = rules
        self._file = file

    def columns(self, found: Sequence[str]) -> list[str]:
        """The columns of the file and the new ones; MappingError where a time's column is not there."""
        missing = [name for rule in self._rules for name in (rule.start, rule.end) if name not in found]
        if missing:
            raise MappingError(
                f"{self._file} has no column {', '.join(dict.fromkeys(missing))}, which [file.between] uses; "
                f"found: {told_names(found)}",
                "two columns that hold times", "correct the mapping file",
            )  # fmt: skip
        taken = [rule.name for rule in self._rules if rule.name in found]
        if taken:
            raise MappingError(
                f"{self._file} has a column {', '.join(taken)} already, which [file.between] would hide",
                "a new name for it", "correct the mapping file",
            )  # fmt: skip
        return [*found, *(rule.name for rule in self._rules)]

    def batch(self, raw: RawBatch) -> RawBatch:
        """The same rows with further columns."""
        return RawBatch({**raw.columns, **{r.name: _counted(r, raw) for r in self._rules}}, raw.lines, raw.broken)

    def finish(self) -> None:
        """Nothing is held back."""


def _counted(rule: Between, raw: RawBatch) -> pa.Array:
    # days are counted on the file's own calendar: an evening must not fall on the next day of another zone
    zone = UTC if rule.unit == "days" else _zone(rule)
    start, end = (times(raw.columns[name], zone, rule.formats).values for name in (rule.start, rule.end))
    if rule.unit == "days":
        start, end = (moment.cast(pa.date32(), safe=False).cast(pa.int32()) for moment in (start, end))
        return pc.subtract(end, start).cast(pa.string())
    passed = pc.subtract(end.cast(pa.int64()), start.cast(pa.int64()))
    return pc.divide(passed, 1_000_000).cast(pa.string())
