"""A playbook in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartline.errors import PlaybookError
from heartline.playbook import starter
from heartline.playbook.conditions import CONDITIONS
from heartline.playbook.reading import read
from heartline.playbook.shape import Bound, ContactTrigger, Playbook, Trigger
from heartline.playbook.spoken import hours_in_words, only, trigger_in_words


@pytest.mark.parametrize(
    ("trigger", "words"),
    [
        (Trigger(promise="overdue"), "a promise to them is overdue"),
        (
            Trigger(
                customer={"p_silent_leaving": Bound(at_least=0.6), "segment": Bound(one_of=("at_risk", "content"))}
            ),
            "a chance of leaving without a word of at least 60 %, and segment is at risk or content",
        ),
        (
            Trigger(
                ContactTrigger(1, touchpoints=("checkout",), outcomes=("failed", "abandoned"), signals=("effort",))
            ),
            "a contact of the last day at checkout that failed or was abandoned, in which they say it was hard work",
        ),
        (Trigger(ContactTrigger(felt=Bound(at_most=-0.5))), "a contact of the last 7 days that felt at most -0.5"),
        (Trigger(), "never"),
    ],
)
def test_a_trigger_in_words(trigger: Trigger, words: str) -> None:
    assert trigger_in_words(trigger) == words


def test_no_chance_is_told_by_its_stored_name() -> None:
    for name, one in CONDITIONS.items():
        words = trigger_in_words(Trigger(customer={name: Bound(at_least=0.5)}))
        assert "_" not in words
        assert (one.unit == "0 to 1" and name.startswith(("p_", "next_"))) == words.startswith("a chance of")


def test_hours() -> None:
    assert [hours_in_words(hours) for hours in (1, 8, 24, 36, 48, 168)] == [
        "1 hour", "8 hours", "24 hours", "36 hours", "2 days", "7 days",
    ]  # fmt: skip


def test_one_part_by_its_name(tmp_path: Path) -> None:
    starter.write(tmp_path)
    held = read(tmp_path)
    assert held is not None
    assert [one.play for one in only(held, "silent_leaver").plays] == ["silent_leaver"]
    assert [one.rule for one in only(held, "respect").conduct] == ["respect"]
    with pytest.raises(PlaybookError, match="nothing in the playbook is called"):
        only(held, "no_such_play")
    assert only(held, "answer") != Playbook()
