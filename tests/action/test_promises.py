"""The register of promises: due by what was promised to everybody, settled once, and theirs whoever they are now."""

from __future__ import annotations

import threading
from datetime import timedelta

import pyarrow as pa
import pytest

from heartline.action.cases import Cases
from heartline.action.promises import Promises
from heartline.errors import CaseError
from heartline.playbook.shape import Expectation, Playbook
from heartline.tables import table

from .small_house import AS_OF, SmallHouse

STANDING = Playbook(
    expectations=(Expectation("call_back", "we call back", "care", 4.0), Expectation("care", "we care", "care"))
)
LATER = AS_OF + timedelta(hours=5)


@pytest.fixture
def promises(house: SmallHouse) -> Promises:
    return Promises(house, STANDING)


def test_a_promise_is_due_by_the_word_to_everybody_unless_told_otherwise(promises: Promises) -> None:
    standing = promises.add("c0", "a call", "Ada", expectation="call_back", at=AS_OF)
    told = promises.add("c0", "a call", "Ada", LATER, expectation="call_back", at=AS_OF)
    never = promises.add("c0", "we will look after it", "Ada", expectation="care", at=AS_OF)
    assert (standing.promise_id, standing.due_at) == ("P-000001", AS_OF + timedelta(hours=4))
    assert (told.due_at, never.due_at) == (LATER, None)
    assert [one.promise_id for one in promises.overdue(LATER)] == [standing.promise_id]
    assert [one.promise_id for one in promises.overdue(LATER + timedelta(days=1))] == ["P-000001", "P-000002"]
    assert [one.promise_id for one in promises.of_customer("c0")] == ["P-000001", "P-000002", "P-000003"]


@pytest.mark.parametrize("how", ["kept", "broken", "withdrawn"])
def test_a_promise_is_settled_once(promises: Promises, how: str) -> None:
    made = promises.add("c0", "a call", "Ada", AS_OF, at=AS_OF)
    settled = promises.settle("1", how, LATER)
    assert (settled.status, settled.settled_at) == (how, LATER)
    with pytest.raises(CaseError, match=f"was {how} before"):
        promises.settle(made.promise_id, "kept", LATER)
    assert promises.overdue(LATER) == []
    assert [one.promise_id for one in promises.listed(how)] == [made.promise_id]


def test_of_two_who_settle_at_once_one_comes_too_late(promises: Promises) -> None:
    made = promises.add("c0", "a call", "Ada", at=AS_OF)
    done: list[str] = []
    late: list[str] = []
    together = threading.Barrier(4)

    def settle(how: str) -> None:
        together.wait()
        try:
            done.append(promises.settle(made.promise_id, how, LATER).status)
        except CaseError as refused:
            late.append(str(refused))

    threads = [threading.Thread(target=settle, args=(how,)) for how in ("kept", "broken", "kept", "withdrawn")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(done) == 1
    assert len(late) == 3
    assert promises.named(made.promise_id).status == done[0]


def test_a_promise_may_belong_to_a_case_of_the_same_customer(promises: Promises, house: SmallHouse) -> None:
    case = Cases(house, STANDING).open_by_hand("c0", "care", "asked", "Ada")
    assert promises.add("c0", "a call", "Ada", case_id="1", at=AS_OF).case_id == case.case_id
    with pytest.raises(CaseError, match="has no case"):
        promises.add("c1", "a call", "Ada", case_id=case.case_id, at=AS_OF)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"by": ""}, "by whom"),
        ({"says": "  "}, "promise is empty"),
        ({"customer_id": "stranger"}, "no customer is called"),
        ({"expectation": "gold"}, "promises nothing called"),
        ({"due_at": AS_OF - timedelta(days=1)}, "before it was made"),
        ({"interaction_id": "i9"}, "no contact"),
    ],
)
def test_what_cannot_be_promised_says_so(promises: Promises, wrong: dict[str, object], said: str) -> None:
    told: dict[str, object] = {"customer_id": "c0", "says": "a call", "by": "Ada", "at": AS_OF}
    with pytest.raises(CaseError, match=said):
        promises.add(**(told | wrong))  # type: ignore[arg-type]
    assert promises.listed() == []


@pytest.mark.parametrize("name", ["P-000009", "", "C-000001", "x"])
def test_an_unknown_promise_is_told(promises: Promises, name: str) -> None:
    promises.add("c0", "a call", "Ada", at=AS_OF)
    with pytest.raises(CaseError, match="there is no promise"):
        promises.settle(name, "kept")


def test_a_promise_follows_who_made_it_possible(promises: Promises, house: SmallHouse) -> None:
    made = promises.add("c1", "a call", "Ada", AS_OF, at=AS_OF)
    house.settings = house.settings.__class__({**house.settings.values, "identity": "keys"})
    rows = [{"customer_id": "c0", "member_id": one, "own_id": one} for one in ("c0", "c1")]
    house.put("member", pa.Table.from_pylist(rows, table("member").arrow_schema()))
    assert [(one.promise_id, one.customer_id) for one in promises.overdue(LATER)] == [(made.promise_id, "c0")]
    assert promises.of_customer("c0") == promises.of_customer("c1") != []
