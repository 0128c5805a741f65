"""Which model of buying and which of spend these data can carry, and the stated reason where it is the simple one.

How often: BG/NBD; where it does not settle or too few customers came back, the gamma-Poisson without leaving; below
``FEWEST`` returning customers nothing. How much: Gamma-Gamma by likelihood; where it does not settle, too few came
back, or spend and frequency go together, the same formula with parameters by moments (a shrunken mean).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from heartline.errors import StatisticsError
from heartline.stats import bgnbd, gamma_gamma, nbd, shrinkage
from heartline.stats.bgnbd import BgNbd
from heartline.stats.likelihood import Floats
from heartline.stats.nbd import Nbd

# Below this many customers who came back there is no rhythm to learn from.
FEWEST = 5
# Rank correlation of frequency and mean spend beyond which independence is not a usable assumption.
STRONGEST_CORRELATION = 0.5
# Mean leaving probability below which the data show no leaving at all.
NO_LEAVING = 1e-3
# A prior worth this many purchases stands for "customers do not differ".
FIRM = 1e6


@dataclass(frozen=True)
class Counts:
    """The model of buying; None where it abstains. ``described``: JSON-ready parameters."""

    model: BgNbd | Nbd | None
    method: str
    reason: str = ""
    described: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Spend:
    """Gamma-Gamma parameters: shapes ``p`` and ``q``, scale ``v`` in money; all None where it abstains.

    covariance: 3 x 3, of the logarithms of (p, q, v); None under the fallback
    """

    p: float | None
    q: float | None
    scale: float | None
    method: str
    reason: str = ""
    described: Mapping[str, Any] = field(default_factory=dict)
    covariance: Floats | None = None


def choose_counts(x: Floats, t_x: Floats, t: Floats, w: Floats, min_base: int) -> Counts:
    """The best model of buying for weighted histories (days)."""
    came_back = int(w[x > 0].sum()) if len(x) else 0
    if came_back < FEWEST:
        return Counts(None, "none", f"{came_back} customers came back and {FEWEST} are the least that allow a forecast")
    reason = f"{came_back} customers came back and BG/NBD wants {min_base}"
    if came_back >= min_base:
        model = bgnbd.fit(x, t_x, t, w)
        if model.converged:
            return Counts(model, "bg_nbd", "", parameters_of(model))
        seen = "no sign that customers leave" if model.a / (model.a + model.b) < NO_LEAVING else model.message
        reason = f"BG/NBD did not settle ({seen})"
    simple = nbd.fit(x, t, w)
    described = {"r": simple.r, "alpha_days": simple.alpha, "n": simple.n, "settled": simple.converged}
    return Counts(simple, "gamma_poisson", reason, described)


def choose_spend(
    frequency: Floats, mean_spent: Floats, customers: Floats, *, evidence: Mapping[str, Any], min_base: int
) -> Spend:
    """The best model of spend.

    ``frequency``, ``mean_spent``, ``customers``: returning customers in bins of equal frequency and nearly equal mean
    value of their repeat purchases. ``evidence``: sums over all customers and purchase days, for the moments.
    """
    came_back = int(customers.sum())
    reason = f"{came_back} customers came back and Gamma-Gamma wants {min_base}"
    if came_back >= min_base:
        model = gamma_gamma.fit(frequency, mean_spent, customers)
        strong = abs(model.rank_correlation) > STRONGEST_CORRELATION
        if model.converged and not strong:
            return Spend(model.p, model.q, model.v, "gamma_gamma", "", _described_spend(model), model.log_covariance)
        reason = (
            f"frequency and spend go together (rank correlation {model.rank_correlation:.2f}), as Gamma-Gamma rules out"
            if strong
            else f"Gamma-Gamma did not settle ({model.message})"
        )
    return _by_moments(evidence, reason)


def expected_order_sql(p: float | None, q: float | None, scale: float | None) -> str:
    """SQL of the expected value of a customer's next purchase day from ``h.spent`` and ``h.frequency``."""
    if p is None or q is None or scale is None:
        return "cast(null as double)"
    return (
        f"(cast({p!r} as double) * (cast({scale!r} as double) + h.spent) "
        f"/ (cast({p!r} as double) * (h.frequency + 1) + cast({q - 1!r} as double)))"
    )


def _by_moments(evidence: Mapping[str, Any], reason: str) -> Spend:
    """Gamma-Gamma parameters whose conditional mean is the normal shrinkage (mean * w0 + spent) / (w0 + n)."""
    try:
        prior = shrinkage.fit_normal_sums(
            groups=int(evidence["customers"] or 0),
            values=float(evidence["days"] or 0),
            total=float(evidence["spent"] or 0),
            total_squares=float(evidence["spent_squared"] or 0),
            squares_over_n=float(evidence["squared_over_n"] or 0),
            n_squares=float(evidence["days_squared"] or 0),
        )
    except StatisticsError as cause:
        return Spend(None, None, None, "none", f"{reason}; {cause.got}")
    # orders that hardly differ would make the shapes run away: not below 1 % of the mean
    within = max(prior.within, (1e-2 * prior.mean) ** 2)
    worth = min(within / prior.between, FIRM) if prior.between > 0 else FIRM
    p = prior.mean**2 / within
    described = {
        "mean": prior.mean,
        "between_sd": prior.between**0.5,
        "within_sd": prior.within**0.5,
        "n": prior.groups,
    }
    return Spend(p, 1 + p * worth, prior.mean * worth, "shrunken_mean", reason, described)


def parameters_of(model: BgNbd) -> dict[str, Any]:
    """Parameters and their errors, JSON-ready."""
    names = ("r", "alpha_days", "a", "b")
    return {
        **dict(zip(names, model.parameters.tolist(), strict=True)),
        **{f"{name}_se": error for name, error in zip(names, model.standard_errors.tolist(), strict=True)},
        "log_likelihood": model.log_likelihood,
        "n": model.n,
    }


def _described_spend(model: gamma_gamma.GammaGamma) -> dict[str, Any]:
    names = ("p", "q", "v")
    return {
        **dict(zip(names, model.parameters.tolist(), strict=True)),
        **{f"{name}_se": error for name, error in zip(names, model.standard_errors.tolist(), strict=True)},
        **{name: _json(getattr(model, name)) for name in ("correlation", "rank_correlation")},
        "n": model.n,
    }


def _json(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
