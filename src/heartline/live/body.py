"""The body of a request, never more of it in memory than allowed: gzip is unpacked no further than the limit."""

from __future__ import annotations

import zlib

from starlette.requests import Request

from heartline.live.problem import Problem

_GZIP = 16 + zlib.MAX_WBITS
_MEMBERS = 32
"""Parts of one gzip: some writers make a few, and thousands of empty ones would cost much and hold nothing."""


async def read_body(request: Request, most: int) -> bytes:
    """The body, unpacked. Problem 413 (too large), 415 (a coding that is not known), 400 (broken gzip)."""
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "", "gzip", "x-gzip"):
        raise Problem(415, f"Content-Encoding {coding[:20]!r} is not known; gzip and identity are")
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        raise _too_large(most)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise _too_large(most)
        parts.append(part)
    body = b"".join(parts)
    return unpacked(body, most) if coding.endswith("gzip") else body


def unpacked(body: bytes, most: int) -> bytes:
    """What gzip holds, of one member or several. Problem 413 beyond ``most`` bytes, 400 where it is broken."""
    found, members = b"", 0
    while body:
        members += 1
        if members > _MEMBERS:
            raise Problem(400, f"the gzip of the body has more than {_MEMBERS} parts")
        unpacker = zlib.decompressobj(_GZIP)
        try:
            found += unpacker.decompress(body, most + 1 - len(found))
        except zlib.error as cause:
            raise Problem(400, "the body is not valid gzip") from cause
        if len(found) > most:
            raise _too_large(most)
        if not unpacker.eof:
            raise Problem(400, "the gzip of the body ends too early")
        body = unpacker.unused_data
    return found


def _too_large(most: int) -> Problem:
    return Problem(413, f"the body is larger than {most} bytes; send it in several requests")
