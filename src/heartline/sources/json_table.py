"""A JSON file as a table: the objects of one long list, or the elements of a list inside each object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

from heartline.errors import SourceError
from heartline.sources.file_bytes import FileBytes
from heartline.sources.json_lines import SAMPLE_LINES, row_batches
from heartline.sources.json_parts import cell, part
from heartline.sources.json_records import json_records
from heartline.sources.raw import BATCH_ROWS, BadRow, RawBatch
from heartline.sources.row_source import Row

DEEPEST = 8
"""Objects within objects that become columns of their own; what lies deeper is one cell of JSON."""


def begins_with_list(path: Path, encoding: str | None = None) -> bool:
    """Whether the file begins with ``[``; false for what cannot be read."""
    try:
        file = FileBytes(path, encoding)
    except SourceError:
        return False
    try:
        return next(file.blocks(), b"").lstrip()[:1] == b"["
    finally:
        file.close()


class JsonTable:
    """The rows of a JSON file: one list, pages of lists, or one object a line. Values come as JSON Lines gives them.

    With ``each`` (a path ``a.b``) every element of that list in an object is a row: of an element that is an object
    the columns ``each.key``, of one that is a list ``each.1``, ``each.2`` …, else ``each``; ``each.#`` is its place,
    written 0001, so that the order of such texts is that of the list. Beside them stand the object's other values,
    those of objects within it as ``a.b``.
    """

    def __init__(self, path: Path, encoding: str | None = None, each: str = "") -> None:
        self.name = path.name
        self._file = FileBytes(path, encoding)
        self._each = each
        self._without = 0
        try:
            self._records = json_records(path, self._file, ())
            rows = self._rows()
            first = list(islice(rows, SAMPLE_LINES))
        except BaseException:
            self._file.close()
            raise
        self.columns = list(_names(row for row in first if not isinstance(row, BadRow)))
        self._all = chain(first, rows)
        self.notes = self._file.notes
        self.total_bytes = self._file.total_bytes
        if not self.columns:
            self.close()
            raise SourceError(
                f"{path.name} holds no object{f' with a list {each}' if each else ''}",
                "objects, in a list or one a line",
                "correct `each` under [file] of the mapping" if each else "look at the file",
            )

    @property
    def done_bytes(self) -> int:
        """How far the file on disk has been read."""
        return self._file.done_bytes

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def batches(self) -> Iterator[RawBatch]:
        """Rows in the order of the file, each with the line on which its object begins."""
        try:
            while some := list(islice(self._all, BATCH_ROWS)):
                good = [row for row in some if not isinstance(row, BadRow)]
                broken = [row for row in some if isinstance(row, BadRow)]
                lines, cells = [line for line, _ in good], [cells for _, cells in good]
                yield from row_batches(dict.fromkeys(self.columns), cells, lines, broken)
            if self._without:
                self.notes.append(f"objects with nothing in {self._each}, and so without rows: {self._without:,}")
        finally:
            self.close()

    def _rows(self) -> Iterator[Row | BadRow]:
        for one in self._records:
            if isinstance(one, BadRow):
                yield one
                continue
            line, record = one
            try:
                yield from self._of(line, record)
            except (ValueError, RecursionError):
                reason = "the object holds a number or a list that cannot be written"
                yield BadRow(line, "(row)", "a JSON object", reason, "one JSON object", {})

    def _of(self, line: int, record: Mapping[str, Any]) -> list[Row | BadRow]:
        if not self._each:
            return [(line, {name: cell(value) for name, value in record.items()})]
        elements = part(record, self._each)
        if elements is None or elements == []:
            self._without += 1
            return []
        if not isinstance(elements, list):
            text = cell(record) or ""
            return [BadRow(line, self._each, "no list", "no list stands there", "a list", {"_text": text})]
        around = dict(_leaves(record, "", self._each))
        return [
            (line, {**around, f"{self._each}.#": f"{number:04}", **dict(_parts(element, self._each))})
            for number, element in enumerate(elements, 1)
        ]


def _names(rows: Iterable[Row]) -> dict[str, None]:
    return {name: None for _, cells in rows for name in cells}


def _leaves(held: Mapping[str, Any], before: str, without: str, depth: int = 1) -> Iterator[tuple[str, str | None]]:
    for key, value in held.items():
        name = f"{before}{key}"
        if name == without:
            continue
        if isinstance(value, dict) and depth < DEEPEST:
            yield from _leaves(value, f"{name}.", without, depth + 1)
        else:
            yield name, cell(value)


def _parts(element: Any, each: str) -> Iterator[tuple[str, str | None]]:
    if isinstance(element, dict):
        yield from _leaves(element, f"{each}.", "")
    elif isinstance(element, list):
        for number, value in enumerate(element, 1):
            yield f"{each}.{number}", cell(value)
    else:
        yield each, cell(element)
