"""The page docs/how-to/live-events.md does what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from heartline.cli import heartline
from heartline.live.event_map import read_event_map

if TYPE_CHECKING:
    from tests.live.conftest import Served

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to" / "live-events.md").read_text(encoding="utf-8")


WEBHOOKS = (ROOT / "docs" / "how-to" / "webhooks.md").read_text(encoding="utf-8")


def block(name: str, page: str = PAGE) -> str:
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", page, re.S)
    assert found, f"the page has lost its block {name}"
    return found[1]


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for line in block("commands").splitlines():
        done = CliRunner().invoke(heartline, line.split()[1:])
        assert done.exit_code == 0, done.output


def test_the_commands_for_webhooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for line in block("commands", WEBHOOKS).splitlines():
        words = line.rpartition("| ")[2].partition(" <")[0].split()
        said = "a client secret of ours\n" if line.startswith("echo") else ""
        done = CliRunner().invoke(heartline, words[1:], input=said)
        assert done.exit_code == 0, done.output
    assert "webhook intercom" in done.stdout
    assert "a client secret" not in done.stdout


def test_the_senders(served: Served) -> None:
    if shutil.which("curl") is None:
        pytest.skip("needs curl")
    environment = {**os.environ, "DESK": served.address, "KEY": served.key}
    curl = subprocess.run(
        ["sh", "-e", "-c", block("curl")], env=environment, capture_output=True, text=True, timeout=600
    )
    assert curl.returncode == 0, curl.stderr
    assert curl.stdout.count('"success":true') == 4
    python = [sys.executable, "-c", block("segment")]
    sent = subprocess.run(python, env=environment, capture_output=True, text=True, timeout=600)
    assert sent.returncode == 0, sent.stderr
    served.load()
    counts = {name: served.workspace.fact_rows(name) for name in ("interaction", "purchase", "customer")}
    assert counts == {"interaction": 5, "purchase": 2, "customer": 1}
    assert served.workspace.quarantine() == []


def test_the_sender_in_node(served: Served) -> None:
    node = shutil.which("node")
    modules = ROOT / "build" / "node" / "node_modules"
    if node is None or not (modules / "@segment" / "analytics-node").is_dir():
        pytest.skip("needs Node and @segment/analytics-node in build/node (make test installs it where npm is)")
    environment = {**os.environ, "DESK": served.address, "KEY": served.key, "NODE_PATH": str(modules)}
    done = subprocess.run([node, "-e", block("node")], env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    served.load()
    rows = served.workspace.query("select * from interaction").to_pylist()
    assert {(row["touchpoint"], row["outcome"], row["customer_id"]) for row in rows} == {
        ("account", None, "u3"), ("discount_code", "failed", "u3"),
    }  # fmt: skip
    assert all(row["interaction_id"].startswith("node-next-") for row in rows)
    assert served.workspace.quarantine() == []


def test_the_events_file() -> None:
    made = read_event_map(block("events"), "the page")
    assert made.rule("track", "voucher refused").said["outcome"] == "failed"
    assert made.rule("track", "Paid at Till").purchase["revenue"] == ("goods",)
