"""`heartline identity`: look, decide, take back; each says what comes next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from heartline.cli import heartline
from heartline.errors import IdentityError
from heartline.identity.ids import own_id
from heartline.workspace import Workspace

CUSTOMERS = """customer_id,first_seen_at,name,email
shop-1,2025-01-05,Ann Lee,ann@mail.example
till-9,2024-03-01,Ann Lee,Ann@Mail.example
shop-2,2025-02-01,Tom Lee,ann@mail.example
"""
PURCHASES = "purchase_id,customer_id,occurred_at,revenue\np1,shop-1,2026-06-01,10\np2,shop-2,2026-06-02,20\n"
ANN = own_id("till-9")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    said("init", str(folder))
    (folder / "heartline.toml").write_text('identity = "keys"\n')
    for name, text in (("customer", CUSTOMERS), ("purchase", PURCHASES)):
        file = tmp_path / f"{name}.csv"
        file.write_text(text)
        said("ingest", name, str(file), "-w", str(folder))
    run(folder)
    return folder


def run(folder: Path) -> None:
    with Workspace(folder) as workspace:
        workspace.run(["value"])


def said(*words: str) -> str:
    result = CliRunner().invoke(heartline, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_show_decide_list_and_take_back(shop: Path) -> None:
    at = ("-w", str(shop))
    shown = json.loads(said("identity", "show", "shop-1", *at, "--json"))
    assert shown["customer_id"] == ANN
    assert [one["member_id"] for one in shown["members"]] == ["till-9", "shop-1"]
    assert [
        row["purchase_id"]
        for row in json.loads(said("show", "purchase", "--customer", "till-9", "--format", "json", *at))
    ] == ["p1"]
    assert "same e-mail address as till-9" in said("identity", "show", ANN, *at).replace("\n", " ")
    (doubt,) = json.loads(said("identity", "review", *at, "--json"))
    assert {doubt["member_a"], doubt["member_b"]} & {"shop-2"}
    assert doubt["reason"] == "same e-mail address; another given name"
    assert "heartline run" in said("identity", "apart", doubt["member_a"], doubt["member_b"], "--by", "Kim", *at)
    assert "No pair is in doubt" in said("identity", "review", *at)
    assert "shop-1 is not till-9" in said("identity", "split", ANN, "shop-1", "--by", "Kim", *at)
    run(shop)
    assert json.loads(said("identity", "show", "shop-1", *at, "--json"))["customer_id"] == own_id("shop-1")
    assert "taken back by Lou" in said("identity", "undo", "2", "--by", "Lou", *at)
    assert "are one person" in said("identity", "join", "shop-1", "shop-2", "--by", "Kim", "--note", "she said so", *at)
    listed = json.loads(said("identity", "list", *at, "--json"))
    assert [(one["decision_id"], one["verb"], one["withdrawn_by"]) for one in listed] == [
        (3, "join", None), (2, "apart", "Lou"), (1, "apart", None),
    ]  # fmt: skip
    assert "she said so" in said("identity", "list", *at).replace("\n", " ")


def test_what_cannot_be_decided_says_why(shop: Path) -> None:
    with pytest.raises(IdentityError, match="nobody has this id"):
        said("identity", "show", "never", "-w", str(shop))
    with pytest.raises(IdentityError, match="by whom"):
        said("identity", "join", "shop-1", "shop-2", "-w", str(shop))
    with pytest.raises(IdentityError, match="not known as this customer"):
        said("identity", "split", ANN, "shop-2", "--by", "Kim", "-w", str(shop))
