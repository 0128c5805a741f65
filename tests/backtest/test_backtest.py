"""The past replayed: sees nothing that came later, goes on where it stopped, scores what came; on a small company."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from heartline.analysis.registry import ANALYSES
from heartline.backtest import backtest, scores
from heartline.backtest.replay import DONE
from heartline.errors import AnalysisError
from heartline.simulate import simulate
from heartline.stats.ranking import auc
from heartline.tables import table
from heartline.workspace import Workspace

FILES = ("customer", "interaction", "purchase", "survey_response", "referral")
FIRST, LAST = datetime(2026, 1, 1), datetime(2026, 2, 1)
SETTINGS: dict[str, Any] = {"emotion_model": "bulk", "threads": 2, "min_base": 25}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("company")
    simulate(root, customers=160, seed=21, months=14)
    return root


def _workspace(root: Path, files: Path, before: datetime | None = None) -> Workspace:
    """A workspace of the company's files, or of what had happened before a moment."""
    made = Workspace.create(root, SETTINGS)
    for name in FILES:
        rows = pq.read_table(files / f"{name}.parquet")
        if before is not None:
            when = rows.column(table(name).time or "")
            moment = pa.scalar(before, pa.timestamp("us", when.type.tz))
            rows = rows.filter(pc.fill_null(pc.less(when, moment), True))
        file = root / f"{name}.parquet"
        pq.write_table(rows, file)
        made.ingest(name, [file])
    return made


@pytest.fixture(scope="module")
def replayed(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A run, then two months replayed, stopped after the first and started again."""
    workspace = _workspace(tmp_path_factory.mktemp("whole") / "workspace", files)
    workspace.run()

    def stop(what: str, done: int, total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backtest(workspace, FIRST, LAST, progress=stop)
    first = workspace.kept.files([FIRST])
    assert first
    again = backtest(workspace, FIRST, LAST)
    assert (again.done_before, len(again.moments)) == (1, 2)
    assert again.added > 500
    yield workspace
    workspace.close()


def test_a_run_keeps_what_it_says_and_a_replay_says_so(replayed: Workspace) -> None:
    moments = replayed.query(
        "select as_of, min(replayed) as least, max(replayed) as most, count(*) as n from prediction group by as_of"
        " order by as_of"
    ).to_pylist()
    assert [(row["as_of"], row["least"], row["most"]) for row in moments] == [
        (FIRST, True, True), (LAST, True, True), (replayed.as_of, False, False),
    ]  # fmt: skip
    key = "analysis, quantity, customer_id, as_of"
    assert replayed.query(f"select 1 as n from prediction group by {key} having count(*) > 1").num_rows == 0


def test_the_future_changes_no_word_of_the_past(replayed: Workspace, files: Path, tmp_path: Path) -> None:
    with _workspace(tmp_path / "then", files, before=FIRST) as then:
        then.run(as_of=FIRST)
        said = (
            "select analysis, quantity, customer_id, predicted, base_rate from prediction"
            f" where as_of = timestamp '{FIRST}' order by analysis, quantity, customer_id"
        )
        known, whole = then.query(said), replayed.query(said)
        assert whole.num_rows == known.num_rows > 500
        for name in ("analysis", "quantity", "customer_id"):
            assert whole.column(name).equals(known.column(name))
        for name in ("predicted", "base_rate"):
            apart = pc.subtract(whole.column(name), known.column(name))
            assert (pc.max(pc.abs(apart)).as_py() or 0.0) < 1e-6
        assert not then.query("select max(replayed) as r from prediction").column(0)[0].as_py()


def test_what_came_agrees_with_the_facts(replayed: Workspace) -> None:
    rows = replayed.query(
        "select p.realised, p.customer_id in (select customer_id from purchase b where b.occurred_at >= p.as_of"
        " and b.occurred_at < p.as_of + interval '90' day and b.revenue - coalesce(b.refunded, 0) > 0) as bought"
        " from prediction p where p.quantity = 'repeat_purchase' and p.replayed"
    ).to_pylist()
    assert len(rows) > 150
    assert all(row["realised"] == float(row["bought"]) for row in rows)
    unscored = replayed.query(
        "select count(*) as n from prediction where replayed and scored_as_of is null and horizon_days = 90"
    )
    assert unscored.column(0)[0].as_py() == 0
    assert replayed.query("select count(realised) as n from prediction where not replayed").column(0)[0].as_py() == 0


def test_scores_are_of_what_was_said(replayed: Workspace) -> None:
    line = replayed.query(
        "select * from backtest_score where quantity = 'repeat_purchase' and scope = 'so_far'"
        " order by as_of desc limit 1"
    ).to_pylist()[0]
    rows = replayed.query(
        "select predicted, realised from prediction where quantity = 'repeat_purchase' and realised is not null"
    )
    said, came = (rows.column(name).to_numpy() for name in ("predicted", "realised"))
    assert line["n"] == len(said)
    assert line["auc"] == pytest.approx(auc(said, came))
    assert line["auc_low"] <= line["auc"] <= line["auc_high"]
    month = replayed.query(
        f"select n from backtest_score where quantity = 'repeat_purchase' and scope = 'month'"
        f" and as_of = timestamp '{FIRST}'"
    )
    assert month.column(0)[0].as_py() < line["n"]


def test_done_months_are_not_done_again(replayed: Workspace) -> None:
    files = {file: file.stat().st_mtime_ns for file in replayed.kept.files()}
    again = backtest(replayed, FIRST, LAST)
    assert (again.done_before, again.added, again.scored) == (2, 0, 0)
    assert {file: file.stat().st_mtime_ns for file in replayed.kept.files()} == files
    assert (replayed.kept.root / DONE).exists()


def test_predictions_outlive_what_can_be_computed_again(replayed: Workspace, tmp_path: Path) -> None:
    before = replayed.query("select count(*) as n from prediction").column(0)[0].as_py()
    shutil.copytree(replayed.root, tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy" / "derived")
    with Workspace(tmp_path / "copy") as bare:
        assert bare.query("select count(*) as n from prediction").column(0)[0].as_py() == before


def test_scores_keep_no_run_from_deciding_anew_who_is_who(replayed: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "backtest_score" in replayed.derived.current()
    monkeypatch.setattr(replayed._members, "current_digest", lambda: "other people")
    every = {name for analysis in ANALYSES for name in analysis.writes}
    replayed._members.check_same(None, every)
    with pytest.raises(AnalysisError, match="who is one customer"):
        replayed._members.check_same(None, every - {"loyalty"})


def test_what_cannot_be_replayed_says_why(replayed: Workspace) -> None:
    with pytest.raises(AnalysisError, match="nothing happened"):
        backtest(replayed, datetime(2031, 1, 1), datetime(2031, 2, 1))
    with pytest.raises(AnalysisError, match="nothing happened"):
        backtest(replayed, LAST, FIRST)


def test_a_known_truth_is_scored_as_such() -> None:
    """Outcomes drawn with the probabilities that were said: calibrated, and better than a rule that knows less."""
    rng = np.random.default_rng(8)
    n = 6000
    p = rng.beta(1, 6, n)
    rows = pa.table(
        {
            "customer_id": [f"c{each % 3000}" for each in range(n)],
            "as_of": [FIRST if each < 3000 else FIRST + timedelta(days=31) for each in range(n)],
            "predicted": p, "low": p - 0.05, "high": p + 0.05, "base_rate": np.full(n, 1 / 7),
            "by_rating": np.full(n, 1 / 7), "by_rhythm": np.clip(p + rng.normal(0, 0.15, n), 0, 1),
            "learnt_from": np.full(n, 500), "realised": (rng.uniform(size=n) < p).astype(float),
        }
    )  # fmt: skip
    found = scores(rows, {"analysis": "next_move", "quantity": "complaint"}, 30)
    month, so_far = (next(one for one in reversed(found) if one["scope"] == scope) for scope in ("month", "so_far"))
    assert so_far["calibration_error"] < 0.02
    assert so_far["log_loss_gain_low"] > 0
    assert so_far["rhythm_gain_low"] > 0
    assert so_far["rating_auc"] == 0.5
    assert so_far["lift_5"] > 2
    # more data, a narrower interval
    assert so_far["auc_high"] - so_far["auc_low"] < month["auc_high"] - month["auc_low"]
    assert so_far["width"] == pytest.approx(0.1)
    few = scores(rows.slice(0, 40), {"analysis": "next_move", "quantity": "complaint"}, 30)
    assert few[0]["n"] == 40
    assert few[0].get("auc") is None
