"""`heartline walk guess`: asked one after the other, or given at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from heartline.cli import heartline
from heartline.errors import WalkError

GUIDE = """kind: guided
walk: return_a_lamp
persona: Somebody with a lamp too many
goal: bring it back
place: the store
steps:
  - {do: Say goodbye., touchpoint: thank_you_note, stage: loyalty}
  - {do: Ask., touchpoint: return_desk, stage: support}
  - {do: Read the sign., touchpoint: entrance, stage: awareness}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    CliRunner().invoke(heartline, ["init", str(tmp_path / "w")], catch_exceptions=False)
    (tmp_path / "w" / "walks").mkdir()
    (tmp_path / "w" / "walks" / "lamp.yaml").write_text(GUIDE, encoding="utf-8")
    return tmp_path / "w"


def told(workspace: Path, *asked: str, answers: str = "") -> Result:
    given = ["walk", "guess", *asked, "-w", str(workspace)]
    return CliRunner().invoke(heartline, given, input=answers, catch_exceptions=False)


def test_points_are_asked_in_the_order_of_the_journey_and_once(workspace: Path) -> None:
    done = told(workspace, answers="Walker 1\ngood\n\nvery bad\n")
    assert "2 guesses are kept." in done.stdout
    kept = json.loads(told(workspace, "--as", "walker 1", "--json").stdout)
    assert kept["asked"] == ["return_desk"]
    places = [done.stderr.index(place) for place in ("entrance", "return desk", "thank you note")]
    assert places == sorted(places)
    again = told(workspace, "--as", "Walker 1", answers="neither\n")
    assert "1 guess is kept." in again.stdout
    assert "nothing left to guess" in told(workspace, "--as", "Walker 1").stdout


def test_guesses_can_be_given_at_once_and_read_by_scripts(workspace: Path) -> None:
    given = ("--touchpoint", "entrance", "--felt", "good", "--touchpoint", "return_desk", "--felt", "bad")
    done = told(workspace, "--as", "Walker 2", *given, "--json")
    assert [(one["touchpoint"], one["valence"], one["counts"]) for one in json.loads(done.stdout)] == [
        ("entrance", 0.5, True), ("return_desk", -0.5, True),
    ]  # fmt: skip
    other = told(workspace, "--as", "Walker 3", "--role", "meets_customers", *given)
    assert "Only guesses of those who decide" in other.stdout


def test_what_is_not_there_is_refused(workspace: Path) -> None:
    with pytest.raises(WalkError, match="there is no point of connection returns"):
        told(workspace, "--as", "Walker 1", "--touchpoint", "returns", "--felt", "bad")
    assert told(workspace, "--as", "Walker 1", "--touchpoint", "entrance").exit_code == 2
    assert told(workspace, "--touchpoint", "entrance", "--felt", "bad").exit_code == 2
