"""BG/NBD beside the package lifetimes: 50 times the customers of CDNOW, one process; written to results/value.md.

python benchmarks/bench_value.py [FOLDER OF THE PUBLIC DATA SETS]

Without the data, histories are drawn from the published parameters. The same rows go to both. Ours puts equal histories
together first, which is timed with it; customers that come 50 times over are equal, as whole days make them in any
company, so both are timed on histories of which no two are alike as well.
"""

from __future__ import annotations

import csv
import importlib.metadata
import os
import platform
import sys
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartline.stats import bgnbd

RESULT = Path(__file__).parent / "results" / "value.md"
TIMES, REPEATS = 50, 5
Floats = NDArray[np.float64]


def histories(folder: Path | None) -> tuple[Floats, str]:
    """(customers, 3): frequency, recency and age in weeks, and where they come from."""
    file = folder / "cdnow" / "cdnow_customers_summary.csv" if folder else None
    if file is None or not file.exists():
        rng = np.random.default_rng(1)
        rows = []
        for rate, leave, age in zip(rng.gamma(0.243, 1 / 4.414, 2357), rng.beta(0.793, 2.426, 2357),
                                    rng.uniform(27, 39, 2357), strict=True):  # fmt: skip
            clock, count, last = 0.0, 0, 0.0
            while (clock := clock + rng.exponential(1 / max(rate, 1e-9))) < age:
                count, last = count + 1, clock
                if rng.random() < leave:
                    break
            rows.append((count, last, age))
        return np.array(rows), "drawn from the published parameters"
    with file.open(encoding="utf-8") as opened:
        told = list(csv.DictReader(opened))
    names = {name.lower(): name for name in told[0]}
    columns = [names["frequency"], names["recency"], names["t"]]
    return np.array([[float(row[name]) for name in columns] for row in told]), "CDNOW"


def beside(rows: Floats) -> Floats:
    """The package's parameters: r, alpha, a, b."""
    from lifetimes import BetaGeoFitter

    model = BetaGeoFitter(penalizer_coef=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(*rows.T)
    return np.array([model.params_[name] for name in ("r", "alpha", "a", "b")])


def _line(name: str, seconds: float, theirs: float, parameters: Floats) -> str:
    shown = " | ".join(f"{each:.4f}" for each in parameters)
    return f"| {name} | {seconds:.3f} | {theirs / seconds:.1f} | {shown} |"


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """(seconds of the quickest of some runs, what it gave)."""
    best, found = float("inf"), None
    for _ in range(REPEATS):
        began = time.perf_counter()
        found = work()
        best = min(best, time.perf_counter() - began)
    return best, found


def main() -> None:
    """Time all three and write the page."""
    rows, source = histories(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    rows = np.tile(rows, (TIMES, 1))
    took, theirs = timed(lambda: beside(rows))
    lines = [
        "# Value: BG/NBD", "",
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"{datetime.now(UTC):%Y-%m-%d}. {len(rows):,} customers ({source}, {TIMES} times over), one process, "
        f"quickest of {REPEATS} runs.", "",
        "| | seconds | times as fast | r | alpha | a | b |", "|---|---|---|---|---|---|---|",
        _line(f"lifetimes {importlib.metadata.version('lifetimes')}", took, took, theirs),
    ]  # fmt: skip
    seconds, found = timed(lambda: bgnbd.fit(*rows.T))
    if not np.allclose(found.parameters, theirs, rtol=2e-3):
        raise SystemExit(f"other parameters: {found.parameters} against {theirs}")
    lines.append(_line("ours", seconds, took, found.parameters))
    # the same with every customer's times shifted by a moment of their own: nothing can be put together
    own = rows + np.random.default_rng(2).uniform(0, 1e-3, (len(rows), 1)) * (0, 1, 1) * (rows[:, [0]] > 0)
    own[:, 2] = np.maximum(own[:, 2], own[:, 1]) + np.random.default_rng(3).uniform(0, 1e-3, len(rows))
    slow, theirs = timed(lambda: beside(own))
    lines.append(_line("lifetimes, no two histories alike", slow, slow, theirs))
    seconds, found = timed(lambda: bgnbd.fit(*own.T))
    lines.append(_line("ours, no two histories alike", seconds, slow, found.parameters))
    RESULT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(RESULT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
