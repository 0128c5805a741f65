"""What the contract needs of each export: an invented file and what must become of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Cells = Mapping[str, Any]


@dataclass(frozen=True)
class Sample:
    """One export's file, in the workspace zone ``zone``.

    ``counts`` are rows per table; ``rows`` cells of some rows by table and id; ``bodies`` further files: ``newer`` (one
    row exported again with newer content, seen in ``replaced``), ``broken`` (with ``bad``: line and column of each
    row set aside, and ``mend``: cells that make the first of them load, after which ``mended`` are there), ``lacking``
    (without the column ``lacks``). ``kept`` are table, id, and a column of nobody's that must be kept.
    """

    file: str
    body: str
    counts: Mapping[str, int]
    rows: Mapping[str, Mapping[str, Cells]]
    newer: str
    replaced: tuple[str, str, Cells]
    broken: str
    bad: frozenset[tuple[int, str]]
    mend: Mapping[str, str]
    mended: tuple[str, str]
    lacking: str
    lacks: str
    kept: tuple[str, str, str, str]
    zone: str = "Europe/Berlin"
    encoding: str = "utf-8"
    also: tuple[str, ...] = field(default=("utf-8-sig", "utf-16"))
    """Other encodings in which the same text must give the same rows."""
