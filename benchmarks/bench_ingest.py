"""Ingest: rows a second and peak memory, at two sizes so that growth shows.

    python benchmarks/bench_ingest.py [MILLIONS_OF_ROWS …]

Each size runs in a process of its own: load a generated CSV of interactions, load the same file again, load 1,000
rows more. Figures go to benchmarks/results/ingest.jsonl and ingest.md.
"""

from __future__ import annotations

import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).parent / "results"
CHANNELS = ("web", "app", "store", "call", "email")
TOUCHPOINTS = ("checkout", "support_call", "landing", "search", "thank_you_note")
HEAD = (
    "interaction_id,customer_id,occurred_at,channel,touchpoint,outcome,duration_s,rating,rating_min,rating_max,"
    "text,page\n"
)


def write_csv(file: Path, rows: int, first: int = 0) -> None:
    """Interactions of a made-up company: one in five rated, one in ten with words."""
    chance = np.random.default_rng(7)
    with file.open("w", encoding="utf-8") as out:
        out.write(HEAD)
        for start in range(first, first + rows, 100_000):
            size = min(100_000, first + rows - start)
            who, kind = chance.integers(0, max(rows // 20, 10), size), chance.integers(0, 5, size)
            seconds, place = chance.integers(0, 3 * 365 * 86_400, size), chance.integers(0, 5, size)
            when = (np.datetime64("2023-01-01T00:00:00") + seconds.astype("timedelta64[s]")).astype(str)
            took, mark = chance.integers(1, 900, size), chance.integers(-19, 6, size)
            out.writelines(
                f"visit-{start + n},customer-{who[n]},{when[n]}+01:00,{CHANNELS[kind[n]]},{TOUCHPOINTS[place[n]]},"
                f"completed,"
                f"{took[n]},{f'{mark[n]},1,5' if mark[n] > 0 else ',,'},"
                f"{'it took a while but the answer helped' if mark[n] in (-1, -2, 5) else ''},/page/{place[n]}\n"
                for n in range(size)
            )


def one_size(rows: int) -> dict[str, object]:
    """Figures of one size; memory is the peak of this process."""
    from heartline.facts.store import FactStore
    from heartline.ingest import ingest
    from heartline.records.store import Records
    from heartline.settings import load_settings

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_csv(root / "a.csv", rows)
        write_csv(root / "more.csv", 1000, rows)
        records = Records(root / "records.db")
        facts, settings = FactStore(root, records), load_settings(None, {})
        figures: dict[str, object] = {"rows": rows, "bytes": (root / "a.csv").stat().st_size}
        for name, file in (("first", "a.csv"), ("again", "a.csv"), ("1000 more", "more.csv")):
            wall, used = time.perf_counter(), time.process_time()
            report = ingest(records, facts, settings, "interaction", [root / file])
            figures[name] = {
                "seconds": round(time.perf_counter() - wall, 2), "cpu_seconds": round(time.process_time() - used, 2),
                "new": report.new, "unchanged": report.unchanged,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }  # fmt: skip
            print(f"{rows:,} rows, {name}: {figures[name]}", file=sys.stderr, flush=True)
        records.close()
    return figures


def main() -> None:
    """Run each size in its own process and write the results."""
    if len(sys.argv) == 3 and sys.argv[1] == "--one":
        print(json.dumps(one_size(int(sys.argv[2]))))
        return
    sizes = [int(float(size) * 1e6) for size in sys.argv[1:]] or [500_000, 1_500_000]
    found = []
    for size in sizes:
        command = [sys.executable, __file__, "--one", str(size)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        found.append(json.loads(done.stdout))
        print(done.stdout, end="")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "ingest.jsonl").write_text("".join(json.dumps(line) + "\n" for line in found), encoding="utf-8")
    lines = [
        "# Ingest", "",
        f"Python {platform.python_version()}, {platform.machine()}; written by `benchmarks/bench_ingest.py`.", "",
        "| rows | CSV, MB | load | seconds | CPU seconds | rows a CPU second | peak memory, MB |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for line in found:
        for name in ("first", "again", "1000 more"):
            one = line[name]
            rate = f"{(one['new'] + one['unchanged']) / one['cpu_seconds']:,.0f}"
            lines.append(
                f"| {line['rows']:,} | {line['bytes'] / 1e6:,.0f} | {name} | {one['seconds']} | {one['cpu_seconds']} "
                f"| {rate} | {one['peak_mb']} |"
            )
    notes = RESULTS / "ingest_notes.md"
    if notes.exists():
        lines += ["", notes.read_text(encoding="utf-8").rstrip()]
    (RESULTS / "ingest.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
