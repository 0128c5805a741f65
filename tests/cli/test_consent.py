"""`heartline consent`: a person's word is kept, shown with since when and by whom, and obeyed by pages at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from heartline.cli import heartline
from heartline.errors import ConsentError
from heartline.tables import PURPOSES
from heartline.web.consent import Consent, consent_of
from heartline.workspace import Workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Workspace.create(tmp_path / "shop").close()
    return tmp_path / "shop"


def call(folder: Path, *arguments: str) -> str:
    done = CliRunner().invoke(heartline, ["consent", *arguments, "-w", str(folder)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_word_is_kept_and_shown(folder: Path) -> None:
    assert "Nothing was said" in call(folder, "c1")
    said = call(folder, "c1", "--refuse", "Marketing", "--agree", "emotion", "--by", "Ann")
    assert "heartline run" in said
    words = json.loads(call(folder, "c1", "--json"))
    assert {purpose: (one["agreed"], one["by"]) for purpose, one in words.items()} == {
        "marketing": (False, "Ann"), "emotion": (True, "Ann"),
    }  # fmt: skip
    assert all(one["since"] for one in words.values())
    with Workspace(folder) as workspace:
        (row,) = workspace.query("select * from customer").to_pylist()
        assert (row["customer_id"], row["consent_emotion"], row["objections"]) == ("c1", True, "marketing")
        assert workspace.loads()[0]["files"] == ["consent"]
        page = consent_of(row["consent_emotion"], row["objections"], row["consents"])
    day = words["marketing"]["since"][:10]
    assert page.text == (
        f"agreed that their words are read for feelings (since {day}); objects to: marketing (since {day})"
    )
    assert (page.read, page.profile) == (True, True)


def test_an_id_that_no_fact_names_is_kept_and_asked_about(folder: Path) -> None:
    words = ["consent", "c1", "--refuse", "marketing", "--by", "Ann", "-w", str(folder)]
    assert "No fact names a customer 'c1'" in CliRunner().invoke(heartline, words).stderr
    assert "No fact names" not in CliRunner().invoke(heartline, words).stderr
    assert "marketing" in call(folder, "c1")


@pytest.mark.parametrize("arguments", [("--refuse", "all"), ("--refuse", "adverts", "--by", "Ann")])
def test_nobody_or_nothing_known_is_refused(folder: Path, arguments: tuple[str, ...]) -> None:
    with pytest.raises(ConsentError):
        call(folder, "c1", *arguments)


@pytest.mark.parametrize(
    ("objections", "read", "profile"),
    [(None, True, True), ("marketing sharing", True, True), ("profiling", True, False), ("emotion", False, False),
     ("all", False, False), ("robots", False, False), ("marketing robots", False, False)],
)  # fmt: skip
def test_pages_obey_each_word_and_an_unknown_one_as_all(objections: str | None, read: bool, profile: bool) -> None:
    found = consent_of(None, objections, "not JSON")
    assert (found.read, found.profile) == (read, profile)
    assert found.worked_out == (objections in (None, "marketing sharing", "emotion"))
    assert ("not all of it is understood" in found.text) == ("robots" in (objections or ""))
    assert Consent(False).read is False


def test_help_names_every_purpose(folder: Path) -> None:
    assert all(purpose in call(folder, "--help") for purpose in PURPOSES)
