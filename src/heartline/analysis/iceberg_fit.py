"""What `iceberg` works out in memory from cells of customers: the silent, the causes, and what leavers met."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context, Fit, Values
from heartline.analysis.iceberg_facts import slots
from heartline.analysis.iceberg_leaving_fit import leaving_rows
from heartline.stats.iceberg import likeness, unhappy
from heartline.tables import table

CAUSES = ("service", "product", "price", "process", "brand", "not_known")
REPLICATES = 300
USUAL_RELIABILITY = 0.75
Rows = list[dict[str, Any]]


def choose_basis(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """Answers to questions after contacts where there are enough of them, else ratings that customers chose to give."""
    heard = {row["basis"]: int(row["heard"]) for row in tables["iceberg_basis"].to_pylist()}
    pair = tables["iceberg_pair"].to_pylist()[0]
    reliability, notes = _reliability(pair, context.whole("min_base"))
    if heard.get("asked", 0) >= 3 * context.whole("min_base"):
        return Fit(values={"basis": "asked", "reliability": reliability}, notes=notes)
    note = (
        "Nobody, or hardly anybody, is asked after contacts: ratings that customers chose to give are used. Who is hurt"
        " or delighted rates more often, so the silent are probably fewer than this says."
    )
    return Fit(values={"basis": "rated", "reliability": reliability}, notes=(note, *notes))


def _reliability(pair: Mapping[str, Any], least: int) -> tuple[float, tuple[str, ...]]:
    """Correlation of an answer and a rating of one contact; a usual one where too few contacts have both."""
    n = int(pair["n"])
    if n >= least:
        a, r = float(pair["a"]) / n, float(pair["r"]) / n
        spread = (float(pair["aa"]) / n - a * a) * (float(pair["rr"]) / n - r * r)
        if spread > 0:
            return float(np.clip((float(pair["ar"]) / n - a * r) / np.sqrt(spread), 0.5, 0.98)), ()
    return USUAL_RELIABILITY, (
        f"Only {n} contacts have both an answer and a rating: that two measurements of one contact agree by "
        f"{USUAL_RELIABILITY} is assumed.",
    )


def fit_iceberg(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """The tables ``iceberg`` and ``leaving_cause`` as rows."""
    notes: list[str] = []
    rows = _silent(tables, context, values, notes)
    causes = leaving_rows(tables, context, notes)
    return Fit(
        tables={
            "iceberg_row": pa.Table.from_pylist(rows, table("iceberg").arrow_schema()),
            "leaving_row": pa.Table.from_pylist(causes, table("leaving_cause").arrow_schema()),
        },
        notes=tuple(notes),
    )


def _silent(tables: Mapping[str, pa.Table], context: Context, values: Values, notes: list[str]) -> Rows:
    cells = _sorted(tables["iceberg_cell"])
    tellers = _sorted(tables["iceberg_teller"])
    about = _causes_of_places(_sorted(tables["iceberg_about"]))
    bad_places = _sorted(tables["iceberg_bad_place"])
    least = context.whole("min_base")
    rows: Rows = []
    alike = _alike(cells, values["reliability"])
    for number, start, end in slots(context):
        own = [cell for cell in cells if cell["slot"] == number]
        told = {row["cause"]: int(row["customers"]) for row in tellers if row["slot"] == number}
        every = sum(told.values())
        base: dict[str, Any] = {
            "period_start": datetime.fromisoformat(start),
            "period_end": datetime.fromisoformat(end),
        }
        quiet = sum(cell["customers"] for cell in own)
        heard = sum(cell["customers"] for cell in own if cell["heard"] > 0)
        base |= {
            "customers": quiet + every, "heard": heard, "coverage": heard / quiet if quiet else None,
            "basis": values["basis"] if heard else "none",
        }  # fmt: skip
        if heard < least:
            rows.append(base | {"cause": "all", "told": every, "status": "not_enough_evidence"})
            continue
        classes = {
            key: place
            for place, key in enumerate(
                sorted({(_busy(c["contacts"]), c["tenure"], c["orders"], c["voiced"]) for c in own})
            )
        }
        found = unhappy(
            [classes[_busy(c["contacts"]), c["tenure"], c["orders"], c["voiced"]] for c in own],
            [c["contacts"] for c in own], [c["heard"] for c in own], [c["bad"] for c in own],
            [c["customers"] for c in own],
            group=[_busy(c["contacts"]) for c in own],
            reliability=values["reliability"], alike=alike, replicates=REPLICATES, seed=number,
        )  # fmt: skip
        low, high = np.quantile(found.draws, [0.05, 0.95])
        common = base | {"overlap": found.overlap, "status": "estimated"}
        rows.append(
            common | {"cause": "all", "told": every, "bad_share": found.bad_share,
            "unhappy_share": (found.customers + every) / (quiet + every),
            **_ratio(found.customers, float(low), float(high), found.draws, every, least, number)}
        )  # fmt: skip
        places = [row for row in bad_places if row["slot"] == number]
        shares, draws = _cause_shares(places, about, number)
        for place, cause in enumerate(CAUSES):
            if not shares[place] and not told.get(cause):
                continue
            each = found.draws * draws[:, place]
            rows.append(
                common | {"cause": cause, "told": told.get(cause, 0), **_ratio(
                    found.customers * shares[place], float(np.quantile(each, 0.05)), float(np.quantile(each, 0.95)),
                    each, told.get(cause, 0), least, number)}
            )  # fmt: skip
    if rows and all(row["status"] == "estimated" for row in rows):
        notes.append(
            "The silent are estimated from customers who were heard, weighted to all by contacts, time known, orders"
            " and whether they were heard before. It assumes that among customers alike in these, whether somebody"
            " is heard"
            " does not hang on how they felt, and that an answer in the lower third of its scale is a bad contact."
        )
    return rows


def _ratio(value: float, low: float, high: float, draws: Any, told: int, least: int, seed: int) -> dict[str, Any]:
    """The silent and how many of them stand behind one who told; tellers vary too, as a Poisson count."""
    found: dict[str, Any] = {"silent": value, "silent_low": low, "silent_high": high}
    if told >= min(least, 10):
        tellers = np.maximum(np.random.default_rng(1000 + seed).poisson(told, len(draws)), 1)
        ends = np.quantile(draws / tellers, [0.05, 0.95])
        found |= {"per_teller": value / told, "per_teller_low": float(ends[0]), "per_teller_high": float(ends[1])}
    return found


def _alike(cells: Rows, reliability: float) -> Any:
    """Likeness of one customer's answers within a period, over all periods: the estimate, then draws of it."""
    if not cells:
        return ()
    k, b, w = (np.array([cell[name] for cell in cells], np.float64) for name in ("heard", "bad", "customers"))
    rng = np.random.default_rng(7)
    drawn = rng.multinomial(int(w.sum()), w / w.sum(), REPLICATES).astype(np.float64)
    group = [_busy(cell["contacts"]) for cell in cells]
    return np.array([likeness(k, b, each, group, reliability) for each in (w, *drawn)])


def _busy(contacts: int) -> int:
    return int(np.searchsorted([2, 4, 7, 12], contacts, side="right"))


def _causes_of_places(about: Rows) -> dict[str, Any]:
    """What harsh texts at each touchpoint are about, as shares; few texts leave the rest not known."""
    found: dict[str, Any] = {}
    for row in about:
        found.setdefault(row["touchpoint"], np.zeros(len(CAUSES)))[CAUSES.index(row["about"])] += row["texts"]
    for shares in found.values():
        shares[-1] += 2.0
        shares /= shares.sum()
    return found


def _cause_shares(places: Rows, about: Mapping[str, Any], seed: int) -> tuple[Any, Any]:
    """Share of bad contacts by cause, and draws of it; all not known where nothing says."""
    unknown = np.eye(len(CAUSES))[-1]
    if not places:
        return unknown, np.tile(unknown, (REPLICATES, 1))
    weights = np.array([row["answers"] for row in places], np.float64)
    of_place = np.stack([about.get(row["touchpoint"], unknown) for row in places])
    shares = weights @ of_place / weights.sum()
    drawn = np.random.default_rng(2000 + seed).multinomial(int(weights.sum()), shares, REPLICATES) / weights.sum()
    return shares, drawn


def _sorted(rows: pa.Table) -> Rows:
    """Rows in an order that no engine decides, so that draws are the same on each."""
    listed: Rows = sorted(rows.to_pylist(), key=lambda row: [str(row[name]) for name in rows.column_names])
    return listed
