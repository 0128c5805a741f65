"""Text to features: words, pairs of words and pieces of words, each as a 32-bit hash.

A text is lower-cased letter by letter, so that a position in the result is the same position in the text. A feature
is CRC-32 (RFC 1952) of its UTF-8 bytes with a start value per kind: the same on every machine and Python.
Each different word and pair of a text counts once; a word brings its pieces of 2 to 5 bytes, taken from the word with
a blank on either side. So the features of a text are the sum of features of its words and pairs, which lets a
model keep what a word adds and lets evidence be exact.
"""

from __future__ import annotations

import re
import zlib
from itertools import pairwise
from typing import Final

MAX_CHARACTERS: Final = 4000
"""Longer texts are read from both ends: the first 3,000 characters and the last 1,000."""
_HEAD: Final = 3000

_WORD_SEED, _PIECE_SEED, _PAIR_SEED = 1, 2, 3
_PIECE_BYTES: Final = (2, 3, 4, 5)
_LONGEST_WORD: Final = 40
_EDGE: Final = "\x02"

_TOKEN: Final = re.compile(r"https?://\S+|[^\W_]+(?:'[^\W_]+)*|[^\w\s]")
_REPEATS: Final = re.compile(r"(.)\1{3,}", re.DOTALL)
_PLAIN: Final = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\x00": " ", "\ufe0f": " ", "_": " "})


def lower(text: str) -> str:
    """Lower case, plain quotes, control characters as blanks; exactly as long as the text."""
    low = text.translate(_PLAIN)
    folded = low.lower()
    if len(folded) == len(low):
        return folded
    return "".join(c if len(c.lower()) != 1 else c.lower() for c in low)


def cut(text: str) -> str:
    """The part of a text that is read; what is left out is blank, so that positions stay."""
    if len(text) <= MAX_CHARACTERS:
        return text
    tail = MAX_CHARACTERS - _HEAD
    return text[:_HEAD] + " " * (len(text) - MAX_CHARACTERS) + text[-tail:]


def _squash(token: str) -> str:
    """A letter repeated four times or more is written three times; an address is only "an address"."""
    if token.startswith("http") and "://" in token:
        return "://"
    return _REPEATS.sub(r"\1\1\1", token)[:_LONGEST_WORD]


def tokens(low: str) -> list[str]:
    """Words and single signs of a lower-cased text, in order."""
    found = _TOKEN.findall(low)
    return [t if len(t) < 4 else _squash(t) for t in found]


def raw_tokens(low: str) -> list[str]:
    """The same, repeats and long words as they stand: enough to tell a language by."""
    return _TOKEN.findall(low)


def places(low: str) -> list[tuple[int, int]]:
    """Where each of the same tokens starts and ends."""
    return [match.span() for match in _TOKEN.finditer(low)]


def pairs(words: list[str]) -> list[tuple[str, str]]:
    """Neighbours, with the edges of the text as a word of their own."""
    edged = [_EDGE, *words, _EDGE]
    return list(pairwise(edged))


def word_hashes(word: str) -> list[int]:
    """Features of one word: itself and its pieces."""
    framed = f" {word} ".encode("utf-8", "surrogatepass")
    hashes = [zlib.crc32(framed[1:-1], _WORD_SEED)]
    size = len(framed)
    for length in _PIECE_BYTES:
        hashes.extend(zlib.crc32(framed[i : i + length], _PIECE_SEED) for i in range(size - length + 1))
    return hashes


def pair_hash(first: str, second: str) -> int:
    """Feature of two neighbouring words."""
    return zlib.crc32(f"{first} {second}".encode("utf-8", "surrogatepass"), _PAIR_SEED)
