"""Somebody else's model behind our protocol: a Hugging Face text classifier, exported to ONNX, and a mapping of labels.

`adapter_files` opens one from a folder; `label_map` says what its labels mean. A text is a run of its own, so that its
scores cannot depend on the texts beside it; of a long text the first `max_length` pieces are read. Evidence is
occlusion: each word, up to `evidence_words` of them from the start, is left out once, and the run of words counts
whose absence lowers the log odds of a label most. It costs a run a word. There is none where the network takes one
text only or cannot be told where a text ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from heartline.emotion import words as wd
from heartline.emotion.decide import I64, scores_of
from heartline.emotion.evidence import carrying_run
from heartline.emotion.head import COLUMNS, DECIDED, EMOTION, MOTIVATOR, SIGNAL
from heartline.emotion.label_map import FILE, HOW_TO, LabelMap
from heartline.emotion.labels import EMOTIONS
from heartline.emotion.language import is_english
from heartline.emotion.model import Scores
from heartline.errors import ModelError

RULES = 2
"""Goes up when this file, `label_map` or `language` makes other scores of the same model."""
_MOST_CHARACTERS = 100_000
_MOST_PIECES_A_RUN = 4096  # bounds the memory of occlusion
_CHUNK = 256
_TINY = 1e-6
_NEUTRAL = EMOTIONS.index("neutral")
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_TYPES: dict[str, np.dtype[np.signedinteger[Any]]] = {
    "tensor(int64)": np.dtype(np.int64),
    "tensor(int32)": np.dtype(np.int32),
}


class Place(Protocol):
    """An input or output of a network: name, shape (a number where it is fixed), type."""

    name: str
    shape: list[int | str | None]
    type: str


class Network(Protocol):
    """What is needed of an onnxruntime session."""

    def get_inputs(self) -> list[Place]:
        """Inputs in order."""

    def get_outputs(self) -> list[Place]:
        """Outputs in order."""

    def run(self, output_names: Sequence[str] | None, input_feed: dict[str, NDArray[Any]]) -> list[NDArray[Any]]:
        """Outputs for inputs."""


class Pieces(Protocol):
    """What is needed of one text that a tokenizer cut."""

    ids: list[int]
    type_ids: list[int]
    special_tokens_mask: list[int]
    offsets: list[tuple[int, int]]
    overflowing: list[Any]


class Cutter(Protocol):
    """What is needed of a tokenizer."""

    def encode(self, sequence: str) -> Pieces:
        """Pieces of a text, cut at the model's length."""


@dataclass
class _Read:
    """What one text gave: our columns, whether its valence is sure, spans of what was decided."""

    row: NDArray[np.float32]
    sure_of_valence: bool
    spans: dict[int, tuple[int, int]] = field(default_factory=dict)


class BroughtModel:
    """Reader with somebody else's network.

    Judged are only labels that the mapping names: probabilities of others are NaN, and emotions, signals or motivators
    are None where none of them is mapped; intensity is NaN, main emotion and about are None always. How valence and
    arousal come about says `LabelMap.ours`. A text is ``scored`` where an emotion or signal is decided, or where its
    valence is sure (`LabelMap.is_sure_of_valence`).

    Parameters
    ----------
    version: as written beside each score
    labels: the mapping
    cutter: texts to pieces
    network: pieces to numbers, one for each label of theirs
    pad: piece that fills up short texts
    threads: texts that are read at once; None takes all cores
    """

    def __init__(
        self, version: str, labels: LabelMap, cutter: Cutter, network: Network, pad: int = 0, threads: int | None = None
    ) -> None:
        self.name, self.languages = labels.name, labels.languages
        self.version = version
        self.labels = labels
        self._cutter = cutter
        self._network = network
        self._pad = pad
        self._threads = threads or os.cpu_count() or 1
        self._types = {place.name: _input_type(place) for place in network.get_inputs()}
        shape = network.get_inputs()[0].shape
        self._fixed_rows, self._fixed_width = (
            size if isinstance(size, int) else 0 for size in (*shape, None, None)[:2]
        )
        if "input_ids" not in self._types or self._fixed_rows > 1:
            raise ModelError(
                f"the network takes {', '.join(self._types)} of {self._fixed_rows or 'any number of'} texts at once",
                "input_ids of one text or of any number", HOW_TO,
            )  # fmt: skip
        if 0 < self._fixed_width < labels.max_length:
            raise ModelError(
                f"the network takes {self._fixed_width} pieces, max_length is {labels.max_length}",
                f"max_length = {self._fixed_width}", f"correct {FILE}",
            )  # fmt: skip
        outputs = [place.name for place in network.get_outputs()]
        self._output = "logits" if "logits" in outputs else outputs[0]
        # A wrong number of outputs is better known now than in the middle of a run.
        self._chances([cutter.encode("ok")])

    def score(self, texts: Sequence[str | None], evidence: bool = True) -> Scores:
        """Scores of each text; see `model.EmotionModel.score`. Without `evidence` its column holds ``[]``.

        Raises ModelError where the network fails or gives a number that is not finite.
        """
        n = len(texts)
        status = np.full(n, "empty", dtype="U20")
        p = np.full((n, len(COLUMNS)), np.nan, dtype=np.float32)
        sure = np.zeros(n, dtype=bool)
        spans: dict[int, dict[int, tuple[int, int]]] = {}
        with ThreadPoolExecutor(self._threads) as pool:
            for i, read in self._reads(texts, status, pool, evidence):
                status[i] = "scored"
                p[i], sure[i], spans[i] = read.row, read.sure_of_valence, read.spans
        found = scores_of(p, status, self.labels.thresholds, lambda *pairs: _told(spans, *pairs), sure)
        nothing = np.full(n, None, dtype=object)
        return replace(
            found,
            emotions=found.emotions if self.labels.judges(EMOTION) else nothing,
            signals=found.signals if self.labels.judges(SIGNAL) else nothing,
            motivators=found.motivators if self.labels.judges(MOTIVATOR) else nothing,
            main_emotion=nothing,
            about=nothing,
        )

    def chances(self, text: str) -> dict[str, float]:
        """Probability of each label of theirs, as the network says it."""
        return dict(zip(self.labels.theirs, self._chances([self._cutter.encode(_clean(text))])[0], strict=True))

    def _reads(
        self, texts: Sequence[str | None], status: NDArray[np.str_], pool: ThreadPoolExecutor, evidence: bool
    ) -> Iterator[tuple[int, _Read]]:
        for start in range(0, len(texts), _CHUNK):
            chunk = range(start, min(start + _CHUNK, len(texts)))
            ready = {i: text for i in chunk if (text := self._readable(texts[i], i, status)) is not None}
            for i, read in zip(ready, pool.map(lambda text: self._read(text, evidence), ready.values()), strict=True):
                if read is not None:
                    yield i, read

    def _readable(self, text: str | None, index: int, status: NDArray[np.str_]) -> str | None:
        if text is None:
            return None
        low = wd.lower(text[: wd.MAX_CHARACTERS])
        found = wd.tokens(low)
        if wd.SILENT.issuperset(found):
            return None
        if self.languages == ("en",) and not is_english(low, found):
            status[index] = "unsupported_language"
            return None
        return _clean(text)

    def _read(self, text: str, evidence: bool) -> _Read | None:
        pieces = self._cutter.encode(text)
        if all(pieces.special_tokens_mask):
            return None
        chances = self._chances([pieces])[0]
        read = _Read(self.labels.ours(chances), self.labels.is_sure_of_valence(chances))
        decided = [int(j) for j in np.flatnonzero(read.row[DECIDED] >= self.labels.thresholds) if j != _NEUTRAL]
        if evidence and decided and self._can_occlude:
            read.spans = self._spans(text, pieces, read.row, decided)
        return read

    @property
    def _can_occlude(self) -> bool:
        return bool(self.labels.evidence_words) and not self._fixed_rows and "attention_mask" in self._types

    def _spans(
        self, text: str, pieces: Pieces, row: NDArray[np.float32], decided: list[int]
    ) -> dict[int, tuple[int, int]]:
        """Characters that carry each decided column."""
        # Words beyond the model's length would move in where one before them is left out.
        last = max(end for _, end in pieces.offsets) if pieces.overflowing else len(text)
        places = [p for p in wd.places(wd.lower(text)) if p[0] < last][: self.labels.evidence_words]
        without = [self._cutter.encode(text[:start] + text[end:last]) for start, end in places]
        width = self._fixed_width or max(len(one.ids) for one in without)
        at_once = max(1, _MOST_PIECES_A_RUN // max(1, width))
        drops = np.empty((len(places), len(decided)), dtype=np.float32)
        for start in range(0, len(without), at_once):
            for k, chances in enumerate(self._chances(without[start : start + at_once]), start):
                drops[k] = _log_odds(row[decided]) - _log_odds(self.labels.ours(chances)[decided])
        runs = {column: carrying_run(places, drops[:, j]) for j, column in enumerate(decided)}
        return {column: run for column, run in runs.items() if run is not None}

    def _chances(self, cut: Sequence[Pieces]) -> list[list[float]]:
        """Probabilities of their labels for texts of one run."""
        width = self._fixed_width or max(1, max(len(pieces.ids) for pieces in cut))
        filled = {"input_ids": np.full((len(cut), width), self._pad, dtype=np.int64)}
        filled |= {name: np.zeros((len(cut), width), dtype=np.int64) for name in _INPUTS[1:]}
        for row, pieces in enumerate(cut):
            filled["input_ids"][row, : len(pieces.ids)] = pieces.ids
            # A text of no piece is one filling piece: attention to nothing at all is not a number in some networks.
            filled["attention_mask"][row, : max(1, len(pieces.ids))] = 1
            filled["token_type_ids"][row, : len(pieces.ids)] = pieces.type_ids
        feed = {name: filled[name].astype(dtype, copy=False) for name, dtype in self._types.items()}
        try:
            numbers = np.asarray(self._network.run([self._output], feed)[0], dtype=np.float64)
        except Exception as error:  # noqa: BLE001 - onnxruntime raises classes of its own; they may quote the input
            raise ModelError(
                f"the network of {self.name} failed on {width} pieces ({type(error).__name__})",
                "a tokenizer.json and a max_length that fit the network", HOW_TO,
            ) from None  # fmt: skip
        if numbers.shape != (len(cut), len(self.labels.theirs)):
            raise ModelError(
                f"the output {self._output} of {self.name} has the shape {numbers.shape}",
                f"{(len(cut), len(self.labels.theirs))}: one number for each label of config.json", HOW_TO,
            )  # fmt: skip
        if not np.isfinite(numbers).all():
            raise ModelError(
                f"the network of {self.name} gives numbers that are not finite (NaN or infinite)",
                "a finite number for each label",
                "export the model again, without half precision",
            )
        probabilities: list[list[float]] = _activated(numbers, self.labels.activation).tolist()
        return probabilities


def _input_type(place: Place) -> np.dtype[np.signedinteger[Any]]:
    if place.name not in _INPUTS or place.type not in _TYPES:
        raise ModelError(
            f"the network wants an input {place.name} of {place.type}",
            f"only {', '.join(_INPUTS)}, whole numbers", f"export it as a text classifier; {HOW_TO}",
        )  # fmt: skip
    return _TYPES[place.type]


def _activated(numbers: NDArray[np.float64], activation: str) -> NDArray[np.float64]:
    if activation == "softmax":
        grown = np.exp(numbers - numbers.max(axis=1, keepdims=True))
        shares: NDArray[np.float64] = grown / grown.sum(axis=1, keepdims=True)
        return shares
    half: NDArray[np.float64] = 0.5 * (1.0 + np.tanh(0.5 * numbers))  # 1 / (1 + exp(-x)), without overflow
    return half


def _log_odds(p: NDArray[np.float32]) -> NDArray[np.float64]:
    bounded = np.clip(p.astype(np.float64), _TINY, 1.0 - _TINY)
    found: NDArray[np.float64] = np.log(bounded / (1.0 - bounded))
    return found


def _clean(text: str) -> str:
    """Half a surrogate pair cannot be encoded; a question mark in its place keeps positions."""
    return text[:_MOST_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def _told(spans: dict[int, dict[int, tuple[int, int]]], rows: I64, columns: I64) -> I64:
    """(n, 2) spans of the given rows and columns; -1 where there is none."""
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return np.array([spans[row].get(column, (-1, -1)) for row, column in pairs], dtype=np.int64).reshape(-1, 2)
