"""Forecasts for groups that the model has not seen, and how much better one forecast is than another.

One kind of model for every comparison: logistic regression with natural cubic splines. How much feelings may weigh,
nothing included, is chosen within the groups that it is fitted on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]
KNOTS = (0.05, 0.35, 0.65, 0.95)
RIDGE = 1.0
FELT_RIDGES = (0.0, 3000.0, 300.0, 30.0, 3.0)
"""Penalties on the columns of feelings, from which one is chosen; 0 here stands for leaving them out."""
FOLDS, REPEATS, INNER = 5, 3, 3
DRAWS = 2000
BINS = 10
BLOCK = 500


def spline(values: F64) -> F64:
    """Columns of a natural cubic spline with knots at quantiles; NaN gets the median and a column of its own.

    Fewer than three different knots (a yes or no, stars): the value as it is.
    """
    known = np.isfinite(values)
    x = np.where(known, values, np.median(values[known]) if known.any() else 0.0)
    knots = np.unique(np.quantile(x, KNOTS))
    columns = [x]
    if len(knots) >= 3:
        first, (before, last) = knots[0], knots[-2:]
        cube = [np.maximum(x - knot, 0.0) ** 3 for knot in knots]
        for knot, own in zip(knots[:-2], cube[:-2], strict=True):
            bent = own - cube[-2] * (last - knot) / (last - before) + cube[-1] * (before - knot) / (last - before)
            columns.append(bent / (last - first) ** 2)
    if not known.all():
        columns.append((~known).astype(float))
    return np.column_stack(columns)


def design(columns: Mapping[str, F64]) -> F64:
    """Splines of every column, side by side."""
    return np.column_stack([spline(values) for values in columns.values()])


def cross_fit(
    plain: F64, felt: F64 | None, y: F64, group: NDArray[np.str_], person: NDArray[np.str_], seed: int
) -> F64:
    """Probability of y = 1 for every row, by models that saw neither its group nor any row of its person.

    Mean over `REPEATS` ways of splitting groups into `FOLDS`. Rows whose y is NaN are forecast but fit nothing.
    `plain` columns have a ridge of `RIDGE`; how much those of `felt` may weigh is chosen among the rows fitted on.
    """
    from sklearn.model_selection import GroupKFold

    x = plain if felt is None else np.column_stack([plain, felt])
    known = np.isfinite(y)
    total = np.zeros(len(y))
    for repeat in range(REPEATS):
        for _, out in GroupKFold(FOLDS, shuffle=True, random_state=seed + repeat).split(x, groups=group):
            held = np.zeros(len(y), bool)
            held[out] = True
            fit = known & ~held & ~np.isin(person, person[held])
            model = _fitted(x[fit], y[fit], group[fit], plain.shape[1], seed)
            total[held] += model.predict_proba(x[held])[:, 1]
    return total / REPEATS


def weigh(x: F64, plain: int, weight: float) -> F64:
    """The columns after the first `plain` ones times weight: under one ridge, small columns are held back more."""
    return np.column_stack([x[:, :plain], weight * x[:, plain:]])


def _fitted(x: F64, y: F64, group: NDArray[np.str_], plain: int, seed: int) -> Any:
    """The model; where there are more than plain columns, with the weight that forecasts inner groups best."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV, GroupKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    ways = [{"plain": plain, "weight": ridge and (RIDGE / ridge) ** 0.5} for ridge in FELT_RIDGES]
    model = make_pipeline(
        StandardScaler(),
        FunctionTransformer(weigh, kw_args=ways[0]),
        LogisticRegression(C=1 / RIDGE, solver="newton-cholesky"),
    )
    if plain == x.shape[1]:
        return model.fit(x, y)
    search = GridSearchCV(
        model,
        {"functiontransformer__kw_args": ways},
        scoring="neg_log_loss",
        cv=GroupKFold(INNER, shuffle=True, random_state=seed),
    )
    return search.fit(x, y, groups=group)


def pairs(score: F64, when: F64, happened: Bools, group: NDArray[np.str_]) -> tuple[F64, F64]:
    """Pairs of rows put in the right order, and pairs that can be compared, by (group, group).

    A pair can be compared if the first row's event happened before the second row's event or end of watching. The
    right order is the higher score first; equal scores count half.
    """
    names, which = np.unique(group, return_inverse=True)
    order = np.argsort(which, kind="stable")
    score, when, happened, which = score[order], when[order], happened[order], which[order]
    starts = np.searchsorted(which, np.arange(len(names)))
    right, comparable = np.zeros((len(names), len(names))), np.zeros((len(names), len(names)))
    rows = np.flatnonzero(happened)
    for start in range(0, len(rows), BLOCK):
        i = rows[start : start + BLOCK]
        can = (when[i, None] < when) | ((when[i, None] == when) & ~happened)
        won = np.where(score[i, None] > score, 1.0, np.where(score[i, None] == score, 0.5, 0.0)) * can
        np.add.at(comparable, which[i], np.add.reduceat(can.astype(float), starts, axis=1))
        np.add.at(right, which[i], np.add.reduceat(won, starts, axis=1))
    return right, comparable


def chance_pairs(score: F64, y: F64, group: NDArray[np.str_]) -> tuple[F64, F64]:
    """`pairs` of an outcome without a time: every 1 against every 0, so that the share of right ones is the AUC."""
    return pairs(score, 1.0 - y, y == 1.0, group)


def compare(first: tuple[F64, F64], second: tuple[F64, F64], seed: int, within: bool = False) -> dict[str, list[float]]:
    """Share of pairs put right by two forecasts and the second's gain, each with a 95 % bootstrap interval over groups.

    within: only pairs of one group
    """
    (right_a, can), (right_b, _) = first, second
    drawn = np.random.default_rng(seed)
    n = len(can)
    count = np.vstack([np.ones(n), drawn.multinomial(n, np.full(n, 1 / n), DRAWS)]).astype(float)

    def share(right: F64) -> F64:
        if within:
            return np.asarray(count @ np.diag(right) / (count @ np.diag(can)))
        return np.asarray(((count @ right) * count).sum(1) / ((count @ can) * count).sum(1))

    a, b = share(right_a), share(right_b)
    return {name: _three(values) for name, values in (("without", a), ("with", b), ("gain", b - a))}


def _three(values: F64) -> list[float]:
    """The figure, which is the first value, and the middle 95 % of the others."""
    low, high = np.quantile(values[1:], (0.025, 0.975))
    return [float(values[0]), float(low), float(high)]


def calibration(p: F64, y: F64) -> dict[str, float]:
    """How far said and seen shares are apart: mean over ten equal groups by p; and Brier skill over the base rate.

    Rows of the same p stay in one group.
    """
    order = np.argsort(p, kind="stable")
    cuts = [part[0] for part in np.array_split(np.arange(len(p)), BINS)[1:] if len(part)]
    parts = np.split(order, np.searchsorted(p[order], p[order][cuts]))
    apart = sum(len(part) * abs(float(p[part].mean() - y[part].mean())) for part in parts if len(part)) / len(p)
    flat = float(np.mean((y.mean() - y) ** 2))
    return {"error": apart, "skill": 1.0 - float(np.mean((p - y) ** 2)) / flat}
