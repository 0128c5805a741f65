"""What waits in the inbox, as rows of tables: calls become rows, doubled ones fall away, people are put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from heartline.facts.hashes import hash_rows
from heartline.facts.store import FactStore
from heartline.live import people, rows
from heartline.live.call import UNREADABLE, Call, Fault, read_call, text
from heartline.live.cloud_event import read_cloud_event
from heartline.live.event_map import EventMap
from heartline.records.inbox import Arrival, Waiting
from heartline.records.quarantine import SENT
from heartline.sources.identifiers import identifier_hash
from heartline.sources.json_lines import row_batches
from heartline.sources.own_rows import import_columns
from heartline.sources.raw import BadRow, RawBatch
from heartline.tables import Table, table

CALL, CLOUD_EVENT, ROW = "call", "cloud_event", "row"
"""Doors: the first word of an arrival's ``door``."""
UNWRITABLE = (*UNREADABLE, ValueError, OverflowError)
"""What making cells of JSON may raise, e.g. for a number of 5,000 digits."""


class Part:
    """Rows of one table from one sender: a source like an open file. A row's line is its number in the inbox, or the
    line of the archive that it stands in."""

    def __init__(self, target: Table, name: str) -> None:
        self.target = target
        self.name = name
        self.notes: list[str] = []
        self.total_bytes = self.done_bytes = 0
        self._rows: list[rows.Row] = []
        self._lines: list[int] = []
        self._broken: list[BadRow] = []
        self.columns: list[str] = []
        self._known: set[str] = set()

    def add(self, seq: int, row: rows.Row) -> None:
        """Take a row."""
        if not self._known.issuperset(row):
            self.columns += [name for name in row if name not in self._known]
            self._known.update(row)
        self._rows.append(row)
        self._lines.append(seq)

    def refuse(self, seq: int, body: bytes, fault: Fault) -> None:
        """Take what is no row, for the quarantine."""
        whole = {"_text": body.decode("utf-8", "replace")}
        self._broken.append(BadRow(seq, "(row)", fault.shape, fault.reason, fault.expected, whole))

    def batches(self) -> Iterator[RawBatch]:
        """All rows, at once as a rule."""
        yield from row_batches({}, self._rows, self._lines, self._broken)

    def close(self) -> None:
        """Nothing to close."""


@dataclass(frozen=True)
class Collected:
    """Parts to load, and how many events were there already."""

    parts: list[Part]
    doubled: int


@dataclass(frozen=True)
class _Heard:
    seq: int
    sender: str
    call: Call
    interaction: rows.Row | None
    purchase: rows.Row | None


class Collector:
    """Makes parts of one load. Looks into the facts: call it while nobody else can write them."""

    def __init__(self, facts: FactStore, events: EventMap) -> None:
        self._facts = facts
        self._events = events
        self._parts: dict[tuple[str, str], Part] = {}
        self._before = SENT

    def collect_archived(self, calls: Iterable[tuple[int, Call | Fault, bytes]], file: str) -> Collected:
        """Rows of the calls in a file, each with its line and its JSON. Of two with one id the first counts."""
        self._before = ""
        heard: dict[str, _Heard] = {}
        doubled = 0
        for line, call, body in calls:
            found = call if isinstance(call, Fault) else self._made(line, file, call)
            if isinstance(found, Fault):
                self._part("interaction", file).refuse(line, body, found)
            elif found.call.message_id in heard:
                doubled += 1
            else:
                heard[found.call.message_id] = found
        collected = self._collected(list(heard.values()))
        return Collected(collected.parts, collected.doubled + doubled)

    def collect(self, waiting: Iterable[Waiting]) -> Collected:
        """Rows of everything that waits, in its order."""
        heard: list[_Heard] = []
        for seq, arrival in waiting:
            if arrival.door.startswith(ROW):
                self._row(seq, arrival)
                continue
            found = self._heard(seq, arrival)
            if isinstance(found, Fault):
                self._part("interaction", arrival.sender).refuse(seq, arrival.body, found)
            else:
                heard.append(found)
        return self._collected(heard)

    def _collected(self, heard: list[_Heard]) -> Collected:
        fresh = self._fresh(heard)
        self._customers(fresh)
        self._links(fresh)
        for one in fresh:
            self._add("interaction", one, one.interaction)
            self._add("purchase", one, one.purchase)
        return Collected(list(self._parts.values()), len(heard) - len(fresh))

    def _heard(self, seq: int, arrival: Arrival) -> _Heard | Fault:
        try:
            call = _call(arrival)
        except UNWRITABLE:
            return _unwritable(len(arrival.body))
        return call if isinstance(call, Fault) else self._made(seq, arrival.sender, call)

    def _made(self, seq: int, sender: str, call: Call) -> _Heard | Fault:
        try:
            people.told(call, None)  # whether it can be read at all
            rule = self._events.rule(call.kind, call.event)
            met = rows.interaction(call, self._events)
            bought = rows.purchase(call, rule, met["channel"] if met else None)
            return _Heard(seq, sender, call, met, bought)
        except UNWRITABLE:
            return _unwritable(len(str(call.body)))

    def _part(self, name: str, sender: str) -> Part:
        key = (name, sender)
        if key not in self._parts:
            self._parts[key] = Part(table(name), self._before + sender)
        return self._parts[key]

    def _add(self, name: str, one: _Heard, row: rows.Row | None) -> None:
        if row is not None:
            self._part(name, one.sender).add(one.seq, row)

    def _row(self, seq: int, arrival: Arrival) -> None:
        part = self._part(arrival.door.partition("/")[2], arrival.sender)
        reason = "the row is JSON but no object"
        try:
            found = msgspec.json.decode(arrival.body)
            if isinstance(found, dict):
                part.add(seq, {_name(name): _cell(value) for name, value in found.items()})
                return
        except UNWRITABLE:
            reason = "the row holds values that cannot be kept"
        part.refuse(seq, arrival.body, Fault(f"{len(arrival.body)} bytes", reason, "one JSON object"))

    def _fresh(self, heard: list[_Heard]) -> list[_Heard]:
        """Events whose id the facts do not have: of one that comes again the first stays, whatever it says now."""
        if not heard:
            return heard
        of = table("interaction")
        keys = hash_rows([pa.array([one.call.message_id for one in heard], pa.string())])
        stored = np.isin(keys, self._facts.find(of, keys).column("key_hash").to_numpy())
        return [one for one, known in zip(heard, stored.tolist(), strict=True) if not known]

    def _customers(self, heard: list[_Heard]) -> None:
        told = [one for one in heard if one.call.kind == "identify" and one.call.customer_id is not None]
        if not told:
            return
        of = table("customer")
        names = [name for name in import_columns(of) if name in of and name not in people.SAID]
        keys = hash_rows([pa.array([one.call.customer_id for one in told], pa.string())])
        state: dict[str, rows.Row] = {}
        for stored in self._facts.find(of, keys, names).to_pylist():
            state[stored["customer_id"]] = {name: _stored(stored[name]) for name in names}
        last: dict[str, _Heard] = {}
        for one in told:
            customer = str(one.call.customer_id)
            row = people.told(one.call, state.get(customer))
            if row is not None:
                state[customer], last[customer] = row, one
        for customer, one in last.items():
            self._add("customer", one, state[customer])

    def _links(self, heard: list[_Heard]) -> None:
        links = ((one, people.link(one.call, key)) for one in heard for key in people.identifiers(one.call))
        wanted = [(one, row) for one, row in links if row is not None]
        if not wanted:
            return
        hashes = _key_hashes([row for _, row in wanted])
        known = set(self._facts.find(table("identity"), hashes).column("key_hash").to_pylist())
        for (one, row), hashed in zip(wanted, hashes.tolist(), strict=True):
            if hashed not in known:  # the first of its kind stays, with the moment at which it was seen
                known.add(hashed)
                self._add("identity", one, row)


def _unwritable(size: int) -> Fault:
    return Fault(f"{size} bytes", "the event holds values that cannot be kept", "plain JSON")


def _call(arrival: Arrival) -> Call | Fault:
    door, _, kind = arrival.door.partition("/")
    if door == CLOUD_EVENT:
        return read_cloud_event(arrival.body, str(arrival.message_id), arrival.received_at)
    return read_call(arrival.body, kind, str(arrival.message_id), arrival.received_at, arrival.sent_at)


def _key_hashes(links: Sequence[rows.Row]) -> Any:
    hashed = [identifier_hash(row["kind"], row["value"]) for row in links]
    columns = [[row["kind"] for row in links], hashed, [row["customer_id"] for row in links]]
    return hash_rows([pa.array(column, pa.string()) for column in columns])


def _cell(value: object) -> str | None:
    """As JSON Lines files are read: blanks stay, since the table's own checks judge them."""
    return _name(value) if isinstance(value, str) else text(value)


def _name(name: str) -> str:
    """Text that can be stored: JSON can spell half a character."""
    return name.encode("utf-8", "replace").decode()


def _stored(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat(timespec="microseconds")
    return text(value)
