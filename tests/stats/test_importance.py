"""Importance with intervals, and penalty and reward: known truth, sums by block, and what must not matter."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.importance import importance
from heartline.stats.moments import after_controls, block_products, coefficients, correlations, slopes
from heartline.stats.penalty_reward import penalty_reward, saturation
from heartline.stats.shapley import shapley


def rows(n: int, slopes: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Drivers with a common part, an outcome, and blocks."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, len(slopes))) + 0.5 * rng.normal(size=(n, 1))
    return x, x @ slopes + rng.normal(size=n), rng.integers(0, 64, n)


def summed(x: np.ndarray, y: np.ndarray, block: np.ndarray, controls: np.ndarray | None = None) -> np.ndarray:
    held = np.ones((len(y), 1)) if controls is None else np.column_stack([np.ones(len(y)), controls])
    return block_products(np.column_stack([held, x, y]), block)


def test_sums_by_block_give_the_regression_on_rows() -> None:
    x, y, block = rows(500, np.array([0.4, 0.2, 0.0]), 1)
    control = x[:, 0] + np.random.default_rng(2).normal(size=500)
    total = summed(x, y, block, control).sum(axis=0)
    design = np.column_stack([np.ones(500), control, x])
    assert coefficients(total) == pytest.approx(np.linalg.lstsq(design, y, rcond=None)[0], abs=1e-8)
    held = design[:, :2]
    left = np.column_stack([x, y]) - held @ np.linalg.lstsq(held, np.column_stack([x, y]), rcond=None)[0]
    assert after_controls(total, 1) == pytest.approx(left.T @ left, abs=1e-6)
    between, outcome = correlations(total, 1)
    assert outcome == pytest.approx(np.corrcoef(left.T)[:3, 3], abs=1e-8)
    assert between == pytest.approx(np.corrcoef(left.T)[:3, :3], abs=1e-8)


def test_slopes_lie_in_their_intervals() -> None:
    held = 0
    for seed in range(20):
        point, low, high = slopes(summed(*rows(400, np.array([0.4, 0.2, 0.0]), seed)), 0, seed=seed)
        assert all(low <= point)
        assert all(point <= high)
        held += int(((low <= [0.4, 0.2, 0.0]) & (high >= [0.4, 0.2, 0.0])).sum())
    assert held / 60 >= 0.8


def test_weights_are_repetition() -> None:
    x, y, block = rows(200, np.array([0.4, 0.2]), 3)
    times = np.random.default_rng(4).integers(0, 4, 200)
    columns = np.column_stack([np.ones(200), x, y])
    again = np.repeat(np.arange(200), times)
    assert block_products(columns, block, times) == pytest.approx(block_products(columns[again], block[again]))


def test_intervals_hold_the_true_shares() -> None:
    slopes = np.array([0.0, 0.05, 0.1, 0.15, 0.3])
    spread = np.eye(5) + 0.25
    scale = np.sqrt(1.25)
    outcome = spread @ slopes / scale / np.sqrt(slopes @ spread @ slopes + 1)
    truth = shapley(spread / scale**2, outcome)
    held, mean = np.zeros(5), np.zeros(5)
    for seed in range(60):
        found = importance(summed(*rows(800, slopes, seed)), 0, 800, seed=seed)
        held += (found.low <= truth.share / truth.r2) & (truth.share / truth.r2 <= found.high)
        mean += found.share / 60
        assert found.share.sum() == pytest.approx(1.0)
    assert held.sum() / 300 >= 0.83  # measured 0.87 to 0.90 of 0.9
    assert mean == pytest.approx(truth.share / truth.r2, abs=0.02)


def test_controls_take_their_part_first() -> None:
    rng = np.random.default_rng(6)
    warm = rng.normal(size=2000)
    x = 0.8 * warm[:, None] + rng.normal(size=(2000, 3))  # one's own style colours every driver
    y = warm + 0.2 * x[:, 0] + rng.normal(size=2000)
    block = rng.integers(0, 64, 2000)
    naive, honest = importance(summed(x, y, block), 0, 2000), importance(summed(x, y, block, warm), 1, 2000)
    assert naive.share.max() < 0.6
    assert honest.share[0] > 0.9
    assert honest.low[0] > 0.7


def test_noise_is_seen_to_be_noise() -> None:
    p_values = []
    for seed in range(40):
        x, y, block = rows(300, np.zeros(6), seed)
        p_values.append(importance(summed(x, y, block), 0, 300, replicates=20).p_value)
    assert np.mean(np.array(p_values) < 0.1) < 0.25


def test_units_and_repeated_customers_change_no_share() -> None:
    x, y, block = rows(600, np.array([0.3, 0.2, 0.1]), 7)
    one = importance(summed(x, y, block), 0, 600)
    other = importance(summed(100 * x + 5, -3 * y + 40, block), 0, 600)
    assert other.share == pytest.approx(one.share, abs=1e-6)
    assert other.low == pytest.approx(one.low, abs=1e-6)


def test_collinear_drivers_say_so() -> None:
    rng = np.random.default_rng(8)
    turned = []
    for _ in range(10):
        x = rng.normal(size=(900, 3))
        x[:, 1] = x[:, 0] + 0.1 * rng.normal(size=900)
        y = 0.3 * x[:, 0] + rng.normal(size=900)
        found = importance(summed(x, y, rng.integers(0, 64, 900)), 0, 900)
        assert min(found.inflation[:2]) > 50
        assert found.inflation[2] < 1.1
        assert found.swaps[2] < 0.05  # far behind, and surely so
        turned.append(found.swaps[0])
    assert np.mean(turned) > 0.1  # which of the two comes first is a matter of chance


def test_nothing_to_explain_is_refused() -> None:
    x, y, block = rows(100, np.array([0.3]), 9)
    with pytest.raises(StatisticsError, match="same for all"):
        importance(summed(x, np.full(100, 2.0), block), 0, 100)
    with pytest.raises(StatisticsError, match="rows"):
        importance(summed(x, y, block), 0, 2)
    with pytest.raises(StatisticsError, match="missing"):
        block_products(np.full((3, 2), np.nan), [0, 1, 2])


def test_must_haves_and_delighters_are_told_apart() -> None:
    rng = np.random.default_rng(10)
    feeling = rng.normal(size=(4000, 4))
    bad, good = (feeling < -0.7).astype(float), (feeling > 0.7).astype(float)
    y = -8 * bad[:, 0] + 8 * good[:, 1] - 5 * bad[:, 2] + 5 * good[:, 2] + 10 * rng.normal(size=4000)
    products = summed(np.column_stack([bad, good]), y, rng.integers(0, 64, 4000))
    found = penalty_reward(products, 0, least=30)
    assert found.kind == ("must_have", "delighter", "performance", "")
    assert found.penalty[0] == pytest.approx(-8, abs=1.2)
    assert found.reward[1] == pytest.approx(8, abs=1.2)
    assert all(found.penalty_low <= found.penalty)
    assert all(found.penalty <= found.penalty_high)
    turned = penalty_reward(summed(np.column_stack([bad, good]), -y, rng.integers(0, 64, 4000)), 0, 30, better=-1)
    assert turned.kind == found.kind
    assert turned.penalty == pytest.approx(-found.penalty)


def test_a_good_experience_with_a_worse_outcome_is_no_kind() -> None:
    rng = np.random.default_rng(11)
    mark = rng.integers(0, 3, 3000)
    y = -4.0 * (mark == 0) - 2.0 * (mark == 2) + rng.normal(size=3000)
    products = summed(np.column_stack([mark == 0, mark == 2]).astype(float), y, rng.integers(0, 64, 3000))
    assert penalty_reward(products, 0, 30).kind == ("",)


def test_effects_of_few_are_not_told() -> None:
    rng = np.random.default_rng(12)
    bad = np.zeros(500)
    bad[:10] = 1
    good = (rng.random(500) < 0.4).astype(float)
    products = summed(np.column_stack([bad, good]), good + rng.normal(size=500), rng.integers(0, 64, 500))
    found = penalty_reward(products, 0, least=30)
    assert np.isnan([found.penalty[0], found.penalty_low[0], found.penalty_high[0]]).all()
    assert found.reward_low[0] < 1 < found.reward_high[0]


def test_more_adds_less_where_it_saturates() -> None:
    rng = np.random.default_rng(13)
    level = rng.integers(0, 4, (4000, 2))
    marks = np.column_stack([level == 0, level >= 2, level == 3]).astype(float)
    steps = np.array([-3.0, 0.0, 4.0, 4.5])  # the first driver flattens, the second does not
    y = steps[level[:, 0]] + np.array([-3.0, 0.0, 2.0, 4.0])[level[:, 1]] + 3 * rng.normal(size=4000)
    found = saturation(summed(marks, y, rng.integers(0, 64, 4000)), 0, 30)
    assert found.more == pytest.approx([0.5, 2.0], abs=0.5)
    assert found.bend_high[0] < 0
    assert found.bend_low[1] < 0 < found.bend_high[1]
