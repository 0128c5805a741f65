"""What `betrayal` fits in memory: how much each factor weighs in showing betrayal, and how fast attacks fall off."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context, Fit, Values
from heartline.errors import StatisticsError
from heartline.stats.decay import half_life
from heartline.stats.risk import fit_risk, prior_risk

# Log-odds of showing betrayal (in own words, or by an attack in public). Starting slopes: the stronger the relation,
# the more a breach feels like betrayal (Grégoire & Fisher 2008); severity and a failed recovery add to it (Joireman,
# Grégoire & Tripp 2013). How much is for the company's own customers to say.
BETRAYAL: Mapping[str, float] = {"self": 0.3, "breach": 2.0, "breach_of_self": 4.0, "harm": 1.0, "deviation": 1.0}
USUAL_SHOWN = 0.01
LEAST_SHOWN = 10.0
# Revenge stays high at two months and falls (Grégoire, Tripp & Legoux 2009 give no half-life).
USUAL_HALF_LIFE_DAYS = 180.0


def fit_betrayal(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """Weights of the factors, the share of the betrayed who show it, and the half-life of attacks."""
    notes: list[str] = []
    rows = {
        name: tables["betrayal_training"].column(name).to_numpy().astype(np.float64) for name in (*BETRAYAL, "shown")
    }
    features = np.stack([rows[name] for name in BETRAYAL], axis=1)
    slopes = list(BETRAYAL.values())
    shown = rows["shown"]
    if LEAST_SHOWN <= float(shown.sum()) < len(shown):
        risk = fit_risk(features, shown, slopes, spread=1.0)
        notes.append(f"Factors of betrayal weighed on {risk.outcomes:.0f} who showed it among {risk.cases} customers.")
    else:
        risk = prior_risk(slopes, USUAL_SHOWN, features)
        notes.append(
            f"Fewer than {LEAST_SHOWN:.0f} customers showed betrayal: factors weigh as published directions say, and"
            f" {USUAL_SHOWN:.1%} showing it is assumed."
        )
    events = tables["betrayal_training"].column("events").to_numpy().astype(np.float64) > 0
    spoke = tables["betrayal_training"].column("spoke").to_numpy().astype(np.float64)
    voice = float(np.clip(spoke[events].mean(), 0.25, 1.0)) if events.sum() >= 30 else 0.5
    notes.append(
        f"{voice:.0%} of those who met a breach said anything afterwards; the rest are taken to feel betrayed as often"
        " as those alike who spoke."
    )
    ages = tables["betrayal_attack"].to_pylist()
    later = [row["age"] for row in ages if row["age"] > 0]
    seen = {row["customer_id"]: row["seen"] for row in ages}
    try:
        days, low, high = half_life(later, [seen[name] for name in sorted(seen)])
        notes.append(
            f"Attacks of {len(seen)} customers fall by half in {days:.0f} days (90 % interval {low:.0f} to {high:.0f})."
        )
    except StatisticsError:
        days = USUAL_HALF_LIFE_DAYS
        notes.append(f"Too few attacks to see how fast they fall off: a half-life of {days:.0f} days is assumed.")
    return Fit(
        values={
            "betrayal": {"intercept": risk.intercept, **dict(zip(BETRAYAL, risk.slopes, strict=True))},
            "voice": voice, "half_life_days": days,
        },
        notes=tuple(notes),
    )  # fmt: skip
