"""Every option that is funded, or of which no lift is known, as an experiment: how many it needs, and how long."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from heartline.analysis.investment_worth import Offer, Place
from heartline.stats.sample_size import MOST, design_effect, intraclass_of_sums, two_means

LONGEST_WEEKS = 104.0
FEWEST_TEAMS = 4
"""Below two teams in each arm a difference of teams cannot be told from a difference of what is done."""
Row = Mapping[str, Any]


def experiments(
    offered: Sequence[Offer],
    at: Mapping[str, Place],
    tables: Mapping[str, Sequence[Row]],
    lifts: Mapping[str, float | None],
    horizon: float,
    least: int,
) -> list[dict[str, Any]]:
    """Rows of ``planned_experiment``.

    lifts: the difference of felt valence to be found, by option; options that are not in it get no row
    """
    alike = {(row["touchpoint"], row["design"]): row for row in tables["investment_alike"]}
    told = {row["touchpoint"]: row for row in tables["investment_contact"]}
    money = {row["touchpoint"]: row for row in tables["investment_money"]}
    made = []
    for one in offered:
        name, touchpoint = str(one.row["option_id"]), one.row["touchpoint"]
        if name not in lifts:
            continue
        contacts, place = told.get(touchpoint), at.get(touchpoint)
        for design in ("by_customer", "by_team"):
            sums = alike.get((touchpoint, design))
            if design == "by_team" and (sums is None or sums["clusters"] < 2):
                continue
            known = None if contacts is None or place is None else contacts["told_n"] / contacts["contacts"]
            weekly = None if place is None or known is None else known * place.contacts / horizon * 7.0
            made.append(_felt(name, design, lifts[name], sums, weekly, least))
        made.append(_value(name, one, money.get(touchpoint), horizon, least))
    return made


def _felt(
    name: str, design: str, effect: float | None, sums: Row | None, weekly: float | None, least: int
) -> dict[str, Any]:
    row = _blank(name, "felt", design, effect)
    if sums is None or sums["n"] < least or not weekly:
        return row | {"reason": "too few contacts there have a known feeling"}
    spread, likeness = intraclass_of_sums(
        sums["clusters"], sums["n"], sums["n_squared"], sums["total"], sums["between_sum"], sums["within_sum"]
    )
    row |= {"spread": spread, "alike": None if math.isnan(likeness) else likeness}
    if effect is None or effect == 0 or not math.isfinite(effect) or abs(effect) > 2:
        return row | {"reason": "no lift to look for: none is told, and what would bring back the cost is not known"}
    if not spread > 0:
        return row | {"reason": "all contacts there feel the same"}
    size = sums["n"] / sums["clusters"]
    uneven = math.sqrt(max(sums["n_squared"] / sums["clusters"] / size**2 - 1.0, 0.0))
    alone = two_means(effect, spread)
    if design == "by_team":
        return row | _teams(alone, 0.0 if math.isnan(likeness) else likeness, int(sums["clusters"]), weekly)
    needed = math.ceil(alone * (1.0 if math.isnan(likeness) else design_effect(size, likeness, uneven)))
    clusters = math.ceil(needed / size)
    weeks = 2.0 * needed / weekly
    possible = weeks <= LONGEST_WEEKS and needed < MOST
    why = None if possible else f"takes more than {LONGEST_WEEKS:.0f} weeks at today's traffic"
    return row | {
        "n_per_arm": needed, "units_per_arm": clusters, "weeks": weeks, "possible": possible, "reason": why,
    }  # fmt: skip


def _teams(alone: int, likeness: float, teams: int, weekly: float) -> dict[str, Any]:
    """Whole teams, half of them each way: k teams an arm of m contacts need k m = n (1 + (m - 1) likeness)."""
    arm = teams // 2
    if teams < FEWEST_TEAMS or arm <= alone * likeness:
        least = math.floor(alone * likeness) + 1
        needed = max(2 * least, FEWEST_TEAMS)
        return {
            "units_per_arm": needed // 2,
            "possible": False,
            "reason": f"there are {teams} teams and {needed} would be needed: begin in one after the other (staggered)",
        }
    size = alone * (1.0 - likeness) / (arm - alone * likeness)
    weeks = 2.0 * arm * size / weekly
    fits = weeks <= LONGEST_WEEKS
    return {
        "n_per_arm": math.ceil(arm * size), "units_per_arm": arm, "weeks": weeks, "possible": fits,
        "reason": None if fits else f"takes more than {LONGEST_WEEKS:.0f} weeks at today's traffic",
    }  # fmt: skip


def _value(name: str, one: Offer, money: Row | None, horizon: float, least: int) -> dict[str, Any]:
    """In money: the mean gain, as if caused, of each customer who is met there."""
    row = _blank(name, "value", "by_customer", None)
    if money is None or money["customers"] < least:
        return row | {"reason": "too few customers are met there"}
    n = float(money["customers"])
    spread = math.sqrt(max(float(money["squares"]) / n - (float(money["paid"]) / n) ** 2, 0.0))
    row |= {"spread": spread}
    if one.gain_if_cause is None or not spread > 0:
        return row | {"reason": "what it brings is not known"}
    effect = float(one.gain_if_cause[0].mean()) / n
    if effect == 0.0:
        return row | {"effect": effect, "reason": "it brings nothing"}
    needed = two_means(effect, spread)
    possible = 2 * needed <= n
    why = None if possible else "needs more customers than are met there: look at felt instead"
    return row | {
        "effect": effect, "n_per_arm": needed, "units_per_arm": needed, "weeks": horizon / 7.0, "possible": possible,
        "reason": why,
    }  # fmt: skip


def _blank(name: str, outcome: str, design: str, effect: float | None) -> dict[str, Any]:
    return {
        "option_id": name, "outcome": outcome, "design": design, "effect": effect, "spread": None, "alike": None,
        "n_per_arm": None, "units_per_arm": None, "weeks": None, "possible": False, "reason": None,
    }  # fmt: skip
