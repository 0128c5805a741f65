"""Whether the bond says more of what customers will buy than what they have bought: covariates of the model of buying.

Connection and satisfaction are taken as they stood at a day with money after it, and only purchases after that day are
explained by them, given the purchases before. The forecast uses them only where they foretell purchases of customers
whom the fit has not seen; then with the bond of today. See docs/explanation/value.md, "What the bond adds".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from heartline.analysis.base import Context
from heartline.analysis.fitted import fitted_table, numbers
from heartline.analysis.periods import literal
from heartline.analysis.value_fit import Counts
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.errors import StatisticsError
from heartline.stats import bgnbd_covariates, forecast
from heartline.stats.bgnbd_covariates import Covaried, Histories
from heartline.stats.forecast import Forecast
from heartline.stats.intervals import Z90
from heartline.stats.likelihood import Floats, chance_of_gain

WIDTHS = {"connection": 10.0, "satisfaction": 20.0}
"""Points of a bin: customers of equal bins and equal histories are forecast once."""
UNKNOWN = -1
SAMPLE = 12_000
FOLDS = 4
CHANCE = 0.01  # above it, a gain may be chance (likelihood ratio)
# A covariate, or its not being known, must be there for this share of customers to have a coefficient.
LEAST_SHARE = 0.01
PARTS = ("buying", "leaving")
CANDIDATES = (
    (("connection",), False),
    (("connection",), True),
    (("connection", "satisfaction"), False),
    (("connection", "satisfaction"), True),
)
"""What is tried: covariates, and whether they may bear on leaving as on the rate of buying. Simplest first."""
NOT_BETTER = "customers whom the fit had not seen were not foretold better with it, or chance may do as much"
HISTORY = ("frequency", "recency_days", "age_days")
BINS = tuple(f"{name}_bin" for name in WIDTHS)


@dataclass(frozen=True)
class Scale:
    """How bins become covariates: mean and spread (points) of each, and of which of them it counts to be unknown."""

    middle: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    flagged: tuple[str, ...] = ()

    def columns(self, bins: Mapping[str, Floats]) -> Floats:
        """Customers x covariates: spreads from the mean (0 where not known), then 1 where not known."""
        made = []
        for name, (mean, spread) in self.middle.items():
            points = WIDTHS[name] * (bins[name] + 0.5)
            made.append(np.where(bins[name] == UNKNOWN, 0.0, (points - mean) / spread))
        made += [np.asarray(bins[name] == UNKNOWN, dtype=np.float64) for name in self.flagged]
        count = len(next(iter(bins.values())))
        return np.column_stack(made) if made else np.zeros((count, 0))

    def only(self, names: tuple[str, ...]) -> Scale:
        """The same for some of the covariates."""
        return Scale(
            {name: each for name, each in self.middle.items() if name in names},
            tuple(name for name in self.flagged if name in names),
        )


@dataclass(frozen=True)
class Bond:
    """What the bond adds. model: None where the forecast does not use it; table: rows of value_covariate."""

    scale: Scale
    model: Covaried | None
    table: pa.Table
    note: str


def landmark(context: Context) -> datetime | None:
    """The latest end of a period with ``value_window_days`` after it; None where none is early enough."""
    length = timedelta(days=context.whole("value_window_days"))
    ends = [end for end in context.period_ends() if end + length <= context.as_of]
    return ends[-1] if ends else None


def bond_today(f: Functions, context: Context) -> Step:
    """A step ``value_bond``: each customer's bins at ``as_of``."""
    return Step("value_bond", _bins(f, context.as_of))


def explained(f: Functions, context: Context) -> list[Step]:
    """The step ``value_landmark``: histories then and now, and the bond of then, of a sample; empty without a day."""
    found = landmark(context)
    then = found or context.as_of
    # a day on which the bond was measured counts as before: nothing of it is explained
    last = literal(f, (then - timedelta(microseconds=1)).replace(hour=0, minute=0, second=0, microsecond=0))
    old = ", ".join(f"b.{name} as old_{name}" for name in HISTORY)
    new = ", ".join(f"h.{name}" for name in HISTORY)
    return [
        Step("value_bond_then", _bins(f, then)),
        Step(
            "value_before",
            "select customer_id, cast(count(*) - 1 as bigint) as frequency,"
            f" round({f.days_between('min(bought_on)', 'max(bought_on)')}) as recency_days,"
            f" round({f.days_between('min(bought_on)', last)}) as age_days"
            f" from value_day where bought_on <= {last} group by customer_id",
        ),
        Step(
            "value_landmark",
            f"select {f.bucket('b.customer_id')} as bucket, {old}, {new},"
            + ", ".join(f" coalesce(k.{name}, {UNKNOWN}) as {name}" for name in BINS)
            + " from value_before b join value_history h on h.customer_id = b.customer_id"
            " left join value_bond_then k on k.customer_id = b.customer_id"
            + ("" if found else " where 1 = 0")
            + f" order by {f.bucket('b.customer_id')} asc nulls last, b.customer_id asc nulls last limit {SAMPLE}",
        ),
    ]


def _bins(f: Functions, at: datetime) -> str:
    """Thin connection is what customers in general are like, not this one: not known."""
    top = {name: round(100.0 / width) - 1 for name, width in WIDTHS.items()}
    known = {"connection": "connection is not null and not thin", "satisfaction": "satisfaction is not null"}
    # engines pass over NULL in least, so what is not known is told apart first
    columns = ", ".join(
        f"case when {known[name]} then least(cast(floor({name} / {width}) as bigint), {top[name]})"
        f" else {UNKNOWN} end as {name}_bin"
        for name, width in WIDTHS.items()
    )
    return f"select customer_id, {columns} from connection where period_end = {literal(f, at)}"


def choose(rows: pa.Table, context: Context, counts: Counts) -> Bond:
    """Fit on the sample, see whether customers left out of the fit are foretold better, and say so.

    counts: the model of buying without the bond; only BG/NBD can carry covariates
    """
    window = landmark(context)
    reason = "" if counts.method == "bg_nbd" else f"{counts.reason}, and only BG/NBD carries it"
    if not reason and window is None:
        reason = f"no period ended {context.whole('value_window_days')} days ago or earlier (settings periods)"
    if not reason:
        try:
            return _chosen(rows, context, window)
        except StatisticsError as error:
            reason = error.got
    return Bond(Scale(), None, _table(context, window, reason=reason), f"The bond is not in the forecast: {reason}.")


def _chosen(rows: pa.Table, context: Context, window: datetime | None) -> Bond:
    base = context.whole("min_base")
    keys = ["bucket", *(f"old_{name}" for name in HISTORY), *HISTORY, *BINS]
    rows = rows.sort_by([(name, "ascending") for name in keys])  # engines hand rows out in any order
    bins = {name: numbers(rows, f"{name}_bin") for name in WIDTHS}
    before = Histories(*(numbers(rows, f"old_{name}") for name in HISTORY))
    after = Histories(*(numbers(rows, name) for name in HISTORY))
    known = int(np.sum(bins["connection"] != UNKNOWN))
    again = int(np.sum(np.asarray(after.frequency) > np.asarray(before.frequency)))
    if min(known, again) < base:
        raise StatisticsError(
            f"the connection of {known} customers was known then and {again} bought afterwards; {base} of each are the"
            " least"
        )
    scale = _scale(bins, base)
    fold = numbers(rows, "bucket") % FOLDS
    plain = _fitted(Scale(), False, bins, before, after, fold)
    tried = {}
    for names, leaving in CANDIDATES:
        if all(name in scale.middle for name in names):
            tried[names, leaving] = _fitted(scale.only(names), leaving, bins, before, after, fold)
    if not tried:
        raise StatisticsError("connection is the same for all whose connection is known")
    gains = {key: float((one.foretold - plain.foretold).mean()) for key, one in tried.items()}
    surely = {}
    for key, one in tried.items():
        more = len(one.model.rate) * (2 if key[1] else 1)
        surely[key] = chance_of_gain(one.model.log_likelihood - plain.model.log_likelihood, more)
    good = [key for key in tried if gains[key] > 0 and surely[key] < CHANCE and tried[key].model.converged]
    key = max(good or tried, key=lambda each: gains[each])
    settled = [one for one in reversed(tried.values()) if one.model.converged]
    reason = "" if good else NOT_BETTER
    made = _table(context, window, reason, settled, tried[key] if good else None, bins, (gains[key], surely[key]))
    if reason:
        return Bond(scale, None, made, f"The bond is not in the forecast: {reason}.")
    chosen = tried[key]
    return Bond(
        chosen.scale, chosen.model, made,
        "The bond is in the forecast: a standard deviation more of connection goes with"
        f" {np.exp(chosen.model.rate[0]):.2f} times the buying.",
    )  # fmt: skip


@dataclass(frozen=True)
class _Fitted:
    """A candidate on all, and the log-likelihood of each customer's later purchases by fits on the others."""

    scale: Scale
    leaving: bool
    model: Covaried
    foretold: Floats

    def tells(self, name: str, part: str) -> bool:
        """Whether it has a coefficient of a covariate for buying or leaving."""
        return name in self.scale.middle and (part == "buying" or self.leaving)


def _fitted(
    scale: Scale, leaving: bool, bins: Mapping[str, Floats], before: Histories, after: Histories, fold: Floats
) -> _Fitted:
    z = scale.columns(bins)
    whole = bgnbd_covariates.fit(after, z, before=before, leaving=leaving)
    foretold = np.empty(len(z))
    for number in range(FOLDS):
        judged = fold == number
        if not judged.any():
            continue
        told, others = (_part(before, ~judged), _part(after, ~judged)), (_part(before, judged), _part(after, judged))
        model = bgnbd_covariates.fit(told[1], z[~judged], before=told[0], leaving=leaving, near=whole)
        foretold[judged] = bgnbd_covariates.log_likelihoods(model, others[1], z[judged], others[0])
    return _Fitted(scale, leaving, whole, foretold)


def _part(of: Histories, which: NDArray[np.bool_]) -> Histories:
    return Histories(*(np.asarray(each)[which] for each in of))


def _scale(bins: Mapping[str, Floats], base: int) -> Scale:
    middle: dict[str, tuple[float, float]] = {}
    flagged: dict[str, Floats] = {}
    for name, of in bins.items():
        there = of != UNKNOWN
        points = WIDTHS[name] * (of[there] + 0.5)
        if there.sum() < base or float(points.std()) <= 0:
            continue
        middle[name] = (float(points.mean()), float(points.std()))
        lacking = np.asarray(~there, dtype=np.float64)
        # two marks that hardly differ cannot be told apart
        alike = any(float(np.mean(lacking != other)) < LEAST_SHARE for other in flagged.values())
        if LEAST_SHARE <= lacking.mean() <= 1 - LEAST_SHARE and not alike:
            flagged[name] = lacking
    return Scale(middle, tuple(flagged))


def of_groups(bond: Bond, groups: pa.Table) -> Floats:
    """Covariates of each group of histories: the bond of today."""
    return bond.scale.columns({name: numbers(groups, f"{name}_bin") for name in WIDTHS})


def without_bond(groups: pa.Table) -> pa.Table:
    """Equal histories together, whatever the bond."""
    merged = groups.group_by(list(HISTORY)).aggregate([("customers", "sum"), ("spent", "sum")])
    merged = merged.rename_columns([*HISTORY, "customers", "spent"])
    for name in BINS:
        merged = merged.append_column(name, pa.array([UNKNOWN] * merged.num_rows, pa.int64()))
    return merged.sort_by([(name, "ascending") for name in HISTORY])


def forecast_by_bond(
    model: Covaried, z: Floats, histories: tuple[Floats, Floats, Floats], horizon: float, discount: float,
    spend: tuple[float, float], level: float,
) -> Forecast:  # fmt: skip
    """``heartline.stats.forecast.forecast`` of histories with covariates of their own."""
    x, t_x, t = histories
    distinct, kind = bgnbd_covariates.kinds(z)
    made = Forecast(*(np.empty(len(x)) for _ in fields(Forecast)))
    for number, row in enumerate(distinct):
        own = kind == number
        part = forecast.forecast(model.at(row), x[own], t_x[own], t[own], horizon, discount, spend, level)
        for one in fields(Forecast):
            getattr(made, one.name)[own] = getattr(part, one.name)
    return made


def _table(
    context: Context, window: datetime | None, reason: str, settled: Sequence[_Fitted] = (),
    chosen: _Fitted | None = None, bins: Mapping[str, Floats] | None = None,
    gain: tuple[float, float] = (np.nan, np.nan),
) -> pa.Table:  # fmt: skip
    """Rows of value_covariate: coefficients of the chosen fit, else of the widest that settled and has one."""
    rows: list[dict[str, Any]] = []
    for name in WIDTHS:
        for part in PARTS:
            row: dict[str, Any] = {
                "covariate": name, "part": part, "measured_at": window, "used": False, "reason": reason or None,
                "gain": gain[0], "p_value": gain[1], "n": 0.0 if bins is None else float(len(bins[name])),
                "known": np.nan if bins is None else float(np.mean(bins[name] != UNKNOWN)),
                "ratio": np.nan, "ratio_low": np.nan, "ratio_high": np.nan, "points": np.nan,
            }  # fmt: skip
            has = [one for one in (chosen, *settled) if one and one.tells(name, part)]
            if has:
                row |= _coefficient(has[0], name, part)
                row["used"] = has[0] is chosen
            if not reason and not row["used"]:
                row["reason"] = "the forecast is not better with it" if has else "no fit with it settled"
            rows.append(row)
    return fitted_table("value_covariate", {name: [row[name] for row in rows] for name in rows[0]})


def _coefficient(of: _Fitted, name: str, part: str) -> dict[str, float]:
    at, model = list(of.scale.middle).index(name), of.model
    middle = model.rate[at] if part == "buying" else -model.stay[at]
    error = Z90 * (model.rate_errors if part == "buying" else model.stay_errors)[at]
    ends = np.exp([middle, middle - error, middle + error])
    return dict(zip(("ratio", "ratio_low", "ratio_high"), ends, strict=True)) | {"points": of.scale.middle[name][1]}
