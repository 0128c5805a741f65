"""Feeds: rows a second and peak memory of a query that is read by a cursor, at two sizes so that growth shows.

    python benchmarks/bench_feeds.py [ROWS …]           measure, write results/feeds.md
    HEARTLINE_BENCH_URL=postgresql://… python …         another database; its table heartline_bench is made anew

Each size runs in a process of its own: read everything, read what is new (nothing, then 1,000 rows), read all again.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from heartline.feeds.feed import FolderFeed, QueryFeed, Way
from heartline.workspace import Workspace

RESULTS = Path(__file__).parent / "results"
SIZES = (200_000, 1_000_000)
HEAD = "interaction_id,customer_id,occurred_at,channel,touchpoint,text\n"
TABLE = "heartline_bench"
SQL = (
    f"select id as interaction_id, who as customer_id, at as occurred_at, 'web' as channel, 'checkout' as touchpoint, "
    f"said as text, stars as rating, 1 as rating_min, 5 as rating_max, page, id as n from {TABLE}"
)


def fill(url: str, first: int, rows: int) -> None:
    """Rows of visits: one in ten with words, one in five rated."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    insert = text(f"insert into {TABLE} values (:id, :who, :at, :said, :stars, :page)")
    with engine.begin() as connection:
        if not first:
            connection.execute(text(f"drop table if exists {TABLE}"))
            connection.execute(
                text(
                    f"create table {TABLE} (id bigint primary key, who text, at text, said text, stars integer, "
                    "page text)"
                )
            )
        for start in range(first, first + rows, 10_000):
            connection.execute(
                insert,
                [
                    {
                        "id": n, "who": f"customer-{n % 50_000}", "at": f"2026-01-{n % 28 + 1:02d}T10:{n % 60:02d}:00Z",
                        "said": "it took a while but the answer helped" if n % 10 == 0 else None,
                        "stars": n % 5 + 1 if n % 5 == 0 else None, "page": f"/page/{n % 1000}",
                    }
                    for n in range(start, min(start + 10_000, first + rows))
                ],
            )  # fmt: skip
    engine.dispose()


def measure(rows: int, url: str) -> dict[str, Any]:
    """Figures of one size; memory is the peak of this process, which also fills the table."""
    with tempfile.TemporaryDirectory() as folder, Workspace.create(Path(folder) / "shop") as workspace:
        address = url or f"sqlite:///{folder}/shop.db"
        subprocess.run([sys.executable, __file__, "fill", address, "0", str(rows)], check=True)
        feed = QueryFeed("bench", Way("interaction"), address, SQL, cursor="n")
        workspace.feeds.add(feed)
        found: dict[str, Any] = {"rows": rows, "database": address.split(":", 1)[0]}
        for name in ("first", "nothing new", "1,000 more", "all again"):
            if name == "1,000 more":
                subprocess.run([sys.executable, __file__, "fill", address, str(rows), "1000"], check=True)
            began = time.perf_counter()
            report = workspace.feeds.run(feed, full=name == "all again")
            found[name] = {
                "seconds": round(time.perf_counter() - began, 2), "read": report.read, "new": report.new,
                "unchanged": report.unchanged, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }  # fmt: skip
            print(f"{rows:,} rows, {name}: {found[name]}", file=sys.stderr, flush=True)
        return found


def folder(files: int, rows: int) -> dict[str, Any]:
    """Seconds of a folder of files: all new, nothing new, one more."""
    with tempfile.TemporaryDirectory() as place, Workspace.create(Path(place) / "shop") as workspace:
        drop = Path(place) / "drop"
        drop.mkdir()
        feed = FolderFeed("bench", Way("interaction"), str(drop), "*.csv", 0.0)

        def write(number: int) -> None:
            lines = [
                f"f{number}-{n},customer-{n},2026-01-01,web,x,{'fine' if n % 10 == 0 else ''}\n" for n in range(rows)
            ]
            (drop / f"{number:05d}.csv").write_text(HEAD + "".join(lines), encoding="utf-8")

        for number in range(files):
            write(number)
        workspace.feeds.add(feed)
        found: dict[str, Any] = {"files": files, "rows": rows}
        for name in ("all new", "nothing new", "one more"):
            if name == "one more":
                write(files)
            began = time.perf_counter()
            report = workspace.feeds.run(feed)
            found[name] = {"seconds": round(time.perf_counter() - began, 2), "loaded": len(report.loaded)}
            print(f"{files} files, {name}: {found[name]}", file=sys.stderr, flush=True)
        return found


def main() -> None:
    """Measure and write down."""
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    found = []
    for rows in sizes:
        done = subprocess.run(
            [sys.executable, __file__, "one", str(rows)], check=True, stdout=subprocess.PIPE, text=True
        )
        found.append(json.loads(done.stdout))
    write_down(found, folder(50, 1000))


def write_down(found: list[dict[str, Any]], files: dict[str, Any]) -> None:
    """Write results/feeds.md."""
    lines = [
        "# Feeds", "",
        f"A query read by its cursor into a workspace. {found[0]['database']}, {os.cpu_count()} cores, "
        f"{platform.machine()}, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}. One run each; "
        "memory is the peak of the process so far.", "",
        "| rows | run | seconds | rows read | new | unchanged | peak memory, MB |", "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for size in found:
        for name in ("first", "nothing new", "1,000 more", "all again"):
            one = size[name]
            lines.append(
                f"| {size['rows']:,} | {name} | {one['seconds']} | {one['read']:,} | {one['new']:,} | "
                f"{one['unchanged']:,} | {one['peak_mb']:,} |"
            )
    lines += [
        "", f"A folder of {files['files']} CSV files of {files['rows']:,} rows each, every file a load of its own:",
        "", "| run | seconds | files loaded |", "|---|---|---|",
        *(f"| {name} | {files[name]['seconds']} | {files[name]['loaded']} |"
          for name in ("all new", "nothing new", "one more")),
    ]  # fmt: skip
    (RESULTS / "feeds.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["fill"]:
        fill(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    elif sys.argv[1:2] == ["one"]:
        print(json.dumps(measure(int(sys.argv[2]), os.environ.get("HEARTLINE_BENCH_URL", ""))))
    else:
        main()
