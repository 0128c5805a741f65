"""Uplift: published figures, known truth by simulation, and rules that any figures must keep."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.uplift import e_value, matched_mean, side, uplift

# Two sleeping drugs, hours gained (Student 1908), and the interval that R's t.test gives of them as two samples.
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_welch_as_published() -> None:
    found = uplift(FIRST + SECOND, [True] * 10 + [False] * 10, level=0.95)
    told = (found.rate, found.rate_others, found.low, found.high)
    assert told == pytest.approx((0.75, 2.33, -3.3654832, 0.2054832), abs=1e-6)


def test_newcombe_as_published() -> None:
    # Newcombe 1998, table II, (a) 56/70 and 48/80, method 10
    values = [1] * 56 + [0] * 14 + [1] * 48 + [0] * 32
    found = uplift(values, [True] * 70 + [False] * 80, level=0.95)
    assert (round(found.effect, 4), round(found.low, 4), round(found.high, 4)) == (0.2, 0.0524, 0.3339)
    assert not found.adjusted


def test_e_value_as_published() -> None:
    # VanderWeele & Ding 2017: risk ratios of 3.9 (and its lower end 1.8) for maternal smoking and infant deaths
    assert e_value(0.39, 0.1) == pytest.approx(7.26, abs=0.005)
    assert e_value(0.18, 0.1) == pytest.approx(3.0, abs=0.005)
    assert e_value(0.1, 0.39) == pytest.approx(e_value(0.39, 0.1))
    assert e_value(0.2, 0.2) == 1
    assert np.isnan(e_value(0.0, 0.2))


def drawn(rng: np.random.Generator, n: int, effect: float, share: bool) -> tuple[Any, Any, Any, float]:
    """Values, who was acted for, what was known, and the true mean effect among these people."""
    risk = rng.standard_normal(n)
    without: Any
    treated: Any
    noise = rng.standard_normal(n)
    acted = rng.random(n) < 0.7
    if share:
        chance = 1 / (1 + np.exp(-1.2 - 0.9 * risk))
        even = rng.random(n)
        without, treated = even < chance, even < np.clip(chance + effect * (chance < 0.9), 0, 1)
    else:
        without, treated = risk + noise, risk + noise + effect
    known = np.stack([risk + 0.3 * rng.standard_normal(n), rng.standard_normal(n)], axis=1)
    known[rng.random(n) < 0.1, 0] = np.nan
    values = np.where(acted, treated, without).astype(float)
    return values, acted, known, float(np.mean(treated * 1.0 - without))


@pytest.mark.parametrize(("share", "effect", "n"), [(True, 0.12, 240), (True, 0.0, 90), (False, 0.3, 200)])
def test_intervals_hold_the_truth_and_adjusting_narrows_them(share: bool, effect: float, n: int) -> None:
    rng = np.random.default_rng(11)
    inside, widths, misses = {True: 0, False: 0}, [], []
    for _ in range(200):
        values, acted, known, truth = drawn(rng, n, effect, share)
        plain, adjusted = uplift(values, acted), uplift(values, acted, known)
        for found in (plain, adjusted):
            inside[found is adjusted] += found.low <= truth <= found.high
        widths.append([one.high - one.low for one in (plain, adjusted)])
        misses.append(adjusted.effect - truth)
    assert 0.85 <= inside[False] / 200 <= 0.99, "a plain interval is also about other people than these: a bit wide"
    assert 0.84 <= inside[True] / 200 <= 0.97
    wide, narrow = np.mean(widths, axis=0)
    assert narrow < wide or n < 200, "with 27 left alone nothing is adjusted as a rule"
    assert abs(np.mean(misses)) < 0.02


def test_other_names_for_the_arms_flip_the_sign() -> None:
    values, acted, known, _ = drawn(np.random.default_rng(3), 300, 0.1, True)
    for told in (None, known):
        one, other = uplift(values, acted, told), uplift(values, ~acted, told)
        assert (one.effect, one.low, one.high) == pytest.approx((-other.effect, -other.high, -other.low))


def test_what_says_nothing_changes_nothing() -> None:
    values, acted, known, _ = drawn(np.random.default_rng(4), 300, 0.1, True)
    more = np.concatenate([known, np.full((300, 1), 7.0), known[:, :1] * 2, np.full((300, 1), np.nan)], axis=1)
    assert uplift(values, acted, more).effect == pytest.approx(uplift(values, acted, known).effect)
    order = np.random.default_rng(5).permutation(300)
    assert uplift(values[order], acted[order], known[order]).low == pytest.approx(uplift(values, acted, known).low)


def test_a_gap_of_few_on_one_side_does_not_keep_from_adjusting() -> None:
    values, acted, known, _ = drawn(np.random.default_rng(9), 300, 0.1, True)
    gap = known.copy()
    gap[np.flatnonzero(acted)[:3], 1] = np.nan
    assert uplift(values, acted, gap).adjusted
    assert uplift(values, acted, gap).effect == pytest.approx(uplift(values, acted, known).effect, abs=0.02)


def test_too_few_say_nothing() -> None:
    found = uplift([1.0] * 9 + [0.0] * 50, [True] * 9 + [False] * 50)
    assert (found.n, found.others) == (9, 50)
    assert np.isnan(found.effect)
    assert uplift([np.nan] * 30 + [1.0] * 30, [True] * 30 + [False] * 30).n == 0


def test_matched_means_are_told_within_strata() -> None:
    rng = np.random.default_rng(6)
    inside = 0
    for _ in range(200):
        stratum, chance = rng.integers(0, 4, 600), np.array([0.1, 0.2, 0.4, 0.6])
        acted = rng.random(600) < chance[stratum]
        values = 0.2 * acted + stratum + rng.standard_normal(600)
        parts: list[Any] = []
        for mark in (acted, ~acted):
            one = [values[mark & (stratum == s)] for s in range(4)]
            parts += [[len(v) for v in one], [v.sum() for v in one], [(v**2).sum() for v in one]]
        found = matched_mean(*parts)
        assert found is not None
        inside += found.low <= 0.2 <= found.high
    assert 0.85 <= inside / 200 <= 0.96
    assert matched_mean([5], [1.0], [1.0], [50], [1.0], [1.0]) is None


def test_where_an_interval_lies() -> None:
    assert side(0.01, 0.02, 0.05) == "above"
    assert side(-0.2, -0.01, 0.05) == "below"
    assert side(-0.04, 0.04, 0.05) == "within"
    assert side(-0.06, 0.04, 0.05) == "open"
    assert side(float("nan"), 0.1, 0.05) == "open"
    with pytest.raises(StatisticsError, match="margin"):
        side(0, 1, 0)
