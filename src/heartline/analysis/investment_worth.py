"""What better feelings would bring, in scenarios: of places, and of options.

Everything here is *if what goes with a feeling were caused by it*, times the part of it that may be cause, which
nobody knows: that part is drawn anew in every scenario. A mean gain is the product of its mean factors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from heartline.errors import StatisticsError
from heartline.stats.intervals import Z90
from heartline.stats.likelihood import Floats
from heartline.stats.responses import MOST_UNITS, concave_fit, diminishing, given
from heartline.stats.scenarios import around, centred, evenly, share
from heartline.stats.shrinkage import shrunken_estimates
from heartline.tables.investments import WORTH_ROUTES

SCENARIOS = 200
SHARED_CAUSE = 0.5
"""How much of the doubt about cause is the same for all touchpoints (correlation of normal scores)."""
LESS_A_UNIT = (0.4, 1.0)
"""What each further unit keeps of the one before, drawn evenly between: 0.7 in the mean."""
AVERAGE_TIME = 0.5
"""Contacts come evenly over the horizon, so what they change has half of it on the average to pay."""
METHODS = ("staggered", "difference_in_differences", "synthetic_control", "interrupted_series")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """A touchpoint: contacts in the horizon, and the worth of one valence point in all of them, by scenario.

    worth: (scenarios,) if caused; None where it is not known. cause: (scenarios,) the part that is cause.
    """

    contacts: float
    felt: float | None
    hygiene: bool
    route: str | None
    worth: Floats | None
    cause: Floats


@dataclass(frozen=True)
class Offer:
    """An option: levels of units, their costs, lifts (mean and by scenario), gains if caused and with doubt of cause.

    lift: (levels,) None where no lift is known; gain, gain_if_cause: (levels, scenarios), None where not known
    fault: why the option cannot be reckoned with; empty: it can
    """

    row: Row
    units: list[int]
    costs: Floats
    basis: str = "not_known"
    lift: Floats | None = None
    gain: Floats | None = None
    gain_if_cause: Floats | None = None
    fault: str = ""


def places(tables: Mapping[str, Sequence[Row]], horizon: float, causal_share: float, least: int) -> dict[str, Place]:
    """Every touchpoint with contacts.

    The worth goes through connection where the driver's slope and the value of ten points of connection are known:
    slope × ln(ratio) / 10 × expected value summed over the contacts' customers × the time left on the average. Else
    through value: slope × contacts. Below ``least`` contacts nothing is said.
    """
    slopes = _slopes(tables["investment_driver"])
    must_haves = {row["touchpoint"] for row in tables["investment_driver"] if row["floor"] in ("shown", "stated")}
    tenth = next(iter(tables["investment_tenth"]), None)
    days = tables["investment_span"][0]["days"] if tables["investment_span"] else None
    scale = horizon / min(365.0, max(float(days or 365.0), 1.0))
    made = {}
    for row in tables["investment_contact"]:
        name = row["touchpoint"]
        bond, money = slopes.get(("connection", name)), slopes.get(("value", name))
        contacts = scale * float(row["contacts"])
        route, worth = None, None
        if row["contacts"] >= least and tenth and bond is not None and row["valued"]:
            # customers whose value is not known count as the mean of those whose value is
            exposed = scale * float(row["exposed"]) * float(row["contacts"]) / float(row["valued"])
            ends = [float(np.log(max(tenth[end], 1e-3))) for end in ("ratio", "ratio_low", "ratio_high")]
            a_point = around("what connection is worth", SCENARIOS, *ends) / 10.0
            route, worth = (
                "connection",
                centred(bond * a_point, bond.mean() * a_point.mean()) * exposed * AVERAGE_TIME,
            )
        elif row["contacts"] >= least and money is not None:
            route, worth = "value", money * contacts
        felt = float(row["felt"]) / row["felt_n"] if row["felt_n"] >= least else None
        made[name] = Place(
            contacts,
            felt,
            name in must_haves,
            route,
            worth,
            share(f"cause of {name}", SCENARIOS, causal_share, "cause", SHARED_CAUSE),
        )
    return made


def _slopes(rows: Sequence[Row]) -> dict[tuple[str, str], Floats]:
    """Slopes by outcome and touchpoint in scenarios. Those of one outcome are drawn towards each other: a plan takes
    the largest, and the largest of many uncertain ones is too large as it comes."""
    found: dict[tuple[str, str], Floats] = {}
    for outcome in WORTH_ROUTES:
        known = sorted(
            (row for row in rows if row["outcome"] == outcome
             and all(row[name] is not None for name in ("slope", "slope_low", "slope_high"))),
            key=lambda row: str(row["touchpoint"]),
        )  # fmt: skip
        if not known:
            continue
        ends = np.array(
            [[row[name] for name in ("slope", "slope_low", "slope_high")] for row in known], dtype=np.float64
        )
        middle, error = shrunken_estimates(ends[:, 0], (ends[:, 2] - ends[:, 1]) / (2.0 * Z90))
        for row, one, half in zip(known, middle, error * Z90, strict=True):
            name = str(row["touchpoint"])
            about = f"how much {name} matters"
            found[outcome, name] = around(about, SCENARIOS, float(one), float(one - half), float(one + half))
    return found


def offers(rows: Sequence[Row], read: Sequence[Row], at: Mapping[str, Place]) -> list[Offer]:
    """Every option with what it would bring, in the order of their names."""
    effects: dict[str, Row] = {}
    for one in sorted(read, key=lambda each: METHODS.index(each["method"])):
        effects.setdefault(one["initiative_id"], one)
    return [
        _offer(row, effects.get(row["option_id"]), at.get(row["touchpoint"]))
        for row in sorted(rows, key=lambda each: str(each["option_id"]))
    ]


def _offer(row: Row, effect: Row | None, place: Place | None) -> Offer:
    most = int(row["max_units"] or 1)
    units = list(range(min(int(row["min_units"] or 1), most), most + 1))
    costs = float(row["cost"]) * np.array(units, dtype=np.float64)
    if not row["own_currency"]:
        return Offer(row, units, costs, fault="its cost is in another currency")
    try:
        lifts, basis = _lifts(row, effect, most)
    except StatisticsError as caught:
        return Offer(row, units[:1], costs[:1], fault=caught.got)
    if lifts is None:
        return Offer(row, units, costs, basis)
    lifts = lifts[[one - 1 for one in units]]
    if place is None or place.worth is None:
        return Offer(row, units, costs, basis, lifts.mean(axis=1))
    lift = lifts.mean(axis=1)
    whole = centred(lifts * place.worth, lift * place.worth.mean())
    part = centred(whole * place.cause, whole.mean(axis=1) * place.cause.mean())
    return Offer(row, units, costs, basis, lift, part, whole)


def _lifts(row: Row, effect: Row | None, most: int) -> tuple[Floats | None, str]:
    """Lift of 1 … most units by scenario, and where it comes from.

    Measured: around the estimate. Believed: the belief is a guess, drawn evenly between nothing and twice of it.
    """
    name = str(row["option_id"])
    if most > MOST_UNITS:
        raise StatisticsError(f"it has {most} units, more than {MOST_UNITS}: make a unit larger")
    curve = _curve(row, most)
    if effect is not None:
        first = around(f"lift of {name}", SCENARIOS, effect["estimate"], effect["low"], effect["high"])
        shape = curve / curve[0] if curve is not None and curve[0] else None
        return (first * (_kept(name, most) if shape is None else shape[:, None])), "measured"
    if curve is not None:
        return 2.0 * evenly(f"lift of {name}", SCENARIOS) * curve[:, None], "believed"
    if row["expected_lift"] is None:
        return None, "not_known"
    return float(row["expected_lift"]) * 2.0 * evenly(f"lift of {name}", SCENARIOS) * _kept(name, most), "believed"


def _kept(name: str, most: int) -> Floats:
    """Shape of diminishing returns by scenario, 1 at the first unit: (units, scenarios)."""
    low, high = LESS_A_UNIT
    keeps = low + (high - low) * evenly(f"response of {name}", SCENARIOS)
    return np.stack([diminishing(1.0, most, float(one)) for one in keeps], axis=1)


def _curve(row: Row, most: int) -> Floats | None:
    """The told response, or one fitted to measurements; None where none is told."""
    if not row["response"]:
        return None
    try:
        told = json.loads(row["response"])
        if "measured" in told:
            used, lift, weight = np.array(told["measured"], dtype=np.float64).reshape(-1, 3).T
            return concave_fit(used, lift, most, weight)
        return given({int(at): float(lift) for at, lift in told.items()}, most)
    except (ValueError, TypeError, AttributeError, StatisticsError) as cause:
        raise StatisticsError('its response cannot be read as {"1": lift, "2": lift}') from cause
