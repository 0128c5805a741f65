"""Reading the room held against what raters said of every turn (user_satisfaction_simulation: SGD and CCPE).

python benchmarks/room_accuracy.py DATA [dev|test]

The mood of the customer after each turn, as the room has it, against the mean of the raters' satisfaction (1 to 5).
Half of the dialogues, by a hash of their words, was looked at while the room was built; the other half only reports.
Intervals are by resampling dialogues. Thresholds for "dissatisfied" (mean under 3) are set on the first half.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from heartline.emotion import load_model
from heartline.room import state
from heartline.room.reading import read
from heartline.room.turn import Turn

SETS = ("SGD", "CCPE")
VADER = "VADER, last turn"
DRAWS = 500
Dialogue = list[tuple[str, str, float]]
Floats = NDArray[np.float64]
Figure = Callable[[Sequence["Judged"]], float]


@dataclass(frozen=True)
class Judged:
    """One dialogue: the raters' mean of each customer turn, and what each reader says of it."""

    truth: Floats
    said: dict[str, Floats]


def dialogues(file: Path) -> list[Dialogue]:
    """Turns of (role, words, mean satisfaction; NaN for the system's)."""
    found: list[Dialogue] = [[]]
    for line in gzip.decompress(file.read_bytes()).decode("utf-8").splitlines():
        parts = line.rstrip("\n").split("\t")
        if len(parts) < 2:
            found.append([])
        elif parts[1] != "OVERALL":
            told = [float(one) for one in parts[3].split(",") if one] if len(parts) > 3 else []
            found[-1].append((parts[0], parts[1], float(np.mean(told)) if told else np.nan))
    return [one for one in found if one]


def is_dev(one: Dialogue) -> bool:
    """Whether a dialogue belongs to the half that was looked at."""
    words = "".join(text for _, text, _ in one)
    return int(hashlib.md5(words.encode(), usedforsecurity=False).hexdigest(), 16) % 2 == 0


def judge(found: Sequence[Dialogue], model_name: str) -> list[Judged]:
    """What the room and the baselines say of every customer turn."""
    model = load_model(model_name)
    texts = sorted({text for one in found for _, text, _ in one})
    readings = dict(zip(texts, read(texts, model), strict=True))
    scores = model.score(texts)
    valence = dict(zip(texts, np.nan_to_num(scores.valence).tolist(), strict=True))
    vader = SentimentIntensityAnalyzer()
    made = []
    for one in found:
        room, at = state.Room(frozenset({"SYSTEM"})), 0.0
        rows: list[tuple[float, float, float, float]] = []
        for role, text, truth in one:
            seconds = len(text.split()) / 2.5
            room = state.heard(room, Turn(role, at, at + seconds, text), readings[text])
            at += seconds + 0.5
            if role == "USER":
                mood = room.attendees["USER"].mood
                rows.append((truth, mood or 0.0, valence[text], vader.polarity_scores(text)["compound"]))
        table = np.array(rows)
        said = {"room": table[:, 1], "valence of the last turn": table[:, 2], VADER: table[:, 3]}
        made.append(Judged(table[:, 0], said | {"constant": np.zeros(len(table))}))
    return made


def correlation(found: Sequence[Judged], name: str) -> float:
    """Spearman's correlation over all turns; 0 for a constant."""
    said = np.concatenate([one.said[name] for one in found])
    return 0.0 if np.ptp(said) == 0 else float(spearmanr(said, np.concatenate([one.truth for one in found])).statistic)


def recall(found: Sequence[Judged], name: str, threshold: float) -> float:
    """Mean of the recalls of dissatisfied turns (mean under 3) and of all others."""
    said = np.concatenate([one.said[name] for one in found])
    low = np.concatenate([one.truth for one in found]) < 3
    return float(((said < threshold)[low].mean() + (said >= threshold)[~low].mean()) / 2)


def threshold(found: Sequence[Judged], name: str) -> float:
    """Where mean recall is best."""
    said = np.concatenate([one.said[name] for one in found])
    tried = np.unique(np.quantile(said, np.linspace(0.02, 0.98, 60)))
    return float(max(tried, key=lambda one: recall(found, name, one)))


def _compared(
    found: Sequence[Judged], figure: Figure, other: Figure
) -> tuple[tuple[float, float], tuple[float, float]]:
    """95 % intervals of a figure, and of its difference to another's, by drawing dialogues."""
    rng = np.random.default_rng(7)
    draws = [[found[at] for at in rng.integers(0, len(found), len(found))] for _ in range(DRAWS)]
    told = np.array([figure(one) for one in draws])
    beside = np.array([other(one) for one in draws])
    (low, high), (less, more) = (np.quantile(one, [0.025, 0.975]).tolist() for one in (told, told - beside))
    return (low, high), (less, more)


def main() -> None:
    """Print and keep the table."""
    folder, part = Path(sys.argv[1]) / "user_satisfaction_simulation", (sys.argv[2:] or ["test"])[0]
    half = "was looked at" if part == "dev" else "was never looked at"
    lines = [
        "# Reading the room against raters of every turn", "",
        f"Made by `python benchmarks/room_accuracy.py DATA {part}`, on the half of the dialogues that {half}. 95 % "
        "intervals by drawing dialogues. Recall is the mean recall of dissatisfied turns (raters' mean below 3) "
        "and of all others; each reader's threshold is set on the other half.", "",
        "| set | reader | turns | Spearman | against VADER | recall | against VADER |", "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    figures = {}
    for name in SETS:
        every = dialogues(folder / f"{name}.txt.gz")
        dev = judge([one for one in every if is_dev(one)], "default")
        found = dev if part == "dev" else judge([one for one in every if not is_dev(one)], "default")
        turns = sum(len(one.truth) for one in found)
        for reader in found[0].said:
            cut = threshold(dev, reader) if reader != "constant" else 0.0
            base = threshold(dev, VADER)
            rho, uar = correlation(found, reader), recall(found, reader, cut)
            (low, high), more = _compared(found, partial(correlation, name=reader), partial(correlation, name=VADER))
            (ul, uh), um = _compared(
                found, partial(recall, name=reader, threshold=cut), partial(recall, name=VADER, threshold=base)
            )
            own = reader == VADER
            lines.append(
                f"| {name} | {reader} | {turns:,} | {rho:.3f} [{low:.3f}, {high:.3f}] | "
                f"{'' if own else f'[{more[0]:+.3f}, {more[1]:+.3f}]'} | {uar:.3f} [{ul:.3f}, {uh:.3f}] | "
                f"{'' if own else f'[{um[0]:+.3f}, {um[1]:+.3f}]'} |"
            )
            figures[f"{name}, {reader}"] = {"spearman": rho, "recall": uar, "turns": turns}
    text = "\n".join(lines) + "\n"
    print(text)
    if part == "test":
        results = Path(__file__).parent / "results"
        (results / "room.md").write_text(text, encoding="utf-8")
        (results / "room.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
