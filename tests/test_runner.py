"""The runner hides the future, checks columns, and gives every stage what the one before made."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from heartline.analysis.base import Analysis, BatchMap, Context, Fit, Stage, in_order, months_before
from heartline.engines.duckdb import DuckDBEngine
from heartline.engines.steps import Step
from heartline.errors import AnalysisError, TableError
from heartline.runner import forget, output_query, register_facts, run_analysis
from heartline.tables import TABLES, bucket_of, table

AS_OF = datetime(2026, 6, 30)


@pytest.fixture
def duck():
    engine = DuckDBEngine(memory_limit_gb=1, threads=1)
    yield engine
    engine.close()


def purchase(number: int, at: datetime, known: datetime | None = None) -> dict[str, object]:
    return {
        "purchase_id": f"p{number}",
        "customer_id": f"c{number}",
        "occurred_at": at,
        "revenue": 10.0,
        "known_at": known or at,
    }


def facts(folder: Path, rows: list[dict[str, object]]):
    file = folder / "purchase.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=TABLES["purchase"].arrow_schema()), file)
    return lambda name: [file] if name == "purchase" else []


def test_rows_at_or_after_as_of_and_rows_not_yet_known_are_hidden(duck, tmp_path):
    rows = [
        purchase(1, datetime(2026, 6, 29)),
        purchase(2, AS_OF),
        purchase(3, datetime(2026, 6, 1), known=datetime(2026, 7, 1)),
    ]
    register_facts(duck, facts(tmp_path, rows), AS_OF)
    assert duck.fetch("select purchase_id from purchase").column(0).to_pylist() == ["p1"]


def test_a_refusal_is_obeyed_also_when_looking_from_a_day_before_it(duck, tmp_path):
    schema = TABLES["customer"].arrow_schema()
    later = datetime(2026, 7, 9)
    people = [
        {"customer_id": "c1", "name": "One", "consent_emotion": False, "known_at": later},
        {"customer_id": "c2", "name": "Two", "objections": "profiling", "first_seen_at": later, "known_at": later},
        {"customer_id": "c3", "name": "Three", "consent_emotion": True, "known_at": later},
        {"customer_id": "c4", "name": "Four", "consent_emotion": False, "first_seen_at": later, "known_at": later},
        {"customer_id": "c5", "name": "Five", "consent_emotion": True, "known_at": datetime(2026, 1, 1)},
    ]
    pq.write_table(pa.Table.from_pylist(people, schema=schema), tmp_path / "customer.parquet")
    bought = facts(tmp_path, [purchase(number, datetime(2026, 6, 1)) for number in (1, 2, 3, 5)])
    register_facts(duck, lambda name: [tmp_path / "customer.parquet"] if name == "customer" else bought(name), AS_OF)
    rows = duck.fetch("select * from customer order by customer_id").to_pylist()
    # c3 refuses nothing, and of c4 nothing had happened: of both nothing was known
    assert [(r["customer_id"], r["name"], r["consent_emotion"], r["objections"]) for r in rows] == [
        ("c1", None, False, None), ("c2", None, None, "profiling"), ("c5", "Five", True, None),
    ]  # fmt: skip
    assert rows[1]["first_seen_at"] is None


def test_a_fact_table_without_files_is_empty_with_all_its_columns(duck):
    register_facts(duck, lambda _: [], AS_OF)
    for of in TABLES.values():
        if of.kind == "fact":
            assert tuple(duck.columns(of.name)) == of.names
            assert duck.fetch(f"select * from {of.name}").num_rows == 0


def moves(columns: str) -> Analysis:
    def steps(f, context, values):
        return [Step("segment_move", f"select {columns} from purchase")]

    return Analysis("moves", ("purchase",), ("segment_move",), (), "for tests", (Stage(steps),))


def test_a_column_that_is_not_declared_or_is_missing_is_refused(duck, tmp_path):
    register_facts(duck, facts(tmp_path, [purchase(1, datetime(2026, 1, 1))]), AS_OF)
    columns = "occurred_at as period_end, 'new' as segment_from, 'content' as segment_to"
    with pytest.raises(TableError, match=r"missing \(customers\) and undeclared ones \(secret\)"):
        run_analysis(duck, moves(columns + ", 1 as secret"), Context(AS_OF, {}))
    ran = run_analysis(duck, moves(columns + ", cast(1 as bigint) as customers"), Context(AS_OF, {}))
    assert ran.inputs == {"purchase": 1}


def double(batch: pa.RecordBatch) -> pa.RecordBatch:
    values = [2 * value for value in batch.column("revenue").to_pylist()]
    return pa.RecordBatch.from_pydict({"purchase_id": batch.column("purchase_id"), "revenue": values})


def test_later_stages_see_fitted_tables_values_and_mapped_batches_and_forget_drops_all(duck, tmp_path):
    schema = pa.schema([("purchase_id", pa.string()), ("revenue", pa.float64())])

    def first(f, context, values):
        return [Step("total", "select sum(revenue) as revenue from purchase", keep=True)]

    def fit(small, context, values):
        total = small["total"].column("revenue")[0].as_py()
        return Fit({"scale": pa.table({"factor": [total]})}, {"total": total}, ("a note",))

    def maps(context, values):
        return [BatchMap("purchase", double, schema, "doubled")]

    def last(f, context, values):
        assert values["total"] == 30.0
        return [
            Step(
                "segment_move",
                f"select cast('{context.as_of.isoformat()}' as timestamp) as period_end, 'new' as segment_from, "
                "'content' as segment_to, cast(sum(revenue * factor) as bigint) as customers "
                "from doubled cross join scale",
            )
        ]

    analysis = Analysis(
        "moves", ("purchase",), ("segment_move",), (), "for tests", (Stage(first, ("total",), fit, maps), Stage(last))
    )
    rows = [purchase(n, datetime(2026, 1, n)) for n in (1, 2, 3)]
    register_facts(duck, facts(tmp_path, rows), AS_OF)
    ran = run_analysis(duck, analysis, Context(AS_OF, {}))
    assert duck.fetch("select customers from segment_move").to_pylist() == [{"customers": 60 * 30}]
    assert ran.notes == ("a note",)
    assert [name for name, _ in ran.steps] == ["total", "segment_move"]
    forget(duck, ran)
    for name in ("total", "scale", "doubled", "segment_move"):
        with pytest.raises(Exception, match="does not exist"):
            duck.fetch(f"select * from {name}")


def test_rows_are_written_to_the_bucket_of_their_customer(duck, tmp_path):
    rows = [{"customer_id": f"c{n}", "horizon_days": 365} for n in range(50)]
    of = table("customer_value")
    duck.register_arrow("customer_value", pa.Table.from_pylist(rows, schema=of.arrow_schema()))
    files = duck.write(output_query(duck, of), tmp_path / "customer_value")
    seen = 0
    for file in files:
        found = pq.read_table(file, partitioning=None)
        assert tuple(found.column_names) == of.names
        for customer in found.column("customer_id").to_pylist():
            assert file.parent.name == f"bucket={bucket_of(customer)}"
            seen += 1
    assert seen == 50


def test_an_undeclared_setting_is_not_told():
    with pytest.raises(AnalysisError, match="horizon_days was not declared"):
        Context(AS_OF, {}).number("horizon_days")


def test_analyses_run_after_what_they_read():
    def make(name: str, reads: tuple[str, ...], writes: tuple[str, ...]) -> Analysis:
        return Analysis(name, reads, writes, (), "", ())

    late, early = make("late", ("feeling",), ("connection",)), make("early", ("verbatim",), ("feeling",))
    assert [a.name for a in in_order([late, early])] == ["early", "late"]
    with pytest.raises(AnalysisError, match="both write feeling"):
        in_order([early, make("other", (), ("feeling",))])
    with pytest.raises(AnalysisError, match="circle"):
        in_order([late, make("back", ("connection",), ("feeling",))])


@pytest.mark.parametrize(
    ("moment", "months", "expected"),
    [
        (datetime(2026, 3, 31), 1, datetime(2026, 2, 28)),
        (datetime(2024, 3, 31, 5), 1, datetime(2024, 2, 29, 5)),
        (datetime(2026, 1, 15), 1, datetime(2025, 12, 15)),
        (datetime(2026, 6, 30), 0, datetime(2026, 6, 30)),
    ],
)
def test_months_before_keeps_the_day_where_the_month_has_it(moment, months, expected):
    assert months_before(moment, months) == expected
