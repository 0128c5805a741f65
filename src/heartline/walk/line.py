"""How fast a visitor's line is: one for all tabs, frames and workers of a walk, since it is the gate that keeps it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Literal

Way = Literal["up", "down"]


@dataclass(frozen=True)
class Speed:
    """latency: seconds of a round trip; down, up: bytes a second."""

    latency: float
    down: float
    up: float


SPEEDS = {
    "slow_4g": Speed(0.150, 1_600_000 / 8, 750_000 / 8),
    "slow_3g": Speed(0.400, 400_000 / 8, 400_000 / 8),
}
"""Lines that are slower than this machine's own."""


class Line:
    """Lets bytes through as fast as its speed says, those of all connections together."""

    def __init__(self, speed: Speed | None = None) -> None:
        self._speed = speed
        self._free: dict[Way, float] = {"up": 0.0, "down": 0.0}
        self._lock = threading.Lock()

    @property
    def piece(self) -> int:
        """Bytes that are let through at once: few on a slow line, so that connections take turns."""
        return 65_536 if self._speed is None else 8_192

    def due(self, size: int, way: Way) -> float:
        """When ``size`` bytes are through (``time.monotonic``); the round trip is told of what goes up."""
        if self._speed is None:
            return 0.0
        rate = self._speed.down if way == "down" else self._speed.up
        with self._lock:
            through = max(self._free[way], time.monotonic()) + size / rate
            self._free[way] = through
        return through + (self._speed.latency if way == "up" else 0.0)


def until(moment: float) -> None:
    """Sleep until then."""
    time.sleep(max(0.0, moment - time.monotonic()))
