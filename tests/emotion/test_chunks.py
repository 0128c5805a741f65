"""Chunk by chunk a text has the pieces, places and words that it has as a whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from heartline.emotion import words as wd
from heartline.emotion.chunks import MOST_PIECES, MOST_WINDOWS, Chunk, Chunks
from heartline.emotion.groups import Group, groups
from heartline.emotion.load import MODELS
from heartline.emotion.wordpiece import WordPieces

CUTTER = WordPieces((MODELS / "bulk" / "vocabulary.txt").read_text(encoding="utf-8").split("\n"))
CHUNKS = Chunks(CUTTER)


def told(chunks: list[Chunk]) -> tuple[list[int], list[tuple[int, ...]], list[str]]:
    pieces = [piece for chunk in chunks for piece in chunk.pieces]
    group = Group(CUTTER.first, CUTTER.last)
    group.add(0, CHUNKS.of("another text"), [5, 5])
    group.add(1, chunks, pieces)
    places = [tuple(place) for place in group.places()[2:].tolist()]
    return pieces, places, [word for chunk in chunks for word in chunk.words]


WRITTEN = st.lists(
    st.one_of(
        st.sampled_from([" ", "  ", "\n", "\x00", "@", "www.", "HTTP://", "https://x_y", "don’t", "_", "'", "aaaa"]),
        st.sampled_from(["the", "The", "refund.", "e\u0301", "\U0001f44d\U0001f3fd", "\u2764\ufe0f", "\u200b", "日本"]),
        st.text(max_size=3),
    ),
    max_size=25,
).map("".join)


@given(WRITTEN)
@example("\u0130stanbul ΟΔΟΣ ΟΔΟΣ")  # a letter that grows changes how the others are lowered
@example("Https://x.example ok é")
@example("  ")
def test_chunks_make_up_the_text(text: str) -> None:
    for _ in range(2):  # new, and kept
        pieces, places, words = told(CHUNKS.of(text))
        assert (pieces, places) == CUTTER.pieces(text)
        assert words == wd.tokens(wd.lower(text))


def test_of_a_very_long_text_both_ends_are_read_and_places_are_its_own() -> None:
    text = "early " * 9000 + "late " * 2000
    pieces, places, words = told(CHUNKS.of(text))
    assert len(pieces) == MOST_PIECES
    assert {text[a:b] for a, b in places[: 3 * len(places) // 4]} == {"early"}
    assert {text[a:b] for a, b in places[3 * len(places) // 4 :]} == {"late"}
    assert words == ["early"] * 500 + ["late"] * 200


@pytest.mark.parametrize("text", ["?" * 3000, "?? " * 1300, "\U0001f602 " * 1200])
def test_of_a_text_of_many_pieces_no_more_are_read(text: str) -> None:
    status = np.full(1, "empty", dtype="U20")
    (group,) = groups([text], status, CHUNKS, CUTTER.first, CUTTER.last)
    assert len(CUTTER.pieces(text)[0]) > group.inner[0] == MOST_PIECES == len(group.places()) == len(group.inside())
    assert len(group.windows) == MOST_WINDOWS
    assert group.places()[-1].tolist() == list(CUTTER.pieces(text)[1][-1])


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heartline.emotion.chunks._KEPT", 50)
    chunks = Chunks(CUTTER)
    for number in range(500):
        first = chunks.of(f"order {number} {'x' * 100}{number} é")
        assert [len(chunk.pieces) > 0 for chunk in first] == [True] * 4
        chunks.of(f"order {number}")
        assert len(chunks._plain) <= 50
        assert len(chunks._other) <= 50
        assert max(map(len, [*chunks._plain, *chunks._other])) < 50
