"""The quarantine: list it, write it out for mending, load it again. A row that loads is marked as mended."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.errors import SourceError
from heartline.facts.store import FactStore
from heartline.ingest.load import Load, LoadReport, plan_of
from heartline.ingest.sent import mapping_sent
from heartline.records import quarantine
from heartline.records.quarantine import QuarantineRow
from heartline.records.store import Records
from heartline.settings import Settings
from heartline.sources.exports import keeps_rows
from heartline.sources.mapping import Mapping, read_mapping
from heartline.sources.open_file import open_file
from heartline.sources.raw import RawBatch

ID = "_quarantine_id"
REASONS = (ID, "_table", "_file", "_line", "_column", "_shape", "_reason", "_expected")
AS_IT_CAME = "_text"
WHOLE_ROW = "(row)"


def quarantine_rows(
    records: Records, table: str | None = None, limit: int = 100, status: str | None = "open"
) -> list[dict[str, Any]]:
    """Rows set aside, newest first: where, which column, its shape, the reason. Never the row itself."""
    total = quarantine.count(records, table, None, status)
    found = list(quarantine.rows(records, table, None, status, offset=max(total - limit, 0)))
    return [
        {
            "quarantine_id": row.quarantine_id, "table": row.table, "file": row.file, "line": row.line,
            "column": row.column, "shape": row.shape, "reason": row.reason, "expected": row.expected,
            "status": row.status, "load_id": row.load_id,
        }
        for row in reversed(found)
    ]  # fmt: skip


def export_quarantine(records: Records, file: Path, table: str | None = None) -> int:
    """Write open rows as they came, with place and reason, to CSV or (by the ending) JSON Lines; gives their number.

    The file holds customers' words: it is readable by its owner only.
    """
    if file.suffix not in (".csv", ".jsonl", ".ndjson", ".json"):
        raise SourceError(f"cannot write {file.name}", "a name that ends in .csv or .jsonl", "choose such a name")
    rows = list(quarantine.rows(records, table))
    names: dict[str, None] = {}
    for row in rows:
        names.update(dict.fromkeys(row.raw))
    columns = [*REASONS, *(name for name in names if name not in REASONS)]
    file.touch(mode=0o600)
    with file.open("w", encoding="utf-8", newline="") as out:
        if file.suffix in (".jsonl", ".ndjson", ".json"):
            for row in rows:
                out.write(json.dumps(_flat(row), ensure_ascii=False, default=str) + "\n")
        else:
            writer = csv.DictWriter(out, columns, restval="")
            writer.writeheader()
            writer.writerows(_flat(row) for row in rows)
    return len(rows)


def replay_quarantine(
    records: Records, facts: FactStore, settings: Settings, file: Path | None = None, table: str | None = None
) -> LoadReport:
    """Load quarantined rows again: mended in a file that ``export_quarantine`` wrote, or as they are.

    Each row takes the way it took first, through the mapping of its load. Rows that load are marked as mended,
    the others stay with their new reason; rows mended before are left alone, so nothing is doubled. Rows of a
    grouped mapping cannot be replayed one by one and stay: mend the file that they came from. So do rows
    broken as a whole of an export whose lines are not its rows.
    """
    mended = None if file is None else _read_mended(file)
    known = {row.quarantine_id: row for row in quarantine.rows(records, table)}
    notes = []
    if mended is None:
        chosen = list(known.values())
    else:
        chosen = [replace(known[number], raw=raw) for number, raw in mended.items() if number in known]
        if left := len(mended) - len(chosen):
            notes.append(f"{left} rows of the file are not open in the quarantine and were left alone")
    # Cells of a row that was broken as a whole were cut at a guess: untouched, it must not pass for mended.
    untouched = [row for row in chosen if row.column == WHOLE_ROW and _same(row, known[row.quarantine_id])]
    if untouched:
        left_alone = {row.quarantine_id for row in untouched}
        chosen = [row for row in chosen if row.quarantine_id not in left_alone]
        notes.append(f"{len(untouched)} rows broken as a whole are as they came and stay: mend their cells in a file")
    reports: list[LoadReport] = []
    for rows, mapping in _groups(records, facts.root, chosen):
        if mapping is not None and any(mapped.group_by for mapped in mapping.tables):
            notes.append(f"{len(rows)} rows of {rows[0].file} belong to groups: mend that file and load it again")
            continue
        if not keeps_rows(mapping):
            # its cells were never made into the rows that the mapping reads
            whole = [row for row in rows if row.column == WHOLE_ROW]
            if whole:
                notes.append(f"{len(whole)} rows of {rows[0].file} were broken as a whole: mend it and load it again")
            rows = [row for row in rows if row.column != WHOLE_ROW]
            if not rows:
                continue
        reports.append(_replay(records, facts, settings, rows, mapping))
    return _together(reports, notes)


def _same(row: QuarantineRow, before: QuarantineRow) -> bool:
    names = {*row.raw, *before.raw} - {AS_IT_CAME}
    return all((_cell(row.raw.get(name)) or "") == (_cell(before.raw.get(name)) or "") for name in names)


def _replay(
    records: Records, facts: FactStore, settings: Settings, rows: list[QuarantineRow], mapping: Mapping | None
) -> LoadReport:
    numbers = {row.line: row.quarantine_id for row in rows}
    mended = 0

    def keep(connection: Any, bad: Iterable[QuarantineRow], load_id: str) -> None:
        nonlocal mended
        failed = {numbers[row.line]: row for row in bad}
        quarantine.revise(connection, failed.items())
        settled = [number for number in numbers.values() if number not in failed]
        quarantine.settle(connection, settled, load_id)
        mended = len(settled)

    load = Load(records, facts, settings, plan_of(None if mapping else rows[0].table, mapping), mapping)
    report = load.run([(rows[0].file, lambda: _Rows(rows, mapping))], None, keep)
    return replace(report, mended=mended)


def _groups(
    records: Records, root: Path, rows: Iterable[QuarantineRow]
) -> Iterator[tuple[list[QuarantineRow], Mapping | None]]:
    """Rows that can be loaded together: of one file, one table or mapping, each line once."""
    groups: dict[tuple[str, str, str], list[dict[int, QuarantineRow]]] = {}
    texts: dict[str, dict[str, Any]] = {}
    sent: dict[str, Any] = {}
    for row in rows:
        if row.load_id not in texts:
            load = records.load(row.load_id)
            texts[row.load_id] = load.mapping if load else {}
        if row.file not in sent:
            found = mapping_sent(root, row.file)
            sent[row.file] = found.text if found is not None else {}
        key = (row.file, row.table, json.dumps(texts[row.load_id] or sent[row.file], sort_keys=True))
        for group in groups.setdefault(key, []):
            if row.line not in group:
                group[row.line] = row
                break
        else:
            groups[key].append({row.line: row})
    for (_, _, text), several in groups.items():
        given = json.loads(text)
        for group in several:
            yield list(group.values()), read_mapping(given, "the mapping of the load") if given else None


class _Rows:
    """Quarantined rows of one file as a source, with the lines they came from."""

    def __init__(self, rows: list[QuarantineRow], mapping: Mapping | None) -> None:
        self.name = rows[0].file
        self.notes: list[str] = []
        self.total_bytes = self.done_bytes = 0
        self._rows = rows
        names: dict[str, None] = {}
        for row in rows:
            names.update(dict.fromkeys(name for name in row.raw if name != AS_IT_CAME))
        for mapped in mapping.tables if mapping else ():
            names.update(dict.fromkeys(mapped.sources))
        self.columns = list(names)

    def batches(self) -> Iterator[RawBatch]:
        """All rows at once: a quarantine is small."""
        columns = {
            name: pa.array([_cell(row.raw.get(name)) for row in self._rows], pa.string()) for name in self.columns
        }
        yield RawBatch(columns, np.array([row.line for row in self._rows], np.int64))

    def close(self) -> None:
        """Nothing to close."""


def _read_mended(file: Path) -> dict[int, dict[str, Any]]:
    source = open_file(file)
    try:
        if ID not in source.columns:
            raise SourceError(
                f"{file.name} has no column {ID}",
                "a file that `heartline quarantine export` wrote, with its columns kept",
                "export again and mend the values only",
            )
        found: dict[int, dict[str, Any]] = {}
        for batch in source.batches():
            for at in range(batch.rows):
                row = batch.raw_row(at)
                number = str(row[ID] or "")
                if number.isdigit():
                    found[int(number)] = {name: v for name, v in row.items() if name not in REASONS}
        return found
    finally:
        source.close()


def _flat(row: QuarantineRow) -> dict[str, Any]:
    told = (row.quarantine_id, row.table, row.file, row.line, row.column, row.shape, row.reason, row.expected)
    cells = {name: _cell(value) for name, value in row.raw.items() if name not in REASONS}
    return dict(zip(REASONS, told, strict=True)) | cells


def _cell(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _together(reports: list[LoadReport], notes: list[str]) -> LoadReport:
    written: dict[str, int] = {}
    for report in reports:
        for name, rows in report.written.items():
            written[name] = written.get(name, 0) + rows
    return LoadReport(
        load_id=" ".join(report.load_id for report in reports),
        table=", ".join(dict.fromkeys(report.table for report in reports)),
        files=list(dict.fromkeys(name for report in reports for name in report.files)),
        read=sum(report.read for report in reports),
        new=sum(report.new for report in reports),
        replaced=sum(report.replaced for report in reports),
        unchanged=sum(report.unchanged for report in reports),
        quarantined=sum(report.quarantined for report in reports),
        seconds=round(sum(report.seconds for report in reports), 3),
        skipped=sum(report.skipped for report in reports),
        written=written,
        notes=[*notes, *(note for report in reports for note in report.notes)],
        reasons=[reason for report in reports for reason in report.reasons][:5],
        mended=sum(report.mended for report in reports),
    )
