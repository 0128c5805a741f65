"""`heartline brief` and `heartline decision` over a workspace on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from tests.web import brief_rows

from heartline.cli import heartline
from heartline.errors import AnalysisError, DecisionError
from heartline.tables import TABLES
from heartline.web.page import MissingPage
from heartline.workspace import Workspace

ABOUT = {
    "as_of": brief_rows.AS_OF.isoformat(), "run_id": "run", "analysis": "by hand", "engine": "duckdb", "seconds": 0.0,
    "settings": {}, "inputs": {}, "steps": [], "notes": [], "values": {},
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small company of the briefs' tests as derived tables, each written by the run `run`."""
    root = tmp_path_factory.mktemp("brief") / "ws"
    found = brief_rows.rows() | {"customer_overview": []}
    written = [name for name in TABLES if TABLES[name].kind == "derived"]
    with Workspace.create(root, {"company": "Meadow & Sons"}) as workspace:
        for name in written:

            def rows(place: Path, name: str = name) -> None:
                (place / "bucket=0").mkdir()
                made = pa.Table.from_pylist(found.get(name, []), TABLES[name].arrow_schema())
                pq.write_table(made, place / "bucket=0" / "part.parquet")

            if name != "prediction":
                workspace.derived.write(name, "run", ABOUT, rows)
        workspace.derived.make_current({name: "run" for name in written if name != "prediction"})
    (root / "playbook").mkdir()
    (root / "playbook" / "all.yaml").write_text(brief_rows.PLAYBOOK, encoding="utf-8")
    return root


def call(folder: Path, *arguments: object) -> Result:
    name, *rest = map(str, arguments)
    return CliRunner().invoke(heartline, [name, *rest, "-w", str(folder)], catch_exceptions=False)


def told(folder: Path, *arguments: object) -> Any:
    return json.loads(call(folder, *arguments, "--json").stdout)


def test_the_brief_is_printed(folder: Path) -> None:
    said = call(folder, "brief").stdout
    assert said.startswith("Meadow & Sons: What to decide this week\n")
    assert "Support call does not feel as it is meant to" in said
    assert "[decides: Customer care]" in said
    assert "Decisions log" not in said
    assert "Decisions log" in call(folder, "brief", "--full").stdout


@pytest.mark.parametrize(
    ("form", "begin"), [("--html", b"<!doctype html>"), ("--pdf", b"%PDF-"), ("--text", b"Meadow")]
)
def test_the_brief_is_written_to_a_file(folder: Path, tmp_path: Path, form: str, begin: bytes) -> None:
    if form == "--pdf":
        pytest.importorskip("typst", reason="needs the extra pdf")
    file = tmp_path / "brief"
    more = {"--html": ("--stage", "support"), "--pdf": (), "--text": ("--full",)}[form]
    assert call(folder, "brief", form, "-o", file, *more).exit_code == 0
    assert file.read_bytes().startswith(begin)


def test_a_stage_is_asked_for_by_role_or_name_and_an_unknown_one_is_said(folder: Path) -> None:
    assert "Meadow & Sons: Sales: what customers feel" in call(folder, "brief", "--stage", "sales").stdout
    with pytest.raises(MissingPage, match="there is no stage 'moon'"):
        call(folder, "brief", "--stage", "moon")


def test_sending_says_how_many_were_told(folder: Path, tmp_path: Path) -> None:
    assert "Nobody was told" in call(folder, "brief", "--send").stdout
    with Workspace.create(tmp_path / "new") as fresh, pytest.raises(AnalysisError, match="heartline run"):
        call(fresh.root, "brief", "--send")
    assert "Nothing can be said yet" in call(tmp_path / "new", "brief").stdout


def test_a_decision_is_kept_listed_and_reviewed(folder: Path) -> None:
    cited = "period_summary.connection_mean?segment=all"
    kept = call(
        folder, "decision", "add", "Thank advocates", "--by", "Ada", "--evidence", cited, "--review", "2999-01-01"
    )
    assert "52 [50 to 54], n = 300 in period_summary.connection_mean, run run." in kept.stdout
    few = call(folder, "decision", "add", "Wrap gifts", "--by", "Ada", "--judgement").stdout
    assert "Kept as decision 2" in few
    (second, first) = told(folder, "decision", "list")
    assert (first["figure"], first["now"]["value"], first["due"]) == (52.0, 52.0, False)
    assert second["kind"] == "judgement"
    assert "Thank advocates" in call(folder, "decision", "list").stdout
    assert "Thank advocates" in call(folder, "brief", "--full").stdout
    done = call(folder, "decision", "review", 1, "--came", "nothing", "--by", "Björn", "--note", "too early")
    assert "Decision 1 came out nothing, says Björn." in done.stdout
    assert "Then 52 [50 to 54], n = 300; now 52 [50 to 54], n = 300." in done.stdout
    assert told(folder, "decision", "list")[1]["came"] == "nothing"
    with pytest.raises(DecisionError, match="cites no evidence"):
        call(folder, "decision", "add", "Do it", "--by", "Ada")
