"""Who is who: seconds and peak memory for members by keys, at two sizes, and what the map costs a query on facts.

    python benchmarks/bench_identity.py [MEMBERS …]

Each size runs in a process of its own: facts of a made-up company whose people are known by one to four sources, their
e-mail addresses and telephone numbers partly shared; then gather, decide, write, and count interactions by touchpoint
with and without the map. Figures go to benchmarks/results/identity_speed.md.
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
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

RESULTS = Path(__file__).parent / "results"
MOMENT = datetime(2026, 7, 1)
EVENTS = 5
"""Interactions a member."""


def write_facts(folder: Path, members: int) -> Callable[[str], list[Path]]:
    """Customers, identifiers and interactions as Parquet files; every person has 1.6 members on the average."""
    from heartline.tables import table

    chance = np.random.default_rng(5)
    person = chance.integers(0, int(members / 1.6), members)
    ids = np.array([f"source{n % 4}-{n:08d}" for n in range(members)])
    start = np.datetime64("2021-01-01T00:00:00", "us")
    first = start + chance.integers(0, 5 * 365 * 86_400, members).astype("timedelta64[s]").astype("timedelta64[us]")
    given, family = (np.array([f"{head}{n}" for n in range(400)]) for head in ("given", "family"))
    customer = {
        "customer_id": ids,
        "first_seen_at": first,
        "known_at": first,
        "name": np.char.add(np.char.add(given[person % 400], " "), family[person // 400 % 400]),
        "traits": np.char.add(
            np.char.add('{"birth_date": "19', np.char.zfill((person % 60 + 30).astype(str), 2)), '-03-04"}'
        ),
    }
    keys: dict[str, list[Any]] = {"customer_id": [], "kind": [], "value_hash": [], "seen_at": []}
    for kind, share, of in (("email", 0.8, person), ("phone", 0.7, person), ("loyalty_card", 0.3, person)):
        has = chance.random(members) < share
        # two in a hundred have the address or number of somebody else in the house
        whose = np.where(chance.random(members) < 0.02, of + 1, of)[has]
        keys["customer_id"].append(ids[has])
        keys["kind"].append(np.full(int(has.sum()), kind))
        keys["value_hash"].append(np.char.add(f"{kind:>32}", np.char.zfill(whose.astype(str), 32)))
        keys["seen_at"].append(first[has])
    identity: dict[str, Any] = {name: np.concatenate(parts) for name, parts in keys.items()} | {"known_at": None}
    who = chance.integers(0, members, members * EVENTS)
    interaction = {
        "interaction_id": np.arange(members * EVENTS).astype(str),
        "customer_id": ids[who],
        "occurred_at": start + chance.integers(0, 5 * 365, members * EVENTS).astype("timedelta64[D]"),
        "touchpoint": np.array(["checkout", "support_call", "search"])[who % 3],
    }
    files: dict[str, list[Path]] = {}
    for name, columns in (("customer", customer), ("identity", identity), ("interaction", interaction)):
        schema = table(name).arrow_schema([column for column, values in columns.items() if values is not None])
        told = {column: values for column, values in columns.items() if values is not None}
        pq.write_table(pa.table(told).cast(schema), folder / f"{name}.parquet", compression="zstd")
        files[name] = [folder / f"{name}.parquet"]
    return lambda name: files.get(name, [])


def one_size(members: int) -> dict[str, object]:
    """Figures of one size; memory is the peak of this process."""
    from heartline.engines.duckdb import DuckDBEngine
    from heartline.identity.gather import Gathering
    from heartline.identity.resolve import Rules, resolve
    from heartline.identity.rulings import Rulings
    from heartline.members import write_buckets
    from heartline.runner import as_of_condition, register_facts

    figures: dict[str, object] = {"members": members}

    def timed(name: str, began: float) -> None:
        figures[name] = round(time.perf_counter() - began, 2)

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        files = write_facts(root, members)
        engine = DuckDBEngine(memory_limit_gb=4)
        began = time.perf_counter()
        gathering = Gathering(engine, files, lambda of: as_of_condition(of, MOMENT), Rules().kinds, Rules().one_of)
        gathered = gathering.gathered()
        timed("gather_s", began)
        began, used = time.perf_counter(), time.process_time()
        found = resolve(gathered, Rulings(), Rules())
        timed("decide_s", began)
        figures["decide_cpu_s"] = round(time.process_time() - used, 2)
        gathering.close()
        began = time.perf_counter()
        write_buckets(found.member, "customer_id", root / "member")
        timed("write_s", began)
        figures |= {name: found.values[name] for name in ("customers", "joined", "doubtful")}
        count = "select touchpoint, count(distinct customer_id) as n from interaction group by touchpoint"
        told = sorted((root / "member").glob("bucket=*/*.parquet"))
        for name, map_files in (("facts_given_s", None), ("facts_mapped_s", told)):
            register_facts(engine, files, MOMENT, ["interaction"], members=map_files)
            began = time.perf_counter()
            engine.fetch(count)
            timed(name, began)
        engine.close()
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return figures


def main() -> None:
    """Run each size in its own process and write the results."""
    if len(sys.argv) == 3 and sys.argv[1] == "--one":
        print(json.dumps(one_size(int(sys.argv[2]))))
        return
    found = []
    for size in [int(size) for size in sys.argv[1:]] or [250_000, 1_000_000]:
        done = subprocess.run(
            [sys.executable, __file__, "--one", str(size)], check=True, stdout=subprocess.PIPE, text=True
        )
        found.append(json.loads(done.stdout))
        print(done.stdout, end="", flush=True)
    RESULTS.mkdir(exist_ok=True)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    lines = [
        "# Who is who: speed", "",
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {today}; written by "
        "`benchmarks/bench_identity.py`. By keys alone; read the ratios, not the seconds.", "",
        "| " + " | ".join(found[0]) + " |", "|" + "---|" * len(found[0]),
    ]  # fmt: skip
    lines += ["| " + " | ".join(f"{value:,}" for value in line.values()) + " |" for line in found]
    (RESULTS / "identity_speed.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
