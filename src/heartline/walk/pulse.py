"""How late this machine is with its own work: what it keeps a walk waiting for is no fault of the site."""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

_BEAT = 0.05
_PRESSURE = tuple(map(Path, ("/proc/pressure/memory", "/sys/fs/cgroup/cpu.pressure")))
_STAT = Path("/proc/stat")
Lost = Callable[[float], float]
"""Of the seconds since it was asked last, which it is given, those in which work waited for the machine."""


class Pulse:
    """Beats while it is open (``with``), and knows how long this machine has kept work waiting.

    Two measures, of which the larger counts from beat to beat: how much later than asked for a beat came, and which
    part of the time work lost to other work that wanted the same processors, or to want of memory. The second is for
    the browser, and a site on the same machine; a beat is so short a piece of work that a machine with ten times its
    work still does it in time.
    clock, lost: tests give others
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, lost: Lost | None = None) -> None:
        self._clock, self._lost = clock, lost or measure()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._late, self._at = 0.0, clock()
        self._lost(0.0)
        self._due = self._at + _BEAT
        self._thread = threading.Thread(target=self._beats, daemon=True)

    def __enter__(self) -> Pulse:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def late(self) -> float:
        """Seconds so far, never more than have passed."""
        with self._lock:
            now = self._count()
            self._due = max(self._due, now)  # what is overdue is counted now, and not again when the beat comes
            return self._late

    def beat(self) -> None:
        """One beat; the next is due a moment later."""
        with self._lock:
            self._due = self._count() + _BEAT

    def _beats(self) -> None:
        while not self._over.wait(_BEAT):
            self.beat()

    def _count(self) -> float:
        now = self._clock()
        passed = now - self._at
        self._late += min(passed, max(0.0, now - self._due, self._lost(passed)))
        self._at = now
        return now


def measure() -> Lost:
    """What is lost as the system tells it: to the crowd of what runs, to want of memory, to a limit of a container."""
    files = [file for file in _PRESSURE if _stalled(file) is not None]
    before = dict.fromkeys(files, 0.0)

    def lost(passed: float) -> float:
        grown = [_crowded(passed)]
        for file in files:
            now = _stalled(file) or before[file]
            grown.append(now - before[file])
            before[file] = now
        return max(grown)

    return lost


def _stalled(file: Path) -> float | None:
    """Seconds in which something waited, since the machine began; None where the kernel does not tell."""
    with contextlib.suppress(OSError):
        told = re.search(r"some .*total=(\d+)", file.read_text("ascii"))
        return int(told[1]) / 1e6 if told else None
    return None


def _crowded(passed: float) -> float:
    """Where more wants to run than there are processors, each gets its share, and the rest of the time is lost."""
    running = _running()
    return passed * max(0.0, 1 - (os.cpu_count() or 1) / running) if running > 0 else 0.0


def _running() -> float:
    """What runs or could besides us: now (Linux), else in the mean of the last minute; 0 where nothing tells."""
    with contextlib.suppress(OSError):
        told = re.search(r"^procs_running (\d+)", _STAT.read_text("ascii"), re.M)
        if told:
            return int(told[1]) - 1
    with contextlib.suppress(AttributeError, OSError):
        return os.getloadavg()[0]
    return 0.0
