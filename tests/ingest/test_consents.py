"""What customers allow, over loads: the newer word counts, silence loses nothing, the same again changes nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from heartline.errors import ConsentError
from heartline.ingest.consents import consent_of, say

if TYPE_CHECKING:
    from tests.ingest.conftest import Rooms


def customer(rooms: Rooms, customer_id: str = "c1") -> dict[str, Any]:
    (row,) = [row for row in rooms.rows("customer") if row["customer_id"] == customer_id]
    return row


def held(rooms: Rooms, customer_id: str = "c1") -> tuple[bool | None, str | None]:
    row = customer(rooms, customer_id)
    return row["consent_emotion"], row["objections"]


def load(rooms: Rooms, body: str) -> Any:
    return rooms.load("customer", rooms.file(body, "people.csv"))


def test_a_file_that_is_silent_loses_nothing(rooms: Rooms) -> None:
    load(rooms, "customer_id,name,consent_emotion,objections,consent_marketing\nc1,Ann,no,profiling,no\n")
    since = json.loads(customer(rooms)["consents"])
    assert held(rooms) == (False, "profiling marketing")
    for body in ("customer_id,name\nc1,Anna\n", "customer_id,objections,consent_emotion\nc1,,\n"):
        assert load(rooms, body).replaced == 1
        assert held(rooms) == (False, "profiling marketing")
    assert json.loads(customer(rooms)["consents"]) == since
    assert {one["by"] for one in since.values()} == {"people.csv"}


def test_the_same_file_again_changes_nothing_and_does_not_undo_what_a_person_said(rooms: Rooms) -> None:
    body = "customer_id,consent_marketing,consent_emotion\nc1,yes,no\n"
    load(rooms, body)
    assert load(rooms, body).unchanged == 1
    say(rooms.facts, "c1", {"marketing": False, "emotion": True}, "Ann")
    assert held(rooms) == (True, "marketing")
    assert load(rooms, body).unchanged == 1
    assert held(rooms) == (True, "marketing")
    words = consent_of(rooms.facts, "c1")
    assert {purpose: (one["agreed"], one["by"]) for purpose, one in words.items()} == {
        "marketing": (False, "Ann"), "emotion": (True, "Ann"),
    }  # fmt: skip
    # another word of the source is a newer one
    load(rooms, "customer_id,consent_marketing,consent_emotion\nc1,yes,yes\n")
    load(rooms, body)
    assert held(rooms) == (False, "marketing")


def test_a_word_with_a_date_is_as_new_as_its_date(rooms: Rooms) -> None:
    load(rooms, "customer_id,consent_marketing,consent_at\nc1,no,2026-03-01\nc2,yes,2026-03-01\n")
    assert consent_of(rooms.facts, "c1")["marketing"]["since"].startswith("2026-03-01")
    load(rooms, "customer_id,consent_marketing,consent_at\nc1,yes,2026-02-01\nc2,no,2026-04-01\n")
    assert held(rooms, "c1") == (None, "marketing")
    assert held(rooms, "c2") == (None, "marketing")


def test_a_person_agrees_to_one_thing_after_they_objected_to_everything(rooms: Rooms) -> None:
    load(rooms, "customer_id,objections\nc1,all\n")
    say(rooms.facts, "c1", {"emotion": True}, "Ann")
    assert held(rooms) == (True, "profiling marketing contact research sharing")
    say(rooms.facts, "c1", {"all": True}, "Ann")
    assert held(rooms) == (True, None)
    load(rooms, "customer_id,objections\nc1,marketing\n")
    load(rooms, "customer_id,objections\nc1,none\n")
    assert held(rooms) == (True, None)


def test_what_is_no_purpose_is_kept_and_told_without_being_shown(rooms: Rooms) -> None:
    report = load(rooms, "customer_id,objections\nc1,Newsletter; Ads\nc2,robots\nc3,ROBOTS and  marketing\n")
    assert [held(rooms, each)[1] for each in ("c1", "c2", "c3")] == ["marketing", "robots", "marketing and robots"]
    (note,) = [note for note in report.notes if "no purpose" in note]
    assert note.startswith("2 customers")
    assert "robots" not in note.lower()


def test_a_row_that_contradicts_itself_is_an_objection(rooms: Rooms) -> None:
    load(rooms, "customer_id,objections,consent_marketing,consent_emotion\nc1,marketing,yes,yes\nc2,all,yes,yes\n")
    assert held(rooms, "c1") == (True, "marketing")
    assert held(rooms, "c2") == (None, "all")


def test_a_customer_who_is_told_twice_in_one_load_keeps_the_refusal(rooms: Rooms) -> None:
    load(rooms, "customer_id,name,objections\nc1,A,marketing\nc1,B,\n")
    assert (customer(rooms)["name"], held(rooms)) == ("B", (None, "marketing"))


def test_somebody_without_a_row_can_object(rooms: Rooms) -> None:
    say(rooms.facts, "stranger", {"all": False}, "Ann")
    assert held(rooms, "stranger") == (None, "all")


@pytest.mark.parametrize(
    ("said", "by", "match"),
    [({"adverts": False}, "Ann", "adverts"), ({}, "Ann", "no purpose"), ({"all": False}, " ", "who took"),
     ({"all": False}, "A\nB", "who took")],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused(rooms: Rooms, said: dict[str, bool], by: str, match: str) -> None:
    with pytest.raises(ConsentError, match=match):
        say(rooms.facts, "c1", said, by)
    assert rooms.rows("customer") == []


def test_a_mapping_carries_what_a_shop_calls_otherwise(rooms: Rooms) -> None:
    mapping = rooms.file(
        """
[[table]]
name = "customer"
[table.columns]
customer_id = "Customer ID"
consent_marketing = "Accepts Email Marketing"
""",
        "map.toml",
    )
    rooms.load(None, rooms.file("Customer ID,Accepts Email Marketing\n1,yes\n2,no\n3,\n"), mapping=mapping)
    assert [held(rooms, each)[1] for each in "123"] == [None, "marketing", None]
    assert consent_of(rooms.facts, "1")["marketing"]["agreed"] is True


def test_facts_of_before_consents_were_kept_are_read_and_rewritten(rooms: Rooms) -> None:
    load(rooms, "customer_id,name,objections\nc1,Ann,profiling\n")
    (file,) = rooms.facts.files("customer")
    older = pq.read_table(file, partitioning=None)
    pq.write_table(older.drop_columns(["consents"]), file)
    assert consent_of(rooms.facts, "c1")["profiling"]["agreed"] is False
    assert load(rooms, "customer_id,name\nc1,Anna\n").replaced == 1
    assert (customer(rooms)["name"], held(rooms)) == ("Anna", (None, "profiling"))
