"""Files that a walk makes for an upload: small, whole, and nobody's."""

from __future__ import annotations

import struct
import zlib

_WORDS = b"Heartline walk"


def paper(name: str) -> dict[str, object]:
    """Name, kind and content of a file; its kind is that of its name: .pdf, .png, .csv, else plain text."""
    kind = name.lower().rpartition(".")[2]
    if kind == "pdf":
        return {"name": name, "mimeType": "application/pdf", "buffer": _pdf()}
    if kind == "png":
        return {"name": name, "mimeType": "image/png", "buffer": _png()}
    if kind == "csv":
        return {"name": name, "mimeType": "text/csv", "buffer": b"article,pieces\nteapot,1\n"}
    return {"name": name, "mimeType": "text/plain", "buffer": _WORDS + b"\n"}


def _pdf() -> bytes:
    """One page with a line of text; its table of places is counted, so that strict readers take it."""
    drawn = b"BT /F 14 Tf 40 100 Td (" + _WORDS + b") Tj ET"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + table + end


def _png() -> bytes:
    """Eight grey points by eight."""

    def part(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\x00" + b"\x80" * 8 for _ in range(8))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")
