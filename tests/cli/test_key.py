"""`heartline key` and `heartline events`: a key is printed once and alone, so that a script can take it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from heartline.cli import heartline
from heartline.errors import AccessError
from heartline.records import keys, webhooks
from heartline.workspace import Workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Workspace.create(tmp_path / "shop").close()
    return tmp_path / "shop"


def call(*arguments: str, said: str = "") -> str:
    done = CliRunner().invoke(heartline, list(arguments), input=said, catch_exceptions=False)
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


def hook(folder: Path, name: str) -> webhooks.Webhook:
    with Workspace(folder) as workspace:
        (found,) = [one for one in webhooks.every(workspace.records) if one.name == name]
    return found


def test_a_webhook_of_a_tool_that_gives_the_secret(folder: Path) -> None:
    secret = "0f9a7c1e-client-secret"
    place = call("key", "create", "desk", "--webhook", "intercom", "-w", str(folder), said=f"{secret}\n")
    assert place.strip() == "/v1/webhooks/intercom/desk"
    assert hook(folder, "desk").secret == secret
    listed = call("key", "list", "-w", str(folder)) + call("key", "list", "--json", "-w", str(folder))
    assert ("webhook intercom" in listed, secret in listed) == (True, False)
    with pytest.raises(AccessError, match="a secret of its own, and none was given"):
        call("key", "create", "other", "--webhook", "delighted", "-w", str(folder))
    with pytest.raises(AccessError, match="easily guessed"):
        call("key", "create", "other", "--webhook", "delighted", "--secret", "short", "-w", str(folder))
    with pytest.raises(AccessError, match="no secret of Standard Webhooks"):
        call("key", "create", "other", "--webhook", "formbricks", "--secret", "a secret of our own", "-w", str(folder))
    call("key", "revoke", "desk", "-w", str(folder))
    assert hook(folder, "desk").secret is None


def test_a_webhook_of_a_tool_that_is_told_the_secret(folder: Path) -> None:
    place, secret = call("key", "create", "spring", "--webhook", "typeform", "-w", str(folder)).split()
    assert place == "/v1/webhooks/typeform/spring"
    assert secret.startswith("whsec_")
    assert hook(folder, "spring").secret == secret


def test_a_webhook_of_a_tool_that_cannot_sign(folder: Path) -> None:
    place = call("key", "create", "reviews", "--webhook", "trustpilot", "--unsigned", "-w", str(folder)).strip()
    assert place.startswith("/v1/webhooks/trustpilot/hlh_")
    found = hook(folder, "reviews")
    assert (found.secret, place.rpartition("/")[2] in str(vars(found))) == (None, False)


@pytest.mark.parametrize(
    "wrong",
    [["--write", "--webhook", "typeform"], ["--write", "--unsigned"], ["--webhook", "nobody"],
     ["--webhook", "typeform", "--unsigned", "--secret", "x"], ["--write", "--secret", "x"]],
)  # fmt: skip
def test_what_cannot_be_both_is_refused(folder: Path, wrong: list[str]) -> None:
    done = CliRunner().invoke(heartline, ["key", "create", "shop", *wrong, "-w", str(folder)])
    assert done.exit_code == 2


def test_an_unknown_name_is_told(folder: Path) -> None:
    with pytest.raises(AccessError, match="no key till"):
        call("key", "revoke", "till", "-w", str(folder))


def test_events_are_listed_with_the_workspaces_own(folder: Path) -> None:
    assert call("events", "--file", "-w", str(folder)).startswith("# What events become")
    (folder / "events.toml").write_text('[[event]]\nnames = ["Tea Poured"]\ntouchpoint = "till"\n', encoding="utf-8")
    rows = {row["event"]: row for row in json.loads(call("events", "--json", "-w", str(folder)))}
    assert rows["tea_poured"]["touchpoint"] == "till"
    assert rows["order_completed"]["also"] == "purchase"
