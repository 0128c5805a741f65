"""Intervals: textbook values, coverage by simulation, rules."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats import bgnbd, intervals
from heartline.stats.bgnbd import BgNbd


def test_student_interval_by_hand_and_unknowns() -> None:
    values = np.array([4.0, 6.0, 8.0])
    mean, low, high = intervals.mean_interval(
        [3, 1, 0], [values.sum(), 5.0, 0.0], [(values**2).sum(), 25.0, 0.0], level=0.95
    )
    # t(2, 0.975) = 4.3027, standard error 2 / sqrt 3
    assert (mean[0], low[0], high[0]) == pytest.approx((6, 6 - 4.3027 * 2 / 3**0.5, 6 + 4.3027 * 2 / 3**0.5), abs=1e-3)
    assert mean[1] == 5
    assert np.isnan([low[1], high[1], mean[2], low[2]]).all()


def test_student_interval_covers_what_it_says() -> None:
    rows = np.random.default_rng(1).normal(3, 2, (20_000, 6))
    _, low, high = intervals.mean_interval(np.full(20_000, 6), rows.sum(axis=1), (rows**2).sum(axis=1))
    assert np.mean((low <= 3) & (high >= 3)) == pytest.approx(0.9, abs=0.01)


def test_wilson_known_value_and_edges() -> None:
    share, low, high = intervals.wilson_interval([8, 0, 0], [10, 10, 0], level=0.95)
    assert (share[0], low[0], high[0]) == pytest.approx((0.8, 0.4902, 0.9433), abs=1e-4)
    assert low[1] == 0
    assert high[1] == pytest.approx(0.2775, abs=1e-4)
    assert np.isnan(share[2])


def test_bootstrap_is_seeded_weighted_and_close_to_theory() -> None:
    values = np.random.default_rng(2).normal(10, 3, 400)

    def mean(data: np.ndarray, weight: np.ndarray) -> float:
        return float(np.average(data, weights=weight))

    first = intervals.bootstrap_interval(values, mean, seed=4)
    assert first == intervals.bootstrap_interval(values, mean, seed=4)
    _, low, high = intervals.mean_interval(400, values.sum(), (values**2).sum())
    assert first[1:] == pytest.approx((float(low), float(high)), abs=0.06)
    weighted = intervals.bootstrap_interval([1.0, 2.0], mean, weight=[300, 100])
    assert weighted[0] == 1.25
    assert weighted[2] - weighted[1] == pytest.approx(2 * 1.645 * np.sqrt(0.1875 / 400), rel=0.15)


def test_interval_of_the_expectation_covers_the_true_expectation_and_narrows() -> None:
    truth, width = BgNbd(0.5, 30.0, 0.9, 3.0), []
    covered = 0
    for customers in (1_000, 16_000):
        for seed in range(6):
            rng = np.random.default_rng(seed)
            age = rng.integers(60, 720, customers).astype(float)
            model = bgnbd.fit(*bgnbd.simulate(truth, age, rng)[:2], age)
            draws = intervals.parameter_draws(np.log(model.parameters), model.log_covariance, 100, seed)
            low, high = intervals.expectation_interval(
                lambda p: bgnbd.expected_purchases(BgNbd(*p), [4], [200], [260], 90), draws
            )
            actual = bgnbd.expected_purchases(truth, [4], [200], [260], 90)
            covered += int(low[0] <= actual[0] <= high[0])
        width.append(high[0] - low[0])
    assert covered >= 9
    assert width[1] < width[0] / 2.5


def test_count_interval_covers_at_least_its_level() -> None:
    truth = BgNbd(0.5, 30.0, 0.9, 3.0)
    rng = np.random.default_rng(8)
    age = rng.integers(60, 720, 20_000).astype(float)
    x, t_x, later = bgnbd.simulate(truth, age, rng, 365.0)
    low, high = intervals.count_interval(bgnbd.count_probabilities(truth, x, t_x, age, 365.0, 200))
    assert 0.90 <= np.mean((later >= low) & (later <= high)) <= 0.99
    assert np.all(low <= high)


def test_refuses_a_level_in_percent_and_an_unknown_covariance() -> None:
    with pytest.raises(StatisticsError, match=r"0\.9"):
        intervals.wilson_interval(1, 2, level=90)
    with pytest.raises(StatisticsError, match="fallback"):
        intervals.parameter_draws([0.0], [[np.nan]])
