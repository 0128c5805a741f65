"""Regression on cells: equal to regression on rows, planted effects, and honesty about what is not there."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.cell_regression import Cells, cross_validated, fit_cells

LEVELS = (3, 2)
EFFECTS = (np.array([0.0, 0.4, -0.6]), np.array([0.0, 0.2]))


def rows(seed: int = 0, n: int = 6000, scale: float = 1.0):
    """(features, group, values): groups with different levels use the features differently."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 6, n)
    first = np.where(rng.random(n) < 0.1 + 0.12 * group, 2, rng.integers(0, 2, n))
    features = np.stack([first, rng.integers(0, 2, n)], axis=1)
    level = np.linspace(-0.5, 0.5, 6)[group]
    values = level + scale * (EFFECTS[0][features[:, 0]] + EFFECTS[1][features[:, 1]]) + rng.normal(0, 0.5, n)
    return features, group, values


def condensed(features, group, values, fold=None):
    fold = np.zeros(len(values), dtype=int) if fold is None else fold
    keys, which = np.unique(np.column_stack([features, group, fold]), axis=0, return_inverse=True)
    sums = [np.bincount(which.ravel(), weights=each) for each in (np.ones(len(values)), values, values**2)]
    return Cells(keys[:, :2], LEVELS, keys[:, 2], *sums), keys[:, 3]


def test_cells_give_what_least_squares_with_group_dummies_gives_on_rows():
    features, group, values = rows()
    cells, _ = condensed(features, group, values)
    model = fit_cells(cells, 6, ridge=0.0)
    design = np.column_stack([features[:, 0] == 1, features[:, 0] == 2, features[:, 1] == 1, np.eye(6)[group]])
    exact = np.linalg.lstsq(design.astype(float), values, rcond=None)[0]
    assert np.concatenate([model.effects[0][1:], model.effects[1][1:]]) == pytest.approx(exact[:3])
    assert model.level == pytest.approx(exact[3:], abs=0.01)  # shrunken a little
    assert np.abs(model.level - model.level.mean()).sum() < np.abs(exact[3:] - exact[3:].mean()).sum()


def test_planted_effects_come_back_although_bad_groups_use_the_bad_feature_more():
    cells, _ = condensed(*rows())
    model = fit_cells(cells, 6)
    for found, planted in zip(model.effects, EFFECTS, strict=True):
        assert found == pytest.approx(planted, abs=0.05)


def test_a_group_without_values_gets_the_common_mean_and_an_unseen_level_no_effect():
    features, group, values = rows()
    keep = features[:, 0] != 1
    model = fit_cells(condensed(features[keep], group[keep], values[keep])[0], 8)
    assert model.effects[0][1] == 0.0
    assert model.level[7] == pytest.approx(model.prior.mean)
    assert model.base[7] == 0


def test_one_group_and_no_values():
    features, _, values = rows(n=200)
    cells, _ = condensed(features, np.zeros(200, dtype=int), values)
    model = fit_cells(cells, 1)
    assert model.prior.between == 0
    assert model.level[0] == pytest.approx(model.prior.mean)
    with pytest.raises(StatisticsError, match="no values"):
        fit_cells(cells.where(np.zeros(len(cells.n), dtype=bool)), 1)


def test_gain_is_what_rows_left_out_confirm():
    features, group, values = rows()
    fold = np.arange(len(values)) % 5
    gain = cross_validated(*condensed(features, group, values, fold), 6)
    effect = EFFECTS[0][features[:, 0]] + EFFECTS[1][features[:, 1]]
    within = effect - (np.bincount(group, weights=effect) / np.bincount(group))[group]
    assert gain.share == pytest.approx(within.var() / (within.var() + 0.25), abs=0.03)
    assert gain.low < gain.share < gain.total_share + 0.5
    # levels count as explanation in total_share only
    assert gain.total_share == pytest.approx(1 - 0.25 / values.var(), abs=0.03)


def test_no_effect_no_gain():
    features, group, values = rows(scale=0.0)
    gain = cross_validated(*condensed(features, group, values, np.arange(len(values)) % 5), 6)
    assert gain.low < 0.005
    assert abs(gain.share) < 0.01


def test_one_fold_cannot_say():
    assert np.isnan(cross_validated(*condensed(*rows(n=100)), 6).share)
