"""BG/NBD: published figures first, then known truth, then rules that must hold whatever the data."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate, stats

from heartline.errors import StatisticsError
from heartline.stats import bgnbd
from heartline.stats.bgnbd import BgNbd

PUBLISHED = (0.243, 4.414, 0.793, 2.426)
TRUTH = BgNbd(0.5, 30.0, 0.9, 3.0)


@pytest.fixture(scope="module")
def cdnow(shared_data: Path) -> np.ndarray:
    path = shared_data / "cdnow" / "cdnow_customers_summary.csv"
    return np.genfromtxt(path, delimiter=",", skip_header=1)[:, 1:].T


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    age = rng.integers(30, 700, 3000).astype(float)
    x, t_x, _ = bgnbd.simulate(TRUTH, age, rng)
    return x, t_x, age


def test_parameters_of_fader_hardie_lee_2005(cdnow: np.ndarray) -> None:
    model = bgnbd.fit(*cdnow)
    assert model.converged
    assert model.parameters == pytest.approx(PUBLISHED, rel=0.01)
    assert model.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert model.n == 2357


def test_forecasts_of_the_paper_and_its_successors(cdnow: np.ndarray) -> None:
    model = bgnbd.fit(*cdnow)
    assert bgnbd.expected_purchases(model, 2, 30.43, 38.86, 39)[0] == pytest.approx(1.226, abs=0.001)
    weeks = [0.1429, 1, 3, 31.8571, 32, 78]
    assert bgnbd.expected_purchases_new(model, weeks) == pytest.approx(
        [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576], abs=5e-4
    )


@pytest.mark.parametrize(("customers", "tolerance"), [(2_000, 0.45), (60_000, 0.10)])
def test_recovers_a_known_truth_tighter_with_more_customers(customers: int, tolerance: float) -> None:
    rng = np.random.default_rng(11)
    age = rng.integers(60, 720, customers).astype(float)
    model = bgnbd.fit(*bgnbd.simulate(TRUTH, age, rng)[:2], age)
    assert model.converged
    assert model.parameters == pytest.approx(TRUTH.parameters, rel=tolerance)
    # the standard errors must explain the distance to the truth
    assert np.all(np.abs(model.parameters - TRUTH.parameters) < 3.5 * model.standard_errors)


def test_weights_equal_repetition(drawn: tuple[np.ndarray, ...]) -> None:
    unique, count = np.unique(np.stack(drawn, axis=1), axis=0, return_counts=True)
    assert len(unique) < len(drawn[0])
    long, short = bgnbd.fit(*drawn), bgnbd.fit(*unique.T, count)
    assert short.parameters == pytest.approx(long.parameters, rel=1e-6)
    assert short.log_likelihood == pytest.approx(long.log_likelihood, rel=1e-9)


def test_rescaling_time_leaves_forecasts_alone(drawn: tuple[np.ndarray, ...]) -> None:
    x, t_x, age = drawn
    days, years = bgnbd.fit(x, t_x, age), bgnbd.fit(x, t_x / 365, age / 365)
    assert years.alpha * 365 == pytest.approx(days.alpha, rel=1e-5)
    in_days = bgnbd.expected_purchases(days, x, t_x, age, 90)
    assert bgnbd.expected_purchases(years, x, t_x / 365, age / 365, 90 / 365) == pytest.approx(in_days, rel=1e-5)


def test_forecast_grows_with_the_horizon_and_is_nothing_at_zero(drawn: tuple[np.ndarray, ...]) -> None:
    x, t_x, age = (each[:200] for each in drawn)
    steps = [bgnbd.expected_purchases(TRUTH, x, t_x, age, h) for h in (0, 1, 30, 365, 3650)]
    assert np.all(steps[0] == 0)
    assert all(np.all(later > earlier) for earlier, later in pairwise(steps))


@pytest.mark.parametrize("a", [0.2, 0.99995, 1.0, 1.0002, 3.0])
@pytest.mark.parametrize("x", [0, 1, 40, 1500])
@pytest.mark.parametrize("horizon", [0.01, 39.0, 5000.0])
def test_closed_form_equals_integration(a: float, x: int, horizon: float) -> None:
    """E = mean over p of (1 - (beta / (beta + p t))^(r + x)) / p, p being beta(a, b + x): no 2F1 involved."""
    model, age = BgNbd(0.24, 4.4, a, 2.4), 700.0
    beta = stats.beta(a, model.b + x)

    def integrand(share: float) -> float:
        p = beta.ppf(share)
        p = max(p, 1e-280)
        return -np.expm1(-(model.r + x) * np.log1p(p * horizon / (model.alpha + age))) / p

    expected = integrate.quad(integrand, 0, 1, limit=400, epsrel=1e-9)[0]
    got = bgnbd._expected_while_alive(model, np.array([float(x)]), np.array([age]), np.array([horizon]))[0]
    assert got == pytest.approx(expected, rel=2e-4)


def test_where_the_series_fails_the_sum_takes_over_and_both_agree_elsewhere() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        model = BgNbd(*np.exp(rng.uniform([-3, -3, -4, -3], [3, 6, 3, 5])))
        x, t = np.array([float(rng.integers(0, 40))]), np.array([500.0])
        one = bgnbd._expected_while_alive(model, x, t, np.array([200.0]))[0]
        assert one == pytest.approx(bgnbd._summed_while_alive(model, x, t, np.array([200.0]))[0], rel=1e-6)
    # here Gauss's series is beyond double precision
    extreme = BgNbd(30.485, 3.613, 233.945, 7.380)
    got = bgnbd.expected_purchases_new(extreme, [161.7])[0]
    assert got == pytest.approx(1 + 7.38 / 241.325, rel=0.01)


def test_count_probabilities_sum_to_one_and_agree_with_the_expectation(drawn: tuple[np.ndarray, ...]) -> None:
    x, t_x, age = (each[:300] for each in drawn)
    rows = bgnbd.count_probabilities(TRUTH, x, t_x, age, 120.0, 250)
    assert rows.sum(axis=1) == pytest.approx(np.ones(300))
    assert np.all(rows >= 0)
    assert rows @ np.arange(251) == pytest.approx(bgnbd.expected_purchases(TRUTH, x, t_x, age, 120.0), rel=1e-4)


def test_p_alive_is_one_without_a_repeat_and_falls_with_silence() -> None:
    assert bgnbd.p_alive(TRUTH, 0, 0, 400)[0] == 1
    falling = bgnbd.p_alive(TRUTH, [6, 6, 6], [100, 100, 100], [100, 200, 600])
    assert np.all(np.diff(falling) < 0)
    # one formula written out by hand: x 6, silence from 130 to 630
    assert falling[2] == pytest.approx(1 / (1 + 0.9 / 8 * (630 / 130) ** 6.5))


def test_p_alive_is_calibrated_on_simulated_customers() -> None:
    """Among customers said to be alive with 0.5 …, those who buy again must be as many as the model says."""
    rng = np.random.default_rng(3)
    age = rng.integers(100, 700, 40_000).astype(float)
    x, t_x, later = bgnbd.simulate(TRUTH, age, rng, horizon=200.0)
    said = 1 - bgnbd.count_probabilities(TRUTH, x, t_x, age, 200.0, 1)[:, 0]
    for low in (0.0, 0.2, 0.4, 0.6):
        group = (said >= low) & (said < low + 0.2)
        assert group.sum() > 300
        assert np.mean(later[group] > 0) == pytest.approx(said[group].mean(), abs=0.03)


def test_half_a_million_customers_fit_in_seconds() -> None:
    rng = np.random.default_rng(5)
    age = rng.integers(1, 720, 500_000).astype(float)
    x, t_x, _ = bgnbd.simulate(TRUTH, age, rng)
    unique, count = np.unique(np.stack([x, np.floor(t_x), age], axis=1), axis=0, return_counts=True)
    model = bgnbd.fit(*unique.T, count)
    assert model.converged
    assert model.parameters == pytest.approx(TRUTH.parameters, rel=0.1)


def test_refuses_what_cannot_be() -> None:
    with pytest.raises(StatisticsError, match="impossible"):
        bgnbd.fit([1], [50], [40])
    with pytest.raises(StatisticsError, match="repeat purchase"):
        bgnbd.fit([0, 0], [0, 0], [10, 20])
    with pytest.raises(StatisticsError, match="horizon"):
        bgnbd.expected_purchases(TRUTH, 1, 1, 2, -1)


def test_nobody_leaving_is_reported_as_not_converged() -> None:
    rng = np.random.default_rng(1)
    age = np.full(2000, 300.0)
    model = bgnbd.fit(*bgnbd.simulate(BgNbd(5.0, 100.0, 1e-9, 1.0), age, rng)[:2], age)
    assert not model.converged
    assert model.message
