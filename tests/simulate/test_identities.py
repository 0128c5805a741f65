"""The labelled population: the truth is whole, what is planted is there, the same seed gives the same files."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq
import pytest

from heartline.errors import StatisticsError
from heartline.simulate.identities import simulate_identities
from heartline.simulate.slips import slip, without_marks, wrong_birthday

PEOPLE = 2000
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    folder = tmp_path_factory.mktemp("people")
    simulate_identities(folder, PEOPLE, seed=5)
    names = ("customer", "identity", "interaction", "truth_member")
    return {name: pq.read_table(folder / f"{name}.parquet").to_pylist() for name in names}


def test_the_truth_knows_every_member_and_person(files: Rows) -> None:
    members = [row["customer_id"] for row in files["truth_member"]]
    assert len(members) == len(set(members))
    assert set(members) == {row["customer_id"] for row in files["customer"]}
    assert {row["customer_id"] for row in files["identity"]} <= set(members)
    assert {row["customer_id"] for row in files["interaction"]} == set(members)
    assert len({row["person"] for row in files["truth_member"]}) == PEOPLE
    assert 2.1 < len(members) / PEOPLE < 2.5


def test_people_differ_and_agree_as_planted(files: Rows) -> None:
    person = {row["customer_id"]: row["person"] for row in files["truth_member"]}
    households = defaultdict(set)
    for row in files["truth_member"]:
        households[row["household"]].add(row["person"])
    sizes = Counter(map(len, households.values()))
    assert 0.57 < sizes[1] / sum(sizes.values()) < 0.67
    users = defaultdict(set)
    emails = defaultdict(set)
    for row in files["customer"]:
        if row["email"]:
            users[row["email"].lower()].add(person[row["customer_id"]])
            emails[person[row["customer_id"]]].add(row["email"].lower())
    shared = sum(len(found) == 2 for found in users.values()) / len(users)
    assert 0.02 < shared < 0.08  # couples, families, and mailboxes of two colleagues
    assert max(map(len, users.values())) > 2  # fillers and firms
    assert 0.1 < sum(len(found) > 1 for found in emails.values()) / len(emails) < 0.5
    cards = defaultdict(set)
    for row in files["identity"]:
        if row["kind"] == "loyalty_card":
            cards[row["value"]].add(person[row["customer_id"]])
    assert all(len(found) == 1 for found in cards.values()), "nobody uses another one's card"


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        simulate_identities(tmp_path / name, 150, seed)
    files = [path.name for path in (tmp_path / "a").iterdir()]
    assert len(files) == 5
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)
    assert (tmp_path / "a" / "customer.parquet").read_bytes() != (tmp_path / "c" / "customer.parquet").read_bytes()


def test_hard_records_hold_less(files: Rows, tmp_path: Path) -> None:
    simulate_identities(tmp_path, PEOPLE, seed=5, hard=True)
    hard = pq.read_table(tmp_path / "customer.parquet").to_pylist()
    nameless = [sum(row["name"] is None for row in rows) / len(rows) for rows in (files["customer"], hard)]
    assert nameless[0] < 0.08 < 0.13 < nameless[1]


def test_a_size_out_of_range_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StatisticsError, match="out of range"):
        simulate_identities(tmp_path, 99)


def test_slips_stay_near() -> None:
    rng = Random(1)
    changed = [slip(rng, "Katharina") for _ in range(500)]
    assert all(abs(len(text) - 9) <= 2 and text[0] == "K" for text in changed)
    assert sum(text == "Katharina" for text in changed) < 25
    assert without_marks("Größe Łódź Özil", True) == "Groesse Lodz Oezil"
    for _ in range(100):
        date.fromisoformat(wrong_birthday(rng, "1980-05-11"))
