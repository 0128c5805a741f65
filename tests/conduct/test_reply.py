"""Replies written for these tests: what a careful reader finds in them is what the signs find, and where it stands."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conduct.replies import LABELS, REPLIES

from heartline.conduct import MECHANISMS, Reply, read_reply
from heartline.conduct.signs import Mark, together

OF = {"reaction": "emotional_reaction"}


def shown(reply: Reply) -> set[str]:
    found = {label for label in LABELS if getattr(reply, OF.get(label, label)) >= 0.5}
    return found | {f"promise:{promise.kind}" for promise in reply.promises}


def test_what_is_found_agrees_with_a_careful_reader() -> None:
    hits: Counter[str] = Counter()
    for text, told in REPLIES:
        want, found = set(told.split()), shown(read_reply(text))
        for label in want | found:
            kind = "promise" if label.startswith("promise") else label
            hits[f"{kind} {'both' if label in want & found else 'one'}"] += 1
    for label in (*LABELS, "promise"):
        both, one = hits[f"{label} both"], hits[f"{label} one"]
        assert both >= 6, label
        assert 2 * both / (2 * both + one) >= 0.9, label  # F1


@pytest.mark.parametrize(
    "text",
    [
        "You should have told me what you like!",  # blame as a figure of speech would need the tone
        "I can't say how sorry we are.",
    ],
)
def test_what_the_signs_are_known_to_misread(text: str) -> None:
    """Written down so that it is not forgotten: signs know words, not tone. See the method card."""
    reply = read_reply(text)
    assert reply.disrespect >= 0.5 or reply.emotional_reaction < 0.5


@pytest.mark.parametrize(
    ("polite", "less"),
    [
        ("Thank you so much, could you please send us the label?", "Send us the label."),
        ("Good morning, I was wondering whether you have the receipt.", "You need to show the receipt."),
        ("Great question, let me see!", "Why would you want that??"),
        ("Would you mind waiting a moment, please?", "Wait."),
    ],
)
def test_politer_words_have_more_points(polite: str, less: str) -> None:
    assert read_reply(polite).politeness > read_reply(less).politeness


def test_marks_stand_where_the_words_stand() -> None:
    text = "Hello Ms Brandt. I’m so sorry to hear that. As you said, the lamp 4711A is broken."
    reply = read_reply(text, ["my lamp 4711A came broken"])
    by_sign = {mark.sign: text[mark.start : mark.end] for mark in reply.marks}
    assert by_sign["sorry_for_you"] == "sorry to hear"
    assert by_sign["by_name"] == "Brandt"
    assert by_sign["what_you_said"].strip() == "As you said"
    assert by_sign["their_words"] == "4711A"
    assert list(reply.marks) == sorted(reply.marks, key=lambda mark: (mark.start, mark.end, mark.measure, mark.sign))


def test_a_sign_counts_once_and_several_add_up() -> None:
    once = [Mark("interpretation", "a", 0, 1, 0.6)]
    assert together(once * 3, "interpretation") == pytest.approx(0.6)
    assert together([*once, Mark("interpretation", "b", 2, 3, 0.5)], "interpretation") == pytest.approx(0.8)
    assert together(once, "exploration") == 0.0


def test_what_the_customer_had_said_is_taken_up() -> None:
    text = "The kettle with the crack goes back, a new kettle follows."
    assert read_reply(text).recognition == 0.0
    assert read_reply(text, ["there is a crack in the kettle"]).recognition > 0
    assert read_reply(text, ["please help me with this, thank you"]).recognition == 0.0  # everyday words


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    reply = read_reply(text, [text])
    for name in (*MECHANISMS, "recognition", "disrespect"):
        assert 0.0 <= getattr(reply, name) <= 1.0
    for mark in reply.marks:
        assert 0 <= mark.start <= mark.end <= len(text)


@settings(max_examples=40)
@given(st.sampled_from([text for text, _ in REPLIES]), st.sampled_from([text for text, _ in REPLIES]))
def test_saying_more_takes_nothing_away(first: str, second: str) -> None:
    alone, both = read_reply(first), read_reply(f"{first}\n{second}")
    for name in (*MECHANISMS, "recognition", "disrespect"):
        assert getattr(both, name) >= getattr(alone, name) - 1e-12


def test_case_and_quotes_do_not_matter() -> None:
    for text, _ in REPLIES:
        plain, loud = read_reply(text), read_reply(text.upper().replace("'", "’"))
        for name in (*MECHANISMS, "disrespect"):
            assert getattr(plain, name) == getattr(loud, name), text


def test_nothing_is_in_an_empty_text() -> None:
    reply = read_reply("")
    assert (reply.marks, reply.empathy, reply.politeness, reply.promises) == ((), 0.0, 0.0, ())
