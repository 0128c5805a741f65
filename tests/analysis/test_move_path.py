"""What movers met beyond stayers: a planted path is found, chance is not, and own posts are no path."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.engines.compare import run_on

from heartline.analysis.base import Context
from heartline.analysis.move_path import ANALYSIS
from heartline.engines.duckdb import DuckDBEngine
from heartline.tables import TABLES

ENDS = (datetime(2026, 5, 30), datetime(2026, 6, 30))
CONTEXT = Context(ENDS[1], {"min_base": 30})
Given = dict[str, list[dict[str, Any]]]


def company(path: float, kind: str = "visit") -> Given:
    """60 move from content to at_risk, 300 stay; ``path`` of the movers met a bad delivery, a tenth of the stayers."""
    given: Given = {name: [] for name in ANALYSIS.reads}
    rng = np.random.default_rng(3)
    for at in range(360):
        name, moved = f"c{at:03d}", at < 60
        for end, segment in zip(ENDS, ("content", "at_risk" if moved else "content"), strict=True):
            given["loyalty"].append({"customer_id": name, "period_end": end, "segment": segment})
        bad = rng.random() < (path if moved else 0.1)
        for number, (touchpoint, felt) in enumerate((("delivery", -0.8 if bad else 0.2), ("checkout", 0.1))):
            row = {
                "interaction_id": f"i{at}-{number}", "customer_id": name, "touchpoint": touchpoint, "channel": "web",
                "occurred_at": ENDS[1] - timedelta(days=5 + at % 20),
            }  # fmt: skip
            given["interaction"].append({**row, "kind": kind if touchpoint == "delivery" else "visit"})
            given["touchpoint_visit"].append({**row, "felt_valence": felt, "felt_from": "rating"})
    return given


def run(given: Given, context: Context = CONTEXT) -> tuple[list[dict[str, Any]], Any]:
    engine = DuckDBEngine(memory_limit_gb=2, threads=1)
    made, rans = run_on(engine, [ANALYSIS], context, tables(given))
    engine.close()
    return made["move_path"].to_pylist(), rans["move_path"]


def tables(given: Given) -> dict[str, pa.Table]:
    return {name: pa.Table.from_pylist(rows, TABLES[name].arrow_schema()) for name, rows in given.items()}


def test_a_planted_path_is_found_with_its_size() -> None:
    found, _ = run(company(0.5))
    row = next(row for row in found if (row["touchpoint"], row["met"]) == ("delivery", "felt_bad"))
    assert (row["segment_from"], row["segment_to"], row["movers"]) == ("content", "at_risk", 60)
    assert row["difference_low"] < 0.4 < row["difference_high"]
    assert row["beyond_chance"]
    assert row["difference"] == pytest.approx(row["share"] - row["share_stayers"])
    others = [row for row in found if row["touchpoint"] == "checkout"]
    assert others
    assert not any(row["beyond_chance"] for row in others)


def test_where_movers_met_nothing_more_nothing_is_beyond_chance() -> None:
    found, ran = run(company(0.1))
    assert found
    assert not any(row["beyond_chance"] for row in found)
    assert any("false discovery" in note for note in ran.notes)


def test_own_posts_are_no_path() -> None:
    found, _ = run(company(0.5, kind="review"))
    assert not any(row["touchpoint"] == "delivery" for row in found)


def test_few_movers_are_left_out_and_said() -> None:
    found, ran = run(company(0.5), Context(ENDS[1], {"min_base": 61}))
    assert found == []
    assert any("left out" in note for note in ran.notes)


def test_both_engines_answer_alike(on_both: Any) -> None:
    on_both(ANALYSIS, CONTEXT, tables(company(0.5)))
