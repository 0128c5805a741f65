"""All training texts as counted features, and the targets of the second layer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from heartline.emotion.labels import ABOUT, SIGNALS
from heartline.emotion.train import data as sources
from heartline.emotion.train import matrix
from heartline.emotion.train.corpus import Message, messages
from heartline.emotion.train.recipe import Recipe

F32 = NDArray[np.float32]


@dataclass(frozen=True)
class Material:
    """Counts over the same features for four sets of texts.

    weight: (K,) inverse document frequency
    go_labels: (n, 28)
    service_targets, own_targets: (n, 25) signals, about, valence and intensity, both in 0..1
    rated_valence: (n,) -1..1
    """

    keys: NDArray[np.uint32]
    weight: NDArray[np.float64]
    go: sp.csr_matrix
    service: sp.csr_matrix
    own: sp.csr_matrix
    rated: sp.csr_matrix
    go_labels: F32
    service_targets: F32
    own_targets: F32
    own_messages: list[Message]
    rated_valence: F32

    def keep(self, features: NDArray[np.int64]) -> Material:
        """The same texts with fewer features."""
        return Material(
            self.keys[features],
            self.weight[features],
            self.go[:, features].tocsr(),
            self.service[:, features].tocsr(),
            self.own[:, features].tocsr(),
            self.rated[:, features].tocsr(),
            self.go_labels,
            self.service_targets,
            self.own_targets,
            self.own_messages,
            self.rated_valence,
        )

    def input(self, counted: sp.csr_matrix) -> sp.csr_matrix:
        """Rows of unit length, as the model makes them."""
        return matrix.weighted(counted, self.weight)


def gather(data: Path, recipe: Recipe) -> Material:
    """Read every text that may train and count its features."""
    go = sources.goemotions(data, "train")
    service = sources.service_signals(data)
    service = service.where(sources.may_train(service))
    own = messages(recipe.own_messages, recipe.seed)
    rated_texts, rated_valence = sources.rated(data, set(service.texts), recipe.rated_each)
    rows = [matrix.hashes(t) for t in (go.texts, service.texts, [m.text for m in own], rated_texts)]
    natural = [*rows[0], *rows[1], *rows[3]]
    keys, frequency = matrix.document_frequency(natural)
    common = frequency >= recipe.least_texts
    keys = keys[common]
    return Material(
        keys,
        matrix.idf(len(natural), frequency[common]),
        matrix.counts(rows[0], keys),
        matrix.counts(rows[1], keys),
        matrix.counts(rows[2], keys),
        matrix.counts(rows[3], keys),
        go.labels,
        np.column_stack([service.signals, service.about, (service.valence + 1) / 2, service.intensity]),
        np.array([_targets(m) for m in own], np.float32),
        own,
        rated_valence,
    )


def _targets(message: Message) -> list[float]:
    signals = [float(s in message.signals) for s in SIGNALS]
    about = [float(message.about == a) for a in ABOUT]
    return [*signals, *about, (message.valence / 2 + 1) / 2, message.intensity / 3]
