"""Forecasts per history, and the model without leaving: against their parts, by hand, and by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.stats import bgnbd, forecast, future_value, nbd
from heartline.stats.bgnbd import BgNbd
from heartline.stats.nbd import Nbd

LEAVING = BgNbd(0.8, 60.0, 0.5, 4.0)
STAYING = Nbd(0.8, 60.0)
SHAPE = (6.0, 4.0)


def _histories(n: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    age = rng.integers(0, 900, n).astype(float)
    return (*bgnbd.simulate(LEAVING, age, rng)[:2], age)


def test_without_discount_nothing_is_lost_and_with_it_a_year_costs_about_half_its_rate() -> None:
    x, t_x, age = _histories()
    plain = forecast.forecast(LEAVING, x, t_x, age, 365.25, 0.0, SHAPE)
    assert plain.discounted == pytest.approx(plain.purchases)
    assert plain.purchases == pytest.approx(bgnbd.expected_purchases(LEAVING, x, t_x, age, 365.25))
    later = forecast.forecast(LEAVING, x, t_x, age, 365.25, 0.1, SHAPE)
    ratio = later.discounted / plain.discounted
    assert np.all((ratio > 1 / 1.1) & (ratio < 1))
    # purchases spread evenly over a year would give (1 - 1/1.1) / ln 1.1 = 0.9538; leaving pulls them forward
    assert ratio.min() == pytest.approx(0.9538, abs=0.001)


def test_grouping_by_size_gives_what_one_wide_table_gives() -> None:
    x, t_x, age = _histories()
    x[:3], t_x[:3], age[:3] = [0, 300, 90], [0, 600, 890], [0, 601, 899]
    got = forecast.forecast(LEAVING, x, t_x, age, 365.0, 0.0, SHAPE)
    rows = bgnbd.count_probabilities(LEAVING, x, t_x, age, 365.0, 1024)
    low, high = future_value.value_interval(rows, x + 1, *SHAPE)
    assert got.low == pytest.approx(low, rel=2e-3, abs=1e-6)
    assert got.high == pytest.approx(high, rel=2e-3, abs=1e-6)


def test_forecast_of_one_history_does_not_depend_on_the_others() -> None:
    x, t_x, age = _histories()
    together = forecast.forecast(LEAVING, x, t_x, age, 180.0, 0.1, SHAPE)
    alone = forecast.forecast(LEAVING, x[7:8], t_x[7:8], age[7:8], 180.0, 0.1, SHAPE)
    assert alone.high[0] == pytest.approx(together.high[7], rel=1e-9)
    assert alone.discounted[0] == pytest.approx(together.discounted[7], rel=1e-9)


def test_without_leaving_the_forecast_is_the_conjugate_rate_and_its_counts_agree() -> None:
    x, t_x, age = _histories()
    got = forecast.forecast(STAYING, x, t_x, age, 100.0, 0.0, SHAPE)
    assert got.purchases == pytest.approx((0.8 + x) / (60 + age) * 100)
    rows = nbd.count_probabilities(STAYING, x, age, 100.0, 400)
    assert rows.sum(axis=1) == pytest.approx(np.ones(len(x)))
    assert rows @ np.arange(401) == pytest.approx(got.purchases, rel=1e-3)


def test_silence_is_judged_by_the_own_rhythm() -> None:
    often, rarely = nbd.p_silence(STAYING, [20, 2], [200, 200], [300, 300])
    assert often < 0.01 < 0.3 < rarely
    assert nbd.p_silence(STAYING, 5, 100.0, 100.0) == 1
    assert nbd.p_silence(STAYING, 1, 40.0, 140.0) == pytest.approx(0.5**1.8)


def test_rates_are_recovered_where_nobody_leaves() -> None:
    rng = np.random.default_rng(2)
    age = rng.integers(30, 700, 20_000).astype(float)
    count = rng.poisson(rng.gamma(0.8, 1 / 60.0, len(age)) * age)
    model = nbd.fit(count, age)
    assert model.converged
    assert (model.r, model.alpha) == pytest.approx((0.8, 60.0), rel=0.06)
