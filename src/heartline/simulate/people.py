"""The customers: what each brings along, and what changes in them from week to week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from heartline.simulate.company import CAUSES, MOTIVATORS, Effects

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Column = npt.NDArray[Any]  # whole numbers, real numbers or codes, one entry a row


@dataclass
class People:
    """One chunk of customers as arrays, one entry a customer. Days count from the first simulated day.

    Fixed: set_point (bond to which the person returns), propensity (orders a week at bond 50), basket,
    warmth, style_centre and style_range (how feelings become ratings), talk, answer_rate, open_habit,
    online (share of orders online), advocacy, frailty, joined_day, region, email_only, motivator.
    Moving: bond 0-100, satisfaction_z, hurt, hurt_about (the same by cause), disrespected_until (week), cared_until
    (week until which a rescue call keeps), betrayed, attacking, left_day,
    left_from (share of the hazard in the week of leaving that each cause added; else 0).
    """

    first_number: int
    joined_day: Floats
    set_point: Floats
    bond: Floats
    satisfaction_z: Floats
    self_relevance: Floats
    propensity: Floats
    basket: Floats
    warmth: Floats
    style_centre: Floats
    style_range: Floats
    talk: Floats
    answer_rate: Floats
    open_habit: Floats
    online: Floats
    app_user: Bools
    advocacy: Floats
    frailty: Floats
    region: Ints
    motivator: Ints
    foreign: Bools
    hurt: Floats
    hurt_about: Floats
    disrespected_until: Ints
    cared_until: Ints
    disrespected: Bools
    betrayed: Bools
    betrayed_day: Floats
    promise_broken: Bools
    attack_from: Floats
    left_day: Floats
    left_from: Floats
    account: Bools

    @property
    def count(self) -> int:
        """Number of customers in the chunk."""
        return len(self.bond)

    def bond_z(self, effects: Effects) -> Floats:
        """Bond in standard deviations of the company's planted distribution."""
        z: Floats = (self.bond - effects.bond_mean) / effects.bond_sd
        return z

    def satisfaction(self, effects: Effects) -> Floats:
        """True satisfaction, 0-100: half shared with the bond, half its own."""
        rho = effects.bond_satisfaction_correlation
        z = rho * self.bond_z(effects) + np.sqrt(1 - rho**2) * self.satisfaction_z
        scaled: Floats = np.clip(effects.satisfaction_mean + effects.satisfaction_sd * z, 0, 100)
        return scaled

    def hazard(self, effects: Effects, week: int) -> Floats:
        """Probability of leaving in this week, given still there."""
        log = (
            effects.log_hazard_per_bond_sd * self.bond_z(effects)
            + effects.log_hazard_per_hurt * np.minimum(self.hurt, effects.hurt_counts_up_to)
            + np.log(effects.disrespect_hazard_ratio) * (self.disrespected_until > week)
            + np.log(effects.rescue_hazard_ratio) * (self.cared_until > week)
        )
        hazard: Floats = np.minimum(0.5, effects.weekly_leaving_hazard * self.frailty * np.exp(log))
        return hazard

    def causes_of_leaving(self, effects: Effects, week: int) -> Floats:
        """Share of this week's hazard that would not be there without the hurts of each cause, one column a cause.

        Rows add up to at most 1; what is left had nothing to do with a hurt. Hurt beyond what counts is shared out.
        """
        counted = np.minimum(self.hurt, effects.hurt_counts_up_to)
        known = np.maximum(self.hurt_about.sum(axis=1), 1e-12)
        logs = effects.log_hazard_per_hurt * counted[:, None] * self.hurt_about / known[:, None]
        logs[:, CAUSES.index("service")] += np.log(effects.disrespect_hazard_ratio) * (self.disrespected_until > week)
        whole = logs.sum(axis=1)
        shares: Floats = -np.expm1(-whole)[:, None] * logs / np.maximum(whole, 1e-12)[:, None]
        return shares


def draw_people(rng: np.random.Generator, first_number: int, count: int, days: int, effects: Effects) -> People:
    """Draw ``count`` customers, the first with number ``first_number``."""
    z = rng.standard_normal((7, count))
    set_point = np.clip(effects.bond_mean + effects.set_point_sd * z[0], 1, 99)
    rho = effects.bond_propensity_correlation
    # a gamma rate whose rank is tied to the bond: heavy buyers are a bit more bonded to begin with
    tied = rho * z[0] + np.sqrt(1 - rho**2) * z[1]
    shape = effects.order_rate_shape
    gammas = np.sort(rng.gamma(shape, 1 / shape, count))
    propensity = np.empty(count)
    propensity[np.argsort(tied, kind="stable")] = gammas
    propensity *= effects.orders_per_year / 52.18
    during = rng.random(count) < effects.joined_during_share
    joined = np.where(during, rng.random(count) * days * 0.92, -rng.gamma(1.6, 500, count) - 1)
    self_relevance = 1 / (1 + np.exp(-(-0.75 + 0.85 * z[0] + 0.95 * z[2])))
    return People(
        first_number=first_number,
        joined_day=joined,
        set_point=set_point,
        bond=set_point.copy(),
        satisfaction_z=z[3].copy(),
        self_relevance=self_relevance,
        propensity=propensity,
        basket=np.exp(3.9 + 0.45 * z[4]),
        warmth=np.where(rng.random(count) < effects.cool_share, effects.cool_warmth, effects.warm_warmth)
        + effects.warmth_spread * z[5],
        style_centre=rng.choice([-0.9, -0.35, 0.0, 0.35], count, p=[0.10, 0.2, 0.44, 0.26]),
        style_range=rng.uniform(0.75, 1.25, count),
        talk=rng.gamma(2.0, 0.5, count),
        answer_rate=np.clip(rng.beta(1.1, 1.1 / effects.survey_answer_mean - 1.1, count), 0, 0.9),
        open_habit=0.6 * z[6],
        online=rng.beta(1.4, 1.1, count),
        app_user=rng.random(count) < 0.42,
        advocacy=rng.gamma(2.5, 1 / 2.5, count),
        frailty=np.exp(effects.leaving_frailty_sd * rng.standard_normal(count)),
        region=rng.choice(5, count, p=[0.28, 0.24, 0.2, 0.22, 0.06]),
        motivator=rng.integers(0, len(MOTIVATORS), count),
        foreign=rng.random(count) < 0.014,
        hurt=np.zeros(count),
        hurt_about=np.zeros((count, len(CAUSES))),
        disrespected_until=np.full(count, -1, dtype=np.int64),
        cared_until=np.full(count, -1, dtype=np.int64),
        disrespected=np.zeros(count, dtype=bool),
        betrayed=np.zeros(count, dtype=bool),
        betrayed_day=np.full(count, np.inf),
        promise_broken=np.zeros(count, dtype=bool),
        attack_from=np.full(count, np.inf),
        left_day=np.full(count, np.inf),
        left_from=np.zeros((count, len(CAUSES))),
        account=~during & (rng.random(count) < 0.8),
    )
