"""What goes with leaving, in memory: the hurts of each customer-month, what they were about, and their share of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context
from heartline.analysis.life import SILENCE_DAYS
from heartline.errors import StatisticsError
from heartline.stats.departure import Attributed, attribute
from heartline.stats.likelihood import Floats

KNOWN = ("service", "product", "price", "process", "brand")
MENDED = 0.3  # share of a hurt that stays after a good contact with support, as in loyalty
HALF_LIVES = (60.0, 120.0, 240.0)  # days; the company's own departures choose
LEAST_ROWS, MOST_KINDS = 50, 40  # customer-months that met a kind of hurt before it has a slope of its own
LEAST_MET = 5.0  # leavers who met a cause before a share of it is told
REPLICATES = 300
STAGE_CAUSE: Mapping[str, str] = {
    "consideration": "process", "purchase": "process", "delivery": "process", "use": "product", "support": "service",
}  # fmt: skip
PRICE_NAMES = frozenset(
    ("price", "prices", "pricing", "discount", "code", "coupon", "voucher", "promo", "promotion", "fee", "fees",
     "invoice", "billing", "bill", "charge", "tariff")
)  # fmt: skip
"""A touchpoint with one of these words in its name is usually about price."""
USUAL: Mapping[str, float] = {"failed": 0.8, "felt_bad": 0.5}
"""How much of a hurt is about what its place usually is; the rest by words, which say less of a step that failed."""
UNKNOWN_TEXTS = 2.0
Rows = list[dict[str, Any]]


def leaving_rows(tables: Mapping[str, pa.Table], context: Context, notes: list[str]) -> Rows:
    """Rows of ``leaving_cause``."""
    case, trace = tables["iceberg_case"], tables["iceberg_trace"]
    number, left = _numbers(case, "number"), _numbers(case, "p_left")
    # a trace's row by its number: cases are numbered from 1 without a gap
    place = np.full(int(number.max(initial=0)) + 1, -1, np.int64)
    place[number.astype(np.int64)] = np.arange(len(number))
    at, days = place[_numbers(trace, "number").astype(np.int64)], _numbers(trace, "days")
    names, kind = _kinds(trace, at)
    where = list(zip(trace.column("touchpoint").to_pylist(), trace.column("what").to_pylist(), strict=True))
    texts = _texts_of(sorted(set(where)), tables)
    # of each kind the mean of its places, each as often as it was met
    about = np.stack([texts[key] for key in where]) if where else np.zeros((0, len(KNOWN) + 1))
    shares = about / about.sum(axis=1, keepdims=True) if len(about) else about
    lately = days <= SILENCE_DAYS
    met = np.zeros((len(number), len(KNOWN)))
    np.maximum.at(met, at[lately], shares[lately, : len(KNOWN)])
    any_met = np.zeros(len(number))
    any_met[at[lately]] = 1.0
    found = _attributed(case, left, _decays(trace, at, days, kind, len(names), len(number)), names, context, notes)
    weight = found.weight if found is not None else left
    stayed = _as_leavers(case, left, weight)
    told = _numbers(case, "told")
    leavers = float(weight.sum())
    cause_of_kind = np.zeros((len(names), len(KNOWN) + 1))
    np.add.at(cause_of_kind, kind, shares)
    cause_of_kind /= np.maximum(cause_of_kind.sum(axis=1, keepdims=True), 1e-12)
    rows: Rows = []
    ends: dict[str, tuple[float, ...]] = {}
    if found is not None:
        of_kind = np.bincount(kind, about.sum(axis=1), len(names)) / np.maximum(
            np.bincount(kind, minlength=len(names)), 1
        )
        drawn = _drawn(found.draws, cause_of_kind, of_kind)
        each = found.shares @ cause_of_kind[:, : len(KNOWN)]
        for cause, value, draws in [
            *zip(KNOWN, each, drawn.T[: len(KNOWN)], strict=True),
            ("any", each.sum(), drawn[:, : len(KNOWN)].sum(axis=1)),
        ]:
            low, high = np.quantile(draws, [0.05, 0.95])
            # who met it less than stayers did may make more than the whole of a share; a share has its bounds
            ends[str(cause)] = tuple(float(np.clip(one, -1, 1)) for one in (value, low, high))
        value, low, high = ends["any"]
        ends["not_known"] = tuple(min(1 - one, 1.0) for one in (value, high, low))
        notes.append(
            f"{float(weight @ any_met) / leavers:.0%} of leavers met something bad that left a trace in the"
            f" {SILENCE_DAYS} days before; what left none cannot be told, so shares of leaving are lower bounds."
        )
    for cause in (*KNOWN, "any", "not_known"):
        share_met = any_met if cause == "any" else 1 - any_met if cause == "not_known" else met[:, KNOWN.index(cause)]
        count = float(weight @ share_met)
        row: dict[str, Any] = {
            "cause": cause, "leavers": round(leavers), "met": count / leavers if leavers > 0 else None,
            "silent": float(weight @ (share_met * (1 - told))) / count if count > 1e-9 else None,
            "compared": 0, "status": "not_enough_evidence",
        }  # fmt: skip
        if cause in ends and (cause in ("any", "not_known") or count >= LEAST_MET):
            row |= dict(zip(("share", "share_low", "share_high"), ends[cause], strict=True))
            row |= {"compared": round(float(weight[stayed[1]].sum())), "status": "estimated"}
            row["met_stayers"] = float(stayed[0] @ share_met)
        rows.append(row)
    return rows


def _attributed(
    case: pa.Table, left: Floats, decays: Mapping[float, Floats], names: list[tuple[str, str]], context: Context,
    notes: list[str],
) -> Attributed | None:  # fmt: skip
    """Shares of leaving of each kind of hurt, at the half-life that explains it best; None where too few left."""
    try:
        if float(left.sum()) < context.whole("min_base"):
            raise StatisticsError(f"{left.sum():.0f} leavers", "more of them", "wait for more history")
        stratum, family = _strata(case), np.array([what == "failed" for _, what in names], np.int64)
        busy = np.log1p(_numbers(case, "contacts"))[:, None]
        found = attribute(stratum, left, [decays[half] for half in HALF_LIVES], family, busy, REPLICATES)
        tried = ", ".join(f"{half:.0f}" for half in HALF_LIVES)
        notes.append(f"Hurts before leaving fade by half in {HALF_LIVES[found.chosen]:.0f} days, of {tried} tried.")
        return found
    except StatisticsError:
        notes.append("There are too few leavers, or nobody to compare them with, to say what goes with leaving.")
        return None


def _strata(case: pa.Table) -> np.ndarray[Any, np.dtype[np.int64]]:
    busy = np.searchsorted([2, 4, 8], _numbers(case, "contacts"), side="right")
    key = (_numbers(case, "month") * 10 + busy) * 10 + _numbers(case, "tenure")
    found: np.ndarray[Any, np.dtype[np.int64]] = np.unique(key, return_inverse=True)[1].reshape(-1)
    return found


def _as_leavers(case: pa.Table, left: Floats, weight: Floats) -> tuple[Floats, Any]:
    """Weights of stayers' rows, summing to 1, spread over strata as leavers are; and the rows that can be compared."""
    stratum = _strata(case)
    many = int(stratum.max(initial=0)) + 1
    gone, there = np.bincount(stratum, weight, many), np.bincount(stratum, 1 - left, many)
    both = (gone > 0) & (there > 0)
    spread = np.where(both, gone, 0.0) / max(float(gone[both].sum()), 1e-12) / np.maximum(there, 1e-12)
    found: Floats = (1 - left) * spread[stratum]
    return found, both[stratum]


def _kinds(trace: pa.Table, at: Any) -> tuple[list[tuple[str, str]], Any]:
    """Kinds of hurts (touchpoint, what), the rare ones together (no touchpoint), and the kind of each trace."""
    keys = list(zip(trace.column("touchpoint").to_pylist(), trace.column("what").to_pylist(), strict=True))
    counts: dict[tuple[str, str], int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    often = sorted((key for key, n in counts.items() if n >= LEAST_ROWS), key=lambda key: (-counts[key], key))
    own = set(often[:MOST_KINDS])
    merged = [key if key in own else ("", key[1]) for key in keys]
    names = sorted(set(merged))
    index = {name: number for number, name in enumerate(names)}
    return names, np.array([index[name] for name in merged], np.int64)


def _decays(trace: pa.Table, at: Any, days: Floats, kind: Any, kinds: int, rows: int) -> dict[float, Floats]:
    """For each half-life, rows × kinds: how much is left of the latest hurt, mended or not."""
    kept = np.where(_numbers(trace, "mended") > 0, MENDED, 1.0)
    found = {}
    for half in HALF_LIVES:
        hurts = np.zeros((rows, kinds))
        np.maximum.at(hurts, (at, kind), kept * 0.5 ** (days / half))
        found[half] = hurts
    return found


def usual_cause(touchpoint: str, stage: str | None) -> str | None:
    """What a bad contact is usually about, by the touchpoint's name and stage; None where neither says."""
    if PRICE_NAMES & set(re.split(r"[^a-z]+", touchpoint.lower())):
        return "price"
    return STAGE_CAUSE.get(stage or "")


def _texts_of(hurts: list[tuple[str, str]], tables: Mapping[str, pa.Table]) -> dict[tuple[str, str], Floats]:
    """Harsh texts at each touchpoint by what they are about, mixed with what is usual there and with not knowing."""
    places = tables["iceberg_stage"]
    stage = dict(zip(places.column("touchpoint").to_pylist(), places.column("stage").to_pylist(), strict=True))
    written: dict[str, Floats] = {}
    for row in tables["iceberg_about"].to_pylist():
        if row["about"] in KNOWN:
            written.setdefault(row["touchpoint"], np.zeros(len(KNOWN) + 1))[KNOWN.index(row["about"])] += row["texts"]
    found: dict[tuple[str, str], Floats] = {}
    for place, what in hurts:
        texts = written.get(place, np.zeros(len(KNOWN) + 1)).copy()
        texts[-1] = UNKNOWN_TEXTS
        usual = usual_cause(place, stage.get(place))
        if usual is not None:
            by_words = texts * (1 - USUAL[what])
            by_words[KNOWN.index(usual)] += texts.sum() * USUAL[what]
            texts = by_words
        found[place, what] = texts
    return found


def _drawn(draws: Floats, cause_of_kind: Floats, texts: Floats) -> Floats:
    """Draws × causes: what each kind is about is drawn too, as uncertain as its texts are few."""
    worth = np.random.default_rng(11).standard_gamma(cause_of_kind * texts[:, None], (len(draws), *cause_of_kind.shape))
    worth /= np.maximum(worth.sum(axis=2, keepdims=True), 1e-300)
    found: Floats = np.einsum("rk,rkc->rc", draws, worth)
    return found


def _numbers(of: pa.Table, name: str) -> Floats:
    found: Floats = of.column(name).to_numpy().astype(np.float64)
    return found
