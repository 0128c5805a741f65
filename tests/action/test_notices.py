"""What may be told, to whom, what became of it, and what is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.action.loopback import BareHouse, Loopback, answer, bare_house
from tests.action.small_house import SmallHouse

from heartline.action.answer import TAKEN, Answer
from heartline.action.channels import desk_of
from heartline.action.message import link
from heartline.action.notices import Notices
from heartline.action.retries import Retries, retries_of
from heartline.action.sending import Sent
from heartline.action.telling import tell
from heartline.errors import NoticeError
from heartline.records import notices as outbox
from heartline.records import receivers
from heartline.records.cases import Case
from heartline.settings import load_settings

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[BareHouse]:
    with bare_house(tmp_path) as made:
        yield made


@pytest.fixture
def notices(bare: BareHouse) -> Notices:
    return Notices(bare)


@pytest.mark.parametrize(
    ("topic", "body", "said"),
    [
        ("case.opened", {"case_id": "C-1", "text": "what the customer wrote"}, "may not say text"),
        ("case.opened", {"action": "called her", "name": "Ada"}, "may not say action, name"),
        ("case.forgotten", {}, "no topic"),
        ("brief", {"lines": ["x" * 20_000]}, "too long"),
    ],
)
def test_what_a_notice_may_not_say(notices: Notices, topic: str, body: dict[str, object], said: str) -> None:
    with pytest.raises(NoticeError, match=said) as caught:
        notices.tell(topic, body, "key")
    assert "customer wrote" not in str(caught.value)


def test_who_is_told(notices: Notices) -> None:
    notices.add_webhook("all", "https://a.example/")
    notices.add_webhook("briefs", "https://b.example/", topics=("brief", "case.closed"))
    notices.add_webhook("care", "https://c.example/", teams=("care",))
    told = {
        "case.opened": {"case_id": "C-1", "team": "care"}, "case.closed": {"case_id": "C-1", "team": "sales"},
        "brief": {"title": "Brief"},
    }  # fmt: skip
    for topic, body in told.items():
        notices.tell(topic, body, "k")
    by_receiver: dict[str, set[str]] = {}
    for one in notices.log():
        by_receiver.setdefault(one.receiver, set()).add(one.topic)
    assert by_receiver == {
        "all": set(told), "briefs": {"brief", "case.closed"}, "care": {"case.opened", "brief"}
    }  # fmt: skip


def test_a_receiver_is_told_only_of_what_comes_after_it(notices: Notices) -> None:
    assert notices.tell("brief", {"title": "Brief"}, "one") == 0
    notices.add_webhook("late", "https://a.example/")
    assert notices.tell("brief", {"title": "Brief"}, "two") == 1
    assert [one.told_as for one in notices.log()] == ["two"]


def test_ids_survive_a_backup_and_differ_between_receivers(notices: Notices, bare: BareHouse) -> None:
    for name in ("one", "two"):
        notices.add_webhook(name, "https://a.example/")
    notices.tell("brief", {"title": "Brief"}, "k", AT)
    before = {one.receiver: one.notice_id for one in notices.log()}
    assert len(set(before.values())) == 2
    with bare.records.writing() as connection:
        connection.exec_driver_sql("delete from notice")  # as after a backup of before it was told
    notices.tell("brief", {"title": "Brief"}, "k", AT + timedelta(days=1))
    assert {one.receiver: one.notice_id for one in notices.log()} == before
    notices.remove("one")
    notices.add_webhook("one", "https://a.example/")
    notices.tell("brief", {"title": "Brief"}, "k", AT)
    assert notices.log(receiver="one")[0].notice_id not in before.values()


def test_a_receiver_that_is_removed_leaves_nothing_behind(notices: Notices, bare: BareHouse) -> None:
    notices.add_slack("channel", "https://hooks.example/services/T0/B0/sesame")
    notices.tell("brief", {"title": "Brief"}, "k")
    assert "sesame" not in repr(notices.receivers())
    assert notices.remove("channel") == 1
    assert notices.receivers() == []
    assert notices.deliver(post=lambda *_: TAKEN) == Sent()
    with bare.records.reading() as connection:
        assert "sesame" not in str(connection.exec_driver_sql("select * from receiver").all())
    with pytest.raises(NoticeError, match="no receiver channel"):
        notices.remove("channel")


def test_what_was_switched_off_waits(notices: Notices) -> None:
    notices.add_webhook("shop", "https://a.example/")
    notices.switch("shop", on=False)
    notices.tell("brief", {"title": "Brief"}, "k")
    assert notices.deliver(post=lambda *_: TAKEN) == Sent()
    notices.switch("shop", on=True)
    assert notices.deliver(post=lambda *_: TAKEN) == Sent(taken=1)


def test_replays(notices: Notices) -> None:
    for name in ("one", "two"):
        notices.add_webhook(name, f"https://{name}.example/")
    for day in range(3):
        notices.tell("brief", {"title": "Brief"}, f"day {day}", AT + timedelta(days=day))
    now = AT + timedelta(days=3)
    assert notices.deliver(now, lambda *_: TAKEN) == Sent(taken=6)
    assert notices.replay(receiver="one", now=now) == 0, "what was taken is not sent again unless that is asked for"
    assert notices.replay(receiver="one", since=AT + timedelta(days=1), delivered_too=True, now=now) == 2
    assert notices.replay([notices.log()[0].notice_id], now=now) == 1
    assert notices.deliver(now, lambda *_: TAKEN) == Sent(taken=3)
    with pytest.raises(NoticeError, match="no notice ntc_x"):
        notices.replay(["ntc_x"])
    with pytest.raises(NoticeError, match="no receiver three"):
        notices.replay(receiver="three")


def test_names_and_addresses_of_receivers(notices: Notices) -> None:
    notices.add_webhook("shop", "https://a.example/")
    for name, address in (
        ("shop", "https://a.example/"), ("a b", "https://a.example/"), ("", "https://a.example/"),
        ("x", "http://a.example/"), ("x", "https://me:you@a.example/"), ("x", "file:///etc/passwd"),
    ):  # fmt: skip
        with pytest.raises(NoticeError):
            notices.add_webhook(name, address)
    with pytest.raises(NoticeError, match="no topic"):
        notices.add_webhook("x", "https://a.example/", topics=("case.lost",))
    with pytest.raises(NoticeError, match="no mail server"):
        notices.add_mail("x", "a@b.example")
    assert [one.name for one in notices.receivers()] == ["shop"]


def test_a_test_is_sent_at_once_and_not_kept(notices: Notices) -> None:
    with Loopback() as receiver:
        notices.add_webhook("shop", receiver.address, topics=("brief",))
        assert notices.test("shop").taken
        receiver.manner = answer(403)
        assert notices.test("shop").fault == "it answered 403"
    assert len({asked.headers["webhook-id"] for asked in receiver.asked}) == 2
    assert notices.log() == []


def test_what_was_delivered_is_kept_for_a_while_and_a_customer_can_be_forgotten(
    notices: Notices, bare: BareHouse
) -> None:
    notices.add_webhook("shop", "https://a.example/")
    for number in range(4):
        notices.tell("case.opened", {"case_id": f"C-{number}", "customer_id": f"k{number % 2}"}, f"{number}", AT)
    notices.deliver(AT, lambda *_: TAKEN)
    assert outbox.tidy(bare.records, AT) == 0
    with bare.records.writing() as connection:
        assert outbox.forget(connection, "k1") == 2
    assert {one.customer_id for one in notices.log()} == {"k0"}
    assert outbox.tidy(bare.records, AT + timedelta(seconds=1)) == 2
    assert notices.log() == []


def test_a_name_goes_to_nobody_where_the_customer_objects_to_sharing(tmp_path: Path) -> None:
    rows = [
        {"customer_id": "k1", "name": "Ada Park"}, {"customer_id": "k2", "name": "Bo Lund", "objections": "sharing"},
        {"customer_id": "k3", "name": "Cy Roe", "objections": "marketing"},
        {"customer_id": "k4", "name": "Di Voss", "objections": "who knows what"},
    ]  # fmt: skip
    house = SmallHouse(tmp_path, {"customer": rows})
    try:
        names = [Notices(house)._name(one) for one in ("k1", "k2", "k3", "k4", "k5")]
    finally:
        house.close()
    assert names == ["Ada Park", None, "Cy Roe", None, None]


def test_the_steps_of_the_setting() -> None:
    default = retries_of(load_settings(None, {}).text("notice_retries"))
    assert default.steps[:4] == (5, 300, 1800, 7200)
    assert timedelta(days=3) < default.most < timedelta(days=3, hours=4)
    assert retries_of("90s 2d").steps == (90, 172_800)


def waiting(seconds: float) -> Answer:
    return Answer(False, "busy", everything=True, wait_s=seconds)


def test_a_wait_is_never_shorter_than_its_step_and_ends_in_time() -> None:
    retries = Retries((10.0, 100.0), lambda: 1.0)
    failed = waiting(0)
    assert retries.again(1, AT, AT, failed) == AT + timedelta(seconds=12)
    assert retries.again(2, AT, AT + timedelta(seconds=12), failed) == AT + timedelta(seconds=110)
    assert retries.again(3, AT, AT + timedelta(seconds=110), failed) is None
    assert retries.again(1, AT, AT, waiting(60)) == AT + timedelta(seconds=60)
    assert retries.again(1, AT, AT, waiting(600)) == AT + timedelta(seconds=600)
    assert [retries.rest(n, AT, failed) for n in (1, 2, 20)] == [
        AT + timedelta(seconds=6), AT + timedelta(seconds=12), AT + timedelta(seconds=360)
    ]  # fmt: skip


def test_where_the_desk_is() -> None:
    assert desk_of(load_settings(None, {})) == "http://127.0.0.1:8765"
    assert desk_of(load_settings(None, {"HEARTLINE_HOST": "::1", "HEARTLINE_PORT": "80"})) == "http://[::1]:80"
    assert desk_of(load_settings(None, {"HEARTLINE_DESK_URL": "https://d.example/x"})) == "https://d.example/x"


def test_reasons_that_a_person_wrote_stay_on_the_desk(tmp_path: Path) -> None:
    house = SmallHouse(tmp_path)
    case = Case("k1", "act", "Ada said: never again", "care", 1, "open", AT, AT, "Kim", 90, case_id="C-000001")
    by_play = replace(case, case_id="C-000002", play_id="call_back", reasons="waited long")
    try:
        notices = Notices(house)
        notices.add_webhook("shop", "https://a.example/")
        with house.records.writing() as connection:
            tell(connection, "case.opened", case)
            tell(connection, "case.opened", by_play)
        second, first = notices.log()
    finally:
        house.close()
    assert "reasons" not in first.body
    assert second.body["reasons"] == "waited long"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"case_id": "C-1", "customer_id": "k1"}, "/case/C-1"),
        ({"customer_id": "k/1?x <a>"}, "/customers/k%2F1%3Fx%20%3Ca%3E"),
        ({"path": "/brief", "case_id": "C-1"}, "/brief"),
        ({"path": "//elsewhere.example/x"}, "/elsewhere.example/x"),
        ({}, "/"),
    ],
)
def test_links_lead_to_the_desk(body: dict[str, object], path: str) -> None:
    for desk in ("https://desk.example", "https://desk.example/"):
        assert link(body, desk) == f"https://desk.example{path}"


def test_moments_sort_like_text() -> None:
    naive, offset = datetime(2026, 3, 2, 8), datetime.fromisoformat("2026-03-02T10:00:00.000001+02:00")
    assert receivers.written(naive) == "2026-03-02T08:00:00.000000+00:00"
    assert receivers.written(offset) == "2026-03-02T08:00:00.000001+00:00"
