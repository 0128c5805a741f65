"""Shares that are kept with their intervals, teams against what is usual where they work, and what was felt after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context, Fit, Values
from heartline.analysis.conduct_teams import CLUSTER, PERIODS
from heartline.analysis.fitted import fitted_table, numbers
from heartline.analysis.periods import windows
from heartline.stats.clusters import clustered_mean, clustered_share
from heartline.stats.components import shrunken
from heartline.stats.intervals import Z90, difference_interval
from heartline.stats.likelihood import Floats
from heartline.stats.multiple import differ_at_all, false_discovery
from heartline.tables import table

FALSE_SHARE = 0.1
"""Among measures by which teams are called different at most this share is expected to be chance."""
LEAST_SIDE = 10
"""Conversations kept and broken that a mean feeling afterwards needs."""


def fit_teams(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """Every team, measure and period; nothing where the setting is off or no team is large enough."""
    if context.text("conduct") != "teams":
        empty = {made: table(name).arrow_schema().empty_table() for made, name in _MADE.items()}
        return Fit(empty, {}, ("No conversation is read for conduct: the setting `conduct` is off.",))
    periods = windows(context.as_of, context.whole("window_months"), PERIODS)
    spans = [*periods, (periods[0][0], periods[-1][1])]
    least = context.whole("conduct_min")
    known, teams = _teams(tables["conduct_sums"], spans, least)
    outcome = _outcome(tables["outcome_sums"], spans[-1], least)
    note = (
        f"{teams} teams have at least {least} conversations with {least} customers; conversations of smaller teams were"
        " not read."
    )
    return Fit({"conduct_team_known": known, "team_outcome_known": outcome}, {}, (note,))


_MADE = {"conduct_team_known": "conduct_team", "team_outcome_known": "team_outcome"}


def _teams(found: pa.Table, spans: list[tuple[datetime, datetime]], least: int) -> tuple[pa.Table, int]:
    n, hits, usual, customers = (numbers(found, name) for name in ("n", "hits", "usual", "customers"))
    n_squares, hit_squares, products, off_squares, off_products = (
        numbers(found, name) for name in ("n_squares", "hit_squares", "products", "off_squares", "off_products")
    )
    slices = np.asarray(found.column("slice").to_pylist(), np.int64)
    team = np.asarray(found.column("team").to_pylist(), object)
    measure = np.asarray(found.column("measure").to_pylist(), object)
    enough = (n >= least) & (customers >= least)
    kept, low, high = (
        np.where(enough, each, np.nan) for each in clustered_share(n, hits, n_squares, hit_squares, products)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.where(enough, usual / n, np.nan)
    believed = np.full((3, len(n)), np.nan)
    alike: dict[tuple[int, str], float] = {}
    for number in range(PERIODS + 1):
        for name in sorted(set(measure.tolist())):
            mine = np.asarray((slices == number) & (measure == name) & (team != "") & enough, bool)
            if mine.sum() < 2:
                continue
            sums = (each[mine] for each in (customers, n, hits - usual, n_squares, off_squares, off_products))
            mean, _, upper = clustered_mean(*sums)
            # a team that always kept it shows no spread; none is surer than all teams' spread makes it
            common = np.sqrt(off_squares[mine].sum() / n[mine].sum() / n[mine])
            error = np.maximum(np.maximum((upper - mean) / Z90, common), 1e-9)
            believed[:, mine] = shrunken(mean, error**2)
            alike[number, name] = differ_at_all(mean, error**2)
    q = _found_false(slices, measure, alike)
    q = np.where(np.isfinite(believed[0]), q, np.nan)
    sure = (q <= FALSE_SHARE) & ((believed[1] > 0) | (believed[2] < 0))
    verdict = np.where(sure, np.where(believed[0] > 0, "more", "less"), "none").astype(object)
    columns: dict[str, Iterable[Any]] = {
        "period_start": [spans[number][0] for number in slices], "period_end": [spans[number][1] for number in slices],
        "team": team, "measure": measure, "n": n, "customers": customers, "not_read": numbers(found, "not_read"),
        "kept": kept, "kept_low": low, "kept_high": high, "expected": expected,
        "difference": believed[0], "difference_low": believed[1], "difference_high": believed[2], "q": q,
        "verdict": [told if known else None for told, known in zip(verdict, np.isfinite(believed[0]), strict=True)],
        **_felt(found),
    }  # fmt: skip
    return fitted_table("conduct_team", columns), len(set(team.tolist()) - {""})


def _found_false(slices: Any, measure: Any, alike: Mapping[tuple[int, str], float]) -> Floats:
    """False discovery rate of each row's measure among all measures of its period."""
    q = np.full(len(slices), np.nan)
    for number in range(PERIODS + 1):
        names = [name for at, name in alike if at == number]
        rates = false_discovery(np.array([alike[number, name] for name in names], np.float64))
        for name, value in zip(names, rates.tolist(), strict=True):
            q[(slices == number) & (measure == name)] = value
    return q


def _felt(found: pa.Table) -> dict[str, Floats]:
    """Mean surprise after what was kept and what was broken, and the gap between them."""
    sides = []
    for side in ("kept", "broken"):
        mean, n = _mean(found, f"{side}_")
        sides.append([*(np.where(n < LEAST_SIDE, np.nan, each) for each in mean), n])
    gap = difference_interval(*sides[0][:3], *sides[1][:3])
    return {
        "felt_kept": sides[0][0], "felt_broken": sides[1][0], "felt_gap": gap[0], "felt_gap_low": gap[1],
        "felt_gap_high": gap[2], "felt_kept_n": sides[0][3], "felt_broken_n": sides[1][3],
    }  # fmt: skip


def _outcome(found: pa.Table, span: tuple[datetime, datetime], least: int) -> pa.Table:
    mean, n = _mean(found, "")
    customers = numbers(found, CLUSTER[0])
    enough = (customers >= least) & (n >= least)
    felt, low, high = (np.where(enough, each, np.nan) for each in mean)
    return fitted_table(
        "team_outcome",
        {
            "team": found.column("team").to_pylist(), "period_start": [span[0]] * len(felt),
            "period_end": [span[1]] * len(felt), "visits": n, "customers": customers, "felt": felt,
            "felt_low": low, "felt_high": high,
        },
    )  # fmt: skip


def _mean(found: pa.Table, prefix: str) -> tuple[tuple[Floats, Floats, Floats], Floats]:
    """Mean with its interval from sums over customers, and how many values stand behind it."""
    clusters, n, total, n_squares, squares, products = (numbers(found, prefix + name) for name in CLUSTER)
    return clustered_mean(clusters, n, total, n_squares, squares, products), n
