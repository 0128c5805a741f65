"""One line a day for what loads often: the reports of a feed, or of live ingest, folded into one.

An hourly feed makes 24 reports a day, live ingest thousands; nobody reads them, and the one that matters drowns. Rows,
quarantine and report share the line's id, so that a row still says which load it is of.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from heartline.records.store import LoadRow, load_row, write_load

FILES = 20
"""Newest names of files that a line keeps."""
NOTES = 20
REASONS = 5
_COUNT = re.compile(r"(?<!\S)\d+(?!\S)")


def line_id(feed: str, way: str, at: datetime | None = None) -> str:
    """Id of the line of a feed and a day (UTC). ``way`` is how its rows were read: another mapping is another line,
    since quarantined rows find the mapping by it."""
    moment = at or datetime.now(UTC)
    return f"{moment:%Y%m%d}-{feed}-{hashlib.blake2b(way.encode(), digest_size=2).hexdigest()}"


def fold_load(connection: Connection, load: LoadRow) -> None:
    """Add a report to the line of its id, inside the transaction that makes its segments live."""
    found = connection.execute(text("select * from load where load_id = :id"), {"id": load.load_id}).mappings().first()
    if found is None:
        write_load(connection, load)
        return
    values = asdict(folded(load_row(found), load))
    for name in ("files", "written", "notes", "reasons"):
        values[name] = json.dumps(values[name], default=str)
    connection.execute(
        text(
            "update load set files = :files, ended_at = :ended_at, read = :read, new = :new, replaced = :replaced, "
            "unchanged = :unchanged, skipped = :skipped, quarantined = :quarantined, seconds = :seconds, "
            "written = :written, notes = :notes, reasons = :reasons, loads = :loads where load_id = :load_id"
        ),
        values,
    )


def folded(before: LoadRow, more: LoadRow) -> LoadRow:
    """Two reports of one line as one: counts are summed, of files and notes the newest are kept."""
    names = ("read", "new", "replaced", "unchanged", "quarantined", "skipped", "loads")
    written = dict(before.written)
    for name, rows in more.written.items():
        written[name] = written.get(name, 0) + rows
    return replace(
        before,
        **{name: getattr(before, name) + getattr(more, name) for name in names},
        seconds=round(before.seconds + more.seconds, 3),
        ended_at=more.ended_at,
        written=written,
        files=_newest(before.files, more.files, FILES),
        notes=_summed([*before.notes, *more.notes])[-NOTES:],
        reasons=[*more.reasons, *(one for one in before.reasons if one not in more.reasons)][:REASONS],
    )


def _newest(before: Sequence[str], more: Sequence[str], most: int) -> list[str]:
    return [*(name for name in before if name not in more), *more][-most:]


def _summed(notes: Sequence[str]) -> list[str]:
    """Notes that differ in nothing but their one count become one with the sum."""
    kept: dict[str, str] = {}
    for note in notes:
        counts = _COUNT.findall(note)
        if len(counts) != 1:
            kept.setdefault(note, note)
            continue
        form = _COUNT.sub("#", note)
        held = _COUNT.findall(kept[form])[0] if form in kept else "0"
        kept[form] = _COUNT.sub(str(int(held) + int(counts[0])), note)
    return list(kept.values())
