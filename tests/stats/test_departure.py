"""Shares of leaving: the closed form of one hurt, planted hurts while it is unsure who left, and order."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.departure import attribute


def test_one_hurt_in_one_stratum_has_a_closed_form():
    """Attributable fraction among cases: share exposed times 1 - 1 / ratio (Miettinen 1974)."""
    exposed, others, left_exposed, left_others = 4000, 16_000, 800, 1200
    hurt = np.repeat([1.0, 0.0], [exposed, others])
    left = np.zeros(len(hurt))
    left[:left_exposed] = 1.0
    left[exposed : exposed + left_others] = 1.0
    found = attribute(np.zeros(len(hurt)), left, [hurt[:, None]], [0], np.zeros((len(hurt), 0)))
    ratio = (left_exposed / exposed) / (left_others / others)
    assert np.exp(found.slopes[0]) == pytest.approx(ratio, rel=0.01)
    assert found.shares[0] == pytest.approx(left_exposed / 2000 * (1 - 1 / ratio), abs=0.003)
    low, high = np.quantile(found.draws[:, 0], [0.05, 0.95])
    assert low < found.shares[0] < high
    assert high - low < 0.06


def planted(seed: int, customers: int = 4000):
    """Months of customers in three strata; two hurts that drive away, one that does not; leaving known by silence."""
    rng = np.random.default_rng(seed)
    months = 8
    stratum = np.repeat(rng.integers(0, 3, customers), months) * months + np.tile(np.arange(months), customers)
    hurts = rng.random((customers * months, 3)) * (rng.random((customers * months, 3)) < [0.15, 0.1, 0.2])
    hazard = 0.012 * (1 + 0.5 * (stratum // months)) * np.exp(hurts @ [1.6, 1.1, 0.0])
    goes = (rng.random(len(hazard)) < hazard).reshape(customers, months)
    first = np.where(goes.any(axis=1), goes.argmax(axis=1), months)
    seen = np.arange(months)[None, :] <= first[:, None]
    gone = seen & (np.arange(months)[None, :] == first[:, None])
    # who left long ago is sure to be gone, who left lately is not; some who stay fall silent
    silence = np.where(gone, rng.beta(8, 1.2, gone.shape), 0.0)
    last = seen & (np.arange(months)[None, :] == np.minimum(first, months - 1)[:, None])
    silence = np.where(last & ~gone, rng.beta(1.0, 12.0, gone.shape), silence)
    kept = seen.reshape(-1)
    part = -np.expm1(-(hurts @ [1.6, 1.1, 0.0]))[gone.reshape(-1)]
    return stratum[kept], silence.reshape(-1)[kept], hurts[kept], float(part.mean())


def test_planted_hurts_are_found_and_nothing_else():
    found, truths, inside = [], [], []
    for seed in range(6):
        stratum, left, hurts, truth = planted(seed)
        shares = attribute(stratum, left, [hurts], [0, 0, 0], np.zeros((len(left), 0)), replicates=100)
        low, high = np.quantile(shares.draws.sum(axis=1), [0.05, 0.95])
        found.append(shares.shares)
        truths.append(truth)
        inside.append(low <= truth <= high)
    print(np.mean(found, axis=0), np.mean(truths), inside)
    assert np.sum(np.mean(found, axis=0)) == pytest.approx(np.mean(truths), abs=0.02)
    assert abs(np.mean(found, axis=0)[2]) < 0.015
    assert sum(inside) >= 4


def test_the_version_that_explains_more_is_chosen():
    stratum, left, hurts, _ = planted(1)
    shuffled = hurts[np.random.default_rng(0).permutation(len(hurts))]
    beside = np.zeros((len(left), 0))
    assert attribute(stratum, left, [shuffled, hurts], [0, 0, 0], beside, replicates=2).chosen == 1


def test_order_of_rows_and_names_of_strata_change_nothing():
    stratum, left, hurts, _ = planted(2, customers=800)
    beside = np.arange(len(left))[:, None] % 7 / 7.0
    order = np.random.default_rng(3).permutation(len(left))
    one = attribute(stratum, left, [hurts], [0, 0, 1], beside, replicates=4)
    two = attribute(100 - stratum[order], left[order], [hurts[order]], [0, 0, 1], beside[order], replicates=4)
    assert two.shares == pytest.approx(one.shares, abs=1e-9)
    assert two.weight == pytest.approx(one.weight[order], abs=1e-9)
    assert (one.weight[left == 0] == 0).all()


def test_without_leavers_or_hurts_there_is_no_share():
    with pytest.raises(StatisticsError):
        attribute([0, 0], [0.0, 0.0], [np.ones((2, 1))], [0], np.zeros((2, 0)))
    with pytest.raises(StatisticsError):
        attribute([0, 0], [1.0, 0.0], [np.ones((2, 0))], [], np.zeros((2, 0)))
