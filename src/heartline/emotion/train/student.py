"""The students: a few layers of MiniLM that learn from labels and from the teacher's answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.head import AROUSAL, EMOTION, VALENCE
from heartline.emotion.network import WINDOW
from heartline.emotion.train.finetune import fit
from heartline.emotion.train.network import Network
from heartline.emotion.train.pool import Pool
from heartline.emotion.train.recipe import StudentRecipe
from heartline.emotion.wordpiece import WordPieces

F32 = NDArray[np.float32]
Index = NDArray[np.int64]

_READ = 2_000
"""Characters of a text that are read: more than a window holds."""


def lessons(pool: Pool, answers: F32, recipe: StudentRecipe) -> tuple[F32, F32]:
    """Targets and weights (n, L) of the pool's texts: labels mixed with the teacher's probabilities."""
    reddit, customers = len(pool.reddit), len(pool.customers)
    targets, weights = answers.copy(), np.ones_like(answers)
    weights[:, VALENCE], weights[:, AROUSAL] = recipe.valence, recipe.arousal
    share = recipe.reddit_labels
    targets[:reddit, EMOTION] = share * pool.reddit.targets[:, EMOTION] + (1 - share) * answers[:reddit, EMOTION]
    weights[:reddit, EMOTION.stop :] *= recipe.reddit_others
    middle = slice(reddit, reddit + customers)
    share = recipe.customer_labels
    mixed = share * pool.customers.targets + (1 - share) * answers[middle]
    targets[middle] = np.where(pool.customers.weights > 0, mixed, answers[middle])
    weights[reddit + customers :] *= recipe.unlabelled
    return targets.astype(np.float32), weights.astype(np.float32)


def cut(cutter: WordPieces, texts: Sequence[str], longest: int = WINDOW + 2) -> list[list[int]]:
    """Numbers of the pieces of each text's first window, marks included, as the model will read them."""
    return [[cutter.first, *cutter.pieces(text[:_READ])[0][: longest - 2], cutter.last] for text in texts]


def vocabulary(encoder: Path) -> list[str]:
    """The pieces of an encoder in the order of their numbers."""
    return (encoder / "vocab.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")


def distil(
    network: Network,
    pieces: Sequence[Sequence[int]],
    targets: F32,
    weights: F32,
    customers: Index,
    recipe: StudentRecipe,
    seed: int,
    padding: int,
    say: Callable[[str], None],
    learnt: Index | None = None,
) -> None:
    """Fit a student in place.

    customers: rows that an epoch meets `recipe.customer_times`
    learnt: rows that are fitted to; None: all
    """
    rows = np.arange(len(pieces)) if learnt is None else learnt
    again = np.intersect1d(customers, rows)
    epoch = np.concatenate([rows, *[again] * (recipe.customer_times - 1)])
    fit(network, pieces, targets, weights, recipe.fitting, seed, padding, say, lambda _: epoch)
