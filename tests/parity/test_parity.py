"""Every analysis writes the same tables on DuckDB and on Spark, from the facts of a small simulated company."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pytest
from tests.engines.compare import assert_same, run_on

from heartline.analysis.base import Analysis, Context
from heartline.analysis.registry import ANALYSES
from heartline.engines.duckdb import DuckDBEngine
from heartline.engines.spark import SparkEngine
from heartline.runner import Ran, register_facts
from heartline.simulate import simulate
from heartline.tables import TABLES
from heartline.workspace import Workspace

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]

FILES = (
    "customer",
    "interaction",
    "purchase",
    "survey_response",
    "referral",
    "spend",
    "option",
    "funnel",
    "initiative",
)

# Fits repeat sums whose last digits depend on the order of rows; an optimiser passes that on, and more of it the
# sooner it stops. Relative and absolute; loyalty's figures lie between -1 and 1.
TOLERANCE = {"value": (1e-6, 1e-9), "connection": (1e-7, 1e-9), "loyalty": (1e-6, 1e-7)}

KNOWN_GAPS: dict[str, pytest.MarkDecorator] = {}
"""By analysis: strict expected failures, each with the exception that it must raise until the gap is closed."""


@dataclass(frozen=True)
class Company:
    """Facts of a simulated company, and what DuckDB made of them."""

    context: Context
    given: Mapping[str, pa.Table]
    made: Mapping[str, pa.Table]
    rans: Mapping[str, Ran]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    root = tmp_path_factory.mktemp("company")
    simulate(root / "files", customers=300, seed=3, months=12)
    engine = DuckDBEngine(memory_limit_gb=2, threads=2)
    with Workspace.create(root / "workspace") as workspace:
        for name in FILES:
            workspace.ingest(name, [root / "files" / f"{name}.parquet"])
        context = Context(workspace.last_moment(), workspace.settings.values)
        register_facts(engine, workspace.facts.files, context.as_of)
        given = {of.name: engine.fetch(f"select * from {of.name}") for of in TABLES.values() if of.kind == "fact"}
    engine.close()
    engine = DuckDBEngine(memory_limit_gb=2, threads=2)
    made, rans = run_on(engine, ANALYSES, context, given)
    engine.close()
    return Company(context, given, made, rans)


@pytest.mark.parametrize(
    "analysis", [pytest.param(one, id=one.name, marks=KNOWN_GAPS.get(one.name, ())) for one in ANALYSES]
)
def test_same_tables_on_both(company: Company, spark_views: SparkEngine, analysis: Analysis) -> None:
    # Every analysis is given DuckDB's tables, so one that differs does not make the ones after it differ.
    given = {name: rows for name, rows in {**company.given, **company.made}.items() if name in analysis.reads}
    made, rans = run_on(spark_views, [analysis], company.context, given)
    for name in analysis.writes:
        assert_same(company.made[name], made[name], name, *TOLERANCE.get(analysis.name, (1e-9, 1e-9)))
    assert rans[analysis.name].notes == company.rans[analysis.name].notes


def test_the_company_is_worth_comparing(company: Company) -> None:
    empty = {name for name, rows in company.made.items() if not rows.num_rows}
    # too few of this small company move alike; nobody has dated a fix (see test_drop_off)
    assert empty <= {"move_path", "fix_effect"}
    assert company.made["feeling"].num_rows > 500
