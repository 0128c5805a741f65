"""One size of the main job without text: simulate, load, run touchpoints → value, ask the desk. Prints JSON.

python benchmarks/bench_main_job.py FOLDER CUSTOMERS INTERACTIONS_PER_CUSTOMER
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from pathlib import Path

from heartline.simulate import simulate
from heartline.web.app import create_app
from heartline.workspace import Workspace

_TABLES = ("customer", "interaction", "purchase", "survey_response", "referral", "spend", "option", "funnel")
_PAGES = ("/", "/customers", "/customers?sort=value_at_stake&direction=desc&page=50", "/journey", "/data")


def peak_mb() -> float:
    """Highest resident memory of this process so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run one size and print its figures."""
    folder, customers, each = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    figures: dict[str, object] = {"customers": customers}
    started = time.perf_counter()
    simulate(folder / "import", customers, seed=1, texts=False, interactions_per_customer=each)
    figures["simulate_s"] = round(time.perf_counter() - started, 1)
    with Workspace.create(folder / "workspace") as workspace:
        started = time.perf_counter()
        rows = 0
        for name in _TABLES:
            rows += workspace.ingest(name, [folder / "import" / f"{name}.parquet"]).read
        seconds = time.perf_counter() - started
        figures |= {"ingest_rows": rows, "ingest_s": round(seconds, 1), "ingest_rows_per_s": round(rows / seconds)}
        figures["interactions"] = workspace.facts.rows("interaction")
        figures["peak_mb_after_ingest"] = round(peak_mb())
        started = time.perf_counter()
        report = workspace.run()
        seconds = time.perf_counter() - started
        figures |= {
            "analyses_s": {name: round(value, 2) for name, value in report.seconds.items()},
            "run_s": round(seconds, 1),
            "run_interactions_per_s": round(int(str(figures["interactions"])) / seconds),
            "peak_mb": round(peak_mb()),
        }
        figures["pages_ms"] = _pages(workspace)
    print(json.dumps(figures))


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
