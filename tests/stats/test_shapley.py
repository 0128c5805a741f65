"""Shapley shares of R²: a published example, brute force over all orders, and what must hold of any shares."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.shapley import adjusted, exact_shares, inflation, johnson, shapley, subset_r2

# Correlations of R's data set `swiss` (47 provinces, 1888): fertility, agriculture, examination, education, catholic,
# infant mortality.
SWISS = np.array([
    [1, 0.35307918, -0.6458827, -0.66378886, 0.4636847, 0.41655603],
    [0.35307918, 1, -0.68654221, -0.63952252, 0.4010951, -0.06085861],
    [-0.6458827, -0.68654221, 1, 0.69841530, -0.5727418, -0.11402160],
    [-0.66378886, -0.63952252, 0.69841530, 1, -0.1538589, -0.09932185],
    [0.4636847, 0.4010951, -0.5727418, -0.1538589, 1, 0.17549591],
    [0.41655603, -0.06085861, -0.11402160, -0.09932185, 0.17549591, 1],
])  # fmt: skip


def drawn(count: int, rows: int = 300, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, count)) @ rng.normal(size=(count, count))
    y = x @ rng.normal(size=count) + 3 * rng.normal(size=rows)
    whole = np.corrcoef(np.column_stack([x, y]).T)
    return whole[:-1, :-1], whole[:-1, -1]


def r2(matrix: np.ndarray, outcome: np.ndarray, chosen: tuple[int, ...]) -> float:
    some = list(chosen)
    return float(outcome[some] @ np.linalg.solve(matrix[np.ix_(some, some)], outcome[some])) if some else 0.0


def over_all_orders(matrix: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    count, shares = len(outcome), np.zeros(len(outcome))
    orders = list(permutations(range(count)))
    for order in orders:
        for place in range(count):
            shares[order[place]] += r2(matrix, outcome, order[: place + 1]) - r2(matrix, outcome, order[:place])
    return shares / len(orders)


def test_the_shares_of_relaimpo() -> None:
    # metric "lmg" of `calc.relimp(Fertility ~ ., swiss)`: Grömping (2006), Journal of Statistical Software 17 (1)
    found = shapley(SWISS[1:, 1:], SWISS[0, 1:])
    assert found.share == pytest.approx([0.05709122, 0.17117303, 0.26013468, 0.10557015, 0.11276592], abs=1e-7)
    assert found.r2 == pytest.approx(0.706735, abs=1e-6)


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_brute_force_over_all_orders(count: int) -> None:
    matrix, outcome = drawn(count)
    found = shapley(matrix, outcome)
    assert found.method == "exact"
    assert found.share == pytest.approx(over_all_orders(matrix, outcome), abs=1e-12)
    assert found.r2 == pytest.approx(r2(matrix, outcome, tuple(range(count))), abs=1e-12)


def test_every_subset_has_its_r2() -> None:
    matrix, outcome = drawn(5)
    found = subset_r2(matrix[None], outcome[None])[0]
    for number in range(32):
        chosen = tuple(driver for driver in range(5) if number >> driver & 1)
        assert found[number] == pytest.approx(r2(matrix, outcome, chosen), abs=1e-12)


def test_drivers_without_correlation_have_their_squared_correlation() -> None:
    assert shapley(np.eye(3), [0.5, -0.3, 0.0]).share == pytest.approx([0.25, 0.09, 0.0])


def test_a_driver_told_twice_shares_what_it_has() -> None:
    matrix, outcome = drawn(4)
    twice = [0, 1, 2, 3, 3]
    found = shapley(matrix[np.ix_(twice, twice)], outcome[twice])
    assert found.share[3] == pytest.approx(found.share[4], abs=1e-9)
    assert found.r2 == pytest.approx(shapley(matrix, outcome).r2, abs=1e-9)
    assert inflation(matrix[np.ix_(twice, twice)])[3] > 1e6


def test_names_and_signs_do_not_matter() -> None:
    matrix, outcome = drawn(7)
    order = np.random.default_rng(1).permutation(7)
    turned = np.diag([1, -1, 1, 1, -1, 1, 1.0])
    moved = shapley((turned @ matrix @ turned)[np.ix_(order, order)], (turned @ outcome)[order])
    assert moved.share == pytest.approx(shapley(matrix, outcome).share[order], abs=1e-12)


def test_sampled_orders_say_how_far_off_they_are() -> None:
    matrix, outcome = drawn(8)
    exact = shapley(matrix, outcome)
    found = shapley(matrix, outcome, exact_up_to=4, orders=1000, seed=3)
    assert found.method == "sampled"
    assert found.r2 == pytest.approx(exact.r2, abs=1e-6)
    assert np.abs(found.share - exact.share).max() <= 4 * found.error.max()
    fewer = shapley(matrix, outcome, exact_up_to=4, orders=100, seed=3)
    assert fewer.error.mean() > 2 * found.error.mean() > 0


def test_a_batch_is_each_alone() -> None:
    pairs = [drawn(6, seed=seed) for seed in range(3)]
    found = exact_shares(np.stack([one for one, _ in pairs]), np.stack([one for _, one in pairs]))
    for share, (matrix, outcome) in zip(found, pairs, strict=True):
        assert share == pytest.approx(shapley(matrix, outcome).share, abs=1e-12)


def test_the_quick_check_sums_to_r2_and_ranks_alike() -> None:
    matrix, outcome = drawn(10, seed=4)
    exact, quick = shapley(matrix, outcome), johnson(matrix, outcome)
    assert quick.sum() == pytest.approx(exact.r2, abs=1e-9)
    assert np.corrcoef(quick, exact.share)[0, 1] > 0.9
    assert johnson(np.eye(2), [0.5, 0.1]) == pytest.approx([0.25, 0.01])


def test_what_chance_gives_is_taken_off() -> None:
    rng = np.random.default_rng(5)
    sums = []
    for _ in range(200):
        whole = np.corrcoef(rng.normal(size=(80, 6)).T)
        shares = shapley(whole[:-1, :-1], whole[:-1, -1]).share
        sums.append((shares.sum(), adjusted(shares, 80).sum()))
    raw, freed = np.mean(sums, axis=0)
    assert raw > 0.05  # five drivers of nothing
    assert abs(freed) < 0.01


def test_no_rows_have_such_correlations() -> None:
    with pytest.raises(StatisticsError, match="no rows can have"):
        shapley([[1.0, 0.9], [0.9, 1.0]], [0.9, -0.9])
    with pytest.raises(StatisticsError, match="shape"):
        shapley(np.eye(3), [0.1, 0.2])
    with pytest.raises(StatisticsError, match="23 drivers"):
        subset_r2(np.eye(23)[None], np.zeros((1, 23)))
