"""The closed loop, small: cases are opened and acted on, the world answers, and the measured effects hold the truth."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from playbook_loop import Lived, one_opening, true_effect  # noqa: E402

Loop = tuple[Lived, Lived, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Loop:
    """The world with the deeds of all cases, the one without any, and the cases."""
    return one_opening(tmp_path_factory.mktemp("loop"), 700, 5)


def test_what_is_measured_holds_what_is_true(worlds: Loop) -> None:
    lived, without, cases = worlds
    assert len(cases) > 250
    for play in ("mend", "remind"):
        truth, measured = true_effect(play, lived, without), lived.effect[play]
        assert measured["method"] == "hold_out"
        assert (
            measured["acted"] == truth["cases"] == sum(one["play_id"] == play and one["arm"] == "act" for one in cases)
        )
        assert measured["low"] <= truth["stays"] <= measured["high"]


def test_the_playbook_saves_customers_and_the_useless_play_is_never_told_to_help(worlds: Loop) -> None:
    lived, without, _ = worlds
    assert len(lived.left) < len(without.left)
    assert true_effect("mend", lived, without)["is_there"] > 0
    nothing = true_effect("remind", lived, without)
    assert (nothing["stays"], nothing["is_there"], nothing["buys"]) == (0, 0, 0)
    assert lived.effect["remind"]["verdict"] in ("useless", "not_enough_evidence")


def test_who_was_held_out_did_the_same_in_both_worlds(worlds: Loop) -> None:
    lived, without, cases = worlds
    held = [one["case_id"] for one in cases if one["arm"] == "hold_out"]
    assert held
    # what contacts felt like, where nobody told, is read from all contacts of the company together
    did = ("stays", "buys", "refers", "no_complaint")
    assert all(lived.outcome[name][what] == without.outcome[name][what] for name in held for what in did)
