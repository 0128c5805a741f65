"""Scripted rooms: the right suggestion at the right turn, and none at the wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.room.scripts import read_script

from heartline.room.play import play

ROOMS = sorted((Path(__file__).parent / "rooms").glob("*.txt"))


def test_all_scripts_are_there():
    assert {file.stem for file in ROOMS} >= {
        "monologue", "lost_attendee", "hidden_objection", "peak_missed", "quiet_decision_maker", "hostile", "bilingual",
    }  # fmt: skip


@pytest.mark.parametrize("file", ROOMS, ids=lambda file: file.stem)
def test_the_right_suggestion_comes_at_the_right_turn(file, model):
    script = read_script(file)
    steps = list(play(script.events, frozenset({script.host}), model))
    made = {
        at: (step.suggestion.kind, step.suggestion.about)
        for at, step in enumerate(steps)
        if step.suggestion is not None
    }
    assert made == script.due
    for step in steps:
        if step.suggestion is not None:
            assert step.suggestion.reason
            assert step.suggestion.says


def test_of_a_host_nothing_is_read_as_mood(model):
    script = read_script(ROOMS[0])
    room = list(play(script.events, frozenset({script.host}), model))[-1].room
    assert script.host not in room.attendees
