"""Means of clustered values: by hand, against plain formulas, and coverage when clusters are alike inside."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.clusters import clustered_mean, clustered_share, spread_of_clusters
from heartline.stats.intervals import wilson_interval
from heartline.stats.shrinkage import fit_normal


def sums(values: np.ndarray, cluster: np.ndarray) -> tuple[float, ...]:
    n = np.bincount(cluster)
    total = np.bincount(cluster, weights=values)[n > 0]
    n = n[n > 0]
    return len(n), n.sum(), total.sum(), (n**2).sum(), (total**2).sum(), (n * total).sum()


def test_clusters_of_one_give_the_plain_standard_error():
    values = np.array([0.1, 0.4, -0.2, 0.9, 0.3])
    mean, low, high = clustered_mean(*([each] for each in sums(values, np.arange(5))))
    # One mean is its own pool, so mixing changes only the degrees of freedom: t with 5 is 2.0150.
    assert mean[0] == pytest.approx(values.mean())
    assert high[0] - mean[0] == pytest.approx(2.0150 * values.std(ddof=1) / np.sqrt(5), rel=1e-4)
    assert mean[0] - low[0] == pytest.approx(high[0] - mean[0])


def test_two_clusters_by_hand():
    # Clusters (1, 1) and (0): mean 2/3; deviations of sums 2 - 4/3 and 0 - 2/3; variance 2 / 1 · (4/9 + 4/9) / 9.
    mean, low, _ = clustered_mean(*([each] for each in sums(np.array([1.0, 1.0, 0.0]), np.array([0, 0, 1]))))
    assert mean[0] == pytest.approx(2 / 3)
    assert mean[0] - low[0] == pytest.approx(2.9200 * np.sqrt(2 * 8 / 9 / 9), rel=1e-4)  # t with 2: 2.9200


def test_agreement_of_two_is_no_proof_when_others_disagree():
    same, mixed = np.array([0.5, 0.5]), np.array([0.9, -0.9, 0.1, -0.4])
    both = np.array([sums(same, np.arange(2)), sums(mixed, np.arange(4))]).T
    mean, low, high = clustered_mean(*both)
    assert high[0] - low[0] > 0.1
    assert mean[0] == pytest.approx(0.5)


def test_what_cannot_be_known_is_not_a_number():
    mean, low, high = clustered_mean([0, 1], [0, 3], [0.0, 1.2], [0, 9], [0.0, 1.44], [0.0, 3.6])
    assert np.isnan([mean[0], low[0], high[0], low[1], high[1]]).all()
    assert mean[1] == pytest.approx(0.4)
    with pytest.raises(StatisticsError, match="between 0 and 1"):
        clustered_mean([2], [2], [1.0], [2], [1.0], [1.0], level=90)


def test_coverage_is_kept_where_independence_would_lose_it():
    rng = np.random.default_rng(1)
    hits = naive = 0
    for _ in range(300):
        cluster = np.repeat(np.arange(30), 8)
        values = rng.normal(0, 1, 30)[cluster] + rng.normal(0, 1, 240)
        _, low, high = clustered_mean(*([each] for each in sums(values, cluster)))
        hits += low[0] <= 0 <= high[0]
        naive += abs(values.mean()) <= 1.645 * values.std() / np.sqrt(240)
    assert 0.86 <= hits / 300 <= 0.94
    assert naive / 300 < 0.75


def test_the_spread_from_sums_equals_the_spread_from_groups():
    rng = np.random.default_rng(2)
    cluster = rng.integers(0, 50, 400)
    values = rng.normal(0, 0.4, 50)[cluster] + rng.normal(0.2, 0.7, 400)
    n = np.bincount(cluster, minlength=50)
    total, squares = (np.bincount(cluster, weights=each, minlength=50) for each in (values, values**2))
    seen = n > 0
    inside, means = (squares[seen] - total[seen] ** 2 / n[seen]).sum(), (total[seen] ** 2 / n[seen]).sum()
    ours = spread_of_clusters(seen.sum(), n.sum(), total.sum(), (n**2).sum(), inside, means)
    theirs = fit_normal(n, total, squares)
    assert ours.between == pytest.approx(theirs.between)
    assert ours.within == pytest.approx(theirs.within)
    assert ours.mean == pytest.approx(values.mean())
    with pytest.raises(StatisticsError, match="two clusters"):
        spread_of_clusters(5, 5, 1.0, 5, 0.0, 1.0)


def test_a_share_of_repeated_tries_is_known_as_well_as_the_people_who_made_them():
    rng = np.random.default_rng(11)
    held = plain = 0
    for _ in range(400):
        size = rng.integers(1, 12, 150).astype(float)
        hits = rng.binomial(size.astype(int), rng.beta(0.6, 0.9, 150)).astype(
            float
        )  # people who nearly always, or never
        low, high = (
            float(bound)
            for bound in clustered_share(size.sum(), hits.sum(), (size**2).sum(), (hits**2).sum(), (size * hits).sum())[
                1:
            ]
        )
        held += low <= 0.4 <= high
        share, base = hits.sum() / size.sum(), size.sum()
        plain += abs(share - 0.4) <= 1.645 * (share * (1 - share) / base) ** 0.5
    assert 0.86 <= held / 400 <= 0.94
    assert plain / 400 < 0.75  # tries taken as independent hold far less often than they say


def test_one_try_each_is_wilsons_interval_and_nobody_is_not_a_number():
    found = clustered_share([40.0, 5.0, 0.0], [16.0, 0.0, 0.0], [40.0, 5.0, 0.0], [16.0, 0.0, 0.0], [16.0, 0.0, 0.0])
    for ours, theirs in zip(found, wilson_interval([16.0, 0.0, 0.0], [40.0, 5.0, 0.0]), strict=True):
        assert ours == pytest.approx(theirs, nan_ok=True)
