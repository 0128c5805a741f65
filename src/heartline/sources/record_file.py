"""A file of JSON objects, each of which becomes rows by the way of one tool: the same way that its webhook takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from heartline.sources.file_bytes import FileBytes
from heartline.sources.json_parts import Cells
from heartline.sources.json_records import json_records
from heartline.sources.open_file import FileOptions
from heartline.sources.raw import BadRow, Source
from heartline.sources.row_source import OpenFile, Row, RowSource
from heartline.sources.survey_rows import RECORD

Conversion = Callable[[Mapping[str, Any], Mapping[str, str]], list[Cells]]
"""Rows of one JSON object, given what a mapping says of the survey's questions. Whatever the object holds, it does not
raise: what is missing is a blank cell, which the check of the table refuses. No rows for what is of no kind that is
loaded."""

UNTOLD = "untold"
"""Kind of a row that is none: an answer on a scale that nobody told, of which the load speaks."""

_TOLD = 20


@dataclass(frozen=True)
class RecordOpener:
    """Opens such a file. ``columns`` are all that a row may have, ``within`` the names under which an answer of the
    tool's API, or what its webhook sends, holds its list, or the object that holds it."""

    rows: Conversion
    columns: Sequence[str]
    within: Sequence[str] = ()

    def __call__(self, path: Path, options: FileOptions) -> Source:
        """Open it; SourceError where it does not begin like JSON."""
        file = FileBytes(path, options.encoding)
        try:
            found = json_records(path, file, self.within)
        except BaseException:
            file.close()
            raise
        return self.source(path.name, found, options, file)

    def source(
        self, name: str, found: Iterator[tuple[int, Any] | BadRow], options: FileOptions, file: OpenFile
    ) -> Source:
        """A source of the rows of objects with the lines they stand on, wherever they come from."""
        return RowSource(name, self.columns, _made(found, self.rows, options.questions, file.notes), file)


def record_opener(rows: Conversion, columns: Sequence[str], within: Sequence[str] = ()) -> RecordOpener:
    """What opens such a file."""
    return RecordOpener(rows, columns, within)


def looks_like(*marks: str) -> Callable[[Path, str], bool]:
    """A test whether the beginning of a file is JSON in which every one of these names stands."""
    wanted = [f'"{mark}"' for mark in marks]

    def looks(_path: Path, head: str) -> bool:
        return head.lstrip("\ufeff \t\r\n")[:1] in ("{", "[") and all(mark in head for mark in wanted)

    return looks


def untold(question: str, looks: str) -> Cells:
    """The row that says of a question that its scale is not told; ``looks`` is what it seems to measure."""
    return {RECORD: UNTOLD, "Question id": question, "Construct": looks}


def _made(
    found: Iterator[tuple[int, Any] | BadRow], rows: Conversion, questions: Mapping[str, str],
    notes: list[str],
) -> Iterator[Row | BadRow]:  # fmt: skip
    left_out = 0
    scales: Counter[tuple[str, str]] = Counter()
    for one in found:
        if isinstance(one, BadRow):
            yield one
            continue
        line, record = one
        made = rows(record, questions)
        left_out += not made
        for cells in made:
            if cells.get(RECORD) == UNTOLD:
                scales[cells.get("Question id") or "", cells.get("Construct") or "a score"] += 1
            else:
                yield line, cells
    if left_out:
        notes.append(f"objects of a kind that is not loaded, left out: {left_out}")
    for (asked, looks), count in sorted(scales.items())[:_TOLD]:
        notes.append(
            f"{asked} looks like {looks}, but nothing tells the scale: its answers ({count}) are kept, not counted. "
            f'Say it in a mapping file: [file.questions] "{asked}" = "csat 1 to 5"'
        )
    if len(scales) > _TOLD:
        notes.append(f"{len(scales) - _TOLD} more questions are on a scale that nothing tells")
