"""How fast feelings are read: Heartline's models beside a RoBERTa-base shape, VADER and NRCLex, in one run.

    python benchmarks/bench_text.py [TEXTS]

All read the same short texts on the same two cores, one after the other, each in fresh processes. Everything is done
twice, the second time in reverse order, so that a machine that becomes slower or faster shows. Figures go to
benchmarks/results/text.md and text.json.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from text_readers import ROBERTA, THREADS, Reader, open_reader, readers, size_on_disk

RESULTS = Path(__file__).parent / "results"
TEXTS, SINGLE, WARM = 20_000, 500, 20
ENOUGH = 10_000
"""Texts below which a run is a trial: it is printed and no result is written."""
QUIET = 0.15
"""Change of speed between rounds up to which a machine counts as quiet. On a busy one the RoBERTa shape, whose two
threads wait for each other, loses most, and our ratios look better than they are."""
GOALS = (("default", 8.0, 3.0), ("bulk", 25.0, None))
"""Model, least ratio to the RoBERTa shape, most milliseconds for one text."""


def measure(part: str, reader: Reader, network: Path, texts_file: Path) -> dict[str, float]:
    """One part of one reader's figures, in this process: ``many`` texts at once, or ``single`` ones."""
    _two_cores()
    began = time.perf_counter()
    score = open_reader(reader, network)
    load = time.perf_counter() - began
    loaded = _memory("VmRSS")
    texts: list[str] = json.loads(texts_file.read_text(encoding="utf-8"))
    warm, single = texts[-WARM:], texts[:SINGLE]
    if part == "single":
        for text in warm:
            score([text])
        took = []
        for text in single:
            began = time.perf_counter()
            score([text])
            took.append((time.perf_counter() - began) * 1000)
        took.sort()
        return {"p50_ms": took[len(took) // 2], "p95_ms": took[int(len(took) * 0.95)]}
    score(warm)
    processor, began = time.process_time(), time.perf_counter()
    found = score(texts)
    processor, wall = time.process_time() - processor, time.perf_counter() - began
    status = getattr(found, "status", None)
    return {
        "texts_per_s": len(texts) / wall,
        "texts_per_cpu_s": len(texts) / processor,
        "cores_used": processor / wall,
        "share_read": 1.0 if status is None else float(((status == "scored") | (status == "abstained")).mean()),
        "load_s": load,
        "loaded_mb": loaded,
        "peak_mb": _memory("VmHWM"),
    }


def _two_cores() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])


def _memory(field: str) -> float:
    """Megabytes of this process: ``VmRSS`` now, ``VmHWM`` at most. Needs Linux.

    Not `resource.getrusage`: there the peak of the process that started this one counts too.
    """
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def compare(count: int) -> dict[str, Any]:
    """Both rounds of all readers."""
    from short_texts import SEED, short_texts

    from heartline.emotion.train.messages import own_messages

    texts = short_texts([message.text for message in own_messages()], count)
    everyone = readers()
    load = os.getloadavg()[0]
    rounds: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="heartline-bench-") as folder:
        network, texts_file = Path(folder) / "roberta_shape.onnx", Path(folder) / "texts.json"
        texts_file.write_text(json.dumps(texts), encoding="utf-8")
        if any(reader.name == ROBERTA for reader in everyone):
            # In a process of its own, so that its memory is given back.
            _run("import sys, pathlib, roberta_shape as r; r.write(pathlib.Path(sys.argv[1]))", str(network))
        for number, order in enumerate((everyone, everyone[::-1]), 1):
            for reader in order:
                figures: dict[str, Any] = {"reader": reader.label, "round": number}
                for part in ("many", "single"):
                    told = json.dumps([part, reader.name, reader.evidence, str(network), str(texts_file)])
                    printed = _run("import bench_text; bench_text.one()", told)
                    figures |= json.loads(printed.splitlines()[-1])
                rounds.append(figures)
                print(figures, flush=True)
        sizes = {reader.label: size_on_disk(reader, network) for reader in everyone}
    words = [len(text.split()) for text in texts]
    return {
        "load_before": load,
        "texts": len(texts),
        "words_per_text": sum(words) / len(words),
        "seed": SEED,
        "texts_sha256": hashlib.sha256("\n".join(texts).encode()).hexdigest(),
        "bytes": sizes,
        "rounds": rounds,
    }


def _run(code: str, argument: str) -> str:
    environment = {**os.environ, "OMP_NUM_THREADS": str(THREADS), "PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, "-c", code, argument]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout


def one() -> None:
    """Measure what the argument of this process says and print it."""
    part, name, evidence, network, texts_file = json.loads(sys.argv[1])
    print(json.dumps(measure(part, Reader(name, evidence), Path(network), Path(texts_file))))


def summary(found: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Per reader: figures as means of both rounds, change of speed between them, ratios to the RoBERTa shape."""
    by: dict[str, list[dict[str, Any]]] = {}
    for figures in found["rounds"]:
        by.setdefault(figures["reader"], []).append(figures)
    told: dict[str, dict[str, float]] = {}
    for label, two in by.items():
        keys = [key for key in two[0] if key not in ("reader", "round")]
        mean = {key: sum(figures[key] for figures in two) / len(two) for key in keys}
        mean["disk_mb"] = found["bytes"][label] / 1e6
        mean["drift"] = two[-1]["texts_per_s"] / two[0]["texts_per_s"] - 1
        for key in ("texts_per_s", "texts_per_cpu_s"):
            if ROBERTA in by:
                ratios = [a[key] / b[key] for a, b in zip(two, by[ROBERTA], strict=True)]
                mean |= {f"{key}_ratio": sum(ratios) / len(ratios), f"{key}_ratio_least": min(ratios)}
        told[label] = mean
    return told


COLUMNS = (
    ("texts_per_s", "texts a second", "{:,.0f}"),
    ("texts_per_s_ratio", "× RoBERTa shape", "{:.1f}"),
    ("texts_per_cpu_s", "texts a CPU second", "{:,.0f}"),
    ("texts_per_cpu_s_ratio", "× RoBERTa shape", "{:.1f}"),
    ("p50_ms", "one text, median ms", "{:.2f}"),
    ("p95_ms", "95 % of texts, ms", "{:.2f}"),
    ("load_s", "load, s", "{:.2f}"),
    ("loaded_mb", "memory after load, MB", "{:,.0f}"),
    ("peak_mb", "peak, MB", "{:,.0f}"),
    ("disk_mb", "on disk, MB", "{:.1f}"),
    ("share_read", "read", "{:.1%}"),
    ("drift", "second round", "{:+.0%}"),
)


def page(found: dict[str, Any], told: dict[str, dict[str, float]], machine: str) -> str:
    """The result as Markdown."""
    lines = [
        "# Reading feelings",
        "",
        f"{machine}. Made by `make bench`; read the ratios, not the seconds.",
        "",
        f"The same {found['texts']:,} texts of 5 to 25 words (mean {found['words_per_text']:.1f}), cut from the "
        f"project's own messages, on {THREADS} cores. Each row is the mean of two rounds in fresh processes; the last "
        "column says how much faster or slower the second was.",
        "",
        "| | " + " | ".join(head for _, head, _ in COLUMNS) + " |",
        "|---|" + "---|" * len(COLUMNS),
    ]
    for label, figures in told.items():
        cells = [shape.format(figures[key]) if key in figures else "" for key, _, shape in COLUMNS]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    lines += ["", *_goals(told), *_notes(found, told)]
    return "\n".join(lines) + "\n"


def _goals(told: dict[str, dict[str, float]]) -> list[str]:
    lines = []
    for label, least, most in GOALS:
        figures = told.get(label, {})
        if "texts_per_s_ratio" in figures:
            ratio, lower = figures["texts_per_s_ratio"], figures["texts_per_s_ratio_least"]
            kept = "reached" if lower >= least else "missed"
            lines.append(
                f"- Goal: `{label}` {least:.0f} × the RoBERTa shape, evidence included: {kept} "
                f"({ratio:.1f}, in the worse round {lower:.1f})."
            )
            if most is not None:
                kept = "reached" if figures["p50_ms"] < most else "missed"
                lines.append(f"- Goal: `{label}` under {most:.0f} ms for one text: {kept} ({figures['p50_ms']:.2f}).")
    return lines


def _notes(found: dict[str, Any], told: dict[str, dict[str, float]]) -> Sequence[str]:
    lines = [
        f"- Processes that ran or waited in the minute before: {found['load_before']:.1f}.",
        "- `roberta_shape`: 12 layers of 768, 125 million parameters with random weights, eight bits, "
        "onnxruntime as it comes, batches of 32 sorted by length, the same word pieces as ours. `unfused`: without one "
        "step of onnxruntime that ours leave out as well, since it is slower so.",
        "- `vader` and `nrclex` use one core; texts a CPU second compare them fairly. Ours run two threads.",
        "- `nrclex` is given words in lower case: its own cutting, slower, downloads a corpus.",
        "- One text: 500 texts, one call each, after a warm-up. Memory is resident memory of the whole process.",
        "- On disk: model, word pieces, lexicon. onnxruntime, numpy or NLTK are not in it.",
        "- Read: texts that were not refused as empty or as another language.",
    ]
    restless = [f"{name} ({figures['drift']:+.0%})" for name, figures in told.items() if abs(figures["drift"]) > QUIET]
    if restless:
        lines.append(f"- **The machine was not quiet: measure again.** Rounds differ: {', '.join(restless)}.")
    lacking = [name for name in ("default", "bulk", ROBERTA, "vader", "nrclex") if name not in told]
    return [*lines, f"- Not measured, since not installed: {', '.join(lacking)}."] if lacking else lines


def main() -> None:
    """Measure, and write the results where the run was a full one."""
    from run import machine

    found = compare(int(sys.argv[1]) if len(sys.argv) > 1 else TEXTS)
    told = summary(found)
    text = page(found, told, machine())
    print(text)
    if found["texts"] < ENOUGH:
        print(f"A trial of {found['texts']} texts: no result is written.")
        return
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "text.md").write_text(text, encoding="utf-8")
    whole = {"machine": machine(), "summary": told, **found}
    (RESULTS / "text.json").write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
