"""The network models: a small transformer encoder in whole numbers (ONNX) under a linear layer.

Word vectors, the same for every size of model, are looked up here; the encoder runs in onnxruntime; the head is a
product in numpy. A text is a run of its own: its scores can depend neither on the texts beside it nor on their
lengths, since the scale of whole numbers is taken from the text alone. Long texts are read in windows.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from heartline.emotion import words as wd
from heartline.emotion.decide import LABELS, scores_of
from heartline.emotion.evidence import carrying_run
from heartline.emotion.head import COLUMNS, Head, chances
from heartline.emotion.language import is_english
from heartline.emotion.model import Scores
from heartline.emotion.wordpiece import WordPieces

F32 = NDArray[np.float32]

WINDOW = 126
"""Pieces that the encoder sees at once, beside its two marks. It was trained on texts up to this length."""
MOST_WINDOWS = 20
"""About 10,000 characters; of a longer text the first three quarters and the last quarter of this are read."""
_CHUNK = 256


class Session(Protocol):
    """What is needed of an onnxruntime session."""

    def run(self, output_names: Sequence[str] | None, input_feed: dict[str, F32]) -> list[F32]:
        """Outputs for inputs."""


@dataclass(frozen=True)
class WordVectors:
    """Vectors of pieces: whole numbers (V, H) with a scale per piece (V,), and what each position adds (P, H)."""

    numbers: NDArray[np.int8]
    scales: F32
    positions: F32

    def of(self, pieces: Sequence[int]) -> F32:
        """(1, T, H) what goes into the encoder."""
        found = self.numbers[pieces] * self.scales[pieces][:, None] + self.positions[: len(pieces)]
        return found[None].astype(np.float32, copy=False)


@dataclass
class _Read:
    """One text on its way: its pieces, their places, and what each of them adds to each column."""

    pieces: list[int]
    places: list[tuple[int, int]]
    adds: F32


class NetworkModel:
    """Reader of English texts: an encoder, and a head over the mean of its vectors.

    Parameters
    ----------
    name, version: as written beside each score
    cutter: texts to pieces
    vectors: pieces to vectors
    session: encoder; input ``x`` (1, T, H), output (1, T, H)
    head: vectors to labels
    threads: texts that are read at once; None takes all cores
    """

    languages: tuple[str, ...] = ("en",)

    def __init__(
        self,
        name: str,
        version: str,
        cutter: WordPieces,
        vectors: WordVectors,
        session: Session,
        head: Head,
        threads: int | None = None,
    ) -> None:
        self.name = name
        self.version = version
        self.head = head
        self._cutter = cutter
        self._vectors = vectors
        self._session = session
        self._threads = threads or os.cpu_count() or 1

    def score(self, texts: Sequence[str | None], evidence: bool = True) -> Scores:
        """Scores of each text; see `model.EmotionModel.score`. Without `evidence` its column holds ``[]``."""
        # The same words mean the same scores: a text that comes again ("ok thanks") is read once.
        row_of: dict[str | None, int] = {}
        rows = np.array([row_of.setdefault(text, len(row_of)) for text in texts], dtype=np.int64)
        once = list(row_of)
        with ThreadPoolExecutor(self._threads) as pool:
            parts = [self._chunk(once[a : a + _CHUNK], pool, evidence) for a in range(0, max(len(once), 1), _CHUNK)]
        return Scores(
            **{f.name: np.concatenate([getattr(part, f.name) for part in parts])[rows] for f in fields(Scores)}
        )

    def with_head(self, version: str, head: Head) -> NetworkModel:
        """The same encoder under another head."""
        return NetworkModel(self.name, version, self._cutter, self._vectors, self._session, head, self._threads)

    def _chunk(self, texts: Sequence[str | None], pool: ThreadPoolExecutor, evidence: bool) -> Scores:
        status = np.full(len(texts), "empty", dtype="U20")
        z = np.full((len(texts), len(COLUMNS)), np.nan, dtype=np.float32)
        reads: dict[int, _Read] = {}
        ready = {i: text for i in range(len(texts)) if (text := self._readable(texts[i], i, status)) is not None}
        for i, read in zip(ready, pool.map(self._read, ready.values()), strict=True):
            if read is not None:
                status[i] = "scored"
                z[i] = read.adds.mean(axis=0) + self.head.offsets
                reads[i] = read
        spans = (lambda i, columns: _spans(reads[i], columns)) if evidence else None
        return scores_of(chances(z), status, self.head.thresholds, spans)

    def features(self, texts: Sequence[str | None]) -> F32:
        """(n, H) mean vector of each text, what the head sees; NaN where a text is not read."""
        status = np.empty(len(texts), dtype="U20")
        found = np.full((len(texts), self.head.weights.shape[0]), np.nan, dtype=np.float32)
        with ThreadPoolExecutor(self._threads) as pool:
            ready = {i: text for i in range(len(texts)) if (text := self._readable(texts[i], i, status)) is not None}
            for i, vector in zip(ready, pool.map(self._mean_vector, ready.values()), strict=True):
                if vector is not None:
                    found[i] = vector
        return found

    def _readable(self, text: str | None, index: int, status: NDArray[np.str_]) -> str | None:
        if text is None:
            return None
        low = wd.lower(text[: wd.MAX_CHARACTERS])
        found = wd.tokens(low)
        if not found:
            return None
        if not is_english(low, found):
            status[index] = "unsupported_language"
            return None
        return text

    def _read(self, text: str) -> _Read | None:
        pieces, places = self._pieces(text)
        if not pieces:
            return None
        adds = [self.head.adds(self._encode(pieces[a : a + WINDOW])) for a in range(0, len(pieces), WINDOW)]
        return _Read(pieces, places, adds[0] if len(adds) == 1 else np.concatenate(adds))

    def _mean_vector(self, text: str) -> F32 | None:
        pieces, _ = self._pieces(text)
        if not pieces:
            return None
        parts = [self._encode(pieces[a : a + WINDOW]) for a in range(0, len(pieces), WINDOW)]
        mean: F32 = np.concatenate(parts).mean(axis=0)
        return mean

    def _pieces(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        pieces, places = self._cutter.pieces(text)
        most = WINDOW * MOST_WINDOWS
        if len(pieces) > most:
            tail = most // 4
            pieces, places = pieces[: most - tail] + pieces[-tail:], places[: most - tail] + places[-tail:]
        return pieces, places

    def _encode(self, pieces: list[int]) -> F32:
        """(T + 2, H) vectors of a window, the marks at both ends included."""
        marked = [self._cutter.first, *pieces, self._cutter.last]
        found: F32 = self._session.run(None, {"x": self._vectors.of(marked)})[0][0]
        return found


def _spans(read: _Read, columns: list[int]) -> str:
    """JSON of the words that carry each decided column."""
    inside = np.ones(len(read.adds), dtype=bool)
    for start in range(0, len(read.adds), WINDOW + 2):
        inside[start] = inside[min(start + WINDOW + 1, len(read.adds) - 1)] = False
    adds = read.adds[:, columns]
    # Taking words away leaves the mean of the others, so a word counts by how far it lies above the mean.
    adds = (adds - adds.mean(axis=0))[inside]
    found = []
    for j, column in enumerate(columns):
        span = carrying_run(read.places, adds[:, j])
        if span:
            kind, label = LABELS[column]
            found.append({"kind": kind, "label": label, "start": span[0], "end": span[1]})
    return json.dumps(found)
