"""Every SQL step of every analysis stays inside the SQL that DuckDB and Spark answer alike."""

from __future__ import annotations

import pytest
from tests.company import FILES
from tests.engines.opaque import OpaqueFunctions
from tests.engines.sql_subset import faults

from heartline.analysis.base import Analysis, Context
from heartline.analysis.registry import ANALYSES
from heartline.engines.duckdb import DuckDBEngine, DuckDBFunctions
from heartline.engines.functions import Functions
from heartline.engines.sparkwords import SparkFunctions
from heartline.runner import register_facts
from heartline.settings import SETTINGS
from heartline.simulate import simulate
from heartline.workspace import Workspace

# Known gaps, by analysis and step: the fault and why it cannot bite. A gap that is closed must go from here.
GAPS: dict[tuple[str, str], str] = {}

Steps = dict[tuple[str, str], tuple[str, bool, dict[str, dict[str, str]]]]


def types_on(engine: DuckDBEngine) -> dict[str, dict[str, str]]:
    rows = engine.fetch(
        "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'main' and not internal"
    ).to_pylist()
    types: dict[str, dict[str, str]] = {}
    for row in rows:
        types.setdefault(row["table_name"], {})[row["column_name"]] = row["data_type"]
    return types


def opaque_steps(engine: DuckDBEngine, analysis: Analysis, context: Context) -> Steps:
    """Run one analysis on DuckDB and give its steps with opaque functions: name, SQL, whether written, known types."""
    told = Context(context.as_of, {name: context.settings[name] for name in analysis.settings})
    values: dict[str, object] = {}
    found: Steps = {}
    for number, stage in enumerate(analysis.stages):
        engine.run(list(stage.steps(engine.functions, told, values)))
        types = types_on(engine)
        for step in stage.steps(OpaqueFunctions(), told, values):
            written = number == len(analysis.stages) - 1 and step.name in analysis.writes
            found[analysis.name, step.name] = (step.sql, written, types)
        if stage.fit:
            fit = stage.fit({name: engine.fetch(f"select * from {name}") for name in stage.collect}, told, values)
            values |= fit.values
            for name, small in fit.tables.items():
                engine.register_arrow(name, small)
        for one in stage.maps(told, values) if stage.maps else ():
            engine.map_batches(one.source, one.function, one.schema, one.target)
    return found


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Steps:
    """Every step of every analysis; later stages are written from what was fitted, so all of them are run once."""
    root = tmp_path_factory.mktemp("company")
    simulate(root / "files", customers=60, seed=5, months=9)
    engine = DuckDBEngine(memory_limit_gb=2, threads=2)
    found: Steps = {}
    with Workspace.create(root / "workspace") as workspace:
        for name in FILES:
            workspace.ingest(name, [root / "files" / f"{name}.parquet"])
        context = Context(workspace.last_moment(), {one.name: one.default for one in SETTINGS})
        register_facts(engine, workspace.facts.files, context.as_of)
        for analysis in ANALYSES:
            found |= opaque_steps(engine, analysis, context)
    engine.close()
    return found


def test_every_analysis_has_steps(steps: Steps) -> None:
    assert {analysis for analysis, _ in steps} == {analysis.name for analysis in ANALYSES}


@pytest.mark.parametrize("analysis", [analysis.name for analysis in ANALYSES])
def test_steps_stay_in_the_subset(steps: Steps, analysis: str) -> None:
    outside = {
        f"{name}: {fault}"
        for (of, name), (sql, written, types) in steps.items()
        if of == analysis and (of, name) not in GAPS
        for fault in faults(sql, written, types)
    }
    assert outside == set()


def test_gaps_are_still_there(steps: Steps) -> None:
    for analysis, name in GAPS:
        sql, written, types = steps[analysis, name]
        assert faults(sql, written, types), f"{analysis}.{name} has no fault any more; take it from GAPS"


@pytest.mark.parametrize("functions", [DuckDBFunctions, SparkFunctions, OpaqueFunctions])
def test_every_engine_has_every_function(functions: type) -> None:
    named = {name for name in vars(Functions) if not name.startswith("_")}
    assert named <= set(vars(functions))


SCHEMA = {"t": {"id": "VARCHAR", "a": "DOUBLE", "b": "BIGINT", "moment": "TIMESTAMP", "day": "DATE", "w": "VARCHAR"}}


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select id from t order by id", "NULLS FIRST or LAST"),
        ("select sum(a) over (order by id) as s from t", "NULLS FIRST or LAST"),
        ("select a / b as q from t", "division by what may be zero"),
        ("select a / (b - 1) as q from t", "division by what may be zero"),
        ("select 1 / count(*) as q from t", "division by what may be zero"),
        ("select b // 2 as q from t", "not in the subset"),
        ("select row_number() over (partition by id) as n from t", "without an order"),
        ("select row_number() over (order by moment nulls last) as n from t", "unique column"),
        ("select sum(a) over (order by moment nulls last rows 1 preceding) as n from t", "unique column"),
        ("select lag(a) over w as n from t window w as (order by moment nulls last)", "unique column"),
        ("select fn_last_known(a) over (partition by id order by moment nulls last) as n from t", "unique column"),
        ("select a + 1 from t", "without a name"),
        ("select x from (select max(a) from t)", "without a name"),
        ("select null as nothing from t", "NULL without a type"),
        ("select cast(a as bigint) as n from t", "a fraction cast to a whole number"),
        ("select cast(sum(a) as bigint) as n from t", "a fraction cast to a whole number"),
        ("select moment - moment as d from t", "a time minus a time"),
        ("select day - day as d from t", "a time minus a time"),
        ("select cast(w as varchar(3)) as w from t", "cast to a type"),
        ("select cast(a as decimal(10, 2)) as a from t", "cast to a type"),
        ("select approx_count_distinct(id) as n from t", "not in the subset"),
        ("select approx_quantile(a, 0.5) as m from t", "not in the subset"),
        ("select median(a) as m from t", "not in the subset"),
        ("select hash(id) as h from t", "not in the subset"),
        ("select random() as r from t", "not in the subset"),
        ("select current_timestamp as n from t", "not in the subset"),
        ("select date_diff('day', moment, moment) as d from t", "not in the subset"),
        ("select dayofweek(moment) as d from t", "not in the subset"),
        ("select epoch(moment) as d from t", "not in the subset"),
        ("select string_agg(w, ',') as w from t", "not in the subset"),
        ("select max_by(w, a) as w from t", "not in the subset"),
        ("select any_value(w) as w from t", "not in the subset"),
        ("select unnest(string_split(w, ' ')) as w from t", "not in the subset"),
        ("select corr(a, b) as r from t", "not in the subset"),
        ("select floor(a) as n from t", "floor or ceil without a cast"),
        ("select concat(w, '!') as w from t", "concat of what may be NULL"),
        ("select ln(a) as l from t", "logarithm of what may be zero"),
        ("select 'a\\d' as w from t", "a backslash"),
        ("select id from t limit 3", "limit without an order"),
        ("select distinct on (id) id, a from t", "distinct on"),
        ("select id, count(*) as n from t group by all", "group by without"),
        ("select id, count(*) as n from t group by 1", "group by without"),
        ("select t.id from t join t u using (id)", "a join that is not written with on"),
        ("select t.id from t semi join t u on t.id = u.id", "a join that is not written with on"),
        ("select t.id from t asof join t u on t.moment >= u.moment", "a join that is not written with on"),
        ("select no_such from t", "columns not found"),
        ("select from where", "not parsed"),
        ("create table x as select 1 as a", "not a single SELECT"),
        ("select 1 as a; select 2 as a", "not a single SELECT"),
    ],
)
def test_the_reader_refuses(sql: str, said: str) -> None:
    found = faults(sql, schema=SCHEMA)
    assert any(said in fault for fault in found), found


@pytest.mark.parametrize(
    "sql",
    [
        "with x as (select id, a / nullif(b, 0) as q from t) select id, q from x where q > 0.5",
        "select id, row_number() over (partition by w order by moment desc nulls last, id nulls last) as n from t",
        "select w, count(*) as n, percentile_cont(0.5) within group (order by a) as m from t group by w",
        "select w, sum(a) / count(*) as mean from t group by w having count(*) > 3",
        "select id, cast(round(a) as bigint) as n, cast(floor(a) as bigint) as m, cast(null as double) as x from t",
        "select id, fn_days_between(moment, fn_timestamp('2026-01-01')) as days from t",
        "select cast(cast(round(a, 1) as decimal(18, 1)) as string) || ' %' as w from t",
        "select id, a / (1.5 + exp(a)) as q, ln(greatest(a, 1e-9)) as l from t",
        "select id from t order by moment nulls last, id nulls last limit 3",
    ],
)
def test_the_reader_lets_pass(sql: str) -> None:
    assert faults(sql, written=True, schema=SCHEMA) == []


def test_a_written_table_spells_its_columns() -> None:
    assert faults("select * from t", written=True) == ["select * in a table that is written"]
    assert faults("select t.* from t", written=True) == ["select * in a table that is written"]
    assert faults("select * from t") == []
