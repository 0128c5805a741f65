"""Archived calls: the same rows as over HTTP, and none twice, whichever came first."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.live.conftest import AT

from heartline.errors import SourceError
from heartline.feeds.feed import FolderFeed, Way
from heartline.live import archive

if TYPE_CHECKING:
    from tests.live.conftest import Door

LIVE: list[dict[str, Any]] = [
    {"type": "track", "messageId": "m1", "userId": "u1", "event": "Order Completed", "timestamp": AT,
     "properties": {"order_id": "o1", "revenue": 30, "currency": "EUR"}},
    {"type": "page", "messageId": "m2", "anonymousId": "a1", "name": "Home", "timestamp": AT},
    {"type": "identify", "messageId": "m3", "userId": "u1", "anonymousId": "a1", "timestamp": AT,
     "traits": {"name": "Ann", "plan": "gold"}},
    {"type": "track", "messageId": "m4", "userId": "u2", "event": "Coupon Denied", "timestamp": AT},
]  # fmt: skip


def archived(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As Segment keeps them: its own moments beside the sender's, whose clock is an hour fast here."""
    late = AT.replace("T10:00", "T11:00")
    return [
        {**call, "originalTimestamp": late, "sentAt": late, "receivedAt": AT, "timestamp": AT, "projectId": "p",
         "version": 2, "writeKey": "secret-key", "context": {"ip": "198.51.100.7", **call.get("context", {})}}
        for call in calls
    ]  # fmt: skip


def file(door: Door, calls: list[dict[str, Any]], name: str = "calls.gz", more: str = "") -> Path:
    path = door.workspace.root / name
    path.write_bytes(gzip.compress(("\n".join(map(json.dumps, calls)) + more).encode()))
    return path


def facts(door: Door) -> dict[str, Any]:
    tables = ("interaction", "purchase", "customer", "identity")
    hidden = ("source", "load_id", "known_at")
    return {
        of: sorted(({k: v for k, v in row.items() if k not in hidden} for row in door.rows(of)), key=str)
        for of in tables
    }


def test_the_rows_are_those_of_live_calls(door: Door) -> None:
    door.workspace.ingest_calls([file(door, archived(LIVE))])
    from_file = facts(door)
    assert door.row("interaction", interaction_id="m1")["source"] == "calls.gz"
    assert str(door.row("interaction", interaction_id="m1")["occurred_at"]).startswith("2026-06-01 10:00:00")
    assert [row["purchase_id"] for row in door.rows("purchase")] == ["o1"]
    assert door.row("customer", customer_id="u1")["name"] == "Ann"
    assert "198.51.100.7" not in str(door.rows("interaction"))
    assert "secret-key" not in str(door.rows("interaction"))
    assert len(from_file["interaction"]) == 4


@pytest.mark.parametrize("first", ["live", "archive"])
def test_an_event_that_came_both_ways_is_one(door: Door, first: str) -> None:
    if first == "live":
        door.batch(*LIVE)
        door.load()
        before = facts(door)
    (report,) = door.workspace.ingest_calls([file(door, archived(LIVE))])
    if first == "archive":
        before = facts(door)
        door.batch(*LIVE)
        door.load()
    else:
        assert (report.new, report.notes) == (0, ["4 events were there already"])
    assert facts(door) == before
    (again,) = door.workspace.ingest_calls([file(door, archived(LIVE), "renamed.gz")])
    assert again.new == 0
    assert facts(door) == before


def test_live_and_archived_rows_are_the_same(door: Door, tmp_path: Path) -> None:
    door.batch(*LIVE)
    door.load()
    live = facts(door)
    with type(door.workspace).create(tmp_path / "other") as other:
        door.workspace, kept = other, door.workspace
        other.ingest_calls([file(door, archived(LIVE))])
        found = facts(door)
        door.workspace = kept
    for of in live:
        for row in (*live[of], *found[of]):
            row.pop("seen_at", None)
    assert found == live


def test_many_portions_and_doubles_in_one_file(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_CALLS", 4)
    calls = [{"type": "page", "messageId": f"m{n % 10}", "userId": "u1", "receivedAt": AT} for n in range(13)]
    (report,) = door.workspace.ingest_calls([file(door, calls, more='\n{"bad\n[1]\n{"messageId": "x"}\n')])
    assert (report.read, report.quarantined) == (16, 3)
    assert len(door.rows("interaction")) == 10
    assert {row["line"] for row in door.workspace.quarantine()} == {14, 15, 16}


def test_calls_without_an_id_are_known_by_their_content(door: Door) -> None:
    calls = [{"type": "page", "userId": "u1", "receivedAt": AT, "name": name} for name in ("a", "b", "a")]
    path = file(door, calls)
    for _ in range(2):
        door.workspace.ingest_calls([path])
        assert len(door.rows("interaction")) == 2


def test_a_folder_of_them_is_a_feed(door: Door) -> None:
    folder = door.workspace.root / "archive"
    (folder / "2026-06-01").mkdir(parents=True)
    file(door, archived(LIVE[:2]), "archive/2026-06-01/1.gz")
    feed = FolderFeed("segment", Way(export="segment"), str(folder), "**/*.gz", 0.0)
    door.workspace.feeds.add(feed)
    assert door.workspace.feeds.run(feed).loaded == ["2026-06-01/1.gz"]
    file(door, archived(LIVE[2:]), "archive/2026-06-01/2.gz")
    (folder / "2026-06-01" / "3.gz").write_bytes(b"\x1f\x8b\x08broken")
    report = door.workspace.feeds.run(feed)
    assert (report.loaded, [name for name, _ in report.failed]) == (["2026-06-01/2.gz"], ["2026-06-01/3.gz"])
    (line,) = door.workspace.loads()
    assert (line["feed"], line["loads"], line["table"]) == ("segment", 2, "segment")
    assert len(door.rows("interaction")) == 4


def test_it_is_recognised_and_what_is_none_is_refused(door: Door) -> None:
    assert archive.looks_archived(file(door, archived(LIVE)))
    other = door.workspace.root / "x.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    assert not archive.looks_archived(other)
    assert not archive.looks_archived(door.workspace.root / "nothing.gz")
    with pytest.raises(SourceError, match="not JSON"):
        door.workspace.ingest_calls([other])
