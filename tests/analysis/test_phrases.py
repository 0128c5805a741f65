"""What of a text counts as a phrase, and what never does."""

from __future__ import annotations

import pytest

from heartline.analysis.phrases import MOST, language_of, phrases


def test_words_and_neighbours_across_empty_words():
    assert phrases("The delivery was late. Friendly staff!") == [
        "delivery", "late", "delivery_late", "friendly", "staff", "friendly_staff",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["It was not helpful", "It wasn't helpful", "it WASN’T helpful"])
def test_what_denies_stays_with_what_it_denies(text):
    assert phrases(text) == ["helpful", "not_helpful"]


def test_names_are_marked_and_the_customer_s_own_left_out():
    found = phrases("Lovely Maria helped me. Best, Anna Smith", "Anna Smith")
    assert "^maria" in found
    assert not [each for each in found if "anna" in each or "smith" in each or "_maria" in each or "maria_" in each]
    assert "maria" in phrases("maria helped")  # told from the other texts; see test_associations


def test_loud_texts_name_nobody():
    assert phrases("NEVER BUY HERE AGAIN MARIA") == ["buy", "never_buy", "maria", "buy_maria"]


def test_marks_addresses_and_numbers_are_no_words():
    assert phrases("mail [email] or (phone) https://x.example/order @shop 4711 broken") == ["mail", "broken"]


def test_nothing_says_nothing_and_long_texts_end():
    assert phrases("") == []
    assert len(phrases(" ".join(f"w{'abcdefghijklmnopqrst'[n % 20] * (n + 3)}" for n in range(200)))) <= MOST + 1


def test_german_and_spanish_have_their_own_empty_and_denying_words():
    assert phrases("Die Beratung war nicht freundlich.", None, "de") == [
        "beratung", "freundlich", "nicht_freundlich",
    ]  # fmt: skip
    assert phrases("El trato no fue amable", None, "es") == ["trato", "amable", "no_amable"]


def test_german_nouns_are_no_names_but_who_is_called_herr_or_frau():
    found = phrases("Sehr freundlich war Frau Dr. Weber an der Kasse, auch Herr Klein", None, "de")
    assert "kasse" in found
    assert "^weber" in found
    assert "^klein" in found
    assert not [each for each in found if "weber" in each.removeprefix("^").split("_")[1:] or each == "weber"]


def test_other_languages_go_without_their_short_words():
    assert phrases("le service est parfait", None, "fr") == ["service", "parfait", "service_parfait"]


@pytest.mark.parametrize(
    ("text", "told", "is_read", "language"),
    [
        ("guter Service", "de-AT", False, "de"), ("Die Beratung ist gut", None, False, "de"),
        ("muy amables y rápidos", None, False, "es"), ("good service", None, True, "en"),
        ("guter Service", None, False, "other"), ("отлично", "", False, "other"), ("x", "english", True, "en"),
    ],
)  # fmt: skip
def test_the_language_is_as_told_else_by_short_words(text, told, is_read, language):
    assert language_of(text, told, is_read) == language
