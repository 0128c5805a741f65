"""Live ingest: acknowledged events a second with every commit synced to the disk, and the memory of the server.

The server has one core to itself, compactor and all; who sends has the others. Usage:

    bench_live.py [SECONDS [EVENTS]]  measure, write results/live.md; EVENTS (a million) for the memory
    bench_live.py serve ROOT PORT     the server that is measured

HEARTLINE_BENCH_PLAIN=1: without uvloop and httptools, where they are installed; prints only.
"""

from __future__ import annotations

import asyncio
import base64
import importlib.util
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from heartline.records import inbox, keys
from heartline.web.app import create_app
from heartline.workspace import Workspace

PLAIN = "HEARTLINE_BENCH_PLAIN" in os.environ
RESULTS = Path(__file__).parent / "results"
EVENT = (
    '{"type":"track","userId":"user-%d","anonymousId":null,"messageId":"%s-%d","timestamp":"2026-06-01T10:00:00.000Z",'
    '"event":"Product Viewed","context":{"library":{"name":"analytics-python","version":"2.3.4"}},"integrations":{},'
    '"properties":{"product_id":"p-%d","sku":"s-123456","category":"garden","name":"Watering can","price":19.99,'
    '"url":"https://shop.example/garden/watering-can","position":3}}'
)


def serve(root: Path, port: int) -> None:
    """The desk and its door, as `heartline serve` has them."""
    with Workspace(root) as workspace, workspace.live() as live:
        config = uvicorn.Config(
            create_app(workspace, live.app), host="127.0.0.1", port=port, log_level="error", access_log=False,
            loop="asyncio" if PLAIN else "auto", http="h11" if PLAIN else "auto",
        )  # fmt: skip
        uvicorn.Server(config).run()


def request(path: str, key: str, body: bytes) -> bytes:
    """One HTTP request as bytes."""
    who = base64.b64encode(f"{key}:".encode()).decode()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Basic {who}\r\ncontent-type: application/json\r\n"
    )
    return head.encode() + f"content-length: {len(body)}\r\n\r\n".encode() + body


async def sender(
    port: int, key: str, name: str, many: int, until: float, waits: list[float], most: int = sys.maxsize
) -> int:
    """Sends one request after the other on one connection; gives how many events were acknowledged."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    number = 0
    while number < most and time.monotonic() < until:
        events = ",".join(EVENT % (n % 5000, name, n, n) for n in range(number, number + many))
        body = f'{{"batch":[{events}],"sentAt":"2026-06-01T10:00:01Z"}}' if many > 1 else events
        began = time.monotonic()
        writer.write(request("/v1/batch" if many > 1 else "/v1/track", key, body.encode()))
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        waits.append(time.monotonic() - began)
        assert head.startswith(b"HTTP/1.1 200"), head
        number += many
    writer.close()
    return number


async def load(port: int, key: str, connections: int, many: int, seconds: float) -> dict[str, Any]:
    """Events a second over some connections, with the time that a sender waits."""
    waits: list[float] = []
    began = time.monotonic()
    senders = [sender(port, key, f"{many}-{at}-{began}", many, began + seconds, waits) for at in range(connections)]
    done = sum(await asyncio.gather(*senders))
    took = time.monotonic() - began
    waits.sort()
    return {
        "events": done, "seconds": round(took, 2), "events_per_s": round(done / took),
        "p50_ms": round(waits[len(waits) // 2] * 1e3, 1), "p99_ms": round(waits[int(len(waits) * 0.99)] * 1e3, 1),
    }  # fmt: skip


def memory_mb(process: int) -> float:
    """Resident memory."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


@contextmanager
def served() -> Iterator[tuple[Path, int, str, int]]:
    """A server with a core of its own over an empty workspace: the workspace, its port, a key, the process."""
    root = Path(tempfile.mkdtemp(prefix="heartline-bench-"))
    with Workspace.create(root / "shop") as workspace:
        key = keys.create(workspace.records, "bench")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, __file__, "serve", str(root / "shop"), str(port)])
    cores = os.sched_getaffinity(0)
    try:
        first, *others = sorted(cores)
        os.sched_setaffinity(server.pid, {first})
        os.sched_setaffinity(0, set(others) or {first})
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        yield root / "shop", port, key, server.pid
    finally:
        os.sched_setaffinity(0, cores)
        server.terminate()
        server.wait()
        shutil.rmtree(root, ignore_errors=True)


def measure(seconds: float) -> dict[str, Any]:
    """Single events, then batches, then how long the inbox takes to empty."""
    with served() as (root, port, key, _):
        found: dict[str, Any] = {"single": asyncio.run(load(port, key, 64, 1, seconds / 2))}
        found["batches"] = asyncio.run(load(port, key, 8, 100, seconds))
        with Workspace(root) as workspace:
            waits, began = inbox.count(workspace.records), time.monotonic()
            while inbox.count(workspace.records) and time.monotonic() - began < 4 * seconds:
                time.sleep(0.1)
            took = time.monotonic() - began
            moved = waits - inbox.count(workspace.records)
            found["into_facts"] = {"events": moved, "seconds": round(took, 2), "events_per_s": round(moved / took)}
        quick = importlib.util.find_spec("uvloop") is not None and not PLAIN
        found["loop"] = "uvloop and httptools" if quick else "asyncio and h11"
        return found


def grow(events: int) -> dict[str, Any]:
    """Memory of the server while so many events come by batches and go into the facts: the largest size up to each
    tenth of them, counted by what is in the facts."""
    peaks = [0.0] * 10
    with served() as (root, port, key, process), Workspace(root) as workspace:
        before = memory_mb(process)
        until = time.monotonic() + 3600
        sending = threading.Thread(target=lambda: asyncio.run(send(port, key, events, until)))
        sending.start()
        loaded = 0
        while loaded < events and time.monotonic() < until:
            time.sleep(0.1)
            loaded = workspace.fact_rows("interaction")
            tenth = min(loaded * 10 // events, 9)
            peaks[tenth] = max(peaks[tenth], memory_mb(process))
        sending.join()
        time.sleep(1)
        return {"events": loaded, "before": before, "peaks": peaks, "after": memory_mb(process)}


async def send(port: int, key: str, events: int, until: float) -> None:
    """So many events over eight connections, in batches of 100."""
    waits: list[float] = []
    senders = [sender(port, key, f"m-{at}", 100, until, waits, events // 8) for at in range(8)]
    await asyncio.gather(*senders)


def main() -> None:
    """Measure and write down."""
    found = measure(float(sys.argv[1]) if len(sys.argv) > 1 else 20.0)
    found["memory"] = grow(int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
    print(json.dumps(found))
    if not PLAIN:
        write(found)


def write(found: dict[str, Any], how: str = "") -> None:
    """Write what was measured into results/live.md; ``how`` says what is to be known of the machine."""
    batches, single, facts = found["batches"], found["single"], found["into_facts"]
    memory, peaks = found["memory"], found["memory"]["peaks"]
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    lines = [
        "# Live ingest", "",
        f"One core of {os.cpu_count()} for the server, {platform.machine()}, Python {platform.python_version()}, "
        f"{found['loop']}, {today}. One run, {single['seconds']:.0f} s of single events, {batches['seconds']:.0f} s of "
        f"batches. {how}Every answer waited for the commit and its fsync; the compactor was at work.", "",
        "| | events | events / s | median wait, ms | 99 of 100 within, ms |", "|---|---|---|---|---|",
        f"| 8 senders, batches of 100 | {batches['events']:,} | {batches['events_per_s']:,} | {batches['p50_ms']} "
        f"| {batches['p99_ms']} |",
        f"| 64 senders, single events | {single['events']:,} | {single['events_per_s']:,} | {single['p50_ms']} "
        f"| {single['p99_ms']} |",
        f"| from the inbox into the facts, afterwards | {facts['events']:,} | {facts['events_per_s']:,} | | |", "",
        f"Memory of the server while {memory['events']:,} events came by batches of 100 as fast as they were taken: "
        f"{memory['before']} MB at the start, at most {max(peaks[:2])} MB until the first fifth was in the facts, at "
        f"most {max(peaks[8:])} MB while the last fifth went there, {memory['after']} MB in the end. By tenths: "
        f"{', '.join(map(str, peaks))} MB.",
    ]  # fmt: skip
    (RESULTS / "live.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
