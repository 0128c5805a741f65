"""What customers allow, put together over loads: a file that is silent loses nothing, the newer word counts.

Kept in the customer's row, purpose by purpose: ``{"agreed": false, "since": "2026-03-01T10:00:00+00:00", "by":
"shop.csv", "told": false}``. ``told`` is what sources said last: the same file again does not undo what a person said
since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from heartline.errors import ConsentError
from heartline.facts.hashes import hash_rows
from heartline.facts.store import FactStore
from heartline.records.store import LoadRow, now, write_load
from heartline.sources.consent_words import is_purpose, objected
from heartline.sources.own_rows import Rows
from heartline.tables import EVERY_PURPOSE, PURPOSES, table

Words = dict[str, dict[str, Any]]
"""What holds of each purpose."""
Held = tuple[str | None, bool | None, str | None]
"""The columns consents, consent_emotion and objections of a customer."""
_KEPT = ("customer_id", "consents", "consent_emotion", "objections")
LONGEST_NAME = 80


class Consents:
    """Puts together what the rows of one load say with what is stored."""

    def __init__(self, facts: FactStore) -> None:
        self._facts = facts
        self._now = now()
        self._before: dict[str, str] = {}
        self.unknown = 0

    def notes(self) -> list[str]:
        """That some said what is no purpose, for the load report."""
        if not self.unknown:
            return []
        return [
            f"{self.unknown} customers object to what is no purpose, which counts as an objection to everything; "
            f"purposes are {', '.join(PURPOSES)}"
        ]

    def rows(self, rows: Rows, file: str) -> Rows:
        """Rows of customers with all that holds of their consent; ``file`` is who says what is new."""
        batch = rows.batch
        customers = batch.column("customer_id").to_pylist()
        told = batch.column("consents").to_pylist()
        stored = self._stored(customers)
        if not stored and not self._before and not any(told):
            return rows
        made: dict[tuple[str | None, str | None], tuple[Held, bool]] = {}
        cells: list[Held] = []
        for customer, said in zip(customers, told, strict=True):
            before = self._before.get(customer) or stored.get(customer)
            key = (before, said)
            if key not in made:
                made[key] = self._together(before, said, file)
            held, unknown = made[key]
            self.unknown += unknown and said is not None
            cells.append(held)
            # an agreement that one file tells twice may be lost on the way: that errs on the careful side
            consents, emotion, objections = held
            if consents is not None and said is not None and (emotion is False or objections is not None):
                self._before[customer] = consents
        columns = zip(*cells, strict=True)
        for name, values in zip(("consents", "consent_emotion", "objections"), columns, strict=True):
            at = batch.schema.get_field_index(name)
            batch = batch.set_column(at, name, pa.array(values, batch.schema.field(at).type))
        return replace(rows, batch=batch)

    def _stored(self, customers: list[str]) -> dict[str, str]:
        keys = hash_rows([pa.array(customers, pa.string())])
        found = self._facts.find(table("customer"), np.asarray(keys), _KEPT).to_pylist()
        return {row["customer_id"]: kept for row in found if (kept := _kept(row)) is not None}

    def _together(self, before: str | None, said: str | None, file: str) -> tuple[Held, bool]:
        words: Words = msgspec.json.decode(before) if before else {}
        if said is not None:
            given = msgspec.json.decode(said)
            at = f"{given['at']}+00:00" if given["at"] else self._now
            words = heard(words, given["said"], at, file)
        return _columns(words), any(not is_purpose(purpose) and not one["agreed"] for purpose, one in words.items())


def heard(words: Words, said: Mapping[str, bool], at: str, by: str, person: bool = False) -> Words:
    """What holds after something is said. A source that says what it said before says nothing new; what is older than
    what holds is remembered only as said."""
    found = {purpose: dict(one) for purpose, one in words.items()}
    if said.get(EVERY_PURPOSE) is True:
        said = {**{purpose: True for purpose, one in words.items() if not one["agreed"]}, **said}
    elif any(said.values()) and _refuses_all(words):
        # who objected to everything and now agrees to one thing still objects to the others
        others = {purpose: False for purpose in PURPOSES if purpose not in said}
        said = {EVERY_PURPOSE: True, **others, **said}
    for purpose, agreed in said.items():
        one = found.get(purpose)
        if not person and one is not None and one.get("told") == agreed:
            continue
        told = (one or {}).get("told") if person else agreed
        # the same word again changes nothing, unless it was not known since when it holds
        if one is not None and ((one["agreed"] == agreed and one["since"]) or one["since"] > at):
            found[purpose] = {**one, "told": told}
        else:
            found[purpose] = {"agreed": agreed, "since": at, "by": by, "told": told}
    return found


def _refuses_all(words: Words) -> bool:
    return EVERY_PURPOSE in words and not words[EVERY_PURPOSE]["agreed"]


def _columns(words: Words) -> Held:
    """The three columns of a customer: consents, consent_emotion, objections."""
    if not words:
        return None, None, None
    emotion = words.get("emotion")
    against = [purpose for purpose, one in words.items() if not one["agreed"] and purpose != "emotion"]
    order = (EVERY_PURPOSE, *PURPOSES)
    against.sort(key=lambda purpose: (order.index(purpose) if purpose in order else len(order), purpose))
    kept = msgspec.json.encode({purpose: words[purpose] for purpose in sorted(words)}).decode()
    return kept, None if emotion is None else emotion["agreed"], " ".join(against) or None


def _kept(row: Mapping[str, Any]) -> str | None:
    """What a stored row says; a row of before consents were kept so says it in its two columns alone."""
    if row["consents"] is not None:
        return str(row["consents"])
    said = objected(row["objections"]) if row["objections"] else {}
    if row["consent_emotion"] is not None and said.get("emotion") is not False:
        said["emotion"] = row["consent_emotion"]
    if not said:
        return None
    words = {purpose: {"agreed": agreed, "since": "", "by": "", "told": agreed} for purpose, agreed in said.items()}
    return _columns(words)[0]


def consent_of(facts: FactStore, customer_id: str) -> Words:
    """What holds of each purpose that something was said of."""
    found = facts.find(table("customer"), np.asarray(_key(customer_id)), _KEPT).to_pylist()
    kept = _kept(found[0]) if found else None
    return msgspec.json.decode(kept) if kept else {}


def of_one_person(each: Sequence[Words]) -> Words:
    """What holds of a person whom several sources know: what was refused to one of them is refused, else the newest."""
    found: Words = {}
    for words in each:
        for purpose, one in words.items():
            before = found.get(purpose)
            if before is None or (one["agreed"], before["since"]) < (before["agreed"], one["since"]):
                found[purpose] = one
    return found


def say(facts: FactStore, customer_id: str, said: Mapping[str, bool], by: str) -> Words:
    """Keep what a person said of purposes; gives what holds now. It holds until they, or a newer source, say otherwise.

    ConsentError for a purpose that is not known, nobody who says it, or a customer of whom there is no fact at all;
    WorkspaceError where somebody else is writing.
    """
    _check(customer_id, said, by)
    of = table("customer")
    started_at, load_id = now(), f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-consent"
    with facts.loading(load_id, brief=True) as loading:
        names = [name for name in of.names if name not in ("source", "load_id")]
        found = facts.find(of, np.asarray(_key(customer_id)), names).to_pylist()
        row: dict[str, Any] = found[0] if found else {"customer_id": customer_id}
        before = _kept({name: row.get(name) for name in _KEPT})
        words = heard(msgspec.json.decode(before) if before else {}, said, now(), by.strip(), person=True)
        row["consents"], row["consent_emotion"], row["objections"] = _columns(words)
        row |= {"source": "consent", "load_id": load_id}
        batch = pa.RecordBatch.from_pylist([{name: row.get(name) for name in of.names}], schema=of.arrow_schema())
        loading.add(of, batch)
        counts = loading.settle()[of.name]

        def also(connection: Any) -> None:
            report = LoadRow(
                load_id, of.name, ["consent"], started_at, now(), 1, counts.new, counts.replaced, counts.unchanged,
                0, 0.0, written=dict(loading.written),
            )  # fmt: skip
            write_load(connection, report)

        loading.commit(also)
    return words


def _check(customer_id: str, said: Mapping[str, bool], by: str) -> None:
    unknown = [purpose for purpose in said if not is_purpose(purpose)]
    if unknown:
        raise ConsentError(
            f"{', '.join(unknown)} is no purpose",
            f"some of {', '.join(PURPOSES)}, or {EVERY_PURPOSE}",
            "name a purpose",
        )
    if not said:
        raise ConsentError(
            "no purpose is named", "--refuse PURPOSE or --agree PURPOSE", "say what was agreed or refused"
        )
    name = by.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise ConsentError(
            "it is not said who took the customer's word", f"a name of 1 to {LONGEST_NAME} characters", "add --by NAME"
        )
    if not customer_id.strip():
        raise ConsentError("no customer is named", "a customer_id", "`heartline show customer` lists them")


def _key(customer_id: str) -> Any:
    return hash_rows([pa.array([customer_id], pa.string())])
