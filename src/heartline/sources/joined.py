"""Columns from a second file, found by a key: whose order it is, what its items cost, which message was answered.

A mapping file says it as ``[[file.join]]``; docs/how-to/mapping-files.md explains the keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from heartline.errors import MappingError, SourceError
from heartline.sources.cells import Mask, as_mask, numbers, strings
from heartline.sources.gathering import Gathering, gathering
from heartline.sources.header import told_names
from heartline.sources.open_file import open_file
from heartline.sources.patterns import matches, patterns
from heartline.sources.raw import RawBatch, Source

SAME = "@same"
"""In place of a file's name: the very file that is loaded."""

HOW_TO = "see docs/how-to/mapping-files.md"
_KEYS = ("file", "by", "take", "only_when")
_DECIMALS = 9
"""Digits after the point that a sum keeps, so that 0.1 and 0.2 make 0.3."""


@dataclass(frozen=True)
class Join:
    """One ``[[file.join]]``: the files beside the loaded one, key columns (ours → theirs), and what is taken.

    ``take`` says how each new column is gathered over the lines of one key; ``plain`` are those that are taken as they
    stand, of which one key should have one value. ``only_when`` names the lines of the second file that count.
    """

    file: str
    by: Mapping[str, str]
    take: Mapping[str, Gathering]
    plain: frozenset[str] = frozenset()
    only_when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def sources(self) -> list[str]:
        """Every column of the second file that is used."""
        used = [*self.by.values(), *self.only_when]
        used += [name for one in self.take.values() for name in (one.column, one.times) if name]
        return list(dict.fromkeys(used))


def joins_of(given: object, where: str) -> tuple[Join, ...]:
    """The joins that ``[[file.join]]`` says; MappingError for what is none."""
    blocks = [given] if isinstance(given, Mapping) else given
    if not isinstance(blocks, list | tuple):
        raise MappingError(f"join in {where} is no block", "[[file.join]] with file, by and take", HOW_TO)
    return tuple(_join(block, f"[[file.join]] in {where}") for block in blocks)


def _join(block: object, place: str) -> Join:
    if not isinstance(block, Mapping):
        raise MappingError(f"{place} is no block", "file, by and take", HOW_TO)
    for name in block:
        if name not in _KEYS:
            raise MappingError(f"{place} has an unknown key {name}", f"one of {', '.join(_KEYS)}", HOW_TO)
    file, by, take = block.get("file"), block.get("by"), block.get("take")
    if not file or not by or not take:
        raise MappingError(f"{place} says not all of file, by and take", 'by = "order_id"', HOW_TO)
    only_when = block.get("only_when", {})
    if not isinstance(only_when, Mapping):
        raise MappingError(f"only_when in {place} holds what it cannot be", '{ column = "pattern" }', HOW_TO)
    if not isinstance(by, Mapping):
        by = {str(name): name for name in (by if isinstance(by, list | tuple) else [by])}
    plain: list[str] = []
    if not isinstance(take, Mapping):
        take = {str(name): name for name in (take if isinstance(take, list | tuple) else [take])}
    rules: dict[str, Gathering] = {}
    for name, rule in take.items():
        if "(" in str(rule):
            rules[str(name)] = gathering(rule, place)
        else:
            rules[str(name)] = Gathering("first", str(rule))
            plain.append(str(name))
    return Join(
        str(file), {str(ours): str(theirs) for ours, theirs in by.items()}, rules, frozenset(plain),
        patterns(only_when),
    )  # fmt: skip


def keys_of(column: pa.Array) -> pa.Array:
    """A column as keys: ``848.0``, which programs make of numbers with gaps, meets ``848``."""
    text = strings(column)
    return pc.replace_substring_regex(text, r"^([0-9]+)\.0$", r"\1")


class Joined:
    """Adds the columns of one join to the rows of ``path``, which ``again`` opens once more where it is joined with
    itself. Memory holds one line per key of the second file.

    Rows without a partner have blanks there. ``notes`` gets how many they are, and what of the second file met no row.
    """

    def __init__(self, join: Join, path: Path, again: Callable[[], Source], decimal: str, notes: list[str]) -> None:
        self._join = join
        self._path = path
        self._files = _beside(join, path)
        self._again = again
        self._decimal = decimal
        self._notes = notes
        self._table: pa.Table | None = None
        self._met: Mask = np.zeros(0, bool)
        self._rows = self._alone = 0

    @property
    def _name(self) -> str:
        return "this file" if self._join.file == SAME else ", ".join(file.name for file in self._files)

    def columns(self, found: Sequence[str]) -> list[str]:
        """The columns of the file and the new ones; MappingError where a key or a column is not there."""
        missing = [name for name in self._join.by if name not in found]
        if missing:
            raise MappingError(
                f"{self._path.name} has no column {', '.join(missing)}, by which {self._join.file} is joined; "
                f"found: {told_names(found)}",
                "a key that both files have", 'by = { ours = "theirs" }',
            )  # fmt: skip
        taken = [name for name in self._join.take if name in found]
        if taken:
            raise MappingError(
                f"{self._path.name} has a column {', '.join(taken)} already, "
                f"which the join with {self._join.file} would hide",
                "a new name for it", 'take = { new_name = "their name" }',
            )  # fmt: skip
        return [*found, *self._join.take]

    def batch(self, raw: RawBatch) -> RawBatch:
        """The same rows with further columns."""
        if self._table is None:
            self._table = self._gathered()
            self._met = np.zeros(self._table.num_rows, bool)
        at = pc.index_in(_key([raw.columns[name] for name in self._join.by]), _one(self._table.column("\0key")))
        made = {name: _one(self._table.column(name)).take(at) for name in self._join.take}
        self._rows += raw.rows
        self._alone += at.null_count
        self._met[at.drop_null().to_numpy()] = True
        return RawBatch({**raw.columns, **made}, raw.lines, raw.broken)

    def finish(self) -> None:
        """Say what met nothing; no row is held back."""
        if self._alone and self._join.file != SAME:
            found = f"{self._alone:,} of {self._rows:,}"
            self._notes.append(f"rows without a partner in {self._name}, blank there: {found}")
        if self._table is not None and (left := int((~self._met).sum())) and self._join.file != SAME:
            self._notes.append(f"keys of {self._name} that no row of this file has: {left:,} of {len(self._met):,}")

    def _gathered(self) -> pa.Table:
        """One row per key, with the columns that are taken."""
        parts = [part for file in self._files for part in self._read(file)]
        names = list(self._join.take)
        if not parts:
            return pa.table({name: pa.array([], pa.string()) for name in ("\0key", *names)})
        table = pa.concat_tables(parts).combine_chunks()
        rules: list[tuple[str, str]] = []
        for name, one in self._join.take.items():
            rules.append((name, "sum" if one.how == "count" else one.how))
            if name in self._join.plain:
                rules.append((name, "count_distinct"))
        # a sum of which a part cannot be read is not known
        whole = pc.ScalarAggregateOptions(skip_nulls=False)
        # `first` and `last` mean the order of the file: only one thread keeps it
        options = {"sum": whole, "first": _SKIP, "last": _SKIP}
        made = table.group_by("\0key", use_threads=False).aggregate(
            [(name, how, options.get(how)) if how in options else (name, how) for name, how in rules]
        )
        columns: dict[str, pa.Array] = {"\0key": _one(made.column("\0key"))}
        for name, one in self._join.take.items():
            column = _one(made.column(f"{name}_{'sum' if one.how == 'count' else one.how}"))
            columns[name] = self._written(column) if one.how in ("sum", "count") else column
            if name in self._join.plain:
                several = pc.sum(pc.greater(made.column(f"{name}_count_distinct"), 1)).as_py() or 0
                if several:
                    self._notes.append(
                        f"keys of {self._name} with several values of {one.column}, the first was taken: {several:,}"
                    )
        return pa.table(columns)

    def _read(self, file: Path) -> list[pa.Table]:
        source = self._again() if self._join.file == SAME else open_file(file)
        try:
            missing = [name for name in self._join.sources if name not in source.columns]
            if missing:
                raise MappingError(
                    f"{file.name} has no column {', '.join(missing)}, which the mapping joins; "
                    f"found: {told_names(source.columns)}",
                    "every column that the join names", "correct the mapping file",
                )  # fmt: skip
            parts = []
            broken = unread = 0
            for raw in source.batches():
                broken += len(raw.broken)
                columns = {"\0key": _key([raw.columns[name] for name in self._join.by.values()])}
                for name, one in self._join.take.items():
                    columns[name], bad = self._cells(one, raw)
                    unread += bad
                keep = as_mask(pc.is_valid(columns["\0key"]))
                for name, wanted in self._join.only_when.items():
                    keep &= matches(raw.columns[name], wanted)
                parts.append(pa.table(columns).filter(pa.array(keep)))
            if broken:
                self._notes.append(f"broken lines of {file.name}, left out: {broken:,}; mend it and load again")
            if unread:
                self._notes.append(f"numbers of {file.name} that cannot be read: {unread:,}; sums over them are blank")
            return parts
        finally:
            source.close()

    def _cells(self, one: Gathering, raw: RawBatch) -> tuple[pa.Array, int]:
        if one.how == "count":
            return pa.array(np.ones(raw.rows)), 0
        if one.how != "sum":
            return strings(raw.columns[one.column]), 0
        product: Any = None
        for name in filter(None, (one.column, one.times)):
            values = numbers(raw.columns[name], self._decimal).values
            product = values if product is None else pc.multiply(product, values)
        return product, int(product.null_count)

    def _written(self, column: pa.Array) -> pa.Array:
        """Numbers as the loaded file would write them: 14.5, and 2 instead of 2.0."""
        texts = (None if v is None else f"{v:.{_DECIMALS}f}".rstrip("0").rstrip(".") for v in column.to_pylist())
        return pa.array([None if text is None else text.replace(".", self._decimal) for text in texts], pa.string())


_SKIP = pc.ScalarAggregateOptions(skip_nulls=True)


def _beside(join: Join, path: Path) -> list[Path]:
    if join.file == SAME:
        return [path]
    found = sorted(file for file in path.parent.glob(join.file) if file.is_file())
    if not found:
        raise SourceError(
            f"there is no file {join.file} beside {path.name}, with which the mapping joins it",
            "both files in one folder", "put it there, or correct `file` of [[file.join]]",
        )  # fmt: skip
    return found


def _key(columns: Sequence[pa.Array]) -> pa.Array:
    """Keys of several columns as one text; a key of which a part is blank is none."""
    texts = [keys_of(column) for column in columns]
    return texts[0] if len(texts) == 1 else pc.binary_join_element_wise(*texts, "\x1f")


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
