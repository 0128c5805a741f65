"""Words and topics with their base, feeling, and log-odds against other segments and the period before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context, Fit, Values
from heartline.analysis.fitted import fitted_table
from heartline.analysis.periods import windows
from heartline.analysis.phrases import NAME
from heartline.stats.clusters import clustered_mean
from heartline.stats.intervals import wilson_interval
from heartline.stats.likelihood import Floats
from heartline.stats.log_odds import log_odds
from heartline.stats.multiple import false_discovery, two_sided
from heartline.stats.topics import topics
from heartline.tables import table

PERIODS = 2
LEAST = 5  # customers who must have said a phrase before anybody is shown it
KEPT = 300  # phrases of everybody, by customers
SEGMENT_KEPT = 60  # phrases of a segment, by how sure they are its own
ALIKE = 0.8  # a word is left out where a pair with it has this share of its customers
NAMELIKE = 0.3  # a word is a name where so many of its customers write it in capitals inside a sentence
_SUMS = ("customers", "texts", "felt_customers", "felt_n", "felt", "felt_n_squares", "felt_squares", "felt_products")
Sums = Mapping[tuple[int, str], np.ndarray[Any, np.dtype[np.float64]]]


def fit(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """Rows of `association`: phrases by source, topics, each for everybody and for each segment."""
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    base = context.whole("min_base")
    wholes = tables["association_whole"].to_pylist()
    for source in sorted({row["source"] for row in wholes}):
        whole = _sums([row for row in wholes if row["source"] == source])
        customers = sum(value[0] for (slice_, _), value in whole.items() if slice_ == PERIODS - 1)
        if customers < base:
            if customers:
                notes.append(f"{customers:.0f} customers have {source}: too few to say what comes to mind.")
            continue
        notes.append(f"Phrases of {customers:.0f} customers in {source} of the latest period.")
        rows += _phrases(tables, source, whole)
        if source == "texts":
            made, note = _topics(tables, base)
            rows += made
            notes.append(note)
    spread = tables["association_spread"].to_pylist()
    there, taken = (sum(row[name] for row in spread) for name in ("texts", "taken"))
    if taken < there:
        notes.append(
            "Phrases of texts are those of a part of all customers, taken by the hash of their id:"
            f" {taken:,} of {there:,} texts."
        )
    start, end = windows(context.as_of, context.whole("window_months"), PERIODS)[-1]
    schema = table("association").arrow_schema()
    columns: dict[str, Iterable[Any]] = {
        field.name: [row.get(field.name, np.nan if pa.types.is_floating(field.type) else None) for row in rows]
        for field in schema
    }
    columns |= {"period_start": [start] * len(rows), "period_end": [end] * len(rows)}
    return Fit({"association_known": fitted_table("association", columns)}, {}, tuple(notes))


def _sums(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[int, str], Floats]:
    return {(row["slice"], row["segment"]): np.array([row[name] for name in _SUMS], dtype=np.float64) for row in rows}


def _phrases(tables: Mapping[str, pa.Table], source: str, whole: Sums) -> list[dict[str, Any]]:
    by_term: dict[str, dict[tuple[int, str], Floats]] = {}
    for row in tables["association_counts"].to_pylist():
        if row["source"] == source:
            sums = np.array([row[name] for name in _SUMS], dtype=np.float64)
            by_term.setdefault(row["term"], {})[row["slice"], row["segment"]] = sums
    total = {term: sum(value[0] for value in found.values()) for term, found in by_term.items()}
    names = {
        term.removeprefix(NAME)
        for term in total
        if term.startswith(NAME) and total[term] >= NAMELIKE * total.get(term.removeprefix(NAME), 0)
    }
    terms = [term for term in sorted(by_term) if not term.startswith(NAME) and not names & set(term.split("_"))]
    kept = set(terms)
    for term in terms:
        if "_" in term:
            kept -= {part for part in term.split("_") if total[term] >= ALIKE * total.get(part, np.inf)}
    terms = [term for term in terms if term in kept]
    feelings: dict[str, dict[str, float]] = {}
    for row in tables["association_emotion"].to_pylist():
        if row["source"] == source:
            feelings.setdefault(row["term"], {})[row["main_emotion"]] = row["customers"]
    rows = _compared("phrase", source, {term: by_term[term] for term in terms}, whole, feelings)
    everybody = sorted((row for row in rows if not row["segment"]), key=lambda row: (-row["customers"], row["term"]))
    shown = everybody[:KEPT]
    for segment in sorted({row["segment"] for row in rows} - {""}):
        own = [row for row in rows if row["segment"] == segment]
        own.sort(key=lambda row: (-abs(row["z"]), row["term"]))
        shown += own[:SEGMENT_KEPT]
    return [row | {"term": row["term"].replace("_", " ")} for row in shown]


def _topics(tables: Mapping[str, pa.Table], base: int) -> tuple[list[dict[str, Any]], str]:
    """Topics of a sample of texts; each text counts for its main one, each customer once a topic and period."""
    counts = tables["association_counts"].to_pylist()
    total: dict[str, float] = {}
    for row in counts:
        if row["source"] == "texts" and not row["term"].startswith(NAME):
            total[row["term"]] = total.get(row["term"], 0) + row["customers"]
    vocabulary = sorted(total, key=lambda term: (-total[term], term))[:1500]
    sample = tables["association_sample"].to_pylist()
    count = int(np.clip(np.sqrt(len(sample)) / 6, 3, 10))
    if len(sample) < 10 * base or len(vocabulary) < 10 * count:
        return [], f"{len(sample)} texts are too few for topics."
    found = topics([row["terms"].split(" ") for row in sample], sorted(vocabulary), count)
    by_customer: dict[tuple[str, int, str, str], list[float]] = {}
    everything: dict[tuple[int, str, str], list[float]] = {}
    labels = _labels(found.words)
    for row, main in zip(sample, found.main.tolist(), strict=True):
        felt = [1.0, float(row["valence"] is not None), row["valence"] or 0.0]
        who = (row["slice"], row["segment"], row["customer_id"])
        everything[who] = [a + b for a, b in zip(everything.get(who, [0.0] * 3), felt, strict=True)]
        if main >= 0:
            key = (labels[main], *who)
            by_customer[key] = [a + b for a, b in zip(by_customer.get(key, [0.0] * 3), felt, strict=True)]
    by_topic: dict[str, dict[tuple[int, str], Floats]] = {label: {} for label in labels}
    for (label, slice_, segment, _), each in by_customer.items():
        _add(by_topic[label], (slice_, segment), each)
    whole: dict[tuple[int, str], Floats] = {}
    for (slice_, segment, _), each in everything.items():
        _add(whole, (slice_, segment), each)
    rows = _compared("topic", "texts", by_topic, whole, {})
    rest = "" if found.settled else " They had not quite come to rest; a few words may belong elsewhere."
    return rows, f"{count} topics from {len(sample)} texts and {len(vocabulary)} terms.{rest}"


def _labels(topics_words: Iterable[tuple[str, ...]]) -> list[str]:
    """Three terms of each topic, none of them a part of another; told apart by a number where they are the same."""
    labels: list[str] = []
    for words in topics_words:
        pairs = {part for word in words if "_" in word for part in word.split("_")}
        chosen = [word.replace("_", " ") for word in words if "_" in word or word not in pairs][:3]
        label = ", ".join(chosen)
        labels.append(f"{label} ({labels.count(label) + 1})" if label in labels else label)
    return labels


def _add(into: dict[tuple[int, str], Floats], key: tuple[int, str], own: list[float]) -> None:
    n, felt_n, felt = own
    sums = [1.0, n, float(felt_n > 0), felt_n, felt, felt_n**2, felt**2, felt_n * felt]
    into[key] = into.get(key, np.zeros(len(_SUMS))) + np.array(sums)


def _compared(
    kind: str, source: str, by_term: Mapping[str, Sums], whole: Sums, feelings: Mapping[str, Mapping[str, float]]
) -> list[dict[str, Any]]:
    """Each term for everybody against the period before, and for each segment against all others, where 5 said it."""
    terms = sorted(by_term)
    now = PERIODS - 1
    segments = sorted({segment for _, segment in whole})
    table_of = np.array([[[by_term[term].get((slice_, segment), np.zeros(len(_SUMS))) for segment in segments]
                          for slice_ in range(PERIODS)] for term in terms]).reshape(
        len(terms), PERIODS, len(segments), len(_SUMS))  # fmt: skip
    usual = table_of[:, :, :, 0].sum(axis=(1, 2))
    usually: dict[str, float] = {}
    for each in feelings.values():
        for name, customers in each.items():
            usually[name] = usually.get(name, 0) + customers
    rows: list[dict[str, Any]] = []
    for segment in ["", *(each for each in segments if each)]:
        mine = table_of[:, now].sum(axis=1) if not segment else table_of[:, now, segments.index(segment)]
        others = table_of[:, now - 1].sum(axis=1) if not segment else table_of[:, now].sum(axis=1) - mine
        said = sum(value[0] for (slice_, name), value in whole.items() if slice_ == now and name in (segment or name,))
        enough = mine[:, 0] >= LEAST
        comparable = others[:, 0].sum() > 0 and bool(len(terms))
        odds = log_odds(mine[:, 0], others[:, 0], usual) if comparable else np.full((4, len(terms)), np.nan)
        q = np.full(len(terms), np.nan)
        q[enough] = false_discovery(two_sided(*(each[enough] for each in odds[:3])))
        share = wilson_interval(np.minimum(mine[:, 0], said), np.full(len(terms), said))
        felt = [  # a mean of valences lies where they do; the normal interval of few of them may reach beyond
            np.clip(each, -1.0, 1.0)
            for each in clustered_mean(mine[:, 2], mine[:, 3], mine[:, 4], mine[:, 5], mine[:, 6], mine[:, 7])
        ]
        for at in np.flatnonzero(enough):
            emotion = feelings.get(terms[at], {}) if not segment else {}
            rows.append(
                {
                    "source": source.split(" ")[0], "language": source.partition(" ")[2],
                    "kind": kind, "term": terms[at], "segment": segment,
                    "customers": mine[at, 0], "texts": mine[at, 1], "of_customers": said,
                    "share": share[0][at], "share_low": share[1][at], "share_high": share[2][at],
                    "valence": felt[0][at], "valence_low": felt[1][at], "valence_high": felt[2][at],
                    "emotion": _strongest(emotion, usually), "log_odds": odds[0][at], "log_odds_low": odds[1][at],
                    "log_odds_high": odds[2][at], "q": q[at], "z": np.nan_to_num(odds[3][at]),
                }
            )  # fmt: skip
    return rows


def _strongest(own: Mapping[str, float], usual: Mapping[str, float]) -> str | None:
    """The main emotion that goes with a term more than with all terms; NULL where fewer than 5 customers have one."""
    whole, mine = sum(usual.values()), sum(own.values())
    lifts = [
        (own[name] / mine - usual[name] / whole, name)
        for name in sorted(own)
        if own[name] >= LEAST and name != "neutral"
    ]
    return max(lifts)[1] if lifts and max(lifts)[0] > 0 else None
