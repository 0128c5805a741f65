"""One writer at a time: a lock file with the writer's process number.

The lock itself is the operating system's, so that it is gone the moment its holder dies, however it dies. Who holds it
only for moments says so in the file, and is waited for.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from heartline.errors import WorkspaceError

BRIEF = "for a moment"
PATIENCE_S = 120.0
"""How long a holder that is brief is waited for."""


@contextmanager
def one_writer(file: Path, doing: str = "written", brief: bool = False) -> Iterator[None]:
    """Hold the lock; WorkspaceError names the process that has it and what it does with the workspace.

    ``brief``: others wait for this holder instead of being refused.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="ascii") as handle:
        _take(handle, doing)
        handle.seek(0)
        handle.truncate()
        handle.write(f"{os.getpid()} {BRIEF}" if brief else str(os.getpid()))
        handle.flush()
        try:
            yield
        finally:
            handle.seek(0)
            handle.truncate()
            handle.flush()
            fcntl.flock(handle, fcntl.LOCK_UN)


def _take(handle: IO[str], doing: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as cause:
            handle.seek(0)
            holder = handle.read().strip()
            # an empty file: its holder has just begun or is just leaving
            if (not holder or holder.endswith(BRIEF)) and time.monotonic() < until:
                time.sleep(0.02)
                continue
            raise WorkspaceError(
                f"the workspace is being {doing} by process {holder.removesuffix(BRIEF).strip() or 'unknown'}",
                "one writer at a time",
                "wait until it has ended, then try again",
            ) from cause
        return
