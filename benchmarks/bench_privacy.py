"""How well personal data is found in free text, how often something else is taken for it, and how fast.

Lines of our own with everything marked (privacy_lines.txt); real texts beside the project where they are there, with
finds counted by kind; speed over short texts. Prints one JSON object; run.py writes results/privacy.md.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from heartline.privacy import KINDS, mask_column, masked, names_of

HERE = Path(__file__).parent
LINES = HERE / "privacy_lines.txt"
_BRACED = re.compile(r"\{(" + "|".join(KINDS) + r"):((?:[^{}])*)\}")
_MARK = re.compile(r"\[(" + "|".join(KINDS) + r")\]")
SHORT = 200
"""Characters of a short text."""


def labelled() -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Name of the record, the text, and kind and words of everything to be masked."""
    for line in LINES.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
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


def accuracy() -> dict[str, dict[str, int]]:
    """Right, missed and wrong finds by kind, and lines that have none of it but were changed."""
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    whole: Counter[str] = Counter()
    for name, text, wanted in labelled():
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


def main() -> None:
    """Print everything as JSON."""
    texts = real(Path(sys.argv[1])) if len(sys.argv) > 1 else {}
    short = [text for several in texts.values() for text in several if len(text) <= SHORT][:100_000]
    own = [text for _, text, _ in labelled()]
    short = short or own * 100
    result = {
        "accuracy": accuracy(),
        "real": {name: finds(several) for name, several in texts.items()},
        "speed": {
            "short texts": len(short), "without names": speed(short, names=False),
            "with names": speed(short, names=True),
            "lines full of personal data": speed(own * 30, names=False),
        },
    }  # fmt: skip
    print(json.dumps(result))


if __name__ == "__main__":
    main()
