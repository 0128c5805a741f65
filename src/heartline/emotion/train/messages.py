"""Customer messages that train the signals: the project's own, and annotations of public texts.

``texts/*.txt`` are messages written for this project, one a line:

    valence|emotion|intensity|signals|about|motivators|goemotions|text

``labels/*.labels`` annotate public texts without repeating them:

    key|source|valence|emotion|intensity|signals|about|motivators|goemotions

The key is the first 16 hexadecimal digits of the SHA-256 of the source's text. valence is -2..2, emotion one of
`labels.MAIN_EMOTIONS`, intensity 0..3, lists are joined by blanks. Where goemotions is empty nobody judged it.
Labels follow the guide of the annotated customer messages: one reading of each text, by its words alone.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.labels import ABOUT, EMOTIONS, MAIN_EMOTIONS, MOTIVATORS, SIGNALS
from heartline.errors import ModelError

SECOND = Path(__file__).parent / "second"
"""A second reading of 300 own messages, made without seeing the first: how far two agree. It trains nothing."""
TEXTS = Path(__file__).parent / "texts"
LABELS = Path(__file__).parent / "labels"
SOURCES = ("cfpb", "skytrax", "clothing", "multidogo", "goemotions")
"""Public sources whose licence allows training."""

_ALIKE = 0.7
_SHORT = 3
_KEY = re.compile(r"[0-9a-f]{16}")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


@dataclass(frozen=True)
class Judgement:
    """What a message says under the guide.

    Attributes
    ----------
    valence: -2..2
    main_emotion: one of `labels.MAIN_EMOTIONS`
    intensity: 0..3
    signals: of `labels.SIGNALS`; empty means none
    about: one of `labels.ABOUT`
    motivators: of `labels.MOTIVATORS`; empty means none; None where nobody judged them
    emotions: of `labels.EMOTIONS`; None where nobody judged them
    """

    valence: int
    main_emotion: str
    intensity: int
    signals: frozenset[str]
    about: str
    motivators: frozenset[str] | None
    emotions: frozenset[str] | None


@dataclass(frozen=True)
class Message:
    """A text, where it comes from (``own:`` and the file's name, or the public source), what it says, its line."""

    text: str
    source: str
    judgement: Judgement
    place: str


@dataclass(frozen=True)
class Annotation:
    """What a public text says; the text itself is found by its key."""

    key: str
    source: str
    judgement: Judgement
    place: str


def key_of(text: str) -> str:
    """The key of a text: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def held_back(text: str) -> bool:
    """Whether a text of `texts` or `labels` is never trained on: one in sixteen, by its key, to watch a fit."""
    return key_of(text)[0] == "0"


def fold_of(texts: Sequence[str], folds: int) -> NDArray[np.int64]:
    """(n,) the fold of each text, by its key: a text that comes twice is in one fold."""
    return np.array([int(key_of(text)[4:], 16) % folds for text in texts], dtype=np.int64)


def own_messages(folder: Path = TEXTS) -> list[Message]:
    """The project's own messages, by file and line; a text that came before is left out.

    Raises ModelError naming file and line of a line that is not as it should be.
    """
    found: dict[str, Message] = {}
    for file, number, line in _lines(folder, "*.txt"):
        fields = line.split("|")
        place = f"{file.name}, line {number}"
        _require(len(fields) == 8, place, "not 8 fields", "8 fields joined by |")
        text = fields[7]
        _require(bool(text.strip()), place, "no text", "a text")
        judgement = _judgement(fields[:7], place)
        _require(judgement.emotions is not None, place, "no goemotions", "one to three labels of GoEmotions")
        found.setdefault(text, Message(text, f"own:{file.stem}", judgement, place))
    return list(found.values())


def annotated(folder: Path = LABELS, sources: Sequence[str] = SOURCES) -> list[Annotation]:
    """Annotations of public texts, by file and line.

    Raises ModelError naming file and line of a line that is not as it should be, or whose key came before.
    """
    found: dict[str, Annotation] = {}
    for file, number, line in _lines(folder, "*.labels"):
        fields = line.split("|")
        place = f"{file.name}, line {number}"
        _require(len(fields) == 9, place, "not 9 fields", "9 fields joined by |")
        key, source = fields[:2]
        _require(bool(_KEY.fullmatch(key)), place, "a key that is none", "16 hexadecimal digits")
        _require(source in sources, place, "a source that is not known", f"one of {', '.join(sources)}")
        _require(key not in found, place, "a key that came before", "one annotation a text")
        found[key] = Annotation(key, source, _judgement(fields[2:], place), place)
    return list(found.values())


def repeats(messages: Sequence[Message]) -> list[tuple[Message, Message]]:
    """Pairs of messages with the same labels that differ by no more than a word or two: the later one teaches nothing.

    Alike are texts of the same words, and texts that share 70 % of all their runs of three words. A pair whose labels
    differ is meant: it shows which word decides.
    """
    words = [tuple(_WORD.findall(message.text.lower())) or tuple(message.text) for message in messages]
    runs = [frozenset(zip(w, w[1:], w[2:], strict=False)) if len(w) >= _SHORT else frozenset() for w in words]
    same: dict[tuple[str, ...], list[int]] = {}
    holders: dict[tuple[str, ...], list[int]] = {}
    for i, (w, run) in enumerate(zip(words, runs, strict=True)):
        if len(w) >= _SHORT:
            same.setdefault(w, []).append(i)
        for three in run:
            holders.setdefault(three, []).append(i)
    pairs = {pair for group in same.values() for pair in combinations(group, 2)}
    shared = Counter(pair for group in holders.values() if len(group) <= 50 for pair in combinations(group, 2))
    pairs |= {(a, b) for (a, b), count in shared.items() if count >= _ALIKE * len(runs[a] | runs[b])}
    return [(messages[a], messages[b]) for a, b in sorted(pairs) if messages[a].judgement == messages[b].judgement]


def _lines(folder: Path, pattern: str) -> Iterator[tuple[Path, int, str]]:
    for file in sorted(folder.glob(pattern)):
        text = file.read_text(encoding="utf-8")
        for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
            yield file, number, line


def _judgement(fields: Sequence[str], place: str) -> Judgement:
    """Fields valence to goemotions. A wrong field is named, never shown: it may hold somebody's words."""
    valence, main, intensity, signals, about, motivators, emotions = fields
    _require(valence in ("-2", "-1", "0", "1", "2"), place, "a valence that is none", "-2, -1, 0, 1 or 2")
    _require(main in MAIN_EMOTIONS, place, "an emotion that is none", f"one of {', '.join(MAIN_EMOTIONS)}")
    _require(intensity in ("0", "1", "2", "3"), place, "an intensity that is none", "0, 1, 2 or 3")
    _require(about in ABOUT, place, "an about that is none", f"one of {', '.join(ABOUT)}")
    judged = _set(emotions, EMOTIONS, place, "goemotions")
    _require(len(judged) <= 3, place, "more than three of goemotions", "one to three")
    return Judgement(
        int(valence),
        main,
        int(intensity),
        _set(signals, SIGNALS, place, "signals"),
        about,
        _set(motivators, MOTIVATORS, place, "motivators"),
        judged or None,
    )


def _set(joined: str, labels: Sequence[str], place: str, field: str) -> frozenset[str]:
    given = joined.split()
    _require(set(given) <= set(labels), place, f"{field} that are none", f"of {', '.join(labels)}")
    _require(len(set(given)) == len(given), place, f"one of {field} twice", "each label once")
    return frozenset(given)


def _require(held: bool, place: str, got: str, expected: str) -> None:
    if not held:
        raise ModelError(f"{place}: {got}", expected, "mend the line")
