"""Pictures that walkers take: known by what they are, not by what they say, and bare of what a camera writes in.

A phone's camera writes place, time and its own number into a picture. The page draws pictures anew before it sends
them; what is written in all the same is cut out here. What is shown is left as it is, to the byte.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from heartline.errors import WalkError

MOST_BYTES = 4_000_000
MOST_PIXELS = 4096
"""Most pixels of a side; the page sends at most 1600."""

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_SHOWN = frozenset((b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD"))
_PNG_FIRST = b"IHDR"
_WEBP_SHOWN = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH"))
_JPEG_BARE = frozenset((0x01, *range(0xD0, 0xD9)))
"""Markers without a length."""
_JPEG_SIZE = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of frames, which tell the size."""
_JPEG_SHOWN = frozenset((0xC4, 0xDA, 0xDB, 0xDD, 0xEE)) | _JPEG_SIZE
"""Segments without which it is not shown as it was: tables, scans, sizes, and Adobe's word on colours."""


def bare(body: bytes) -> tuple[bytes, str]:
    """The picture without what is not shown, and the ending of its name: jpg, png or webp.

    WalkError where it is no such picture, is broken, moves, or is too large.
    """
    if len(body) > MOST_BYTES:
        raise _refused(f"a picture of {len(body):,} bytes", f"at most {MOST_BYTES:,}")
    try:
        if body.startswith(b"\xff\xd8\xff"):
            return _jpeg(body), "jpg"
        if body.startswith(_PNG):
            return _png(body), "png"
        if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
            return _webp(body), "webp"
    except (struct.error, IndexError) as cause:
        raise _refused("a picture that is cut off", "a whole one") from cause
    raise _refused("what was sent is no picture", "JPEG, PNG or WebP")


def _jpeg(body: bytes) -> bytes:
    made = bytearray(body[:2])
    place, sized = 2, False
    while True:
        if body[place] != 0xFF:
            raise _refused("a picture that is broken", "a whole JPEG")
        while body[place + 1] == 0xFF:  # a marker may be filled up
            place += 1
        marker = body[place + 1]
        if marker == 0xD9:
            if not sized:
                raise _refused("a picture that shows nothing", "a whole JPEG")
            return bytes(made + body[place : place + 2])  # what stands behind the end is no part of it
        if marker in _JPEG_BARE:
            place += 2
            continue
        (length,) = struct.unpack_from(">H", body, place + 2)
        end = place + 2 + length
        if length < 2 or end > len(body):
            raise _refused("a picture that is cut off", "a whole JPEG")
        if marker in _JPEG_SIZE:
            high, wide = struct.unpack_from(">HH", body, place + 5)
            _check_size(wide, high)
            sized = True
        if marker == 0xDA:
            end = _scan_end(body, end)
        if marker in _JPEG_SHOWN:
            made += body[place:end]
        place = end


def _scan_end(body: bytes, place: int) -> int:
    """Where the next marker after the points of a scan stands."""
    while True:
        place = body.find(b"\xff", place)
        if place < 0:
            raise _refused("a picture that is cut off", "a whole JPEG")
        if body[place + 1] != 0 and not 0xD0 <= body[place + 1] <= 0xD7:
            return place
        place += 2


def _png(body: bytes) -> bytes:
    made = bytearray(_PNG)
    sized = drawn = False
    for name, held, whole in _png_chunks(body):
        if not sized and name != _PNG_FIRST:
            raise _refused("a picture that is broken", "a whole PNG")
        if name == _PNG_FIRST:
            _check_size(*struct.unpack_from(">II", held))
            sized = True
        if name in (b"acTL", b"fcTL"):
            raise _refused("a picture that moves", "one that stands still")
        drawn = drawn or name == b"IDAT"
        if name in _PNG_SHOWN:
            made += whole
        elif name[0] < 97:  # a capital: it cannot be shown without it
            raise _refused("a picture of an unknown kind", "a plain PNG")
        if name == b"IEND":
            break
    if not drawn:
        raise _refused("a picture that shows nothing", "a whole PNG")
    return bytes(made)


def _png_chunks(body: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    place = len(_PNG)
    while True:
        length, name = struct.unpack_from(">I4s", body, place)
        held = body[place + 8 : place + 8 + length]
        (check,) = struct.unpack_from(">I", body, place + 8 + length)
        if zlib.crc32(name + held) != check:
            raise _refused("a picture that is broken", "a whole PNG")
        yield name, held, body[place : place + 12 + length]
        place += 12 + length


def _webp(body: bytes) -> bytes:
    (told,) = struct.unpack_from("<I", body, 4)
    if told + 8 > len(body):
        raise _refused("a picture that is cut off", "a whole WebP")
    made, place, drawn = bytearray(), 12, False
    while place + 8 <= told + 8:
        name, length = struct.unpack_from("<4sI", body, place)
        end = place + 8 + length + length % 2
        if place + 8 + length > told + 8:
            raise _refused("a picture that is cut off", "a whole WebP")
        held = bytearray(body[place:end])
        if name in (b"ANIM", b"ANMF"):
            raise _refused("a picture that moves", "one that stands still")
        if name == b"VP8X":
            if held[8] & 0b10:
                raise _refused("a picture that moves", "one that stands still")
            held[8] &= 0b0001_0000  # of what it says to hold, only transparency is left
            _check_size(*(1 + int.from_bytes(held[at : at + 3], "little") for at in (12, 15)))
        elif name == b"VP8 ":
            drawn = True
            wide, high = struct.unpack_from("<HH", held, 8 + 6)
            _check_size(wide & 0x3FFF, high & 0x3FFF)
        elif name == b"VP8L":
            drawn = True
            (bits,) = struct.unpack_from("<I", held, 8 + 1)
            _check_size(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
        if name in _WEBP_SHOWN:
            made += held
        place = end
    if not drawn:
        raise _refused("a picture that shows nothing", "a whole WebP")
    return b"RIFF" + struct.pack("<I", 4 + len(made)) + b"WEBP" + bytes(made)


def _check_size(wide: int, high: int) -> None:
    if not (0 < wide <= MOST_PIXELS and 0 < high <= MOST_PIXELS):
        raise _refused(f"a picture of {wide} by {high} points", f"at most {MOST_PIXELS} a side")


def _refused(got: str, expected: str) -> WalkError:
    return WalkError(got, expected, "take it anew on the page of the walk")
