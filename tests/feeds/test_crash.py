"""kill -9 in the middle of a run, again and again: no cursor is ahead of its rows, and in the end all are once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from heartline.feeds.feed import FolderFeed
from heartline.records import feeds

if TYPE_CHECKING:
    from tests.feeds.conftest import Shop

ROWS, KILLS = map(int, os.environ.get("HEARTLINE_FEED_CRASH", "6000x4").split("x"))
RUN = """
import sys
from pathlib import Path
from heartline.workspace import Workspace
with Workspace(Path(sys.argv[1])) as workspace:
    feed = workspace.feeds.named(sys.argv[2])
    print("begin", flush=True)
    workspace.feeds.run(feed)
"""


@pytest.mark.parametrize("kind", ["query", "folder"])
def test_killed_again_and_again(shop: Shop, kind: str) -> None:
    chance = random.Random(11)
    portions = [range(start, start + ROWS // 6) for start in range(0, ROWS, ROWS // 6)]
    feed = shop.query(overlap="0") if kind == "query" else shop.dir()
    shop.workspace.feeds.add(feed)
    kept: list[str] = []
    for number in range(KILLS + 1):
        for n in portions[number] if number < len(portions) else ():
            if kind == "folder" and n % 100 == 0:
                shop.csv(f"{n:07d}.csv", *range(n, n + 100))
        if kind == "query" and number < len(portions):
            shop.execute(
                "insert into visit values (?, ?, '2026-01-01', 'fine', ?)",
                [
                    (n, f"c{n % 7}", f"2026-01-01 {n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}")
                    for n in portions[number]
                ],
            )
        command = [sys.executable, "-c", RUN, str(shop.workspace.root), feed.name]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "begin\n"
        time.sleep(chance.uniform(0.0, 0.35))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert set(kept) <= set(shop.ids())
        kept = shop.ids()
        if kind == "query":
            held = feeds.cursor(shop.workspace.records, feed.name)
            newest = max((int(one) for one in kept), default=-1)
            clock = f"2026-01-01 {newest // 3600:02d}:{newest // 60 % 60:02d}:{newest % 60:02d}"
            assert held == (None if newest < 0 else {"kind": "time_text", "value": clock})
        else:
            loaded = feeds.files(shop.workspace.records, feed.name)
            assert len(kept) == 100 * len(loaded)
    assert isinstance(feed, FolderFeed) == (kind == "folder")
    shop.run(feed)
    written = sum(len(portion) for portion in portions[: KILLS + 1])
    found = Counter(shop.ids())
    assert len(found) == written
    assert set(found.values()) == {1}
    lines = shop.workspace.loads()
    assert sum(line["new"] for line in lines) == written
