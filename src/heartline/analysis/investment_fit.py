"""The tables of `investment` as rows: places, options, scenarios, the frontier, and experiments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context, Fit, Values
from heartline.analysis.investment_plan import Asked, Option, amounts, choices, frontier, named, plan, reason, word
from heartline.analysis.investment_trials import experiments
from heartline.analysis.investment_worth import SCENARIOS, Offer, Place, offers, places
from heartline.errors import PlanError
from heartline.stats.allocation import Aim, Choice, Floor, Objective, Plan
from heartline.stats.likelihood import Floats
from heartline.tables import table

POINTS = 12
"""Budgets of the frontier."""
SECONDS = 30.0
ENDS = (0.05, 0.95)
Rows = list[dict[str, Any]]


def fit_investment(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """Worth of places, gains of options, the plan, the frontier, the experiments."""
    read = {name: rows.to_pylist() for name, rows in tables.items()}
    horizon, least = context.number("horizon_days"), context.whole("min_base")
    at = places(read, horizon, context.number("causal_share"), least)
    offered = offers(read["investment_offer"], read["investment_read"], at)
    options = planned(offered)
    notes = _notes(read, at, offered)
    asked = _asked(context, at, notes)
    made = choices(options, SCENARIOS)
    best = _best(made, asked, notes) if asked.budget > 0 else None
    if asked.budget <= 0:
        notes.append("No budget is told (setting budget): what each option may bring is worked out, and no plan.")
    edge = frontier(made, asked, POINTS, SECONDS) if made else []
    rows = {
        "investment": _options(offered, options, at, best, asked, context.text("currency")),
        "investment_place": _places(read, at, offered, best, asked, context.text("currency")),
        "investment_scenario": _scenarios(offered),
        "investment_frontier": [_edge(budget, one, asked, context.text("currency")) for budget, one in edge],
        "planned_experiment": experiments(offered, at, read, _to_find(offered, at, best), horizon, least),
    }
    return Fit(
        tables={f"{name}_row": pa.Table.from_pylist(each, table(name).arrow_schema()) for name, each in rows.items()},
        values={"scenarios": SCENARIOS, "options": len(offered), "proven": best.proven if best else None},
        notes=tuple(notes),
    )


def planned(offered: Sequence[Offer]) -> list[Option]:
    """Options that can be reckoned with, as planning needs them."""
    return [
        Option(
            str(one.row["option_id"]), one.row["department"], one.row["touchpoint"], one.units, one.costs, one.lift,
            one.gain, bool(one.row["must"]), tuple((one.row["excludes"] or "").split()),
            tuple((one.row["requires"] or "").split()),
        )
        for one in offered if not one.fault
    ]  # fmt: skip


def _asked(context: Context, at: Mapping[str, Place], notes: list[str]) -> Asked:
    told = amounts(context.text("budget_floors"))
    floors = []
    for name, place in at.items():
        own = {one: level for one, level in told.items() if one == word(name)}
        if place.felt is None:
            notes += [f"The floor of {name} cannot be kept: how it is felt is not known." for _ in own]
        elif own or place.hygiene:
            floors.append(Floor(name, place.felt, next(iter(own.values()), place.felt)))
    unknown = sorted(set(told) - {word(name) for name in at})
    if unknown:
        notes.append(f"Floors of {', '.join(unknown)} are not kept: no contact is known there.")
    aim = Aim(cast(Objective, context.text("budget_aim")), unspent=float(bool(context.settings["budget_kept"])))
    return Asked(context.number("budget"), amounts(context.text("budget_caps")), tuple(floors), aim)


def _best(made: Sequence[Choice], asked: Asked, notes: list[str]) -> Plan | None:
    try:
        found = plan(made, asked, SECONDS)
    except PlanError as caught:
        notes.append(f"No plan is possible: {caught.got}.")
        return None
    if not found.proven:
        notes.append(f"The plan is the best found in {SECONDS:.0f} seconds; a better one is not ruled out.")
    return found


def _notes(read: Mapping[str, Rows], at: Mapping[str, Place], offered: Sequence[Offer]) -> list[str]:
    notes = []
    believed = sum(one.basis == "believed" for one in offered)
    if believed:
        notes.append(
            f"{believed} of {len(offered)} lifts are as the company believes: drawn evenly from nothing to twice of it."
        )
    if any(place.worth is not None for place in at.values()):
        notes.append(
            "What a touchpoint goes with is no cause: gains count the part that may be cause, drawn anew each time."
        )
        shown = {row["outcome"] for row in read["investment_driver"] if row["derived"] is not None}
        weak = sorted({place.route for place in at.values() if place.route is not None} - shown)
        notes += [f"All touchpoints together say no more of {one} than chance may: read the intervals." for one in weak]
    elif offered:
        notes.append("How much touchpoints matter is not known, so no gain is told.")
    faults = [f"{one.row['option_id']}: {one.fault}" for one in offered if one.fault]
    return notes + ([f"Left out: {'; '.join(faults)}."] if faults else [])


def _ends(values: Floats) -> tuple[float, float]:
    low, high = np.quantile(values, ENDS)
    return float(low), float(high)


def _options(
    offered: Sequence[Offer], options: Sequence[Option], at: Mapping[str, Place], best: Plan | None, asked: Asked,
    currency: str,
) -> Rows:  # fmt: skip
    by = {one.option_id: one for one in options}
    rows = []
    for one in offered:
        name = str(one.row["option_id"])
        units = best.units.get(name, 0) if best else 0
        level = one.units.index(units) if units else 0
        gain = None if one.gain is None else one.gain[level]
        low, high = (None, None) if gain is None else _ends(gain)
        place = at.get(one.row["touchpoint"])
        a_point = None if place is None or place.worth is None else float((place.worth * place.cause).mean())
        foreign = one.row["own_currency"] is False
        why = one.fault or "no budget is told" if best is None and asked.budget <= 0 else one.fault
        if not why:
            why = reason(by[name], best, options, asked) if best else "no plan is possible"
        rows.append(
            {
                "option_id": name,
                "units": None if best is None else float(units),
                "cost": None if foreign else float(one.costs[level]),
                "expected_gain": None if gain is None else float(gain.mean()),
                "gain_low": low,
                "gain_high": high,
                "funded": None if best is None else units > 0,
                "reason": why,
                "name": one.row["name"],
                "department": one.row["department"],
                "touchpoint": one.row["touchpoint"],
                "lift": None if one.lift is None else float(one.lift[level]),
                "basis": one.basis,
                "gain_if_cause": None if one.gain_if_cause is None else float(one.gain_if_cause[level].mean()),
                "p_payback": None if gain is None else float((gain >= one.costs[level]).mean()),
                "break_even_lift": _break_even(one, a_point),
                "max_units": int(one.row["max_units"] or 1),
                "currency": currency,
            }
        )
    return rows


def _break_even(one: Offer, a_point: float | None) -> float | None:
    """Lift of the least units that brings back their cost; beyond the scale it is no lift."""
    if one.fault or a_point is None or a_point <= 0 or one.costs[0] <= 0:
        return None
    needed = float(one.costs[0]) / a_point
    return needed if needed <= 2.0 else None


def _places(
    read: Mapping[str, Rows], at: Mapping[str, Place], offered: Sequence[Offer], best: Plan | None, asked: Asked,
    currency: str,
) -> Rows:  # fmt: skip
    spent: dict[str, dict[str, float]] = {}
    for row in read["investment_spent"]:
        spent.setdefault(row["touchpoint"], {})[row["department"]] = float(row["amount"])
    whole = sum(sum(each.values()) for each in spent.values())
    of_option = {one.row["touchpoint"]: one.row["department"] for one in offered}
    worth = {name: float(place.worth.mean()) for name, place in at.items() if place.worth is not None}
    above = sum(max(each, 0.0) for each in worth.values())
    floors = {floor.touchpoint: floor.level for floor in asked.floors}
    costs: dict[str, float] = {}
    for one in offered:
        units = best.units.get(str(one.row["option_id"]), 0) if best else 0
        if units:
            costs[one.row["touchpoint"]] = costs.get(one.row["touchpoint"], 0.0) + float(
                one.costs[one.units.index(units)]
            )
    rows = []
    for name in sorted({*at, *spent, *of_option}):
        place = at.get(name)
        low, high = (None, None) if place is None or place.worth is None else _ends(place.worth)
        own = spent.get(name)
        payer = max(sorted(own), key=lambda each: own[each]) if own else of_option.get(name)
        rows.append(
            {
                "touchpoint": name,
                "department": payer or None,
                "contacts": place.contacts if place else 0.0,
                "felt_today": place.felt if place else None,
                "route": place.route if place else None,
                "point_worth": worth.get(name),
                "point_low": low,
                "point_high": high,
                "worth_share": max(worth[name], 0.0) / above if name in worth and above > 0 else None,
                "hygiene": bool(place and place.hygiene),
                "floor": floors.get(name),
                "spend": sum(own.values()) if own else None,
                "spend_share": sum(own.values()) / whole if own and whole > 0 else None,
                "plan_cost": None if best is None else costs.get(name, 0.0),
                "currency": currency,
            }
        )
    return rows


def _scenarios(offered: Sequence[Offer]) -> Rows:
    return [
        {
            "option_id": str(one.row["option_id"]),
            "units": units,
            "scenario": scenario,
            "gain": None if one.gain is None else float(one.gain[level, scenario]),
            "lift": None if one.lift is None else float(one.lift[level]),
            "cost": float(one.costs[level]),
        }
        for one in offered
        if not one.fault
        for level, units in enumerate(one.units)
        for scenario in range(SCENARIOS)
    ]


def _edge(budget: float, found: Plan, asked: Asked, currency: str) -> dict[str, Any]:
    low, high = _ends(found.gains)
    return {
        "budget": budget,
        "gain": float(found.gains.mean()),
        "low": low,
        "high": high,
        "options": named(found),
        "cost": found.cost,
        "next_unit": None if np.isnan(found.next_unit) else found.next_unit,
        "p_payback": float((found.gains >= found.cost).mean()) if any(found.units.values()) else None,
        "told": budget == asked.budget and budget > 0,
        "currency": currency,
    }


def _to_find(offered: Sequence[Offer], at: Mapping[str, Place], best: Plan | None) -> dict[str, float | None]:
    """Felt valence to look for: the assumed lift of what is funded; where none is known, what would pay back."""
    wanted: dict[str, float | None] = {}
    for one in offered:
        name = str(one.row["option_id"])
        units = best.units.get(name, 0) if best else 0
        if one.fault:
            continue
        if one.lift is None:
            place = at.get(one.row["touchpoint"])
            a_point = None if place is None or place.worth is None else float((place.worth * place.cause).mean())
            wanted[name] = _break_even(one, a_point)
        elif units:
            wanted[name] = float(one.lift[one.units.index(units)])
    return wanted
