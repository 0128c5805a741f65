"""What is true of the simulated company: segments, values, planted effects.

Segments at the end of the simulation, first rule that holds:

1. ``dissenter``: attacks now (attacked in public, warned others or took revenge in the last 180 days)
2. ``defector``: has left, and does not attack
3. ``super_advocate``: stays, true bond >= 70 and two or more promoting acts in the last 365 days
   (a referral, a recommendation in words, a defence of the brand)
4. ``advocate``: stays, at least one promoting act in the last 365 days and true bond >= 55
5. ``at_risk``: stays, this week's hazard of leaving at least twice the company's median among those who stay
6. ``content``: stays, mean felt valence of the last 180 days at least 0.15 (of -1 ... 1)
7. ``indifferent``: the rest, also those with no contact in the last 180 days
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from heartline.simulate.company import OPTIONS, TOUCHPOINTS, Effects
from heartline.simulate.deeds import DEEDS, Plans
from heartline.simulate.people import Bools, Floats, Ints, People

if TYPE_CHECKING:
    from heartline.simulate.chunk import Lived

# in the order of the rules above
SEGMENTS = ("dissenter", "defector", "super_advocate", "advocate", "at_risk", "content", "indifferent")
SEGMENT_DAYS, ACT_DAYS = 180, 365
# unhappy: a contact within these days felt as bad as this; told: a complaint, a problem, a goodbye, or words as bad
UNHAPPY_DAYS, UNHAPPY_VALENCE = 92, -0.25
TOLD_KINDS = ("problem", "complaint", "cancellation")
ACT_ATTACK = 3


@dataclass(frozen=True)
class Truth:
    """What ``simulate`` planted and counted; the same as ``truth.json``.

    parameters: the call's arguments; effects: every planted effect; touchpoints: felt effect, bond gain
    and stated importance of each; value: the value multiple; counts: rows a table; segments: share of
    customers in each true segment; actions: by play, see ``play_truth``.
    """

    parameters: dict[str, Any]
    effects: dict[str, Any]
    touchpoints: dict[str, dict[str, float | str]]
    options: dict[str, dict[str, float]]
    value: dict[str, float]
    observed: dict[str, float]
    segments: dict[str, float]
    counts: dict[str, int]
    actions: dict[str, dict[str, float]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain dictionaries, as written to ``truth.json``."""
        return asdict(self)


def orders_per_week(people: People, effects: Effects, z: Floats) -> Floats:
    """Expected completed orders a week at bond ``z`` standard deviations, while the person stays."""
    starts = 1 - np.exp(-1.15 * people.propensity * np.exp(effects.log_rate_per_bond_sd * z))
    fails = (effects.code_use_base + effects.code_use_per_bond_sd * z) * effects.code_fails
    gives_up = effects.abandon_otherwise + fails * (effects.abandon_if_code_failed - effects.abandon_otherwise)
    rate: Floats = starts * (1 - people.online * gives_up)
    return rate


def value_365d(people: People, effects: Effects, z: Floats) -> Floats:
    """Expected list value of the coming 365 days at bond ``z``, for somebody there and unhurt today, EUR."""
    hazard = effects.weekly_leaving_hazard * people.frailty * np.exp(effects.log_hazard_per_bond_sd * z)
    weeks = (1 - np.exp(-52.18 * hazard)) / hazard
    basket = people.basket * np.exp(effects.log_basket_per_bond_sd * z + 0.38**2 / 2)
    value: Floats = orders_per_week(people, effects, z) * weeks * basket
    return value


def segments(
    people: People, hazard: Floats, median_hazard: float, attacked: Bools, acts: Ints, felt: Floats
) -> npt.NDArray[np.int64]:
    """Number of each customer's true segment, an index into SEGMENTS.

    hazard: of leaving this week; attacked: within the last 180 days; acts: promoting acts of the last
    365 days; felt: mean felt valence of the last 180 days, NaN without a contact.
    """
    left = np.isfinite(people.left_day)
    rules = [
        attacked,
        left,
        (people.bond >= 70) & (acts >= 2),
        (people.bond >= 55) & (acts >= 1),
        hazard >= 2 * median_hazard,
        felt >= 0.15,
    ]
    chosen: npt.NDArray[np.int64] = np.select(rules, list(range(6)), default=6)
    return chosen


def touchpoint_truth() -> dict[str, dict[str, float | str]]:
    """Felt effect, bond gain, hassle and stated importance per touchpoint."""
    return {
        place.name: {
            "stage": place.stage,
            "department": place.department,
            "felt_mean": place.felt_mean,
            "felt_spread": place.felt_spread,
            "bond_gain": place.bond_gain,
            "hassle": place.hassle,
            "stated_importance": place.stated_importance,
        }
        for place in TOUCHPOINTS
    }


def option_truth(effects: Effects) -> dict[str, dict[str, float]]:
    """True lift in felt valence per option beside what the company believes (NaN: it does not know)."""
    return {
        name: {"true_lift": effects.option_lifts[name], "cost": OPTIONS[name][2], "units": OPTIONS[name][4]}
        for name in OPTIONS
    }


def _fates(plans: Plans, done: Sequence[Lived]) -> dict[str, npt.NDArray[Any]]:
    """One entry an action: customer, week, deed, play, whether reached, day of leaving with and without deeds."""
    parts: list[dict[str, npt.NDArray[Any]]] = []
    for lived in done:
        mine = plans.of(lived.people.first_number, lived.people.count)
        parts.append({
            "who": mine.who + lived.people.first_number, "week": mine.week, "deed": mine.deed, "play": mine.play,
            "reached": lived.reached, "left": lived.people.left_day[mine.who], "without": lived.left_without[mine.who],
        })  # fmt: skip
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def play_truth(plans: Plans, done: Sequence[Lived], days: int) -> dict[str, dict[str, float]]:
    """What each play did: customers, reached, left and would have left by the end, saved (would have left, stayed)
    and driven away (the other way round)."""
    fates = _fates(plans, done)
    left, without = fates["left"] < days, fates["without"] < days
    told = {}
    for number, name in enumerate(plans.plays):
        # somebody may have been acted on twice
        _, once = np.unique(np.where(fates["play"] == number, fates["who"], -1), return_index=True)
        mine = once[fates["play"][once] == number]
        told[name] = {
            "customers": len(mine), "reached": float(fates["reached"][mine].sum()),
            "left": float(left[mine].sum()), "would_have_left": float(without[mine].sum()),
            "saved": float((without & ~left)[mine].sum()), "driven_away": float((left & ~without)[mine].sum()),
        }  # fmt: skip
    return told


def write_actions(folder: Path, plans: Plans, done: Sequence[Lived], moment: Callable[[Floats], pa.Array]) -> None:
    """``truth_action.parquet``: each action, and when its customer left and would have left without any action."""
    fates = _fates(plans, done)
    columns = {
        "customer_id": [f"c{number:07d}" for number in fates["who"].tolist()],
        "week": fates["week"],
        "deed": [list(DEEDS)[deed] for deed in fates["deed"].tolist()],
        "play": [plans.plays[play] for play in fates["play"].tolist()],
        "reached": fates["reached"],
        "left_at": moment(fates["left"]),
        "left_without_at": moment(fates["without"]),
    }
    pq.write_table(pa.table(columns), folder / "truth_action.parquet", compression="zstd")
