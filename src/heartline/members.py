"""Who is who, over a workspace's files: gathered by an engine, decided, and written as the derived table ``member``."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from heartline import __version__
from heartline.engines.base import Engine
from heartline.errors import AnalysisError
from heartline.facts.derived import DerivedStore
from heartline.facts.store import FactStore
from heartline.identity.gather import Gathered, Gathering
from heartline.identity.pairs import KEYS
from heartline.identity.resolve import Resolved, Rules, resolve
from heartline.identity.rulings import Rulings
from heartline.records import identity as decisions
from heartline.records.store import Records
from heartline.runner import as_of_condition
from heartline.settings import Settings
from heartline.tables import Table, bucket_of, table

TABLES = ("member", "doubtful_pair", "shared_identifier", "probable_pair")
"""What is written here."""
OF_THEIR_DAY = ("backtest_score",)
"""Tables that a run does not make: what was said of customers, whoever they were taken for then."""
SETTINGS = (
    "identity", "identity_kinds", "identity_one_of", "identity_most_members", "identity_threshold", "identity_review",
)  # fmt: skip
GIVEN, PROBABLE = "given", "probable"


@dataclass(frozen=True)
class Written:
    """What a resolve wrote, not yet current.

    runs: run of each table that was written anew; files: those of ``member``
    digest: a text that changes whenever a member belongs to another customer
    """

    runs: Mapping[str, str]
    files: Sequence[Path]
    digest: str
    seconds: float
    rows: Mapping[str, int]
    notes: tuple[str, ...]


def rules_of(settings: Settings) -> Rules:
    """The rules that the settings choose."""
    return Rules(
        tuple(settings.text("identity_kinds").split()),
        tuple(settings.text("identity_one_of").split()),
        settings.whole("identity_most_members"),
        settings.number("identity_threshold"),
        settings.number("identity_review"),
    )


class Members:
    """Decides who is who in one workspace."""

    def __init__(self, facts: FactStore, derived: DerivedStore, records: Records, settings: Settings) -> None:
        self._facts = facts
        self._derived = derived
        self._records = records
        self._settings = settings
        self._rules = rules_of(settings)

    @property
    def given(self) -> bool:
        """Whether customers are as the sources gave them, so that there is nothing to decide."""
        return self._settings.text("identity") == GIVEN

    def write(self, engine: Engine, moment: datetime, run_id: str) -> Written:
        """Decide who is who as of a moment, and write it; `make_current` is the caller's."""
        started = time.perf_counter()
        rulings = Rulings(decisions.standing(self._records))
        seen = partial(as_of_condition, as_of=moment)
        runs: dict[str, str] = {}
        pairs = None
        if self._settings.text("identity") == PROBABLE:
            pairs = self._pairs(engine, run_id, runs, moment)
        known = None if pairs is None else pairs.filter(_before(pairs.column("known_at"), moment))
        gathering = self._gathering(engine, seen)
        try:
            found = resolve(gathering.gathered(), rulings, self._rules, known)
            steps = gathering.steps
        finally:
            gathering.close()
        found = self._with_today(engine, found, rulings, pairs, moment)
        about = {
            "run_id": run_id, "analysis": "identity", "as_of": moment.isoformat(), "engine": engine.name,
            "version": __version__, "seconds": round(time.perf_counter() - started, 3),
            "inputs": {name: self._facts.rows(name) for name in ("customer", "identity")},
            "settings": {name: self._settings[name] for name in SETTINGS},
            "notes": found.notes, "values": dict(found.values), "steps": steps,
        }  # fmt: skip
        rows = {"member": found.member, "doubtful_pair": found.doubtful, "shared_identifier": found.shared}
        for name, made in rows.items():
            self._write(name, run_id, about | {"rows": made.num_rows}, made)
            runs[name] = run_id
        files = sorted((self._derived.root / "member" / run_id).glob("bucket=*/*.parquet"))
        counts = {name: made.num_rows for name, made in rows.items()}
        return Written(
            runs, files, str(found.values["digest"]), time.perf_counter() - started, counts, tuple(found.notes)
        )

    def current_digest(self) -> str | None:
        """That of the current ``member``; None where customers are as the sources gave them."""
        about = self._derived.about("member")
        return str(about["values"]["digest"]) if about else None

    def check_same(self, who: Written | None, made: Collection[str]) -> None:
        """AnalysisError where tables that are not made anew would speak of other persons than those that are."""
        stay = set(self._derived.current()) - set(made) - set(TABLES) - set(OF_THEIR_DAY)
        if stay and self.current_digest() != (who.digest if who else None):
            raise AnalysisError(
                "who is one customer has changed since the last run",
                "all tables about the same customers",
                "run `heartline run` without naming analyses",
            )

    def _gathering(self, engine: Engine, seen: Callable[[Table], str]) -> Gathering:
        return Gathering(engine, self._facts.files, seen, self._rules.kinds, self._rules.one_of)

    def _with_today(
        self, engine: Engine, found: Resolved, rulings: Rulings, pairs: pa.Table | None, moment: datetime
    ) -> Resolved:
        """The same, with who is who by all that is known today, and with members that are only known since."""
        if not self._hides(engine, moment) and (
            pairs is None or _before(pairs.column("known_at"), moment).false_count == 0
        ):
            return found
        gathering = self._gathering(engine, lambda _: "true")
        try:
            today = resolve(gathering.gathered(), rulings, self._rules, pairs).member
        finally:
            gathering.close()
        place = pc.index_in(found.member.column("member_id"), value_set=today.column("member_id"))
        now = today.column("customer_id").take(place)
        at = found.member.schema.get_field_index("customer_today")
        member = found.member.set_column(at, found.member.schema.field(at), now)
        later = today.filter(pc.invert(pc.is_in(today.column("member_id"), value_set=member.column("member_id"))))
        alone = {
            "customer_id": later.column("own_id"), "customer_today": later.column("customer_id"),
            "matched_by": pa.array(["alone"] * later.num_rows, pa.string()),
            "reason": pa.array(["not known yet at the moment that the run looked from"] * later.num_rows, pa.string()),
            "since": pa.nulls(later.num_rows, pa.timestamp("us")),
        }  # fmt: skip
        hidden = pa.table(
            {name: alone.get(name, later.column(name)) for name in member.schema.names}, schema=member.schema
        )
        return replace(found, member=pa.concat_tables([member, hidden]), values={**found.values, "past": True})

    def _hides(self, engine: Engine, moment: datetime) -> bool:
        """Whether the moment hides anything of customers and identifiers."""
        for name in ("customer", "identity"):
            of = table(name)
            engine.register_parquet(f"who_{name}", self._facts.files(name), of.arrow_schema())
            hidden = engine.fetch(
                f"select count(*) as n from who_{name} where not ({as_of_condition(of, moment)})"
            ).column(0)[0].as_py()  # fmt: skip
            engine.forget([f"who_{name}"])
            if hidden:
                return True
        return False

    # probable pairs

    def _pairs(self, engine: Engine, run_id: str, runs: dict[str, str], moment: datetime) -> pa.Table:
        """Probable pairs by all that is known today; those of the last run where nothing has changed since."""
        from heartline.identity.linkage import probable_pairs  # an extra: only where the settings choose it

        files = [str(file) for name in ("customer", "identity") for file in self._facts.files(name)]
        before = self._derived.about("probable_pair")
        review = min(self._rules.review, self._rules.threshold)
        if before and before["values"].get("files") == files and before["values"].get("least") == review:
            kept = [pq.read_table(file, partitioning=None) for file in self._derived.files("probable_pair")]
            return pa.concat_tables([table("probable_pair").arrow_schema().empty_table(), *kept])
        started = time.perf_counter()
        gathering = self._gathering(engine, lambda _: "true")
        try:
            records, gathered = gathering.records(), gathering.gathered()
            linked = probable_pairs(
                records, self._joining(gathered), review, self._settings.whole("threads"),
                self._settings.number("memory_limit_gb"),
            )  # fmt: skip
            ends = sorted({*linked.pairs.column("member_a").to_pylist(), *linked.pairs.column("member_b").to_pylist()})
            at = gathering.known_at(ends)
        finally:
            gathering.close()
        known = [
            max(filter(None, (at.get(a), at.get(b))), default=None)
            for a, b in zip(*(linked.pairs.column(name).to_pylist() for name in ("member_a", "member_b")), strict=True)
        ]
        schema = table("probable_pair").arrow_schema()
        made = (
            linked.pairs.append_column("known_at", pa.array(known, pa.timestamp("us")))
            .select(schema.names)
            .cast(schema)
        )
        about = {
            "run_id": run_id, "analysis": "identity", "as_of": moment.isoformat(), "engine": engine.name,
            "version": __version__, "seconds": round(time.perf_counter() - started, 3), "rows": made.num_rows,
            "inputs": {"customer": records.num_rows, "identity": gathered.keys.num_rows},
            "settings": {name: self._settings[name] for name in SETTINGS}, "notes": linked.notes,
            "values": {**linked.values, "files": files, "least": review}, "steps": [],
        }  # fmt: skip
        self._write("probable_pair", run_id, about, made)
        runs["probable_pair"] = run_id
        return made

    def _joining(self, gathered: Gathered) -> pa.Table:
        """Identifiers that are somebody's own: without those that the rules pass over."""
        shared = resolve(gathered, Rulings(), self._rules).shared
        rows = gathered.keys.select(KEYS.names)
        both = [pc.binary_join_element_wise(of.column("kind"), of.column("value_hash"), " ") for of in (rows, shared)]
        return rows.filter(pc.invert(pc.is_in(both[0], value_set=both[1].combine_chunks()))).cast(KEYS)

    # files

    def _write(self, name: str, run_id: str, about: Mapping[str, Any], rows: pa.Table) -> None:
        self._derived.write(name, run_id, about, partial(write_buckets, rows, table(name).customer))


def _before(times: pa.ChunkedArray, moment: datetime) -> Any:
    return pc.fill_null(pc.less(times, pa.scalar(moment, pa.timestamp("us"))), True).combine_chunks()


def write_buckets(rows: pa.Table, customer: str | None, folder: Path) -> None:
    """Write rows as ``folder/bucket=<n>/part-0.parquet`` by their customer, or into bucket 0 where there is none."""
    if customer is None:
        buckets = np.zeros(rows.num_rows, np.int64)
    else:
        encoded = rows.column(customer).combine_chunks().dictionary_encode()
        of_each = np.array([bucket_of(one) for one in encoded.dictionary.to_pylist()], np.int64)
        buckets = of_each[np.asarray(encoded.indices, np.int64)] if rows.num_rows else np.zeros(0, np.int64)
    rows = rows.take(pa.array(np.argsort(buckets, kind="stable")))
    edges = np.searchsorted(np.sort(buckets), np.arange(65))
    for bucket in np.unique(buckets).tolist():
        place = folder / f"bucket={bucket}"
        place.mkdir(parents=True)
        mine = rows.slice(edges[bucket], edges[bucket + 1] - edges[bucket])
        pq.write_table(mine.sort_by(customer) if customer else mine, place / "part-0.parquet", compression="zstd")
