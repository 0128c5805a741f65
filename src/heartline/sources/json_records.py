"""The objects of a JSON file, however they are strung together: one a line, an array, answers of an API page by page.

Nothing is held but the block that is read, so that an array of any length can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from heartline.errors import SourceError
from heartline.sources.file_bytes import FileBytes, lines_of
from heartline.sources.raw import BadRow

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.|\\\Z)*+("|\Z)|[\[\]{}]', re.DOTALL)
_BETWEEN = b" \t\r\n,]"
MOST = 64 << 20
"""Most bytes of one object in a list: one that is longer has lost a bracket or a quote."""
KEPT = 1 << 20
"""Most characters that are kept of what is broken."""
_decode = msgspec.json.Decoder().decode


def json_records(path: Path, file: FileBytes, within: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]] | BadRow]:
    """Objects with the lines they begin on; what is none is set aside. ``within`` are the names under which an API's
    answer holds its list, or the object that holds it.

    Raises SourceError, before anything is read, where the file does not begin like JSON.
    """
    beginning = _beginning(path, file.encoding).lstrip()
    if beginning[:1] not in (b"{", b"["):
        raise SourceError(
            f"{path.name} is not JSON: it begins with neither {{ nor [", "objects, one a line, in a list or in pages",
            "export it as JSON, or describe the table in a mapping file (docs/how-to/mapping-files.md)",
        )  # fmt: skip
    return _records(_by_line(file) if _has_lines(path, beginning) else _by_brackets(file), within)


def _records(
    values: Iterator[tuple[int, bytes, str]], within: Sequence[str]
) -> Iterator[tuple[int, dict[str, Any]] | BadRow]:
    for line, text, fault in values:
        if fault:
            yield _broken(line, text, fault)
            continue
        try:
            value = _decode(text)
        except UNREADABLE:
            yield _broken(line, text, "the text is not valid JSON")
            continue
        for one in several(value, within):
            if isinstance(one, dict):
                yield line, one
            else:
                yield _broken(line, msgspec.json.encode(one), "the JSON is no object")


def several(value: Any, within: Sequence[str]) -> list[Any]:
    """The objects of a JSON value: those of its list, or of the list it holds under one of the names ``within``."""
    if isinstance(value, dict):
        for name in within:
            inner = value.get(name)
            if isinstance(inner, dict):
                inner = next((inner[n] for n in within if isinstance(inner.get(n), list)), None)
            if isinstance(inner, list):
                return inner
    return value if isinstance(value, list) else [value]


def _by_line(file: FileBytes) -> Iterator[tuple[int, bytes, str]]:
    for number, lines in lines_of(file):
        for at, line in enumerate(lines, number):
            if line.strip():
                yield at, line, ""


def _by_brackets(file: FileBytes) -> Iterator[tuple[int, bytes, str]]:
    """Values between brackets that stand for themselves, or in one list; text between them is a fault."""
    held, line, opened, in_list = b"", 1, False, False
    at = counted = end = 0
    start, depth = -1, 0
    for block in chain(file.blocks(), (b"",)):
        # what lies before the value that is being read is done with
        cut = end if start < 0 else start
        line += held.count(b"\n", counted, cut)
        held, at, end, start = held[cut:] + block, at - cut, end - cut, -1 if start < 0 else 0
        counted = 0
        while token := _TOKEN.search(held, at):
            sign = token[0][:1]
            if sign == b'"':
                if not token[1] and block:
                    break
                at = token.end()
                continue
            at = token.end()
            if not opened and sign == b"[":
                # the file is one list: its own brackets do not count
                opened, in_list, end = True, True, at
                continue
            opened = True
            if sign in b"[{":
                if not depth:
                    start = token.start()
                    line += held.count(b"\n", counted, start)
                    counted = start
                    between = held[max(end, 0) : start].strip(_BETWEEN)
                    if between:
                        yield line, between, "there is text between the objects"
                depth += 1
            elif depth:
                depth -= 1
                if not depth:
                    yield line, held[start:at], ""
                    line += held.count(b"\n", counted, at)
                    counted = end = at
                    start = -1
            elif sign == b"]":
                in_list = False
        else:
            at = len(held)
        if token is not None:
            at = token.start()
        if start >= 0 and len(held) - start > MOST:
            yield line, held[start:], f"the object does not end within {MOST >> 20} MiB; nothing after it was read"
            return
    rest = held[max(end, 0) if start < 0 else start :].strip(_BETWEEN)
    if rest:
        yield line, rest, "the file ends inside an object" if start >= 0 else "there is text between the objects"
    elif in_list:
        yield line, b"", "the file ends inside its list"


def _broken(line: int, text: bytes, reason: str) -> BadRow:
    words = text.decode("utf-8", "replace")
    return BadRow(line, "(row)", f"text of {len(words)} characters", reason, "one JSON object", {"_text": words[:KEPT]})


def _beginning(path: Path, encoding: str) -> bytes:
    peek = FileBytes(path, encoding)
    try:
        return next(peek.blocks(), b"")
    finally:
        peek.close()


def _has_lines(path: Path, beginning: bytes) -> bool:
    """Whether one of the first lines is an object of its own; a broken one may be the first."""
    if beginning[:1] == b"[":
        return False
    if path.name.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson")):
        return True
    for line in [line for line in beginning.split(b"\n", 50)[:50] if line.strip()][:2]:
        try:
            if isinstance(_decode(line), dict):
                return True
        except UNREADABLE:
            continue
    return False
