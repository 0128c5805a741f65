"""Every benchmark, each in a process of its own; results/ holds the figures.

The main job and ingest run at two sizes, so that growth shows; text runs beside other readers, so that ratios show.

make bench                     all of them
python benchmarks/run.py NAME  one of them: main_job, ingest, live, privacy, feeds, identity, text, text_accuracy,
                               feelings_ahead
"""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "results"
DATA = HERE.parents[1] / "shared" / "data"
SIZES = ((25_000, 20.0), (100_000, 20.0))


def machine() -> str:
    """One line on where it ran."""
    import os

    today = f"{datetime.now(UTC):%Y-%m-%d}"
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {today}"


def main_job() -> None:
    """Facts without text through touchpoints → value at two sizes."""
    runs: list[dict[str, Any]] = []
    for customers, each in SIZES:
        folder = Path(tempfile.mkdtemp(prefix="heartline-bench-"))
        try:
            printed = subprocess.run(
                [sys.executable, HERE / "bench_main_job.py", folder, str(customers), str(each)],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
            runs.append(json.loads(printed.stdout.splitlines()[-1]))
            print(runs[-1], flush=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    small, large = runs
    lines = [
        "# The main job without text",
        "",
        f"{machine()}. Made by `make bench`; read the ratios, not the seconds.",
        "",
    ]
    lines += ["| | small | large | large / small |", "|---|---|---|---|"]
    for key in ("customers", "interactions", "ingest_rows", "ingest_s", "ingest_rows_per_s", "run_s",
                "run_interactions_per_s", "peak_mb_after_ingest", "peak_mb"):  # fmt: skip
        lines.append(f"| {key} | {small[key]:,} | {large[key]:,} | {large[key] / max(small[key], 1e-9):.2f} |")
    for name in large["analyses_s"]:
        a, b = small["analyses_s"][name], large["analyses_s"][name]
        lines.append(f"| {name}, s | {a} | {b} | {b / max(a, 1e-9):.2f} |")
    for page in large["pages_ms"]:
        a, b = small["pages_ms"][page], large["pages_ms"][page]
        lines.append(f"| page `{page}`, median ms, warm | {a} | {b} | {b / max(a, 1e-9):.2f} |")
    (RESULTS / "main_job.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (RESULTS / "main_job.json").write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")


def ingest() -> None:
    """Loading files."""
    subprocess.run([sys.executable, HERE / "bench_ingest.py"], check=True)


def live() -> None:
    """Taking events over HTTP."""
    subprocess.run([sys.executable, HERE / "bench_live.py"], check=True)


def feeds() -> None:
    """Seconds and peak memory of a query that is read by a cursor."""
    subprocess.run([sys.executable, HERE / "bench_feeds.py"], check=True)


def privacy() -> None:
    """Personal data in free text: found, taken wrongly, how fast, and what its marks change in the reading."""
    subprocess.run([sys.executable, HERE / "bench_privacy.py", *([DATA] if DATA.is_dir() else [])], check=True)


def identity() -> None:
    """Who is who, on people whose truth is known."""
    subprocess.run([sys.executable, HERE / "identity.py"], check=True)


def text() -> None:
    """Reading feelings fast."""
    subprocess.run([sys.executable, HERE / "bench_text.py"], check=True)


def text_accuracy() -> None:
    """Reading feelings right, where the public data are beside the project."""
    if not DATA.is_dir():
        print("skipped: needs the public data sets in ../shared/data (see CONTRIBUTING.md)")
        return
    subprocess.run([sys.executable, HERE / "text_accuracy.py", DATA], check=True)


def feelings_ahead() -> None:
    """What feelings say of what people do later, where the public data are beside the project."""
    if not DATA.is_dir():
        print("skipped: needs the public data sets in ../shared/data (see CONTRIBUTING.md)")
        return
    subprocess.run([sys.executable, HERE / "feelings_ahead.py", DATA], check=True)


BENCHMARKS = {
    "main_job": main_job,
    "ingest": ingest,
    "live": live,
    "feeds": feeds,
    "privacy": privacy,
    "identity": identity,
    "text": text,
    "text_accuracy": text_accuracy,
    "feelings_ahead": feelings_ahead,
}

if __name__ == "__main__":
    RESULTS.mkdir(exist_ok=True)
    for name in sys.argv[1:] or BENCHMARKS:
        print(f"{name} …", flush=True)
        BENCHMARKS[name]()
