"""Guesses and walks of the simulated company: planted gaps are there, tables hold them, guides can be read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from heartline.simulate.company import TOUCHPOINTS
from heartline.simulate.walkers import DARKER, DECIDE, ROSIER, write_walks
from heartline.walk.guide import read_guide

Written = tuple[Path, dict[str, list[dict[str, object]]]]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("walkers")
    pq.write_table(pa.table({"occurred_at": [datetime(2026, 6, 29, 23)]}), folder / "interaction.parquet")
    return folder, {name: pq.read_table(file).to_pylist() for name, file in write_walks(folder).items()}


def test_those_who_decide_are_wrong_where_it_is_planted(written):
    _, rows = written
    truth = {place.name: place.felt_mean for place in TOUCHPOINTS}
    said = [row for row in rows["walk_guess"] if row["role"] == "decides"]
    off = {
        name: np.mean([row["valence"] for row in said if row["touchpoint"] == name]) - felt
        for name, felt in truth.items()
    }
    for name, gap in (ROSIER | DARKER).items():
        assert off[name] == pytest.approx(gap, abs=0.3), name
    rest = [gap for name, gap in off.items() if name not in ROSIER | DARKER]
    assert np.mean(np.abs(rest)) < 0.25
    assert {row["guesser"] for row in said} == set(DECIDE)


def test_walks_follow_guides_that_can_be_read(written):
    folder, rows = written
    guides = {guide.walk: guide for guide in map(read_guide, sorted((folder / "walks").glob("*.yaml")))}
    assert set(guides) == {row["script"] for row in rows["walk"]}
    for walk in rows["walk"]:
        steps = [row for row in rows["walk_step"] if row["walk_id"] == walk["walk_id"]]
        assert [row["what"] for row in steps] == [step.do for step in guides[walk["script"]].steps]
        assert walk["started_at"] <= min(row["occurred_at"] for row in steps)
        assert max(row["occurred_at"] for row in steps) < walk["ended_at"]
        first = min(row["guessed_at"] for row in rows["walk_guess"])
        assert first < walk["started_at"]
    assert len({row["walk_id"] for row in rows["walk"]}) == len(rows["walk"]) >= 10


def test_the_same_company_has_the_same_walks(written):
    folder, _ = written
    before = {file.name: file.read_bytes() for file in folder.glob("walk*.parquet")}
    write_walks(folder)
    assert before == {file.name: file.read_bytes() for file in folder.glob("walk*.parquet")}
