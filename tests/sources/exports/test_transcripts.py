"""Recorded conversations: who speaks, when it was, and files that are not what they should be."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.ingest.conftest import Rooms
from tests.sources.exports.samples.whisper import written

from heartline.errors import HeartlineError, MappingError, SourceError
from heartline.ingest import ingest
from heartline.ingest.load import LoadReport
from heartline.sources.exports import export_named, recognised
from heartline.sources.people import people_of
from heartline.sources.started import named_start, told_start

CUES = "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\n{}\n\n2\n00:00:03.000 --> 00:00:04.500\n{}\n"
CALL = "call 2025-03-01 10.00.vtt"


def load(rooms: Rooms, name: str, body: str | bytes, file: str, **told: Any) -> LoadReport:
    path = rooms.root / file
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return ingest(rooms.records, rooms.facts, rooms.settings, None, [path], export_named(name).mapping(told))


def said(rooms: Rooms) -> list[tuple[str, str, str]]:
    rows = sorted(rooms.rows("verbatim"), key=lambda row: str(row["interaction_id"]))
    return [(row["customer_id"], row["speaker"], row["text"]) for row in rows]


def test_names_before_a_colon_are_speakers_as_zoom_writes_them(rooms: Rooms) -> None:
    body = CUES.format("Ida Holm: It broke: again.", "Anna Berg: 10:30 is free.")
    load(rooms, "webvtt", body, "GMT20250301-100000_Recording.transcript.vtt", employees=["Anna Berg"])
    assert said(rooms) == [
        ("webvtt:Ida Holm", "customer", "It broke: again."),
        ("webvtt:Ida Holm", "employee", "10:30 is free."),
    ]
    assert {row["occurred_at"] for row in rooms.rows("interaction")} == {
        datetime(2025, 3, 1, 10, 0, 1), datetime(2025, 3, 1, 10, 0, 3),
    }  # fmt: skip


def test_words_of_a_side_that_nobody_tells_are_kept_and_not_read(rooms: Rooms) -> None:
    body = CUES.format("<v Ida Holm>It broke.", "<v Anna Berg>I see.")
    report = load(rooms, "webvtt", body, CALL)
    assert rooms.rows("verbatim") == []
    rows = sorted(rooms.rows("interaction"), key=lambda row: str(row["interaction_id"]))
    assert [row["customer_id"] for row in rows] == ["webvtt:Ida Holm", "webvtt:Anna Berg"]
    assert json.loads(rows[0]["properties"]) == {"Speaker": "Ida Holm", "Words not read": "It broke."}
    told = " ".join(report.notes)
    assert "nothing says which side 2 speakers of 2 turns are on" in told
    assert "--set employees=NAME" in told
    assert "Ida" not in told
    # told later, the same turns have their words
    report = load(rooms, "webvtt", body, CALL, employees=["Anna*"])
    assert report.new == 0
    assert [row[1:] for row in said(rooms)] == [("customer", "It broke."), ("employee", "I see.")]
    assert {row["customer_id"] for row in rooms.rows("interaction")} == {"webvtt:Ida Holm"}


def test_lines_that_name_nobody_are_each_a_turn(rooms: Rooms) -> None:
    body = CUES.format("It broke.", "I see.")
    load(rooms, "webvtt", body, CALL, unnamed="customer")
    rows = rooms.rows("interaction")
    assert len(rows) == 2
    # the conversation stands for a customer of its own
    assert {row["customer_id"] for row in rows} == {rows[0]["conversation_id"]}
    assert [row[1:] for row in said(rooms)] == [("customer", "It broke."), ("customer", "I see.")]


def test_two_voices_in_one_cue_are_two_turns(rooms: Rooms) -> None:
    body = CUES.format("<v Ida>No.</v>\n<v.loud Anna>Yes &lt;3</v>", "<v Ida><c.yellow>Oh</c>")
    load(rooms, "webvtt", body, CALL, customers=["ida"])
    assert sorted(row[2] for row in said(rooms)) == ["No.", "Oh", "Yes <3"]
    lengths = {row["interaction_id"].split(":")[2]: row["duration_s"] for row in rooms.rows("interaction")}
    assert lengths == {"00001000": None, "00001000-2": None, "00003000": 1.5}


def test_a_pause_or_very_many_words_begin_a_new_turn(rooms: Rooms) -> None:
    gap = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ida>One\n\n00:09.000 --> 00:10.000\n<v Ida>Two\n"
    long = "\n00:10.000 --> 00:11.000\n<v Ida>" + "x" * 1999 + "\n"
    load(rooms, "webvtt", gap + long, CALL, customers=["Ida"])
    assert [row[2][:3] for row in said(rooms)] == ["One", "Two", "xxx"]


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("GMT20250301-100000_Recording.transcript.vtt", datetime(2025, 3, 1, 10, tzinfo=UTC)),
        ("Sales-20250301_101500-Meeting Recording.vtt", datetime(2025, 3, 1, 10, 15)),
        ("call 2025-03-01 at 10.15.30.srt", datetime(2025, 3, 1, 10, 15, 30)),
        ("2025-03-01T10-15-00Z.json", datetime(2025, 3, 1, 10, 15, tzinfo=UTC)),
        ("call_2025_03_01.vtt", datetime(2025, 3, 1)),
        ("4520250301100000.vtt", None),
        ("call 2025-13-01.vtt", None),
        ("ticket 18000101.vtt", None),
    ],
)
def test_a_start_in_the_name(name: str, moment: datetime | None) -> None:
    found = named_start(name)
    assert (found[0] if found else None) == moment


def test_without_a_start_the_error_says_what_to_add(rooms: Rooms) -> None:
    for name, body, file in (
        ("webvtt", CUES.format("a", "b"), "call.vtt"),
        ("srt", CUES.format("a", "b")[7:].replace(".", ","), "call.srt"),
        ("whisper", written((0.0, 1.0, None, "a")), "call.json"),
    ):
        with pytest.raises(SourceError, match=r"nothing says when.*--set start="):
            load(rooms, name, body, file)
        load(rooms, name, body, file, start="2025-03-01T10:00:00+02:00", unnamed="customer")
    assert {row["occurred_at"].hour for row in rooms.rows("interaction")} == {8}
    assert rooms.rows("interaction")[0]["occurred_at"].day == 1
    with pytest.raises(MappingError, match="start is no time"):
        told_start("yesterday")


def test_a_day_alone_is_noted(rooms: Rooms) -> None:
    report = load(rooms, "webvtt", CUES.format("a", "b"), "call 2025-03-01.vtt", unnamed="employee")
    assert "tells the day only" in " ".join(report.notes)


def test_a_side_that_there_is_not_is_refused() -> None:
    with pytest.raises(MappingError, match="unnamed in the mapping is none that is known"):
        people_of({"unnamed": "client"}, "the mapping")


def test_own_domains_decide_by_address() -> None:
    people = people_of({"own_domains": "@shop.example", "employees": ["Bo"]}, "the mapping")
    assert people.side("Ann", "ann@shop.example") == "employee"
    assert people.side("Ann", "ann@eu.shop.example") == "employee"
    assert people.side("Ann", "ann@notshop.example") == "customer"
    assert people.side("bo", "bo@home.example") == "employee"
    # without an address, only names are left
    assert people.side("Cy") == "customer"


def test_broken_cues_are_set_aside_and_the_others_load(rooms: Rooms) -> None:
    cues = [
        b"00:01.000 --> 00:02.000\n<v Ida>caf\xc3\xa9 is good",
        b"00:03.000 --> 00:04.000\n<v Ida>caf\xe9 is not",
        b"00:05.000 --> 00:06.000\n<v Ida>nul \0 here",
        b"00:07.000 --> 00:08.000\n<v Ida>" + b"y" * 200_000,
        b"nobody knows when",
        b"99:99.99.9 --> 3\n<v Ida>x",
        b"9999:59:59.000 --> 9999:59:59.500\n<v Ida>late",
    ]
    report = load(rooms, "webvtt", b"WEBVTT\n\n" + b"\n\n".join(cues), CALL, customers=["Ida"])
    assert [row[2] for row in said(rooms)] == ["café is good", "late"]
    assert report.quarantined == 5
    assert "NUL character" in " ".join(report.reasons)


def test_a_missing_blank_line_does_not_swallow_a_cue(rooms: Rooms) -> None:
    body = "1\n00:00:01,000 --> 00:00:02,000\nAnn: a\n2\n00:00:03,000 --> 00:00:04,000\nBo: b\n"
    load(rooms, "srt", body, "call 2025-03-01 10.00.srt", customers=["*"])
    assert [row[2] for row in said(rooms)] == ["a", "b"]


def test_whisper_cpp_counts_milliseconds(rooms: Rooms) -> None:
    given = {
        "result": {"language": "de"},
        "transcription": [{"offsets": {"from": 1500, "to": 2500}, "text": " Gut."}, {"offsets": None, "text": "x"}],
    }
    report = load(rooms, "whisper", json.dumps(given), "call 2025-03-01 10.00.json", unnamed="customer", customer="c-1")
    assert said(rooms) == [("c-1", "customer", "Gut.")]
    assert rooms.rows("interaction")[0]["duration_s"] == 1.0
    assert rooms.rows("verbatim")[0]["language"] == "de"
    assert report.quarantined == 1


@pytest.mark.parametrize(
    ("name", "file", "body"),
    [
        ("webvtt", "c 2025-03-01.vtt", "WEBVTT\n\n"),
        ("webvtt", "c 2025-03-01.vtt", "1\n00:00:01,000 --> 00:00:02,000\na\n"),
        ("webvtt", "c 2025-03-01.vtt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9),
        ("srt", "c 2025-03-01.srt", "nothing\n\nat all\n"),
        ("srt", "c 2025-03-01.srt", b""),
        ("whisper", "c 2025-03-01.json", "[1, 2"),
        ("whisper", "c 2025-03-01.json", '{"segments": 3}'),
        ("whisper", "c 2025-03-01.json", '{"segments": []}'),
        ("whisper", "c 2025-03-01.json", "[" * 100_000),
        ("webvtt", "c 2025-03-01.vtt.gz", gzip.compress(b"WEBVTT\n\n" + b"x" * (70 << 20), 1)),
    ],
)
def test_what_is_no_transcript_is_refused(rooms: Rooms, name: str, file: str, body: str | bytes) -> None:
    with pytest.raises(HeartlineError):
        load(rooms, name, body, file)
    assert rooms.rows("interaction") == []


def test_other_json_is_not_taken_for_a_transcript(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"customer_id": "c", "text": "a", "start": 1}\n', encoding="utf-8")
    assert recognised(path) is None
