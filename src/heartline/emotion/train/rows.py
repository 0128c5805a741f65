"""Training texts with targets and weights, one column per column of the head.

A weight of 0 means that nobody judged this column of this text; it is left out of the loss. Targets lie in 0..1:
valence is (v + 2) / 4 of the guide's scale, intensity a third of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.head import AROUSAL, COLUMNS, EMOTION, INTENSITY, MAIN, MOTIVATOR, SIGNAL, SUBJECT, VALENCE
from heartline.emotion.labels import ABOUT, AFFECT, EMOTIONS, MAIN_EMOTIONS, MOTIVATORS, SIGNALS
from heartline.emotion.train import data as sources
from heartline.emotion.train.messages import Judgement, held_back, own_messages
from heartline.emotion.train.public import annotated_messages
from heartline.emotion.train.recipe import Weighing

F32 = NDArray[np.float32]

GOEMOTIONS = "goemotions"
"""Source of the rows of GoEmotions itself; those also annotated as customers' texts have annotated:goemotions."""
_VALENCE = np.array([AFFECT[e][0] for e in EMOTIONS], np.float32)
_AROUSAL = np.array([AFFECT[e][1] for e in EMOTIONS], np.float32)


@dataclass(frozen=True)
class Rows:
    """n texts: targets and weights (n, L) in the order of `head.COLUMNS`, and where each text comes from."""

    texts: list[str]
    targets: F32
    weights: F32
    sources: list[str]

    def __len__(self) -> int:
        return len(self.texts)

    def at(self, index: NDArray[np.int64]) -> Rows:
        """Some of the rows."""
        return Rows(
            [self.texts[i] for i in index],
            self.targets[index],
            self.weights[index],
            [self.sources[i] for i in index],
        )


_KINDS = {
    "own": "own messages",
    "annotated": "annotated public texts",
    "guide": "messages annotated under the guide",
    "rated": "rated reviews",
}


def kind_of(source: str) -> str:
    """The kind of text of a source, as the card names it."""
    return _KINDS.get(source.partition(":")[0], source)


def joined(parts: Sequence[Rows]) -> Rows:
    """Several sets of rows as one."""
    return Rows(
        [text for part in parts for text in part.texts],
        np.vstack([part.targets for part in parts]),
        np.vstack([part.weights for part in parts]),
        [source for part in parts for source in part.sources],
    )


def customer_rows(data: Path, weighing: Weighing, held: bool = False) -> Rows:
    """Own messages, annotated public texts and the guide's annotated messages that may train.

    held: the texts that are kept back to watch a fit, instead of all others. The guide's messages are never held.
    """
    found = _Collected()
    for message in own_messages():
        if held_back(message.text) == held:
            found.add(message.text, *judged(message.judgement, weighing), message.source)
    reddit = sources.goemotions(data, "train")
    labels = dict(zip(reddit.texts, reddit.labels, strict=True))
    for message in annotated_messages(data):
        if held_back(message.text) != held:
            continue
        target, weight = judged(message.judgement, weighing)
        if message.source == GOEMOTIONS:
            target[EMOTION] = labels[message.text]
            weight[EMOTION] = 1.0
            target[AROUSAL], weight[AROUSAL] = _arousal(target[EMOTION]), weighing.arousal
        found.add(message.text, target, weight, f"annotated:{message.source}")
    if not held:
        service = sources.service_signals(data)
        service = service.where(sources.may_train(service))
        for i, text in enumerate(service.texts):
            found.add(text, *_guided(service, i, weighing), f"guide:{service.sources[i]}")
    return found.rows()


def emotion_rows(data: Path, part: str, weighing: Weighing) -> Rows:
    """GoEmotions, part ``train`` or ``dev``; arousal and valence are the mean of the labels' own."""
    reddit = sources.goemotions(data, part)
    n = len(reddit.texts)
    targets, weights = np.zeros((n, len(COLUMNS)), np.float32), np.zeros((n, len(COLUMNS)), np.float32)
    share = reddit.labels / reddit.labels.sum(axis=1, keepdims=True)
    targets[:, EMOTION], weights[:, EMOTION] = reddit.labels, 1.0
    targets[:, AROUSAL], weights[:, AROUSAL] = share @ _AROUSAL, weighing.reddit_arousal
    targets[:, VALENCE], weights[:, VALENCE] = (share @ _VALENCE + 1) / 2, weighing.reddit_valence
    return Rows(reddit.texts, targets, weights, [GOEMOTIONS] * n)


def rated_rows(data: Path, known: set[str], each: int, weighing: Weighing) -> Rows:
    """Reviews with their rating as valence; at most `each` of a rating and source, none in `known`."""
    texts, valence = sources.rated(data, known, each)
    targets, weights = (
        np.zeros((len(texts), len(COLUMNS)), np.float32),
        np.zeros((len(texts), len(COLUMNS)), np.float32),
    )
    targets[:, VALENCE], weights[:, VALENCE] = (valence + 1) / 2, weighing.rated_valence
    return Rows(texts, targets, weights, ["rated"] * len(texts))


def judged(judgement: Judgement, weighing: Weighing) -> tuple[F32, F32]:
    """Targets (L,) and weights (L,) of one judgement."""
    target, weight = np.zeros(len(COLUMNS), np.float32), np.zeros(len(COLUMNS), np.float32)
    target[VALENCE], weight[VALENCE] = (judgement.valence + 2) / 4, weighing.valence
    target[INTENSITY], weight[INTENSITY] = judgement.intensity / 3, 1.0
    target[MAIN.start + MAIN_EMOTIONS.index(judgement.main_emotion)] = 1.0
    target[SUBJECT.start + ABOUT.index(judgement.about)] = 1.0
    target[[SIGNAL.start + SIGNALS.index(s) for s in judgement.signals]] = 1.0
    weight[MAIN] = weight[SUBJECT] = weight[SIGNAL] = 1.0
    if judgement.motivators is not None:
        target[[MOTIVATOR.start + MOTIVATORS.index(m) for m in judgement.motivators]] = 1.0
        weight[MOTIVATOR] = 1.0
    if judgement.emotions is not None:
        target[[EMOTIONS.index(e) for e in judgement.emotions]] = 1.0
        weight[EMOTION] = weighing.own_emotions
        target[AROUSAL], weight[AROUSAL] = _arousal(target[EMOTION]), weighing.arousal
    return target, weight


def _guided(service: sources.ServiceTexts, i: int, weighing: Weighing) -> tuple[F32, F32]:
    """A message of the annotated set, where nobody judged motivators or GoEmotions' labels."""
    target, weight = np.zeros(len(COLUMNS), np.float32), np.zeros(len(COLUMNS), np.float32)
    target[VALENCE], weight[VALENCE] = (service.valence[i] + 1) / 2, weighing.valence
    target[INTENSITY], weight[INTENSITY] = service.intensity[i], 1.0
    target[MAIN], target[SUBJECT], target[SIGNAL] = service.main_emotion[i], service.about[i], service.signals[i]
    weight[MAIN] = weight[SUBJECT] = weight[SIGNAL] = 1.0
    return target, weight


def _arousal(labels: F32) -> float:
    return float(labels @ _AROUSAL / labels.sum())


class _Collected:
    """Rows as they come."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.targets: list[F32] = []
        self.weights: list[F32] = []
        self.sources: list[str] = []

    def add(self, text: str, target: F32, weight: F32, source: str) -> None:
        self.texts.append(text)
        self.targets.append(target)
        self.weights.append(weight)
        self.sources.append(source)

    def rows(self) -> Rows:
        shape = (len(self.texts), len(COLUMNS))
        targets = np.array(self.targets, np.float32).reshape(shape)
        return Rows(self.texts, targets, np.array(self.weights, np.float32).reshape(shape), self.sources)
