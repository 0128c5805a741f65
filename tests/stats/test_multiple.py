"""Adjusted p-values against worked figures, and what chance makes of many comparisons."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from heartline.errors import StatisticsError
from heartline.stats.multiple import differ_at_all, false_discovery, two_sided

# Benjamini & Hochberg (1995), table 1: p-values of 15 comparisons; at 0.05 their procedure rejects the first four.
PUBLISHED = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
             0.7590, 1.0]  # fmt: skip


def test_the_published_example_keeps_four():
    adjusted = false_discovery(PUBLISHED)
    assert (adjusted <= 0.05).sum() == 4
    assert adjusted == pytest.approx(stats.false_discovery_control(PUBLISHED))


def test_order_does_not_matter_and_the_unknown_counts_for_nothing():
    mixed = np.array([0.04, np.nan, 0.001, 0.03])
    assert false_discovery(mixed) == pytest.approx([0.04, np.nan, 0.003, 0.04], nan_ok=True)
    assert false_discovery([]).size == 0
    with pytest.raises(StatisticsError):
        false_discovery([1.2])


def test_p_values_from_intervals():
    assert two_sided([1.6448536269514722, 0.0], [0.0, -1.0], [9.0, 1.0]) == pytest.approx([0.1, 1.0])
    assert two_sided([-1.0], [-9.0], [0.5])[0] == pytest.approx(2 * stats.norm.sf(1.6448536269514722 / 1.5))
    assert np.isnan(two_sided([0.3], [np.nan], [np.nan])[0])
    assert np.isnan(two_sided([0.0], [np.nan], [np.nan])[0])


def test_means_that_differ_at_all_are_told_by_their_squares():
    """Cochran's Q of ±1 with variance 1/2 is 4; where all are alike it is as often that large as it says."""
    assert differ_at_all([1.0, -1.0], [0.5, 0.5]) == pytest.approx(0.04550026)
    rng = np.random.default_rng(1)
    size = np.array([10.0, 20.0, 30.0, 40.0])
    found = []
    for _ in range(2000):
        own = rng.standard_normal(4) / np.sqrt(size)
        away = own - np.average(own, weights=size)
        found.append(differ_at_all(away, 1 / size))
    assert np.mean(np.array(found) < 0.1) == pytest.approx(0.1, abs=0.025)
    assert np.isnan(differ_at_all([0.1], [1.0]))
    with pytest.raises(StatisticsError):
        differ_at_all([0.1, 0.2], [1.0, 0.0])
