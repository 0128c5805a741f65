"""What a call becomes: clocks set right, people tied together, the events file followed, nothing breaks the way in."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.live.conftest import AT

from heartline.ingest import export_quarantine, replay_quarantine
from heartline.live import people
from heartline.live.call import Call, happened, read_call
from heartline.live.event_map import load_event_map, plain
from heartline.live.rows import interaction, purchase
from heartline.records import inbox, quarantine
from heartline.sources.identifiers import identifier_hash
from heartline.sources.own_rows import import_columns
from heartline.tables import table

if TYPE_CHECKING:
    from tests.live.conftest import Door

EVENTS = load_event_map()
RECEIVED = "2026-06-01T12:00:00.000000+00:00"


def call(**body: Any) -> Call:
    found = read_call(json.dumps(body).encode(), "", body.get("messageId", "m"), RECEIVED, None)
    assert isinstance(found, Call)
    return found


@pytest.mark.parametrize(
    ("stamped", "sent", "expected"),
    [
        # the sender's clock is two hours behind: what happened five minutes before sending, did so by our clock too
        ("2026-06-01T09:55:00Z", "2026-06-01T10:00:00Z", "2026-06-01T11:55:00.000000+00:00"),
        ("2026-06-01T11:55:00+02:00", "2026-06-01T10:00:00Z", "2026-06-01T11:55:00.000000+00:00"),
        ("2026-06-01T09:55:00Z", None, "2026-06-01T09:55:00Z"),
        ("2026-06-01T09:55:00", "2026-06-01T10:00:00Z", "2026-06-01T09:55:00"),
        ("yesterday", "2026-06-01T10:00:00Z", "yesterday"),
        (None, "2026-06-01T10:00:00Z", RECEIVED),
        ("9999-12-31T23:59:59Z", "2026-06-01T10:00:00Z", "9999-12-31T23:59:59Z"),
    ],
)
def test_clocks_are_set_right(stamped: str | None, sent: str | None, expected: str) -> None:
    assert happened(stamped, sent, RECEIVED) == expected


def test_a_retry_with_a_later_sending_says_nearly_the_same_time() -> None:
    stamped = "2026-06-01T09:55:00+00:00"
    first = happened(stamped, "2026-06-01T10:00:00+00:00", "2026-06-01T10:00:01+00:00")
    again = happened(stamped, "2026-06-01T10:30:00+00:00", "2026-06-01T10:30:01+00:00")
    assert first == again


def test_who_a_call_is_of() -> None:
    assert call(type="page", userId="u", anonymousId="a").customer_id == "u"
    assert call(type="page", userId=None, anonymousId="a").customer_id == "anon:a"
    assert call(type="page", userId=7).customer_id == "7"
    assert call(type="page", userId="  ").customer_id is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"type": "track", "event": "Product Viewed"}, ("product_page", "consideration", "visit", None, "web")),
        ({"type": "track", "event": "coupon_denied"}, ("discount_code", "purchase", "code", "failed", "web")),
        ({"type": "track", "event": "Tea Poured!"}, ("tea_poured", None, "tea_poured", None, "web")),
        ({"type": "track", "event": "買った"}, ("買った", None, "買った", None, "web")),
        ({"type": "track", "event": "!"}, ("!", None, None, None, "web")),
        ({"type": "page", "name": "Our Shops"}, ("our_shops", None, "page_view", None, "web")),
        ({"type": "page"}, ("page", None, "page_view", None, "web")),
        ({"type": "screen", "name": None}, ("screen", None, "page_view", None, "app")),
        ({"type": "group", "groupId": "g"}, ("account", None, "group", None, "web")),
        ({"type": "heartbeat"}, ("heartbeat", None, "heartbeat", None, "web")),
        ({"type": "x", "context": {"library": {"name": "analytics-ios"}}}, ("x", None, "x", None, "app")),
        ({"type": "track", "event": "X", "properties": {"channel": "store"}}, ("x", None, "x", None, "store")),
    ],
)  # fmt: skip
def test_what_an_event_becomes(body: dict[str, Any], expected: tuple[str | None, ...]) -> None:
    row = interaction(call(userId="u", timestamp=AT, **body), EVENTS)
    assert row is not None
    assert tuple(row.get(name) for name in ("touchpoint", "stage", "kind", "outcome", "channel")) == expected
    assert set(row) <= set(import_columns(table("interaction")))


def test_an_order_is_a_purchase_as_well() -> None:
    said = {"order_id": "o1", "total": 30, "subtotal": 20.5, "currency": "EUR", "products": [{"sku": "s"}]}
    made = call(type="track", event="Order Completed", userId="u", properties=said)
    row = purchase(made, EVENTS.rule("track", "Order Completed"), "app")
    assert row is not None
    assert (row["purchase_id"], row["revenue"], row["currency"], row["channel"]) == ("o1", "20.5", "EUR", "app")
    assert json.loads(str(row["products"])) == [{"sku": "s"}]
    nameless = call(type="track", event="Order Completed", userId="u", properties={"total": 3}, messageId="m9")
    row = purchase(nameless, EVENTS.rule("track", "Order Completed"))
    assert row is not None
    assert (row["purchase_id"], row["revenue"]) == ("m9", "3")
    assert purchase(made, EVENTS.rule("track", "Product Viewed")) is None


def test_words_and_ratings_come_along(door: Door) -> None:
    said = {"review_body": "Lovely cups", "rating": 5, "product_id": "p"}
    door.batch({"type": "track", "event": "Product Reviewed", "messageId": "r", "userId": "u", "timestamp": AT,
                "properties": said})  # fmt: skip
    door.load()
    row = door.row("interaction", interaction_id="r")
    assert (row["rating"], row["rating_min"], row["rating_max"]) == (5, 1, 5)
    assert "Lovely" not in row["properties"]
    assert [one["text"] for one in door.rows("verbatim")] == ["Lovely cups"]


def test_a_later_identify_ties_the_earlier_visits(door: Door) -> None:
    cookie = str(identifier_hash("cookie", "a1"))

    def met() -> dict[str, tuple[str, str]]:
        rows = [row for row in door.rows("identity") if row["value_hash"] == cookie]
        assert all(row["reversible"] for row in rows)
        return {row["customer_id"]: (row["matched_by"], str(row["seen_at"])) for row in rows}

    door.batch({"type": "page", "anonymousId": "a1", "messageId": "m1", "timestamp": AT})
    door.load()
    assert list(met()) == ["anon:a1"]
    door.batch({"type": "identify", "anonymousId": "a1", "userId": "u1", "messageId": "m2", "timestamp": AT,
                "traits": {"email": "Ann@Example.org", "firstName": "Ann", "lastName": "Lee"}})  # fmt: skip
    door.load()
    tied = met()
    assert {name: rule for name, (rule, _) in tied.items()} == {"anon:a1": "given", "u1": "same_call"}
    # signed out, and in again a day later: what is known already is known since the first time
    door.batch(
        {"type": "page", "anonymousId": "a1", "messageId": "m3", "timestamp": "2026-07-01T00:00:00Z"},
        {"type": "page", "anonymousId": "a1", "userId": "u1", "messageId": "m3b", "timestamp": "2026-07-01T00:00:00Z"},
    )
    door.load()
    assert door.row("interaction", interaction_id="m3")["customer_id"] == "anon:a1"
    assert met() == tied
    # a second user of the same device
    door.batch({"type": "page", "anonymousId": "a1", "userId": "u9", "messageId": "m4", "timestamp": AT})
    door.load()
    assert set(met()) == {"anon:a1", "u1", "u9"}
    door.batch({"type": "alias", "userId": "u2", "previousId": "u1", "messageId": "m5", "timestamp": AT},
               {"type": "alias", "userId": "u2", "previousId": "u2", "messageId": "m6", "timestamp": AT})  # fmt: skip
    door.load()
    assert door.row("identity", kind="alias")["customer_id"] == "u2"
    assert door.row("identity", kind="alias")["value_hash"] == identifier_hash("alias", "u1")


def test_traits_add_up(door: Door) -> None:
    def identify(number: int, **traits: Any) -> dict[str, Any]:
        at = f"2026-06-0{number}T00:00:00Z"
        return {"type": "identify", "userId": "u1", "messageId": f"m{number}", "timestamp": at, "traits": traits}

    door.batch(identify(3, name="Ann", email="a@b.org", plan="gold", team="x"))
    door.load()
    door.batch(
        identify(4, phone="+49 30 12345", plan="silver"), identify(5, team=None, createdAt="2026-01-01T00:00:00Z")
    )
    door.load()
    row = door.row("customer", customer_id="u1")
    assert (row["name"], row["email"], row["phone"]) == ("Ann", "a@b.org", "+49 30 12345")
    assert json.loads(row["traits"]) == {"plan": "silver"}
    assert str(row["first_seen_at"]) == "2026-01-01 00:00:00"
    assert {one["kind"] for one in door.rows("identity")} == {"email", "phone"}


def test_bad_events_go_to_the_quarantine_and_can_be_mended(door: Door) -> None:
    answer = door.batch(
        {"type": "track", "event": "Seen", "messageId": "good", "userId": "u", "timestamp": AT},
        {"type": "track", "event": "Seen", "messageId": "of nobody", "timestamp": AT},
        {"type": "track", "messageId": "of nothing", "userId": "u", "timestamp": AT},
        {"type": "track", "event": "Seen", "messageId": "never", "userId": "u", "timestamp": "soon"},
        {"event": "Seen", "messageId": "typeless", "userId": "u"},
        "text", None, {"type": "track", "event": "x" * (32 << 10), "userId": "u", "messageId": "large"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["accepted"]) == (200, 8)
    door.load()
    assert [row["interaction_id"] for row in door.rows("interaction")] == ["good"]
    bad = door.workspace.quarantine()
    assert sorted(row["column"] for row in bad) == ["(row)"] * 4 + ["customer_id", "occurred_at", "touchpoint"]
    # sent again they are the same rows
    door.batch({"type": "track", "event": "Seen", "messageId": "never", "userId": "u", "timestamp": "soon"}, "text")
    door.load()
    again = door.workspace.quarantine()
    assert sum(row["column"] == "(row)" for row in again) == 4

    rooms = (door.workspace.records, door.workspace.facts, door.workspace.settings)
    file = door.workspace.root / "mend.jsonl"
    export_quarantine(door.workspace.records, file)
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    for row in rows:
        if row["_column"] == "customer_id":
            row["customer_id"] = "u7"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert replay_quarantine(*rooms, file).mended == 1
    assert door.row("interaction", interaction_id="of nobody")["customer_id"] == "u7"


# --- whatever comes

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
    | st.sampled_from([AT, "u1", "a1", "Order Completed", "\ud800", "\0", "1e999", 10**40]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
NAMES = ("type", "event", "userId", "anonymousId", "messageId", "timestamp", "sentAt", "properties", "traits",
         "context", "name", "previousId", "groupId")  # fmt: skip
EVENT = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8)
TYPED = st.builds(
    lambda kind, event: {**event, "type": kind}, st.sampled_from(["track", "identify", "page", "alias", "x"]), EVENT
)


@given(TYPED | EVENT)
def test_a_call_is_rows_or_a_fault_and_never_breaks(event: dict[str, Any]) -> None:
    found = read_call(json.dumps(event).encode(), "", "m", RECEIVED, AT)
    if not isinstance(found, Call):
        assert found.reason
        return
    try:
        row = interaction(found, EVENTS)
        told = people.told(found, None)
    except (ValueError, OverflowError):
        return  # the collector makes a fault of it
    assert row is not None
    assert row["interaction_id"] == "m"
    assert set(row) <= set(import_columns(table("interaction")))
    assert all(value is None or isinstance(value, str) for value in row.values())
    assert isinstance(msgspec.json.decode(str(row["properties"])), dict)
    if told is not None:
        assert told["customer_id"] == found.customer_id


def test_one_unwritable_value_does_not_take_the_batch_with_it(door: Door) -> None:
    events = [{"type": "page", "userId": "u", "messageId": f"m{n}", "properties": {"n": v}}
              for n, v in enumerate((1, float("nan"), "\ud800", float("inf")))]  # fmt: skip
    assert door.batch(*events).status_code == 200
    assert door.post("/v1/batch", b'{"batch": [{"type": "page", "userId": "\xff"}, {"type": "page", "userId": "u"}]}')
    door.load()
    kept = {row["interaction_id"]: json.loads(row["properties"]) for row in door.rows("interaction")}
    assert {name: kept[name] for name in ("m0", "m1", "m3")} == {"m0": {"n": 1}, "m1": {"n": None}, "m3": {"n": None}}
    assert (len(kept), len(door.workspace.quarantine())) == (4, 2)


@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    max_examples=20,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(batch=st.lists(TYPED | EVENT | VALUES, max_size=10))
def test_whatever_is_sent_is_a_fact_or_in_quarantine(door: Door, batch: list[Any]) -> None:
    named = [{**one, "messageId": uuid.uuid4().hex} if isinstance(one, dict) else one for one in batch]
    assert door.batch(*named).status_code == 200
    door.load()
    assert inbox.count(door.workspace.records) == 0
    facts = {row["interaction_id"] for row in door.rows("interaction")}
    aside = " ".join(json.dumps(row.raw) for row in quarantine.rows(door.workspace.records))
    for one in named:
        if isinstance(one, dict):
            assert one["messageId"] in facts or one["messageId"] in aside


@pytest.mark.parametrize(
    "body",
    [b'{"type":"page","userId":"u","properties":{"n":' + b"1" * 6000 + b"}}", b'{"type":"page","userId":"\\ud800"}',
     b'{"type":"page","userId":"\xff"}', b'{"type":"page","userId":"a\\u0000b","messageId":"c\\u0000"}',
     b'{"type":"page","userId":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
     b'{"type":"page","userId":"u","messageId":"' + b"i" * 5000 + b'"}',
     b'{"type":"identify","userId":"u","traits":{"n":' + b"1" * 6000 + b"}}"],
)  # fmt: skip
def test_what_no_table_can_hold_stops_nobody_else(door: Door, body: bytes) -> None:
    good = b'{"type":"page","userId":"u1","messageId":"good"}'
    answer = door.post("/v1/batch", b'{"batch":[' + body + b"," + good + b"]}")
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert door.load() == 2
        assert "good" in {row["interaction_id"] for row in door.rows("interaction")}
        assert len(door.rows("interaction")) + len(door.workspace.quarantine()) == 2


def test_plain_names() -> None:
    assert [plain(name) for name in ("Order Completed", "order_completed", " ORDER-completed ")] == [
        "order_completed"
    ] * 3
