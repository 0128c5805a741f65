"""Differences between matched shares by hand and over many draws without any difference."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.stats.matched import matched_difference


def test_others_are_spread_over_strata_as_the_first_are():
    # 30 of 60 and 10 of 40 against 20 of 200 and 100 of 500: (40 - 60 * 0.1 - 40 * 0.2) / 100
    found = matched_difference([60, 40], [30, 10], [200, 500], [20, 100])
    assert found is not None
    assert (found.met, found.met_others) == (pytest.approx(0.4), pytest.approx(0.14))
    assert found.value == pytest.approx(0.26)
    assert found.low < 0.26 < found.high
    assert (found.matched, found.others) == (100, 700)
    assert found.p < 1e-6


def test_who_has_nobody_alike_is_left_out():
    found = matched_difference([60, 40], [30, 10], [200, 0], [20, 0])
    assert found is not None
    assert found.value == pytest.approx(0.4)
    assert found.matched == 60
    assert matched_difference([5], [1], [0], [0]) is None


def test_none_of_a_few_is_no_proof():
    found = matched_difference([20], [0], [2000], [100])
    assert found is not None
    assert found.p > 0.2  # 0.95 ** 20 is 0.36
    assert found.high > 0


def test_chance_alone_is_found_as_often_as_it_says():
    rng = np.random.default_rng(4)
    hits, inside = 0, 0
    for _ in range(600):
        a, b = rng.binomial([80, 40], [0.1, 0.3]), rng.binomial([900, 300], [0.1, 0.3])
        found = matched_difference([80, 40], a, [900, 300], b)
        assert found is not None
        hits += found.p < 0.1
        inside += found.low <= 0 <= found.high
    assert 0.05 < hits / 600 < 0.14
    assert inside / 600 > 0.86
