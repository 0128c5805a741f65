"""Records of other tools' APIs and webhooks at their edges: parts missing, of another kind, told otherwise, twice."""

from __future__ import annotations

import copy
import csv
import importlib
import json
import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.sources.exports.samples import (
    chatwoot,
    delighted,
    formbricks,
    hubspot,
    intercom,
    posthog,
    trustpilot,
    trustpilot_csv,
    typeform,
)
from tests.sources.exports.test_contract import SAMPLES, by_id, load

from heartline.errors import SourceError
from heartline.ingest import ingest
from heartline.sources.exports import EXPORTS, export_named, open_mapped
from heartline.sources.exports import trustpilot_csv as trustpilot_table
from heartline.sources.mapping import read_mapping
from heartline.sources.survey_rows import RECORD

RECORDS: dict[str, list[dict[str, Any]]] = {
    "chatwoot": [chatwoot.ASKED, chatwoot.RATED],
    "delighted": [delighted.FIRST, {"event_type": "survey_response.created", "event_data": delighted.FIRST}],
    "formbricks": [
        formbricks.SCORE,
        {"event": "responseFinished", "data": {"id": "1", "surveyId": "s", "data": {"q": 1}}},
    ],
    "hubspot": [hubspot.FIRST],
    "intercom": [intercom.FIRST, {"type": "notification_event", "data": {"item": intercom.FIRST}}],
    "posthog": [posthog.SENT, posthog.RAGE],
    "trustpilot": [trustpilot.FIRST, {"eventName": "service-review-created", "eventData": trustpilot.SECOND}],
    "typeform": [typeform.FIRST, {"event_type": "form_response", "form_response": typeform.FIRST}],
}
GOOD: dict[str, list[dict[str, Any]]] = {
    "chatwoot": [chatwoot.ASKED, chatwoot.REPLY, chatwoot.RATED],
    "delighted": [delighted.FIRST, delighted.SECOND],
    "formbricks": [formbricks.SCORE, formbricks.WORDS, formbricks.CHOICE, formbricks.EASE],
    "hubspot": [hubspot.FIRST, hubspot.SECOND],
    "intercom": [intercom.FIRST, intercom.SECOND],
    "posthog": [posthog.SENT, posthog.RAGE],
    "trustpilot": [trustpilot.FIRST, trustpilot.SECOND],
    "typeform": [typeform.FIRST, typeform.SECOND],
}
ODD: list[Any] = [None, "", "x", "\ud800", 0, -1.5, 10**30, True, [], ["a", None], {}, {"id": {"id": 1}}, [{"id": [1]}]]


def rows(name: str, record: dict[str, Any], **questions: str) -> list[Any]:
    made = export_named(name).rows
    assert made is not None
    return made(record, questions)


def places(held: Any) -> Iterator[tuple[Any, Any]]:
    """Every part of a record, as what holds it and under which name."""
    for name in list(held) if isinstance(held, dict) else range(len(held)):
        yield held, name
        if isinstance(held[name], dict | list):
            yield from places(held[name])


def test_every_export_of_records_is_here() -> None:
    assert set(RECORDS) == {name for name, export in EXPORTS.items() if export.rows is not None}


@pytest.mark.parametrize("name", list(RECORDS))
def test_no_shape_of_a_record_raises(name: str) -> None:
    module = importlib.import_module(f"heartline.sources.exports.{name}")
    known = {*module.COLUMNS, "Channel", "Place"}
    for given in RECORDS[name]:
        record = copy.deepcopy(given)
        for held, at in list(places(record)):
            before = held[at]
            for odd in ODD:
                held[at] = odd
                for cells in rows(name, record):
                    assert set(cells) <= known
                    assert all(cell is None or (isinstance(cell, str) and cell.encode()) for cell in cells.values())
            held[at] = before
        assert record == given
    assert all(set(cells) <= known for cells in rows(name, {}))


@pytest.mark.parametrize("name", list(RECORDS))
def test_odd_values_reach_the_quarantine_or_a_table_and_no_good_row_is_lost(rooms: Any, name: str) -> None:
    odd = []
    for given in RECORDS[name]:
        record = copy.deepcopy(given)
        for held, at in list(places(record)):
            before = held[at]
            for number, value in enumerate(ODD):
                held[at] = value
                # half of them with an id of their own, so that they do not replace each other
                odd.append(
                    json.dumps(record).replace(str(given.get("id", "-")), f"{given.get('id')}{len(odd)}", number % 2)
                )
            held[at] = before
    sample = SAMPLES[name]
    good = "".join(json.dumps(record) + "\n" for record in GOOD[name])
    report = load(rooms, name, "\n".join(odd) + "\n" + good, "odd.jsonl")
    assert report.quarantined
    assert report.read >= len(odd)
    for of, wanted in sample.rows.items():
        there = by_id(rooms, of)
        for key, cells in wanted.items():
            assert {column: there[key][column] for column in cells} == cells


@pytest.mark.parametrize("name", list(RECORDS))
def test_a_damaged_file_is_read_as_far_as_it_goes(tmp_path: Path, name: str) -> None:
    body = str(SAMPLES[name].body).encode()
    chance = random.Random(name)
    mapping = export_named(name).mapping()
    for number in range(60):
        at, to = sorted(chance.randrange(len(body)) for _ in range(2))
        cut, doubled = body[:at] + body[to:], body[:to] + body[at:]
        strewn = body[:at] + chance.randbytes(9) + body[at:]
        damaged = chance.choice((body[:at], body[at:], cut, doubled, strewn))
        path = tmp_path / f"{number}.json"
        path.write_bytes(damaged)
        try:
            source = open_mapped(path, mapping)
        except SourceError:
            continue
        for batch in source.batches():
            assert all(row.line >= 1 and row.column == "(row)" and row.reason for row in batch.broken)
            assert len(batch.lines) == batch.rows


@pytest.mark.parametrize("name", ["delighted", "intercom", "typeform"])
def test_a_webhook_gives_the_same_rows_as_the_api(name: str) -> None:
    assert rows(name, RECORDS[name][1]) == rows(name, RECORDS[name][0]) != []


def test_events_of_other_kinds_give_no_rows(rooms: Any) -> None:
    assert rows("delighted", {"event_type": "unsubscribe.created", "event_data": {"person": {"id": "1"}}}) == []
    assert rows("typeform", {"event_type": "form_closed", "event_id": "1"}) == []
    assert rows("intercom", {"type": "notification_event", "data": {"item": {"type": "contact", "id": "1"}}}) == []
    assert rows("chatwoot", {**chatwoot.ASKED, "message_type": 2}) == []
    assert rows("trustpilot", {"eventName": "service-review-deleted", "eventData": {"id": "1"}}) == []
    assert rows("formbricks", {"event": "testEndpoint", "data": {}}) == []
    report = load(rooms, "posthog", posthog.SAMPLE.body)
    assert "objects of a kind that is not loaded, left out: 1" in " ".join(report.notes)


def test_seconds_milliseconds_and_words_are_the_same_moment(rooms: Any) -> None:
    for number, at in enumerate((1740823200, 1740823200000, 1740823200.0, "1740823200", "2025-03-01T11:00:00+01:00")):
        body = delighted.lines({**delighted.FIRST, "id": str(number), "created_at": at})
        assert load(rooms, "delighted", body, f"{number}.jsonl").reasons == []
        assert by_id(rooms, "interaction")[f"delighted:{number}"]["occurred_at"] == datetime(2025, 3, 1, 10)


def test_a_record_that_comes_twice_counts_once_and_the_last_one_is_true(rooms: Any) -> None:
    older = {**delighted.SECOND, "score": 5}
    load(rooms, "delighted", delighted.lines(older, delighted.FIRST, delighted.SECOND, delighted.SECOND))
    assert len(rooms.rows("survey_response")) == 3
    assert by_id(rooms, "survey_response")["delighted:5436:ces"]["value"] == 2.0


def test_a_record_without_an_id_is_set_aside(rooms: Any) -> None:
    without = {name: value for name, value in trustpilot.FIRST.items() if name != "id"}
    report = load(rooms, "trustpilot", trustpilot.page(without, trustpilot.SECOND))
    assert list(by_id(rooms, "interaction")) == ["trustpilot:5f02"]
    assert "a required value is missing" in " ".join(report.reasons)


def test_a_scale_that_nothing_tells_is_noted_and_can_be_told(rooms: Any) -> None:
    answer = {"field": {"id": "f9", "ref": "mood", "type": "opinion_scale"}, "type": "number", "number": 4}
    body = typeform.pages({**typeform.FIRST, "answers": [answer]})
    report = load(rooms, "typeform", body)
    assert rooms.rows("survey_response") == []
    kept = json.loads(by_id(rooms, "interaction")["typeform:a1"]["properties"])
    assert kept["answers"] == {"mood": "4"}
    assert "mood looks like a score, but nothing tells the scale" in " ".join(report.notes)
    text = export_named("typeform").text
    text["file"] = {**text["file"], "questions": {"mood": "csat 1 to 5"}}
    path = rooms.root / "files" / typeform.SAMPLE.file
    ingest(rooms.records, rooms.facts, rooms.settings, None, [path], read_mapping(text, "own"))
    row = by_id(rooms, "survey_response")["typeform:a1:mood"]
    assert (row["construct"], row["value"], row["scale_max"]) == ("csat", 4.0, 5.0)


def test_a_form_s_definition_tells_wordings() -> None:
    asked = {"id": "f1", "ref": "r1", "title": "How satisfied are you?", "type": "multiple_choice"}
    answer = {"field": {"id": "f1", "ref": "r1", "type": "multiple_choice"}, "type": "choice"}
    event = {"form_response": {"token": "t", "definition": {"title": "Spring", "fields": [asked]}, "answers": []}}
    event["form_response"]["answers"] = [{**answer, "choice": {"label": "Very satisfied"}}]
    (score,) = [row for row in rows("typeform", event) if row[RECORD] == "score"]
    assert (score["Construct"], score["Score"], score["Score to"], score["Survey"]) == ("csat", "5", "5", "Spring")
    # a choice that does not say how good it is makes no score, though the question asks for one
    event["form_response"]["answers"] = [{**answer, "choice": {"label": "I do not shop"}}]
    assert [row[RECORD] for row in rows("typeform", event)] == ["response"]


def test_formbricks_scales_are_never_guessed() -> None:
    record = {
        **formbricks.SCORE,
        "field_id": "sat",
        "field_label": "Satisfied?",
        "field_type": "csat",
        "value_number": 4,
    }
    assert [row[RECORD] for row in rows("formbricks", record)] == ["response", "untold", "answer"]
    told = rows("formbricks", record, sat="csat 1 to 5")
    assert [row[RECORD] for row in told] == ["response", "score"]
    webhook = {"event": "responseFinished", "webhookId": "w", "data": {
        "id": "r9", "surveyId": "sv", "finished": True, "createdAt": "2025-03-01T10:00:00Z", "contact": {"id": "k1"},
        "data": {"q1": 8, "q2": "All well", "q3": ["Shop", "Web"]},
    }}  # fmt: skip
    assert [row[RECORD] for row in rows("formbricks", webhook)] == ["response", "untold"]
    made = rows("formbricks", webhook, q1="nps", q2="text")
    assert [row[RECORD] for row in made] == ["response", "score", "comment"]
    assert (made[0]["Outcome"], made[0]["Person id"], made[2]["Comment"]) == ("completed", "k1", "All well")
    assert json.loads(made[0]["Others"])["answers"] == {"q1": "8", "q3": '["Shop","Web"]'}


def test_posthog_reads_older_events_and_properties_as_text() -> None:
    asked = [{"id": "q1", "question": "How likely are you to recommend us?"}, {"id": "q2", "question": "Why?"}]
    held = {"$survey_id": "sv", "$survey_questions": asked, "$survey_response": 9, "$survey_response_1": "Prices"}
    event = {**posthog.SENT, "properties": json.dumps(held)}
    made = [row for row in rows("posthog", event) if row[RECORD] in ("score", "comment")]
    assert [(row["Question id"], row["Score"] if row[RECORD] == "score" else row["Comment"]) for row in made] == [
        ("q1", "9"), ("q2", "Prices"),
    ]  # fmt: skip
    assert made[0]["Response id"] == "e1"
    # without the list of questions a number is on a scale that nobody tells
    del held["$survey_questions"]
    bare = {**posthog.SENT, "properties": held}
    assert [row[RECORD] for row in rows("posthog", bare)] == ["response", "person", "untold", "comment"]
    told = rows("posthog", bare, **{"0": "nps", "1": "none"})
    assert [row[RECORD] for row in told] == ["response", "person", "score"]
    app = {**posthog.RAGE, "properties": {"$lib": "posthog-ios", "$screen_name": "Cart"}}
    assert (rows("posthog", app)[0]["Channel"], rows("posthog", app)[0]["Place"]) == ("app", "Cart")


def test_intercom_says_who_is_who(rooms: Any) -> None:
    load(rooms, "intercom", intercom.SAMPLE.body)
    kept = json.loads(by_id(rooms, "interaction")["intercom:900:p1"]["properties"])
    assert kept["Author"] == "bot"
    assert not {"intercom:900:p2", "intercom:900:p3"} & set(by_id(rooms, "interaction"))
    assert "angry one" not in str(rooms.rows("verbatim"))
    # an assistant that writes as a teammate
    part = {
        "id": "p9",
        "part_type": "comment",
        "body": "Hi",
        "created_at": 1,
        "author": {"type": "admin", "from_ai_agent": True},
    }
    made = rows("intercom", {**intercom.FIRST, "conversation_parts": [part]})
    assert [row.get("Author") for row in made if row[RECORD] == "message"] == [None, "bot"]


def test_words_that_were_taken_back_go(rooms: Any) -> None:
    load(rooms, "chatwoot", chatwoot.lines(chatwoot.ASKED))
    assert len(rooms.rows("verbatim")) == 1
    gone = {**chatwoot.ASKED, "event": "message_updated", "content": "This message was deleted"}
    load(rooms, "chatwoot", chatwoot.lines({**gone, "content_attributes": {"deleted": True}}))
    assert rooms.rows("verbatim") == []
    assert len(rooms.rows("interaction")) == 1


def test_chatwoot_s_api_counts_the_kinds_of_messages() -> None:
    page = {"id": 9, "content": "Hi", "message_type": 0, "created_at": 1740823200, "conversation_id": 12,
            "private": False, "sender": {"id": 31, "type": "contact"}}  # fmt: skip
    (asked,) = rows("chatwoot", page)
    assert (asked["Speaker"], asked["Contact id"], asked["Conversation id"]) == ("customer", "31", "12")
    (reply,) = rows("chatwoot", {**page, "message_type": 1, "sender": {"id": 4, "type": "user"}})
    assert (reply["Speaker"], reply["Contact id"]) == ("employee", None)


def test_hubspot_keeps_a_score_of_an_unknown_survey() -> None:
    held = {**hubspot.FIRST["properties"], "hs_survey_type": "CUSTOM", "hs_value": "5"}  # type: ignore[dict-item]
    made = rows("hubspot", {**hubspot.FIRST, "properties": held})
    assert [row[RECORD] for row in made] == ["response", "person", "untold"]
    assert json.loads(made[0]["Others"])["hs_value"] == "5"
    assert rows("hubspot", {**hubspot.FIRST, "archived": True}) == []


def test_an_answer_given_while_assigning_is_read_and_a_bare_assignment_is_not() -> None:
    author = {"type": "admin", "id": "a1"}
    parts = [
        {"id": "p5", "part_type": "assignment", "body": "<p>I take this.</p>", "created_at": 1, "author": author},
        {"id": "p6", "part_type": "assignment", "body": None, "created_at": 2, "author": author},
        {"id": "p7", "part_type": "note_and_reopen", "body": "<p>angry one</p>", "created_at": 3, "author": author},
    ]
    made = rows("intercom", {**intercom.FIRST, "conversation_parts": parts, "conversation_rating": None})
    assert [row["Words"] for row in made if row[RECORD] == "message"][1:] == ["I take this."]


def test_plain_text_of_newer_webhooks_is_no_html() -> None:
    said = 'Prices < 3 & >\n2 are "fair" &amp; <b>ok'
    parts = [
        {"id": "p5", "part_type": "comment", "body": said, "created_at": 1, "author": {"type": "user", "id": "u1"}}
    ]
    made = rows("intercom", {**intercom.FIRST, "conversation_parts": parts, "conversation_rating": None})
    assert [row["Words"] for row in made if row[RECORD] == "message"][1] == said


def test_a_review_of_the_table_is_the_review_of_the_api() -> None:
    """Its moment is that of its making, since the table has no other; and nothing else differs."""
    from_api = rows("trustpilot", {**trustpilot.FIRST, "updatedAt": None})
    header, first, *_ = csv.reader(str(trustpilot_csv.SAMPLE.body).splitlines())
    from_table = trustpilot_table.rows(dict(zip(header, first, strict=True)), {})
    assert [row[RECORD] for row in from_table] == [row[RECORD] for row in from_api]
    for one, other in zip(from_api, from_table, strict=True):
        different = {name for name in one if one[name] != other.get(name)} - {"Others"}
        assert different <= {"At"}
        assert one.get("At") is None or str(one["At"])[:10] == str(other["At"])[:10]
