"""Runs analyses on an engine: shows them the facts known at ``as_of``, runs their stages, checks what they made.

Analyses say what they read and write; the order follows. The runner knows no analysis by name.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from heartline import __version__
from heartline.analysis.base import Analysis, Context
from heartline.engines.base import Engine
from heartline.engines.steps import Step
from heartline.errors import TableError
from heartline.identity.mapped import ALL, mapped_steps, mapped_tables
from heartline.tables import TABLES, Table, table

Progress = Callable[[str, int, int], None]
"""Told (what is being done, parts done, parts in all)."""

# The decisions of people that an analysis reads; they come from the records database, not from files.
_DECISIONS = ("correction", "hypothesis", "care_case")
# Of these, those that are kept by customer and must follow them.
_OF_PERSONS = ("care_case",)


@dataclass(frozen=True)
class Ran:
    """What one analysis did; everything that `explain` shows.

    steps: (name, SQL) in the order they ran
    inputs: rows of each table read, as the analysis saw them
    notes: sentences a reader of the result must know
    values: fitted parameters, JSON-ready
    """

    analysis: str
    steps: tuple[tuple[str, str], ...]
    inputs: Mapping[str, int]
    notes: tuple[str, ...]
    values: Mapping[str, Any]
    seconds: float
    made: tuple[str, ...] = field(default=(), repr=False)


def as_of_condition(of: Table, as_of: datetime) -> str:
    """SQL condition that keeps the rows which had happened and were known before ``as_of``."""
    moment = f"cast('{as_of.isoformat()}' as timestamp)"
    conditions = [f"({name} is null or {name} < {moment})" for name in (of.time, "known_at") if name and name in of]
    return " and ".join(conditions) or "true"


def register_facts(
    engine: Engine,
    files: Callable[[str], Sequence[Path]],
    as_of: datetime,
    names: Sequence[str] | None = None,
    decisions: Mapping[str, Any] | None = None,
    members: Sequence[Path] | None = None,
) -> None:
    """Make every fact table readable under its own name, without the rows that ``as_of`` must not see.

    ``members``: files of the table ``member``; then customers are persons, else they are as the sources gave them.

    ``decisions``: Arrow tables of people's decisions by name; one that is not given is empty. Like the model, they are
    those of today, whatever ``as_of`` is: they say how a text is read, not what happened.
    """
    for of in TABLES.values():
        if of.kind != "fact" or (names is not None and of.name not in names):
            continue
        engine.register_parquet(ALL + of.name, files(of.name), of.arrow_schema())
        if members is None or of not in mapped_tables():
            columns = ", ".join(of.names)
            engine.run([Step(of.name, f"select {columns} from {ALL}{of.name} where {as_of_condition(of, as_of)}")])
    if members is not None:
        engine.register_parquet("member", members, table("member").arrow_schema())
        engine.run(mapped_steps(engine.functions, lambda of: as_of_condition(of, as_of), names))
    for name in _DECISIONS if names is None else ():
        given = (decisions or {}).get(name)
        moved = members is not None and name in _OF_PERSONS
        rows = table(name).arrow_schema().empty_table() if given is None else given
        engine.register_arrow(ALL + name if moved else name, rows)
        if moved:
            engine.run([_of_persons(name)])
    if names is None and members is None:
        _obey_later_refusals(engine, as_of)


def _of_persons(name: str) -> Step:
    """A table of decisions whose customers are those of today: a merge may have given them another id since."""
    columns = ", ".join(
        f"coalesce(m.customer_id, t.{each}) as {each}" if each == "customer_id" else f"t.{each}"
        for each in table(name).names
    )
    return Step(
        name,
        f"select {columns} from {ALL}{name} t left join (select own_id, min(customer_id) as customer_id from member"
        " group by own_id) m on m.own_id = t.customer_id",
    )


def _obey_later_refusals(engine: Engine, as_of: datetime) -> None:
    """Show refusals and objections of customers whom ``as_of`` must not see otherwise, where facts on them are seen.

    Looking from a past day is done today: who refuses since then is not read or judged again, and nothing else of
    their row is shown.
    """
    of = table("customer")
    told = ("customer_id", "consent_emotion", "objections")
    types = {"string": "string", "timestamp": "timestamp", "json": "string", "bool": "boolean"}
    columns = ", ".join(
        name if name in told else f"cast(null as {types[of.column(name).type]}) as {name}" for name in of.names
    )
    facts = " union all ".join(
        f"select {each.customer} as customer_id from {each.name}"
        for each in TABLES.values()
        if each.kind == "fact" and each.customer and each.name not in ("customer", "identity")
    )
    shown = f"select {', '.join(of.names)} from {ALL}customer where {as_of_condition(of, as_of)}"
    engine.run(
        [
            Step(
                "later_told",
                f"select {columns} from {ALL}customer where not ({as_of_condition(of, as_of)})"
                " and (consent_emotion = false or objections is not null)",
                keep=True,
            ),
            Step(
                "later_refusal",
                "select l.* from later_told l join (select distinct f.customer_id from later_told t"
                f" join ({facts}) f on f.customer_id = t.customer_id) seen on seen.customer_id = l.customer_id",
                keep=True,
            ),
            Step("customer", f"{shown} union all select {', '.join(of.names)} from later_refusal"),
        ]
    )


def run_analysis(engine: Engine, analysis: Analysis, context: Context, progress: Progress | None = None) -> Ran:
    """Run the stages of one analysis; its tables are then readable on the engine under their names.

    Every table in ``analysis.reads`` must be readable on the engine. TableError when a written table has other
    columns than ``heartline.tables`` declares. Call ``forget`` when the tables have been written.
    """
    started = time.perf_counter()
    steps: list[tuple[str, str]] = []
    notes: list[str] = []
    values: dict[str, Any] = {}
    made: list[str] = []
    told = Context(context.as_of, {name: context.settings[name] for name in analysis.settings})
    inputs = {name: int(_single(engine, f"select count(*) as n from {name}")) for name in analysis.reads}
    parts = len(analysis.stages) + 1
    for number, stage in enumerate(analysis.stages):
        if progress:
            progress(analysis.name, number, parts)
        run = list(stage.steps(engine.functions, told, values))
        engine.run(run)
        made += [step.name for step in run]
        steps += [(step.name, step.sql) for step in run]
        if stage.fit:
            fit = stage.fit({name: _collected(engine, name) for name in stage.collect}, told, values)
            notes += fit.notes
            values |= fit.values
            for name, small in fit.tables.items():
                engine.register_arrow(name, small)
                made.append(name)
        for batch_map in stage.maps(told, values) if stage.maps else ():
            engine.map_batches(batch_map.source, batch_map.function, batch_map.schema, batch_map.target)
            made.append(batch_map.target)
    for name in analysis.writes:
        _check_columns(engine, table(name), analysis.name)
    return Ran(analysis.name, tuple(steps), inputs, tuple(notes), values, time.perf_counter() - started, tuple(made))


def output_query(engine: Engine, of: Table) -> str:
    """SELECT of a written table's columns in their declared order, and the bucket that its rows belong to."""
    columns = ", ".join(of.names)
    bucket = engine.functions.bucket(of.customer) if of.customer else "0"
    return f"select {columns}, {bucket} as bucket from {of.name}"


class Written(Protocol):
    """Where tables are written to; see heartline.facts.derived."""

    root: Path

    def write(self, table_name: str, run_id: str, about: Mapping[str, Any], rows: Callable[[Path], object]) -> None:
        """Let ``rows`` write Parquet files into a folder, and ``about`` beside them."""


def write_tables(
    engine: Engine,
    analysis: Analysis,
    ran: Ran,
    moment: datetime,
    run_id: str,
    settings: Mapping[str, Any],
    to: Written,
) -> dict[str, int]:
    """Write the tables that an analysis made, and read them from there from now on; gives the rows of each."""
    rows: dict[str, int] = {}
    for name in analysis.writes:
        rows[name] = int(_single(engine, f"select count(*) as n from {name}"))
        about = {
            "run_id": run_id,
            "analysis": analysis.name,
            "as_of": moment.isoformat(),
            "engine": engine.name,
            "version": __version__,
            "seconds": round(ran.seconds, 3),
            "rows": rows[name],
            "inputs": ran.inputs,
            "settings": {key: settings[key] for key in analysis.settings},
            "notes": ran.notes,
            "values": ran.values,
            "steps": ran.steps,
        }
        to.write(name, run_id, about, partial(engine.write, output_query(engine, table(name))))
    forget(engine, ran)
    for name in analysis.writes:
        files = sorted((to.root / name / run_id).glob("bucket=*/*.parquet"))
        engine.register_parquet(name, files, table(name).arrow_schema())
    return rows


def forget(engine: Engine, ran: Ran) -> None:
    """Drop what an analysis left on the engine."""
    engine.forget(ran.made[::-1])


def _collected(engine: Engine, name: str) -> Any:
    """A small step in memory, its rows sorted: sums in a fit must not follow the order in which an engine hands out."""
    rows = engine.fetch(f"select * from {name}")
    return rows.sort_by([(column, "ascending") for column in rows.column_names]) if rows.num_rows > 1 else rows


def _single(engine: Engine, query: str) -> Any:
    return engine.fetch(query).column(0)[0].as_py()


def _check_columns(engine: Engine, of: Table, writer: str) -> None:
    found = engine.columns(of.name)
    missing = [name for name in of.names if name not in found]
    beyond = [name for name in found if name not in of]
    if missing or beyond:
        raise TableError(
            f"{writer} wrote {of.name} with columns missing ({', '.join(missing) or 'none'}) "
            f"and undeclared ones ({', '.join(beyond) or 'none'})",
            f"exactly {', '.join(of.names)}",
            "declare the column in heartline.tables, or do not write it",
        )
