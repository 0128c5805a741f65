"""What `play_effects` works out in memory: what each play changed, and what may be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context, Fit, Values
from heartline.analysis.fitted import numbers
from heartline.analysis.play_effects_facts import DID, KNOWN
from heartline.stats.matched import matched_difference
from heartline.stats.uplift import LEAST, Uplift, e_value, matched_mean, side, uplift
from heartline.tables import BEHAVIOURS, table

Row = dict[str, Any]
DRAWN = {"above": "helps", "below": "harms", "within": "useless", "open": "not_enough_evidence"}
ALIKE = {"above": "higher", "below": "lower", "within": "alike", "open": "not_enough_evidence"}
"""Where nobody was drawn at random, no word may say that the play did it."""
_STRATUM = ("segment", "p_leaving_third", "recency_third", "felt_known_third")


def fit_play_effects(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """The table ``play_effect``: a row a play and outcome."""
    plays = tables["play_known"].to_pylist()
    held, strata = tables["play_held"], tables["play_stratum"]
    rows: list[Row] = []
    for play in plays:
        drawn = _one(held, play["play_id"]) if play["held"] else None
        paired = None if play["held"] else _paired(strata, play["play_id"])
        for outcome in BEHAVIOURS:
            found = _matched(paired, outcome) if paired else None
            if drawn is not None:
                found = _drawn(drawn, outcome)
            rows.append(_row(play, outcome, found, context))
    notes = []
    if any(not play["held"] and play["acted"] for play in plays):
        notes.append(
            "Plays without a hold-out are set against alike customers: a difference, not what the play did. A hold-out"
            " of a tenth or more tells it."
        )
    if any(play["held"] for play in plays):
        notes.append("A case counts from its opening, whether anybody acted or not, and once a customer and play.")
    return Fit(
        tables={"play_effect_row": pa.Table.from_pylist(rows, table("play_effect").arrow_schema())}, notes=tuple(notes)
    )


def _row(play: Row, outcome: str, found: Uplift | None, context: Context) -> Row:
    margin, least = context.number("play_margin") / 100, context.whole("min_base")
    enough = found is not None and np.isfinite(found.effect) and found.n + found.others >= least
    words = DRAWN if play["held"] else ALIKE
    row: Row = {
        "play_id": play["play_id"], "outcome": outcome, "proof": outcome == play["helped_by"],
        "method": "hold_out" if play["held"] else ("matched" if found is not None and found.others else "none"),
        "acted": found.n if found else play["acted"], "others": found.others if found else 0,
        "rate_acted": _known(found.rate) if found else None,
        "rate_others": _known(found.rate_others) if found else None,
        "effect": found.effect if found and enough else None, "low": found.low if found and enough else None,
        "high": found.high if found and enough else None, "adjusted": bool(found and enough and found.adjusted),
        "margin": margin, "horizon_days": play["horizon_days"],
        "verdict": words[side(found.low, found.high, margin)] if found and enough else "not_enough_evidence",
        "e_value": None, "reason": None,
    }  # fmt: skip
    if not enough:
        row["reason"] = _why(play, found, least)
    elif found and not play["held"] and outcome != "felt_better":
        row["e_value"] = _known(e_value(found.rate, found.rate_others))
    return row


def _why(play: Row, found: Uplift | None, least: int) -> str:
    waiting = f"; the horizon of {play['waiting']} more is not over" if play["waiting"] else ""
    if found is None and not play["held"]:
        return f"{_cases(play['acted'])}, too few of them with customers alike who had no case{waiting}"
    acted, others = (found.n, found.others) if found else (play["acted"], play["others"])
    beside = "held out" if play["held"] else "alike"
    return f"{_cases(acted)}, {others} {beside}; {LEAST} of each and {least} together are needed{waiting}"


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count} cases"


def _one(held: pa.Table, play: str) -> dict[str, Any]:
    mine = np.asarray(held.column("play_id").to_pylist(), dtype=object) == play
    return {name: numbers(held, name)[mine] for name in ("acted", *DID, "felt_change", *KNOWN)}


def _drawn(rows: Mapping[str, Any], outcome: str) -> Uplift:
    """Against those held out; adjusted for what was known when cases were opened."""
    known = np.stack(
        [np.log1p(rows[name]) if name in ("recency", "lives", "orders") else rows[name] for name in KNOWN], axis=1
    )
    return uplift(rows["felt_change" if outcome == "felt_better" else outcome], rows["acted"] > 0.5, known)


def _paired(strata: pa.Table, play: str) -> dict[str, Any]:
    """Counts of the acted for and of others side by side, one entry a stratum that has both."""
    sums = ("n", *DID, "felt_n", "felt_sum", "felt_squares")
    sides: dict[tuple[Any, ...], dict[int, Row]] = {}
    for row in strata.to_pylist():
        if row["play_id"] == play:
            sides.setdefault(tuple(row[name] for name in _STRATUM), {})[row["acted"]] = row
    both = [sides[key] for key in sorted(sides) if len(sides[key]) == 2]
    return {
        f"{name}_{which}": np.array([pair[which][name] for pair in both], np.float64)
        for name in sums
        for which in (1, 0)
    }


def _matched(paired: Mapping[str, Any], outcome: str) -> Uplift | None:
    """Against customers of the same segment, and thirds of risk, recency and felt valence."""
    if outcome == "felt_better":
        return matched_mean(*(paired[f"felt_{name}_{which}"] for which in (1, 0) for name in ("n", "sum", "squares")))
    found = matched_difference(paired["n_1"], paired[f"{outcome}_1"], paired["n_0"], paired[f"{outcome}_0"])
    if found is None or min(found.matched, found.others) < LEAST:
        return None
    return Uplift(found.matched, found.others, found.met, found.met_others, found.value, found.low, found.high)


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
