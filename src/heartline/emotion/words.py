"""A text's words and where they stand: enough to tell its language, and to leave one word out.

A text is lower-cased letter by letter, so that a position in the result is the same position in the text. What a model
reads is cut elsewhere: by `wordpiece`, or by the tokenizer that a brought model came with.
"""

from __future__ import annotations

import re
from typing import Final

MAX_CHARACTERS: Final = 4000
"""Of longer texts the first 3,000 characters and the last 1,000 tell the language."""
_HEAD: Final = 3000

_TOKEN: Final = re.compile(r"https?://\S+|[^\W_]+(?:'[^\W_]+)*|[^\w\s]")
_PLAIN: Final = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\x00": " ", "\ufe0f": " ", "_": " "})

SILENT: Final = frozenset(".,-–—…·•*/\\|'\"`~#&()[]{}")
"""Signs that say nothing by themselves: what people put into a field that must not be empty: "-", "..."."""

_MARK: Final = re.compile(r"\[(card|iban|email|phone|ip|name)\]")


def marks_as_words(text: str) -> str:
    """The marks of masked text, such as [email], in round brackets; exactly as long as the text.

    Square ones stand for something else in what models have learnt from, and shift how good a text feels by more than
    another address in their place does (benchmarks/results/privacy.md).
    """
    return _MARK.sub(r"(\1)", text) if "[" in text else text


def lower(text: str) -> str:
    """Lower case, plain quotes, control characters as blanks; exactly as long as the text."""
    low = text.translate(_PLAIN)
    folded = low.lower()
    if len(folded) == len(low):
        return folded
    return "".join(c if len(c.lower()) != 1 else c.lower() for c in low)


def cut(text: str) -> str:
    """The part of a text that tells its language; what is left out is blank, so that positions stay."""
    if len(text) <= MAX_CHARACTERS:
        return text
    tail = MAX_CHARACTERS - _HEAD
    return text[:_HEAD] + " " * (len(text) - MAX_CHARACTERS) + text[-tail:]


def tokens(low: str) -> list[str]:
    """Words and single signs of a lower-cased text, in order."""
    return _TOKEN.findall(low)


def places(low: str) -> list[tuple[int, int]]:
    """Where each of the same tokens starts and ends."""
    return [match.span() for match in _TOKEN.finditer(low)]
