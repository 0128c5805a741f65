"""`heartline playbook`: begin, check, show, schema and triggers, as a person and as a program call them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from heartline.cli import heartline
from heartline.errors import PlaybookError
from heartline.playbook.conditions import CONDITIONS
from heartline.playbook.schema import schema_text
from heartline.workspace import Workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Workspace.create(tmp_path / "shop", {"emotion_model": "bulk"}).close()
    return tmp_path / "shop"


def call(*arguments: str, folder: Path | None = None, code: int = 0) -> Result:
    place = ["-w", str(folder)] if folder else []
    done = CliRunner().invoke(heartline, ["playbook", *arguments, *place], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done


def test_it_is_begun_checked_and_read(folder: Path) -> None:
    assert "Wrote 9 files" in call("init", folder=folder).stdout
    assert call("check", "--strict", folder=folder).stdout.startswith("Nothing to mend.")
    shown = call("show", folder=folder).stdout
    for words in (
        "Vision",
        "Keep our word",
        "Code of conduct",
        "✗ Calm down first",
        "We broke our word",
        "{first_name}",
    ):
        assert words in shown
    one = call("show", "silent_leaver", folder=folder).stdout
    assert "20% alone, drawn at random" in one
    assert "a chance of leaving without a word of at least 60 %" in one
    assert "Marketing, within 7 days" in one
    assert "We broke our word" not in one
    assert json.loads(call("show", "--json", folder=folder).stdout)["limits"]["contacts"] == 2
    with pytest.raises(PlaybookError):
        call("init", folder=folder)


def test_faults_are_told_to_people_and_programs(folder: Path) -> None:
    call("init", folder=folder)
    file = folder / "playbook" / "plays" / "own.yaml"
    file.write_text(
        "plays:\n  - play: rude\n    name: Rude\n    trigger: {contact: {signals: [complaint], within_days: 2}}\n"
        "    team: servce\n    says: Write.\n    serves: [put_it_right]\n    helped: {behaviour: stays}\n"
        "    template: That is nonsense and you know it. Stop wasting our time.\n",
        encoding="utf-8",
    )
    said = call("check", folder=folder, code=1).stdout
    assert "playbook/plays/own.yaml:5  fault reference.team" in said
    assert "mend: write `service`, or describe `servce` under teams" in said
    assert "playbook/plays/own.yaml:9  fault tone.disrespect" in said
    found = json.loads(call("check", "--json", "--no-tone", folder=folder, code=1).stdout)
    assert [(one["line"], one["rule"]) for one in found["faults"]] == [(5, "reference.team")]
    assert found["warnings"] == []


def test_a_warning_matters_only_where_it_is_asked_for(folder: Path) -> None:
    (folder / "playbook").mkdir()
    (folder / "playbook" / "a.yaml").write_text("vision: Known.\n", encoding="utf-8")
    assert "0 faults, 1 warning" in call("check", folder=folder).stdout
    call("check", "--strict", folder=folder, code=3)


@pytest.mark.parametrize("verb", ["check", "show"])
def test_without_a_playbook_it_says_how_to_begin(folder: Path, verb: str) -> None:
    with pytest.raises(PlaybookError, match="heartline playbook init"):
        call(verb, folder=folder)


def test_what_it_may_be_written_with(tmp_path: Path) -> None:
    assert call("schema").stdout == schema_text()
    call("schema", "-o", str(tmp_path / "schema.json"))
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == schema_text()
    assert {one["name"] for one in json.loads(call("triggers", "--json").stdout)} == set(CONDITIONS)
    assert "next_complaint" in call("triggers").stdout
