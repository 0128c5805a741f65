"""Fixtures that every room's tests share."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from tests.company import Company, small_company
from tests.engines.compare import SMALL, OnBoth, on_both_engines

from heartline.engines.base import Engine
from heartline.engines.duckdb import DuckDBEngine
from heartline.engines.spark import SparkEngine, missing

HERE = Path(__file__).resolve().parent
# a busy machine is no fault of the code
settings.register_profile("heartline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("heartline")
SHARED_DATA = HERE.parents[1] / "shared" / "data"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Workers are given whole files, see tests/scheduling.py."""
    if config.getvalue("dist") not in ("loadfile", "loadgroup"):
        return None
    from tests.scheduling import ByFile  # only where pytest-xdist is at work

    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        from tests.scheduling import sort

        sort(items)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the public data sets beside the project; tests that need it are skipped without it."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the public data sets in ../shared/data (see CONTRIBUTING.md)")
    return SHARED_DATA


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """300 simulated customers with their facts and every table made of them, once for all workers."""
    own = tmp_path_factory.getbasetemp()
    return small_company(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.fixture(scope="session")
def spark_engine() -> Iterator[SparkEngine]:
    """The one Spark of a test run (slow to start); take ``engine`` or ``on_both`` instead."""
    lacking = missing()
    if lacking:
        pytest.skip(f"Spark tests need Java and the extra spark. {lacking}")
    # A Java that compiles less starts sooner; queries here run once.
    os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        engine = SparkEngine(memory_limit_gb=2, threads=2)
        yield engine
        engine.close()


@pytest.fixture
def duckdb_engine() -> Iterator[DuckDBEngine]:
    """A DuckDB of its own for one test."""
    engine = DuckDBEngine(memory_limit_gb=2, threads=2)
    yield engine
    engine.close()


@pytest.fixture
def spark_views(spark_engine: SparkEngine) -> Iterator[SparkEngine]:
    """A Spark engine without views or tables for one test, in the run's one Spark."""
    engine = SparkEngine(session=spark_engine.session, options=SMALL)
    yield engine
    engine.close()


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Every engine in turn, empty: a test that takes it runs once on each."""
    return request.getfixturevalue({"duckdb": "duckdb_engine", "spark": "spark_views"}[request.param])


@pytest.fixture(params=[pytest.param("both", marks=pytest.mark.spark)])
def on_both(duckdb_engine: DuckDBEngine, spark_views: SparkEngine) -> OnBoth:
    """Run analyses over given tables on both engines and compare what they wrote; gives DuckDB's tables.

    ``on_both(analyses, context, {"interaction": arrow_table, ...}, relative=1e-9)``
    """
    return partial(on_both_engines, duckdb_engine, spark_views)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """The last lines say what was not run, how much of it, and what would enable it."""
    yield
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        if isinstance(report.longrepr, tuple):
            why = report.longrepr[2].removeprefix("Skipped: ")
            reasons[why] = reasons.get(why, 0) + 1
    if reasons:
        terminalreporter.write_line("\nNot run here:")
        for why, count in sorted(reasons.items(), key=lambda item: -item[1]):
            terminalreporter.write_line(f"  {count} tests: {why}")
