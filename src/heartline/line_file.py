"""A file of JSON lines that grows at its end: on disk before anything counts; a crash leaves whole lines."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any


def append(file: Path, lines: Sequence[Mapping[str, Any]], new: bool = False) -> None:
    """Lines on disk when this returns, all with one wait for the disk. What a crash left half written is cut off first.

    new: the file must not be there yet (FileExistsError), else it must (FileNotFoundError)
    """
    body = b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)
    with file.open("xb" if new else "r+b") as out:
        if not new:
            out.seek(0, os.SEEK_END)
            if out.tell():
                out.seek(-1, os.SEEK_END)
                if out.read(1) != b"\n":
                    whole = file.read_bytes()
                    out.truncate(whole.rfind(b"\n") + 1)
                    out.seek(0, os.SEEK_END)
        out.write(body)
        out.flush()
        os.fsync(out.fileno())


def lines_of(file: Path) -> Iterator[dict[str, Any]]:
    """Whole lines; a last one that a crash cut off was never acknowledged."""
    for line in file.read_bytes().split(b"\n")[:-1]:
        yield json.loads(line)
