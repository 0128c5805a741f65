"""Mappings at work on small files."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import pytest

from heartline.errors import MappingError
from heartline.records import quarantine
from heartline.sources.mapping import read_mapping

MAPPING = """
[file]
delimiter = ";"
decimal = ","

[[table]]
name = "interaction"
skip_when = { state = ["test*", "spam"] }
time = { format = "%d.%m.%Y %H:%M", zone = "Europe/Berlin" }

[table.columns]
interaction_id = ["shop", "nr"]
customer_id = "who"
occurred_at = "when"
channel = "via"
rating = "mood"
touchpoint = "place"

[table.constants]
rating_min = 1
rating_max = 3
touchpoint = "somewhere"

[table.values.channel]
"Phone" = "call"
"*" = "web"

[table.values.rating]
bad = 1
well = 3

[[table]]
name = "purchase"
skip_when = { sum = "" }
time = { format = "%d.%m.%Y %H:%M", zone = "Europe/Berlin" }

[table.columns]
purchase_id = ["shop", "nr"]
customer_id = "who"
occurred_at = "when"
revenue = "sum"
"""
BODY = """shop;nr;who;when;via;mood;place;state;sum;colour
s;1;a;17.05.2024 09:30;phone;Bad;desk;ok;12,50;red
s;2;b;17.01.2024 09:30;other;well;;ok;;
s;3;b;17.01.2024 09:30;other;well;;test 7;;
;4;b;17.01.2024 09:30;other;well;;ok;;
s;5;b;17.01.2024 09:30;;2;;ok;x;
"""


def test_two_tables_out_of_one_file(rooms: Any) -> None:
    report = rooms.load(None, rooms.file(BODY), mapping=rooms.file(MAPPING, "m.toml"))
    rows = {row["interaction_id"]: row for row in rooms.rows("interaction")}
    assert sorted(rows) == ["s:1", "s:2"]
    first = rows["s:1"]
    assert (first["channel"], first["rating"], first["touchpoint"]) == ("call", 1.0, "desk")
    assert first["occurred_at"] == datetime(2024, 5, 17, 7, 30)
    assert (rows["s:2"]["channel"], rows["s:2"]["touchpoint"]) == ("web", "somewhere")
    (bought,) = rooms.rows("purchase")
    assert (bought["purchase_id"], bought["revenue"]) == ("s:1", 12.5)
    assert report.skipped == 1
    told = {(row.table, row.line, row.column) for row in quarantine.rows(rooms.records)}
    assert told == {("interaction", 5, "interaction_id"), ("interaction", 6, "channel"), ("purchase", 6, "revenue")}


def test_the_same_row_twice_has_two_ids_and_stays_two(rooms: Any) -> None:
    mapping = rooms.file(
        '[[table]]\nname = "purchase"\n[table.columns]\npurchase_id = "@content"\ncustomer_id = "who"\n'
        'occurred_at = "when"\nrevenue = "sum"\n', "m.toml",
    )  # fmt: skip
    body = "who,when,sum\na,2024-01-01,5\na,2024-01-01,5\nb,2024-01-01,5\n"
    assert rooms.load(None, rooms.file(body), mapping=mapping).new == 3
    assert rooms.load(None, rooms.file(body, "renamed.csv"), mapping=mapping).unchanged == 3


def test_groups_gather_over_the_whole_file(rooms: Any) -> None:
    mapping = rooms.file(
        '[[table]]\nname = "purchase"\n[table.group]\nby = "nr"\npurchase_id = "first(nr)"\n'
        'customer_id = "first(who)"\noccurred_at = "min(when)"\nrevenue = "sum(n * price)"\n'
        'discount = "count()"\n', "m.toml",
    )  # fmt: skip
    body = "nr,who,when,n,price\n1,a,2024-01-02,2,5\n2,b,2024-01-01,1,1\n1,z,2024-01-01,1,0.5\n2,b,2024-01-01,x,1\n"
    report = rooms.load(None, rooms.file(body), mapping=mapping)
    rows = {row["purchase_id"]: row for row in rooms.rows("purchase")}
    assert (rows["1"]["revenue"], rows["1"]["customer_id"], rows["1"]["discount"]) == (10.5, "a", 2)
    assert rows["1"]["occurred_at"] == datetime(2024, 1, 1)
    assert rows["2"]["revenue"] == 1
    assert report.quarantined == 1


KINDS = """
[file]
optional = ["shop", "phone"]
also_named = { nr = ["number"] }

[[table]]
name = "interaction"
only_when = { record = ["call", "chat*"], who = "?*" }
skip_when = { who = ["test", "*a*bot*"] }

[table.columns]
interaction_id = { column = "nr", prefix = "x:" }
customer_id = { first_of = [{ column = ["shop", "who"], prefix = "s:" }, { column = "who", hashed = true }, "phone"] }
occurred_at = "when"
channel = "record"
touchpoint = "record"

[table.values]
channel = { "*" = "call" }

[[table]]
name = "survey_response"
only_when = { record = "score" }

[table.columns]
response_id = { column = "nr", prefix = "x:" }
customer_id = { first_of = ["who", "phone"] }
answered_at = "when"
value = "sum"

[table.constants]
construct = "csat"
scale_min = 1
scale_max = 5
"""


def test_kinds_of_rows_go_to_their_tables_and_ids_are_chosen(rooms: Any) -> None:
    body = (
        "number,record,who,when,sum\n1,call,Ann,2024-01-01,\n2,score,Ann,2024-01-01,4\n3,chat in,ann,2024-01-01,\n"
        "4,note,Ann,2024-01-01,\n5,call,,2024-01-01,\n6,call,test,2024-01-01,\n7,score,,2024-01-01,9\n"
        "8,call,a robot,2024-01-01,\n"
    )
    report = rooms.load(None, rooms.file(body), mapping=rooms.file(KINDS, "m.toml"))
    rows = {row["interaction_id"]: row for row in rooms.rows("interaction")}
    assert sorted(rows) == ["x:1", "x:3"]
    # one person, however the address is written; nobody can read the address from the id
    assert rows["x:1"]["customer_id"] == rows["x:3"]["customer_id"]
    assert rows["x:1"]["customer_id"] == hashlib.sha256(b"ann").hexdigest()[:20]
    assert [row["response_id"] for row in rooms.rows("survey_response")] == ["x:2"]
    # rows of another table are not skipped rows
    assert report.skipped == 2
    assert "not in this file, and left blank: shop, phone" in " ".join(report.notes)
    assert {(row.table, row.line, row.column) for row in quarantine.rows(rooms.records)} == {
        ("survey_response", 8, "customer_id")
    }


def test_a_mapping_that_chooses_wrongly_is_told() -> None:
    for column, words in (
        ({"prefix": "x:"}, "a choice names no column"),
        ({"colum": "a"}, "unknown key colum"),
        ({"first_of": ["a"], "column": "b"}, "unknown key column"),
    ):
        with pytest.raises(MappingError, match=words):
            read_mapping({"table": [{"name": "customer", "columns": {"customer_id": column}}]}, "m.toml")
    with pytest.raises(MappingError, match="unknown key reader"):
        read_mapping({"file": {"reader": "x"}, "table": [{"name": "customer"}]}, "m.toml")
