"""Levels with intervals, who is out of step with the others, drops at hand-offs, and what was intended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context, Fit, Values
from heartline.analysis.fitted import fitted_table, numbers
from heartline.errors import AnalysisError
from heartline.stats.clusters import clustered_mean, clustered_share
from heartline.stats.components import deviations, shrunken
from heartline.stats.intervals import Z90, difference_interval
from heartline.stats.likelihood import Floats
from heartline.tables import EMOTIONS, table

CHAIN = "chain_known"
SPAN = 4  # periods of `window_months` that are looked at together: a year by default
LEAST_CUSTOMERS = 10
# Differences that nobody would feel are not called out of step, however sure they are (valence points).
FELT = 0.05
_SUMS = ("customers", "n", "sum", "n_squares", "sum_squares", "products")
_FELT = ("customers", "n", "felt", "n_squares", "felt_squares", "felt_products")


def intentions(text: str) -> dict[str, str | float]:
    """What each touchpoint is meant to feel like; AnalysisError for a valence or emotion that there is not."""
    found: dict[str, str | float] = {}
    for pair in text.split():
        touchpoint, _, what = pair.partition("=")
        if what in EMOTIONS:
            found[touchpoint] = what
            continue
        try:
            found[touchpoint] = float(what)
        except ValueError as cause:
            raise AnalysisError(
                f"intended: {what} is no emotion and no valence", f"-1 to 1, or one of {', '.join(EMOTIONS)}",
                "correct the setting `intended`",
            ) from cause  # fmt: skip
    return found


def fit(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """One row per stage, channel, team, touchpoint and hand-off."""
    base = context.whole("min_base")
    rows, spreads = _chain(tables["chain_sums"], base)
    _intend(rows, tables["emotion_sums"], intentions(context.text("intended")), base)
    rows += _handoffs(tables["handoff_sums"])
    schema = table("synchrony").arrow_schema()
    whole = {field.name for field in schema if pa.types.is_integer(field.type)}
    columns: dict[str, Iterable[Any]] = {
        field.name: [row.get(field.name, 0 if field.name in whole else _missing(field)) for row in rows]
        for field in schema
    }
    out = sum(row.get("verdict") == "out_of_step" for row in rows)
    compared = sum(row.get("verdict") in ("out_of_step", "in_step") for row in rows)
    notes = (
        f"{out} of {compared} channels and teams are out of step: their shrunken difference from the middle of their "
        f"stage has a 90 % interval beyond {FELT} valence points. Shrinkage takes care of the many comparisons.",
        f"Spread between channels of a stage {spreads[0]:.3f}, between teams {spreads[1]:.3f} valence points.",
        "Hand-offs are read over all journeys up to this moment.",
    )
    return Fit({CHAIN: fitted_table("synchrony", columns)}, {}, notes)


def _missing(field: pa.Field) -> Any:
    return np.nan if pa.types.is_floating(field.type) else None


def _chain(found: pa.Table, base: int) -> tuple[list[dict[str, Any]], tuple[float, float]]:
    n, squares, felt = (numbers(found, name) for name in ("n", "squares", "felt"))
    mean, low, high = _mean(found, _SUMS)
    level = _mean(found, _FELT)
    enough = (n >= base) & (numbers(found, "customers") >= LEAST_CUSTOMERS)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.maximum(squares - felt**2 / n, 0) / (n - 1))
    kinds = np.asarray(found.column("kind"))
    stages = np.asarray(found.column("stage"))
    error = (high - low) / (2 * Z90)
    deviation = np.full((3, len(n)), np.nan)
    between: dict[str, dict[str, float]] = {}
    common = {}
    for kind in ("channel", "team"):
        mine = (kinds == kind) & enough
        got = deviations(stages[mine], mean[mine], error[mine] ** 2)
        deviation[:, mine] = got.deviation, got.low, got.high
        several = {name for name in got.strata if (stages[mine] == name).sum() >= 2}
        between[kind] = {name: value for name, value in zip(got.strata, got.spread.tolist(), strict=True)
                         if name in several}  # fmt: skip
        common[kind] = float(np.sqrt(got.between))
    rows = []
    for at, row in enumerate(found.select(["kind", "stage", "unit"]).to_pylist()):
        kind = row["kind"]
        if kind == "team" and not enough[at]:
            continue
        known = bool(n[at] >= base)
        out = np.isfinite(deviation[0, at]) and (deviation[1, at] > FELT or deviation[2, at] < -FELT)
        rows.append(
            row
            | {"next_unit": "", "n": n[at], "customers": numbers(found, "customers")[at]}
            | {name: each[at] if known else np.nan for name, each in zip(("level", "low", "high"), level, strict=True)}
            | {"spread": spread[at] if known else np.nan}
            | dict(zip(("deviation", "deviation_low", "deviation_high"), deviation[:, at].tolist(), strict=True))
            | {
                f"between_{of}s": between[of].get(row["stage"], np.nan) if kind == "stage" else np.nan
                for of in ("channel", "team")
            }
            | {"verdict": None if np.isnan(deviation[0, at]) else "out_of_step" if out else "in_step"}
        )
    return rows, (common["channel"], common["team"])


def _mean(found: pa.Table, names: tuple[str, ...]) -> tuple[Floats, Floats, Floats]:
    customers, n, total, n_squares, total_squares, products = (numbers(found, name) for name in names)
    return clustered_mean(customers, n, total, n_squares, total_squares, products)


def _intend(rows: list[dict[str, Any]], emotions: pa.Table, intended: Mapping[str, str | float], base: int) -> None:
    """Add to touchpoints what was meant and what was delivered."""
    of = {(row["emotion"], row["touchpoint"]): row for row in emotions.to_pylist()}
    for row in rows:
        meant = intended.get(row["unit"]) if row["kind"] == "touchpoint" else None
        if meant is None:
            continue
        row["intended"] = str(meant)
        if isinstance(meant, float):
            if np.isnan(row["level"]) or np.isnan(row["low"]):
                continue
            row["delivered"], gap = row["level"], [row[name] - meant for name in ("level", "low", "high")]
        else:
            here = of.get((meant, row["unit"]))
            others = [each for (emotion, place), each in of.items() if emotion == meant and place != row["unit"]]
            if here is None or here["n"] < base or sum(each["n"] for each in others) < base:
                continue
            n, p, n_squares, p_squares, products = (
                [here[name], sum(each[name] for each in others)]
                for name in ("n", "p", "n_squares", "p_squares", "products")
            )
            share = clustered_share(n, p, n_squares, p_squares, products)
            row["delivered"] = float(share[0][0])
            gap = [float(each[0]) for each in difference_interval(*_pair(share, 0), *_pair(share, 1))]
        row["gap"], row["gap_low"], row["gap_high"] = gap
        row["verdict"] = "short" if gap[2] < 0 else "reached" if gap[1] >= 0 else "open"


def _pair(share: tuple[Floats, Floats, Floats], at: int) -> tuple[Floats, Floats, Floats]:
    first, second, third = (each[at : at + 1] for each in share)
    return first, second, third


def _handoffs(found: pa.Table) -> list[dict[str, Any]]:
    """Changes from one touchpoint to the next, and what they are beyond the two touchpoints' own levels."""
    mean, low, high, here, there = (
        numbers(found, name) for name in ("change_mean", "change_low", "change_high", "level", "next_level")
    )
    expected = there - here
    error = (high - low) / (2 * Z90)
    deviation, deviation_low, deviation_high = shrunken(mean - expected, error**2)
    rows = []
    for at, row in enumerate(found.to_pylist()):
        drop = deviation_high[at] < -FELT
        rows.append(
            {
                "kind": "handoff", "stage": "", "unit": row["touchpoint"], "next_unit": row["next_touchpoint"],
                "n": row["change_n"], "customers": row["customers"], "level": mean[at], "low": low[at],
                "high": high[at], "expected": expected[at], "deviation": deviation[at],
                "deviation_low": deviation_low[at], "deviation_high": deviation_high[at],
                "verdict": None if np.isnan(deviation[at]) else "drop" if drop else "none",
            }
        )  # fmt: skip
    return rows
