"""Many rooms at once on one server: from a turn that is sent to the room as it stands on the screen.

python benchmarks/bench_rooms.py [ROOMS] [SECONDS]

The server runs in a process of its own and over loopback; each room sends a turn every three seconds, beginning at a
moment of its own. Every turn is on disk before it is answered. Latencies are taken where the screen would be.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from websockets.asyncio.client import connect

from heartline.workspace import Workspace

WORDS = (
    "Good morning, thanks for taking the time today.", "Could you tell me how long the repair would take?",
    "I was told on Monday that somebody would call, and nobody did.", "That sounds good, what are the next steps?",
    "I am not sure that I understand what the second offer includes.", "It is a little too expensive for us this year.",
)  # fmt: skip
EVERY = 3.0
SERVE = "from heartline.cli import main; main()"


async def one_room(place: str, seconds: float, told: list[float]) -> int:
    """Speak in one room; gives how many turns were sent."""
    sent = 0
    await asyncio.sleep(random.uniform(0, EVERY))
    async with connect(place, open_timeout=60) as door:
        await door.recv()
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            who = ("Rita", "Ben", "Ines")[sent % 3]
            begin = sent * EVERY
            turn = {"speaker": who, "begin": begin, "end": begin + 2.5, "text": random.choice(WORDS)}
            started = time.perf_counter()
            await door.send(json.dumps({"id": str(sent), "turn": turn}))
            answer = json.loads(await door.recv())
            told.append(time.perf_counter() - started)
            assert answer["ref"] == str(sent), answer
            sent += 1
            await asyncio.sleep(max(0.0, EVERY - (time.perf_counter() - started)))
    return sent


async def speak(places: list[str], seconds: float) -> tuple[list[float], int]:
    """All rooms at once."""
    told: list[float] = []
    sent = await asyncio.gather(*(one_room(place, seconds, told) for place in places))
    return told, sum(sent)


def main() -> None:
    """Print the figures as JSON."""
    rooms, seconds = int((sys.argv[1:] or ["200"])[0]), float((sys.argv[2:] or ["30"])[0])
    random.seed(3)
    with tempfile.TemporaryDirectory(prefix="heartline-bench-") as folder, socket.socket() as free:
        with Workspace.create(Path(folder) / "house") as made:
            ids = [made.rooms.open(f"Room {number}", ["Rita"]).room_id for number in range(rooms)]
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        command = [sys.executable, "-c", SERVE, "serve", "-w", str(Path(folder) / "house"), "--port", str(port)]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ)
        try:
            for _ in range(300):
                with socket.socket() as tried:
                    if tried.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            told, sent = asyncio.run(speak([f"ws://127.0.0.1:{port}/room/{one}" for one in ids], seconds))
        finally:
            server.terminate()
            server.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    milliseconds = 1000 * np.array(told)
    print(
        json.dumps(
            {
                "rooms": rooms, "turns": sent, "seconds": seconds,
                "p50_ms": round(float(np.quantile(milliseconds, 0.5)), 1),
                "p95_ms": round(float(np.quantile(milliseconds, 0.95)), 1),
                "p99_ms": round(float(np.quantile(milliseconds, 0.99)), 1),
                "worst_ms": round(float(milliseconds.max()), 1),
                "server_cpu_s": round(used.ru_utime + used.ru_stime, 1),
                "server_peak_mb": round(used.ru_maxrss / 1024),
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
