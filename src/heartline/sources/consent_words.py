"""What a row of a customer says of purposes: agreed to, objected to, or nothing.

Three ways to say it: ``consent_<purpose>`` (yes or no), ``objections`` (purposes parted by blanks or commas; ``none``
takes every objection back), and both. Where a row contradicts itself, the objection counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo

import msgspec
import pyarrow as pa

from heartline.sources.cells import Cells, flags, strings
from heartline.sources.times import times
from heartline.tables import EVERY_PURPOSE, PURPOSE_WORDS, PURPOSES

CONSENT_COLUMNS = tuple(f"consent_{purpose}" for purpose in PURPOSES)
CONSENT_AT = "consent_at"
"""When it was said; without it, the moment of the load in which it came first."""
WITHDRAWN = ("none", "no", "keine")
MOST_WORDS = 50

_APART = re.compile(r"[\s,;|]+")
_PURPOSE = {word: purpose for purpose, words in PURPOSE_WORDS.items() for word in words} | {
    EVERY_PURPOSE: EVERY_PURPOSE
}


def objected(given: str) -> dict[str, bool]:
    """Purposes that a cell of objections names, each false; a word that is no purpose stands for itself."""
    words = [word for word in _APART.split(given.strip().lower()) if word][:MOST_WORDS]
    if len(words) == 1 and words[0] in WITHDRAWN:
        return {EVERY_PURPOSE: True}
    return {_PURPOSE.get(word, word): False for word in words}


def is_purpose(word: str) -> bool:
    """Whether a word is one of the closed list, or all of it."""
    return word in PURPOSES or word == EVERY_PURPOSE


def told(flags_of: dict[str, bool | None], objections: str | None) -> dict[str, bool]:
    """Everything that one row says, by purpose."""
    said = {purpose: agreed for purpose, agreed in flags_of.items() if agreed is not None}
    against = objected(objections) if objections else {}
    if against.get(EVERY_PURPOSE) is False:
        said = {purpose: agreed for purpose, agreed in said.items() if not agreed}
    return {**against, **{purpose: agreed for purpose, agreed in said.items() if against.get(purpose) is not False}}


class ConsentCells:
    """The columns of a batch that speak of purposes, read; ``faults`` are those cells that cannot be."""

    def __init__(self, columns: dict[str, pa.Array], size: int, zone: tzinfo, formats: Sequence[str]) -> None:
        self.faults: list[tuple[str, Cells]] = []
        nothing: list[None] = [None] * size
        self._flags: dict[str, list[bool | None]] = {}
        for purpose, name in zip(PURPOSES, CONSENT_COLUMNS, strict=True):
            if name in columns:
                found = flags(columns[name])
                self.faults.append((name, found))
                self._flags[purpose] = found.values.to_pylist()
        self._objections: Sequence[str | None] = nothing
        if "objections" in columns:
            self._objections = strings(columns["objections"]).to_pylist()
        self._at: Sequence[datetime | None] = nothing
        if CONSENT_AT in columns:
            moments = times(columns[CONSENT_AT], zone, formats)
            self.faults.append((CONSENT_AT, moments))
            self._at = moments.values.to_pylist()
        self._size = size

    def column(self) -> pa.Array:
        """What each row says as JSON, ``{"at": …, "said": {purpose: agreed}}``; NULL where it says nothing."""
        made: dict[tuple[object, ...], str | None] = {}
        cells: list[str | None] = []
        for at in range(self._size):
            flags_of = {purpose: values[at] for purpose, values in self._flags.items()}
            key = (self._objections[at], self._at[at], *flags_of.values())
            if key not in made:
                said = told(flags_of, self._objections[at])
                made[key] = msgspec.json.encode({"at": self._at[at], "said": said}).decode() if said else None
            cells.append(made[key])
        return pa.array(cells, pa.string())
