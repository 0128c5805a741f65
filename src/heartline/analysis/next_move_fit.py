"""What `next_move` fits in memory, and how every customer is scored in batches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context, Fit, Values
from heartline.analysis.next_move_features import NAMES, RATING, RHYTHM, prepared, reasons
from heartline.stats.chances import contributions, fit_chances, folds_of, interval, plain_logistic, predict, usual
from heartline.stats.likelihood import Floats
from heartline.tables import MOVES

FOLDS = 5
FEELINGS = tuple(move for move in MOVES if move.startswith("feeling_"))
SAID = pa.schema(
    [("customer_id", pa.string()), ("move", pa.string())]
    + [(name, pa.float64()) for name in ("p", "low", "high")]
    + [("base", pa.int64())]
    + [(name, pa.float64()) for name in ("base_rate", "by_rating", "by_rhythm")]
    + [("n", pa.int64()), ("outcomes", pa.int64()), ("reasons", pa.string()), ("method", pa.string())]
)


def fit_moves(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """For each move the better of two models, or the base rate where there are too few outcomes."""
    training = tables["next_training"]
    columns = {name: _floats(training, name) for name in (*NAMES, *(f"came_{move}" for move in MOVES))}
    fold = folds_of(_floats(training, "bucket").astype(np.int64), FOLDS)
    x = prepared(columns)
    least = context.whole("min_base")
    models: dict[str, Any] = {}
    notes: list[str] = []
    for move in MOVES:
        came = columns[f"came_{move}"]
        known = np.isfinite(came)
        y = came[known]
        rate, low, high = usual(y)
        model: dict[str, Any] = {"n": len(y), "outcomes": int(y.sum()), "rate": [rate, low, high], "fitted": None}
        name = move.replace("_", " ")
        if len(y) < 2 * least or min(model["outcomes"], len(y) - model["outcomes"]) < least:
            notes.append(
                f"{name}: {model['outcomes']} outcomes among {len(y)} earlier cases are too few to tell customers"
                + (f" apart; everybody is told the base rate {rate:.1%} [{low:.1%} to {high:.1%}]." if len(y) else
                   " apart; nothing is said.")
            )  # fmt: skip
            models[move] = model
            continue
        fitted = fit_chances(x[known], y, fold[known], FOLDS)
        losses = fitted["log_loss"]
        if min(losses["trees"], losses["logistic"]) >= losses["base_rate"]:
            notes.append(
                f"{name}: nothing that is known told customers apart who were held out ({model['outcomes']:,} outcomes"
                f" among {len(y):,} earlier cases); everybody is told the base rate {rate:.1%}"
                f" [{low:.1%} to {high:.1%}]."
            )
        else:
            model |= {
                "fitted": fitted,
                "by_rating": plain_logistic(_of(columns, RATING)[known], y),
                "by_rhythm": plain_logistic(_of(columns, RHYTHM)[known], y),
            }
            notes.append(
                f"{name}: {'boosted trees' if fitted['kind'] == 'trees' else 'a logistic regression'}, by log loss on"
                f" customers held out (trees {losses['trees']:.4f}, logistic {losses['logistic']:.4f}, base rate"
                f" {losses['base_rate']:.4f}); {model['outcomes']:,} outcomes among {len(y):,} earlier cases, held-out"
                f" AUC {fitted['auc']:.2f}."
            )
        models[move] = model
    return Fit(values={"moves": models}, notes=tuple(notes))


def score(batch: pa.RecordBatch, moves: Mapping[str, Any]) -> pa.RecordBatch:
    """Rows of ``next_now`` to one row for each move that the customer can make."""
    columns = {name: _floats(batch, name) for name in NAMES}
    x = prepared(columns)
    raw = np.column_stack([columns[name] for name in NAMES])
    inputs = {"by_rating": _of(columns, RATING), "by_rhythm": _of(columns, RHYTHM)}
    can = _who_can(batch, columns)
    said = {move: _chance(moves[move], x) for move in MOVES}
    total = np.sum([said[move][0] for move in FEELINGS], axis=0)
    parts: list[pa.RecordBatch] = []
    for move in MOVES:
        model, here = moves[move], can[move]
        p, low, high, base = (each[here] for each in said[move])
        if move in FEELINGS:  # one of the three it will be
            p = p / np.where(total > 0, total, 1.0)[here]
            low, high = np.minimum(low, p), np.maximum(high, p)
        fitted = model["fitted"]
        n = int(here.sum())
        why = reasons(raw[here], contributions(fitted, x[here])) if fitted else [None] * n
        nothing = np.full(n, np.nan)
        method = fitted["kind"] if fitted else "base_rate" if model["n"] else "none"
        arrays = [
            batch.column("customer_id").filter(pa.array(here)),
            pa.array([move] * n, pa.string()),
            *(pa.array(each, pa.float64(), from_pandas=True) for each in (p, low, high)),
            pa.array(base, pa.int64()),
            pa.array(np.full(n, model["rate"][0]), pa.float64(), from_pandas=True),
            *(
                pa.array(
                    predict(model[name], inputs[name][here]) if fitted else nothing, pa.float64(), from_pandas=True
                )
                for name in ("by_rating", "by_rhythm")
            ),
            pa.array([model["n"]] * n, pa.int64()),
            pa.array([model["outcomes"]] * n, pa.int64()),
            pa.array(why, pa.string()),
            pa.array([method] * n, pa.string()),
        ]
        parts.append(pa.record_batch(arrays, schema=SAID))
    together = pa.Table.from_batches(parts, schema=SAID).combine_chunks().to_batches()
    return together[0] if together else pa.record_batch([pa.array([], field.type) for field in SAID], schema=SAID)


def _who_can(batch: pa.RecordBatch, columns: Mapping[str, Floats]) -> dict[str, Any]:
    """Who a move is told of: buyers buy again, those not judged gone leave, feelings of those who let them be read."""
    everybody = np.ones(batch.num_rows, dtype=bool)
    may_read = _floats(batch, "may_read") > 0
    return {
        "complaint": everybody,
        "silent_leaving": columns["staying"] >= 0,
        "repeat_purchase": _floats(batch, "bought") > 0,
        "referral": everybody,
        **dict.fromkeys(FEELINGS, may_read),
    }


def _chance(model: Mapping[str, Any], x: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """(p, low, high, base) of everybody; NaN where nothing is known."""
    if model["fitted"]:
        p = predict(model["fitted"], x)
        low, high, base = interval(model["fitted"], p)
        return p, low, high, base.astype(np.float64)
    rate, low_rate, high_rate = (np.full(len(x), each) for each in model["rate"])
    return rate, low_rate, high_rate, np.full(len(x), float(model["n"]))


def _of(columns: Mapping[str, Floats], names: tuple[str, ...]) -> Floats:
    return prepared(dict(columns), names)


def _floats(table: pa.Table | pa.RecordBatch, name: str) -> Floats:
    column = table.column(name)
    found: Floats = np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    return found
