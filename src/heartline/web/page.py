"""A page: an address, a typed context that says what every field is, a template, and the same context as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from heartline.errors import HeartlineError
from heartline.web.door import Door, Row

if TYPE_CHECKING:
    import pyarrow as pa

Query = Mapping[str, str]


class MissingPage(HeartlineError):  # noqa: N818  the name says what it is; it is raised, not passed around
    """What the address asks for is not there."""


class BadAddress(HeartlineError):  # noqa: N818
    """The address holds a filter, a column or a number that is not allowed."""


def told(what: str) -> Any:
    """A field of a context, with what it is; a test fails for a field that does not say."""
    return field(metadata={"help": what})


@dataclass(frozen=True)
class Chart:
    """A chart on a page: which one, the filter in its address, and the rows that it draws.

    name: name of the file in ``web/charts``
    query: the part of the address after ``?`` that makes the same rows again
    rows: what is drawn, also shown as a table
    """

    name: str
    query: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class ChartQuery:
    """Where the rows of a chart come from, from the same address parts as its page."""

    name: str
    rows: Callable[[Door, Query], Sequence[Row]]


@dataclass(frozen=True)
class Page:
    """One page.

    path: address, with ``{customer_id}`` and the like
    build: makes the context from the address parts; path and query in one mapping
    context: class of the context
    charts: charts of the page
    menu: name in the menu; empty: not in it
    table: what the page gives out as CSV and XLSX at its own address with .csv or .xlsx, with what its columns hold
    """

    name: str
    path: str
    title: str
    build: Callable[[Door, Query], Any]
    context: type
    charts: tuple[ChartQuery, ...] = ()
    menu: str = ""
    table: Callable[[Door, Query], tuple[pa.Table, Sequence[tuple[str, str, str, str]]]] | None = None

    @property
    def template(self) -> str:
        """File name of the template."""
        return f"{self.name}.html"


def whole(query: Query, name: str, default: int, low: int, high: int) -> int:
    """A whole number of the address, kept inside its bounds; BadAddress where it is no number."""
    text = query.get(name, "")
    if not text:
        return default
    try:
        return min(max(int(text), low), high)
    except ValueError as cause:
        raise BadAddress(f"{name} is not a whole number", f"{low} to {high}", "correct the address") from cause


def choice(query: Query, name: str, allowed: Sequence[str], default: str = "") -> str:
    """A word of the address out of a list; BadAddress for any other."""
    text = query.get(name, "")
    if not text:
        return default
    if text not in allowed:
        raise BadAddress(f"{name} is not known", f"one of {', '.join(allowed)}", "correct the address")
    return text
