"""Teachers: networks that are too large to ship, fitted to everything with labels.

What they say of every text is what students learn beside the labels (distillation: Hinton, Vinyals and Dean 2015).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from transformers import AutoTokenizer

from heartline.emotion.head import COLUMNS, EMOTION, chances
from heartline.emotion.train.checkpoints import Checkpoints, key_from
from heartline.emotion.train.encoders import MINILM
from heartline.emotion.train.finetune import ask, fit
from heartline.emotion.train.network import Network, open_network
from heartline.emotion.train.pool import Pool, evaluation_texts
from heartline.emotion.train.recipe import TeacherRecipe, Weighing
from heartline.emotion.train.rows import Rows, joined, rated_rows
from heartline.emotion.train.student import cut, vocabulary
from heartline.emotion.wordpiece import WordPieces, words

F32 = NDArray[np.float32]
Index = NDArray[np.int64]

_READ = 1_500
"""Characters of a text that are read."""


@dataclass(frozen=True)
class _Cutter:
    """Texts to numbers of pieces: `plain` as students read them, `raw` as they stand."""

    plain: Callable[[Sequence[str], int], list[list[int]]]
    raw: Callable[[Sequence[str], int], list[list[int]]]
    padding: int


@dataclass(frozen=True)
class Teacher:
    """A fitted teacher and what it says: (n, L) probabilities of every text of the pool, in its order."""

    network: Network
    answers: F32


def taught(
    pool: Pool,
    data: Path,
    encoder: Path,
    recipe: TeacherRecipe,
    weighing: Weighing,
    kept: Checkpoints,
    say: Callable[[str], None],
) -> Teacher:
    """A teacher fitted by the recipe.

    encoder: Hugging Face folder with weights and vocabulary
    """
    cutter = _cutter(encoder, recipe)
    known = {*pool.customers.texts, *pool.held.texts, *evaluation_texts(data)}
    rated = rated_rows(data, known, recipe.rated_each, weighing)
    rows = joined([pool.customers, rated, pool.reddit])
    first_key = key_from(recipe.encoder, recipe.seed, recipe.first, recipe.first_longest, pool.reddit.texts)
    key = key_from(first_key, recipe, rows.texts, rows.targets, rows.weights)

    def opened() -> Network:
        return open_network(encoder, recipe.seed)

    def started() -> Network:
        if recipe.first is None:
            return opened()
        return kept.network(
            f"{recipe.encoder}-first", first_key, opened, lambda n: _fit_first(n, pool.reddit, cutter, recipe, say)
        )

    network = kept.network(
        recipe.encoder,
        key,
        started,
        lambda n: _fit_second(n, rows, len(pool.customers), len(rated), cutter, recipe, say),
    )

    def answers() -> F32:
        say(f"answers of {recipe.encoder} for {len(pool.texts)} texts")
        pieces = cutter.plain(pool.texts, recipe.longest)
        return chances(ask(network, pieces, cutter.padding, recipe.second.half))

    return Teacher(network, kept.array(f"{recipe.encoder}-answers", key_from(key, pool.texts), answers))


def plain(text: str) -> str:
    """A text in the words that a student reads: addresses, handles and emoji named."""
    return " ".join(word for word, _, _ in words(text[:_READ]))


def _cutter(encoder: Path, recipe: TeacherRecipe) -> _Cutter:
    """MiniLM's pieces are the project's own; MPNet's come from its tokenizer."""
    if recipe.encoder == MINILM.name:
        own = WordPieces(vocabulary(encoder))

        def cut_own(texts: Sequence[str], longest: int) -> list[list[int]]:
            return cut(own, texts, longest)

        return _Cutter(cut_own, cut_own, padding=0)
    theirs = AutoTokenizer.from_pretrained(encoder)

    def cut_raw(texts: Sequence[str], longest: int) -> list[list[int]]:
        found: list[list[int]] = theirs(list(texts), truncation=True, max_length=longest)["input_ids"]
        return found

    return _Cutter(lambda texts, longest: cut_raw([plain(t) for t in texts], longest), cut_raw, theirs.pad_token_id)


def _fit_first(
    network: Network, reddit: Rows, cutter: _Cutter, recipe: TeacherRecipe, say: Callable[[str], None]
) -> None:
    """Emotions only, on the texts as they are."""
    say(f"{recipe.encoder}, first phase: GoEmotions")
    weights = np.zeros((len(reddit), len(COLUMNS)), np.float32)
    weights[:, EMOTION] = 1.0
    pieces = cutter.raw(reddit.texts, recipe.first_longest)
    if recipe.first is not None:
        fit(network, pieces, reddit.targets, weights, recipe.first, recipe.seed, cutter.padding, say)


def _fit_second(
    network: Network,
    rows: Rows,
    customers: int,
    rated: int,
    cutter: _Cutter,
    recipe: TeacherRecipe,
    say: Callable[[str], None],
) -> None:
    """All columns. Rows: customers first, then rated reviews, then GoEmotions."""
    say(f"{recipe.encoder}: customers' messages, rated reviews and GoEmotions")
    pieces = cutter.plain(rows.texts, recipe.longest)
    start = customers + rated
    drawn = int((len(rows) - start) * recipe.reddit_share)

    def epoch_rows(rng: np.random.Generator) -> Index:
        reddit = start + rng.choice(len(rows) - start, drawn, replace=False)
        return np.concatenate([*[np.arange(customers)] * recipe.customer_times, np.arange(customers, start), reddit])

    fit(network, pieces, rows.targets, rows.weights, recipe.second, recipe.seed, cutter.padding, say, epoch_rows)
