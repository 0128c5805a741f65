"""Shares, penalties and rewards of every touchpoint for every outcome, and what is said and spent of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from heartline.analysis.base import Context, Fit, Values
from heartline.analysis.drivers_cases import Case, cases
from heartline.analysis.drivers_facts import mark_levels
from heartline.analysis.drivers_rules import Place, class_of, floor_of, spend_verdict
from heartline.analysis.fitted import fitted_table, numbers
from heartline.errors import StatisticsError
from heartline.stats.clusters import clustered_mean
from heartline.stats.importance import Importance, importance
from heartline.stats.likelihood import Floats
from heartline.stats.moments import block_products, slopes
from heartline.stats.penalty_reward import Effects, Saturation, penalty_reward, saturation
from heartline.tables import table

ROWS_A_VARIABLE = 10  # customers for each variable of a regression, or nothing is derived
CHANCE = 0.01  # above it, what all touchpoints explain together may be chance
MOST_DRIVERS = 60
COLLINEAR = 5.0
LESS_IS_BETTER = ("leaving",)
Row = dict[str, Any]


def fit(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """Rows of `driver`, one for each outcome and touchpoint that the company has."""
    places = sorted(tables["driver_place"].column("touchpoint").to_pylist())
    company = _company(tables, places)
    customers, felt = tables["driver_customer"], tables["driver_felt"]
    who = pc.index_in(felt.column("customer_id"), value_set=pc.unique(customers.column("customer_id")))
    rows: list[Row] = []
    notes: list[str] = []
    told: dict[str, Any] = {}
    for case in cases(customers, context.number("evidence_half_life_days")):
        span = felt.filter(pc.equal(felt.column("span"), case.span))
        at = who.filter(pc.equal(felt.column("span"), case.span))
        grid = _grid(span, at, customers.num_rows, places)
        block = numbers(customers, "block")[case.kept].astype(np.int64)
        made, said, figures = _outcome(case, {k: v[case.kept] for k, v in grid.items()}, block, places, context)
        rows += [_row(context, case.name, place, company.get(place, {}), made.get(place, {})) for place in places]
        notes.append(said)
        told[case.name] = figures
    return Fit({"driver_known": _arrow(rows)}, {"drivers": told}, tuple(notes))


def _grid(span: pa.Table, at: Any, customers: int, places: Sequence[str]) -> dict[str, Floats]:
    """customers x places: sums of feeling (0 where not met), the mean mark (missing where untold), met or not."""
    row = np.asarray(at.to_numpy(zero_copy_only=False), dtype=np.int64)
    index = {place: number for number, place in enumerate(places)}
    column = np.array([index[place] for place in span.column("touchpoint").to_pylist()], dtype=np.int64)
    felt, mark = np.zeros((customers, len(places))), np.full((customers, len(places)), np.nan)
    met = np.zeros((customers, len(places)))
    felt[row, column], mark[row, column] = numbers(span, "felt"), numbers(span, "mark")
    met[row, column] = 1.0
    return {"felt": felt, "mark": mark, "met": met}


def _outcome(
    case: Case, grid: Mapping[str, Floats], block: NDArray[np.int64], places: Sequence[str],
    context: Context,
) -> tuple[dict[str, Row], str, Row]:  # fmt: skip
    """What is derived of each place, a sentence, and figures for `explain`."""
    base = context.whole("min_base")
    told = np.isfinite(grid["mark"]).sum(axis=0)
    many = np.argsort(-told, kind="stable")[:MOST_DRIVERS]
    chosen = np.array(sorted(number for number in many if told[number] >= base), dtype=np.int64)
    count = len(case.outcome)
    shared = {"n": count}
    made: dict[str, Row] = {
        place: {**shared, "met": grid["met"][:, number].sum(), "told": told[number],
                "reason": f"the feeling of fewer than {base} of them is known there"}
        for number, place in enumerate(places)
    }  # fmt: skip
    controls = _on_one_scale(case.controls)
    variables = len(chosen) + controls.shape[1] + 2
    if not len(chosen) or case.worth < max(base, ROWS_A_VARIABLE * variables):
        why = (
            f"{count} customers are too few for {len(chosen)} touchpoints"
            if len(chosen)
            else "no touchpoint is told of"
        )
        for number in chosen:
            made[places[number]]["reason"] = why
        return made, f"{case.name}: {why}; nothing is derived.", {"customers": count}
    held = np.column_stack([np.ones(count), controls])
    try:
        products = block_products(np.column_stack([held, grid["felt"][:, chosen], case.outcome]), block, case.weight)
        found = importance(products, controls.shape[1], case.worth)
    except StatisticsError as error:
        for number in chosen:
            made[places[number]]["reason"] = error.got
        return made, f"{case.name}: {error.got}; nothing is derived.", {"customers": count}
    slope = slopes(products, controls.shape[1])
    effects, bends = _effects(case, grid["mark"][:, chosen], held, block, base)
    for spot, number in enumerate(chosen):
        made[places[number]] |= _felt_effects(effects, bends, spot)
        names = ("slope", "slope_low", "slope_high")
        made[places[number]] |= {name: each[spot] for name, each in zip(names, slope, strict=True)}
        if found.p_value < CHANCE:
            made[places[number]] |= _derived(found, spot, len(chosen))
        else:
            made[places[number]]["reason"] = "all touchpoints together explain no more than chance may"
    figures = {
        "customers": count, "worth": round(case.worth, 1), "drivers": len(chosen), "controls": controls.shape[1],
        "r2": found.r2, "p_value": found.p_value, "method": found.found.method,
    }  # fmt: skip
    return made, _said(case, found, [places[number] for number in chosen], count), figures


def _effects(case: Case, mark: Floats, held: Floats, block: NDArray[np.int64], base: int) -> tuple[Effects, Saturation]:
    bad_at, good_at, top_at = mark_levels()
    known = np.nan_to_num(mark)
    bad, good, top = (np.asarray(each, dtype=np.float64) for each in (known < bad_at, known > good_at, known > top_at))
    # marks need as many customers as a base, counted as customers whatever their weight
    weight = case.weight * len(case.weight) / case.weight.sum()
    two = block_products(np.column_stack([held, bad, good, case.outcome]), block, weight)
    three = block_products(np.column_stack([held, bad, good, top, case.outcome]), block, weight)
    controls = held.shape[1] - 1
    return penalty_reward(two, controls, base, case.better), saturation(three, controls, base, case.better)


def _felt_effects(effects: Effects, bends: Saturation, spot: int) -> Row:
    return {
        "penalty": effects.penalty[spot], "penalty_low": effects.penalty_low[spot],
        "penalty_high": effects.penalty_high[spot], "reward": effects.reward[spot],
        "reward_low": effects.reward_low[spot], "reward_high": effects.reward_high[spot],
        "kind": effects.kind[spot], "reward_more": bends.more[spot], "reward_more_low": bends.more_low[spot],
        "reward_more_high": bends.more_high[spot], "saturates": bends.verdict[spot],
    }  # fmt: skip


def _on_one_scale(columns: Floats) -> Floats:
    """Columns that vary, each with mean 0 and spread 1, so that no sum of squares drowns another."""
    if not len(columns):
        return columns[:, :0]
    mean, spread = columns.mean(axis=0), columns.std(axis=0)
    vary = spread > 1e-9 * np.maximum(np.abs(mean), 1.0)
    return np.asarray((columns[:, vary] - mean[vary]) / spread[vary], dtype=np.float64)


def _derived(found: Importance, spot: int, drivers: int) -> Row:
    return {
        "derived": found.share[spot], "derived_low": found.low[spot], "derived_high": found.high[spot],
        "r2": found.r2, "r2_low": found.r2_low, "r2_high": found.r2_high, "inflation": found.inflation[spot],
        "swaps": found.swaps[spot], "relative_weight": found.check[spot],
        "sampling_error": found.found.error[spot] / max(found.found.r2, 1e-12), "fair": 1 / drivers, "reason": None,
    }  # fmt: skip


def _said(case: Case, found: Importance, places: Sequence[str], count: int) -> str:
    if found.p_value >= CHANCE:
        return f"{case.name}: {len(places)} touchpoints together explain no more than chance may ({count} customers)."
    order = np.argsort(-found.share)
    agreement = float(np.corrcoef(found.share, found.check)[0, 1]) if len(places) > 2 else 1.0
    alike = [places[spot] for spot in order if found.inflation[spot] >= COLLINEAR]
    return (
        f"{case.name}: {count} customers, {len(places)} touchpoints, {100 * found.r2:.2f} % of the variance beyond"
        f" controls ({100 * found.r2_low:.2f} to {100 * found.r2_high:.2f}); shares {found.found.method}, quick check"
        f" agrees with r = {agreement:.2f}." + (f" Hardly told apart from others: {', '.join(alike)}." if alike else "")
    )


def _company(tables: Mapping[str, pa.Table], places: Sequence[str]) -> dict[str, Row]:
    """Stated importance and spend of each place."""
    stated = tables["driver_stated"]
    names = ("customers", "answers", "total", "answers_squares", "total_squares", "products")
    people, answers, total, squares, totals, products = (numbers(stated, name) for name in names)
    mean, low, high = clustered_mean(people, answers, total, squares, totals, products)
    found: dict[str, Row] = {}
    for number, place in enumerate(stated.column("touchpoint").to_pylist()):
        found[place] = {
            "stated": float(mean[number]), "stated_low": float(np.clip(low[number], 0, 1)),
            "stated_high": float(np.clip(high[number], 0, 1)), "stated_n": float(numbers(stated, "answers")[number]),
        }  # fmt: skip
    asked = [row["stated"] for place, row in found.items() if place in places]
    spend = dict(
        zip(
            tables["driver_spend"].column("touchpoint").to_pylist(),
            numbers(tables["driver_spend"], "spend"),
            strict=True,
        )
    )
    whole = float(sum(spend.values()))
    for place in places:
        row = found.setdefault(place, {})
        row["stated_mean"] = float(np.mean(asked)) if asked else None
        row["spend"] = float(spend[place]) if place in spend else np.nan
        row["spend_share"] = row["spend"] / whole if whole > 0 else np.nan
    return found


def _row(context: Context, outcome: str, place: str, company: Row, made: Row) -> Row:
    row: Row = {
        "outcome": outcome, "touchpoint": place, "currency": context.text("currency"), "stated_n": 0.0,
        **company, **made,
    }  # fmt: skip
    return row


def _arrow(rows: list[Row]) -> pa.Table:
    """The table; stated shares are taken among the touchpoints that are compared, then classes are given."""
    for outcome in {row["outcome"] for row in rows}:
        compared = [row for row in rows if row["outcome"] == outcome and "derived" in row and "stated" in row]
        whole = sum(row["stated"] for row in compared)
        for row in compared:
            row["stated_share"] = row["stated"] / whole if whole > 0 else np.nan
    for row in rows:
        known = {name: _known(row.get(name)) for name in Place.__dataclass_fields__ if name not in ("kind", "hurts")}
        place = Place(**known, kind=row.get("kind") or "", hurts=_hurts(row))
        row["class"] = class_of(place)
        row["floor"] = floor_of(place, row["class"])
        row["spend_verdict"] = spend_verdict(place)
        row["kind"] = row.get("kind") or None
    columns = {}
    for field in table("driver").arrow_schema():
        empty: Any = np.nan if pa.types.is_floating(field.type) else None
        columns[field.name] = [row.get(field.name, empty) for row in rows]
    return fitted_table("driver", columns)


def _hurts(row: Row) -> bool:
    worse_end = row.get("penalty_low") if row["outcome"] in LESS_IS_BETTER else row.get("penalty_high")
    if worse_end is None or worse_end != worse_end:
        return False
    return bool(worse_end > 0 if row["outcome"] in LESS_IS_BETTER else worse_end < 0)


def _known(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)
