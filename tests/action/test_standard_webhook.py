"""What programs are sent: checked by the library of the specification's authors, and the same at every try."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError
from tests.action.loopback import BareHouse, Loopback, answer, bare_house

from heartline.action import standard_webhook
from heartline.action.notices import Notices
from heartline.errors import NoticeError
from heartline.live.signature import standard

# The vector of the scheme's own libraries, as in tests/live/test_signature.py.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.fixture
def house(tmp_path: Path) -> Iterator[BareHouse]:
    with bare_house(tmp_path, names={"k1": "Ada Park", "k2": None}) as made:
        yield made


def test_the_published_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standard_webhook.json, "dumps", lambda *_args, **_named: '{"test": 2432232314}')
    at = datetime.fromtimestamp(1614265330, UTC)
    headers, body = standard_webhook.request("msg_p5jXN8AQM9LWM0D4loKWxJek", {}, SECRET, at)
    assert body == b'{"test": 2432232314}'
    assert headers["webhook-signature"] == SIGNED
    assert headers["webhook-timestamp"] == "1614265330"


def test_the_library_of_the_specification_verifies_every_try(house: BareHouse) -> None:
    notices = Notices(house)
    with Loopback(answer(503)) as receiver:
        secret = notices.add_webhook("shop", receiver.address)
        body = {"case_id": "C-1", "customer_id": "k1", "reasons": "waited long; was promised a call (größer & <b>)"}
        notices.tell("case.opened", body, "C-1")
        notices.deliver()
        receiver.manner = answer(200)
        notices.deliver(datetime.now(UTC) + timedelta(seconds=20))
    first, second = receiver.asked
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert first.body == second.body
    for asked in (first, second):
        told = Webhook(secret).verify(asked.body, dict(asked.headers))
        assert told["type"] == "case.opened"
        assert told["data"]["case_id"] == "C-1"
        assert told["data"]["link"] == "https://desk.example/case/C-1"
        assert datetime.fromisoformat(told["timestamp"]) <= datetime.now(UTC)
        assert standard(secret, asked.headers, asked.body, float(asked.headers["webhook-timestamp"])) == ""
        with pytest.raises(WebhookVerificationError):
            Webhook(standard_webhook.new_secret()).verify(asked.body, dict(asked.headers))
    assert first.headers["content-type"] == "application/json"


@pytest.mark.parametrize(("names", "told"), [(False, None), (True, "Ada Park")])
def test_a_name_is_told_only_to_who_may_know_it(house: BareHouse, names: bool, told: str | None) -> None:
    notices = Notices(house)
    with Loopback() as receiver:
        notices.add_webhook("shop", receiver.address, names=names)
        notices.tell("case.opened", {"case_id": "C-1", "customer_id": "k1"}, "C-1")
        notices.tell("case.opened", {"case_id": "C-2", "customer_id": "k2"}, "C-2")
        notices.tell("case.opened", {"case_id": "C-3", "customer_id": "nobody"}, "C-3")
        notices.deliver()
    sent = [json.loads(asked.body)["data"] for asked in receiver.asked]
    assert [one.get("name") for one in sent] == [told, None, None]
    assert "Ada" not in house.root.joinpath("records.db").read_bytes().decode("latin-1")


def test_a_secret_of_the_receiver_is_taken_or_refused(house: BareHouse) -> None:
    notices = Notices(house)
    assert notices.add_webhook("shop", "https://shop.example/", secret=SECRET) == SECRET
    with pytest.raises(NoticeError):
        notices.add_webhook("other", "https://shop.example/", secret="swordfish")
    assert [one.name for one in notices.receivers()] == ["shop"]
    assert SECRET not in repr(notices.receivers())
    made = {notices.add_webhook(f"new{number}", "https://shop.example/") for number in range(3)}
    assert len(made) == 3
    assert (house.root / "records.db").stat().st_mode & 0o077 == 0
    notices.remove("shop")
    assert SECRET.encode() not in house.root.joinpath("records.db").read_bytes()
