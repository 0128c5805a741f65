"""What `connection` fits in memory: the scale of the bond, and how strongly each kind of evidence speaks of it.

One row a customer, for up to 40,000 customers; the method is heartline.stats.bond.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from heartline.analysis.base import Context, Fit, Values
from heartline.errors import StatisticsError
from heartline.stats.bond import (
    SCALE_MEAN,
    SCALE_SD,
    Anchor,
    Bond,
    Indicator,
    fit_indicator,
    fit_overlap,
    fit_scale,
    fit_words,
)
from heartline.stats.likelihood import Floats
from heartline.stats.shrinkage import fit_normal

if TYPE_CHECKING:
    import pyarrow as pa

# Words: what a label adds to a text's score before calibration. Betrayal and leaving weigh as much as attachment;
# satisfaction-like labels (ease, effort) are left out on purpose.
WORDS: Mapping[str, float] = {
    "p_signal_attachment": 1.0, "p_signal_recommending": 0.6, "p_signal_staying": 0.5, "p_signal_recognition": 0.3,
    "p_signal_empathy": 0.3, "p_signal_respect": 0.2, "p_signal_betrayal": -1.0, "p_signal_revenge": -1.0,
    "p_signal_leaving": -0.8, "p_signal_disrespect": -0.5, "p_signal_no_empathy": -0.4, "p_signal_unrecognised": -0.3,
    "p_love": 0.8, "p_gratitude": 0.4, "p_joy": 0.4, "p_admiration": 0.4, "p_caring": 0.3, "p_excitement": 0.3,
    "p_disgust": -0.6, "p_anger": -0.5, "p_disappointment": -0.3,
}  # fmt: skip

# Unpaid acts: kinds of events, and what they show.
ACTS: Mapping[str, tuple[str, ...]] = {
    "attention": ("open", "click", "opened", "clicked"),
    "voice": ("suggestion", "idea", "review", "community_post", "compliment", "social_post"),
    "advocacy": ("defence", "defense", "share", "recommendation"),
}
ANSWERS = ("understood", "motivator")
# Correlation with the bond that is assumed of a kind of evidence until at least 100 customers let it be measured.
USUAL: Mapping[str, float] = {
    "understood": 0.6, "motivator": 0.5, "words": 0.5, "attention": 0.4, "voice": 0.4, "advocacy": 0.4,
}  # fmt: skip

START_EVENTS = 0.5  # events at the company's own rate that a customer starts with, so that no rate is 0 or infinite
# The root of a Poisson rate over T years varies by 1/(4 T); fading takes up to half of that away.
COUNT_NOISE = 0.1875


def fit(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """The bond's scale, the slope and noise of each kind of evidence, and the prior of satisfaction."""
    sample = tables["connection_sample"]
    column = {name: sample.column(name).to_numpy().astype(np.float64) for name in sample.column_names}
    notes: list[str] = []
    found = fit_scale(
        Anchor(*(column[n] for n in ("occasions", "total", "squares", "items", "item_squares", "inverse_items")))
    )
    mean, lasting, sd, occasion, item = found or (SCALE_MEAN, SCALE_SD, SCALE_SD, 15.0**2, 20.0**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        answer = np.where(column["occasions"] > 0, column["total"] / column["occasions"], np.nan)
        features = np.stack([column[name] / column["w_words"] for name in WORDS], axis=1)
        asked = {name: (column[f"x_{name}"] / column[f"w_{name}"], column[f"w_{name}"]) for name in ANSWERS}
    if found is None:
        answer = np.full(len(answer), np.nan)
        notes.append(
            "Fewer than 100 customers answered attachment items: the scale is relative. 50 is the company's mean "
            "customer, 18 points are one standard deviation; how strongly words and acts speak of the bond is assumed."
        )
    features = np.nan_to_num(features)
    weights, learnt = fit_words(features, column["w_words"], answer, np.array(list(WORDS.values())))
    observed = {**asked, "words": (features @ weights, column["w_words"])}
    rates: dict[str, float] = {}
    for name in ACTS:
        rates[name] = float(column[f"w_{name}"].sum() / max(float(column["years"].sum()), 1e-9))
        if rates[name] > 0:
            observed[name] = (_pace(column[f"w_{name}"], column["years"], rates[name]), column["years"])
    indicators: dict[str, Indicator] = {}
    for name, (value, weight) in observed.items():
        fitted = fit_indicator(
            value, weight, answer, mean, lasting, USUAL[name], known_noise=COUNT_NOISE if name in ACTS else None
        )
        if fitted is not None and fitted.slope > 0:
            indicators[name] = fitted
        elif fitted is not None:
            notes.append(
                f"Evidence of kind {name} did not rise with attachment here ({fitted.both} customers) and is left out."
            )
    model = Bond(mean, sd, occasion, item, 1.0, found is not None, indicators)
    used = {name: observed[name] for name in indicators}
    noise = (occasion + item / 4) / np.maximum(column["occasions"], 1)
    overlap = fit_overlap(model, answer, noise, used)
    assumed = [name for name, one in indicators.items() if not one.calibrated]
    if found is not None and assumed:
        notes.append(
            f"Too few customers have both attachment answers and {', '.join(assumed)}: its strength is assumed."
        )
    notes.append(
        f"Fitted on {sample.num_rows} customers, {int((column['occasions'] > 0).sum())} with attachment answers; "
        f"weights of words {'calibrated on their answers' if learnt else 'as documented'}."
    )
    return Fit(
        values={
            "mean": mean, "sd": sd, "occasion": occasion, "item": item, "overlap": overlap,
            "anchored": found is not None,
            "words": {name: float(weight) for name, weight in zip(WORDS, weights, strict=True)},
            "rates": rates, "evidence": bool(indicators) or found is not None,
            "indicators": {name: vars(one) for name, one in indicators.items()},
            "satisfaction": _satisfaction(column),
            "attachment_rate": float(column["p_signal_attachment"].sum() / max(float(column["w_words"].sum()), 1e-9)),
        },
        notes=tuple(notes),
    )  # fmt: skip


def _pace(events: Floats, years: Floats, rate: float) -> Floats:
    """How far a customer's root rate of acts is from the company's, freed from the pull of the starting events."""
    start = START_EVENTS / rate
    pulled = np.sqrt((events + START_EVENTS) / (years + start)) - np.sqrt(rate)
    freed: Floats = np.divide(pulled * (years + start), years, out=np.zeros_like(pulled), where=years > 0)
    return freed


def pace_sql(name: str, rate: float) -> str:
    """The same as ``_pace`` in SQL."""
    start = START_EVENTS / rate
    pulled = f"(sqrt((w_{name} + {START_EVENTS}) / (years + {start:.17g})) - {math.sqrt(rate):.17g})"
    return f"({pulled} * (years + {start:.17g}) / nullif(years, 0))"


def _satisfaction(column: Mapping[str, Any]) -> dict[str, float]:
    """Prior of a customer's mean rating: a customer's own ratings are pulled towards all customers' mean."""
    try:
        prior = fit_normal(column["r_n"], column["r_total"], column["r_squares"])
    except StatisticsError:
        count = float(column["r_n"].sum())
        mean = float(column["r_total"].sum()) / count if count else 50.0
        return {"mean": mean, "between": 15.0**2, "within": 20.0**2}
    return {"mean": prior.mean, "between": max(prior.between, 1.0), "within": max(prior.within, 1.0)}
