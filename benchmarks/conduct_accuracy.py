"""How well the signs of conduct agree with people: EPITOME (empathy of replies) and the Stanford politeness corpus.

    python benchmarks/conduct_accuracy.py [--data ../shared/data] [--half report]

Both sets are for evaluation only: no rule's weight was fitted to them. One half of each, chosen by a hash of the id,
was looked at while the signs were written; the figures of ``results/conduct.md`` are of the other half. Beside the
signs stand a majority, the number of words, a bag of words fitted on the first half (which knows the data set, and is
not shipped), and what the shipped text model says of the same words (which conduct does not use).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import pearsonr, rankdata
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, Ridge

from heartline.conduct import read_reply
from heartline.emotion import EMOTIONS, SIGNALS, load_model

HERE = Path(__file__).resolve().parent
MECHANISMS = {
    "emotional_reaction": ("emotional-reactions", "p_emotion:caring", "p_signal:empathy"),
    "interpretation": ("interpretations", "p_signal:empathy"),
    "exploration": ("explorations", "p_emotion:curiosity"),
}
DRAWS = 1000
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def half_of(key: str) -> str:
    """``seen`` or ``report``: by a hash of the id, so that nobody chose."""
    return "report" if hashlib.sha256(f"conduct {key}".encode()).digest()[0] % 2 else "seen"


def rows(file: Path) -> list[dict[str, str]]:
    """Rows of a CSV file, packed or not."""
    csv.field_size_limit(1 << 24)
    body = file.read_bytes()
    text = (gzip.decompress(body) if file.suffix == ".gz" else body).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def drawn(n: int) -> Iterator[NDArray[np.int64]]:
    """Rows of each bootstrap sample, the same ones for every reader."""
    chance = np.random.default_rng(20260701)
    for _ in range(DRAWS):
        yield chance.integers(0, n, n)


def with_interval(measure: Callable[..., float], *columns: Floats | Bools) -> str:
    """A figure with its 90 % bootstrap interval."""
    found = [measure(*(column[sample] for column in columns)) for sample in drawn(len(columns[0]))]
    low, high = np.nanpercentile(found, (5, 95))
    return f"{measure(*columns):.3f} ({low:.3f} to {high:.3f})"


def f1(truth: Bools, said: Bools) -> float:
    """F1 of the class that is shown."""
    both = float((truth & said).sum())
    return 2 * both / max(float(truth.sum() + said.sum()), 1.0)


def macro_f1(truth: Bools, said: Bools) -> float:
    """Mean of the F1 of both classes."""
    return (f1(truth, said) + f1(~truth, ~said)) / 2


def accuracy(truth: Bools, said: Bools) -> float:
    """Share that agrees."""
    return float((truth == said).mean())


def correlation(left: Floats, right: Floats) -> float:
    """Pearson's."""
    return float(pearsonr(left, right)[0]) if left.std() and right.std() else float("nan")


def rank_correlation(left: Floats, right: Floats) -> float:
    """Spearman's."""
    return correlation(np.asarray(rankdata(left), np.float64), np.asarray(rankdata(right), np.float64))


def lengths(texts: Sequence[str]) -> Floats:
    """Logarithm of the number of words."""
    return np.log1p(np.array([len(text.split()) for text in texts], np.float64))


def best_cut(values: Floats, truth: Bools) -> tuple[float, bool]:
    """The cut on the seen half with the best F1, and whether more means shown."""
    ways = [(float(cut), more) for cut in np.unique(values) for more in (True, False)]
    return max(ways, key=lambda way: f1(truth, (values >= way[0]) == way[1]))


def bag() -> CountVectorizer:
    """Words and pairs of words, whether or not they occur."""
    return CountVectorizer(ngram_range=(1, 2), min_df=3, binary=True, lowercase=True)


def empathy(data: Path, half: str) -> tuple[list[str], dict[str, object]]:
    """The three mechanisms: shown at all (level 1 or 2) or not."""
    lines = [
        "| mechanism | reader | accuracy | F1 of shown | macro-F1 |",
        "|---|---|---|---|---|",
    ]
    kept: dict[str, object] = {}
    model = load_model("default")
    for mechanism, (file, *columns) in MECHANISMS.items():
        found = rows(data / "epitome_empathy" / f"{file}.csv.gz")
        seen = [row for row in found if half_of(row["sp_id"]) == "seen"]
        asked = [row for row in found if half_of(row["sp_id"]) == half]
        texts, before = [row["response_post"] for row in asked], [row["seeker_post"] for row in asked]
        truth = np.array([int(row["level"]) > 0 for row in asked])
        seen_texts = [row["response_post"] for row in seen]
        seen_truth = np.array([int(row["level"]) > 0 for row in seen])
        chance = np.array(
            [getattr(read_reply(text, (said,)), mechanism) for text, said in zip(texts, before, strict=True)]
        )
        cut, more = best_cut(lengths(seen_texts), seen_truth)
        vectors = bag()
        fitted = LogisticRegression(C=0.3, max_iter=2000, class_weight="balanced")
        fitted.fit(vectors.fit_transform(seen_texts), seen_truth)
        usual = bool(seen_truth.mean() >= 0.5)
        said: dict[str, Bools] = {
            "signs": chance >= 0.5,
            "majority": np.full(len(truth), usual),
            "always shown": np.ones(len(truth), bool),
            "number of words": (lengths(texts) >= cut) == more,
            "bag of words, fitted on the other half": np.asarray(fitted.predict(vectors.transform(texts)), bool),
        }
        scores = {"seen": model.score(seen_texts), half: model.score(texts)}
        for column in columns:
            kind, name = column.split(":")
            place = (EMOTIONS if kind == "p_emotion" else SIGNALS).index(name)
            read = {
                at: np.nan_to_num(np.asarray(getattr(each, kind)[:, place], np.float64)) for at, each in scores.items()
            }
            level, above = best_cut(np.round(read["seen"], 2), seen_truth)
            said[f"text model, {name}, cut on the other half"] = (np.round(read[half], 2) >= level) == above
            said[f"signs or text model, {name}"] = (chance >= 0.5) | said[f"text model, {name}, cut on the other half"]
        for reader, decided in said.items():
            figures = [with_interval(measure, truth, decided) for measure in (accuracy, f1, macro_f1)]
            lines.append(f"| {mechanism.replace('_', ' ')} | {reader} | {' | '.join(figures)} |")
            kept[f"{mechanism}: {reader}"] = {"accuracy": accuracy(truth, decided), "f1": f1(truth, decided),
                                              "macro_f1": macro_f1(truth, decided)}  # fmt: skip
        kept[f"{mechanism}: n"] = {"rows": len(truth), "shown": int(truth.sum())}
        lines.append(f"| {mechanism.replace('_', ' ')} | *{len(truth):,} replies, {truth.mean():.0%} show it* | | | |")
    return lines, kept


def politeness(data: Path, half: str) -> tuple[list[str], dict[str, object]]:
    """Points against the score of five annotators; and the top against the bottom quarter, as in the paper."""
    found = rows(data / "stanford_politeness" / "stack-exchange.annotated.csv")
    seen = [row for row in found if half_of(row["Id"]) == "seen"]
    asked = [row for row in found if half_of(row["Id"]) == half]
    texts, seen_texts = [row["Request"] for row in asked], [row["Request"] for row in seen]
    score = np.array([float(row["Normalized Score"]) for row in asked])
    seen_score = np.array([float(row["Normalized Score"]) for row in seen])
    replies = [read_reply(text) for text in texts]
    points = np.array([reply.politeness for reply in replies])
    vectors = bag()
    fitted = Ridge(alpha=30.0).fit(vectors.fit_transform(seen_texts), seen_score)
    counts, seen_counts = lengths(texts), lengths(seen_texts)
    model = load_model("default")
    scores = {"seen": model.score(seen_texts), half: model.score(texts)}
    respect = {
        at: np.nan_to_num(np.asarray(each.p_signal[:, SIGNALS.index("respect")]
                                     - each.p_signal[:, SIGNALS.index("disrespect")], np.float64))
        for at, each in scores.items()
    }  # fmt: skip
    bagged = np.asarray(fitted.predict(vectors.transform(texts)), np.float64)
    readers = {
        "signs": (points, -1e-9),
        "number of words": (counts, float(np.median(seen_counts))),
        "text model, respect minus disrespect": (respect[half], float(np.median(respect["seen"]))),
        "bag of words, fitted on the other half": (bagged, float(np.median(seen_score))),
    }
    low, high = np.percentile(score, (25, 75))
    ends = (score <= low) | (score >= high)
    polite = score[ends] >= high
    usual = np.ones(len(polite), bool) if polite.mean() >= 0.5 else np.zeros(len(polite), bool)
    lines = [
        "| reader | correlation | rank correlation | top against bottom quarter: accuracy | macro-F1 |",
        "|---|---|---|---|---|",
        f"| majority | – | – | {with_interval(accuracy, polite, usual)} | {with_interval(macro_f1, polite, usual)} |",
    ]
    kept: dict[str, object] = {"n": {"rows": len(texts), "ends": len(polite)}}
    for reader, (values, cut) in readers.items():
        decided = values[ends] > cut
        figures = [
            with_interval(correlation, values, score), with_interval(rank_correlation, values, score),
            with_interval(accuracy, polite, decided), with_interval(macro_f1, polite, decided),
        ]  # fmt: skip
        lines.append(f"| {reader} | {' | '.join(figures)} |")
        kept[reader] = {"correlation": correlation(values, score), "rank": rank_correlation(values, score),
                        "accuracy": accuracy(polite, decided), "macro_f1": macro_f1(polite, decided)}  # fmt: skip
    quarter = np.searchsorted(np.percentile(score, (25, 50, 75)), score, side="right")
    means = [f"{points[quarter == number].mean():.2f}" for number in range(4)]
    broken = np.array([reply.disrespect >= 0.5 for reply in replies])
    rude = [f"{broken[quarter == number].mean():.1%}" for number in range(4)]
    lines += [
        "",
        f"{len(texts):,} requests, {len(polite):,} of them in the top or bottom quarter; the signs say polite from 0",
        "points on, the others above the middle of the other half. Mean points from the least polite quarter to the",
        f"most polite: {', '.join(means)}; share with a sign of disrespect: {', '.join(rude)}.",
    ]
    kept["means"] = means
    return lines, kept


def main(arguments: Sequence[str]) -> None:
    """Measure and write the page."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    asked.add_argument("--half", choices=("seen", "report"), default="report")
    told = asked.parse_args(arguments)
    kindness, first = empathy(told.data, told.half)
    manners, second = politeness(told.data, told.half)
    found = rows(told.data / "epitome_empathy" / "emotional-reactions.csv.gz")
    texts = [row["response_post"] for row in found if half_of(row["sp_id"]) == told.half]
    began = time.perf_counter()
    for text in texts:
        read_reply(text)
    speed = len(texts) / (time.perf_counter() - began)
    page = [
        "# Conduct: signs against people's judgement", "",
        "Made by `python benchmarks/conduct_accuracy.py`. Half of each set, by a hash of the id, never looked at while",
        "the signs were written. 90 % bootstrap intervals. The bag of words has learnt from the other half of the same",
        "set and is a reference, not a rival: it is not shipped, and the sets may not be trained on. The text model is",
        "not used for conduct; what it says of the same words stands here to show what that leaves out.", "",
        "## Empathy: EPITOME (Sharma and others 2020), replies on Reddit", "", *kindness, "",
        "## Politeness: Stanford corpus (Danescu-Niculescu-Mizil and others 2013), requests on Stack Exchange", "",
        *manners, "",
        f"One core reads {speed:,.0f} such replies a second.", "",
    ]  # fmt: skip
    if told.half == "seen":
        print("\n".join(page))
        return
    (HERE / "results" / "conduct.md").write_text("\n".join(page), "utf-8")
    (HERE / "results" / "conduct.json").write_text(
        json.dumps({"empathy": first, "politeness": second}, indent=2) + "\n", "utf-8"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
