"""A brief as plain text: for the terminal, for e-mail, for whoever reads with a screen reader."""

from __future__ import annotations

import textwrap

from heartline.web.brief.paper import ALL, Paper, on_one_page

WIDTH = 96
_SHORT = 4


def text(paper: Paper, full: bool) -> str:
    """The paper in lines of at most ``WIDTH`` characters; not full: the first items of each block."""
    shown = paper if full else on_one_page(paper, _SHORT)
    out = [f"{shown.company}: {shown.title}", shown.kicker, "", *_wrapped(shown.lead, ""), ""]
    for block in shown.blocks:
        if not block.items and not block.empty and not block.note:
            continue
        out += [block.heading, "-" * len(block.heading)]
        for item in block.items[:ALL]:
            behind = ". ".join(
                part.rstrip(".") for part in ("; ".join(words for words, _ in item.figures), item.text) if part
            )
            tag = f" [{item.tag}]" if item.tag else ""
            out += _wrapped(item.title + (f": {behind}" if behind else "") + tag, "- ")
        if not block.items and block.empty:
            out += _wrapped(block.empty, "")
        if block.note:
            out += _wrapped(f"({block.note.rstrip('.')}.)", "")
        out.append("")
    out += _wrapped(shown.foot, "")
    return "\n".join(out) + "\n"


def _wrapped(words: str, mark: str) -> list[str]:
    return textwrap.wrap(
        words, WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark), break_on_hyphens=False
    ) or [""]
