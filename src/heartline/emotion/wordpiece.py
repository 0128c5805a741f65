"""Text to word pieces of the BERT vocabulary, each with the characters of the text that it stands for.

The rules are those of BERT's uncased tokenizer (Devlin et al. 2019; longest match first, Wu et al. 2016): lower case,
no accents, every punctuation sign a word. Four things differ, so that customers' messages are not lost in `[UNK]`:
an address becomes "link", an @handle "name", an emoji the words of its Unicode name, and a sign that is repeated four
times or more is read three times. Control characters part words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final

Word = tuple[str, int, int]
"""A word in lower case with the start and end (exclusive) of its characters in the text."""

_ASCII: Final = re.compile(r"https?://\S+|www\.\S+|@\w+|[a-z0-9]+|[^\sa-z0-9\x00-\x1f\x7f]")
_ADDRESS: Final = re.compile(r"https?://\S+|www\.\S+|@\w+")
_UNUSUAL: Final = re.compile(r"@\w|https?://|www\.|([^\W_])\1{3}")
_REPEATS: Final = re.compile(r"(.)\1{3,}")
_LONGEST_WORD: Final = 100
_CACHED: Final = 100_000
_QUOTES: Final = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "."})


def words(text: str) -> list[Word]:
    """Words and signs of a text in order; positions are those of the text that was given."""
    if text.isascii():
        low = text.lower()
        if not _UNUSUAL.search(low):  # most texts: nothing to name, nothing to shorten
            return [(m[0], m.start(), m.end()) for m in _ASCII.finditer(low)]
        return [_named(m[0], m.start(), m.end()) for m in _ASCII.finditer(low)]
    return spelled(text)


def spelled(text: str) -> list[Word]:
    """The same for a text, or a part of one, with letters beyond ASCII."""
    found: list[Word] = []
    at = 0
    for match in _ADDRESS.finditer(text):
        found += _spoken(text, at, match.start())
        found.append(_named(match.group(), *match.span()))
        at = match.end()
    found += _spoken(text, at, len(text))
    return found


def _named(word: str, start: int, end: int) -> Word:
    if len(word) > 3:
        if word[0] == "@":
            return "name", start, end
        if word.startswith(("http://", "https://", "www.")):
            return "link", start, end
        word = _REPEATS.sub(r"\1\1\1", word)
    elif len(word) > 1 and word[0] == "@":
        return "name", start, end
    return word, start, end


def _spoken(text: str, start: int, end: int) -> Iterator[Word]:
    """Words of a stretch without addresses, letter by letter, since a letter may change its length."""
    letters: list[str] = []
    begun = start
    for i in range(start, end):
        kind, plain = _letter(text[i])
        if kind == "letter":
            if not letters:
                begun = i
            letters.append(plain)
            continue
        if kind == "joined":
            continue
        if letters:
            yield _named("".join(letters), begun, i)
            letters = []
        if kind == "sign":
            for word in plain.split():
                yield word, i, i + 1
    if letters:
        yield _named("".join(letters), begun, end)


@lru_cache(maxsize=4096)
def _letter(sign: str) -> tuple[str, str]:
    """What a character is (letter, sign, gap, or joined to its neighbour) and how it is written."""
    sign = sign.translate(_QUOTES)
    code = ord(sign)
    category = unicodedata.category(sign)
    if sign.isspace() or category in ("Cc", "Cs", "Co", "Cn") or code == 0xFFFD:
        return "gap", ""
    # Variation selectors, joiners and skin tones belong to the sign before them.
    if category in ("Cf", "Mn", "Me") or 0x1F3FB <= code <= 0x1F3FF:
        return "joined", ""
    if category in ("So", "Sk") and code > 0x7F:
        return "sign", " ".join(_name(sign))
    if category[0] == "P" or (code < 0x80 and not sign.isalnum()) or _ideograph(code):
        return "sign", sign
    plain = "".join(c for c in unicodedata.normalize("NFD", sign) if unicodedata.category(c) != "Mn").lower()
    return ("letter", plain) if plain else ("joined", "")


def _name(sign: str) -> Sequence[str]:
    """The words of a sign's Unicode name: a face with tears of joy says so."""
    name = unicodedata.name(sign, "symbol").lower().replace("-", " ").split()
    return [word for word in name if word not in ("sign", "symbol", "black", "white", "heavy", "with")] or ["symbol"]


def _ideograph(code: int) -> bool:
    return (
        0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or 0x20000 <= code <= 0x2CEAF or 0xF900 <= code <= 0xFAFF
    )


class WordPieces:
    """Cuts texts into pieces of a vocabulary.

    Parameters
    ----------
    vocabulary: pieces in the order of their numbers; a piece inside a word begins with ``##``; holds ``[UNK]``,
        ``[CLS]`` and ``[SEP]``

    Raises KeyError when one of the three marks is missing.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(vocabulary)}
        self.unknown, self.first, self.last = (self._numbers[mark] for mark in ("[UNK]", "[CLS]", "[SEP]"))
        self._cut: dict[str, tuple[int, ...]] = {}

    def pieces(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Numbers of the pieces, without marks, and for each the characters (start, end) of its whole word."""
        return self.numbers(words(text))

    def numbers(self, found: Sequence[Word]) -> tuple[list[int], list[tuple[int, int]]]:
        """The same for words that were found before."""
        cuts = [self._cut.get(word[0]) or self._known(word[0]) for word in found]
        numbers = list(chain.from_iterable(cuts))
        if len(numbers) == len(found):  # most texts: every word is one piece
            return numbers, [word[1:] for word in found]
        return numbers, [word[1:] for word, cut in zip(found, cuts, strict=True) for _ in cut]

    def _known(self, word: str) -> tuple[int, ...]:
        """A word that is new is cut, and kept while there is room."""
        cut = self._longest_first(word)
        if len(self._cut) < _CACHED:
            self._cut[word] = cut
        return cut

    def _longest_first(self, word: str) -> tuple[int, ...]:
        if len(word) > _LONGEST_WORD:
            return (self.unknown,)
        if word in self._numbers:
            return (self._numbers[word],)
        found: list[int] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            end = next((e for e in range(len(word), start, -1) if mark + word[start:e] in self._numbers), start)
            if end == start:
                return (self.unknown,)
            found.append(self._numbers[mark + word[start:end]])
            start = end
        return tuple(found)
