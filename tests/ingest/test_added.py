"""Columns that a mapping adds to a file's own: of a second file, of a thread, of a list, of the time between two."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartline.errors import MappingError, SourceError
from heartline.records import quarantine
from heartline.sources.exports import open_mapped
from heartline.sources.mapping import read_mapping

ORDERS = """order,buyer,placed,due,came
1,b1,2025-03-01 22:00:00,2025-03-10,2025-03-10 21:00:00
2,b2,2025-03-29 10:00:00,2025-04-01,2025-04-03 08:00:00
3,b3,2025-03-02 10:00:00,2025-03-09,
4.0,b9,2025-03-02 10:00:00,2025-03-09,2025-03-05 10:00:00
"""
ITEMS = "order,price,pieces,kind\n1,0.1,1,a\n1,0.2,1,b\n2,10,3,a\n2,1.5,2,a\n3,x,1,a\n3,4,1,a\n4,7,1,a\n9,5,1,z\n"
BUYERS = "buyer,person,city\nb1,anna,Bonn\nb2,anna,Köln\nb3,ida,Ulm\n"
MAPPING = """
[[file.join]]
file = "items.csv"
by = "order"
take = { goods = "sum(price * pieces)", lines = "count()", kind = "kind", last_kind = "last(kind)" }

[[file.join]]
file = "buyers*"
by = "buyer"
take = ["person"]

[file.between]
days_late = { from = "due", to = "came", in = "days" }
waited = { from = "placed", to = "came", zone = "Europe/Berlin" }

[[table]]
name = "purchase"

[table.columns]
purchase_id = "order"
customer_id = { first_of = ["person", "buyer"] }
occurred_at = "placed"
revenue = "goods"

[[table]]
name = "interaction"
only_when = { days_late = "?*" }
keep_others = ["days_late", "lines"]

[table.columns]
interaction_id = { column = ["order", "kind"], joined_by = "/" }
customer_id = { first_of = ["person", "buyer"] }
occurred_at = "came"
duration_s = "waited"

[table.constants]
channel = "partner"
touchpoint = "delivery"
"""


def load_orders(rooms: Any, mapping: str = MAPPING, **files: str) -> Any:
    rooms.file(files.get("items", ITEMS), "items.csv")
    with gzip.open(rooms.root / "buyers.csv.gz", "wt", encoding="utf-8") as file:
        file.write(files.get("buyers", BUYERS))
    orders = rooms.file(files.get("orders", ORDERS), "orders.csv")
    return rooms.load(None, orders, mapping=rooms.file(mapping, "m.toml"))


def test_a_second_file_tells_who_bought_and_what_it_cost(rooms: Any) -> None:
    report = load_orders(rooms)
    bought = {row["purchase_id"]: (row["customer_id"], row["revenue"]) for row in rooms.rows("purchase")}
    # 0.1 + 0.2 is 0.3; a buyer whom nobody knows stands for a customer of its own; 4.0 means 4
    assert bought == {"1": ("anna", 0.3), "2": ("anna", 33.0), "4.0": ("b9", 7.0)}
    told = " | ".join(report.notes)
    assert "rows without a partner in buyers.csv.gz, blank there: 1 of 4" in told
    assert "keys of items.csv that no row of this file has: 1 of 5" in told
    assert "numbers of items.csv that cannot be read: 1; sums over them are blank" in told
    assert "keys of items.csv with several values of kind, the first was taken: 1" in told
    # a sum of which one part cannot be read is not known: the order is set aside, not loaded with less money
    (bad,) = quarantine.rows(rooms.records)
    assert (bad.line, bad.column) == (4, "revenue")
    assert report.read == 4 == report.new + report.quarantined
    again = load_orders(rooms)
    assert (again.new, again.replaced, again.unchanged) == (0, 0, 3)


def test_days_are_the_calendar_s_and_seconds_those_that_passed(rooms: Any) -> None:
    load_orders(rooms)
    came = {row["interaction_id"]: row for row in rooms.rows("interaction")}
    assert sorted(came) == ["1/a", "2/a", "4.0/a"]
    late = {key: json.loads(row["properties"])["days_late"] for key, row in came.items()}
    # due on the 10th and there at 21:00 on the 10th is in time
    assert late == {"1/a": "0", "2/a": "2", "4.0/a": "-4"}
    assert set(json.loads(came["1/a"]["properties"])) == {"days_late", "lines"}
    # the night between lost an hour
    assert came["2/a"]["duration_s"] == (4 * 24 + 22 - 1) * 3600
    assert came["1/a"]["duration_s"] == (8 * 24 + 23) * 3600


def test_a_changed_second_file_replaces_what_it_changes(rooms: Any) -> None:
    load_orders(rooms)
    changed = load_orders(rooms, items=ITEMS.replace("2,1.5,2,a", "2,2.5,2,a").replace("3,x,", "3,1,"))
    assert (changed.new, changed.replaced, changed.unchanged) == (1, 1, 2)
    assert {row["purchase_id"]: row["revenue"] for row in rooms.rows("purchase")}["2"] == 35.0


@pytest.mark.parametrize(
    ("change", "to", "words"),
    [
        ('file = "items.csv"', 'file = "gone*.csv"', r"no file gone\*.csv beside orders.csv"),
        ('by = "order"', 'by = { nr = "order" }', "orders.csv has no column nr, by which items.csv"),
        ('by = "order"', 'by = { order = "nr" }', "items.csv has no column nr"),
        ("sum(price * pieces)", "mean(price)", "no way to gather"),
        ('kind = "kind"', 'due = "kind"', "has a column due already"),
        ('from = "due"', 'from = "du"', "orders.csv has no column du"),
        ('in = "days"', 'in = "weeks"', "counted in weeks"),
        ("Europe/Berlin", "Europe/Bonn", "no zone Europe/Bonn"),
        ('take = ["person"]', 'took = ["person"]', "unknown key took"),
        ('take = ["person"]', "", "not all of file, by and take"),
        ('"days_late", "lines"]', '"days_late", "line"]', "has no column line"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_before_anything_is_loaded(rooms: Any, change: str, to: str, words: str) -> None:
    assert change in MAPPING
    with pytest.raises((MappingError, SourceError), match=words):
        load_orders(rooms, MAPPING.replace(change, to))
    assert rooms.rows("purchase") == []


def test_a_row_of_a_joined_file_is_mended_with_what_was_joined(rooms: Any) -> None:
    load_orders(rooms, orders=ORDERS.replace("2025-03-29 10:00:00", "29/3"))
    out = rooms.root / "mend.csv"
    from heartline.ingest import export_quarantine

    assert export_quarantine(rooms.records, out) == 2
    out.write_text(out.read_text(encoding="utf-8").replace("29/3", "2025-03-29 10:00"), encoding="utf-8")
    assert rooms.replay(out).mended == 1
    assert {row["purchase_id"]: row["revenue"] for row in rooms.rows("purchase")}["2"] == 33.0


def test_a_broken_row_of_a_joined_file_is_not_mended_without_its_join(rooms: Any) -> None:
    load_orders(rooms, orders=ORDERS + "5,b1,2025-03-03,x\n")
    out = rooms.root / "mend.csv"
    from heartline.ingest import export_quarantine

    export_quarantine(rooms.records, out)
    out.write_text(out.read_text(encoding="utf-8").replace(",x", ",2025-03-09"), encoding="utf-8")
    report = rooms.replay(out)
    assert report.mended == 0
    assert any("mend it and load it again" in note for note in report.notes)


THREADS = """
[file.thread]
id = "nr"
answers = "to"
answered_by = "answers"
name = "talk"

[[file.join]]
file = "@same"
by = { to = "nr" }
only_when = { who = "c*" }
take = { asked_by = "who" }

[[table]]
name = "interaction"

[table.columns]
interaction_id = "nr"
customer_id = { first_of = ["asked_by", "who"] }
occurred_at = "at"
conversation_id = "talk"

[table.constants]
channel = "social"
touchpoint = "support"
"""


def test_a_thread_is_held_together_by_messages_that_are_not_in_the_file(rooms: Any) -> None:
    # 11 and 13 are the company's: 10 ← 11 ← 12, and 14 answers 13, which answers nobody here
    body = """nr,who,to,answers,at
12,c1,11.0,,2025-01-02
10,c1,,"11,99",2025-01-01
14,c2,13,,2025-01-01
100,c3,,,2025-01-01
"""
    report = rooms.load(None, rooms.file(body), mapping=rooms.file(THREADS, "m.toml"))
    talks = {row["interaction_id"]: row["conversation_id"] for row in rooms.rows("interaction")}
    assert talks == {"12": "10", "10": "10", "14": "13", "100": "100"}
    assert any(note.endswith("conversations found by what answers what: 3") for note in report.notes)


def test_an_answer_belongs_to_the_customer_who_is_answered(rooms: Any) -> None:
    body = "nr,who,to,answers,at\n1,c7,,,2025-01-01\n2,team,1,,2025-01-02\n3,team,2,,2025-01-02\n"
    rooms.load(None, rooms.file(body), mapping=rooms.file(THREADS, "m.toml"))
    # 3 answers the team itself: its customer is not guessed
    assert {row["interaction_id"]: row["customer_id"] for row in rooms.rows("interaction")} == {
        "1": "c7", "2": "c7", "3": "team"
    }  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=40), st.randoms())
def test_threads_are_the_connected_parts_whatever_the_order(pairs: list[tuple[int, int]], random: Any) -> None:
    import tempfile

    near: dict[int, set[int]] = defaultdict(set)
    for a, b in pairs:
        near[a] |= {a, b}
        near[b] |= {a, b}

    def least(key: int) -> int:
        seen, todo = {key}, [key]
        while todo:
            for other in near[todo.pop()] - seen:
                seen.add(other)
                todo.append(other)
        return min(seen)

    random.shuffle(pairs)
    mapping = read_mapping({
        "file": {"thread": {"id": "nr", "answers": "to"}},
        "table": [{"name": "customer", "columns": {"customer_id": "nr"}}],
    }, "m")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.csv"
        file.write_text("nr,to\n" + "".join(f"{a},{b}\n" for a, b in pairs), encoding="utf-8")
        (batch,) = open_mapped(file, mapping).batches()
    assert batch.columns["thread"].to_pylist() == [str(least(a)) for a, _ in pairs]


TALKS = [
    {"id": 7, "who": {"name": "Ida", "mail": {"work": "i@a.de"}}, "turns": [["customer", "Hi"], ["agent", "Hello"]]},
    {"id": 8, "who": {"name": "Bo"}, "turns": []},
    {"id": 9, "who": {"name": "Bo"}, "turns": "none", "more": [1]},
    {"id": 10, "late": True, "turns": [["customer", "so"], ["customer"]]},
]
EACH = """
[file]
each = "turns"
optional = ["turns.2"]

[[table]]
name = "interaction"
columns = { interaction_id = ["id", "turns.#"], customer_id = "id", text = "turns.2", speaker = "turns.1" }
constants = { occurred_at = "2025-01-01", channel = "chat", touchpoint = "chat" }
values = { speaker = { agent = "employee" } }
"""


@pytest.mark.parametrize("lines", [False, True])
def test_every_element_of_a_list_is_a_row(rooms: Any, lines: bool) -> None:
    body = "\n".join(map(json.dumps, TALKS)) if lines else json.dumps(TALKS, indent=1)
    report = rooms.load(None, rooms.file(body, "talks.json"), mapping=rooms.file(EACH, "m.toml"))
    rows = {row["interaction_id"]: row for row in rooms.rows("interaction")}
    assert sorted(rows) == ["10:0001", "10:0002", "7:0001", "7:0002"]
    assert json.loads(rows["7:0001"]["properties"]) == {"who.name": "Ida", "who.mail.work": "i@a.de"}
    assert json.loads(rows["10:0002"]["properties"]) == {"late": "true"}
    said = {row["interaction_id"]: (row["speaker"], row["text"]) for row in rooms.rows("verbatim")}
    assert said["7:0002"] == ("employee", "Hello")
    assert len(said) == 3
    # what is no list is set aside, what is empty is told: nothing goes unsaid
    assert report.quarantined == 1
    assert any("nothing in turns, and so without rows: 1" in note for note in report.notes)


def test_a_list_of_objects_is_a_table(rooms: Any) -> None:
    body = json.dumps([{"nr": 1, "who": "a", "more": {"x": 1}}, {"nr": 2, "who": "b", "new": "late"}])
    mapping = '[[table]]\nname = "customer"\ncolumns = { customer_id = "who" }\n'
    report = rooms.load(None, rooms.file(body, "l.json"), mapping=rooms.file(mapping, "m.toml"))
    assert (report.read, report.new) == (2, 2)
    traits = {row["customer_id"]: json.loads(row["traits"]) for row in rooms.rows("customer")}
    assert traits == {"a": {"nr": "1", "more": '{"x":1}'}, "b": {"nr": "2", "new": "late"}}


def test_objects_of_a_list_have_their_own_names(rooms: Any) -> None:
    body = json.dumps({"shop": "s", "orders": {"data": [{"id": 1, "of": {"id": "c"}}, {"id": 2, "of": {"id": "d"}}]}})
    mapping = """
    [file]
    each = "orders.data"
    [[table]]
    name = "customer"
    columns = { customer_id = ["shop", "orders.data.of.id"] }
    """
    rooms.load(None, rooms.file(body, "l.json"), mapping=rooms.file(mapping, "m.toml"))
    assert sorted(row["customer_id"] for row in rooms.rows("customer")) == ["s:c", "s:d"]


def test_a_file_without_that_list_is_refused(rooms: Any) -> None:
    with pytest.raises(SourceError, match="holds no object with a list turns"):
        rooms.load(None, rooms.file('[{"a": 1}]', "l.json"), mapping=rooms.file(EACH, "m.toml"))
