"""How good what was said has been, quantity by quantity and month by month: the table ``backtest_score``."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from heartline import __version__
from heartline.stats.ranking import (
    Ranked,
    bounds,
    brier,
    calibration_error,
    customer_weights,
    lift,
    log_losses,
    reliability,
)
from heartline.tables import BUCKETS, table

if TYPE_CHECKING:
    from heartline.workspace import Workspace

REPLICATES = 200
MOST_CUSTOMERS = 50_000
"""Scores of more customers than these are made of a sample of whole buckets."""
RULES = {"rating": "by_rating", "rhythm": "by_rhythm"}
TOPS = (1, 5, 10)
AMOUNTS = ("expected_purchases", "expected_value")
"""What is no probability: only how much was said and how much came is told."""
ROWS = """
select customer_id, as_of, predicted, low, high, base_rate, by_rating, by_rhythm, learnt_from, realised from prediction
where analysis = $analysis and quantity = $quantity and realised is not null
and (cast('0x' || substr(md5(customer_id), 1, 2) as integer) % 64) < $buckets
order by as_of nulls last, customer_id nulls last
"""


def write_scores(workspace: Workspace) -> int:
    """Make ``backtest_score`` anew from all scored predictions; gives its lines."""
    size = workspace.query("select count(distinct customer_id) as n from prediction").column(0)[0].as_py() or 0
    buckets = BUCKETS if size <= MOST_CUSTOMERS else max(1, BUCKETS * MOST_CUSTOMERS // size)
    found: list[dict[str, Any]] = []
    said = workspace.query(
        "select distinct analysis, quantity from prediction where realised is not null order by analysis, quantity"
    ).to_pylist()
    for one in said:
        found += scores(workspace.query(ROWS, {**one, "buckets": buckets}), one, workspace.settings.whole("min_base"))
    rows = pa.Table.from_pylist(found, schema=table("backtest_score").arrow_schema())
    run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"
    notes = ["Intervals by drawing customers anew; a customer comes with all that was said of them."]
    if buckets < BUCKETS:
        notes.append(f"Scores rest on {buckets} of {BUCKETS} buckets of customers, picked by their ids.")
    about = {
        "run_id": run_id, "analysis": "backtest", "as_of": workspace.last_moment().isoformat(), "engine": "duckdb",
        "version": __version__, "seconds": 0.0, "rows": rows.num_rows, "inputs": {}, "settings": {}, "notes": notes,
        "values": {}, "steps": [("rows of each quantity", ROWS)],
    }  # fmt: skip

    def write(folder: Path) -> None:
        (folder / "bucket=0").mkdir()
        pq.write_table(rows, folder / "bucket=0" / "part-0.parquet")

    workspace.derived.write("backtest_score", run_id, about, write)
    workspace.derived.make_current({"backtest_score": run_id})
    return int(rows.num_rows)


def scores(rows: pa.Table, of: dict[str, str], least: int) -> list[dict[str, Any]]:
    """Lines of ``backtest_score`` of one quantity.

    rows: customer_id, as_of, predicted, realised and what simpler rules said, ordered by as_of; ``of``: analysis and
    quantity; ``least``: outcomes, and cases without, below which nothing but their number is told.
    """
    moments = np.asarray(rows.column("as_of").to_numpy())
    found = []
    for moment in np.unique(moments):
        for scope, here in (("month", moments == moment), ("so_far", moments <= moment)):
            line = _line(rows.filter(pa.array(here)), of["quantity"], least)
            found.append({**of, "scope": scope, "as_of": moment.astype("datetime64[us]").item(), **line})
    return found


def _line(rows: pa.Table, quantity: str, least: int) -> dict[str, Any]:
    said, came = _floats(rows, "predicted"), _floats(rows, "realised")
    customers = np.asarray(rows.column("customer_id").to_pylist(), dtype=object).astype(str)
    outcomes = int((came > 0).sum())
    width = _floats(rows, "high") - _floats(rows, "low")
    line: dict[str, Any] = {
        "n": len(said),
        "customers": len(np.unique(customers)),
        "outcomes": outcomes,
        "learnt_from": _mean(_floats(rows, "learnt_from")),
        "width": _mean(width) if quantity not in AMOUNTS else None,
    }
    if min(outcomes, len(said) - outcomes) < least:
        return line
    bins = reliability(said, came)
    line["bins"] = json.dumps([{"n": one.n, "said": round(one.said, 6), "came": round(one.came, 6)} for one in bins])
    if quantity in AMOUNTS:
        return line
    weights = customer_weights(customers, REPLICATES)
    ranked, losses = Ranked(said, came), log_losses(said, came)
    low, high = bounds([ranked.auc(weight) for weight in weights])
    line |= {
        "auc": ranked.auc(), "auc_low": low, "auc_high": high, "brier": brier(said, came),
        "log_loss": float(losses.mean()), "calibration_error": calibration_error(bins),
        **{f"lift_{top}": lift(said, came, top / 100) for top in TOPS},
    }  # fmt: skip
    rate = _floats(rows, "base_rate")
    if np.isfinite(rate).all():
        usual = log_losses(rate, came)
        gain = usual - losses
        draws = [float(np.dot(weight, gain) / max(weight.sum(), 1.0)) for weight in weights]
        line["base_rate_log_loss"], line["log_loss_gain"] = float(usual.mean()), float(gain.mean())
        line["log_loss_gain_low"], line["log_loss_gain_high"] = bounds(draws)
    for rule, column in RULES.items():
        line |= _against(rule, _floats(rows, column), said, came, weights, least)
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in line.items()
    }


def _against(
    rule: str, simple: Any, said: Any, came: Any, weights: Any, least: int
) -> dict[str, Any]:  # fmt: skip
    """Our AUC against that of a simpler rule, on the customers of whom both said something."""
    both = np.isfinite(simple)
    outcomes = int((came[both] > 0).sum())
    if min(outcomes, int(both.sum()) - outcomes) < least:
        return {}
    ours, theirs = Ranked(said[both], came[both]), Ranked(simple[both], came[both])
    draws = [ours.auc(weight[both]) - theirs.auc(weight[both]) for weight in weights]
    low, high = bounds(draws)
    found = {"auc": theirs.auc(), "gain": ours.auc() - theirs.auc(), "gain_low": low, "gain_high": high}
    return {f"{rule}_{name}": value for name, value in found.items()}


def _mean(values: Any) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None


def _floats(rows: pa.Table, name: str) -> Any:
    return np.asarray(rows.column(name).cast(pa.float64()).to_numpy(), dtype=np.float64)
