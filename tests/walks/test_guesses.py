"""Guesses: kept at once, told apart by person, and counted only before anybody has walked there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from heartline.errors import WalkError
from heartline.facts.lock import one_writer
from heartline.walks.guesses import FACES
from heartline.workspace import Workspace

NOON = datetime(2026, 7, 1, 12)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "w") as made:
        yield made


def step(walk: str, walker: str, touchpoint: str, at: datetime, outcome: str = "done") -> dict[str, object]:
    return {
        "interaction_id": f"{walk}-{touchpoint}", "walk_id": walk, "script": "return", "walker": walker, "number": 1,
        "occurred_at": at.isoformat(), "touchpoint": touchpoint, "what": "look", "outcome": outcome,
    }  # fmt: skip


def test_a_guess_stands_in_the_facts_under_the_guessers_own_name(workspace: Workspace) -> None:
    kept = workspace.walks.guesses.add("  Walker  1 ", "decides", {"delivery": 0.5, "returns": -1.0}, NOON)
    assert [(one.guesser, one.touchpoint, one.valence, one.walks_before) for one in kept] == [
        ("Walker 1", "delivery", 0.5, 0), ("Walker 1", "returns", -1.0, 0),
    ]  # fmt: skip
    rows = workspace.query("select guesser, touchpoint, valence, guessed_at from walk_guess order by touchpoint")
    assert rows.to_pylist() == [
        {"guesser": "Walker 1", "touchpoint": "delivery", "valence": 0.5, "guessed_at": NOON},
        {"guesser": "Walker 1", "touchpoint": "returns", "valence": -1.0, "guessed_at": NOON},
    ]
    assert workspace.walks.guesses.of("walker 1") == sorted(kept, key=lambda one: one.guess_id)
    assert workspace.query("select count(*) as n from interaction").to_pylist() == [{"n": 0}]


def test_asked_is_what_was_neither_guessed_nor_walked_in_the_order_given(workspace: Workspace) -> None:
    guesses = workspace.walks.guesses
    workspace.walks.outbox.put("w1", {"walk_step": [step("w1", "Walker 1", "checkout", NOON)]})
    guesses.add("Walker 1", "other", {"delivery": 0.0})
    every = ["returns", "delivery", "checkout", "advert", "returns"]
    assert guesses.asked("WALKER 1", every) == ["returns", "advert"]
    assert guesses.asked("Walker 2", every) == ["returns", "delivery", "checkout", "advert"]


@pytest.mark.parametrize("settled", [True, False])
def test_walks_before_counts_own_walks_past_the_point_alone(workspace: Workspace, settled: bool) -> None:
    rows = [
        step("w1", "walker 1", "delivery", NOON),
        step("w2", "Walker 1", "delivery", NOON + timedelta(days=1)),
        step("w3", "Walker 1", "delivery", NOON, "left_out"),
        step("w4", "Walker 2", "delivery", NOON),
        step("w5", "Walker 1", "returns", NOON),
    ]
    workspace.walks.outbox.put("all", {"walk_step": rows})
    if settled:
        assert workspace.walks.outbox.settle() == 5
    add = workspace.walks.guesses.add
    assert [one.walks_before for one in add("Walker 1", "decides", {"delivery": 0.0, "advert": 0.0})] == [2, 0]
    assert [one.walks_before for one in add("Walker 1", "decides", {"delivery": 0.0}, NOON)] == [0]
    (late,) = add("Walker 1", "decides", {"delivery": 0.0}, NOON + timedelta(hours=1))
    assert (late.walks_before, late.counts) == (1, False)
    (other,) = add("Walker 3", "meets_customers", {"delivery": 0.0})
    assert (other.walks_before, other.counts) == (0, False)


def test_a_guess_waits_on_disk_while_facts_are_written(workspace: Workspace) -> None:
    with one_writer(workspace.root / ".writer", "loaded"):
        (kept,) = workspace.walks.guesses.add("Walker 1", "decides", {"delivery": 0.5}, NOON)
        assert workspace.walks.outbox.waiting() == 1
        assert workspace.walks.guesses.of("Walker 1") == [kept]
    assert workspace.walks.outbox.settle() == 1
    assert workspace.walks.guesses.of("Walker 1") == [kept]


def test_the_moment_is_now_or_that_of_the_facts(tmp_path: Path) -> None:
    class Ended:
        as_of = NOON

        def __init__(self, workspace: Workspace) -> None:
            self._workspace = workspace

        def __getattr__(self, name: str) -> object:
            return getattr(self._workspace, name)

    from heartline.walks import Walks

    with Workspace.create(tmp_path / "ended", {"clock": "facts"}) as workspace:
        (kept,) = Walks(Ended(workspace)).guesses.add("Walker 1", "decides", {"delivery": 0.5})  # type: ignore[arg-type]
        assert kept.guessed_at == NOON - timedelta(seconds=1)
        (kept,) = workspace.walks.guesses.add("Walker 1", "decides", {"delivery": 0.5})
        assert abs(kept.guessed_at - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=5)
        east = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
        (kept,) = workspace.walks.guesses.add("Walker 1", "decides", {"delivery": 0.5}, east)
        assert kept.guessed_at == datetime(2026, 7, 1, 10)


@pytest.mark.parametrize(
    ("name", "role", "values"),
    [
        (" ", "decides", {"delivery": 0.0}),
        ("x" * 121, "decides", {"delivery": 0.0}),
        ("Walker\x001", "decides", {"delivery": 0.0}),
        ("Walker 1", "boss", {"delivery": 0.0}),
        ("Walker 1", "decides", {}),
        ("Walker 1", "decides", {"": 0.0}),
        ("Walker 1", "decides", {"delivery": 1.01}),
        ("Walker 1", "decides", {"delivery": float("nan")}),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_kept(
    workspace: Workspace, name: str, role: str, values: dict[str, float]
) -> None:
    with pytest.raises(WalkError):
        workspace.walks.guesses.add(name, role, {"advert": 0.5} | values if values else values)
    assert workspace.walks.outbox.waiting() == 0
    assert workspace.walks.guesses.of(name) == []


def test_faces_are_evenly_spread_over_the_scale() -> None:
    assert list(FACES.values()) == [-1.0, -0.5, 0.0, 0.5, 1.0]
