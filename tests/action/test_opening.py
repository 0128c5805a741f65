"""Whom a play asks for, why in words, and who is left alone: nobody is pestered, nobody is lost without a word."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from heartline.action.cases import Cases
from heartline.action.known import only_today
from heartline.action.limits import AGAIN, LEFT_ALONE, OBJECTS, OFTEN, OPEN, SAME, arm
from heartline.action.promises import Promises
from heartline.action.triggers import wanted
from heartline.errors import CaseError
from heartline.playbook.shape import Bound, ContactTrigger, Expectation, Helped, Limits, Play, Playbook, Team, Trigger

from .small_house import AS_OF, SmallHouse

YESTERDAY = AS_OF - timedelta(hours=15)


def play(name: str = "repair", trigger: Trigger | None = None, **other: Any) -> Play:
    """A play that asks for contacts that felt bad."""
    bad = Trigger(contact=ContactTrigger(within_days=7, felt=Bound(at_most=-0.5)))
    return Play(name, name, trigger or bad, "care", "say sorry", Helped("stays"), **other)


def book(*plays: Play, **other: Any) -> Playbook:
    return Playbook(plays=plays, teams=(Team("care", "Care", per_day=2),), version="v1", **other)


def visit(customer: str, felt: float | None, at: datetime = YESTERDAY, number: int = 0, **other: Any) -> dict[str, Any]:
    return {
        "interaction_id": f"{customer}-{number}", "customer_id": customer, "occurred_at": at, "channel": "web",
        "touchpoint": "delivery", "stage": "delivery", "felt_valence": felt, "felt_from": "rating", **other,
    }  # fmt: skip


def house_of(
    root: Path, visits: Sequence[dict[str, Any]] = (), customers: Sequence[dict[str, Any]] = (), **tables: Any
) -> SmallHouse:
    """A house where each visit is an interaction, felt as it says."""
    seen = {one["customer_id"] for one in customers}
    others = sorted({one["customer_id"] for one in visits} - seen)
    contacts = [
        {name: value for name, value in one.items() if name not in ("felt_valence", "felt_from")} for one in visits
    ]
    return SmallHouse(
        root,
        {
            "customer": [*customers, *({"customer_id": one} for one in others)],
            "interaction": [*contacts, *tables.pop("interaction", [])],
            "touchpoint_visit": visits,
            **tables,
        },
    )


def people(found: Any) -> list[str]:
    return [one.customer_id for one in found]


def test_a_contact_that_felt_bad_opens_a_case_that_says_why(tmp_path: Path) -> None:
    house = house_of(tmp_path, [visit("a", -0.84), visit("b", -0.4), visit("c", None)])
    report = Cases(house, book(play(deadline_hours=24))).open_due()
    (case,) = report.opened
    assert case.reasons == "felt −0.8 at delivery on 9 May"
    assert (case.customer_id, case.interaction_id, case.play_id, case.playbook) == ("a", "a-0", "repair", "v1")
    assert (case.status, case.arm, case.opened_by, case.helped_by, case.horizon_days) == (
        "open", "act", "play", "stays", 90,
    )  # fmt: skip
    assert (case.opened_at, case.as_of, case.due_at) == (AS_OF, AS_OF, AS_OF + timedelta(days=1))
    assert (report.plays[0].wanted, report.plays[0].opened, report.plays[0].not_opened) == (1, 1, {})


def test_opening_again_opens_nothing_twice(tmp_path: Path) -> None:
    house = house_of(tmp_path, [visit("a", -0.84)])
    cases = Cases(house, book(play(again_after_days=0), limits=Limits(contacts=9, open_cases=9)))
    assert len(cases.open_due().opened) == 1
    again = cases.open_due()
    assert (again.opened, again.plays[0].not_opened) == ([], {SAME: 1})
    later = cases.open_due(AS_OF + timedelta(days=1))
    assert (later.opened, later.plays[0].not_opened) == ([], {SAME: 1})


def test_the_newest_contact_that_meets_it_is_named(tmp_path: Path) -> None:
    visits = [
        visit("a", -0.9, AS_OF - timedelta(days=3), 1), visit("a", -0.6, AS_OF - timedelta(days=2), 2),
        visit("a", 0.9, AS_OF - timedelta(days=1), 3), visit("a", -0.9, AS_OF - timedelta(days=8), 4),
        visit("a", -0.9, AS_OF, 5),
    ]  # fmt: skip
    (case,) = Cases(house_of(tmp_path, visits), book(play())).open_due().opened
    assert case.interaction_id == "a-2"


def test_what_was_not_known_yet_triggers_nothing(tmp_path: Path) -> None:
    house = house_of(tmp_path, [visit("a", -0.9, known_at=AS_OF + timedelta(hours=1))])
    play_ = play()
    assert list(wanted(house, play_, [AS_OF])) == []
    assert people(wanted(house, play_, [AS_OF + timedelta(hours=2)])) == ["a"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"touchpoints": ("delivery",)}, ["a", "b"]),
        ({"touchpoints": ("support_call",)}, ["c"]),
        ({"stages": ("support",)}, ["c"]),
        ({"channels": ("call",)}, ["c"]),
        ({"outcomes": ("failed",)}, ["b"]),
        ({"signals": ("betrayal", "leaving")}, ["a"]),
        ({"signals": ("leav",)}, []),
        ({"emotions": ("anger",), "signals": ("leaving",)}, ["a"]),
        ({"emotions": ("anger",), "about": ("price",)}, ["c"]),
        ({"felt": Bound(at_least=-0.5, at_most=0.0)}, ["b"]),
        ({"touchpoints": ("delivery",), "outcomes": ("completed",)}, []),
    ],
)
def test_every_part_of_a_contact_must_hold(tmp_path: Path, asked: dict[str, Any], found: list[str]) -> None:
    visits = [
        visit("a", -0.9), visit("b", -0.3, outcome="failed"),
        visit("c", 0.5, channel="call", touchpoint="support_call", stage="support"),
    ]  # fmt: skip
    words = {"status": "scored", "model_version": "m", "occurred_at": YESTERDAY, "evidence": None}
    feelings = [
        {"interaction_id": "a-0", "customer_id": "a", "signals": "leaving effort", "emotions": "anger", **words},
        {"interaction_id": "c-0", "customer_id": "c", "signals": "", "emotions": "anger", "about": "price", **words},
    ]
    house = house_of(tmp_path, visits, feeling=feelings)
    asking = play(trigger=Trigger(contact=ContactTrigger(**asked)))
    assert people(wanted(house, asking, [AS_OF])) == found


def test_the_words_of_an_answer_are_a_contact(tmp_path: Path) -> None:
    words = {"status": "scored", "model_version": "m", "evidence": None, "valence": -0.7, "signals": "betrayal"}
    house = house_of(
        tmp_path, customers=[{"customer_id": "a"}],
        feeling=[{"interaction_id": "r1", "customer_id": "a", "occurred_at": YESTERDAY, **words}],
        survey_response=[
            {"response_id": "r1", "customer_id": "a", "answered_at": YESTERDAY, "construct": "csat",
             "subject": "returns", "value": 1.0},
        ],
    )  # fmt: skip
    asked = ContactTrigger(channels=("survey",), touchpoints=("returns",), signals=("betrayal",))
    (found,) = wanted(house, play(trigger=Trigger(contact=asked)), [AS_OF])
    assert found.reasons == "felt −0.7, words of betrayal at returns on 9 May"
    assert found.interaction_id == "r1"


def periods(*rows: tuple[str, datetime, str, float]) -> list[dict[str, Any]]:
    return [
        {"customer_id": who, "period_end": end, "segment": segment, "p_silent_leaving": p}
        for who, end, segment, p in rows
    ]


def test_what_a_customer_is_like_is_that_of_the_last_period_then(tmp_path: Path) -> None:
    april, may = datetime(2026, 4, 10), AS_OF
    loyalty = periods(("a", april, "content", 0.9), ("a", may, "content", 0.1), ("b", may, "at_risk", 0.9),
                      ("c", april, "at_risk", 0.9))  # fmt: skip
    house = house_of(tmp_path, customers=[{"customer_id": one} for one in "abc"], loyalty=loyalty)
    asking = play(trigger=Trigger(customer={"p_silent_leaving": Bound(at_least=0.62)}))
    assert [(one.moment, one.customer_id) for one in wanted(house, asking, [april, may])] == [
        (april, "a"), (april, "c"), (may, "b"),
    ]  # fmt: skip
    assert list(wanted(house, asking, [april - timedelta(seconds=1)])) == []
    (found,) = wanted(house, asking, [may])
    assert found.reasons == "probability of leaving in silence 90\N{NO-BREAK SPACE}%"
    both = Trigger(customer={"p_silent_leaving": Bound(at_least=0.62), "segment": Bound(one_of=("content",))})
    assert [one.customer_id for one in wanted(house, play(trigger=both), [april, may])] == ["a"]


def test_contact_customer_and_promise_together(tmp_path: Path) -> None:
    house = house_of(
        tmp_path, [visit("a", -0.9), visit("b", -0.9)], loyalty=periods(("a", AS_OF, "at_risk", 0.7))
    )  # fmt: skip
    promises = Promises(house)
    for customer in "ab":
        promises.add(customer, "a call back", "Ada", AS_OF - timedelta(days=2), at=AS_OF - timedelta(days=5))
    asked = Trigger(
        contact=ContactTrigger(felt=Bound(at_most=-0.5)), customer={"segment": Bound(one_of=("at_risk",))},
        promise="overdue",
    )  # fmt: skip
    (case,) = Cases(house, book(play(trigger=asked))).open_due().opened
    assert case.reasons == "promise P-000001 is overdue since 8 May; felt −0.9 at delivery on 9 May; segment at risk"


def test_a_promise_that_is_overdue_or_broken_opens_once(tmp_path: Path) -> None:
    house = house_of(tmp_path, customers=[{"customer_id": one} for one in "abcd"])
    promises = Promises(house, book(expectations=(Expectation("call_back", "we call back", "care", 24.0),)))
    start = AS_OF - timedelta(days=5)
    late = promises.add("a", "a call", "Ada", expectation="call_back", at=start)
    assert late.due_at == start + timedelta(days=1)
    promises.add("b", "a refund", "Ada", AS_OF + timedelta(days=1), at=start)
    broken = promises.add("c", "a call", "Ada", expectation="call_back", at=start)
    promises.settle(broken.promise_id, "broken", start + timedelta(days=3))
    kept = promises.add("d", "a call", "Ada", expectation="call_back", at=start)
    promises.settle(kept.promise_id, "kept", start + timedelta(hours=3))
    assert [one.promise_id for one in promises.overdue(AS_OF)] == [late.promise_id]
    plays = [play("late", Trigger(promise="overdue")), play("broken", Trigger(promise="broken"))]
    cases = Cases(house, book(*plays))
    assert [(one.play_id, one.customer_id) for one in cases.open_due().opened] == [("late", "a"), ("broken", "c")]
    # looked at from before, the register is as it stood then
    everything = promises.listed(("open", "kept", "broken"))
    then = start + timedelta(days=2)
    assert people(wanted(house, plays[0], [then], everything)) == ["a", "c"]
    assert people(wanted(house, plays[1], [then], everything)) == []


def test_who_objects_is_left_in_peace(tmp_path: Path) -> None:
    objections = {"a": "contact", "b": "marketing", "c": None, "d": "all", "e": "research,contact", "f": "what_is_this"}
    customers = [{"customer_id": one, "objections": said} for one, said in objections.items()]
    house = house_of(tmp_path, [visit(one, -0.9) for one in objections], customers)
    care = Cases(house, book(play())).open_due()
    assert (people(care.opened), care.plays[0].not_opened) == (["b", "c"], {OBJECTS: 4})
    ask = Cases(house, book(play("ask", kind="advocate"), limits=Limits(open_cases=2))).open_due()
    assert (people(ask.opened), ask.plays[0].not_opened) == (["c"], {OBJECTS: 5})


def test_a_person_may_still_open_a_case_and_is_told(tmp_path: Path) -> None:
    house = house_of(tmp_path, customers=[{"customer_id": "a", "objections": "contact"}, {"customer_id": "b"}])
    cases = Cases(house, book(play()))
    notes = [
        cases.history(cases.open_by_hand(who, "care", "wrote to us", "Ada").case_id)[0].note for who in ("a", "b")
    ]  # fmt: skip
    assert notes == ["the customer objects to being contacted for what was worked out", ""]


def test_one_open_case_at_a_time_and_the_most_urgent_play_first(tmp_path: Path) -> None:
    house = house_of(tmp_path, [visit("a", -0.9)])
    cases = Cases(house, book(play("slow", priority=3), play("fast", priority=1), play("off", priority=1, on=False)))
    report = cases.open_due()
    assert [one.play_id for one in report.opened] == ["fast"]
    assert [(one.play_id, one.not_opened) for one in report.plays] == [("fast", {}), ("slow", {OPEN: 1})]
    cases.close(report.opened[0].case_id, "Bea", "not_needed")
    assert [one.play_id for one in cases.open_due().opened] == ["slow"]


def test_a_case_that_nobody_began_gives_way_to_a_more_urgent_one(tmp_path: Path) -> None:
    good = Trigger(contact=ContactTrigger(within_days=30, felt=Bound(at_least=0.5)))
    week = AS_OF + timedelta(days=7)
    bad = [visit(who, -0.9, week - timedelta(hours=3), 1) for who in "abc"]
    house = house_of(tmp_path, [*(visit(who, 0.9) for who in "abc"), *bad])
    playbook = book(play("thank", good, priority=3), play("repair", priority=1), limits=Limits(contacts=1))
    cases = Cases(house, playbook)
    thanks = {one.customer_id: one.case_id for one in cases.open_due().opened}
    cases.take(thanks["b"], "Bea", AS_OF)
    cases.snooze(thanks["c"], AS_OF + timedelta(days=9), "Bea", AS_OF)
    report = cases.open_due(week)
    assert [(one.play_id, one.customer_id) for one in report.opened] == [("repair", "a"), ("repair", "c")]
    assert report.plays[0].not_opened == {OPEN: 1}  # a person has begun
    new = {one.customer_id: one.case_id for one in report.opened}
    assert {one.case_id: one.merged_into for one in report.gave_way} == {thanks["a"]: new["a"], thanks["c"]: new["c"]}
    gone = cases.named(thanks["a"])
    assert (gone.status, gone.closed_how, gone.merged_into) == ("closed", "duplicate", new["a"])
    assert [one.verb for one in cases.history(new["a"])] == ["opened", "took_over"]
    assert [one.case_id for one in cases.queue(now=week)] == [new["a"], new["c"], thanks["b"]]
    # what a person opened gives way to nothing, and nothing to what comes no earlier
    later = Cases(house, book(play("as_urgent", priority=1)))
    assert later.open_due(week).plays[0].not_opened == {OPEN: 3}


def test_who_is_left_alone_by_the_more_urgent_keeps_the_other_case(tmp_path: Path) -> None:
    good = Trigger(contact=ContactTrigger(within_days=30, felt=Bound(at_least=0.5)))
    names = [f"k{number}" for number in range(20)]
    week = AS_OF + timedelta(days=7)
    bad = [visit(who, -0.9, week - timedelta(hours=3), 1) for who in names]
    house = house_of(tmp_path, [*(visit(who, 0.9) for who in names), *bad])
    cases = Cases(house, book(play("thank", good, priority=3), play("repair", priority=1, hold_out=0.5)))
    cases.open_due()
    report = cases.open_due(week)
    left = {one.customer_id for one in report.held_out}
    assert 0 < len(left) < 20
    assert {one.customer_id for one in cases.queue(now=week) if one.play_id == "thank"} == left


def test_a_play_waits_before_it_comes_again(tmp_path: Path) -> None:
    second = AS_OF + timedelta(days=20)
    house = house_of(tmp_path, [visit("a", -0.9), visit("a", -0.9, second - timedelta(hours=5), 1)])
    cases = Cases(house, book(play(again_after_days=30), limits=Limits(contacts=9)))
    cases.close(cases.open_due().opened[0].case_id, "Bea", "not_needed")
    report = cases.open_due(second)
    assert (report.opened, report.plays[0].not_opened) == ([], {AGAIN: 1})
    waits = Cases(house, book(play(again_after_days=20), limits=Limits(contacts=9)))
    assert len(waits.open_due(second).opened) == 1


def outbound(customer: str, *days: int, **other: Any) -> list[dict[str, Any]]:
    return [
        {
            "interaction_id": f"{customer}-out-{day}", "customer_id": customer, "direction": "outbound",
            "occurred_at": AS_OF - timedelta(days=day, hours=-1), "channel": "call", "touchpoint": "call", **other,
        }
        for day in days
    ]  # fmt: skip


def test_who_was_contacted_often_enough_waits(tmp_path: Path) -> None:
    own = {"conversation_id": "t1"}
    house = house_of(
        tmp_path, [visit("a", -0.9), visit("b", -0.9), visit("c", -0.9), visit("d", -0.9, **own), visit("e", -0.9)],
        interaction=[
            *outbound("a", 5, 9), *outbound("b", 5, 40), *outbound("c", 3, 4, kind="advert"),
            *outbound("d", 3, 4, **own), *outbound("e", 3), *outbound("e", 3, kind="call", interaction_id="twice"),
        ],
    )  # fmt: skip
    report = Cases(house, book(play())).open_due()
    # an advert that was seen, an answer to the customer's own message, and two calls on one day are not too much
    assert people(report.opened) == ["b", "c", "d", "e"]
    assert report.plays[0].not_opened == {OFTEN: 1}


def test_what_was_done_in_a_case_and_its_call_are_one_contact(tmp_path: Path) -> None:
    later = AS_OF + timedelta(days=10)
    call = {"occurred_at": AS_OF + timedelta(days=1, hours=2)}
    visits = [visit("a", -0.9), visit("a", -0.9, later - timedelta(hours=2), 1)]
    house = house_of(tmp_path, visits, interaction=[one | call for one in outbound("a", 1)])
    cases = Cases(house, book(play(again_after_days=0)))
    (first,) = cases.open_due().opened
    cases.act(first.case_id, "Bea", "called", AS_OF + timedelta(days=1, hours=2))
    assert len(cases.open_due(later).opened) == 1
    often = Cases(house, book(play("other", again_after_days=0), limits=Limits(contacts=1, open_cases=2)))
    assert often.open_due(later).plays[0].not_opened == {OFTEN: 1}


def test_the_share_that_is_left_alone_is_stable_and_right(tmp_path: Path) -> None:
    names = [f"k{number}" for number in range(600)]
    house = house_of(tmp_path, [visit(one, -0.9) for one in names])
    asking = play(hold_out=0.2)
    report = Cases(house, book(asking)).open_due()
    left = {one.customer_id for one in report.held_out}
    assert {one.customer_id for one in report.opened} | left == set(names)
    assert 0.2 * 600 - 3 * 9.8 < len(left) < 0.2 * 600 + 3 * 9.8  # three standard deviations of a draw
    assert left == {one for one in names if arm(asking, one) == "hold_out"}
    assert all(one.status == "held_out" for one in report.held_out)
    # who is left alone by one play is not more often left alone by another
    also = {one for one in left if arm(play("other", hold_out=0.2), one) == "hold_out"}
    assert len(also) < 0.35 * len(left)
    assert {arm(play(), one) for one in names} == {"act"}


def test_nothing_does_in_its_place_what_was_left_undone(tmp_path: Path) -> None:
    names = [f"k{number}" for number in range(40)]
    house = house_of(tmp_path, [visit(one, -0.9) for one in names])
    compared = play("compared", hold_out=0.5)
    first = Cases(house, book(compared, play("beside"), limits=Limits(open_cases=2))).open_due()
    left = {one.customer_id for one in first.held_out}
    assert left
    assert {one.customer_id for one in first.opened if one.play_id == "beside"} == set(names) - left
    assert first.plays[1].not_opened == {LEFT_ALONE: len(left)}
    urgent = Cases(house, book(play("urgent", priority=1), limits=Limits(open_cases=9, contacts=9))).open_due()
    assert left <= {one.customer_id for one in urgent.opened}


def test_more_than_a_team_can_do_stays_in_its_queue(tmp_path: Path) -> None:
    house = house_of(tmp_path, [visit(one, -0.9) for one in "abcde"])
    report = Cases(house, book(play())).open_due()
    (team,) = report.teams
    assert (len(report.opened), team.opened, team.to_do, team.per_day, team.days) == (5, 5, 5, 2, 2.5)


def test_of_two_who_open_at_the_same_time_each_case_is_opened_once(tmp_path: Path) -> None:
    names = [f"k{number}" for number in range(30)]
    house = house_of(tmp_path, [visit(one, -0.9) for one in names])
    reports = []
    together = threading.Barrier(3)

    def open_all(plays: Sequence[Play]) -> None:
        together.wait()
        reports.append(Cases(house, book(*plays)).open_due())

    first, second = play("first"), play("second")
    orders = ((first, second), (second, first), (first,))
    threads = [threading.Thread(target=open_all, args=(plays,)) for plays in orders]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(people([case for report in reports for case in report.opened])) == sorted(names)


def test_without_playbook_or_run_nothing_is_opened(tmp_path: Path) -> None:
    house = house_of(tmp_path, [visit("a", -0.9)])
    with pytest.raises(CaseError, match="no playbook"):
        Cases(house).open_due()
    house.as_of = None
    with pytest.raises(CaseError, match="nothing was computed"):
        Cases(house, book(play())).open_due()


def test_what_is_known_of_today_alone_is_told() -> None:
    asked = Trigger(customer={"p_alive": Bound(at_most=0.5), "segment": Bound(one_of=("at_risk",)),
                              "next_referral": Bound(at_least=0.3)})  # fmt: skip
    assert only_today(play(trigger=asked)) == ["p_alive", "next_referral"]


def test_orders_are_counted_up_to_each_moment(tmp_path: Path) -> None:
    def order(who: str, days: int, known: int | None = None) -> dict[str, Any]:
        at = AS_OF - timedelta(days=days)
        return {
            "purchase_id": f"{who}{days}", "customer_id": who, "occurred_at": at, "revenue": 1.0,
            "known_at": None if known is None else AS_OF - timedelta(days=known),
        }  # fmt: skip

    house = house_of(
        tmp_path, customers=[{"customer_id": one} for one in "abn"],
        purchase=[order("a", 20), order("a", 10), order("a", 5), order("b", 12, known=2)],
        customer_overview=[{"customer_id": "a", "orders": 3}, {"customer_id": "b", "orders": 1},
                           {"customer_id": "n", "orders": 0}],
    )  # fmt: skip

    def found(bound: Bound, *days: int) -> list[tuple[int, str]]:
        asking = play(trigger=Trigger(customer={"orders": bound}))
        moments = [AS_OF - timedelta(days=one) for one in days]
        return [((AS_OF - one.moment).days, one.customer_id) for one in wanted(house, asking, moments)]

    assert found(Bound(at_least=2), 11, 10, 9, 0) == [(9, "a"), (0, "a")]
    assert found(Bound(at_most=0), 11, 1) == [(11, "b"), (11, "n"), (1, "n")]
    # at the moment of the last run the overview is read; counted anew it is the same
    assert found(Bound(at_least=1), 0) == [(0, "a"), (0, "b")]
    assert found(Bound(at_least=1), 30, 0) == [(0, "a"), (0, "b")]


def test_figures_of_today_open_cases_too(tmp_path: Path) -> None:
    house = house_of(
        tmp_path, customers=[{"customer_id": one} for one in "ab"],
        next_move=[
            {"customer_id": "a", "move": "referral", "p": 0.4}, {"customer_id": "b", "move": "referral", "p": 0.1},
            {"customer_id": "b", "move": "complaint", "p": 0.9},
        ],
    )  # fmt: skip
    asking = play(trigger=Trigger(customer={"next_referral": Bound(at_least=0.3)}))
    (case,) = Cases(house, book(asking)).open_due().opened
    assert case.customer_id == "a"
    assert case.reasons == "probability of referring somebody 40\N{NO-BREAK SPACE}%"


def test_a_trigger_without_parts_asks_for_nobody(tmp_path: Path) -> None:
    house = house_of(tmp_path, [visit("a", -0.9)])
    assert list(wanted(house, replace(play(), trigger=Trigger()), [AS_OF])) == []


def test_a_case_of_before_a_merge_still_counts(tmp_path: Path) -> None:
    import pyarrow as pa

    from heartline.tables import table

    house = house_of(tmp_path, [visit("a", -0.9), visit("b", -0.9, number=3)])
    cases = Cases(house, book(play()))
    assert people(cases.open_due().opened) == ["a", "b"]
    house.settings = house.settings.__class__({**house.settings.values, "identity": "keys"})
    rows = [{"customer_id": "a", "member_id": one, "own_id": one} for one in "ab"]
    house.put("member", pa.Table.from_pylist(rows, table("member").arrow_schema()))
    house.put("touchpoint_visit", house.query("select * replace ('a' as customer_id) from touchpoint_visit"))
    house.put("interaction", house.query("select * replace ('a' as customer_id) from interaction"))
    later = Cases(house, book(play("other"))).open_due()
    assert (later.opened, later.plays[0].not_opened) == ([], {OPEN: 1})
    assert {one.customer_id for one in cases.of_customer("a")} == {"a"}
    assert len(cases.of_customer("b")) == 2
