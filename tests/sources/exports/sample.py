"""What the contract needs of each export: an invented file and what must become of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Cells = Mapping[str, Any]


@dataclass(frozen=True)
class Sample:
    """One export's file, in the workspace zone ``zone``; files that are no text are given as bytes.

    ``counts`` are rows per table, ``rows`` cells of some rows by table and id. ``newer`` has one row exported again
    with newer content, seen in ``replaced``. ``broken`` has rows to be set aside: ``bad`` are their lines and columns,
    ``mend`` the cells that make the first of them load, after which ``mended`` is there. ``lacking`` is without the
    column ``lacks`` (blank for a file that has no columns). ``kept`` are table, id, and name and value of a column of
    nobody's that must be kept. ``told`` is what the file does not say itself.
    """

    file: str
    body: str | bytes
    counts: Mapping[str, int]
    rows: Mapping[str, Mapping[str, Cells]]
    newer: str | bytes
    replaced: tuple[str, str, Cells]
    broken: str | bytes
    bad: frozenset[tuple[int, str]]
    mend: Mapping[str, str]
    mended: tuple[str, str]
    kept: tuple[str, str, str, str]
    lacking: str = ""
    lacks: str = ""
    zone: str = "Europe/Berlin"
    encoding: str = "utf-8"
    told: Mapping[str, Any] = field(default_factory=dict)
    also: tuple[str, ...] = field(default=("utf-8-sig", "utf-16"))
    """Other encodings in which the same text must give the same rows."""
