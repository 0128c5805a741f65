"""kill -9 at any moment: the whole load is there, or nothing; a second run makes it whole."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

WRITER = """
import sys
from pathlib import Path
from heartline.facts.store import FactStore
from heartline.ingest import ingest
from heartline.records.store import Records
from heartline.settings import load_settings
root = Path(sys.argv[1])
records = Records(root / "records.db")
facts = FactStore(root, records)
print("begin", flush=True)
report = ingest(records, facts, load_settings(None, {}), "interaction", [root / "a.csv"])
print(report.new, report.unchanged, flush=True)
records.close()
"""
ROWS = 6000


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_any_moment(rooms: Any, seed: int) -> None:
    chance = random.Random(seed)
    body = "interaction_id,customer_id,occurred_at,channel,touchpoint,text\n" + "".join(
        f"i{n},c{n % 97},2024-01-01,web,x,{'fine' if n % 2 else ''}\n" for n in range(ROWS)
    )
    file: Path = rooms.file(body)
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(rooms.root)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begin\n"
    time.sleep(chance.uniform(0.0, 0.4))
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()

    seen = rooms.facts.rows("interaction"), rooms.facts.rows("verbatim"), len(rooms.records.loads())
    assert seen in ((0, 0, 0), (ROWS, ROWS // 2, 1))
    again = rooms.load("interaction", file)
    assert (again.new, again.unchanged) == ((0, ROWS) if seen[0] else (ROWS, 0))
    assert len(rooms.rows("interaction")) == ROWS
    assert len(rooms.rows("verbatim")) == ROWS // 2
    live = set(rooms.facts.files("interaction")) | set(rooms.facts.files("verbatim"))
    assert {path for path in (rooms.root / "facts").rglob("*") if path.is_file()} == live
    assert not (rooms.root / ".staging").exists() or not list((rooms.root / ".staging").iterdir())
