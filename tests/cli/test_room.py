"""`heartline room`: a transcript in, a debrief out, nothing kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from heartline.cli import heartline
from heartline.errors import HeartlineError

VTT = """WEBVTT

00:00:01.000 --> 00:00:05.000
<v Rita Moss>Shall I send you the offer for the pumps?</v>

00:00:06.000 --> 00:00:09.000
<v Ben Adler>I don't understand what the second line means.</v>

00:00:10.000 --> 00:00:15.000
<v Rita Moss>That is the service. I'll send you a list today.</v>

00:00:16.000 --> 00:00:20.000
<v Ben Adler>Wonderful, thank you. What does the service cost?</v>
"""
WHISPER = {
    "language": "en",
    "segments": [
        {"start": 0.0, "end": 3.0, "speaker": "A", "text": "What does it cost?"},
        {"start": 4.0, "end": 6.0, "speaker": "B", "text": "Ten euros."},
    ],
}


@pytest.fixture
def vtt(tmp_path: Path) -> Path:
    file = tmp_path / "meeting.vtt"
    file.write_text(VTT, encoding="utf-8")
    return file


def ran(*words: object) -> str:
    result = CliRunner().invoke(heartline, ["room", *map(str, words), "--model", "bulk"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_a_transcript_becomes_a_debrief(vtt: Path) -> None:
    told = ran(vtt, "--me", "Rita Moss")
    for part in (
        "Peak",
        "Wonderful, thank you.",
        "Could not follow",
        "Asked and left open",
        "I'll send you a list today.",
    ):
        assert part in told
    assert sorted(file.name for file in vtt.parent.iterdir()) == ["meeting.vtt"]


def test_as_json_and_in_practice(vtt: Path) -> None:
    held = json.loads(ran(vtt, "--me", "Rita Moss", "--json"))
    assert held["turns"] == 4
    assert [one["name"] for one in held["people"]] == ["Ben Adler"]
    replayed = ran(vtt, "--me", "Rita Moss", "--practice", "--speed", "1000")
    assert replayed.index("second line") < replayed.index("Explain it again") < replayed.index("That is the service")


def test_other_formats(tmp_path: Path) -> None:
    file = tmp_path / "call.json"
    file.write_text(json.dumps(WHISPER), encoding="utf-8")
    assert json.loads(ran(file, "--me", "B", "--json"))["people"][0]["name"] == "A"


def test_who_is_who_must_be_told(vtt: Path, tmp_path: Path) -> None:
    with pytest.raises(HeartlineError, match="one of Rita Moss, Ben Adler"):
        ran(vtt)
    with pytest.raises(HeartlineError, match="Nobody does not speak"):
        ran(vtt, "--me", "Nobody")
    other = tmp_path / "notes.txt"
    other.write_text("some notes", encoding="utf-8")
    with pytest.raises(HeartlineError, match="no transcript"):
        ran(other, "--me", "Rita Moss")
