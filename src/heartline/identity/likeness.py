"""Whether two names or two birth dates can be one person's. Only used to hold back: likeness joins nobody here."""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache

from heartline.identity.names import fold
from heartline.identity.nicknames import GROUPS

Words = tuple[str, ...]

_TITLES = frozenset(
    (
        "dr",
        "frau",
        "herr",
        "ing",
        "jr",
        "miss",
        "mme",
        "monsieur",
        "mr",
        "mrs",
        "ms",
        "mx",
        "prof",
        "senor",
        "sir",
        "sr",
    )
)
_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")


@lru_cache(maxsize=200_000)
def name_words(name: str | None) -> Words:
    """The words of a name as they are compared: given name first, without titles, accents and marks; none: not told."""
    if not name:
        return ()
    plain = fold(name)
    if plain.count(",") == 1:
        last, first = plain.split(",")
        plain = f"{first} {last}"
    words = re.split(r"[^\w]+", plain)
    return tuple(word for word in words if word and word not in _TITLES)


def names_agree(a: Words, b: Words) -> bool:
    """Whether two names can be one person's: the given names agree, also shortened, mistyped or in another order.

    A family name may change; another given name is somebody else in the same house. A name not told agrees with all.
    """
    if not a or not b or a == b:
        return True
    if len(a) == 1 or len(b) == 1:
        return any(alike(x, y) for x in a for y in b)
    if alike(a[0], b[0]):
        return True
    if alike(a[0], b[-1]) and alike(a[-1], b[0]):
        return True
    return any(alike(a[0], y) for y in b[1:-1]) or any(alike(x, b[0]) for x in a[1:-1])


_NONE: frozenset[int] = frozenset()


@cache
def _forms() -> dict[str, frozenset[int]]:
    """Numbers of the groups of pet names that each name stands in."""
    found: dict[str, frozenset[int]] = {}
    for number, group in enumerate(GROUPS):
        for name in map(fold, group):
            found[name] = found.get(name, _NONE) | {number}
    return found


@lru_cache(maxsize=200_000)
def alike(a: str, b: str) -> bool:
    """Whether two words can be one name: the same, an initial, a short or pet form, or a slip of one or two letters.

    Not alike are names that differ by their ending only, such as those of a woman and a man (Daniel, Daniela).
    """
    if a == b or _forms().get(a, _NONE) & _forms().get(b, _NONE):
        return True
    short, long = sorted((a, b), key=len)
    if len(short) == 1:
        return long.startswith(short)
    if long.startswith(short):
        more = long[len(short) :]
        return len(short) >= 3 and (len(more) >= 2 or (len(short) >= 4 and more not in "aeio"))
    if a[:-1] == b[:-1]:
        return {a[-1], b[-1]} & set("aeiou") == set() and len(a) > 3
    most = 0 if len(short) < 4 else 1 if len(long) < 8 else 2
    return bool(most) and _slips(a, b) <= most


def _slips(a: str, b: str) -> int:
    """Letters wrong, missing, too many, or two in the wrong order."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


@lru_cache(maxsize=100_000)
def iso_date(written: str | None) -> str | None:
    """A birth date as ISO text; None where it is not told, cannot be read, or is up to 1 January 1900."""
    if not written:
        return None
    text = written.strip()[:10]
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
        text = f"{year}-{int(month):02d}-{int(day):02d}"
    try:
        told = date.fromisoformat(text)
    except ValueError:
        return None
    return told.isoformat() if told > date(1900, 1, 1) else None


def dates_agree(a: str, b: str) -> bool:
    """Whether two birth dates (ISO) can be one: the same, day and month swapped, or one digit wrong."""
    if a == b:
        return True
    if a[:4] == b[:4] and a[5:7] == b[8:] and a[8:] == b[5:7]:
        return True
    return len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) == 1
