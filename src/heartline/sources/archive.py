"""Files inside a zip archive or a folder, read one by one and never beyond a bound."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from heartline.errors import SourceError
from heartline.sources.file_bytes import FREE, MOST_PACKED, opened_file

MOST = 64 << 20
"""Bytes of one file inside."""
MOST_FILES = 500_000
_BROKEN = (
    OSError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, RuntimeError, KeyError, ValueError
)  # fmt: skip
"""What a damaged archive is known to raise; a password is a RuntimeError, an unknown packing one of its children."""


class Archive:
    """A zip archive or a folder. ``names`` are its files, with ``/`` between folders, in order.

    Raises SourceError for what is neither, is damaged, or holds far more than its size can.
    """

    def __init__(self, path: Path) -> None:
        self.notes: list[str] = []
        self.path = path
        self._zip: zipfile.ZipFile | None = None
        self._done = 0
        if path.is_dir():
            self._sizes = {
                file.relative_to(path).as_posix(): file.stat().st_size
                for file in path.rglob("*")
                if file.is_file() and not file.is_symlink()
            }
        else:
            self._sizes = self._opened()
        self.names: Sequence[str] = sorted(self._sizes)
        self.total_bytes = sum(self._sizes.values())

    @property
    def done_bytes(self) -> int:
        """Bytes of the files that were read."""
        return self._done

    def _opened(self) -> dict[str, int]:
        name = self.path.name
        size, file = opened_file(self.path)
        file.close()
        try:
            self._zip = zipfile.ZipFile(self.path)
            infos = [info for info in self._zip.infolist() if not info.is_dir()]
        except _BROKEN as cause:
            self.close()
            raise SourceError(
                f"{name} is no zip archive that can be read", "a folder, or a whole zip archive", "fetch it again"
            ) from cause
        total = sum(info.file_size for info in infos)
        if len(infos) > MOST_FILES or total > max(FREE, MOST_PACKED * size):
            self.close()
            raise SourceError(
                f"{name} holds {len(infos)} files of {total >> 20} MB in {size >> 20} MB",
                f"up to {MOST_FILES} files that are not packed more than {MOST_PACKED} times", "unpack it and look",
            )  # fmt: skip
        return {info.filename: info.file_size for info in infos}

    def read(self, name: str) -> bytes:
        """One file; ValueError says why it cannot be read."""
        size = self._sizes[name]
        if size > MOST:
            raise ValueError(f"the file holds more than {MOST >> 20} MB")
        self._done += size
        try:
            if self._zip is None:
                body = (self.path / name).read_bytes()
            else:
                with self._zip.open(name) as opened:
                    # what an archive says of its sizes may be a lie
                    body = opened.read(MOST + 1)
        except _BROKEN as cause:
            raise ValueError("the file is damaged or locked by a password") from cause
        if len(body) > MOST:
            raise ValueError(f"the file holds more than {MOST >> 20} MB")
        return body

    def close(self) -> None:
        """Close the archive."""
        if self._zip is not None:
            self._zip.close()
