"""What a table and a column are, and the short builders that the table files use.

All times are UTC without an offset; money is in the currency of the row; probabilities are 0 to 1 and start
with ``p_``; valence runs from -1 (very bad) to 1 (very good).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from heartline.errors import TableError

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["fact", "derived", "record"]
Type = Literal["string", "double", "int64", "bool", "timestamp", "date", "json"]

BUCKETS = 64


@dataclass(frozen=True)
class Column:
    """One column: what it holds, in which unit, and what a missing value says."""

    name: str
    type: Type
    meaning: str
    unit: str = ""
    null: str = ""
    personal: bool = False
    required: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table: a row stands for one ``grain``; ``key`` columns together are unique."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    kind: Kind
    written_by: str
    about: str
    customer: str | None = "customer_id"
    time: str | None = None
    _index: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {column.name: column for column in self.columns})

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in their order."""
        return tuple(self._index)

    def column(self, name: str) -> Column:
        """The column of that name; TableError names the known ones when there is none."""
        if name not in self._index:
            raise TableError(
                f"table {self.name} has no column {name}",
                f"one of {', '.join(self.names)}",
                "see docs/reference/tables.md",
            )
        return self._index[name]

    def __contains__(self, name: object) -> bool:
        return name in self._index

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def arrow_schema(self, names: Iterable[str] | None = None) -> pa.Schema:
        """The Arrow schema of the whole table, or of the named columns in the given order."""
        import pyarrow as pa

        types = {
            "string": pa.string(),
            "json": pa.string(),
            "double": pa.float64(),
            "int64": pa.int64(),
            "bool": pa.bool_(),
            "timestamp": pa.timestamp("us"),
            "date": pa.date32(),
        }
        wanted = self.names if names is None else tuple(names)
        return pa.schema([pa.field(name, types[self.column(name).type]) for name in wanted])


def bucket_of(customer_id: str) -> int:
    """Bucket 0 to 63 of a customer: the first byte of the md5 of the id, modulo 64.

    Engines' own ``hash`` functions disagree; md5 is the same in Python, DuckDB and Spark.
    """
    return hashlib.md5(customer_id.encode(), usedforsecurity=False).digest()[0] % BUCKETS


def c(
    name: str, type: Type, meaning: str, *, unit: str = "", null: str = "", personal: bool = False,
    required: bool = False, allowed: tuple[str, ...] = (),
) -> Column:  # fmt: skip
    """A column, written short."""
    return Column(name, type, meaning, unit, null, personal, required, allowed)


CUSTOMER = c("customer_id", "string", "the customer", personal=True, required=True)
CURRENCY = c("currency", "string", "ISO 4217 code", null="the workspace's currency")
PROVENANCE = (
    c("source", "string", "file or system that the row came from"),
    c("load_id", "string", "load that brought the row; see `heartline show load`"),
    c("known_at", "timestamp", "when the company could know it; an analysis as of an earlier time does not see it",
       unit="UTC"),
)  # fmt: skip


def fact(
    name: str, grain: str, key: tuple[str, ...], about: str, *columns: Column,
    customer: str | None = "customer_id", time: str | None = "occurred_at",
) -> Table:  # fmt: skip
    """A table of facts; where each row came from is added."""
    return Table(name, grain, key, (*columns, *PROVENANCE), "fact", "sources", about, customer, time)


def derived(
    name: str, grain: str, key: tuple[str, ...], written_by: str, about: str, *columns: Column,
    customer: str | None = "customer_id", time: str | None = None,
) -> Table:  # fmt: skip
    """A table that an analysis writes."""
    return Table(name, grain, key, columns, "derived", written_by, about, customer, time)


def record(
    name: str, grain: str, key: tuple[str, ...], about: str, *columns: Column, written_by: str = "action"
) -> Table:
    """A table of the records database."""
    return Table(name, grain, key, columns, "record", written_by, about, None, None)
