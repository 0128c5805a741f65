"""What may be done to a case, by whom, in which order, and that all of it is kept."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from sqlalchemy import text

from heartline.action.cases import Case, Cases, standing_table
from heartline.action.promises import Promises
from heartline.errors import CaseError
from heartline.playbook.shape import Expectation, Limits, Playbook
from heartline.records import cases as kept
from heartline.records import receivers
from heartline.records.cases import CaseEvent
from heartline.tables import table

from .small_house import AS_OF, SmallHouse

NOW = AS_OF + timedelta(days=1)


@pytest.fixture
def cases(house: SmallHouse, playbook: Playbook) -> Cases:
    return Cases(house, playbook)


def opened(cases: Cases, customer: str = "c0", due: datetime | None = None) -> Case:
    return cases.open_by_hand(customer, "care", ["asked for a call back"], "Ada", due)


def test_a_case_goes_from_open_to_done_and_every_step_says_who(cases: Cases) -> None:
    case = opened(cases)
    assert (case.case_id, case.status, case.opened_at) == ("C-000001", "open", AS_OF)
    cases.take("1", "Bea", NOW)
    cases.note("C-1", "Bea", "no answer yet", NOW)
    acted = cases.act(case.case_id, "Bea", "called back, said sorry", NOW)
    assert (acted.status, acted.acted_by, acted.acted_at) == ("acted", "Bea", NOW)
    closed = cases.close(case.case_id, "Bea", "done", at=NOW)
    assert (closed.status, closed.closed_how, closed.closed_at) == ("closed", "done", NOW)
    told = [(one.verb, one.by) for one in cases.history(case.case_id)]
    assert told == [("opened", "Ada"), ("taken", "Bea"), ("noted", "Bea"), ("acted", "Bea"), ("closed", "Bea")]


def test_times_never_run_backwards(cases: Cases) -> None:
    case = opened(cases)
    with pytest.raises(CaseError, match="lies before"):
        cases.act(case.case_id, "Bea", "called", AS_OF - timedelta(seconds=1))
    acted = cases.act(case.case_id, "Bea", "called", NOW)
    with pytest.raises(CaseError, match="lies before"):
        cases.close(case.case_id, "Bea", "done", at=NOW - timedelta(hours=1))
    assert acted.acted_at == NOW


def test_without_a_time_it_is_now_but_never_before_the_case(house: SmallHouse, playbook: Playbook) -> None:
    house.as_of = datetime(2999, 1, 1)  # facts may reach to the midnight to come
    case = opened(Cases(house, playbook))
    assert Cases(house, playbook).act(case.case_id, "Bea", "called").acted_at == datetime(2999, 1, 1)


@pytest.mark.parametrize("how", ["not_needed", "customer_declined", "duplicate", "mistake"])
def test_what_needs_no_act_is_closed_without_one(cases: Cases, how: str) -> None:
    assert cases.close(opened(cases).case_id, "Bea", how).closed_how == how


def test_done_is_only_what_somebody_did(cases: Cases) -> None:
    with pytest.raises(CaseError, match="only after somebody acted"):
        cases.close(opened(cases).case_id, "Bea", "done")


def test_who_has_it_acts(cases: Cases) -> None:
    case = opened(cases)
    cases.take(case.case_id, "Bea")
    with pytest.raises(CaseError, match="is with Bea"):
        cases.take(case.case_id, "Cem")
    with pytest.raises(CaseError, match="is with Bea"):
        cases.act(case.case_id, "Cem", "called")
    cases.reassign(case.case_id, "Bea", owner="Cem")
    assert cases.act(case.case_id, "Cem", "called").acted_by == "Cem"


def test_of_two_who_act_at_once_one_comes_too_late(cases: Cases) -> None:
    case = opened(cases)
    results: list[str] = []
    too_late: list[str] = []
    together = threading.Barrier(8)

    def act(who: str) -> None:
        together.wait()
        try:
            cases.act(case.case_id, who, f"{who} called")
            results.append(who)
        except CaseError as late:
            too_late.append(str(late))

    threads = [threading.Thread(target=act, args=(f"P{number}",)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(results) == 1
    assert len(too_late) == 7
    assert all(f"acted by {results[0]}" in one for one in too_late)
    assert cases.named(case.case_id).acted_by == results[0]
    assert [one.by for one in cases.history(case.case_id) if one.verb == "acted"] == results


def test_of_two_who_open_at_once_one_case_is_there(house: SmallHouse, playbook: Playbook) -> None:
    results: list[str] = []
    refused: list[str] = []
    together = threading.Barrier(6)

    def open_one() -> None:
        together.wait()
        try:
            results.append(opened(Cases(house, playbook)).case_id)
        except CaseError as there:
            refused.append(str(there))

    threads = [threading.Thread(target=open_one) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(results) == 1
    assert [f"{results[0]} is open for this customer" in one for one in refused] == [True] * 5
    assert len(Cases(house, playbook).of_customer("c0")) == 1


def test_a_change_that_is_not_written_down_is_not_made(
    cases: Cases, house: SmallHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = opened(cases)

    def fails(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(kept, "note", fails)
    with pytest.raises(OSError, match="full"):
        cases.act(case.case_id, "Bea", "called")
    monkeypatch.undo()
    assert cases.named(case.case_id).status == "open"
    with house.records.reading() as connection:
        assert connection.execute(text("select count(*) from case_event")).scalar() == 1


def test_put_aside_comes_back(cases: Cases) -> None:
    case = opened(cases)
    cases.snooze(case.case_id, NOW + timedelta(days=3), "Bea", NOW)
    assert cases.queue(now=NOW + timedelta(days=2)) == []
    assert [one.status for one in cases.queue(now=NOW + timedelta(days=3))] == ["open"]
    assert cases.named(case.case_id).status == "waiting"
    assert cases.escalate_due(NOW + timedelta(days=3)) == []
    assert cases.named(case.case_id).status == "open"
    assert cases.history(case.case_id)[-1].verb == "woken"
    with pytest.raises(CaseError, match="put aside"):
        cases.snooze(case.case_id, NOW, "Bea", NOW)


def test_what_is_late_goes_to_the_next_team_once(cases: Cases) -> None:
    case = opened(cases, due=NOW)
    cases.take(case.case_id, "Bea", AS_OF)
    assert cases.escalate_due(NOW - timedelta(seconds=1)) == []
    (late,) = cases.escalate_due(NOW)
    assert (late.team, late.owner, late.escalated_at, late.status) == ("leads", None, NOW, "open")
    assert "Bea had it" in cases.history(case.case_id)[-1].note
    assert cases.escalate_due(NOW + timedelta(days=9)) == []
    other = cases.open_by_hand("c1", "leads", "asked", "Ada", NOW)
    (late,) = cases.escalate_due(NOW + timedelta(days=9))
    assert (late.case_id, late.team, cases.history(other.case_id)[-1].verb) == (other.case_id, "leads", "late")


def test_what_was_acted_on_is_not_late(cases: Cases) -> None:
    case = opened(cases, due=NOW)
    cases.act(case.case_id, "Bea", "called", AS_OF)
    assert cases.escalate_due(NOW + timedelta(days=1)) == []


def test_a_merged_case_goes_on_as_the_other(house: SmallHouse, playbook: Playbook) -> None:
    cases = Cases(house, Playbook(teams=playbook.teams, limits=Limits(open_cases=2)))
    first, second = opened(cases, due=NOW), opened(cases)
    stays = cases.merge(first.case_id, second.case_id, "Bea")
    assert (stays.case_id, stays.due_at, stays.status) == (second.case_id, NOW, "open")
    gone = cases.named(first.case_id)
    assert (gone.status, gone.closed_how, gone.merged_into) == ("closed", "duplicate", second.case_id)
    with pytest.raises(CaseError, match=f"goes on as {second.case_id}"):
        cases.act(first.case_id, "Bea", "called")
    with pytest.raises(CaseError, match="two customers"):
        cases.merge(second.case_id, opened(cases, "c1").case_id, "Bea")
    with pytest.raises(CaseError, match="for itself"):
        cases.merge(second.case_id, second.case_id, "Bea")


def test_a_merge_into_what_is_over_changes_neither(house: SmallHouse, playbook: Playbook) -> None:
    cases = Cases(house, Playbook(teams=playbook.teams, limits=Limits(open_cases=2)))
    first, second = opened(cases), opened(cases)
    cases.close(second.case_id, "Bea", "not_needed")
    with pytest.raises(CaseError, match=f"{second.case_id} is closed"):
        cases.merge(first.case_id, second.case_id, "Bea")
    assert cases.named(first.case_id).status == "open"
    assert len(cases.history(first.case_id)) == 1


def test_the_same_key_opens_once(cases: Cases) -> None:
    first = cases.open_by_hand("c0", "care", "asked", "shop", key="ticket-7")
    assert cases.open_by_hand("c0", "care", "asked", "shop", key="ticket-7") == first
    assert cases.open_by_hand("c1", "care", "asked", "other", key="ticket-7").case_id != first.case_id


def test_one_open_case_at_a_time(cases: Cases) -> None:
    first = opened(cases)
    with pytest.raises(CaseError, match=f"{first.case_id} is open for this customer"):
        opened(cases)
    cases.close(first.case_id, "Bea", "not_needed")
    assert opened(cases).status == "open"


def test_nobody_works_on_who_is_left_alone(cases: Cases, house: SmallHouse) -> None:
    case = Case("c0", "hold_out", "felt bad", "care", 2, "held_out", AS_OF, AS_OF, "play", 90, play_id="p")
    with kept.deciding(house.records) as connection:
        held = kept.add(connection, case, "p/c0/i1", CaseEvent("", AS_OF, "play", "held_out", ""))
        assert kept.add(connection, case, "p/c0/i1", CaseEvent("", AS_OF, "play", "held_out", "")) is None
    assert held is not None
    for attempt in (
        lambda: cases.take(held.case_id, "Bea"),
        lambda: cases.act(held.case_id, "Bea", "called"),
        lambda: cases.note(held.case_id, "Bea", "seen"),
        lambda: cases.close(held.case_id, "Bea", "mistake"),
        lambda: cases.snooze(held.case_id, NOW, "Bea", AS_OF),
    ):
        with pytest.raises(CaseError, match="left alone"):
            attempt()
    assert cases.queue() == []
    assert len(cases.history(held.case_id)) == 1
    assert opened(cases).status == "open"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"by": " "}, "by whom"),
        ({"by": "a\nb"}, "by whom"),
        ({"reasons": " "}, "reason is empty"),
        ({"reasons": "x" * 3000}, "3000 characters"),
        ({"team": "nobody"}, "no team 'nobody'"),
        ({"customer_id": "stranger"}, "no customer is called"),
        ({"priority": 4}, "priority 4"),
        ({"due_at": AS_OF}, "has passed"),
    ],
)
def test_what_cannot_be_taken_says_so(cases: Cases, wrong: dict[str, object], said: str) -> None:
    told: dict[str, object] = {"customer_id": "c0", "team": "care", "reasons": "asked", "by": "Ada"}
    with pytest.raises(CaseError, match=said):
        cases.open_by_hand(**(told | wrong))  # type: ignore[arg-type]
    assert cases.queue() == []


@pytest.mark.parametrize("name", ["C-000009", "9", "", "x", "C--1", "1e3"])
def test_an_unknown_case_is_told(cases: Cases, name: str) -> None:
    with pytest.raises(CaseError, match="there is no case"):
        cases.named(name)


def test_the_most_urgent_comes_first(cases: Cases) -> None:
    later = cases.open_by_hand("c0", "care", "asked", "Ada", NOW + timedelta(days=1)).case_id
    never = cases.open_by_hand("c1", "leads", "asked", "Ada").case_id
    soon = cases.open_by_hand("c2", "care", "asked", "Ada", NOW).case_id
    first = cases.open_by_hand("c3", "care", "asked", "Ada", priority=1).case_id
    assert [one.case_id for one in cases.queue()] == [first, soon, later, never]
    assert [one.case_id for one in cases.queue("leads")] == [never]
    cases.take(soon, "Bea")
    assert [one.case_id for one in cases.queue(owner="Bea")] == [soon]


def test_a_case_follows_the_customer_that_a_merge_gave_another_id(house: SmallHouse, playbook: Playbook) -> None:
    cases = Cases(house, playbook)
    case = opened(cases, "c1")
    house.settings = house.settings.__class__({**house.settings.values, "identity": "keys"})
    house.put("member", _members(("c0", "c0", "c0"), ("c0", "crm-7", "c1")))
    assert cases.named(case.case_id).customer_id == "c0"
    assert [one.case_id for one in cases.of_customer("c0")] == [case.case_id]
    assert [one.case_id for one in cases.of_customer("c1")] == [case.case_id]
    assert [one.customer_id for one in cases.queue()] == ["c0"]
    with pytest.raises(CaseError, match="is open for this customer"):
        opened(cases, "c0")


def _members(*rows: tuple[str, str, str]) -> pa.Table:
    made = [dict(zip(("customer_id", "member_id", "own_id"), row, strict=True)) for row in rows]
    return pa.Table.from_pylist(made, table("member").arrow_schema())


def told(house: SmallHouse) -> list[tuple[str, str]]:
    with house.records.reading() as connection:
        found = connection.execute(text("select topic, told_as from notice order by seq"))
        return [(topic, key) for topic, key in found]


def test_who_is_to_be_told_hears_of_it_once(house: SmallHouse, playbook: Playbook) -> None:
    receivers.create(house.records, "desk", "slack", "https://hooks.example/x", (), {})
    promised = Playbook(
        teams=playbook.teams, limits=Limits(open_cases=2), expectations=(Expectation("call", "c", "care"),)
    )
    cases = Cases(house, promised)
    late, done = opened(cases, due=NOW), opened(cases)
    Promises(house, promised).add("c1", "a call", "Ada", NOW, expectation="call", at=AS_OF)
    for _ in range(2):
        cases.escalate_due(NOW + timedelta(hours=1))
    cases.act(done.case_id, "Bea", "called", NOW)
    cases.close(done.case_id, "Bea", "done", at=NOW)
    with pytest.raises(CaseError):
        cases.act(done.case_id, "Cem", "called", NOW)
    assert told(house) == [
        ("case.opened", late.case_id), ("case.opened", done.case_id), ("promise.due", "P-000001"),
        ("case.due", late.case_id), ("case.escalated", late.case_id), ("case.acted", done.case_id),
        ("case.closed", done.case_id),
    ]  # fmt: skip


def test_analyses_see_every_case(cases: Cases, house: SmallHouse) -> None:
    case = opened(cases)
    cases.act(case.case_id, "Bea", "called", NOW)
    made = standing_table(house.records)
    assert made.schema == table("care_case").arrow_schema()
    (row,) = made.to_pylist()
    assert (row["case_id"], row["status"], row["acted_at"], row["owner"]) == (case.case_id, "acted", NOW, "Bea")
