"""The quarantine's way back: export, mend, replay; nothing doubled."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from heartline.errors import SourceError
from heartline.ingest import export_quarantine, quarantine_rows
from heartline.records import quarantine

BODY = (
    "interaction_id,customer_id,occurred_at,channel,touchpoint,text\n"
    "i1,a,2024-01-01,web,x,fine\n"
    "i2,a,31/02/2024,web,x,broken date\n"
    "i3,a,2024-01-01,fax,x,broken channel\n"
    "i4,a,2024-01-01,web\n"
)


def mend(file: Path, changes: dict[int, dict[str, str]]) -> None:
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    for row in rows:
        row.update(changes.get(int(row["_line"]), {}))
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_mended_rows_load_once(rooms: Any) -> None:
    rooms.load("interaction", rooms.file(BODY))
    out = rooms.root / "mend.csv"
    assert export_quarantine(rooms.records, out) == 3
    assert out.stat().st_mode & 0o077 == 0
    mend(out, {3: {"occurred_at": "2024-02-28"}, 5: {"touchpoint": "x"}})
    report = rooms.replay(out)
    assert (report.read, report.new, report.quarantined, report.mended) == (3, 2, 1, 2)
    assert {row["interaction_id"] for row in rooms.rows("interaction")} == {"i1", "i2", "i4"}
    assert {row["source"] for row in rooms.rows("interaction")} == {"a.csv"}
    (left,) = quarantine.rows(rooms.records)
    assert (left.line, left.column) == (4, "channel")
    again = rooms.replay(out)
    assert (again.new, again.mended) == (0, 0)
    assert rooms.facts.rows("interaction") == 3
    rooms.load("interaction", rooms.file(BODY))  # the broken original does not come back
    assert quarantine.count(rooms.records) == 1


def test_json_lines_go_the_same_way(rooms: Any) -> None:
    rooms.load("interaction", rooms.file(BODY))
    out = rooms.root / "mend.jsonl"
    export_quarantine(rooms.records, out)
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    for row in rows:
        if row["_column"] == "channel":
            row["channel"] = "mail"
    out.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert rooms.replay(out).mended == 1


def test_as_they_are_nothing_mends_and_nothing_is_lost(rooms: Any) -> None:
    rooms.load("interaction", rooms.file(BODY))
    report = rooms.replay()
    assert (report.read, report.new, report.quarantined, report.mended) == (2, 0, 2, 0)
    assert quarantine.count(rooms.records) == 3


def test_a_row_with_too_many_cells_is_not_loaded_cut_short(rooms: Any) -> None:
    body = BODY.splitlines()[0] + "\ni9,a,2024-01-01,web,x,one,two,three\n"
    rooms.load("interaction", rooms.file(body))
    out = rooms.root / "mend.csv"
    export_quarantine(rooms.records, out)
    assert rooms.replay().mended == rooms.replay(out).mended == 0
    assert quarantine.count(rooms.records) == 1
    mend(out, {2: {"text": "one,two,three"}})
    assert rooms.replay(out).mended == 1
    assert [row["text"] for row in rooms.rows("verbatim")] == ["one,two,three"]


def test_an_export_is_csv_or_json_lines(rooms: Any) -> None:
    with pytest.raises(SourceError, match=r"\.csv or \.jsonl"):
        export_quarantine(rooms.records, rooms.root / "mend.xlsx")


def test_mapped_rows_take_their_mapping_again(rooms: Any) -> None:
    mapping = rooms.file(
        '[[table]]\nname = "purchase"\n[table.columns]\npurchase_id = "@row"\ncustomer_id = "who"\n'
        'occurred_at = "when"\nrevenue = "sum"\n', "m.toml",
    )  # fmt: skip
    rooms.load(None, rooms.file("who,when,sum\na,2024-01-01,ten\nb,2024-01-01,5\n", "p.csv"), mapping=mapping)
    out = rooms.root / "mend.csv"
    export_quarantine(rooms.records, out)
    mend(out, {2: {"sum": "10"}})
    assert rooms.replay(out).mended == 1
    assert {(row["purchase_id"], row["revenue"]) for row in rooms.rows("purchase")} == {("p.csv:2", 10), ("p.csv:3", 5)}


def test_lists_say_where_and_why_but_no_words(rooms: Any) -> None:
    rooms.load("interaction", rooms.file(BODY))
    listed = quarantine_rows(rooms.records, limit=2)
    assert len(listed) == 2
    assert "broken" not in json.dumps(quarantine_rows(rooms.records))


def test_a_file_that_was_not_exported_is_refused(rooms: Any) -> None:
    with pytest.raises(SourceError, match="_quarantine_id"):
        rooms.replay(rooms.file(BODY))
