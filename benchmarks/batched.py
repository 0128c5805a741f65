"""Reads texts as networks are usually used: sorted by length, in padded batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.wordpiece import WordPieces

F32 = NDArray[np.float32]
BATCH = 32


class Session(Protocol):
    """What is needed of an onnxruntime session."""

    def run(self, output_names: Sequence[str] | None, input_feed: dict[str, Any]) -> list[F32]:
        """Outputs for inputs."""


class Batched:
    """Reads texts with a network of `roberta_shape`."""

    def __init__(self, session: Session, cutter: WordPieces) -> None:
        self._session, self._cutter = session, cutter

    def score(self, texts: Sequence[str]) -> F32:
        """(n, labels) probabilities; row i belongs to text i."""
        cut = [[self._cutter.first, *self._cutter.pieces(text)[0], self._cutter.last] for text in texts]
        order = sorted(range(len(cut)), key=lambda i: len(cut[i]))
        parts = [self._batch([cut[i] for i in order[a : a + BATCH]]) for a in range(0, len(order), BATCH)]
        found = np.concatenate(parts)
        back = np.empty_like(found)
        back[order] = found
        return back

    def _batch(self, rows: list[list[int]]) -> F32:
        longest = max(map(len, rows))
        ids = np.array([row + [1] * (longest - len(row)) for row in rows], np.int64)
        mask = np.array([[1] * len(row) + [0] * (longest - len(row)) for row in rows], np.int32)
        # The two first places of RoBERTa belong to padding.
        places = np.arange(2, longest + 2, dtype=np.int64)[None]
        return self._session.run(None, {"ids": ids, "places": places, "mask": mask})[0]
