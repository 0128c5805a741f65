"""Alpha and omega: published formulas, planted factors, coverage of the intervals, and what must not change them."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.reliability import alpha, alpha_of, loadings_of, omega, omega_of


def matrix(loadings, rests):
    loadings = np.asarray(loadings, float)
    return np.outer(loadings, loadings) + np.diag(rests)


@pytest.mark.parametrize(("k", "r"), [(2, 0.5), (3, 0.6), (9, 0.3)])
def test_alike_items_give_spearman_and_browns_formula(k, r):
    # k items that correlate by r: k r / (1 + (k - 1) r), Spearman (1910) and Brown (1910)
    correlations = np.full((k, k), r) + (1 - r) * np.eye(k)
    known = k * r / (1 + (k - 1) * r)
    assert alpha_of(correlations) == pytest.approx(known)
    if k > 2:
        assert omega_of(correlations) == pytest.approx(known)


def test_items_of_yes_and_no_give_kuder_and_richardsons_formula():
    # KR-20: k / (k - 1) (1 - Σ p q / variance of the sum)
    answers = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0], [1, 1, 1, 0]], float)
    p = answers.mean(axis=0)
    known = 4 / 3 * (1 - (p * (1 - p)).sum() / answers.sum(axis=1).var())
    assert alpha(answers).value == pytest.approx(known)


def test_a_planted_factor_comes_back_and_omega_is_not_below_alpha():
    loadings, rests = np.array([0.9, 0.7, 0.4, 0.6]), np.array([0.3, 0.5, 0.8, 0.6])
    covariance = matrix(loadings, rests)
    np.testing.assert_allclose(loadings_of(covariance), loadings, atol=1e-6)
    known = loadings.sum() ** 2 / (loadings.sum() ** 2 + rests.sum())
    assert omega_of(covariance) == pytest.approx(known, abs=1e-6)
    assert alpha_of(covariance) < known  # alpha is a lower bound where loadings differ (Novick & Lewis 1967)


@pytest.mark.parametrize("coefficient", [alpha, omega])
@pytest.mark.parametrize("coarse", [False, True])
def test_nine_of_ten_intervals_hold_the_truth(coefficient, coarse):
    rng = np.random.default_rng(11)

    def company(n):
        bond = rng.standard_normal(n) - 0.8 * (rng.random(n) < 0.3)
        answers = np.outer(bond, [0.9, 0.8, 0.6]) + rng.standard_normal((n, 3)) * [0.5, 0.6, 0.8]
        return np.clip(np.rint(4.5 + 1.3 * answers), 1, 7) if coarse else answers

    truth = coefficient(company(400_000)).value
    held = [(one := coefficient(company(150))).low <= truth <= one.high for _ in range(300)]
    assert 0.85 <= np.mean(held) <= 0.95


def test_where_the_scale_begins_and_how_long_it_is_makes_no_difference():
    rng = np.random.default_rng(4)
    answers = rng.integers(1, 8, (80, 1)) + rng.integers(-1, 2, (80, 4))
    for coefficient in (alpha, omega):
        one, other = coefficient(answers), coefficient(10 * answers - 3)
        assert (other.value, other.low, other.high) == pytest.approx((one.value, one.low, one.high), rel=1e-6)
        assert coefficient(answers[:, ::-1]).value == pytest.approx(one.value, abs=1e-8)
        more = coefficient(np.tile(answers, (10, 1)))
        assert more.value == pytest.approx(one.value, abs=0.01)
        assert more.high - more.low < 0.5 * (one.high - one.low)


def test_what_cannot_be_told_is_not_told():
    same = np.ones((10, 3))
    assert np.isnan(alpha(same).value)
    assert np.isnan(omega(np.eye(2)[[0, 1, 0]]).value)
    assert np.isnan(alpha(np.ones((1, 3))).value)
    unlike = np.random.default_rng(1).standard_normal((500, 3))
    assert alpha(unlike).low < 0.1
    with pytest.raises(StatisticsError, match="none missing"):
        alpha(np.array([[1.0, np.nan], [1, 2]]))
