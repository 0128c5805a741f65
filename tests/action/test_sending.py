"""No notice is lost and none is taken twice, whatever receivers do; on a clock of the test's own."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from tests.action.loopback import BareHouse, Loopback, answer, bare_house, drip, hang

from heartline.action.answer import TAKEN, Answer
from heartline.action.notices import Notices
from heartline.action.posting import said
from heartline.action.sending import Sent
from heartline.records import notices as outbox
from heartline.records import receivers

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
AWAY = Answer(False, "it cannot be reached (connection refused)", everything=True)
SILENT = Answer(False, "no answer within 15 s", everything=True)


@dataclass
class World:
    """A clock, and receivers that take what they are sent as long as ``says`` lets them."""

    says: Callable[[World, str, Mapping[str, str]], Answer] = lambda *_: TAKEN
    now: datetime = START
    taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    order: list[str] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)
    times: dict[str, list[datetime]] = field(default_factory=dict)
    bodies: dict[str, set[bytes]] = field(default_factory=dict)
    _changing: threading.Lock = field(default_factory=threading.Lock)

    def post(self, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """In place of HTTP. A 2xx that is read is what counts as taken."""
        identity = headers["webhook-id"]
        with self._changing:
            self.tries[identity] += 1
            self.times.setdefault(identity, []).append(self.now)
            self.bodies.setdefault(identity, set()).add(body)
        told = self.says(self, address, headers)
        if told.taken:
            with self._changing:
                self.taken[address, identity] += 1
                self.order.append(json.loads(body)["data"]["case_id"])
        return told

    def deliver(self, notices: Notices) -> Sent:
        return notices.deliver(lambda: self.now, self.post, seed=1)

    def pass_by(self, notices: Notices, until: timedelta, step: timedelta) -> None:
        """Let time pass, with a look at what is due at every step."""
        end = self.now + until
        while self.now < end:
            self.deliver(notices)
            self.now += step
        self.deliver(notices)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[BareHouse]:
    with bare_house(tmp_path) as made:
        yield made


@pytest.fixture
def notices(house: BareHouse) -> Notices:
    return Notices(house)


def tell(notices: Notices, number: int, at: datetime = START) -> int:
    return notices.tell("case.opened", {"case_id": f"C-{number}", "customer_id": f"k{number}"}, f"C-{number}", at)


def test_what_is_told_once_goes_once_to_each_receiver(notices: Notices) -> None:
    world = World()
    for name in ("one", "two"):
        notices.add_webhook(name, f"https://{name}.example/")
    for number in range(5):
        assert tell(notices, number) == 2
        assert tell(notices, number) == 0
    assert world.deliver(notices) == Sent(taken=10)
    assert world.deliver(notices) == Sent()
    assert len(world.taken) == 10
    assert set(world.taken.values()) == {1}
    assert [one.status for one in notices.log(limit=99)] == ["delivered"] * 10


def test_an_hour_away_loses_nothing_and_doubles_nothing(notices: Notices) -> None:
    """Everything told before, during and after the hour arrives once, soon after it, nearly in order."""
    world = World(lambda at, *_: AWAY if at.now < START + timedelta(hours=1) else TAKEN)
    notices.add_webhook("shop", "https://shop.example/")
    for number in range(30):
        tell(notices, number, world.now)
        world.pass_by(notices, timedelta(minutes=4), timedelta(seconds=20))
    world.pass_by(notices, timedelta(minutes=10), timedelta(seconds=20))
    assert len(world.taken) == 30
    assert set(world.taken.values()) == {1}
    late = [max(times) - START for times in world.times.values() if len(times) > 1]
    assert late
    assert max(late) < timedelta(hours=1, minutes=7)
    assert max(world.tries.values()) < 12
    # the first that gets through is whichever was due; all the others follow in the order in which they were told
    after = world.order[1:]
    assert after == sorted(after, key=lambda case: int(case[2:]))
    assert all(len(bodies) == 1 for bodies in world.bodies.values())


def test_waits_grow_for_three_days_and_then_it_is_a_dead_letter(notices: Notices) -> None:
    world = World(lambda *_: SILENT)
    notices.add_webhook("shop", "https://shop.example/")
    tell(notices, 1)
    world.pass_by(notices, timedelta(minutes=10), timedelta(seconds=20))
    world.pass_by(notices, timedelta(days=4), timedelta(minutes=5))
    (dead,) = notices.dead()
    times = world.times[dead.notice_id]
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    wanted = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000]
    assert len(times) in (9, 10)
    assert all(step <= wait <= 1.2 * step + 301 for step, wait in zip(wanted, waits, strict=False))
    assert timedelta(hours=75) < times[-1] - times[0] < timedelta(hours=76)
    assert dead.tries == len(times)
    assert dead.fault == "no answer within 15 s"
    assert len(set(world.tries)) == 1
    assert notices.replay(receiver="shop", now=world.now) == 1
    world.says = lambda *_: TAKEN
    world.now += timedelta(minutes=10)
    assert world.deliver(notices) == Sent(taken=1)
    assert set(world.taken) == {("https://shop.example/", dead.notice_id)}
    assert notices.dead() == []


def test_one_that_is_refused_holds_up_nobody(notices: Notices) -> None:
    """A body that a receiver cannot take is tried on its own; the others pass it."""
    refused: list[str] = []

    def says(_at: World, _address: str, headers: Mapping[str, str]) -> Answer:
        refused[:] = refused or [headers["webhook-id"]]
        return said(400, {}) if headers["webhook-id"] in refused else TAKEN

    world = World(says)
    notices.add_webhook("shop", "https://shop.example/")
    for number in range(6):
        tell(notices, number)
    assert world.deliver(notices) == Sent(taken=5, failed=1)
    world.pass_by(notices, timedelta(days=4), timedelta(minutes=30))
    assert [one.notice_id for one in notices.dead()] == refused
    assert set(world.taken.values()) == {1}


def test_a_receiver_that_is_gone_is_switched_off_and_loses_nothing(notices: Notices) -> None:
    world = World(lambda *_: said(410, {}))
    notices.add_webhook("shop", "https://shop.example/")
    for number in range(3):
        tell(notices, number)
    world.pass_by(notices, timedelta(days=1), timedelta(minutes=30))
    assert sum(world.tries.values()) == 1
    (receiver,) = notices.receivers()
    assert (receiver.status, receiver.fault) == ("off", "it answered 410: it is gone")
    tell(notices, 3)
    world.says = lambda *_: TAKEN
    assert world.deliver(notices) == Sent()
    notices.switch("shop", on=True)
    world.now += timedelta(hours=1)
    world.pass_by(notices, timedelta(minutes=1), timedelta(seconds=10))
    assert sorted(world.order) == ["C-0", "C-1", "C-2", "C-3"]


def test_retry_after_is_kept(notices: Notices) -> None:
    world = World(lambda at, *_: said(429, {"retry-after": "3600"}) if at.now == START else TAKEN)
    notices.add_webhook("shop", "https://shop.example/")
    tell(notices, 1)
    tell(notices, 2)
    world.pass_by(notices, timedelta(minutes=59), timedelta(seconds=30))
    assert sum(world.tries.values()) == 1
    world.pass_by(notices, timedelta(minutes=3), timedelta(seconds=30))
    assert set(world.taken.values()) == {1}
    assert len(world.taken) == 2


def test_a_receiver_that_comes_and_goes_uses_up_no_notice(notices: Notices) -> None:
    """Random receivers over two days: each try fails with a chance of its own, in every way there is."""
    chance = random.Random(3)
    faults = [AWAY, SILENT, said(500, {}), said(503, {"retry-after": "90"}), said(404, {}), said(302, {})]
    world = World(lambda *_: chance.choice(faults) if chance.random() < 0.6 else TAKEN)
    for name in ("one", "two", "three"):
        notices.add_webhook(name, f"https://{name}.example/")
    for number in range(15):
        tell(notices, number, world.now)
        world.pass_by(notices, timedelta(minutes=40), timedelta(minutes=8))
    world.says = lambda *_: TAKEN
    world.pass_by(notices, timedelta(days=2), timedelta(minutes=30))
    assert notices.dead() == []
    assert len(world.taken) == 45
    assert set(world.taken.values()) == {1}


def test_two_senders_at_once_send_nothing_twice(notices: Notices) -> None:
    """Eight threads, as `heartline serve` and cron may, on the same notices and real time."""
    world = World(now=datetime.now(UTC))
    for name in ("one", "two", "three"):
        notices.add_webhook(name, f"https://{name}.example/")
    for number in range(15):
        tell(notices, number)
    threads = [threading.Thread(target=world.deliver, args=(notices,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.deliver(notices)
    assert len(world.taken) == 45
    assert set(world.tries.values()) == {1}


def test_a_lease_that_ran_out_is_taken_over(house: BareHouse, notices: Notices) -> None:
    """A sender that was killed holds a receiver for a while, and no longer."""
    notices.add_webhook("shop", "https://shop.example/")
    tell(notices, 1)
    number = notices.receivers()[0].receiver_id
    with house.records.writing() as connection:
        assert receivers.lease(connection, number, "killed", START, START + timedelta(seconds=135))
    world = World()
    assert world.deliver(notices) == Sent()
    world.now += timedelta(seconds=136)
    assert world.deliver(notices) == Sent(taken=1)


def test_the_records_fail_after_the_answer(house: BareHouse, notices: Notices, monkeypatch: pytest.MonkeyPatch) -> None:
    """The receiver took it and nobody noted it: it comes again, under the id by which the receiver knows it."""
    notices.add_webhook("shop", "https://shop.example/")
    tell(notices, 1)
    world = World()
    with monkeypatch.context() as broken:
        broken.setattr(outbox, "delivered", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            world.deliver(notices)
    world.now += timedelta(minutes=5)
    assert world.deliver(notices) == Sent(taken=1)
    assert list(world.taken.values()) == [2]
    assert len(world.taken) == 1, "two tries, one id"


def test_a_fault_nobody_foresaw_is_tried_again(notices: Notices) -> None:
    def breaks(*_: object) -> Answer:
        raise RuntimeError("who knows")

    world = World(breaks)
    notices.add_webhook("shop", "https://shop.example/")
    tell(notices, 1)
    assert world.deliver(notices) == Sent(failed=1)
    world.says = lambda *_: TAKEN
    world.now += timedelta(minutes=1)
    assert world.deliver(notices) == Sent(taken=1)
    assert notices.log()[0].tries == 2


def test_a_notice_and_its_cause_are_one_transaction(house: BareHouse, notices: Notices) -> None:
    notices.add_webhook("shop", "https://shop.example/")
    body = {"case_id": "C-1", "customer_id": "k1"}

    def open_and_break() -> None:
        with house.records.writing() as connection:
            assert outbox.add(connection, "case.opened", body, "C-1") == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        open_and_break()
    assert notices.log() == []


def test_real_receivers_that_hang_or_drip_hold_up_nobody(notices: Notices) -> None:
    with Loopback() as good, Loopback(hang) as hanging, Loopback(drip) as dripping, Loopback(answer(500)) as bad:
        for name, receiver in (("good", good), ("hanging", hanging), ("dripping", dripping), ("bad", bad)):
            notices.add_webhook(name, receiver.address)
        for number in range(10):
            tell(notices, number)
        began = datetime.now(UTC)
        sent = notices.deliver()
        took = datetime.now(UTC) - began
        assert sent == Sent(taken=10, failed=3)
        assert [len(one.asked) for one in (good, hanging, dripping, bad)] == [10, 1, 1, 1]
        assert took < timedelta(seconds=3)
        for one in (hanging, dripping, bad):
            one.manner = answer(200)
        later = datetime.now(UTC) + timedelta(minutes=1)
        assert notices.deliver(later) == Sent(taken=30)
        for one in (good, hanging, dripping, bad):
            assert len({asked.headers["webhook-id"] for asked in one.asked}) == 10


def test_the_background_sender_begins_and_ends(notices: Notices) -> None:
    with Loopback() as receiver:
        notices.add_webhook("shop", receiver.address)

        def breaks() -> None:
            raise RuntimeError("a chore that fails")

        def tells() -> None:
            notices.tell("brief", {"title": "Brief"}, "week 1")

        with notices.sending(every_s=0.02, chores=(breaks, tells)) as postman:
            for number in range(19):
                notices.tell("case.opened", {"case_id": f"C-{number}"}, f"C-{number}")
            waited = threading.Event()
            for _ in range(500):
                if len(receiver.asked) == 20 and postman.sent.taken == 20:
                    break
                waited.wait(0.02)
        assert postman.sent == Sent(taken=20)
        assert len({asked.headers["webhook-id"] for asked in receiver.asked}) == 20
    assert not [one for one in threading.enumerate() if one.name.startswith("heartline-")]
