"""Malformed files of other tools, made of the sound samples of each export; and sound names around unsound contents."""

from __future__ import annotations

import copy
import gzip
import io
import json
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.ingest.malformed import MAY, MUST, Maker, Malformed
from tests.sources.exports.sample import Sample

DIRT = (b"\0", b"\xff", b"\xef\xbb\xbf", b'"', b'""', b"\n", b"\r\n", b"\r", b",", b";", b"\t", b"{", b"[", b"}", b"]",
        b"\\", b"\x1b[31m", b"<", b"-->", b"From ", b"\xe2\x80\xae", b"\n\n", b"=", b"\x00\x00\x00", b"'")  # fmt: skip
HOSTILE: tuple[Any, ...] = (
    None, True, -1, 0, 2**63, 10**40, 1e308, "", " ", "\0", "x" * 100_000, [], {}, [[]], [None], {"a": None}, "NaN",
    "null", "9999-12-31T23:59:59Z", "0000-00-00", -1e18, "\u202e", [1] * 1000, {"id": {"id": {}}}, "1740823200",
    1740823200, "'",
)  # fmt: skip
CODES = ("@NaN@", "@-Infinity@", "@1e999@", "@deep@", "@long@", "@half@")
_SPELLED = {
    "@NaN@": "NaN", "@-Infinity@": "-Infinity", "@1e999@": "1e999", "@deep@": "[" * 3000 + "]" * 3000,
    "@long@": "9" * 6000, "@half@": '"\\ud800"',
}  # fmt: skip


def body_of(sample: Sample) -> bytes:
    if isinstance(sample.body, bytes):
        return sample.body
    return (
        ("\ufeff" + sample.body).encode("utf-16-le")
        if sample.encoding == "utf-16"
        else sample.body.encode(sample.encoding)
    )


def export_file(make: Maker, name: str, samples: dict[str, Sample]) -> Malformed:
    """The file of one export, damaged in one way or in several."""
    chance, sample = make.chance, samples[name]
    body, file = body_of(sample), sample.file
    path = make.folder / file
    words = tuple(_words(sample))
    kinds: list[Callable[[], tuple[str, bytes]]] = [
        lambda: ("cut", body[: chance.randrange(len(body))]),
        lambda: ("flipped", _flipped(chance, body)),
        lambda: ("dirt", _dirty(chance, body)),
        lambda: ("lines", _shuffled(chance, body)),
        lambda: ("twice", body + body),
        lambda: ("another tool's", body_of(samples[chance.choice(list(samples))])),
        lambda: ("long", _dirty(chance, body, (b"y" * (1 << 20),))),
    ]
    text = sample.body if isinstance(sample.body, str) else ""
    if text.lstrip()[:1] in ("{", "["):
        kinds += [lambda: ("JSON", _hostile(chance, text))] * 8
    if text:
        encoding = chance.choice(("utf-16", "cp1252", "shift_jis", "utf-32", "utf-8-sig", "utf-16-be"))
        kinds += [
            lambda: (f"in {encoding}", text.encode(encoding, "replace")),
            lambda: ("gzip cut", gzip.compress(body)[: chance.randint(9, 200)]),
        ]
    if name == "slack":
        kinds += [lambda: ("archive", _archive(chance, body))] * 12
    kind, damaged = chance.choice(kinds)()
    path.write_bytes(damaged)
    known = {of: set(rows) for of, rows in sample.rows.items()} if kind == "twice" and name not in _WHOLE else {}
    return Malformed(
        path, f"{name}: {kind}", None, set(), set(), MAY, {"export": name, **sample.told}, words, known=known
    )


_WHOLE = ("slack", "gong", "whisper", "mbox", "webvtt", "srt", "typeform")
"""Exports of which a file twice in a row is no file of that kind any more."""


def _words(sample: Sample) -> list[str]:
    """The beginnings of whatever customers said or are called in a sample."""
    said = [row.get("text") for row in sample.rows.get("verbatim", {}).values()]
    said += [row.get("name") for row in sample.rows.get("customer", {}).values()]
    return [text[:14] for text in said if isinstance(text, str) and len(text) >= 8]


def _flipped(chance: random.Random, body: bytes) -> bytes:
    held = bytearray(body)
    for _ in range(chance.choice((1, 1, 2, 8, 40))):
        held[chance.randrange(len(held))] = chance.randrange(256)
    return bytes(held)


def _dirty(chance: random.Random, body: bytes, dirt: tuple[bytes, ...] = DIRT) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(body))
        body = body[:at] + chance.choice(dirt) + body[at + chance.choice((0, 0, 1, 3)) :]
    return body


def _shuffled(chance: random.Random, body: bytes) -> bytes:
    lines = body.splitlines(keepends=True)
    how = chance.randrange(4)
    if how == 0:
        chance.shuffle(lines)
    elif how == 1:
        lines = [line for line in lines if chance.random() < 0.7]
    elif how == 2:
        lines = [line for line in lines for _ in range(chance.choice((1, 1, 2)))]
    else:
        lines = lines[1:]
    return b"".join(lines)


def _hostile(chance: random.Random, text: str) -> bytes:
    """JSON in which a few values are others."""
    content, rest = [], text.lstrip("\ufeff \r\n")
    while rest:
        value, end = json.JSONDecoder().raw_decode(rest)
        content.append(value)
        rest = rest[end:].lstrip()
    for _ in range(chance.choice((1, 1, 2, 4))):
        places: list[tuple[Any, Any]] = []
        _places(content, places)
        holder, key = chance.choice(places)
        holder[key] = copy.deepcopy(chance.choice((*HOSTILE, *CODES)))
    made = "".join(json.dumps(one) + "\n" for one in content)
    for code, spelled in _SPELLED.items():
        made = made.replace(f'"{code}"', spelled)
    return made.encode("utf-8", "surrogatepass")


def _places(held: Any, found: list[tuple[Any, Any]]) -> None:
    for key, value in held.items() if isinstance(held, dict) else enumerate(held):
        found.append((held, key))
        if isinstance(value, dict | list) and value:
            _places(value, found)


def _archive(chance: random.Random, body: bytes) -> bytes:
    """A Slack export whose archive is the trouble."""
    with zipfile.ZipFile(io.BytesIO(body)) as sound:
        files = {name: sound.read(name) for name in sound.namelist()}
    kind = chance.choice(
        ("climbing", "nested", "packing", "password", "many", "sizes", "names", "twice", "bomb", "values")
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))) as made:
        for name, held in files.items():
            if kind == "values" and name.endswith(".json"):
                held = _hostile(chance, held.decode())
            made.writestr(name, held)
        if kind == "climbing":
            for name in (
                "../../2025-03-01.json",
                "/etc/2025-03-01.json",
                "C:\\2025-03-01.json",
                "a/../../2025-03-02.json",
            ):
                made.writestr(name, "[]")
        elif kind == "nested":
            made.writestr("help/2025-03-03.json", body)
            made.writestr("inner.zip", body)
        elif kind == "many":
            for number in range(2000):
                made.writestr(f"c{number}/2025-03-01.json", "[]")
        elif kind == "bomb":
            made.writestr("help/2025-03-03.json", b"[" + b" " * (70 << 20) + b"]")
        elif kind == "names":
            made.writestr("h\u202eelp/2025-03-03.json", "[]")
            made.writestr("x" * 300 + "/2025-03-03.json", "[{}]")
    held = bytearray(out.getvalue())
    central = held.rfind(b"PK\x01\x02")
    if kind == "packing":
        struct.pack_into("<H", held, central + 10, chance.choice((1, 9, 14, 99)))
    elif kind == "password":
        struct.pack_into("<H", held, central + 8, 1)
    elif kind == "sizes":
        struct.pack_into("<I", held, central + 24, chance.choice((0, 1, 2**31, 2**32 - 2)))
    return _flipped(chance, bytes(held)) if chance.random() < 0.4 else bytes(held)


# --- contents under a wrong name


def renamed(make: Maker) -> Malformed:
    """A file of another kind with the ending of one that is read."""
    kind, body = make.chance.choice(_OTHERS)
    name = make.chance.choice(("a.csv", "a.csv", "a.tsv", "a.txt"))
    return make.file(body, f"{kind} named {name[1:]}", MUST, (), name)


def misnamed(make: Maker) -> Malformed:
    """A sound file with the ending of another kind."""
    rows = make.rows()
    text = make.csv(rows)
    objects = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    name, body = make.chance.choice(
        (("a.parquet", text), ("a.jsonl", text), ("a.csv", objects), ("a.parquet", objects), ("a.parquet.gz", text))
    )
    return make.file(body, f"{'text' if body is text else 'JSON'} named {name[1:]}", MUST, (), name)


def _zip(*files: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in files:
            made.writestr(name, body)
    return out.getvalue()


_SHEET = (
    b'<?xml version="1.0"?><sheetData><row><c t="inlineStr"><is><t>Zephyrine murmured</t></is></c></row></sheetData>'
)
_OTHERS: tuple[tuple[str, bytes], ...] = (
    ("xlsx", _zip(("[Content_Types].xml", b"<Types/>"), ("xl/worksheets/sheet1.xml", _SHEET))),
    ("ods", _zip(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", _SHEET))),
    ("numbers", _zip(("Index/Document.iwa", bytes(range(256))), ("Metadata/Properties.plist", _SHEET))),
    ("xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + b"Zephyrine"),
    ("docx", _zip(("word/document.xml", _SHEET))), ("zip in zip", _zip(("a.zip", _zip(("a.csv", b"a,b\n1,2\n"))))),
    ("PDF", b"%PDF-1.7\nZephyrine"), ("SQLite", b"SQLite format 3\0" + bytes(90)),
    ("picture", b"\x89PNG\r\n\x1a\n" + bytes(64)),
    ("JPEG", b"\xff\xd8\xff\xe0" + bytes(64)), ("HTML", b"<!DOCTYPE html><table><tr><td>Zephyrine</td></tr></table>"),
    ("XML", b'<?xml version="1.0"?><a><b>Zephyrine</b></a>'), ("7z", b"7z\xbc\xaf\x27\x1c" + bytes(64)),
    ("bzip2", b"BZh91AY&SY" + bytes(64)), ("xz", b"\xfd7zXZ\0" + bytes(64)), ("zstd", b"\x28\xb5\x2f\xfd" + bytes(64)),
    ("tar", b"a.csv" + bytes(95) + b"0000644\0" + bytes(400)), ("pickle", b"\x80\x04\x95" + bytes(64)),
    ("Parquet", b"PAR1" + bytes(64) + b"PAR1"),
    ("HTML sheet", b"<html xmlns:x='urn:schemas-microsoft-com'><table>Zephyrine"),
    ("RTF", b"{\\rtf1 Zephyrine}"), ("plist", b"bplist00" + bytes(64)), ("ELF", b"\x7fELF" + bytes(64)),
)  # fmt: skip


def bomb(folder: Path, kind: str) -> Malformed:
    """A packed file that holds far more than its size can; a few megabytes of disk at most."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ("a.csv.gz" if kind != "parquet" else "a.parquet")
    head = b"interaction_id,customer_id,occurred_at,channel,touchpoint\n"
    piece = {
        "zeros": bytes(1 << 20), "one line": b"a" * (1 << 20), "short rows": b"x\n" * (1 << 19),
        "quotes": b'"' * (1 << 20), "blank lines": b"\n" * (1 << 20), "open quotes": b'"a,b\n' * (1 << 18),
        "delimiters": b"," * (1 << 20),
        "same row": b"i1,c1,2026-01-01,web,till\n" * (1 << 15),
    }[kind]  # fmt: skip
    with gzip.GzipFile(path, "wb", compresslevel=1) as out:
        out.write(head)
        for _ in range((400 << 20) // len(piece)):
            out.write(piece)
    # a row said sixteen million times is packed hardly better than a text can be: it may as well be loaded, once
    refused = MAY if kind == "same row" else MUST
    return Malformed(path, f"bomb of {kind}", "interaction", refused=refused, id_column="interaction_id")


BOMBS = ("zeros", "one line", "short rows", "quotes", "blank lines", "open quotes", "delimiters", "same row")
