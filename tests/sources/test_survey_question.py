"""What questions measure, by their wording, and answers as numbers."""

from __future__ import annotations

import pytest

from heartline.errors import MappingError
from heartline.sources.survey_question import question


@pytest.mark.parametrize(
    ("wording", "kind", "low", "high"),
    [
        ("How likely are you to recommend us to a friend?", "nps", "0", "10"),
        ("On a scale from 0 to 10, how likely is it that you would recommend Brand?", "nps", "0", "10"),
        ("How satisfied are you, on a scale of 1 to 7?", "csat", "1", "7"),
        ("Overall, how satisfied or dissatisfied are you?", "csat", None, None),
        ("Please rate your satisfaction (scale: 1 (poor) - 10 (great))", "csat", "1", "10"),
        ("The company made it easy for me to handle my issue.", "ces", None, None),
        # the lowest number is the best: high would be taken for good
        ("How satisfied are you on a scale from 1 (very satisfied) to 5 (very dissatisfied)?", "csat", None, None),
        ("What would make you more satisfied?", "none", None, None),
        ("How much effort did it take?", "none", None, None),
        ("Which products did our staff recommend?", "none", None, None),
    ],
)
def test_constructs_and_scales_are_read_from_the_wording(wording: str, kind: str, low: str, high: str) -> None:
    found = question("Q1", wording)
    assert (found.kind, found.low, found.high) == (kind, low, high)


@pytest.mark.parametrize(
    ("told", "cell", "answer"),
    [
        ("nps", "10 - Extremely likely", ("10", "0", "10")),
        ("nps", "0 = Not at all", ("0", "0", "10")),
        ("csat 1 to 7", "4", ("4", "1", "7")),
        ("ces 1-5", "Very easy.", ("5", "1", "5")),
        # neither number nor known: it goes on as it is, and is refused with its line
        ("csat 1 to 7", "so so", ("so so", "1", "7")),
    ],
)
def test_answers_become_numbers(told: str, cell: str, answer: tuple[str, str, str]) -> None:
    assert question("Q1", "", told).answer(cell) == answer


def test_a_number_on_a_scale_that_nobody_told_is_no_score() -> None:
    asked = question("Q1", "How satisfied are you?")
    assert asked.answer("4") is None
    assert asked.answer("Somewhat   satisfied") == ("4", "1", "5")
    assert asked.answer("Moderately satisfied") == ("6", "1", "7")
    assert asked.answer("so so") == ("so so", None, None)


def test_what_a_mapping_says_wrongly_is_told() -> None:
    for told in ("csat", "joy 1 to 5", "1 to 5", "csat one to five"):
        with pytest.raises(MappingError, match="Q1 asks for"):
            question("Q1", "", told)
