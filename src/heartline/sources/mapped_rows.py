"""A mapping at work: raw columns in, Heartline's columns out; groups of rows gathered into one."""

from __future__ import annotations

import hashlib
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from heartline.sources.cells import Mask, as_mask, numbers, strings
from heartline.sources.mapping import CONTENT_ID, ROW_ID, Choice, TableMapping
from heartline.sources.patterns import matches
from heartline.sources.raw import BadRow, RawBatch, shape_of

Columns = dict[str, pa.Array]

HASH = 20
"""Hexadecimal digits of an id made of a hash: 80 bits, so that two of a billion addresses share one in 0.00004 %."""


class MappedRows:
    """Applies one table's mapping to the batches of one file."""

    def __init__(self, mapping: TableMapping, file: str, decimal: str = ".") -> None:
        self.mapping = mapping
        self.skipped = 0
        self._file = file
        self._decimal = decimal
        self._seen: Counter[bytes] = Counter()

    def left(self, raw: RawBatch) -> RawBatch:
        """The batch without the rows that are another table's, and without those to be skipped, which are counted."""
        if self.mapping.only_when:
            mine = np.ones(raw.rows, bool)
            for name, patterns in self.mapping.only_when.items():
                mine &= matches(raw.columns[name], patterns)
            raw = _kept(raw, mine)
        skip = np.zeros(raw.rows, bool)
        for name, patterns in self.mapping.skip_when.items():
            skip |= matches(raw.columns[name], patterns)
        self.skipped += int(skip.sum())
        return _kept(raw, ~skip)

    def columns(self, raw: RawBatch) -> tuple[Columns, Columns]:
        """Heartline's columns of each row, and the columns of the file that the mapping does not use."""
        made: Columns = {}
        for name, parts in self.mapping.columns.items():
            if parts == (ROW_ID,):
                made[name] = pa.array([f"{self._file}:{line}" for line in raw.lines.tolist()], pa.string())
            elif parts == (CONTENT_ID,):
                made[name] = self._content_ids(raw)
            elif len(parts) == 1:
                made[name] = raw.columns[parts[0]]
            else:
                made[name] = self._joined(parts, raw)
        for name, choices in self.mapping.choices.items():
            made[name] = pc.coalesce(*(self._chosen(choice, raw) for choice in choices))
        for name, value in self.mapping.constants.items():
            constant = pa.array([value], pa.string()).take(pa.array(np.zeros(raw.rows, np.int64)))
            if name in made:
                # a constant beside a column is what a blank cell means
                constant = pc.coalesce(strings(made[name]), constant)
            made[name] = constant
        for name, pairs in self.mapping.values.items():
            made[name] = replaced(made[name], dict(pairs))
        used, keep = set(self.mapping.sources), self.mapping.keep_others
        others = (name for name in raw.columns if (name not in used if isinstance(keep, bool) else name in keep))
        return made, {name: raw.columns[name] for name in others}

    def _joined(self, parts: tuple[str, ...], raw: RawBatch, by: str | None = None) -> pa.Array:
        texts = [strings(raw.columns[part]) for part in parts]
        between = self.mapping.joined_by if by is None else by
        joined = pc.binary_join_element_wise(*(pc.fill_null(t, "") for t in texts), between)
        # an id of which a part is missing is no id
        known = as_mask(pc.is_valid(texts[0]))
        for text in texts[1:]:
            known &= as_mask(pc.is_valid(text))
        return pc.if_else(pa.array(known), joined, pa.scalar(None, pa.string()))

    def _chosen(self, choice: Choice, raw: RawBatch) -> pa.Array:
        one = len(choice.columns) == 1
        text = strings(raw.columns[choice.columns[0]]) if one else self._joined(choice.columns, raw, choice.joined_by)
        if choice.hashed:
            encoded = text.dictionary_encode()
            hashes = [hashlib.sha256(v.lower().encode()).hexdigest()[:HASH] for v in encoded.dictionary.to_pylist()]
            text = pa.array(hashes, pa.string()).take(encoded.indices)
        # NULL stays NULL
        return pc.binary_join_element_wise(pa.scalar(choice.prefix), text, "") if choice.prefix else text

    def _content_ids(self, raw: RawBatch) -> pa.Array:
        """Hash of the row's cells, with a running number for rows that are the same to the letter."""
        texts = [pc.fill_null(strings(column), "\x1d") for column in raw.columns.values()]
        joined = pc.binary_join_element_wise(*texts, "\x1f") if len(texts) > 1 else texts[0]
        ids = []
        for value in joined.to_pylist():
            digest = hashlib.blake2b(value.encode(), digest_size=8).digest()
            self._seen[digest] += 1
            copy = self._seen[digest]
            ids.append(digest.hex() if copy == 1 else f"{digest.hex()}-{copy}")
        return pa.array(ids, pa.string())


class GroupedRows:
    """Gathers the rows of a file into one row per group; memory holds one row per group."""

    def __init__(self, rows: MappedRows, decimal: str) -> None:
        self._rows = rows
        self._mapping = rows.mapping
        self._decimal = decimal
        self._partial: list[pa.Table] = []
        self._held = 0

    def add(self, raw: RawBatch) -> list[BadRow]:
        """Take rows; gives those whose numbers cannot be summed."""
        mapping = self._mapping
        bad = np.zeros(raw.rows, bool)
        told: dict[int, str] = {}
        made: Columns = {}
        for name, gathering in mapping.gather.items():
            if gathering.how == "count":
                made[name] = pa.array(np.ones(raw.rows))
                continue
            if gathering.how != "sum":
                made[name] = strings(raw.columns[gathering.column])
                continue
            product = None
            for source in filter(None, (gathering.column, gathering.times)):
                cells = numbers(raw.columns[source], self._decimal)
                wrong = as_mask(pc.is_null(cells.values))
                for at in np.flatnonzero(wrong & ~bad).tolist():
                    told[at] = source
                bad |= wrong
                product = cells.values if product is None else pc.multiply(product, cells.values)
            made[name] = product
        keys = [strings(raw.columns[name]) for name in mapping.group_by]
        made["\0line"] = pa.array(raw.lines)
        names = [f"\0by{number}" for number in range(len(keys))]
        table = pa.Table.from_arrays([*keys, *made.values()], names=[*names, *made])
        if bad.any():
            table = table.filter(pa.array(~bad))
        self._partial.append(self._gathered(table))
        self._held += self._partial[-1].num_rows
        # partial results are merged when they have doubled
        if len(self._partial) > 1 and self._held > 2 * self._partial[0].num_rows + 500_000:
            self._merge()
        return [
            BadRow(
                int(raw.lines[at]), source, shape_of(raw.columns[source][at].as_py()),
                "the number to sum cannot be read", "a number in every row", raw.raw_row(at),
            )
            for at, source in told.items()
        ]  # fmt: skip

    def finish(self) -> RawBatch | None:
        """One row per group, in the order of the groups' first lines; None where there are no rows."""
        if not self._partial:
            return None
        self._merge()
        table = self._partial[0].sort_by("\0line").combine_chunks()
        columns: Columns = {}
        for number, name in enumerate(self._mapping.group_by):
            columns[name] = _one(table.column(f"\0by{number}"))
        for name in self._mapping.gather:
            columns[f"\0{name}"] = _one(table.column(name))
        return RawBatch(columns, _one(table.column("\0line")).to_numpy())

    def columns(self, raw: RawBatch) -> Columns:
        """Heartline's columns of the gathered rows."""
        made, _ = self._rows.columns(raw)
        for name in self._mapping.gather:
            made[name] = raw.columns[f"\0{name}"]
        for name, pairs in self._mapping.values.items():
            if name in self._mapping.gather:
                made[name] = replaced(made[name], dict(pairs))
        return made

    def _merge(self) -> None:
        self._partial = [self._gathered(pa.concat_tables(self._partial))]
        self._held = self._partial[0].num_rows

    def _gathered(self, table: pa.Table) -> pa.Table:
        names = [f"\0by{number}" for number in range(len(self._mapping.group_by))]
        rules = [("\0line", "min")]
        for name, gathering in self._mapping.gather.items():
            rules.append((name, "sum" if gathering.how == "count" else gathering.how))
        # `first` and `last` mean the order of the file: only one thread keeps it
        made = table.group_by(names, use_threads=False).aggregate(rules)
        renamed = [*names, *(column for column, _ in rules)]
        order = [*names, *(f"{column}_{how}" for column, how in rules)]
        return made.select(order).rename_columns(renamed)


def _kept(raw: RawBatch, keep: Mask) -> RawBatch:
    if keep.all():
        return raw
    columns = {name: column.filter(pa.array(keep)) for name, column in raw.columns.items()}
    return RawBatch(columns, raw.lines[keep], raw.broken)


def replaced(column: pa.Array, pairs: dict[str, str]) -> pa.Array:
    """Values by a list of old and new ones, in any case; ``*`` stands for all others, blank ones stay blank."""
    text = strings(column)
    otherwise = pairs.pop("*", None)
    at = pc.index_in(pc.utf8_lower(text), pa.array(list(pairs), pa.string()))
    new = pa.array(list(pairs.values()), pa.string()).take(at)
    rest = text if otherwise is None else pc.if_else(pc.is_valid(text), otherwise, pa.scalar(None, pa.string()))
    return pc.coalesce(new, rest)


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
