"""How fast the light text model reads: 5,000 and 20,000 short messages of the simulator, one process."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def one_size(texts: int) -> dict[str, float]:
    """Score so many texts in this process; texts a second of processor time, peak memory."""
    import pyarrow.parquet as pq

    from heartline.emotion import load_model
    from heartline.simulate import simulate

    with tempfile.TemporaryDirectory(prefix="heartline-bench-") as folder:
        simulate(Path(folder), customers=8000, seed=2)
        column = pq.read_table(Path(folder) / "interaction.parquet", columns=["text"]).column("text")
    words = [text for text in column.to_pylist() if text][:texts]
    started = time.perf_counter()
    model = load_model("hashed")
    loaded = time.perf_counter() - started
    model.score(words[:200])
    processor, started = time.process_time(), time.perf_counter()
    model.score(words)
    processor, wall = time.process_time() - processor, time.perf_counter() - started
    single = []
    for text in words[:300]:
        started = time.perf_counter()
        model.score([text])
        single.append((time.perf_counter() - started) * 1000)
    single.sort()
    return {
        "texts": len(words),
        "texts_per_cpu_s": round(len(words) / processor),
        "texts_per_s": round(len(words) / wall),
        "one_text_p50_ms": round(single[len(single) // 2], 2),
        "one_text_p95_ms": round(single[int(len(single) * 0.95)], 2),
        "load_s": round(loaded, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    """Both sizes, each in a process of its own, into results/text.md."""
    if len(sys.argv) > 1:
        print(json.dumps(one_size(int(sys.argv[1]))))
        return
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    runs = [
        json.loads(
            subprocess.run(
                [sys.executable, __file__, str(size)], check=True, capture_output=True, text=True, env=environment
            ).stdout.splitlines()[-1]
        )
        for size in (5_000, 20_000)
    ]
    small, large = runs
    lines = ["# Reading feelings, light model", "", "Made by `make bench`; one process, evidence included.", ""]
    lines += ["| | small | large | large / small |", "|---|---|---|---|"]
    lines += [
        f"| {key} | {small[key]:,} | {large[key]:,} | {large[key] / max(small[key], 1e-9):.2f} |" for key in small
    ]
    (RESULTS / "text.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(large)


if __name__ == "__main__":
    main()
