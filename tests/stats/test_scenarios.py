"""Scenarios: means that are exact, ends where intervals say, and nothing that hangs on anything else's name."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.stats.scenarios import around, centred, evenly, share


def test_draws_are_spread_evenly_and_hang_on_their_name() -> None:
    drawn = evenly("lift of a", 200)
    assert np.sort(drawn) == pytest.approx((np.arange(200) + 0.5) / 200)
    assert (evenly("lift of a", 200) == drawn).all()
    assert abs(np.corrcoef(drawn, evenly("lift of b", 200))[0, 1]) < 0.2


def test_an_estimate_keeps_its_middle_and_both_ends() -> None:
    drawn = around("x", 4000, 2.0, 1.0, 2.5)
    assert np.quantile(drawn, [0.05, 0.5, 0.95]) == pytest.approx([1.0, 2.0, 2.5], abs=0.01)


@pytest.mark.parametrize("mean", [0.0, 0.2, 0.5, 0.9, 1.0])
def test_a_share_has_its_mean_and_stays_one(mean: float) -> None:
    drawn = share("a", 2000, mean, "all", 0.5)
    assert drawn.mean() == pytest.approx(mean, abs=0.002)
    assert drawn.min() >= 0.0
    assert drawn.max() <= 1.0
    if mean == 0.5:
        assert np.quantile(drawn, [0.1, 0.9]) == pytest.approx([0.1, 0.9], abs=0.005)


def test_shares_go_together_as_far_as_they_are_alike() -> None:
    together = np.corrcoef(share("a", 4000, 0.5, "all", 0.5), share("b", 4000, 0.5, "all", 0.5))[0, 1]
    assert together == pytest.approx(0.48, abs=0.06)
    assert share("a", 50, 0.5, "all", 1.0) == pytest.approx(share("b", 50, 0.5, "all", 1.0))


def test_products_have_the_mean_of_their_factors() -> None:
    a, b = evenly("a", 30), np.stack([evenly("b", 30), around("c", 30, 0.0, -1.0, 1.0)])
    drawn = centred(a * b, a.mean() * b.mean(axis=1))
    assert drawn.mean(axis=1) == pytest.approx([0.25, 0.0], abs=1e-12)
    assert np.corrcoef(drawn[0], a * b[0])[0, 1] == pytest.approx(1.0)
