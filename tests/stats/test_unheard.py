"""The silent by known formulas and in populations with known truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import betabinom

from heartline.errors import StatisticsError
from heartline.stats.iceberg import any_bad, less_error, likeness, unhappy


def test_any_bad_is_the_beta_binomial_of_none():
    p, alike = 0.12, 0.2
    size = 1 / alike - 1
    for n in (1, 4, 9):
        assert any_bad(n, p, alike) == pytest.approx(1 - betabinom.pmf(0, n, p * size, (1 - p) * size), rel=1e-9)
    assert any_bad(3, 0.1, 0.0) == pytest.approx(1 - 0.9**3)


def test_likeness_is_found_again():
    rng = np.random.default_rng(1)
    p = rng.beta(0.4, 1.6, 40_000)  # correlation 1 / (0.4 + 1.6 + 1)
    k = rng.integers(0, 5, 40_000)
    assert likeness(k, rng.binomial(k, p), np.ones(40_000)) == pytest.approx(1 / 3, abs=0.02)
    # two groups of other means but no likeness: only knowing the groups says so
    group = np.repeat([0, 1], 20_000)
    b = rng.binomial(4, np.where(group, 0.4, 0.05))
    four, one = np.full(40_000, 4), np.ones(40_000)
    assert likeness(four, b, one) > 0.1
    assert likeness(four, b, one, group) == pytest.approx(0.0, abs=0.01)
    assert likeness([1, 1], [1, 0], [5, 5]) == 0.0  # no pair tells anything


def test_errors_of_measurement_are_taken_off():
    rng = np.random.default_rng(2)
    felt, error = rng.standard_normal(200_000), rng.standard_normal(200_000) * np.sqrt(1 / 0.7 - 1)
    measured = float((felt + error < -1.2).mean())
    assert less_error(measured, 0.7) == pytest.approx(float((felt < -1.2).mean()), abs=0.004)
    assert less_error(0.2, 0.7, part=0.0) == pytest.approx(0.2)


def population(seed: int, customers: int = 3000) -> tuple[np.ndarray, ...]:
    """Customers of two strata; those who fare worse are heard half as often."""
    rng = np.random.default_rng(seed)
    stratum = (rng.random(customers) < 0.4).astype(int)
    share = rng.beta(np.where(stratum, 0.8, 0.3), np.where(stratum, 2.4, 3.7))
    contacts = rng.integers(1, 9, customers)
    wrong = rng.random((customers, 9)) < share[:, None]
    asked = rng.random((customers, 9)) < np.where(stratum, 0.05, 0.1)[:, None]
    there = np.arange(9) < contacts[:, None]
    truth = float((wrong & there).any(axis=1).sum())
    return stratum, contacts, (asked & there).sum(axis=1), (asked & there & wrong).sum(axis=1), np.array([truth])


def test_interval_holds_the_truth_as_often_as_it_says_though_the_worse_off_are_heard_less():
    inside, off, naive = [], [], []
    for seed in range(24):
        stratum, contacts, heard, bad, truth = population(seed)
        found = unhappy(stratum, contacts, heard, bad, np.ones(len(stratum)), replicates=80, seed=seed)
        low, high = np.quantile(found.draws, [0.05, 0.95])
        inside.append(low <= truth[0] <= high)
        off.append(found.customers / truth[0] - 1)
        plain = unhappy(np.zeros(len(stratum), int), contacts, heard, bad, np.ones(len(stratum)), replicates=2)
        naive.append(plain.customers / truth[0] - 1)
    assert np.mean(inside) >= 0.8
    assert abs(np.mean(off)) < 0.06
    assert np.mean(naive) < np.mean(off) - 0.03  # without strata the silent are undercounted


def test_heard_and_overlap_say_how_little_is_known():
    found = unhappy([0, 0, 1], [3, 3, 3], [1, 0, 0], [1, 0, 0], [20, 80, 50], replicates=5)
    assert (found.heard, found.overlap) == (20, pytest.approx(100 / 150))
    with pytest.raises(StatisticsError):
        unhappy([0], [3], [0], [0], [10])
