"""Interrupted series: exact lines, coverage under autocorrelation, weights, what must not move it."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.interrupted import interrupted, slope
from heartline.stats.likelihood import Floats


def lingering(rng: np.random.Generator, n: int, rho: float, noise: float = 0.02) -> Floats:
    shocks = rng.standard_normal(n) * noise
    shocks[0] /= np.sqrt(1 - rho**2)
    for place in range(1, n):
        shocks[place] += rho * shocks[place - 1]
    return shocks


def test_a_line_that_breaks_is_read_exactly() -> None:
    place = np.arange(30)
    after = place >= 18
    y = 0.2 + 0.01 * place - after * (0.05 + 0.002 * (place - 18))
    found = interrupted(y, np.ones(30), 18)
    assert found.estimate == pytest.approx(-0.05 - 0.002 * np.arange(12).mean())
    assert found.expected == pytest.approx((0.2 + 0.01 * place)[after].mean())
    assert found.after == pytest.approx(y[after].mean())


@pytest.mark.parametrize(
    ("rho", "n", "first"), [(0.0, 30, 18), (0.3, 60, 40), (0.6, 30, 18), (0.6, 100, 70), (0.8, 60, 40)]
)
def test_bias_and_coverage_under_autocorrelation(rho: float, n: int, first: int) -> None:
    found, inside = [], []
    for seed in range(200):
        y = 0.2 + 0.001 * np.arange(n) + lingering(np.random.default_rng(seed), n, rho)
        y[first:] -= 0.05
        one = interrupted(y, np.ones(n), first)
        found.append(one.estimate)
        inside.append(one.low <= -0.05 <= one.high)
    assert np.mean(found) == pytest.approx(-0.05, rel=0.08)
    assert 0.88 <= np.mean(inside) <= 0.97


def test_a_series_of_differences_needs_no_trend() -> None:
    inside = []
    for seed in range(200):
        y = lingering(np.random.default_rng(seed), 60, 0.3)
        y[40:] += 0.03
        one = interrupted(y, np.ones(60), 40, trend=False)
        inside.append(one.low <= 0.03 <= one.high)
    assert 0.84 <= np.mean(inside) <= 0.97


def test_periods_without_weight_do_not_count_and_units_carry_through() -> None:
    y = 0.3 + lingering(np.random.default_rng(1), 40, 0.2)
    weights = np.ones(40)
    plain = interrupted(y, weights, 25)
    spoilt, empty = y.copy(), weights.copy()
    spoilt[[3, 30]], empty[[3, 30]] = np.nan, 0.0
    kept = np.delete(np.arange(40), [3, 30])
    assert interrupted(spoilt, empty, 25).before == pytest.approx(y[kept[kept < 25]].mean())
    tenfold = interrupted(10 * y + 4, 3 * weights, 25)
    assert tenfold.estimate == pytest.approx(10 * plain.estimate)
    assert tenfold.p == pytest.approx(plain.p)


def test_a_slope_and_its_chance() -> None:
    rng = np.random.default_rng(2)
    steep, p = slope(0.01 * np.arange(40) + lingering(rng, 40, 0.2), np.ones(40))
    assert steep == pytest.approx(0.01, abs=0.001)
    assert p < 0.001
    alarms = [slope(lingering(np.random.default_rng(s), 40, 0.3), np.ones(40))[1] <= 0.1 for s in range(200)]
    assert np.mean(alarms) <= 0.15
    assert np.isnan(slope(np.ones(5), np.ones(5))[0])


def test_short_series_are_refused() -> None:
    with pytest.raises(StatisticsError):
        interrupted(np.ones(10), np.ones(10), 7)
    with pytest.raises(StatisticsError):
        interrupted(np.ones(20), np.ones(20), 18)
