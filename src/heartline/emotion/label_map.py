"""What the labels of somebody else's model mean in ours: the file ``heartline_model.toml`` in the model's folder.

    name = "our-tickets"
    languages = ["en"]            # or ["*"]: any language, without a test of ours
    activation = "sigmoid"        # or "softmax": how the model's numbers become probabilities
    max_length = 256              # pieces of a text that the model reads
    evidence_words = 32           # words tried for evidence; 0: none

    [thresholds]
    default = 0.5
    "emotion:anger" = 0.4

    [labels]                      # theirs = ours
    furious = "emotion:anger"
    angry = ["emotion:anger", "valence:-0.85"]
    spam = "ignore"

Several of theirs may mean one of ours. Under softmax they exclude each other, so the probability of one or the other
is their sum. Under sigmoid they do not, and how far they overlap is not known: it is at least the largest of them, and
that is taken. 1 - prod(1 - p) would take them for independent, which near-synonyms are not: two hints at one anger
would be counted as two angers.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.decide import LABELS
from heartline.emotion.head import AROUSAL, COLUMNS, DECIDED, EMOTION, MOTIVATOR, VALENCE
from heartline.emotion.labels import AFFECT, EMOTIONS
from heartline.errors import ModelError

FILE = "heartline_model.toml"
HOW_TO = "see docs/how-to/bring-your-own-model.md"
ACTIVATIONS = ("sigmoid", "softmax")
MOST_EVIDENCE_WORDS = 64
_KEYS = ("name", "languages", "activation", "max_length", "evidence_words", "thresholds", "labels")
_COLUMN_OF = {f"{kind}:{label}": column for column, (kind, label) in enumerate(LABELS)}
_MEANINGS = "emotion:…, signal:…, motivator:…, valence:NUMBER in -1 to 1, or ignore"
_MOST_PIECES = 8192


@dataclass(frozen=True)
class LabelMap:
    """A mapping that was checked against the labels of its model; an output is the place of a label of theirs.

    Attributes
    ----------
    decided: (column of ours, outputs of theirs that mean it)
    valence: (output of theirs, the valence that it means)
    thresholds: (number of `head.DECIDED` columns,) probability from which a label of ours is decided
    valence_threshold: probability of one direction of valence from which a text without a decided label is scored
    """

    name: str
    languages: tuple[str, ...]
    activation: str
    max_length: int
    evidence_words: int
    theirs: tuple[str, ...]
    decided: tuple[tuple[int, tuple[int, ...]], ...]
    valence: tuple[tuple[int, float], ...]
    thresholds: NDArray[np.float32]
    valence_threshold: float

    def judges(self, kind: slice) -> bool:
        """Whether a label of theirs means one of this kind: `head.EMOTION`, `head.SIGNAL` or `head.MOTIVATOR`."""
        return any(kind.start <= column < kind.stop for column, _ in self.decided)

    def either(self, p: Sequence[float]) -> float:
        """Probability of one or another of their labels; see the module for the rule."""
        return min(1.0, math.fsum(p)) if self.activation == "softmax" else max(p, default=0.0)

    def ours(self, p: Sequence[float]) -> NDArray[np.float32]:
        """(number of `head.COLUMNS`,) our probabilities of one text from theirs; NaN where nothing of theirs means it.

        Whatever no label claims counts as neutral (`labels.AFFECT`: valence 0, arousal 0.1). With w labels' p,

            valence = Σ w v / max(1, Σ w)
            arousal = (Σ w a + 0.1 · max(0, 1 - Σ w)) / max(1, Σ w)

        Valence is taken over their labels that mean one, or where none does over the emotions with `labels.AFFECT`;
        arousal always over the emotions. Both need a label of theirs that means more than neutral.
        """
        row = np.full(len(COLUMNS), np.nan, dtype=np.float32)
        felt: list[tuple[float, float, float]] = []
        for column, outputs in self.decided:
            chance = self.either([p[o] for o in outputs])
            row[column] = chance
            if EMOTION.start <= column < EMOTION.stop:
                felt.append((chance, *AFFECT[EMOTIONS[column]]))
        feels = any(c < EMOTION.stop and EMOTIONS[c] != "neutral" for c, _ in self.decided)
        if self.valence:
            row[VALENCE] = (1.0 + _weighted([(p[o], v) for o, v in self.valence], AFFECT["neutral"][0])) / 2.0
        elif feels:
            row[VALENCE] = (1.0 + _weighted([(w, v) for w, v, _ in felt], AFFECT["neutral"][0])) / 2.0
        if feels:
            row[AROUSAL] = _weighted([(w, a) for w, _, a in felt], AFFECT["neutral"][1])
        return row

    def is_sure_of_valence(self, p: Sequence[float]) -> bool:
        """Whether their labels of one direction (below, at or above 0) together reach the threshold for valence."""
        directions = (
            [p[o] for o, v in self.valence if v < 0],
            [p[o] for o, v in self.valence if v == 0],
            [p[o] for o, v in self.valence if v > 0],
        )
        return any(chances and self.either(chances) >= self.valence_threshold for chances in directions)


def _weighted(parts: Sequence[tuple[float, float]], of_the_rest: float) -> float:
    total = math.fsum(w for w, _ in parts)
    rest = max(0.0, 1.0 - total)
    return (math.fsum(w * x for w, x in parts) + rest * of_the_rest) / max(1.0, total)


def labels_of(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Labels that a Hugging Face ``config.json`` names, by output; LABEL_0 and LABEL_1 where it names none.

    Raises ModelError where the outputs have gaps, a name is there twice, or the model gives numbers, not labels.
    """
    if config.get("problem_type") == "regression":
        raise ModelError(
            "the model's problem_type is regression", "a model that gives probabilities of labels", "use a classifier"
        )
    named = config.get("id2label") or {"0": "LABEL_0", "1": "LABEL_1"}
    try:
        by_output = {int(output): str(label) for output, label in named.items()}
    except (ValueError, AttributeError):
        by_output = {}
    if sorted(by_output) != list(range(len(named))):
        raise ModelError("id2label of config.json does not number the labels from 0", '{"0": "anger", …}', HOW_TO)
    labels = tuple(by_output[output] for output in range(len(by_output)))
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise ModelError(f"id2label of config.json names {', '.join(twice)} twice", "a name per output", HOW_TO)
    return labels


def read_label_map(file: Path, theirs: Sequence[str]) -> LabelMap:
    """The mapping in a file, checked against the labels of the model; ModelError says what is wrong and where."""
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{FILE} cannot be read ({error.strerror})", "a mapping file", HOW_TO) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"{FILE} is not valid TOML: {error}", 'label = "emotion:anger", one a line', HOW_TO) from error
    for key in given:
        if key not in _KEYS:
            raise _wrong(f"an unknown key {key}", f"one of {', '.join(_KEYS)}")
    name = given.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}", name):
        raise _wrong(f"name = {name!r}", "letters, digits, dots and dashes, at most 60")
    activation = given.get("activation")
    if activation not in ACTIVATIONS:
        raise _wrong(f"activation = {activation!r}", " or ".join(ACTIVATIONS))
    if activation == "softmax" and len(theirs) < 2:
        raise _wrong("softmax over one label, which is always sure", "activation = 'sigmoid'")
    decided, valence = _meanings(given.get("labels"), theirs)
    thresholds, of_valence = _thresholds(given.get("thresholds", {}), [column for column, _ in decided], bool(valence))
    return LabelMap(
        name,
        _languages(given.get("languages")),
        activation,
        _whole(given, "max_length", 256, 8, _MOST_PIECES),
        _whole(given, "evidence_words", 32, 0, MOST_EVIDENCE_WORDS),
        tuple(theirs),
        decided,
        valence,
        thresholds,
        of_valence,
    )


def _meanings(
    given: object, theirs: Sequence[str]
) -> tuple[tuple[tuple[int, tuple[int, ...]], ...], tuple[tuple[int, float], ...]]:
    if not isinstance(given, dict):
        raise _wrong("no [labels]", "a line for each label of the model")
    unknown = [label for label in given if label not in theirs]
    if unknown:
        raise _wrong(
            f"labels that the model does not have: {', '.join(unknown)}", f"its labels: {', '.join(theirs)}",
        )  # fmt: skip
    lacking = [label for label in theirs if label not in given]
    if lacking:
        raise _wrong(f"no line for the model's {', '.join(lacking)}", f"{_MEANINGS} for every label of the model")
    decided: dict[int, list[int]] = {}
    valence: dict[int, float] = {}
    for output, label in enumerate(theirs):
        meant = given[label]
        for meaning in meant if isinstance(meant, list) else [meant]:
            if meaning in _COLUMN_OF:
                outputs = decided.setdefault(_COLUMN_OF[meaning], [])
                if output not in outputs:
                    outputs.append(output)
            elif meaning != "ignore":
                valence[output] = _valence(meaning, label)
    if not valence and not any(column < MOTIVATOR.start for column in decided):
        # Only an emotion, a signal or valence makes a text scored; motivators alone would never be shown.
        raise _wrong("no label that means an emotion, a signal or valence", f"a meaning for at least one: {_MEANINGS}")
    return tuple((column, tuple(outputs)) for column, outputs in sorted(decided.items())), tuple(valence.items())


def _valence(meaning: object, label: str) -> float:
    kind, _, number = meaning.partition(":") if isinstance(meaning, str) else ("", "", "")
    try:
        value = float(number) if kind == "valence" else math.nan
    except ValueError:
        value = math.nan
    if not -1.0 <= value <= 1.0:
        known = [one for one in _COLUMN_OF if one.startswith(f"{kind}:")] or [_MEANINGS]
        raise _wrong(f"{label} = {meaning!r}, which is no label of ours", ", ".join(known))
    return value


def _thresholds(given: object, decided: Sequence[int], has_valence: bool) -> tuple[NDArray[np.float32], float]:
    if not isinstance(given, dict):
        raise _wrong("thresholds that are no table", "[thresholds] with default = 0.5")
    allowed = ["default", *(f"{LABELS[c][0]}:{LABELS[c][1]}" for c in decided), *(["valence"] if has_valence else [])]
    for key, value in given.items():
        if key not in allowed:
            raise _wrong(f"a threshold for {key}, which no label means", f"one of {', '.join(allowed)}")
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0.0 < value <= 1.0:
            raise _wrong(f"{key} = {value!r} in [thresholds]", "a probability above 0, at most 1")
    default = float(given.get("default", 0.5))
    thresholds = np.full(DECIDED.stop, default, dtype=np.float32)
    for column in decided:
        kind, label = LABELS[column]
        thresholds[column] = given.get(f"{kind}:{label}", default)
    return thresholds, float(given.get("valence", default))


def _languages(given: object) -> tuple[str, ...]:
    codes = given if isinstance(given, list) else []
    if codes != ["*"] and (not codes or not all(isinstance(c, str) and re.fullmatch("[a-z]{2}", c) for c in codes)):
        raise _wrong(f"languages = {given!r}", 'codes of two letters such as ["en"], or ["*"]')
    return tuple(codes)


def _whole(given: Mapping[str, Any], name: str, default: int, low: int, high: int) -> int:
    value = given.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise _wrong(f"{name} = {value!r}", f"a whole number from {low} to {high}")
    return value


def _wrong(got: str, expected: str) -> ModelError:
    return ModelError(f"{FILE} has {got}", expected, f"correct {FILE}; {HOW_TO}")


def read_config(folder: Path) -> dict[str, Any]:
    """The ``config.json`` of somebody else's model; ModelError where there is none."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"config.json in {folder.name} cannot be read ({type(error).__name__})",
            "the config.json that was exported with the model",
            HOW_TO,
        ) from error
    if not isinstance(config, dict):
        raise ModelError(f"config.json in {folder.name} is no object", "a Hugging Face configuration", HOW_TO)
    return config
