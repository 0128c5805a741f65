"""Explain: from a figure to its rows, its words, its steps, its settings and its model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from heartline.tables import TABLES
from heartline.tables import table as table_of
from heartline.web.behind import Evidence, behind
from heartline.web.consent import consents
from heartline.web.door import Door, Row
from heartline.web.figures import explain_address
from heartline.web.page import MissingPage, Page, Query, told
from heartline.web.rowfilter import Condition, condition_of

SHOWN = 50
POOLED = {
    "touchpoint_period": "A mean over several rows is weighted by their felt visits; its interval comes from "
    "theirs, taken as independent. Counts are added, and shares are shares of the added counts.",
    "segment_move": "The figure is the sum of the rows that lead from one segment to another.",
}


CLOSED = {
    "conduct": ("conversation_id", "customer_id", "interaction_id", "ended_at", "span_start", "span_end"),
    "promise_heard": (
        "conversation_id", "customer_id", "interaction_id", "made_at", "due_at", "span_start", "span_end",
    ),
    "walk": ("walker",),
    "walk_step": ("walker", "note"),
    "walk_guess": ("guesser", "guess_id"),
}  # fmt: skip
"""Columns by which an employee could be found: who spoke in a conversation, who walked, who guessed."""


@dataclass(frozen=True)
class ExplainContext:
    """Where a figure came from."""

    table: str = told("table that the figure stands in")
    meaning: str = told("what a row of the table says")
    column: str = told("column of the figure; empty: the whole row")
    column_meaning: str = told("what the column says, its unit, and what a missing value means")
    filter: Sequence[Condition] = told("the key of the figure: column and value")
    how: str = told("how the rows become the figure where it is more than one row; empty otherwise")
    value: str = told("the figure itself where the key leads to one row; empty otherwise")
    columns: Sequence[tuple[str, str, str, str]] = told("every column: name, meaning, unit, what missing means")
    names: Sequence[str] = told("columns of the rows shown")
    rows: Sequence[Mapping[str, Any]] = told("rows behind the figure, at most 50")
    total: int = told("how many rows there are")
    evidence: Sequence[Evidence] = told("rows one level below: visits, customers, words")
    analysis: str = told("analysis that wrote the table; sources for facts")
    method: str = told("where the method is written down; empty for facts")
    as_of: str = told("moment up to which facts were read; empty before the first run")
    engine: str = told("engine that ran the steps; empty before the first run")
    run_id: str = told("run that wrote the table; empty before the first run")
    settings: Mapping[str, Any] = told("settings that the run used")
    inputs: Sequence[tuple[str, int, str]] = told("tables read: name, rows, address that opens it")
    steps: Sequence[tuple[str, str]] = told("SQL of every step, in order")
    notes: Sequence[str] = told("what the fit said: base sizes, fallbacks, model")


def build(door: Door, query: Query) -> ExplainContext:
    """The explanation of one figure; MissingPage for a table that does not exist."""
    name = query["table"]
    if name not in TABLES or TABLES[name].kind == "record":
        raise MissingPage(
            "there is no such table to open", "a table of docs/reference/tables.md", "go back to the figure"
        )
    table = table_of(name)
    column = query.get("column", "")
    if column and column not in table:
        raise MissingPage("the table has no such column", f"one of {', '.join(table.names)}", "go back to the figure")
    where, values, conditions = condition_of(table, query)
    closed = CLOSED.get(name, ())
    if column in closed or any(condition.column in closed for condition in conditions):
        raise MissingPage(
            "this is not opened here: it would tell of an employee",
            f"columns other than {', '.join(closed)}", "see docs/how-to/read-the-desk.md",
        )  # fmt: skip
    customer = next((str(c.value) for c in conditions if c.column == table.customer), "")

    def ask(sql: str) -> list[Row]:
        found: list[Row] = (
            door.customer_query(customer, sql, values) if customer else door.query(sql, values)
        ).to_pylist()
        return found

    total = int(ask(f"select count(*) as n from {name}{where}")[0]["n"])
    order = ", ".join(f"{key} nulls last" for key in table.key)
    found = ask(f"select * from {name}{where} order by {order} limit {SHOWN}")
    found = _withheld(door, found) if table.customer else found
    told_by = door.explain(name)
    names = [each for each in _names(table.names, table.key, column) if each not in closed]
    meant = table.column(column) if column else None
    return ExplainContext(
        table=name,
        meaning=table.about,
        column=column,
        column_meaning=(
            meant.meaning
            + (f"; {meant.unit}" if meant.unit else "")
            + (f". Missing means: {meant.null}" if meant.null else "")
        )
        if meant
        else "",
        filter=conditions,
        how=POOLED.get(name, "") if total > 1 and column else "",
        value="" if total != 1 or not column or not found or found[0].get(column) is None else _text(found[0][column]),
        columns=[(c.name, c.meaning, c.unit, c.null) for c in table],
        names=names,
        rows=[{key: row.get(key) for key in names} for row in found],
        total=total,
        evidence=behind(door, name, conditions, found),
        analysis=told_by.analysis,
        method=told_by.method,
        as_of=str(told_by.as_of or "").replace("T", " "),
        engine=told_by.engine or "",
        run_id=told_by.run_id or "",
        settings=told_by.settings,
        inputs=[
            (table_name, n, explain_address(table_name) if table_name in TABLES else "")
            for table_name, n in told_by.inputs
        ],
        steps=list(told_by.steps),
        notes=list(told_by.notes),
    )


def _text(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _names(names: Sequence[str], key: Sequence[str], column: str) -> list[str]:
    """Key columns first, then the one asked for, then the rest; a hundred probabilities only where one is asked for."""
    first = list(dict.fromkeys([*key, *([column] if column else [])]))
    return first + [name for name in names if name not in first and not (name.startswith("p_") and len(names) > 40)]


def _withheld(door: Door, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of customers who refused or object are left out where they say how somebody feels or is judged."""
    if not found or "customer_id" not in found[0] or found[0].keys() & {"source", "load_id"}:
        return found
    allowed = consents(door, list({row["customer_id"] for row in found}))
    return [row for row in found if row["customer_id"] not in allowed or allowed[row["customer_id"]].profile]


PAGE = Page("explain", "/explain/{table}", "From what?", build, ExplainContext)
