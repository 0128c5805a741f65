"""The sentences of a text and where they stand, over its lower-cased letters."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\x00": " "})
_SENTENCE = re.compile(r"[^.!?\n\r]+(?:\.(?=\S)[^.!?\n\r]*)*[.!?]*")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


@dataclass(frozen=True)
class Sentence:
    """One sentence: characters ``start`` to ``end`` of its text, lower-cased as ``low``."""

    start: int
    end: int
    low: str

    @property
    def asks(self) -> bool:
        """Whether it ends with a question mark."""
        return "?" in self.low[-4:]


def lower(text: str) -> str:
    """Lower case with plain quotes, exactly as long as the text."""
    plain = text.translate(_PLAIN)
    folded = plain.lower()
    if len(folded) == len(plain):
        return folded
    return "".join(one if len(one.lower()) != 1 else one.lower() for one in plain)


def sentences(low: str) -> list[Sentence]:
    """Sentences of a lower-cased text in their order; pieces without a letter or a digit are none."""
    found = []
    for match in _SENTENCE.finditer(low):
        piece = match.group()
        start = match.start() + len(piece) - len(piece.lstrip())
        end = match.start() + len(piece.rstrip())
        if _WORD.search(low, start, end):
            found.append(Sentence(start, end, low[start:end]))
    return found


def words(low: str) -> list[str]:
    """Words of a lower-cased text, without signs."""
    return _WORD.findall(low)


def first_words(text: str, start: int = 0, most: int = 24) -> tuple[int, int]:
    """Characters of the first sentence of a text from ``start`` on, cut after so many words."""
    low = lower(text)
    for sentence in sentences(low):
        if sentence.end > start:
            ends = [match.end() for match in _WORD.finditer(low, sentence.start, sentence.end)]
            end = sentence.end if len(ends) <= most else ends[most - 1]
            return sentence.start, end
    return start, len(text)
