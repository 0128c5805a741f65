"""Which worker runs what: the tests of a file in one, all of Spark in one, and the longest first.

A group is known by the ids of its tests alone: marks do not reach the process that hands out tests, and
``xdist_group`` is ignored without a word where pytest is newer than pytest-xdist (pytest-xdist issue 1386).
"""

from __future__ import annotations

import re

import pytest
from xdist.scheduler import LoadScopeScheduling

LONGEST = (
    "spark", "docs/test_tutorial", "cli/test_cli", "backtest/test_backtest", "analysis/test_promises",
    "analysis/test_truth", "walk/test_portal", "feeds/test_crash", "cli/test_train", "docs/test_readme",
    "walk/test_browser", "cli/test_walk", "walk/test_walk", "ingest/test_examples", "web/test_browser",
    "engines/test_sql_subset", "live/test_fuzz", "live/test_webhooks", "ingest/test_malformed",
    "benchmarks/test_identity", "analysis/test_consent", "emotion/test_network", "live/test_crash",
    "simulate/test_company", "identity/test_workspace", "cli/test_correct",
)  # fmt: skip
"""Groups that take longest, in the order in which they begin, so that no worker waits for the other at the end."""

SPARK_FILES = ("parity/test_parity", "engines/test_agreement")
SPARK_ID = re.compile(r"\[(.*-)?(spark|both)(-.*)?\]$")


class ByFile(LoadScopeScheduling):
    """Hands out a file at a time, and all of Spark at once."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """The group of a test: ``spark``, or its file as in ``web/test_pages``."""
    file = nodeid.split("::", 1)[0].removeprefix("tests/").removesuffix(".py")
    return "spark" if file in SPARK_FILES or SPARK_ID.search(nodeid) else file


def sort(items: list[pytest.Item]) -> None:
    """The longest groups first, else as found. UsageError where a test of Spark would start a second Spark."""
    for item in items:
        on_spark = item.get_closest_marker("spark") or "spark_engine" in getattr(item, "fixturenames", ())
        if on_spark and group_of(item.nodeid) != "spark":
            raise pytest.UsageError(f"{item.nodeid} runs on Spark: name its file in SPARK_FILES of tests/scheduling.py")
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(group_of(item.nodeid), len(place)))
