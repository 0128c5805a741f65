"""One run of a query: its new rows and how far it was read, in one transaction."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from heartline.feeds.cursor import overlap_of, shown
from heartline.feeds.database import address, reading
from heartline.feeds.feed import QueryFeed
from heartline.feeds.query import QuerySource
from heartline.feeds.report import FeedReport
from heartline.feeds.rooms import Rooms
from heartline.ingest import Progress, ingest_source
from heartline.records import feeds
from heartline.records.quarantine import ASKED
from heartline.sources.mapping import Mapping
from heartline.sources.own_rows import own_names
from heartline.sources.raw import Source
from heartline.sources.reshaped import Renamed, Reshaped
from heartline.tables import table


def run_query(rooms: Rooms, feed: QueryFeed, full: bool, progress: Progress | None = None) -> FeedReport:
    """Read what is newer than the cursor that is kept, less the overlap; ``full`` reads everything.

    The cursor is looked up when nobody else can write and kept with the rows: of two runs at once none is behind.
    """
    table_name, mapping = feed.read()
    url = address(feed.url, feed.password)
    with ExitStack() as opened:
        held: list[QuerySource] = []

        def source() -> Source:
            since = None if full else feeds.cursor(rooms.records, feed.name)
            held.append(_source(opened, url, feed, since))
            if not _is_used(feed.cursor, table_name, mapping):
                held[0].hide_cursor()
            return _fitted(held[0], mapping)

        def keep(connection: Any) -> None:
            place = held[0].place()
            if place is not None:
                feeds.move_cursor(connection, feed.name, place)

        load = ingest_source(
            rooms.records, rooms.facts, rooms.settings, table_name, mapping, ASKED + feed.name, source, feed.name, keep,
            progress,
        )  # fmt: skip
    place = held[0].place() or feeds.cursor(rooms.records, feed.name)
    return FeedReport(feed.name, feed.kind, cursor=shown(place)).with_load(load)


def look(rooms: Rooms, feed: QueryFeed, full: bool) -> FeedReport:
    """How many rows a run would read, and how far; nothing is loaded or kept."""
    _, mapping = feed.read()
    since = None if full else feeds.cursor(rooms.records, feed.name)
    with ExitStack() as opened:
        source = _source(opened, address(feed.url, feed.password), feed, since)
        if mapping is not None:
            mapping.check(_fitted(source, mapping).columns, ASKED + feed.name)
        count, highest = source.outlook()
    return replace(FeedReport(feed.name, feed.kind, cursor=highest), would_read=count)


def _source(opened: ExitStack, url: Any, feed: QueryFeed, since: dict[str, str] | None) -> QuerySource:
    connection = opened.enter_context(reading(url))
    return QuerySource(connection, ASKED + feed.name, feed.query(), feed.cursor, since, overlap_of(feed.overlap))


def _is_used(cursor: str, table_name: str | None, mapping: Mapping | None) -> bool:
    """Whether the cursor is also a column of what the rows become."""
    if mapping is None:
        return bool(own_names(table(str(table_name)), [cursor]))
    used = {name.lower() for mapped in mapping.tables for name in mapped.sources}
    used |= {name.lower() for others in mapping.options.also_named.values() for name in others}
    return cursor.lower() in used


def _fitted(source: QuerySource, mapping: Mapping | None) -> Source:
    """The source under the names of the mapping, with the columns that it may lack."""
    if mapping is None or not (mapping.options.also_named or mapping.options.optional):
        return source
    return Reshaped(source, Renamed(mapping.options.also_named, mapping.options.optional, source.notes))
