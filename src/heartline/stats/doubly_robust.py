"""What an outcome is with and without something, customers alike otherwise: augmented inverse probability weights.

Two models are fitted on other folds than the one that they are used for (cross-fitting, Chernozhukov et al. 2018): the
chance of belonging to the first group given what is held equal, and the outcome given it. The estimate is right if one
of both is (Robins, Rotnitzky & Zhao 1994); intervals follow from its influence function. It holds equal what it is
given and nothing else: an association among customers alike in that, and a cause only if nothing else matters.

Outcomes are amounts of 0 or more with a logarithmic link, so that effects multiply. Ratios are compared as logarithms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats
from heartline.stats.risk import fit_risk, p_of

Ints = NDArray[np.int64]
CLIP = 0.02
"""Chances of belonging nearer to 0 or 1 than this are set to it; the share of customers concerned is told."""
RIDGE = 1.0  # prior precision of a slope per standard deviation of its column
FARTHEST = 4.0  # standard deviations from the mean at which a covariate is cut
LEAST = 20  # customers of each group


@dataclass(frozen=True, eq=False)
class Ratio:
    """Mean of the first group over that of the other, customers alike in what was held equal.

    first, other: the two means; log_ratio: its logarithm, not-a-number where a mean is not above 0
    influence: what each customer contributes to ``log_ratio`` (mean 0); its spread is the interval
    outside: share of customers whose chance of belonging was clipped; effective: customers that the weights leave of
    the first group and of the other (Kish 1965)
    """

    first: float
    other: float
    log_ratio: float
    influence: Floats
    n_first: int
    n_other: int
    outside: float
    effective: tuple[float, float]

    @property
    def error(self) -> float:
        """Standard error of ``log_ratio``."""
        return float(np.sqrt((self.influence**2).mean() / len(self.influence)))

    def interval(self, level: float = 0.9) -> tuple[float, float, float]:
        """(ratio, low, high); not-a-number where it is not known."""
        half = float(special.ndtri((1 + level) / 2)) * self.error
        found = np.exp(np.array([self.log_ratio, self.log_ratio - half, self.log_ratio + half]))
        return float(found[0]), float(found[1]), float(found[2])


def raw_ratio(first: ArrayLike, outcome: ArrayLike) -> Ratio:
    """The plain ratio of means of those who are ``first`` (0 or 1) over the others.

    Raises StatisticsError below ``LEAST`` customers in a group.
    """
    a, y = _checked(first, outcome)
    share, means = float(a.mean()), (float(y[a > 0].mean()), float(y[a == 0].mean()))
    each = (a / share * (y - means[0]) + means[0], (1 - a) / (1 - share) * (y - means[1]) + means[1])
    return _ratio(a, each, 0.0, (float(a.sum()), float((1 - a).sum())))


def adjusted_ratio(
    covariates: ArrayLike, first: ArrayLike, outcome: ArrayLike, fold: ArrayLike, folds: int = 5, clip: float = CLIP
) -> Ratio:
    """The ratio of means over all customers, were they all ``first`` and were they none, by AIPW.

    covariates: customers × what is held equal, NaN where missing; first: 0 or 1; outcome: 0 or more; fold: 0 … folds-1
    Raises StatisticsError below ``LEAST`` customers in a group, all or outside a fold.
    """
    a, y = _checked(first, outcome)
    f = np.asarray(fold, np.int64)
    design = basis(covariates)
    chance, mean = np.zeros(len(y)), np.zeros((len(y), 2))
    for each in range(folds):
        here, rest = f == each, f != each
        if not here.any():
            continue
        _checked(a[rest], y[rest])
        risk = fit_risk(design[rest], a[rest], np.zeros(design.shape[1]), 1 / np.sqrt(RIDGE))
        chance[here] = p_of(risk.intercept + design[here] @ np.array(risk.slopes))
        for group in (0, 1):
            those = rest & (a == group)
            slopes = amount_slopes(design[those], y[those])
            mean[here, group] = within(slopes[0] + design[here] @ slopes[1:], slopes[0] + design[those] @ slopes[1:])
    outside = float(((chance < clip) | (chance > 1 - clip)).mean())
    e = np.clip(chance, clip, 1 - clip)
    weight = (a / e, (1 - a) / (1 - e))
    # weights of a group add up to everybody, whatever the sample's luck (Hájek 1971)
    weight = (weight[0] / weight[0].mean(), weight[1] / weight[1].mean())
    each_mean = (mean[:, 1] + weight[0] * (y - mean[:, 1]), mean[:, 0] + weight[1] * (y - mean[:, 0]))
    effective = tuple(float(w.sum() ** 2 / max((w**2).sum(), 1e-300)) for w in weight)
    return _ratio(a, each_mean, outside, (effective[0], effective[1]))


def between(one: Ratio, other: Ratio, level: float = 0.9) -> tuple[float, float, float]:
    """(ratio, low, high) where the truth lies between two estimates on the same customers and nothing says where.

    The interval holds the truth in ``level`` of cases wherever between the two it is (Imbens & Manski 2004): on the
    logarithmic scale, the lower less and the higher plus some of its error; which is the lower is not taken for known,
    so the one with more error may decide both ends. The estimate is half-way, by convention.
    """
    if not (np.isfinite(one.log_ratio) and np.isfinite(other.log_ratio)):
        return float("nan"), float("nan"), float("nan")
    lower, upper = sorted((one, other), key=lambda each: each.log_ratio)
    apart = (upper.log_ratio - lower.log_ratio) / max(lower.error, upper.error, 1e-300)
    few, many = 0.0, 10.0
    for _ in range(80):
        at = (few + many) / 2
        few, many = (at, many) if special.ndtr(at + apart) - special.ndtr(-at) < level else (few, at)
    low = min(each.log_ratio - many * each.error for each in (one, other))
    high = max(each.log_ratio + many * each.error for each in (one, other))
    middle = (lower.log_ratio + upper.log_ratio) / 2
    return float(np.exp(middle)), float(np.exp(low)), float(np.exp(high))


def e_value(ratio: float, low: float, high: float) -> tuple[float, float]:
    """How strongly something not held equal would have to go with both, to explain the ratio away: (of it, of its end).

    As a ratio of risks with the group and with the outcome, each; 1 where the interval holds 1. Source: VanderWeele &
    Ding (2017). Raises StatisticsError for a ratio that is not above 0.
    """
    if not (ratio > 0 and low > 0 and high > 0):
        raise StatisticsError(f"ratio {ratio}", "above 0", "compare amounts")

    def of(value: float) -> float:
        above = value if value >= 1 else 1 / value
        return float(above + np.sqrt(above * (above - 1)))

    nearest = 1.0 if low <= 1 <= high else low if ratio > 1 else high
    return of(ratio), of(nearest)


def basis(covariates: ArrayLike) -> Floats:
    """Covariates as columns of a model: in standard deviations, their squares and products, and whether one misses."""
    x = np.asarray(covariates, np.float64)
    known = np.isfinite(x)
    n = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, x, 0.0).sum(axis=0) / n
    spread = np.sqrt(np.where(known, (x - mean) ** 2, 0.0).sum(axis=0) / n)
    z = np.clip(np.where(known, x - mean, 0.0) / np.where(spread > 1e-12, spread, 1.0), -FARTHEST, FARTHEST)
    size = x.shape[1]
    products = [z[:, i] * z[:, j] for i in range(size) for j in range(i, size)]
    missing = [1.0 * ~known[:, i] for i in range(size) if not known[:, i].all()]
    columns = np.column_stack([z, *products, *missing]) if size else np.zeros((len(x), 0))
    columns = columns - columns.mean(axis=0)
    scale = columns.std(axis=0)
    found: Floats = columns[:, scale > 1e-9] / scale[scale > 1e-9]
    return found


def amount_slopes(design: Floats, amount: Floats) -> Floats:
    """Intercept and slopes of log E[amount], by quasi-likelihood of Poisson kind with a weak ridge; amounts ≥ 0.

    Only the mean must be right, not the distribution (Gourieroux, Monfort & Trognon 1984). All 0: mean of almost 0.
    """
    level = float(amount.mean())
    if level <= 0:
        return np.concatenate([[-30.0], np.zeros(design.shape[1])])
    y = amount / level
    x = np.column_stack([np.ones(len(y)), design])
    # a ridge of one customer's worth of spread a column: amounts vary more than counts do
    held = np.concatenate([[0.0], np.full(design.shape[1], RIDGE * max(float(y.var()), 1e-3))])
    at = np.zeros(x.shape[1])
    for _ in range(100):
        mean = np.exp(np.clip(x @ at, -20, 20))
        slope = x.T @ (y - mean) - held * at
        curve = (x * mean[:, None]).T @ x + np.diag(held + 1e-9)
        step = np.linalg.solve(curve, slope)
        at = at + step * min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-10:
            break
    at[0] += np.log(level)
    return at


def within(log_amount: Floats, seen: Floats) -> Floats:
    """Amounts of logarithms, none beyond what the model says of customers that it was fitted on.

    An exponential of what nobody of a group is like runs away, and one such customer would decide a mean.
    """
    found: Floats = np.exp(np.clip(np.clip(log_amount, seen.min(), seen.max()), -30, 30))
    return found


def _checked(first: ArrayLike, outcome: ArrayLike) -> tuple[Floats, Floats]:
    a, y = np.asarray(first, np.float64), np.asarray(outcome, np.float64)
    if min(a.sum(), (1 - a).sum()) < LEAST:
        raise StatisticsError(
            f"{int(a.sum())} and {int((1 - a).sum())} customers", f"{LEAST} in each group", "wait for more customers"
        )
    if not np.all(np.isfinite(y)) or np.any(y < 0):
        raise StatisticsError("an outcome that is no amount", "0 or more", "leave out what is not known")
    return a, y


def _ratio(a: Floats, each: tuple[Floats, Floats], outside: float, effective: tuple[float, float]) -> Ratio:
    first, other = float(each[0].mean()), float(each[1].mean())
    n = (int(a.sum()), int((1 - a).sum()))
    if first <= 0 or other <= 0:
        unknown = np.full(len(a), np.nan)
        return Ratio(first, other, float("nan"), unknown, *n, outside, effective)
    influence = each[0] / first - each[1] / other
    return Ratio(first, other, float(np.log(first / other)), influence, *n, outside, effective)
