"""Gong's calls, letters and Slack's messages: what they may look like, and what is done with files that are broken."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import datetime
from typing import Any

import pytest
from tests.ingest.conftest import Rooms
from tests.sources.exports.samples import gong, mbox, slack
from tests.sources.exports.test_transcripts import load, said

from heartline.errors import HeartlineError, SourceError
from heartline.ingest import ingest
from heartline.sources.exports import export_named
from heartline.sources.mail_text import own_words


def letter(body: str, headers: str = "", begin: str = "From - Sat Mar 01 10:00:00 2025\n") -> str:
    return (
        f"{begin}Message-ID: <m@home.example>\nFrom: ida@home.example\nDate: Sat, 1 Mar 2025 11:00:00 +0100\n"
        f"{headers}\n{body}\n"
    )


def test_gong_in_seconds_and_milliseconds_is_the_same(rooms: Rooms) -> None:
    in_seconds = gong.written(gong.turn(gong.IDA, None, (4.0, 7.0, "It never came. Why is that?")))
    load(rooms, "gong", in_seconds, "a.json")
    before = rooms.rows("interaction")[0]
    assert before["duration_s"] == 3.0
    in_thousandths = gong.written(gong.turn(gong.IDA, None, (4000, 7000, "It never came. Why is that?")))
    report = load(rooms, "gong", in_thousandths, "b.json")
    assert report.new == report.replaced == 0
    assert "read as milliseconds" in " ".join(report.notes)


def test_gong_without_calls_needs_a_start_and_sides(rooms: Rooms) -> None:
    one = {"callId": "9", "transcript": [gong.turn("s1", None, (0, 900, "Hi there"))]}
    with pytest.raises(SourceError, match="nothing says when the conversation"):
        load(rooms, "gong", json.dumps({"callTranscripts": [one]}), "a.json")
    report = load(rooms, "gong", json.dumps({"callTranscripts": [one]}), "a.json", start="2025-03-01 10:00")
    assert rooms.rows("interaction")[0]["customer_id"] == "gong:s1"
    assert rooms.rows("verbatim") == []
    assert "nothing says which side" in " ".join(report.notes)
    body = json.dumps({"callTranscripts": [one, {**one, "callId": "10"}]})
    with pytest.raises(SourceError, match="nothing says when the calls"):
        load(rooms, "gong", body, "b.json", start="2025-03-01")
    # one of two calls is known: the other one is set aside
    two = [{**one, "callId": "10", "started": "2025-03-01T10:00:00Z"}, one]
    report = load(rooms, "gong", json.dumps([{"callTranscripts": two}]), "c.json", customers=["s1"])
    assert report.quarantined == 1
    assert said(rooms) == [("gong:s1", "customer", "Hi there")]


@pytest.mark.parametrize(
    "body", ["{", "[]", "3", '{"callTranscripts": []}', '{"callTranscripts": {"a": 1}}', "[" * 9999]
)
def test_what_is_no_transcript_of_gong_is_refused(rooms: Rooms, body: str) -> None:
    with pytest.raises(HeartlineError):
        load(rooms, "gong", body, "a 2025-03-01.json")


def test_shapes_that_gong_never_writes_are_set_aside(rooms: Rooms) -> None:
    turns: list[Any] = [
        None, 3, {"sentences": 3}, {"sentences": [{"start": "x", "end": 1, "text": "a"}]},
        {"speakerId": ["a"], "sentences": [{"start": 1, "end": 2, "text": {"a": 1}}]},
        {"speakerId": None, "sentences": [{"start": 1e300, "end": 2, "text": "a"}]},
    ]  # fmt: skip
    given = {"callTranscripts": [{"callId": {"a": 1}, "transcript": turns}], "calls": [{"parties": "x"}, 3]}
    report = load(rooms, "gong", json.dumps(given), "a 2025-03-01.json")
    assert report.quarantined == 5


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Yes.\n\nOn 1 Mar 2025, at 10:00, Bo wrote:\n> a\n> b\n\nMy answer below.", "Yes.\n\nMy answer below."),
        ("Ja.\nAm 01.03.2025 um 10:00 schrieb Bo <bo@shop.example>:\nDies ist alt.", "Ja."),
        ("Ja tak.\n\nDen lør. 1. mar. 2025 kl. 10.00 skrev Bo <bo@shop.example>:\n\n> gammelt", "Ja tak."),
        ("Oui.\nLe 1 mars 2025 à 10:00, Bo <bo@shop.example> a écrit :\n> vieux", "Oui."),
        ("See below.\n\n-----Original Message-----\nFrom: Bo\n\nold", "See below."),
        ("See.\n________________________________\nFrom: Bo\nSent: today\nTo: me\nSubject: a\n\nold", "See."),
        ("Good.\n-- \nIda\nTel", "Good."),
        ("Good.\n\nSent from my iPhone", "Good."),
        ("From: now on I buy elsewhere.\nTo: you: bye.", "From: now on I buy elsewhere.\nTo: you: bye."),
        ("On Monday 3 people wrote to me.", "On Monday 3 people wrote to me."),
        ("> only a quotation", ""),
    ],
)
def test_quotations_and_signatures_are_no_words_of_the_writer(text: str, own: str) -> None:
    assert own_words(text) == own


def test_a_letter_keeps_its_whole_text_beside_the_words(rooms: Rooms) -> None:
    load(rooms, "mbox", mbox.FIRST, "a.mbox", own_domains=["shop.example"])
    kept = json.loads(rooms.rows("interaction")[0]["properties"])
    assert "> It is on its way." in kept["Original"]
    assert kept["Labels"] == "Inbox,Lamps"


def test_whose_letters_they_are_can_be_told_by_direction(rooms: Rooms) -> None:
    body = letter("Good.", "To: Cy <cy@home.example>\n")
    load(rooms, "mbox", body, "a.mbox")
    assert rooms.rows("verbatim") == []
    load(rooms, "mbox", body, "a.mbox", direction="outbound")
    row = rooms.rows("verbatim")[-1]
    assert (row["speaker"], row["text"]) == ("employee", "Good.")
    inbound = letter("Bad.").replace("<m@", "<n@")
    load(rooms, "mbox", inbound, "b.mbox", direction="inbound")
    assert [row["speaker"] for row in rooms.rows("verbatim") if row["text"] == "Bad."] == ["customer"]


def test_gmail_says_which_letters_were_sent(rooms: Rooms) -> None:
    load(rooms, "mbox", letter("Good.", "X-Gmail-Labels: Sent,Opened\nX-GM-THRID: 7\nTo: cy@home.example\n"), "a.mbox")
    assert rooms.rows("verbatim")[0]["speaker"] == "employee"
    assert rooms.rows("interaction")[0]["conversation_id"] == "mbox:gmail:7"
    assert rooms.rows("interaction")[0]["direction"] == "outbound"


@pytest.mark.parametrize(
    ("headers", "body", "words"),
    [
        ("Content-Type: text/plain; charset=windows-1252\n", b"na\xefve", "naïve"),
        ("Content-Type: text/plain; charset=utf-8\n", b"na\xefve", "naïve"),
        ("", b"na\xefve", "naïve"),
        ("", "naïve".encode(), "naïve"),
        ("Content-Type: text/plain; charset=klingon\n", b"naive", "naive"),
        ("Content-Transfer-Encoding: base64\n", b"bmHDr3Zl", "naïve"),
        ("Content-Type: text/html; charset=utf-8\n", b"<p>na&iuml;ve<br>so</p><script>x</script>", "naïve\nso"),
        ("Content-Type: multipart/mixed; boundary=b\n",
         b"--b\nContent-Disposition: attachment\n\nno\n--b\n\nyes\n--b--", "yes"),
        ("Content-Type: multipart/mixed; boundary=b\n", b"--b\nContent-Type: image/png\n\nx\n", "Lamp"),
    ],
)  # fmt: skip
def test_the_text_part_in_its_encoding(rooms: Rooms, headers: str, body: bytes, words: str) -> None:
    raw = letter("@", f"Subject: Re: Lamp\n{headers}").encode().replace(b"\n@\n", b"\n" + body + b"\n")
    load(rooms, "mbox", raw, "a.mbox", direction="inbound")
    assert [row["text"] for row in rooms.rows("verbatim")] == [words]


def test_a_line_of_a_letter_that_begins_with_from_parts_nothing(rooms: Rooms) -> None:
    body = letter("One.\n\nFrom here on 3 more.\n\n>From the start.") + "\n" + letter("Two.").replace("<m@", "<n@")
    load(rooms, "mbox", gzip.compress(body.encode()), "a.mbox.gz", direction="inbound")
    assert sorted(row["text"] for row in rooms.rows("verbatim")) == [
        "One.\n\nFrom here on 3 more.\n\nFrom the start.", "Two.",
    ]  # fmt: skip


def test_letters_of_machines_spam_and_without_an_id(rooms: Rooms) -> None:
    bodies = [
        letter("Away.", "Precedence: bulk\n"), letter("Buy!", "X-Gmail-Labels: Spam\n"),
        letter("Mine.").replace("Message-ID: <m@home.example>\n", ""),
    ]  # fmt: skip
    report = load(rooms, "mbox", "\n".join(bodies), "a.mbox", direction="inbound")
    assert report.skipped == 2
    load(rooms, "mbox", "\n".join(bodies[2:]), "b.mbox", direction="inbound")
    assert [row["text"] for row in rooms.rows("verbatim")] == ["Mine."]


def test_broken_letters_are_set_aside(rooms: Rooms) -> None:
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3000))
    bodies = [
        letter("Good."), letter("nul \0 here").replace("<m@", "<n@"), letter("x" * 200_000).replace("<m@", "<o@"),
        "From - Sat Mar 01 10:00:00 2025\n" + nested,
        letter("ok", "Subject: =?utf-8?b?w?= =?x?q?=\nTo: <<<>>>,,@\n").replace("<m@", "<p@"),
        letter("fine", "Subject: =?\u00fc?q?a?=\n").replace("<m@", "<q@"),
    ]  # fmt: skip
    report = load(rooms, "mbox", "\n".join(bodies), "a.mbox", direction="inbound")
    assert sorted(row["text"] for row in rooms.rows("verbatim")) == ["Good.", "fine", "ok"]
    assert report.quarantined == 3


def test_one_letter_alone_and_what_is_no_mailbox(rooms: Rooms) -> None:
    load(rooms, "mbox", letter("Good.", begin=""), "one.eml", direction="inbound")
    assert rooms.rows("verbatim")[0]["text"] == "Good."
    for body in (b"", b"a,b\n1,2\n", bytes(range(256)) * 20):
        with pytest.raises(SourceError, match="does not begin with a line such as"):
            load(rooms, "mbox", body, "a.mbox")


def test_a_slack_folder_gives_what_its_archive_gives(rooms: Rooms) -> None:
    sample = slack.SAMPLE
    load(rooms, "slack", sample.body, "export.zip", **sample.told)
    folder = rooms.root / "unpacked"
    assert isinstance(sample.body, bytes)
    zipfile.ZipFile(io.BytesIO(sample.body)).extractall(folder)
    mapping = export_named("slack").mapping(sample.told)
    report = ingest(rooms.records, rooms.facts, rooms.settings, None, [folder], mapping)
    assert (report.new, report.replaced, report.unchanged) == (0, 0, 2)
    assert "2 notices and messages of bots were left out" in " ".join(report.notes)


def test_a_slack_answer_outside_a_thread_is_to_the_last_customer(rooms: Rooms) -> None:
    days = {
        "help/2025-03-01.json": [
            slack.message("1740823200.1", "U2", "Hello all"), slack.message("1740823300.1", "U1", "Where is it?"),
            slack.message("1740823400.1", "U2", "On its way"),
            slack.message("1740823500.1", "W9", "Me too", user_profile={"real_name": "Cy"}),
        ]
    }  # fmt: skip
    load(rooms, "slack", slack.archive(days), "e.zip", own_domains=["shop.example"], customers=["Cy"])
    who = {row["interaction_id"].split(":")[2]: row["customer_id"] for row in rooms.rows("interaction")}
    assert who["1740823400.1"] == who["1740823300.1"] == slack.WHO
    assert who["1740823500.1"] == "slack:W9"
    assert who["1740823200.1"] == "slack:C7:1740823200.1"


def test_slack_archives_that_are_none_or_are_bombs_are_refused(rooms: Rooms) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as out:
        for day in range(1, 8):
            out.writestr(f"help/2025-03-0{day}.json", b" " * (40 << 20))
    for body in (b"PK\x03\x04 cut off", b"", b"a,b\n", bomb.getvalue(), slack.archive({})):
        with pytest.raises(SourceError):
            load(rooms, "slack", body, "e.zip")
    big = {"help/2025-03-01.json": " " * (65 << 20), "help/2025-03-02.json": [slack.FIRST, 3, {"ts": 5}]}
    report = load(rooms, "slack", slack.archive(big), "e.zip", customers=["*"])
    assert report.quarantined == 3
    assert rooms.rows("interaction")[0]["occurred_at"] == datetime(2025, 3, 1, 10, 0, 0, 100)
