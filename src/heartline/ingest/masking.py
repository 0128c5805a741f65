"""Free text of a load masked, as the setting ``mask_text`` says: before it is stored, set aside or counted.

One place for every door: files, mapping files, exports, feeds, HTTP, webhooks and the replay of the quarantine all take
their rows through ``heartline.ingest.load.Target``.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.facts.hashes import hash_rows
from heartline.facts.store import FactStore
from heartline.privacy import Names, kinds_of, mask_column, mask_json_column, mask_whole, masked, names_of
from heartline.settings import Settings
from heartline.sources.mapped_rows import HASH
from heartline.sources.mapping import TableMapping
from heartline.sources.own_rows import KEPT_IN, Rows, import_columns, own_names
from heartline.sources.raw import BadRow
from heartline.tables import Table, table

FREE = ("text", "note", *KEPT_IN.values())
"""Columns that hold free text."""
_NAMED = ("customer_id", "name")

Plan = Sequence[tuple[Table, TableMapping | None]]


class Masking:
    """What one load masks, what it learns of names, and how much it masked."""

    def __init__(self, facts: FactStore, settings: Settings) -> None:
        self._facts = facts
        self._kinds = kinds_of(settings.text("mask_text"))
        self._told: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def notes(self) -> list[str]:
        """How many things of each kind were masked, for the load report; never what they were."""
        return [f"masked in free text: {self._counts[kind]} {kind}" for kind in self._kinds if self._counts[kind]]

    def rows(self, target: Table, rows: Rows, learn: bool = True) -> Rows:
        """Rows with their free text masked; of customers, the names are remembered for the texts of this load."""
        if not self._kinds or not rows.batch.num_rows:
            return rows
        batch, more, verbatim = rows.batch, rows.more, rows.verbatim
        if target.name == "customer":
            own = self._own_names(batch) if learn and "name" in self._kinds else None
            return replace(rows, batch=self._json(batch, "traits", own))
        if target.name == "walk_step":
            return replace(rows, batch=self._plain(batch, "note"))
        if target.name not in ("interaction", "survey_response"):
            return rows
        known = self._known(batch.column("customer_id").to_pylist()) if "name" in self._kinds else None
        if more and verbatim is not None:
            text, counts = mask_column(more[0], self._kinds, known)
            self._counts += counts
            more = [text, *more[1:]]
            at = verbatim.schema.get_field_index("text")
            verbatim = verbatim.set_column(at, "text", text.drop_null())
        return replace(rows, batch=self._json(batch, "properties", known), more=more, verbatim=verbatim)

    def bad(self, row: BadRow, plan: Plan) -> BadRow:
        """A row for the quarantine with its cells masked, but for those that it needs to be loaded later: keys, times,
        numbers, addresses by which ``plan`` knows the customer."""
        if not self._kinds:
            return row
        kept, customer = kept_columns(plan, list(row.raw)), customer_of(row.raw, plan)
        names = self._known([customer])[0] if customer and "name" in self._kinds else None
        raw = {
            name: value if name in kept else mask_whole(value, self._kinds, names, Counter(), whole=True)
            for name, value in row.raw.items()
        }
        return replace(row, raw=raw)

    def words(self, text: str) -> str:
        """A text of which nothing is known, masked."""
        return masked(text, self._kinds)[0] if self._kinds else text

    def _plain(self, batch: pa.RecordBatch, name: str) -> pa.RecordBatch:
        """A column of texts of people of whom no names are known."""
        if name not in batch.schema.names:
            return batch
        made, counts = mask_column(batch.column(name), self._kinds)
        self._counts += counts
        return batch.set_column(batch.schema.get_field_index(name), name, made) if counts else batch

    def _json(self, batch: pa.RecordBatch, name: str, known: Sequence[Names | None] | None) -> pa.RecordBatch:
        if name not in batch.schema.names:
            return batch
        made, counts = mask_json_column(batch.column(name), self._kinds, known)
        self._counts += counts
        return batch.set_column(batch.schema.get_field_index(name), name, made) if counts else batch

    def _own_names(self, batch: pa.RecordBatch) -> list[Names | None]:
        found: list[Names | None] = []
        for customer, name in zip(*(batch.column(column).to_pylist() for column in _NAMED), strict=True):
            if name:
                self._told[customer] = name
            found.append(names_of(name))
        return found

    def _known(self, customers: Sequence[str | None]) -> list[Names | None]:
        """Names of each customer: as stored, and as told earlier in this load."""
        wanted = list(dict.fromkeys(customer for customer in customers if customer))
        if not wanted:
            return [None] * len(customers)
        keys = hash_rows([pa.array(wanted, pa.string())])
        stored = self._facts.find(table("customer"), np.asarray(keys), _NAMED).to_pylist()
        told: dict[str, list[str | None]] = {row["customer_id"]: [row["name"]] for row in stored}
        for customer in wanted:
            if customer in self._told:
                told.setdefault(customer, []).append(self._told[customer])
        known = {customer: names_of(*names) for customer, names in told.items()}
        return [known.get(customer) if customer else None for customer in customers]


def kept_columns(plan: Plan, found: Sequence[str]) -> frozenset[str]:
    """Columns of a file that hold no free text: keys, times, numbers, addresses that a row needs to be loaded."""
    kept: set[str] = set()
    free: set[str] = set()
    for target, mapped in plan:
        if mapped is None:
            names = own_names(target, found)
            kept |= {name for name, ours in names.items() if ours in import_columns(target) and ours not in FREE}
            continue
        used = set(mapped.sources)
        words = {part for name in FREE for part in mapped.columns.get(name, ())}
        words |= {part for name in FREE for one in mapped.choices.get(name, ()) for part in one.columns}
        words |= {one.column for name, one in mapped.gather.items() if name in FREE}
        kept |= used - words
        free |= words
    return frozenset(kept - free)


def customer_of(raw: Mapping[str, Any], plan: Plan) -> str | None:
    """Whose row it is, as far as a row that cannot be loaded tells."""
    for target, mapped in plan:
        if target.customer != "customer_id":
            continue
        if mapped is None:
            names = own_names(target, raw)
            given = next((raw.get(name) for name, ours in names.items() if ours == "customer_id"), None)
            return str(given).strip() or None if given else None
        for choice in mapped.choices.get("customer_id", ()):
            joined_by = mapped.joined_by if choice.joined_by is None else choice.joined_by
            value = joined_by.join(str(raw.get(name) or "").strip() for name in choice.columns)
            if value:
                hashed = hashlib.sha256(value.lower().encode()).hexdigest()[:HASH] if choice.hashed else value
                return choice.prefix + hashed
        parts = mapped.columns.get("customer_id", ())
        value = mapped.joined_by.join(str(raw.get(name) or "").strip() for name in parts)
        return value or None
    return None
