"""Random effects within strata: planted spreads, coverage, and what happens when nobody differs."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.components import deviations, shrunken


def test_a_planted_spread_comes_back():
    rng = np.random.default_rng(8)
    stage = np.repeat(np.arange(200), 5)
    y = rng.normal(0, 1, 200)[stage] + rng.normal(0, 0.12, 1000) + rng.normal(0, 0.1, 1000)
    assert np.sqrt(deviations(stage, y, np.full(1000, 0.01)).between) == pytest.approx(0.12, rel=0.05)


def test_where_the_spread_is_not_known_nobody_is_sure():
    """Five groups that happen to agree: the best guess of their spread is 0, and yet they may differ."""
    got = deviations(np.full(5, "a"), [0.01, 0.0, -0.01, 0.02, 0.0], np.full(5, 0.003))
    assert (got.high - got.low).min() > 0.02
    assert np.abs(got.deviation).max() < 0.02


def test_who_stands_alone_or_is_unknown_is_compared_with_nobody():
    got = deviations(["a", "b", "b", "c", "c"], [1.0, 0.0, 1.0, 0.2, np.nan], [0.01] * 5)
    assert np.isnan(got.deviation).tolist() == [True, False, False, True, True]
    with pytest.raises(StatisticsError):
        deviations(["a"], [0.0], [-1.0])


def test_intervals_hold_true_deviations_as_often_as_they_say():
    rng = np.random.default_rng(5)
    inside, false, sure = [], 0, 0
    for _ in range(40):
        stage = np.repeat(np.arange(7), rng.integers(2, 6, 7))
        effect = rng.normal(0, 0.12, len(stage))
        variance = rng.uniform(0.0005, 0.01, len(stage))
        got = deviations(stage, effect + rng.normal(0, 0.4, 7)[stage] + rng.normal(0, np.sqrt(variance)), variance)
        for at in range(7):
            mine = stage == at
            if mine.sum() % 2 == 0:  # of an odd number the middle one is compared with others than its median
                true = effect[mine] - np.median(effect[mine])
                inside += list((got.low[mine] <= true) & (true <= got.high[mine]))
        nobody = deviations(stage, rng.normal(0, np.sqrt(variance)), variance)
        sure += len(stage)
        false += int(((nobody.low > 0) | (nobody.high < 0)).sum())
    print(f"coverage {np.mean(inside):.3f}; of groups that do not differ {false / sure:.3f} are called different")
    assert np.mean(inside) >= 0.85
    assert false / sure <= 0.05


def test_a_stratum_s_spread_is_drawn_to_the_common_one():
    rng = np.random.default_rng(1)
    stage = np.repeat(["even", "odd", "wide"], 4)
    y = np.concatenate([rng.normal(0, 0.01, 8), [-1.0, -0.4, 0.4, 1.0]])
    got = deviations(stage, y, np.full(12, 0.0001))
    spread = dict(zip(got.strata, got.spread, strict=True))
    assert spread["even"] < spread["wide"]
    assert spread["even"] > 0.02


def test_shrunken_means_are_believed_by_their_variance():
    rng = np.random.default_rng(9)
    true, v = rng.normal(0, 0.2, 2000), rng.uniform(0.001, 0.2, 2000)
    y = true + rng.normal(0, np.sqrt(v))
    best, low, high = shrunken(y, v)
    assert np.mean((best - true) ** 2) < 0.8 * np.mean((y - true) ** 2)
    assert np.mean((low <= true) & (true <= high)) == pytest.approx(0.9, abs=0.02)
    assert shrunken([0.0, 0.0], [0.1, 0.1])[0].tolist() == [0, 0]
    assert np.isnan(shrunken([np.nan, 1.0], [0.1, 0.1])[0]).tolist() == [True, False]
