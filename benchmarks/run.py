"""Every benchmark, each in a process of its own; results/ holds the figures.

The main job and ingest run at two sizes, so that growth shows (`million` is asked for by name only); text runs beside
other readers, so that ratios show.

make bench                     all of them
python benchmarks/run.py NAME  one of them: main_job, million, ingest, live, privacy, feeds, identity, text,
                               text_accuracy, feelings_ahead, drivers, value, investment, notices, rooms
"""

from __future__ import annotations

import contextlib
import json
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
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
    """Facts with words through every analysis at two sizes."""
    for customers, each in SIZES:
        with _scratch() as folder:
            keep_main_job(_printed(folder, "bench_main_job.py", folder / "job", customers, each, "bulk"))


def million() -> None:
    """The large size ten times over: a million customers, stopped after 25 minutes, analysis by analysis."""
    customers, each = SIZES[-1]
    with _scratch() as folder:
        keep_main_job(_printed(folder, "bench_main_job.py", folder / "job", customers, each, "bulk"))
        keep_main_job(_printed(folder, "bench_scaled.py", folder / "job" / "workspace", 10, limit_s=1500))


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="heartline-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _printed(folder: Path, script: str, *words: object, limit_s: float | None = None) -> dict[str, Any]:
    """Figures of a script, also of one that its time limit stopped."""
    from main_job_page import figures_of

    log = folder / "printed"
    with log.open("w", encoding="utf-8") as out, contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run([sys.executable, HERE / script, *map(str, words)], check=True, stdout=out, timeout=limit_s)
    return figures_of(log.read_text(encoding="utf-8"))


def keep_main_job(run: dict[str, Any]) -> None:
    """Put a run among those that are kept, and write the page."""
    from main_job_page import page

    file = RESULTS / "main_job.json"
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    key = (run["customers"], run["text_model"])
    runs = [one for one in kept if (one["customers"], one.get("text_model")) != key and "text_model" in one]
    runs.append(run | {"machine": machine()})
    file.write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")
    (RESULTS / "main_job.md").write_text(page(runs, machine()), encoding="utf-8")


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


def drivers() -> None:
    """Shapley shares of 14 drivers, beside plain loops."""
    subprocess.run([sys.executable, HERE / "bench_drivers.py", *([DATA] if DATA.is_dir() else [])], check=True)


def value() -> None:
    """Fitting BG/NBD, beside the package lifetimes."""
    subprocess.run([sys.executable, HERE / "bench_value.py", *([DATA] if DATA.is_dir() else [])], check=True)


def investment() -> None:
    """Plans of 40 options, 6 departments, 200 scenarios."""
    subprocess.run([sys.executable, HERE / "bench_investment.py"], check=True)


def notices() -> None:
    """Notices a second to receivers on loopback."""
    subprocess.run([sys.executable, HERE / "bench_notices.py"], check=True)


def rooms() -> None:
    """Two hundred rooms at once; and the room held against raters, where the public data are beside the project."""
    ran = subprocess.run([sys.executable, HERE / "bench_rooms.py"], check=True, stdout=subprocess.PIPE, text=True)
    figures = json.loads(ran.stdout) | {"machine": machine()}
    (RESULTS / "rooms.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    if DATA.is_dir():
        subprocess.run([sys.executable, HERE / "room_accuracy.py", DATA], check=True)


BENCHMARKS = {
    "main_job": main_job,
    "million": million,
    "ingest": ingest,
    "live": live,
    "feeds": feeds,
    "privacy": privacy,
    "identity": identity,
    "text": text,
    "text_accuracy": text_accuracy,
    "feelings_ahead": feelings_ahead,
    "drivers": drivers,
    "value": value,
    "investment": investment,
    "notices": notices,
    "rooms": rooms,
}

if __name__ == "__main__":
    RESULTS.mkdir(exist_ok=True)
    for name in sys.argv[1:] or [one for one in BENCHMARKS if one != "million"]:
        print(f"{name} …", flush=True)
        BENCHMARKS[name]()
