"""One source of a feed into facts: its rows, how far it was read, its part of the day's report; one transaction."""

from __future__ import annotations

from collections.abc import Callable

from heartline.facts.store import FactStore
from heartline.ingest.load import Also, Load, LoadReport, Progress, check_source, plan_of
from heartline.records.store import Records
from heartline.settings import Settings
from heartline.sources.mapping import Mapping
from heartline.sources.raw import Source


def ingest_source(
    records: Records, facts: FactStore, settings: Settings, table_name: str | None, mapping: Mapping | None,
    name: str, opened: Callable[[], Source], feed: str, also: Also, progress: Progress | None = None,
) -> LoadReport:  # fmt: skip
    """Load what ``opened`` gives into a table or the tables of a mapping; ``name`` stands as the source of its rows.

    ``opened`` is called when nobody else can write facts. ``also`` writes how far was read into the transaction of the
    load. The report is folded into the line of the feed's day. Raises what ``ingest`` raises, and what ``opened`` and
    ``also`` do; then nothing was written.
    """
    plan = plan_of(table_name, mapping)

    def checked() -> Source:
        source = opened()
        try:
            check_source(source, name, plan, mapping)
        except BaseException:
            source.close()
            raise
        return source

    return Load(records, facts, settings, plan, mapping, feed).run([(name, checked)], progress, more=also)
