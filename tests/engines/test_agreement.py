"""Every construct that the subset allows gives the same rows on DuckDB and on Spark: one probe each.

A construct is added to tests/engines/sql_subset.py only together with its probe here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pyarrow as pa
import pytest
from tests.engines.compare import SMALL, assert_same

from heartline.engines.duckdb import DuckDBEngine
from heartline.engines.spark import SparkEngine
from heartline.errors import EngineError

# ruff: noqa: E501

pytestmark = pytest.mark.spark

VISIT = pa.table(
    {
        "id": ["a", "b", "c", "d", "e", "f", "g"],
        "customer": ["x", "x", "y", "y", "y", "z", None],
        "moment": pa.array(
            [datetime(2026, 1, 31, 23, 59, 59, 999_999), datetime(2026, 2, 1), datetime(2024, 2, 29, 12), None,
             datetime(2026, 2, 1), datetime(1969, 12, 31, 23, 0, 0, 1), datetime(2026, 12, 31)], pa.timestamp("us")),
        "score": [0.5, -2.5, None, 1.5, 2.5, 0.1, -0.0],
        "count": [1, 2, None, -7, 5, 3, 0],
        "kept": [True, False, None, True, True, False, None],
        "word": ["Hello", "it's", "", None, "héllo 顧客", " pad ", "12"],
    }
)  # fmt: skip

# One query: many expressions over the rows above, each its own column.
EXPRESSIONS = [
    "score + count", "score - count", "score * 0.3", "score / nullif(count, 0)", "count / nullif(2, 0)", "1 / 3",
    "1.0 / 3", "0.1 + 0.2", "10 * 0.35 / 7", "count % 3", "-count", "abs(count)", "abs(score)", "round(score)",
    "round(score, 1)", "round(score * 0.1, 2)", "cast(floor(score) as bigint)", "cast(ceil(score) as double)", "exp(score)", "sqrt(abs(score))",
    "power(score, 2)", "ln(greatest(score, 1e-9))", "greatest(score, count)", "least(score, 0.0)",
    "coalesce(score, 0)", "coalesce(word, 'none')", "nullif(word, '')", "case when score > 0 then 1 else 0 end",
    "case customer when 'x' then 'first' when 'y' then 'second' end", "score is null", "kept", "not kept",
    "kept and score > 0", "kept or score > 0", "score between -1 and 1", "customer in ('x', 'z')",
    "word like '%l%'", "word like '_ello'", "upper(word)", "lower(word)", "trim(word)", "length(word)",
    "replace(word, 'l', '--')", "word || '!'", "concat(coalesce(word, ''), '|')", "score = count", "score <> count",
    "cast(count as double)", "cast(round(score) as bigint)", "cast(count as string)", "cast(kept as int)",
    "cast(cast(round(score, 1) as decimal(18, 1)) as string)", "cast(cast(round(count * 0.7, 0) as decimal(18, 0)) as string)",
    "try_cast(word as double)", "try_cast(word as bigint)", "cast(moment as date)", "date_trunc('month', moment)",
    "cast(date_trunc('day', moment) as timestamp)", "moment + interval '1' day", "moment - interval '36' hour",
    "moment + interval '1' month", "moment < cast('2026-02-01' as timestamp)", "cast('2026-02-01T00:00:00' as timestamp)",
]  # fmt: skip

QUERIES = {
    "aggregates": "select customer, count(*) as n, count(score) as known, count(distinct word) as words, sum(score) as s, "
    "sum(count) as c, avg(count) as mean, min(moment) as first_at, max(word) as top, stddev_samp(score) as sd, "
    "var_samp(score) as v, bool_or(kept) as any_kept, bool_and(kept) as all_kept, "
    "min(kept) as least_kept from visit group by customer",
    "nothing to add up": "select count(*) as n, sum(score) as s, avg(score) as m, max(word) as w, stddev_samp(score) as sd "
    "from visit where id = 'nobody'",
    "filter": "select customer, sum(score) filter (where kept) as s, count(*) filter (where score > 0) as n "
    "from visit group by customer having count(*) > 1",
    "percentiles": "select customer, percentile_cont(0.5) within group (order by score) as middle, "
    "percentile_cont(0.9) within group (order by count) as high from visit group by customer",
    "windows": "select id, row_number() over (partition by customer order by score desc nulls last, id nulls last) as place, "
    "rank() over (order by moment asc nulls first) as r, dense_rank() over (order by moment asc nulls last) as dr, "
    "ntile(3) over (order by id nulls last) as third, lag(score) over (order by id nulls last) as before, "
    "lead(score, 2) over (order by id nulls last) as later, sum(score) over (partition by customer) as whole, "
    "count(score) over (order by id nulls last rows between unbounded preceding and 1 preceding) as earlier, "
    "avg(score) over (order by id nulls last rows between 2 preceding and current row) as moving from visit",
    "named windows": "select id, sum(score) over past as s, count(*) over past as n from visit "
    "window past as (partition by customer order by id nulls last rows between unbounded preceding and current row)",
    "qualify": "select customer, id from visit qualify row_number() over "
    "(partition by customer order by score desc nulls last, id nulls last) = 1",
    "joins": "select a.id, b.id as other from visit a left join visit b on a.customer = b.customer and a.id < b.id",
    "full join": "select a.id, b.id as other from visit a full join (select id from visit where score > 0) b on a.id = b.id",
    "cross join": "select a.id, b.id as other from visit a cross join visit b where a.score < b.score",
    "exists": "select id from visit a where exists (select 1 as one from visit b where b.customer = a.customer and b.id > a.id)",
    "not in": "select id from visit where customer in (select customer from visit where score > 2) and not id in ('e')",
    "unions": "with one as (select id, 1 as n from visit), two as (select word as id, 2 as n from visit) "
    "select id, n from one union all select id, n from two union select 'z' as id, 3 as n",
    "distinct": "select distinct customer, kept from visit",
    "scalar": "select id, score - (select avg(score) as mean from visit) as beyond from visit",
    "order and limit": "select id, score from visit order by score asc nulls first, id asc nulls last limit 3",
    "order descending": "select id, word from visit order by word desc nulls last, id asc nulls last limit 4",
    "empty text is not NULL": "select count(*) as n from visit where word = ''",
    "big whole numbers": "select sum(cast(count as bigint) * 1000000000000) as total from visit",
}


@pytest.fixture(scope="module")
def both(spark_engine: SparkEngine) -> Iterator[tuple[DuckDBEngine, SparkEngine]]:
    engines = DuckDBEngine(memory_limit_gb=2, threads=2), SparkEngine(session=spark_engine.session, options=SMALL)
    for engine in engines:
        engine.register_arrow("visit", VISIT)
    yield engines
    for engine in engines:
        engine.close()


def test_expressions_agree(both: tuple[DuckDBEngine, SparkEngine]) -> None:
    columns = ", ".join(f"{one} as c{number}" for number, one in enumerate(EXPRESSIONS))
    ours, theirs = (engine.fetch(f"select id, {columns} from visit") for engine in both)
    for number, one in enumerate(EXPRESSIONS):
        assert_same(ours.select(["id", f"c{number}"]), theirs.select(["id", f"c{number}"]), one)


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_queries_agree(both: tuple[DuckDBEngine, SparkEngine], query: str) -> None:
    assert_same(both[0].fetch(query), both[1].fetch(query), query)


@pytest.mark.parametrize(
    "query",
    [
        "select id from visit order by word limit 2",  # where NULLs go
        "select concat(word, '!') as c from visit",  # NULL is nothing, or makes all NULL
        "select cast(score as bigint) as n from visit",  # rounded, or cut
        "select max_by(word, id) as w from visit where id in ('c', 'd')",  # NULL values passed over, or not
        "select corr(score, count) as r from visit where id in ('a')",  # NULL, or not a number
        "select floor(score) as n from visit",  # of another type
        "select hash(id) as h from visit",
        "select count / 0 as q from visit",
        "select date '2026-02-01' - date '2026-01-01' as d",
        "select 'a\\d' as backslash",
    ],
)
def test_what_is_left_out_does_differ(both: tuple[DuckDBEngine, SparkEngine], query: str) -> None:
    """The rules of the subset are there for a reason; one that has none any more may go."""
    answers = []
    for engine in both:
        try:
            found = engine.fetch(query)
            answers.append([str(found.schema), *sorted(map(str, found.to_pylist()))])
        except EngineError as error:
            answers.append([str(error)])
    assert answers[0] != answers[1]
