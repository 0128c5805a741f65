"""Conversations by the code: known cases by hand, and what may change nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from heartline.conduct import Finding, Turn, read_conversation
from heartline.conduct.conversation import CUSTOMER, EMPLOYEE, Read

BEGAN = datetime(2026, 6, 1, 9)


def talk(*said: tuple[str, str], spoken: bool = False, hurt: bool | None = True) -> list[Turn]:
    """Turns a minute apart; ``c`` is the customer, all others the employee."""
    return [
        Turn(f"i{number}", CUSTOMER if who == "c" else EMPLOYEE, BEGAN + timedelta(minutes=number), text,
             hurt if who == "c" else None, spoken)
        for number, (who, text) in enumerate(said)
    ]  # fmt: skip


def read(turns: list[Turn], readable: bool = True) -> Read:
    return read_conversation(turns, lambda text: readable)


def by_measure(turns: list[Turn], readable: bool = True) -> dict[str, Finding]:
    return {found.measure: found for found in read(turns, readable).findings}


GOOD = talk(
    ("c", "My sewing machine arrived broken. When will you send another one?"),
    ("e", "I'm so sorry to hear that. Thank you for telling us about the sewing machine. A new one arrives on 4 June."),
)
BAD = talk(
    ("c", "My sewing machine arrived broken. When will you send another one?"),
    ("e", "Calm down, that is not my problem."),
)


def test_a_good_conversation_keeps_what_applies() -> None:
    found = by_measure(GOOD)
    assert {name: one.status for name, one in found.items()} == {
        "respect": "kept", "empathy": "kept", "recognition": "kept", "answering": "kept",
        "listening": "not_applicable",
    }  # fmt: skip
    text = GOOD[1].text
    assert text[found["empathy"].start : found["empathy"].end] == "I'm so sorry to hear that."
    assert found["empathy"].sign == "emotional_reaction"
    assert text[found["answering"].start : found["answering"].end] == "A new one arrives on 4 June."


def test_a_bad_one_breaks_them_with_the_sentence() -> None:
    found = by_measure(BAD)
    assert {name: one.status for name, one in found.items() if name != "listening"} == dict.fromkeys(
        ("respect", "empathy", "recognition", "answering"), "broken"
    )
    assert found["respect"].sign in ("belittling", "dismissal")
    assert found["empathy"].sign == "none_found"
    assert found["respect"].key == "i1"


def test_empathy_is_asked_only_where_something_bad_was_told() -> None:
    flat = [("c", "Do you have the blue one in size four?"), ("e", "Yes, we have it in both stores.")]
    assert by_measure(talk(*flat, hurt=False))["empathy"].status == "not_applicable"
    assert by_measure(talk(*flat, hurt=None))["empathy"].status == "not_applicable"
    assert by_measure(talk(*flat, hurt=True))["empathy"].status == "broken"


def test_kind_words_before_the_hurt_do_not_answer_it() -> None:
    said = [
        ("e", "I hope you are well, take care."),
        ("c", "The hinge broke and nobody came."),
        ("e", "It is in the file."),
    ]
    turns = talk(*said)
    assert by_measure(turns)["empathy"].status == "broken"


def test_what_cannot_be_read_is_said_and_never_broken() -> None:
    found = by_measure(GOOD, readable=False)
    assert {one.status for name, one in found.items() if name in ("respect", "empathy", "recognition")} == {"not_read"}
    assert found["answering"].status == "not_applicable"
    half = read_conversation(
        talk(("c", "It is broken, the pump."), ("e", "Take the other one."), ("e", "Das ist schade.")),
        lambda text: "Das" not in text,
    )
    assert {one.measure: one.status for one in half.findings}[
        "empathy"
    ] == "not_read"  # it may stand in what is not read


def test_a_monologue_is_heard_in_speech_only() -> None:
    long = " ".join(["we have many offers for you and more of them every week"] * 20)
    said = [("c", "Hello, I have a question about the pump."), ("e", long), ("c", "But my pump leaks."), ("e", long)]
    spoken = by_measure(talk(*said, spoken=True))["listening"]
    assert (spoken.status, spoken.sign) == ("broken", "long_run")
    assert spoken.value is not None
    assert spoken.value > 0.9
    assert by_measure(talk(*said))["listening"].status == "not_applicable"
    even = [("c", long), ("e", long[:200]), ("c", long), ("e", long[:200])]
    assert by_measure(talk(*even, spoken=True))["listening"].status == "kept"


def test_promises_come_with_their_time() -> None:
    (made,) = read(talk(("c", "When?"), ("e", "I will call you back within two hours."))).promises
    assert (made.promise.kind, made.made_at) == ("contact", BEGAN + timedelta(minutes=1))
    assert made.due_at == BEGAN + timedelta(minutes=1, hours=2)


@pytest.mark.parametrize("turns", [GOOD, BAD])
def test_a_word_of_the_customer_at_the_end_changes_no_measure(turns: list[Turn]) -> None:
    """Nor does anything that they say after the employee spoke for the last time."""
    later = [*turns, *(Turn(f"x{n}", CUSTOMER, BEGAN + timedelta(hours=1 + n), text) for n, text in enumerate(
        ("thanks", "Is there a warranty on it?", "I hate this machine, you idiots")))]  # fmt: skip
    assert read(later).findings == read(turns).findings
    assert read(later).promises == read(turns).promises


def test_ids_and_times_change_no_verdict() -> None:
    moved = [Turn(f"other{n}", turn.side, turn.at + timedelta(days=40), turn.text, turn.hurt, turn.spoken)
             for n, turn in enumerate(GOOD)]  # fmt: skip
    assert [(one.measure, one.status, one.p, one.start) for one in read(moved).findings] == [
        (one.measure, one.status, one.p, one.start) for one in read(GOOD).findings
    ]


def test_a_conversation_without_an_employee_says_nothing() -> None:
    found = read(talk(("c", "Is anybody there?")))
    assert {one.status for one in found.findings} <= {"not_read", "not_applicable"}
    assert found.promises == ()
