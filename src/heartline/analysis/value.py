"""Value: what each paying customer is expected to be worth over the horizon, with the interval of what may come.

Orders become purchase days, days become a history per customer (repeat days, recency, age), equal histories become one
weighted row, and only those rows are fitted: BG/NBD for how often, Gamma-Gamma for how much. Forecasts are made per
history and joined back to customers in SQL. See docs/explanation/value.md for formulas, assumptions and limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis import referred
from heartline.analysis.base import Analysis, Context, Fit, Stage, Values
from heartline.analysis.consent import customers_where, no_profile
from heartline.analysis.value_bond import (
    BINS,
    HISTORY,
    UNKNOWN,
    bond_today,
    choose,
    explained,
    forecast_by_bond,
    of_groups,
    without_bond,
)
from heartline.analysis.value_contracts import by_customer, condense
from heartline.analysis.value_contracts import fit as fit_contracts
from heartline.analysis.value_fit import choose_counts, choose_spend, expected_order_sql, parameters_of
from heartline.analysis.value_total import Total, of_orders, table_of
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.stats import forecast
from heartline.tables import table

LEVEL = 0.9
# Value is told as margin only when margin is known for at least this share of revenue.
MARGIN_COVERAGE = 0.5
# An order beyond this is no order; it also keeps infinity and not-a-number out, on which engines disagree.
MOST_MONEY = "1e15"
# Mean spends are put into bins of 0.5 % before fitting: the optimiser sees a few thousand rows however many customers.
BINS_PER_LOG = 200

COLLECTED = (
    "value_group",
    "value_spend_bin",
    "value_evidence",
    "value_coverage",
    "contract_group",
    "contract_coverage",
    "value_landmark",
)
MODEL_SCHEMA = pa.schema(
    [("frequency", pa.int64()), *((name, pa.int64()) for name in BINS)]
    + [
        (name, pa.float64())
        for name in ("recency_days", "age_days", "p_alive", "purchases", "discounted", "low_factor", "high_factor")
    ]
)


def _condense(functions: Functions, context: Context, values: Values) -> list[Step]:
    """Orders to purchase days, days to histories, histories to weighted groups."""
    currency = _text(context.text("currency"))
    # the last day that was seen: an order on the day of as_of itself counts only when it came before that hour
    last_day = (context.as_of - timedelta(microseconds=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    last = functions.timestamp(datetime.isoformat(last_day))
    return [
        customers_where("value_objected", no_profile(functions)),
        Step(
            "value_order",
            f"""
            select customer_id, cast(date_trunc('day', occurred_at) as timestamp) as bought_on,
                coalesce(currency, {currency}) = {currency} as own_currency,
                revenue, margin, net_revenue,
                coalesce(net_revenue > 0 and net_revenue < {MOST_MONEY}, false) as has_value
            from (
                select p.*, p.revenue - coalesce(p.refunded, 0.0) as net_revenue
                from purchase p left join value_objected o on o.customer_id = p.customer_id
                where o.customer_id is null
            ) as kept
            """,
        ),
        Step(
            "value_day",
            """
            select customer_id, bought_on, sum(net_revenue) as spent
            from value_order
            where own_currency and has_value
            group by customer_id, bought_on
            """,
            keep=True,
        ),
        Step(
            "value_first_day",
            "select customer_id, min(bought_on) as first_on from value_day group by customer_id",
        ),
        bond_today(functions, context),
        Step(
            "value_history",
            f"""
            select d.customer_id, {", ".join(f"max(coalesce(k.{name}, {UNKNOWN})) as {name}" for name in BINS)},
                cast(count(*) - 1 as bigint) as frequency,
                round({functions.days_between("min(d.bought_on)", "max(d.bought_on)")}) as recency_days,
                round({functions.days_between("min(d.bought_on)", last)}) as age_days,
                sum(d.spent) as spent,
                sum(d.spent * d.spent) as spent_squared,
                sum(case when d.bought_on > f.first_on then d.spent else 0.0 end) as spent_again
            from value_day d
            join value_first_day f on f.customer_id = d.customer_id
            left join value_bond k on k.customer_id = d.customer_id
            group by d.customer_id
            """,
            keep=True,
        ),
        *explained(functions, context),
        Step(
            "value_group",
            f"""
            select {", ".join((*HISTORY, *BINS))}, count(*) as customers, sum(spent) as spent
            from value_history
            group by {", ".join((*HISTORY, *BINS))}
            """,
            keep=True,
        ),
        Step(
            "value_spend_bin",
            f"""
            select frequency, count(*) as customers, exp(avg(log_mean)) as mean_spent
            from (
                select frequency, ln(greatest(spent_again / nullif(frequency, 0), 1e-9)) as log_mean
                from value_history
                where frequency > 0
            ) as repeat_buyer
            group by frequency, floor(log_mean * {BINS_PER_LOG})
            """,
        ),
        Step(
            "value_evidence",
            """
            select count(*) as customers, sum(cast(frequency + 1 as double)) as days,
                sum(spent) as spent, sum(spent_squared) as spent_squared,
                sum(spent * spent / (frequency + 1)) as squared_over_n,
                sum(cast(frequency + 1 as double) * (frequency + 1)) as days_squared
            from value_history
            """,
        ),
        Step(
            "value_coverage",
            """
            select count(*) as orders,
                count(*) filter (where not own_currency) as other_currency,
                count(*) filter (where own_currency and not has_value) as void,
                sum(case when own_currency and has_value then net_revenue else 0.0 end) as revenue,
                sum(case when own_currency and has_value and margin is not null then net_revenue else 0.0 end)
                    as revenue_with_margin,
                sum(case when own_currency and has_value and margin is not null
                    then margin * net_revenue / nullif(revenue, 0.0) else 0.0 end) as margin
            from value_order
            """,
        ),
        *condense(functions, context, MOST_MONEY),
    ]


def _fit(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """Fit how often and how much, choose the fallback where that is needed, forecast every distinct history."""
    groups, bins = tables["value_group"], tables["value_spend_bin"]
    coverage = tables["value_coverage"].to_pylist()[0]
    # engines hand groups out in any order, and sums of floats follow it: sort, so that every engine fits the same
    groups = groups.sort_by([(name, "ascending") for name in (*HISTORY, *BINS)])
    bins = bins.sort_by([("frequency", "ascending"), ("mean_spent", "ascending")])
    x, t_x, t, w = (_array(groups, name) for name in ("frequency", "recency_days", "age_days", "customers"))
    counts = choose_counts(x, t_x, t, w, context.whole("min_base"))
    spend = choose_spend(
        *(_array(bins, name) for name in ("frequency", "mean_spent", "customers")),
        evidence=tables["value_evidence"].to_pylist()[0],
        min_base=context.whole("min_base"),
    )
    bond = choose(tables["value_landmark"], context, counts)
    if bond.model is None:
        groups = without_bond(groups)
        x, t_x, t, w = (_array(groups, name) for name in (*HISTORY, "customers"))
    told = tables["contract_coverage"].to_pylist()[0]
    ahead_of_contracts, by_contracts = fit_contracts(tables["contract_group"], told, context)
    year = {name: float(told[name] or 0) * 365.25 for name in ("revenue", "revenue_with_margin", "margin")}
    kind, rate, notes = _money_kind({name: float(coverage[name] or 0) + more for name, more in year.items()})
    notes += _left_out(coverage, context.text("currency"))
    reason = "; ".join(each for each in (counts.reason, spend.reason) if each)
    if reason:
        notes.append(f"Value: {reason}.")
    horizon, discount = context.whole("horizon_days"), context.number("discount_rate")
    totals: dict[str, Total] = {"contracts": by_contracts} if by_contracts else {}
    if counts.model is None or spend.p is None or spend.q is None:
        model = MODEL_SCHEMA.empty_table()
    else:
        of_spend, z = (spend.p, spend.q), of_groups(bond, groups)
        if bond.model is None:
            ahead = forecast.forecast(counts.model, x, t_x, t, horizon, discount, of_spend, LEVEL)
        else:
            ahead = forecast_by_bond(bond.model, z, (x, t_x, t), horizon, discount, of_spend, LEVEL)
        totals["orders"] = of_orders(
            counts, spend, (x, t_x, t), w, _array(groups, "spent"), ahead.discounted, horizon,
            None if bond.model is None else (bond.model, z),
        )  # fmt: skip
        columns = (t_x, t, ahead.p_alive, ahead.purchases, ahead.discounted, ahead.low, ahead.high)
        kinds = (x, *(_array(groups, name) for name in BINS))
        arrays = [pa.array(each.astype(np.int64)) for each in kinds]
        arrays += [pa.array(np.asarray(each, dtype=np.float64)) for each in columns]
        model = pa.Table.from_arrays(arrays, schema=MODEL_SCHEMA)
    found: dict[str, Any] = {
        "method": counts.method,
        "spend_method": spend.method,
        "reason": reason,
        "customers": float(w.sum()),
        "repeat_customers": float(w[x > 0].sum()),
        "histories": len(x),
        "counts": counts.described if bond.model is None else parameters_of(bond.model.base),
        "bond": bond.model is not None,
        "spend": spend.described,
        "value_kind": kind,
        "money_rate": rate,
        "abstains": counts.model is None or spend.p is None,
        "p": spend.p,
        "q": spend.q,
        "v": spend.scale,
        "contract_count": float(told["contracts"]),
        **ahead_of_contracts.values,
        "interval_level": LEVEL,
    }
    made = {
        "value_model": model, "value_parts": table_of(totals, rate), "value_bonds": bond.table,
        **ahead_of_contracts.tables,
    }  # fmt: skip
    return Fit(made, found, (*notes, bond.note, *ahead_of_contracts.notes))


def _array(table: pa.Table, name: str) -> np.ndarray:
    return np.asarray(table.column(name).to_numpy(), dtype=np.float64)


def _money_kind(coverage: Mapping[str, Any]) -> tuple[str, float, list[str]]:
    """(revenue or margin, what one unit of revenue counts as, notes)."""
    revenue, known = float(coverage["revenue"] or 0), float(coverage["revenue_with_margin"] or 0)
    if known <= 0:
        return "revenue", 1.0, []
    rate, share = float(coverage["margin"] or 0) / known, known / revenue
    if share < MARGIN_COVERAGE:
        return "revenue", 1.0, [f"Margin is known for {share:.0%} of revenue only, so value is told as revenue."]
    if not rate > 0:  # also where a margin is no number
        return "revenue", 1.0, [f"Margin is {rate:.1%} of revenue, not above 0, so value is told as revenue."]
    return "margin", rate, [f"Value is margin: {rate:.1%} of revenue, known for {share:.0%} of revenue."]


def _left_out(coverage: Mapping[str, Any], currency: str) -> list[str]:
    notes = []
    if coverage["other_currency"]:
        notes.append(
            f"{int(coverage['other_currency']):,} of {int(coverage['orders']):,} orders are not in {currency}; "
            "they are left out, never added."
        )
    if coverage["void"]:
        notes.append(
            f"{int(coverage['void']):,} orders without value left (free, refunded in full or no number) are left out."
        )
    return notes


def _finish(functions: Functions, context: Context, values: Values) -> list[Step]:
    """Join forecasts back to customers and turn factors into money."""
    currency = _text(context.text("currency"))
    per_order = expected_order_sql(values["p"], values["q"], values["v"])
    rate = values["money_rate"]
    scale = f"{_sql(rate)} * ({_sql(values['v'])} + h.spent)"
    alike = " and ".join(f"m.{name} = h.{name}" for name in (*HISTORY, *(BINS if values["bond"] else ())))
    reason = _text(values["reason"]) if values["reason"] else "cast(null as string)"
    return [
        by_customer(_sql(rate)),
        Step(
            "value_of_orders",
            f"""
            select h.customer_id, m.p_alive, m.purchases as expected_purchases,
                {_sql(rate)} * m.discounted * {per_order} as expected_value,
                m.low_factor * {scale} as expected_value_low,
                m.high_factor * {scale} as expected_value_high,
                h.frequency, h.recency_days, h.age_days,
                h.spent / (h.frequency + 1) as mean_order_value,
                {per_order} as expected_order_value,
                {reason} as reason
            from value_history h
            left join value_model m on {alike}
            """,
        ),
        Step(
            "value_own",
            f"""
            select coalesce(v.customer_id, k.customer_id) as customer_id,
                case when k.over = 0 then 1.0 when v.customer_id is null then 0.0 else v.p_alive end as p_alive,
                v.expected_purchases,
                {_together("expected_value", "worth")} as expected_value,
                {_together("expected_value_low", "worth_low")} as expected_value_low,
                {_together("expected_value_high", "worth_high")} as expected_value_high,
                case when k.unknown = 0 then k.worth end as contract_value,
                cast({context.whole("horizon_days")} as bigint) as horizon_days,
                {currency} as currency,
                v.frequency, v.recency_days, v.age_days, v.mean_order_value,
                '{values["value_kind"]}' as value_kind,
                case when k.customer_id is null then '{values["method"]}'
                    when v.customer_id is null then coalesce(k.method, 'ended')
                    else '{values["method"]} + ' || coalesce(k.method, 'ended') end as method,
                case when k.unknown = 1
                    then coalesce(v.reason || '; ', '') || 'too few contracts to say how long they last'
                    else v.reason end as reason,
                v.expected_order_value,
                case when v.customer_id is null then 'none' else '{values["spend_method"]}' end as spend_method,
                case when {_together("expected_value_low", "worth_low")} is null then 'none' else 'predictive' end
                    as interval_kind,
                cast(round(case when v.customer_id is null then {_sql(values["contract_count"])}
                    else {_sql(values["customers"])} end) as bigint) as n
            from value_of_orders v full outer join contract_customer k on k.customer_id = v.customer_id
            """,
            keep=True,
        ),
        *referred.beside("value_own", "customer_value"),
        Step("value_covariate", f"select {', '.join(table('value_covariate').names)} from value_bonds"),
        Step(
            "value_total",
            f"""
            select part, customers, expected_value, low as expected_value_low, high as expected_value_high,
                cast({context.whole("horizon_days")} as bigint) as horizon_days, {currency} as currency,
                '{values["value_kind"]}' as value_kind, reason
            from value_parts
            """,
        ),
    ]


def _together(orders: str, contracts: str) -> str:
    """Value by orders and by contracts, of which one may not be known or not be there; NULL where neither is."""
    return (
        f"(case when v.{orders} is null and (k.customer_id is null or k.unknown = 1) then cast(null as double)"
        f" else coalesce(v.{orders}, 0.0) + case when k.unknown = 0 then k.{contracts} else 0.0 end end)"
    )


def _text(text: str) -> str:
    """A text literal; engines disagree on how to write a quote inside one, so there is none."""
    return "'" + text.replace("'", "’") + "'"


def _sql(number: float | None) -> str:
    """A double literal that both engines read alike; NULL where it is not known."""
    if number is None or not np.isfinite(number):
        return "cast(null as double)"
    return f"cast({float(number)!r} as double)"


ANALYSIS = Analysis(
    name="value",
    reads=("customer", "purchase", "subscription", "referral", "connection"),
    may_read=("connection",),
    writes=("customer_value", "value_total", "value_covariate"),
    settings=("currency", "horizon_days", "discount_rate", "min_base", "periods", "value_window_days"),
    about="What each paying customer is expected to be worth over the horizon.",
    stages=(
        Stage(_condense, collect=COLLECTED, fit=_fit),
        Stage(_finish),
    ),
)
