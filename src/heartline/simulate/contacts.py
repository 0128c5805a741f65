"""The log of contacts: every one is felt, moves the person who felt it, and is written down."""

from __future__ import annotations

import numpy as np

from heartline.simulate.company import CAUSE, CAUSES, CHANNEL, KIND, SITUATION, TOUCHPOINT_INDEX, TOUCHPOINTS, Effects
from heartline.simulate.draws import Draws
from heartline.simulate.people import Bools, Column, Floats, Ints, People

# Valence that a situation adds to the ordinary feeling of the touchpoint, and the hurt that it leaves.
SHIFT = {
    "easy": 0.22, "hassle": -0.36, "code_failed": -0.58, "late": -0.55, "promise_broken": -0.62,
    "betrayal": -0.95, "unresolved": -0.52, "resolved": 0.26, "recovered": 0.55, "recognised": 0.38,
    "unrecognised": -0.36, "recommend": 0.45, "defence": 0.25, "attack": -1.2, "suggestion": -0.12,
    "goodbye": -0.62, "defect": -0.75, "fond": 0.42, "understood": 0.36, "confusing": -0.34,
}  # fmt: skip
HURT = {
    "code_failed": 0.35, "late": 0.5, "promise_broken": 0.9, "unresolved": 0.6, "defect": 0.7,
    "unrecognised": 0.2, "hassle": 0.06, "confusing": 0.05,
}  # fmt: skip

_MEAN = np.array([t.felt_mean for t in TOUCHPOINTS])
_SPREAD = np.array([t.felt_spread for t in TOUCHPOINTS])
_GAIN = np.array([t.bond_gain for t in TOUCHPOINTS])
_HASSLE = np.array([t.hassle for t in TOUCHPOINTS])
_PRAISING = [SITUATION[name] for name in ("recommend", "defence", "fond")]
_SHIFT = np.zeros(len(SITUATION))
_HURT = np.zeros(len(SITUATION))
for _name, _value in SHIFT.items():
    _SHIFT[SITUATION[_name]] = _value
for _name, _value in HURT.items():
    _HURT[SITUATION[_name]] = _value
_ABOUT = np.array([CAUSES.index(CAUSE.get(name, "process")) for name in SITUATION])

COLUMNS = (
    "who", "day", "touchpoint", "kind", "channel", "outbound", "outcome", "situation", "felt", "seconds",
    "conversation", "team", "silent",
)  # fmt: skip


class Contacts:
    """Everything that one chunk of customers lived through, as growing columns."""

    def __init__(self, rng: Draws, people: People, days: int, effects: Effects) -> None:
        self.rng = rng
        self.people = people
        self.days = days
        self.effects = effects
        self.conversations = 0
        self._parts: dict[str, list[Column]] = {name: [] for name in COLUMNS}

    def new_conversations(self, count: int) -> Ints:
        """Numbers of ``count`` new conversations."""
        numbers = np.arange(self.conversations, self.conversations + count)
        self.conversations += count
        return numbers

    def add(
        self,
        who: Ints,
        day: Floats,
        touchpoint: str,
        kind: str,
        channel: str | Ints,
        situation: str | Ints = "ordinary",
        *,
        outbound: bool = False,
        outcome: int | Ints = -1,
        conversation: Ints | None = None,
        team: Ints | None = None,
        silent: bool = False,
        moves: bool = True,
    ) -> Floats:
        """Write contacts down and let them be felt; returns the felt valence of each.

        Contacts after the last simulated day have not happened and are dropped. ``silent`` contacts
        carry no rating and no words; ``moves=False`` contacts (own posts) leave the bond alone.
        """
        place = TOUCHPOINT_INDEX[touchpoint]
        count = len(who)
        codes = np.full(count, SITUATION[situation], dtype=np.int64) if isinstance(situation, str) else situation
        felt = self._feel(who, place, codes)
        happened = (day < self.days) & (day >= 0)
        if moves:
            self._move(who[happened], place, codes[happened], felt[happened])
        columns: dict[str, Column] = {
            "who": who,
            "day": day,
            "touchpoint": np.full(count, place, dtype=np.int8),
            "kind": np.full(count, KIND[kind], dtype=np.int8),
            "channel": (
                np.full(count, CHANNEL[channel], dtype=np.int8) if isinstance(channel, str) else channel.astype(np.int8)
            ),
            "outbound": np.full(count, outbound, dtype=np.int8),
            "outcome": np.broadcast_to(np.asarray(outcome, dtype=np.int8), (count,)),
            "situation": codes.astype(np.int8),
            "felt": felt,
            "seconds": self._seconds(who, place, felt),
            "conversation": np.full(count, -1, dtype=np.int64) if conversation is None else conversation,
            "team": np.full(count, -1, dtype=np.int8) if team is None else team.astype(np.int8),
            "silent": np.full(count, silent, dtype=np.int8),
        }
        for name, column in columns.items():
            self._parts[name].append(column[happened])
        return felt

    def _feel(self, who: Ints, place: int, codes: Ints) -> Floats:
        people, effects = self.people, self.effects
        felt = (
            _MEAN[place]
            + _SPREAD[place] * self.rng.normal(who)
            + effects.felt_per_warmth_sd * people.warmth[who]
            + effects.felt_per_bond_sd * (people.bond[who] - effects.bond_mean) / effects.bond_sd
            + _SHIFT[codes]
        )
        rude = codes == SITUATION["disrespect"]
        felt = np.where(rude, effects.disrespect_valence + 0.15 * self.rng.normal(who), felt)
        felt = np.where(codes == SITUATION["question"], 0.12 * felt, felt)
        # nobody recommends or attacks against the own feeling
        felt = np.where(np.isin(codes, _PRAISING), np.maximum(felt, 0.25 + 0.1 * self.rng.random(who)), felt)
        felt = np.where(codes == SITUATION["attack"], np.minimum(felt, -0.45), felt)
        clipped: Floats = np.clip(felt, -1, 1)
        return clipped

    def _move(self, who: Ints, place: int, codes: Ints, felt: Floats) -> None:
        """What is felt moves the bond a little, satisfaction more; what hurts stays until mended."""
        people, effects = self.people, self.effects
        gain = _GAIN[place] * (felt - effects.expected_valence)
        rude = codes == SITUATION["disrespect"]
        betrayed = codes == SITUATION["betrayal"]
        gain = gain - effects.disrespect_bond_loss * rude - effects.betrayal_bond_loss * betrayed
        np.add.at(people.bond, who, gain)
        np.clip(people.bond, 0.5, 99.5, out=people.bond)
        np.add.at(people.satisfaction_z, who, 0.16 * (felt - effects.expected_valence))
        hurt = _HURT[codes] + effects.betrayal_hurt * betrayed
        np.add.at(people.hurt, who, hurt)
        np.add.at(people.hurt_about, (who, _ABOUT[codes]), hurt)
        mended = who[(codes == SITUATION["recovered"]) | (codes == SITUATION["resolved"])]
        people.hurt[mended] *= effects.recovery_keeps_share_of_hurt
        people.hurt_about[mended] *= effects.recovery_keeps_share_of_hurt

    def _seconds(self, who: Ints, place: int, felt: Floats) -> Floats:
        """Duration: longer where there is hassle and where it went badly."""
        base = 60 + 900 * _HASSLE[place]
        bad = np.maximum(0, -felt)
        seconds: Floats = np.round(base * np.exp(0.5 * self.rng.normal(who) + 0.9 * bad * (_HASSLE[place] > 0)))
        return seconds

    def columns(self) -> dict[str, Column]:
        """All contacts in order of time, then of customer."""
        joined = {name: np.concatenate(parts) for name, parts in self._parts.items()}
        order = np.lexsort((joined["touchpoint"], joined["who"], joined["day"]))
        return {name: column[order] for name, column in joined.items()}


def pick(mask: Bools) -> Ints:
    """Numbers of the customers for whom the mask holds."""
    return np.flatnonzero(mask)
