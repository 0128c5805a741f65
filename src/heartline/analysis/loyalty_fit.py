"""What `loyalty` fits in memory: the rhythm of contact, the risk of leaving and of revenge, and the spread of feeling.

Slopes start from what research reports and move with the company's own history: what customers were like at an
earlier period's end against what they did in the horizon after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context, Fit, Values
from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats
from heartline.stats.rhythm import Rhythm, fit_rhythm, p_there, p_there_at
from heartline.stats.risk import Risk, fit_risk, prior_risk
from heartline.stats.shrinkage import fit_normal

# Log-odds of leaving within the horizon. Starting slopes: attachment holds (Thomson, MacInnis & Park 2005), hurt and
# above all disrespect drive away; how much is for the company's own outcomes to say.
LEAVING: Mapping[str, float] = {"bond": -0.4, "hurt_left": 0.5, "disrespect_left": 1.2, "said": 1.5}
# Log-odds of an attack within the horizon. Betrayal weighs more the more the brand is part of oneself (Grégoire &
# Fisher 2008), unmended harm adds to it (Joireman et al. 2013), and whoever attacked does so again (Grégoire, Tripp &
# Legoux 2009: the wish for revenge falls slowly).
REVENGE: Mapping[str, float] = {"p_betrayal": 2.5, "betrayal_of_self": 2.0, "grudge": 1.5, "hurt_left": 0.3}
USUAL_LEAVING, USUAL_REVENGE = 0.05, 0.005
# Of leavers who had not told before: the share who go without telling, and how many leavers' worth it counts.
USUAL_SILENT, SILENT_PULL = 0.8, 10.0
LEAST_OUTCOMES = 10.0
# Rhythm without enough history: active every third week, one in forty leaves in a week.
USUAL_RHYTHM = Rhythm(1.0, 2.0, 1.0, 39.0, float("nan"), False)


def fit_contact(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """Rhythm of contact over a sample of customers."""
    sample = _columns(tables["loyalty_histories"])
    notes: list[str] = []
    rhythm = USUAL_RHYTHM
    try:
        found = fit_rhythm(sample["x"], sample["last"], sample["n"], sample["customers"])
        leaves = found.gamma / (found.gamma + found.delta)
        # a likelihood without a peak is no harm where it only says that customers leave alike; a share of leavers
        # near 0 or near 1 says that there is not history enough to see anybody leave
        if np.isfinite(found.log_likelihood) and (found.converged or 1e-4 < leaves < 0.5):
            rhythm = found
        else:
            notes.append("The rhythm of contact could not be told from this history: a usual one is assumed.")
    except StatisticsError:
        notes.append("There is too little contact to learn its rhythm: a usual one is assumed.")
    return Fit(values={"rhythm": vars(rhythm) | {"log_likelihood": None}}, notes=tuple(notes))


def chance_there(batch: pa.RecordBatch, rhythm: Mapping[str, Any]) -> pa.RecordBatch:
    """Adds ``p_there`` to histories (customer_id, period, x, last, n)."""
    found = p_there(_rhythm(rhythm), *_of(batch, "x", "last", "n"))
    return pa.record_batch(
        [batch.column("customer_id"), batch.column("period"), pa.array(found, pa.float64())],
        names=["customer_id", "period", "p_there"],
    )


def chance_then(batch: pa.RecordBatch, rhythm: Mapping[str, Any]) -> pa.RecordBatch:
    """``there_then`` and ``there_until``: whether somebody was there at two earlier weeks (n_then, n_until)."""
    x, last, n, then, until = _of(batch, "x", "last", "n", "n_then", "n_until")
    found = [p_there_at(_rhythm(rhythm), x, last, n, np.minimum(at, n)) for at in (then, until)]
    return pa.record_batch(
        [batch.column("customer_id"), *(pa.array(each, pa.float64()) for each in found)],
        names=["customer_id", "there_then", "there_until"],
    )


def _rhythm(found: Mapping[str, Any]) -> Rhythm:
    alpha, beta, gamma, delta = (float(found[name]) for name in ("alpha", "beta", "gamma", "delta"))
    return Rhythm(alpha, beta, gamma, delta, 0.0, True)


def _of(batch: pa.RecordBatch, *names: str) -> list[Floats]:
    return [batch.column(name).to_numpy(zero_copy_only=False) for name in names]


def fit_risks(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """Risks of leaving and of revenge from the company's own earlier periods, and how far feelings differ."""
    training, felt = _columns(tables["loyalty_training"]), _columns(tables["loyalty_deviation"])
    notes: list[str] = []
    # who had left before the horizon cannot leave in it: such cases count as far as somebody was still there
    there = 1.0 - training["gone_then"]
    left = np.clip((training["gone_until"] - training["gone_then"]) / np.maximum(there, 1e-9), 0.0, 1.0)
    leaving = _risk(LEAVING, training, left, there, USUAL_LEAVING, "leaving", notes)
    attacked = training["attacked_later"]
    revenge = _risk(REVENGE, training, attacked, np.ones(len(attacked)), USUAL_REVENGE, "revenge", notes)
    quiet = there * left * training["quiet"]
    silent = (quiet * (1.0 - training["told_later"])).sum() + SILENT_PULL * USUAL_SILENT
    try:
        prior = fit_normal(felt["n"], felt["total"], felt["squares"])
        pull = prior.within / max(prior.between, 1e-4)
    except StatisticsError:
        pull = 8.0
    return Fit(
        values={
            "leaving": {"intercept": leaving.intercept, **dict(zip(LEAVING, leaving.slopes, strict=True))},
            "revenge": {"intercept": revenge.intercept, **dict(zip(REVENGE, revenge.slopes, strict=True))},
            "silent_share": float(silent / (quiet.sum() + SILENT_PULL)),
            "felt_pull": min(pull, 200.0),
        },
        notes=tuple(notes),
    )


def _risk(
    prior: Mapping[str, float], training: Mapping[str, Floats], happened: Floats, weight: Floats, usual: float,
    name: str, notes: list[str],
) -> Risk:  # fmt: skip
    slopes = list(prior.values())
    cases, outcomes = float(weight.sum()), float((weight * happened).sum())
    features = np.stack([training[feature] for feature in prior], axis=1)
    if LEAST_OUTCOMES <= outcomes < cases:
        risk = fit_risk(features, happened, slopes, weight=weight)
        notes.append(f"Risk of {name} calibrated on {outcomes:.0f} outcomes among {cases:.0f} customers.")
        return risk
    notes.append(
        f"Fewer than {LEAST_OUTCOMES:.0f} outcomes of {name} in the company's own history: risks start from published "
        f"directions and a usual rate of {usual:.1%}, not from this company's data."
    )
    return prior_risk(slopes, usual, features)


def _columns(table: pa.Table) -> dict[str, Floats]:
    return {name: table.column(name).to_numpy().astype(np.float64) for name in table.column_names}
