"""One portion of calls and rows into the facts: by the way of files, in one transaction, with one report."""

from __future__ import annotations

import time
from typing import Any

from heartline.facts.decide import Counts
from heartline.facts.store import Loading
from heartline.ingest.load import Also, Load, LoadReport, Target, customers_first, plan_of
from heartline.ingest.spool import Spool
from heartline.live.collecting import Collected
from heartline.live.pushed import Gathered, Pushed
from heartline.records import quarantine
from heartline.records.store import now


def load_portion(
    load: Load, loading: Loading, collected: Collected, name: str, read: int, also: Also,
    gathered: Gathered | None = None,
) -> LoadReport:  # fmt: skip
    """Make the parts live; ``also`` writes into the same transaction. ``name`` stands where a report names its table.

    ``gathered`` is what webhooks brought beside them. Counts are over the rows of all tables, ``read`` counts calls and
    rows as they came.
    """
    started_at, began = now(), time.perf_counter()
    spool = Spool(loading.folder / "quarantine.jsonl", load.masking)
    try:
        # a customer's name is masked in the texts beside it
        for part in sorted(collected.parts, key=lambda one: one.target.name != "customer"):
            target = Target(part.target, None, part, part.name, load)
            for raw in part.batches():
                spool.add(part.target.name, part.name, raw.broken)
                target.take(loading, spool, raw)
            target.finish(loading, spool)
        pushed = gathered.parts if gathered else []
        for one in pushed:
            _take(load, one, loading, spool)
        counts = sum(loading.settle().values(), Counts())
        names = list(dict.fromkeys([*(part.name for part in collected.parts), *(one.name for one in pushed)]))
        report = LoadReport(
            load.report_id, name, names, read, counts.new, counts.replaced, counts.unchanged, spool.count,
            round(time.perf_counter() - began, 3),
            written=dict(loading.written),
            notes=[*_notes(collected, gathered), *load.privacy_notes()],
            reasons=spool.reasons,
        )  # fmt: skip

        def within(connection: Any) -> None:
            if collected.parts or pushed:
                load.write_report(connection, report, started_at)
                quarantine.add(connection, spool.rows(), load.report_id)
            if gathered:
                gathered.remember(connection)
            also(connection)

        loading.commit(within)
    finally:
        spool.close()
    return report


def _take(load: Load, pushed: Pushed, loading: Loading, spool: Spool) -> None:
    """Load what a webhook brought by its mapping, as a file would be."""
    mapped = load.with_mapping(pushed.mapping)
    targets = [Target(of, how, pushed, pushed.name, mapped) for of, how in plan_of(None, pushed.mapping)]
    for raw in pushed.batches():
        spool.add(targets[0].name, pushed.name, raw.broken, mapped.plan)
        for target in customers_first(targets):
            target.take(loading, spool, raw)
    for target in targets:
        target.finish(loading, spool)


def _notes(collected: Collected, gathered: Gathered | None) -> list[str]:
    notes = [f"{collected.doubled} events were there already"] if collected.doubled else []
    if gathered:
        notes += gathered.notes
        notes += [f"{part.name}: {note}" for part in gathered.parts for note in part.notes]
    return notes
