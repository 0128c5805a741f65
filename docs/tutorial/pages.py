"""What the tutorials share: a page made by a run, written beside its script or compared with what stands there."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"


def as_table(found: Sequence[Mapping[str, Any]]) -> str:
    """Rows as a Markdown table."""
    names = list(found[0])
    lines = [f"| {' | '.join(names)} |", "|" + "---|" * len(names)]
    lines += [f"| {' | '.join(_cell(row[name]) for name in names)} |" for row in found]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def nearly_same(found: str, written: str) -> bool:
    """Whether two pages have the same words, and numbers within 2 % or 0.015 of each other."""
    number = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
    if number.sub("#", found) != number.sub("#", written):
        return False
    pairs = zip(number.findall(found), number.findall(written), strict=True)
    return all(_near(float(a.replace(",", "")), float(b.replace(",", ""))) for a, b in pairs)


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= max(0.015, 0.02 * max(abs(a), abs(b)))


def wrapped(text: str) -> str:
    """The page with its paragraphs broken anew, since figures are longer or shorter than their names."""
    pieces = re.split(r"(```.*?```)", text, flags=re.DOTALL)
    made = []
    for piece in pieces:
        if not piece.startswith("```"):
            paragraphs = piece.split("\n\n")
            piece = "\n\n".join(one if one.lstrip("\n")[:1] in ("|", "#", "") else _filled(one) for one in paragraphs)
        made.append(piece)
    return "".join(made)


def _filled(paragraph: str) -> str:
    body = paragraph.strip("\n")
    start = paragraph[: len(paragraph) - len(paragraph.lstrip("\n"))]
    end = paragraph[len(paragraph.rstrip("\n")) :]
    return start + textwrap.fill(body, 120, break_long_words=False, break_on_hyphens=False) + end


def write_or_check(script: str, make: Callable[[], str], same: Callable[[str, str], bool]) -> int:
    """Write the page beside the script, or with ``--check`` compare it; gives the exit code."""
    page = Path(script).with_suffix(".md")
    if not DATA.is_dir():
        print("Skipped: the public data sets are not in ../shared/data.")
        return 0
    found = make()
    if "--check" not in sys.argv[1:]:
        page.write_text(found, encoding="utf-8")
        print(f"Wrote {page.name}")
        return 0
    if same(found, page.read_text(encoding="utf-8")):
        print(f"{page.name} says what the run gives")
        return 0
    page.with_suffix(".found.md").write_text(found, encoding="utf-8")
    print(f"{page.name} differs from the run, see {page.stem}.found.md. Next: make tutorial, and read it.")
    return 1
