"""Walks that are due while the desk is served: in a process of their own, one at a time, ended when it takes too long.

A browser is heavy and may hang or crash; the desk must not. What the process does is `heartline walk due`.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol

from heartline.walk.script import Script

log = logging.getLogger(__name__)

MOST_S = 3600.0
"""How long all walks that are due together may take."""
AGAIN_S = 3600.0
"""How long after a try the next one comes, where walks are still due: what failed is not tried every minute."""
_PROGRAM = "from heartline.cli import main; main()"


class Late(Protocol):
    """``walks.Walks`` is one."""

    def due(self) -> list[Script]:
        """Scripts that a browser should walk."""


class Scheduled:
    """Called every minute while the desk is served; use it in a ``with`` block, whose end ends what still walks."""

    def __init__(
        self, root: Path, walks: Late, command: Sequence[str] | None = None, most_s: float = MOST_S,
        again_s: float = AGAIN_S, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """command: what walks what is due; default: `heartline walk due` in the workspace ``root``."""
        told = (sys.executable, "-c", _PROGRAM, "walk", "due", "-w", str(root.resolve()))
        self._command = tuple(command or told)
        self._walks, self._most_s, self._again_s, self._clock = walks, most_s, again_s, clock
        self._process: subprocess.Popen[bytes] | None = None
        self._began: float | None = None

    def __call__(self) -> bool:
        """Begin to walk what is due, unless that is being done or was tried lately; whether it began now."""
        now = self._clock()
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                if self._began is not None and now - self._began > self._most_s:
                    log.error("walks that are due took longer than %.0f s, and were ended", self._most_s)
                    self._end()
                return False
            if code:
                log.error("walks that are due ended with code %d; `heartline walk due` says why", code)
            self._process = None
        lately = self._began is not None and now - self._began < self._again_s
        if lately or not self._walks.due():
            return False
        self._began = now
        self._process = subprocess.Popen(  # noqa: S603  our own program
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        return True

    def __enter__(self) -> Scheduled:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    @property
    def walking(self) -> bool:
        """Whether something is being walked."""
        return self._process is not None and self._process.poll() is None

    def _end(self) -> None:
        """End the process and the browser that it started: they are a group of their own."""
        if self._process is None:
            return
        for sign, patience in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(patience)
                break
        self._process = None
