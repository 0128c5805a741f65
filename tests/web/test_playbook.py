"""The page Playbook: what is meant beside what came, how often plays opened, and what is wrong in the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Client, Double

STANDARDS = """
vision: Known & <b>welcome</b>.
teams: [{team: care, name: Care & repair, escalates_to: lead}, {team: lead, name: Lead}]
standards:
  - {touchpoint: discount_code, owner: care, at_least: 0.9}
  - {touchpoint: thank_you_note, owner: lead, at_least: -0.9}
  - {touchpoint: nowhere, owner: lead, at_least: 0.1}
"""


@pytest.fixture(scope="module")
def house(full: Double, double: type[Double]) -> Double:
    """The pages' company with files of a playbook to change."""
    own = double(full.rows)
    own.moves  # noqa: B018  makes its folder
    return own


def written(house: Double, text: str) -> None:
    (house.root / "playbook" / "all.yaml").write_text(text, encoding="utf-8")


def test_plays_are_told_with_their_cases(client: Client) -> None:
    held = client.get("/playbook.json").json()
    mend, thanks = held["plays"]
    assert mend["play"] == "mend"
    assert mend["when"] == "a chance of leaving of at least 50 %"
    assert mend["who"] == "Customer care"
    assert mend["opened"] > mend["waiting"] > 0
    assert mend["alone"] == 1
    assert mend["left"]["value"] == 0.2
    assert thanks["kind"] == "who speaks up for us"
    assert [rule["measure"] for rule in held["conduct"]] == ["listening", "respect"]
    assert held["teams"][0] == ["Customer care", "20 cases a day, tells Team lead when a deadline passes"]


def test_standards_are_judged_by_their_interval(house: Double, opened: type[Client]) -> None:
    written(house, STANDARDS)
    shown = opened(house).get("/playbook")
    assert "Known &amp; &lt;b&gt;welcome&lt;/b&gt;." in shown.text
    held = opened(house).get("/playbook.json").json()
    lines = {line["where"]: line for line in held["standards"] if line["source"] == "playbook"}
    assert {where: line["verdict"] for where, line in lines.items()} == {
        "discount code": "broken", "thank you note": "kept", "nowhere": "not_known",
    }  # fmt: skip
    assert lines["discount code"]["owner"] == "Care & repair"
    assert lines["discount code"]["gap"]["high"] < 0
    assert held["broken"] >= 1
    assert held["plays"] == []


def test_a_wrong_file_is_named_with_its_line(house: Double, opened: type[Client]) -> None:
    written(house, "vision: Known.\nplays:\n  - play: one\n    name: no\n")
    shown = opened(house).get("/playbook")
    assert shown.status_code == 200
    assert "The playbook cannot be read." in shown.text
    assert "playbook/all.yaml, line" in shown.text
    assert opened(house).get("/playbook.json").json()["there"] is False
