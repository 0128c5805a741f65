"""How well personal data is found in free text, how often something else is taken for it, and how fast.

Lines of our own with everything marked (privacy_lines.txt); real texts beside the project where they are there, with
finds counted by kind; speed; what marks change in the reading. Prints one JSON object and writes results/privacy.md.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import platform
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.emotion.load import CHECK, load_model
from heartline.privacy import KINDS, mark, mask_column, masked, names_of

HERE = Path(__file__).parent
LINES = HERE / "privacy_lines.txt"
_BRACED = re.compile(r"\{(" + "|".join(KINDS) + r"):((?:[^{}])*)\}")
_MARK = re.compile(r"\[(" + "|".join(KINDS) + r")\]")
FRESH = "# written after the rules were mended"
"""Begins the second part of the lines."""
SHORT = 200
"""Characters of a short text."""


def labelled(part: str = "") -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Name of the record, the text, and kind and words of everything to be masked.

    ``part``: ``mended`` (lines by which the rules were mended), ``fresh`` (written afterwards), or all.
    """
    mended, _, fresh = LINES.read_text("utf-8").partition(FRESH)
    for line in {"mended": mended, "fresh": fresh}.get(part, mended + fresh).splitlines():
        if line.partition("#")[0] and "|" in line:
            name, _, text = line.partition("|")
            text = text.strip().replace("\\n", "\n")
            wanted = [(found[1], found[2]) for found in _BRACED.finditer(text)]
            yield name.strip(), _BRACED.sub(lambda found: found[2], text), wanted


def expected(text: str, wanted: list[tuple[str, str]]) -> str:
    """The text as it should be."""
    at, made = 0, ""
    for kind, words in wanted:
        start = text.index(words, at)
        made += text[at:start] + f"[{kind}]"
        at = start + len(words)
    return made + text[at:]


def accuracy(part: str) -> dict[str, dict[str, int]]:
    """Right, missed and wrong finds by kind, and lines that have none of it but were changed."""
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    whole: Counter[str] = Counter()
    for name, text, wanted in labelled(part):
        made, found = masked(text, KINDS, names_of(name))
        goal = expected(text, wanted)
        whole["lines"] += 1
        whole["as wanted"] += made == goal
        whole["without"] += not wanted
        whole["without, changed"] += not wanted and made != text
        asked = Counter(kind for kind, _ in wanted)
        # a find counts as right where the words are gone: of what was asked for, what no longer stands there
        left = Counter(kind for kind, words in wanted if words in _MARK.sub("\0", made))
        for kind in KINDS:
            right = min(asked[kind] - left[kind], found.get(kind, 0))
            counts[kind]["right"] += right
            counts[kind]["missed"] += asked[kind] - right
            counts[kind]["wrong"] += found.get(kind, 0) - right
        if made != goal:
            print(f"  {text!r} -> {made!r}", file=sys.stderr)
    return {"whole": dict(whole), **{kind: dict(found) for kind, found in counts.items()}}


def real(data: Path) -> dict[str, list[str]]:
    """Texts of public data sets, where they are."""
    columns = {
        "airline_tweets": ("text",), "cfpb_complaints_sample": ("narrative", "consumer_complaint_narrative", "text"),
        "multidogo_customer_turns": ("utterance", "text", "turn"),
    }  # fmt: skip
    found: dict[str, list[str]] = {}
    csv.field_size_limit(1 << 30)
    for folder, names in columns.items():
        texts: list[str] = []
        for file in sorted((data / folder).glob("*")):
            if not file.name.endswith((".csv.gz", ".tsv.gz")):
                continue
            with gzip.open(file, "rt", encoding="utf-8", newline="", errors="replace") as opened:
                for row in csv.DictReader(opened, delimiter="\t" if ".tsv" in file.name else ","):
                    plain = {str(name).lower().replace(" ", "_"): value for name, value in row.items()}
                    texts += [text for name in names if (text := plain.get(name))][:1]
        if texts:
            found[folder] = texts
    return found


def finds(texts: list[str]) -> dict[str, Any]:
    """Marks by kind in real texts, which are mostly cleaned of personal data: nearly all finds are to be looked at."""
    counts: Counter[str] = Counter()
    changed = 0
    kinds = [kind for kind in KINDS if kind != "name"]
    began = time.process_time()
    for text in texts:
        made, found = masked(text, kinds)
        counts.update(found)
        changed += made != text
        if made != text and "-v" in sys.argv:
            at = made.index("[")
            print("   ", text[max(0, at - 60) : at + 60].replace("\n", " "), "->", made[at : at + 9], file=sys.stderr)
    return {"texts": len(texts), "changed": changed, "seconds": time.process_time() - began, **counts}


def speed(texts: list[str], names: bool) -> float:
    """Texts a second of one core, as a load masks them: whole columns."""
    column = pa.array(texts, pa.string())
    known = [names_of("Annegret Schulze-Heimann") for _ in texts] if names else None
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        mask_column(column, KINDS, known)
        best = min(best, time.process_time() - began)
    return len(texts) / best


SAID = {
    "card": ("{} I paid with {}.", "4111 1111 1111 1111", "5555 5555 5555 4444"),
    "iban": ("{} Send it to {}.", "DE89 3704 0044 0532 0130 00", "GB29 NWBK 6016 1331 9268 19"),
    "email": ("{} My address is {}.", "anna.berg@shop.example", "t.okafor@mail.example"),
    "phone": ("{} Call me on {}.", "0171 2345678", "(415) 555-2671"),
    "ip": ("{} I came from {}.", "203.0.113.42", "198.51.100.7"),
    "name": ("{} This is {}.", "Anna Berg", "Tomasz Okafor"),
}
"""A sentence for each kind, and two things that may stand in it."""


def reading(number: int) -> dict[str, dict[str, float]]:
    """What a mark changes in what the text model reads, beside what another number or name of the kind changes.

    Over messages of our own with one more sentence: mean and 95th percentile of the absolute change of valence, its
    mean with sign, and the share of texts of which a decided label changes.
    """
    model = load_model("default", threads=1)
    messages = [json.loads(line)["text"] for line in CHECK.read_text("utf-8").splitlines()]
    chosen = messages[:: max(len(messages) // number, 1)][:number]
    found: dict[str, dict[str, float]] = {}
    for kind, (sentence, one, other) in SAID.items():
        variants = (one, mark(kind), other)
        first, masked_too, second = (model.score([sentence.format(text, v) for text in chosen]) for v in variants)
        for name, scores in ((kind, masked_too), (f"another {kind}", second)):
            moved = scores.valence - first.valence
            known = ~np.isnan(moved)
            same = [
                a == b
                for columns in ("emotions", "signals", "main_emotion", "about")
                for a, b in zip(getattr(scores, columns), getattr(first, columns), strict=True)
            ]
            found[name] = {
                "texts": int(known.sum()), "mean": float(np.abs(moved[known]).mean()),
                "p95": float(np.quantile(np.abs(moved[known]), 0.95)), "signed": float(moved[known].mean()),
                "labels": 1 - sum(same) / len(same),
            }  # fmt: skip
    return found


def written(result: dict[str, Any]) -> str:
    """The page of the figures."""
    lines = [
        "# Personal data in free text: found, taken wrongly, and how fast", "",
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"{datetime.now(UTC):%Y-%m-%d}. Made by `python benchmarks/bench_privacy.py`.", "",
        "## Lines of our own", "",
        "`benchmarks/privacy_lines.txt`, every thing marked, most lines without any written to mislead. Rules were "
        "mended by the first part, so it says what they were made for; the second part was written afterwards.", "",
        "| part | kind | to be found | found | missed | wrong |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for part, found in result["accuracy"].items():
        for kind in KINDS:
            one = {"right": 0, "missed": 0, "wrong": 0} | found[kind]
            total = one["right"] + one["missed"]
            lines.append(f"| {part} | {kind} | {total} | {one['right']} | {one['missed']} | {one['wrong']} |")
        whole = {"as wanted": 0, "without, changed": 0} | found["whole"]
        lines.append(
            f"| {part} | whole lines | {whole['lines']} | {whole['as wanted']} as wanted | – | "
            f"{whole['without, changed']} of {whole['without']} without any were changed |"
        )
    lines += [
        "", "## Real texts", "", "| texts | read | changed | found |", "|---|---|---|---|",
    ]  # fmt: skip
    for name, one in result["real"].items():
        kinds = ", ".join(f"{one[kind]} {kind}" for kind in KINDS if one.get(kind)) or "nothing"
        lines.append(f"| {name} | {one['texts']:,} | {one['changed']:,} | {kinds} |")
    lines += ["", "## Speed", "", "| | texts a second of one core |", "|---|---|"]
    count = result["speed"].pop("short texts")
    lines += [f"| {name} | {value:,.0f} |" for name, value in result["speed"].items()]
    lines += [
        "", f"{count:,} short texts (at most {SHORT} characters), best of three.", "",
        "## What marks change in what the text model reads", "",
        "300 messages of our own, each with one more sentence that holds such a thing: a mark in its place, beside "
        "another number or name of the kind in its place. Change of valence (-1 to 1), and share of decided labels "
        "that change.", "",
        "| in its place | texts | mean change | 95 % below | mean with sign | labels changed |",
        "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name, one in result["reading"].items():
        said = f"[{name}]" if name in KINDS else name
        lines.append(
            f"| {said} | {one['texts']} | {one['mean']:.3f} | {one['p95']:.3f} | {one['signed']:+.3f} | "
            f"{one['labels']:.1%} |"
        )
    notes = HERE / "results" / "privacy_notes.md"
    return "\n".join(lines) + "\n" + ("\n" + notes.read_text("utf-8") if notes.exists() else "")


def main() -> None:
    """Print everything as JSON, and write the page."""
    texts = real(Path(sys.argv[1])) if len(sys.argv) > 1 else {}
    short = [text for several in texts.values() for text in several if len(text) <= SHORT][:100_000]
    own = [text for _, text, _ in labelled()]
    short = short or own * 100
    result = {
        "accuracy": {part: accuracy(part) for part in ("mended", "fresh")},
        "real": {name: finds(several) for name, several in texts.items()},
        "speed": {
            "short texts": len(short), "without names": speed(short, names=False),
            "with names": speed(short, names=True),
            "lines full of personal data": speed(own * 30, names=False),
        },
        "reading": reading(300),
    }  # fmt: skip
    print(json.dumps(result))
    (HERE / "results" / "privacy.md").write_text(written(result), "utf-8")


if __name__ == "__main__":
    main()
