"""Probable linkage on people whose truth is known: who is joined, who never, the same each time, and in which words."""

from __future__ import annotations

import itertools
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from heartline.errors import IdentityError
from heartline.identity import linkage
from heartline.identity.comparing import COMPARED
from heartline.identity.linkage import probable_pairs
from heartline.identity.pairs import KEYS, PAIRS, RECORDS, Linked
from heartline.simulate.identities import simulate_identities
from heartline.sources.identifiers import EMAIL, PHONE, kind_of, one_spelling

splink = pytest.importorskip("splink", reason="the extra identity is not installed")

PEOPLE = 1000
NO_KEYS = KEYS.empty_table()
ANNA: dict[str, Any] = {
    "name": "Anna Weberstein", "email": "anna.weberstein@x.example", "phone": "+491501234567",
    "birth_date": "1980-05-17", "street": "Hauptstraße 5a", "postcode": "10115", "city": "Berlin",
}  # fmt: skip


def own(kind: str, value: str | None) -> str | None:
    return one_spelling(kind, value) if value is not None and kind_of(kind, value) == kind else None


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> tuple[pa.Table, dict[str, str]]:
    folder: Path = tmp_path_factory.mktemp("people")
    simulate_identities(folder, PEOPLE, seed=11)
    rows = [
        {
            "member_id": row["customer_id"], "name": row["name"], "email": own(EMAIL, row["email"]),
            "phone": own(PHONE, row["phone"]), "birth_date": row["birth_date"], "street": row["street"],
            "postcode": row["postcode"], "city": row["city"],
        }
        for row in pq.read_table(folder / "customer.parquet").to_pylist()
    ]  # fmt: skip
    truth = pq.read_table(folder / "truth_member.parquet").to_pylist()
    rows.sort(key=lambda row: str(row["member_id"]))
    return pa.Table.from_pylist(rows, schema=RECORDS), {row["customer_id"]: row["person"] for row in truth}


@pytest.fixture(scope="module", autouse=True)
def sampled() -> Iterator[None]:
    """Fewer pairs than the usual million: enough to see that it works."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linkage, "SAMPLED_PAIRS", 1e5)
        yield


@pytest.fixture(scope="module")
def found(people: tuple[pa.Table, dict[str, str]]) -> Linked:
    return probable_pairs(people[0], NO_KEYS, 0.5)


def records(*rows: dict[str, Any]) -> pa.Table:
    made = [dict.fromkeys(RECORDS.names) | {"member_id": f"m{n:04d}"} | row for n, row in enumerate(rows)]
    return pa.Table.from_pylist(made, schema=RECORDS)


def crowd(*rows: dict[str, Any]) -> pa.Table:
    """The rows among 150 others who have nothing in common with them."""
    others = [
        {"name": f"{chr(97 + n % 26) * 4}{n}son Other{n}", "email": f"person{n * 7919}@y.example",
         "birth_date": f"19{40 + n % 50}-0{1 + n % 9}-{10 + n % 17}"}
        for n in range(150)
    ]  # fmt: skip
    return records(*rows, *others)


def probability(linked: Linked, one: str = "m0000", other: str = "m0001") -> float:
    for row in linked.pairs.to_pylist():
        if (row["member_a"], row["member_b"]) == (one, other):
            return float(row["probability"])
    return 0.0


def test_pairs_have_the_shape_that_was_agreed(found: Linked) -> None:
    assert found.pairs.schema == PAIRS
    rows = found.pairs.to_pylist()
    assert rows == sorted(rows, key=lambda row: (row["member_a"], row["member_b"]))
    assert all(row["member_a"] < row["member_b"] and 0.5 <= row["probability"] <= 1 for row in rows)
    assert len({(row["member_a"], row["member_b"]) for row in rows}) == len(rows)


def test_nearly_all_that_are_sure_are_right_and_most_of_the_truth_is_found(
    people: tuple[pa.Table, dict[str, str]], found: Linked
) -> None:
    truth = people[1]
    sure = [row for row in found.pairs.to_pylist() if row["probability"] >= 0.95]
    right = sum(truth[row["member_a"]] == truth[row["member_b"]] for row in sure)
    in_all = sum(n * (n - 1) // 2 for n in Counter(truth.values()).values())
    assert right / len(sure) >= 0.99
    assert right / in_all >= 0.6  # pairs alone; keys and what follows from both are measured in the benchmark


def test_the_same_records_give_the_same_pairs_in_whatever_order(
    people: tuple[pa.Table, dict[str, str]], found: Linked
) -> None:
    turned = people[0].take(pa.array(range(people[0].num_rows - 1, -1, -1)))
    assert probable_pairs(turned, NO_KEYS, 0.5).pairs.equals(found.pairs)


def test_reasons_name_no_value_of_a_customer(people: tuple[pa.Table, dict[str, str]], found: Linked) -> None:
    values = {str(value).lower() for name in ("email", "phone", "birth_date", "street") for value in
              people[0].column(name).to_pylist() if value}  # fmt: skip
    for reason in set(found.pairs.column("reasons").to_pylist()):
        assert not any(value in reason for value in itertools.islice(values, 300))
        assert re.fullmatch(r"[a-z \-@?:;()+.0-9]+", reason), reason
        assert "@" not in reason.replace("before the @", "")
    assert found.values["learnt"] is True
    assert set(found.values["shares"]) == {"given", "family", "email", "phone", "birth", "address"}


@pytest.mark.parametrize(
    ("change", "joined"),
    [
        ({"email": "other@x.example"}, True),
        ({"name": "Weberstein, A.", "phone": None}, True),
        ({"name": "Anni Weberstien", "email": None}, True),
        ({"birth_date": "1980-05-71", "email": "anna.weberstien@x.example"}, True),
        ({"name": "Anna Kowalczyk"}, True),  # married: mailbox, number, birth date and address stayed
        ({"name": "Bernd Weberstein", "birth_date": None}, False),  # the husband: all but the given name
        ({"name": "Bernd Weberstein", "birth_date": "1979-01-03"}, False),
        ({"name": "Lara Weberstein"}, False),  # the twin
        ({"birth_date": "2008-11-23", "email": None, "phone": None}, False),  # the daughter of the same name
        ({"name": None, "birth_date": None, "email": None, "phone": None}, False),  # somebody at that address
        ({"email": None, "phone": None, "birth_date": None, "street": None, "postcode": None}, False),  # only the name
    ],
)
def test_who_is_taken_for_anna(change: dict[str, Any], joined: bool) -> None:
    assert (probability(probable_pairs(crowd(ANNA, ANNA | change), NO_KEYS, 0.01)) >= 0.95) is joined


def test_a_mailbox_of_two_people_does_not_join_whom_it_does_not_name() -> None:
    both = [{"name": "Anna Koch", "email": "k@x.example"}, {"name": "Bernd Koch", "email": "k@x.example"}]
    found = probable_pairs(crowd({"email": "k@x.example"}, *both), NO_KEYS, 0.01)
    assert probability(found, "m0000", "m0001") < 0.5
    assert probability(found, "m0001", "m0002") < 0.5


def test_few_records_are_compared_by_set_weights_and_say_so() -> None:
    found = probable_pairs(records(ANNA, ANNA), NO_KEYS, 0.5)
    assert found.pairs.num_rows == 1
    assert any("not learnt" in note for note in found.notes)
    assert probable_pairs(records(ANNA), NO_KEYS, 0.5).pairs.num_rows == 0
    assert probable_pairs(RECORDS.empty_table(), NO_KEYS, 0.5).pairs.schema == PAIRS


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "splink", None)
    with pytest.raises(IdentityError, match=r"pip install 'heartline\[identity\]'"):
        probable_pairs(records(ANNA, ANNA), NO_KEYS, 0.5)


def test_every_level_and_place_to_meet_is_a_column() -> None:
    assert set(linkage.LEARN_AT) <= set(COMPARED.names)
    for nothing, levels in linkage.COMPARISONS.values():
        named = set(re.findall(r"(\w+)_[lr]\b", " ".join([nothing, *(level[0] for level in levels)])))
        assert named <= set(COMPARED.names)
        assert abs(sum(level[2] for level in levels) - 1) < 1e-6
        assert abs(sum(level[3] for level in levels) - 1) < 1e-6
