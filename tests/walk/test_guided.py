"""The course of a guided walk: whatever the order, however often, with whatever clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartline.errors import WalkError
from heartline.walk.guide import parse_guide
from heartline.walk.guided import FACES, FEELINGS, Kept, check_step, course, read_event

GUIDE = parse_guide(b"""kind: guided
walk: reach_a_human
persona: A worried customer
goal: hear a human voice
place: anywhere with a phone
stop: {minutes: 10}
steps:
  - {do: Find the number., touchpoint: contact_page}
  - {do: Call., touchpoint: phone_menu}
  - {do: Wait., touchpoint: phone_queue}
""")
OPENED = datetime(2026, 11, 22, 12, tzinfo=UTC)
START = round(OPENED.timestamp() * 1000) + 60_000


class Phone:
    """Tells events as a phone does; its clock is ``ahead`` ms of the desk's, and a sending takes ``delay`` ms."""

    def __init__(self, ahead: int = 0, delay: int = 100) -> None:
        self.ahead, self.delay, self.told = ahead, delay, []

    def tell(self, second: float, do: str, sent: float | None = None, **more) -> Kept:
        """Something done at a second of the walk, and sent then or later."""
        at = START + round(1000 * second) + self.ahead
        sending = at if sent is None else START + round(1000 * sent) + self.ahead
        body = msgspec.json.encode({"do": do, "n": len(self.told), "at": at, **more})
        kept = Kept(f"event-{len(self.told):04d}", read_event(body), sending, sending - self.ahead + self.delay)
        self.told.append(kept)
        return kept


def whole(phone: Phone) -> Phone:
    phone.tell(0, "begin", step=1)
    phone.tell(5, "felt", step=1, valence=-0.5)
    phone.tell(20, "done", step=1)
    phone.tell(21, "begin", step=2)
    phone.tell(30, "paused")
    phone.tell(90, "resumed")
    phone.tell(95, "named", step=2, feelings=["frustration", "worry"])
    phone.tell(100, "noted", step=2, text=" Seven choices. ")
    phone.tell(101, "failed", step=2)
    phone.tell(110, "ended", how="no_goal")
    return phone


def at(second: float) -> datetime:
    return OPENED + timedelta(seconds=60 + second)


def test_times_run_from_begin_to_end_without_pauses():
    found = course(GUIDE, OPENED, whole(Phone(delay=0)).told)
    first, second, third = found.steps
    assert (first.begun, first.finished, first.seconds, first.outcome) == (at(0), at(20), 20.0, "done")
    assert (second.seconds, second.outcome, second.note) == (20.0, "failed", "Seven choices.")
    assert second.feelings == ("worry", "frustration")  # in the order in which they are shown
    assert first.valence == -0.5
    assert second.valence is None
    assert third.touched is None
    assert (found.started, found.ended_at, found.seconds, found.ended) == (at(0), at(110), 50.0, "no_goal")
    assert found.at_step == 2
    assert not found.paused


@pytest.mark.parametrize(("how", "outcome"), [("given_up", "failed"), ("no_goal", "failed"), ("goal", "done")])
def test_a_step_in_which_the_walk_is_ended_ends_with_it_and_keeps_what_was_felt(how, outcome):
    phone = Phone(delay=0)
    phone.tell(0, "begin", step=1)
    phone.tell(20, "done", step=1)
    phone.tell(20, "begin", step=2)
    phone.tell(30, "felt", step=2, valence=-1.0)
    phone.tell(80, "ended", how=how)
    second = course(GUIDE, OPENED, phone.told).steps[1]
    assert (second.outcome, second.finished, second.seconds, second.valence) == (outcome, at(80), 60.0, -1.0)


def test_a_step_of_which_nothing_was_said_is_left_out_with_its_time():
    phone = Phone(delay=0)
    phone.tell(0, "begin", step=1)
    phone.tell(70, "ended", how="given_up")
    first = course(GUIDE, OPENED, phone.told).steps[0]
    assert (first.outcome, first.finished, first.seconds) == (None, None, 70.0)


@pytest.mark.parametrize("ahead", [0, 3_600_000, -86_400_000 * 400])
def test_a_wrong_clock_is_set_right(ahead):
    phone = whole(Phone(ahead, delay=80))
    right = course(GUIDE, OPENED, whole(Phone(0, delay=80)).told)
    found = course(GUIDE, OPENED, phone.told)
    assert [(one.begun, one.finished, one.seconds) for one in found.steps] == [
        (one.begun, one.finished, one.seconds) for one in right.steps
    ]
    assert found.clock_off == pytest.approx(ahead / 1000, abs=0.1)


def test_what_is_sent_late_happened_when_it_happened():
    phone = Phone(ahead=7_000)
    phone.tell(0, "begin", step=1)
    phone.tell(20, "done", sent=1800, step=1)
    found = course(GUIDE, OPENED, phone.told).steps[0]
    assert found.seconds == 20.0
    assert abs(found.finished - at(20)) < timedelta(seconds=0.2)


def test_nothing_happened_later_than_it_was_received_or_before_the_walk_was_opened():
    phone = Phone()
    phone.tell(0, "begin", step=1)
    phone.tell(500, "done", sent=30, step=1)  # the clock was set forward and back again meanwhile
    phone.tell(-400, "begin", sent=40, step=2)
    found = course(GUIDE, OPENED, phone.told)
    assert found.steps[0].finished == at(30.1)
    assert found.steps[0].seconds is None
    assert found.steps[1].begun == OPENED


def test_a_clock_set_back_within_a_step_gives_no_duration():
    phone = Phone()
    phone.tell(100, "begin", step=1)
    phone.tell(40, "done", step=1)
    assert course(GUIDE, OPENED, phone.told).steps[0].seconds is None


def test_a_step_may_be_tried_again_and_begun_twice():
    phone = Phone()
    phone.tell(0, "begin", step=1)
    phone.tell(4, "begin", step=1)
    phone.tell(10, "failed", step=1)
    phone.tell(100, "begin", step=1)
    phone.tell(130, "done", step=1)
    found = course(GUIDE, OPENED, phone.told).steps[0]
    assert (found.seconds, found.outcome) == (40.0, "done")


def test_the_last_word_on_a_step_counts_and_may_come_after_it_was_done():
    phone = Phone()
    phone.tell(0, "begin", step=1)
    phone.tell(3, "noted", step=1, text="first")
    phone.tell(10, "done", step=1)
    phone.tell(20, "noted", step=1, text="second")
    phone.tell(21, "felt", step=1, valence=1)
    phone.tell(22, "felt", step=1, valence=0.5)
    phone.tell(23, "pictured", step=1, photo="a.jpg")
    phone.tell(24, "pictured", step=1, photo="")
    found = course(GUIDE, OPENED, phone.told).steps[0]
    assert (found.note, found.valence, found.photo, found.seconds) == ("second", 0.5, "", 10.0)


def test_who_does_a_step_rests_no_longer():
    phone = Phone()
    phone.tell(0, "begin", step=1)
    phone.tell(10, "paused")
    phone.tell(40, "done", step=1)
    found = course(GUIDE, OPENED, phone.told)
    assert (found.steps[0].seconds, found.paused) == (10.0, False)


def test_a_walk_without_its_goal_after_its_minutes_ran_out_of_time():
    phone = Phone()
    phone.tell(0, "begin", step=1)
    phone.tell(601, "ended", how="no_goal")
    assert course(GUIDE, OPENED, phone.told).ended == "seconds"


def test_nothing_told_is_nothing_known():
    found = course(GUIDE, OPENED, [])
    assert (found.started, found.ended, found.seconds, found.at_step) == (None, None, None, 1)


_STEP = st.integers(1, 3)
_EVENT = st.one_of(
    st.builds(lambda step, do: {"do": do, "step": step}, _STEP, st.sampled_from(["begin", "done", "failed"])),
    st.builds(lambda step, face: {"do": "felt", "step": step, "valence": face[0]}, _STEP, st.sampled_from(FACES)),
    st.builds(
        lambda step, names: {"do": "named", "step": step, "feelings": sorted(names)},
        _STEP, st.sets(st.sampled_from(FEELINGS), max_size=4),
    ),
    st.builds(lambda step, text: {"do": "noted", "step": step, "text": text}, _STEP, st.text(max_size=9)),
    st.builds(lambda do: {"do": do}, st.sampled_from(["paused", "resumed"])),
    st.builds(lambda how: {"do": "ended", "how": how}, st.sampled_from(["goal", "no_goal", "given_up"])),
)  # fmt: skip


@st.composite
def _arrivals(draw):
    """What a phone told, and the same in any order with repetitions that arrived later."""
    told = []
    clock = START
    for n, event in enumerate(draw(st.lists(_EVENT, max_size=14))):
        clock += draw(st.integers(-2_000, 90_000))
        sent = clock + draw(st.integers(0, 400_000))
        received = max(START, sent + draw(st.integers(-50_000, 50_000)))
        body = msgspec.json.encode({**event, "n": n, "at": clock})
        told.append(Kept(f"event-{n:04d}", read_event(body), sent, received))
    again = [
        Kept(one.event_id, one.event, one.sent + later, one.received + later)
        for one in draw(st.lists(st.sampled_from(told), max_size=8))
        for later in [draw(st.integers(0, 90_000))]
    ] if told else []  # fmt: skip
    return told, draw(st.permutations(told + again))


@settings(max_examples=120, deadline=None)
@given(_arrivals())
def test_any_order_and_any_repetition_give_the_same_course(arrivals):
    told, shuffled = arrivals
    found = course(GUIDE, OPENED, shuffled)
    assert found == course(GUIDE, OPENED, told)
    for step in found.steps:
        assert step.seconds is None or step.seconds >= 0
        assert all(moment is None or moment >= OPENED for moment in (step.begun, step.finished))
    assert found.seconds is None or found.seconds >= 0


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b'{"do":"sing","n":0,"at":1}', b'{"do":"done","n":0,"at":1}', b"\xff",
        b'{"do":"done","n":0,"at":1,"step":0}', b'{"do":"felt","n":0,"at":1,"step":1,"valence":1.5}',
        b'{"do":"felt","n":0,"at":1,"step":1,"valence":NaN}',
        b'{"do":"named","n":0,"at":1,"step":1,"feelings":["meh"]}',
        b'{"do":"done","n":0,"at":99999999999999999,"step":1}', b'{"do":"ended","n":0,"at":1,"how":"seconds"}',
        b'{"do":"done","n":0,"at":1,"step":1,"more":2}',
    ],
)  # fmt: skip
def test_what_is_no_event_is_refused(body):
    with pytest.raises(WalkError):
        read_event(body)


def test_steps_that_the_guide_does_not_have_are_refused():
    with pytest.raises(WalkError, match="there is no step 4"):
        check_step(GUIDE, read_event(b'{"do":"done","n":0,"at":1,"step":4}'))
