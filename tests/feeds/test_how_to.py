"""The page docs/how-to/feeds.md does what it says."""

from __future__ import annotations

import gzip
import json
import re
import shlex
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.feeds.conftest import HEAD

from heartline.cli import heartline
from heartline.workspace import Workspace

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "feeds.md").read_text(encoding="utf-8")


def block(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n```sh\n(.*?)```", PAGE, re.S)
    assert found, f"the page has lost its block {name}"
    return found[1]


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with sqlite3.connect("till.db") as connection:
        connection.execute("create table sale (number text, customer text, paid_at text, total real, changed_at text)")
        connection.execute("insert into sale values ('s1', 'c1', '2026-01-01', 9.5, '2026-01-01 10:00:00')")
    connection.close()
    (tmp_path / "drop" / "below").mkdir(parents=True)
    (tmp_path / "drop" / "below" / "a.csv").write_text(HEAD + "i1,c1,2026-01-01,web,x,fine\n", encoding="utf-8")
    (tmp_path / "archive").mkdir()
    call = {"type": "page", "messageId": "m1", "userId": "c1", "receivedAt": "2026-01-01T10:00:00Z"}
    (tmp_path / "archive" / "1.gz").write_bytes(gzip.compress(json.dumps(call).encode()))
    lines = [line for name in ("query", "folder", "segment") for line in block(name).splitlines()]
    for line in lines:
        if line.startswith("heartline feed add") and "--folder" in line:
            line += " --settle 0.1"
        done = CliRunner().invoke(heartline, shlex.split(line)[1:])
        assert done.exit_code == 0, done.output
    with Workspace(tmp_path / "shop") as workspace:
        assert {name: workspace.fact_rows(name) for name in ("purchase", "interaction")} == {
            "purchase": 1, "interaction": 2,
        }  # fmt: skip
