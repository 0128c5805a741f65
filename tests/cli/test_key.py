"""`heartline key` and `heartline events`: a key is printed once and alone, so that a script can take it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from heartline.cli import heartline
from heartline.errors import AccessError
from heartline.records import keys
from heartline.workspace import Workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Workspace.create(tmp_path / "shop").close()
    return tmp_path / "shop"


def call(*arguments: str) -> str:
    done = CliRunner().invoke(heartline, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_create_list_revoke(folder: Path) -> None:
    assert "no keys" in call("key", "list", "-w", str(folder))
    key = call("key", "create", "shop", "--write", "-w", str(folder)).strip()
    with Workspace(folder) as workspace:
        assert keys.owner(keys.every(workspace.records), key) == "shop"
    listed = call("key", "list", "-w", str(folder))
    assert "shop" in listed
    assert key not in listed
    call("key", "revoke", "shop", "-w", str(folder))
    (row,) = json.loads(call("key", "list", "--json", "-w", str(folder)))
    assert row["revoked_at"] is not None
    assert "hash" not in str(row)


def test_what_the_key_may_is_said_aloud(folder: Path) -> None:
    done = CliRunner().invoke(heartline, ["key", "create", "shop", "-w", str(folder)])
    assert (done.exit_code, "--write" in done.output) == (2, True)


def test_an_unknown_name_is_told(folder: Path) -> None:
    with pytest.raises(AccessError, match="no key till"):
        call("key", "revoke", "till", "-w", str(folder))


def test_events_are_listed_with_the_workspaces_own(folder: Path) -> None:
    assert call("events", "--file", "-w", str(folder)).startswith("# What events become")
    (folder / "events.toml").write_text('[[event]]\nnames = ["Tea Poured"]\ntouchpoint = "till"\n', encoding="utf-8")
    rows = {row["event"]: row for row in json.loads(call("events", "--json", "-w", str(folder)))}
    assert rows["tea_poured"]["touchpoint"] == "till"
    assert rows["order_completed"]["also"] == "purchase"
