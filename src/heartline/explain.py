"""From what? The answer for every figure: the analysis, its steps, its settings, its inputs, its notes, its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from heartline.errors import EngineError, TableError
from heartline.facts.derived import DerivedStore
from heartline.tables import Table, table

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Explanation:
    """How a table, or some rows of it, came to be.

    columns: (name, meaning, unit, what NULL means) of each column
    inputs: (table, rows seen) of each table read
    steps: (name, SQL) in the order they ran
    notes: what the fit said: base sizes, fallbacks, what was left out
    rows: the rows asked for, at most 100
    """

    table: str
    grain: str
    meaning: str
    columns: list[tuple[str, str, str, str]]
    analysis: str
    method: str
    as_of: str | None = None
    engine: str | None = None
    run_id: str | None = None
    seconds: float | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    inputs: list[tuple[str, int]] = field(default_factory=list)
    steps: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    values: Mapping[str, Any] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """A dictionary of plain values."""
        return asdict(self)


class Questions(Protocol):
    """What answers one SELECT; ``heartline.workspace.Workspace`` is one."""

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Rows of one SELECT over all tables by name, with ``$name`` parameters."""


def explain_rows(house: Questions, derived: DerivedStore, table_name: str, key: Mapping[str, object]) -> Explanation:
    """Explain a table, with its rows that match ``key`` (column = value), at most 100.

    TableError for an unknown table or column, one of people's decisions, or a value that its column cannot hold.
    """
    of = table(table_name)
    if of.kind == "record":
        raise TableError(
            f"{table_name} holds people's decisions", "a fact or derived table", "see docs/reference/tables.md"
        )
    conditions = " and ".join(f"{of.column(name).name} = ${name}" for name in key)
    where = f"where {conditions}" if conditions else ""
    try:
        rows = house.query(f"select * from {table_name} {where} limit 100", key).to_pylist() if key else []
    except EngineError as cause:
        types = ", ".join(f"{name}: {of.column(name).type}" for name in key)
        raise TableError(
            f"a value given for {', '.join(key)} does not fit its column", types, "see docs/reference/tables.md"
        ) from cause
    return explain_table(of, derived, rows)


def explain_table(of: Table, derived: DerivedStore, rows: list[dict[str, Any]]) -> Explanation:
    """Explain a table from what its run wrote down; a fact table says where its rows come from."""
    columns = [(c.name, c.meaning, c.unit, c.null) for c in of]
    about = derived.about(of.name) if of.kind == "derived" else None
    method = f"docs/explanation/{of.written_by.replace('_', '-')}.md" if of.kind == "derived" else ""
    if about is None:
        notes = (
            ["facts as the sources gave them; `source` and `load_id` say from where"]
            if of.kind == "fact"
            else ["not computed yet: run `heartline run`"]
        )
        return Explanation(of.name, of.grain, of.about, columns, of.written_by, method, notes=notes, rows=rows)
    return Explanation(
        table=of.name,
        grain=of.grain,
        meaning=of.about,
        columns=columns,
        analysis=about["analysis"],
        method=method,
        as_of=about["as_of"],
        engine=about["engine"],
        run_id=about["run_id"],
        seconds=about["seconds"],
        settings=about["settings"],
        inputs=[(name, n) for name, n in about["inputs"].items()],
        steps=[(name, sql) for name, sql in about["steps"]],
        notes=list(about["notes"]),
        values=about["values"],
        rows=rows,
    )
