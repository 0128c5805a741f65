"""How right feelings are read: Heartline's models beside VADER and NRCLex on customers' messages.

    python benchmarks/text_accuracy.py DATA_FOLDER

DATA_FOLDER holds ``airline_tweets`` and ``service_signals``; no model here trained on the rows used. Figures go to
benchmarks/results/text_accuracy.md and text_accuracy.json. Speed is not measured here.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from text_readers import NRC, ROBERTA, UNFUSED, VADER, open_reader, readers

from heartline.emotion.labels import SIGNALS
from heartline.emotion.train import data as sources
from heartline.emotion.train import report
from heartline.emotion.train.examine import BAND, ENOUGH, share

F32 = NDArray[np.float32]
RESULTS = Path(__file__).parent / "results"
SEED = 11
BANDS = {VADER: 0.05, NRC: 0.0}
"""Valence within ± this is neutral: as VADER's authors say; more words of one kind for NRCLex; ours by the guide."""
CLASSES = ("negative", "neutral", "positive")


def airline(folder: Path) -> tuple[list[str], NDArray[np.int64]]:
    """Texts of the airline tweets and -1, 0 or 1 for each."""
    with gzip.open(folder / "airline_tweets" / "airline_tweets.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["text"] for row in rows], np.array([CLASSES.index(row["airline_sentiment"]) - 1 for row in rows])


def sentiment(true: NDArray[np.int64], valence: F32, band: float) -> dict[str, Any]:
    """Accuracy and macro-F1 over three classes with 95 % bootstrap intervals; a valence that is not known is 0."""
    known = np.nan_to_num(valence)
    told = (known > band).astype(np.int64) - (known < -band).astype(np.int64)
    y, decided = (np.stack([each == k for k in (-1, 0, 1)], axis=1).astype(np.float32) for each in (true, told))
    f1, ends = report.f1_with_interval(y, decided, SEED)
    return {
        "accuracy": share(told == true, SEED),
        "macro_f1": [float(f1[-2]), *map(float, ends[-2])],
        "f1": {name: [float(f1[k]), *map(float, ends[k])] for k, name in enumerate(CLASSES)},
        "told": {name: int((told == k - 1).sum()) for k, name in enumerate(CLASSES)},
    }


def signals(service: sources.ServiceTexts, told: Sequence[str]) -> dict[str, Any]:
    """Macro-F1 over signals with `ENOUGH` positives, and each signal's F1, with 95 % bootstrap intervals."""
    decided = np.array([[signal in joined.split() for signal in SIGNALS] for joined in told], np.float32)
    often = np.flatnonzero(service.signals.sum(0) >= ENOUGH)
    f1, ends = report.f1_with_interval(service.signals[:, often], decided[:, often], SEED)
    each = {SIGNALS[j]: [float(f1[k]), *map(float, ends[k])] for k, j in enumerate(often)}
    return {"macro_f1": [float(f1[-2]), *map(float, ends[-2])], "f1": each}


def measure(folder: Path) -> dict[str, Any]:
    """All figures by reader."""
    tweets, true = airline(folder)
    service = sources.service_signals(folder)
    service = service.where(~sources.may_train(service))
    found: dict[str, Any] = {"tweets": len(tweets), "messages": len(service.texts), "readers": {}}
    found["always_negative"] = sentiment(true, np.full(len(true), -1, np.float32), 0.0)
    for reader in readers():
        if reader.name in (ROBERTA, UNFUSED) or reader.evidence is True:
            continue
        score = open_reader(reader, Path())
        on_tweets, on_messages = score(tweets), score(service.texts)
        own = reader.name not in BANDS
        valence = [np.asarray(got.valence if own else got, np.float32) for got in (on_tweets, on_messages)]
        figures: dict[str, Any] = {
            "sentiment": sentiment(true, valence[0], BANDS.get(reader.name, BAND)),
            "valence": list(report.correlation_with_interval(np.nan_to_num(valence[1]), service.valence, SEED)),
        }
        if own:
            figures["silent"] = float(np.isnan(valence[0]).mean())
            figures["signals"] = signals(service, on_messages.signals)
        found["readers"][reader.name] = figures
        print(reader.name, figures["sentiment"]["accuracy"], figures["valence"], flush=True)
    return found


def page(found: dict[str, Any]) -> str:
    """The result as Markdown."""
    lines = [
        "# Reading feelings right",
        "",
        f"Made by `make bench` from the public data sets: {found['tweets']:,} tweets to airlines with three classes of "
        f"sentiment, and {found['messages']:,} annotated messages of sources that never train. In brackets 95 % "
        "bootstrap intervals over texts.",
        "",
        "| | tweets: accuracy | tweets: macro-F1 | no valence | messages: correlation of valence "
        f"| messages: macro-F1 of signals with {ENOUGH} positives or more |",
        "|---|---|---|---|---|---|",
    ]
    for name, figures in found["readers"].items():
        told = figures["sentiment"]
        silent = f"{figures['silent']:.1%}" if "silent" in figures else "0.0%"
        service = _range(figures["signals"]["macro_f1"]) if "signals" in figures else "judges none"
        lines.append(
            f"| {name} | {_range(told['accuracy'])} | {_range(told['macro_f1'])} | {silent} "
            f"| {_range(figures['valence'])} | {service} |"
        )
    told = found["always_negative"]
    lines += [f"| always negative | {_range(told['accuracy'])} | {_range(told['macro_f1'])} | | | |", ""]
    ours = {name: figures["signals"]["f1"] for name, figures in found["readers"].items() if "signals" in figures}
    if ours:
        lines += ["| F1 of a signal | " + " | ".join(ours) + " |", "|---|" + "---|" * len(ours)]
        for signal in next(iter(ours.values())):
            lines.append(f"| {signal} | " + " | ".join(_range(each[signal]) for each in ours.values()) + " |")
        lines.append("")
    lines += [
        f"- Tweets are neutral where valence is within ±{BAND} (ours), VADER's compound within ±{BANDS[VADER]}, or "
        "NRCLex finds as many positive as negative words.",
        "- A text without a valence, because the model abstained or did not read it, counts as neutral.",
        "- Annotations of messages were made by a language model under a written guide, not by people.",
    ]
    return "\n".join(lines) + "\n"


def _range(three: Sequence[float]) -> str:
    value, low, high = three
    return f"{value:.3f} ({low:.3f} to {high:.3f})"


def main() -> None:
    """Measure and write the results."""
    found = measure(Path(sys.argv[1]))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "text_accuracy.md").write_text(page(found), encoding="utf-8")
    (RESULTS / "text_accuracy.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(page(found))


if __name__ == "__main__":
    main()
