"""Mapping files: how a file of somebody else's becomes Heartline's columns. Written in TOML, meant to be read aloud.

docs/how-to/mapping-files.md explains every key with an example.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from heartline.errors import MappingError, TableError
from heartline.sources.between import Between, between_of
from heartline.sources.gathering import Gathering, gathering
from heartline.sources.header import told_names
from heartline.sources.joined import Join, joins_of
from heartline.sources.mapping_shape import check_shape
from heartline.sources.open_file import FileOptions
from heartline.sources.own_rows import check_names, required_columns
from heartline.sources.patterns import patterns, plain
from heartline.sources.people import KEYS as PEOPLE
from heartline.sources.people import people_of
from heartline.sources.threads import Thread, thread_of
from heartline.tables import Table, table

ROW_ID, CONTENT_ID = "@row", "@content"
"""In a column's place: an id made of file name and line, or of what the row holds."""

HOW_TO = "see docs/how-to/mapping-files.md"


@dataclass(frozen=True)
class Choice:
    """One way to fill a column: columns of the file joined, with ``prefix`` before them.

    ``hashed``: a hash of the value in lower case stands in its place, so that an address can serve as an id.
    ``joined_by`` stands between several columns; None is what the table says.
    """

    columns: tuple[str, ...]
    prefix: str = ""
    hashed: bool = False
    joined_by: str | None = None


@dataclass(frozen=True)
class TableMapping:
    """What becomes of each row for one target table."""

    target: Table
    columns: Dict[str, tuple[str, ...]]
    constants: Dict[str, str] = field(default_factory=dict)
    values: Dict[str, Dict[str, str]] = field(default_factory=dict)
    skip_when: Dict[str, tuple[str, ...]] = field(default_factory=dict)
    time_formats: tuple[str, ...] = ()
    zone: str = ""
    joined_by: str = ":"
    keep_others: bool | tuple[str, ...] = True
    group_by: tuple[str, ...] = ()
    gather: Dict[str, Gathering] = field(default_factory=dict)
    only_when: Dict[str, tuple[str, ...]] = field(default_factory=dict)
    choices: Dict[str, tuple[Choice, ...]] = field(default_factory=dict)

    @property
    def sources(self) -> list[str]:
        """Every column of the file that this table uses."""
        names: dict[str, None] = {}
        for parts in self.columns.values():
            names.update(dict.fromkeys(part for part in parts if part not in (ROW_ID, CONTENT_ID)))
        for choices in self.choices.values():
            names.update(dict.fromkeys(name for choice in choices for name in choice.columns))
        for rule in self.gather.values():
            names.update(dict.fromkeys(name for name in (rule.column, rule.times) if name))
        names.update(dict.fromkeys((*self.group_by, *self.skip_when, *self.only_when)))
        return list(names)


@dataclass(frozen=True)
class Mapping:
    """A whole mapping file: how to read the file, and the tables that come out of it."""

    tables: tuple[TableMapping, ...]
    options: FileOptions = field(default_factory=FileOptions)
    decimal: str = "."
    text: Dict[str, Any] = field(default_factory=dict)
    joins: tuple[Join, ...] = ()
    between: tuple[Between, ...] = ()
    thread: Thread | None = None

    @property
    def adds(self) -> bool:
        """Whether rows get columns that do not stand in their line."""
        return bool(self.joins or self.between or self.thread or self.options.each)

    def check(self, found: list[str], file: str) -> None:
        """MappingError when the file lacks a column that the mapping uses."""
        for mapped in self.tables:
            kept = () if isinstance(mapped.keep_others, bool) else mapped.keep_others
            wanted = dict.fromkeys((*mapped.sources, *kept))
            missing = [name for name in wanted if name not in found and name not in self.options.optional]
            if missing:
                raise MappingError(
                    f"{file} has no column {', '.join(missing)}, which the mapping uses; found: {told_names(found)}",
                    "every source column in the file",
                    "correct the mapping file, or run `heartline ingest --suggest` on the file",
                )


def load_mapping(file: Path) -> Mapping:
    """Read a mapping file; MappingError says what is wrong in it and where."""
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as cause:
        raise MappingError(f"{file.name} cannot be read ({cause.strerror})", "a mapping file", HOW_TO) from cause
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise MappingError(f"{file.name} is not valid TOML: {cause}", 'name = "value", one a line', HOW_TO) from cause
    return read_mapping(given, file.name)


def read_mapping(given: Dict[str, Any], where: str) -> Mapping:
    """A mapping out of parsed TOML."""
    check_shape(given, where)
    _only(given, ("file", "table"), where)
    blocks = given.get("table")
    if not isinstance(blocks, list) or not blocks:
        raise MappingError(f"{where} has no [[table]]", "at least one [[table]] block", HOW_TO)
    options = given.get("file", {})
    known = ("delimiter", "encoding", "header", "columns", "decimal", "export", "optional", "also_named", "questions",
             "start", "each", "join", "between", "thread", *PEOPLE)  # fmt: skip
    _only(options, known, f"[file] in {where}")
    delimiter = options.get("delimiter")
    return Mapping(
        tuple(_table(block, where) for block in blocks),
        FileOptions(
            "\t" if delimiter == "tab" else delimiter, options.get("encoding"), bool(options.get("header", True)),
            tuple(options.get("columns", ())), str(options.get("export", "")), _words(options.get("optional", ())),
            {str(name): _words(others) for name, others in options.get("also_named", {}).items()},
            {str(name): str(asks) for name, asks in options.get("questions", {}).items()},
            people_of(options, f"[file] of {where}"), str(options.get("start", "")), str(options.get("each", "")),
        ),
        str(options.get("decimal", ".")),
        dict(given),
        joins_of(options.get("join", ()), where),
        between_of(options.get("between", {}), where),
        thread_of(options["thread"], where) if "thread" in options else None,
    )  # fmt: skip


def _table(block: Dict[str, Any], where: str) -> TableMapping:
    allowed = ("name", "columns", "constants", "values", "skip_when", "only_when", "time", "joined_by", "keep_others",
               "group")  # fmt: skip
    _only(block, allowed, f"[[table]] in {where}")
    name = block.get("name")
    try:
        target = table(str(name))
    except TableError as cause:
        raise MappingError(f"{where}: there is no table {name}", "e.g. interaction or purchase", HOW_TO) from cause
    if target.kind != "fact":
        raise MappingError(f"{where}: {name} is computed, not imported", "e.g. interaction, purchase", HOW_TO)
    place = f"{where}, table {name}"
    group = block.get("group", {})
    gather = {column: gathering(rule, place) for column, rule in group.items() if column != "by"}
    by = _words(group.get("by", ()))
    if group and not by:
        raise MappingError(f"{place}: group has no `by`", 'by = ["order_number"]', HOW_TO)
    given = block.get("columns", {})
    columns = {column: _words(source) for column, source in given.items() if not isinstance(source, dict)}
    choices = {column: _choices(source, place) for column, source in given.items() if isinstance(source, dict)}
    constants = {column: plain(value) for column, value in block.get("constants", {}).items()}
    values = {
        column: {str(old).strip().lower(): plain(new) for old, new in pairs.items()}
        for column, pairs in block.get("values", {}).items()
    }
    names = {**columns, **choices, **constants, **gather}
    check_names(target, [*names, *values], place)
    missing = [column for column in required_columns(target) if column not in names]
    if missing:
        raise MappingError(
            f"{place}: nothing is given for {', '.join(missing)}",
            f"a column or a constant for each of {', '.join(required_columns(target))}",
            HOW_TO,
        )
    keep = block.get("keep_others", not group)
    time = block.get("time", {})
    _only(time, ("format", "zone"), f"time in {place}")
    return TableMapping(
        target, columns, constants, values,
        patterns(block.get("skip_when", {})),
        _words(time.get("format", ())), str(time.get("zone", "")), str(block.get("joined_by", ":")),
        _words(keep) if isinstance(keep, list) else bool(keep), by, gather,
        patterns(block.get("only_when", {})), choices,
    )  # fmt: skip


def _choices(given: Dict[str, Any], place: str) -> tuple[Choice, ...]:
    if "first_of" in given:
        _only(given, ("first_of",), f"a column of {place}")
        return tuple(_choice(one, place) for one in _list(given["first_of"]))
    return (_choice(given, place),)


def _choice(given: object, place: str) -> Choice:
    if not isinstance(given, Dict):
        return Choice(_words(given))
    _only(given, ("column", "prefix", "hashed", "joined_by"), f"a column of {place}")
    if not given.get("column"):
        raise MappingError(f"{place}: a choice names no column", '{ column = "their name", prefix = "tool:" }', HOW_TO)
    return Choice(_words(given["column"]), str(given.get("prefix", "")), bool(given.get("hashed", False)),
                  None if "joined_by" not in given else str(given["joined_by"]))  # fmt: skip


def _only(given: Dict[str, Any], allowed: tuple[str, ...], where: str) -> None:
    for name in given:
        if name not in allowed:
            raise MappingError(f"{where} has an unknown key {name}", f"one of {', '.join(allowed)}", HOW_TO)


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(part) for part in _list(value))
