"""How much the seed of a training matters: the same student from several seeds, and the mean of their weights.

    python benchmarks/text_seeds.py DATA_FOLDER WEIGHTS_FOLDER WORK_FOLDER [SEED …]

Networks are taken as they are in WORK_FOLDER, or fitted: half an hour each for `default` on two cores, so this is not
part of ``make bench``. All are calibrated by the folds of the first seed, and judged before they are put into whole
numbers. Figures go to benchmarks/results/text_seeds.md and text_seeds.json.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.head import EMOTION, MAIN, SIGNAL, SUBJECT, VALENCE
from heartline.emotion.train import data as sources
from heartline.emotion.train.calibrate import Calibration, calibrated
from heartline.emotion.train.encoders import MINILM, encoder_folder
from heartline.emotion.train.finetune import ask
from heartline.emotion.train.network import Network, averaged
from heartline.emotion.train.pipeline import Course
from heartline.emotion.train.recipe import STUDENTS, USED_TEACHERS
from heartline.emotion.train.student import cut, vocabulary
from heartline.emotion.wordpiece import WordPieces

F64 = NDArray[np.float64]
RESULTS = Path(__file__).parent / "results"
SEEDS, FOLDS, RESAMPLES, ENOUGH = (20, 21, 22), 4, 1000, 20


def f1(decided: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    """Mean over labels."""
    both = 2 * (decided & true).sum(0) / np.maximum(decided.sum(0) + true.sum(0), 1)
    return float(both.mean())


def interval(figure: Callable[[NDArray[np.int64]], float], texts: int) -> tuple[float, float, float]:
    """A figure over all texts and its 95 % bootstrap interval over texts."""
    draw = np.random.default_rng(0)
    drawn = [figure(draw.integers(0, texts, texts)) for _ in range(RESAMPLES)]
    low, high = np.quantile(drawn, [0.025, 0.975]).tolist()
    return round(figure(np.arange(texts)), 4), round(low, 4), round(high, 4)


class Judge:
    """GoEmotions' dev part and the annotated messages that never train."""

    def __init__(self, data: Path, weights: Path) -> None:
        cutter = WordPieces(vocabulary(encoder_folder(weights, MINILM)))
        self._dev = sources.goemotions(data, "dev")
        service = sources.service_signals(data)
        self._service = service.where(~sources.may_train(service))
        self._pieces = cut(cutter, self._dev.texts), cut(cutter, self._service.texts)

    def figures(self, network: Network, by: Calibration) -> dict[str, tuple[float, float, float]]:
        """Figures of one network with their intervals."""
        dev, service = (
            ask(network, pieces, 0, half=False).astype(np.float64) * by.slopes + by.offsets for pieces in self._pieces
        )
        emotions = _chance(dev[:, EMOTION]) >= by.thresholds[EMOTION]
        often = np.flatnonzero(self._service.signals.sum(0) >= ENOUGH)
        signals = (_chance(service[:, SIGNAL]) >= by.thresholds[SIGNAL])[:, often]
        true = self._dev.labels.astype(bool), self._service.signals[:, often].astype(bool)
        main = service[:, MAIN].argmax(1) == self._service.main_emotion.argmax(1)
        about = service[:, SUBJECT].argmax(1) == self._service.about.argmax(1)
        valence = _chance(service[:, VALENCE]), self._service.valence
        n = len(service)
        return {
            "emotions": interval(lambda i: f1(emotions[i], true[0][i]), len(dev)),
            "signals": interval(lambda i: f1(signals[i], true[1][i]), n),
            "main": interval(lambda i: float(main[i].mean()), n),
            "about": interval(lambda i: float(about[i].mean()), n),
            "valence": interval(lambda i: float(np.corrcoef(valence[0][i], valence[1][i])[0, 1]), n),
        }


def _chance(z: F64) -> F64:
    found: F64 = 1 / (1 + np.exp(-z))
    return found


def page(found: dict[str, dict[str, Any]]) -> str:
    """The result as Markdown."""
    lines = [
        "# How much the seed matters",
        "",
        "Made by `python benchmarks/text_seeds.py`. The same recipe from three seeds, and the mean of the weights of",
        "all; before they are put into whole numbers and without abstaining, figures differ a little from the cards.",
        "Emotions: macro-F1 of 28 labels on GoEmotions' dev part; the others on 950 annotated messages of sources that",
        "never train. In brackets the 95 % bootstrap interval over texts. Shipped: the mean of weights of `default`,",
        "the first seed of `bulk`.",
        "",
        "| network | seed | emotions, macro-F1 | signals, macro-F1 | main emotion | about | valence, r |",
        "|---|---|---|---|---|---|---|",
    ]
    for key, told in found.items():
        name, seed = key.split("|")
        cells = [f"{value:.3f} ({low:.3f} to {high:.3f})" for value, low, high in told.values()]
        lines.append(f"| {name} | {seed} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main(data: Path, weights: Path, work: Path, seeds: Sequence[int]) -> None:
    """Measure and write."""
    course = Course(data, weights, work, USED_TEACHERS, lambda said: print(said, flush=True))
    judge = Judge(data, weights)
    found: dict[str, dict[str, Any]] = {}
    for name in STUDENTS:
        unseen, rows = course.unseen(name, seeds[0], FOLDS, 1), course.labelled
        known = np.flatnonzero(~np.isnan(unseen[: len(rows), 0]))
        by = calibrated(unseen[known], rows.at(known))
        networks = [course.student(name, seed, None, FOLDS) for seed in seeds]
        for seed, network in zip(seeds, networks, strict=True):
            found[f"{name}|{seed}"] = judge.figures(network, by)
        found[f"{name}|mean of weights"] = judge.figures(averaged(networks), by)
    (RESULTS / "text_seeds.json").write_text(json.dumps(found, indent=1) + "\n")
    (RESULTS / "text_seeds.md").write_text(page(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), [int(one) for one in sys.argv[4:]] or SEEDS)
