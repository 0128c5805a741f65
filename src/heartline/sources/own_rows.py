"""Raw columns into rows of a table: names, types, ranges, and what else one row feeds.

An import file has the columns of its table and, for some tables, a few more: the words of an interaction or an
answer go to ``verbatim``, the e-mail address and telephone number of a customer also to ``identity``, columns that
nobody knows to ``properties`` or ``traits``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from heartline.errors import MappingError, SourceError
from heartline.sources.cells import (
    Cells,
    Mask,
    as_mask,
    bare,
    flags,
    json_cells,
    numbers,
    objects,
    one_of,
    strings,
    whole_numbers,
    words,
)
from heartline.sources.consent_words import CONSENT_AT, CONSENT_COLUMNS, ConsentCells
from heartline.sources.header import names_told, told_names
from heartline.sources.identifiers import identifier_hash, kind_of
from heartline.sources.raw import BadRow, RawBatch, shape_of
from heartline.sources.times import times
from heartline.tables import SPEAKERS, Table, table

WORDS = {"interaction": ("text", "speaker", "language"), "survey_response": ("text", "language")}
"""Columns of an import file that go to ``verbatim``."""
KEPT_IN = {"interaction": "properties", "customer": "traits"}
"""Where columns that nobody knows are kept, as JSON."""
SCALES = {
    "interaction": ("rating", "rating_min", "rating_max"), "survey_response": ("value", "scale_min", "scale_max"),
    "team_pulse": ("mean", "scale_min", "scale_max"),
}  # fmt: skip
MOST_COMPARED = 1000
"""Names of a file among which the one that was meant is looked for."""
POSITIVE = {"interaction": ("duration_s",), "funnel": ("position",), "option": ("max_units",)}
LEAST_ANSWERS = 5
"""Answers of a team below which a mean would tell what single employees said."""


@dataclass(frozen=True)
class Reading:
    """How times and numbers without further word are to be read.

    phone_region: country of telephone numbers without a country code; empty: not known
    hashed: keep no plain e-mail address or telephone number of a customer, only their hashes
    """

    zone: tzinfo
    time_formats: Sequence[str] = ()
    decimal: str = "."
    keep_others: bool = True
    phone_region: str = ""
    hashed: bool = False


@dataclass(frozen=True)
class Rows:
    """Good rows in their tables' shape (without where they came from), and the bad ones.

    ``good`` are the places of the good rows in the raw batch; ``more`` are columns that belong to the content of a
    row without being stored with it; ``silent`` says which rows of a file with words have none.
    """

    batch: pa.RecordBatch
    more: list[pa.Array] = field(default_factory=list)
    verbatim: pa.RecordBatch | None = None
    silent: Mask | None = None
    identity: pa.RecordBatch | None = None
    bad: list[BadRow] = field(default_factory=list)


def import_columns(target: Table) -> tuple[str, ...]:
    """Names that an import file of this table may have."""
    names = [name for name in target.names if name not in ("source", "load_id")]
    if target.name == "identity":
        names[names.index("value_hash")] = "value"
    if target.name == "customer":
        names.remove("consents")  # made here, of the columns below
        names += [name for name in (*CONSENT_COLUMNS, CONSENT_AT) if name not in names]
    return (*names, *WORDS.get(target.name, ()))


def required_columns(target: Table) -> tuple[str, ...]:
    """Names that an import file of this table must have."""
    return tuple("value" if c.name == "value_hash" else c.name for c in target.columns if c.required)


def plain_name(name: str) -> str:
    """A header as it would be written here: lower case, blanks and hyphens as underscores."""
    return re.sub(r"[\s\-]+", "_", name.strip().lower())


def own_names(target: Table, found: Iterable[str]) -> dict[str, str]:
    """File's name → column's name, for those it knows. Exact names first, then those that differ in case only."""
    known = import_columns(target)
    given = list(found)
    names = {name: name for name in given if name in known}
    for name in given:
        plain = plain_name(name)
        if name not in names and plain in known and plain not in names.values():
            names[name] = plain
    return names


def check_columns(target: Table, given: Iterable[str], found: Sequence[str], file: str) -> None:
    """SourceError when a required column is missing, with the columns found and the nearest names."""
    have = set(given)
    missing = [name for name in required_columns(target) if name not in have]
    if not missing:
        return
    near: list[str] = []
    plain = [plain_name(name) for name in found[:MOST_COMPARED]]
    for name in missing if names_told(found) else ():
        close = difflib.get_close_matches(name, plain, 2, 0.5)
        if close:
            near.append(f"{name} might be {' or '.join(close)}")
    raise SourceError(
        f"{file} has no column {', '.join(missing)}, which {target.name} needs; found: {told_names(found)}"
        + (f" ({'; '.join(near)})" if near else ""),
        f"the columns {', '.join(required_columns(target))}",
        f"rename the column, or run `heartline ingest --suggest {file}` and load with `--map`",
    )


class OwnRows:
    """Converts raw batches into rows of one table."""

    def __init__(self, target: Table, reading: Reading, file: str) -> None:
        self.target = target
        self._reading = reading
        self._file = file
        self._verbatim = table("verbatim")
        self._identity = table("identity")

    def convert(self, columns: dict[str, pa.Array], raw: RawBatch, others: dict[str, pa.Array] | None = None) -> Rows:
        """Rows out of ``columns`` (Heartline's names); ``others`` are kept as JSON where the table has a place."""
        size = raw.rows
        faults = _Faults(self.target, columns, raw)
        cells: dict[str, pa.Array] = {}
        for column in self.target.columns:
            if column.name in ("source", "load_id", "value_hash"):
                continue
            given = columns.get(column.name)
            if given is None:
                cells[column.name] = pa.nulls(size, self.target.arrow_schema([column.name]).field(0).type)
            else:
                found = self._cells(column.name, given)
                faults.add(column.name, found)
                cells[column.name] = found.values
            if column.required:
                faults.missing(column.name, found.values)
        self._check_ranges(cells, faults)
        more = self._words(columns, cells, faults)
        if self.target.name == "identity":
            value = columns.get("value", pa.nulls(size, pa.string()))
            cells["kind"], cells["value_hash"] = self._hashed(value, cells["kind"], faults)
        if (place := KEPT_IN.get(self.target.name)) and others and self._reading.keep_others:
            cells[place] = objects(others, cells[place]) if others else cells[place]
        if self.target.name == "customer":
            said = ConsentCells(columns, size, self._reading.zone, self._reading.time_formats)
            for name, found in said.faults:
                faults.add(name, found)
            cells["consents"] = said.column()
        self._set_known_at(cells)
        schema = self.target.arrow_schema()
        for name in ("source", "load_id"):
            cells[name] = pa.nulls(size, pa.string())
        batch = pa.RecordBatch.from_arrays([cells[n].cast(schema.field(n).type) for n in schema.names], schema=schema)
        bad = faults.rows()
        if bad:
            keep = pa.array(~faults.mask)
            batch = batch.filter(keep)
            more = [column.filter(keep) for column in more]
        return self._with_more(batch, more, bad, "text" in columns)

    def _cells(self, name: str, given: pa.Array) -> Cells:
        column = self.target.column(name)
        if column.allowed:
            return one_of(given, column.allowed)
        if column.type == "double":
            return numbers(given, self._reading.decimal)
        if column.type == "int64":
            return whole_numbers(given, self._reading.decimal)
        if column.type == "bool":
            return flags(given)
        if column.type == "timestamp":
            return times(given, self._reading.zone, self._reading.time_formats)
        if column.type == "json":
            return json_cells(given, list if name == "products" else dict)
        if name == "period":
            return _months(given)
        text = strings(given)
        # a NUL would be refused by most databases and tools that read along
        if pc.any(pc.match_substring(text, "\0")).as_py():
            nul = as_mask(pc.match_substring(text, "\0"))
            return Cells(text, nul, "text without NUL characters", "the value holds a NUL character")
        return Cells(text)

    def _check_ranges(self, cells: dict[str, pa.Array], faults: _Faults) -> None:
        for name in POSITIVE.get(self.target.name, ()):
            faults.mark(name, pc.less(cells[name], 0), "the value is below 0", "0 or more")
        if self.target.name == "team_pulse":
            few = pc.less(cells["answers"], LEAST_ANSWERS)
            faults.mark("answers", few, "so few answers tell what single people said", f"{LEAST_ANSWERS} or more")
        if self.target.name not in SCALES:
            return
        value, low, high = SCALES[self.target.name]
        faults.mark(low, pc.greater_equal(cells[low], cells[high]), f"{low} is not below {high}", f"{low} below {high}")
        outside = pc.or_kleene(pc.less(cells[value], cells[low]), pc.greater(cells[value], cells[high]))
        faults.mark(value, outside, f"{value} lies outside its scale", f"a number from {low} to {high}")

    def _words(self, columns: dict[str, pa.Array], cells: dict[str, pa.Array], faults: _Faults) -> list[pa.Array]:
        if self.target.name not in WORDS or "text" not in columns:
            return []
        size = len(next(iter(cells.values())))
        text = words(columns["text"])
        speaker = Cells(pa.nulls(size, pa.string()))
        if "speaker" in columns:
            speaker = one_of(columns["speaker"], SPEAKERS)
            faults.add("speaker", speaker)
        spoken = pc.if_else(pc.is_valid(text), pc.fill_null(speaker.values, SPEAKERS[0]), pa.scalar(None, pa.string()))
        language = strings(columns["language"]) if "language" in columns else pa.nulls(size, pa.string())
        return [text, spoken, pc.utf8_lower(language)]

    def _hashed(self, values: pa.Array, kinds: pa.Array, faults: _Faults) -> tuple[pa.Array, pa.Array]:
        """Kinds and hashes of identifiers."""
        text = strings(values)
        faults.missing("value", text)
        told = list(zip(kinds.to_pylist(), text.to_pylist(), strict=True))
        finer = [kind if kind is None or value is None else kind_of(kind, value) for kind, value in told]
        region = self._reading.phone_region
        return pa.array(finer, pa.string()), pa.array([identifier_hash(k, v, region) for k, v in told], pa.string())

    def _set_known_at(self, cells: dict[str, pa.Array]) -> None:
        """What happened is known when it happened, unless the file says otherwise; see docs/decisions/known-at.md."""
        if self.target.time is not None:
            cells["known_at"] = pc.coalesce(cells["known_at"], cells[self.target.time])

    def _with_more(self, batch: pa.RecordBatch, more: list[pa.Array], bad: list[BadRow], has_words: bool) -> Rows:
        verbatim = silent = identity = None
        if more and has_words:
            told = pc.is_valid(more[0])
            silent = ~as_mask(told)
            said = batch.filter(told)
            verbatim = self._said(said, [column.filter(told) for column in more])
        if self.target.name == "customer":
            identity = self._identities(batch)
            if self._reading.hashed:
                batch = _without(batch, ("email", "phone"))
        return Rows(batch, more, verbatim, silent, identity, bad)

    def _said(self, batch: pa.RecordBatch, more: list[pa.Array]) -> pa.RecordBatch:
        text, speaker, language = more
        arrays = {
            "interaction_id": batch.column(self.target.key[0]), "customer_id": batch.column("customer_id"),
            "occurred_at": batch.column(str(self.target.time)), "speaker": speaker, "language": language, "text": text,
            "source": batch.column("source"), "load_id": batch.column("load_id"), "known_at": batch.column("known_at"),
        }  # fmt: skip
        schema = self._verbatim.arrow_schema()
        return pa.RecordBatch.from_arrays([arrays[name] for name in schema.names], schema=schema)

    def _identities(self, batch: pa.RecordBatch) -> pa.RecordBatch | None:
        parts = []
        schema = self._identity.arrow_schema()
        for kind in ("email", "phone"):
            told = batch.filter(pc.is_valid(batch.column(kind)))
            if not told.num_rows:
                continue
            values = told.column(kind).to_pylist()
            hashed = [identifier_hash(kind, value, self._reading.phone_region) for value in values]
            size = told.num_rows
            arrays = {
                "customer_id": told.column("customer_id"),
                "kind": pa.array([kind_of(kind, value) for value in values], pa.string()),
                "value_hash": pa.array(hashed, pa.string()), "seen_at": told.column("first_seen_at"),
                "matched_by": pa.array(["given"] * size, pa.string()), "reversible": pa.nulls(size, pa.bool_()),
                "source": told.column("source"), "load_id": told.column("load_id"),
                "known_at": told.column("known_at"),
            }  # fmt: skip
            parts.append(pa.RecordBatch.from_arrays([arrays[name] for name in schema.names], schema=schema))
        if not parts:
            return None
        return pa.Table.from_batches(parts).combine_chunks().to_batches()[0]


class _Faults:
    """Collects what is wrong; the first fault of a row is the one that is told."""

    def __init__(self, target: Table, columns: dict[str, pa.Array], raw: RawBatch) -> None:
        self._target = target
        self._columns = columns
        self._raw = raw
        self.mask: Mask = np.zeros(raw.rows, bool)
        self._told: dict[int, tuple[str, str, str]] = {}

    def add(self, column: str, cells: Cells) -> None:
        if cells.bad is not None:
            self._note(column, cells.bad, cells.reason, cells.expected)

    def missing(self, column: str, values: pa.Array) -> None:
        if values.null_count:
            self._note(column, as_mask(pc.is_null(values)), "a required value is missing", f"a value in {column}")

    def mark(self, column: str, wrong: pa.Array, reason: str, expected: str) -> None:
        self._note(column, as_mask(wrong), reason, expected)

    def _note(self, column: str, wrong: Mask, reason: str, expected: str) -> None:
        fresh = wrong & ~self.mask
        if fresh.any():
            self.mask |= fresh
            for at in np.flatnonzero(fresh).tolist():
                self._told[at] = (column, reason, expected)

    def rows(self) -> list[BadRow]:
        found = []
        for at in sorted(self._told):
            column, reason, expected = self._told[at]
            given = self._columns.get(column)
            shape = shape_of(None if given is None else given[at].as_py())
            found.append(BadRow(int(self._raw.lines[at]), column, shape, reason, expected, self._raw.raw_row(at)))
        return found


def _without(batch: pa.RecordBatch, names: Iterable[str]) -> pa.RecordBatch:
    """The same rows with these columns emptied."""
    for name in names:
        at = batch.schema.get_field_index(name)
        batch = batch.set_column(at, batch.schema.field(at), pa.nulls(batch.num_rows, batch.schema.field(at).type))
    return batch


def _months(given: pa.Array) -> Cells:
    text = bare(given)
    fits = pc.match_substring_regex(text, r"^[0-9]{4}-(0[1-9]|1[0-2])$")
    bad = as_mask(pc.and_(pc.invert(fits), pc.is_valid(text)))
    return Cells(text, bad if bad.any() else None, "a month as YYYY-MM")


def check_names(target: Table, names: Iterable[str], where: str) -> None:
    """MappingError when a name is no column of the table's import file."""
    known = import_columns(target)
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1, 0.5)
            raise MappingError(
                f"{where} names the column {name}, which {target.name} does not have",
                f"one of {', '.join(known)}",
                f"did you mean {close[0]}?" if close else "see docs/how-to/mapping-files.md",
            )
