"""Means over persons, what lies between them, and which gaps stand when many points are looked at together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context, Fit, Values
from heartline.analysis.fitted import fitted_table, numbers
from heartline.stats.few import Means, apart, beyond, few_means
from heartline.stats.likelihood import Floats
from heartline.stats.multiple import false_discovery

GAP = "gap_known"
LEVEL = 0.95
# A fifth of the way from one face to the next: a smaller gap is nothing that anybody would act upon.
MARGIN = 0.1
FALSE_SHARE = 0.05
FACE = 0.5
"""Distance of two of the five faces that guessers and walkers tap."""


def fit_gap(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """One row per point of connection that somebody guessed or walked."""
    guessed, walked, felt = (tables[f"gap_{name}_sums"] for name in ("guess", "walk", "customer"))
    points = sorted({*guessed.column("touchpoint").to_pylist(), *walked.column("touchpoint").to_pylist()})
    guesses, walks, customers = (_at(points, sums) for sums in (guessed, walked, felt))
    base = context.whole("min_base")
    guess, walk = (few_means(n, total, squares, FACE) for n, total, squares in (guesses, walks))
    enough = customers[0] >= base
    n, total, squares = (np.where(enough, each, 0.0) for each in customers)
    own = few_means(n, total, squares)
    gaps = {"guess": apart(guess, own), "walk": apart(walk, own)}
    p = np.concatenate([beyond(gap, MARGIN) for gap in gaps.values()])
    q = dict(zip(gaps, np.split(false_discovery(p), 2), strict=True))
    stage = _stages(tables["gap_stage"])
    columns: dict[str, Any] = {
        "touchpoint": points, "stage": [stage.get(point) for point in points],
        "guessers": guesses[0], "walkers": walks[0], "customers": customers[0],
        "guess": guess.mean, "walked": walk.mean, "customers_felt": own.mean,
    }  # fmt: skip
    for name, of in (("guess", guess), ("walked", walk), ("customers", own)):
        columns |= _ends(name, of, 1.0)
    for name, gap in gaps.items():
        columns |= {f"{name}_gap": gap.mean, f"{name}_q": q[name]} | _ends(f"{name}_gap", gap, 2.0)
        columns[f"{name}_verdict"] = _verdicts(gap, *gap.interval(LEVEL), q[name])
    return Fit({GAP: fitted_table("empathy_gap", columns)}, {}, _notes(columns, tables["gap_left"], p, base))


def _at(points: list[str], sums: pa.Table) -> tuple[Floats, Floats, Floats]:
    """Counts, sums and sums of squares of each point; 0 where there are none."""
    place = {name: row for row, name in enumerate(sums.column("touchpoint").to_pylist())}
    rows = np.array([place.get(point, -1) for point in points], dtype=np.int64)
    n, total, squares = (
        np.where(rows >= 0, np.append(numbers(sums, name), 0.0)[rows], 0.0) for name in ("n", "total", "squares")
    )
    return n, total, squares


def _stages(told: pa.Table) -> dict[str, str]:
    """The stage of each point in which most contacts stand; without contacts, most steps of walks."""
    rows = sorted(told.to_pylist(), key=lambda row: (row["contacts"], row["steps"], row["stage"]))
    return {row["touchpoint"]: row["stage"] for row in rows}


def _ends(name: str, of: Means, most: float) -> dict[str, Floats]:
    """The ends of an interval, which does not leave the scale."""
    low, high = of.interval(LEVEL)
    return {f"{name}_low": np.maximum(low, -most), f"{name}_high": np.minimum(high, most)}


def _verdicts(gap: Means, low: Floats, high: Floats, q: Floats) -> list[str]:
    found = []
    for mean, lower, upper, false_share in zip(gap.mean, low, high, q, strict=True):
        if false_share <= FALSE_SHARE:
            found.append("rosier" if mean > 0 else "darker")
        elif lower >= -MARGIN and upper <= MARGIN:
            found.append("alike")
        else:
            found.append("not_enough_evidence")
    return found


def _notes(columns: Mapping[str, Any], left: pa.Table, p: Floats, base: int) -> tuple[str, ...]:
    points = len(columns["touchpoint"])
    if not points:
        return ("Nobody who decides has guessed, and nobody has walked.",)
    clear = sum(verdict in ("rosier", "darker") for name in ("guess", "walk") for verdict in columns[f"{name}_verdict"])
    compared = int(np.isfinite(p).sum())
    notes = [
        f"{clear} of {compared} differences with an interval lie beyond {MARGIN} either way; of those told at most "
        f"{FALSE_SHARE:.0%} are expected to be chance.",
    ]
    thin = int((np.asarray(columns["customers"]) < base).sum())
    if thin:
        notes.append(f"At {thin} of {points} points fewer than {base} customers told how they felt.")
    row = {name: int(numbers(left, name)[0]) for name in ("of_others", "too_late", "replaced")}
    if any(row.values()):
        notes.append(
            f"Guesses that do not count: {row['of_others']} of people who do not decide, {row['too_late']} made after "
            f"the guesser had walked there, {row['replaced']} with a later one in their place."
        )
    return tuple(notes)
