"""The words of a message that is written in HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BREAKS = frozenset(
    ("address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "figure", "footer", "h1", "h2", "h3", "h4",
     "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul")
)  # fmt: skip
_SILENT = frozenset(("script", "style", "template", "title"))
_TAG = re.compile(r"<[a-zA-Z/!]|&[#a-zA-Z]")
_BLANKS = re.compile(r"[^\S\n]+")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  the parser's signature
        self._silent += tag in _SILENT
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(self._silent - (tag in _SILENT), 0)
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data.replace("\n", " "))


def html_text(written: str) -> str:
    """Text without tags: entities as characters, one line for each paragraph; plain text stays as it is."""
    if not _TAG.search(written):
        return written
    reader = _Words()
    reader.feed(written)
    reader.close()
    lines = (_BLANKS.sub(" ", line).strip() for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)
