"""One writer at a time: a lock file with the writer's process number.

The lock itself is the operating system's, so that it is gone the moment its holder dies, however it dies.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from heartline.errors import WorkspaceError


@contextmanager
def one_writer(file: Path, doing: str = "written") -> Iterator[None]:
    """Hold the lock; WorkspaceError names the process that has it and what it does with the workspace."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="ascii") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as cause:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            raise WorkspaceError(
                f"the workspace is being {doing} by process {holder}",
                "one writer at a time",
                "wait until it has ended, then try again",
            ) from cause
        handle.seek(0)
        handle.truncate()
        handle.write(str(os.getpid()))
        handle.flush()
        try:
            yield
        finally:
            handle.seek(0)
            handle.truncate()
            handle.flush()
            fcntl.flock(handle, fcntl.LOCK_UN)
