"""Synthetic control: exact mixtures, the placebo's place, coverage with many donors."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats
from heartline.stats.synthetic import mixture, synthetic_control


def factors(rng: np.random.Generator, units: int, periods: int, noise: float = 0.02) -> Floats:
    """Units that share two paths in parts of their own."""
    shares = rng.dirichlet((1, 1, 1), units)
    paths = np.cumsum(rng.normal(0, 0.1, (3, periods)), axis=1)
    return shares @ paths + rng.normal(0, noise, (units, periods))


def test_an_exact_mixture_is_found() -> None:
    others = np.cumsum(np.random.default_rng(1).normal(0, 1, (5, 12)), axis=1)
    weights = np.array([0.5, 0.0, 0.3, 0.2, 0.0])
    assert mixture(weights @ others, others) == pytest.approx(weights, abs=1e-4)


def test_weights_are_shares_even_for_a_unit_outside_the_others() -> None:
    others = np.random.default_rng(2).uniform(0, 1, (4, 8))
    weights = mixture(np.full(8, 5.0), others)
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1)


def test_a_planted_change_stands_first_among_placebos() -> None:
    values = factors(np.random.default_rng(3), 12, 24, noise=0.005)
    values[4] = values[:4].mean(axis=0) + np.random.default_rng(4).normal(0, 0.01, 24)  # within reach of the others
    values[4, 16:] += 0.4
    found = synthetic_control(values, 4, 16)
    assert found.estimate == pytest.approx(0.4, abs=0.06)
    assert found.rank == 1
    assert found.p == pytest.approx(1 / 12)
    assert np.isnan(found.low), "twelve units are too few for an interval of 90 %"
    assert found.weights.sum() == pytest.approx(1)


def test_nothing_planted_is_like_any_other_and_the_interval_covers() -> None:
    ranks, inside, found = [], [], []
    for seed in range(10):
        values = factors(np.random.default_rng(seed), 21, 16)
        values[0, 10:] += 0.1
        one = synthetic_control(values, 0, 10)
        inside.append(one.low <= 0.1 <= one.high)
        found.append(one.estimate)
        values[0, 10:] -= 0.1
        ranks.append(synthetic_control(values, 0, 10).rank / 21)
    assert np.mean(found) == pytest.approx(0.1, abs=0.03)
    assert np.mean(inside) >= 0.6
    assert 0.25 < np.mean(ranks) < 0.75


def test_unit_and_level_change_nothing_but_the_unit() -> None:
    values = factors(np.random.default_rng(6), 6, 14)
    one = synthetic_control(values, 2, 8)
    other = synthetic_control(3 * values + 7, 2, 8)
    assert other.estimate == pytest.approx(3 * one.estimate, abs=1e-3)
    assert other.rank == one.rank


def test_too_few_donors_or_periods_are_refused() -> None:
    values = np.random.default_rng(7).uniform(0, 1, (3, 12))
    with pytest.raises(StatisticsError):
        synthetic_control(values, 0, 8)
    with pytest.raises(StatisticsError):
        synthetic_control(np.vstack([values, values]), 0, 3)
