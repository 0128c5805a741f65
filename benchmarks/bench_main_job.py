"""One size of the main job: simulate, load, run every analysis, ask the desk. Prints what it reaches, JSON last.

python benchmarks/bench_main_job.py FOLDER CUSTOMERS INTERACTIONS_PER_CUSTOMER [none|bulk|default [WITHOUT]]

After the size comes the text model; none: a company whose contacts have no words. WITHOUT: analyses to leave out, by
commas, with all that read what they write. FOLDER/import is taken as it is where it exists, so that a large company
need not be simulated twice.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Collection
from pathlib import Path

from peaks import Peaks

from heartline.analysis.registry import ANALYSES
from heartline.simulate import simulate
from heartline.tables import TABLES
from heartline.web.app import create_app
from heartline.workspace import Workspace

_TABLES = ("customer", "interaction", "purchase", "survey_response", "referral", "spend", "option", "funnel",
           "initiative")  # fmt: skip
_PAGES = ("/", "/customers", "/customers?sort=value_at_stake&direction=desc&page=50", "/journey", "/data")


def peak_mb() -> float:
    """Highest resident memory of this process so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run one size and print its figures."""
    folder, customers, each = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    model = sys.argv[4] if len(sys.argv) > 4 else "none"
    figures: dict[str, object] = {"customers": customers, "text_model": model}
    if not (folder / "import").is_dir():
        started = time.perf_counter()
        simulate(folder / "import", customers, seed=1, texts=model != "none", interactions_per_customer=each)
        figures["simulate_s"] = round(time.perf_counter() - started, 1)
    # with a budget, so that a plan is made
    settings: dict[str, str | float] = {"budget": 100_000.0} | ({} if model == "none" else {"emotion_model": model})
    with Workspace.create(folder / "workspace", settings) as workspace:
        started = time.perf_counter()
        rows = 0
        for name in _TABLES:
            rows += workspace.ingest(name, [folder / "import" / f"{name}.parquet"]).read
        seconds = time.perf_counter() - started
        figures |= {"ingest_rows": rows, "ingest_s": round(seconds, 1), "ingest_rows_per_s": round(rows / seconds)}
        figures |= {"interactions": workspace.facts.rows("interaction"), "texts": workspace.facts.rows("verbatim")}
        print(json.dumps(figures), flush=True)
        figures["peak_mb_after_ingest"] = round(peak_mb())
        started = time.perf_counter()
        with Peaks(printed=True) as peaks:
            workspace.run(names_without(sys.argv[5]) if len(sys.argv) > 5 else None, progress=peaks.began)
        seconds = time.perf_counter() - started
        figures |= {
            "analyses_s": {name: round(value, 2) for name, value in peaks.seconds.items()},
            "analyses_cpu_s": {name: round(value, 2) for name, value in peaks.cpu_seconds.items()},
            "analyses_peak_mb": {name: round(value) for name, value in peaks.peak_mb.items()},
            "run_s": round(seconds, 1),
            "run_interactions_per_s": round(int(str(figures["interactions"])) / seconds),
            "peak_mb": round(peak_mb()),
        }
        figures["pages_ms"] = _pages(workspace)
    print(json.dumps(figures))


def names_without(without: str, there: Collection[str] = ()) -> list[str]:
    """Analyses that need none of those left out; tables in ``there`` need not be made."""
    left = {name for name in without.split(",") if name}
    while True:
        made = {name for analysis in ANALYSES if analysis.name not in left for name in analysis.writes}
        derived = {of.name for of in TABLES.values() if of.kind == "derived"}
        given = {"member", *there} | made
        lacking = {one.name for one in ANALYSES if derived & set(one.reads) - given - set(one.may_read)} - left
        if not lacking:
            return [one.name for one in ANALYSES if one.name not in left]
        left |= lacking


def _pages(workspace: Workspace) -> dict[str, float]:
    from fastapi.testclient import TestClient

    client = TestClient(create_app(workspace), base_url="http://127.0.0.1:8765")
    medians = {}
    for page in _PAGES:
        times = []
        for _ in range(12):
            started = time.perf_counter()
            client.get(page).raise_for_status()
            times.append((time.perf_counter() - started) * 1000)
        medians[page] = round(statistics.median(times[2:]), 1)
    return medians


if __name__ == "__main__":
    main()
