"""What `next_move` reads of a customer at a moment, and how each figure is said in words.

Everything is older than the moment. Figures are rounded, so that the order of a sum cannot move a case across a split.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heartline.stats.likelihood import Floats

Ints = NDArray[np.int64]

YEAR, HALF, QUARTER, MONTH = 365, 180, 90, 30


@dataclass(frozen=True)
class Feature:
    """One figure: column, how a value is said, how a missing one is said, whether logarithms tell it better."""

    name: str
    words: Callable[[float], str]
    missing: str = ""
    log: bool = False


def _days(text: str) -> Callable[[float], str]:
    return lambda value: text.format("a day" if round(value) == 1 else f"{value:,.0f} days")


def _count(one: str, many: str, none: str) -> Callable[[float], str]:
    return lambda value: none if value < 0.5 else one if value < 1.5 else many.format(f"{value:,.0f}")


def _valence(text: str) -> Callable[[float], str]:
    return lambda value: text.format("badly" if value < -0.2 else "well" if value > 0.2 else "neither well nor badly")


def _level(text: str, low: float, high: float) -> Callable[[float], str]:
    return lambda value: text.format("low" if value < low else "high" if value > high else "middling")


def _more_or_less(text: str, more: str, less: str, edge: float) -> Callable[[float], str]:
    return lambda value: text.format(more if value > edge else less if value < -edge else "the same")


def _share(text: str) -> Callable[[float], str]:
    return lambda value: text.format(f"{value:.0%}")


FEATURES: tuple[Feature, ...] = (
    # recency, frequency, rhythm
    Feature("life_days", _days("last seen {} ago"), "not seen for a year", log=True),
    Feature(
        "active_weeks",
        _count("seen in one week of the year", "seen in {} weeks of the year", "not seen for a year"),
        log=True,
    ),
    Feature("gap_ratio", lambda value: f"silent for {value:.1f} times their usual gap", "no rhythm known", log=True),
    Feature("known_days", _days("known for {}"), "not known since when", log=True),
    Feature(
        "visits_month", _count("one contact in a month", "{} contacts in a month", "no contact in a month"), log=True
    ),
    Feature("visits_year", _count("one contact in a year", "{} contacts in a year", "no contact in a year"), log=True),
    Feature(
        "orders_year",
        _count("bought once in a year", "bought {} times in a year", "bought nothing in a year"),
        log=True,
    ),
    Feature("order_days", _days("last bought {} ago"), "no order in a year", log=True),
    Feature(
        "order_gap_ratio",
        lambda value: f"{value:.1f} times their usual gap since the last order",
        "no rhythm of buying known",
        log=True,
    ),
    Feature("basket", _more_or_less("spends {} an order", "more than most", "less than most", 0.15), "no order known"),
    Feature("discounted", _share("{} of orders with a discount"), "no order known"),
    # what was felt
    Feature("felt_last", _valence("the last contact felt {}"), "no feeling known"),
    Feature("felt_mean", _valence("contacts of six months felt {} on average"), "no feeling known in six months"),
    Feature("felt_trend", _more_or_less("feels {} than before", "better", "worse", 0.1), "no trend of feeling known"),
    Feature("felt_spread", _level("feelings differ from contact to contact: {} spread", 0.2, 0.4), "spread not known"),
    Feature(
        "surprise_last",
        _more_or_less("the last contact was {} than they are used to", "better", "worse", 0.1),
        "not known what they are used to",
    ),
    Feature("bad_share", _share("{} of felt contacts of six months were bad"), "no feeling known in six months"),
    Feature(
        "told_year",
        _count(
            "said once in a year how it felt",
            "said {} times in a year how it felt",
            "did not say for a year how it felt",
        ),
        log=True,
    ),
    Feature("rating_last", _level("last rating {}", -0.2, 0.4), "no rating known"),
    # what happened
    Feature(
        "failures",
        _count(
            "one failed contact in three months",
            "{} failed contacts in three months",
            "no failed contact in three months",
        ),
        log=True,
    ),
    Feature(
        "support",
        _count(
            "one contact with support in three months",
            "{} contacts with support in three months",
            "no contact with support in three months",
        ),
        log=True,
    ),
    Feature(
        "complaints",
        _count("complained once in six months", "complained {} times in six months", "no complaint in six months"),
        log=True,
    ),
    Feature("digital", _share("{} of contacts by web or app"), "no contact in a year"),
    Feature(
        "signals_bad",
        _count(
            "words of hurt, leaving or effort once in six months",
            "words of hurt, leaving or effort {} times in six months",
            "no words of hurt, leaving or effort",
        ),
        log=True,
    ),
    Feature(
        "signals_good",
        _count(
            "words of attachment or praise once in six months",
            "words of attachment or praise {} times in six months",
            "no words of attachment or praise",
        ),
        log=True,
    ),
    Feature(
        "referrals",
        _count("referred somebody before", "referred somebody {} times before", "never referred anybody"),
        log=True,
    ),
    # the bond
    Feature("connection", _level("{} connection", 40, 60), "connection not known"),
    Feature("satisfaction", _level("{} satisfaction", 50, 70), "satisfaction not known"),
    Feature(
        "self_relevance",
        _level("how much the brand is part of them: {}", 0.3, 0.6),
        "not known how much the brand is part of them",
    ),
    Feature("staying", _level("staying, by their own rhythm: {}", 0.0, 0.8), "known too briefly to tell"),
    Feature(
        "promoting", _more_or_less("speaks {} the brand", "for", "against", 0.05), "not known whether they promote"
    ),
    Feature("p_betrayal", _level("signs of feeling betrayed: {}", 0.05, 0.3), "not known whether they feel betrayed"),
)
NAMES = tuple(one.name for one in FEATURES)
RATING = ("rating_last",)
RHYTHM = ("life_days", "active_weeks", "orders_year", "order_days")
# Figures that say nearly the same: one of them is a reason, two would be the same reason twice.
ALIKE = {
    "orders_year": "orders", "visits_month": "visits", "visits_year": "visits", "active_weeks": "visits",
    "told_year": "visits",
    "gap_ratio": "life", "life_days": "life", "order_gap_ratio": "order_days", "felt_mean": "felt",
    "bad_share": "felt", "felt_last": "felt_now", "surprise_last": "felt_now",
}  # fmt: skip
MOST_REASONS, WORTH_SAYING = 4, 0.05


def prepared(columns: dict[str, Floats], names: tuple[str, ...] = NAMES) -> Floats:
    """Cases × features as models take them: logarithms where told so, NaN where missing."""
    log = {one.name for one in FEATURES if one.log}
    return np.column_stack(
        [np.log1p(np.maximum(columns[name], 0.0)) if name in log else columns[name] for name in names]
    )


def reasons(values: Floats, parts: Floats) -> list[str | None]:
    """For each case at most four reasons, most telling first, joined by ``; ``: what speaks for it and what against.

    values: as read, before logarithms; parts: what each feature adds to the log odds.
    """
    chosen = _telling(parts)
    said = np.full(chosen.shape, "", dtype=object)
    for column in np.unique(chosen[chosen >= 0]):
        where = np.nonzero(chosen == column)
        # as it is said, whoever is said it first
        value, speaks_for = np.round(values[where[0], column], 2), parts[where[0], column] > 0
        for sign in (True, False):
            here = speaks_for == sign
            known, which = np.unique(value[here], return_inverse=True)
            words = np.array([_say(FEATURES[column], float(each), sign) for each in known], dtype=object)
            said[where[0][here], where[1][here]] = words[which] if len(known) else ""
    return ["; ".join(filter(None, row)) or None for row in said.tolist()]


def _telling(parts: Floats) -> Ints:
    """Cases × `MOST_REASONS`: columns of the features that tell most, one of those alike, the first first; -1: none."""
    groups = {name: number for number, name in enumerate(dict.fromkeys(ALIKE.get(name, name) for name in NAMES))}
    group = np.array([groups[ALIKE.get(name, name)] for name in NAMES], dtype=np.int64)
    strength = np.abs(parts)
    order = np.argsort(-strength, axis=1, kind="stable")
    chosen = np.full((len(parts), MOST_REASONS), -1, dtype=np.int64)
    count, used = np.zeros(len(parts), dtype=np.int64), np.zeros((len(parts), len(groups)), dtype=bool)
    rows = np.arange(len(parts))
    for place in range(parts.shape[1]):
        column = order[rows, place]
        more = (strength[rows, column] >= WORTH_SAYING) & (count[rows] < MOST_REASONS)
        rows, column = rows[more], column[more]
        if not len(rows):
            break
        fresh = ~used[rows, group[column]]
        who, what = rows[fresh], column[fresh]
        chosen[who, count[who]] = what
        count[who] += 1
        used[who, group[what]] = True
    return chosen


def _say(feature: Feature, value: float, speaks_for: bool) -> str:
    words = (feature.missing or "not known") if math.isnan(value) else feature.words(value)
    return f"{'for' if speaks_for else 'against'}: {words}"
