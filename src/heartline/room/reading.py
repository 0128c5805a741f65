"""What one turn says: how it feels by the text model, and what its words do in the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from heartline.emotion import EMOTIONS, EmotionModel
from heartline.room import cues

_REFUSAL, _OBJECTION, _PLEASED, _HOSTILE = -0.4, -0.2, 0.15, -0.5
"""What words of refusal and the like add to the valence; chosen on half of the dialogues that the card names."""
_GOOD = [EMOTIONS.index(one) for one in (
    "gratitude", "approval", "admiration", "joy", "love", "optimism", "excitement", "amusement", "caring", "relief",
)]  # fmt: skip
_BAD = [EMOTIONS.index(one) for one in (
    "annoyance", "disappointment", "disapproval", "anger", "confusion", "disgust", "sadness",
)]  # fmt: skip
_LEANING = 0.4
"""What probabilities of good and bad emotions add, also of those that are not sure enough to be named."""
_WEIGHT = 0.8
"""How much a turn of some words says of the mood after it, against all before; chosen in the same way."""
_QUOTE = 160
_NO_ACTS = ("deed", "question", "small", "what_if", "shift")
"""Kinds of words that say nothing by themselves."""
_HOSTILE_SIGNALS = {"disrespect", "revenge"}


@dataclass(frozen=True)
class Reading:
    """What one turn says.

    felt: -1 to 1, valence moved by what the words do; 0 where nothing tells
    weight: 0 to 1, how much the turn says of its speaker's mood: more words, more
    acts: kinds of cues.KINDS that it holds; asks: whether it asks something
    question, promise: the sentence, None where there is none
    quote: the sentence that says most
    """

    felt: float
    weight: float
    words: int
    acts: frozenset[str]
    asks: bool
    question: str | None
    promise: str | None
    quote: str

    def does(self, *kinds: str) -> bool:
        """Whether it does one of these."""
        return not self.acts.isdisjoint(kinds)


def read(texts: Sequence[str], model: EmotionModel) -> list[Reading]:
    """Readings of turns, in their order; the same text gives the same reading whatever stands beside it.

    Where the model cannot read (another language, no words, not sure) the words alone are counted.
    """
    scores = model.score(list(texts))
    leaning = np.nan_to_num(scores.p_emotion[:, _GOOD].sum(axis=1) - scores.p_emotion[:, _BAD].sum(axis=1))
    felt = np.nan_to_num(scores.valence) + _LEANING * leaning
    signals = [set((one or "").split()) for one in scores.signals]
    return [_reading(text, float(felt[at]), signals[at]) for at, text in enumerate(texts)]


def _reading(text: str, valence: float, signals: set[str]) -> Reading:
    pieces = cues.sentences(text)
    by_kind = {kind: next((one for one in pieces if _does(one, kind)), None) for kind in cues.KINDS}
    acts = {kind for kind, one in by_kind.items() if one is not None and kind not in _NO_ACTS}
    if signals & _HOSTILE_SIGNALS:
        acts.add("hostile")
    promise = next((one for one in pieces if cues.found(one, "promise") and cues.found(one, "deed")), None)
    if promise is None:
        acts.discard("promise")
    if cues.is_small(text):
        acts = acts & {"agreement"}
    if acts & {"confusion", "refusal", "hostile"}:
        acts.discard("decision")  # "I don't see what happens next" is no yes
    question = next((one for one in reversed(pieces) if one.endswith("?") or _asks(one)), None)
    felt = valence
    for kind, move in (("refusal", _REFUSAL), ("objection", _OBJECTION), ("pleased", _PLEASED), ("hostile", _HOSTILE)):
        felt += move * (kind in acts)
    telling = ("hostile", "decision", "objection", "confusion", "hesitation", "wind_down", "refusal", "pleased")
    quote = next((by_kind[kind] for kind in telling if kind in acts and by_kind[kind]), None)
    words = len(text.split())
    return Reading(
        felt=max(-1.0, min(1.0, felt)),
        weight=_WEIGHT * (1 - 0.5**words),
        words=words,
        acts=frozenset(acts),
        asks=question is not None,
        question=question,
        promise=promise,
        quote=_short(quote or question or (pieces[-1] if pieces else "")),
    )


def _does(sentence: str, kind: str) -> bool:
    """Who asks whether something is the case does not say so."""
    asks = sentence.endswith("?") and kind in ("objection", "wind_down") and not cues.found(sentence, "what_if")
    return not asks and cues.found(sentence, kind)


def _asks(sentence: str) -> bool:
    """Speech recognisers often leave question marks out; a long sentence that begins like one mostly is none."""
    return len(sentence.split()) <= 14 and not sentence.endswith((".", "!")) and cues.found(sentence, "question")


def _short(text: str) -> str:
    return text if len(text) <= _QUOTE else text[: _QUOTE - 1].rstrip() + "…"
