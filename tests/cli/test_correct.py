"""`heartline correct` as a person or a script meets it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from heartline.cli import heartline
from heartline.errors import CorrectionError
from heartline.workspace import Workspace

WORDS = "Your agent was rude to me. I will never buy from you again."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "visits.csv").write_text(
        "interaction_id,customer_id,occurred_at,channel,touchpoint,text\n"
        f'i1,ann,2026-04-01,call,support,"{WORDS}"\n'
        'i2,ben,2026-04-02,web,delivery,"Thank you so much, that was wonderful help!"\n',
        encoding="utf-8",
    )
    with Workspace.create(tmp_path / "ws", {"emotion_model": "bulk", "min_base": 2}) as workspace:
        workspace.ingest("interaction", [tmp_path / "visits.csv"])
        workspace.run(["text_emotion", "touchpoints"])
    return tmp_path / "ws"


def call(folder: Path, *arguments: object) -> str:
    done = CliRunner().invoke(heartline, ["correct", *map(str, arguments), "-w", str(folder)], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def from_json(folder: Path, *arguments: object) -> Any:
    return json.loads(call(folder, *arguments, "--json"))


def test_a_text_is_shown_corrected_listed_and_followed_by_the_next_run(folder: Path) -> None:
    shown = call(folder, "i1")
    assert WORDS in shown
    assert "Next: heartline correct i1 --by NAME" in shown
    said = call(folder, "i1", "--add", "signal:effort", "--valence", "-2", "--about", "price", "--by", "Dana",
                "--note", "waited twice")  # fmt: skip
    assert "Kept correction 1 by Dana" in said
    assert "valence -1.00" in said
    assert "heartline run" in said
    call(folder, "i1", "--right", "--by", "Eli")
    rows = from_json(folder, "--list")
    assert [(row["by"], row["note"]) for row in rows] == [("Eli", None), ("Dana", "waited twice")]
    assert "effort" in rows[0]["said"]
    assert "rude" not in call(folder, "--list")
    assert [row["text"] for row in from_json(folder, "--list", "i2")] == []
    with Workspace(folder) as workspace:
        workspace.run(["text_emotion"])
        found = workspace.query("select * from feeling where interaction_id = 'i1'").to_pylist()[0]
    assert (found["corrected_by"], found["valence"], found["about"]) == ("Eli", -1.0, "price")
    assert "Eli" in call(folder, "i1")


def test_drift_says_on_what_it_rests(folder: Path) -> None:
    nobody = call(folder, "--drift")
    assert "Nobody has looked at" in nobody
    assert "--draw 2" in nobody
    call(folder, "i2", "--remove", "emotion:gratitude", "--by", "Dana")
    told = call(folder, "--drift")
    assert "emotion:gratitude" in told
    assert "not enough evidence (1 of 1)" in told
    assert "not a random sample" in told
    line = next(one for one in from_json(folder, "--drift")["lines"] if one["label"] == "emotion:gratitude")
    assert (line["removed"], line["removed_of"], line["removed_share"], line["read"]) == (1, 1, None, 1)


def test_a_draw_names_texts_and_marks_them(folder: Path) -> None:
    assert "No text" not in call(folder, "--draw", 5)
    assert "no text left to draw" in call(folder, "--draw", 5)
    call(folder, "i1", "--right", "--by", "Dana")
    assert "call 1 of 1, web 0 of 1" in call(folder, "--drift")


def test_an_export_warns_of_the_words(folder: Path, tmp_path: Path) -> None:
    call(folder, "i1", "--right", "--by", "Dana")
    told = call(folder, "--export", tmp_path / "rows.jsonl")
    assert "Wrote 1 corrected texts" in told
    assert "They hold what customers wrote: keep the file safe." in told
    assert json.loads((tmp_path / "rows.jsonl").read_text("utf-8"))["text"] == WORDS


@pytest.mark.parametrize(
    ("arguments", "got", "step"),
    [
        ((), "no text was named", "show feeling"),
        (("--valence", "1", "--by", "Dana"), "no text was named", "show feeling"),
        (("i1", "--right"), "it is not said by whom", "--by NAME"),
        (("i1", "--drift"), "--drift takes no INTERACTION_ID", "leave the id out"),
        (("i1", "--right", "--list"), "--list and a correction", "one command after the other"),
        (("--drift", "--draw", "3"), "--drift and --draw", "one command after the other"),
        (("nowhere", "--right", "--by", "Dana"), "no text with this id", "heartline run"),
    ],
)
def test_what_cannot_be_done_says_the_next_step(folder: Path, arguments: tuple[str, ...], got: str, step: str) -> None:
    with pytest.raises(CorrectionError) as refused:
        CliRunner().invoke(heartline, ["correct", *arguments, "-w", str(folder)], catch_exceptions=False)
    assert got in refused.value.got
    assert step in refused.value.next_step
    assert refused.value.expected


def test_help_says_what_a_note_must_not_hold() -> None:
    told = " ".join(CliRunner().invoke(heartline, ["correct", "--help"]).output.split())
    assert "must never hold words of the customer" in told
    assert "It holds customers' words" in told
