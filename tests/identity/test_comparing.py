"""Records made comparable: fillers gone, addresses in one spelling, no value under which too many meet."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartline.identity.comparing import COMPARED, MEET_AT_MOST, compared
from heartline.identity.comparing import _one_slip as one_slip
from heartline.identity.pairs import KEYS, RECORDS


def records(*rows: dict[str, Any]) -> pa.Table:
    made = [dict.fromkeys(RECORDS.names) | {"member_id": f"m{n:04d}"} | row for n, row in enumerate(rows)]
    return pa.Table.from_pylist(made, schema=RECORDS)


def rows(*given_rows: dict[str, Any]) -> list[dict[str, Any]]:
    table, _ = compared(records(*given_rows), KEYS.empty_table())
    assert table.schema == COMPARED
    found: list[dict[str, Any]] = table.to_pylist()
    return found


@pytest.mark.parametrize(
    ("street", "name", "house"),
    [
        ("Hauptstraße 5a", "hauptstr", "5a"), ("hauptstr. 5 A", "hauptstr", "5a"),
        ("HAUPTSTRASSE 5a", "hauptstr", "5a"), ("12 Elm Street", "elmstr", "12"), ("Am Markt", "ammarkt", None),
        ("Straße des 17. Juni 135", "strdes17juni", "135"), ("7", None, "7"), (None, None, None), ("", None, None),
    ],
)  # fmt: skip
def test_an_address_has_one_spelling(street: str | None, name: str | None, house: str | None) -> None:
    row = rows({"street": street, "postcode": " 10115 ", "city": "Bérlin"})[0]
    assert (row["street"], row["house"], row["postcode"], row["city"]) == (name, house, "10115", "berlin")
    assert row["address"] == (f"{name} {house} 10115" if name and house else None)


def test_what_many_names_use_is_a_filler_and_what_two_use_is_shared() -> None:
    names = ("Anna", "Bernd", "Carla", "Dirk", "Egon")
    many = [{"name": f"{name} Weber", "email": "kunde@shop.example", "phone": "+4930222333444"} for name in names]
    two = [{"name": "Anna Koch", "email": "koch@x.example"}, {"name": "Bernd Koch", "email": "koch@x.example"}]
    forms = [{"name": "William Fox", "email": "fox@x.example"}, {"name": "Bill Fox", "email": "fox@x.example"}]
    found = rows(*many, *two, *forms)
    assert [row["email"] for row in found[:5]] == [None] * 5
    assert [row["phone"] for row in found[:5]] == [None] * 5
    assert [row["email_shared"] for row in found[5:]] == [True, True, False, False]


def test_preset_dates_say_nothing() -> None:
    preset = [{"birth_date": "2000-01-01"} for _ in range(20)]
    others = [{"birth_date": f"19{50 + n % 40}-0{1 + n % 9}-{10 + n % 18}"} for n in range(200)]
    found = rows(*preset, *others, {"birth_date": "1900-01-01"})
    assert [row["birth"] for row in found[:20]] == [None] * 20
    assert found[-1]["birth"] is None
    assert all(row["birth"] for row in found[20:220])


def test_numbers_are_compared_by_their_last_digits() -> None:
    found = rows({"phone": "+491501234567"}, {"phone": "01501234567"}, {"phone": "11111111"}, {"phone": "123"})
    assert found[0]["phone"] == found[1]["phone"] == "501234567"
    assert found[2]["phone"] is found[3]["phone"] is None


def test_no_value_brings_more_than_a_bounded_number_together() -> None:
    table, notes = compared(
        records(*[{"name": "Anna Weber"} for _ in range(MEET_AT_MOST + 1)], {"name": "Ida Koch"}), KEYS.empty_table()
    )
    assert table.column("meet_name").to_pylist() == [None] * (MEET_AT_MOST + 1) + ["ida koch"]
    assert any("1 of name" in note for note in notes)


def test_where_only_hashes_are_kept_they_are_compared() -> None:
    keys = [
        {"member_id": f"m000{n}", "kind": kind, "value_hash": 64 * "a"} for n in (0, 1) for kind in ("email", "phone")
    ]
    given_rows = [{"name": "Anna Koch"}, {"name": "Anna Koch"}, {"name": "Anna Koch", "email": "ann@x.example"}]
    found = compared(records(*given_rows), pa.Table.from_pylist(keys, schema=KEYS))[0].to_pylist()
    assert found[0]["email"] == found[1]["email"] != found[2]["email"] == "ann@x.example"
    assert found[0]["phone"] == found[1]["phone"] == "#" + 64 * "a"
    assert found[0]["email_local"] is found[0]["meet_local"] is None


WORDS = st.text("abcd", min_size=4, max_size=7)


@given(WORDS, WORDS)
def test_one_slip_is_one_slip(one: str, other: str) -> None:
    def within_one(a: str, b: str) -> bool:
        near = {a}
        for n in range(len(a) + 1):
            near |= {a[:n] + c + a[n:] for c in "abcd"}
            near |= {a[:n] + c + a[n + 1 :] for c in "abcd"}
            near.add(a[:n] + a[n + 1 :])
            near.add(a[:n] + a[n + 1 : n + 2] + a[n : n + 1] + a[n + 2 :])
        return b in near

    assert one_slip(one, other) == within_one(one, other)
