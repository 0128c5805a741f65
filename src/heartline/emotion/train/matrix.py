"""Texts as rows of a sparse matrix over kept features, just as `hashed` reads them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from heartline.emotion import words as wd

SQUARE_UNIT = 64.0
"""Squares of inverse document frequency are kept as whole numbers of 1/64."""


def hashes(texts: Sequence[str]) -> list[NDArray[np.uint32]]:
    """Feature hashes of each text; a feature that two words share is there twice."""
    known: dict[str, list[int]] = {}
    found = []
    for text in texts:
        tokens = wd.tokens(wd.lower(wd.cut(text)))
        row: list[int] = []
        for word in dict.fromkeys(tokens):
            if word not in known:
                known[word] = wd.word_hashes(word)
            row += known[word]
        row += [wd.pair_hash(*pair) for pair in dict.fromkeys(wd.pairs(tokens))]
        found.append(np.array(row, np.uint32))
    return found


def document_frequency(rows: Sequence[NDArray[np.uint32]]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Each different hash, in rising order, and in how many texts it is."""
    keys, counts = np.unique(np.concatenate([np.unique(r) for r in rows]), return_counts=True)
    return keys, counts.astype(np.int64)


def counts(rows: Sequence[NDArray[np.uint32]], keys: NDArray[np.uint32]) -> sp.csr_matrix:
    """(n, K) how often each key is in each text."""
    flat = np.concatenate(rows)
    at = np.searchsorted(keys, flat)
    at[at == len(keys)] = 0
    known = keys[at] == flat
    line = np.repeat(np.arange(len(rows)), [len(r) for r in rows])[known]
    matrix = sp.csr_matrix((np.ones(len(line), np.float32), (line, at[known])), shape=(len(rows), len(keys)))
    matrix.sum_duplicates()
    return matrix


def idf(texts: int, frequency: NDArray[np.int64]) -> NDArray[np.float64]:
    """Smoothed inverse document frequency, ln((1 + n) / (1 + df)) + 1, rounded so that its square is n/64."""
    raw = np.log((1 + texts) / (1 + frequency)) + 1
    return np.sqrt(np.rint(raw**2 * SQUARE_UNIT) / SQUARE_UNIT)


def weighted(counted: sp.csr_matrix, weight: NDArray[np.float64]) -> sp.csr_matrix:
    """Rows count · idf over the root of Σ count · idf²: the linear layer's input."""
    length = np.sqrt(np.maximum(counted @ weight**2, 1 / SQUARE_UNIT))
    return (sp.diags(1 / length) @ counted @ sp.diags(weight)).tocsr().astype(np.float32)
