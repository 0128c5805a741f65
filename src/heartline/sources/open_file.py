"""The right reader for a file, by its ending and its first bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from heartline.sources.csv_file import CsvFile
from heartline.sources.json_lines import JsonLines
from heartline.sources.json_table import JsonTable, begins_with_list
from heartline.sources.parquet_file import ParquetFile
from heartline.sources.people import People
from heartline.sources.raw import Source


@dataclass(frozen=True)
class FileOptions:
    """How to read a file where it does not say so itself.

    ``export`` names the export of another tool that reads it; ``optional`` are columns that it may lack;
    ``also_named`` other names of a column; ``questions`` what the columns of a survey ask for; ``people`` who is who in
    a conversation, and ``start`` when it began; ``each`` is the list in a JSON object whose elements are the rows.
    """

    delimiter: str | None = None
    encoding: str | None = None
    header: bool = True
    columns: Sequence[str] = field(default_factory=tuple)
    export: str = ""
    optional: Sequence[str] = field(default_factory=tuple)
    also_named: Mapping[str, Sequence[str]] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    people: People = field(default_factory=People)
    start: str = ""
    each: str = ""


def open_file(path: Path, options: FileOptions | None = None) -> Source:
    """Open a file: ``.parquet``, ``.jsonl``/``.ndjson``/``.json``, and everything else as delimited text.

    ``.gz`` is unpacked on the way. Raises SourceError for what cannot be read at all.
    """
    chosen = options or FileOptions()
    name = path.name.lower().removesuffix(".gz")
    if name.endswith((".parquet", ".pq")):
        return ParquetFile(path)
    if chosen.each or (name.endswith(".json") and begins_with_list(path, chosen.encoding)):
        return JsonTable(path, chosen.encoding, chosen.each)
    if name.endswith((".jsonl", ".ndjson", ".json")):
        return JsonLines(path, chosen.encoding)
    return CsvFile(path, chosen.delimiter, chosen.encoding, chosen.header, chosen.columns)
