"""Seconds and highest memory of each part of a job that tells when a part begins."""

from __future__ import annotations

import resource
import threading
import time
from pathlib import Path
from types import TracebackType

_PAGE_MB = resource.getpagesize() / 2**20
_EVERY_S = 0.05


def resident_mb() -> float:
    """Resident memory of this process now, in megabytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_MB


class Peaks:
    """Watches memory from the side; ``began`` fits the ``progress`` of Workspace.run.

    Attributes
    ----------
    seconds, cpu_seconds, peak_mb: by part, in the order in which they began. CPU seconds are those of all threads of
        this process: on a machine that others use they say more than seconds
    """

    def __init__(self, printed: bool = False) -> None:
        self.seconds: dict[str, float] = {}
        self.cpu_seconds: dict[str, float] = {}
        self.peak_mb: dict[str, float] = {}
        self._printed = printed
        self._part = ""
        self._since = 0.0
        self._cpu_since = 0.0
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Peaks:
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.began("")
        self._done.set()
        self._watch.join()

    def began(self, part: str, _number: int = 0, _parts: int = 0) -> None:
        """A part begins, and the one before it has ended."""
        now, cpu = time.perf_counter(), time.process_time()
        if self._part:
            self.seconds[self._part] = now - self._since
            self.cpu_seconds[self._part] = cpu - self._cpu_since
            if self._printed:
                print(
                    f"{self._part}: {now - self._since:.1f} s, {cpu - self._cpu_since:.1f} CPU s, "
                    f"{self.peak_mb.get(self._part, 0):.0f} MB",
                    flush=True,
                )
        self._part, self._since, self._cpu_since = part, now, cpu
        if part:
            self.peak_mb[part] = resident_mb()

    def _look(self) -> None:
        while not self._done.wait(_EVERY_S):
            part = self._part
            if part:
                self.peak_mb[part] = max(self.peak_mb.get(part, 0.0), resident_mb())
