"""Evidence that a decision cites: one figure of one derived table, found again at the review whatever period it is.

Written as the desk's addresses are, ``/explain/TABLE?column=COLUMN&key=value``, or short, ``TABLE.COLUMN?key=value``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from heartline.action.felt import months_of
from heartline.action.house import House
from heartline.errors import DecisionError, EngineError, TableError
from heartline.tables import Column, Table, table

POOLED = ("touchpoint_period", "felt_mean")
"""The one figure that is put together from several rows: felt valence of the latest ``window_months`` months."""
_SEEN = ("period_start", "period_end", "since", "until", "window_start", "window_end")
_SHORT = re.compile(r"(\w+)\.(\w+)(?:\?(.*))?", re.DOTALL)
_BARE = frozenset(("estimate", "value", "rate", "level", "effect", "gain", "p"))
_BASE = {
    "connection_mean": "judged", "connected_share": "judged", "satisfaction_mean": "satisfaction_n",
    "value_at_stake": "value_n", "felt_mean": "felt_visits", "delivered": "n", "stated": "stated_n",
}  # fmt: skip
_BASES = ("n", "reached", "of_customers", "base", "heard", "n_connected", "customers", "acted")


@dataclass(frozen=True)
class Reference:
    """Which figure: table, column, and the key of its row without its period."""

    table: str
    column: str
    key: Mapping[str, str]
    period: Mapping[str, str]

    @property
    def key_json(self) -> str:
        """The key as it is kept."""
        return json.dumps(dict(self.key), ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True)
class Reading:
    """A figure at one time.

    value, low, high: None where not known, or no interval; n: what stands behind it, None where not told
    run_id, as_of: of the run that wrote it (as_of ISO 8601, UTC); None before the first
    """

    value: float | None
    low: float | None
    high: float | None
    n: int | None
    run_id: str | None
    as_of: str | None


def parse(text: str) -> Reference:
    """Read a reference; DecisionError for what names no figure of a derived table."""
    short = _SHORT.fullmatch(text.strip())
    address = urlsplit(text.strip())
    if short:
        name, column, pairs = short.group(1), short.group(2), parse_qsl(short.group(3) or "")
    else:
        place, _, name = address.path.rpartition("/")
        name, pairs = unquote(name), parse_qsl(address.query)
        column = dict(pairs).get("column", "")
        pairs = [(key, value) for key, value in pairs if key != "column"]
        if not place.endswith("/explain") or not column:
            raise DecisionError(
                "the evidence names no figure",
                "the address of a figure on the desk, or TABLE.COLUMN?key=value",
                "open the figure and copy its address, e.g. period_summary.connection_mean?segment=all",
            )
    try:
        of = table(name)
        kind = of.column(column).type
        for key, _ in pairs:
            if key not in ("since", "until"):
                of.column(key)
    except TableError as cause:
        raise DecisionError(cause.got, cause.expected, cause.next_step) from cause
    if of.customer is not None:
        raise DecisionError(
            f"{name} tells of single customers", "a figure of many", "open a case for a single customer: heartline case"
        )
    if of.kind != "derived" or kind not in ("double", "int64"):
        raise DecisionError(
            f"{name}.{column} is no figure that an analysis wrote", "a number of a derived table", "cite one of those"
        )
    keys = dict(pairs)
    return Reference(
        name, column, {key: value for key, value in keys.items() if key not in _SEEN},
        {key: value for key, value in keys.items() if key in _SEEN},
    )  # fmt: skip


def of_kept(table_name: str, column: str, key_json: str) -> Reference:
    """A reference out of what was kept: its period is the latest."""
    return Reference(table_name, column, json.loads(key_json), {})


def read(house: House, asked: Reference) -> Reading:
    """The figure as it stands in the current run; without a period in the reference, of the latest one.

    DecisionError where no row or several rows answer.
    """
    of = table(asked.table)
    told = house.explain(asked.table)
    run_id, as_of = told.run_id, told.as_of
    if (asked.table, asked.column) == POOLED:
        return _pooled(house, asked, run_id, as_of)
    values = {name: _typed(of.column(name), text) for name, text in {**asked.key, **asked.period}.items()}
    low, high, base = _beside(of, asked.column)
    wanted = [name for name in (asked.column, low, high, base) if name]
    where = " and ".join(f"{name} = ${name}" for name in values)
    newest = next((name for name in (of.time, "period_end", "period_start") if name and name in of.key), None)
    order = f" order by {newest} desc nulls last" if newest and newest not in values else ""
    try:
        rows = house.query(
            f"select {', '.join(dict.fromkeys(wanted))}{f', {newest}' if order else ''} from {asked.table}"
            f"{f' where {where}' if where else ''}{order} limit {1000 if order else 2}",
            values,
        ).to_pylist()
    except EngineError as cause:
        raise DecisionError(
            f"{asked.table} cannot be read with that key", f"key columns: {', '.join(of.key)}", "correct the reference"
        ) from cause
    if order and rows:
        rows = [row for row in rows if row[newest] == rows[0][newest]]
    if len(rows) != 1:
        raise DecisionError(
            f"{'no row answers' if not rows else 'several rows answer'} to that key in {asked.table}",
            f"one row; its key is {', '.join(of.key)}",
            "name the whole key, or run `heartline run` first",
        )
    row = rows[0]
    n = row[base] if base else None
    return Reading(
        _number(row[asked.column]), _number(row[low]) if low else None, _number(row[high]) if high else None,
        None if n is None else int(n), run_id, as_of,
    )  # fmt: skip


def _pooled(house: House, asked: Reference, run_id: str | None, as_of: str | None) -> Reading:
    unknown = set(asked.key) - {"touchpoint", "stage"}
    if unknown or not asked.key:
        raise DecisionError(
            "felt valence is cited by touchpoint, by stage or by both", "touchpoint=… or stage=…",
            "leave other parts of the address out",
        )  # fmt: skip
    months = months_of(
        house.query, house.as_of, house.settings.whole("window_months"), house.settings.whole("min_base")
    )
    stage = asked.key.get("stage")
    found = months.at(asked.key.get("touchpoint", ""), (stage,) if stage else ())
    return Reading(found.mean, found.low, found.high, found.felt, run_id, as_of)


def _typed(column: Column, text: str) -> object:
    try:
        if column.type == "timestamp":
            return datetime.fromisoformat(text)
        if column.type == "int64":
            return int(text)
        if column.type == "double":
            return float(text)
        if column.type == "bool":
            return text.lower() in ("true", "1", "yes")
    except ValueError as cause:
        raise DecisionError(f"{column.name} cannot be {text[:40]!r}", f"a {column.type}", "correct it") from cause
    return text


def _beside(of: Table, column: str) -> tuple[str, str, str]:
    """Names of the columns with the interval and the base of a figure; empty where there are none."""
    stem = re.sub(r"_(mean|rate|lost)$", "", column).removeprefix("expected_")
    candidates = [(f"{name}_low", f"{name}_high") for name in (column, stem)]
    if column in _BARE:
        candidates.append(("low", "high"))
    low, high = next(((a, b) for a, b in candidates if a in of and b in of), ("", ""))
    told = _BASE.get(column, "")
    base = told if told in of else next((name for name in _BASES if name in of and name != column), "")
    return low, high, base


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)
