"""Every text that a student learns from: GoEmotions, customers' messages, and public texts nobody labelled."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from heartline.emotion.train import data as sources
from heartline.emotion.train import public
from heartline.emotion.train.recipe import UnlabelledRecipe, Weighing
from heartline.emotion.train.rows import Rows, customer_rows, emotion_rows

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class Pool:
    """Texts of the three kinds, in the order reddit, customers, unlabelled; and what is only watched or compared.

    held: customers' messages that no network is fitted to, to watch it
    """

    reddit: Rows
    customers: Rows
    unlabelled: list[str]
    held: Rows

    @property
    def texts(self) -> list[str]:
        """All texts that a student learns from."""
        return [*self.reddit.texts, *self.customers.texts, *self.unlabelled]


def gathered(data: Path, weighing: Weighing, recipe: UnlabelledRecipe) -> Pool:
    """Read everything. The evaluation messages and GoEmotions' dev part are kept out of the unlabelled texts."""
    reddit = emotion_rows(data, "train", weighing)
    customers = customer_rows(data, weighing)
    held = customer_rows(data, weighing, held=True)
    known = {*customers.texts, *held.texts, *evaluation_texts(data), *sources.goemotions(data, "dev").texts}
    return Pool(reddit, customers, _unlabelled(data, known, recipe), held)


def evaluation_texts(data: Path) -> list[str]:
    """Annotated messages of sources that never train."""
    service = sources.service_signals(data)
    return service.where(~sources.may_train(service)).texts


def _unlabelled(data: Path, known: set[str], recipe: UnlabelledRecipe) -> list[str]:
    draw = random.Random(recipe.seed)  # noqa: S311 - variety, not secrecy
    reviews = public.clothing(data)
    kinds: list[tuple[Iterable[str], int]] = [
        ((t for t in reviews if len(t) < recipe.clothing_longest), recipe.clothing),
        (_sentences(reviews, 30), recipe.clothing_sentences),
        (_sentences(public.seats(data), 40), recipe.seat_sentences),
        (_sentences(public.complaints(data, cut=False), 40), recipe.complaint_sentences),
        ((t for t in public.service_turns(data) if len(t.split()) >= 2), recipe.service_turns),
        (public.brighter_english(data), recipe.brighter),
    ]
    found: list[str] = []
    for texts, count in kinds:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        draw.shuffle(new)
        found += new[:count]
    return found


def _sentences(texts: Iterable[str], longest: int) -> Iterable[str]:
    """Sentences of three words to `longest`."""
    for text in texts:
        for sentence in _SENTENCE_END.split(text):
            if 3 <= len(sentence.split()) <= longest:
                yield sentence.strip()
