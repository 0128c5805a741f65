"""Standards of the playbook are what deliveries are held against; the setting says the rest."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from heartline.action.intentions import with_standards
from heartline.errors import PlaybookError
from heartline.playbook.shape import Playbook, Standard
from heartline.workspace import Workspace

STANDARDS = (
    Standard("service", touchpoint="support_call", at_least=0.1, feeling="relief"),
    Standard("service", touchpoint="note", feeling="gratitude"),
    Standard("service", touchpoint="checkout", feeling="ease"),
    Standard("service", touchpoint="two words", at_least=0.5),
    Standard("service", stage="support", at_least=0.2),
)


def test_a_standard_wins_and_the_setting_says_the_rest() -> None:
    book = Playbook(standards=STANDARDS)
    made = with_standards({"intended": "support_call=0.4 delivery=joy", "min_base": 30}, book)
    assert made == {"intended": "support_call=0.1 delivery=joy note=gratitude", "min_base": 30}
    assert with_standards({"intended": "delivery=joy"}, None) == {"intended": "delivery=joy"}
    assert with_standards({"intended": ""}, Playbook()) == {"intended": ""}


def test_a_run_holds_deliveries_against_the_playbook(tmp_path: Path) -> None:
    rows = [
        {
            "interaction_id": f"i{n}", "customer_id": f"c{n % 40}", "channel": "web", "touchpoint": "checkout",
            "occurred_at": (datetime(2026, 5, 1) + timedelta(hours=n)).isoformat(), "rating": 4, "rating_min": 1,
            "rating_max": 5,
        }
        for n in range(120)
    ]  # fmt: skip
    (tmp_path / "contacts.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    settings = {"emotion_model": "bulk", "intended": "checkout=0.1"}
    with Workspace.create(tmp_path / "shop", settings) as workspace:
        workspace.ingest("interaction", [tmp_path / "contacts.jsonl"])
        book = workspace.root / "playbook"
        book.mkdir()
        standard = (
            "standards: [{touchpoint: checkout, owner: service, at_least: 0.9}]\nteams: [{team: service, name: S}]"
        )
        (book / "all.yaml").write_text(standard, encoding="utf-8")
        names = ["text_emotion", "touchpoints", "journeys", "synchrony"]
        workspace.run(names)
        found = workspace.query("select * from synchrony where kind = 'touchpoint'").to_pylist()
        assert [(row["unit"], row["intended"], row["verdict"]) for row in found] == [("checkout", "0.9", "short")]
        assert workspace.explain("synchrony").settings["intended"] == "checkout=0.9"
        (book / "all.yaml").write_text("standards: 3", encoding="utf-8")
        with pytest.raises(PlaybookError):
            workspace.run(names)
