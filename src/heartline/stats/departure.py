"""How much of all leaving goes with what customers had met before: a hazard with one slope a hurt, and its share.

Every month in which somebody was seen is a row. Within a stratum of alike rows the chance of leaving after it is
multiplied by exp(slope · hurt), fitted by the stratified partial likelihood with ties (Cox 1972; Breslow 1974). Who has
left is known only with a probability, from silence; that probability is updated by the hurts, and the slopes by it,
until they agree (expectation and maximisation: Dempster, Laird & Rubin 1977; information lost by it: Louis 1982).
Slopes of one family are drawn towards each other. The share is the attributable fraction among the leavers (Bruzzi and
others 1985), divided among hurts as their parts of the log hazard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats

OWN, FAMILY = 0.4, 1.0  # standard deviations of a slope around its family's, and of a family's around 0
ROUNDS, STEPS = 8, 30


@dataclass(frozen=True)
class Attributed:
    """Shares of all leaving, a hurt each, below 0 where leavers met it less than others.

    draws: the same in each draw (draws × hurts): slopes as uncertain as their information says, leavers drawn anew
    slopes: log hazard ratio of a full hurt; weight: probability that a row was followed by leaving, hurts considered
    chosen: number of the version of the hurts that explains leaving best
    """

    shares: Floats
    draws: Floats
    slopes: Floats
    weight: Floats
    chosen: int


@dataclass(frozen=True)
class _Rows:
    """Rows sorted by stratum; ``first``: where each stratum begins; ``held``: precision of the slopes before data."""

    x: Floats
    stratum: NDArray[np.int64]
    first: NDArray[np.int64]
    count: Floats
    held: Floats

    def sums(self, values: Floats) -> Floats:
        """Sum of a column, or of each column, within strata."""
        found: Floats = np.add.reduceat(values, self.first, axis=0)
        return found


def attribute(
    stratum: ArrayLike, left: ArrayLike, hurts: Sequence[ArrayLike], family: ArrayLike, beside: ArrayLike,
    replicates: int = 300, seed: int = 0,
) -> Attributed:  # fmt: skip
    """Share of leaving that goes with each hurt.

    stratum: number of the stratum of alike rows; left: probability from silence alone that the customer left after the
    row (0 where they were seen again); hurts: versions of rows × hurts, 0 (not met, or long ago) to 1, of which the one
    that explains leaving best is taken; family: number of the family of each hurt; beside: rows × features that are
    held equal and explain no leaving themselves

    Same seed, same answer. Raises StatisticsError where nobody left, nobody stayed or nobody met anything.
    """
    s, p, z = (np.asarray(each, np.float64) for each in (stratum, left, beside))
    versions = [np.asarray(each, np.float64) for each in hurts]
    kinds = versions[0].shape[1] if len(p) else 0
    if not kinds or p.sum() <= 0 or (p >= 1).all():
        raise StatisticsError(
            "nobody left, stayed or met anything", "leavers, others and hurts", "wait for more history"
        )
    # by what they hold, so that draws follow neither the order nor the names of rows
    order = np.lexsort((*z.T, *versions[0].T, np.round(p, 9), s))
    _, first, counted = np.unique(s[order], return_index=True, return_counts=True)
    place, held = np.repeat(np.arange(len(first)), counted), _held(np.asarray(family, np.int64), z.shape[1])
    p = p[order]
    tried = []
    for version in versions:
        rows = _Rows(np.column_stack([version, z])[order], place, first, counted.astype(np.float64), held)
        tried.append((rows, *_fit(rows, p, np.zeros(rows.x.shape[1]))))
    chosen = max(range(len(tried)), key=lambda number: tried[number][3])
    rows, slopes, information, _ = tried[chosen]
    weight = p
    for _ in range(ROUNDS):
        weight = _updated(rows, p, slopes)
        slopes, information, _ = _fit(rows, weight, slopes)
    hazard = _hazard(rows, slopes)
    middle = rows.sums(rows.x * hazard[:, None]) / rows.sums(hazard)[:, None]
    apart = rows.x - middle[rows.stratum]
    spread = _spread(information, (apart * (weight * (1 - weight))[:, None]).T @ apart)[:kinds]
    rng = np.random.default_rng(seed)
    drawn = slopes[:kinds] + rng.standard_normal((replicates, spread.shape[1])) @ spread.T
    some = weight > 1e-6
    met, w = rows.x[some][:, :kinds], weight[some]
    size = max(round(float(w.sum())), 1)
    draws = np.stack([_shares(met, one, rng.multinomial(size, w / w.sum()).astype(np.float64)) for one in drawn])
    back = np.empty(len(p))
    back[order] = weight
    return Attributed(_shares(met, slopes[:kinds], w), draws, slopes[:kinds], back, chosen)


def _held(family: NDArray[np.int64], beside: int) -> Floats:
    same = (family[:, None] == family[None, :]).astype(np.float64)
    held = np.zeros((len(family) + beside, len(family) + beside))
    held[: len(family), : len(family)] = np.linalg.inv(OWN**2 * np.eye(len(family)) + FAMILY**2 * same)
    held[len(family) :, len(family) :] = np.eye(beside)
    return held


def _hazard(rows: _Rows, slopes: Floats) -> Floats:
    found: Floats = np.exp(np.clip(rows.x @ slopes, -20, 20))
    return found


def _fit(rows: _Rows, weight: Floats, start: Floats) -> tuple[Floats, Floats, float]:
    """Slopes, their information with the prior's, and the log-likelihood without it."""
    at, leavers = start.copy(), rows.sums(weight)
    for _ in range(STEPS):
        hazard = _hazard(rows, at)
        whole = rows.sums(hazard)
        middle = rows.sums(rows.x * hazard[:, None]) / whole[:, None]
        slope = rows.x.T @ weight - leavers @ middle - rows.held @ at
        expected = hazard * (leavers / whole)[rows.stratum]
        curve = (rows.x * expected[:, None]).T @ rows.x - (middle * leavers[:, None]).T @ middle + rows.held
        step = np.linalg.solve(curve, slope)
        at = at + step * min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-9:
            break
    likelihood = float(weight @ (rows.x @ at) - leavers @ np.log(rows.sums(_hazard(rows, at))))
    return at, curve, likelihood


def _updated(rows: _Rows, left: Floats, slopes: Floats) -> Floats:
    """Probability of leaving by silence and hurts: silence speaks of customers in general, hurts of this one."""
    hazard = np.exp(np.clip(rows.x @ slopes, -5, 5))
    times = hazard / (rows.sums(hazard) / rows.count)[rows.stratum]
    found: Floats = left * times / np.maximum(left * times + 1 - left, 1e-12)
    return found


def _spread(information: Floats, missing: Floats) -> Floats:
    """Root of the covariance; information never below a tenth of what complete data would give."""
    root = np.linalg.cholesky(information)
    inner = np.linalg.solve(root, np.linalg.solve(root, missing).T)
    share, axes = np.linalg.eigh((inner + inner.T) / 2)
    kept = root @ (axes * np.maximum(1 - share, 0.1)) @ axes.T @ root.T
    found: Floats = np.linalg.cholesky(np.linalg.inv((kept + kept.T) / 2))
    return found


def _shares(met: Floats, slopes: Floats, weight: Floats) -> Floats:
    """Mean over leavers of 1 − exp(−log hazard ratio), divided as the parts of that logarithm."""
    whole = met @ slopes
    near = np.abs(whole) < 1e-9
    part = np.where(near, 1.0, -np.expm1(-whole) / np.where(near, 1.0, whole))
    found: Floats = ((weight * part) @ met) * slopes / max(float(weight.sum()), 1e-12)
    return found
