"""Whatever is sent: no 500, every refusal a problem that says what is wrong, and what was acknowledged is kept.

The suite sends some hundred requests of each kind; ``HEARTLINE_FUZZ=5000`` sends five thousand.
"""

from __future__ import annotations

import gzip
import json
import os
import uuid
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.python import asgi
from sqlalchemy import text
from tests.live.conftest import AT, basic

from heartline.live.arrivals import CALL_BYTES, ROW_BYTES, TABLES
from heartline.live.event_map import CALLS
from heartline.records import quarantine
from heartline.sources.own_rows import import_columns

if TYPE_CHECKING:
    from tests.live.conftest import Door

EXAMPLES = int(os.environ.get("HEARTLINE_FUZZ", "120"))
often = settings(
    max_examples=EXAMPLES, phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture,
                           HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip
REFUSALS = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429)
SECRET = "Zephyrine murmured"


def is_sound(answer: Any) -> None:
    """An answer of the door: taken, or a problem in the one shape, without a word of the sender."""
    if answer.status_code == 200:
        return
    assert answer.status_code in REFUSALS, answer.status_code
    assert answer.headers["content-type"] == "application/problem+json"
    if answer.request.method != "HEAD":
        told = answer.json()
        assert told["status"] == answer.status_code
        assert told["title"]
        assert told["detail"]
        assert "Zephyrine" not in json.dumps(told)


# --- what the description promises

LEFT_OUT = (
    "negative_data_rejection",  # an event that is no good is taken and set aside: senders drop a batch that is refused
)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["sound", "unsound"])
def test_it_answers_as_its_description_says(door: Door, mode: GenerationMode) -> None:
    app = door.client.app
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations()]
    left_out = [schemathesis.checks.CHECKS.get_one(name) for name in LEFT_OUT]
    accepted = schemathesis.checks.CHECKS.get_one("positive_data_acceptance")
    headers = {"Authorization": basic(door.key)["authorization"]}
    tried = 0
    with asgi.get_client(app) as session:
        for operation in operations:
            webhook = operation.path.startswith("/v1/webhooks/")
            if mode is GenerationMode.NEGATIVE and (webhook or operation.method != "post"):
                continue  # of what may be anything nothing can be wrong

            @settings(often, max_examples=max(EXAMPLES // len(operations), 4))
            @given(operation.as_strategy(generation_mode=mode))
            def sends(case: schemathesis.Case) -> None:
                # an event in binary mode stands in its headers, of which no schema can say when they are needed
                binary = case.path == "/v1/cloudevents" and case.media_type == "application/json"
                excluded = [*left_out, accepted] if binary else left_out
                case.call_and_validate(session=session, headers=headers, excluded_checks=excluded)

            sends()
            tried += 1
    assert tried >= len(CALLS) + len(TABLES) + 2
    door.load()


# --- any request at all

SCALARS: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from([AT, "u1", "\0", "\ud800", 10**40, "x" * 3000, 1e308, "Order Completed", "1", "2026-13", SECRET])
)  # fmt: skip
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
PATHS = [*(f"/v1/{kind}" for kind in CALLS), "/v1/batch", "/v1/cloudevents", *(f"/v1/tables/{name}" for name in TABLES)]
HOOKS = ["/v1/webhooks/typeform/shop", "/v1/webhooks/hubspot/shop", "/v1/webhooks/nobody/x", "/v1/webhooks/typeform/"]
ODD_PATHS = ["/v1/", "/v1/tables/", "/v1/tables/feeling", "/v1/batch/", "/v1/b%61tch", "/v1/tables/..%2f..", "/v1/%00"]
TYPES = ["application/json", "text/plain", "application/cloudevents+json", "application/cloudevents-batch+json", "",
         "application/x-ndjson", "application/json; charset=utf-16", "multipart/form-data", "/", "a" * 500]  # fmt: skip


def _dumped(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")


def _cut(body: bytes, at: int) -> bytes:
    return body[: at % (len(body) + 1)]


def _packed(body: bytes, how: int) -> bytes:
    packed = gzip.compress(body)
    return (packed, packed[:-4], packed + b"rest", packed + packed, packed[:10] + b"\xff" + packed[11:], body,
            b"\x1f\x8b", gzip.compress(packed), gzip.compress(b"") * 40)[how]  # fmt: skip


BODIES = (
    st.binary(max_size=300) | JSON.map(_dumped)
    | st.lists(JSON, max_size=4).map(lambda many: b"\n".join(map(_dumped, many)))
    | JSON.map(lambda one: _dumped({"batch": one})) | st.builds(_cut, JSON.map(_dumped), st.integers(0, 200))
    | st.sampled_from([b"[" * 20_000, b'{"a":' * 20_000, b'{"batch":' + b"[" * 5000 + b"]" * 5000 + b"}",
                       b"\xff\xfe{\0}\0", b'{"batch": [{"type": "track", "n": ' + b"9" * 6000 + b"}]}",
                       b"null", b"", b'{"batch": [NaN]}'])
)  # fmt: skip
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "content-type": st.sampled_from(TYPES),
        "content-encoding": st.sampled_from(["gzip", "GZIP ", "identity", "br", "gzip, gzip", "x-gzip", "", "\t"]),
        "ce-id": st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=9),
        "ce-source": st.sampled_from(["/x", "%ff", "%F0%9F", ""]), "ce-type": st.sampled_from(["t", "", "%00"]),
        "ce-specversion": st.sampled_from(["1.0", "0.3", ""]), "ce-time": st.sampled_from([AT, "now"]),
        "accept": st.sampled_from(["text/html", "*/*"]), "x-forwarded-for": st.just("' or 1=1 --"),
        "typeform-signature": st.sampled_from(["sha256=x", "sha256=", "\xff"]),
        "x-hubspot-signature-v3": st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=9),
        "x-hubspot-request-timestamp": st.sampled_from(["0", "-1", "nan", "9" * 400, ""]),
    },
)  # fmt: skip
KEYS = st.sampled_from(["key", "key", "key", "bearer", "none", "wrong", "odd", "long", "not base64", "no ascii"])


def _authorization(which: str, key: str) -> dict[str, Any]:
    given = {
        "key": basic(key), "bearer": {"authorization": f"Bearer {key}"}, "none": {}, "wrong": basic("hlw_wrong"),
        "odd": {"authorization": "Basic"}, "long": basic("k" * 9000), "not base64": {"authorization": "Basic ???"},
        "no ascii": {"authorization": b"Basic \xff\xfe"},
    }[which]  # fmt: skip
    return dict(given)


@often
@given(
    method=st.sampled_from(["POST"] * 12 + ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE"]),
    path=st.sampled_from([*PATHS, *PATHS, *HOOKS, *ODD_PATHS]), body=BODIES, how=st.integers(0, 8), headers=HEADERS,
    which=KEYS,
)  # fmt: skip
def test_any_request_is_taken_or_refused_in_one_shape(
    door: Door, method: str, path: str, body: bytes, how: int, headers: dict[str, str], which: str
) -> None:
    if headers.get("content-encoding", "").strip().lower() == "gzip":
        body = _packed(body, how)
    sent = {name: value.encode("latin-1") for name, value in headers.items()} | _authorization(which, door.key)
    answer = door.client.request(method, path, content=body, headers=sent)
    is_sound(answer)
    if which not in ("key", "bearer") and answer.status_code == 200:
        # a key inside the body is one as well; nobody can guess it
        assert path in HOOKS
        assert method != "POST"


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/tables/interaction"])
def test_gzip_that_holds_far_more_than_it_says(door: Door, path: str) -> None:
    most = CALL_BYTES if path == "/v1/batch" else ROW_BYTES
    for held in (bytes(50 << 20), b" " * (most + 1), b"[" * (50 << 20)):
        answer = door.post(path, gzip.compress(held, 1), content_encoding="gzip")
        assert answer.status_code == 413
        is_sound(answer)
    assert door.post(path, b"x" * (most + 1)).status_code == 413


# --- what was acknowledged is there

KEY_OF = {
    "interaction": "interaction_id", "purchase": "purchase_id", "customer": "customer_id", "option": "option_id",
    "survey_response": "response_id", "identity": "customer_id", "referral": "referred_id", "spend": "touchpoint",
    "funnel": "funnel", "initiative": "initiative_id", "subscription": "subscription_id",
    "team_pulse": "team", "walk": "walk_id", "walk_step": "interaction_id", "walk_guess": "guess_id",
}  # fmt: skip
EVENTS = st.dictionaries(
    st.sampled_from(["event", "userId", "anonymousId", "timestamp", "sentAt", "properties", "traits", "context", "name",
                     "previousId", "groupId", "integrations", "\0", "é"]), JSON, max_size=6,
)  # fmt: skip


def _known(door: Door) -> tuple[set[str], str]:
    """Ids in the facts, and everything in the quarantine as one text."""
    found: set[str] = set()
    for name, column in KEY_OF.items():
        found.update(row[column] for row in door.rows(name))
    aside = "\n".join(json.dumps(row.raw) for row in quarantine.rows(door.workspace.records))
    return found, aside


def _missing(door: Door, acknowledged: list[str]) -> list[str]:
    door.load()
    found, aside = _known(door)
    return [key for key in acknowledged if key not in found and key not in aside]


def test_every_acknowledged_event_is_kept(door: Door) -> None:
    acknowledged: list[str] = []

    @often
    @given(kind=st.sampled_from([*CALLS, "x", ""]), events=st.lists(EVENTS, min_size=1, max_size=5), one=st.booleans())
    def sends(kind: str, events: list[dict[str, Any]], one: bool) -> None:
        named = [{**event, "type": kind, "messageId": f"m-{uuid.uuid4().hex}"} for event in events]
        answer = door.post(f"/v1/{kind}", _dumped(named[0])) if one and kind in CALLS else door.batch(*named)
        is_sound(answer)
        if answer.status_code == 200:
            kept = named[:1] if one and kind in CALLS else named
            assert answer.json()["accepted"] == len(kept)
            acknowledged.extend(event["messageId"] for event in kept)

    sends()
    assert len(acknowledged) > EXAMPLES
    assert _missing(door, acknowledged) == []
    _nothing_waits(door)


def test_every_acknowledged_row_is_kept(door: Door) -> None:
    acknowledged: list[str] = []

    @often
    @given(st.data(), st.sampled_from(sorted(TABLES)), st.integers(1, 4), st.booleans())
    def sends(data: st.DataObject, name: str, count: int, lines: bool) -> None:
        columns = st.dictionaries(
            st.sampled_from([*import_columns(TABLES[name]), "more", "\0", "Ü ü"]), JSON, max_size=8
        )
        rows = [data.draw(columns) | {KEY_OF[name]: f"r-{uuid.uuid4().hex}"} for _ in range(count)]
        body = b"\n".join(map(_dumped, rows)) if lines else _dumped(rows)
        answer = door.post(f"/v1/tables/{name}", body)
        is_sound(answer)
        if answer.status_code == 200:
            assert answer.json()["accepted"] == count
            acknowledged.extend(row[KEY_OF[name]] for row in rows)

    sends()
    assert acknowledged
    assert _missing(door, acknowledged) == []
    _nothing_waits(door)


def test_every_acknowledged_cloud_event_is_kept(door: Door) -> None:
    acknowledged: list[str] = []

    @often
    @given(events=st.lists(EVENTS, min_size=1, max_size=3), data=JSON)
    def sends(events: list[dict[str, Any]], data: Any) -> None:
        named = [
            {**event, "id": uuid.uuid4().hex, "source": "/s", "specversion": "1.0", "type": "t", "data": data}
            for event in events
        ]
        answer = door.post("/v1/cloudevents", _dumped(named), content_type="application/cloudevents-batch+json")
        is_sound(answer)
        if answer.status_code == 200:
            acknowledged.extend(event["id"] for event in named)

    sends()
    assert acknowledged
    door.load()
    found, aside = _known(door)
    there = {key.rpartition("#")[2] for key in found}
    assert [key for key in acknowledged if key not in there and key not in aside] == []


def _nothing_waits(door: Door) -> None:
    with door.workspace.records.reading() as connection:
        assert connection.execute(text("select count(*) from inbox")).scalar_one() == 0


def test_rows_that_each_have_names_of_their_own_do_not_fill_the_memory(door: Door) -> None:
    rows = [{"interaction_id": f"i{n}", "customer_id": "c", "occurred_at": AT, "channel": "web", "touchpoint": "t",
             f"k{n}": n} for n in range(6000)]  # fmt: skip
    assert door.post("/v1/tables/interaction", rows).status_code == 200
    assert door.load() == len(rows)
    assert len(door.rows("interaction")) == len(rows)
