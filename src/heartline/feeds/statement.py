"""The query of a feed: one that reads, wrapped so that the database filters and orders by the cursor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from heartline.errors import SourceError

ALIAS = "heartline_rows"
SINCE = "heartline_since"
HOW_TO = "see docs/how-to/feeds.md"

# what stands between these is no SQL: strings, quoted names, dollar quotes, comments
_ASIDE = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/", re.DOTALL)


def checked(sql: str) -> str:
    """The query without what may stand at its end. SourceError for what is not one query that reads."""
    # of comments nothing is left, of strings and names their place
    bare = _ASIDE.sub(lambda found: (" " if found[0][:1] in "-/" else "'") * len(found[0]), sql)
    end = len(bare.rstrip().rstrip(";").rstrip())
    first = re.search(r"[A-Za-z]+", bare)
    if first is None or not bare[:end].strip():
        raise SourceError("the query is empty", "a query that begins with select or with", HOW_TO)
    # a comment at the end goes too: nothing may hide what is put around the query
    body, kept = bare[:end], sql[:end]
    if first[0].lower() not in ("select", "with") or ";" in body:
        got = "several statements" if ";" in body else f"a query that begins with {first[0].lower()}"
        raise SourceError(
            f"{got} {'are' if ';' in body else 'is'} not read",
            "one query that reads and changes nothing: select … from …",
            HOW_TO,
        )
    return kept


@dataclass(frozen=True)
class Statement:
    """SQL in the driver's own spelling, and its parameters."""

    sql: str
    parameters: Any = None


class Wrapped:
    """A checked query and the statements made of it. ``style`` is the driver's way to write a parameter (DB-API)."""

    def __init__(self, sql: str, style: str) -> None:
        self._style = style
        # where parameters begin with a percent sign, every other one has to be doubled
        self._sql = sql.replace("%", "%%") if style in ("format", "pyformat") else sql

    def nothing(self) -> Statement:
        """The query without rows: it tells its columns."""
        return Statement(f"select * from (\n{self._sql}\n) {ALIAS} where 1 = 0")

    def rows(self, cursor: str = "", since: Any = None) -> Statement:
        """The query as it is read. ``cursor`` is a quoted name: rows come in its order, from ``since`` on.

        Those without a cursor come each time, since nothing tells whether they are new.
        """
        if not cursor:
            return Statement(f"select * from (\n{self._sql}\n) {ALIAS}")
        where = "" if since is None else f" where {cursor} >= {self._mark} or {cursor} is null"
        sql = f"select * from (\n{self._sql}\n) {ALIAS}{where} order by {cursor}"
        return Statement(sql, None if since is None else self._given(since))

    def summary(self, cursor: str = "", since: Any = None) -> Statement:
        """How many rows would be read, and the highest cursor of all rows."""
        if not cursor:
            return Statement(f"select count(*), null from (\n{self._sql}\n) {ALIAS}")
        new = f"sum(case when {cursor} >= {self._mark} or {cursor} is null then 1 else 0 end)"
        counted = "count(*)" if since is None else f"coalesce({new}, 0)"
        sql = f"select {counted}, max({cursor}) from (\n{self._sql}\n) {ALIAS}"
        return Statement(sql, None if since is None else self._given(since))

    @property
    def _mark(self) -> str:
        marks = {"qmark": "?", "format": "%s", "pyformat": f"%({SINCE})s", "numeric": ":1", "numeric_dollar": "$1"}
        return marks.get(self._style, f":{SINCE}")

    def _given(self, since: Any) -> Any:
        return {SINCE: since} if self._style in ("pyformat", "named") else (since,)
