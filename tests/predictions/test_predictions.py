"""What is said is kept once, never said over, scored once by what came; on both engines, from rows made by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.engines.sql_subset import faults

from heartline import predictions
from heartline.engines.base import Engine
from heartline.engines.duckdb import DuckDBEngine
from heartline.facts.derived import DerivedStore
from heartline.facts.kept import KeptStore
from heartline.tables import table

THEN = datetime(2026, 1, 1)
NOW = datetime(2026, 6, 1)
DAYS = 90
FACTS = ("interaction", "purchase", "survey_response", "referral", "feeling", "touchpoint_visit")


def _give(engine: Engine, name: str, rows: list[dict[str, Any]]) -> None:
    engine.register_arrow(name, pa.Table.from_pylist(rows, schema=table(name).arrow_schema()))


def _say(engine: Engine, p: float = 0.2, at: datetime = THEN) -> None:
    moves = {
        "anna": ("complaint", "silent_leaving", "repeat_purchase", "referral", "feeling_bad", "feeling_good"),
        "bert": ("complaint", "silent_leaving", "repeat_purchase"),
        "cleo": ("silent_leaving", "feeling_bad"),
        "dora": ("silent_leaving",),
    }
    rows = [
        {"customer_id": who, "move": move, "p": p, "low": 0.1, "high": 0.4, "base_rate": 0.15, "n": 300,
         "horizon_days": DAYS}
        for who, listed in moves.items() for move in listed
    ]  # fmt: skip
    _give(engine, "next_move", rows)
    _give(engine, "loyalty", [
        {"customer_id": who, "period_end": at, "p_leaving": 0.3, "p_silent_leaving": 0.1, "p_revenge": 0.01,
         "horizon_days": DAYS, "staying": 0.4}
        for who in ("anna", "bert", "emil")
    ])  # fmt: skip
    _give(engine, "customer_value", [
        {"customer_id": "anna", "expected_purchases": 2.0, "expected_value": 80.0, "expected_value_low": 20.0,
         "expected_value_high": 200.0, "horizon_days": DAYS, "value_kind": "revenue"},
    ])  # fmt: skip


def _happen(engine: Engine) -> None:
    """Anna complains, buys twice and feels good first; Bert is gone in silence; Cleo says goodbye; Dora complained;
    Emil complained too, long ago but just before he fell silent."""
    inside, after = THEN + timedelta(days=10), THEN + timedelta(days=DAYS)
    _give(engine, "interaction", [
        {"interaction_id": "a1", "customer_id": "anna", "occurred_at": inside, "channel": "call", "kind": "complaint"},
        {"interaction_id": "b0", "customer_id": "bert", "occurred_at": THEN - timedelta(days=1), "channel": "web"},
        {"interaction_id": "b1", "customer_id": "bert", "occurred_at": after, "channel": "call",
         "direction": "outbound"},
        {"interaction_id": "c1", "customer_id": "cleo", "occurred_at": inside, "channel": "web",
         "kind": "cancellation"},
        {"interaction_id": "d1", "customer_id": "dora", "occurred_at": THEN - timedelta(days=170), "channel": "call",
         "kind": "complaint"},
        {"interaction_id": "e1", "customer_id": "emil", "occurred_at": THEN - timedelta(days=230), "channel": "call",
         "kind": "complaint"},
        {"interaction_id": "e2", "customer_id": "emil", "occurred_at": THEN - timedelta(days=200), "channel": "web"},
    ])  # fmt: skip
    _give(engine, "purchase", [
        {"purchase_id": f"p{n}", "customer_id": "anna", "occurred_at": at, "revenue": 30.0}
        for n, at in enumerate((inside, inside + timedelta(days=5), after))
    ])  # fmt: skip
    _give(engine, "touchpoint_visit", [
        {"interaction_id": f"v{n}", "customer_id": "anna", "occurred_at": inside + timedelta(days=n),
         "felt_valence": felt, "felt_from": source}
        for n, (felt, source) in enumerate(((-0.9, "behaviour"), (0.5, "words"), (-0.8, "rating")))
    ])  # fmt: skip
    for name in ("survey_response", "referral", "feeling"):
        _give(engine, name, [])
    ends = [THEN + timedelta(days=DAYS), NOW]
    _give(engine, "loyalty", [
        {"customer_id": who, "period_end": end, "staying": staying}
        for end in ends
        for who, staying in (("anna", 0.9), ("bert", -0.8), ("cleo", -0.9), ("dora", -0.9), ("emil", -0.9))
    ])  # fmt: skip


def _rows(kept: KeptStore) -> dict[tuple[str, str], dict[str, Any]]:
    rows = pa.concat_tables([pq.read_table(file, partitioning=None) for file in kept.files()]).to_pylist()
    return {(row["customer_id"], row["quantity"]): row for row in rows}


def _kept(engine: Engine, root: Path) -> KeptStore:
    kept = KeptStore(root / "predictions")
    _say(engine)
    predictions.add(engine, kept, ("next_move", "loyalty", "customer_value"), THEN, NOW, "run1", replayed=False)
    return kept


def test_what_came_is_what_came(engine: Engine, tmp_path: Path) -> None:
    kept = _kept(engine, tmp_path)
    _happen(engine)
    scored = predictions.score(engine, kept, NOW, "run2")
    came = {key: row["realised"] for key, row in _rows(kept).items() if row["scored_as_of"]}
    assert came == {
        ("anna", "complaint"): 1.0, ("anna", "silent_leaving"): 0.0, ("anna", "repeat_purchase"): 1.0,
        ("anna", "referral"): 0.0, ("anna", "feeling_bad"): 0.0, ("anna", "feeling_good"): 1.0,
        ("anna", "p_leaving"): 0.0, ("anna", "p_silent_leaving"): 0.0, ("anna", "p_revenge"): 0.0,
        ("anna", "expected_purchases"): 2.0, ("anna", "expected_value"): 60.0,
        ("bert", "complaint"): 0.0, ("bert", "silent_leaving"): 1.0, ("bert", "repeat_purchase"): 0.0,
        ("bert", "p_leaving"): 1.0, ("bert", "p_silent_leaving"): 1.0, ("bert", "p_revenge"): 0.0,
        ("cleo", "silent_leaving"): 0.0, ("cleo", "feeling_bad"): None, ("dora", "silent_leaving"): 0.0,
        ("emil", "p_leaving"): 1.0, ("emil", "p_silent_leaving"): 0.0, ("emil", "p_revenge"): 0.0,
    }  # fmt: skip
    assert scored == {THEN: len(came)}


def test_first_said_stays_and_new_words_are_added(engine: Engine, tmp_path: Path) -> None:
    kept = _kept(engine, tmp_path)
    before = _rows(kept)
    _say(engine, p=0.9)
    _give(engine, "customer_value", [
        {"customer_id": "bert", "expected_purchases": 1.0, "horizon_days": DAYS, "value_kind": "margin"}])  # fmt: skip
    said = ("next_move", "loyalty", "customer_value")
    assert predictions.add(engine, kept, said, THEN, NOW, "run2", replayed=True) == 1
    after = _rows(kept)
    assert {key: row for key, row in after.items() if key in before} == before
    assert after["bert", "expected_purchases"]["replayed"]
    assert not after["anna", "complaint"]["replayed"]
    assert predictions.add(engine, kept, said, THEN, NOW, "run3", replayed=True) == 0


def test_a_score_is_given_once_and_not_before_its_time(engine: Engine, tmp_path: Path) -> None:
    kept = _kept(engine, tmp_path)
    _happen(engine)
    assert predictions.score(engine, kept, THEN + timedelta(days=DAYS - 1), "run2") == {}
    first = THEN + timedelta(days=DAYS)
    _give(engine, "loyalty", [{"customer_id": "bert", "period_end": first, "staying": -0.8}])
    predictions.score(engine, kept, first, "run3")
    before = _rows(kept)
    assert before["bert", "silent_leaving"]["realised"] == 1.0
    assert before["bert", "p_leaving"]["scored_as_of"] is None  # a departure shows only after some silence
    _happen(engine)
    _give(engine, "purchase", [])  # what is known of the past has changed since
    predictions.score(engine, kept, NOW, "run4")
    after = _rows(kept)
    assert after["bert", "p_leaving"]["realised"] == 1.0
    assert all(after[key] == row for key, row in before.items() if row["scored_as_of"])


def test_no_run_reaches_them_and_erasure_does(duckdb_engine: DuckDBEngine, tmp_path: Path) -> None:
    kept = _kept(duckdb_engine, tmp_path)
    derived = DerivedStore(tmp_path / "derived", kept={"prediction": kept})
    derived.write("loyalty", "r1", {}, lambda folder: None)
    derived.make_current({"loyalty": "r1"})
    assert derived.files("prediction") == kept.files()
    assert {row["customer_id"] for file in derived.files_of(table("prediction"), "anna")
            for row in pq.read_table(file, partitioning=None).to_pylist()} >= {"anna"}  # fmt: skip
    version = derived.version()
    folders = [path for path in kept.root.glob("*/*") if path.is_dir()]
    assert kept.forget_customers(["anna"], "erased") == 11
    assert {who for who, _ in _rows(kept)} == {"bert", "cleo", "dora", "emil"}
    assert not any(folder.exists() for folder in folders)
    assert b"anna" not in b"".join(file.read_bytes() for file in kept.root.rglob("*") if file.is_file())
    assert derived.version() != version
    assert kept.forget_customers(["anna"], "again") == 0


@pytest.mark.parametrize("made", [("loyalty",), ("customer_value", "next_move"), ()])
def test_only_what_a_run_made_is_said(duckdb_engine: DuckDBEngine, tmp_path: Path, made: tuple[str, ...]) -> None:
    kept = KeptStore(tmp_path / "predictions")
    _say(duckdb_engine)
    predictions.add(duckdb_engine, kept, made, THEN, NOW, "run1", replayed=False)
    spoke = {row["analysis"] for row in _rows(kept).values()} if kept.moments() else set()
    assert spoke == {predictions.SPEAKERS[name] for name in made}


def test_steps_stay_in_the_subset(duckdb_engine: DuckDBEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    run = duckdb_engine.run
    monkeypatch.setattr(duckdb_engine, "run", lambda steps: (seen.extend(steps), run(steps))[1])
    kept = _kept(duckdb_engine, tmp_path)
    _happen(duckdb_engine)
    predictions.score(duckdb_engine, kept, NOW, "run2")
    own = {"epoch_us", "make_timestamp", "arg_min_null", "row", "md5", "substr"}  # DuckDB's words for named functions
    said = {fault for step in seen for fault in faults(step.sql) if not any(word in fault for word in own)}
    assert len(seen) > 8
    assert {one for one in said if "function" not in one and "not in the subset" not in one} == set()
