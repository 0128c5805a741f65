"""The quarterly relationship survey: who answers, and what the answers measure."""

from __future__ import annotations

import numpy as np

from heartline.simulate.company import MOTIVATORS, TOUCHPOINTS, Effects
from heartline.simulate.draws import Draws
from heartline.simulate.people import Column, Floats, Ints, People

CONSTRUCTS = (
    "nps", "csat", "ces", "emotion", "motivator", "attachment", "importance", "performance", "understood",
)  # fmt: skip
CONSTRUCT = {name: number for number, name in enumerate(CONSTRUCTS)}
ATTACHMENT_ITEMS = (
    "I feel warmly about this company",
    "I feel connected to this company",
    "I am passionate about what they offer",
    "It would touch me if this company were gone",
)
# subject codes: -1 none, 0..len(TOUCHPOINTS)-1 a touchpoint, 100+ a motivator
NO_SUBJECT = -1
MOTIVATOR_SUBJECT = 100
COLUMNS = ("who", "day", "construct", "subject", "question", "value", "low", "high", "felt")
_STATED = np.array([touchpoint.stated_importance for touchpoint in TOUCHPOINTS])


class Surveys:
    """Answers of one chunk of customers, as growing columns."""

    def __init__(self, rng: Draws, people: People, days: int, effects: Effects) -> None:
        self.rng = rng
        self.people = people
        self.days = days
        self.effects = effects
        self._parts: dict[str, list[Column]] = {name: [] for name in COLUMNS}

    def _add(
        self, who: Ints, day: Floats, construct: str, value: Floats | Ints, low: int, high: int,
        subject: int | Ints = NO_SUBJECT, question: int = -1, felt: Floats | None = None,
    ) -> None:  # fmt: skip
        count = len(who)
        happened = day < self.days
        columns: dict[str, Column] = {
            "who": who,
            "day": day,
            "construct": np.full(count, CONSTRUCT[construct], dtype=np.int8),
            "subject": np.broadcast_to(np.asarray(subject, dtype=np.int64), (count,)),
            "question": np.full(count, question, dtype=np.int8),
            "value": np.asarray(value, dtype=np.float64),
            "low": np.full(count, low, dtype=np.int8),
            "high": np.full(count, high, dtype=np.int8),
            # what a comment under the answer would express; NaN = no comment field
            "felt": np.full(count, np.nan) if felt is None else felt,
        }
        for name, column in columns.items():
            self._parts[name].append(column[happened])

    def wave(self, week: int) -> None:
        """One wave: everybody there may be invited, few answer, some of those answer every time."""
        people, effects, rng = self.people, self.effects, self.rng
        there = (people.joined_day < 7 * week) & (people.left_day > 7 * week)
        invited = effects.survey_invited_share * people.answer_rate
        who = np.flatnonzero(there & (rng.random(np.arange(people.count)) < invited))
        day = 7 * week + rng.uniform(0, 7, who)
        bond = people.bond[who]
        satisfaction = people.satisfaction(effects)[who]
        noise = [rng.normal(who) for _ in range(3)]
        # shared answer style of a person in a wave; symmetric and inside 0-100, so the mean stays the bond
        room = np.minimum(np.minimum(bond, 100 - bond), 9)
        styled = bond + room * rng.uniform(-1, 1, who)
        for item in range(effects.attachment_items):
            answer = 1 + rng.binomial(6, styled / 100, who)
            self._add(who, day + 1e-4 * item, "attachment", answer, 1, 7, question=item)
        nps = np.clip(np.rint(0.55 * bond / 10 + 0.45 * satisfaction / 10 + 0.9 + 1.2 * noise[0]), 0, 10)
        felt = np.clip((satisfaction - 55) / 45 + 0.2 * noise[2] - 0.35 * people.hurt[who], -1, 1)
        self._add(who, day, "nps", nps, 0, 10, felt=felt)
        csat = np.clip(np.rint(1 + 4 * satisfaction / 100 + 0.5 * people.style_centre[who] + 0.5 * noise[1]), 1, 5)
        self._add(who, day, "csat", csat, 1, 5)
        known = 0.6 * bond + 0.3 * satisfaction + 6 - 8 * people.hurt[who] + 10 * noise[2]
        self._add(who, day, "understood", np.clip(np.rint(1 + known / 100 * 6), 1, 7), 1, 7)
        for asked in range(2):
            motive = (people.motivator[who] + asked * rng.integers(1, len(MOTIVATORS), who)) % len(MOTIVATORS)
            value = 2 + 3.6 * bond / 100 + (1.2 if asked == 0 else -0.4) + 0.8 * rng.normal(who)
            self._add(who, day, "motivator", np.clip(np.rint(value), 1, 7), 1, 7, subject=MOTIVATOR_SUBJECT + motive)
        asked_why = rng.random(who) < 0.3
        for _ in range(4):
            place = rng.integers(0, len(TOUCHPOINTS), who[asked_why])
            stated = np.clip(np.rint(_STATED[place] + 1.1 * rng.normal(who[asked_why])), 1, 10)
            self._add(who[asked_why], day[asked_why], "importance", stated, 1, 10, subject=place)

    def after_contacts(self, who: Ints, day: Floats, touchpoint: Ints, felt: Floats) -> None:
        """Short questions after a contact: how satisfied, how easy, how did it feel, how did we do."""
        people, rng = self.people, self.rng
        answers = rng.random(who, day) < 0.28 * people.answer_rate[who]
        who, touchpoint = who[answers], touchpoint[answers]
        day, felt = day[answers], felt[answers]
        which = rng.random(who, day)
        noise = rng.normal(who, day)
        later = day + rng.uniform(0.05, 1, who, day)
        styled = felt * people.style_range[who]
        for low, high, construct, top, value in (
            (0.0, 0.4, "csat", 5, 3 + 2 * styled + 0.5 * people.style_centre[who] + 0.4 * noise),
            (0.4, 0.6, "ces", 7, 4.6 + 1.8 * felt - 1.6 * (felt < -0.2) + 0.8 * noise),
            (0.6, 0.8, "emotion", 7, 4 + 3 * styled + 0.6 * noise),
            (0.8, 1.0, "performance", 10, 6 + 3.6 * felt + 0.9 * noise),
        ):
            rows = (which >= low) & (which < high)
            self._add(
                who[rows], later[rows], construct, np.clip(np.rint(value[rows]), 1, top), 1, top,
                subject=touchpoint[rows], felt=felt[rows] if construct == "csat" else None,
            )  # fmt: skip

    def columns(self) -> dict[str, Column]:
        """All answers in order of time, then of customer."""
        joined = {name: np.concatenate(parts) for name, parts in self._parts.items()}
        order = np.lexsort((joined["construct"], joined["who"], joined["day"]))
        return {name: column[order] for name, column in joined.items()}
