"""Rooms that are kept: once, in order, on disk first, through a crash, and gone when their time is over."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from heartline.errors import RoomError
from heartline.room.turn import Tap, Turn
from heartline.rooms import Rooms

NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def rooms(tmp_path):
    return Rooms(tmp_path / "rooms", 30, "bulk")


def turn(at, words="That is wonderful.", who="Ben"):
    return Turn(who, float(at), float(at) + 2, words)


def test_what_was_taken_is_there_after_a_new_start(rooms, tmp_path):
    about = rooms.open("A call", ["Rita"], now=NOW)
    kept = rooms.named(about.room_id)
    kept.take("a", turn(0))
    kept.take("b", turn(9, "I don't understand.", "Ben"))
    kept.take("c", Tap(12, "Ben", "nods"))
    kept.take("d", "explain")
    again = Rooms(tmp_path / "rooms", 30, "bulk").named(about.room_id)
    assert again.room == kept.room
    assert again.seq == 4
    assert again.room.dismissed == ("explain",)


def test_the_same_event_twice_counts_once(rooms):
    kept = rooms.named(rooms.open("A call", ["Rita"]).room_id)
    first = kept.take("a", turn(0))
    second = kept.take("a", turn(0))
    assert (first.new, second.new) == (True, False)
    assert second.seq == first.seq == 1
    assert len(kept.room.said) == 1


def test_many_at_once_are_all_kept_once(rooms, tmp_path):
    kept = rooms.named(rooms.open("A call", ["Rita"]).room_id)

    def send(name):
        for at in range(20):
            kept.take(f"{name}{at}", Tap(at, name, "nods"))
            kept.take(f"{name}{at}", Tap(at, name, "nods"))

    threads = [threading.Thread(target=send, args=(f"p{number}",)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    again = Rooms(tmp_path / "rooms", 30, "bulk").named(kept.about.room_id)
    assert again.seq == kept.seq == 80
    assert again.room == kept.room


def test_a_half_written_line_is_no_event_and_hurts_no_later_one(rooms, tmp_path):
    about = rooms.open("A call", ["Rita"])
    rooms.named(about.room_id).take("a", turn(0))
    file = tmp_path / "rooms" / f"{about.room_id}.jsonl"
    with file.open("ab") as out:
        out.write(b'{"id": "b", "event": {"turn": {"spea')
    again = Rooms(tmp_path / "rooms", 30, "bulk").named(about.room_id)
    assert again.seq == 1
    again.take("c", turn(9))
    third = Rooms(tmp_path / "rooms", 30, "bulk").named(about.room_id)
    assert third.seq == 2
    assert all(json.loads(line) for line in file.read_text("utf-8").splitlines())


def test_an_ended_room_takes_nothing_more(rooms):
    kept = rooms.named(rooms.open("A call", ["Rita"]).room_id)
    kept.end("2026-05-01T10:00:00+00:00")
    with pytest.raises(RoomError, match="has ended"):
        kept.take("a", turn(0))


def test_a_deleted_room_leaves_no_byte_and_takes_nothing(rooms, tmp_path):
    kept = rooms.named(rooms.open("A call", ["Rita"]).room_id)
    kept.take("a", turn(0, "A secret that nobody should find."))
    rooms.delete(kept.about.room_id)
    assert list((tmp_path / "rooms").iterdir()) == []
    with pytest.raises(RoomError, match="was deleted"):
        kept.take("b", turn(9))
    with pytest.raises(RoomError, match="no such room"):
        rooms.named(kept.about.room_id)


def test_rooms_go_when_their_time_is_over(rooms):
    old = rooms.open("Old", ["Rita"], now=NOW - timedelta(days=31))
    new = rooms.open("New", ["Rita"], now=NOW - timedelta(days=29))
    assert [one.room_id for one in rooms.every(NOW)] == [new.room_id]
    with pytest.raises(RoomError):
        rooms.named(old.room_id)


@pytest.mark.parametrize("room_id", ["", "../records", "a/b", "x" * 22, "%2e%2e", "CON"])
def test_ids_that_are_none_open_nothing(rooms, room_id):
    with pytest.raises(RoomError, match="no such room"):
        rooms.named(room_id)
    rooms.delete(room_id)


@pytest.mark.parametrize("hosts", [[], [" "], ["x" * 81]])
def test_a_room_needs_somebody_whose_it_is(rooms, hosts):
    with pytest.raises(RoomError, match="who you are"):
        rooms.open("A call", hosts)


def test_a_room_is_compared_with_the_same_persons_earlier_ended_ones_only(rooms):
    told = []
    for number, (who, length) in enumerate((("Rita", 10), ("Rita", 20), ("Sven", 500), ("Rita", 60), ("Rita", 900))):
        about = rooms.open("A call", [who], now=datetime.now(UTC) + timedelta(minutes=number))
        kept = rooms.named(about.room_id)
        kept.take("a", Turn(who, 0, length, "word " * 30))
        kept.take("b", Turn("Ben", length + 1, length + 11, "I see what you mean by it now."))
        told.append(kept)
    for kept in (told[0], told[1], told[2], told[4]):
        kept.end("2026-05-01T10:00:00+00:00")
    usual = rooms.usual(told[3].about)
    assert usual["longest_monologue"] == (15, 2)
    assert "patience" not in usual


def test_a_room_that_goes_on_is_never_opened_twice(rooms, monkeypatch):
    monkeypatch.setattr("heartline.rooms._OPEN_AT_ONCE", 2)
    kept = [rooms.named(rooms.open("A call", ["Rita"]).room_id) for _ in range(4)]
    kept[1].end("2026-05-01T10:00:00+00:00")
    rooms.named(rooms.open("One more", ["Rita"]).room_id)
    assert all(rooms.named(kept[at].about.room_id) is kept[at] for at in (0, 2, 3))
    assert rooms.named(kept[1].about.room_id) is not kept[1]
