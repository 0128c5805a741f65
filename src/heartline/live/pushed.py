"""Deliveries of webhooks that wait, as rows: made by the importer that makes those of a file, so both are the same.

A delivery that was dealt with changes nothing when it comes again, and an older edition of an object that a tool sends
whole does not replace a newer one, in whatever order they come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from heartline.errors import HeartlineError
from heartline.ingest.sent import chosen, sent_name
from heartline.live.collecting import UNWRITABLE
from heartline.live.delivery import HOOK, LEFT_OUT, objects_of
from heartline.live.hook_tools import TOOLS
from heartline.records import deliveries, webhooks
from heartline.records.deliveries import Delivery
from heartline.records.inbox import Waiting
from heartline.records.store import Records
from heartline.sources.exports import EXPORTS
from heartline.sources.mapping import Mapping
from heartline.sources.raw import BadRow, RawBatch, Source
from heartline.sources.reshaped import Renamed, Reshaped

Object = tuple[int, Any] | BadRow
Owned = Dict[str, Mapping]
"""Mappings by the names of webhooks."""


class Pushed:
    """Objects that one webhook sent: a source like a file of them. An object's line is its number in the inbox."""

    def __init__(self, tool: str, webhook: str, mapping: Mapping) -> None:
        self.name = sent_name(tool, webhook)
        self.mapping = mapping
        self.notes: list[str] = []
        self.total_bytes = self.done_bytes = 0
        self._found: list[Object] = []
        records = EXPORTS[tool].records
        assert records is not None
        made = records.source(self.name, self._objects(), mapping.options, self)
        optional = mapping.options.optional
        self._source: Source = Reshaped(made, Renamed({}, optional, [])) if optional else made
        self.columns = self._source.columns

    def add(self, one: Object) -> None:
        """Take an object, or what is none."""
        self._found.append(one)

    def batches(self) -> Iterator[RawBatch]:
        """The rows of all objects."""
        return self._source.batches()

    def close(self) -> None:
        """Nothing to close."""

    def _objects(self) -> Iterator[Object]:
        yield from self._found


@dataclass
class Gathered:
    """What became of deliveries: sources to load, counts by webhook, and what has to be remembered of them."""

    parts: list[Pushed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    taken: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    kept: list[Delivery] = field(default_factory=list)

    def remember(self, connection: Connection) -> None:
        """Write the counts and the deliveries into the transaction that makes their rows facts."""
        webhooks.count(connection, self.taken, self.ignored)
        if self.kept:
            last = datetime.fromisoformat(max(one.received_at for one in self.kept))
            before = (last - timedelta(days=deliveries.KEPT_DAYS)).isoformat(timespec="microseconds")
            deliveries.keep(connection, self.kept, before)


def is_pushed(one: Waiting) -> bool:
    """Whether an arrival is a webhook's."""
    return one.arrival.door.partition("/")[0] in (HOOK, LEFT_OUT)


def gather(records: Records, own: Owned, waiting: Sequence[Waiting]) -> Gathered:
    """Sources of everything that webhooks brought, in its order, by the mappings that the workspace has of its own."""
    found = Gathered()
    if not waiting:
        return found
    before = deliveries.known(records, [str(one.arrival.message_id) for one in waiting])
    fresh = [one for one in waiting if str(one.arrival.message_id) not in before]
    read = [(one, list(_objects(one))) for one in fresh if one.arrival.door.startswith(f"{HOOK}/")]
    editions = _Editions(records, read)
    parts: dict[str, Pushed] = {}
    older = 0
    for one in fresh:
        if one.arrival.door.startswith(LEFT_OUT):
            found.ignored[one.arrival.sender] += 1
            found.kept.append(_delivery(one))
    for one, objects in read:
        tool, name = one.arrival.door.partition("/")[2], one.arrival.sender
        source = sent_name(tool, name)
        if source not in parts:
            parts[source] = Pushed(tool, name, chosen(tool, own.get(name)))
        found.taken[name] += 1
        found.kept.append(_delivery(one))
        for number, given in enumerate(objects):
            edition = editions.of(tool, name, given)
            if edition is not None:
                if editions.is_older(*edition):
                    older += 1
                    continue
                known_as = f"{one.arrival.message_id}#{number}"
                found.kept.append(Delivery(known_as, one.arrival.received_at, *edition))
            parts[source].add(given)
    found.parts = list(parts.values())
    if before:
        found.notes.append(f"{len(waiting) - len(fresh)} deliveries were there already")
    if older:
        found.notes.append(f"{older} deliveries were older than what is there, and changed nothing")
    if ignored := sum(found.ignored.values()):
        found.notes.append(f"{ignored} deliveries of kinds that are not loaded")
    return found


class _Editions:
    """How new each object is that came before, in the facts or in these deliveries."""

    def __init__(self, records: Records, read: Iterable[tuple[Waiting, list[Object]]]) -> None:
        named = [
            found[0]
            for one, objects in read
            for given in objects
            if (found := self.of(one.arrival.door.partition("/")[2], one.arrival.sender, given)) is not None
        ]
        self._newest = deliveries.newest(records, named)

    @staticmethod
    def of(tool: str, webhook: str, given: Object) -> tuple[str, float] | None:
        """Which object this is, and how new; None where nothing says it."""
        if isinstance(given, BadRow) or not isinstance(given[1], dict):
            return None
        found = TOOLS[tool].edition(given[1])
        return None if found is None or len(found[0]) > 200 else (f"{tool}:{webhook}:{found[0]}", found[1])

    def is_older(self, name: str, edition: float) -> bool:
        """Whether a newer edition came; remembers this one."""
        if edition < self._newest.get(name, edition):
            return True
        self._newest[name] = edition
        return False


def _objects(one: Waiting) -> Iterator[Object]:
    tool, body = one.arrival.door.partition("/")[2], one.arrival.body
    try:
        read = objects_of(tool, msgspec.json.decode(body))
    except UNWRITABLE:
        yield _broken(one, "the delivery is not valid JSON")
        return
    records = EXPORTS[tool].records
    assert records is not None
    for given in read:
        if not isinstance(given, dict):
            yield _broken(one, "the JSON is no object")
            continue
        try:
            records.rows(given, {})
        except (*UNWRITABLE, HeartlineError):
            yield _broken(one, "the delivery holds values that cannot be kept")
        else:
            yield one.seq, given


def _broken(one: Waiting, reason: str) -> BadRow:
    words = one.arrival.body.decode("utf-8", "replace")
    return BadRow(one.seq, "(row)", f"{len(one.arrival.body)} bytes", reason, "one JSON object", {"_text": words})


def _delivery(one: Waiting) -> Delivery:
    return Delivery(str(one.arrival.message_id), one.arrival.received_at)
