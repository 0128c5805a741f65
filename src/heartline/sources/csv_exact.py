"""The slow and exact way through CSV, for blocks that hold a broken row.

A broken record that spans lines gives up only its first line: reading goes on with the next one, so that one
missing quote cannot swallow a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from heartline.sources.raw import BadRow

MAX_RECORD = 4 << 20
"""A record longer than this many bytes is taken for a quote that was never closed."""
KEPT = 1 << 20
"""Most characters that are kept of what is broken."""


_QUOTED = re.compile(rb'(?:[^"]++|"")*+')
"""What may stand between two quotes; a quote in it is written twice."""


class _BrokenError(Exception):
    def __init__(self, reason: str, expected: str) -> None:
        self.reason = reason
        self.expected = expected


class _UnfinishedError(Exception):
    """The record needs bytes that have not been read yet."""


@dataclass(frozen=True)
class ExactRows:
    """Rows with their lines, broken rows, and how much of the block was used."""

    rows: list[list[str]]
    lines: list[int]
    broken: list[BadRow]
    used: int
    next_line: int


def _fields(body: bytes, at: int, delimiter: int, last: bool) -> tuple[list[bytes], int]:
    """Fields of the record that begins at ``at``, and where the next one begins."""
    fields: list[bytes] = []
    size = len(body)
    start = at
    mark = bytes([delimiter])
    while True:
        if at < size and body[at] == 34:
            begin = at + 1
            quoted = _QUOTED.match(body, begin, min(size, start + MAX_RECORD + 1))
            close = quoted.end() if quoted else begin
            if close >= size or close - start > MAX_RECORD:
                if last or size - start > MAX_RECORD:
                    raise _BrokenError("a quote is opened and never closed", "every opening quote closed")
                raise _UnfinishedError
            at = close + 1
            if at >= size and not last:
                raise _UnfinishedError
            fields.append(body[begin:close].replace(b'""', b'"'))
            # several returns stand before a line end that was converted more than once
            end = at
            while end < size and body[end] == 13:
                end += 1
            if end >= size and not last:
                raise _UnfinishedError
            if end >= size or body[end] == 10:
                return fields, min(end + 1, size)
            if body[at] != delimiter:
                raise _BrokenError(
                    "text follows a closing quote", 'a delimiter after it; a quote inside a value is written twice ("")'
                )
            at += 1
            continue
        end = body.find(b"\n", at)
        if end < 0:
            if not last:
                raise _UnfinishedError
            end = size
        stop = body.find(mark, at, end)
        if stop >= 0:
            fields.append(body[at:stop])
            at = stop + 1
            continue
        fields.append(body[at:end].rstrip(b"\r"))
        return fields, min(end + 1, size)


def read_exactly(body: bytes, names: Sequence[str], delimiter: str, line: int, last: bool) -> ExactRows:
    """Read a block record by record; ``line`` is the number of its first line, ``last`` says that no more follows."""
    rows: list[list[str]] = []
    lines: list[int] = []
    broken: list[BadRow] = []
    at = 0
    mark = ord(delimiter)
    while at < len(body):
        try:
            fields, after = _fields(body, at, mark, last)
            spanned = body.count(b"\n", at, after)
            if not any(fields):
                at, line = after, line + spanned
                continue
            cells = _checked(fields, names)
        except _UnfinishedError:
            if len(body) - at <= 2 * MAX_RECORD:
                break
            fault = _BrokenError("the line does not end", f"a line end within {2 * MAX_RECORD >> 20} MB")
            broken.append(_bad(body[at:], names, delimiter, line, fault))
            at = len(body)
            continue
        except _BrokenError as fault:
            end = body.find(b"\n", at)
            if end < 0 and not last and len(body) - at <= 2 * MAX_RECORD:
                break
            end = len(body) if end < 0 else end
            text = body[at:end].removesuffix(b"\r")
            broken.append(_bad(text, names, delimiter, line, fault))
            at, line = min(end + 1, len(body)), line + 1
            continue
        rows.append(cells)
        lines.append(line)
        at, line = after, line + spanned
    return ExactRows(rows, lines, broken, at, line)


def _checked(fields: list[bytes], names: Sequence[str]) -> list[str]:
    if len(fields) != len(names):
        raise _width_fault(len(fields), names)
    cells = []
    for field in fields:
        if 0 in field:
            raise _BrokenError("the row holds a NUL byte", "text")
        try:
            cells.append(field.decode("utf-8"))
        except UnicodeDecodeError as cause:
            raise _BrokenError(
                "the row holds bytes that are not UTF-8", 'UTF-8, or encoding = "latin-1" in a mapping file'
            ) from cause
    return cells


def _bad(text: bytes, names: Sequence[str], delimiter: str, line: int, fault: _BrokenError) -> BadRow:
    plain = text.decode("utf-8", "replace")
    kept = plain[:KEPT]
    raw: dict[str, object] = dict(zip(names, kept.split(delimiter, len(names)), strict=False))
    raw["_text"] = kept
    return BadRow(line, "(row)", f"line of {len(plain)} characters", fault.reason, fault.expected, raw)


def wrong_width(text: str, width: int, names: Sequence[str], delimiter: str, line: int) -> BadRow:
    """A row with too few or too many columns."""
    fault = _width_fault(width, names)
    return _bad(text.removesuffix("\r").encode(), names, delimiter, line, fault)


def _width_fault(width: int, names: Sequence[str]) -> _BrokenError:
    plural = "" if width == 1 else "s"
    reason = f"the row has {width} column{plural}, the header has {len(names)}"
    return _BrokenError(reason, f"{len(names)} columns, as in the header")


def blank(text: str, delimiter: str) -> bool:
    """Whether a record holds nothing but delimiters and empty quotes."""
    if set(text) - {delimiter, '"', "\r"}:
        return False
    return not any(_fields(text.encode(), 0, ord(delimiter), True)[0])


def exact_header(body: bytes, delimiter: str) -> tuple[list[str], int, int]:
    """Cells of the first record, where the next begins, and how many lines it took."""
    try:
        fields, after = _fields(body, 0, ord(delimiter), True)
    except (_BrokenError, _UnfinishedError):
        end = body.find(b"\n")
        end = len(body) if end < 0 else end
        fields, after = body[:end].removesuffix(b"\r").split(delimiter.encode()), min(end + 1, len(body))
    return [field.decode("utf-8", "replace").strip() for field in fields], after, body.count(b"\n", 0, after)


def iterate(found: ExactRows, width: int) -> Iterator[list[str]]:
    """Columns of the rows, one list a column."""
    for number in range(width):
        yield [row[number] for row in found.rows]
