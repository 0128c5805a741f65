"""The whole retailer: chunk after chunk, then the company-wide truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from heartline.errors import StatisticsError
from heartline.simulate import truth
from heartline.simulate.chunk import Lived, live
from heartline.simulate.company import CAUSES, FUNNELS, INITIATIVES, OPTIONS, TOUCHPOINTS, Effects
from heartline.simulate.deeds import Action, planned
from heartline.simulate.files import Files, named
from heartline.simulate.lives import Plan
from heartline.simulate.people import Floats, People

CHUNK = 10_000
# rows a customer leaves in 78 weeks without small visits, and per small visit a week; measured
_OTHER_ROWS, _ROWS_PER_SMALL_VISIT, _USUAL_SMALL_VISITS = 19.1, 62.3, 0.12


def simulate_retailer(
    folder: Path,
    customers: int,
    seed: int,
    months: int,
    texts: bool,
    end: date,
    progress: Callable[[int, int], None] | None,
    interactions_per_customer: float | None,
    actions: Sequence[Action] | None,
) -> truth.Truth:
    """Write all files but ``truth.json``; arguments as in ``heartline.simulate.simulate``."""
    _check(customers, months, interactions_per_customer)
    effects = Effects()
    weeks = round(months * 30.4375 / 7)
    small = _USUAL_SMALL_VISITS
    if interactions_per_customer is not None:
        scale = weeks / 78
        small = max(0.0, interactions_per_customer / scale - _OTHER_ROWS) / _ROWS_PER_SMALL_VISIT
    plans = None if actions is None else planned(actions, customers, weeks)
    plan = Plan(seed, weeks, end, texts, small, effects, plans)
    done: list[Lived] = []
    with Files(folder) as files:
        _fixed_tables(plan, files, customers)
        for number, first in enumerate(range(0, customers, CHUNK)):
            count = min(CHUNK, customers - first)
            done.append(live(plan, files, number, first + 1, count))
            if progress is not None:
                progress(first + count, customers)
        staying = np.concatenate([c.hazard[~np.isfinite(c.people.left_day)] for c in done])
        median = float(np.median(staying))
        shares = np.zeros(len(truth.SEGMENTS))
        for chunk in done:
            shares += _customer_truth(plan, files, chunk, median)
        counts = {name: rows for name, rows in files.rows.items() if rows}
    if plans is not None:
        truth.write_actions(folder, plans, done, plan.micros)
    sums = {name: sum(chunk.sums[name] for chunk in done) for name in done[0].sums}
    return truth.Truth(
        parameters={
            "customers": customers, "seed": seed, "months": months, "weeks": weeks, "texts": texts,
            "end": end.isoformat(), "start": (end - timedelta(days=plan.days)).isoformat(),
            "interactions_per_customer": interactions_per_customer,
        },
        effects=asdict(effects),
        touchpoints=truth.touchpoint_truth(),
        options=truth.option_truth(effects),
        value=_value(effects, done),
        observed={
            **sums,
            "median_weekly_leaving_hazard": median,
            "left_share": float(np.mean([np.isfinite(c.people.left_day).mean() for c in done])),
        },
        segments={name: float(share) for name, share in zip(truth.SEGMENTS, shares / customers, strict=True)},
        counts=counts,
        actions={} if plans is None else truth.play_truth(plans, done, plan.days),
    )  # fmt: skip


def _check(customers: int, months: int, interactions_per_customer: float | None) -> None:
    if customers < 50:
        raise StatisticsError(f"{customers} customers", "at least 50", "ask for more customers")
    if not 6 <= months <= 60:
        raise StatisticsError(f"{months} months", "6 to 60", "choose a length in that range")
    if interactions_per_customer is not None and not 0 < interactions_per_customer <= 1000:
        raise StatisticsError(
            f"{interactions_per_customer} interactions a customer", "above 0, at most 1,000", "leave it out"
        )


def _fixed_tables(plan: Plan, files: Files, customers: int) -> None:
    """Spend by touchpoint and month, the options, the funnels, and initiatives that change nothing."""
    rng = np.random.default_rng([plan.seed, 10**6])
    start = plan.end - timedelta(days=plan.days)
    periods = sorted({f"{day:%Y-%m}" for day in (start + timedelta(days=d) for d in range(plan.days))})
    places = [place for _ in periods for place in TOUCHPOINTS]
    base = np.array([place.monthly_spend for place in places])
    files.write(
        "spend",
        {
            "touchpoint": [place.name for place in places],
            "period": [period for period in periods for _ in TOUCHPOINTS],
            "amount": np.round(base * customers / 1000 * rng.uniform(0.9, 1.1, len(base)), 2),
            "currency": ["EUR"] * len(places),
            "department": [place.department for place in places],
        },
    )
    files.write(
        "option",
        {
            "option_id": list(OPTIONS),
            "name": [name.replace("_", " ") for name in OPTIONS],
            "touchpoint": [option[0] for option in OPTIONS.values()],
            "department": [option[1] for option in OPTIONS.values()],
            "cost": [option[2] for option in OPTIONS.values()],
            "currency": ["EUR"] * len(OPTIONS),
            "expected_lift": pa.array([option[3] for option in OPTIONS.values()], pa.float64()),
            "max_units": [option[4] for option in OPTIONS.values()],
        },
    )
    steps = [(name, at + 1, step) for name, path in FUNNELS.items() for at, step in enumerate(path)]
    files.write(
        "funnel",
        {
            "funnel": [step[0] for step in steps],
            "position": [step[1] for step in steps],
            "touchpoint": [step[2] for step in steps],
        },
    )
    begun = [
        (name, kind, unit, plan.days - 7.0 * weeks, cost)
        for name, (kind, units, cost) in INITIATIVES.items()
        for unit, weeks in units.items()
    ]
    files.write(
        "initiative",
        {
            "initiative_id": [one[0] for one in begun],
            "name": [one[0].replace("_", " ") for one in begun],
            "unit_kind": [one[1] for one in begun],
            "unit": [one[2] for one in begun],
            "started_at": plan.micros(np.array([one[3] for one in begun])),
            "cost": [one[4] for one in begun],
            "currency": ["EUR"] * len(begun),
        },
    )


def _customer_truth(plan: Plan, files: Files, lived: Lived, median: float) -> Floats:
    """Write the truth of one chunk's customers; returns the number in each segment."""
    people, effects = lived.people, plan.effects
    z = people.bond_z(effects)
    left = np.isfinite(people.left_day)
    chosen = truth.segments(people, lived.hazard, median, lived.attacked, lived.acts, lived.felt)
    rate = np.where(left, 0.0, truth.orders_per_week(people, effects, z))
    files.write(
        "truth_customer",
        {
            "customer_id": [f"c{people.first_number + n:07d}" for n in range(people.count)],
            "true_bond": people.bond,
            "true_satisfaction": people.satisfaction(effects),
            "true_segment": named(chosen, truth.SEGMENTS),
            "left_at": plan.micros(people.left_day),
            "attacking": lived.attacked,
            "self_relevance": people.self_relevance,
            "betrayed": people.betrayed,
            "disrespected": people.disrespected,
            "promise_broken": people.promise_broken,
            "orders_per_week": rate,
            "p_leave_week": np.where(left, 1.0, lived.hazard),
            "p_buy_90d": 1 - np.exp(-90 / 7 * rate),
            "expected_value_365d": np.where(left, 0.0, truth.value_365d(people, effects, z)),
            "felt_180d": pa.array(lived.felt, mask=~np.isfinite(lived.felt)),
            "promoting_acts_365d": lived.acts,
            "bond_at_start": lived.bond_at_start,
            "bond_mid": lived.bond_mid,
            "propensity": people.propensity,
            "baseline": people.style_centre,
            "unhappy_92d": lived.unhappy,
            "told_92d": lived.told,
            "betrayed_at": plan.micros(people.betrayed_day),
            **{f"left_{cause}": people.left_from[:, number] for number, cause in enumerate(CAUSES)},
        },
    )
    return np.bincount(chosen, minlength=len(truth.SEGMENTS)).astype(np.float64)


def _value(effects: Effects, done: list[Lived]) -> dict[str, float]:
    """Value multiple of connected over merely highly satisfied customers, caused and as it looks.

    Connected: true bond >= 70; merely highly satisfied: true satisfaction >= 75 and bond below 60. ``caused``
    moves the same people from the mean bond of the one group to that of the other and keeps everything else;
    ``as_it_looks`` divides the plain group means, in which heavy buyers are also more bonded.
    """
    top, plain, top_bond, plain_bond = [], [], [], []
    for chunk in done:
        people = chunk.people
        stays = ~np.isfinite(people.left_day)
        connected = stays & (people.bond >= 70)
        satisfied = stays & (people.bond < 60) & (people.satisfaction(effects) >= 75)
        value = truth.value_365d(people, effects, people.bond_z(effects))
        top.append(value[connected])
        plain.append(value[satisfied])
        top_bond.append(people.bond[connected])
        plain_bond.append(people.bond[satisfied])
    high, low = float(np.mean(np.concatenate(top_bond))), float(np.mean(np.concatenate(plain_bond)))
    caused_high = sum(_at(chunk.people, effects, high) for chunk in done)
    caused_low = sum(_at(chunk.people, effects, low) for chunk in done)
    return {
        "connected_mean_bond": high,
        "satisfied_mean_bond": low,
        "caused_multiple": caused_high / caused_low,
        "as_it_looks_multiple": float(np.mean(np.concatenate(top)) / np.mean(np.concatenate(plain))),
    }


def _at(people: People, effects: Effects, bond: float) -> float:
    z = np.full(people.count, (bond - effects.bond_mean) / effects.bond_sd)
    return float(truth.value_365d(people, effects, z).sum())
