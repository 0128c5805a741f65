"""kill -9 of the server, again and again, while Segment's client sends: every acknowledged event is there, none twice.

The suite does it small. ``HEARTLINE_CRASH=20000x10`` sends 20,000 events through ten kills.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
from segment.analytics.client import Client

from heartline.records import keys
from heartline.workspace import Workspace

EVENTS, KILLS = map(int, os.environ.get("HEARTLINE_CRASH", "1500x2").split("x"))
SERVE = "from heartline.cli import main; main()"


class Server:
    """`heartline serve` as a process of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-c", SERVE, "serve", "-w", str(self.root), "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.address}/healthz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.02)
        self.kill()
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def test_killed_again_and_again(tmp_path: Path) -> None:
    chance = random.Random(7)
    with Workspace.create(tmp_path / "shop") as workspace:
        key = keys.create(workspace.records, "shop")
    with Server(tmp_path / "shop") as server:
        failed: list[Any] = []
        lost: set[str] = set()

        def refused(error: Exception, batch: list[dict[str, Any]]) -> None:
            failed.append(error)
            lost.update(one["messageId"] for one in batch)

        clients = [
            Client(
                key, host=server.address, gzip=True, max_queue_size=EVENTS, upload_interval=0.05, max_retries=60,
                on_error=refused,
            )
            for _ in range(2)
        ]  # fmt: skip
        for consumer in (consumer for client in clients for consumer in client.consumers):
            consumer.log.disabled = True
        sent = [f"m{number}" for number in range(EVENTS)]
        portions = threading.Semaphore(1)

        def send() -> None:
            """A portion before each kill and one after the last: every kill comes while something is on its way."""
            for number, name in enumerate(sent):
                if number % (EVENTS // (KILLS + 1)) == 0:
                    portions.acquire()
                clients[number % 2].track(f"u{number % 97}", "Product Viewed", {"sku": str(number)}, message_id=name)

        sender = threading.Thread(target=send)
        sender.start()
        with Workspace(tmp_path / "shop") as workspace:
            kept = 0
            for _ in range(KILLS):
                _until_more_is_kept(workspace, kept)
                time.sleep(chance.uniform(0.0, 0.03))
                server.kill()
                kept = _kept(workspace)
                assert kept < EVENTS
                portions.release()
                server.start()
            portions.release(EVENTS)
        sender.join()
        for client in clients:
            client.shutdown()
        server.end()
        assert failed == []

        with Workspace(tmp_path / "shop") as workspace:
            workspace.empty_inbox()
            found = Counter(workspace.query("select interaction_id from interaction").column(0).to_pylist())
            assert set(sent) - lost - set(found) == set(), "acknowledged and gone"
            assert set(found) <= set(sent)
            assert max(found.values()) == 1, "doubled"
            assert workspace.quarantine() == []


def _until_more_is_kept(workspace: Workspace, before: int) -> None:
    until = time.monotonic() + 60
    while _kept(workspace) <= before and time.monotonic() < until:
        time.sleep(0.005)


def _kept(workspace: Workspace) -> int:
    return workspace.waiting() + workspace.fact_rows("interaction")
