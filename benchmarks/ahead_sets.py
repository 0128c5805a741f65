"""Real sets as rows of what was known then and what came later; the definitions are told in feelings_ahead.

A row has a group, which is kept out of fitting as a whole and resampled as a whole, and a person, who is never on both
sides. Columns of what was known are floats; NaN is unknown.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
DAY = 86_400.0
STEAM_DAYS = 90
YEAR = 365
PAUSE_HOURS = 6.0
FROM_REVIEW = 5
TONES = {"negative": -1.0, "neutral": 0.0, "positive": 1.0}


@dataclass(frozen=True)
class Rows:
    """n rows of one set.

    Attributes
    ----------
    group, person: (n,) str
    texts: n lists of the texts that a row's feelings are read from, in time's order
    plain: what is known without reading, by name, (n,) each
    more: what else is known without reading feelings (length of the text, date), by name
    outcomes: 0, 1 or NaN for not known, by name
    wait: days until the next time or until the set ends; `seen`: whether it was the next time. Amazon only
    parts: named subsets on which the same forecasts are looked at again
    """

    group: NDArray[np.str_]
    person: NDArray[np.str_]
    texts: list[list[str]]
    plain: dict[str, F64]
    more: dict[str, F64]
    outcomes: dict[str, F64]
    wait: F64 | None = None
    seen: NDArray[np.bool_] | None = None
    parts: Mapping[str, NDArray[np.bool_]] | None = None


def rows_of(file: Path) -> list[dict[str, Any]]:
    """Rows of a gzipped CSV file, or of a gzipped file with one JSON object a line."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines)) if ".csv" in file.name else [json.loads(line) for line in lines]


def steam(reviews: Sequence[Mapping[str, str]]) -> Rows:
    """Reviews of games that are at least `STEAM_DAYS` old when the set was taken."""
    taken = max(float(r["last_played"] or 0) for r in reviews)
    old = [
        r for r in reviews if float(r["created_at"]) <= taken - STEAM_DAYS * DAY and float(r["last_played"] or 0) > 0
    ]
    written, last = (np.array([float(r[name]) for r in old]) for name in ("created_at", "last_played"))
    owned = np.array([float(r["num_games_owned"] or 0) for r in old])
    lately = np.array([float(r["playtime_last_two_weeks_min"] or 0) > 0 for r in old])
    return Rows(
        group=np.array([r["appid"] for r in old]),
        person=np.array([r["customer_id"] for r in old]),
        texts=[[r["text"]] for r in old],
        plain={
            "thumb": np.array([float(r["voted_up"] == "True") for r in old]),
            "age of the review": (taken - written) / DAY,
            "games owned": np.where(owned > 0, np.log1p(owned), np.nan),
        },
        more={"length": np.log1p([len(r["text"]) for r in old])},
        outcomes={
            f"played {STEAM_DAYS} days or more after the review": (last - written >= STEAM_DAYS * DAY).astype(float),
            "played in the two weeks before the set was taken": lately.astype(float),
        },
    )


def amazon(reviews: Sequence[Mapping[str, Any]]) -> Rows:
    """Days on which a reviewer wrote; several reviews of a day are one row."""
    once: dict[tuple[str, str, str], tuple[int, float, str]] = {}
    for r in reviews:
        text = "\n".join(part for part in (r.get("summary") or "", r.get("reviewText") or "") if part.strip())
        on = int(float(r["unixReviewTime"]) // DAY)
        once.setdefault((r["reviewerID"], r["asin"], f"{on} {text}"), (on, float(r["overall"]), text))
    days: dict[tuple[str, int], list[tuple[float, str]]] = defaultdict(list)
    for (reviewer, _, _), (on, stars, text) in once.items():
        days[reviewer, on].append((stars, text))
    ordered = sorted(days)
    end = max(day for _, day in ordered)
    who = np.array([each for each, _ in ordered])
    day = np.array([each for _, each in ordered], float)
    here = np.array([len(days[each]) for each in ordered], float)
    same = who[1:] == who[:-1]
    since = np.concatenate([[np.nan], np.where(same, day[1:] - day[:-1], np.nan)])
    seen = np.concatenate([same, [False]])
    wait = np.where(seen, np.concatenate([since[1:], [np.nan]]), end - day)
    so_far = np.zeros(len(ordered))
    for i in range(1, len(ordered)):
        so_far[i] = so_far[i - 1] + here[i - 1] if same[i - 1] else 0.0
    within = np.where(day <= end - YEAR, (seen & (wait <= YEAR)).astype(float), np.nan)
    return Rows(
        group=who,
        person=who,
        texts=[[text for _, text in days[each]] for each in ordered],
        plain={
            "stars": np.array([np.mean([stars for stars, _ in days[each]]) for each in ordered]),
            "reviews so far": np.log1p(so_far),
            "days since the last": np.log1p(since),
        },
        more={
            "length": np.log1p([np.mean([len(text) for _, text in days[each]]) for each in ordered]),
            "reviews of the day": np.log1p(here),
            "date": day,
        },
        outcomes={"wrote again within a year": within},
        wait=wait,
        seen=seen,
        parts={f"from the {FROM_REVIEW}th review on": so_far + here >= FROM_REVIEW},
    )


@dataclass(frozen=True)
class Half:
    """The earlier half of a customer's tweets, and how the later half sounded.

    Attributes
    ----------
    customer: who
    ids, texts, tones: of the earlier half, in time's order; tones are the readers' labels, -1, 0 or 1
    later: mean label of the later half
    pause_hours: between the last tweet of the earlier and the first of the later half
    """

    customer: str
    ids: list[str]
    texts: list[str]
    tones: list[float]
    later: float
    pause_hours: float


def halves(tweets: Sequence[Mapping[str, str]]) -> list[Half]:
    """Halves of every customer with two tweets or more; an odd one in the middle belongs to the later half."""
    of: dict[str, dict[str, tuple[datetime, str, str, float]]] = defaultdict(dict)
    for t in tweets:
        at = datetime.strptime(t["created_at"], "%Y-%m-%d %H:%M:%S %z")
        of[t["customer_id"]].setdefault(t["tweet_id"], (at, t["tweet_id"], t["text"], TONES[t["airline_sentiment"]]))
    found = []
    for customer in sorted(of):
        wrote = sorted(of[customer].values())
        if len(wrote) < 2:
            continue
        early, late = wrote[: len(wrote) // 2], wrote[len(wrote) // 2 :]
        found.append(
            Half(
                customer,
                [each[1] for each in early],
                [each[2] for each in early],
                [each[3] for each in early],
                float(np.mean([each[3] for each in late])),
                (late[0][0] - early[-1][0]).total_seconds() / 3600,
            )
        )
    return found


def airline(found: Sequence[Half]) -> Rows:
    """One row a customer; plain columns are the readers' labels, which a company does not have."""
    who = np.array([half.customer for half in found])
    return Rows(
        group=who,
        person=who,
        texts=[half.texts for half in found],
        plain={
            "last label negative": np.array([float(half.tones[-1] < 0) for half in found]),
            "last label positive": np.array([float(half.tones[-1] > 0) for half in found]),
        },
        more={
            "share of labels negative": np.array([np.mean([tone < 0 for tone in half.tones]) for half in found]),
            "share of labels positive": np.array([np.mean([tone > 0 for tone in half.tones]) for half in found]),
        },
        outcomes={"later half negative on balance": np.array([float(half.later < 0) for half in found])},
        parts={
            f"{PAUSE_HOURS:g} hours or more between the halves": np.array(
                [half.pause_hours >= PAUSE_HOURS for half in found]
            )
        },
    )
