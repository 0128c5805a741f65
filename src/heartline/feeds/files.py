"""Files of a folder: which fit, which are whole, which are new. Known by content, not by name or date alone."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

from heartline.errors import SourceError
from heartline.feeds.feed import FolderFeed

UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".filepart", ".swp", "~")
"""Endings of names under which programs write what is not finished; also names that begin with a dot or ``~``."""
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Found:
    """A file: its name below the folder, and its stamp, which changes whenever it is written."""

    path: Path
    name: str
    stamp: str
    modified: float

    def age(self) -> float:
        """Seconds since it was written; a date in the future counts as long ago, since it says nothing."""
        age = time.time() - self.modified
        return age if age >= 0 else float("inf")


def found(feed: FolderFeed) -> list[Found]:
    """Files that fit the pattern, by name. SourceError where there is no folder."""
    folder = Path(feed.folder)
    if not folder.is_dir():
        raise SourceError(f"there is no folder {folder}", "a folder that can be read", "check the path and its rights")
    files = []
    for path in folder.glob(feed.pattern):
        below = path.relative_to(folder)
        if unfinished(below) or not path.is_file():
            continue
        try:
            files.append(looked_at(path, below.as_posix()))
        except OSError:
            continue  # gone while the folder was read
    return sorted(files, key=lambda file: file.name)


def unfinished(name: Path) -> bool:
    """Whether the name says that the file is not to be read (yet)."""
    return name.name.lower().endswith(UNFINISHED) or any(part.startswith((".", "~")) for part in name.parts)


def looked_at(path: Path, name: str) -> Found:
    """A file as it is now."""
    told = path.stat()
    # the time of change of the entry as well: who sets the date back cannot set that one
    stamp = f"{told.st_size}-{told.st_mtime_ns}-{told.st_ctime_ns}"
    plain = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return Found(path, plain, stamp, told.st_mtime)


def digest_of(path: Path) -> str:
    """Hash of the content (blake2b, 128 bits)."""
    hashed = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            hashed.update(block)
    return hashed.hexdigest()
