"""What a model learns from corrections, and what it forgets, on simulated people who correct it.

    python benchmarks/corrections_learned.py [MODEL …]

A person mends 70 % of the missing and 90 % of the false decisions of a text, and chooses 80 % of the main emotions and
subjects anew. Two houses: one whose customers say "sick" for "good", and one of messages that never trained the model,
in ordinary language. Figures go to benchmarks/results/corrections_learned.md and .json; minutes, so it is not part of
``make bench``.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heartline.corrections import TrainingRow
from heartline.emotion import ABOUT, MAIN_EMOTIONS, load_model
from heartline.emotion.head import DECIDED, MAIN, SUBJECT, VALENCE, Head
from heartline.emotion.load import CHECK
from heartline.emotion.network import NetworkModel
from heartline.emotion.refit import Corrected, probabilities
from heartline.emotion.refit_choice import choose, wrong
from heartline.emotion.train.messages import Message, held_back, own_messages
from heartline.learn import REHEARSED, check_rows, targets

F32 = NDArray[np.float32]
RESULTS = Path(__file__).parent / "results"
GOOD = re.compile(
    r"\b(great|good|awesome|amazing|excellent|perfect|fantastic|brilliant|wonderful|lovely|nice|loved?|best)\b", re.I
)
ADDED, REMOVED, CHOSEN = 0.7, 0.9, 0.8
HALF_STEP = 1 / 8
DRAWS = 4
MOST = 200
"""Ordinary texts that a house with a language of its own corrects at most; the rest of that half is held out."""
PLAN = (
    *(("own language", n, 0.0) for n in (20, 40, 100, 300)),
    *(("own language", n, 0.2) for n in (40, 100)),
    *(("ordinary language", n, 0.0) for n in (40, 100, 300)),
)


@dataclass(frozen=True)
class Texts:
    """Everything read once by one model.

    sick: texts in the house's language; usual: texts that trained the model; kept: the check messages, which did not
    """

    head: Head
    sick: Corrected
    usual: Corrected
    kept: Corrected


def read_all(name: str) -> Texts:
    """The project's own messages with their labels, as the model's features."""
    model = load_model(name)
    if not isinstance(model, NetworkModel):
        raise SystemExit(f"{name} is no network")

    def read(messages: Sequence[Message], texts: Sequence[str]) -> Corrected:
        return _fine(
            targets([_row(one, text) for one, text in zip(messages, texts, strict=True)], model.features(texts))
        )

    own = own_messages()
    rows = check_rows(CHECK)
    checked = {row.text for row in rows}
    usual = [one for one in own if not held_back(one.text)]
    good = [one for one in own if one.judgement.valence >= 1 and GOOD.search(one.text) and one.text not in checked]
    return Texts(
        model.head,
        read(good, [GOOD.sub("sick", one.text) for one in good]),
        read(usual, [one.text for one in usual]),
        _fine(targets(rows, model.features([row.text for row in rows]))),
    )


def _row(one: Message, text: str) -> TrainingRow:
    told = one.judgement
    motivators = None if told.motivators is None else tuple(told.motivators)
    return TrainingRow(
        "", text, None, None, tuple(told.emotions or ()), tuple(told.signals), motivators, told.main_emotion,
        told.about, told.valence / 2, "",
    )  # fmt: skip


def _fine(read: Corrected) -> Corrected:
    return read.rows(np.flatnonzero(~np.isnan(read.features).any(axis=1)))


def joined(one: Corrected, other: Corrected) -> Corrected:
    """The texts of both."""
    names = ("features", "wanted", "known", "seen")
    return Corrected(*(np.vstack([getattr(one, name), getattr(other, name)]) for name in names))


def left_by_a_person(head: Head, truth: Corrected, draw: np.random.Generator, slips: float) -> Corrected:
    """What a person leaves of texts; ``slips`` of them get the labels of another text instead."""
    p = probabilities(head, truth.features)
    n = len(p)
    shown = np.zeros_like(p)
    shown[:, DECIDED] = p[:, DECIDED] >= head.thresholds
    for group, names in ((MAIN, MAIN_EMOTIONS), (SUBJECT, ABOUT)):
        shown[:, group] = np.eye(len(names))[p[:, group].argmax(axis=1)]
    said = shown.copy()
    take = draw.random(said.shape) < np.where(truth.wanted > 0.5, ADDED, REMOVED)
    said[:, DECIDED][take[:, DECIDED]] = truth.wanted[:, DECIDED][take[:, DECIDED]]
    for group in (MAIN, SUBJECT):
        chosen = draw.random(n) < CHOSEN
        said[chosen, group] = truth.wanted[chosen, group]
    said[:, VALENCE] = truth.wanted[:, VALENCE]
    known = np.zeros(said.shape, dtype=bool)
    known[:, : SUBJECT.stop] = True
    known[:, VALENCE] = np.abs(p[:, VALENCE] - said[:, VALENCE]) > HALF_STEP
    wrong_ones = np.flatnonzero(draw.random(n) < slips)
    said[wrong_ones] = truth.wanted[draw.permutation(n)[: len(wrong_ones)]]
    seen = known.copy()
    seen[:, DECIDED] = (said[:, DECIDED] > 0.5) | (shown[:, DECIDED] > 0.5)
    return Corrected(truth.features, said, known, seen)


def one_draw(texts: Texts, house: str, n: int, slips: float, seed: int) -> dict[str, float]:
    """Wrong decisions a text before and after, on texts of the house that nobody corrected and on check messages."""
    draw = np.random.default_rng(seed)
    kept = draw.permutation(len(texts.kept.features))
    check, others = texts.kept.rows(kept[: len(kept) // 2]), texts.kept.rows(kept[len(kept) // 2 :])
    rehearsed = texts.usual.features[draw.permutation(len(texts.usual.features))[:REHEARSED]]
    looked_at, unseen = others.rows(np.arange(n)), check
    if house == "own language":
        sick = draw.permutation(len(texts.sick.features))
        half, k = len(sick) // 2, n // 2
        looked_at = joined(texts.sick.rows(sick[:k]), others.rows(np.arange(n - k)))
        rest = others.rows(np.arange(MOST, len(others.features)))
        unseen = joined(texts.sick.rows(sick[half:][: len(rest.features)]), rest)
        rehearsed = np.vstack([rehearsed, texts.sick.features[sick[k:half]][:100]])
    corrected = left_by_a_person(texts.head, looked_at, draw, slips)
    choice = choose(texts.head, corrected, rehearsed, check, seed)

    def errors(head: Head, of: Corrected) -> float:
        return round(float(wrong(probabilities(head, of.features), head.thresholds, of).mean()), 3)

    return {
        "offered": float(choice.helps),
        "before": errors(texts.head, unseen), "after": errors(choice.head, unseen),
        "check_before": errors(texts.head, check), "check_after": errors(choice.head, check),
    }  # fmt: skip


def page(found: dict[str, list[dict[str, float]]]) -> str:
    """The table."""
    lines = [
        "# What a model learns from corrections", "",
        f"Made by `python benchmarks/corrections_learned.py`, {DRAWS} draws a row. A person mends 70 % of the missing",
        "and 90 % of the false decisions of a text. *Own language*: half of the corrected and of the held-out texts",
        'say "sick" for "good". *Ordinary language*: messages that never trained it; held out are check messages.',
        "Figures are means over the draws in which the fit was offered.", "",
        "| model | house | wrong corrections | corrected texts | offered | wrong decisions a text, held out "
        "| check messages |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for key, draws in found.items():
        model, house, n, slips = key.split("|")
        taken = [one for one in draws if one["offered"]]
        told = [
            f"{np.mean([one[name] for one in taken]):.2f}" if taken else "" for name in draws[0] if name != "offered"
        ]
        shown = (f"{told[0]} → {told[1]}", f"{told[2]} → {told[3]}") if taken else ("", "")
        lines.append(
            f"| {model} | {house} | {float(slips):.0%} | {n} | {len(taken)} of {len(draws)} | {shown[0]} | {shown[1]} |"
        )
    return "\n".join(lines) + "\n"


def main(models: Sequence[str]) -> None:
    """Measure and write."""
    found: dict[str, list[dict[str, float]]] = {}
    for name in models:
        texts = read_all(name)
        for house, n, slips in PLAN:
            found[f"{name}|{house}|{n}|{slips}"] = [one_draw(texts, house, n, slips, seed) for seed in range(DRAWS)]
            print(name, house, n, slips, found[f"{name}|{house}|{n}|{slips}"][0], flush=True)
    (RESULTS / "corrections_learned.json").write_text(json.dumps(found, indent=1) + "\n")
    (RESULTS / "corrections_learned.md").write_text(page(found))


if __name__ == "__main__":
    main(sys.argv[1:] or ("default", "bulk"))
