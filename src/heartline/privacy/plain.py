"""Text as the finders read it: digits of every script as 0 to 9, wide letters narrow, dashes and blanks of one kind,
what takes no place on the page left out. Places in it lead back to places in the text."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

TAKEN = "\0"
"""Stands for every character that one finder has taken, or that belongs to a mark: no letter, no digit, no blank."""


class _Plain(dict[int, int | None]):
    """One character for one, worked out when it is first met."""

    def __missing__(self, code: int) -> int | None:
        self[code] = found = _plain(chr(code))
        return found


def _plain(char: str) -> int | None:
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return ord("0") + digit
    category = unicodedata.category(char)
    if category == "Cf":  # zero width: joiners, soft hyphens, marks of direction
        return None
    if category == "Pd" or char == "\u2212":
        return ord("-")
    if category == "Zs":
        return ord(" ")
    compatible = unicodedata.normalize("NFKC", char)
    return ord(compatible) if len(compatible) == 1 and compatible.isascii() else ord(char)


_TABLE = _Plain()


def plain(text: str) -> tuple[str, Sequence[int] | None]:
    """The text to look in, and for each of its characters its place in ``text``; None: the same place."""
    if text.isascii():
        return text.replace(TAKEN, " ") if TAKEN in text else text, None
    shown = text.replace(TAKEN, " ").translate(_TABLE)
    if len(shown) == len(text):
        return shown, None
    return shown, [at for at, char in enumerate(text) if _TABLE[ord(char)] is not None]


def blotted(text: str, start: int, end: int) -> str:
    """The text with a part of it taken."""
    return text[:start] + TAKEN * (end - start) + text[end:]
