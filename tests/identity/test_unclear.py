"""A mailbox that several people use joins nobody of whom nothing says which of them they are."""

from __future__ import annotations

import pyarrow as pa
from tests.identity.people import START, groups, named, who

from heartline.identity.clusters import Told
from heartline.identity.comparing import compared
from heartline.identity.names import fills_the_field
from heartline.identity.pairs import KEYS, RECORDS
from heartline.identity.resolve import Rules
from heartline.identity.unclear import OF_A_FAMILY, OF_SEVERAL, unclear
from heartline.tables import table

ANN, TOM = named("Ann Lee"), named("Tom Lee")


def test_who_agrees_with_two_people_who_are_different_may_be_either():
    told = [ANN, TOM, named(""), named("Mrs Lee"), named("A. Lee"), named("Ann"), named("Ann T. Lee")]
    assert unclear(told, by_mailbox=True) == ["", "", OF_SEVERAL, OF_SEVERAL, "", "", ""]
    assert unclear([ANN, named("Alice Lee"), named("A. Lee")], by_mailbox=False) == ["", "", OF_SEVERAL]


def test_where_one_person_uses_it_nobody_is_unclear():
    assert unclear([ANN, named(""), named("Annie Lee"), named("")], by_mailbox=True) == [""] * 4


def test_a_mailbox_of_a_family_says_nothing_of_who_wrote_no_name_but_their_number_does():
    told = [Told(family_mailbox=True), Told(family_mailbox=True), ANN]
    assert unclear(told, by_mailbox=True) == [OF_A_FAMILY, OF_A_FAMILY, ""]
    assert unclear(told, by_mailbox=False) == [""] * 3


def test_the_unnamed_of_a_couple_are_shown_for_review_and_joined_to_neither():
    keys = [(member, "email", "e") for member in ("ann", "tom", "who")] + [("ann2", "email", "e")]
    found = who(keys, {"ann": ANN, "ann2": ANN, "tom": TOM})
    assert groups(found) == {frozenset({"ann", "ann2"})}
    doubts = [one for one in found.doubtful.to_pylist() if "who" in (one["member_a"], one["member_b"])]
    assert {one["reason"] for one in doubts} == {f"same e-mail address; {OF_SEVERAL}"}
    assert len(doubts) == 2  # as Ann, or as Tom
    # whatever else says who it is still does
    more = who([*keys, ("who", "phone", "p"), ("tom", "phone", "p")], {"ann": ANN, "ann2": ANN, "tom": TOM})
    assert groups(more) == {frozenset({"ann", "ann2"}), frozenset({"tom", "who"})}
    assert not any("who" in (one["member_a"], one["member_b"]) and OF_SEVERAL in one["reason"] and
                   one["customer_a"] == one["customer_b"] for one in more.doubtful.to_pylist())  # fmt: skip


def test_whose_mailbox_it_is_does_not_give_its_user_a_second_name():
    told = {"app": Told(borne="katharina"), "shop": named("Tom Lee"), "till": named("Katharina Lee")}
    keys = [("app", "crm_id", "7"), ("shop", "crm_id", "7"), ("shop", "email", "e"), ("till", "email", "e")]
    # the account says that the app is Tom's, who writes from Katharina's mailbox; so Tom goes by one name
    assert groups(who(keys, told)) == {frozenset({"app", "shop"})}
    # as long as nobody told a name, the mailbox says who it is
    assert groups(who([("app", "phone", "p"), ("shop", "phone", "p")], told)) == set()
    assert groups(who([("app", "phone", "p"), ("till", "phone", "p")], told)) == {frozenset({"app", "till"})}


def test_what_fills_the_field_of_a_name_is_no_name():
    assert all(map(fills_the_field, ("Guest", "Kunde", "", None, "Herr", "Unknown Customer")))
    assert not any(map(fills_the_field, ("Ann Guest Lee", "Ann Lee", "Lee")))


def test_a_mailbox_that_several_use_gives_no_name_to_who_wrote_none():
    def given(*others: str) -> str | None:
        names = [None, "Katharina Lee", *others]
        rows = [
            dict.fromkeys(RECORDS.names) | {"member_id": f"m{n}", "name": name, "email": "katharina.lee@x.example"}
            for n, name in enumerate(names)
        ]
        table, _ = compared(pa.Table.from_pylist(rows, schema=RECORDS), KEYS.empty_table())
        return table.column("given")[0].as_py()

    assert given() == "katharina"
    assert given("Thomas Lee") is None


def test_another_card_weighs_against_a_probable_pair_and_forbids_a_shared_mailbox():
    def joined(probability: float, **more: object) -> bool:
        row = {"member_a": "a", "member_b": "b", "probability": probability, "reasons": "alike", "known_at": START}
        pairs = pa.Table.from_pylist([row], schema=table("probable_pair").arrow_schema())
        told = {one: named("Ann Lee", loyalty_card=one) for one in "ab"}
        return bool(groups(who([("a", "email", "e"), ("b", "email", "e")], told, pairs=pairs, **more)))

    assert not joined(0.998)  # as unlikely as 0.943 without a card
    assert joined(0.9985)
    assert not joined(0.9985, rules=Rules(threshold=0.97))
    assert not groups(
        who([("a", "email", "e"), ("b", "email", "e")], {one: named("Ann Lee", loyalty_card=one) for one in "ab"})
    )
