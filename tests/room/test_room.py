"""The room's parts: turns that cannot be, what words do, questions, monologues, dismissals, and the debrief."""

from __future__ import annotations

import itertools

import pytest

from heartline.errors import RoomError
from heartline.room import cues, state
from heartline.room.attendee import Attendee
from heartline.room.debrief import debrief
from heartline.room.measures import measures
from heartline.room.play import play, take
from heartline.room.reading import read
from heartline.room.state import Room
from heartline.room.suggesting import suggest
from heartline.room.turn import Tap, Turn

US = frozenset({"Rita"})


def said(*lines):
    """Turns of (second, who, words), two and a half words a second."""
    return [Turn(who, at, at + len(words.split()) / 2.5, words) for at, who, words in lines]


def room_of(model, *lines):
    return list(play(said(*lines), US, model))[-1].room


@pytest.mark.parametrize(
    ("speaker", "begin", "end", "text", "got"),
    [
        ("", 0, 1, "hello", "does not say who spoke"),
        ("x" * 81, 0, 1, "hello", "does not say who spoke"),
        ("Ben", 5, 1, "hello", "times of a turn cannot be"),
        ("Ben", -1, 1, "hello", "times of a turn cannot be"),
        ("Ben", float("nan"), 1, "hello", "times of a turn cannot be"),
        ("Ben", 0, 1, "a" * 20_001, "20001 characters"),
    ],
)
def test_turns_that_cannot_be_are_refused(speaker, begin, end, text, got):
    with pytest.raises(RoomError, match=got):
        Turn(speaker, begin, end, text)


def test_gestures_that_nobody_knows_are_refused():
    with pytest.raises(RoomError, match="one of nods, leans_in"):
        Tap(1, "Ben", "winks")


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("No, I said the blue one.", "refusal"),
        ("That is too expensive for us.", "objection"),
        ("Well, I suppose we'll see.", "hesitation"),
        ("Sorry, I don't follow.", "confusion"),
        ("Sorry, I don’t follow.", "confusion"),
        ("What are the next steps?", "decision"),
        ("I have to go in a minute.", "wind_down"),
        ("This is ridiculous.", "hostile"),
        ("I'll send you the offer tomorrow.", "promise"),
        ("Das verstehe ich nicht.", "confusion"),
        ("Es demasiado caro.", "objection"),
    ],
)
def test_words_say_what_somebody_does(text, act, model):
    assert read([text], model)[0].does(act)


@pytest.mark.parametrize("text", ["We know what we need.", "I will think.", "Nobody came.", "The wrongdoing stopped."])
def test_like_words_do_not(text, model):
    assert not read([text], model)[0].does("refusal", "promise", "objection", "confusion")


def test_not_seeing_what_happens_next_is_no_decision(model):
    assert read(["I don't understand what happens next."], model)[0].acts == {"confusion"}


def test_listening_words_take_nobodys_turn():
    assert cues.is_small("Mhm.")
    assert cues.is_small("ok")
    assert not cues.is_small("Ok, but why?")


def test_the_same_text_reads_the_same_beside_any_other(model):
    texts = ["That is wonderful.", "No, not that.", "", "¿Cuándo podemos empezar?"]
    assert read(texts, model) == [read([text], model)[0] for text in texts]


def test_good_words_lift_the_mood_and_bad_ones_lower_it(model):
    glad = room_of(model, (0, "Ben", "That is wonderful, thank you so much."))
    angry = room_of(model, (0, "Ben", "This is a ridiculous waste of time."))
    assert glad.mood > 0.3 > -0.3 > angry.mood


def test_an_answer_ends_a_question_and_talk_past_it_does_not(model):
    asked = (0, "Ben", "How long does the repair take?")
    past = (
        "Our company was founded by two brothers in a small harbour town, and over several decades they built many"
        " warehouses, bought trucks, opened offices abroad, and won prizes for honest bookkeeping everywhere."
    )
    assert room_of(model, asked, (4, "Rita", "Two days at most.")).attendees["Ben"].question is None
    assert room_of(model, asked, (4, "Rita", past)).attendees["Ben"].question is not None
    later = list(play(said(asked, (4, "Rita", past), (30, "Rita", "And one more thing")), US, model))
    assert [step.suggestion.kind for step in later if step.suggestion] == ["answer"]


def test_what_is_dismissed_is_not_suggested_again(model):
    room = room_of(model, (0, "Ben", "I don't understand that at all."))
    assert room.suggestions[-1].kind == "explain"
    room = state.dismissed(room, "explain")
    step = take(room, Turn("Ben", 300, 304, "Again I don't understand it."), model)
    assert step.suggestion is None
    assert suggest(step.room)[1] is None


def test_at_most_one_suggestion_and_then_a_rest(model):
    lines = [(at, "Ben", "I don't understand.") for at in range(0, 60, 6)]
    made = [step.suggestion.at for step in play(said(*lines), US, model) if step.suggestion]
    assert made
    assert all(later - earlier >= 15 for earlier, later in itertools.pairwise(made))


def test_engagement_and_confusion_fade_but_never_jump():
    one = Attendee("Ben", engagement=1.0, confusion=1.0)
    seen = [one.now(at) for at in (0, 60, 120, 600)]
    assert [round(each.confusion, 3) for each in seen] == [1.0, 0.707, 0.5, 0.031]
    assert seen[2].engagement == pytest.approx(0.75)


def test_taps_count_between_two_halves_of_a_turn(model):
    events = [
        Turn("Rita", 0, 4, "Here is the plan for"),
        Tap(5, "Ben", "checks_phone"),
        Turn("Rita", 5, 8, "next year."),
    ]
    room = list(play(events, US, model))[-1].room
    assert len(room.said) == 1
    assert room.attendees["Ben"].engagement < 0.3


def test_shares_add_up_and_monologues_are_counted(model):
    room = room_of(
        model,
        (0, "Rita", "word " * 100),
        (40, "Ben", "mhm"),
        (41, "Rita", "word " * 50),
        (70, "Ben", "But why is that so?"),
    )
    found = measures(room)
    assert found.longest_monologue == pytest.approx(60, abs=0.5)
    assert found.monologue == 0
    assert found.talk_share == pytest.approx(room.host_seconds / (room.host_seconds + room.attendees["Ben"].seconds))
    assert sum(one.talk_share for one in debrief(room).people) + found.talk_share == pytest.approx(1)


def test_the_debrief_names_peak_promise_and_what_stayed_open(model):
    room = room_of(
        model,
        (0, "Ben", "We had trouble with the last one."),
        (6, "Rita", "I will send you a new pump today."),
        (12, "Ben", "Wonderful, thank you, that is great."),
        (20, "Rita", "You are welcome."),
        (24, "Ben", "It is too expensive though."),
        (30, "Ben", "What does it cost in the north?"),
    )
    found = debrief(room)
    assert found.peak.quote.startswith("Wonderful")
    assert [one.quote for one in found.promises] == ["I will send you a new pump today."]
    assert [one.quote for one in found.open_questions] == ["What does it cost in the north?"]
    assert [one.quote for one in found.open_objections] == ["It is too expensive though."]


def test_an_empty_room_has_an_empty_debrief():
    found = debrief(Room(US))
    assert (found.turns, found.mood, found.peak, list(found.people)) == (0, None, None, [])
    assert found.measures.talk_share is None
