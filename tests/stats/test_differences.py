"""Differences in differences: a published one, coverage with few units, staggered starts, what must not move them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.differences import changes, compare, exchange_p, slopes, staggered, two_by_two
from heartline.stats.likelihood import Floats


def series(rng: np.random.Generator, units: int, periods: int, rho: float = 0.3, noise: float = 0.02) -> Floats:
    """Units of their own level, a common trend, and shocks that linger."""
    shocks = rng.standard_normal((units, periods)) * noise
    shocks[:, 0] /= np.sqrt(1 - rho**2)
    for period in range(1, periods):
        shocks[:, period] += rho * shocks[:, period - 1]
    return rng.normal(0, 0.1, (units, 1)) + 0.01 * np.arange(periods) + shocks


def test_card_and_krueger_1994() -> None:
    """Full-time employment of fast-food shops around New Jersey's minimum wage, table 3, rows 1 to 3."""
    found = two_by_two(20.44, 21.03, 23.33, 21.17, treated_error=0.54, other_error=1.25)
    assert found.estimate == pytest.approx(2.76, abs=0.011)  # the table's means are rounded
    assert (found.high - found.low) / (2 * 1.6449) == pytest.approx(1.36, abs=0.005)
    assert 0.03 < found.p < 0.05


@cache
def _drawn(units: int, treated: int) -> tuple[float, float, float]:
    after = np.arange(14) >= 7
    found, inside, beyond = [], [], []
    mark = np.arange(units) < treated
    for seed in range(200):
        plain = series(np.random.default_rng(seed), units, 14)
        moved = plain + 0.05 * mark[:, None] * after
        one = compare(changes(moved, np.ones_like(moved), after), mark)
        found.append(one.estimate)
        inside.append(one.low <= 0.05 <= one.high)
        beyond.append(compare(changes(plain, np.ones_like(plain), after), mark).p <= 0.1)
    return float(np.mean(found)), float(np.mean(inside)), float(np.mean(beyond))


@pytest.mark.parametrize(("units", "treated"), [(5, 1), (5, 2), (8, 3), (20, 8)])
def test_bias_coverage_and_false_alarms_over_200_draws(units: int, treated: int) -> None:
    estimate, covered, alarms = _drawn(units, treated)
    assert estimate == pytest.approx(0.05, rel=0.06)
    assert 0.85 <= covered <= 0.95
    assert alarms <= 0.13


def test_staggered_starts_over_60_draws() -> None:
    found, inside = [], []
    start = np.array([5.0, 7, 9, *[np.inf] * 5])
    for seed in range(60):
        moved = series(np.random.default_rng(seed), 8, 14)
        for unit in range(3):
            moved[unit, int(start[unit]) :] += 0.05
        one = staggered(moved, np.ones_like(moved), start, permutations=1)
        found.append(one.estimate)
        inside.append(one.low <= 0.05 <= one.high)
    assert np.mean(found) == pytest.approx(0.05, rel=0.08)
    assert 0.8 <= np.mean(inside) <= 0.97


def test_growing_effects_do_not_turn_the_sign_as_two_way_fixed_effects_do() -> None:
    """The case for which group-time averages were made: the earlier treated still grow while the later begin."""
    y = np.zeros((3, 8))
    start = np.array([2.0, 5.0, np.inf])
    for unit in range(2):
        since = np.arange(8) - start[unit]
        y[unit] = np.where(since >= 0, 1.0 + since, 0.0)
    found = staggered(y, np.ones_like(y), start, permutations=19)
    expected = np.mean([*(1.0 + np.arange(6)), *(1.0 + np.arange(3))])
    assert found.estimate == pytest.approx(expected)
    design = np.column_stack([
        np.kron(np.eye(3), np.ones((8, 1))), np.tile(np.eye(8)[:, 1:], (3, 1)),
        (np.arange(8)[None, :] >= start[:, None]).astype(float).ravel(),
    ])  # fmt: skip
    two_way = np.linalg.lstsq(design, y.ravel(), rcond=None)[0][-1]
    assert two_way < 0.8 * expected


def test_everybody_begins_in_the_end_and_a_gap_is_passed_over() -> None:
    y = np.zeros((3, 8))
    y[0, 3:] += 1.0
    y[1, 5:] += 1.0
    y[2, 7:] += 1.0
    weights = np.ones_like(y)
    weights[1, 2] = 0
    found = staggered(y, weights, [3, 5, 7], permutations=19)
    assert found.estimate == pytest.approx(1.0)
    with pytest.raises(StatisticsError):
        staggered(y, weights, [3, 3, 3], permutations=19)


def test_exchange_is_exact_with_few_units() -> None:
    values = np.array([9.0, 1, 2, 3, 4])
    assert exchange_p(values, np.arange(5) == 0) == pytest.approx(0.2)
    assert exchange_p(values, np.arange(5) == 3) == pytest.approx(0.8)
    assert exchange_p(values, np.arange(5) == 4) == pytest.approx(1.0)


def test_level_unit_and_what_all_have_in_common_change_nothing() -> None:
    rng = np.random.default_rng(4)
    y, mark, after = series(rng, 6, 10), np.arange(6) < 2, np.arange(10) >= 5
    weights = rng.uniform(1, 5, y.shape)
    one = compare(changes(y, weights, after), mark)
    common: Floats = y + 0.3 * after + 1.0 * np.arange(6)[:, None]
    assert compare(changes(common, weights, after), mark).estimate == pytest.approx(one.estimate)
    tenfold = compare(changes(10 * y, 7 * weights, after), mark)
    assert tenfold.estimate == pytest.approx(10 * one.estimate)
    assert tenfold.low == pytest.approx(10 * one.low)
    assert tenfold.p == pytest.approx(one.p)
    turned = compare(changes(y[::-1], weights[::-1], after), mark[::-1])
    assert turned.estimate == pytest.approx(one.estimate)


def test_trends_that_differ_before_are_seen() -> None:
    rng = np.random.default_rng(5)
    y, mark, before = series(rng, 8, 14, noise=0.005), np.arange(8) < 3, np.arange(14) < 8
    own = slopes(y + 0.02 * mark[:, None] * np.arange(14), np.ones_like(y), before)
    apart = compare(own, mark)
    assert apart.estimate == pytest.approx(0.02, abs=0.004)
    assert apart.student < 0.01
    assert compare(slopes(y, np.ones_like(y), before), mark).student > 0.05


def test_too_few_units_are_refused() -> None:
    with pytest.raises(StatisticsError):
        compare([0.1, 0.2], [True, False])
    with pytest.raises(StatisticsError):
        compare([0.1, 0.2, 0.3], [False] * 3)
