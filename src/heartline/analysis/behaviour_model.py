"""What behaviour says about how a visit felt: fits for ``touchpoints``, all of them on condensed sums.

Words are put onto the ratings' level, touchpoints get their usual feeling, behaviour its effects, and the spread
between customers tells how far their own past is to be trusted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context, Fit, Values
from heartline.errors import StatisticsError
from heartline.stats.cell_regression import CellModel, Cells, Gain, cross_validated, fit_cells
from heartline.stats.clusters import clustered_mean, spread_of_clusters
from heartline.stats.likelihood import Floats
from heartline.stats.shrinkage import fit_normal, posterior_normal

FACTORS: dict[str, tuple[str, ...]] = {
    "outcome": ("not told", "completed", "abandoned", "failed"),
    "duration": (
        "not measured", "below half the usual", "0.5 to 0.8 of the usual", "about as usual",
        "1.25 to 2 times the usual", "2 to 4 times the usual", "4 times the usual or more",
    ),
    "again": ("first in 7 days", "again within 7 days", "again within an hour", "third time or more within an hour"),
    "trouble": ("none just before", "a contact just before failed or was abandoned"),
}  # fmt: skip
"""What is read from behaviour; each column ``<factor>_code`` holds the place in its tuple."""

FOLDS = 5
LEAST_GAIN = 0.02
LEAST_AGREEMENT = 0.3
MOST_SHIFT = 0.3
LEAST_TOLD = 10
MEAN_MEASURES = ("felt_visits", "felt_sum", "felt_n_squares", "felt_sum_squares", "felt_products")


@dataclass(frozen=True)
class Level:
    """What is added to the valence of words so that it means what ratings mean. ``n``: visits with both."""

    shift: float
    n: int
    agreement: float | None

    def moved(self, n: Floats, total: Floats, squares: Floats) -> tuple[Floats, Floats]:
        """Sum and sum of squares of the valences of ``n`` texts after moving each."""
        return n * self.shift + total, n * self.shift**2 + 2 * self.shift * total + squares


def level_of(sums: Mapping[str, float], min_base: int) -> tuple[Level, str]:
    """What to add to words, and a sentence on it, from sums over visits that have both words and a rating.

    A rating says on a declared scale how it felt, so ratings stay as they are. A text model has a level of its own (it
    calls much neutral that customers rate well): its mean is moved to that of the ratings of the same visits, shrunken
    towards leaving it, by at most ``MOST_SHIFT``. Spread is left alone: stretching would blow up the model's noise, and
    regression would pull the angriest text to the middle by as much as the model errs.
    """
    n = int(sums["n"])
    if n < min_base:
        return Level(0.0, n, None), f"Words are taken as they are read: {n} visits have words and a rating."
    mean_words, mean_rated = sums["words"] / n, sums["rated"] / n
    var_words = max(0.0, sums["words_squares"] / n - mean_words**2)
    var_rated = max(0.0, sums["rated_squares"] / n - mean_rated**2)
    if var_words * var_rated <= 0:
        return Level(0.0, n, None), "Words are taken as they are read: words or ratings do not vary."
    agreement = (sums["products"] / n - mean_words * mean_rated) / math.sqrt(var_words * var_rated)
    if agreement < LEAST_AGREEMENT:
        return Level(0.0, n, agreement), (
            f"Words are taken as they are read: words and ratings agree too little (r = {agreement:.2f}, {n} visits)."
        )
    shift = n / (n + min_base) * (mean_rated - mean_words)
    shift = min(max(shift, -MOST_SHIFT), MOST_SHIFT)
    return Level(shift, n, agreement), (
        f"Words are moved by {shift:+.3f} to the level of ratings, from {n} visits with both (r = {agreement:.2f})."
    )


def fit_feelings(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """Level of words, usual feeling of every touchpoint, and what behaviour adds where it explains enough."""
    min_base = context.whole("min_base")
    both = {name: float(column[0] or 0.0) for name, column in tables["visit_both"].to_pydict().items()}
    words_level, said = level_of(both, min_base)
    notes = [said]

    told = tables["visit_told"].sort_by("touchpoint")
    names = told.column("touchpoint").to_pylist()
    n, total, squares = _told(told, words_level)
    company = float(total.sum() / n.sum()) if n.sum() else None
    usual = _usual(n, total, squares, company)

    cells, fold, groups = _cells(tables["visit_cell"], names, words_level)
    gain = cross_validated(cells, fold, groups) if groups and cells.n.sum() >= min_base else None
    model = fit_cells(cells, groups) if gain and gain.low > LEAST_GAIN else None
    notes.append(_sentence(gain, model, int(cells.n.sum()), min_base))
    enough = model.base >= LEAST_TOLD if model else np.zeros(len(names), dtype=bool)
    level = model.level if model else np.zeros(len(names))
    if model and not enough.all():
        notes.append(
            f"{int((~enough).sum())} touchpoints have fewer than {LEAST_TOLD} visits with behaviour and words or a "
            "rating; nothing is read from behaviour there."
        )
    small = pa.table(
        {
            "touchpoint": pa.array(names, pa.string()),
            "usual": pa.array(usual, pa.float64()),
            "level": pa.array(level, pa.float64(), mask=~enough),
        }
    )
    effects = {
        factor: {word: float(effect) for word, effect in zip(words, model.effects[place], strict=True)}
        for place, (factor, words) in enumerate(FACTORS.items())
    } if model else None  # fmt: skip
    return Fit(
        {"touchpoint_level": small},
        {
            "words_level": asdict(words_level), "company_mean": company, "told_visits": int(n.sum()),
            "behaviour_effects": effects, "behaviour_base": int(cells.n.sum()),
            "behaviour_gain": asdict(gain) if gain and math.isfinite(gain.share) else None,
        },
        tuple(notes),
    )  # fmt: skip


def fit_customers(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """How far a customer's own past is to be trusted: visits needed for it to count half (within / between)."""
    sums = {name: float(column[0] or 0.0) for name, column in tables["visit_spread"].to_pydict().items()}
    try:
        prior = spread_of_clusters(
            sums["customers"], sums["n"], sums["total"], sums["n_squares"], sums["inside"], sums["mean_squares"]
        )
    except StatisticsError:
        return Fit(
            values={"half_visits": None, "between": None, "within": None},
            notes=("Baselines are the company's: too few customers have several visits with words or a rating.",),
        )
    if prior.between <= 0:
        return Fit(
            values={"half_visits": None, "between": 0.0, "within": prior.within},
            notes=("Baselines are the company's: customers differ no more than chance would make them.",),
        )
    half = prior.within / prior.between
    return Fit(
        values={"half_visits": half, "between": prior.between, "within": prior.within},
        notes=(
            f"A customer's own past counts half after {half:.1f} visits (variance {prior.between:.3f} between "
            f"{prior.groups} customers, {prior.within:.3f} within).",
        ),
    )


def fit_periods(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """Intervals of the monthly means, with the visits of one customer taken as one cluster."""
    sums = tables["period_sums"]
    found = [sums.column(name).to_numpy(zero_copy_only=False) for name in ("felt_customers", *MEAN_MEASURES)]
    mean, low, high = clustered_mean(*found)
    n, squares = found[1], sums.column("felt_squares").to_numpy(zero_copy_only=False)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.maximum(squares - n * mean**2, 0.0) / np.where(n > 1, n - 1, np.nan))
    for name, column in (
        ("felt_mean", mean), ("felt_low", np.maximum(low, -1)), ("felt_high", np.minimum(high, 1)), ("felt_sd", spread),
    ):  # fmt: skip
        sums = sums.append_column(name, pa.array(column, pa.float64(), mask=np.isnan(column)))
    return Fit({"period_known": sums})


def _told(table: pa.Table, level: Level) -> tuple[Floats, Floats, Floats]:
    words_n, words, words_squares, rated_n, rated, rated_squares = (
        np.nan_to_num(table.column(name).to_numpy(zero_copy_only=False).astype(np.float64))
        for name in ("words_n", "words", "words_squares", "rated_n", "rated", "rated_squares")
    )
    moved, moved_squares = level.moved(words_n, words, words_squares)
    return words_n + rated_n, moved + rated, moved_squares + rated_squares


def _usual(n: Floats, total: Floats, squares: Floats, company: float | None) -> Floats:
    if company is None:
        return np.zeros(0)
    try:
        return posterior_normal(fit_normal(n, total, squares), n, total)[0]
    except StatisticsError:
        return np.full(len(n), company)


def _cells(table: pa.Table, names: list[str], level: Level) -> tuple[Cells, np.ndarray, int]:
    place = {name: number for number, name in enumerate(names)}
    group = np.array([place[name] for name in table.column("touchpoint").to_pylist()], dtype=np.int64)
    codes = [table.column(f"{factor}_code").to_numpy(zero_copy_only=False) for factor in FACTORS]
    features = np.stack(codes, axis=1).astype(np.int64)
    fold = table.column("fold").to_numpy(zero_copy_only=False)
    return Cells(features, [len(words) for words in FACTORS.values()], group, *_told(table, level)), fold, len(names)


def _sentence(gain: Gain | None, model: CellModel | None, base: int, min_base: int) -> str:
    if gain is None or not math.isfinite(gain.share):
        return (
            f"Nothing is read from behaviour: {base} visits show behaviour and words or a rating; "
            f"at least {min_base}, of several customers, are needed."
        )
    known = f"{gain.share:.3f} of the variance beyond the touchpoint's own mean (90 % lower end {gain.low:.3f})"
    if model is None:
        return (
            f"Nothing is read from behaviour: on customers left out it explains {known}, from {base} visits; "
            f"the lower end must be above {LEAST_GAIN}."
        )
    return f"Behaviour explains {known} on customers left out, from {base} visits; such visits carry expectations."
