"""Three small pictures as a browser draws them, bare of all that is not shown, and what cameras write into one."""

from __future__ import annotations

import base64
import struct
import zlib

JPEG = base64.b64decode(
    "/9j/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYnKSopGR8tMC0oMCUoKSj/2wBD"
    "AQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCj/wAARCAAQABgD"
    "ASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAb/xAAfEAABAwMFAAAAAAAAAAAAAAASAAYUARETFiQyQ2H/xAAVAQEBAAAA"
    "AAAAAAAAAAAAAAAFBP/EACMRAAEACAcAAAAAAAAAAAAAAAARFBUkJTEyY1FSgYKRkvD/2gAMAwEAAhEDEQA/AJ5otrUUvdx8AdZk"
    "Re0txR3NrTsTdyM59YCI+1vyRouXTsvaSM4dgCJeVvyR3OXUUTaR8B9hkQ+UtxVb2t2tMOZg8PZ9/dm60+STqIiSBj//2Q=="
)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAABgAAAAQCAYAAAAMJL+VAAAAVElEQVR4AeyQsQkAIAwEHytrJ3ASp3EKx3MSx7DTPkVCkKQIBr4I"
    "PPz/pdLHsVSC8QUMWG2Dk5ZoQERaBJL/I5IIwR9RnRmcxMrE4L+AFHh+zRdcAAAA//9Ut9aCAAAABklEQVQDAODsRonyotCVAAAA"
    "AElFTkSuQmCC"
)
WEBP = base64.b64decode(
    "UklGRqwAAABXRUJQVlA4WAoAAAAQAAAAFwAADwAAQUxQSBMAAAABDzD/ERFCLJj422awP4KI/kfMAFZQOCByAAAAMAQAnQEqGAAQ"
    "AD5tKpJFpCKhmAQAQAbEsQBdh7/+kq/sB1gAGBbfO8ugAMj0c0TyB/n9/PkU2nYa1WY6IrmneRqw/2MOiZQz8jdIVpamOv7f7OvQ"
    "X3+xkp3cqczoaA2m7pnST/sXtr3KtlLENLRR0wAA"
)
SECRET = b"Exif\0\0taken at 53.35 N 6.26 W by camera 4711"


def jpeg_with(*segments: tuple[int, bytes]) -> bytes:
    """The JPEG with segments behind its beginning."""
    told = b"".join(b"\xff" + bytes([kind]) + struct.pack(">H", len(held) + 2) + held for kind, held in segments)
    return JPEG[:2] + told + JPEG[2:]


def png_with(*chunks: tuple[bytes, bytes]) -> bytes:
    """The PNG with chunks behind its header."""
    end = 8 + 25
    told = b"".join(
        struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held)) for name, held in chunks
    )
    return PNG[:end] + told + PNG[end:]


def webp_with(flags: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """The WebP with chunks at its end, and flags that say so."""
    told = b"".join(
        name + struct.pack("<I", len(held)) + held + (b"\0" if len(held) % 2 else b"") for name, held in chunks
    )
    body = bytearray(WEBP[12:] + told)
    body[8] |= flags
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + bytes(body)
