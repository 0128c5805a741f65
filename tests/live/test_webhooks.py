"""Webhooks in: who may, what is kept, what a delivery becomes, and that it is what a file would have made of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.sources.exports.samples import chatwoot, delighted, formbricks, hubspot, intercom, posthog, trustpilot
from tests.sources.exports.samples import typeform as typeforms

from heartline.errors import AccessError, MappingError
from heartline.ingest import export_quarantine, replay_quarantine
from heartline.live import commits, delivery, keyring
from heartline.live.hook_tools import TOOLS
from heartline.records import inbox, webhooks
from heartline.sources.exports import EXPORTS
from heartline.sources.toml_text import toml_text
from heartline.tables import table
from heartline.workspace import Workspace

if TYPE_CHECKING:
    from tests.live.conftest import Door

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
Record = dict[str, Any]


def event(kind: str, record: Record, number: object = 1) -> Record:
    """A record in the envelope of its tool's webhook."""
    wrapped: dict[str, Callable[[], Record]] = {
        "typeform": lambda: {"event_id": f"e{number}", "event_type": "form_response", "form_response": record},
        "intercom": lambda: {
            "type": "notification_event", "id": f"notif_{number}", "topic": "conversation.user.replied",
            "created_at": 1740823400, "data": {"type": "notification_event_data", "item": record},
        },
        "delighted": lambda: {
            "event_type": "survey_response.updated", "event_id": f"d{number}", "event_data": record,
        },
        "trustpilot": lambda: {"events": [{"eventName": "service-review-created", "eventData": record}]},
    }  # fmt: skip
    return wrapped.get(kind, lambda: record)()


RESPONSE = {
    "id": "r9", "surveyId": "sv", "finished": True, "createdAt": "2025-03-01T10:00:00Z",
    "updatedAt": "2025-03-01T10:02:00Z", "contact": {"id": "k1"}, "data": {"q1": 8, "q2": "All well"},
}  # fmt: skip
FINISHED = {"webhookId": "w", "event": "responseFinished", "data": RESPONSE}
GOOD: dict[str, list[Record]] = {
    "chatwoot": [chatwoot.ASKED, chatwoot.REPLY, chatwoot.RATED],
    "delighted": [delighted.FIRST, delighted.SECOND],
    "formbricks": [formbricks.SCORE, formbricks.WORDS, FINISHED],
    "hubspot": [hubspot.FIRST, hubspot.SECOND],
    "intercom": [intercom.FIRST, intercom.SECOND],
    "posthog": [posthog.SENT, posthog.RAGE],
    "trustpilot": [trustpilot.FIRST, trustpilot.SECOND],
    "typeform": [typeforms.FIRST, typeforms.SECOND],
}
ALL = pytest.mark.parametrize("tool", list(TOOLS))


def signed(tool: str, body: bytes, secret: str = SECRET, at: float | None = None, number: object = 1) -> dict[str, str]:
    """Headers as the tool sends them."""
    moment = str(int(time.time() if at is None else at))
    key = secret.encode()
    if tool == "typeform":
        return {"typeform-signature": "sha256=" + base64.b64encode(hmac.digest(key, body, "sha256")).decode()}
    if tool == "intercom":
        return {"x-hub-signature": "sha1=" + hmac.digest(key, body, "sha1").hex()}
    if tool == "delighted":
        return {"x-delighted-webhook-signature": "sha256=" + hmac.digest(key, body, "sha256").hex()}
    if tool == "chatwoot":
        digest = hmac.digest(key, f"{moment}.".encode() + body, "sha256").hex()
        return {"x-chatwoot-signature": f"sha256={digest}", "x-chatwoot-timestamp": moment,
                "x-chatwoot-delivery": f"c{number}"}  # fmt: skip
    return by_standard(body, secret, moment, number)


def by_standard(body: bytes, secret: str, moment: str, number: object) -> dict[str, str]:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = hmac.new(key, f"msg_{number}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {"webhook-id": f"msg_{number}", "webhook-timestamp": moment,
            "webhook-signature": f"v1,{base64.b64encode(made).decode()}"}  # fmt: skip


class Sender:
    """One webhook of a tool, and the tool that pushes to it."""

    def __init__(self, door: Door, tool: str, name: str = "spring", secret: str = SECRET) -> None:
        self.door, self.tool, self.name, self.secret = door, tool, name, secret
        self.place = webhooks.create(door.workspace.records, name, tool, secret)
        self._sent = 0

    def push(self, given: object, number: object = None, **headers: str) -> Any:
        self._sent += 1
        body = given if isinstance(given, bytes) else json.dumps(given).encode()
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        sent = signed(self.tool, body, self.secret, number=self._sent if number is None else number) | named
        return self.door.client.post(f"/v1/webhooks/{self.tool}/{self.place}", content=body, headers=sent)

    def records(self, records: list[Record]) -> None:
        for number, record in enumerate(records):
            assert self.push(event(self.tool, record, number)).json() == ANSWER


ANSWER = {"success": True, "accepted": 1, "ignored": 0}


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "FRESH_S", -1.0)


def facts(workspace: Workspace) -> dict[str, list[Record]]:
    """All rows without where they came from, in order."""
    found = {}
    for of in ("interaction", "verbatim", "survey_response", "customer", "identity"):
        hidden = ("source", "load_id", "key_hash", "content_hash", "place")
        rows = workspace.query(f"select * from {of}").to_pylist()
        plain = [{name: value for name, value in row.items() if name not in hidden} for row in rows]
        if plain:
            found[of] = sorted(plain, key=lambda row: [str(row[key]) for key in table(of).key])
    return found


def in_a_file(workspace: Workspace, tool: str, records: list[Record]) -> Any:
    path = workspace.root / f"{tool}.jsonl"
    path.write_text("".join(json.dumps(event(tool, record)) + "\n" for record in records), encoding="utf-8")
    return workspace.ingest(None, [path], EXPORTS[tool].mapping())


@ALL
def test_a_file_and_a_webhook_give_the_same_rows_and_nothing_doubles(door: Door, tmp_path: Path, tool: str) -> None:
    sender = Sender(door, tool)
    sender.records(GOOD[tool])
    door.load()
    pushed = facts(door.workspace)
    assert pushed["interaction"]
    assert door.workspace.quarantine() == []
    with Workspace.create(tmp_path / "other") as other:
        assert in_a_file(other, tool, GOOD[tool]).quarantined == 0
        assert facts(other) == pushed
    report = in_a_file(door.workspace, tool, GOOD[tool])
    assert (report.new, report.replaced) == (0, 0)
    assert facts(door.workspace) == pushed


@ALL
def test_a_webhook_after_the_file_changes_nothing(door: Door, tool: str) -> None:
    in_a_file(door.workspace, tool, GOOD[tool])
    before = facts(door.workspace)
    Sender(door, tool).records(GOOD[tool])
    door.load()
    assert facts(door.workspace) == before
    newest = door.workspace.loads()[0]
    assert (newest["table"], newest["new"], newest["replaced"]) == ("live", 0, 0)


@ALL
def test_a_signature_that_does_not_fit_leaves_nothing(door: Door, tool: str) -> None:
    sender = Sender(door, tool)
    body = json.dumps(event(tool, GOOD[tool][0])).encode()
    address = f"/v1/webhooks/{tool}/spring"
    good = signed(tool, body)
    post = door.client.post
    other = "whsec_" + base64.b64encode(b"o" * 32).decode()
    refused = [
        post(address, content=body + b" ", headers=good), post(address, content=body),
        post(address, content=body, headers=signed(tool, body, other)),
        post(f"/v1/webhooks/{tool}/autumn", content=body, headers=good),
        post(f"/v1/webhooks/{tool}/hlh_guess", content=body),
    ]  # fmt: skip
    if tool not in ("typeform", "intercom", "delighted"):
        refused.append(post(address, content=body, headers=signed(tool, body, at=time.time() - 400)))
    for answer in refused:
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
        assert sender.secret not in answer.text
    assert inbox.count(door.workspace.records) == 0
    other_tool = next(name for name in TOOLS if name != tool)
    assert post(f"/v1/webhooks/{other_tool}/spring", content=body, headers=good).status_code == 401
    assert post("/v1/webhooks/nobody/spring", content=body).status_code == 404
    assert post(address, content=body, headers=good).json() == ANSWER
    webhooks.revoke(door.workspace.records, "spring")
    assert post(address, content=body, headers=good).status_code == 401


@ALL
def test_whatever_signs_by_standard_webhooks_may_push(door: Door, tool: str) -> None:
    webhooks.create(door.workspace.records, "relay", tool, SECRET)
    body = json.dumps(event(tool, GOOD[tool][0])).encode()
    headers = by_standard(body, SECRET, str(int(time.time())), 1)
    assert door.client.post(f"/v1/webhooks/{tool}/relay", content=body, headers=headers).json() == ANSWER
    headers["webhook-timestamp"] = str(int(time.time()) - 400)
    assert door.client.post(f"/v1/webhooks/{tool}/relay", content=body, headers=headers).status_code == 401


@ALL
def test_what_cannot_sign_has_a_key_in_its_address(door: Door, tool: str) -> None:
    place = webhooks.create(door.workspace.records, "old", tool, None)
    body = json.dumps(event(tool, GOOD[tool][0])).encode()
    assert place.startswith("hlh_")
    assert door.client.post(f"/v1/webhooks/{tool}/old", content=body).status_code == 401
    assert door.client.post(f"/v1/webhooks/{tool}/{place}x", content=body).status_code == 401
    assert door.client.post(f"/v1/webhooks/{tool}/{place}", content=body).json() == ANSWER
    door.load()
    for file in door.workspace.root.rglob("*"):
        assert not file.is_file() or place.encode() not in file.read_bytes(), file


def test_a_delivery_that_comes_again_changes_nothing(door: Door) -> None:
    sender = Sender(door, "delighted")
    first = event("delighted", {**delighted.FIRST, "score": 5, "updated_at": 1740823300}, "a")
    second = event("delighted", {**delighted.FIRST, "score": 9, "updated_at": 1740823400}, "b")
    for one in (first, first, second):
        assert sender.push(one).json() == ANSWER
    assert inbox.count(door.workspace.records) == 2
    door.load()
    before = facts(door.workspace)
    # after it became facts, too, and after something newer came
    sender.push(first)
    door.load()
    assert facts(door.workspace) == before
    assert {row["value"] for row in before["survey_response"] if row["construct"] == "nps"} == {9.0}
    notes = [note for load in door.workspace.loads() for note in load["notes"]]
    assert not any("older" in note for note in notes)


def test_an_older_edition_that_comes_late_changes_nothing(door: Door) -> None:
    sender = Sender(door, "formbricks")
    whole = {**RESPONSE, "data": {"q1": 8, "q2": "All well"}}
    begun = {**RESPONSE, "finished": False, "updatedAt": "2025-03-01T10:01:00Z", "data": {"q1": 8}}
    sender.push({**FINISHED, "data": whole}, "new")
    door.load()
    before = facts(door.workspace)
    sender.push({**FINISHED, "event": "responseCreated", "data": begun}, "late")
    door.load()
    assert facts(door.workspace) == before
    assert before["interaction"][0]["outcome"] == "completed"
    # in one load as well, and a newer one does replace it
    chat = Sender(door, "chatwoot", "desk")
    gone = {**chatwoot.ASKED, "event": "message_updated", "content": "This message was deleted",
            "content_attributes": {"deleted": True}}  # fmt: skip
    chat.push(chatwoot.ASKED, 1)
    door.load()
    assert [row["text"] for row in door.rows("verbatim")] == [chatwoot.ASKED["content"]]
    chat.push(gone, 2)
    chat.push(chatwoot.ASKED, 3)
    door.load()
    assert door.rows("verbatim") == []


def test_a_conversation_grows_part_by_part(door: Door) -> None:
    """Intercom sends the conversation with the newest part each time, Chatwoot each message by itself."""
    parts = intercom.FIRST["conversation_parts"]["conversation_parts"]  # type: ignore[index,call-overload]
    sender = Sender(door, "intercom")
    for number, part in enumerate(parts):
        so_far = {**intercom.FIRST, "conversation_rating": None, "conversation_parts": {"conversation_parts": [part]}}
        sender.push(event("intercom", so_far, number))
        if number == 1:
            door.load()
    sender.push(event("intercom", {**intercom.FIRST, "conversation_parts": {"conversation_parts": []}}, "rated"))
    door.load()
    ids = {row["interaction_id"] for row in door.rows("interaction")}
    assert ids == {"intercom:900:m0", "intercom:900:p1", "intercom:900:p4"}
    assert [row["value"] for row in door.rows("survey_response")] == [4.0]
    pushed = facts(door.workspace)
    report = in_a_file(door.workspace, "intercom", [intercom.FIRST])
    assert (report.new, report.replaced) == (0, 0)
    assert facts(door.workspace) == pushed


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        ("typeform", {"event_id": "1", "event_type": "form_response_partial"}),
        ("intercom", {"type": "notification_event", "id": "n", "topic": "ping",
                      "data": {"type": "notification_event_data", "item": {"type": "ping", "message": "hi"}}}),
        ("intercom", {"type": "notification_event", "id": "n", "topic": "contact.created",
                      "data": {"item": {"type": "contact", "id": "1"}}}),
        ("chatwoot", chatwoot.RESOLVED),
        ("chatwoot", chatwoot.NOTE),
        ("chatwoot", {"event": "webwidget_triggered", "id": 1}),
        ("delighted", {"event_type": "unsubscribe.created", "event_id": "u", "event_data": {"person": {"id": "1"}}}),
        ("formbricks", {"event": "testEndpoint"}),
        ("trustpilot", {"events": [{"eventName": "service-review-deleted", "eventData": {"id": "1"}}]}),
        ("trustpilot", {"events": []}),
        ("posthog", {"event": "$pageview", "properties": {}}),
    ],
)  # fmt: skip
def test_what_is_not_loaded_is_acknowledged_counted_and_not_kept(door: Door, tool: str, given: Record) -> None:
    sender = Sender(door, tool)
    for number in (1, 1, 2):
        answer = sender.push({**given, "event_id": f"x{number}"}, number)
        assert (answer.status_code, answer.json()) == (200, {"success": True, "accepted": 0, "ignored": 1})
    assert all(one.arrival.body == b"" for one in inbox.waiting(door.workspace.records, 9, 1 << 20))
    door.load()
    (hook,) = webhooks.every(door.workspace.records)
    assert (hook.ignored in (1, 2), hook.taken) == (True, 0)
    assert facts(door.workspace) == {}
    assert door.workspace.quarantine() == []


def test_what_cannot_be_read_goes_to_the_quarantine(door: Door) -> None:
    sender = Sender(door, "typeform")
    good = event("typeform", typeforms.FIRST)
    timeless = event("typeform", {**typeforms.FIRST, "token": "a9", "landed_at": "soon", "submitted_at": None}, 2)
    for body in (b'{"event_id": ', b"[3]", b"\xff", json.dumps(good).encode(), json.dumps(timeless).encode()):
        assert sender.push(body).json() == ANSWER
    assert door.load() == 5
    aside = door.workspace.quarantine()
    assert {row["file"] for row in aside} == {"live/typeform/spring"}
    assert sum(row["column"] == "(row)" for row in aside) == 3
    assert {row["column"] for row in aside} == {"(row)", "occurred_at", "answered_at"}
    assert {row["interaction_id"] for row in door.rows("interaction")} >= {"typeform:a1"}
    # a row of a delivery is mended as one of a file is: by the mapping of its tool
    rooms = (door.workspace.records, door.workspace.facts, door.workspace.settings)
    file = door.workspace.root / "mend.jsonl"
    export_quarantine(door.workspace.records, file)
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    for row in rows:
        if row["_column"] != "(row)":
            row["Answered at"] = "2025-03-01T10:01:30Z"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert replay_quarantine(*rooms, file).mended >= 1
    assert "typeform:a9" in {row["interaction_id"] for row in door.rows("interaction")}


def test_too_much_is_refused(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = Sender(door, "typeform")
    large = json.dumps({"event_id": "1", "words": "x" * delivery.HOOK_BYTES}).encode()
    assert sender.push(large).status_code == 413

    def busy(_found: object) -> None:
        raise commits.Busy

    with monkeypatch.context() as patched:
        patched.setattr(door.committer, "put", busy)
        answer = sender.push(event("typeform", typeforms.FIRST))
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert inbox.count(door.workspace.records) == 0
    assert sender.push(event("typeform", typeforms.FIRST)).json() == ANSWER


def test_an_address_is_tried_before_it_is_saved(door: Door) -> None:
    for place in ("spring", "nobody"):
        assert door.client.head(f"/v1/webhooks/intercom/{place}").status_code == 200
    assert door.client.get("/v1/webhooks/intercom/spring").status_code == 405


def test_a_mapping_of_the_workspaces_own_goes_first(door: Door) -> None:
    answer = {"field": {"id": "f9", "ref": "mood", "type": "opinion_scale"}, "type": "number", "number": 4}
    sender = Sender(door, "typeform")
    sender.push(event("typeform", {**typeforms.FIRST, "answers": [answer]}, 1))
    door.load()
    assert door.rows("survey_response") == []
    assert "mood looks like a score" in " ".join(door.workspace.loads()[0]["notes"])
    folder = door.workspace.root / "webhooks"
    folder.mkdir()
    told = EXPORTS["typeform"].told({"questions": {"mood": "csat 1 to 5"}})
    (folder / "spring.toml").write_text(toml_text(told), encoding="utf-8")
    sender.push(event("typeform", {**typeforms.FIRST, "answers": [answer], "tags": ["again"]}, 2))
    door.load()
    assert [(row["construct"], row["value"]) for row in door.rows("survey_response")] == [("csat", 4.0)]
    (folder / "spring.toml").write_text('[file]\nexport = "zendesk"\n[[table]]\nname = "customer"\n'
                                        '[table.columns]\ncustomer_id = "id"\n', encoding="utf-8")  # fmt: skip
    sender.push(event("typeform", typeforms.SECOND, 3))
    with pytest.raises(MappingError, match="no mapping of what a webhook sends"):
        door.load()
    assert inbox.count(door.workspace.records) == 1


def test_two_tools_and_events_in_one_load(door: Door) -> None:
    Sender(door, "typeform").records(GOOD["typeform"])
    Sender(door, "chatwoot", "desk").records(GOOD["chatwoot"])
    door.batch({"type": "page", "anonymousId": "a", "messageId": "m", "name": "Home"})
    assert door.load() == 6
    report = door.workspace.loads()[0]
    assert set(report["files"]) == {"live/shop", "live/typeform/spring", "live/chatwoot/desk"}
    assert {row["source"] for row in door.rows("survey_response")} == {"live/typeform/spring", "live/chatwoot/desk"}


def test_the_secret_is_read_by_its_owner_only_and_is_never_told(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sender = Sender(door, "intercom", secret="a client secret of 32 letters ..")
    sender.records(GOOD["intercom"])
    sender.push(b"{", x_hub_signature="sha1=0")
    door.load()
    root = door.workspace.root
    assert {file.stat().st_mode & 0o777 for file in root.glob("records.db*")} == {0o600}
    holders = {file.name for file in root.rglob("*") if file.is_file() and sender.secret.encode() in file.read_bytes()}
    assert holders <= {"records.db", "records.db-wal"}
    (hook,) = webhooks.every(door.workspace.records)
    assert sender.secret not in repr(hook) + caplog.text
    assert webhooks.revoke(door.workspace.records, "spring")
    assert not webhooks.revoke(door.workspace.records, "spring")
    (hook,) = webhooks.every(door.workspace.records)
    assert hook.secret is None


def test_names_are_shared_with_write_keys(door: Door) -> None:
    with pytest.raises(AccessError, match="a key shop already"):
        webhooks.create(door.workspace.records, "shop", "typeform", SECRET)
    webhooks.create(door.workspace.records, "spring", "typeform", SECRET)
    with pytest.raises(AccessError, match="a key spring already"):
        webhooks.create(door.workspace.records, "spring", "intercom", SECRET)
    webhooks.revoke(door.workspace.records, "spring")
    webhooks.create(door.workspace.records, "spring", "intercom", SECRET)
    with pytest.raises(AccessError, match="no name of a key"):
        webhooks.create(door.workspace.records, "../spring", "intercom", SECRET)


def test_whatever_is_signed_is_taken_and_stops_nobody(door: Door) -> None:
    chance = random.Random(4)
    senders = [Sender(door, tool, f"h-{tool}") for tool in TOOLS]
    for sender in senders:
        body = json.dumps(event(sender.tool, GOOD[sender.tool][0])).encode()
        for number in range(12):
            at = chance.randrange(len(body))
            broken = body[:at] + chance.randbytes(2) + body[at + chance.randrange(3) :]
            assert sender.push(broken, f"b{number}").status_code == 200
        assert sender.push(event(sender.tool, GOOD[sender.tool][0], "good"), "good").status_code == 200
    door.load()
    assert inbox.count(door.workspace.records) == 0
    told = {row["source"] for row in door.rows("interaction")}
    assert {f"live/{tool}/h-{tool}" for tool in TOOLS} <= told
