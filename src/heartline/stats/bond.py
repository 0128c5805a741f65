"""A latent bond behind words, answers and unpaid acts: one factor, known noise, customers' own habits.

Each customer c has a bond b_c ~ Normal(mean, sd²) on the scale of the anchor, survey items of attachment (0 to 100).
An indicator k gives z_ck = intercept + slope × b_c + habit_ck + error_ck, with habit variance ``own`` (how a person
talks or clicks whatever the bond) and error variance ``noise`` / weight. Evidence of weight 0 carries nothing.

Slopes come from the covariance of an indicator with the anchor over customers who have both, which their separate
errors cannot bias. The spread of the bond comes from pairs of different occasions of the same customer.
Indicators may lean on one another (a talker posts and clicks); ``overlap`` widens what they say together until the
answers of customers are predicted without them as well as the model claims.

Source: Fuller (1987), Measurement Error Models, ch. 1 (method of moments with known reliability); Jöreskog (1971)
for congeneric measures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats

SCALE_MEAN, SCALE_SD = 50.0, 18.0
"""Without an anchor the company's mean customer is put at 50 and one standard deviation at 18 points."""

MOST_OVERLAP = 16.0
LEVEL, Z_LEVEL = 0.9, 1.6448536269514722


@dataclass(frozen=True)
class Anchor:
    """Survey occasions of one customer each row, over all of its customers.

    occasions: how many; total, squares: sum and sum of squares of their means (0 to 100)
    items: items answered in all; item_squares: squared deviations of items from their occasion's mean
    inverse_items: sum of 1 / (items of an occasion)
    """

    occasions: Floats
    total: Floats
    squares: Floats
    items: Floats
    item_squares: Floats
    inverse_items: Floats


@dataclass(frozen=True)
class Indicator:
    """How one kind of evidence speaks of the bond; ``correlation`` is with the bond, at weight 1."""

    intercept: float
    slope: float
    own: float
    noise: float
    correlation: float
    both: int
    calibrated: bool


@dataclass(frozen=True)
class Bond:
    """The fitted model. ``occasion`` and ``item``: noise variance of an occasion as such, and of one item in it."""

    mean: float
    sd: float
    occasion: float
    item: float
    overlap: float
    anchored: bool
    indicators: Mapping[str, Indicator]


def fit_scale(anchor: Anchor, least: int = 100) -> tuple[float, float, float, float, float] | None:
    """(mean, lasting sd, sd, occasion variance, item variance) of the bond; None with fewer than ``least`` customers.

    What differs between occasions of one customer beyond the noise of items is a change of the bond or the mood of a
    day. It is noise of an answer given at another time, and also part of how far bonds of today spread (``sd``).

    With fewer than 50 customers of two occasions, half of the spread between customers is taken for the bond.
    """
    seen = anchor.occasions > 0
    if int(seen.sum()) < least:
        return None
    n, total, squares = anchor.occasions[seen], anchor.total[seen], anchor.squares[seen]
    own = total / n
    mean = float(own.mean())
    spare = float((anchor.items[seen] - n).sum())
    item = float(anchor.item_squares[seen].sum()) / spare if spare >= 30 else 0.0
    again = n > 1
    around = float(((own - mean) ** 2).sum() / (len(own) - 1))
    if int(again.sum()) >= 50:
        inside = float((squares - n * own**2)[again].sum() / (n - 1)[again].sum())
        variance = around - inside * float((1 / n).mean())
    else:
        variance = inside = around / 2
    variance = min(max(variance, 25.0), 30.0**2)
    shared = max(0.0, inside - item * float(anchor.inverse_items[seen].sum() / n.sum()))
    if item == 0.0:
        shared = max(shared, 1.0)
    return mean, float(np.sqrt(variance)), float(np.sqrt(variance + shared)), shared, item


def noise_by_weight(deviations_squared: ArrayLike, weight: ArrayLike) -> tuple[float, float]:
    """(own, noise) ≥ 0 such that a squared deviation is own + noise / weight on average.

    Weighted least squares over twenty groups of equal size by weight, so that single outliers do not decide.
    """
    squared, w = np.asarray(deviations_squared, np.float64), np.asarray(weight, np.float64)
    if len(squared) < 2:
        raise StatisticsError(f"{len(squared)} deviations", "at least 2", "leave this indicator out")
    parts = np.array_split(np.argsort(w, kind="stable"), min(20, len(w)))
    y = np.array([squared[part].mean() for part in parts])
    x = np.array([(1 / w[part]).mean() for part in parts])
    size = np.array([len(part) for part in parts], dtype=np.float64)
    best = (float(np.average(y, weights=size)), 0.0)
    for _ in range(20):
        # the spread of a variance grows with the variance itself
        weights = size / np.maximum(best[0] + best[1] * x, 1e-12) ** 2
        centre_x, centre_y = np.average(x, weights=weights), np.average(y, weights=weights)
        spread = float(np.average((x - centre_x) ** 2, weights=weights))
        slope = float(np.average((x - centre_x) * (y - centre_y), weights=weights)) / spread if spread > 1e-15 else 0.0
        if slope <= 0:
            best = (float(centre_y), 0.0)
        elif centre_y - slope * centre_x <= 0:
            best = (0.0, float(centre_y / centre_x))
        else:
            best = (float(centre_y - slope * centre_x), slope)
    return max(best[0], 0.0), max(best[1], 0.0)


def fit_indicator(
    value: ArrayLike, weight: ArrayLike, anchor_value: ArrayLike, mean: float, sd: float,
    usual: float, least: int = 100, known_noise: float | None = None,
) -> Indicator | None:  # fmt: skip
    """One indicator from customers' values, their weights, and the anchor's means (NaN where not answered).

    usual: correlation with the bond that is assumed where fewer than ``least`` customers have both
    known_noise: error variance at weight 1 where theory gives it, e.g. of root counts
    None when hardly anybody has it or all are alike.
    """
    z, w, y = (np.asarray(each, np.float64) for each in (value, weight, anchor_value))
    seen = (w > 0) & np.isfinite(z)
    if int(seen.sum()) < 30 or float(np.ptp(z[seen])) < 1e-9:
        return None
    z, w, y = z[seen], w[seen], y[seen]
    centre = float(np.average(z, weights=w))
    if known_noise is None:
        own, noise = noise_by_weight((z - centre) ** 2, w)
    else:
        own, noise = max(float(np.average((z - centre) ** 2 - known_noise / w, weights=w)), 0.0), known_noise
    between = own + noise if noise == 0 else own
    both = np.isfinite(y)
    count = int(both.sum())
    calibrated = count >= least
    if calibrated:
        zb, yb = z[both], y[both] - mean
        slope = float(np.cov(zb, yb)[0, 1]) / sd**2
        centre = float(zb.mean() - slope * yb.mean())
    else:
        slope = usual * float(np.sqrt(max(between, 1e-12))) / sd
    explained = slope**2 * sd**2
    rest = max(own - explained, 0.0)
    if noise == 0.0 and rest == 0.0:
        rest = max(own * 0.1, 1e-9)
    total = explained + rest + noise
    correlation = float(np.sign(slope) * np.sqrt(explained / total)) if total > 0 else 0.0
    return Indicator(centre - slope * mean, slope, rest, noise, correlation, count, calibrated)


def precision(indicator: Indicator, weight: Floats, overlap: float) -> Floats:
    """What an indicator adds to the precision of the bond; 0 at weight 0."""
    safe = np.where(weight > 0, weight, 1.0)
    variance = (indicator.own + indicator.noise / safe) * overlap
    return np.where(weight > 0, indicator.slope**2 / variance, 0.0)


def posterior(
    model: Bond, anchor_precision: Floats, anchor_sum: Floats, values: Mapping[str, tuple[Floats, Floats]]
) -> tuple[Floats, Floats]:
    """(mean, sd) of each customer's bond.

    anchor_precision, anchor_sum: sums of precision, and of precision × answer, over survey occasions
    values: (value, weight) per indicator; values of weight 0 are not read
    """
    held = anchor_precision + 1 / model.sd**2
    pulled = anchor_sum + model.mean / model.sd**2
    for name, indicator in model.indicators.items():
        value, weight = values[name]
        added = precision(indicator, weight, model.overlap)
        if indicator.slope:
            pulled = pulled + added * np.where(weight > 0, (value - indicator.intercept) / indicator.slope, 0.0)
        held = held + added
    return pulled / held, 1 / np.sqrt(held)


def fit_overlap(
    model: Bond, answer: Floats, answer_variance: Floats, values: Mapping[str, tuple[Floats, Floats]]
) -> float:
    """Factor ≥ 1 on the variance of all indicators together, so that answers are predicted as well as claimed:
    squared errors are no larger than their variance on average, and 90 % intervals hold 90 % of the answers.

    answer: mean answer of each customer on the anchor (NaN: none); answer_variance: its own noise
    """
    both = np.isfinite(answer)
    if int(both.sum()) < 100 or not model.indicators:
        return 1.0
    nothing = np.zeros(len(answer))

    def surplus(overlap: float) -> float:
        tried = Bond(model.mean, model.sd, model.occasion, model.item, overlap, model.anchored, model.indicators)
        mean, sd = posterior(tried, nothing, nothing, values)
        error = (answer - mean)[both] ** 2 / (sd**2 + answer_variance)[both]
        return max(float(error.mean()) - 1.0, LEVEL - float((error <= Z_LEVEL**2).mean()))

    low, high = 1.0, MOST_OVERLAP
    if surplus(low) <= 0:
        return low
    if surplus(high) > 0:
        return high
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if surplus(middle) > 0 else (low, middle)
    return high


def fit_words(features: Floats, texts: Floats, answer: Floats, fixed: Floats, least: int = 300) -> tuple[Floats, bool]:
    """Weights that turn a text's probabilities into one score, and whether they were learnt from answers.

    features: customers × features, mean over a customer's texts; texts: how many (as evidence fades)
    answer: the customer's mean answer on the anchor, NaN where there is none; fixed: weights to start from

    Ridge regression of the answer on the fixed score and on what the single features add to it. Below ``least``
    customers with both the fixed weights stand. The score's unit is then that of the fixed one.
    """
    both = np.isfinite(answer) & (texts > 0)
    if int(both.sum()) < least:
        return fixed, False
    x, y, w = features[both], answer[both], np.minimum(texts[both], 4.0)
    x = x - np.average(x, axis=0, weights=w)
    y = y - np.average(y, weights=w)
    spread = np.sqrt(np.average(x**2, axis=0, weights=w))
    usable = spread > 1e-6
    score = x @ fixed
    base = float((w * score * y).sum() / max(float((w * score**2).sum()), 1e-12))
    if base <= 0:
        return fixed, False
    scaled = x[:, usable] / spread[usable]
    left = y - base * score
    noise = float(np.average(left**2, weights=w))
    # each feature may move the answer by about 1.5 points per standard deviation before the data must insist
    penalty = noise / 1.5**2
    gram = scaled.T @ (scaled * w[:, None]) + penalty * np.eye(scaled.shape[1])
    extra = np.linalg.solve(gram, scaled.T @ (w * left))
    weights = fixed.copy()
    weights[usable] += extra / spread[usable] / base
    return weights, True
