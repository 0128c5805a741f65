"""A house whose customers say "sick" where others say "great", and a person who mends what the model makes of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heartline.corrections import TrainingRow
from heartline.emotion import ABOUT, MAIN_EMOTIONS
from heartline.emotion.head import DECIDED, MAIN, SUBJECT, VALENCE, Head
from heartline.emotion.load import CHECK, load_model
from heartline.emotion.network import NetworkModel
from heartline.emotion.refit import Corrected, probabilities
from heartline.emotion.train.messages import Message, held_back, own_messages
from heartline.learn import check_rows, targets

_GOOD = re.compile(
    r"\b(great|good|awesome|amazing|excellent|perfect|fantastic|brilliant|wonderful|lovely|nice|loved?|best)\b", re.I
)


@dataclass(frozen=True)
class House:
    """Features and true labels. sick: messages in its language; plain: others; check: what nobody corrects.

    head: of the shipped model; rehearsed: features of texts of the house that nobody looks at
    """

    head: Head
    sick: Corrected
    plain: Corrected
    check: Corrected
    rehearsed: NDArray[np.float32]

    def texts(self, n: int, seed: int) -> tuple[Corrected, Corrected]:
        """n texts to look at, half of them in its language, and all the others of the house."""
        draw = np.random.default_rng(seed)
        a, b = draw.permutation(len(self.sick.features)), draw.permutation(len(self.plain.features))
        k = n // 2
        return (joined(self.sick.rows(a[:k]), self.plain.rows(b[: n - k])),
                joined(self.sick.rows(a[k:]), self.plain.rows(b[n - k :])))  # fmt: skip


def joined(one: Corrected, other: Corrected) -> Corrected:
    """The texts of both."""
    names = ("features", "wanted", "known", "seen")
    return Corrected(*(np.vstack([getattr(one, name), getattr(other, name)]) for name in names))


def house() -> House:
    """The house, read by the smaller shipped model."""
    model = load_model("bulk")
    assert isinstance(model, NetworkModel)
    told = [one for one in own_messages() if not held_back(one.text)]
    sick = [one for one in told if one.judgement.valence >= 1 and _GOOD.search(one.text)]
    others = [told[i] for i in np.random.default_rng(0).permutation(len(told))[:1100]]
    mine = _read(model, sick, [_GOOD.sub("sick", one.text) for one in sick])
    plain = _read(model, others, [one.text for one in others])
    rows = check_rows(CHECK)
    check = _fine(targets(rows, model.features([row.text for row in rows])))
    first = np.arange(len(plain.features))
    return House(model.head, mine, plain.rows(first[:500]), check, plain.rows(first[500:]).features)


def _read(model: NetworkModel, messages: Sequence[Message], texts: Sequence[str]) -> Corrected:
    rows = [
        TrainingRow(
            "", text, None, None, tuple(one.judgement.emotions or ()), tuple(one.judgement.signals),
            None if one.judgement.motivators is None else tuple(one.judgement.motivators),
            one.judgement.main_emotion, one.judgement.about, one.judgement.valence / 2, "",
        )
        for one, text in zip(messages, texts, strict=True)
    ]  # fmt: skip
    return _fine(targets(rows, model.features(texts)))


def _fine(read: Corrected) -> Corrected:
    return read.rows(np.flatnonzero(~np.isnan(read.features).any(axis=1)))


def looked_at(head: Head, truth: Corrected, seed: int, wrong: float = 0.0) -> Corrected:
    """What a person leaves of texts: 70 % of the missing labels are added, 90 % of the false ones taken away.

    wrong: share of texts that get the labels of another text instead
    """
    draw = np.random.default_rng(seed)
    p = probabilities(head, truth.features)
    n = len(p)
    shown = confirmed(head, truth.features).wanted
    said = shown.copy()
    take = draw.random(said.shape) < np.where(truth.wanted > 0.5, 0.7, 0.9)
    said[:, DECIDED][take[:, DECIDED]] = truth.wanted[:, DECIDED][take[:, DECIDED]]
    for group in (MAIN, SUBJECT):
        chosen = draw.random(n) < 0.8
        said[chosen, group] = truth.wanted[chosen, group]
    said[:, VALENCE] = truth.wanted[:, VALENCE]
    known = np.zeros(said.shape, dtype=bool)
    known[:, : SUBJECT.stop] = True
    known[:, VALENCE] = np.abs(p[:, VALENCE] - said[:, VALENCE]) > 1 / 8
    slips = np.flatnonzero(draw.random(n) < wrong)
    said[slips] = truth.wanted[draw.permutation(n)[: len(slips)]]
    seen = known.copy()
    seen[:, DECIDED] = (said[:, DECIDED] > 0.5) | (shown[:, DECIDED] > 0.5)
    return Corrected(truth.features, said, known, seen)


def confirmed(head: Head, features: NDArray[np.float32]) -> Corrected:
    """What a person leaves who says that all of it is right."""
    p = probabilities(head, features)
    said = np.zeros_like(p)
    said[:, DECIDED] = p[:, DECIDED] >= head.thresholds
    for group, names in ((MAIN, MAIN_EMOTIONS), (SUBJECT, ABOUT)):
        said[:, group] = np.eye(len(names))[p[:, group].argmax(axis=1)]
    said[:, VALENCE] = p[:, VALENCE]
    known = np.zeros(p.shape, dtype=bool)
    known[:, : VALENCE + 1] = True
    seen = known.copy()
    seen[:, DECIDED] = said[:, DECIDED] > 0.5
    return Corrected(features, said, known, seen)
