"""Archived calls: files of them as Segment and RudderStack keep them in S3, by the same way as calls over HTTP.

So an archived event and the live one have the same id, and the one that came first stays. A file may be of any size: it
is loaded in portions, and what was loaded before a crash is known when it is loaded again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from heartline.facts.store import FactStore
from heartline.ingest.load import Also, Load, LoadReport
from heartline.live.call import ID_LENGTH, UNREADABLE, Call, Fault, call_of, moment, text
from heartline.live.collecting import Collector
from heartline.live.event_map import load_event_map
from heartline.live.portion import load_portion
from heartline.records.store import Records
from heartline.settings import Settings
from heartline.sources.file_bytes import FileBytes
from heartline.sources.json_records import json_records
from heartline.sources.raw import BadRow

ARCHIVE = "segment"
"""Stands where a load report names its table, and after `--from`."""
MOST_CALLS = 20_000
"""Calls of one portion."""
WITHIN = ("batch",)


def ingest_calls(
    records: Records, facts: FactStore, settings: Settings, root: Path, path: Path, name: str, feed: str = "",
    also: Also | None = None,
) -> LoadReport:  # fmt: skip
    """Load a file of calls: JSON Lines, a list, or batches, also packed (``.gz``). ``name`` stands as their source.

    ``also`` writes into the transaction of the last portion. Raises SourceError where the file cannot be read, then
    portions before the damage are loaded; and WorkspaceError where a file load is at work.
    """
    events = load_event_map(root)
    file = FileBytes(path)
    try:
        calls = _calls(json_records(path, file, WITHIN))
        total: LoadReport | None = None
        ended = False
        while not ended:
            portion = list(islice(calls, MOST_CALLS))
            ended = len(portion) < MOST_CALLS
            load = Load(records, facts, settings, [], None, feed)
            with facts.loading(load.load_id) as loading:
                collected = Collector(facts, events).collect_archived(portion, name)
                last = also if ended and also is not None else _nothing
                report = load_portion(load, loading, collected, ARCHIVE, len(portion), last)
            total = report if total is None else _together(total, report)
    finally:
        file.close()
    assert total is not None
    return total


def looks_archived(path: Path) -> bool:
    """Whether a file is an archive of calls, by its first object."""
    try:
        file = FileBytes(path)
    except Exception:  # noqa: BLE001  whatever it is, it is no such file
        return False
    try:
        first = next(json_records(path, file, WITHIN), None)
    except Exception:  # noqa: BLE001
        return False
    finally:
        file.close()
    if first is None or isinstance(first, BadRow):
        return False
    call = first[1]
    return "messageId" in call and "type" in call and ("userId" in call or "anonymousId" in call)


def _calls(found: Iterator[tuple[int, dict[str, Any]] | BadRow]) -> Iterator[tuple[int, Call | Fault, bytes]]:
    for one in found:
        if isinstance(one, BadRow):
            body = str(one.raw.get("_text", "")).encode("utf-8", "replace")
            yield one.line, Fault(one.shape, one.reason, one.expected), body
            continue
        line, given = one
        body = msgspec.json.encode(given)
        try:
            yield line, archived_call(given, body), body
        except UNREADABLE:
            yield line, Fault(f"{len(body)} bytes", "the event holds values that cannot be kept", "plain JSON"), body


def archived_call(given: Mapping[str, Any], body: bytes) -> Call | Fault:
    """A call as an archive keeps it. What keeps it has set its ``timestamp`` right by the sender's clock already."""
    at = moment(text(given.get("receivedAt"))) or moment(text(given.get("timestamp"))) or datetime.now(UTC)
    told = dict(given)
    if moment(text(told.get("timestamp"))) is not None and "receivedAt" in told:
        told.pop("originalTimestamp", None)
        told.pop("sentAt", None)
    received = at.astimezone(UTC).isoformat(timespec="microseconds")
    return call_of(told, "", _id(text(given.get("messageId")), body), received, None)


def _id(given: str | None, body: bytes) -> str:
    if given is None or not given or len(given) > ID_LENGTH or "\0" in given:
        return "content-" + hashlib.blake2b(body, digest_size=16).hexdigest()
    return given


def _nothing(_connection: Any) -> None:
    """Nothing more is written with the portion."""


def _together(before: LoadReport, more: LoadReport) -> LoadReport:
    written = dict(before.written)
    for name, rows in more.written.items():
        written[name] = written.get(name, 0) + rows
    return LoadReport(
        more.load_id, more.table, before.files, before.read + more.read, before.new + more.new,
        before.replaced + more.replaced, before.unchanged + more.unchanged, before.quarantined + more.quarantined,
        round(before.seconds + more.seconds, 3), written=written, notes=[*before.notes, *more.notes],
        reasons=[*before.reasons, *more.reasons][:5],
    )  # fmt: skip
