"""What a feed reads, and what becomes of it: the definition that the records keep."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping as Dict
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from heartline.errors import MappingError, SourceError
from heartline.feeds.cursor import overlap_of
from heartline.feeds.database import ENV, FILE, address, holds_secret
from heartline.feeds.statement import checked
from heartline.sources.exports import export_named
from heartline.sources.mapping import ROW_ID, Mapping, load_mapping

QUERY, FOLDER = "query", "folder"
SEGMENT = "segment"
"""Name of the archive of Segment's calls, which has a way of its own."""
GIVEN = "given"
"""Stands where the address of a query would: it comes with each call and is not kept."""
HOW_TO = "see docs/how-to/feeds.md"
TAKEN = ("live",)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True)
class Way:
    """What becomes of the rows: those of a table, by a mapping file, or as an export of another tool, with what is told
    of it. One of the three is given."""

    table: str = ""
    mapping: str = ""
    export: str = ""
    told: Dict[str, Any] = field(default_factory=dict)

    def read(self) -> tuple[str | None, Mapping | None]:
        """The table and the mapping, the file read anew. MappingError where it is wrong."""
        if self.export:
            return None, export_named(self.export).mapping(self.told)
        return self.table or None, load_mapping(Path(self.mapping)) if self.mapping else None


@dataclass(frozen=True)
class QueryFeed:
    """A query of a database.

    url: address, ``env:NAME`` or ``file:PATH``; password: ``env:NAME`` or ``file:PATH``
    sql, or sql_file: the query; cursor: column of its result that tells what is new, or empty: all is read each time
    overlap: how far before the highest cursor each run begins, e.g. ``2h``; empty: what is usual for its kind
    """

    name: str
    way: Way
    url: str
    sql: str = ""
    sql_file: str = ""
    password: str = ""
    cursor: str = ""
    overlap: str = ""

    kind = QUERY

    def query(self) -> str:
        """The SQL, read anew where it stands in a file."""
        if not self.sql_file:
            return self.sql
        try:
            return Path(self.sql_file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as cause:
            raise SourceError(
                f"{self.sql_file} cannot be read", "a text file with one query", "check the path"
            ) from cause

    def read(self) -> tuple[str | None, Mapping | None]:
        """Table and mapping; MappingError for one that needs a file, or all rows at once."""
        if self.way.export:
            raise MappingError(
                f"--from {self.way.export} reads files, not queries", "a table or a mapping", "say it with --map"
            )
        name, mapping = self.way.read()
        if mapping is None:
            return name, None
        if mapping.adds or mapping.options.export:
            raise MappingError("the mapping reads a file", "one whose columns a query can give", "join in the query")
        for mapped in mapping.tables:
            if any(parts == (ROW_ID,) for parts in mapped.columns.values()):
                raise MappingError(
                    f"the mapping of {mapped.target.name} makes ids of line numbers, which a query does not have",
                    "a column that is an id", "or @content in place of @row",
                )  # fmt: skip
            if mapped.group_by and self.cursor:
                raise MappingError(
                    f"the mapping gathers groups into {mapped.target.name}, and a cursor may cut one in two",
                    "groups that are whole", "gather them in the query (group by), or leave the cursor out",
                )  # fmt: skip
        return name, mapping


@dataclass(frozen=True)
class FolderFeed:
    """The files of a folder.

    pattern: as a shell has it, ``**/`` for folders below; settle_s: seconds for which a file must not have changed
    """

    name: str
    way: Way
    folder: str
    pattern: str = "*"
    settle_s: float = 5.0

    kind = FOLDER

    def read(self) -> tuple[str | None, Mapping | None]:
        """Table and mapping."""
        return self.way.read()


Feed = QueryFeed | FolderFeed


def definition(feed: Feed) -> dict[str, Any]:
    """What the records keep of a feed: all but its name."""
    return {name: value for name, value in asdict(feed).items() if name != "name"}


def defined(name: str, kind: str, held: Dict[str, Any]) -> Feed:
    """The feed out of what the records keep."""
    way = Way(**held["way"])
    rest = {key: value for key, value in held.items() if key != "way"}
    return QueryFeed(name, way, **rest) if kind == QUERY else FolderFeed(name, way, **rest)


def check(feed: Feed) -> Feed:
    """The feed with absolute paths. SourceError or MappingError where it cannot be kept or read."""
    if not _NAME.fullmatch(feed.name) or feed.name in TAKEN:
        raise SourceError(
            f"{feed.name!r} is no name of a feed",
            "letters, digits, dots, hyphens and underscores, at most 64",
            "e.g. shop",
        )
    if sum(map(bool, (feed.way.table, feed.way.mapping, feed.way.export))) != 1:
        raise SourceError("it is not said what becomes of the rows", "a table, --map or --from, one of them", HOW_TO)
    if feed.way.told and (not feed.way.export or feed.way.export == SEGMENT):
        raise SourceError("--set is of no use here", "--from with a tool whose files do not say it", HOW_TO)
    feed = replace(feed, way=replace(feed.way, mapping=_absolute(feed.way.mapping)))
    if isinstance(feed, FolderFeed):
        if not feed.pattern or feed.pattern.startswith("/") or ".." in Path(feed.pattern).parts:
            raise SourceError(f"the pattern {feed.pattern} leaves the folder", "e.g. *.csv or **/*.csv.gz", HOW_TO)
        if feed.way.export != SEGMENT:
            feed.read()
        return replace(feed, folder=_absolute(feed.folder))
    if bool(feed.sql) == bool(feed.sql_file):
        raise SourceError(
            "there is no query" if not feed.sql else "there are two queries", "--sql or --sql-file", HOW_TO
        )
    overlap_of(feed.overlap)
    feed = replace(feed, sql_file=_absolute(feed.sql_file))
    checked(feed.query())
    feed.read()
    return replace(feed, url=_kept_place(feed.url), password=_kept_place(feed.password))


def check_secrets(feed: QueryFeed) -> None:
    """SourceError where the address holds what must not be kept."""
    if not feed.url.startswith((ENV, FILE)) and holds_secret(address(feed.url)):
        raise SourceError(
            "the address holds a password, which is not kept",
            "the password in the environment or in a file, or the whole address",
            "--password env:NAME, --password file:PATH, or --from-url env:NAME",
        )


def alias(feed: Feed) -> str:
    """A name for a feed that was given none: of where it reads and what becomes of it, without what must be secret."""
    if isinstance(feed, QueryFeed):
        place = address(feed.url).set(password=None).render_as_string() if feed.url else ""
        about: tuple[str, ...] = (place, " ".join(feed.query().split()), feed.cursor)
    else:
        about = (_absolute(feed.folder), feed.pattern)
    body = json.dumps([about, feed.way.table, _absolute(feed.way.mapping), feed.way.export])
    return f"{feed.kind}-{hashlib.blake2b(body.encode(), digest_size=4).hexdigest()}"


def _absolute(path: str) -> str:
    return str(Path(path).expanduser().resolve()) if path else ""


def _kept_place(place: str) -> str:
    return f"{FILE}{_absolute(place.removeprefix(FILE))}" if place.startswith(FILE) else place
