"""What every reader gives: raw columns with line numbers, and the rows that could not be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Lines = npt.NDArray[np.int64]

BATCH_ROWS = 65_536


@dataclass(frozen=True)
class BadRow:
    """One row that cannot be loaded.

    ``line`` is the physical line it begins on (for Parquet the row number), from 1. ``shape`` says what the value
    looks like and never repeats a customer's words. ``raw`` is the row as read, kept only for mending.
    """

    line: int
    column: str
    shape: str
    reason: str
    expected: str
    raw: dict[str, Any]


@dataclass(frozen=True)
class RawBatch:
    """Columns as the file has them (strings, or the types of a Parquet file), all of ``rows`` rows."""

    columns: dict[str, pa.Array]
    lines: Lines
    broken: list[BadRow] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows that were read whole."""
        return len(self.lines)

    def raw_row(self, at: int) -> dict[str, Any]:
        """One row as it was read, for mending."""
        return {name: column[at].as_py() for name, column in self.columns.items()}


class Source(Protocol):
    """One open file."""

    name: str
    """The file's name, without its folder."""
    columns: list[str]
    """Names in the header; of JSON Lines those seen in the first lines."""
    notes: list[str]
    """What a reader should be told, e.g. that the encoding was guessed."""
    total_bytes: int

    @property
    def done_bytes(self) -> int:
        """How far the file has been read."""
        ...

    def batches(self) -> Iterator[RawBatch]:
        """Rows in the order of the file."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...


_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ][\d:.,]*)?(\s?(Z|UTC|GMT|[+-]\d\d:?\d\d|[AaPp][Mm]))?")
_NUMBER = re.compile(r"[+-]?[\d.,]{1,30}([eE][+-]?\d{1,3})?%?")


def shape_of(value: object) -> str:
    """What a value looks like. Numbers and dates are shown; of words only their length."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes or no"
    if isinstance(value, int | float):
        return f"number {value}"
    text = str(value)
    bare = text.strip()
    if not bare:
        return "nothing" if not text else f"{len(text)} blanks"
    if _DATE.fullmatch(bare):
        return f"looks like a date {bare}"
    # long runs of digits may be a telephone or card number: personal, so not shown
    if _NUMBER.fullmatch(bare) and sum(c.isdigit() for c in bare) <= 17 and any(c.isdigit() for c in bare):
        return f"number {bare}" if sum(c.isdigit() for c in bare) <= 10 else f"number of {len(bare)} characters"
    return f"text of {len(text)} character{'' if len(text) == 1 else 's'}"
