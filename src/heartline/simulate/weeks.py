"""One week of the company's life for one chunk of customers: journeys, support, posts, leaving."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from heartline.simulate.company import CHANNEL, SITUATION, Effects
from heartline.simulate.contacts import Contacts, pick
from heartline.simulate.draws import Draws
from heartline.simulate.people import Bools, Floats, Ints, People

ACT_REFERRAL, ACT_WORDS, ACT_DEFENCE, ACT_ATTACK = 0, 1, 2, 3


@dataclass
class Ledger:
    """Rows that are not contacts: orders, referrals, promoting and attacking acts."""

    orders: list[tuple[Ints, Floats, Floats, Floats, Floats, Ints]] = field(default_factory=list)
    acts: list[tuple[Ints, Floats, Ints]] = field(default_factory=list)


class Week:
    """Runs the weeks in order; keeps what the weeks need of one another."""

    def __init__(
        self,
        rng: Draws,
        people: People,
        contacts: Contacts,
        effects: Effects,
        days: int,
        small_visits: float,
    ) -> None:
        self.rng = rng
        self.everyone = np.arange(people.count)
        self.people = people
        self.contacts = contacts
        self.effects = effects
        self.days = days
        self.small_visits = small_visits
        self.ledger = Ledger()

    def run(self, week: int) -> None:
        """Live one week."""
        people = self.people
        start = 7.0 * week
        there = (people.joined_day < start + 7) & (people.left_day > start)
        self._sign_up(week, there)
        self._orders(week, there)
        self._small_visits(week, there)
        self._questions(week, there)
        self._newsletter(week, there)
        self._posts(week, there)
        self._attacks(week)
        self._leave(week, there)
        people.bond += self.effects.bond_reversion_weekly * (people.set_point - people.bond)
        people.satisfaction_z *= 0.995
        people.hurt *= 0.5 ** (1 / self.effects.hurt_half_life_weeks)
        people.hurt_about *= 0.5 ** (1 / self.effects.hurt_half_life_weeks)

    def _some(self, there: Bools, rate: Floats | float) -> Ints:
        return pick(there & (self.rng.random(self.everyone) < rate))

    def _moment(self, who: Ints, week: int) -> Floats:
        """A moment in the week between eight and ten, never before the person joined."""
        day = 7 * week + self.rng.integers(0, 7, who) + self.rng.uniform(8, 22, who) / 24
        moment: Floats = np.maximum(day, self.people.joined_day[who] + 0.02)
        return moment

    def _web_or_app(self, who: Ints) -> Ints:
        app = self.people.app_user[who] & (self.rng.random(who) < 0.7)
        return np.where(app, CHANNEL["app"], CHANNEL["web"])

    def _sign_up(self, week: int, there: Bools) -> None:
        people = self.people
        new = there & ~people.account & (people.joined_day >= 7 * week)
        late = there & ~people.account & (people.joined_day < 7 * week)
        who = np.sort(np.concatenate([self._some(new, 0.75), self._some(late, 0.012)]))
        people.account[who] = True
        self.contacts.add(who, self._moment(who, week), "account_opening", "sign_up", self._web_or_app(who), outcome=0)

    # ------------------------------------------------------------------ buying

    def _orders(self, week: int, there: Bools) -> None:
        people, effects = self.people, self.effects
        z = people.bond_z(effects)
        rate = people.propensity * np.exp(effects.log_rate_per_bond_sd * z)
        # the first order comes with joining; later orders at the person's own rate
        joining = there & (people.joined_day >= 7 * week)
        who = self._some(there, np.where(joining, 0.8, 1 - np.exp(-rate * 1.15)))
        day = self._moment(who, week)
        online = self.rng.random(who) < people.online[who]
        self._store_order(who[~online], day[~online])
        self._online_order(who[online], day[online])

    def _store_order(self, who: Ints, day: Floats) -> None:
        contacts, rng = self.contacts, self.rng
        advised = rng.random(who) < 0.4
        known = rng.random(who)
        bond = self.people.bond[who]
        situation = np.where(
            known < 0.05 + 0.0012 * bond,
            SITUATION["recognised"],
            np.where(known > 0.9, SITUATION["unrecognised"], SITUATION["ordinary"]),
        )
        contacts.add(who[advised], day[advised], "product_advice", "visit", "store", situation[advised], outcome=0)
        queue = np.where(rng.random(who) < 0.14, SITUATION["hassle"], SITUATION["ordinary"])
        contacts.add(who, day + 0.01, "checkout", "order", "store", queue, outcome=0)
        self._bought(who, day + 0.012, CHANNEL["store"] * np.ones(len(who), dtype=np.int64), np.zeros(len(who)))

    def _online_order(self, who: Ints, day: Floats) -> None:
        contacts, effects, rng = self.contacts, self.effects, self.rng
        z = self.people.bond_z(effects)[who]
        channel = self._web_or_app(who)
        session = contacts.new_conversations(len(who))
        easy = rng.random(who)
        search = np.where(
            easy < 0.12, SITUATION["confusing"], np.where(easy > 0.8, SITUATION["easy"], SITUATION["ordinary"])
        )
        contacts.add(who, day, "product_search", "visit", channel, search, outcome=0, conversation=session)
        coded = rng.random(who) < effects.code_use_base + effects.code_use_per_bond_sd * z
        broken = coded & (rng.random(who) < effects.code_fails)
        self._enter_code(who, day + 0.004, channel, session, coded & ~broken, broken)
        gives_up = rng.random(who) < np.where(broken, effects.abandon_if_code_failed, effects.abandon_otherwise)
        slow = rng.random(who) < 0.1
        contacts.add(
            who,
            day + 0.012,
            "checkout",
            "order",
            channel,
            np.where(slow, SITUATION["hassle"], SITUATION["ordinary"]),
            outcome=np.where(gives_up, 1, 0),
            conversation=session,
        )
        goes_on = ~gives_up
        contacts.add(
            who[goes_on], day[goes_on] + 0.014, "payment", "payment", channel[goes_on],
            outcome=0, conversation=session[goes_on],
        )  # fmt: skip
        depth = np.clip(effects.discount_depth + effects.discount_depth_per_bond_sd * z, 0.03, 0.4)
        discount = np.where(coded & ~broken, depth, 0.0)
        self._bought(who[goes_on], day[goes_on] + 0.0145, channel[goes_on], discount[goes_on])
        self._deliver(who[goes_on], day[goes_on])

    def _enter_code(self, who: Ints, day: Floats, channel: Ints, session: Ints, works: Bools, broken: Bools) -> None:
        """A broken code is typed again and again: one to three failed rows in one session."""
        contacts = self.contacts
        contacts.add(
            who[works], day[works], "discount_code", "code", channel[works], "easy",
            outcome=0, conversation=session[works],
        )  # fmt: skip
        tries = self.rng.integers(0, 3, who)
        for again in range(3):
            rows = broken & (tries >= again)
            contacts.add(
                who[rows], day[rows] + 0.001 * again, "discount_code", "code", channel[rows], "code_failed",
                outcome=2, conversation=session[rows], moves=again == 0, silent=again > 0,
            )  # fmt: skip

    def _bought(self, who: Ints, day: Floats, channel: Ints, discount: Floats) -> None:
        people, effects, rng = self.people, self.effects, self.rng
        z = people.bond_z(effects)[who]
        value = people.basket[who] * np.exp(effects.log_basket_per_bond_sd * z + 0.38 * rng.normal(who))
        returned = rng.random(who) < 0.07
        self.ledger.orders.append((who, day, value, discount, np.where(returned, value, 0.0), channel))
        self._return(who[returned], day[returned] + rng.uniform(3, 14, who[returned]))
        noted = rng.random(who) < effects.note_share_of_orders
        self.contacts.add(
            who[noted], day[noted] + rng.uniform(3, 8, who[noted]), "thank_you_note", "note", "mail",
            "thanked", outbound=True, outcome=0,
        )  # fmt: skip
        used = rng.random(who) < 0.42
        faulty = used & (rng.random(who) < effects.defect / 0.42)
        later = day + rng.uniform(4, 20, who)
        self.contacts.add(
            who[used], later[used], "product_use", "use", "web",
            np.where(faulty[used], SITUATION["defect"], SITUATION["ordinary"]), outcome=np.where(faulty[used], 2, 0),
        )  # fmt: skip
        self._support(who[faulty], later[faulty] + 0.5, 0.55)

    def _return(self, who: Ints, day: Floats) -> None:
        bad = self.rng.random(who)
        situation = np.where(
            bad < 0.3, SITUATION["hassle"], np.where(bad > 0.7, SITUATION["easy"], SITUATION["ordinary"])
        )
        channel = np.where(self.rng.random(who) < 0.5, CHANNEL["store"], CHANNEL["mail"])
        self.contacts.add(who, day, "returns", "return", channel, situation, outcome=0)

    def _deliver(self, who: Ints, day: Floats) -> None:
        people, effects, rng = self.people, self.effects, self.rng
        picks_up = rng.random(who) < 0.2
        at = np.floor(day) + rng.integers(2, 6, who) + rng.uniform(9, 19, who) / 24
        queue = np.where(rng.random(who) < 0.1, SITUATION["hassle"], SITUATION["ordinary"])
        self.contacts.add(who[picks_up], at[picks_up], "store_pickup", "pickup", "store", queue[picks_up], outcome=0)
        who, at = who[~picks_up], at[~picks_up]
        draw = rng.random(who)
        broken = draw < effects.promise_broken_per_order
        late = ~broken & (draw < effects.promise_broken_per_order + effects.late_delivery)
        p_betrayed = 1 / (
            1 + np.exp(-(effects.betrayal_intercept + effects.betrayal_slope * people.self_relevance[who]))
        )
        betrayed = broken & (rng.random(who) < p_betrayed)
        situation = np.full(len(who), SITUATION["ordinary"], dtype=np.int64)
        situation[draw > 0.85] = SITUATION["easy"]
        situation[late] = SITUATION["late"]
        situation[broken] = SITUATION["promise_broken"]
        situation[betrayed] = SITUATION["betrayal"]
        at = at + np.where(late | broken, 4.0, 0.0)
        self.contacts.add(who, at, "delivery", "parcel", "partner", situation, outcome=np.where(broken | late, 2, 0))
        seen = at < self.days
        people.promise_broken[who[broken & seen]] = True
        self._betray(who[betrayed & seen], at[betrayed & seen])
        self._support(who[late], at[late] + 0.2, 0.5)
        self._support(who[broken & ~betrayed], at[broken & ~betrayed] + 0.2, 0.5)

    def _betray(self, who: Ints, day: Floats) -> None:
        """Betrayed customers take revenge with a probability that rises with self-relevance."""
        people, effects = self.people, self.effects
        fresh = ~people.betrayed[who]
        who, day = who[fresh], day[fresh]
        people.betrayed[who] = True
        people.betrayed_day[who] = day
        logit = effects.revenge_intercept + effects.revenge_slope * people.self_relevance[who]
        angry = self.rng.random(who) < 1 / (1 + np.exp(-logit))
        people.attack_from[who[angry]] = day[angry] + 0.5

    # ------------------------------------------------------------------ service

    def _support(self, who: Ints, day: Floats, share: float) -> None:
        """A problem: some call, some write, most of the rest stay silent."""
        asks = self.rng.random(who) < share
        who, day = who[asks], day[asks]
        by_call = self.rng.random(who) < 0.55
        self._call(who[by_call], day[by_call], "problem")
        self._chat(who[~by_call], day[~by_call])

    def _call(self, who: Ints, day: Floats, kind: str) -> None:
        people, effects, rng = self.people, self.effects, self.rng
        day = _office_hours(day)
        team = rng.integers(0, len(effects.disrespect_by_team), who)
        rude = rng.random(who) < np.asarray(effects.disrespect_by_team)[team]
        draw = rng.random(who)
        situation = np.where(draw < 0.52, SITUATION["resolved"], SITUATION["unresolved"])
        situation[(draw > 0.40) & (draw < 0.52)] = SITUATION["understood"]
        situation[draw > 0.88] = SITUATION["hassle"]
        if kind == "question":
            situation = np.where(draw < 0.6, SITUATION["question"], SITUATION["easy"])
        situation[rude] = SITUATION["disrespect"]
        call = self.contacts.new_conversations(len(who))
        failed = np.isin(situation, (SITUATION["unresolved"], SITUATION["hassle"]))
        hangs_up = rude & (rng.random(who) < 0.55)
        self.contacts.add(
            who, day, "support_call", kind, "call", situation,
            outcome=np.where(hangs_up, 1, np.where(failed, 2, 0)), conversation=call, team=team,
        )  # fmt: skip
        hit = who[rude & (day < self.days)]
        people.disrespected[hit] = True
        until = (day[rude & (day < self.days)] // 7).astype(np.int64) + effects.disrespect_window_weeks
        people.disrespected_until[hit] = np.maximum(people.disrespected_until[hit], until)
        again = failed & ~rude & (rng.random(who) < 0.45)
        self._complain(who[again], day[again] + rng.uniform(1, 6, who[again]), call[again], team[again])

    def _chat(self, who: Ints, day: Floats) -> None:
        rng = self.rng
        team = rng.integers(0, len(self.effects.disrespect_by_team), who)
        draw = rng.random(who)
        situation = np.where(draw < 0.55, SITUATION["resolved"], SITUATION["unresolved"])
        situation[draw > 0.85] = SITUATION["confusing"]
        chat = self.contacts.new_conversations(len(who))
        failed = situation == SITUATION["unresolved"]
        self.contacts.add(
            who, day, "support_chat", "problem", "chat", situation,
            outcome=np.where(failed, 2, 0), conversation=chat, team=team,
        )  # fmt: skip
        again = failed & (rng.random(who) < 0.4)
        self._complain(who[again], day[again] + rng.uniform(1, 6, who[again]), chat[again], team[again])

    def _complain(self, who: Ints, day: Floats, conversation: Ints, team: Ints) -> None:
        recovered = self.rng.random(who) < 0.5
        situation = np.where(recovered, SITUATION["recovered"], SITUATION["unresolved"])
        channel = np.where(self.rng.random(who) < 0.7, CHANNEL["email"], CHANNEL["call"])
        self.contacts.add(
            who, day, "complaint_handling", "complaint", channel, situation,
            outcome=np.where(recovered, 0, 2), conversation=conversation, team=team,
        )  # fmt: skip

    def _questions(self, week: int, there: Bools) -> None:
        who = self._some(there, 0.0035)
        day = self._moment(who, week)
        by_call = self.rng.random(who) < 0.5
        self._call(who[by_call], day[by_call], "question")
        chat = who[~by_call]
        self.contacts.add(
            chat, day[~by_call], "support_chat", "question", "chat", "question",
            outcome=0, conversation=self.contacts.new_conversations(len(chat)),
            team=self.rng.integers(0, 5, chat),
        )  # fmt: skip

    # ------------------------------------------------------------------ attention and words

    def _small_visits(self, week: int, there: Bools) -> None:
        """Looking around, adverts seen, the loyalty programme: many, small, mostly without words."""
        people, rng = self.people, self.rng
        z = people.bond_z(self.effects)
        rate = self.small_visits * np.exp(0.25 * z + self.effects.attention_per_hurt * people.hurt)
        who = np.repeat(self.everyone, rng.poisson(rate * there, self.everyone))
        day = self._moment(who, week)
        draw = rng.random(who)
        looks = draw < 0.45
        self.contacts.add(who[looks], day[looks], "product_search", "visit", self._web_or_app(who[looks]), outcome=0)
        programme = (draw >= 0.45) & (draw < 0.7)
        luck = rng.random(who)
        situation = np.where(
            luck < 0.14, SITUATION["recognised"],
            np.where(luck > 0.92, SITUATION["unrecognised"], SITUATION["ordinary"]),
        )  # fmt: skip
        self.contacts.add(
            who[programme], day[programme], "loyalty_programme", "visit", "app", situation[programme], outcome=0
        )
        seen = (draw >= 0.7) & (draw < 0.86)
        self.contacts.add(who[seen], day[seen], "advert", "advert", "social", outbound=True, silent=False)
        rest = draw >= 0.86
        self.contacts.add(who[rest], day[rest], "product_use", "use", "app")

    def _newsletter(self, week: int, there: Bools) -> None:
        if week % 4 != 2:
            return
        people, effects = self.people, self.effects
        logit = effects.open_logit + effects.open_logit_per_bond_sd * people.bond_z(effects) + people.open_habit
        logit = logit + effects.attention_per_hurt * people.hurt
        who = self._some(there, 1 / (1 + np.exp(-logit)))
        day = self._moment(who, week)
        self.contacts.add(who, day, "newsletter", "open", "email", outcome=0)
        clicks = self.rng.random(who) < effects.click_share_of_opens
        self.contacts.add(who[clicks], day[clicks] + 0.001, "newsletter", "click", "email", outcome=0, silent=True)

    def _posts(self, week: int, there: Bools) -> None:
        people, effects, rng = self.people, self.effects, self.rng
        z = people.bond_z(effects)
        calm = there & ~np.isfinite(people.attack_from)
        rate = effects.unprompted_per_year / 52.18 * np.exp(effects.unprompted_log_per_bond_sd * z) * people.talk
        who = self._some(calm, 1 - np.exp(-rate))
        day = self._moment(who, week)
        draw = rng.random(who)
        for low, high, kind, channel, situation in (
            (0.0, 0.35, "suggestion", "email", "suggestion"),
            (0.35, 0.65, "review", "web", "review"),
            (0.65, 1.0, "community_post", "web", "fond"),
        ):
            rows = (draw >= low) & (draw < high)
            self.contacts.add(who[rows], day[rows], "community", kind, channel, situation, moves=False)
        acts = effects.acts_per_year_at_top / 52.18 * people.advocacy
        acts = acts / (1 + np.exp(-(people.bond - effects.acts_bond_midpoint) / effects.acts_bond_scale))
        who = self._some(calm & (people.hurt < 1), 1 - np.exp(-acts))
        day = self._moment(who, week)
        act = rng.choice(effects.acts_mix, who)
        self.ledger.acts.append((who, day, act))
        words, defence = act == ACT_WORDS, act == ACT_DEFENCE
        place = rng.random(who) < 0.5
        for rows, name, channel in (
            (words & place, "review", "web"),
            (words & ~place, "social_post", "social"),
        ):
            self.contacts.add(who[rows], day[rows], "community", name, channel, "recommend", moves=False)
        self.contacts.add(who[defence], day[defence], "community", "defence", "social", "defence", moves=False)

    def _attacks(self, week: int) -> None:
        people, effects = self.people, self.effects
        age = week - people.attack_from / 7
        active = age >= 0
        rate = np.where(
            active, effects.attack_posts_per_week * 0.5 ** (np.maximum(age, 0) / effects.attack_half_life_weeks), 0
        )
        first = active & (age < 1)
        who = self._some(active, np.where(first, 0.95, rate))
        day = np.maximum(self._moment(who, week), people.attack_from[who])
        public = self.rng.random(who) < 0.7
        self.contacts.add(who[public], day[public], "community", "social_post", "social", "attack", moves=False)
        self.contacts.add(who[~public], day[~public], "community", "review", "web", "attack", moves=False)
        self.ledger.acts.append((who, day, np.full(len(who), ACT_ATTACK)))

    def _leave(self, week: int, there: Bools) -> None:
        people, effects = self.people, self.effects
        hazard = people.hazard(effects, week)
        who = self._some(there & (people.joined_day < 7 * week), hazard)
        day = 7.0 * (week + 1) - 0.01 + np.zeros(len(who))
        people.left_day[who] = day
        people.left_from[who] = people.causes_of_leaving(effects, week)[who]
        quiet = people.disrespected_until[who] > week
        says = self.rng.random(who) < np.where(quiet, 0.02, 0.16)
        self.contacts.add(who[says], day[says], "complaint_handling", "cancellation", "email", "goodbye", moves=False)


def _office_hours(day: Floats) -> Floats:
    hours: Floats = np.floor(day) + 8.0 / 24 + (day - np.floor(day)) * 11 / 24
    return hours
