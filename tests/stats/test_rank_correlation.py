"""Rank correlation: the textbook formula, ties, and how often its interval holds."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.rank_correlation import rank_correlation


def test_spearmans_own_formula():
    """1 - 6 Σd² / (n³ - n) without ties: ranks 1…6 against 2 1 4 3 6 5 differ by 1 six times."""
    found, low, high = rank_correlation([1, 2, 3, 4, 5, 6], [20, 10, 40, 30, 60, 50])
    assert found == pytest.approx(1 - 6 * 6 / (6**3 - 6))
    assert low < found < high
    assert rank_correlation([1, 2, 3, 4, 5, 6], [1, 4, 9, 16, 25, 36])[0] == pytest.approx(1)
    assert rank_correlation([1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1])[0] == pytest.approx(-1)


def test_ties_share_a_rank_and_a_constant_list_says_nothing():
    assert rank_correlation([1, 1, 2, 2], [1, 1, 2, 2])[0] == pytest.approx(1)
    assert np.isnan(rank_correlation([3, 3, 3, 3], [1, 2, 3, 4])[0])
    with pytest.raises(StatisticsError):
        rank_correlation([1, 2, 3], [1, 2, 3])


def test_interval_holds_as_often_as_it_says():
    """Normal pairs of correlation 0.5 have a rank correlation of 6/π asin(0.25) = 0.483."""
    rng, true, held = np.random.default_rng(3), 6 / np.pi * np.arcsin(0.25), []
    for _ in range(600):
        a = rng.standard_normal(18)
        _, low, high = rank_correlation(a, 0.5 * a + np.sqrt(0.75) * rng.standard_normal(18))
        held.append(low <= true <= high)
    assert 0.86 <= np.mean(held) <= 0.94
