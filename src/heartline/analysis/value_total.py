"""What all customers together are expected to be worth, with the interval that the fits leave open.

Parametric bootstrap: parameters are drawn from the normal approximation of their uncertainty (logarithms), and the
total is worked out again with each draw. See docs/explanation/value.md, "The total".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.value_fit import Counts, Spend
from heartline.stats import contracts
from heartline.stats.bgnbd import BgNbd
from heartline.stats.bgnbd_covariates import Covaried, Histories, expected_purchases
from heartline.stats.contracts import Sbg
from heartline.stats.intervals import parameter_draws
from heartline.stats.likelihood import Floats

DRAWS = 200
# A draw's total over the estimate's is taken from so many histories: it hardly differs between samples of them.
MOST_HISTORIES = 600
TAIL = 5.0
SCHEMA = pa.schema(
    [("part", pa.string()), ("customers", pa.int64())]
    + [(name, pa.float64()) for name in ("expected_value", "low", "high")]
    + [("reason", pa.string())]
)


@dataclass(frozen=True)
class Total:
    """A part of the total, as revenue: customers or contracts behind it, the estimate, and totals of the draws.

    draws: None where a simple rule was used
    """

    count: int
    expected: float
    draws: Floats | None


def of_orders(
    counts: Counts, spend: Spend, histories: tuple[Floats, Floats, Floats], customers: Floats, spent: Floats,
    discounted: Floats, horizon: float, bond: tuple[Covaried, Floats] | None = None,
) -> Total:  # fmt: skip
    """The total of customers with orders.

    histories: frequency, recency, age in days; customers, spent: how many share each, and all that they spent;
    discounted: purchases expected of each history, at their present value; bond: the model with covariates, and those
    of each history, where it made the forecast. Draws are held against the estimate without discount, which both share.
    """
    count = int(customers.sum())
    if spend.p is None or spend.q is None or spend.scale is None:
        return Total(count, 0.0, None)
    x, t_x, t = histories
    worth = (spend.p, spend.q, spend.scale)
    total = float(discounted @ _order_value(x, customers, spent, worth))
    if not isinstance(counts.model, BgNbd) or counts.model.log_covariance is None or spend.covariance is None:
        return Total(count, total, None)
    some = np.random.default_rng(0).permutation(len(x))[:MOST_HISTORIES]
    x, t_x, t, customers, spent = (each[some] for each in (x, t_x, t, customers, spent))
    model, z = bond or (_plain(counts.model, counts.model.log_covariance), np.zeros((len(x), 0)))
    rows, z, covariates = Histories(x, t_x, t), z[some] if bond else z, len(model.rate)
    plain = expected_purchases(model.base, (model.rate, model.stay), z, rows, horizon)
    base = float(plain @ _order_value(x, customers, spent, worth))
    middle = np.concatenate([np.log(model.base.parameters), model.rate, model.stay])
    models = parameter_draws(middle, model.log_covariance, DRAWS, seed=1)
    worths = parameter_draws(np.log(worth), spend.covariance, DRAWS, seed=2)
    found = np.empty(DRAWS)
    for draw, ((r, alpha, a, b, *more), (p, q, v)) in enumerate(zip(models, worths, strict=True)):
        drawn = replace(model.base, r=float(r), alpha=float(alpha), a=float(a), b=float(b))
        told = np.log(np.asarray(more, dtype=np.float64))
        ahead = expected_purchases(drawn, (told[:covariates], told[covariates:]), z, rows, horizon)
        found[draw] = ahead @ _order_value(x, customers, spent, (float(p), float(q), float(v))) / base
    return Total(count, total, total * found)


def _plain(model: BgNbd, covariance: Floats) -> Covaried:
    nothing = np.zeros(0)
    return Covaried(model, nothing, nothing, model.log_likelihood, model.n, covariance, model.converged, model.message)


def of_contracts(parts: Sequence[tuple[Sbg, int, float, Floats, Floats]], count: int, discount_rate: float) -> Total:
    """The total of running contracts.

    parts: for each kind of period the model, renewals within the horizon, days of a period, numbers of renewals made,
    and the fees of all running contracts with each
    """
    total, draws, known = 0.0, np.zeros(DRAWS), True
    for model, periods, days, renewed, fees in parts:
        total += float(contracts.payments(model, renewed, periods, days, discount_rate)[1] @ fees)
        if not model.converged:
            known = False
            continue
        drawn = parameter_draws(np.log([model.alpha, model.beta]), model.log_covariance, DRAWS, seed=3)
        for draw, (alpha, beta) in enumerate(drawn):
            one = replace(model, alpha=float(alpha), beta=float(beta))
            draws[draw] += contracts.payments(one, renewed, periods, days, discount_rate)[1] @ fees
    return Total(count, total, draws if known else None)


def table_of(totals: Mapping[str, Total], rate: float) -> pa.Table:
    """Rows of each part and, where there are two, of both: count, expected total in money, its 90 % interval."""
    parts = dict(totals)
    if len(parts) > 1:
        draws = [each.draws for each in totals.values() if each.draws is not None]
        both = np.sum(draws, axis=0) if len(draws) == len(parts) else None
        each = totals.values()
        parts["all"] = Total(sum(one.count for one in each), sum(one.expected for one in each), both)
    rows: list[dict[str, Any]] = []
    for part, total in parts.items():
        row: dict[str, Any] = {"part": part, "customers": total.count, "expected_value": rate * total.expected}
        if total.draws is None:
            row["reason"] = "a simple rule was used, of which no uncertainty is known"
        else:
            row["low"], row["high"] = (float(rate * end) for end in np.percentile(total.draws, [TAIL, 100 - TAIL]))
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _order_value(x: Floats, customers: Floats, spent: Floats, worth: tuple[float, float, float]) -> Floats:
    """Expected value of a next purchase, summed over the customers of each history (Gamma-Gamma)."""
    p, q, v = worth
    return np.asarray(p * (customers * v + spent) / (p * (x + 1) + q - 1))
