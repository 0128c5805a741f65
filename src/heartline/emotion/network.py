"""The network models: a small transformer encoder in whole numbers (ONNX) under a linear layer.

Word vectors, the same for every size of model, are looked up here; the encoder runs in onnxruntime; the head is a
product in numpy. A text is a run of its own: its scores can depend neither on the texts beside it nor on their
lengths, since the scale of whole numbers is taken from the text alone. Long texts are read in windows.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from itertools import chain
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
_MOST_CHARACTERS = 40_000
_GROUP = 8192  # pieces that are on their way at once: bounds memory whatever the texts
_STRIDE = 16  # windows that a thread takes at a time


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

    def of(self, pieces: NDArray[np.int64], places: NDArray[np.int64]) -> F32:
        """(T, H) what goes into the encoder for pieces at their places in a window."""
        found: F32 = self.numbers[pieces] * self.scales[pieces][:, None] + self.positions[places]
        return found


@dataclass
class _Group:
    """Texts that are read together: their rows, words and windows. Nothing of one text reaches another."""

    rows: list[int] = field(default_factory=list)
    places: list[list[tuple[int, int]]] = field(default_factory=list)
    windows: list[list[int]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    """Pieces of each text, marks included."""


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
        status = np.full(len(row_of), "empty", dtype="U20")
        order: list[int] = []
        parts: list[Scores] = []
        with ThreadPoolExecutor(self._threads) as pool:
            for group in self._groups(list(row_of), status):
                width = len(COLUMNS)
                adds = self._encoded(group, width, lambda h, out: np.matmul(h, self.head.weights, out=out), pool)
                z = _means(adds, group.sizes) + self.head.offsets
                spans = _Evidence(group, adds) if evidence else None
                parts.append(scores_of(chances(z), status[group.rows], self.head.thresholds, spans))
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
        with ThreadPoolExecutor(self._threads) as pool:
            for group in self._groups(texts, np.empty(len(texts), dtype="U20")):
                found[group.rows] = _means(self._encoded(group, width, _copied, pool), group.sizes)
        return found

    def with_head(self, version: str, head: Head) -> NetworkModel:
        """The same encoder under another head."""
        return NetworkModel(self.name, version, self._cutter, self._vectors, self._session, head, self._threads)

    def _groups(self, texts: Sequence[str | None], status: NDArray[np.str_]) -> Iterator[_Group]:
        """Texts that can be read, in groups; the status of every text is set."""
        group = _Group()
        full = 0
        for row, text in enumerate(texts):
            if not text:
                continue
            low = wd.lower(wd.cut(text))
            found = wd.raw_tokens(low)
            if not found:
                continue
            if not is_english(low, found):
                status[row] = "unsupported_language"
                continue
            pieces, places = self._pieces(text)
            if not pieces:
                continue
            status[row] = "scored"
            first, last = self._cutter.first, self._cutter.last
            windows = [[first, *pieces[a : a + WINDOW], last] for a in range(0, len(pieces), WINDOW)]
            group.rows.append(row)
            group.places.append(places)
            group.windows += windows
            group.sizes.append(len(pieces) + 2 * len(windows))
            full += group.sizes[-1]
            if full >= _GROUP:
                yield group
                group, full = _Group(), 0
        if group.rows:
            yield group

    def _pieces(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        if len(text) > _MOST_CHARACTERS:
            # Cut before the words are looked for; blanks keep every position.
            tail = _MOST_CHARACTERS // 4
            text = text[: _MOST_CHARACTERS - tail] + " " * (len(text) - _MOST_CHARACTERS) + text[-tail:]
        pieces, places = self._cutter.pieces(text)
        most = WINDOW * MOST_WINDOWS
        if len(pieces) > most:
            tail = most // 4
            pieces, places = pieces[: most - tail] + pieces[-tail:], places[: most - tail] + places[-tail:]
        return pieces, places

    def _encoded(self, group: _Group, width: int, then: Callable[[F32, F32], object], pool: ThreadPoolExecutor) -> F32:
        """(pieces, width) what `then` makes of the vectors of each window; every window is a run of its own."""
        ends = np.cumsum([len(window) for window in group.windows]).tolist()
        starts = [0, *ends[:-1]]
        x = self._vectors.of(
            np.fromiter(chain.from_iterable(group.windows), np.int64, ends[-1]),
            np.concatenate([np.arange(b - a) for a, b in zip(starts, ends, strict=True)]),
        )
        out = np.empty((ends[-1], width), dtype=np.float32)

        def run(first: int) -> None:
            for a, b in zip(starts[first : first + _STRIDE], ends[first : first + _STRIDE], strict=True):
                then(self._session.run(None, {"x": x[None, a:b]})[0][0], out[a:b])

        list(pool.map(run, range(0, len(starts), _STRIDE)))
        return out


def _copied(vectors: F32, out: F32) -> None:
    out[:] = vectors


def _means(values: F32, sizes: list[int]) -> F32:
    """(n, L) mean over the pieces of each text."""
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    total = np.add.reduceat(values, starts, axis=0)
    return np.asarray(total / np.array(sizes)[:, None], dtype=np.float32)


class _Evidence:
    """Spans of the decided columns of a group's texts, from what each piece adds."""

    def __init__(self, group: _Group, adds: F32) -> None:
        self._places = group.places
        self._adds = adds
        self._ends = np.cumsum(group.sizes).tolist()
        self._sizes = group.sizes

    def __call__(self, row: int, columns: list[int]) -> str:
        """JSON of the words that carry each column of the text in this row of the group."""
        adds = self._adds[self._ends[row] - self._sizes[row] : self._ends[row], columns]
        inside = np.ones(len(adds), dtype=bool)
        for start in range(0, len(adds), WINDOW + 2):
            inside[start] = inside[min(start + WINDOW + 1, len(adds) - 1)] = False
        # Taking words away leaves the mean of the others, so a word counts by how far it lies above the mean.
        above = (adds - adds.mean(axis=0))[inside]
        found = []
        for j, column in enumerate(columns):
            span = carrying_run(self._places[row], above[:, j])
            if span:
                kind, label = LABELS[column]
                found.append({"kind": kind, "label": label, "start": span[0], "end": span[1]})
        return json.dumps(found)
