"""Linear regression on cells: rows with the same discrete features are one cell of counts and sums.

The model is value = level of the group + effects of the features + noise. Effects are estimated from differences
*within* groups, so that a group which is better in general is not mistaken for an effect; levels are then random
intercepts, shrunken towards their common mean by what is left over. A million rows cost no more than their cells.

Sources: the within estimator (Mundlak 1978; Wooldridge 2010, ch. 10), ridge for stability (Hoerl & Kennard 1970),
analysis-of-variance shrinkage (Searle, Casella & McCulloch 1992); cross-validation by cluster (Roberts et al. 2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats
from heartline.stats.shrinkage import NormalPrior, fit_normal, posterior_normal

Ints = np.ndarray


@dataclass(frozen=True)
class Cells:
    """Condensed rows.

    features: cells × factors, whole numbers from 0; 0 is the reference level of each factor
    levels: how many levels each factor has
    group: group of each cell, whole numbers from 0
    n, total, squares: how many values, their sum and their sum of squares
    """

    features: Ints
    levels: Sequence[int]
    group: Ints
    n: Floats
    total: Floats
    squares: Floats

    def where(self, chosen: Ints) -> Cells:
        """The cells for which a mask is true."""
        return Cells(
            self.features[chosen], self.levels, self.group[chosen],
            self.n[chosen], self.total[chosen], self.squares[chosen],
        )  # fmt: skip


@dataclass(frozen=True)
class CellModel:
    """A fitted model.

    effects: one array a factor, one entry a level; 0 at the reference and at levels that were never seen
    level: shrunken level of every group; the common mean for groups without a value
    base: values of every group
    prior: the spread between groups and the noise within
    """

    effects: tuple[Floats, ...]
    level: Floats
    base: Floats
    prior: NormalPrior

    def predict(self, features: Ints, group: Ints) -> Floats:
        """Expected value of each cell."""
        found: Floats = self.level[group].astype(np.float64)
        for place, effect in enumerate(self.effects):
            found = found + effect[features[:, place]]
        return found


def fit_cells(cells: Cells, groups: int, ridge: float = 5.0, effects: bool = True) -> CellModel:
    """Fit effects and levels; ``ridge`` counts as that many rows at effect 0. ``effects`` False: levels alone.

    Raises StatisticsError without a value.
    """
    if cells.n.sum() <= 0:
        raise StatisticsError("no values", "at least one cell with values", "leave the model out")
    sizes = list(cells.levels)
    found = tuple(np.zeros(size) for size in sizes)
    if effects:
        design = _one_hot(cells.features, sizes)
        base = np.bincount(cells.group, weights=cells.n, minlength=groups)
        safe = np.maximum(base, 1e-300)
        centre = np.zeros((groups, design.shape[1]))
        np.add.at(centre, cells.group, design * cells.n[:, None])
        inside = design - (centre / safe[:, None])[cells.group]
        mean = np.bincount(cells.group, weights=cells.total, minlength=groups) / safe
        moment = inside.T @ (inside * cells.n[:, None]) + ridge * np.eye(design.shape[1])
        estimate = np.linalg.solve(moment, inside.T @ (cells.total - cells.n * mean[cells.group]))
        found = tuple(
            np.concatenate([[0.0], part]) for part in np.split(estimate, np.cumsum([size - 1 for size in sizes])[:-1])
        )
    expected = np.zeros(len(cells.n))
    for place, effect in enumerate(found):
        expected += effect[cells.features[:, place]]
    left = cells.total - cells.n * expected
    left_squares = cells.squares - 2 * expected * cells.total + cells.n * expected**2
    count, sums, squares = (
        np.asarray(np.bincount(cells.group, weights=each, minlength=groups), dtype=np.float64)
        for each in (cells.n, left, left_squares)
    )
    try:
        prior = fit_normal(count, sums, squares)
    except StatisticsError:
        # One group, or never two values in one: nothing tells groups apart.
        mean_left = float(sums.sum() / count.sum())
        spread = max(0.0, float(squares.sum() / count.sum()) - mean_left**2)
        prior = NormalPrior(mean_left, 0.0, spread, int((count > 0).sum()))
    return CellModel(found, posterior_normal(prior, count, sums)[0], count, prior)


@dataclass(frozen=True)
class Gain:
    """What the features explain beyond the group's own level, on rows that the fit has not seen.

    share: 1 − squared error with the features / squared error of the levels alone; below 0: they mislead
    low: lower end of its 90 % interval over the folds
    total_share: the same against one common mean, so levels count as explanation too
    """

    share: float
    low: float
    total_share: float


def cross_validated(cells: Cells, fold: Ints, groups: int, ridge: float = 5.0) -> Gain:
    """Leave out one fold at a time; not-a-number where fewer than two folds have values or nothing varies."""
    gains: list[float] = []
    errors = np.zeros(3)
    for number in np.unique(fold):
        inside, outside = cells.where(fold != number), cells.where(fold == number)
        if inside.n.sum() <= 0 or outside.n.sum() <= 0:
            continue
        common = np.full(len(outside.n), inside.total.sum() / inside.n.sum())
        each = np.array([
            _squared_error(outside, predicted)
            for predicted in (
                fit_cells(inside, groups, ridge).predict(outside.features, outside.group),
                fit_cells(inside, groups, ridge, effects=False).predict(outside.features, outside.group),
                common,
            )
        ])  # fmt: skip
        errors += each
        if each[1] > 0:
            gains.append(1 - each[0] / each[1])
    if len(gains) < 2 or errors[1] <= 0 or errors[2] <= 0:
        return Gain(float("nan"), float("nan"), float("nan"))
    share = 1 - errors[0] / errors[1]
    half = stats.t.ppf(0.95, len(gains) - 1) * np.std(gains, ddof=1) / np.sqrt(len(gains))
    return Gain(float(share), float(share - half), float(1 - errors[0] / errors[2]))


def _one_hot(features: Ints, sizes: Sequence[int]) -> Floats:
    parts = [(features[:, [place]] == np.arange(1, size)).astype(np.float64) for place, size in enumerate(sizes)]
    return np.concatenate(parts, axis=1)


def _squared_error(cells: Cells, predicted: Floats) -> float:
    return float(np.sum(cells.squares - 2 * predicted * cells.total + cells.n * predicted**2))
