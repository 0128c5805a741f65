"""What is due, who is told, and a process beside the desk that walks: one at a time, ended when it takes too long."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.walks.made import NOON, TEXT, keep, script, walked
from tests.walks.test_shelf import GUIDE

from heartline.action import house
from heartline.errors import WorkspaceError
from heartline.records.notices import listed
from heartline.walks.schedule import Scheduled
from heartline.workspace import Workspace

DAY = timedelta(days=1)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "w", {"notice_plain_http": True}) as made:
        made.walks.scripts_folder.mkdir()
        (made.walks.scripts_folder / "look.yaml").write_text(TEXT, encoding="utf-8")
        yield made


def names(found):
    return [one.walk for one in found]


def told(workspace: Workspace) -> list[tuple[str, str]]:
    return [(one.topic, str(one.body["title"])) for one in reversed(listed(workspace.records))]


def guided(workspace: Workspace, walker: str, at, walk_id: str) -> None:
    workspace.walks.outbox.put(walk_id, {"walk": [{
        "walk_id": walk_id, "script": "unbox", "goal": "open it", "kind": "guided", "walker": walker, "role": "other",
        "started_at": at.isoformat(), "ended_at": (at + timedelta(minutes=9)).isoformat(), "ended": "goal", "steps": 1,
    }]})  # fmt: skip


def test_a_walk_is_due_when_its_last_one_on_its_own_device_is_old_enough(workspace):
    walks = workspace.walks
    assert names(walks.due(NOON)) == ["look_around"]
    keep(workspace)
    assert names(walks.due(NOON + 7 * DAY - timedelta(seconds=1))) == []
    assert names(walks.due(NOON + 7 * DAY)) == ["look_around"]
    keep(workspace, walked(script().on("mobile")), NOON + 7 * DAY)  # on another device: not what was asked for
    assert names(walks.due(NOON + 7 * DAY)) == ["look_around"]
    mobile, desktop = sorted(walks.standing(NOON + 7 * DAY), key=lambda one: one.device, reverse=True)
    assert (mobile.device, mobile.due, mobile.every) == ("mobile", False, None)
    assert (desktop.due, desktop.due_since, desktop.walks) == (True, NOON + 7 * DAY, 1)


def test_a_bad_script_keeps_no_other_from_being_due(workspace):
    (workspace.walks.scripts_folder / "bad.yaml").write_text("walk: Bad", encoding="utf-8")
    assert names(workspace.walks.due(NOON)) == ["look_around"]


def test_who_walked_how_often_and_since_when_somebody_should_again(workspace):
    (workspace.walks.scripts_folder / "unbox.yaml").write_text(GUIDE, encoding="utf-8")
    (way,) = [one for one in workspace.walks.standing(NOON) if one.kind == "guided"]
    assert (way.due, way.due_since, way.walkers) == (True, None, {})
    for number, walker in enumerate(("Robin", "ROBIN ", "Sam")):
        guided(workspace, walker, NOON + number * DAY, f"w{number}")
    (way,) = [one for one in workspace.walks.standing(NOON + 30 * DAY) if one.kind == "guided"]
    assert (way.walks, way.due_since) == (3, NOON + 30 * DAY)
    assert {name.strip().lower(): number for name, number in way.walkers.items()} == {"robin": 2, "sam": 1}
    assert [one.nth for one in workspace.walks.past("unbox")] == [1, 2, 1]
    assert names(workspace.walks.due(NOON + 30 * DAY)) == ["look_around"]  # a browser cannot walk the other


def test_a_way_that_became_longer_is_told_once_with_both_releases(workspace):
    workspace.moves.notices.add_webhook("hook", "http://127.0.0.1:9/", ["walk.longer", "walk.due"])
    keep(workspace, at=NOON, release="1.0")
    assert workspace.walks.tell(NOON + timedelta(minutes=1)) == 0
    keep(workspace, at=NOON + 7 * DAY, release="1.1")
    assert workspace.walks.tell(NOON + 7 * DAY + timedelta(minutes=1)) == 0  # as long as before
    keep(workspace, walked(clicks=9), NOON + 14 * DAY, "2.0")
    later = NOON + 14 * DAY + timedelta(minutes=1)
    assert [workspace.walks.tell(later) for _ in range(3)] == [1, 0, 0]
    (notice,) = listed(workspace.records)
    assert (notice.topic, notice.body["title"]) == ("walk.longer", "The way has become longer: see it")
    assert "release before: 1.1; now: 2.0" in notice.body["lines"]
    assert notice.body["path"] == "/walks/look_around"
    keep(workspace, walked(clicks=9), NOON + 21 * DAY, "2.1")
    assert workspace.walks.tell(NOON + 21 * DAY + timedelta(minutes=1)) == 0  # it is known
    keep(workspace, walked(clicks=20), NOON + 28 * DAY, "3.0")
    assert workspace.walks.tell(NOON + 28 * DAY + timedelta(minutes=1)) == 1


def test_a_receiver_that_comes_later_is_not_told_of_old_walks(workspace):
    keep(workspace)
    keep(workspace, walked(clicks=9), NOON + 7 * DAY)
    workspace.moves.notices.add_webhook("hook", "http://127.0.0.1:9/", ["walk.longer"])
    assert workspace.walks.tell(NOON + 9 * DAY) == 0


def test_a_guided_walk_that_is_due_is_told_once_and_never_who_walked(workspace):
    workspace.moves.notices.add_webhook("hook", "http://127.0.0.1:9/")
    (workspace.walks.scripts_folder / "unbox.yaml").write_text(GUIDE, encoding="utf-8")
    assert [workspace.walks.tell(NOON) for _ in range(2)] == [1, 0]
    for number in range(4):
        guided(workspace, "Robin", NOON + number * DAY, f"w{number}")
    assert workspace.walks.tell(NOON + 10 * DAY) == 0
    assert [workspace.walks.tell(NOON + 40 * DAY) for _ in range(2)] == [1, 0]
    assert told(workspace) == [("walk.due", "Somebody should walk: open it")] * 2
    assert "Robin" not in str([one.body for one in listed(workspace.records)])


class Late:
    """What is due, as told."""

    def __init__(self) -> None:
        self.found = [script()]

    def due(self):
        return self.found


def beside(tmp_path, body: str, **more) -> tuple[Scheduled, Late, list[float]]:
    late, clock = Late(), [0.0]
    command = (sys.executable, "-c", body)
    return Scheduled(tmp_path, late, command, clock=lambda: clock[0], **more), late, clock


def ended(one: Scheduled) -> None:
    until = time.monotonic() + 30
    while one.walking and time.monotonic() < until:
        time.sleep(0.01)
    assert not one.walking


def test_one_process_at_a_time_and_the_next_try_an_hour_later(tmp_path, caplog):
    mark = tmp_path / "mark"
    one, late, clock = beside(tmp_path, f"open({str(mark)!r}, 'a').write('x'); raise SystemExit(1)")
    with one:
        assert one()
        ended(one)
        with caplog.at_level(logging.ERROR):
            assert not one()  # still due, but tried a moment ago
        assert "ended with code 1" in caplog.text
        clock[0] = 3599
        assert not one()
        clock[0] = 3601
        assert one()
        assert not one()
        ended(one)
        late.found = []
        clock[0] = 9999
        assert not one()
    assert mark.read_text() == "xx"


def test_what_takes_too_long_is_ended_with_all_that_it_started(tmp_path, caplog):
    mark = tmp_path / "mark"
    inner = f"import time; open({str(mark)!r}, 'w').write('x'); time.sleep(60)"
    body = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    one, _, clock = beside(tmp_path, body, most_s=10.0)
    with one, caplog.at_level(logging.ERROR):
        assert one()
        until = time.monotonic() + 30
        while not mark.exists() and time.monotonic() < until:
            time.sleep(0.01)
        process = one._process
        clock[0] = 9.0
        one()
        assert one.walking
        clock[0] = 11.0
        assert not one()
        assert not one.walking
        assert process.wait(5) < 0
    assert "took longer" in caplog.text


def test_the_end_of_the_desk_ends_the_walk(tmp_path):
    one, _, _ = beside(tmp_path, "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(60)")
    with one:
        assert one()
        process = one._process
    assert process.poll() is not None


def test_two_programs_never_walk_at_once(workspace):
    again = workspace.walks.alone()
    with workspace.walks.alone(), pytest.raises(WorkspaceError, match="being walked by process"):
        again.__enter__()


def test_one_clock_tells_what_is_due_wherever_it_is_asked(workspace, monkeypatch):
    monkeypatch.setattr(house, "real", lambda: NOON + 30 * DAY)
    keep(workspace)
    workspace_of = type(workspace)
    monkeypatch.setattr(workspace_of, "as_of", property(lambda _: NOON + DAY))
    assert names(workspace.walks.due()) == ["look_around"]
    monkeypatch.setattr(workspace_of, "as_of", property(lambda _: NOON + 40 * DAY))  # facts may run ahead of us
    (way,) = workspace.walks.once().standing()
    assert (way.due, way.due_since) == (True, NOON + 7 * DAY)


def test_with_the_clock_of_the_facts_a_walk_is_due_by_them_alone(tmp_path, monkeypatch):
    with Workspace.create(tmp_path / "w", {"clock": "facts"}) as made:
        made.walks.scripts_folder.mkdir()
        (made.walks.scripts_folder / "look.yaml").write_text(TEXT, encoding="utf-8")
        keep(made)
        monkeypatch.setattr(type(made), "as_of", property(lambda _: NOON + DAY))
        assert names(made.walks.due()) == []  # whatever day it is today
        monkeypatch.setattr(type(made), "as_of", property(lambda _: NOON + 8 * DAY))
        assert names(made.walks.due()) == ["look_around"]
