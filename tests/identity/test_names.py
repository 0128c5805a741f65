"""Names in one spelling, and which part is which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartline.identity.comparing import alike_given
from heartline.identity.names import Name, NameReader, borne_by, fold, roots

SEEN = ["Anna Weber", "Bernd Weber", "Anna Koch", "Bernd Koch", "Carla Koch", "Koch, Carla", "Weber, Anna"] * 3


@pytest.mark.parametrize(
    ("written", "given_name", "others", "family"),
    [
        ("Anna Weber", "anna", (), "weber"),
        ("WEBER, ANNA", "anna", (), "weber"),
        ("Weber Anna", "anna", (), "weber"),  # both parts stand mostly the other way round
        ("Weber A.", "a", (), "weber"),
        ("A. Weber", "a", (), "weber"),
        ("Dr. Anna Maria Weber-Koch", "anna", ("maria",), "weber-koch"),
        ("Karl-Heinz von der Heide", "karl", ("heinz",), "heide"),
        ("Frau Weber", None, (), "weber"),
        ("Weber", None, (), "weber"),
        ("Anna", "anna", (), None),
        ("Weber, Dr.", None, (), "weber"),
        ("Ben Ali", "ben", (), "ali"),
        ("O'Neill, Seán", "sean", (), "oneill"),
        ("Guest", None, (), None),
        ("", None, (), None),
        (None, None, (), None),
        ("李 雷", "李", (), "雷"),
    ],
)
def test_a_name_is_taken_apart(
    written: str | None, given_name: str | None, others: tuple[str, ...], family: str | None
) -> None:
    assert NameReader(SEEN).read(written) == Name(given_name, others, family)


def test_a_keyboard_without_umlauts_makes_no_difference() -> None:
    assert fold("Jürgen Weiß") == fold("Juergen Weiss") == fold("JURGEN WEISS") == "jurgen weiss"
    assert fold("Łukasz Şahin Øre") == "lukasz sahin ore"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("william", "bill", True), ("elisabeth", "lisa", True), ("giovanni", "gianni", True), ("max", "markus", True),
        ("marie", "maja", False), ("mark", "max", False),
        ("anna", "a", True), ("anna", "annalena", True), ("michael", "micheal", True), ("petra", "peter", False),
        ("anna", "bernd", False), ("lena", "lara", False), ("jan", "jon", False), (None, "anna", True),
    ],
)  # fmt: skip
def test_which_given_names_may_be_one_persons(one: str | None, other: str | None, same: bool) -> None:
    assert alike_given(one, other) is alike_given(other, one) is same


@given(st.text(max_size=40))
def test_any_text_is_read_and_no_part_is_empty(text: str) -> None:
    name = NameReader(SEEN).read(text)
    for part in (name.given, name.family, *name.others):
        assert part is None or part.strip()
    assert isinstance(roots(name.given), tuple)
    assert fold(fold(text)) == fold(fold(fold(text)))


@pytest.mark.parametrize(
    ("email", "owner"),
    [
        ("anna.weber83@x.example", "anna"), ("weber_anna@x.example", "anna"), ("annaweber@x.example", "anna"),
        ("WeberBernd7@x.example", "bernd"), ("bill@x.example", "bill"), ("a.weber@x.example", None),
        ("sonnenblume@x.example", None), ("weber@x.example", None), ("#abc", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_whose_name_a_mailbox_bears(email: str | None, owner: str | None) -> None:
    assert NameReader(SEEN).owner(email) == owner


def test_what_a_mailbox_says_of_whoever_wrote_no_name() -> None:
    assert borne_by("familie.weber@x.example") == borne_by("Family-Weber@x.example") == ("familie",)
    assert borne_by("weber.katharina7@x.example") == borne_by("katharinaweber@x.example") == ("katharina",)
    assert borne_by("familiar@x.example") == borne_by("weber83@x.example") == borne_by(None) == ()
