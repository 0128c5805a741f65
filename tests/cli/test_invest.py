"""`heartline invest`: a plan for eyes and for scripts, over options that were loaded from a file."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from tests.web.investment_rows import investment

from heartline.cli import heartline
from heartline.errors import AnalysisError, PlanError
from heartline.tables import TABLES
from heartline.workspace import Workspace

WRITTEN = ("investment", "investment_place", "investment_scenario", "investment_frontier", "planned_experiment")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Options loaded from CSV, and what a run makes of them."""
    root = tmp_path_factory.mktemp("invest")
    made: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    investment(made, datetime(2026, 7, 1))
    with (root / "option.csv").open("w", newline="", encoding="utf-8") as file:
        names = ["option_id", "name", "department", "touchpoint", "cost", "expected_lift", "max_units", "min_units",
                 "must", "excludes", "requires", "response"]  # fmt: skip
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        for row in made["option"]:
            more = {"must": "true", "excludes": "training", "response": '{"1": 0.1, "2": 0.15}', "min_units": 1}
            writer.writerow({**{name: row[name] for name in names}, **(more if row["option_id"] == "note" else {})})
    with Workspace.create(root / "ws") as workspace:
        workspace.ingest("option", [root / "option.csv"])
        for name in WRITTEN:

            def rows(place: Path, name: str = name) -> None:
                (place / "bucket=0").mkdir()
                found = pa.Table.from_pylist(made[name], TABLES[name].arrow_schema())
                pq.write_table(found, place / "bucket=0" / "part.parquet")

            workspace.derived.write(name, "run", {"as_of": "2026-07-01T00:00:00"}, rows)
        workspace.derived.make_current(dict.fromkeys(WRITTEN, "run"))
    return root / "ws"


def call(folder: Path, *arguments: object) -> Result:
    return CliRunner().invoke(heartline, ["invest", "-w", str(folder), *map(str, arguments)], catch_exceptions=False)


def told(folder: Path, *arguments: object) -> dict[str, Any]:
    done = call(folder, "--json", *arguments)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def units(found: dict[str, Any]) -> dict[str, int]:
    return {line["option_id"]: line["units"] for line in found["lines"] if line["units"]}


def test_options_come_with_all_that_a_plan_needs(folder: Path) -> None:
    with Workspace(folder) as workspace:
        rows = workspace.query("select * from option where option_id = 'note'").to_pylist()
    assert (rows[0]["must"], rows[0]["excludes"], rows[0]["min_units"]) == (True, "training", 1)
    assert json.loads(rows[0]["response"]) == {"1": 0.1, "2": 0.15}


def test_the_plan_is_printed_and_costs_no_more_than_its_budget(folder: Path) -> None:
    done = call(folder, "--budget", 60000)
    assert "Best plan for 60,000 EUR over 365 days" in done.stdout
    assert "must be funded" in done.stdout
    assert "each scenario counts a part of it" in done.stdout
    found = told(folder, "--budget", 60000)
    assert found["cost"] <= 60000
    assert found["proven"]
    assert "training" not in units(found)  # the note must be funded, and excludes it


def test_caps_and_aims_change_the_plan(folder: Path) -> None:
    free = units(told(folder, "--budget", 90000))
    assert free["note"] == 2
    assert units(told(folder, "--budget", 90000, "--cap", "service=9000"))["note"] == 1
    kept = told(folder, "--budget", 90000, "--kept")
    assert set(units(kept)) < set(free)
    tail = told(folder, "--budget", 90000, "--aim", "cvar")
    assert tail["tail"] >= told(folder, "--budget", 90000)["tail"] - 1e-6


def test_what_cannot_be_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="no budget is told"):
        call(folder)
    with pytest.raises(PlanError, match="note must be funded"):
        call(folder, "--budget", 100)
    with pytest.raises(PlanError, match="--cap service"):
        call(folder, "--budget", 100, "--cap", "service")
    Workspace.create(tmp_path / "empty").close()
    with pytest.raises(AnalysisError, match="no option has been worked out"):
        call(tmp_path / "empty", "--budget", 100)
