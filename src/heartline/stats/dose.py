"""How an outcome goes with a dose, in bins: plain, and customers alike otherwise by a doubly robust estimate a bin.

The chance of each bin comes from a normal linear model of the dose given what is held equal, the outcome from a model
with a logarithmic link in both; folds and influence functions as in ``heartline.stats.doubly_robust``. A binned,
parametric relative of Kennedy, Ma, McHugh & Small (2017), who smooth the same kind of scores over the dose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from heartline.errors import StatisticsError
from heartline.stats.doubly_robust import CLIP, RIDGE, Ratio, amount_slopes, basis, within
from heartline.stats.likelihood import Floats


@dataclass(frozen=True, eq=False)
class Curve:
    """Bins of the dose, lowest first.

    dose: mean dose of a bin; value: mean outcome there; influence: customers × bins, mean 0 a column
    n: customers in it; outside: share of all customers whose chance of the bin was clipped
    """

    dose: Floats
    value: Floats
    influence: Floats
    n: Floats
    outside: Floats

    def interval(self, level: float = 0.9) -> tuple[Floats, Floats, Floats]:
        """(value, low, high) of each bin; bounds not below 0."""
        error = np.sqrt((self.influence**2).mean(axis=0) / len(self.influence))
        half = special.ndtri((1 + level) / 2) * error
        return self.value, np.maximum(self.value - half, 0.0), self.value + half

    def bin_ratio(self, number: int) -> Ratio:
        """One bin over the mean of all, for ``between``: its value on the logarithmic scale."""
        value = float(self.value[number])
        known = value > 0
        influence = self.influence[:, number] / value if known else np.full(len(self.influence), np.nan)
        size = float(self.n[number])
        return Ratio(
            value, 1.0, float(np.log(value)) if known else float("nan"), influence, int(size), 0,
            float(self.outside[number]), (size, 0.0),
        )  # fmt: skip

    def trend(self, step: float) -> Ratio:
        """The outcome at ``step`` more of the dose over that at what there is: slope of log values over bins.

        ``outside`` is the mean of the bins', weighted by their customers.
        """
        share = self.n / self.n.sum()
        centred = self.dose - float(share @ self.dose)
        pull = share * centred / float(share @ centred**2) * step
        if np.any(self.value <= 0):
            unknown = np.full(len(self.influence), np.nan)
            return Ratio(0.0, 0.0, float("nan"), unknown, int(self.n.sum()), 0, 0.0, (0.0, 0.0))
        slope = float(pull @ np.log(self.value))
        influence = (self.influence / self.value) @ pull
        outside, every = float(share @ self.outside), float(self.n.sum())
        return Ratio(float(np.exp(slope)), 1.0, slope, influence, int(every), 0, outside, (every, 0.0))


def bins_of(dose: ArrayLike, edges: Sequence[float], least: int) -> list[float]:
    """Edges of which every bin holds ``least`` customers: small bins join the one above, the last the one below."""
    d = np.asarray(dose, np.float64)
    kept = [edges[0]]
    for edge in edges[1:]:
        if ((d >= kept[-1]) & (d < edge)).sum() >= least:
            kept.append(edge)
    if kept[-1] != edges[-1]:
        kept = [*kept[:-1], edges[-1]] if len(kept) > 1 else [edges[0], edges[-1]]
    return kept


def raw_curve(dose: ArrayLike, outcome: ArrayLike, edges: Sequence[float]) -> Curve:
    """Plain means of bins ``edges[i] <= dose < edges[i + 1]``; StatisticsError where a bin is empty."""
    d, y, inside = _binned(dose, outcome, edges)
    n = inside.sum(axis=0)
    value = (inside * y[:, None]).sum(axis=0) / n
    influence = inside * (len(d) / n) * (y[:, None] - value)
    return Curve(_means(d, inside), value, influence, n, np.zeros(len(n)))


def adjusted_curve(
    covariates: ArrayLike, dose: ArrayLike, outcome: ArrayLike, fold: ArrayLike, edges: Sequence[float],
    folds: int = 5, clip: float = CLIP,
) -> Curve:  # fmt: skip
    """The mean outcome, were everybody in a bin, for each; covariates and folds as in ``adjusted_ratio``."""
    d, y, inside = _binned(dose, outcome, edges)
    f, x = np.asarray(fold, np.int64), basis(covariates)
    at = _means(d, inside)
    centre, spread = float(d.mean()), max(float(d.std()), 1e-9)

    def shaped(values: Floats) -> Floats:
        z = (values - centre) / spread
        return np.column_stack([z, z * z - 1])

    chance, mean, own = np.zeros(inside.shape), np.zeros(inside.shape), np.zeros(len(y))
    for each in range(folds):
        here, rest = f == each, f != each
        if not here.any():
            continue
        if rest.sum() < 2 * x.shape[1] + 20:
            raise StatisticsError(
                f"{int(rest.sum())} customers", "more than twice the columns", "wait for more customers"
            )
        slopes = _linear(x[rest], d[rest])
        expected = slopes[0] + x @ slopes[1:]
        error = float(np.sqrt(((d - expected)[rest] ** 2).mean()))
        limits = np.array(edges, np.float64)
        limits[0], limits[-1] = -np.inf, np.inf
        below = special.ndtr((limits[None, :] - expected[here, None]) / max(error, 1e-9))
        chance[here] = np.diff(below, axis=1)
        outcome_slopes = amount_slopes(np.column_stack([x[rest], shaped(d[rest])]), y[rest])
        base = outcome_slopes[0] + x[here] @ outcome_slopes[1 : 1 + x.shape[1]]
        bend = outcome_slopes[1 + x.shape[1] :]
        seen = outcome_slopes[0] + np.column_stack([x[rest], shaped(d[rest])]) @ outcome_slopes[1:]
        own[here] = within(base + shaped(d[here]) @ bend, seen)
        mean[here] = within(base[:, None] + (shaped(at) @ bend)[None, :], seen)
    outside = (chance < clip).mean(axis=0)
    score = mean + inside / np.maximum(chance, clip) * (y - own)[:, None]
    value = score.mean(axis=0)
    return Curve(at, value, score - value, inside.sum(axis=0), outside)


def _binned(dose: ArrayLike, outcome: ArrayLike, edges: Sequence[float]) -> tuple[Floats, Floats, Floats]:
    d, y = np.asarray(dose, np.float64), np.asarray(outcome, np.float64)
    which = np.clip(np.searchsorted(np.asarray(edges)[1:-1], d, side="right"), 0, len(edges) - 2)
    inside = (which[:, None] == np.arange(len(edges) - 1)[None, :]).astype(np.float64)
    if len(edges) < 2 or np.any(inside.sum(axis=0) == 0) or np.any(y < 0):
        raise StatisticsError("an empty bin, or an outcome below 0", "customers in every bin", "join bins")
    return d, y, inside


def _means(dose: Floats, inside: Floats) -> Floats:
    found: Floats = (inside * dose[:, None]).sum(axis=0) / inside.sum(axis=0)
    return found


def _linear(x: Floats, y: Floats) -> Floats:
    """Intercept and slopes of least squares with a weak ridge."""
    design = np.column_stack([np.ones(len(y)), x])
    held = np.concatenate([[0.0], np.full(x.shape[1], RIDGE)])
    found: Floats = np.linalg.solve(design.T @ design + np.diag(held + 1e-9), design.T @ y)
    return found
