"""When a recorded conversation began: told with the mapping, or in the file's name."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from heartline.errors import MappingError, SourceError
from heartline.sources.times import EARLIEST, LATEST

_ZOOM = re.compile(r"(?<![A-Za-z0-9])GMT(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)(?!\d)")
_MOMENT = re.compile(
    r"(?<!\d)(\d{4})([-_.]?)(\d\d)\2(\d\d)(?:[T _-]| at ){1,3}(\d\d)([-_.:h]?)(\d\d)(?:[-_.:m]?(\d\d))?(Z)?(?!\d)"
)
_DAY = re.compile(r"(?<!\d)(\d{4})([-_.]?)(\d\d)\2(\d\d)(?!\d)")
EXAMPLE = "2025-03-01 10:00"


def told_start(text: str) -> datetime:
    """The moment that a mapping tells, with or without an offset; MappingError where it is none."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        found = None
    if found is None or not EARLIEST <= found.replace(tzinfo=None) < LATEST:
        raise MappingError("start is no time that can be read", f"a time such as {EXAMPLE}", f'start = "{EXAMPLE}"')
    return found


def named_start(name: str) -> tuple[datetime, bool] | None:
    """The moment in a file's name and whether it has a time of day; None where there is none.

    Zoom's ``GMT20250301-100000`` and a time that ends in Z are UTC, others have no offset.
    """
    if found := _ZOOM.search(name):
        moment = _moment(found.groups())
        if moment is not None:
            return moment.replace(tzinfo=UTC), True
    for found in _MOMENT.finditer(name):
        year, _, month, day, hour, _, minute, second, zulu = found.groups()
        moment = _moment((year, month, day, hour, minute, second or "0"))
        if moment is not None:
            return (moment.replace(tzinfo=UTC) if zulu else moment), True
    for found in _DAY.finditer(name):
        moment = _moment((found[1], found[3], found[4]))
        if moment is not None:
            return moment, False
    return None


def start_of(name: str, told: str, notes: list[str]) -> datetime:
    """When the conversation in a file began. SourceError says what to add where nothing tells it."""
    if told:
        return told_start(told)
    found = named_start(name)
    if found is None:
        raise SourceError(
            f"nothing says when the conversation in {name} began: the file has times from its beginning only",
            f"the start in the file's name (call {EXAMPLE.replace(':', '.')}), or told",
            f'heartline ingest --set start="{EXAMPLE}" …, or start = "{EXAMPLE}" under [file] of a mapping',
        )
    if not found[1]:
        notes.append("the file's name tells the day only: its times are counted from midnight")
    return found[0]


def _moment(parts: tuple[str, ...]) -> datetime | None:
    try:
        year, month, day, hour, minute, second = (*(int(part) for part in parts), 0, 0, 0)[:6]
        found = datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    # digits of a number that happen to be a date are mostly of no likely year
    return found if 1990 <= year < 2100 else None
