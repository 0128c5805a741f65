"""The bytes of a text file: unpacked, in UTF-8, with one kind of line end, and what they were before."""

from __future__ import annotations

import codecs
import gzip
import re
import stat
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from heartline.errors import SourceError

SAMPLE = 1 << 20
BLOCK = 8 << 20
WHOLE = 64 << 20
"""Most bytes of a file that has to be read as a whole."""
MOST_PACKED = 200
"""Times that a packed file may be smaller than what is in it; texts are packed to a fifth, rarely a thirtieth."""
FREE = 256 << 20
"""Bytes that may be in a packed file however well they are packed."""

_KINDS = (
    (b"PK\x03\x04", "a zip archive or a spreadsheet (.xlsx, .ods)", "open it and save the sheet as CSV (UTF-8)"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet (.xls)", "open it and save the sheet as CSV (UTF-8)"),
    (b"PAR1", "a Parquet file", "give it the ending .parquet"),
    (b"%PDF", "a PDF document", "export the data as CSV"),
    (b"SQLite format 3", "a SQLite database", "export the table as CSV"),
    (b"\x89PNG", "a picture", "give a CSV, Parquet or JSON Lines file"),
    (b"\xff\xd8\xff", "a picture", "give a CSV, Parquet or JSON Lines file"),
    (b"{\\rtf", "a text document (.rtf)", "export the data as CSV"),
    (b"BZh", "a bzip2 archive", "unpack it first"),
    (b"\xfd7zXZ", "an xz archive", "unpack it first"),
    (b"(\xb5/\xfd", "a zstd archive", "unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it first"),
    (b"\x1f\x8b", "a gzip archive inside another", "unpack it once"),
)
_MULTI_BYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


class FileBytes:
    """Reads a file block by block as UTF-8 bytes with ``\\n`` or ``\\r\\n`` line ends.

    ``encoding`` is found out from the first megabyte when it is not given; ``notes`` says so where it was not
    plain UTF-8. Raises SourceError for a file that is missing, empty, or plainly not text.
    """

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        self.path = path
        self.notes: list[str] = []
        self.total_bytes, self._disk = opened_file(path)
        self._unpacked = 0
        packed = self._disk.read(2) == b"\x1f\x8b"
        self._disk.seek(0)
        self._stream: IO[bytes] | gzip.GzipFile = gzip.GzipFile(fileobj=self._disk) if packed else self._disk
        try:
            head = self._read(SAMPLE)
            self._refuse_binary(head)
            self.encoding = encoding or self._guess(head)
            self._decode = self._decoder(self.encoding)
        except BaseException:
            self.close()
            raise
        self._head = head
        self._bare_returns = b"\r" in head and b"\n" not in self._decode(head, False)
        self._decode = self._decoder(self.encoding)

    @property
    def done_bytes(self) -> int:
        """How far the file on disk has been read."""
        return self._disk.tell() if not self._disk.closed else self.total_bytes

    def close(self) -> None:
        """Close the file."""
        if self._stream is not self._disk:
            self._stream.close()
        self._disk.close()

    def blocks(self) -> Iterator[bytes]:
        """The file in UTF-8, block by block; a block may end anywhere."""
        body: bytes = self._head
        while True:
            out = self._decode(body, not body)
            if self._bare_returns:
                out = out.replace(b"\r", b"\n")
            if out:
                yield out
            if not body:
                return
            body = self._read(BLOCK)

    def _read(self, size: int) -> bytes:
        try:
            body = self._stream.read(size)
        except (OSError, EOFError, zlib.error) as cause:
            raise SourceError(
                f"{self.path.name} is cut off or damaged ({cause})", "a whole gzip file", "fetch the file again"
            ) from cause
        self._unpacked += len(body)
        if self._stream is not self._disk:
            refuse_bomb(self.path.name, self._unpacked, self.total_bytes)
        return body

    def _refuse_binary(self, head: bytes) -> None:
        if not head:
            raise SourceError(f"{self.path.name} is empty", "a header and rows", "export the file again")
        for start, looks, then in _KINDS:
            if head.startswith(start):
                raise SourceError(f"{self.path.name} is not text but looks like {looks}", "a text file", then)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _utf16(head):
            return
        control = sum(head.count(bytes([code])) for code in (*range(9), *range(14, 32)))
        if head.count(b"\0") > len(head) // 100 + 8 or control > len(head) // 20 + 8:
            raise SourceError(
                f"{self.path.name} is not text but some binary format", "CSV, Parquet or JSON Lines", "export it as CSV"
            )

    def _guess(self, head: bytes) -> str:
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            self.notes.append("read as UTF-16, as its first bytes say")
            return "utf-16"
        if kind := _utf16(head):
            self.notes.append("read as UTF-16 without a mark, found by its zero bytes")
            return kind
        try:
            codecs.getincrementaldecoder("utf-8")().decode(head)
        except UnicodeDecodeError:
            # words in UTF-8 beside a broken row: the file is UTF-8 and the row is at fault
            if _MULTI_BYTE.search(head):
                return "utf-8"
            self.notes.append("read as Windows-1252 (Western European), because it is not UTF-8")
            return "cp1252"
        return "utf-8"

    def _decoder(self, encoding: str) -> Callable[[bytes, bool], bytes]:
        try:
            name = codecs.lookup(encoding).name
        except LookupError as cause:
            raise SourceError(f"the encoding {encoding} is not known", "e.g. utf-8, utf-16, latin-1") from cause
        if name == "utf-8":
            return lambda body, _last: body
        if name == "utf-8-sig":
            first = [True]

            def without_mark(body: bytes, _last: bool) -> bytes:
                if first[0]:
                    first[0] = False
                    return body.removeprefix(codecs.BOM_UTF8)
                return body

            return without_mark
        # five bytes of cp1252 mean nothing: they become a replacement sign instead of stopping the file
        decoder = codecs.getincrementaldecoder(name)("replace")
        return lambda body, last: decoder.decode(body, last).encode("utf-8")


def opened_file(path: Path) -> tuple[int, IO[bytes]]:
    """Size and bytes of a file. SourceError for what is missing, a folder, or, like a pipe, can be read only once."""
    try:
        about = path.stat()
        if stat.S_ISREG(about.st_mode):
            return about.st_size, path.open("rb")
        told = "is a folder" if stat.S_ISDIR(about.st_mode) else "is a pipe or a device"
    except (OSError, ValueError) as cause:
        told = f"cannot be read ({getattr(cause, 'strerror', None) or 'no name of a file'})"
    raise SourceError(f"{path.name} {told}", "an existing, readable file", "check the path")


def refuse_bomb(name: str, unpacked: int, packed: int) -> None:
    """SourceError where far more comes out of a packed file than there can be of text."""
    if unpacked > max(FREE, MOST_PACKED * packed):
        raise SourceError(
            f"{name} is packed more than {MOST_PACKED} times: {packed:,} bytes hold more than {unpacked >> 20} MB",
            "a file of texts", "unpack it and look",
        )  # fmt: skip


def _utf16(head: bytes) -> str:
    """UTF-16 without a mark shows by zeros at every second place."""
    sample = head[: 2048 - len(head[:2048]) % 2] if len(head) >= 2 else b""
    pairs = len(sample) // 2
    if pairs < 4:
        return ""
    if sample[1::2].count(0) > 0.7 * pairs and sample[0::2].count(0) < 0.1 * pairs:
        return "utf-16-le"
    if sample[0::2].count(0) > 0.7 * pairs and sample[1::2].count(0) < 0.1 * pairs:
        return "utf-16-be"
    return ""


def lines_of(bytes_in: FileBytes) -> Iterator[tuple[int, list[bytes]]]:
    """Whole lines without their ends, in groups, each with the number of its first line."""
    rest, number = b"", 1
    for block in bytes_in.blocks():
        body = rest + block
        cut = body.rfind(b"\n") + 1
        rest = body[cut:]
        if len(rest) > WHOLE:
            raise SourceError(
                f"line {number} of {bytes_in.path.name} is longer than {WHOLE >> 20} MB", "one object a line",
                "check the file's line ends",
            )  # fmt: skip
        if cut:
            lines = [line.removesuffix(b"\r") for line in body[: cut - 1].split(b"\n")]
            yield number, lines
            number += len(lines)
    if rest:
        yield number, [rest.removesuffix(b"\r")]


def whole(bytes_in: FileBytes, most: int = WHOLE) -> bytes:
    """The whole file. SourceError where it holds more than ``most`` bytes, packed or not."""
    parts, size = [], 0
    for block in bytes_in.blocks():
        size += len(block)
        if size > most:
            raise SourceError(
                f"{bytes_in.path.name} holds more than {most >> 20} MB", "a smaller file", "export it in parts"
            )
        parts.append(block)
    return b"".join(parts)
