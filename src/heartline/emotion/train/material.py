"""All training texts of the hashed model as counted features, with their targets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from heartline.emotion.train import matrix
from heartline.emotion.train.messages import fold_of
from heartline.emotion.train.pool import evaluation_texts
from heartline.emotion.train.recipe import Recipe, Weighing
from heartline.emotion.train.rows import Rows, customer_rows, emotion_rows, joined, rated_rows

F32 = NDArray[np.float32]


@dataclass(frozen=True)
class Material:
    """Counts over the same features for three sets of texts, in the order reddit, customers, rated.

    keys: (K,) hashes of the features
    weight: (K,) inverse document frequency
    counted: (n, K) how often each feature is in each text
    rows: texts, targets and weights, see `rows`
    reddit, customers: how many texts of the first two sets
    fold: (n,) the fold of each text; a text that comes twice is in one fold
    """

    keys: NDArray[np.uint32]
    weight: NDArray[np.float64]
    counted: sp.csr_matrix
    rows: Rows
    reddit: int
    customers: int
    fold: NDArray[np.int64]

    @property
    def labelled(self) -> int:
        """Texts of the first two sets."""
        return self.reddit + self.customers

    def keep(self, features: NDArray[np.int64]) -> Material:
        """The same texts with fewer features."""
        return replace(
            self,
            keys=self.keys[features],
            weight=self.weight[features],
            counted=self.counted[:, features].tocsr(),
        )

    def input(self) -> sp.csr_matrix:
        """(n, K) rows of unit length, as the model makes them."""
        return matrix.weighted(self.counted, self.weight)


def gather(data: Path, recipe: Recipe, weighing: Weighing) -> Material:
    """Read every text that may train and count its features."""
    reddit = emotion_rows(data, "train", weighing)
    customers = customer_rows(data, weighing)
    known = {*customers.texts, *customer_rows(data, weighing, held=True).texts, *evaluation_texts(data)}
    rows = joined([reddit, customers, rated_rows(data, known, recipe.rated_each, weighing)])
    hashes = matrix.hashes(rows.texts)
    keys, frequency = matrix.document_frequency(hashes)
    common = frequency >= recipe.least_texts
    return Material(
        keys[common],
        matrix.idf(len(rows), frequency[common]),
        matrix.counts(hashes, keys[common]),
        rows,
        len(reddit),
        len(customers),
        fold_of(rows.texts, recipe.folds),
    )
