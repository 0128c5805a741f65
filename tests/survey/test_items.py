"""Items are sound, say the same in every language, and are known again whatever a form tool made of them."""

from __future__ import annotations

import csv
import io

import pytest
from click.testing import CliRunner

from heartline.cli import heartline
from heartline.errors import SourceError
from heartline.sources.survey_question import question
from heartline.survey import LANGUAGES, PROMPT, item, items, labels, match, sheet
from heartline.survey.items import COMPANY, value_of
from heartline.tables import CONSTRUCTS, MOTIVATORS

NEGATIONS = {"not", "no", "never", "without", "nicht", "kein", "keine", "nie", "ohne", "nunca", "sin", "ni"}


def test_items_keep_to_the_rules_of_a_good_item() -> None:
    codes = [one.code for one in items()]
    assert len(set(codes)) == len(codes)
    for one in items():
        assert one.construct in (*CONSTRUCTS, PROMPT)
        assert (one.subject in MOTIVATORS) == (one.construct == "motivator")
        assert set(one.wording) == set(LANGUAGES)
        for wording in one.wording.values():
            words = wording.lower().strip(".?¿").split()
            assert wording.count(COMPANY) == 1
            assert len(words) <= 15
            # one idea: nothing joined by and / or; nothing to be denied by agreeing
            assert not {"and", "or", "und", "oder", "y", "o"} & set(words)
            assert one.construct == PROMPT or not (NEGATIONS & set(words)) or one.code == "hl_connection_3"


def test_scales_have_three_items_and_one_of_the_short_form_each() -> None:
    scales = {one.scale for one in items()} - {PROMPT, "motivators"}
    assert scales == {"affection", "connection", "passion", "understood", "self_relevance"}
    for name in scales:
        mine = [one for one in items() if one.scale == name]
        assert (len(mine), sum(one.short for one in mine)) == (3, 1)
    assert {one.subject for one in items() if one.scale == "motivators"} == set(MOTIVATORS)


@pytest.mark.parametrize("company", ["Acme", "Booking.com", "Müller & Söhne", "us", COMPANY])
@pytest.mark.parametrize("around", ["{}", "Please say how much you agree - {}", "How far? [{}]", "12. {}"])
def test_a_wording_is_known_again_with_any_name_and_behind_a_matrix_question(company: str, around: str) -> None:
    for one in items():
        for language in LANGUAGES:
            found = match(around.format(one.asked(language, company)))
            assert found is not None
            assert (found.item.code, found.language) == (one.code, language)


def test_codes_survive_tools_that_take_letters_and_digits_only() -> None:
    for one in items():
        assert item(one.code.replace("_", "").upper()) is one
    assert match("hlConnection2") is not None


@pytest.mark.parametrize(
    "wording",
    ["How satisfied are you?", "I am fond of Acme, but not of its shops.", "Why?", "Acme", "", None, "hl_affection_4"],
)
def test_other_questions_are_no_items(wording: str | None) -> None:
    assert match(wording) is None


def test_answers_in_words_are_numbers_in_every_language() -> None:
    for language in LANGUAGES:
        assert [value_of(said) for said in labels(language)] == list("1234567")
        assert [value_of(f"  {said.capitalize()}. ") for said in labels(language)] == list("1234567")
    assert value_of("so so") is None
    with pytest.raises(SourceError, match="no items in 'fr'"):
        labels("fr")


def test_a_question_of_ours_says_what_it_measures() -> None:
    asked = question("Q4", "Nordlicht gibt mir ein Gefühl von Sicherheit.")
    assert (asked.kind, asked.subject, asked.item, asked.language) == (
        "motivator", "security", "hl_motivator_security", "de",
    )  # fmt: skip
    assert asked.answer("stimme eher zu") == ("5", "1", "7")
    assert asked.answer("5") == ("5", "1", "7")
    assert question("Q5", "Do you like us?", "hl_understood_2").kind == "understood"
    open_one = question("Q6", "¿Qué le viene a la mente cuando piensa en Acme?", "text")
    assert (open_one.kind, open_one.prompt, open_one.language) == ("text", True, "es")
    assert question("Q7", "Was kommt Ihnen in den Sinn?", "prompt").prompt
    assert not question("Q8", "Anything else?", "text").prompt


def test_the_command_writes_a_table_that_form_tools_take() -> None:
    printed = CliRunner().invoke(heartline, ["survey", "items", "--language", "de", "--company", "Nordlicht"])
    assert printed.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(printed.output)))
    assert rows == sheet("de", "Nordlicht")
    assert rows[0]["answer"] == "text"  # what comes to mind is asked before anything can colour it
    assert rows[1]["wording"] == "Ich habe Nordlicht gern."
    assert (rows[1]["scale_max"], rows[1]["label_7"]) == ("7", "stimme voll und ganz zu")
    short = sheet("all", "us", short=True)
    assert len(short) == 6 * len(LANGUAGES)
    # a name in small letters that begins the sentence
    assert "Us understands my needs." in {row["wording"] for row in short}
