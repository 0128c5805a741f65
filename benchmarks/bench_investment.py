"""Seconds of a plan at 40 options × 6 departments × 200 scenarios: each aim, and a whole what-if as the page asks it.

    python benchmarks/bench_investment.py [COMPANIES]

Options, costs and gains are made up, as many companies of them as asked (default 5), and each plan is timed three
times; medians. Figures go to benchmarks/results/investment.md.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from heartline import investing
from heartline.engines.duckdb import DuckDBEngine
from heartline.settings import load_settings
from heartline.stats.allocation import Aim, Choice, Limits, allocate
from heartline.stats.responses import diminishing
from heartline.tables import table

RESULTS = Path(__file__).parent / "results"
OPTIONS, DEPARTMENTS, SCENARIOS = 40, 6, 200
TIMES = 3


def company(seed: int) -> tuple[list[Choice], Limits]:
    """Options whose gains share half of their doubt, and limits that bind."""
    rng = np.random.default_rng(seed)
    shared = rng.uniform(0, 1, SCENARIOS)
    made = []
    for n in range(OPTIONS):
        units = int(rng.integers(1, 4))
        cost = float(rng.integers(5, 80)) * 1000
        part = 0.6 * rng.beta(1, 1, SCENARIOS) + 0.4 * shared
        gains = np.outer(
            cost * rng.uniform(0.3, 1.8) * diminishing(1.0, units, 0.7),
            2 * part * np.exp(0.4 * rng.standard_normal(SCENARIOS)),
        )
        made.append(
            Choice(
                f"o{n:02d}", np.arange(1, units + 1), cost * np.arange(1, units + 1, dtype=np.float64), gains,
                f"d{n % DEPARTMENTS}",
                {f"t{n % 10}": 0.1 * diminishing(1.0, units, 0.7)},
            )
        )  # fmt: skip
    whole = sum(float(one.costs[-1]) for one in made)
    return made, Limits(0.35 * whole, {f"d{n}": 0.1 * whole for n in range(DEPARTMENTS)})


def door(made: list[Choice]) -> DuckDBEngine:
    """The tables that a what-if reads."""
    engine = DuckDBEngine(memory_limit_gb=1, threads=1)
    rows: dict[str, list[dict[str, object]]] = {"investment": [], "option": [], "investment_scenario": [],
                                                "investment_place": []}  # fmt: skip
    for one in made:
        own = {
            "option_id": one.name,
            "name": one.name,
            "department": one.department,
            "touchpoint": next(iter(one.lifts)),
        }
        rows["investment"].append({**own, "basis": "believed", "max_units": len(one.units), "reason": ""})
        rows["option"].append({**own, "cost": float(one.costs[0])})
        rows["investment_scenario"] += [
            {"option_id": one.name, "units": int(units), "scenario": s, "gain": float(one.gains[level, s]),
             "lift": 0.1, "cost": float(one.costs[level])}
            for level, units in enumerate(one.units) for s in range(SCENARIOS)
        ]  # fmt: skip
    for name, each in rows.items():
        engine.register_arrow(name, pa.Table.from_pylist(each, table(name).arrow_schema()))
    return engine


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Median wall and processor seconds."""
    walls, cpus = [], []
    for _ in range(TIMES):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus)


def main() -> None:
    """Time all and write the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    lines: dict[str, list[tuple[float, float]]] = {}
    unproven: dict[str, int] = {}
    settings = load_settings(None, {})
    for seed in range(1, count + 1):
        made, limits = company(seed)
        engine = door(made)

        work: dict[str, Callable[[], object]] = {
            "plan, mean, exact": partial(allocate, made, limits, Aim()),
            "plan, cvar 0.9, exact": partial(allocate, made, limits, Aim("cvar")),
        }
        for aim in investing.AIMS:
            ask = investing.Ask(limits.budget, limits.caps, aim, False, seconds=0.7, gap=0.002)
            name = f"what-if, {aim}, as the page asks"
            work[name] = partial(investing.answer, engine.fetch, settings, ask)
            proven = investing.answer(engine.fetch, settings, ask).proven
            unproven[name] = unproven.get(name, 0) + (not proven)
        for name, one in work.items():
            lines.setdefault(name, []).append(timed(one))
        engine.close()
    RESULTS.mkdir(exist_ok=True)
    told = [
        "# Investment: speed", "",
        f"{OPTIONS} options of one to three units, {DEPARTMENTS} departments with caps, {SCENARIOS} scenarios, {count} "
        f"made-up companies, each timed {TIMES} times. {os.cpu_count()} cores, {platform.machine()}, Python "
        f"{platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}; written by `benchmarks/bench_investment.py`. "
        "Processor seconds say what the work costs, whatever else the machine does.", "",
        "| | wall, median s | processor, median s | processor, worst s | not proven best |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for name, each in lines.items():
        walls, cpus = [wall for wall, _ in each], [cpu for _, cpu in each]
        told.append(
            f"| {name} | {statistics.median(walls):.2f} | {statistics.median(cpus):.2f} | {max(cpus):.2f} | "
            f"{unproven.get(name, 0)} of {count} |"
        )
    text = "\n".join(told) + "\n"
    print(text)
    (RESULTS / "investment.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
