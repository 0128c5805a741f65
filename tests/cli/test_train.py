"""`heartline train --from-corrections`, from a person's word to the next reading."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from heartline.cli import heartline
from heartline.errors import CorrectionError
from heartline.workspace import Workspace

THINGS = ("update", "sound track", "boss fight", "skin", "soundbar", "bike", "jacket", "trailer")
ENDINGS = ("is sick", "looks so sick on me", "is the sickest thing you ever made", "turned out sick, my friends agree")
SICK = [f"The new {thing} {ending}" for thing in THINGS for ending in ENDINGS]
PLAIN = [
    f"{opening} {middle} {ending}"
    for opening in ("My parcel", "The invoice", "Your app", "The refund")
    for middle in ("arrived late", "was wrong", "worked as described", "is still missing")
    for ending in ("and nobody answers the phone.", "so I called support twice.", "thank you.", "what should I do now?")
]
LABEL = "emotion:pride"


def call(*arguments: object) -> str:
    done = CliRunner().invoke(heartline, list(map(str, arguments)), catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with (tmp_path / "visits.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["interaction_id", "customer_id", "occurred_at", "channel", "touchpoint", "text"])
        for kind, texts in (("sick", SICK), ("plain", PLAIN)):
            for i, text in enumerate(texts):
                out.writerow([f"{kind}{i}", f"c{i}", "2026-04-01", "web", "product", text])
    with Workspace.create(tmp_path / "ws", {"emotion_model": "bulk"}) as workspace:
        workspace.ingest("interaction", [tmp_path / "visits.csv"])
        workspace.run(["text_emotion"])
    return tmp_path / "ws"


def labelled(file: Path, texts: list[str], valence: float | None = None) -> Path:
    lines = [json.dumps({"text": text, "emotions": ["annoyance"], "signals": [], "valence": valence}) for text in texts]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def say_so(folder: Path) -> list[str]:
    """A person adds the label to 24 texts; gives those that they left."""
    wanting = sorted(k for k, told in decided(folder, "sick%").items() if "pride" not in (told or "").split())
    assert len(wanting) > 28, "the model does not know this language yet"
    for key in wanting[:24]:
        call("correct", key, "--add", LABEL, "--valence", "2", "--by", "Dana", "-w", folder)
    return wanting[24:]


def decided(folder: Path, like: str) -> dict[str, str | None]:
    with Workspace(folder) as workspace:
        found = workspace.query(
            "select interaction_id, emotions from feeling where interaction_id like $like", {"like": like}
        )
        return {row["interaction_id"]: row["emotions"] for row in found.to_pylist()}


def test_what_people_say_is_learnt_shown_accepted_and_used(folder: Path, tmp_path: Path) -> None:
    left = say_so(folder)
    check = labelled(tmp_path / "check.jsonl", PLAIN)
    settings = (folder / "heartline.toml").read_text("utf-8")

    shown = call("train", "--from-corrections", "--check", check, "-w", folder)
    assert "Fitted to 24 corrected texts on" in shown
    assert f"{LABEL} 24" in shown
    assert "Corrected texts not learnt from" in shown
    assert "Check messages that nobody corrected" in shown
    assert "Nothing has changed yet" in shown
    assert (folder / "heartline.toml").read_text("utf-8") == settings
    assert not (folder / "models").exists()

    told = json.loads(call("train", "--from-corrections", "--check", check, "--accept", "--json", "-w", folder))
    assert (told["helps"], told["forgets"], told["base"]) == (True, [], "bulk")
    wrong = told["gained"][0]
    assert wrong["after"] < wrong["before"]
    with Workspace(folder) as workspace:
        assert workspace.settings.text("emotion_model") == told["accepted"]

    new = tmp_path / "new.csv"
    new.write_text('text\n"Those shoes look sick"\n"The new helmet is so sick"\n', encoding="utf-8")
    used = call("score", new, "--text", "text", "-o", tmp_path / "out.csv", "--model", told["accepted"])
    assert "+corrected-" in used
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        after = [float(row["p_pride"]) for row in csv.DictReader(file)]
    call("score", new, "--text", "text", "-o", tmp_path / "old.csv", "--model", "bulk")
    with (tmp_path / "old.csv").open(encoding="utf-8") as file:
        assert all(a > float(row["p_pride"]) for a, row in zip(after, csv.DictReader(file), strict=True))

    call("run", "-w", folder)
    read = decided(folder, "sick%")
    assert sum("pride" in (read[key] or "").split() for key in left) > len(left) / 2
    again = json.loads(call("train", "--from-corrections", "--check", check, "--json", "-w", folder))
    assert again["base"] == "bulk", "never fitted on top of what it learnt before"
    assert again["gained"][0]["before"] == wrong["before"]


def test_a_fit_that_forgets_says_so_and_is_taken_only_even_so(folder: Path, tmp_path: Path) -> None:
    """The check messages say the contrary of what the person says, so what is learnt must cost there."""
    say_so(folder)
    check = labelled(tmp_path / "check.jsonl", SICK, valence=-1)
    learn = ["train", "--from-corrections", "--check", str(check), "-w", str(folder)]
    assert "NOT OFFERED: it forgets: labels as they should be" in call(*learn)
    with pytest.raises(CorrectionError, match="it forgets"):
        CliRunner().invoke(heartline, [*learn, "--accept"], catch_exceptions=False)
    assert not (folder / "models").exists()
    assert "Accepted: heartline.toml now says" in call(*learn, "--accept", "--even-so")


def test_corrections_that_teach_nothing_are_refused_in_plain_words(folder: Path) -> None:
    scored = [key for key, told in decided(folder, "plain%").items() if told is not None]
    for key in sorted(scored)[:20]:
        call("correct", key, "--right", "--by", "Dana", "-w", folder)
    settings = (folder / "heartline.toml").read_text("utf-8")
    told = call("train", "--from-corrections", "-w", folder)
    assert "NOT OFFERED: these corrections do not yet improve the model bulk" in told
    assert "Nothing was written" in told
    for more in ((), ("--even-so",)):
        with pytest.raises(CorrectionError, match="do not yet improve") as refused:
            CliRunner().invoke(
                heartline, ["train", "--from-corrections", "--accept", *more, "-w", str(folder)], catch_exceptions=False
            )
        assert "correct more texts" in refused.value.next_step
    assert (folder / "heartline.toml").read_text("utf-8") == settings
    assert not (folder / "models").exists()
