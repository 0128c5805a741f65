"""The weeks of one chunk of customers, from first to last; once more without what was done for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

import numpy as np
import pyarrow as pa

from heartline.simulate.company import Effects
from heartline.simulate.contacts import Contacts
from heartline.simulate.deeds import Deeds, Plans
from heartline.simulate.draws import Draws, Keyed
from heartline.simulate.people import Bools, Floats, People, draw_people
from heartline.simulate.surveys import Surveys
from heartline.simulate.weeks import Week


@dataclass(frozen=True)
class Plan:
    """What all chunks share. plans: what is done for customers; None: nothing, and chance comes in one stream."""

    seed: int
    weeks: int
    end: date
    texts: bool
    small_visits: float
    effects: Effects
    plans: Plans | None = None

    @property
    def days(self) -> int:
        """Length of the simulation in days."""
        return 7 * self.weeks

    def micros(self, day: Floats) -> pa.Array:
        """Days since the first simulated day as UTC time stamps; an infinite day is NULL."""
        end = int(datetime.combine(self.end, time(), UTC).timestamp()) * 1_000_000
        known = np.isfinite(day)
        micros = np.where(known, np.floor((np.where(known, day, 0) - self.days) * 86_400) * 1_000_000, 0)
        return pa.array(micros.astype(np.int64) + end, mask=~known).cast(pa.timestamp("us", tz="UTC"))


@dataclass(frozen=True)
class Life:
    """All weeks of a chunk, before anything is written down."""

    rng: Draws
    people: People
    contacts: Contacts
    surveys: Surveys
    week: Week
    start: Floats
    middle: Floats
    reached: Bools


def live_weeks(plan: Plan, number: int, first: int, count: int) -> Life:
    """Draw the people of chunk ``number`` and live all weeks."""
    stream = np.random.default_rng([plan.seed, number])
    people = draw_people(stream, first, count, plan.days, plan.effects)
    rng = Draws(stream) if plan.plans is None else Keyed(stream, plan.seed, first, count)
    contacts = Contacts(rng, people, plan.days, plan.effects)
    surveys = Surveys(rng, people, plan.days, plan.effects)
    week = Week(rng, people, contacts, plan.effects, plan.days, plan.small_visits)
    deeds = Deeds(plan.plans.of(first, count), people, contacts, plan.effects) if plan.plans else None
    start, middle = people.bond.copy(), people.bond.copy()
    for at in range(plan.weeks):
        if deeds:
            deeds.run(at)
        rng.begin(at)
        if at % 13 == 11:
            surveys.wave(at)
        if at == plan.weeks - 26:
            middle = people.bond.copy()
        week.run(at)
    rng.begin(plan.weeks, "afterwards")
    reached = deeds.reached if deeds else np.zeros(0, bool)
    return Life(rng, people, contacts, surveys, week, start, middle, reached)


def left_without(plan: Plan, number: int, first: int, count: int, lived: Life) -> Floats:
    """When each would have left had nothing been done for anybody: the same people and chances, lived again."""
    if plan.plans is None or not len(lived.reached):
        return lived.people.left_day
    nothing = replace(plan.plans.of(0, 0), plays=())
    return live_weeks(replace(plan, plans=nothing), number, first, count).people.left_day
