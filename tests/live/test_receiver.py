"""The door over HTTP: who may, what is taken, what is refused, and that a 200 means on disk."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient
from tests.live.conftest import AT, basic

from heartline.live import commits, keyring
from heartline.live.arrivals import CALL_BYTES
from heartline.live.call import EVENT_BYTES
from heartline.live.keyring import Keyring
from heartline.live.receiver import Receiver
from heartline.live.service import Live
from heartline.records import inbox, keys
from heartline.workspace import Workspace

if TYPE_CHECKING:
    from tests.live.conftest import Door

PAGE = {"type": "page", "messageId": "m1", "anonymousId": "a1", "userId": None, "timestamp": AT, "name": "Home"}


def waiting(door: Door) -> list[inbox.Arrival]:
    return [one.arrival for one in inbox.waiting(door.workspace.records, 1000, 1 << 30)]


def test_an_answer_means_that_it_is_kept(door: Door) -> None:
    answer = door.batch(PAGE, PAGE | {"messageId": "m2"}, sentAt=AT)
    assert (answer.status_code, answer.json()) == (200, {"success": True, "accepted": 2})
    assert [one.message_id for one in waiting(door)] == ["m1", "m2"]
    assert {(one.sender, one.door, one.sent_at) for one in waiting(door)} == {("shop", "call", AT)}


def test_the_same_event_again_changes_nothing(door: Door) -> None:
    door.batch(PAGE)
    assert door.batch(PAGE, PAGE).status_code == 200
    assert len(waiting(door)) == 1
    assert door.load() == 1
    before = door.rows("interaction")
    # after it became a fact as well, even where a retry says another time
    assert door.batch(PAGE | {"timestamp": "2026-06-02T00:00:00Z"}).status_code == 200
    assert door.load() == 1
    assert door.rows("interaction") == before
    assert len(door.workspace.loads()) == 1


@pytest.mark.parametrize("kind", ["identify", "track", "page", "screen", "group", "alias"])
def test_every_call_has_its_address(door: Door, kind: str) -> None:
    said = {"userId": "u1", "event": "Seen", "messageId": "m", "timestamp": AT, "previousId": "u0", "groupId": "g"}
    assert door.post(f"/v1/{kind}", said).status_code == 200
    door.load()
    assert [row["interaction_id"] for row in door.rows("interaction")] == ["m"]


def test_an_event_without_id_gets_one(door: Door) -> None:
    nameless = {name: value for name, value in PAGE.items() if name != "messageId"}
    door.batch(nameless, nameless)
    assert len({one.message_id for one in waiting(door)}) == 2


def test_gzip_is_unpacked(door: Door) -> None:
    body = b'{"batch": [{"type": "page", "messageId": "z", "anonymousId": "a"}]}'
    # two members, as some writers make them
    packed = gzip.compress(body[:20], mtime=0) + gzip.compress(body[20:])
    assert door.post("/v1/batch", packed, content_encoding="gzip").status_code == 200
    assert [one.message_id for one in waiting(door)] == ["z"]


@pytest.mark.parametrize(
    ("path", "body", "headers", "status", "said"),
    [
        ("/v1/batch", b"{", {}, 400, "no batch"),
        ("/v1/batch", b'{"events": []}', {}, 400, "no batch"),
        ("/v1/batch", b"[1]", {}, 400, "no batch"),
        ("/v1/batch", b"[" * 100_000, {}, 400, "no batch"),
        ("/v1/batch", b'{"batch": [' + b"[" * 100_000, {}, 400, "no batch"),
        ("/v1/track", b"[]", {}, 400, "no JSON object"),
        ("/v1/track", b'{"event": ', {}, 400, "no JSON object"),
        ("/v1/track", b'{"event": "' + b"x" * EVENT_BYTES + b'"}', {}, 413, "larger than"),
        ("/v1/batch", b" " * (CALL_BYTES + 1), {}, 413, "larger than"),
        ("/v1/batch", gzip.compress(b" " * (CALL_BYTES * 20)), {"content_encoding": "gzip"}, 413, "larger than"),
        (
            "/v1/batch",
            gzip.compress(b"", mtime=0) * 33 + gzip.compress(b"{}"),
            {"content_encoding": "gzip"},
            400,
            "parts",
        ),
        ("/v1/batch", b"no gzip", {"content_encoding": "gzip"}, 400, "gzip"),
        ("/v1/batch", gzip.compress(b"{}" * 9, mtime=0)[:-9], {"content_encoding": "gzip"}, 400, "too early"),
        ("/v1/batch", b"{}", {"content_encoding": "br"}, 415, "not known"),
        ("/v1/tables/feeling", b"{}", {}, 404, "interaction"),
        ("/v1/tables/verbatim", b"{}", {}, 404, "interaction"),
        ("/v1/tables/purchase", b'{"purchase_id": "p"}', {}, 422, "customer_id, occurred_at, revenue"),
        ("/v1/tables/purchase", b"nothing", {}, 400, "JSON Lines"),
        ("/v1/tables/purchase", b"", {}, 400, "JSON Lines"),
        ("/v1/nothing", b"{}", {}, 404, "openapi"),
    ],
)
def test_what_cannot_be_read_is_refused_whole(
    door: Door, path: str, body: bytes, headers: dict[str, str], status: int, said: str
) -> None:
    answer = door.post(path, body, **headers)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert said in answer.json()["detail"]
    assert waiting(door) == []


def test_only_with_a_key(door: Door) -> None:
    assert door.client.post("/v1/batch", json={"batch": [PAGE]}).status_code == 401
    assert door.post("/v1/batch", {"batch": [PAGE]}, key="hlw_guess").status_code == 401
    assert door.post("/v1/tables/purchase", {}, key="hlw_guess").status_code == 401
    answer = door.client.post("/v1/batch", json={}, headers={"authorization": "Basic ?"})
    assert (answer.status_code, "Basic" in answer.headers["www-authenticate"]) == (401, True)
    assert waiting(door) == []


def test_a_key_may_come_in_the_body_or_as_bearer(door: Door) -> None:
    assert door.client.post("/v1/batch", json={"batch": [PAGE], "writeKey": door.key}).status_code == 200
    named = {"authorization": f"Bearer {door.key}"}
    assert door.client.post("/v1/track", json={"event": "x", "userId": "u"}, headers=named).status_code == 200
    assert len(waiting(door)) == 2


def test_a_revoked_key_opens_no_more(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    other = keys.create(door.workspace.records, "till")
    monkeypatch.setattr(keyring, "FRESH_S", 0.0)
    assert door.post("/v1/batch", {"batch": []}, key=other).status_code == 200
    keys.revoke(door.workspace.records, "till")
    assert door.post("/v1/batch", {"batch": []}, key=other).status_code == 401
    assert door.batch().status_code == 200


def test_too_much_at_once_is_put_off(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_found: object) -> None:
        raise commits.Busy

    monkeypatch.setattr(door.committer, "put", busy)
    answer = door.batch(PAGE)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    monkeypatch.undo()
    assert waiting(door) == []


def test_a_disk_that_refuses_is_told(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OperationalError("insert", {}, OSError("no space left"))

    with monkeypatch.context() as patched:
        patched.setattr(inbox, "add", full)
        answer = door.batch(PAGE)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert waiting(door) == []
    assert door.batch(PAGE).status_code == 200
    assert len(waiting(door)) == 1


def test_a_crowded_queue_refuses_and_then_takes_again(door: Door) -> None:
    small = commits.Committer(door.workspace.records, most_waiting=3)
    arrival = inbox.Arrival("x", "call", "shop", AT, None, b"{}")
    first = small.put([arrival] * 5)  # alone: taken however large
    with pytest.raises(commits.Busy):
        small.put([arrival])
    with small:
        first.result(10)
        small.put([arrival._replace(message_id="y")]).result(10)
    assert [one.message_id for one in waiting(door)] == ["x", "y"]


def test_large_rows_that_wait_are_bounded_by_their_bytes(door: Door) -> None:
    small = commits.Committer(door.workspace.records, bytes_waiting=100)
    arrival = inbox.Arrival(None, "row/spend", "shop", AT, None, b"x" * 60)
    small.put([arrival])
    with pytest.raises(commits.Busy):
        small.put([arrival])
    with small:
        pass
    small.put([arrival])


def test_a_full_inbox_refuses_until_it_is_loaded(door: Door) -> None:
    with commits.Committer(door.workspace.records, most_kept=3) as committer:
        client = TestClient(Receiver(Keyring(door.workspace.records), committer).app(), base_url="http://127.0.0.1")

        def send(*names: str) -> Any:
            events = [{"type": "page", "userId": "u", "messageId": name, "timestamp": AT} for name in names]
            return client.post("/v1/batch", json={"batch": events}, headers=basic(door.key))

        assert send("a", "b").status_code == 200
        answer = send("c", "d")
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")
        assert answer.json()["detail"] == "the inbox is full; nothing was taken"
        assert send("c").status_code == 200
        assert send("d").status_code == 429
        assert door.load() == 3
        # alone in an empty inbox: taken however large
        assert send("d", "e", "f", "g", "h").status_code == 200
        assert send("i").status_code == 429
        assert door.load() == 5
        assert send("i").status_code == 200
    assert {row["interaction_id"] for row in door.rows("interaction")} == set("abcdefgh")


def test_the_setting_bounds_the_inbox(tmp_path: Path) -> None:
    with Workspace.create(tmp_path / "small", {"inbox_limit": 100}) as workspace:
        key = keys.create(workspace.records, "shop")
        live = Live(workspace.records, workspace.facts, workspace.settings, workspace.root, every_s=3600.0)
        with live, TestClient(live.app, base_url="http://127.0.0.1") as client:
            rows = [{"touchpoint": f"t{n}", "period": "2026-01", "amount": 1} for n in range(60)]
            answers = [client.post("/v1/tables/spend", json=rows, headers=basic(key)).status_code for _ in range(2)]
            assert answers == [200, 429]
            assert workspace.waiting() == 60


def test_what_waits_together_is_written_together(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    records = door.workspace.records
    began: list[int] = []
    writing = records.writing
    monkeypatch.setattr(records, "writing", lambda: began.append(1) or writing())
    many = commits.Committer(records)
    done = [many.put([inbox.Arrival(f"x{n}", "call", "shop", AT, None, b"{}")]) for n in range(50)]
    assert not any(one.done() for one in done)
    with many:
        for one in done:
            one.result(10)
    assert len(began) == 1
    assert len(waiting(door)) == 50


def test_cloud_events_in_every_mode(door: Door) -> None:
    event = {
        "id": "1",
        "source": "/till",
        "type": "com.example.paid",
        "specversion": "1.0",
        "time": AT,
        "subject": "u1",
    }
    kind = "application/cloudevents+json"
    assert door.post("/v1/cloudevents", event, content_type=kind).status_code == 200
    several = [event | {"id": "2"}, event | {"id": "3", "specversion": "0.3"}, 7]
    assert door.post("/v1/cloudevents", several, content_type="application/cloudevents-batch+json").status_code == 200
    headers = {f"ce_{name}": value for name, value in (event | {"id": "4"}).items()}
    data = {"customer_id": "u2", "amount": 3}
    assert door.post("/v1/cloudevents", data, content_type="application/json", **headers).status_code == 200
    assert door.post("/v1/cloudevents", b"paid", content_type="text/plain", **headers).status_code == 200  # the same id
    assert door.post("/v1/cloudevents", b"{", content_type="application/json", **headers).status_code == 400
    refused = door.post("/v1/cloudevents", {"id": "5", "source": "s"}, content_type=kind)
    assert (refused.status_code, "specversion" in refused.json()["detail"]) == (400, True)
    door.load()
    found = {row["interaction_id"]: row["customer_id"] for row in door.rows("interaction")}
    assert found == {"/till#1": "u1", "/till#2": "u1", "/till#4": "u2"}
    assert len(door.workspace.quarantine()) == 2
    assert door.row("interaction", interaction_id="/till#4")["properties"] == (
        '{"amount":3,"source":"/till","event":"com.example.paid"}'
    )


def test_a_cloud_event_keeps_what_was_added_to_it(door: Door) -> None:
    headers = {"ce_id": "1", "ce_source": "/a", "ce_type": "t", "ce_specversion": "1.0", "ce_subject": "J%C3%BCrgen",
               "ce_partitionkey": "k"}  # fmt: skip
    door.post("/v1/cloudevents", b"\xff", content_type="image/png", **headers)
    door.load()
    (row,) = door.rows("interaction")
    assert row["customer_id"] == "Jürgen"
    assert json.loads(row["properties"]) == {"data_base64": "/w==", "event": "t", "partitionkey": "k", "source": "/a"}


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(
        ["batch", "track", "identify", "cloudevents", "tables/interaction", "tables/\udcff", "x/../y"]
    ),
    body=st.binary(max_size=60)
    | st.sampled_from([b"{}", b"[]", b"null", b'{"batch":[{}]}', b'{"batch":{}}', b"\x1f\x8b"]),
    coding=st.sampled_from(["identity", "gzip", "br", ""]),
    kind=st.sampled_from(
        ["application/json", "application/cloudevents+json", "application/cloudevents-batch+json", "?"]
    ),
)
def test_no_body_breaks_the_door(door: Door, path: str, body: bytes, coding: str, kind: str) -> None:
    safe = quote(path, errors="surrogateescape")
    answer = door.post(f"/v1/{safe}", body, content_encoding=coding, content_type=kind)
    assert answer.status_code in (200, 400, 404, 405, 413, 415, 422)


def test_rows_of_a_table_are_checked_as_files_are(door: Door) -> None:
    good = {"purchase_id": "p1", "customer_id": "c1", "occurred_at": "2026-05-01", "revenue": 9.5, "colour": "red"}
    bad = good | {"purchase_id": "p2", "revenue": "much"}
    assert door.post("/v1/tables/purchase", [good, bad, 3]).json()["accepted"] == 3
    lines = b'{"interaction_id":"i","customer_id":"c1","occurred_at":"2026-05-01","channel":"web","touchpoint":"x",'
    lines += b'"text":"Thank you","colour":"red"}\n\n'
    assert door.post("/v1/tables/interaction", lines, content_type="application/x-ndjson").json()["accepted"] == 1
    door.load()
    assert [(row["purchase_id"], row["revenue"], row["source"]) for row in door.rows("purchase")] == [
        ("p1", 9.5, "live/shop")
    ]
    assert [row["text"] for row in door.rows("verbatim")] == ["Thank you"]
    assert door.row("interaction", interaction_id="i")["properties"] == '{"colour":"red"}'
    assert {row["column"] for row in door.workspace.quarantine()} == {"revenue", "(row)"}
    # the same row changes nothing, a newer one replaces it
    door.post("/v1/tables/purchase", good)
    door.load()
    assert door.workspace.loads()[0]["unchanged"] == 1
    door.post("/v1/tables/purchase", good | {"revenue": 10})
    door.load()
    assert door.row("purchase", purchase_id="p1")["revenue"] == 10


def test_the_key_itself_is_nowhere(door: Door) -> None:
    door.client.post("/v1/batch", json={"batch": [PAGE], "writeKey": door.key})
    door.load()
    for file in door.workspace.root.rglob("*"):
        assert not file.is_file() or door.key.encode() not in file.read_bytes(), file


def test_only_post_and_only_there(door: Door) -> None:
    answer = door.client.get("/v1/batch", headers=basic(door.key))
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")
