"""The published fits of Fader & Hardie (2007), known truth with and without a late start of the books, and rules."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.contracts import Sbg, fit, payments, survival

# Percent of customers still there after 0 ... 12 years, and the shapes fitted to the first seven (the paper's figures).
REGULAR = (100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3)
HIGH_END = (100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4)


def groups(percent, years=7):
    """(renewed, ended, weight) of 1,000 customers seen for some years."""
    stay = np.array(percent[: years + 1]) * 10
    left = stay[:-1] - stay[1:]
    return [*range(years), years], [1] * years + [0], [*left, stay[-1]]


@pytest.mark.parametrize(("percent", "alpha", "beta"), [(REGULAR, 0.704, 1.182), (HIGH_END, 0.668, 3.806)])
def test_the_published_shapes_and_forecast(percent, alpha, beta):
    renewed, ended, weight = groups(percent)
    model = fit(renewed, ended, weight=weight)
    assert model.converged
    assert (round(model.alpha, 3), round(model.beta, 3)) == (alpha, beta)
    ahead = 100 * survival(model, np.arange(8, 13))
    # the paper's point: five more years within two points, where a curve drawn through seven years fails
    assert np.max(np.abs(ahead - percent[8:])) < 2


def contracts(rng, count, alpha=0.8, beta=6.0):
    """Renewals that each contract will make; its own chance of ending drawn anew."""
    return rng.geometric(np.maximum(rng.beta(alpha, beta, count), 1e-9)) - 1


def test_known_truth_is_inside_the_intervals():
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(60):
        lasts, seen = contracts(rng, 800), rng.integers(1, 25, 800)
        model = fit(np.minimum(lasts, seen), (lasts < seen).astype(float))
        error = np.sqrt(np.diag(model.log_covariance))
        inside += np.abs(np.log([model.alpha / 0.8, model.beta / 6.0]) / error) < 1.645
    assert np.all(inside >= 47)  # 54 of 60 expected; fewer than 47 come once in 300
    assert np.all(inside < 60)


def test_books_that_begin_late_are_allowed_for():
    """Contracts that ended before the books began are in no file; without the entry the rest look too loyal."""
    rng = np.random.default_rng(2)
    lasts, age = contracts(rng, 40_000), rng.integers(1, 40, 40_000)
    entry = np.maximum(age - 6, 0)  # the books hold the last six periods
    kept = lasts >= entry
    n, e, n0 = np.minimum(lasts, age)[kept], (lasts < age).astype(float)[kept], entry[kept]
    allowed, naive = fit(n, e, n0), fit(n, e)
    true = survival(Sbg(0.8, 6.0, 0, 0, np.eye(2)), 12)
    assert survival(allowed, 12) == pytest.approx(true, abs=0.015)
    assert survival(naive, 12) > true + 0.05


def test_payments_are_what_a_sum_gives_and_their_bounds_hold():
    model = Sbg(0.668, 3.806, 1, 1, np.eye(2))
    expected, discounted, low, high = payments(model, [0, 3], 12, 30.4375, 0.1)
    by_hand = [sum(float(survival(model, k, n)) * 1.1 ** (-k / 12) for k in range(1, 13)) for n in (0, 3)]
    assert discounted == pytest.approx(by_hand)
    assert np.all(expected > discounted)
    rng = np.random.default_rng(3)
    chance = rng.beta(0.668, 3.806 + 3, 50_000)  # who has renewed three times
    came = np.minimum(rng.geometric(np.maximum(chance, 1e-9)) - 1, 12)
    worth = np.concatenate([[0], np.cumsum(1.1 ** (-np.arange(1, 13) / 12))])[came]
    assert np.mean((worth >= low[1] - 1e-9) & (worth <= high[1] + 1e-9)) >= 0.9
    assert np.mean(worth) == pytest.approx(discounted[1], rel=0.01)


def test_a_longer_stay_is_a_better_promise_and_none_has_none():
    model = Sbg(0.7, 1.2, 1, 1, np.eye(2))
    assert np.all(np.diff(survival(model, 5, np.arange(10))) > 0)
    assert survival(model, 0, 4) == 1
    assert all(each[0] == 0 for each in payments(model, [2], 0, 30, 0.1))


def test_where_nobody_ended_or_all_are_alike_the_simple_rule_is_named():
    nobody = fit([5, 6], [0, 0], weight=[10, 10])
    assert not nobody.converged
    assert nobody.message == "no contract has ended"
    assert survival(nobody, 1) == pytest.approx(1 - 0.5 / 111, abs=1e-6)
    rng = np.random.default_rng(4)
    lasts = rng.geometric(0.2, 4000) - 1
    alike = fit(np.minimum(lasts, 12), (lasts < 12).astype(float))
    assert survival(alike, 1) == pytest.approx(0.8, abs=0.02)


def test_input_that_cannot_be():
    with pytest.raises(StatisticsError, match="no contract has come"):
        fit([0], [0])
    with pytest.raises(StatisticsError, match="entry"):
        fit([1], [1], entry=[2])
