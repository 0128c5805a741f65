"""The network models: a small transformer encoder in whole numbers (ONNX) under a linear layer.

Word vectors, the same for every size of model, are looked up here; the encoder and the product with the head
run in onnxruntime (numpy would wake threads for that product, a core's worth of waiting). The scores of a text depend
neither on the texts beside it nor on their lengths: the scales of whole numbers are constants, and only texts of the
same length share a run, so nothing is filled up. Long texts are read in windows.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.chunks import MOST_WINDOWS, WINDOW, Chunks
from heartline.emotion.decide import scores_of
from heartline.emotion.groups import Group, groups
from heartline.emotion.head import COLUMNS, Head, chances
from heartline.emotion.model import Scores
from heartline.emotion.spans import Spans
from heartline.emotion.wordpiece import WordPieces
from heartline.emotion.words import marks_as_words

__all__ = ["MOST_WINDOWS", "WINDOW", "NetworkModel", "Session", "WordVectors"]

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]

_AHEAD = 2  # groups that are under way while one is looked at: bounds memory whatever the texts
_BATCH = 384  # pieces that go into one run: enough to fill the processor's registers, few enough for its cache


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

    def of(self, pieces: NDArray[np.int64]) -> F32:
        """(B, T, H) what goes into the encoder for windows (B, T) of pieces."""
        found = np.take(self.numbers, pieces, axis=0).astype(np.float32)
        found *= np.take(self.scales, pieces)[:, :, None]
        found += self.positions[: pieces.shape[1]]
        return found


class NetworkModel:
    """Reader of English texts: an encoder, and a head over the mean of its vectors.

    Parameters
    ----------
    name, version: as written beside each score
    cutter: texts to pieces
    vectors: pieces to vectors
    session: encoder; inputs ``x`` (B, T, H) and ``head`` (H, L), outputs ``hidden`` (B, T, H) and ``adds`` (B, T, L)
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
        self._chunks = Chunks(cutter)
        self._vectors = vectors
        self._session = session
        self._threads = threads or os.cpu_count() or 1

    def score(self, texts: Sequence[str | None], evidence: bool = True) -> Scores:
        """Scores of each text; see `model.EmotionModel.score`. Without `evidence` its column holds ``[]``."""
        # The same words mean the same scores: a text that comes again ("ok thanks") is read once.
        row_of: dict[str | None, int] = {}
        rows = np.array([row_of.setdefault(text, len(row_of)) for text in texts], dtype=np.int64)
        status = np.full(len(row_of), "empty", dtype="U20")
        order: list[int] = []
        parts: list[Scores] = []
        for group, adds in self._read(list(row_of), status, "adds", len(COLUMNS)):
            means = _means(adds, group.sizes)
            p = chances(means + self.head.offsets)
            spans = None
            if evidence:
                spans = Spans(group.places(), np.array(group.inner), adds, means, group.inside())
            parts.append(scores_of(p, status[group.rows], self.head.thresholds, spans))
            order += group.rows
        silent = np.flatnonzero(status != "scored")
        nothing = np.full((len(silent), len(COLUMNS)), np.nan, dtype=np.float32)
        parts.append(scores_of(nothing, status[silent], self.head.thresholds, None))
        back = np.argsort(np.array([*order, *silent.tolist()], dtype=np.int64), kind="stable")[rows]
        return Scores(
            **{f.name: np.concatenate([getattr(part, f.name) for part in parts])[back] for f in fields(Scores)}
        )

    def features(self, texts: Sequence[str | None]) -> F32:
        """(n, H) mean vector of each text, what the head sees; NaN where a text is not read."""
        width = self.head.weights.shape[0]
        found = np.full((len(texts), width), np.nan, dtype=np.float32)
        for group, vectors in self._read(texts, np.empty(len(texts), dtype="U20"), "hidden", width):
            found[group.rows] = _means(vectors, group.sizes)
        return found

    def with_head(self, version: str, head: Head) -> NetworkModel:
        """The same encoder under another head."""
        return NetworkModel(self.name, version, self._cutter, self._vectors, self._session, head, self._threads)

    def _read(
        self, texts: Sequence[str | None], status: NDArray[np.str_], output: str, width: int
    ) -> Iterator[tuple[Group, F32]]:
        """Groups of texts, each with an output (pieces, width) of the encoder; the next are under way meanwhile."""
        texts = [text if text is None else marks_as_words(text) for text in texts]
        with ThreadPoolExecutor(self._threads) as pool:
            waiting: deque[tuple[Group, Callable[[], F32]]] = deque()
            for group in groups(texts, status, self._chunks, self._cutter.first, self._cutter.last):
                waiting.append((group, self._started(group, output, width, pool)))
                if len(waiting) > _AHEAD:
                    before, result = waiting.popleft()
                    yield before, result()
            for before, result in waiting:
                yield before, result()

    def _started(self, group: Group, output: str, width: int, pool: ThreadPoolExecutor) -> Callable[[], F32]:
        """Sets the encoder to work on a group; what is returned waits for it.

        Windows of the same length are a batch. None is filled up, and every number of a window comes from that window
        alone, so it is the same to the last bit in any batch.
        """
        lengths, pieces = group.lengths(), group.pieces()
        starts = np.cumsum(lengths) - lengths
        head = np.ascontiguousarray(self.head.weights, dtype=np.float32)
        out = np.empty((len(pieces), width), dtype=np.float32)

        def run(windows: I64) -> None:
            length = lengths[windows[0]]
            at = starts[windows][:, None] + np.arange(length)
            out[at] = self._session.run([output], {"x": self._vectors.of(pieces[at]), "head": head})[0]

        batches: list[I64] = []
        for length in np.unique(lengths).tolist():
            alike = np.flatnonzero(lengths == length)
            most = max(1, _BATCH // length)
            batches += [alike[a : a + most] for a in range(0, len(alike), most)]
        if len(batches) == 1:
            run(batches[0])  # sooner done than a thread is awake
            return lambda: out
        under_way = [pool.submit(run, batch) for batch in batches]

        def finished() -> F32:
            for batch in under_way:
                batch.result()
            return out

        return finished


def _means(values: F32, sizes: list[int]) -> F32:
    """(n, L) mean over the pieces of each text."""
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    total = np.add.reduceat(values, starts, axis=0)
    return np.asarray(total / np.array(sizes)[:, None], dtype=np.float32)
