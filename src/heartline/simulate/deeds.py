"""What people of the company do for single customers, and how the simulated world answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from heartline.errors import StatisticsError
from heartline.simulate.company import Effects
from heartline.simulate.contacts import Contacts
from heartline.simulate.people import Ints, People

# deed -> (touchpoint, channel) of the contact that stands in the company's own files
DEEDS = {
    "apology": ("complaint_handling", "call"),
    "rescue_call": ("support_call", "call"),
    "thanks": ("thank_you_note", "mail"),
    "useless": ("newsletter", "email"),
}


class Action(NamedTuple):
    """One deed for one customer in one week.

    customer: number from 1, or the id that the files have; week: from 0, at whose start it happens
    deed: ``apology`` takes hurt and most of a disrespect away, ``rescue_call`` makes leaving less likely for half a
    year, both for whom it reaches; ``thanks`` lifts the bond; ``useless`` is a contact and nothing else
    play: under which name its truth is told; else that of the deed
    """

    customer: int | str
    week: int
    deed: str
    play: str = ""


@dataclass(frozen=True)
class Plans:
    """Actions as arrays, checked. who: number of the customer from 1; deed, play: places in DEEDS and ``plays``."""

    who: Ints
    week: Ints
    deed: Ints
    play: Ints
    plays: tuple[str, ...]

    def of(self, first: int, count: int) -> Plans:
        """Those for customers of one chunk, their numbers counted from its first."""
        mine = (self.who >= first) & (self.who < first + count)
        return Plans(self.who[mine] - first, self.week[mine], self.deed[mine], self.play[mine], self.plays)


def planned(actions: Sequence[Action], customers: int, weeks: int) -> Plans:
    """Actions in order of week and customer; StatisticsError for one that cannot happen."""
    names, plays = list(DEEDS), sorted({one.play or one.deed for one in actions})
    rows = []
    for one in actions:
        number = int(one.customer.lstrip("c") or 0) if isinstance(one.customer, str) else one.customer
        if one.deed not in names or not 1 <= number <= customers or not 0 <= one.week < weeks:
            raise StatisticsError(
                f"{one.deed} for customer {number} in week {one.week}",
                f"one of {', '.join(names)}, customers 1 to {customers}, weeks 0 to {weeks - 1}",
                "correct the action",
            )
        rows.append((one.week, number, names.index(one.deed), plays.index(one.play or one.deed)))
    week, who, deed, play = np.array(sorted(rows), dtype=np.int64).reshape(-1, 4).T
    return Plans(who, week, deed, play, tuple(plays))


class Deeds:
    """Does what is planned for one chunk; keeps who was reached."""

    def __init__(self, plans: Plans, people: People, contacts: Contacts, effects: Effects) -> None:
        self.plans = plans
        self.people = people
        self.contacts = contacts
        self.effects = effects
        self.reached = np.zeros(len(plans.who), dtype=bool)

    def run(self, week: int) -> None:
        """Do what is planned for the week; who has left or not come yet is not reached."""
        people = self.people
        for deed, (name, (touchpoint, channel)) in enumerate(DEEDS.items()):
            rows = np.flatnonzero((self.plans.week == week) & (self.plans.deed == deed))
            who = self.plans.who[rows]
            there = (people.joined_day[who] < 7 * week) & (people.left_day[who] > 7 * week)
            self.reached[rows[there]] = True
            who = np.unique(who[there])
            self.contacts.rng.begin(week, name)
            self.contacts.add(
                who, 7 * week + 0.4 + 0.01 * deed + np.zeros(len(who)), touchpoint, "care", channel,
                outbound=True, outcome=0, silent=True, moves=False,
            )  # fmt: skip
            self._answer(name, who, week)

    def _answer(self, name: str, who: Ints, week: int) -> None:
        people, effects = self.people, self.effects
        if name == "apology":
            people.hurt[who] *= effects.apology_keeps_share_of_hurt
            people.hurt_about[who] *= effects.apology_keeps_share_of_hurt
            left = np.maximum(people.disrespected_until[who] - week, 0)
            kept = np.round(left * effects.apology_keeps_share_of_disrespect).astype(np.int64)
            people.disrespected_until[who] = np.where(left > 0, week + kept, people.disrespected_until[who])
        elif name == "rescue_call":
            people.cared_until[who] = week + effects.rescue_window_weeks
        gain = {"apology": effects.apology_bond_gain, "thanks": effects.thanks_bond_gain}.get(name, 0.0)
        people.bond[who] = np.clip(people.bond[who] + gain, 0.5, 99.5)
