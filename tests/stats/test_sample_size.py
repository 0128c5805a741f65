"""How many are needed: Cohen's published table, and experiments that are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.sample_size import MOST, design_effect, intraclass, power_of, two_means


@pytest.mark.parametrize(
    ("d", "alpha", "n"),
    [
        (0.2, 0.05, 393), (0.5, 0.05, 64), (0.8, 0.05, 26),
        (0.2, 0.01, 586), (0.5, 0.01, 95), (0.8, 0.01, 38),
        (0.2, 0.10, 310), (0.5, 0.10, 50), (0.8, 0.10, 20),
    ],
)  # fmt: skip
def test_numbers_of_cohen(d: float, alpha: float, n: int) -> None:
    """Cohen (1992), A power primer, table 2: difference of two means, power .80. He rounds to the nearest, we rise."""
    found = two_means(d, 1.0, alpha)
    assert power_of(found - 1, d, 1.0, alpha) < 0.8 <= power_of(found, d, 1.0, alpha)
    assert found in (n, n + 1)


def test_the_power_is_what_drawn_experiments_show() -> None:
    rng = np.random.default_rng(4)
    n = two_means(0.3, 0.9)
    groups = rng.normal(0.0, 0.9, (2, 4000, n))
    groups[1] += 0.3
    means, spread = groups.mean(axis=2), groups.var(axis=2, ddof=1).mean(axis=0)
    found = (np.abs(means[1] - means[0]) / np.sqrt(2 * spread / n) > 1.97).mean()
    assert found == pytest.approx(0.8, abs=0.02)
    assert power_of(n - 1, 0.3, 0.9) < 0.8 <= power_of(n, 0.3, 0.9)


def test_half_the_effect_needs_four_times_as_many_and_a_unit_changes_nothing() -> None:
    assert two_means(0.02, 0.4) / two_means(0.04, 0.4) == pytest.approx(4.0, rel=0.01)
    assert two_means(-2.0, 40.0) == two_means(0.02, 0.4)
    assert two_means(1e-9, 1.0) == MOST
    # beyond a thousand in each group the normal takes over without a step
    assert power_of(1001, 0.125, 1.0) == pytest.approx(power_of(1002, 0.125, 1.0), abs=1e-3)


def test_clusters_need_as_many_more_as_their_means_scatter() -> None:
    """The mean of clusters varies as often as the design effect says beyond that of strangers."""
    rng = np.random.default_rng(5)
    size, alike = 8, 0.2
    own = rng.normal(0, np.sqrt(alike), (4000, 25, 1))
    means = (own + rng.normal(0, np.sqrt(1 - alike), (4000, 25, size))).mean(axis=(1, 2))
    assert means.var() * 25 * size == pytest.approx(design_effect(size, alike), rel=0.08)
    assert design_effect(1, 0.5) == 1.0
    assert design_effect(8, 0.2, 0.5) > design_effect(8, 0.2)


def test_likeness_of_clusters_is_found_again() -> None:
    rng = np.random.default_rng(6)
    n = rng.integers(1, 12, 3000)
    who = np.repeat(np.arange(3000), n)
    values = 0.2 + rng.normal(0, 0.3, 3000)[who] + rng.normal(0, 0.4, len(who))
    sums = [np.bincount(who, weights=each) for each in (np.ones(len(who)), values, values**2)]
    spread, alike = intraclass(*sums)
    assert spread == pytest.approx(0.5, rel=0.02)
    assert alike == pytest.approx(0.36, abs=0.02)


def test_likeness_needs_two_of_something() -> None:
    ones = np.ones(5)
    spread, alike = intraclass(ones, np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([1.0, 4.0, 9.0, 16.0, 25.0]))
    assert np.isnan(alike)
    assert spread == pytest.approx(np.sqrt(2.5))
    assert intraclass(np.array([4.0, 4.0]), np.zeros(2), np.zeros(2)) == (0.0, 0.0)


@pytest.mark.parametrize(("effect", "spread"), [(0.0, 1.0), (0.1, 0.0), (float("nan"), 1.0), (0.1, float("inf"))])
def test_no_effect_needs_no_number(effect: float, spread: float) -> None:
    with pytest.raises(StatisticsError):
        two_means(effect, spread)
