"""Who is who, with known truth: what joins, what does not, under which id, for which reason, and how it is undone."""

from __future__ import annotations

import random
from datetime import timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.identity.people import START, decided, gathered, groups, named, who

from heartline.identity.ids import alias_hashes, own_id
from heartline.identity.resolve import Rules, resolve
from heartline.identity.rulings import Rulings
from heartline.tables import table

PAIR = table("probable_pair").arrow_schema()


def row(found, member):
    return next(one for one in found.member.to_pylist() if one["member_id"] == member)


def test_members_with_one_value_are_one_and_called_by_the_first_known():
    found = who([("shop", "email", "e1"), ("till", "email", "e1"), ("till", "phone", "p1"), ("app", "phone", "p1")],
                alone=["nobody"], days={"till": 0, "shop": 5, "app": 9})  # fmt: skip
    assert groups(found) == {frozenset({"shop", "till", "app"})}
    assert set(found.customers().values()) == {own_id("till"), own_id("nobody")}
    assert row(found, "till")["matched_by"] == "founder"
    assert row(found, "shop") == {
        "customer_id": own_id("till"), "member_id": "shop", "own_id": own_id("shop"), "matched_by": "email",
        "first_seen_at": START + timedelta(days=5), "reason": "same e-mail address as till",
        "since": START + timedelta(days=5), "customer_today": own_id("till"),
    }  # fmt: skip
    assert row(found, "app")["reason"] == "same telephone number as till"
    assert row(found, "app")["since"] == START + timedelta(days=9)
    assert (row(found, "nobody")["matched_by"], row(found, "nobody")["since"]) == ("alone", None)
    assert found.member.schema == table("member").arrow_schema()


def test_an_id_of_a_customer_is_never_that_of_a_member():
    member = own_id("a")
    found = who([("a", "email", "e"), (member, "email", "e")], days={"a": 0, member: 1})
    assert set(found.customers().values()) == {own_id("a")}
    assert own_id("a") != own_id(member)


def test_ties_lead_on_and_each_says_which_and_through_whom():
    keys = [(f"m{n}", "email", f"e{n // 2}") for n in range(8)] + [
        (f"m{n}", "phone", f"p{(n + 1) // 2}") for n in range(8)
    ]
    found = who(keys)
    assert groups(found) == {frozenset(f"m{n}" for n in range(8))}
    said = {one["member_id"]: one["reason"] for one in found.member.to_pylist()}
    assert said["m1"] == "same e-mail address as m0"
    assert said["m2"] == "same telephone number as m1"
    assert said["m7"] == "same e-mail address as m6"


@pytest.mark.parametrize(
    ("first", "second", "against"),
    [
        (named("Ann Lee"), named("Tom Lee"), "another given name"),
        (named("Ann Lee", "1990-01-02"), named("Ann Lee", "1975-11-30"), "another birth date"),
        (named("Ann Lee", loyalty_card="1"), named("Ann Lee", loyalty_card="2"), "another loyalty card"),
        (named("Daniel Ray"), named("Daniela Ray"), "another given name"),
        (named("Ann Lee"), named("A. Lee"), ""),
        (named("Lee, Ann"), named("Dr. Ann Lee-Smith"), ""),
        (named("Ann Lee", "1990-01-02"), named("Ann Lee", "1990-02-01"), ""),
        (named("William Ray"), named("Bill Ray"), ""),
        (named("Catherine Ray"), named("Cathrine Ray"), ""),
        (named("Ann Lee", loyalty_card="1"), named(""), ""),
    ],
)  # fmt: skip
def test_what_speaks_against_it_holds_a_tie_back(first, second, against):
    found = who([("a", "email", "e"), ("b", "email", "e")], {"a": first, "b": second})
    assert bool(groups(found)) is not bool(against)
    doubts = found.doubtful.to_pylist()
    if against:
        assert doubts == [
            {"member_a": "a", "member_b": "b", "customer_a": own_id("a"), "customer_b": own_id("b"),
             "found_by": "email", "probability": None, "reason": f"same e-mail address; {against}"}
        ]  # fmt: skip
    else:
        assert doubts == []


def test_a_doubt_names_the_customers_of_both_whatever_their_age():
    told = {"a": named("Ann Lee"), "b": named("Tom Lee"), "c": named("Tom Lee")}
    keys = [("a", "email", "e"), ("b", "email", "e"), ("b", "phone", "p"), ("c", "phone", "p")]
    (doubt,) = who(keys, told, days={"a": 9, "b": 5, "c": 0}).doubtful.to_pylist()
    assert (doubt["member_a"], doubt["customer_a"]) == ("a", own_id("a"))
    assert (doubt["member_b"], doubt["customer_b"]) == ("b", own_id("c"))


def test_of_three_with_one_mailbox_the_two_that_agree_are_joined():
    told = {"a": named("Ann Lee"), "b": named("Tom Lee"), "c": named("A Lee")}
    found = who([(m, "email", "e") for m in "abc"], told)
    assert groups(found) == {frozenset("ac")}
    assert found.doubtful.num_rows == 1


def test_a_number_of_the_sources_own_joins_whatever_the_name():
    told = {"a": named("Ann Lee"), "b": named("Tom Lee")}
    assert groups(who([("a", "crm_id", "7"), ("b", "crm_id", "7")], told)) == {frozenset("ab")}


def test_what_too_many_have_joins_nobody():
    keys = [(f"m{n}", "email", "info") for n in range(11)] + [("x", "email", "e"), ("y", "email", "e")]
    found = who(keys)
    assert groups(found) == {frozenset("xy")}
    (shared,) = found.shared.to_pylist()
    assert (shared["kind"], shared["value_hash"], shared["members"]) == ("email", "info", 11)
    assert len(groups(who(keys, rules=Rules(most_members=11)))) == 2


def test_kinds_that_are_not_named_join_nobody():
    assert groups(who([("a", "ip", "1"), ("b", "ip", "1")])) == set()


def test_visitors_of_a_device_are_its_one_user_or_nobody():
    keys = [("anon:c1", "cookie", "c1"), ("u1", "cookie", "c1"), ("anon:c2", "cookie", "c2"), ("u1", "cookie", "c2")]
    assert groups(who(keys)) == {frozenset({"anon:c1", "anon:c2", "u1"})}
    shared = who([*keys, ("u2", "cookie", "c2")])
    assert groups(shared) == set()  # c1 and c2 hang together by u1, but c2 is shared
    assert [one["reason"] for one in shared.doubtful.to_pylist()] == [
        "met with the same device or browser; both have other visits of their own"
    ]
    both = who([*keys, ("u2", "cookie", "c2"), ("u1", "email", "e"), ("u2", "email", "e")])
    assert groups(both) == {frozenset({"anon:c1", "anon:c2", "u1", "u2"})}


def test_an_alias_names_another_member():
    hashed = dict(alias_hashes(["old"]))
    found = who([("new", "alias", hashed["old"])], alone=["old", "anon:other"])
    assert groups(found) == {frozenset({"new", "old"})}


def test_probable_pairs_join_above_the_threshold_and_are_shown_above_the_other():
    pairs = pa.Table.from_pylist(
        [
            {"member_a": "a", "member_b": "b", "probability": 0.99, "reasons": "same birth date", "known_at": START},
            {
                "member_a": "b",
                "member_b": "c",
                "probability": 0.7,
                "reasons": "name nearly the same",
                "known_at": START,
            },
            {"member_a": "c", "member_b": "d", "probability": 0.2, "reasons": "same city", "known_at": START},
            {"member_a": "e", "member_b": "f", "probability": 0.99, "reasons": "same name", "known_at": START},
            {"member_a": "e", "member_b": "not there", "probability": 0.99, "reasons": "x", "known_at": START},
        ],
        schema=PAIR,
    )
    told = {"e": named("Eve Ray", crm_id="1"), "f": named("Eve Ray", crm_id="2")}
    found = who([], told, pairs=pairs, alone=list("abcd"))
    assert groups(found) == {frozenset("ab")}
    assert row(found, "b")["matched_by"] == "probable"
    assert row(found, "b")["reason"] == "99.0% probable (same birth date): a"
    assert {(one["member_a"], one["member_b"], one["reason"]) for one in found.doubtful.to_pylist()} == {
        ("b", "c", "name nearly the same"),
        ("e", "f", "same name; another crm id"),
    }


def test_decisions_stand_above_every_rule_and_the_newest_counts():
    keys = [("a", "email", "e"), ("b", "email", "e"), ("c", "phone", "p")]
    told = {"a": named("Ann Lee"), "b": named("Ann Lee"), "c": named("Tom Lee", "1970-01-01")}
    assert groups(who(keys, told, decided(("apart", "a", "b")))) == set()
    assert groups(who(keys, told, decided(("join", "ac", "")))) == {frozenset("abc")}
    assert groups(who(keys, told, decided(("apart", "a", "b"), ("join", "ab", "")))) == {frozenset("ab")}
    assert groups(who(keys, told, decided(("join", "ab", ""), ("apart", "a", "b")))) == set()
    kept = who(keys, told, decided(("apart", "a", "b")))
    assert kept.doubtful.num_rows == 0  # decided, so no longer in doubt
    joined = who(keys, told, decided(("join", "ac", "")))
    assert row(joined, "c")["reason"] == "decision 1 by Kim: a"


def test_who_was_kept_apart_does_not_come_together_through_a_third():
    keys = [("a", "email", "e"), ("b", "email", "e"), ("c", "email", "e"), ("b", "phone", "p"), ("c", "phone", "p")]
    found = who(keys, rulings=decided(("apart", "a", "bc")))
    assert groups(found) == {frozenset("bc")}
    found = who(keys, rulings=decided(("apart", "a", "b")))
    assert len(groups(found)) == 1
    (group,) = groups(found)
    assert not {"a", "b"} <= group


MEMBERS = st.sampled_from([f"m{n}" for n in range(9)])
KEYS = st.lists(st.tuples(MEMBERS, st.sampled_from(["email", "phone", "crm_id"]), st.sampled_from("abcd")), max_size=20)
TOLD = st.dictionaries(
    MEMBERS,
    st.builds(
        named,
        st.sampled_from(["Ann Lee", "Tom Lee", "A Lee", ""]),
        st.sampled_from([None, "1990-01-02", "1971-03-04"]),
    ),
)  # fmt: skip
DECISIONS = st.lists(
    st.tuples(st.sampled_from(["join", "apart"]), st.lists(MEMBERS, min_size=2, max_size=2, unique=True)), max_size=4
).map(lambda found: decided(*((v, m if v == "join" else m[:1], [] if v == "join" else m[1:]) for v, m in found)))


def same(one, other):
    return one.member.equals(other.member) and one.doubtful.equals(other.doubtful) and one.shared.equals(other.shared)


@given(keys=KEYS, told=TOLD, rulings=DECISIONS, seed=st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(keys, told, rulings, seed):
    facts = gathered(keys, told)
    first = resolve(facts, rulings, Rules())
    mixed = random.Random(seed)
    order = mixed.sample(range(facts.members.num_rows), facts.members.num_rows)
    lines = mixed.sample(range(facts.keys.num_rows), facts.keys.num_rows)
    turned = type(facts)(
        facts.members.take(pa.array(order, pa.int64())),
        facts.keys.take(pa.array(lines, pa.int64())),
        facts.aliases,
        facts.told,
    )
    assert same(first, resolve(turned, rulings, Rules()))


@given(keys=KEYS, told=TOLD, rulings=DECISIONS)
def test_nobody_is_with_whom_a_person_keeps_them_apart_from(keys, told, rulings):
    found = resolve(gathered(keys, told), rulings, Rules())
    customers = found.customers()
    newest = {}
    for one in rulings.decisions:
        pair = frozenset(one.left) if one.verb == "join" else frozenset([*one.left, *one.right])
        newest[pair] = one.verb
    for pair, verb in newest.items():
        if verb == "apart" and pair <= set(customers):
            a, b = pair
            assert customers[a] != customers[b]
    owner = {one["own_id"]: one["customer_id"] for one in found.member.to_pylist()}
    assert set(customers.values()) <= set(owner)  # every customer is called by one of the members
    assert all(owner[customer] == customer for customer in customers.values())
    assert all(one["matched_by"] in ("alone", "founder") or one["reason"] for one in found.member.to_pylist())


@given(keys=KEYS, told=TOLD, rulings=DECISIONS, pair=st.lists(MEMBERS, min_size=2, max_size=2, unique=True))
def test_a_decision_taken_back_leaves_everything_as_it_was(keys, told, rulings, pair):
    facts = gathered(keys, told, alone=pair)
    before = resolve(facts, rulings, Rules())
    number = len(rulings.decisions) + 1
    more = decided(*[("join", "", "")] * (number - 1), ("join", pair, "")).decisions[-1]
    joined = resolve(facts, Rulings([*rulings.decisions, more]), Rules())
    assert joined.customers()[pair[0]] == joined.customers()[pair[1]]
    assert same(before, resolve(facts, rulings, Rules()))


def test_nothing_is_nobody():
    found = who([])
    assert (found.member.num_rows, found.doubtful.num_rows) == (0, 0)
