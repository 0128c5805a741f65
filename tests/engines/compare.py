"""Whether two engines made the same table: any order of rows, floats within a tolerance."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from heartline.analysis.base import Analysis, Context
from heartline.engines.base import Engine
from heartline.runner import Ran, forget, run_analysis
from heartline.tables import TABLES

Row = Mapping[str, Any]

# Tables of a few thousand rows: one part, and no code compiled for a query that runs once.
SMALL = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.adaptive.enabled": "false",
}


def assert_same(left: pa.Table, right: pa.Table, what: str, relative: float = 1e-9, absolute: float = 1e-9) -> None:
    """Fail with the first cell that differs. NULL equals NULL only, NaN equals NaN."""
    assert left.schema.remove_metadata() == right.schema.remove_metadata(), f"{what}: other columns or types"
    assert left.num_rows == right.num_rows, f"{what}: {left.num_rows} rows against {right.num_rows}"
    floats = [field.name for field in left.schema if pa.types.is_floating(field.type)]
    exact = [name for name in left.column_names if name not in floats]
    for number, (a, b) in enumerate(zip(_sorted(left, exact, floats), _sorted(right, exact, floats), strict=True)):
        for name in exact:
            assert a[name] == b[name], f"{what}.{name}, row {number}: {a[name]!r} against {b[name]!r} in {a}"
        for name in floats:
            assert _near(a[name], b[name], relative, absolute), (
                f"{what}.{name}, row {number}: {a[name]!r} against {b[name]!r} in {a}"
            )


def assert_alike(one: Row, other: Row, relative: float = 1e-9) -> None:
    """Fail where two rows differ by more than the order in which floats were added."""
    assert one.keys() == other.keys()
    for name, value in one.items():
        same = _near(value, other[name], relative, relative) if isinstance(value, float) else value == other[name]
        assert same, f"{name}: {value!r} against {other[name]!r}"


def run_on(
    engine: Engine, analyses: Sequence[Analysis], context: Context, given: Mapping[str, pa.Table]
) -> tuple[dict[str, pa.Table], dict[str, Ran]]:
    """Run analyses in the order given over given tables (a table that is read and not given is empty)."""
    for name, rows in given.items():
        engine.register_arrow(name, rows)
    made: dict[str, pa.Table] = {}
    rans: dict[str, Ran] = {}
    for analysis in analyses:
        for name in analysis.reads:
            if name not in given and name not in made:
                engine.register_arrow(name, TABLES[name].arrow_schema().empty_table())
        ran = run_analysis(engine, analysis, context)
        rans[analysis.name] = ran
        for name in analysis.writes:
            columns = ", ".join(TABLES[name].names)
            made[name] = engine.fetch(f"select {columns} from {name}")
        forget(engine, ran)
        for name in analysis.writes:
            engine.register_arrow(name, made[name])
    return made, rans


OnBoth = Callable[..., dict[str, pa.Table]]


def on_both_engines(
    duckdb: Engine,
    spark: Engine,
    analyses: Analysis | Sequence[Analysis],
    context: Context,
    given: Mapping[str, pa.Table],
    relative: float = 1e-9,
) -> dict[str, pa.Table]:
    """Run on both engines, compare every table written, and give DuckDB's tables for further checks."""
    listed = [analyses] if isinstance(analyses, Analysis) else list(analyses)
    ours, _ = run_on(duckdb, listed, context, given)
    theirs, _ = run_on(spark, listed, context, given)
    for name, table in ours.items():
        assert_same(table, theirs[name], name, relative)
    return ours


def _sorted(table: pa.Table, exact: Sequence[str], floats: Sequence[str]) -> list[dict[str, Any]]:
    # Floats only break ties, rounded, so that a difference in the last digit does not change the order.
    def key(row: Row) -> list[tuple[bool, Any]]:
        parts = [(row[name] is None, row[name] if row[name] is not None else "") for name in exact]
        return [*((missing, str(value)) for missing, value in parts), *(_rounded(row[name]) for name in floats)]

    return sorted(table.to_pylist(), key=key)


def _rounded(value: float | None) -> tuple[bool, Any]:
    return (value is None, f"{value:+025.6f}" if value is not None else "")


def _near(a: float | None, b: float | None, relative: float, absolute: float) -> bool:
    if a is None or b is None:
        return a is None and b is None
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return math.isclose(a, b, rel_tol=relative, abs_tol=absolute)
