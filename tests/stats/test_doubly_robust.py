"""Doubly robust estimates: published E-values, simulations with a known effect, and what must not change them.

``HEARTLINE_FULL=1`` makes 200 draws of each simulation instead of 24.
"""

from __future__ import annotations

import os

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.dose import adjusted_curve, bins_of, raw_curve
from heartline.stats.doubly_robust import adjusted_ratio, between, e_value, raw_ratio
from heartline.stats.likelihood import Floats

FULL = os.environ.get("HEARTLINE_FULL") == "1"
DRAWS = 200 if FULL else 24
TRUE = 1.8


def test_e_values_as_published():
    """Breastfeeding and infant death: 3.9 (1.8 to 8.7) gives 7.26 and 3.0 (VanderWeele & Ding 2017)."""
    of, end = e_value(3.9, 1.8, 8.7)
    assert of == pytest.approx(7.26, abs=0.005)
    assert end == pytest.approx(3.0, abs=0.005)
    assert e_value(1 / 3.9, 1 / 8.7, 1 / 1.8) == pytest.approx((of, end))
    assert e_value(1.2, 0.9, 1.6)[1] == 1.0
    with pytest.raises(StatisticsError):
        e_value(0.0, 0.0, 1.0)


def drawn(seed: int, n: int = 2000) -> tuple[Floats, Floats, Floats, Floats]:
    """Covariates, group, amounts with many zeros, fold: heavy buyers are more often in the first group."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, 3))
    a = (rng.random(n) < 1 / (1 + np.exp(0.8 - 0.9 * x[:, 0] + 0.5 * x[:, 1]))).astype(np.float64)
    mean = np.exp(0.3 + 0.5 * x[:, 0] + 0.2 * x[:, 1] ** 2 + np.log(TRUE) * a)
    y = rng.poisson(mean) * rng.gamma(2.0, 10.0, n)
    return x, a, y, np.arange(n) % 5


def test_known_effect_is_found_and_intervals_cover():
    found = []
    for seed in range(DRAWS):
        x, a, y, fold = drawn(seed)
        held, raw = adjusted_ratio(x, a, y, fold), raw_ratio(a, y)
        _, low, high = held.interval(0.95)
        found.append((held.log_ratio, low <= TRUE <= high, raw.interval(0.95)[1] > TRUE))
    estimates, covered, misled = (np.array(each) for each in zip(*found, strict=True))
    bias = float(np.exp(estimates.mean()) / TRUE - 1)
    print(f"{DRAWS} draws: bias {bias:+.3f}, 95 % intervals cover {covered.mean():.3f}, raw misled {misled.mean():.2f}")
    assert abs(bias) < 0.05
    assert (0.92 <= covered.mean() <= 0.98) if FULL else covered.mean() >= 0.83
    assert misled.mean() > 0.9  # the plain ratio is wrong here


@pytest.mark.parametrize("wrong", ["outcome", "propensity"])
def test_one_wrong_model_does_no_harm(wrong: str):
    """A hidden bend in one of the two: the square and the product of two covariates are no feature of either model."""
    estimates = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((4000, 2))
        bend = np.where(x[:, 0] > 0.5, 1.0, -0.4)
        a = (rng.random(4000) < 1 / (1 + np.exp(-(bend if wrong == "propensity" else x[:, 0])))).astype(np.float64)
        y = rng.poisson(np.exp(0.5 + 0.6 * (bend if wrong == "outcome" else x[:, 0]) + np.log(TRUE) * a))
        estimates.append(adjusted_ratio(x, a, y, np.arange(4000) % 5).log_ratio)
    assert np.exp(np.mean(estimates)) == pytest.approx(TRUE, rel=0.03)


def test_without_confounding_raw_and_adjusted_agree():
    rng = np.random.default_rng(1)
    x, a = rng.standard_normal((5000, 2)), (rng.random(5000) < 0.3).astype(np.float64)
    y = rng.gamma(2.0, 1.0, 5000) * np.exp(0.4 * x[:, 0]) * np.where(a > 0, TRUE, 1.0)
    raw, held = raw_ratio(a, y), adjusted_ratio(x, a, y, np.arange(5000) % 5)
    assert held.log_ratio == pytest.approx(raw.log_ratio, abs=2 * raw.error)
    assert held.error < raw.error  # what explains the outcome makes it surer
    assert held.outside == 0.0
    assert held.effective[0] > 0.9 * a.sum()


def test_poor_overlap_is_told():
    rng = np.random.default_rng(2)
    x = rng.standard_normal((3000, 1))
    a = (x[:, 0] + 0.15 * rng.standard_normal(3000) > 0.8).astype(np.float64)
    held = adjusted_ratio(x, a, rng.poisson(2.0, 3000), np.arange(3000) % 5)
    assert held.outside > 0.5
    assert held.effective[0] < 0.6 * a.sum()


def test_between_holds_both_ends_and_takes_the_middle():
    x, a, y, fold = drawn(3)
    raw, held = raw_ratio(a, y), adjusted_ratio(x, a, y, fold)
    middle, low, high = between(held, raw)
    assert middle == pytest.approx(np.sqrt(raw.interval()[0] * held.interval()[0]))
    # far apart, each end needs only the error of one side: 1.28 standard errors at 90 %
    assert low == pytest.approx(np.exp(held.log_ratio - 1.2816 * held.error), rel=1e-3)
    assert high == pytest.approx(np.exp(raw.log_ratio + 1.2816 * raw.error), rel=1e-3)
    assert between(held, raw) == pytest.approx(between(raw, held))
    assert between(raw, raw) == pytest.approx(raw.interval())  # nothing between: the interval of chance


def test_scale_and_order_do_not_matter():
    x, a, y, fold = drawn(4)
    one = adjusted_ratio(x, a, y, fold)
    assert adjusted_ratio(x * [1.0, 7.0, 0.1] + 3, a, 100 * y, fold).log_ratio == pytest.approx(one.log_ratio, abs=1e-6)
    order = np.random.default_rng(0).permutation(len(y))
    again = adjusted_ratio(x[order], a[order], y[order], fold[order])
    assert again.log_ratio == pytest.approx(one.log_ratio, abs=1e-9)
    turned = adjusted_ratio(x, 1 - a, y, fold)
    assert turned.log_ratio == pytest.approx(-one.log_ratio, abs=1e-6)


def test_what_is_missing_is_a_covariate_of_its_own():
    x, a, y, fold = drawn(5)
    holes = x.copy()
    holes[::3, 2] = np.nan
    assert adjusted_ratio(holes, a, y, fold).log_ratio == pytest.approx(
        adjusted_ratio(x, a, y, fold).log_ratio, abs=0.05
    )


def test_too_few_and_negative_amounts_are_refused():
    with pytest.raises(StatisticsError):
        raw_ratio([1] * 5 + [0] * 50, np.ones(55))
    with pytest.raises(StatisticsError):
        raw_ratio([1] * 50 + [0] * 50, -np.ones(100))
    nothing = raw_ratio([1] * 50 + [0] * 50, np.zeros(100))
    assert np.isnan(nothing.log_ratio)


EDGES = [0.0, 30.0, 40.0, 50.0, 60.0, 70.0, 100.0]


def dosed(seed: int, n: int = 3000) -> tuple[Floats, Floats, Floats, Floats]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, 2))
    dose = np.clip(50 + 9 * x[:, 0] + 13 * rng.standard_normal(n), 0, 100)
    y = rng.poisson(np.exp(0.2 + 0.5 * x[:, 0] + 0.02 * (dose - 50))) * rng.gamma(4.0, 0.25, n)
    return x, dose, y, np.arange(n) % 5


def test_dose_response_finds_the_planted_slope():
    """E[outcome at d] = exp(0.2 + 0.125 + 0.02 (d - 50)); the plain bins are steeper, heavy ones having more of it."""
    slopes, plain, covered, values = [], [], [], []
    for seed in range(DRAWS):
        x, dose, y, fold = dosed(seed)
        curve = adjusted_curve(x, dose, y, fold, EDGES)
        trend = curve.trend(10.0)
        _, low, high = trend.interval(0.95)
        slopes.append(trend.log_ratio)
        covered.append(low <= np.exp(0.2) <= high)
        plain.append(raw_curve(dose, y, EDGES).trend(10.0).log_ratio)
        values.append(curve.value / np.exp(0.2 + 0.125 + 0.02 * (curve.dose - 50)))
    print(f"per ten points {np.exp(np.mean(slopes)):.3f} (true {np.exp(0.2):.3f}, plain {np.exp(np.mean(plain)):.3f}), "
          f"95 % intervals cover {np.mean(covered):.3f}, bins {np.round(np.mean(values, axis=0), 3)}")  # fmt: skip
    assert np.exp(np.mean(slopes) - 0.2) == pytest.approx(1, abs=0.05)
    assert np.exp(np.mean(plain) - 0.2) > 1.08
    assert (0.92 <= np.mean(covered) <= 0.98) if FULL else np.mean(covered) >= 0.83
    assert np.abs(np.mean(values, axis=0) - 1).max() < 0.06


def test_bins_are_joined_until_each_holds_enough():
    dose = np.concatenate([np.full(50, 45.0), np.full(50, 55.0), np.full(3, 95.0), np.full(3, 5.0)])
    assert bins_of(dose, EDGES, 30) == [0.0, 50.0, 100.0]
    assert bins_of(dose, EDGES, 500) == [0.0, 100.0]
    curve = raw_curve(dose, np.ones(106), [0.0, 50.0, 100.0])
    assert curve.n.tolist() == [53, 53]
    assert curve.value.tolist() == [1.0, 1.0]
