"""Curves of diminishing returns: by hand, and against a search over all concave curves."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from heartline.errors import StatisticsError
from heartline.stats.responses import concave_fit, diminishing, given


def test_each_further_unit_keeps_its_share() -> None:
    assert diminishing(0.2, 3, 0.5) == pytest.approx([0.2, 0.3, 0.35])
    assert diminishing(0.2, 3, 1.0) == pytest.approx([0.2, 0.4, 0.6])
    assert diminishing(0.2, 3, 0.0) == pytest.approx([0.2, 0.2, 0.2])


def test_points_are_kept_and_joined_by_straight_lines() -> None:
    assert given({2: 0.1, 4: 0.4}, 5) == pytest.approx([0.05, 0.1, 0.25, 0.4, 0.4])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_fit_is_the_best_of_all_concave_rising_curves(seed: int) -> None:
    rng = np.random.default_rng(seed)
    used = rng.integers(1, 6, 30).astype(float)
    lift = np.sqrt(used) + 0.6 * rng.standard_normal(30)
    weight = rng.uniform(0.5, 2.0, 30)
    curve = concave_fit(used, lift, 5, weight)
    steps = np.diff(curve, prepend=0.0)
    assert (steps >= -1e-12).all()
    assert (np.diff(steps) <= 1e-9).all()

    def loss(values: np.ndarray) -> float:
        return float((weight * (values[used.astype(int) - 1] - lift) ** 2).sum())

    rules = [{"type": "ineq", "fun": lambda v: np.diff(v, prepend=0.0)},
             {"type": "ineq", "fun": lambda v: -np.diff(np.diff(v, prepend=0.0))}]  # fmt: skip
    other = minimize(loss, np.sqrt(np.arange(1, 6)), constraints=rules, method="SLSQP", options={"ftol": 1e-14})
    assert loss(curve) == pytest.approx(other.fun, rel=1e-6)


def test_nothing_is_promised_beyond_what_was_tried() -> None:
    curve = concave_fit(np.array([1.0, 2.0]), np.array([0.1, 0.18]), 4)
    assert curve == pytest.approx([0.1, 0.18, 0.18, 0.18])


@pytest.mark.parametrize(
    "wrong",
    [lambda: diminishing(0.1, 2, 1.5), lambda: diminishing(0.1, 61, 0.5), lambda: given({}, 3),
     lambda: given({0: 0.1}, 3), lambda: concave_fit(np.array([0.0]), np.array([0.1]), 3)],
)  # fmt: skip
def test_what_makes_no_curve_is_refused(wrong) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(StatisticsError):
        wrong()
