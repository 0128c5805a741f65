"""Readers of feeling that are measured side by side.

What a reader needs is imported when it is opened, so that its time and memory count for it and for no other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

THREADS = 2
ROBERTA, UNFUSED, VADER, NRC = "roberta_shape", "roberta_shape, unfused", "vader", "nrclex"

Score = Callable[[Sequence[str]], Any]
"""Reads texts in the reader's own way and returns what it says."""


@dataclass(frozen=True)
class Reader:
    """One row of the measurement.

    Attributes
    ----------
    name: of a Heartline model, or `ROBERTA`, `UNFUSED`, `VADER`, `NRC`. `UNFUSED` is the RoBERTa shape without the
        step of onnxruntime that Heartline's own networks leave out, since it is slower there
    evidence: whether the words that carry each label are looked for; None where there is no such choice
    """

    name: str
    evidence: bool | None = None

    @property
    def label(self) -> str:
        """How the row is called."""
        return f"{self.name}, no evidence" if self.evidence is False else self.name


def readers() -> list[Reader]:
    """Our models and the others that are installed; the RoBERTa shape needs the word pieces of ours."""
    from heartline.emotion.load import available

    ours = [name for name in ("default", "bulk") if name in available()]
    found = [Reader(name, evidence) for name in ours for evidence in (True, False)]
    if vocabulary():
        found += [Reader(ROBERTA), Reader(UNFUSED)]
    found += [Reader(name) for name, package in ((VADER, "vaderSentiment"), (NRC, "nrclex")) if find_spec(package)]
    return found


def vocabulary() -> Path | None:
    """The word pieces of the shipped network models; None where none is shipped."""
    from heartline.emotion.load import MODELS

    return next(iter(sorted(MODELS.rglob("vocabulary.txt"))), None)


def open_reader(reader: Reader, network: Path) -> Score:
    """Open for reading. `network`: file of the RoBERTa-base-shaped network."""
    if reader.name in (ROBERTA, UNFUSED):
        return _roberta(network, ["SkipLayerNormFusion"] if reader.name == UNFUSED else [])
    if reader.name == VADER:
        return _vader()
    if reader.name == NRC:
        return _nrc()
    from heartline.emotion import load_model

    model: Any = load_model(reader.name, THREADS)
    evidence = bool(reader.evidence)
    return lambda texts: model.score(texts, evidence=evidence)


def _roberta(network: Path, left_out: list[str]) -> Score:
    import onnxruntime
    from batched import Batched

    from heartline.emotion.wordpiece import WordPieces

    pieces = vocabulary()
    assert pieces is not None, "no network model is shipped, so there are no word pieces"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(
        str(network), options, providers=["CPUExecutionProvider"], disabled_optimizers=left_out
    )
    return Batched(session, WordPieces(pieces.read_text(encoding="utf-8").split("\n"))).score


def _vader() -> Score:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    rules = SentimentIntensityAnalyzer()
    return lambda texts: [rules.polarity_scores(text)["compound"] for text in texts]


def _nrc() -> Score:
    """Positive words less negative ones, as a share of the words that the lexicon knows; no words of it: 0.

    It is given words that are cut here, since its own way of cutting downloads a corpus at the first text.
    """
    import re

    from nrclex import NRCLex

    word = re.compile(r"[a-z]+(?:'[a-z]+)?")
    lexicon = NRCLex()

    def score(texts: Sequence[str]) -> Any:
        found = []
        for text in texts:
            lexicon.load_token_list(word.findall(text.lower()))
            found.append(lexicon.affect_frequencies["positive"] - lexicon.affect_frequencies["negative"])
        return found

    return score


def size_on_disk(reader: Reader, network: Path) -> int:
    """Bytes of the reader's own files: model, word pieces, lexicon; not of the libraries that it runs on."""
    return sum(file.stat().st_size for file in _files(reader, network))


def _files(reader: Reader, network: Path) -> Iterator[Path]:
    from heartline.emotion.load import MODELS

    if reader.name in (ROBERTA, UNFUSED):
        pieces = vocabulary()
        yield from (network, *([pieces] if pieces else []))
    elif reader.name in (VADER, NRC):
        spec = find_spec("vaderSentiment" if reader.name == VADER else "nrclex")
        assert spec is not None
        assert spec.origin is not None
        yield from (f for f in Path(spec.origin).parent.rglob("*") if f.is_file() and f.suffix != ".pyc")
    else:
        folder = MODELS / reader.name
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        yield from (folder / name for name in config["files"])
