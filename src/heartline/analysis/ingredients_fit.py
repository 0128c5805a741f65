"""Rates of service signs with two intervals, their change, and the feeling that goes with them.

A rate is the mean of calibrated probabilities, not the share of decided labels: on messages of sources that never
trained the model the first was right on average and the second too low (``docs/explanation/ingredients.md``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context, Fit, Values
from heartline.analysis.fitted import fitted_table, numbers
from heartline.analysis.periods import windows
from heartline.stats.clusters import clustered_mean, clustered_share
from heartline.stats.intervals import difference_interval, misread_share
from heartline.stats.multiple import false_discovery, two_sided

PERIODS = 5
SIGNS: Mapping[str, tuple[str, str, str]] = {
    "effort": ("hassle", "bad", "words"),
    "ease": ("hassle", "good", "words"),
    "unrecognised": ("recognition", "bad", "words"),
    "recognition": ("recognition", "good", "words"),
    "disrespect": ("respect", "bad", "words"),
    "respect": ("respect", "good", "words"),
    "no_empathy": ("empathy", "bad", "words"),
    "empathy": ("empathy", "good", "words"),
    "error": ("hassle", "bad", "behaviour"),
    "retry": ("hassle", "bad", "behaviour"),
    "waiting": ("hassle", "bad", "behaviour"),
    "repeat_contact": ("hassle", "bad", "behaviour"),
    "gave_up": ("hassle", "bad", "behaviour"),
}
"""(ingredient, side, source) of each sign."""
WORDS = tuple(sign for sign, (_, _, source) in SIGNS.items() if source == "words")
BEHAVIOUR = tuple(sign for sign, (_, _, source) in SIGNS.items() if source == "behaviour")
CLUSTER = ("customers", "n", "sum", "n_squares", "sum_squares", "products")
"""Sums over customers that a clustered mean needs, in its order."""

# Standard deviation, on the logit scale, of true rates around mean probabilities: 32 pairs of a sign and a source of
# messages that never trained the shipped model (annotated airline tweets, product, game and support texts).
READING_ERROR = 1.07
LEAST_SIDE = 10  # contacts with and without a sign that a mean surprise needs
LEAST_TEAM = 10  # customers that a team's figures need: fewer could be told apart by those who were there


def fit_signs(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """Rates, changes and surprise of every touchpoint, team, sign and period."""
    base = context.whole("min_base")
    found = tables["ingredient_sums"]
    of = {name: np.asarray(found.column(name)) for name in ("slice", "touchpoint", "team", "sign")}
    n, hits, n_squares, hit_squares, products, customers, decided = (
        numbers(found, name) for name in ("n", "hits", "n_squares", "hit_squares", "products", "customers", "decided")
    )
    told = np.ones(len(n), dtype=bool) & ((of["team"] == "") | ((customers >= LEAST_TEAM) & (n >= base)))
    enough = n >= base
    rate, low, high = (np.where(enough, each, np.nan) for each in
                       clustered_share(n, hits, n_squares, hit_squares, products))  # fmt: skip
    words = np.isin(of["sign"], WORDS)
    read_low, read_high = (np.where(words, each, np.nan) for each in misread_share(rate, low, high, READING_ERROR))
    change = np.full((3, len(n)), np.nan)
    place = {
        key: row for row, key in enumerate(zip(of["slice"], of["touchpoint"], of["team"], of["sign"], strict=True))
    }
    before = np.array([place.get((key[0] - 1, *key[1:]), -1) for key in place], dtype=np.int64)
    has = before >= 0
    change[:, has] = difference_interval(
        *(each[has] for each in (rate, low, high)), *(each[before[has]] for each in (rate, low, high))
    )
    change_q = np.full(len(n), np.nan)
    for number in range(PERIODS):
        at_once = told & (of["slice"] == number)
        change_q[at_once] = false_discovery(two_sided(*change)[at_once])
    sides = {}
    for side in ("with", "without"):
        clusters, n_side, total, squares, total_squares, products = (
            numbers(found, f"{side}_{name}") for name in CLUSTER
        )
        mean = clustered_mean(clusters, n_side, total, squares, total_squares, products)
        sides[side] = [np.where(n_side < LEAST_SIDE, np.nan, each) for each in mean] + [n_side]
    gap = difference_interval(*sides["with"][:3], *sides["without"][:3])
    starts, ends = zip(*windows(context.as_of, context.whole("window_months"), PERIODS), strict=True)
    about = [SIGNS[sign] for sign in of["sign"]]
    columns: dict[str, Iterable[Any]] = {
        "period_start": [starts[number] for number in of["slice"]],
        "period_end": [ends[number] for number in of["slice"]],
        "touchpoint": of["touchpoint"], "team": of["team"], "sign": of["sign"],
        "ingredient": [each[0] for each in about], "side": [each[1] for each in about],
        "source": [each[2] for each in about],
        "n": n, "customers": customers, "decided": decided, "rate": rate, "low": low, "high": high,
        "read_low": read_low, "read_high": read_high,
        "change": change[0], "change_low": change[1], "change_high": change[2],
        "change_q": change_q,
        "surprise_with": sides["with"][0], "surprise_without": sides["without"][0],
        "surprise_gap": gap[0], "surprise_gap_low": gap[1], "surprise_gap_high": gap[2],
        "surprise_with_n": sides["with"][3], "surprise_without_n": sides["without"][3],
    }  # fmt: skip
    last = told & (of["slice"] == PERIODS - 1) & (of["team"] == "") & (of["sign"] == WORDS[0])
    notes = (
        f"The last period has {int(n[last].sum())} contacts with words that were read, at {int(last.sum())} points of "
        f"connection, {int((last & enough).sum())} of them with at least {base}.",
        f"Teams with fewer than {LEAST_TEAM} customers or {base} contacts at a point of connection are left out.",
    )
    return Fit({"ingredient_known": fitted_table("service_ingredient", columns).filter(pa.array(told))}, {}, notes)


def fit_moments(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """Spread, flat contacts, and contacts clearly above or below what the customer is used to."""
    base = context.whole("min_base")
    found = tables["moment_sums"]
    n, known, felt, squares = (numbers(found, name) for name in ("n", "known", "felt", "squares"))
    starts, ends = zip(*windows(context.as_of, context.whole("window_months"), PERIODS), strict=True)
    slices = found.column("slice").to_pylist()
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.maximum(squares - felt**2 / n, 0.0) / (n - 1))
    columns: dict[str, Iterable[Any]] = {
        "period_start": [starts[number] for number in slices], "period_end": [ends[number] for number in slices],
        "touchpoint": np.asarray(found.column("touchpoint")), "n": n, "customers": numbers(found, "customers"),
        "spread": np.where(n >= base, spread, np.nan), "known": known, "clear": numbers(found, "clear"),
    }  # fmt: skip
    for name, tries, tries_squares in (
        ("flat", n, "n_squares"),
        ("best", known, "known_squares"),
        ("worst", known, "known_squares"),
    ):
        hits, n_squares, squares, products = (
            numbers(found, each) for each in (name, tries_squares, f"{name}_squares", f"{name}_products")
        )
        share = clustered_share(tries, hits, n_squares, squares, products)
        for end, column in zip(("", "_low", "_high"), share, strict=True):
            columns[name + end] = np.where(tries >= base, column, np.nan)
    return Fit({"moment_known": fitted_table("touchpoint_moment", columns)})
