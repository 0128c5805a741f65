"""Ranking, calibration and lift: by hand, against all pairs, and what they must not move by."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.ranking import (
    Ranked,
    auc,
    bounds,
    brier,
    calibration_error,
    customer_weights,
    lift,
    log_losses,
    reliability,
)

RNG = np.random.default_rng(4)
SAID = np.round(RNG.uniform(0, 1, 400), 2)
CAME = (RNG.uniform(0, 1, 400) < SAID).astype(float)


def test_auc_is_the_share_of_pairs_in_the_right_order():
    did, did_not = SAID[CAME == 1], SAID[CAME == 0]
    pairs = (did[:, None] > did_not).mean() + 0.5 * (did[:, None] == did_not).mean()
    assert auc(SAID, CAME) == pytest.approx(pairs, abs=1e-12)


def test_auc_knows_the_ends_and_the_middle():
    assert auc([0.1, 0.2, 0.3], [0, 0, 1]) == 1.0
    assert auc([0.3, 0.2, 0.1], [0, 0, 1]) == 0.0
    assert auc([0.5, 0.5, 0.5], [0, 1, 1]) == 0.5
    assert np.isnan(auc([0.5, 0.6], [1, 1]))


def test_a_weight_of_two_is_the_case_twice():
    weight = np.where(np.arange(400) % 3 == 0, 2.0, 1.0)
    twice = np.repeat(np.arange(400), weight.astype(int))
    assert Ranked(SAID, CAME).auc(weight) == pytest.approx(auc(SAID[twice], CAME[twice]), abs=1e-12)


def test_figures_by_hand():
    assert brier([0.5, 1.0], [1, 1]) == pytest.approx(0.125)
    assert log_losses([0.5], [1])[0] == pytest.approx(np.log(2))
    assert np.isfinite(log_losses([0.0], [1])).all()
    assert lift([0.9, 0.8, 0.1, 0.1], [1, 0, 0, 1], 0.25) == pytest.approx(2.0)
    assert lift([0.5] * 4, [1, 0, 0, 0], 0.25) == pytest.approx(1.0)  # all tie: no better than chance


def test_calibration_sees_what_is_said_too_high():
    honest, loud = reliability(SAID, CAME), reliability(np.minimum(SAID + 0.2, 1.0), CAME)
    assert sum(one.n for one in honest) == 400
    assert calibration_error(honest) < 0.1
    assert calibration_error(loud) > 0.15
    with pytest.raises(StatisticsError):
        reliability([0.1], [1, 0])


def test_a_customer_is_drawn_with_all_that_was_said_of_them():
    weights = customer_weights(["a", "a", "b", "c"], 50)
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, [0, 2, 3]].sum(axis=1) == 3).all()
    assert (weights == customer_weights(["a", "a", "b", "c"], 50)).all()


def test_bounds_want_numbers():
    assert bounds([np.nan, np.nan, 0.5]) == (None, None)
    low, high = bounds(np.linspace(0, 1, 101))
    assert (low, high) == pytest.approx((0.05, 0.95))
