"""Masking a text: what is found, what stays, and what holds of any text."""

from __future__ import annotations

import time

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from heartline.errors import SettingsError
from heartline.privacy import KINDS, kinds_of, mark, mask_column, mask_json_column, masked, names_of

ANNA = names_of("Anna Berg")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail anna.berg+x@shop.example. Thanks", "mail [email]. Thanks"),
        ("müller@bücher.example, <a@b.co>", "[email], <[email]>"),
        ("write to me@shop.example.Please do", "write to [email].Please do"),
        ("call 0171 2345678 or (415) 555-2671", "call [phone] or [phone]"),
        ("+49 (0)171 234567 / +1 415 555 2671", "[phone] / [phone]"),
        ("06 12 34 56 78 ou 06.12.34.56.78", "[phone] ou [phone]"),
        ("my number is 4155552671", "my number is 4155552671"),  # no word for a telephone: it may be any number
        ("my phone is 4155552671", "my phone is [phone]"),
        ("from 192.168.10.4 and 2001:db8::ff00:42:8329", "from [ip] and [ip]"),
        ("Karte \uff14\uff11\uff11\uff11 1111 1111 1111", "Karte [card]"),
        ("\u0664\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661", "[card]"),
        ("a\u200b@b.example", "[email]"),
        ("Hi Anna, Ms Berg? ANNA BERG's order", "Hi [name], Ms [name]? [name]'s order"),
    ],
)
def test_what_is_found(text: str, expected: str) -> None:
    assert masked(text, KINDS, ANNA)[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        "@VirginAmerica you are great, @united. Thanks",
        "on 01.02.2024 10:00 and 2024-02-01, 12/31/2023",
        "order 4155552671, invoice no 0171234567, ref. 415-555-2671",
        "paid 1.234.567,89 EUR, $4,155,552,671 and 1234567 €",
        "version 10.0.0.14, chapter 1.2.3.4, 300.1.1.10",
        "10:30:45, std::vector, a::b",
        "Zimmer 12 34 56, Seite 100-200, 9-5, 24/7",
        "love it!!! 5 stars, 10/10",
    ],
)
def test_what_stays(text: str) -> None:
    assert masked(text, KINDS, ANNA) == (text, {})


def test_only_the_chosen_kinds_are_masked() -> None:
    text = "4111111111111111 a@b.example 10.11.12.13 +49 171 2345678 Anna DE89370400440532013000"
    for kind in KINDS:
        made, counts = masked(text, [kind], ANNA)
        assert (made.count(mark(kind)), counts) == (1, {kind: 1})
        assert sum(made.count(mark(other)) for other in KINDS) == 1


def test_a_setting_that_names_no_kind_is_refused() -> None:
    assert kinds_of("off") == ()
    assert kinds_of("all") == KINDS
    assert kinds_of("name card") == ("card", "name")
    with pytest.raises(SettingsError, match="cards"):
        kinds_of("cards")


# rules for any text

PIECES = st.sampled_from(
    [
        "4111111111111111", "4111 1111", "1111 1111", "DE89370400440532013000", "a@b.example", "@", ".", " ", "-",
        "+49", "0171 2345678", "call ", "order ", "10.1.2.3", "2001:db8::1:2", "[card]", "[name]", "[", "]", "Anna",
        "Will", "berg", "\u200b", "\u00ad", "\u0661", "\uff11", "I am ", "ß", "İ", "\U0001f600", "\0", "\n", "'s",
        "(", ")", "/",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=14).map("".join))
PERSON = names_of("Anna Will Berg", "Card Name")


@given(TEXTS)
@example("[card]4111111111111111[card]")
@example("+[card] 1234567 0171 2345678")
@example("Name Card [name]")
@example("0::0:10.0.0.0")
def test_masking_twice_is_masking_once(text: str) -> None:
    once, counts = masked(text, KINDS, PERSON)
    assert masked(once, KINDS, PERSON) == (once, {})
    assert all(once.count(mark(kind)) == counts.get(kind, 0) + text.count(mark(kind)) for kind in KINDS)


@given(TEXTS)
def test_nothing_is_added_but_marks(text: str) -> None:
    """What stands between the marks stands in the text, in its order, and a text grows by its marks at most."""
    made, counts = masked(text, KINDS, PERSON)
    assert len(made) <= len(text) + sum(len(mark(kind)) * number for kind, number in counts.items())
    at = 0
    rest = made
    for kind in KINDS:
        rest = rest.replace(mark(kind), "\x01")
    for part in rest.split("\x01"):
        found = text.find(part, at)
        assert found >= 0
        at = found + len(part)


@given(st.lists(st.one_of(st.none(), TEXTS), max_size=6), st.sets(st.sampled_from(KINDS), min_size=1))
def test_a_column_is_masked_as_its_texts_are(texts: list[str | None], chosen: set[str]) -> None:
    readable = [text if text is None else text.encode("utf-8", "replace").decode() for text in texts]
    known = [PERSON if at % 2 else None for at in range(len(texts))]
    kinds = [kind for kind in KINDS if kind in chosen]
    made, _ = mask_column(pa.array(readable, pa.string()), kinds, known)
    wanted = [
        None if text is None else masked(text, kinds, names)[0] for text, names in zip(readable, known, strict=True)
    ]
    assert made.to_pylist() == wanted


@pytest.mark.parametrize(
    "part",
    ["1", "1 ", "1-", "@", "a@", "a@a.", ".", "0171 ", "+", "(", "DE89 ", "DE", ":", "a:", "1.", "1.1.1.", "Anna ", "[",
     "[card]", "call ", "\u200b1", "4111 1111 1111 ", "x@y.z ", "00", "Anna Will "],
)  # fmt: skip
def test_ten_thousand_characters_of_anything_take_little_time(part: str) -> None:
    times = []
    for size in (10_000, 40_000):
        text = (part * size)[:size]
        began = time.thread_time()  # other work of the machine is not in it
        masked(text, KINDS, PERSON)
        times.append(time.thread_time() - began)
    # four times the text: four times the time, not sixteen
    assert times[1] < max(10 * times[0], 0.5)
    assert times[0] < 2


def test_json_keeps_keys_and_types_and_masks_values() -> None:
    cells = [
        '{"note":"call 0171 2345678","order":"4155552671","tel":"+49 171 2345678","n":12.50,"a":{"b":["x@y.example"]}}',
        '{"name":"Anna","said":"I am Anna"}',
        '{"card":4111111111111111,"id":4111111111111112}',
        "{ }",
        None,
    ]
    made, counts = mask_json_column(pa.array(cells, pa.string()), KINDS, [ANNA] * 5)
    assert made.to_pylist() == [
        '{"note":"call [phone]","order":"4155552671","tel":"[phone]","n":12.5,"a":{"b":["[email]"]}}',
        '{"name":"Anna","said":"I am [name]"}',
        '{"card":"[card]","id":4111111111111112}',
        "{ }",
        None,
    ]
    assert counts == {"phone": 2, "email": 1, "name": 1, "card": 1}
