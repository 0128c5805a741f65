"""From the inbox into the facts: in turn with file loads, all or nothing, and by itself while the server runs."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.live.conftest import AT

from heartline.errors import WorkspaceError
from heartline.live import compactor
from heartline.records import inbox
from heartline.records.store import Records

if TYPE_CHECKING:
    from tests.live.conftest import Door

VISITS = "interaction_id,customer_id,occurred_at,channel,touchpoint\n"


def pages(number: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {"type": "page", "messageId": f"m{n}", "userId": f"u{n % 7}", "timestamp": AT}
        for n in range(first, first + number)
    ]


def test_what_fails_before_the_last_transaction_is_done_again(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    door.batch(*pages(5), 7)

    def broken(*_: object) -> None:
        raise WorkspaceError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(Records, "publish", broken)
        with pytest.raises(WorkspaceError, match="power cut"):
            door.load()
    assert (inbox.count(door.workspace.records), door.workspace.fact_rows("interaction")) == (6, 0)
    assert door.load() == 6
    assert (inbox.count(door.workspace.records), door.workspace.fact_rows("interaction")) == (0, 5)
    assert len(door.workspace.quarantine()) == 1


def test_a_file_load_goes_first_and_then_the_inbox(door: Door) -> None:
    door.batch(*pages(3))
    with door.workspace.facts.loading("a file load"), pytest.raises(WorkspaceError, match="written by process"):
        door.load()
    assert inbox.count(door.workspace.records) == 3
    assert door.load() == 3


def test_a_file_load_waits_for_the_compactor(door: Door) -> None:
    file = door.workspace.root / "visits.csv"
    file.write_text(f"{VISITS}i1,c1,2026-01-01,web,x\n", encoding="utf-8")
    done: list[int] = []
    with door.workspace.facts.loading("compactor", brief=True):
        thread = threading.Thread(target=lambda: done.append(door.workspace.ingest("interaction", [file]).new))
        thread.start()
        time.sleep(0.1)
        assert done == []
    thread.join()
    assert done == [1]


def test_more_than_one_load_takes_is_loaded_in_turns(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compactor, "MOST_ROWS", 4)  # read when a compactor is made
    door.batch(*pages(10))
    assert door.load() == 10
    assert [(load["read"], load["loads"]) for load in door.workspace.loads()] == [(10, 3)]
    assert {row["interaction_id"] for row in door.rows("interaction")} == {f"m{n}" for n in range(10)}


def test_a_file_and_an_event_of_the_same_id_are_one(door: Door) -> None:
    file = door.workspace.root / "visits.csv"
    file.write_text(f"{VISITS}m1,c1,2026-01-01,web,x\n", encoding="utf-8")
    door.workspace.ingest("interaction", [file])
    door.batch(*pages(3))
    door.load()
    assert len(door.rows("interaction")) == 3
    assert door.row("interaction", interaction_id="m1")["customer_id"] == "c1"


def test_the_report_says_what_came(door: Door) -> None:
    door.batch(*pages(3), {"type": "page", "messageId": "x"})
    door.load()
    door.batch(*pages(4))
    door.load()
    door.batch(*pages(4))
    door.load()
    door.batch(*pages(5))
    door.load()
    (line,) = door.workspace.loads()
    assert (line["table"], line["files"], line["feed"], line["loads"]) == ("live", ["live/shop"], "live", 3)
    assert (line["read"], line["new"], line["quarantined"], line["written"]["interaction"]) == (13, 5, 1, 5)
    assert line["notes"] == ["7 events were there already"]
    assert {row["load_id"] for row in door.rows("interaction")} == {line["load_id"]}


def test_the_thread_goes_on_after_a_fault(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = (door.workspace.records, door.workspace.facts, door.workspace.settings)
    made = compactor.Compactor(*rooms, compactor.load_event_map())
    faults = iter([ValueError("odd"), None])
    once = made.once

    def sometimes() -> Any:
        fault = next(faults, None)
        if fault:
            raise fault
        return once()

    monkeypatch.setattr(made, "once", sometimes)
    monkeypatch.setattr(compactor, "REST", 0)
    thread = compactor.Compacting(made, 0.01)
    door.batch(*pages(2))
    thread.start()
    until = time.monotonic() + 20
    while door.workspace.fact_rows("interaction") < 2 and time.monotonic() < until:
        time.sleep(0.02)
    thread.stop()
    assert door.workspace.fact_rows("interaction") == 2
    assert thread.fault == ""


def test_an_arrival_that_breaks_the_load_is_set_aside(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    collect = compactor.Collector.collect

    def brittle(self: Any, waiting: list[inbox.Waiting]) -> Any:
        if any(one.arrival.message_id == "m5" for one in waiting):
            raise RuntimeError
        return collect(self, waiting)

    monkeypatch.setattr(compactor.Collector, "collect", brittle)
    door.batch(*pages(20))
    assert door.load() == 19
    assert {row["interaction_id"] for row in door.rows("interaction")} == {f"m{n}" for n in range(20)} - {"m5"}
    (aside,) = door.workspace.quarantine()
    assert (aside["table"], aside["line"], aside["reason"]) == (
        "interaction", 6, "it could not be loaded (RuntimeError)",
    )  # fmt: skip


def test_a_run_looks_at_everything_acknowledged(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(door.workspace, "_run", lambda *_: seen.append(door.workspace.fact_rows("interaction")))
    door.batch(*pages(2))
    door.workspace.run()
    with door.workspace.facts.loading("a file load"):
        door.batch(*pages(1, 2))
        door.workspace.run()
    assert seen == [2, 2]
    assert door.workspace.waiting() == 1
