"""Do feelings that Heartline reads from words say something about what people do later, beyond what is known anyway?

    python benchmarks/feelings_ahead.py DATA_FOLDER [FOLDER_FOR_READINGS [SET …]]

With names of sets only these are measured anew (steam, instruments, beauty, airline); figures of the others stay.
DATA_FOLDER holds ``steam_reviews``, ``amazon_reviews_5core`` and ``airline_tweets``. With a second folder, readings are
kept there, so that a second run reads nothing again. Figures go to benchmarks/results/feelings_ahead.md and
feelings_ahead.json. What follows was written down before the first result was seen, but for the last paragraph.

Reading. The shipped `default` model through `load_model(...).score`. Of a text: valence, arousal, intensity and the
probabilities of 28 emotions and 17 service signals. The row of several texts has the mean of each over those texts for
which it is known. Where the model said nothing, the median is put in and a column says that it said nothing.

Steam. A row is a review written at least 90 days before the set was taken (the latest "last played" in it), by a person
whose last play is not hidden. First outcome: the person last played the game 90 days or more after the review; every
row was watched for 90 days, so nothing is cut off. Second: played in the two weeks before the set was taken.
Known anyway: thumb, age of the review, number of games owned (as the set has it, counted when the set was taken).
Never used, since later play is in them: minutes played, votes, number of reviews. Groups: games.

Amazon. A row is a day on which a reviewer wrote (exact copies dropped; several reviews of a day are one row, with mean
stars and mean reading). Outcome: another day with a review within 365 days; days in the last 365 of the set fit nothing
and are not judged by it. Concordance: among pairs of rows (all of the set), who writes again first, by the same
forecast; who did not write until the set ends is watched until then. Known anyway: stars, reviews on earlier days, days
since the last (NaN for the first). Groups: reviewers. Every reviewer of these sets wrote five reviews or more, so an
early review is always followed: "from the 5th review on" looks at rows where that promise is used up.

Airline. A row is a customer with two tweets or more. Read: the earlier half (an odd one in the middle belongs to the
later half); the last tweet's valence is a column of its own. Outcome: the later half's labels, given by people, are
negative on balance. Beside it: base rate; the label of the last tweet of the earlier half; all labels of that half
(which a company does not have); the valence of the last tweet; and the segment that `loyalty` gives in a workspace that
holds the earlier halves only, without the column of reasons. "6 hours or more between the halves" leaves out
customers whose halves are one conversation.

Comparison. The same kind of model with and without feelings; five folds, three times, groups and persons apart. Gains
have 95 % bootstrap intervals over groups (2,000 draws; models are not fitted again in a draw). A second comparison
gives both models the length of the text (Amazon: also the date and the reviews of the day), so that what looks like
feeling is not just much writing. Calibration: mean distance of said and seen over ten equal groups.

Changed after the first results. One ridge, chosen inside, had held back all columns alike: wherever 51 columns of
feelings asked for a strong one, thumb, stars and time were held back too, and forecasts got worse by being told more
(musical instruments: 0.607 to 0.561). Now feelings have a ridge of their own, chosen inside, leaving them out included;
`FIRST` keeps the gains as they were. Added at the same time: the comparison without thumb or stars, since most
words that a company receives come with neither; gains under two other splits; and the base rate is the same number for
everybody.

Added when the segment itself was asked about: number of tweets, mean label and mean valence of the earlier half as
sources of their own; the segment against each of them, and the segment added to each of them. These were looked at
once, as they stand.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from ahead_models import calibration, chance_pairs, compare, cross_fit, design, pairs, spline
from ahead_page import page
from ahead_read import NAMES, mean_reading, read
from ahead_segment import segments
from ahead_sets import F64, Half, Rows, airline, amazon, halves, rows_of, steam

RESULTS = Path(__file__).parent / "results"
SEED = 17
OTHER_SEEDS = (101, 202)
CLIP = 0.001
AFFECT = 3
SEGMENT = "segment of loyalty"
FIRST = {
    "steam": {
        "played 90 days or more after the review": (0.007, -0.012, 0.025),
        "played in the two weeks before the set was taken": (-0.004, -0.027, 0.020),
    },
    "instruments": {"wrote again within a year": (-0.046, -0.066, -0.026)},
    "beauty": {"wrote again within a year": (0.076, 0.031, 0.122)},
}
"""Gains in AUC beside what is known anyway under one ridge for all columns, by set and outcome: see above."""
SETS = {
    "steam": ("Steam reviews", "steam_reviews/steam_reviews.csv.gz"),
    "instruments": ("Amazon, musical instruments", "amazon_reviews_5core/Musical_instruments_reviews.csv.gz"),
    "beauty": ("Amazon, beauty", "amazon_reviews_5core/All_Beauty_5.json.gz"),
    "airline": ("Airline tweets", "airline_tweets/airline_tweets.csv.gz"),
}


def feelings(texts: Sequence[Sequence[str]], readings: dict[str, F64]) -> F64:
    """Columns of what the texts of each row say: splines of valence, arousal and intensity, log-odds of the labels."""
    said = np.array([mean_reading(each, readings) for each in texts])
    odds = np.clip(said[:, AFFECT:], CLIP, 1 - CLIP)
    odds = np.log(odds / (1 - odds))
    odds = np.where(np.isfinite(odds), odds, np.nanmedian(odds, axis=0))
    return np.column_stack([*(spline(said[:, k]) for k in range(AFFECT)), odds])


def two_models(rows: Rows, felt: F64) -> dict[str, Any]:
    """Every outcome of a set with and without feelings, beside what is known anyway, more of it, and less of it."""
    found: dict[str, Any] = {"rows": len(rows.texts), "groups": len(set(rows.group)), "outcomes": {}}
    plain, more = design(rows.plain), design(rows.plain | rows.more)
    told_by, *others = rows.plain
    unrated = design({name: rows.plain[name] for name in others})
    for outcome, y in rows.outcomes.items():
        known = np.isfinite(y)
        told: dict[str, Any] = {"judged": int(known.sum()), "happened": float(y[known].mean()), "beside": {}}
        for beside, x in (("known anyway", plain), ("known anyway and length", more), (f"no {told_by}", unrated)):
            both = [cross_fit(x, each, y, rows.group, rows.person, SEED) for each in (None, felt)]
            told["beside"][beside] = judged(rows, y, both)
            if x is plain:
                told["other_splits"] = [gain_at(seed, rows, x, felt, y) for seed in OTHER_SEEDS]
            print(outcome, beside, told["beside"][beside]["auc"], flush=True)
        found["outcomes"][outcome] = told
    return found


def gain_at(seed: int, rows: Rows, plain: F64, felt: F64, y: F64) -> list[float]:
    """The gain in AUC under other splits into folds, with its interval."""
    known = np.isfinite(y)
    both = [cross_fit(plain, each, y, rows.group, rows.person, seed) for each in (None, felt)]
    auc = [chance_pairs(p[known], y[known], rows.group[known]) for p in both]
    return compare(auc[0], auc[1], seed)["gain"]


def judged(rows: Rows, y: F64, both: Sequence[F64]) -> dict[str, Any]:
    """AUC, AUC within groups of several rows, concordance where there is a time, calibration, and parts of the rows."""
    known = np.isfinite(y)
    auc = [chance_pairs(p[known], y[known], rows.group[known]) for p in both]
    told: dict[str, Any] = {"auc": compare(auc[0], auc[1], SEED)}
    if len(set(rows.group)) < known.sum() / 10:
        told["auc_within"] = compare(auc[0], auc[1], SEED, within=True)
    if rows.wait is not None and rows.seen is not None:
        order = [pairs(p, rows.wait, rows.seen, rows.group) for p in both]
        told["concordance"] = compare(order[0], order[1], SEED)
    told["calibration"] = [calibration(p[known], y[known]) for p in both]
    for part, inside in (rows.parts or {}).items():
        here = known & inside
        auc = [chance_pairs(p[here], y[here], rows.group[here]) for p in both]
        told.setdefault("parts", {})[part] = {
            "judged": int(here.sum()), "happened": float(y[here].mean()), "auc": compare(auc[0], auc[1], SEED),
        }  # fmt: skip
    return told


def later_tone(found: Sequence[Half], readings: dict[str, F64], placed: dict[str, str]) -> dict[str, Any]:
    """The tone of the later half from several sources, and feelings against each of them."""
    rows = airline(found)
    (outcome, y), = rows.outcomes.items()  # fmt: skip
    last = np.array([readings[half.texts[-1]][0] for half in found])
    felt = np.column_stack([feelings(rows.texts, readings), spline(last)])
    labels = design(rows.plain | rows.more)
    names = sorted(set(placed.values()))
    segment = np.array([[float(placed.get(half.customer) == name) for name in names] for half in found])
    valences = np.array([mean_reading(half.texts, readings)[0] for half in found])
    plain = {
        "number of tweets": spline(np.log([len(half.texts) for half in found])),
        "label of the last tweet": design(rows.plain),
        "mean label": spline(np.array([np.mean(half.tones) for half in found])),
        "valence of the last tweet": spline(last),
        "mean valence": spline(valences),
    }
    sources: dict[str, tuple[F64, F64 | None]] = {
        SEGMENT: (segment, None),
        **{name: (x, None) for name, x in plain.items()},
        **{f"{name} and segment": (np.column_stack([x, segment]), None) for name, x in plain.items()},
        "all labels": (labels, None),
        "feelings": (np.empty((len(y), 0)), felt),
        "all labels and feelings": (labels, felt),
    }
    said = {"base rate": np.full(len(y), y.mean())}
    said |= {name: cross_fit(*x, y, rows.group, rows.person, SEED) for name, x in sources.items()}
    versus = [("base rate", SEGMENT), *((name, SEGMENT) for name in plain)]
    versus += [(name, f"{name} and segment") for name in plain]
    versus += [(name, "feelings") for name in ("base rate", SEGMENT, *plain)] + [
        ("all labels", "all labels and feelings")
    ]
    told: dict[str, Any] = {
        "rows": len(y), "outcome": outcome, "happened": float(y.mean()), "alone": len(found) and float(
            np.mean([len(half.texts) == 1 for half in found])
        ),
        "calibration": {name: calibration(p, y) for name, p in said.items()},
        "segments": {
            name: [int((here := segment[:, k] > 0).sum()), float(y[here].mean())] for k, name in enumerate(names)
        },
        "parts": {},
    }  # fmt: skip
    for part, inside in {"all customers": np.ones(len(y), bool), **(rows.parts or {})}.items():
        auc = {name: chance_pairs(p[inside], y[inside], rows.group[inside]) for name, p in said.items()}
        told["parts"][part] = {
            "judged": int(inside.sum()),
            "happened": float(y[inside].mean()),
            "auc": {name: compare(auc["base rate"], each, SEED)["with"] for name, each in auc.items()},
            "gains": {f"{b} over {a}": compare(auc[a], auc[b], SEED)["gain"] for a, b in versus},
        }
    return told


def measure(folder: Path, kept: Path | None, only: Sequence[str]) -> dict[str, Any]:
    """Figures of the named sets, by set."""
    raw = {name: rows_of(folder / file) for name, (_, file) in SETS.items() if name in only}
    found: dict[str, Any] = {}
    for name in only:
        if name == "airline":
            tweets = halves(raw[name])
            readings = read([text for half in tweets for text in half.texts], kept)
            with tempfile.TemporaryDirectory() as scratch:
                placed = segments(raw[name], {each for half in tweets for each in half.ids}, Path(scratch))
            found[name] = later_tone(tweets, readings, placed)
            continue
        rows = steam(raw[name]) if name == "steam" else amazon(raw[name])
        readings = read([text for each in rows.texts for text in each], kept)
        valence = np.array([mean_reading(each, readings)[0] for each in rows.texts])
        found[name] = two_models(rows, feelings(rows.texts, readings)) | {"silent": float(np.isnan(valence).mean())}
        found[name]["first"] = FIRST[name]
    return found


def main() -> None:
    """Measure and write the results."""
    only = sys.argv[3:] or list(SETS)
    kept = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    held = RESULTS / "feelings_ahead.json"
    before = json.loads(held.read_text(encoding="utf-8")) if len(only) < len(SETS) else {}
    found = {"columns": len(NAMES), **before, **measure(Path(sys.argv[1]), kept, only)}
    RESULTS.mkdir(exist_ok=True)
    held.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (RESULTS / "feelings_ahead.md").write_text(page(found, {k: v[0] for k, v in SETS.items()}), encoding="utf-8")


if __name__ == "__main__":
    main()
