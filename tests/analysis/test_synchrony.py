"""Synchrony by hand, and against planted levels of channels, teams and hand-offs."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from tests.engines.compare import run_on

from heartline.analysis.base import Context
from heartline.analysis.synchrony import ANALYSIS
from heartline.analysis.synchrony_fit import intentions
from heartline.errors import AnalysisError
from heartline.tables import EMOTIONS, TABLES

AS_OF = datetime(2026, 7, 1)
SETTINGS = {"min_base": 30, "window_months": 3, "intended": ""}


def arrow(name: str, rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=TABLES[name].arrow_schema())


def visits(
    rng: np.random.Generator, count: int, level: float, stage="support", **more: object
) -> list[dict[str, object]]:
    return [
        {
            "interaction_id": f"{stage}{more}{n}", "customer_id": f"c{rng.integers(0, 150)}", "stage": stage,
            "occurred_at": AS_OF - timedelta(days=float(rng.uniform(1, 300))), "channel": "web", "touchpoint": "chat",
            "felt_valence": float(np.clip(level + rng.normal(0, 0.4), -1, 1)), "felt_from": "rating", "baseline_n": 0,
        }
        | more
        for n in range(count)
    ]  # fmt: skip


def run(engine, rows, steps=(), feelings=(), **settings: object):
    given = {
        "touchpoint_visit": arrow("touchpoint_visit", rows), "journey_step": arrow("journey_step", list(steps)),
        "feeling": arrow("feeling", list(feelings)),
    }  # fmt: skip
    made, rans = run_on(engine, [ANALYSIS], Context(AS_OF, SETTINGS | settings), given)
    engine.forget(ANALYSIS.writes)
    key = ("kind", "stage", "unit", "next_unit")
    return {tuple(row[name] for name in key): row for row in made["synchrony"].to_pylist()}, rans["synchrony"].notes


def test_a_planted_channel_is_out_of_step_and_its_peers_are_not(duckdb_engine):
    rng = np.random.default_rng(3)
    rows = []
    for stage in ("purchase", "support", "use"):
        for channel in ("web", "app", "store", "call"):
            off = -0.35 if (stage, channel) == ("support", "call") else 0.0
            rows += visits(rng, 300, 0.3 + off, stage, channel=channel, touchpoint=f"{stage}_place")
    found, notes = run(duckdb_engine, rows)
    verdicts = {key[1:3]: row["verdict"] for key, row in found.items() if key[0] == "channel"}
    assert verdicts.pop(("support", "call")) == "out_of_step"
    assert [each for each in verdicts.values() if each == "out_of_step"] == []
    stage = found["stage", "support", "", ""]
    assert stage["between_channels"] > found["stage", "use", "", ""]["between_channels"]
    assert stage["low"] < stage["level"] < stage["high"]
    assert "1 of 12 channels and teams" in notes[0]


def test_teams_are_compared_at_the_same_touchpoint(duckdb_engine):
    """Birch answers complaints, which feel worse for everybody; ember is worse at what all do."""
    rng = np.random.default_rng(4)
    rows = []
    for team, level, complaints in (("amber", 0.2, 50), ("birch", 0.2, 400), ("cedar", 0.2, 50), ("ember", -0.2, 50)):
        rows += visits(rng, 300, level, team=team, touchpoint="call")
        rows += visits(rng, complaints, level - 0.5, team=team, touchpoint="complaint")
    found, _ = run(duckdb_engine, rows)
    team = {key[2]: row for key, row in found.items() if key[0] == "team"}
    assert team["birch"]["level"] < team["amber"]["level"] - 0.15
    assert {name: row["verdict"] for name, row in team.items()}["ember"] == "out_of_step"
    assert team["ember"]["deviation"] < min(team[name]["deviation"] for name in ("amber", "birch", "cedar")) - 0.2


def test_small_teams_are_no_line_and_thin_channels_say_nothing(duckdb_engine):
    rng = np.random.default_rng(5)
    rows = visits(rng, 100, 0.1, team="amber") + visits(rng, 20, 0.1, team="birch", channel="app")
    found, _ = run(duckdb_engine, rows)
    assert {key[2] for key in found if key[0] == "team"} == {"amber"}
    thin = found["channel", "support", "app", ""]
    assert thin["n"] == 20
    assert (thin["level"], thin["deviation"], thin["verdict"]) == (None, None, None)


def test_a_drop_at_a_hand_off_is_what_the_places_do_not_explain(duckdb_engine):
    rng = np.random.default_rng(6)
    rows = [*visits(rng, 200, 0.6, touchpoint="note"), *visits(rng, 200, 0.1, touchpoint="call"),
            *visits(rng, 200, 0.1, touchpoint="chat")]  # fmt: skip

    def step(a: str, b: str, change: float) -> dict[str, object]:
        return {"touchpoint": a, "next_touchpoint": b, "steps": 90, "customers": 80, "change_n": 60,
                "change_mean": change, "change_low": change - 0.05, "change_high": change + 0.05}  # fmt: skip

    steps = [
        step("note", "call", -0.5),
        step("call", "chat", -0.4),
        step("chat", "call", 0.0),
        step("chat", "note", 0.5),
    ]
    found, _ = run(duckdb_engine, rows, steps)
    assert found["handoff", "", "note", "call"]["expected"] == pytest.approx(-0.5, abs=0.1)
    assert found["handoff", "", "note", "call"]["verdict"] == "none"
    assert found["handoff", "", "call", "chat"]["verdict"] == "drop"


def test_intended_against_delivered(duckdb_engine):
    rng = np.random.default_rng(7)
    rows = visits(rng, 200, 0.3, touchpoint="note") + visits(rng, 200, 0.3, touchpoint="chat")
    said = [
        {"interaction_id": row["interaction_id"], "customer_id": row["customer_id"], "occurred_at": row["occurred_at"],
         "status": "scored", "model_version": "t"}
        | {f"p_{name}": 0.6 if name == "gratitude" and row["touchpoint"] == "note" else 0.05 for name in EMOTIONS}
        for row in rows
    ]  # fmt: skip
    found, _ = run(duckdb_engine, rows, feelings=said, intended="note=gratitude chat=0.5")
    note, chat = found["touchpoint", "support", "note", ""], found["touchpoint", "support", "chat", ""]
    assert (note["delivered"], note["verdict"]) == (pytest.approx(0.6), "reached")
    assert note["gap"] == pytest.approx(0.55)
    assert (chat["intended"], chat["verdict"]) == ("0.5", "short")
    assert chat["gap"] == pytest.approx(chat["level"] - 0.5)


def test_what_lies_further_back_or_was_not_told_is_not_counted(duckdb_engine):
    rng = np.random.default_rng(8)
    rows = visits(rng, 60, 0.2)
    old = [row | {"interaction_id": f"o{n}", "occurred_at": AS_OF - timedelta(days=400)} for n, row in enumerate(rows)]
    guessed = [row | {"interaction_id": f"b{n}", "felt_from": "behaviour"} for n, row in enumerate(rows)]
    found, _ = run(duckdb_engine, [*rows, *old, *guessed])
    assert found["stage", "support", "", ""]["n"] == 60


def test_intentions_are_valences_or_emotions():
    assert intentions("a=0.3 b=joy c=-1") == {"a": 0.3, "b": "joy", "c": -1.0}
    with pytest.raises(AnalysisError):
        intentions("a=happiness")
