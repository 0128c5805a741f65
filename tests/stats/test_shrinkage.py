"""Empirical Bayes: known truth, then rules."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats import shrinkage


def _groups(rng: np.random.Generator, groups: int) -> tuple[np.ndarray, ...]:
    n = rng.integers(1, 12, groups)
    truth = rng.normal(0.3, 0.5, groups)
    which = np.repeat(np.arange(groups), n)
    values = rng.normal(truth[which], 0.8)
    return truth, n, np.bincount(which, values), np.bincount(which, values**2)


@pytest.mark.parametrize(("groups", "tolerance"), [(300, 0.25), (30_000, 0.03)])
def test_normal_variances_are_recovered(groups: int, tolerance: float) -> None:
    _, n, total, squares = _groups(np.random.default_rng(1), groups)
    prior = shrinkage.fit_normal(n, total, squares)
    assert prior.mean == pytest.approx(0.3, abs=tolerance)
    assert prior.between == pytest.approx(0.25, rel=tolerance)
    assert prior.within == pytest.approx(0.64, rel=tolerance)


def test_posterior_beats_raw_means_and_its_spread_is_honest() -> None:
    truth, n, total, squares = _groups(np.random.default_rng(2), 20_000)
    prior = shrinkage.fit_normal(n, total, squares)
    mean, sd = shrinkage.posterior_normal(prior, n, total)
    assert np.mean((mean - truth) ** 2) < 0.75 * np.mean((total / n - truth) ** 2)
    assert np.mean(np.abs(mean - truth) < 1.645 * sd) == pytest.approx(0.9, abs=0.01)


def test_no_evidence_gives_the_prior() -> None:
    prior = shrinkage.NormalPrior(2.0, 4.0, 9.0, 10)
    mean, sd = shrinkage.posterior_normal(prior, [0, 9], [0.0, 0.0])
    assert mean[0] == 2.0
    assert sd[0] == 2.0
    # precision 1/4 + 9/9
    assert mean[1] == pytest.approx(0.5 / 1.25)
    assert sd[1] == pytest.approx(np.sqrt(1 / 1.25))


def test_groups_that_do_not_differ_shrink_to_one_mean() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(5, 1, (50, 40)) - rng.normal(0, 0.0, (50, 1))
    values -= values.mean(axis=1, keepdims=True) - 5
    prior = shrinkage.fit_normal(np.full(50, 40), values.sum(axis=1), (values**2).sum(axis=1))
    assert prior.between == 0
    assert shrinkage.posterior_normal(prior, [3], [99.0])[0][0] == pytest.approx(5)


def test_gamma_poisson_recovers_and_weights_equal_repetition() -> None:
    rng = np.random.default_rng(4)
    days = rng.integers(10, 400, 40_000).astype(float)
    count = rng.poisson(rng.gamma(0.8, 1 / 20.0, len(days)) * days)
    prior = shrinkage.fit_gamma_poisson(count, days)
    assert prior.converged
    assert (prior.first, prior.second) == pytest.approx((0.8, 20.0), rel=0.05)
    pairs, weight = np.unique(np.stack([count, days], axis=1), axis=0, return_counts=True)
    grouped = shrinkage.fit_gamma_poisson(*pairs.T, weight)
    assert (grouped.first, grouped.second) == pytest.approx((prior.first, prior.second), rel=1e-6)


def test_posterior_rate_is_conjugate() -> None:
    prior = shrinkage.Prior(2.0, 10.0, 5, True, "")
    mean, sd = shrinkage.posterior_rate(prior, [0, 8], [0.0, 30.0])
    assert mean == pytest.approx([0.2, 0.25])
    assert sd == pytest.approx([np.sqrt(2) / 10, np.sqrt(10) / 40])


def test_equal_rates_do_not_converge_but_keep_the_common_rate() -> None:
    rng = np.random.default_rng(6)
    days = np.full(3000, 100.0)
    count = np.round(np.full(3000, 5.0) + rng.integers(-1, 2, 3000))
    prior = shrinkage.fit_gamma_poisson(count, days)
    assert not prior.converged
    assert prior.first / prior.second == pytest.approx(count.mean() / 100, rel=0.02)


def test_beta_binomial_recovers_and_shrinks() -> None:
    rng = np.random.default_rng(5)
    trials = rng.integers(1, 30, 40_000)
    hits = rng.binomial(trials, rng.beta(2.0, 6.0, len(trials)))
    prior = shrinkage.fit_beta_binomial(hits, trials)
    assert prior.converged
    assert (prior.first, prior.second) == pytest.approx((2.0, 6.0), rel=0.05)
    share, sd = shrinkage.posterior_share(prior, [0, 1, 20], [0, 1, 20])
    assert share[0] == pytest.approx(prior.first / (prior.first + prior.second))
    assert share[0] < share[1] < share[2] < 1
    assert np.all(np.diff(sd) < 0) or sd[2] < sd[0]


def test_refuses_what_carries_nothing() -> None:
    with pytest.raises(StatisticsError):
        shrinkage.fit_normal([1, 1], [1.0, 2.0], [1.0, 4.0])
    with pytest.raises(StatisticsError):
        shrinkage.fit_gamma_poisson([0, 0], [10.0, 20.0])
    with pytest.raises(StatisticsError):
        shrinkage.fit_beta_binomial([3], [2])


def test_the_largest_of_many_uncertain_estimates_is_no_longer_too_large() -> None:
    """Of 18 estimates the one that looks best is taken, 3,000 times: shrunken it is right, as it came it is not."""
    rng = np.random.default_rng(11)
    raw, better, held = [], [], []
    for _ in range(3000):
        truth = 1.0 + 0.8 * rng.standard_normal(18)
        errors = rng.uniform(0.4, 1.6, 18)
        found = truth + errors * rng.standard_normal(18)
        mean, error = shrinkage.shrunken_estimates(found, errors)
        raw.append(found[np.argmax(found)] - truth[np.argmax(found)])
        at = int(np.argmax(mean))
        better.append(mean[at] - truth[at])
        held.append(abs(mean[at] - truth[at]) < 1.645 * error[at])
    assert np.mean(raw) > 1.0
    assert abs(np.mean(better)) < 0.15
    assert np.mean(held) > 0.84


def test_certain_estimates_and_few_are_left_as_they_are() -> None:
    y = np.array([1.0, 2.0, 5.0])
    mean, error = shrinkage.shrunken_estimates(y, np.full(3, 1e-9))
    assert mean == pytest.approx(y)
    assert error == pytest.approx(np.full(3, 1e-9), rel=1e-3)
    assert shrinkage.shrunken_estimates(y[:2], np.ones(2))[0] == pytest.approx(y[:2])
    # no more apart than chance makes them: all are told the same
    mean, _ = shrinkage.shrunken_estimates(np.array([1.0, 1.1, 0.9, 1.0]), np.ones(4))
    assert mean == pytest.approx(np.ones(4))
