"""BG/NBD with covariates: the plain model at nothing, known coefficients found and covered, time order, refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import optimize

from heartline.errors import StatisticsError
from heartline.stats import bgnbd, bgnbd_covariates
from heartline.stats.bgnbd import BgNbd
from heartline.stats.bgnbd_covariates import Covaried, Histories, at, expected_purchases, fit, log_likelihoods

TRUTH = BgNbd(0.8, 60.0, 0.8, 3.0)
RATE, STAY = np.array([0.4, -0.2]), np.array([0.5, 0.0])


def drawn(
    seed: int, customers: int, rate: np.ndarray = RATE, stay: np.ndarray = STAY
) -> tuple[Histories, Histories, np.ndarray]:
    """(histories at a day, histories later, covariates in steps of half a standard deviation) under TRUTH."""
    rng = np.random.default_rng(seed)
    z = np.round(2 * rng.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], customers)) / 2
    age = rng.integers(60, 540, customers).astype(float)
    ahead = 180.0
    buying = rng.gamma(TRUTH.r, 1, customers) / (TRUTH.alpha * np.exp(-(z @ rate)))
    leaving = rng.beta(TRUTH.a * np.exp(-(z @ stay)), TRUTH.b)
    found = np.zeros((4, customers))
    clock, active = np.zeros(customers), np.arange(customers)
    while len(active):
        clock[active] += rng.exponential(1.0, len(active)) / np.maximum(buying[active], 1e-300)
        active = active[clock[active] <= age[active] + ahead]
        early = active[clock[active] <= age[active]]
        found[0, early] += 1
        found[1, early] = clock[early]
        found[2, active] += 1
        found[3, active] = clock[active]
        active = active[rng.random(len(active)) >= leaving[active]]
    return Histories(found[0], found[1], age), Histories(found[2], found[3], age + ahead), z


def test_without_coefficients_it_is_the_published_model(shared_data: Path) -> None:
    path = shared_data / "cdnow" / "cdnow_customers_summary.csv"
    cdnow = Histories(*np.genfromtxt(path, delimiter=",", skip_header=1)[:, 1:].T)
    plain, none = bgnbd.fit(*cdnow), fit(cdnow, np.zeros((2357, 0)))
    assert none.base.parameters == pytest.approx(plain.parameters, rel=1e-6)
    assert none.base.parameters == pytest.approx([0.243, 4.414, 0.793, 2.426], rel=0.01)
    assert none.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert none.base.standard_errors == pytest.approx(plain.standard_errors, rel=1e-4)
    # coefficients given as nothing are the same, whatever the covariates
    given = fit(cdnow, np.random.default_rng(1).normal(size=(2357, 2)), given=(np.zeros(2), np.zeros(2)))
    assert given.base.parameters == pytest.approx(plain.parameters, rel=1e-5)


@pytest.mark.parametrize("landmark", [False, True])
def test_coefficients_are_found_without_bias_and_covered(landmark: bool) -> None:
    estimates, inside = [], []
    truth = np.concatenate([RATE, STAY])
    for seed in range(24):
        before, after, z = drawn(seed, 4000)
        model = fit(after, z, before=before if landmark else None)
        assert model.converged
        found = np.concatenate([model.rate, model.stay])
        errors = np.concatenate([model.rate_errors, model.stay_errors])
        estimates.append(found)
        inside.append(np.abs(found - truth) <= 1.645 * errors)
    spread = np.std(estimates, axis=0, ddof=1) / np.sqrt(len(estimates))
    assert np.all(np.abs(np.mean(estimates, axis=0) - truth) < 3.3 * spread)
    assert np.abs(np.mean(estimates, axis=0) - truth).max() < 0.08
    assert 0.8 <= np.mean(inside) <= 0.98


def test_gradient_is_that_of_the_likelihood() -> None:
    _, after, z = drawn(3, 300)
    distinct, kind = bgnbd_covariates.kinds(z)
    rows = bgnbd_covariates._Rows.of(*after, np.ones(300), kind, len(distinct))

    def value(parameters: np.ndarray) -> float:
        alpha, a = np.exp(parameters[1] - distinct @ RATE), np.exp(parameters[2] - distinct @ STAY)
        return rows.likelihood(np.exp(parameters[0]), alpha, a, np.exp(parameters[3]))[0]

    where = np.log(TRUTH.parameters)
    _, d_r, d_alpha, d_a, d_b = rows.likelihood(
        TRUTH.r, TRUTH.alpha * np.exp(-(distinct @ RATE)), TRUTH.a * np.exp(-(distinct @ STAY)), TRUTH.b
    )
    ours = [d_r * TRUTH.r, d_alpha @ (TRUTH.alpha * np.exp(-(distinct @ RATE))),
            d_a @ (TRUTH.a * np.exp(-(distinct @ STAY))), d_b * TRUTH.b]  # fmt: skip
    assert ours == pytest.approx(optimize.approx_fprime(where, value, 1e-6), rel=1e-3, abs=1e-2)
    # the likelihood of each customer adds up to that of all
    model = Covaried(TRUTH, RATE, STAY, 0.0, 300.0, np.full((8, 8), np.nan), True, "")
    assert log_likelihoods(model, after, z).sum() == pytest.approx(value(where))


def test_only_what_came_after_counts() -> None:
    """Whoever measures z by what was bought before finds much in the whole history and nothing in what came after."""
    before, after, _ = drawn(5, 4000, np.zeros(2), np.zeros(2))
    bought = np.asarray(before.frequency)
    leaked = ((bought - bought.mean()) / bought.std())[:, None]
    whole, later = fit(after, leaked), fit(after, leaked, before=before)
    assert whole.rate[0] > 0.3
    assert abs(later.rate[0]) < 3 * later.rate_errors[0]
    assert abs(later.rate[0]) < 0.15


def test_who_is_told_to_buy_more_is_expected_to_and_does() -> None:
    before, after, z = drawn(8, 20_000)
    model = fit(before, z)
    bought = np.asarray(after.frequency) - np.asarray(before.frequency)
    said = expected_purchases(model.base, (model.rate, model.stay), z, before, 180.0)
    plain = bgnbd.expected_purchases(bgnbd.fit(*before), *before, 180.0)
    assert said.sum() == pytest.approx(bought.sum(), rel=0.05)
    for low, high in ((-9, -1), (-0.5, 0.5), (1, 9)):
        group = (z[:, 0] >= low) & (z[:, 0] <= high)
        assert said[group].sum() == pytest.approx(bought[group].sum(), rel=0.1)
    assert np.mean((said - bought) ** 2) < np.mean((plain - bought) ** 2)
    usual = at(model.base, model.rate, model.stay, np.zeros(2))
    assert usual.parameters == pytest.approx(model.base.parameters)


def test_impossible_input_is_refused() -> None:
    before, after, z = drawn(1, 50)
    with pytest.raises(StatisticsError, match="covariates"):
        fit(after, z[:10])
    with pytest.raises(StatisticsError, match="shrank"):
        fit(before, z, before=after)
    with pytest.raises(StatisticsError, match="repeat purchase"):
        fit(Histories([0.0, 0.0], [0.0, 0.0], [5.0, 9.0]), np.zeros((2, 1)))
