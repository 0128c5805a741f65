"""What the main job printed, as figures and as a page; also of a run that was stopped on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_PART = re.compile(r"^(\w+): ([\d.]+) s, ([\d.]+) CPU s, ([\d.]+) MB$")
_TOLD = (
    ("customers", "customers"), ("interactions", "interactions"), ("texts", "texts"),
    ("text model", "text_model"), ("loading, rows", "ingest_rows"), ("loading, s", "ingest_s"),
    ("all analyses, s", "run_s"), ("all analyses, CPU s", "run_cpu_s"),
    ("highest memory, MB", "peak_mb"), ("of which after loading, MB", "peak_mb_after_ingest"),
)  # fmt: skip


def figures_of(printed: str) -> dict[str, Any]:
    """Figures of one run. Of one that was stopped: those of the parts that were done, with ``stopped`` true."""
    found: dict[str, Any] = {}
    parts: dict[str, tuple[float, float, float]] = {}
    for line in printed.splitlines():
        if line.startswith("{"):
            found |= json.loads(line)
        elif part := _PART.match(line):
            parts[part[1]] = (float(part[2]), float(part[3]), float(part[4]))
    for name, at in (("analyses_s", 0), ("analyses_cpu_s", 1), ("analyses_peak_mb", 2)):
        found.setdefault(name, {part: values[at] for part, values in parts.items()})
    found["stopped"] = "run_s" not in found
    if found["stopped"]:
        found["run_s"] = round(sum(found["analyses_s"].values()), 1)
        found["peak_mb"] = round(max(found["analyses_peak_mb"].values(), default=0.0))
    found["run_cpu_s"] = round(sum(found["analyses_cpu_s"].values()), 1)
    return found


def page(runs: Sequence[Mapping[str, Any]], machine: str) -> str:
    """All runs side by side, smallest first, and under them each analysis with seconds, CPU seconds and memory."""
    runs = sorted(runs, key=lambda run: (run["customers"], run["text_model"]))
    lines = [
        "# The main job",
        "",
        f"{machine}. Made by `make bench`; read the ratios, not the seconds. CPU seconds are those of all threads: on "
        "a machine that others use they say more than seconds. Every analysis of `heartline run` is in it, unless a "
        "line below says which were left out.",
        "",
        f"| | {' | '.join(_head(run) for run in runs)} |",
        "|---|" + "---|" * len(runs),
    ]
    for title, key in _TOLD:
        lines.append(f"| {title} | {' | '.join(_summed(run, key) for run in runs)} |")
    names = list(dict.fromkeys(name for run in runs for name in run["analyses_s"] if name != "done"))
    lines += [
        "",
        "Each part: seconds; CPU seconds; highest memory of the process in MB while it ran.",
        "",
        f"| | {' | '.join(_head(run) for run in runs)} |",
        "|---|" + "---|" * len(runs),
    ]
    for name in names:
        cells = [
            f"{run['analyses_s'][name]:,.1f}; {run['analyses_cpu_s'][name]:,.1f}; {run['analyses_peak_mb'][name]:,.0f}"
            if name in run["analyses_s"] else "" for run in runs
        ]  # fmt: skip
        lines.append(f"| {name} | {' | '.join(cells)} |")
    pages = list(dict.fromkeys(page for run in runs for page in run.get("pages_ms", {})))
    lines += [
        f"| page `{name}`, median ms, warm | {' | '.join(_cell(run.get('pages_ms', {}).get(name)) for run in runs)} |"
        for name in pages
    ]
    lines += ["", *(f"- {_head(run)}: {note}" for run in runs for note in _notes(run))]
    return "\n".join(lines).rstrip() + "\n"


def _head(run: Mapping[str, Any]) -> str:
    model = run["text_model"]
    return f"{run['customers']:,}" + {"none": " without words", "bulk": "", "default": ""}.get(model, f" ({model})")


def _summed(run: Mapping[str, Any], key: str) -> str:
    """A cell; what a stopped run summed up is no sum of all analyses."""
    return "not done" if run["stopped"] and key in ("run_s", "run_cpu_s") else _cell(run.get(key))


def _cell(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value:,}"


def _notes(run: Mapping[str, Any]) -> list[str]:
    notes = [str(note) for note in run.get("notes", ())]
    if run["stopped"]:
        notes.append(f"stopped by its time limit; parts that were done by then: {len(run['analyses_s'])}.")
    return notes
