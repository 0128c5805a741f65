"""Guided walks that are kept: nothing told is lost or doubled, and what is over stands in the facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from tests.walks.pictures import JPEG, PNG, SECRET, jpeg_with

from heartline.errors import WalkError
from heartline.walk.guided import Event, Pictured, read_event
from heartline.walks.guided import FILE
from heartline.walks.outbox import Outbox
from heartline.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heartline.walks.guided import Guided, Taken

GUIDE = """kind: guided
walk: reach_a_human
persona: A worried customer
goal: hear a human voice
place: anywhere with a phone
channel: call
shortest: 2
steps:
  - {do: Find the number., touchpoint: contact_page, stage: support, channel: web}
  - {do: Call., touchpoint: phone_menu, ask: Did it help?}
  - {do: Wait., touchpoint: phone_queue}
"""
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "house") as made:
        made.walks.scripts_folder.mkdir()
        (made.walks.scripts_folder / "reach.yaml").write_text(GUIDE, encoding="utf-8")
        yield made


def ms(second: float) -> int:
    return round((NOON.timestamp() + second) * 1000)


def event(n: int, second: float, do: str, **more: Any) -> tuple[str, Event]:
    return f"event-{n:04d}", read_event(msgspec.json.encode({"do": do, "n": n, "at": ms(second), **more}))


WHOLE = [
    event(0, 0, "begin", step=1),
    event(1, 30, "felt", step=1, valence=-0.5),
    event(2, 31, "named", step=1, feelings=["worry", "frustration"]),
    event(3, 40, "done", step=1),
    event(4, 40, "begin", step=2),
    event(5, 50, "answered", step=2, text="no"),
    event(6, 60, "noted", step=2, text="My card is 4111 1111 1111 1111, and nobody asked."),
    event(7, 70, "failed", step=2),
    event(8, 70, "begin", step=3),
    event(9, 90, "ended", how="no_goal"),
]


def sent(guided: Guided, walk_id: str, events: list[tuple[str, Event]], second: float = 91) -> Taken:
    return guided.take(walk_id, dict(events), ms(second), NOON + timedelta(seconds=second))


def begun(house: Workspace) -> str:
    return house.walks.guided.open("reach_a_human", "Rita", "decides", "2026.47", NOON - timedelta(seconds=5))


def rows(house: Workspace, table: str, order: str = "1") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.query(f"select * from {table} order by {order}").to_pylist()
    return found


def test_a_walk_that_is_over_stands_in_the_facts(house: Workspace) -> None:
    walk_id = begun(house)
    taken = sent(house.walks.guided, walk_id, WHOLE)
    assert taken.new == len(WHOLE)
    (walk,) = rows(house, "walk")
    told = {name: value for name, value in walk.items() if value is not None}
    version = told.pop("script_version")
    for name in ("source", "load_id", "known_at"):
        told.pop(name)
    assert told == {
        "walk_id": walk_id, "script": "reach_a_human", "goal": "hear a human voice", "kind": "guided", "walker": "Rita",
        "role": "decides", "release": "2026.47", "started_at": NOON.replace(tzinfo=None),
        "ended_at": NOON.replace(tzinfo=None) + timedelta(seconds=90), "ended": "no_goal", "steps": 1, "shortest": 2,
    }  # fmt: skip
    assert len(version) == 12
    steps = rows(house, "walk_step", "number")
    assert [
        (one["number"], one["outcome"], one["duration_s"], one["channel"], one["touchpoint"], one["stage"])
        for one in steps
    ] == [
        (1, "done", 40.0, "web", "contact_page", "support"),
        (2, "failed", 30.0, "call", "phone_menu", None),
        (3, "left_out", 20.0, "call", "phone_queue", None),
    ]
    assert steps[0]["felt_valence"] == -0.5
    assert steps[0]["feelings"] == "worry frustration"
    assert steps[1]["felt_valence"] is None
    assert steps[1]["note"] == "Did it help? no\nMy card is [card], and nobody asked."
    assert steps[0]["occurred_at"] == NOON.replace(tzinfo=None) + timedelta(seconds=40)
    assert house.walks.outbox.waiting() == 0


def test_what_was_masked_was_never_written(house: Workspace) -> None:
    walk_id = begun(house)
    sent(house.walks.guided, walk_id, WHOLE)
    for file in house.root.rglob("*"):
        assert not file.is_file() or b"4111 1111" not in file.read_bytes(), file.name


def test_sent_twice_and_in_pieces_counts_once(house: Workspace) -> None:
    walk_id = begun(house)
    for at in (3, 5, 5, 9, 2):
        sent(house.walks.guided, walk_id, WHOLE[:at])
    assert sent(house.walks.guided, walk_id, WHOLE).new == 1
    assert sent(house.walks.guided, walk_id, WHOLE).new == 0
    assert len(rows(house, "walk")) == 1
    assert len(rows(house, "walk_step")) == 3


def test_what_comes_after_the_end_is_added(house: Workspace) -> None:
    """A note that was kept on the phone while the end had gone through another network."""
    walk_id = begun(house)
    sent(house.walks.guided, walk_id, [one for one in WHOLE if one[0] not in ("event-0006", "event-0003")])
    steps = rows(house, "walk_step", "number")
    assert (steps[0]["outcome"], steps[1]["note"]) == ("left_out", "Did it help? no")
    sent(house.walks.guided, walk_id, WHOLE, 400)
    steps = rows(house, "walk_step", "number")
    assert (steps[0]["outcome"], steps[0]["duration_s"]) == ("done", 40.0)
    assert str(steps[1]["note"]).endswith("nobody asked.")
    assert len(steps) == 3


def test_a_new_start_of_the_desk_knows_what_was_told(house: Workspace) -> None:
    walk_id = begun(house)
    sent(house.walks.guided, walk_id, WHOLE[:6])
    file = house.walks.kept_folder / walk_id / FILE
    with file.open("ab") as torn:
        torn.write(b'{"id": "event-0006", "sent"')  # a crash while it was written
    with Workspace(house.root) as again:
        kept = again.walks.guided.named(walk_id)
        assert len(kept.events) == 6
        assert kept.course == house.walks.guided.named(walk_id).course
        assert (kept.about.walker, kept.about.guide.walk) == ("Rita", "reach_a_human")
        assert sent(again.walks.guided, walk_id, WHOLE).new == 4
    with Workspace(house.root) as again:
        assert len(again.walks.guided.named(walk_id).events) == 10


def test_an_end_whose_rows_a_crash_held_back_is_handed_on(house: Workspace) -> None:
    walk_id = begun(house)
    sent(house.walks.guided, walk_id, WHOLE)
    file = house.walks.kept_folder / walk_id / FILE
    lines = file.read_text("utf-8").splitlines(keepends=True)
    assert "recorded" in lines[-1]
    file.write_text("".join(lines[:-1]), encoding="utf-8")
    with Workspace(house.root) as again:
        assert again.walks.guided.tidy(NOON + timedelta(seconds=100)) == 1
        assert again.walks.outbox.waiting() == 1
        again.walks.settle()
        assert len(rows(again, "walk")) == 1
        assert again.walks.guided.tidy(NOON + timedelta(seconds=100)) == 0


def test_a_walk_that_nobody_ended_is_given_up_after_a_day_and_may_be_ended_still(house: Workspace) -> None:
    walk_id = begun(house)
    sent(house.walks.guided, walk_id, WHOLE[:5])
    late = NOON + timedelta(days=1, seconds=91)
    assert house.walks.guided.tidy(late - timedelta(seconds=1)) == 0
    assert house.walks.guided.tidy(late) == 1
    assert house.walks.guided.tidy(late) == 0
    house.walks.settle()
    (walk,) = rows(house, "walk")
    assert (walk["ended"], walk["ended_at"]) == ("given_up", NOON.replace(tzinfo=None) + timedelta(seconds=40))
    assert house.walks.guided.named(walk_id).given_up
    sent(house.walks.guided, walk_id, WHOLE, 200_000)
    (walk,) = rows(house, "walk")
    assert (walk["ended"], walk["steps"]) == ("no_goal", 1)


def test_who_falls_silent_in_a_step_gave_it_up_there_and_what_they_felt_counts(house: Workspace) -> None:
    walk_id = begun(house)
    felt = event(4, 41, "felt", step=2, valence=-1.0)
    sent(house.walks.guided, walk_id, [*WHOLE[:4], event(5, 40, "begin", step=2), felt])
    assert house.walks.guided.tidy(NOON + timedelta(days=2)) == 1
    house.walks.settle()
    steps = rows(house, "walk_step", "number")
    assert [(one["outcome"], one["felt_valence"]) for one in steps] == [("done", -0.5), ("failed", -1.0)]
    assert house.walks.guesses.asked("Rita", ["contact_page", "phone_menu", "phone_queue"]) == ["phone_queue"]


def test_rests_make_no_way_longer(house: Workspace) -> None:
    """Four first walks of ten minutes each; the last walker has lunch in between."""
    for number in range(4):
        at = NOON + timedelta(days=number)
        day, lunch = 86_400 * number, 7200 * (number == 3)
        walk_id = house.walks.guided.open("reach_a_human", f"Walker {number}", now=at)
        told = [
            event(0, day, "begin", step=1), event(1, day + 60, "paused"), event(2, day + 60 + lunch, "resumed"),
            event(3, day + 600 + lunch, "done", step=1), event(4, day + 600 + lunch, "ended", how="goal"),
        ]  # fmt: skip
        sent(house.walks.guided, walk_id, told, day + 600 + lunch)
    walks = house.walks.past()
    assert [one.seconds for one in walks] == pytest.approx([600.0] * 4)
    assert (walks[-1].ended_at - walks[-1].started_at).total_seconds() == pytest.approx(7800.0)
    change = house.walks.change(walks)
    assert change is not None
    assert (change.verdict, change.new) == ("alike", False)


def test_a_walk_of_which_nothing_was_told_goes_without_a_trace(house: Workspace) -> None:
    walk_id = begun(house)
    assert house.walks.guided.tidy(NOON + timedelta(days=2)) == 1
    assert not (house.walks.kept_folder / walk_id).exists()
    assert rows(house, "walk") == []
    with pytest.raises(WalkError, match="no such walk"):
        sent(house.walks.guided, walk_id, WHOLE)


def picture(step: int = 1, n: int = 20) -> Pictured:
    return Pictured(n=n, at=ms(n), step=step, photo="")


def test_a_picture_is_kept_bare_and_once(house: Workspace) -> None:
    guided, walk_id = house.walks.guided, begun(house)
    body = jpeg_with((0xE1, SECRET))
    for _ in range(2):
        guided.photo(walk_id, "picture-1", picture(), body, ms(60), NOON + timedelta(seconds=60))
    guided.photo(walk_id, "picture-2", picture(2, 21), PNG, ms(60), NOON + timedelta(seconds=60))
    file = guided.named(walk_id).picture("picture-1.jpg")
    assert file.read_bytes() == JPEG
    assert len(guided.named(walk_id).events) == 2
    sent(guided, walk_id, WHOLE)
    assert [one["photo"] for one in rows(house, "walk_step", "number")] == ["picture-1.jpg", "picture-2.png", None]


def test_a_picture_that_is_taken_back_is_deleted_with_the_end(house: Workspace) -> None:
    guided, walk_id = house.walks.guided, begun(house)
    guided.photo(walk_id, "picture-1", picture(), JPEG, ms(60), NOON + timedelta(seconds=60))
    guided.photo(walk_id, "picture-2", picture(n=22), PNG, ms(60), NOON + timedelta(seconds=60))
    guided.photo(walk_id, "picture-3", picture(2, 23), PNG, ms(60), NOON + timedelta(seconds=60))
    sent(guided, walk_id, [*WHOLE, event(30, 89, "pictured", step=2, photo="")])
    assert [one["photo"] for one in rows(house, "walk_step", "number")] == ["picture-2.png", None, None]
    kept = {file.name for file in (house.walks.kept_folder / walk_id).iterdir()}
    assert kept == {FILE, "picture-2.png"}


@pytest.mark.parametrize("body", [b"", b"<html>", JPEG[:-2], b"GIF89a"])
def test_what_is_no_picture_leaves_nothing_behind(house: Workspace, body: bytes) -> None:
    guided, walk_id = house.walks.guided, begun(house)
    with pytest.raises(WalkError):
        guided.photo(walk_id, "picture-1", picture(), body, ms(60))
    assert [file.name for file in (house.walks.kept_folder / walk_id).iterdir()] == [FILE]
    assert guided.named(walk_id).events == []


@pytest.mark.parametrize(
    ("event_id", "told"),
    [
        ("short", {"do": "begin", "step": 1}),
        ("../../../etc/x", {"do": "begin", "step": 1}),
        ("event-0001", {"do": "begin", "step": 4}),
        ("event-0001", {"do": "pictured", "step": 1, "photo": "../other.jpg"}),
        ("event-0001", {"do": "pictured", "step": 1, "photo": "event-0001.jpg"}),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing_behind(
    house: Workspace, event_id: str, told: dict[str, Any]
) -> None:
    guided, walk_id = house.walks.guided, begun(house)
    body = msgspec.json.encode({"n": 0, "at": ms(0), **told})
    with pytest.raises(WalkError):
        guided.take(walk_id, {event_id: read_event(body)}, ms(1))
    assert guided.named(walk_id).events == []


@pytest.mark.parametrize("walk_id", ["", "..", "outbox", "../walks", "x" * 81, "20261122T120000-0011223344556677"])
def test_walks_that_there_are_not(house: Workspace, walk_id: str) -> None:
    begun(house)
    with pytest.raises(WalkError, match="no such walk"):
        house.walks.guided.named(walk_id)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"script": "nowhere"}, "nowhere"),
        ({"script": "reach_a_human", "role": "king"}, "no such role"),
        ({"script": "reach_a_human", "walker": "x" * 121}, "too long"),
        ({"script": "reach_a_human", "walker": "a\u202eb"}, "too long|cannot"),
        ({"script": "buy"}, "for a browser"),
    ],
)
def test_what_cannot_be_begun(house: Workspace, given: dict[str, str], said: str) -> None:
    (house.walks.scripts_folder / "buy.yaml").write_text(
        "walk: buy\npersona: a\ngoal: b\norigin: https://shop.example\nsteps: [{open: /}]\nsuccess: {text: c}\n"
    )
    with pytest.raises(WalkError, match=said):
        house.walks.guided.open(**given)
    assert house.walks.guided.every() == []


def test_a_guide_that_is_changed_meanwhile_stays_what_it_was_for_who_walks_it(house: Workspace) -> None:
    walk_id = begun(house)
    (house.walks.scripts_folder / "reach.yaml").unlink()
    with Workspace(house.root) as again:
        sent(again.walks.guided, walk_id, WHOLE)
        assert [one["what"] for one in rows(again, "walk_step", "number")] == ["Find the number.", "Call.", "Wait."]


def test_every_walk_is_told_newest_first(house: Workspace) -> None:
    first = house.walks.guided.open("reach_a_human", "", "", "", NOON)
    second = house.walks.guided.open("reach_a_human", "", "", "", NOON + timedelta(hours=1))
    assert [one.about.walk_id for one in house.walks.guided.every()] == [second, first]


def test_rows_that_come_while_older_ones_are_loaded_are_loaded_too(
    house: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The phone tells something more while another thread is loading the walk's end."""
    walk_id = begun(house)
    outbox = house.walks.outbox
    monkeypatch.setattr(Outbox, "settle", lambda _: 0)
    sent(house.walks.guided, walk_id, [one for one in WHOLE if one[0] != "event-0006"])
    monkeypatch.undo()
    load = Outbox._load

    def slow(self: Outbox, *given: Any) -> int:
        loaded = load(self, *given)
        monkeypatch.setattr(Outbox, "_load", load)
        house.walks.guided.named(walk_id).take(dict(WHOLE), ms(95), ms(95))
        return loaded

    monkeypatch.setattr(Outbox, "_load", slow)
    outbox.settle()
    assert outbox.waiting() == 1
    outbox.settle()
    assert outbox.waiting() == 0
    assert str(rows(house, "walk_step", "number")[1]["note"]).endswith("nobody asked.")
