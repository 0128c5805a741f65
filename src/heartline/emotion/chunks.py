"""What a model needs to know of a text, chunk by chunk: a chunk is what stands between two blanks.

Customers write the same chunks over and over ("the", "refund."), and nothing reaches over a blank: neither a word, nor
an address, nor a repeated sign. So each chunk is looked at once and kept.
"""

from __future__ import annotations

from itertools import chain
from typing import Final, NamedTuple

from heartline.emotion import words as wd
from heartline.emotion.language import is_doubtful
from heartline.emotion.wordpiece import Word, WordPieces, spelled, words

WINDOW: Final = 126
"""Pieces that the encoder sees at once, beside its two marks. It was trained on texts up to this length."""
MOST_WINDOWS: Final = 20
"""About 10,000 characters; of a longer text the first three quarters and the last quarter of this are read."""
MOST_PIECES: Final = WINDOW * MOST_WINDOWS
_MOST_CHARACTERS: Final = 40_000
_KEPT: Final = 30_000
_LONGEST_KEPT: Final = 40


class Chunk(NamedTuple):
    """A stretch of a text.

    Attributes
    ----------
    pieces: numbers of its word pieces
    places: for each piece the first character of its whole word in this chunk and the one after its last, in one row
    words: its words as they tell the language
    doubtful: whether something in it may speak against English
    width: characters, with the blank that follows
    """

    pieces: tuple[int, ...]
    places: tuple[int, ...]
    words: tuple[str, ...]
    doubtful: bool
    width: int


class Chunks:
    """Cuts texts into chunks. May be used by several threads at once."""

    def __init__(self, cutter: WordPieces) -> None:
        self._cutter = cutter
        self._plain: dict[str, Chunk] = {}
        self._other: dict[str, Chunk] = {}

    def of(self, text: str) -> list[Chunk]:
        """The chunks of a text in order; a long text is one chunk."""
        # The one letter that becomes longer in lower case changes how the letters around it are lowered.
        if len(text) > wd.MAX_CHARACTERS or "\u0130" in text:
            return [self.whole(text)]
        if text.isascii():
            known = self._plain
            return [known.get(part) or self._new(part, words(part), known) for part in text.lower().split(" ")]
        known = self._other  # a text with one letter beyond ASCII is spelled throughout
        return [known.get(part) or self._new(part, spelled(part), known) for part in text.split(" ")]

    def _new(self, part: str, found: list[Word], known: dict[str, Chunk]) -> Chunk:
        chunk = _chunk(*self._cutter.numbers(found), wd.lower(part), len(part))
        if len(part) <= _LONGEST_KEPT:
            if len(known) >= _KEPT:
                known.clear()  # what is written today comes back soon
            known[part] = chunk
        return chunk

    def whole(self, text: str) -> Chunk:
        """A text as one chunk, of `MOST_PIECES` at most."""
        low = wd.lower(wd.cut(text))
        if len(text) > _MOST_CHARACTERS:
            # Cut before the words are looked for; blanks keep every position.
            tail = _MOST_CHARACTERS // 4
            text = text[: _MOST_CHARACTERS - tail] + " " * (len(text) - _MOST_CHARACTERS) + text[-tail:]
        pieces, places = self._cutter.pieces(text)
        if len(pieces) > MOST_PIECES:
            tail = MOST_PIECES // 4
            head = MOST_PIECES - tail
            pieces, places = pieces[:head] + pieces[-tail:], places[:head] + places[-tail:]
        return _chunk(pieces, places, low, len(text))


def _chunk(pieces: list[int], places: list[tuple[int, int]], low: str, length: int) -> Chunk:
    words = tuple(wd.tokens(low))
    return Chunk(tuple(pieces), tuple(chain.from_iterable(places)), words, is_doubtful(low, words), length + 1)
