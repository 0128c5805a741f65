"""What a load promises: exact counts, nothing doubled, bad rows set aside with their place."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from heartline.errors import MappingError, SourceError, WorkspaceError
from heartline.ingest import LoadReport
from heartline.records import quarantine
from heartline.tables import bucket_of

HEAD = "interaction_id,customer_id,occurred_at,channel,touchpoint"
GOOD = f"{HEAD},text,page\ni1,anna,2024-01-01 10:00,web,checkout,all went well,/pay\ni2,ben,2024-01-02,CALL,support,,\n"


def counts(report: LoadReport) -> tuple[int, int, int, int, int]:
    return report.read, report.new, report.replaced, report.unchanged, report.quarantined


def test_a_file_feeds_its_tables(rooms: Any) -> None:
    report = rooms.load("interaction", rooms.file(GOOD))
    assert counts(report) == (2, 2, 0, 0, 0)
    assert report.written == {"interaction": 2, "verbatim": 1}
    first, second = sorted(rooms.rows("interaction"), key=lambda row: row["interaction_id"])
    assert first["occurred_at"] == datetime(2024, 1, 1, 10) == first["known_at"]
    assert (first["source"], first["load_id"]) == ("a.csv", report.load_id)
    assert json.loads(first["properties"]) == {"page": "/pay"}
    assert (second["channel"], second["properties"]) == ("call", None)
    (said,) = rooms.rows("verbatim")
    assert (said["text"], said["speaker"], said["interaction_id"]) == ("all went well", "customer", "i1")
    for file in rooms.facts.files("interaction"):
        customers = pq.read_table(file, partitioning=None).column("customer_id").to_pylist()
        assert {f"bucket={bucket_of(customer)}" for customer in customers} == {file.parent.name}


def test_the_same_again_changes_nothing(rooms: Any) -> None:
    rooms.load("interaction", rooms.file(GOOD))
    files = rooms.facts.files("interaction")
    assert counts(rooms.load("interaction", rooms.file(GOOD, "copy.csv"))) == (2, 0, 0, 2, 0)
    assert rooms.facts.files("interaction") == files


def test_newer_content_replaces_even_across_customers(rooms: Any) -> None:
    rooms.load("interaction", rooms.file(GOOD))
    assert bucket_of("anna") != bucket_of("zoe")
    moved = GOOD.replace("i1,anna", "i1,zoe")
    assert counts(rooms.load("interaction", rooms.file(moved))) == (2, 0, 1, 1, 0)
    assert sorted((r["interaction_id"], r["customer_id"]) for r in rooms.rows("interaction")) == [
        ("i1", "zoe"), ("i2", "ben")
    ]  # fmt: skip
    assert [(r["interaction_id"], r["customer_id"]) for r in rooms.rows("verbatim")] == [("i1", "zoe")]


def test_words_that_are_taken_back_are_gone(rooms: Any) -> None:
    rooms.load("interaction", rooms.file(GOOD))
    report = rooms.load("interaction", rooms.file(GOOD.replace("all went well", "")))
    assert counts(report) == (2, 0, 1, 1, 0)
    assert rooms.rows("verbatim") == []


def test_a_file_without_words_leaves_words_alone(rooms: Any) -> None:
    rooms.load("interaction", rooms.file(GOOD))
    rooms.load("interaction", rooms.file(f"{HEAD}\ni1,anna,2024-01-01 11:00,web,checkout\n"))
    assert len(rooms.rows("verbatim")) == 1


def test_within_one_load_the_last_row_wins(rooms: Any) -> None:
    rest = "2024-01-01,web,x"
    body = f"{HEAD},text\ni1,a,{rest},one\ni1,b,{rest},\ni1,b,{rest},three\ni1,b,{rest},three\n"
    file = rooms.file(body)
    assert counts(rooms.load("interaction", file)) == (4, 1, 2, 1, 0)
    assert [row["customer_id"] for row in rooms.rows("interaction")] == ["b"]
    assert [row["text"] for row in rooms.rows("verbatim")] == ["three"]
    assert counts(rooms.load("interaction", file)) == (4, 0, 0, 4, 0)


def test_a_row_that_says_itself_many_times_is_one_row(rooms: Any) -> None:
    rest = "2024-01-01,web,x"
    body = f"{HEAD}\n" + f"i1,a,{rest}\n" * 500 + f"i2,a,{rest}\n" + f"i1,a,{rest}\n" * 3 + f"i1,b,{rest}\n" * 2
    assert counts(rooms.load("interaction", rooms.file(body))) == (506, 2, 1, 503, 0)
    assert sorted((row["interaction_id"], row["customer_id"]) for row in rooms.rows("interaction")) == [
        ("i1", "b"), ("i2", "a")
    ]  # fmt: skip
    assert counts(rooms.load("interaction", rooms.file(body))) == (506, 0, 0, 506, 0)


def test_words_and_silence_of_one_id_in_one_file(rooms: Any) -> None:
    body = f"{HEAD},text\ni1,a,2024-01-01,web,x,one\ni1,a,2024-01-01,web,x,\n"
    rooms.load("interaction", rooms.file(body))
    assert rooms.rows("verbatim") == []


def test_bad_rows_are_set_aside_and_the_rest_is_loaded(rooms: Any) -> None:
    body = (
        f"{HEAD},rating,rating_min,rating_max,text\n"
        "i1,a,2024-01-01,web,x,4,1,5,fine\n"
        "i2,a,31/02/2024,web,x,,,,my secret words\n"
        "i3,a,2024-01-01,fax,x,,,,my secret words\n"
        "i4,a,2024-01-01,web,x,9,1,5,my secret words\n"
        "i5,,2024-01-01,web,x,,,,my secret words\n"
        "i6,a\n"
        "i7,a,2024-01-01,web,x,3,5,1,my secret words\n"
    )
    report = rooms.load("interaction", rooms.file(body))
    assert counts(report) == (7, 1, 0, 0, 6)
    found = {row.line: row for row in quarantine.rows(rooms.records)}
    assert {line: row.column for line, row in found.items()} == {
        3: "occurred_at", 4: "channel", 5: "rating", 6: "customer_id", 7: "(row)", 8: "rating_min"
    }  # fmt: skip
    assert found[3].shape == "looks like a date 31/02/2024"
    assert found[4].shape == "text of 3 characters"
    assert found[5].shape == "number 9"
    assert found[3].raw["text"] == "my secret words"
    told = " ".join(report.reasons + [row.shape + row.reason + row.expected for row in found.values()])
    assert "secret" not in told
    rooms.load("interaction", rooms.file(body))
    assert quarantine.count(rooms.records) == 6


def test_a_missing_required_column_stops_the_file_before_anything(rooms: Any) -> None:
    with pytest.raises(SourceError, match=r"no column occurred_at.*occured_at.*--suggest"):
        rooms.load("interaction", rooms.file(GOOD.replace("occurred_at", "occured_at")))
    assert rooms.records.loads() == []
    assert not (rooms.root / "facts").exists()


def test_all_three_formats_say_the_same(rooms: Any) -> None:
    rows = [
        {"interaction_id": "i1", "customer_id": "a", "occurred_at": "2024-01-01T10:00:00", "channel": "web",
         "touchpoint": "x", "rating": 4, "rating_min": 1, "rating_max": 5, "text": "so so"},
        {"interaction_id": "i2", "customer_id": "b", "occurred_at": "2024-01-02T10:00:00", "channel": "app",
         "touchpoint": "y", "rating": None, "rating_min": None, "rating_max": None, "text": None},
    ]  # fmt: skip
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    first = rooms.load("interaction", rooms.file(lines, "a.jsonl"))
    assert counts(first) == (2, 2, 0, 0, 0)
    names = list(rows[0])
    cells = [["" if row[n] is None else str(row[n]) for n in names] for row in rows]
    body = "\n".join(",".join(line) for line in [names, *cells]) + "\n"
    assert counts(rooms.load("interaction", rooms.file(body))) == (2, 0, 0, 2, 0)
    typed = [row | {"occurred_at": datetime.fromisoformat(str(row["occurred_at"]))} for row in rows]
    pq.write_table(pa.Table.from_pylist(typed), rooms.root / "a.parquet")
    assert counts(rooms.load("interaction", rooms.root / "a.parquet")) == (2, 0, 0, 2, 0)


def test_broken_json_lines_are_set_aside(rooms: Any) -> None:
    good = '{"customer_id": "a"}'
    report = rooms.load(
        "customer", rooms.file(f'{good}\n{{"customer_id": \n[1]\n\n{good.replace("a", "b")}\n', "c.jsonl")
    )
    assert report.quarantined == 2
    assert [row.line for row in quarantine.rows(rooms.records)] == [2, 3]


def test_a_customer_file_feeds_identities_and_traits(rooms: Any) -> None:
    body = "customer_id,email,phone,consent_emotion,tier\na,Ann@X.org,0049 30 123,yes,gold\nb,,,no,\n"
    report = rooms.load("customer", rooms.file(body))
    assert report.written == {"customer": 2, "identity": 2}
    ann = next(row for row in rooms.rows("customer") if row["customer_id"] == "a")
    assert (ann["consent_emotion"], json.loads(ann["traits"])) == (True, {"tier": "gold"})
    direct = "customer_id,kind,value\na,email, ann@x.ORG\na,phone,+49-30-123\n"
    assert counts(rooms.load("identity", rooms.file(direct)))[1:3] == (0, 2)  # same identifiers, seen otherwise
    assert rooms.facts.rows("identity") == 2


@pytest.mark.parametrize(
    ("table", "body"),
    [
        ("purchase", "purchase_id,customer_id,occurred_at,revenue,products\np1,a,2024-01-01,12.5,\"[1, 2]\"\n"),
        ("referral", "referrer_id,referred_id,occurred_at,converted\na,b,2024-01-01,yes\n"),
        ("spend", "touchpoint,period,amount,department\ncheckout,2024-01,100,\n"),
        ("option", "option_id,name,department,touchpoint,cost\no1,More staff,service,support,1000\n"),
        ("funnel", "funnel,position,touchpoint\nbuy,1,checkout\n"),
        ("subscription", "subscription_id,customer_id,started_at,ended_at,fee\ns1,anna,2024-01-01,,9.9\n"),
        ("team_pulse", "team,period,question,mean,answers,scale_min,scale_max\namber,2024-01,I am heard,3.4,9,1,5\n"),
        ("initiative", "initiative_id,name,unit_kind,unit,started_at,cost\ni1,Letter,region,north,2024-01-01,\n"),
        ("walk", "walk_id,script,goal,kind,started_at,ended_at,ended,steps\nw,buy,buy it,browser,2024-01-01T09:00Z,"
                 "2024-01-01T09:01Z,goal,9\n"),
        ("walk_step", "interaction_id,walk_id,script,number,occurred_at,what,outcome,felt_valence\n"
                      "w-1,w,buy,1,2024-01-01T09:00Z,open /,done,\n"),
        ("walk_guess", "guess_id,guesser,role,touchpoint,valence,guessed_at,walks_before\n"
                       "g,Robin,decides,checkout,0.5,2024-01-01T09:00Z,0\n"),
        ("survey_response", "response_id,customer_id,answered_at,construct,value,scale_min,scale_max,text\n"
                            "r1,a,2024-01-01,nps,9,0,10,good\n"),
    ],
)  # fmt: skip
def test_every_other_table_loads_and_repeats(rooms: Any, table: str, body: str) -> None:
    file = rooms.file(body)
    assert counts(rooms.load(table, file)) == (1, 1, 0, 0, 0)
    assert counts(rooms.load(table, file)) == (1, 0, 0, 1, 0)
    assert rooms.facts.rows(table) == 1
    assert rooms.facts.rows("verbatim") == (1 if table == "survey_response" else 0)


def test_a_pulse_of_few_answers_is_set_aside(rooms: Any) -> None:
    body = "team,period,question,mean,answers,scale_min,scale_max\namber,2024-01,I am heard,1,{},1,5\n"
    assert counts(rooms.load("team_pulse", rooms.file(body.format(4)))) == (1, 0, 0, 0, 1)
    assert counts(rooms.load("team_pulse", rooms.file(body.format(5)))) == (1, 1, 0, 0, 0)


def test_columns_without_a_place_are_named(rooms: Any) -> None:
    body = "purchase_id,customer_id,occurred_at,revenue,shop\np1,a,2024-01-01,1,north\n"
    assert any("shop" in note for note in rooms.load("purchase", rooms.file(body)).notes)


def test_many_small_loads_are_compacted_and_stay_whole(rooms: Any) -> None:
    for number in range(24):
        rooms.load("interaction", rooms.file(f"{HEAD}\ni{number},anna,2024-01-01,web,x\n"))
    assert len(rooms.facts.files("interaction")) <= 9
    assert rooms.facts.rows("interaction") == 24
    assert {row["interaction_id"] for row in rooms.rows("interaction")} == {f"i{n}" for n in range(24)}
    rooms.facts.compact()
    assert len(rooms.facts.files("interaction")) == 1
    assert len(rooms.rows("interaction")) == 24
    assert rooms.facts.files_of("interaction", "anna") == rooms.facts.files("interaction")


def test_only_one_writer(rooms: Any) -> None:
    with rooms.facts.loading("x"), pytest.raises(WorkspaceError, match=r"written by process \d+"):
        rooms.load("interaction", rooms.file(GOOD))
    assert rooms.load("interaction", rooms.file(GOOD)).new == 2


def test_progress_ends_at_the_files_end(rooms: Any) -> None:
    from heartline.ingest import ingest

    seen: list[tuple[int, int, int]] = []
    file: Path = rooms.file(GOOD)
    ingest(rooms.records, rooms.facts, rooms.settings, "interaction", [file], None, lambda *told: seen.append(told))
    assert seen[-1] == (file.stat().st_size, file.stat().st_size, 2)


def test_a_computed_table_is_not_imported(rooms: Any) -> None:
    with pytest.raises(SourceError, match="feeling is not imported"):
        rooms.load("feeling", rooms.file(GOOD))
    with pytest.raises(SourceError, match="words come with interactions"):
        rooms.load("verbatim", rooms.file(GOOD))


def test_a_mapping_of_other_columns_stops_before_anything(rooms: Any) -> None:
    mapping = rooms.file('[[table]]\nname = "customer"\ncolumns = { customer_id = "kunde" }\n', "m.toml")
    with pytest.raises(MappingError, match="no column kunde"):
        rooms.load(None, rooms.file(GOOD), mapping=mapping)


def test_a_json_field_that_comes_late_is_still_known(rooms: Any) -> None:
    rows = [{"customer_id": f"c{n}"} for n in range(1500)] + [{"customer_id": "late", "email": "l@x.org", "tier": "a"}]
    report = rooms.load("customer", rooms.file("".join(json.dumps(row) + "\n" for row in rows), "c.jsonl"))
    assert report.written == {"customer": 1501, "identity": 1}
    late = next(row for row in rooms.rows("customer") if row["customer_id"] == "late")
    assert (late["email"], json.loads(late["traits"])) == ("l@x.org", {"tier": "a"})
