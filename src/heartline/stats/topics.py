"""Topics of short texts: words that come together, by non-negative factors of weighted counts.

Sources: Spärck Jones (1972) for the weights; Lee & Seung (1999) for the factors; Boutsidis & Gallopoulos (2008) for the
start, which leaves nothing to chance.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heartline.errors import StatisticsError

LEAST_WORDS = 5
SHOWN = 6
_MOST_STEPS = 300


@dataclass(frozen=True)
class Topics:
    """words: the words of each topic, heaviest first; main: topic of each text, -1 where none of its words is known.

    settled: whether the factors had come to rest; where not, a longer search might still move some words
    """

    words: tuple[tuple[str, ...], ...]
    main: NDArray[np.int64]
    settled: bool = True


def topics(texts: Sequence[Sequence[str]], vocabulary: Sequence[str], count: int) -> Topics:
    """``count`` topics of texts given as lists of terms, over the terms of a vocabulary.

    A term counts once a text. Same texts in the same order, same topics. Raises StatisticsError where there are fewer
    texts or terms than topics.
    """
    if len(texts) < count or len(vocabulary) < max(count, LEAST_WORDS):
        raise StatisticsError(
            f"{len(texts)} texts with {len(vocabulary)} terms for {count} topics", "more texts and terms than topics",
            "ask for fewer topics",
        )  # fmt: skip
    from sklearn.decomposition import NMF  # heavy: only where topics are fitted
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfVectorizer
    from threadpoolctl import threadpool_limits

    place = TfidfVectorizer(analyzer=_given, vocabulary=list(vocabulary), binary=True, sublinear_tf=False)
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # told by ``settled``
        weighted = place.fit_transform(texts)
        model = NMF(count, init="nndsvda", max_iter=_MOST_STEPS, tol=1e-4)
        parts = model.fit_transform(weighted)
    terms = np.asarray(vocabulary)
    words = tuple(tuple(terms[np.argsort(-row, kind="stable")[:SHOWN]].tolist()) for row in model.components_)
    # factors differ in size; a text belongs to the one that explains most of it
    mass = parts * model.components_.sum(axis=1)
    main = np.where(mass.max(axis=1) > 0, mass.argmax(axis=1), -1)
    return Topics(words, main.astype(np.int64), model.n_iter_ < _MOST_STEPS)


def _given(terms: Sequence[str]) -> Sequence[str]:
    return terms
