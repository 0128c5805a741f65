"""A fit to corrections helps where people and the model differ for a reason, and is refused where they do not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from threadpoolctl import threadpool_info, threadpool_limits

pytest.importorskip("sklearn", reason="the reader of the project's messages needs the extra train")

from tests.emotion.house_language import House, confirmed, house, looked_at

from heartline.emotion.head import DECIDED, Head
from heartline.emotion.refit import Corrected, probabilities, refit
from heartline.emotion.refit_choice import Choice, choose, wrong
from heartline.emotion.refit_figures import Change, kept


@pytest.fixture(scope="module")
def sick() -> House:
    return house()


def learnt(sick: House, corrected: Corrected) -> tuple[Choice, Head]:
    rehearsed = sick.rehearsed[:300]  # enough here, and quick
    choice = choose(sick.head, corrected, rehearsed, sick.check)
    return choice, choice.head


def forgotten(sick: House, head: Head) -> list[str]:
    before, after = (probabilities(one, sick.check.features) for one in (sick.head, head))
    return [one.what for one in kept(before, after, sick.head.thresholds, sick.check) if one.worse]


def missed(sick: House, head: Head, texts: Corrected) -> float:
    return float(wrong(probabilities(head, texts.features), head.thresholds, texts).mean())


@pytest.mark.parametrize(("n", "seed"), [(20, 1), (40, 2), (100, 3), (300, 4)])
def test_the_language_of_a_house_is_learnt_or_the_fit_is_refused(sick: House, n: int, seed: int) -> None:
    truth, rest = sick.texts(n, seed)
    corrected = looked_at(sick.head, truth, seed)
    choice, head = learnt(sick, corrected)
    was, now = (wrong(p, sick.head.thresholds, corrected).mean() for p in (choice.before, choice.after))
    if n >= 100:
        assert choice.helps
    if choice.helps:
        assert now < was
        assert missed(sick, head, rest) < missed(sick, sick.head, rest), "on texts that nobody looked at"
        assert forgotten(sick, head) == []


def test_the_more_is_corrected_the_better_it_reads_the_rest(sick: House) -> None:
    gains = []
    for n in (40, 300):
        truth, rest = sick.texts(n, 5)
        _, head = learnt(sick, looked_at(sick.head, truth, 5))
        gains.append(missed(sick, sick.head, rest) - missed(sick, head, rest))
    assert gains[1] > gains[0] > 0
    assert gains[1] > 0.1


def test_corrections_that_only_confirm_change_nothing(sick: House) -> None:
    truth, _ = sick.texts(100, 6)
    choice, head = learnt(sick, confirmed(sick.head, truth.features))
    assert not choice.helps
    assert np.array_equal(choice.after, choice.before)
    assert np.array_equal(head.weights, sick.head.weights)
    assert np.array_equal(head.offsets, sick.head.offsets)


@pytest.mark.parametrize(("n", "seed"), [(40, 7), (100, 8), (100, 9)])
def test_wrong_corrections_do_no_harm_elsewhere(sick: House, n: int, seed: int) -> None:
    truth, _ = sick.texts(n, seed)
    choice, head = learnt(sick, looked_at(sick.head, truth, seed, wrong=0.2))
    assert not choice.helps or forgotten(sick, head) == []


def test_slips_at_random_are_refused(sick: House) -> None:
    """Each text is right but for two labels drawn by lot: there is nothing to learn from one text about another."""
    truth, _ = sick.texts(100, 10)
    corrected = confirmed(sick.head, truth.features)
    draw = np.random.default_rng(10)
    for i in range(100):
        slips = draw.choice(DECIDED.stop, 2, replace=False)
        corrected.wanted[i, slips], corrected.seen[i, slips] = 1 - corrected.wanted[i, slips], True
    choice, head = learnt(sick, corrected)
    assert not np.array_equal(head.weights, sick.head.weights), "enough slips to move a label, were they taken"
    assert not choice.helps


def test_labels_left_out_do_not_push_rare_labels_down(sick: House) -> None:
    """A person mends one label of each text and looks at no other: no other label is decided less often."""
    truth, _ = sick.texts(100, 11)
    corrected = confirmed(sick.head, truth.features)
    j = int(np.argmin(corrected.wanted[:, DECIDED].sum(axis=0)))
    corrected.wanted[:, j], corrected.seen[:, j] = 1, True
    head = refit(sick.head, corrected, sick.rehearsed[:300], 3.0)
    moved = np.flatnonzero(np.abs(head.weights - sick.head.weights).sum(axis=0))
    assert moved.tolist() == [j]


@pytest.mark.parametrize(("what", "low", "high", "worse"), [
    ("labels as they should be", -0.02, -0.001, True), ("labels as they should be", -0.02, 0.001, False),
    ("log-loss (less is better)", 0.001, 0.02, True), ("log-loss (less is better)", -0.02, 0.001, False),
])  # fmt: skip
def test_worse_is_an_interval_wholly_on_the_wrong_side(what: str, low: float, high: float, worse: bool) -> None:
    assert Change(what, 10, 0.5, 0.5, low, high).worse is worse


def test_no_thread_waits_for_another_in_a_fit(sick: House, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []

    def watched(*args: object, **named: object) -> object:
        threads.extend(pool["num_threads"] for pool in threadpool_info())
        return minimize(*args, **named)

    monkeypatch.setattr("heartline.emotion.refit.minimize", watched)
    corrected = looked_at(sick.head, sick.texts(40, 2)[0], 2)
    with threadpool_limits(2):
        refit(sick.head, corrected, sick.rehearsed[:50], 1.0)
        assert {pool["num_threads"] for pool in threadpool_info()} == {2}
    assert set(threads) == {1}
