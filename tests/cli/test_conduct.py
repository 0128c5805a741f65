"""`heartline conduct`: one's own conversations, printed and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from heartline.cli import heartline
from heartline.errors import SourceError

CALL = """WEBVTT

00:00:01.000 --> 00:00:06.000
<v Dana Example>Good morning, how can I help you?

00:00:07.000 --> 00:00:15.000
<v Rui Marques>My washing machine leaks again and nobody called me back, I am furious. When will somebody come?

00:00:16.000 --> 00:00:28.000
<v Dana Example>I am so sorry to hear that. You said it leaks: a man comes on Thursday. I will call you by tomorrow.
"""
ROWS = """interaction_id,customer_id,occurred_at,channel,touchpoint,conversation_id,speaker,text
a1,c1,2026-05-04 10:00,chat,support_chat,t1,customer,"The lamp is broken, this is terrible."
a2,c1,2026-05-04 10:05,chat,support_chat,t1,employee,"Calm down, that is not my problem."
"""


@pytest.fixture
def call(tmp_path: Path) -> Path:
    file = tmp_path / "call 2026-05-04 10.00.vtt"
    file.write_text(CALL, "utf-8")
    return file


def test_a_call_is_printed_for_its_speaker(call: Path) -> None:
    shown = CliRunner().invoke(heartline, ["conduct", str(call), "--me", "Dana Example"])
    assert shown.exit_code == 0, shown.output
    assert "+ empathy (emotional reaction)  “I am so sorry to hear that.”" in shown.output
    assert "you promised (contact, by 2026-05-06)  “I will call you by tomorrow.”" in shown.output
    assert "Only you see this" in shown.output
    assert "furious" not in shown.output  # the other side's words are theirs


def test_nothing_is_left_behind(call: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    shown = CliRunner().invoke(heartline, ["conduct", str(call), "--me", "dana example", "--json"])
    (talk,) = json.loads(shown.output)
    assert (talk["turns"], talk["asked"]) == (3, 1)
    assert {one["measure"] for one in talk["seen"]} == {"respect", "empathy", "recognition", "answering", "listening"}
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_rows_of_interactions_need_no_name(tmp_path: Path) -> None:
    file = tmp_path / "chat.csv"
    file.write_text(ROWS, "utf-8")
    shown = CliRunner().invoke(heartline, ["conduct", str(file)])
    assert "– respect (" in shown.output
    assert "– empathy: nothing of it found, e.g. in  “Calm down, that is not my problem.”" in shown.output


def test_a_name_that_nobody_has_is_said(call: Path) -> None:
    shown = CliRunner().invoke(heartline, ["conduct", str(call), "--me", "Nobody"])
    assert isinstance(shown.exception, SourceError)
    assert "Nobody" in str(shown.exception)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("order,total\n1,2\n", "utf-8")
    shown = CliRunner().invoke(heartline, ["conduct", str(file)])
    assert isinstance(shown.exception, SourceError)
