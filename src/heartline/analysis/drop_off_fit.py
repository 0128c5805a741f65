"""What `drop_off` works out in memory from counts: shares by cause, their money, and fixes before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context, Fit, Values
from heartline.analysis.drop_off_causes import ANY, CAUSES, EVIDENCE
from heartline.analysis.drop_off_facts import YEAR
from heartline.analysis.drop_off_fixes import fixes
from heartline.analysis.fitted import numbers
from heartline.stats.attributable import Attributable, attributable, group_draws
from heartline.stats.clusters import clustered_share
from heartline.stats.likelihood import Floats
from heartline.tables import BUCKETS, table

DRAWS = 400
LEAST_DROPPED = 10
BUYS = 0.5
"""A funnel ends in an order where at least this share of finished attempts has one."""

Row = dict[str, Any]


def fit_drop_off(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """The tables ``drop_off`` and ``fix_effect`` as rows."""
    said = {(row["funnel"], row["step"], row["cause"]): row for row in tables["drop_said"].to_pylist()}
    money = {row["funnel"]: row for row in tables["drop_money"].to_pylist()}
    places = _places(tables["drop_where"])
    steps = tables["drop_sums"].to_pylist()
    rates = _rates(tables["drop_sums"])
    weights = group_draws(BUCKETS, DRAWS)
    cells = _Cells(tables["drop_cell"])
    rows: list[Row] = []
    for step, rate in zip(steps, rates, strict=True):
        own = cells.of(step["funnel"], step["position"])
        base = {"funnel": step["funnel"], "step": step["touchpoint"], "position": step["position"]} | rate
        buys = _buys(money.get(step["funnel"]))
        for cause in (ANY, *CAUSES):
            key = (step["funnel"], step["touchpoint"], cause)
            if cause != ANY and key not in said and not own.met(cause):
                continue
            row = base | _cause(own, cause, weights, context.whole("min_base"), buys, rate["reached"])
            row |= {
                "cause": cause, "evidence": EVIDENCE[cause], "status": said.get(key, {}).get("status", "open"),
                "seen_at": places.get((step["funnel"], step["position"], cause)), "currency": context.text("currency"),
            }  # fmt: skip
            rows.append(row)
        rows += [
            base | {"cause": cause, "evidence": "people", "status": one["status"], "currency": context.text("currency"),
            "reason": "a hypothesis of people that no rule measures"}
            for (funnel, place, cause), one in said.items()
            if (funnel, place) == (step["funnel"], step["touchpoint"]) and cause not in EVIDENCE
        ]  # fmt: skip
    told = tables["drop_said"].to_pylist()
    effects = fixes(tables["drop_week"], told, steps, context)
    notes = [
        "Shares say what goes with stopping. It is an association, unless a cause came at random or a fix was dated and"
        " read out. Causes overlap: shares do not add up."
    ] if rows else []  # fmt: skip
    known = sum(row["basket_n"] for row in money.values())
    attempts = sum(row["n"] for row in money.values())
    if attempts:
        notes.append(
            f"{attempts:.0f} attempts; {known:.0f} tell the worth of their basket, the others count as the mean order"
            f" of the last {YEAR} days."
        )
    return Fit(
        tables={
            "drop_off_row": pa.Table.from_pylist(rows, table("drop_off").arrow_schema()),
            "fix_effect_row": pa.Table.from_pylist(effects, table("fix_effect").arrow_schema()),
        },
        notes=tuple(notes),
    )


class _Step:
    """Counts of one step, strata x buckets, by what was met."""

    def __init__(self, columns: Mapping[str, Any], keep: Any) -> None:
        own = {name: column[keep] for name, column in columns.items()}
        names = list(zip(own["channel"], own["orders"], own["again"], own["quarter"], strict=True))
        listed = sorted(set(names))
        at = {key: place for place, key in enumerate(listed)}
        self.wider = [key[0] for key in listed]
        self._shape = (len(listed), BUCKETS)
        self._where = (np.array([at[key] for key in names], np.int64), own["bucket"].astype(np.int64))
        self._own = own

    def flag(self, cause: str) -> Any:
        """Whether a cell met the cause."""
        if cause == ANY:
            return np.any([self._own[f"m_{one}"] > 0 for one in CAUSES], axis=0)
        return self._own[f"m_{cause}"] > 0

    def alone(self, cause: str) -> Any:
        """Whether a cell met the cause and no other."""
        others = [self._own[f"m_{one}"] > 0 for one in CAUSES if one != cause]
        return self.flag(cause) & ~np.any(others, axis=0)

    def met(self, cause: str) -> float:
        """Attempts that met the cause."""
        return float(self._own["n"][self.flag(cause)].sum())

    def spread(self, name: str, those: Any) -> Floats:
        """A count of some cells, strata x buckets."""
        found = np.zeros(self._shape)
        np.add.at(found, (self._where[0][those], self._where[1][those]), self._own[name][those])
        return found


class _Cells:
    def __init__(self, rows: pa.Table) -> None:
        texts = {name: np.asarray(rows.column(name).to_pylist(), dtype=object) for name in ("funnel", "channel")}
        self._columns = texts | {name: numbers(rows, name) for name in rows.column_names if name not in texts}

    def of(self, funnel: str, position: int) -> _Step:
        """Counts of one step."""
        keep = (self._columns["funnel"] == funnel) & (self._columns["position"] == position)
        return _Step(self._columns, keep)


def _cause(own: _Step, cause: str, weights: Floats, least: int, buys: bool, reached: int) -> Row:
    flag = own.flag(cause)
    met, met_dropped = own.met(cause), float(own.spread("dropped", flag).sum())
    dropped = own.spread("dropped", flag | True)
    row: Row = {
        "met": int(met), "met_dropped": int(met_dropped), "others": int(reached - met),
        "rate": met / reached if reached else None, "reason": None,
    }  # fmt: skip
    if reached < least or dropped.sum() < LEAST_DROPPED:
        return row | {"reason": f"{reached} attempts reached the step, {int(dropped.sum())} stopped"}
    if met < least or reached - met < least:
        return row | {"reason": f"{int(met)} met it, {int(reached - met)} did not"}

    def excess(name: str) -> Attributable | None:
        met_n, met_sum, other_n, other_sum = (own.spread(each, side) for side in (flag, ~flag) for each in ("n", name))
        return attributable(met_n, met_sum, other_n, other_sum, own.wider, weights)

    found = excess("dropped")
    if found is None or found.others < least:
        return row | {"reason": "nobody of the same channel did not meet it"}
    row |= {
        "share": _within(found.share), "share_low": _within(found.low), "share_high": _within(found.high),
        "others": found.others, "drop_met": found.met_rate, "drop_usual": found.usual,
    }  # fmt: skip
    row |= _alone(own, cause, weights, least)
    lost = excess("lost") if buys else None
    if lost is not None and np.isfinite(lost.excess):
        row |= {"money_lost": lost.excess, "money_low": lost.excess_low, "money_high": lost.excess_high}
    elif not buys:
        row["reason"] = "no money: the funnel ends in no order"
    return row


def _alone(own: _Step, cause: str, weights: Floats, least: int) -> Row:
    """What goes with the cause where it was the only one met; the share is of all who stopped."""
    if cause == ANY:
        return {}
    alone, none = own.alone(cause), ~own.flag(ANY)
    met, met_sum, other, other_sum = (own.spread(name, side) for side in (alone, none) for name in ("n", "dropped"))
    row: Row = {"met_alone": int(met.sum())}
    if met.sum() < least or other.sum() < least:
        return row
    stopped = own.spread("dropped", alone | True).sum(axis=0)
    found = attributable(met, met_sum, other, other_sum, own.wider, weights, whole=stopped)
    if found is None:
        return row
    return row | {
        "share_alone": _within(found.share), "alone_low": _within(found.low), "alone_high": _within(found.high),
    }  # fmt: skip


def _within(share: float) -> float:
    return float(np.clip(share, -1, 1))


def _buys(row: Row | None) -> bool:
    return bool(row and row["finished"] > 0 and row["bought"] >= BUYS * row["finished"])


def _rates(steps: pa.Table) -> list[Row]:
    names = ("n", "hits", "n_squares", "hit_squares", "products")
    n, hits, n_squares, hit_squares, products = (numbers(steps, name) for name in names)
    shares = np.transpose(clustered_share(n, hits, n_squares, hit_squares, products))
    found = []
    for count, dropped, customers, (rate, low, high) in zip(
        n, hits, steps.column("customers").to_pylist(), shares, strict=True
    ):
        known = count > 0
        found.append(
            {"reached": int(count), "dropped": int(dropped), "customers": customers,
             "drop_rate": float(rate) if known else None, "drop_low": float(low) if known else None,
             "drop_high": float(high) if known else None}
        )  # fmt: skip
    return found


def _places(rows: pa.Table) -> dict[tuple[str, int, str], str]:
    """Where each cause was met, most often first; of any cause, all of them."""
    times: dict[tuple[str, int, str], dict[str, int]] = {}
    for row in rows.to_pylist():
        for cause in (row["cause"], ANY):
            own = times.setdefault((row["funnel"], row["position"], cause), {})
            name = row["touchpoint"].replace(" ", "_")
            own[name] = own.get(name, 0) + row["times"]
    return {key: " ".join(sorted(own, key=lambda name: (-own[name], name))[:5]) for key, own in times.items()}
