"""A brief as PDF: set by Typst, which brings its compiler and fonts in one package; nothing is fetched.

See docs/decisions/pdf.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from heartline.errors import SettingsError
from heartline.web.brief.paper import Paper, on_one_page

TEMPLATE = Path(__file__).with_name("paper.typ")
_LONGEST_WORD = 22
_BREAK = "\u200b"
MOST = 8


def pdf(
    paper: Paper, full: bool, size: str = "a4", base: str = "", charts: Mapping[str, tuple[str, str]] | None = None
) -> bytes:
    """The paper as a tagged PDF (PDF/UA-1 where every sign has a font). Not full: exactly one page.

    size: a4 or us-letter; base: address before the desk's addresses; charts: SVG and what it shows, by name
    SettingsError: the extra ``pdf`` is not installed.
    """
    try:
        import typst  # an extra: only where a PDF is asked for
    except ImportError as missing:
        raise SettingsError(
            "PDF needs the package typst, which is not installed", "the extra pdf",
            "pip install 'heartline[pdf]'; or take --html and print it from the browser",
        ) from missing  # fmt: skip
    forms = [paper] if full else [on_one_page(paper, most) for most in range(MOST, 0, -1)]
    data = {
        "full": full,
        "size": size,
        "base": base,
        "forms": [_breakable(asdict(form)) for form in forms],
        "charts": [{"svg": svg, "alt": alt} for svg, alt in (charts or {}).values()] if full else [],
    }
    source = TEMPLATE.read_bytes()
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    try:
        made: bytes = typst.compile(source, sys_inputs=inputs, pdf_standards=["ua-1"])
    except RuntimeError:  # a sign that no font has: the same pages, tagged, without the promise of the standard
        made = typst.compile(source, sys_inputs=inputs)
    return made


def _breakable(value: Any) -> Any:
    """The same with places to break a line in words that are longer than a line may be."""
    if isinstance(value, str):
        return " ".join(_broken(word) for word in value.split(" "))
    if isinstance(value, dict):
        return {key: _breakable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        if len(value) == 2 and all(isinstance(part, str) for part in value):  # a figure and its address
            return [_breakable(value[0]), value[1]]
        return [_breakable(part) for part in value]
    return value


def _broken(word: str) -> str:
    if len(word) <= _LONGEST_WORD:
        return word
    return _BREAK.join(word[i : i + _LONGEST_WORD] for i in range(0, len(word), _LONGEST_WORD))
