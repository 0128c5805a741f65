"""Files into facts: read, map, check, set bad rows aside, load; all tables of a load become live at once."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.errors import MappingError, SourceError, printable
from heartline.facts.decide import Counts
from heartline.facts.hashes import content_hashes, key_hashes
from heartline.facts.store import FactStore, Loading
from heartline.ingest.consents import Consents
from heartline.ingest.masking import Masking
from heartline.ingest.spool import Spool
from heartline.records import quarantine
from heartline.records.load_lines import fold_load, line_id
from heartline.records.quarantine import QuarantineRow
from heartline.records.store import LoadRow, Records, now, write_load
from heartline.settings import Settings, zone_of
from heartline.sources.exports import check_mapped, open_mapped
from heartline.sources.header import told_names
from heartline.sources.mapped_rows import GroupedRows, MappedRows
from heartline.sources.mapping import Mapping, TableMapping, load_mapping
from heartline.sources.own_rows import KEPT_IN, OwnRows, Reading, Rows, check_columns, own_names
from heartline.sources.raw import RawBatch, Source
from heartline.tables import Table, table

FIRST_REASONS = 5
MOST_BAD, MOSTLY = 200_000, 0.99
"""Rows set aside, and their share of all, after which a file is refused: it is not what it is taken for."""

Keep = Callable[[Any, Iterable[QuarantineRow], str], None]
"""Called in the transaction of the load with its bad rows and its id."""

Also = Callable[[Any], None]
"""Called with the connection of the transaction that makes a load live."""

Progress = Callable[[int, int, int], None]
"""Called with bytes done, bytes in all, rows read."""


@dataclass(frozen=True)
class LoadReport:
    """What a load did. For one table without groups, ``read = new + replaced + unchanged + quarantined + skipped``.

    ``written`` counts rows per table; ``reasons`` are the first few of the quarantine; ``mended`` counts rows of
    the quarantine that a replay loaded.
    """

    load_id: str
    table: str
    files: list[str]
    read: int
    new: int
    replaced: int
    unchanged: int
    quarantined: int
    seconds: float
    skipped: int = 0
    written: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    mended: int = 0


def new_load_id() -> str:
    """A load's id: its moment in UTC and four random letters, so that ids sort by time."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"[:-3] + "-" + secrets.token_hex(2)


def ingest(
    records: Records, facts: FactStore, settings: Settings, table_name: str | None, files: Sequence[Path],
    mapping: Path | Mapping | None = None, progress: Progress | None = None,
) -> LoadReport:  # fmt: skip
    """Load files into a table, or into the tables of a mapping.

    Raises SourceError (a file cannot be read, or lacks a required column), MappingError, TableError (no such
    table) and WorkspaceError (somebody else is writing) before anything is written. Bad rows go to quarantine.
    """
    chosen = load_mapping(mapping) if isinstance(mapping, Path) else mapping
    plan = plan_of(table_name, chosen)
    paths = [Path(file) for file in files]
    if not paths:
        raise SourceError("no file is given", "one or more files", "name the files to load")
    for path in paths:
        _check(path, plan, chosen)
    load = Load(records, facts, settings, plan, chosen)
    return load.run([(_named(path), lambda p=path: open_mapped(p, chosen)) for path in paths], progress)  # type: ignore[misc]


def _named(path: Path) -> str:
    """The file's name as text: what the disk calls it may be any bytes."""
    return printable(path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def plan_of(table_name: str | None, mapping: Mapping | None) -> list[tuple[Table, TableMapping | None]]:
    """Tables that a load fills, the main one first, each with its mapping if there is one."""
    if mapping is not None:
        names = [mapped.target.name for mapped in mapping.tables]
        if table_name is not None and table_name not in names:
            raise MappingError(
                f"the mapping fills {', '.join(names)}, not {table_name}",
                "one of them",
                "name no table, or the right one",
            )
        return [(mapped.target, mapped) for mapped in mapping.tables]
    if table_name is None:
        raise SourceError("neither a table nor a mapping is given", "one of them", "heartline ingest TABLE FILE")
    target = table(table_name)
    if target.kind != "fact" or target.name == "verbatim":
        why = " on its own: words come with interactions" if target.name == "verbatim" else ""
        raise SourceError(
            f"{table_name} is not imported{why}",
            "customer, identity, interaction, purchase, survey_response, referral, spend, option or funnel",
            "see docs/reference/tables.md",
        )
    return [(target, None)]


def _check(path: Path, plan: list[tuple[Table, TableMapping | None]], mapping: Mapping | None) -> None:
    """Refuse a file as a whole before anything is written."""
    source = open_mapped(path, mapping)
    try:
        check_source(source, path.name, plan, mapping)
    finally:
        source.close()


def check_source(
    source: Source, name: str, plan: list[tuple[Table, TableMapping | None]], mapping: Mapping | None
) -> None:
    """Refuse an open source that lacks what its table or mapping needs: SourceError or MappingError."""
    if mapping is not None:
        check_mapped(source, mapping)
    else:
        target = plan[0][0]
        check_columns(target, own_names(target, source.columns).values(), source.columns, name)


class Load:
    """One load under way. ``load_id`` names its files, ``report_id`` stands in its report and its rows: all loads of a
    ``feed`` on one day share a report."""

    def __init__(
        self, records: Records, facts: FactStore, settings: Settings, plan: list[tuple[Table, TableMapping | None]],
        mapping: Mapping | None, feed: str = "",
    ) -> None:  # fmt: skip
        self._records = records
        self._facts = facts
        self._settings = settings
        self._plan = plan
        self._mapping = mapping
        self.load_id = new_load_id()
        self.feed = feed
        self.masking = Masking(facts, settings)
        self.consents = Consents(facts)
        way = json.dumps([[of.name for of, _ in plan], mapping.text if mapping else {}], sort_keys=True, default=str)
        self.report_id = line_id(feed, way) if feed else self.load_id
        self._read = 0
        self._skipped = 0
        self._notes: list[str] = []

    def with_mapping(self, mapping: Mapping) -> Load:
        """The same load, for rows among the others that come by a mapping."""
        found = Load(self._records, self._facts, self._settings, plan_of(None, mapping), mapping, self.feed)
        found.load_id, found.report_id = self.load_id, self.report_id
        found.masking, found.consents = self.masking, self.consents
        return found

    def run(
        self, files: Sequence[tuple[str, Callable[[], Source]]], progress: Progress | None, keep: Keep | None = None,
        more: Also | None = None,
    ) -> LoadReport:  # fmt: skip
        """Read every file and make all of it live; ``keep`` takes the bad rows, else they are quarantined.

        ``more`` writes into the same transaction. A load of a feed that read nothing leaves no report.
        """
        started_at, began = now(), time.perf_counter()
        with self._facts.loading(self.load_id) as loading:
            spool = Spool(loading.folder / "quarantine.jsonl", self.masking)
            try:
                done = 0
                for name, opened in files:
                    source = opened()
                    self._file(loading, spool, source, name, done, progress)
                    done += source.total_bytes
                counts = loading.settle()
                report = self._report(
                    [name for name, _ in files], counts, loading.written, spool, time.perf_counter() - began
                )

                def also(connection: Any) -> None:
                    if self._read or not self.feed:
                        self.write_report(connection, report, started_at)
                    (keep or quarantine.add)(connection, spool.rows(), self.report_id)
                    if more is not None:
                        more(connection)

                loading.commit(also)
            finally:
                spool.close()
        return report

    def write_report(self, connection: Any, report: LoadReport, started_at: str) -> None:
        """Write the report, or fold it into the line of its feed and day."""
        values = {k: v for k, v in asdict(report).items() if k != "mended"}
        text = dict(self._mapping.text) if self._mapping else {}
        row = LoadRow(**values, started_at=started_at, ended_at=now(), mapping=text, feed=self.feed)
        (fold_load if self.feed else write_load)(connection, row)

    def _file(
        self, loading: Loading, spool: Spool, source: Source, name: str, done: int, progress: Progress | None
    ) -> None:
        targets = [Target(target, mapped, source, name, self) for target, mapped in self._plan]
        for raw in source.batches():
            self._read += raw.rows + len(raw.broken)
            spool.add(self._plan[0][0].name, name, raw.broken, self._plan)
            for target in customers_first(targets):
                target.take(loading, spool, raw)
            if spool.count > MOST_BAD and spool.count > MOSTLY * self._read:
                raise SourceError(
                    f"of the first {self._read:,} rows of {name} hardly one can be read; the first: {spool.reasons[0]}",
                    "a file of which most rows can be loaded",
                    f"heartline ingest --suggest {name}, then load with --map",
                )  # fmt: skip
            if progress is not None:
                progress(done + source.done_bytes, done + source.total_bytes, self._read)
        for target in targets:
            target.finish(loading, spool)
        self._skipped += targets[0].skipped
        self._notes += [f"{name}: {t.skipped} rows left out of {t.name} by skip_when" for t in targets if t.skipped]
        self._notes += [f"{name}: {note}" for note in source.notes]
        for target in targets:
            self._notes += [f"{name}: {note}" for note in target.notes]

    def privacy_notes(self) -> list[str]:
        """What was masked, and what of consent was not understood; never whose and what."""
        return [*self.masking.notes(), *self.consents.notes()]

    @property
    def plan(self) -> list[tuple[Table, TableMapping | None]]:
        """Tables that the load fills, each with its mapping if there is one."""
        return self._plan

    @property
    def settings(self) -> Settings:
        """Settings of the workspace."""
        return self._settings

    @property
    def decimal(self) -> str:
        """Sign before the decimals in this file."""
        return self._mapping.decimal if self._mapping else "."

    def _report(
        self, files: list[str], counts: dict[str, Counts], written: dict[str, int], spool: Spool, seconds: float
    ) -> LoadReport:
        main = self._plan[0][0].name
        mine = counts.get(main, Counts())
        return LoadReport(
            self.report_id, main, files, self._read, mine.new, mine.replaced, mine.unchanged, spool.count,
            round(seconds, 3), self._skipped, written,
            [*self._notes, *self.privacy_notes()], spool.reasons,
        )  # fmt: skip


def customers_first(targets: Sequence[Target]) -> list[Target]:
    """Targets in the order in which a batch feeds them: a customer's name is masked in the texts beside it."""
    return sorted(targets, key=lambda target: target.name != "customer")


class Target:
    """One table that a file feeds."""

    def __init__(self, target: Table, mapped: TableMapping | None, source: Source, file: str, load: Load) -> None:
        self._target = target
        self._file = file
        self._load = load
        self._plan = load.plan or [(target, mapped)]
        self.notes: list[str] = []
        zone = zone_of(mapped.zone) if mapped and mapped.zone else load.settings.zone
        reading = Reading(
            zone, mapped.time_formats if mapped else (), load.decimal, bool(mapped.keep_others) if mapped else True,
            load.settings.text("phone_region"), bool(load.settings["identity_hashed"]),
        )  # fmt: skip
        self._rows = OwnRows(target, reading, file)
        self._mapped = MappedRows(mapped, file, load.decimal) if mapped else None
        self._grouped = GroupedRows(self._mapped, load.decimal) if self._mapped and mapped and mapped.group_by else None
        names = own_names(target, source.columns)
        unknown = [name for name in source.columns if name not in names]
        if mapped is None and unknown and target.name not in KEPT_IN:
            self.notes.append(f"columns left out, since {target.name} has no place for them: {told_names(unknown)}")

    @property
    def skipped(self) -> int:
        """Rows that the mapping leaves out."""
        return self._mapped.skipped if self._mapped else 0

    @property
    def name(self) -> str:
        """Name of the table."""
        return self._target.name

    def take(self, loading: Loading, spool: Spool, raw: RawBatch) -> None:
        """Load the rows of a batch, or keep them until their group is whole."""
        if not raw.rows:
            return
        if self._mapped is None:
            # names anew for each batch: a field of JSON Lines may first come late in the file
            names = own_names(self._target, raw.columns)
            columns = {names[n]: c for n, c in raw.columns.items() if n in names}
            others = {n: c for n, c in raw.columns.items() if n not in names}
            self._load_rows(loading, spool, self._rows.convert(columns, raw, others))
            return
        raw = self._mapped.left(raw)
        if not raw.rows:
            return
        if self._grouped is not None:
            spool.add(self._target.name, self._file, self._grouped.add(raw), self._plan)
            return
        columns, others = self._mapped.columns(raw)
        self._load_rows(loading, spool, self._rows.convert(columns, raw, others))

    def finish(self, loading: Loading, spool: Spool) -> None:
        """Load the groups."""
        if self._grouped is None:
            return
        raw = self._grouped.finish()
        if raw is not None:
            self.notes.append(f"{raw.rows} groups gathered into {self._target.name}")
            self._load_rows(loading, spool, self._rows.convert(self._grouped.columns(raw), raw))

    def _load_rows(self, loading: Loading, spool: Spool, rows: Rows) -> None:
        spool.add(self._target.name, self._file, rows.bad, self._plan)
        if not rows.batch.num_rows:
            return
        rows = self._load.masking.rows(self._target, rows)
        if self._target.name == "customer":
            rows = self._load.consents.rows(rows, self._file)
        keys = key_hashes(self._target, rows.batch)
        contents = content_hashes(self._target, rows.batch, rows.more)
        loading.add(self._target, self._stamped(rows.batch), keys, contents)
        verbatim = table("verbatim")
        if rows.silent is not None:
            # words that were there before and are gone now must go; order does not matter, since ids of one batch
            # that speak and are silent are settled below
            self._speak(loading, verbatim, rows, keys)
        if rows.identity is not None:
            loading.add(table("identity"), self._stamped(rows.identity))

    def _speak(self, loading: Loading, verbatim: Table, rows: Rows, keys: np.ndarray[Any, np.dtype[np.int64]]) -> None:
        silent = rows.silent
        assert silent is not None
        said_keys, silent_keys = keys[~silent], keys[silent]
        both = np.isin(silent_keys, said_keys)
        if rows.verbatim is None or not rows.verbatim.num_rows:
            loading.remove(verbatim, silent_keys)
            return
        stamped = self._stamped(rows.verbatim)
        contents = content_hashes(verbatim, stamped)
        loading.remove(verbatim, silent_keys[~both])
        if not both.any():
            loading.add(verbatim, stamped, said_keys, contents)
            return
        # the same id once with and once without words in one batch: only the last one is true
        last = {int(key): at for at, key in enumerate(keys.tolist())}
        true = np.array([last[int(key)] == at for at, key in enumerate(keys.tolist())], bool)
        chosen = true[~silent]
        loading.add(verbatim, stamped.filter(pa.array(chosen)), said_keys[chosen], contents[chosen])
        loading.remove(verbatim, keys[silent & true])

    def _stamped(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Rows with where they came from."""
        size = batch.num_rows
        nothing = pa.array(np.zeros(size, np.int64))
        values = {"source": self._file, "load_id": self._load.report_id}
        for name, value in values.items():
            at = batch.schema.get_field_index(name)
            batch = batch.set_column(at, name, pa.array([value], pa.string()).take(nothing))
        return batch
