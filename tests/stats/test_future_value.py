"""Distribution of future value: against simulation from the same model, and rules."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats import bgnbd, future_value, gamma_gamma
from heartline.stats.bgnbd import BgNbd
from heartline.stats.gamma_gamma import GammaGamma

COUNTS = BgNbd(0.5, 30.0, 0.9, 3.0)
SPEND = GammaGamma(6.0, 4.0, 15.0)


@pytest.mark.parametrize("level", [0.05, 0.5, 0.95])
def test_quantiles_agree_with_simulated_futures(level: float) -> None:
    rng = np.random.default_rng(9)
    x = np.array([0.0, 1.0, 6.0, 25.0])
    rows = bgnbd.count_probabilities(COUNTS, x, np.minimum(x * 20, 390.0), np.full(4, 400.0), 365.0, 150)
    mean = np.array([np.nan, 12.0, 40.0, 30.0])
    got = future_value.value_quantile(rows, x, SPEND.p, SPEND.q, level)
    for i in range(4):
        y = rng.choice(151, 200_000, p=rows[i])
        spent = 0.0 if x[i] == 0 else x[i] * mean[i]
        rate = rng.gamma(SPEND.q + SPEND.p * x[i], 1 / (SPEND.v + spent), len(y))
        drawn = np.where(y > 0, rng.gamma(np.maximum(SPEND.p * y, 1e-9)) / rate, 0.0)
        if rows[i, 0] > level:
            assert got[i] == 0
        else:
            assert np.mean(drawn <= got[i] * (SPEND.v + spent)) == pytest.approx(level, abs=0.003)


def test_ninety_percent_interval_covers_what_simulated_customers_spend() -> None:
    """Fit on the past of customers with known truth, then hold the interval against their own future."""
    rng = np.random.default_rng(21)
    n, horizon = 20_000, 365.0
    age = rng.integers(60, 700, n).astype(float)
    x, t_x, later = bgnbd.simulate(BgNbd(1.0, 30.0, 0.4, 5.0), age, rng, horizon)
    rate = rng.gamma(SPEND.q, 1 / SPEND.v, n)
    mean = rng.gamma(np.maximum(SPEND.p * x, 1e-9)) / rate / np.maximum(x, 1)
    actual = np.where(later > 0, rng.gamma(np.maximum(SPEND.p * later, 1e-9)) / rate, 0.0)
    counts = bgnbd.fit(x, t_x, age)
    spend = gamma_gamma.fit(x[x > 0], mean[x > 0])
    rows = bgnbd.count_probabilities(counts, x, t_x, age, horizon, 200)
    spent = spend.v + np.where(x > 0, x * mean, 0.0)
    low, high = future_value.value_interval(rows, x, spend.p, spend.q)
    inside = (actual >= spent * low) & (actual <= spent * high)
    # two-sided, one-sided, and those who will almost surely buy nothing: each must be honest by itself
    for group in (rows[:, 0] < 0.05, (rows[:, 0] >= 0.05) & (rows[:, 0] < 0.9)):
        assert group.sum() > 300
        assert inside[group].mean() == pytest.approx(0.9, abs=0.025)
    assert inside[rows[:, 0] >= 0.9].mean() >= 0.9
    assert 0.85 <= inside.mean() <= 0.95


def test_nothing_is_the_quantile_when_no_purchase_is_likelier() -> None:
    assert future_value.value_quantile([[0.96, 0.04]], [2], 6.0, 4.0, 0.95)[0] == 0
    assert future_value.value_quantile([[0.94, 0.06]], [2], 6.0, 4.0, 0.95)[0] > 0


def test_quantiles_rise_with_level_and_do_not_depend_on_their_neighbours() -> None:
    rows = np.array([[0.1, 0.5, 0.4], [0.02, 0.08, 0.9], [0.5, 0.5, 0.0]])
    together = [future_value.value_quantile(rows, [1, 9, 0], 6.0, 4.0, level) for level in (0.3, 0.6, 0.9)]
    assert np.all(np.diff(np.stack(together)[:, :2], axis=0) > 0)
    alone = future_value.value_quantile(rows[1:2], [9], 6.0, 4.0, 0.6)
    assert alone[0] == pytest.approx(together[1][1], rel=1e-9)


def test_discount() -> None:
    assert future_value.discount_factors(0.1, [0, 365.25]) == pytest.approx([1, 1 / 1.1])
    with pytest.raises(StatisticsError):
        future_value.discount_factors(-1.5, [1])
