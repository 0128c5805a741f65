"""A world that answers: the same people and chances with and without deeds, and nothing moves where nobody acts."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from heartline.errors import StatisticsError
from heartline.simulate import Action, Truth, simulate
from heartline.simulate.deeds import DEEDS
from heartline.simulate.draws import Keyed

CUSTOMERS, MONTHS, WEEK = 400, 6, 8
NUMBERED = ("interaction_id", "purchase_id", "response_id", "conversation_id", "true_segment")
"""Of the whole company: running numbers, and a segment that is set against the company's median."""
EVERYBODY = [Action(number, WEEK, deed) for number in range(1, CUSTOMERS + 1, 2) for deed in ("apology", "rescue_call")]


def lived(folder: Path, actions: list[Action] | None, **more: Any) -> Truth:
    usual = {"customers": CUSTOMERS, "seed": 4, "months": MONTHS, "texts": False}
    return simulate(folder, **(usual | more), actions=actions)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """The same company with deeds for every second customer, and without any."""
    root = tmp_path_factory.mktemp("worlds")
    lived(root / "without", [])
    return root, lived(root / "with", EVERYBODY)


def rows(root: Path, world: str, table: str, odd: bool | None = None) -> list[dict[str, Any]]:
    """Rows of a table without their numbers; of customers with an odd number, or the others."""
    every = pq.read_table(root / world / f"{table}.parquet")
    every = every.select([name for name in every.column_names if name not in NUMBERED])
    if odd is not None:
        last = pc.cast(pc.utf8_slice_codeunits(every.column("customer_id"), 7, 8), "int64")
        every = every.filter(pc.equal(pc.bit_wise_and(last, 1), int(odd)))
    found: list[dict[str, Any]] = every.to_pylist()
    return found


def test_without_actions_no_stream_has_moved(tmp_path: Path) -> None:
    """What the simulator wrote before anybody could act, of the same arguments."""
    simulate(tmp_path, customers=60, seed=1, months=6, texts=True)
    found = hashlib.sha256()
    for table, columns in DIGESTED.items():
        read = pq.read_table(tmp_path / f"{table}.parquet", columns=list(columns))
        found.update(repr(read.to_pydict()).encode())
    assert found.hexdigest()[:16] == BEFORE


DIGESTED = {
    "interaction": ("interaction_id", "customer_id", "occurred_at", "touchpoint", "kind", "outcome", "rating", "text"),
    "purchase": ("customer_id", "occurred_at", "list_value"),
    "survey_response": ("customer_id", "answered_at", "construct", "value", "text"),
    "referral": ("referrer_id", "occurred_at"),
}
BEFORE = "ecd20aa244d78234"


def test_who_is_left_alone_lives_the_same_life(worlds: tuple[Path, Truth]) -> None:
    root, _ = worlds
    for table in ("interaction", "purchase", "survey_response", "truth_customer"):
        assert rows(root, "with", table, odd=False) == rows(root, "without", table, odd=False)
    with_deeds, without = (rows(root, world, "purchase", odd=True) for world in ("with", "without"))
    assert with_deeds != without


def test_nothing_differs_before_the_first_deed(worlds: tuple[Path, Truth]) -> None:
    root, _ = worlds
    start = min(row["occurred_at"] for row in rows(root, "without", "interaction"))
    before = [
        [row for row in rows(root, world, "interaction") if (row["occurred_at"] - start).days < 7 * WEEK - 7]
        for world in ("with", "without")
    ]
    assert before[0] == before[1]
    assert len(before[0]) > 400


def test_truth_tells_who_was_saved(worlds: tuple[Path, Truth]) -> None:
    root, truth = worlds
    fates = pq.read_table(root / "with" / "truth_action.parquet").to_pylist()
    assert set(truth.actions) == {"apology", "rescue_call"}
    told = truth.actions["rescue_call"]
    assert told["customers"] == CUSTOMERS / 2
    own = [row for row in fates if row["play"] == "rescue_call"]
    assert told["saved"] == sum(row["left_without_at"] is not None and row["left_at"] is None for row in own)
    assert told["saved"] > told["driven_away"]
    left = {row["customer_id"]: row["left_at"] for row in rows(root, "without", "truth_customer")}
    assert all(row["left_without_at"] == left[row["customer_id"]] for row in fates), "the other world is the real one"
    began = datetime.fromisoformat(truth.parameters["start"]).replace(tzinfo=UTC) + timedelta(days=7 * WEEK)
    gone = [row for row in fates if row["left_without_at"] is not None and row["left_without_at"] < began]
    assert gone
    assert not any(row["reached"] for row in gone), "who has left is not reached"


def test_a_useless_deed_stands_in_the_files_and_that_is_all(tmp_path: Path, worlds: tuple[Path, Truth]) -> None:
    root, _ = worlds
    lived(tmp_path / "useless", [Action(number, WEEK, "useless", "spam") for number in range(1, CUSTOMERS + 1)])
    found = rows(tmp_path, "useless", "interaction")
    care = [row for row in found if row["kind"] == "care"]
    assert CUSTOMERS * 0.6 < len(care) <= CUSTOMERS
    assert {(row["touchpoint"], row["direction"], row["rating"]) for row in care} == {("newsletter", "outbound", None)}
    assert [row for row in found if row["kind"] != "care"] == rows(root, "without", "interaction")
    assert rows(tmp_path, "useless", "truth_customer") == rows(root, "without", "truth_customer")


@pytest.mark.parametrize("action", [Action(1, 0, "flattery"), Action(0, 0, "thanks"), Action("c0000401", 0, "thanks"),
                                    Action(1, 26, "thanks")])  # fmt: skip
def test_what_cannot_happen_is_refused(tmp_path: Path, action: Action) -> None:
    with pytest.raises(StatisticsError, match=action.deed):
        lived(tmp_path, [action])


def test_keyed_numbers_are_even_independent_and_belong_to_a_person() -> None:
    rng = np.random.default_rng(1)
    everybody, some = np.arange(20_000), np.arange(0, 20_000, 7)
    draws = Keyed(rng, 1, 1, 20_000)

    def drawn(one: Keyed, who: Any) -> list[Any]:
        one.begin(3)
        ones = np.ones(len(who))
        return [one.random(who), one.normal(who), one.poisson(1.3 * ones, who), one.binomial(6, 0.4 * ones, who),
                one.choice((0.5, 0.3, 0.2), who)]  # fmt: skip

    even, normal, counts, hits, kinds = drawn(draws, everybody)
    for whole, part in zip(drawn(draws, everybody), drawn(Keyed(rng, 1, 1, 20_000), some), strict=True):
        np.testing.assert_array_equal(whole[some], part)
    assert abs(even.mean() - 0.5) < 0.01
    assert np.ptp(np.histogram(even, 20, (0, 1))[0]) < 250
    assert (abs(normal.mean()) < 0.03, abs(normal.std() - 1) < 0.02) == (True, True)
    assert abs(np.corrcoef(even, normal)[0, 1]) < 0.03
    assert abs(counts.mean() - 1.3) < 0.03
    assert abs(counts.var() - 1.3) < 0.06
    assert abs(hits.mean() - 2.4) < 0.04
    assert abs(np.bincount(kinds)[2] / 20_000 - 0.2) < 0.01
    twice = draws.random(np.array([5, 5, 9]))
    assert twice[0] != twice[1]


def test_every_deed_can_be_done(tmp_path: Path) -> None:
    truth = lived(tmp_path, [Action(number, 5, deed) for number, deed in enumerate(DEEDS, 1)], customers=60)
    assert set(truth.actions) == set(DEEDS)


def test_words_are_the_same_in_both_worlds(tmp_path: Path) -> None:
    usual = {"customers": 60, "texts": True}
    lived(tmp_path / "without", [], **usual)
    lived(tmp_path / "with", [Action(number, 3, "thanks") for number in range(1, 60, 2)], **usual)
    for table in ("interaction", "survey_response"):
        said = [[row["text"] for row in rows(tmp_path, world, table, odd=False)] for world in ("with", "without")]
        assert said[0] == said[1]
        assert sum(text is not None for text in said[0]) > 5
