"""Gamma-Gamma: published figures, known truth, rules."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats import gamma_gamma
from heartline.stats.gamma_gamma import GammaGamma

TRUTH = GammaGamma(6.0, 4.0, 15.0)


@pytest.fixture(scope="module")
def cdnow(shared_data: Path) -> np.ndarray:
    path = shared_data / "cdnow" / "cdnow_customers_summary_with_transactions.csv"
    rows = np.genfromtxt(path, delimiter=",", skip_header=1)
    rows = rows[rows[:, 1] > 0]
    return rows[:, [1, 4]].T


def test_parameters_of_fader_and_hardie_2013(cdnow: np.ndarray) -> None:
    model = gamma_gamma.fit(*cdnow)
    assert model.converged
    assert model.n == 946
    assert model.parameters == pytest.approx((6.25, 3.74, 15.45), rel=0.02)
    assert model.correlation == pytest.approx(0.11, abs=0.01)


def test_a_forecast_written_out_by_hand() -> None:
    assert gamma_gamma.expected_value(TRUTH, 3, 50.0) == pytest.approx(6 * (15 + 150) / (18 + 3))
    assert gamma_gamma.expected_value(TRUTH, 0, np.nan) == pytest.approx(TRUTH.mean) == pytest.approx(30.0)


@pytest.mark.parametrize(("customers", "tolerance"), [(1_500, 0.35), (60_000, 0.06)])
def test_recovers_a_known_truth(customers: int, tolerance: float) -> None:
    rng = np.random.default_rng(2)
    count = rng.geometric(0.3, customers)
    model = gamma_gamma.fit(count, gamma_gamma.simulate(TRUTH, count, rng)[0])
    assert model.converged
    assert model.parameters == pytest.approx(TRUTH.parameters, rel=tolerance)
    assert np.all(np.abs(model.parameters - TRUTH.parameters) < 3.5 * model.standard_errors)
    assert abs(model.rank_correlation) < 0.06


def test_forecast_lies_between_own_mean_and_everybodys_and_trusts_more_evidence_more() -> None:
    few, many = gamma_gamma.expected_value(TRUTH, [1, 50], [90.0, 90.0])
    assert TRUTH.mean < few < many < 90.0


def test_weights_equal_repetition_and_currency_is_a_scale() -> None:
    rng = np.random.default_rng(4)
    count = rng.geometric(0.4, 800)
    mean = np.round(gamma_gamma.simulate(TRUTH, count, rng)[0], 0) + 1
    pairs, weight = np.unique(np.stack([count, mean], axis=1), axis=0, return_counts=True)
    whole = gamma_gamma.fit(count, mean)
    grouped = gamma_gamma.fit(*pairs.T, weight)
    assert grouped.parameters == pytest.approx(whole.parameters, rel=1e-6)
    assert grouped.rank_correlation == pytest.approx(whole.rank_correlation)
    cents = gamma_gamma.fit(count, mean * 100)
    assert cents.parameters == pytest.approx(whole.parameters * [1, 1, 100], rel=1e-5)


def test_correlation_sees_a_broken_assumption() -> None:
    count = np.arange(1.0, 200.0)
    pearson, spearman = gamma_gamma.correlations(count, np.sqrt(count), np.ones_like(count))
    assert spearman == pytest.approx(1)
    assert pearson > 0.9


def test_refuses_rows_without_money() -> None:
    with pytest.raises(StatisticsError, match="impossible"):
        gamma_gamma.fit([1, 2], [10.0, 0.0])
