"""Rooms in the desk: forms, the door for WebSockets, a crash in the middle, and a phone that was cut off."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from heartline.rooms import Rooms
from heartline.web.rooming import button
from heartline.workspace import Workspace

from .browsing import served
from .room_rows import ROOM

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .conftest import Client, Double


@pytest.fixture
def desk(double: type[Double], full: Double) -> Double:
    """A workspace of its own: what is promised and opened here is nobody else's."""
    return double(full.rows)


SERVE = "from heartline.cli import main; main()"


def form(client: Client, **fields: str) -> Any:
    token = re.search(r'name="token" value="([^"]+)"', client.get("/rooms").text)
    assert token
    return client.post("/rooms", {"token": token[1], **fields})


def test_the_debrief_says_what_happened(client: Client) -> None:
    shown = client.get(f"/rooms/{ROOM}").text
    for part in ("Wonderful, thank you", "I will send you a new pump today.", "It is too expensive though.",
                 "What does it cost in the north?", "Your share of the talk"):  # fmt: skip
        assert part in shown


def test_a_promise_goes_into_the_register_and_what_stayed_open_becomes_a_case(
    opened: type[Client], desk: Double
) -> None:
    client = opened(desk)
    assert form(client, said=button("promise", ROOM, "0")).status_code == 303
    assert "I will send you a new pump today." in [one.says for one in desk.moves.promises.of_customer("c0000")]
    before = {one.case_id for one in desk.moves.cases.of_customer("c0000")}
    team = desk.moves.playbook().teams[0].team
    answer = form(client, said=button("follow", ROOM, "open_questions", "0"), team=team)
    made = [one for one in desk.moves.cases.of_customer("c0000") if one.case_id not in before]
    if answer.status_code == 303:
        assert [one.reasons for one in made] == ["a question was left open in a conversation"]
    else:  # the playbook allows one open case at a time
        assert answer.status_code == 400
        assert made == []


@pytest.mark.parametrize(
    "said",
    [
        button("promise", ROOM, "7"), button("follow", ROOM, "people", "0"), button("sing", ROOM), "[]", "nonsense",
        button("end", "nowhere"),
    ],
)  # fmt: skip
def test_forms_that_no_page_made_are_refused(client: Client, said: str) -> None:
    assert form(client, said=said).status_code == 400


def test_a_room_with_a_customer_whom_nobody_knows_is_not_opened(client: Client) -> None:
    assert "no such customer" in form(client, said=button("open"), hosts="Rita", customer_id="nobody").text


def hear(door: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(door.recv(timeout=10))
    return found


def say(door: Any, number: int, words: str, who: str = "Ben") -> None:
    turn = {"speaker": who, "begin": 10.0 * number, "end": 10.0 * number + 4, "text": words}
    door.send(json.dumps({"id": f"t{number}", "turn": turn}))


def test_turns_come_back_read_and_every_screen_sees_them(desk: Double) -> None:
    about = desk.rooms.open("A call", ["Rita"])
    with served(desk) as address:
        place = f"{address.replace('http', 'ws')}/room/{about.room_id}"
        with connect(place) as laptop, connect(place) as phone:
            assert hear(laptop)["hello"]["seq"] == hear(phone)["hello"]["seq"] == 0
            say(laptop, 1, "This is ridiculous, nobody called me.")
            told = hear(laptop)
            assert told["ref"] == "t1"
            assert told["room"]["suggestion"]["kind"] == "calm"
            assert hear(phone) == told
            say(laptop, 1, "This is ridiculous, nobody called me.")  # again, as after a break
            assert hear(laptop)["seq"] == 1
            for wrong in ("nonsense", "{}", '{"id": "x", "tap": {"at": 1, "who": "Ben", "gesture": "winks"}}', "[1]"):
                laptop.send(wrong)
                assert hear(laptop)["error"]["got"]
            laptop.send(json.dumps({"id": "d", "dismiss": "calm"}))
            assert hear(laptop)["room"]["suggestion"] is None
        with connect(f"{address.replace('http', 'ws')}/room/{'x' * 22}") as nowhere:
            assert "no such room" in hear(nowhere)["error"]["got"]
            with pytest.raises(ConnectionClosed):
                nowhere.recv(timeout=5)


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}])
def test_pages_of_others_cannot_listen(desk: Double, headers: dict[str, str]) -> None:
    about = desk.rooms.open("A call", ["Rita"])
    with served(desk) as address:
        port = int(address.rsplit(":", 1)[1])
        name = headers.get("Host", f"127.0.0.1:{port}")
        with socket.create_connection(("127.0.0.1", port)) as plain, pytest.raises((InvalidStatus, ConnectionClosed)):
            listen(f"ws://{name}/room/{about.room_id}", plain, headers.get("Origin"))


def listen(place: str, plain: socket.socket, origin: str | None) -> None:
    """Open a WebSocket over a connection, under any name, and wait for what it tells."""
    more = {"Origin": origin} if origin else {}
    with connect(place, sock=plain, additional_headers=more, open_timeout=5) as door:
        door.recv(timeout=5)


@contextmanager
def house(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", SERVE, "serve", "-w", str(folder), "--port", str(port)]
    environment = os.environ | {"HEARTLINE_EMOTION_MODEL": "bulk"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        for _ in range(300):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait()


def test_killed_in_the_middle_nothing_that_was_said_is_lost_or_doubled(tmp_path: Path) -> None:
    with Workspace.create(tmp_path / "house") as made:
        room_id = made.rooms.open("A call", ["Rita"]).room_id
        old = made.rooms.open("An old call", ["Rita"], now=datetime(2020, 1, 1, tzinfo=UTC)).room_id
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = f"ws://127.0.0.1:{port}/room/{room_id}"
    answered: set[str] = set()
    with house(tmp_path / "house", port) as process, connect(place) as door:
        hear(door)
        for number in range(30):
            say(door, number, f"This is sentence number {number} of mine.", "Ben" if number % 2 else "Rita")
            if number == 20:
                process.send_signal(signal.SIGKILL)
                break
            if number < 15:
                answered.add(hear(door)["ref"])
    with house(tmp_path / "house", port), connect(place) as door:
        told = hear(door)["hello"]
        assert told["seq"] >= len(answered) == 15
        for number in range(30):  # whatever was not answered is sent again
            if f"t{number}" not in answered:
                say(door, number, f"This is sentence number {number} of mine.", "Ben" if number % 2 else "Rita")
                hear(door)
        for _ in range(200):
            if not (tmp_path / "house" / "rooms" / f"{old}.jsonl").exists():
                break
            time.sleep(0.1)
        else:
            pytest.fail("its time was over, and nobody deleted it")
    room = Rooms(tmp_path / "house" / "rooms", 30, "bulk").named(room_id)
    assert [one.turn.text for one in room.room.said] == [f"This is sentence number {n} of mine." for n in range(30)]
    assert room.seq == 30


@pytest.mark.browser
def test_a_phone_that_was_cut_off_sends_what_it_kept(desk: Double, chromium: Any) -> None:
    about = desk.rooms.open("A call", ["Rita"])
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    with served(desk) as address:
        port = address.rsplit(":", 1)[1]
        page.goto(f"{address}/rooms/{about.room_id}")
        page.get_by_text("Live", exact=True).wait_for()
        page.fill("#say input[name=speaker]", "Ben")
        page.fill("#say input[name=text]", "I don't understand the second offer.")
        page.click("#say button")
        page.wait_for_selector("#suggestion:not([hidden])")
        assert "Explain it again" in page.inner_text("#suggestion")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        small = page.evaluate("Math.min(...[...document.querySelectorAll('.taps button')].map(b => b.offsetHeight))")
        assert small >= 44
    page.get_by_text("Not connected").wait_for()
    page.click("text=Frowns")
    page.fill("#say input[name=text]", "And the first one is too expensive.")
    page.click("#say button")
    assert "2 kept here" in page.inner_text("#line")
    with served(desk, int(port)):
        page.get_by_text("Live", exact=True).wait_for(timeout=20_000)
        page.get_by_text("too expensive").first.wait_for()
        kept = desk.rooms.named(about.room_id)
        assert [one.gesture for one in kept.room.taps] == ["frowns"]
        words = " ".join(one.turn.text for one in kept.room.said)
        assert words.count("second offer") == words.count("too expensive") == 1
    context.close()
