"""Shapley shares of R² of 14 drivers and 65,000 rows, beside plain loops; written to results/drivers.md.

python benchmarks/bench_drivers.py [FOLDER OF THE PUBLIC DATA SETS]

The package dominance-analysis does the same by a regression on the rows for every subset; its last release does not
import with numpy 2. The plain loop here does what it does. It is timed on subsets drawn at random of every size and
scaled up to all of them; shares are compared on the first drivers, where the whole loop is run.
"""

from __future__ import annotations

import csv
import gzip
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import combinations
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LinearRegression

from heartline.stats.importance import importance
from heartline.stats.moments import block_products, correlations
from heartline.stats.shapley import shapley

RESULT = Path(__file__).parent / "results" / "drivers.md"
ROWS, DRIVERS, TIMED, WHOLE = 65_000, 14, 80, 6
Floats = NDArray[np.float64]


def survey(folder: Path | None) -> tuple[Floats, Floats, str]:
    """(ratings, outcome, what they are): the airline survey, or simulated ratings of its shape."""
    file = folder / "airline_passenger_satisfaction" / "airline_passenger_satisfaction.csv.gz" if folder else None
    if file is None or not file.exists():
        rng = np.random.default_rng(1)
        common = rng.normal(size=(ROWS, 1))
        ratings = np.clip(np.rint(3 + 0.7 * common + rng.normal(size=(ROWS, DRIVERS))), 1, 5)
        outcome = ratings @ np.linspace(0, 0.3, DRIVERS) + rng.normal(size=ROWS)
        return ratings, outcome, "simulated ratings"
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    places = list(rows[0])[9:23]
    ratings = np.array([[float(row[place]) for place in places] for row in rows])
    return ratings, np.array([float(row["Satisfaction"] == "Satisfied") for row in rows]), "airline passengers"


def by_subsets(r2: Callable[[tuple[int, ...]], float], count: int) -> Floats:
    """Shares from the R² of every subset, one regression each."""
    worth = {chosen: r2(chosen) for size in range(count + 1) for chosen in combinations(range(count), size)}
    shares = np.zeros(count)
    for driver in range(count):
        others = [other for other in range(count) if other != driver]
        for size in range(count):
            for chosen in combinations(others, size):
                joined = tuple(sorted((*chosen, driver)))
                shares[driver] += (worth[joined] - worth[chosen]) / (count * comb(count - 1, size))
    return shares


def timed(work: Callable[[], Any], times: int) -> tuple[float, Any]:
    """Median seconds, and the last answer."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - started)
    return float(np.median(seconds)), found


def main(folder: Path | None) -> None:
    """Time all ways, and write the page."""
    ratings, outcome, what = survey(folder)
    count = ratings.shape[1]
    centred, left = ratings - ratings.mean(axis=0), outcome - outcome.mean()

    def rows_sklearn(chosen: tuple[int, ...]) -> float:
        some = ratings[:, list(chosen)]
        return float(LinearRegression().fit(some, outcome).score(some, outcome)) if chosen else 0.0

    def rows_lstsq(chosen: tuple[int, ...]) -> float:
        if not chosen:
            return 0.0
        some = centred[:, list(chosen)]
        fitted = some @ np.linalg.lstsq(some, left, rcond=None)[0]
        return float(1 - ((left - fitted) ** 2).sum() / (left**2).sum())

    def ours() -> Floats:
        columns = np.column_stack([np.ones(len(outcome)), ratings, outcome])
        return shapley(*correlations((columns.T @ columns), 0)).share

    def with_intervals() -> Any:
        columns = np.column_stack([np.ones(len(outcome)), ratings, outcome])
        return importance(block_products(columns, np.arange(len(outcome)) % 64), 0, len(outcome))

    whole = np.column_stack([np.ones(len(outcome)), ratings, outcome])
    matrix, with_outcome = correlations(whole.T @ whole, 0)

    def from_correlations(chosen: tuple[int, ...]) -> float:
        some = list(chosen)
        inside = matrix[np.ix_(some, some)]
        return float(with_outcome[some] @ np.linalg.solve(inside, with_outcome[some])) if some else 0.0

    rng = np.random.default_rng(2)
    drawn = [tuple(np.flatnonzero(rng.random(count) < 0.5).tolist()) for _ in range(TIMED)]
    subsets = 2**count
    fast, share = timed(ours, 9)
    full, _ = timed(with_intervals, 3)

    def drawn_by(r2: Callable[[tuple[int, ...]], float]) -> list[float]:
        return [r2(one) for one in drawn]

    ways = {"scikit-learn": rows_sklearn, "numpy lstsq": rows_lstsq}
    slow = {name: timed(partial(drawn_by, r2), 1)[0] / TIMED * subsets for name, r2 in ways.items()}
    loop, looped = timed(lambda: by_subsets(from_correlations, count), 1)
    few = by_subsets(rows_sklearn, WHOLE)
    own = shapley(matrix[:WHOLE, :WHOLE], with_outcome[:WHOLE]).share
    apart = max(float(np.abs(looped - share).max()), float(np.abs(few - own).max()))
    lines = [
        "# Shapley shares of drivers", "",
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"{datetime.now(UTC):%Y-%m-%d}. Made by `make bench`; read the ratios, not the seconds.", "",
        f"{count} drivers, {len(outcome):,} rows ({what}), all {subsets:,} subsets. dominance-analysis 1.1.9 does not"
        " import with numpy 2; the first two loops do what it does, a regression on the rows for every subset, and are"
        f" timed on {TIMED} subsets drawn at random and scaled up.", "",
        "| way | seconds | times ours |", "|---|---|---|",
        *(f"| loop over subsets, {name} on the rows | {seconds:,.1f} | {seconds / fast:,.0f} |"
          for name, seconds in slow.items()),
        f"| loop over subsets from the correlations, numpy solve | {loop:.2f} | {loop / fast:,.0f} |",
        f"| ours: correlations and all subsets at once | {fast:.4f} | 1 |",
        f"| ours with 200 bootstrap draws, intervals and rank swaps | {full:.2f} | {full / fast:,.0f} |", "",
        f"Goal: 20 times. Largest difference of a share between ways: {apart:.1e} (the loop from correlations over all"
        f" drivers, the loop on rows over the first {WHOLE}).",
    ]  # fmt: skip
    RESULT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines[6:]))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
