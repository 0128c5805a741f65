"""The half-life of acts after a first one: known truth, censoring, and too few."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.decay import half_life


def acts(seed: int, people: int, days: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    seen, ages = rng.uniform(20, 540, people), []
    for end in seen:
        times = rng.uniform(0, end, rng.poisson(end * 0.05))
        ages += list(times[rng.random(len(times)) < 0.5 ** (times / days)])
    return np.array(ages), seen


def test_half_life_is_found_again_though_most_are_seen_for_a_short_time_only():
    inside = 0
    for seed in range(20):
        found, low, high = half_life(*acts(seed, 120, 182.0))
        inside += low <= 182.0 <= high
        assert 110 < found < 320
    assert inside >= 15


def test_a_slower_fall_is_a_longer_half_life():
    assert half_life(*acts(1, 200, 60.0))[0] < half_life(*acts(1, 200, 400.0))[0]


def test_few_acts_tell_nothing():
    with pytest.raises(StatisticsError):
        half_life([1.0] * 5, [100.0])
