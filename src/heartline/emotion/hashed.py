"""The light model: hashed words, pairs and pieces of words under one linear layer of whole numbers.

For a text with features f (see `words`), weights w (int8), squares q (uint16) and, per label j, a step and a bias,

    z_j = bias_j + step_j · Σ_f w_fj / sqrt(Σ_f q_f),     p_j = 1 / (1 + exp(-z_j))

Sums are sums of integers, so they are exact in any order: the same text gives the same bits in every batch. Inverse
document frequency is inside w and q; the Platt calibration (Platt 1999) of each label is inside step and bias.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from heartline.emotion import words as wd
from heartline.emotion.evidence import Reading, evidence_json
from heartline.emotion.labels import ABOUT, AFFECT, EMOTIONS, SIGNALS
from heartline.emotion.language import is_english
from heartline.emotion.model import Scores

COLUMNS = (
    *EMOTIONS,
    *(f"signal_{s}" for s in SIGNALS),
    *(f"about_{a}" for a in ABOUT),
    "valence",
    "intensity",
)
_E, _S, _A = len(EMOTIONS), len(SIGNALS), len(ABOUT)
_AROUSAL = np.array([AFFECT[e][1] for e in EMOTIONS])
_CHUNK_TOKENS = 20_000
_CACHED_WORDS = 50_000


@dataclass(frozen=True)
class Weights:
    """What training hands over. K kept features, L = len(COLUMNS) columns."""

    keys: NDArray[np.uint32]  # (K,) hashes in rising order
    weights: NDArray[np.int8]  # (K, L)
    squares: NDArray[np.uint16]  # (K,)
    step: NDArray[np.float64]  # (L,)
    bias: NDArray[np.float64]  # (L,)


class HashedModel:
    """Bulk reader of English texts: numpy only, about 1 MB, thousands of texts a second on one core.

    Parameters
    ----------
    name, version: as written beside each score
    weights: see `Weights`
    emotion_thresholds, signal_thresholds: probability from which a label is decided, in label order
    """

    languages: tuple[str, ...] = ("en",)

    def __init__(
        self,
        name: str,
        version: str,
        weights: Weights,
        emotion_thresholds: Sequence[float],
        signal_thresholds: Sequence[float],
    ) -> None:
        self.name = name
        self.version = version
        self.emotion_thresholds = np.asarray(emotion_thresholds, dtype=np.float64)
        self.signal_thresholds = np.asarray(signal_thresholds, dtype=np.float64)
        self.thresholds = np.concatenate([self.emotion_thresholds, self.signal_thresholds])
        self._keys = weights.keys
        # Row K stands for every feature that is not known and adds nothing.
        self._weights = np.vstack([weights.weights, np.zeros((1, len(COLUMNS)), np.int8)])
        self._squares = np.append(weights.squares.astype(np.int64), 0)
        self._step, self._bias = weights.step, weights.bias
        self._rows: dict[str, NDArray[np.int64]] = {}

    def score(self, texts: Sequence[str | None], evidence: bool = True) -> Scores:
        """Scores of each text; see `model.EmotionModel.score`. Without `evidence` its column holds ``[]``."""
        n = len(texts)
        status = np.full(n, "empty", dtype="U20")
        logits = np.full((n, len(COLUMNS)), np.nan)
        emotions, signals, about = (np.full(n, "", dtype=object) for _ in range(3))
        spans = np.full(n, "[]", dtype=object)
        for chunk in self._chunks(texts, status):
            sums, squares, word_sums, pair_rows = self._sums(chunk)
            at = np.array([r.index for r in chunk])
            root = np.sqrt(np.maximum(squares, 1).astype(np.float64))
            logits[at] = self._bias + self._step * (sums / root[:, None])
            p = 1.0 / (1.0 + np.exp(-logits[at]))
            sure_e = p[:, :_E] >= self.emotion_thresholds
            sure_s = p[:, _E : _E + _S] >= self.signal_thresholds
            sure = (sure_e.any(axis=1) | sure_s.any(axis=1)) & (squares > 0)
            status[at] = np.where(sure, "scored", "abstained")
            subject = logits[at, _E + _S : _E + _S + _A].argmax(axis=1)
            for row in np.flatnonzero(sure):
                i = chunk[row].index
                chosen_e = _falling(sure_e[row], p[row, :_E])
                chosen_s = _falling(sure_s[row], p[row, _E : _E + _S])
                emotions[i] = " ".join(EMOTIONS[j] for j in chosen_e)
                signals[i] = " ".join(SIGNALS[j] for j in chosen_s)
                about[i] = ABOUT[subject[row]]
                columns = [j for j in chosen_e if EMOTIONS[j] != "neutral"] + [_E + j for j in chosen_s]
                if columns and evidence:
                    by_word = word_sums[chunk[row].word_ids][:, columns]
                    by_pair = self._weights[pair_rows[row]][:, columns]
                    spans[i] = evidence_json(chunk[row], [_label(j) for j in columns], by_word, by_pair)
        p = 1.0 / (1.0 + np.exp(-logits))
        p_emotion = p[:, :_E]
        scored = status == "scored"
        total = p_emotion.sum(axis=1)
        values = {
            "valence": 2.0 * p[:, -2] - 1.0,
            "arousal": (p_emotion * _AROUSAL).sum(axis=1) / np.maximum(total, 1e-9),
            "intensity": p[:, -1],
        }
        return Scores(
            status=status,
            p_emotion=p_emotion.astype(np.float32),
            p_signal=p[:, _E : _E + _S].astype(np.float32),
            emotions=emotions,
            signals=signals,
            motivators=np.full(n, None, dtype=object),
            main_emotion=np.full(n, None, dtype=object),
            about=about,
            evidence=spans,
            **{k: np.where(scored, v, np.nan).astype(np.float32) for k, v in values.items()},
        )

    def logits(self, texts: Sequence[str | None]) -> NDArray[np.float64]:
        """(n, L) calibrated log odds of every column; NaN where a text is not read."""
        out = np.full((len(texts), len(COLUMNS)), np.nan)
        for chunk in self._chunks(texts, np.empty(len(texts), dtype="U20")):
            sums, squares, _, _ = self._sums(chunk)
            root = np.sqrt(np.maximum(squares, 1).astype(np.float64))
            out[[r.index for r in chunk]] = self._bias + self._step * (sums / root[:, None])
        return out

    def _chunks(self, texts: Sequence[str | None], status: NDArray[np.str_]) -> Iterator[list[Reading]]:
        """Readable texts in groups that bound memory; the status of the others is set."""
        chunk: list[Reading] = []
        size = 0
        for index, text in enumerate(texts):
            if text is None:
                continue
            low = wd.lower(wd.cut(text))
            found = wd.tokens(low)
            if not found:
                continue
            if not is_english(low, found):
                status[index] = "unsupported_language"
                continue
            chunk.append(Reading(index, low, found))
            size += len(found)
            if size >= _CHUNK_TOKENS:
                yield chunk
                chunk, size = [], 0
        if chunk:
            yield chunk

    def _lookup(self, hashes: Sequence[int]) -> NDArray[np.int64]:
        """Rows of the weights for hashes; K for what is not known."""
        wanted = np.array(hashes, dtype=np.uint32)
        at = np.searchsorted(self._keys, wanted)
        at[at == len(self._keys)] = 0
        return np.where(self._keys[at] == wanted, at, len(self._keys))

    def _word_rows(self, word: str) -> NDArray[np.int64]:
        rows = self._rows.get(word)
        if rows is None:
            rows = self._lookup(wd.word_hashes(word))
            rows = np.append(rows[rows < len(self._keys)], len(self._keys))
            if len(self._rows) >= _CACHED_WORDS:
                self._rows = {}
            self._rows[word] = rows
        return rows

    def _sums(
        self, chunk: list[Reading]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32], list[NDArray[np.int64]]]:
        """Per text the sums of weights and squares; sums per different word; rows of each text's pairs."""
        ids: dict[str, int] = {}
        for reading in chunk:
            reading.word_ids = np.array([ids.setdefault(w, len(ids)) for w in reading.tokens])
        rows = [self._word_rows(w) for w in ids]
        flat = np.concatenate(rows)
        starts = np.concatenate(([0], np.cumsum([len(r) for r in rows])[:-1]))
        word_sums = np.add.reduceat(self._weights[flat], starts, axis=0, dtype=np.int32)
        word_squares = np.add.reduceat(self._squares[flat], starts)

        once = [list(dict.fromkeys(r.word_ids.tolist())) for r in chunk]
        picked = np.fromiter(chain.from_iterable(once), dtype=np.int64)
        starts = np.concatenate(([0], np.cumsum([len(o) for o in once])[:-1]))
        sums = np.add.reduceat(word_sums[picked], starts, axis=0, dtype=np.int64)
        squares = np.add.reduceat(word_squares[picked], starts)

        paired = [wd.pairs(r.tokens) for r in chunk]
        different = {pair: k for k, pair in enumerate(dict.fromkeys(chain.from_iterable(paired)))}
        known = self._lookup([wd.pair_hash(*pair) for pair in different])
        sequence = [[different[pair] for pair in ps] for ps in paired]
        pair_rows = [known[s] for s in sequence]
        once = [list(dict.fromkeys(s)) for s in sequence]
        picked = known[np.fromiter(chain.from_iterable(once), dtype=np.int64)]
        starts = np.concatenate(([0], np.cumsum([len(o) for o in once])[:-1]))
        sums += np.add.reduceat(self._weights[picked], starts, axis=0, dtype=np.int64)
        squares += np.add.reduceat(self._squares[picked], starts)
        return sums, squares, word_sums, pair_rows


def _falling(decided: NDArray[np.bool_], p: NDArray[np.float64]) -> list[int]:
    """Decided labels by falling probability, equal ones in label order."""
    return sorted(np.flatnonzero(decided).tolist(), key=lambda j: (-p[j], j))


def _label(column: int) -> tuple[str, str]:
    return ("emotion", EMOTIONS[column]) if column < _E else ("signal", SIGNALS[column - _E])
