"""The past rehearsed is the past as it would have been opened day by day."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from heartline.action.cases import Cases
from heartline.action.limits import OBJECTS, OPEN
from heartline.action.promises import Promises
from heartline.action.rehearsal import rehearse
from heartline.errors import CaseError
from heartline.playbook.shape import Bound, ContactTrigger, Limits, Playbook, Team, Trigger

from .small_house import AS_OF, SmallHouse
from .test_opening import book, house_of, outbound, periods, play, visit

FIRST = AS_OF - timedelta(days=12)


def busy_house(root: Path) -> SmallHouse:
    """Forty customers over a month: visits that felt good and bad, calls of the house, periods, objections."""
    draw = random.Random(5)
    names = [f"k{number:02d}" for number in range(40)]
    visits = [
        visit(draw.choice(names), round(draw.uniform(-1, 1), 2), AS_OF - timedelta(hours=draw.randrange(720)), number,
              touchpoint=draw.choice(("delivery", "support_call", "checkout")))
        for number in range(260)
    ]  # fmt: skip
    calls = [row for name in names for row in outbound(name, *draw.sample(range(1, 30), draw.randrange(3)))]
    ends = [AS_OF - timedelta(days=days) for days in (20, 10, 0)]
    customers = [{"customer_id": one, "objections": "contact" if draw.random() < 0.1 else None} for one in names]
    loyalty = periods(*((one, end, "at_risk", round(draw.random(), 2)) for one in names for end in ends))
    return house_of(root, visits, customers, interaction=calls, loyalty=loyalty)


def busy_book(limits: Limits) -> Playbook:
    return book(
        play("repair", again_after_days=10, hold_out=0.25, deadline_hours=48.0),
        play("call", Trigger(contact=ContactTrigger(within_days=3, touchpoints=("support_call",))), priority=1,
             again_after_days=5, deadline_hours=20.0),
        play("keep", Trigger(customer={"p_silent_leaving": Bound(at_least=0.6)}), priority=3, again_after_days=15,
             deadline_hours=200.0),
        play("promise", Trigger(promise="overdue"), priority=1),
        limits=limits,
    )  # fmt: skip


@pytest.mark.parametrize("limits", [Limits(), Limits(contacts=4, per_days=14, open_cases=2)])
def test_a_rehearsal_is_what_opening_day_by_day_would_have_done(tmp_path: Path, limits: Limits) -> None:
    house = busy_house(tmp_path)
    playbook = busy_book(limits)
    promises = Promises(house)
    for number, name in enumerate(("k01", "k02", "k03")):
        promises.add(name, "a call", "Ada", FIRST + timedelta(days=2 + number), at=FIRST - timedelta(days=1))
    rehearsed = rehearse(house, playbook, FIRST, AS_OF)
    with house.records.reading() as connection:
        assert connection.execute(text("select count(*) from care_case")).scalar() == 0
    cases = Cases(house, playbook)
    opened, refused = [], Counter[tuple[str, str]]()
    for day in range(13):
        moment = FIRST + timedelta(days=day)
        for one in cases.queue(now=moment):
            if one.due_at is not None and one.due_at <= moment:
                cases.act(one.case_id, "Ada", "called", one.due_at)
                cases.close(one.case_id, "Ada", "done", at=one.due_at)
        report = cases.open_due(moment, moment)
        opened += [(moment, one.play_id, one.customer_id, one.arm) for one in (*report.opened, *report.held_out)]
        for line in report.plays:
            refused.update({(line.play_id, why): count for why, count in line.not_opened.items()})
    assert sorted(opened) == sorted(rehearsed.opened)
    assert {one[1] for one in opened} == {"repair", "call", "keep", "promise"}
    assert dict(refused) == {
        (one.play_id, why): count for one in rehearsed.plays for why, count in one.not_opened.items()
    }
    assert all(
        one.asked == one.opened + one.held_out + sum(one.not_opened.values()) for one in rehearsed.plays
    )  # fmt: skip


def test_overlaps_load_and_who_is_never_reached(tmp_path: Path) -> None:
    # a is held back by one open case for as long as the rehearsal lasts; b objects
    visits = [visit("a", -0.9), visit("b", -0.9), visit("c", 0.5, touchpoint="checkout")]
    house = house_of(tmp_path, visits, [{"customer_id": "b", "objections": "contact"}])
    long = play("first", priority=1, deadline_hours=900.0)
    other = play("second", Trigger(contact=ContactTrigger(touchpoints=("delivery",))))
    third = play("third", Trigger(contact=ContactTrigger(touchpoints=("checkout",))))
    found = rehearse(house, book(long, other, third), AS_OF, AS_OF)
    assert [(one.play_a, one.play_b, one.customers) for one in found.overlaps] == [("first", "second", 2)]
    assert (found.cases, found.customers, found.objecting, found.never_reached) == (2, 2, 1, 0)
    by_play = {one.play_id: one for one in found.plays}
    assert by_play["second"].not_opened == {OPEN: 1, OBJECTS: 1}
    assert by_play["first"].examples == ["felt −0.9 at delivery on 9 May"]
    (team,) = found.teams
    assert (team.cases, team.busiest_day, team.on_busiest_day, team.days_over, team.longest_queue) == (
        2,
        AS_OF,
        2,
        0,
        0,
    )


def test_who_would_be_pestered_and_who_is_left_out(tmp_path: Path) -> None:
    calls = [*outbound("a", 3, 6), *outbound("b", 20)]
    house = house_of(tmp_path, [visit("a", -0.9), visit("b", -0.9)], interaction=calls)
    found = rehearse(house, book(play()), AS_OF - timedelta(days=1), AS_OF)
    assert [(play_, who) for _, play_, who, _ in found.opened] == [("repair", "b")]
    assert (found.pestered, found.most_contacts, found.never_reached) == (1, 3, 1)


def test_a_team_that_gets_more_than_it_can_do(tmp_path: Path) -> None:
    house = house_of(tmp_path, [visit(f"k{number}", -0.9) for number in range(7)])
    found = rehearse(house, book(play()), AS_OF - timedelta(days=1), AS_OF)
    (team,) = found.teams
    assert (team.per_day, team.days_over, team.longest_queue, team.on_busiest_day) == (2, 1, 5, 7)
    weekly = rehearse(house, book(play()), AS_OF - timedelta(days=7), AS_OF, "week")
    assert (weekly.moments, weekly.teams[0].days_over, weekly.teams[0].longest_queue) == (2, 0, 0)


def test_what_cannot_be_replayed_is_told(tmp_path: Path) -> None:
    house = house_of(
        tmp_path, customers=[{"customer_id": "a"}], next_move=[{"customer_id": "a", "move": "referral", "p": 0.9}],
        loyalty=periods(("a", AS_OF, "at_risk", 0.9)),
    )  # fmt: skip
    asks = Trigger(customer={"next_referral": Bound(at_least=0.5), "segment": Bound(one_of=("at_risk",))})
    keeps = Trigger(customer={"segment": Bound(one_of=("at_risk",))})
    playbook = book(play("ask", asks), play("keep", keeps), limits=Limits(open_cases=2))
    found = rehearse(house, playbook, AS_OF - timedelta(days=1), AS_OF)
    by_play = {one.play_id: one for one in found.plays}
    assert by_play["ask"].skipped == "asks for next_referral, known of today alone"
    assert (by_play["ask"].asked, by_play["keep"].opened) == (0, 1)
    assert any("ask was not rehearsed" in note for note in found.notes)
    assert any("loyalty tells nothing before 2026-05-10" in note for note in found.notes)
    today = {one.play_id: one for one in rehearse(house, playbook, AS_OF, AS_OF).plays}
    assert (today["ask"].skipped, today["ask"].opened) == ("", 1)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (AS_OF, AS_OF - timedelta(days=1), "ends by the last run"),
        (AS_OF, AS_OF + timedelta(days=1), "ends by the last run"),
        (datetime(2020, 1, 1), AS_OF, "2322 moments"),
    ],
)
def test_a_time_that_cannot_be_rehearsed(tmp_path: Path, first: datetime, last: datetime, said: str) -> None:
    with pytest.raises(CaseError, match=said):
        rehearse(house_of(tmp_path), Playbook(teams=(Team("care", "Care"),)), first, last)
