"""The outcomes of `drivers`: who is looked at for each, what it is worth, and what is held equal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from heartline.analysis.drivers_facts import AFTER_DAYS
from heartline.analysis.fitted import numbers
from heartline.stats.intervals import Z90
from heartline.stats.likelihood import Floats
from heartline.stats.new_evidence import new_evidence

TOP = 0.99  # amounts above this quantile count as much as it


@dataclass(frozen=True)
class Case:
    """One outcome.

    span: whose contacts stand before it; kept: which customers are looked at
    outcome, weight: one entry a kept customer; controls: what is held equal, one column each
    better: -1 where less is better
    """

    name: str
    span: str
    kept: NDArray[np.bool_]
    outcome: Floats
    weight: Floats
    controls: Floats
    better: float = 1.0

    @property
    def worth(self) -> float:
        """How many customers of equal weight the kept ones are worth."""
        squares = float((self.weight**2).sum())
        return float(self.weight.sum()) ** 2 / squares if squares > 0 else 0.0


def cases(customers: pa.Table, half_life_days: float) -> list[Case]:
    """All outcomes, also those that nobody has; from the rows of ``driver_customer``."""
    column = {name: numbers(customers, name) for name in customers.column_names if name != "customer_id"}
    own = column["own"]

    def held(span: str, *more: Floats) -> Floats:
        # one's own level, because a warm person feels everything warmly, and calls the company's bond warm too
        usual = float(np.nanmean(own)) if np.isfinite(own).any() else 0.0
        bought = column[f"orders_{span}"]
        parts = [
            np.where(np.isfinite(own), own, usual), _log(column[f"told_{span}"]), _log(column[f"contacts_{span}"]),
            bought, _log(bought), _log(column["known_days"]),
        ]  # fmt: skip
        return np.column_stack([*parts, *more])

    return [
        _connection(column, held, half_life_days),
        _made("satisfaction", np.isfinite(column["satisfaction"]), column["satisfaction"], held("before")),
        _value(column, held("before", _of_mean(column["paid_before"]), _log(column["seen_days"]))),
        _leaving(column, held("before", _log(column["seen_days"]))),
    ]


def _log(days: Floats) -> Floats:
    return np.asarray(np.log1p(np.maximum(np.nan_to_num(days), 0.0)), dtype=np.float64)


def _of_mean(money: Floats) -> Floats:
    """Logarithm of money on the scale of its mean, so that the currency's unit changes nothing."""
    paid = np.maximum(np.nan_to_num(money), 0.0)
    return _log(paid / max(float(paid.mean()), 1e-12)) if len(paid) else paid


def _made(name: str, kept: NDArray[np.bool_], outcome: Floats, controls: Floats, better: float = 1.0) -> Case:
    return Case(name, "before", kept, outcome[kept], np.ones(int(kept.sum())), controls[kept], better)


def _connection(column: dict[str, Floats], held: Callable[..., Floats], half_life_days: float) -> Case:
    """What evidence of the latest periods alone says of the bond, given what was known of it before."""
    between = np.nan_to_num(column["between_days"])
    kept_weight = 0.5 ** (float(between.max()) / half_life_days) if len(between) else 1.0
    value, weight = new_evidence(
        column["now_mean"], column["now_half"] / Z90, column["then_mean"], column["then_half"] / Z90, kept_weight
    )
    before = column["then_mean"]
    usual = np.nanmean(before) if np.isfinite(before).any() else 0.0
    controls = held("so_far", np.where(np.isfinite(before), before, usual), np.isfinite(before).astype(np.float64))
    kept = np.asarray(weight > 0, dtype=bool)
    return Case("connection", "so_far", kept, value[kept], weight[kept], controls[kept])


def _value(column: dict[str, Floats], controls: Floats) -> Case:
    """Money after refunds of who bought in the span before; the largest amounts capped, so that no order decides."""
    kept = column["orders_before"] > 0
    paid = np.nan_to_num(column["paid_after"])
    if kept.any():
        paid = np.minimum(paid, np.quantile(paid[kept], TOP))
    return _made("value", kept, paid, controls)


def _leaving(column: dict[str, Floats], controls: Floats) -> Case:
    """Silence through all the days looked at, of who was seen in as many days before."""
    seen = column["seen_days"]
    kept = np.isfinite(seen) & (seen <= AFTER_DAYS)
    return _made("leaving", kept, 1.0 - np.nan_to_num(column["seen_after"]), controls, better=-1.0)
