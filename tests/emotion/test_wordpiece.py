"""Pieces of words: BERT's rules with their known exceptions, and places that are those of the text."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartline.emotion.load import MODELS
from heartline.emotion.wordpiece import WordPieces, words

VOCABULARY = [
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "un",
    "##aff",
    "##able",
    "want",
    "##ed",
    ",",
    "runn",
    "##ing",
    "cafe",
    "!",
    "'",
]


@pytest.fixture(scope="module")
def pieces() -> WordPieces:
    return WordPieces(VOCABULARY)


def named(cutter: WordPieces, text: str) -> list[str]:
    return [VOCABULARY[number] for number in cutter.pieces(text)[0]]


def test_the_longest_piece_goes_first_as_the_published_example_has_it(pieces: WordPieces) -> None:
    assert named(pieces, "unaffable wanted,running") == ["un", "##aff", "##able", "want", "##ed", ",", "runn", "##ing"]


def test_a_word_that_cannot_be_cut_whole_is_unknown_whole(pieces: WordPieces) -> None:
    assert named(pieces, "wantx Caf\u00e9!") == ["[UNK]", "cafe", "!"]
    assert named(pieces, "a" * 101) == ["[UNK]"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://x.example/a?b=1 now", ["see", "link", "now"]),
        ("@Sky_Lark hello", ["name", "hello"]),
        ("so baaaad!!!!!", ["so", "baaad", "!", "!", "!", "!", "!"]),
        ("\U0001f602", ["face", "tears", "of", "joy"]),
        ("ok\U0001f44d\U0001f3fd", ["ok", "thumbs", "up"]),
        ("don\u2019t", ["don", "'", "t"]),
        ("l'\u00e9t\u00e9", ["l", "'", "ete"]),
        ("\u65e5\u672c", ["\u65e5", "\u672c"]),
        ("a\x00b", ["a", "b"]),
        ("", []),
    ],
)
def test_words_of_what_customers_write(text: str, found: list[str]) -> None:
    assert [word for word, _, _ in words(text)] == found


@given(st.text(max_size=80))
def test_places_rise_and_lie_in_the_text(text: str) -> None:
    found = words(text)
    assert all(0 <= start < end <= len(text) for _, start, end in found)
    assert all(a[1] <= b[1] for a, b in itertools.pairwise(found))


@given(st.text(alphabet=st.characters(max_codepoint=0x7E, min_codepoint=0x20), max_size=60))
def test_the_quick_way_and_the_letter_by_letter_way_agree(text: str) -> None:
    # One letter beyond ASCII sends the whole text the slow way.
    assert words(text) == words(text + " \u00e9")[:-1]


@given(st.text(alphabet=st.characters(max_codepoint=0x7E, min_codepoint=0x20), max_size=60))
def test_ascii_text_is_cut_as_the_library_cuts_it(text: str) -> None:
    tokenizers = pytest.importorskip("tokenizers", reason="the extra models is not installed")
    if any(mark in text.lower() for mark in ("@", "http", "www.")) or any(c * 4 in text.lower() for c in set(text)):
        return  # read otherwise on purpose
    vocabulary = (MODELS / "bulk" / "vocabulary.txt").read_text(encoding="utf-8").split("\n")
    library = tokenizers.Tokenizer(
        tokenizers.models.WordPiece({p: i for i, p in enumerate(vocabulary)}, unk_token="[UNK]")
    )
    library.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=True)
    library.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    assert WordPieces(vocabulary).pieces(text)[0] == library.encode(text, add_special_tokens=False).ids
